/* SPDX-License-Identifier: Apache-2.0 */
/* How large the journal grows under many slow series: 20,000 devices with five sensors each, a
 * message a minute of each device, spread evenly over the seconds, one commit a second and then all
 * the work that is due. The clock is simulated. usage: journal MINUTES [DEVICES]
 * Prints one line of JSON with the largest sizes seen after any commit or step. */
#include "store/state.h"
#include "store_fleet.h"

#include "base/mem.h"
#include "sys/clock.h"
#include "sys/folder.h"

#include <unistd.h>

#define T0          INT64_C(1763953200000)
#define DEVICES     20000u
#define DEVICES_MAX 100000u
#define SENSORS     5u
#define SPREAD      60u

struct run {
    struct store *store;
    struct store_failure why;
    uint64_t seq;
    uint64_t seed;
    uint32_t devices;
    uint64_t readings;
    size_t journal;
    uint64_t log;
};

static int64_t level[DEVICES_MAX * SENSORS];

static void must(enum err e, const struct run *r)
{
    if (e != OK) {
        (void)fprintf(stderr, "%s: %s\n", err_text(e), r->why.text);
        exit(1);
    }
}

/* The messages of one second. */
static void append_second(struct run *r, uint32_t second, wall_ms now)
{
    struct batch *b = next_batch(&r->seq, now);
    for (uint32_t d = second % SPREAD; d < r->devices; d += SPREAD) {
        for (uint32_t i = d * SENSORS; i < (d + 1) * SENSORS; i++) {
            r->seed = r->seed * 6364136223846793005u + 1442695040888963407u;
            level[i] += (int64_t)(r->seed >> 33) % 5 - 2;
            batch_add_reading(
                b, (struct reading){.series = i, .time = now, .value = (double)level[i] / 10});
        }
    }
    r->readings += b->reading_count;
    store_append(r->store, b);
    batch_release(b);
}

static void look(struct run *r)
{
    uint64_t log = 0;
    r->journal = size_max(r->journal, r->store->journal_bytes);
    if (file_size(r->store->wal_path, &log) == OK && log > r->log) {
        r->log = log;
    }
}

static void work(struct run *r, wall_ms now)
{
    bool more = true;
    while (more) {
        must(store_work(r->store, now, &more, &r->why), r);
        look(r);
    }
}

int main(int argc, char **argv)
{
    char dir[] = "/tmp/telltale-bench-XXXXXX";
    char command[64];
    static struct metrics metrics;
    struct store_config config = store_defaults;
    struct run r = {.seed = 88172645463325252u, .devices = DEVICES};
    uint32_t seconds = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) * 60 : 0;
    r.devices = argc > 2 ? (uint32_t)strtoul(argv[2], NULL, 10) : r.devices;
    if (seconds == 0 || r.devices == 0 || r.devices > DEVICES_MAX) {
        return 2;
    }
    config.dir = mkdtemp(dir);
    must(store_open(&config, &metrics, &r.store, &r.why), &r);
    for (uint32_t d = 0; d < r.devices; d++) {
        make_device(r.store, &r.seq, T0, d, SENSORS);
    }
    must(store_commit(r.store, T0, &r.why), &r);
    uint64_t began = clock_mono_ns();
    for (uint32_t second = 0; second < seconds; second++) {
        wall_ms now = T0 + (wall_ms)(second + 1) * 1000;
        append_second(&r, second, now);
        must(store_commit(r.store, now, &r.why), &r);
        look(&r);
        work(&r, now);
    }
    (void)printf("{\"series\":%u,\"minutes\":%u,\"readings\":%llu,\"journal_bytes\":%zu,"
                 "\"log_bytes\":%llu,\"seconds\":%.1f}\n",
                 r.devices * SENSORS, seconds / 60, (unsigned long long)r.readings, r.journal,
                 (unsigned long long)r.log, (double)(clock_mono_ns() - began) / 1e9);
    store_close(r.store);
    (void)snprintf(command, sizeof command, "rm -r %s", dir);
    return system(command);
}
