/* SPDX-License-Identifier: Apache-2.0 */
/* How long the store takes to answer: a year of one sensor at a reading a second, loaded in bulk,
 * asked for its last day and for all of it in a thousand points, with the newest reading a second
 * old. Prints milliseconds, the quickest and the middle of 50.
 *
 *     build/bench/queries [FOLDER]      keeps the folder when it is named */
#include "store/store.h"

#include "base/mem.h"
#include "sys/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define T0      INT64_C(1731283200000)
#define SECONDS (365 * 86400)
#define CHUNK   65536
#define ROUNDS  50

static void must(enum err e, const struct store_failure *why)
{
    if (e != OK) {
        (void)fprintf(stderr, "%s: %s\n", err_text(e), why->text);
        exit(1);
    }
}

static void make_series(struct store *s)
{
    struct batch *b = batch_new(BATCH_CHANGES);
    b->seq = 1;
    b->now = T0;
    struct device_change *d = batch_add_device(b);
    d->id = batch_put_text(b, BYTES("device"));
    d->last_seen = d->since = T0;
    struct series_change *c = batch_add_series(b);
    c->sensor = batch_put_text(b, BYTES("sensor"));
    c->decimals = -1;
    store_append(s, b);
    batch_release(b);
}

static void fill(struct store *s)
{
    static wall_ms times[CHUNK];
    static double values[CHUNK];
    struct store_failure why = {{0}};
    struct store_bulk *bulk = NULL;
    uint64_t seed = 88172645463325252u;
    int64_t level = 2000;
    must(store_bulk_begin(s, T0, &bulk, &why), &why);
    for (int i = 0; i < SECONDS;) {
        size_t n = 0;
        for (; n < CHUNK && i < SECONDS; n++, i++) {
            seed = seed * 6364136223846793005u + 1442695040888963407u;
            level += (int64_t)(seed >> 60) % 5 - 2;
            level = level < 0 ? 0 : level > 9000 ? 9000 : level;
            times[n] = T0 + (wall_ms)i * 1000;
            values[n] = (double)level / 10;
        }
        must(store_bulk_put(bulk, (struct series_id){0}, times, values, n, &why), &why);
    }
    must(store_bulk_end(bulk, T0, &why), &why);
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static void ask(struct store *s, struct store_reader *r, const char *name, wall_ms from)
{
    double took[ROUNDS];
    size_t rows = 0;
    for (int i = 0; i < ROUNDS; i++) {
        struct store_query q = {.from = from, .to = T0 + (wall_ms)SECONDS * 1000, .points = 1000};
        struct store_points tail = {0};
        struct store_samples out = {0};
        struct store_failure why = {{0}};
        uint64_t begin = clock_mono_ns();
        store_tail(s, q.series, q.from, q.to, &tail);
        must(store_query(r, &q, &tail, &out, &why), &why);
        took[i] = (double)(clock_mono_ns() - begin) / 1e6;
        rows = out.count;
        store_points_fini(&tail);
        store_samples_fini(&out);
    }
    qsort(took, ROUNDS, sizeof took[0], compare);
    printf("%-24s %7.3f ms, middle %7.3f ms, %zu rows\n", name, took[0], took[ROUNDS / 2], rows);
}

int main(int argc, char **argv)
{
    char temporary[] = "/tmp/telltale-bench-XXXXXX";
    char command[64];
    struct store_config config = store_defaults;
    static struct metrics metrics;
    struct store *s = NULL;
    struct store_reader *r = NULL;
    struct store_failure why = {{0}};
    config.dir = argc > 1 ? argv[1] : mkdtemp(temporary);
    must(store_open(&config, &metrics, &s, &why), &why);
    if (metrics_get(&metrics, METRIC_STORE_READINGS) == 0) {
        make_series(s);
        uint64_t begin = clock_mono_ns();
        fill(s);
        printf("%-24s %.1f M readings/s, rollups included\n", "bulk load",
               SECONDS * 1e3 / (double)(clock_mono_ns() - begin));
    }
    must(store_reader_open(config.dir, &r, &why), &why);
    ask(s, r, "a day in 1000 points", T0 + (wall_ms)(SECONDS - 86400) * 1000);
    ask(s, r, "a year in 1000 points", T0);
    store_reader_close(r);
    store_close(s);
    uint64_t begin = clock_mono_ns();
    must(store_open(&config, &metrics, &s, &why), &why);
    printf("%-24s %7.3f ms\n", "start", (double)(clock_mono_ns() - begin) / 1e6);
    store_close(s);
    if (argc < 2) {
        (void)snprintf(command, sizeof command, "rm -r %s", temporary);
        return system(command);
    }
    return 0;
}
