/* SPDX-License-Identifier: Apache-2.0 */
/* How long the store takes to open and to answer. usage: questions DIR SERIES RANGE_MS POINTS
 * Prints one line of JSON: open_ms (open and load), rows, and the best and median of 50 answers of
 * the newest RANGE_MS of a series, in ms. */
#include "store/store.h"

#include <time.h>

#define TIMES 50

static double now_ms(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static int by_size(const void *a, const void *b)
{
    double x, y;
    memcpy(&x, a, sizeof x);
    memcpy(&y, b, sizeof y);
    return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
    static struct metrics metrics;
    struct store_config config = store_defaults;
    struct store_failure why = {{0}};
    struct store *s = NULL;
    struct store_reader *r = NULL;
    double took[TIMES];
    size_t rows = 0;
    if (argc < 5) {
        return 2;
    }
    config.dir = argv[1];
    double began = now_ms();
    struct batch *loaded = batch_new(BATCH_SNAPSHOT);
    if (store_open(&config, &metrics, &s, &why) != OK || store_load(s, loaded) != OK ||
        store_reader_open(argv[1], &r, &why) != OK) {
        (void)fprintf(stderr, "%s\n", why.text);
        return 1;
    }
    double open_ms = now_ms() - began;
    struct store_query q = {.series = {(uint32_t)strtoul(argv[2], NULL, 10)},
                            .points = strtoul(argv[4], NULL, 10)};
    q.to = loaded->series[q.series.n].time + 1;
    q.from = q.to - strtoll(argv[3], NULL, 10);
    for (int i = 0; i < TIMES; i++) {
        struct store_points tail = {0};
        struct store_samples out = {0};
        began = now_ms();
        store_tail(s, q.series, q.from, q.to, &tail);
        if (store_query(r, &q, &tail, &out, &why) != OK) {
            (void)fprintf(stderr, "%s\n", why.text);
            return 1;
        }
        took[i] = now_ms() - began;
        rows = out.count;
        store_points_fini(&tail);
        store_samples_fini(&out);
    }
    qsort(took, TIMES, sizeof took[0], by_size);
    (void)printf("{\"open_ms\":%.3f,\"readings\":%llu,\"rows\":%zu,\"best_ms\":%.3f,"
                 "\"median_ms\":%.3f}\n",
                 open_ms, (unsigned long long)metrics_get(&metrics, METRIC_STORE_READINGS), rows,
                 took[0], took[TIMES / 2]);
    store_reader_close(r);
    store_close(s);
    batch_release(loaded);
    return 0;
}
