/* SPDX-License-Identifier: Apache-2.0 */
#include "app/offline.h"

#include "base/buf.h"
#include "store/store.h"
#include "sys/clock.h"
#include "sys/folder.h"

#include <stdio.h>

static int fail(const char *word, const char *what)
{
    (void)fprintf(stderr, "telltale %s: %s\n", word, what);
    return 1;
}

static int commit(const char *word, struct store *s, const struct batch *change)
{
    struct store_failure why = {{0}};
    if (batch_empty(change)) {
        return 0;
    }
    store_append(s, change);
    return store_commit(s, change->now, &why) == OK ? 0 : fail(word, why.text);
}

static int run_on(const char *word, struct store *s, offline_work work, void *ctx)
{
    struct batch *loaded = batch_new(BATCH_SNAPSHOT);
    struct batch *change = batch_new(BATCH_CHANGES);
    int code;
    if (store_load(s, loaded) == OK) {
        change->seq = loaded->seq + 1;
        change->now = clock_wall_ms();
        code = work(ctx, loaded, change);
        code = code == 0 ? commit(word, s, change) : code;
    } else {
        code = fail(word, "the store can't be read");
    }
    batch_release(change);
    batch_release(loaded);
    return code;
}

int offline_look(const char *word, const char *dir, offline_work work, void *ctx)
{
    struct buf path = {0};
    uint64_t size;
    buf_printf(&path, "%s/telltale.db", dir);
    buf_put_byte(&path, 0);
    enum err e = file_size((const char *)path.ptr, &size);
    buf_fini(&path);
    if (e == ERR_NOT_FOUND) {
        (void)fprintf(stderr, "telltale %s: there is no store in %s\n", word, dir);
        return 1;
    }
    return offline_run(word, dir, work, ctx);
}

int offline_run(const char *word, const char *dir, offline_work work, void *ctx)
{
    static struct metrics metrics;
    struct store_config config = store_defaults;
    struct store_failure why = {{0}};
    struct store *s = NULL;
    config.dir = dir;
    if (store_open(&config, &metrics, &s, &why) != OK) {
        return fail(word, why.text);
    }
    int code = run_on(word, s, work, ctx);
    store_close(s);
    return code;
}
