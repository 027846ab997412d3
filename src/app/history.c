/* SPDX-License-Identifier: Apache-2.0 */
#include "app/history.h"

#include "sys/folder.h"

#include <stdarg.h>

int history_fail(const char *word, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    (void)fprintf(stderr, "telltale %s: ", word);
    (void)vfprintf(stderr, format, args);
    (void)fputc('\n', stderr);
    va_end(args);
    return 1;
}

bool history_path(const char *word, const char *dir, char path[512])
{
    uint64_t bytes;
    int n = snprintf(path, 512, "%s/telltale.db", dir);
    if (n < 0 || n >= 512 || file_size(path, &bytes) != OK) {
        (void)history_fail(word, "no store is in %s; --data says where it is", dir);
        return false;
    }
    return true;
}

static enum err open_store(struct history *h, const char *dir, struct store_failure *why)
{
    struct store_config config = store_defaults;
    config.dir = dir;
    enum err e = store_open(&config, &h->metrics, &h->store, why);
    if (e == ERR_BUSY) {
        h->beside = true;
        e = store_open_beside(dir, &h->metrics, &h->store, why);
    }
    return e;
}

bool history_open(struct history *h, const char *word, const char *dir)
{
    char path[512];
    struct store_failure why = {{0}};
    *h = (struct history){.word = word};
    if (!history_path(word, dir, path)) {
        return false;
    }
    enum err e = open_store(h, dir, &why);
    if (e == OK) {
        h->loaded = batch_new(BATCH_SNAPSHOT);
        e = store_load(h->store, h->loaded);
    }
    e = e == OK ? store_reader_open(dir, &h->reader, &why) : e;
    if (e != OK) {
        (void)history_fail(word, "%s", *why.text ? why.text : "the store can't be read");
        history_close(h);
        return false;
    }
    return true;
}

void history_close(struct history *h)
{
    store_reader_close(h->reader);
    batch_release(h->loaded);
    store_close(h->store);
    h->reader = NULL;
    h->loaded = NULL;
    h->store = NULL;
}
