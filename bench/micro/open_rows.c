/* SPDX-License-Identifier: Apache-2.0 */
/* What readings cost while they are only in the journal: 10,000 devices with five sensors each,
 * a hundred messages of every device, nothing packed into blocks on the disk. Prints bytes of
 * memory and of journal a reading.
 *
 *     build/bench/open_rows */
#include "store_fleet.h"

#include "base/mem.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define T0       INT64_C(1763953200000)
#define DEVICES  10000
#define SENSORS  5
#define MESSAGES 100

static void must(enum err e, const struct store_failure *why)
{
    if (e != OK) {
        (void)fprintf(stderr, "%s: %s\n", err_text(e), why->text);
        exit(1);
    }
}

static void append_message(struct store *s, uint64_t *seq, int message, int64_t *level)
{
    static uint64_t seed = 88172645463325252u;
    wall_ms now = T0 + (wall_ms)message * 10000;
    struct batch *b = next_batch(seq, now);
    for (uint32_t i = 0; i < DEVICES * SENSORS; i++) {
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        wall_ms jitter = (wall_ms)((i / SENSORS * 7919u + (uint32_t)message * 104729u) % 27) - 13;
        level[i] += (int64_t)(seed >> 33) % 5 - 2;
        batch_add_reading(
            b, (struct reading){.series = i, .time = now + jitter, .value = (double)level[i] / 10});
    }
    store_append(s, b);
    batch_release(b);
}

int main(void)
{
    char dir[] = "/tmp/telltale-bench-XXXXXX";
    char command[64];
    static struct metrics metrics;
    static int64_t level[DEVICES * SENSORS];
    struct store_config config = store_defaults;
    struct store *s = NULL;
    struct store_failure why = {{0}};
    uint64_t seq = 0;
    config.dir = mkdtemp(dir);
    must(store_open(&config, &metrics, &s, &why), &why);
    for (uint32_t d = 0; d < DEVICES; d++) {
        make_device(s, &seq, T0, d, SENSORS);
    }
    must(store_commit(s, T0, &why), &why);
    size_t before = mallinfo2().uordblks;
    for (int message = 0; message < MESSAGES; message++) {
        append_message(s, &seq, message, level);
        must(store_commit(s, T0, &why), &why);
    }
    size_t readings = (size_t)DEVICES * SENSORS * MESSAGES;
    printf("%zu open readings of %d series: %.2f bytes of memory each\n", readings,
           DEVICES * SENSORS, (double)(mallinfo2().uordblks - before) / (double)readings);
    store_close(s);
    (void)snprintf(command, sizeof command, "rm -r %s", dir);
    return system(command);
}
