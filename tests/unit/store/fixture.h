/* SPDX-License-Identifier: Apache-2.0 */
/* A store in a temporary folder, and a naive model of what it must hold. */
#ifndef TELLTALE_TESTS_STORE_FIXTURE_H
#define TELLTALE_TESTS_STORE_FIXTURE_H

#include "store/store.h"

#include "aggregate/aggregate.h"

#include "base/mem.h"

#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <unistd.h>

#include <cmocka.h>

#define T0 INT64_C(1763953200000)

struct fixture {
    char dir[64];
    struct store_config config;
    struct metrics metrics;
    struct store *store;
    struct store_reader *reader;
    uint64_t seq;
    wall_ms now;
    uint64_t seed;
};

static inline uint64_t fx_random(struct fixture *f)
{
    f->seed ^= f->seed << 13;
    f->seed ^= f->seed >> 7;
    f->seed ^= f->seed << 17;
    return f->seed;
}

static inline uint64_t fx_below(struct fixture *f, uint64_t n)
{
    return fx_random(f) % n;
}

static inline void fx_open(struct fixture *f)
{
    struct store_failure why = {{0}};
    enum err e = store_open(&f->config, &f->metrics, &f->store, &why);
    if (e != OK) {
        print_message("%s\n", why.text);
    }
    assert_int_equal(e, OK);
    struct batch *b = batch_new(BATCH_SNAPSHOT);
    assert_int_equal(store_load(f->store, b), OK);
    f->seq = b->seq;
    batch_release(b);
    assert_int_equal(store_reader_open(f->dir, &f->reader, &why), OK);
}

static inline void fx_close(struct fixture *f)
{
    store_reader_close(f->reader);
    store_close(f->store);
    f->reader = NULL;
    f->store = NULL;
}

static inline int fx_setup(void **state)
{
    struct fixture *f = mem_zalloc(1, sizeof *f);
    (void)snprintf(f->dir, sizeof f->dir, "/tmp/telltale-store-XXXXXX");
    assert_non_null(mkdtemp(f->dir));
    f->config = store_defaults;
    f->config.dir = f->dir;
    f->now = T0;
    f->seed = 0x9e3779b97f4a7c15u;
    f->seq = 0;
    *state = f;
    return 0;
}

static inline int fx_remove(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st;
    (void)type;
    (void)ftw;
    return remove(path);
}

static inline int fx_teardown(void **state)
{
    struct fixture *f = *state;
    fx_close(f);
    (void)nftw(f->dir, fx_remove, 8, FTW_DEPTH | FTW_PHYS);
    free(f);
    return 0;
}

static inline struct batch *fx_batch(struct fixture *f)
{
    struct batch *b = batch_new(BATCH_CHANGES);
    b->seq = ++f->seq;
    b->now = f->now;
    return b;
}

static inline void fx_add_device(struct batch *b, uint32_t device, const char *id)
{
    struct device_change *d = batch_add_device(b);
    d->device.n = device;
    d->id = batch_put_text(b, bytes_of_text(id));
    d->since = b->now;
    d->last_seen = WALL_NONE;
}

static inline void fx_add_series(struct batch *b, uint32_t series, uint32_t device, const char *id)
{
    struct series_change *c = batch_add_series(b);
    c->series.n = series;
    c->device.n = device;
    c->sensor = batch_put_text(b, bytes_of_text(id));
    c->decimals = -1;
}

static inline void fx_add_reading(struct batch *b, uint32_t series, wall_ms time, double value)
{
    batch_add_reading(b, (struct reading){.series = series, .time = time, .value = value});
}

static inline void fx_append(struct fixture *f, struct batch *b)
{
    store_append(f->store, b);
    batch_release(b);
}

static inline void fx_commit(struct fixture *f)
{
    struct store_failure why = {{0}};
    enum err e = store_commit(f->store, f->now, &why);
    if (e != OK) {
        print_message("%s\n", why.text);
    }
    assert_int_equal(e, OK);
    assert_true(store_durable_seq(f->store) == f->seq);
}

/* Does all that is due. */
static inline void fx_work(struct fixture *f)
{
    bool more = true;
    while (more) {
        struct store_failure why = {{0}};
        enum err e = store_work(f->store, f->now, &more, &why);
        if (e != OK) {
            print_message("%s\n", why.text);
        }
        assert_int_equal(e, OK);
    }
}

/* Devices 0..devices-1 with `sensors` series each, numbered device by device. */
static inline void fx_fleet(struct fixture *f, uint32_t devices, uint32_t sensors)
{
    struct batch *b = fx_batch(f);
    for (uint32_t d = 0; d < devices; d++) {
        char id[32];
        (void)snprintf(id, sizeof id, "device-%u", d);
        fx_add_device(b, d, id);
        for (uint32_t i = 0; i < sensors; i++) {
            (void)snprintf(id, sizeof id, "sensor-%u", i);
            fx_add_series(b, d * sensors + i, d, id);
        }
    }
    fx_append(f, b);
    fx_commit(f);
}

static inline struct store_samples fx_query(struct fixture *f, uint32_t series, wall_ms from,
                                            wall_ms to, size_t points)
{
    struct store_points tail = {0};
    struct store_samples out = {0};
    struct store_failure why = {{0}};
    struct store_query q = {.series = {series}, .from = from, .to = to, .points = points};
    store_tail(f->store, q.series, from, to, &tail);
    enum err e = store_query(f->reader, &q, &tail, &out, &why);
    if (e != OK) {
        print_message("%s\n", why.text);
    }
    assert_int_equal(e, OK);
    store_points_fini(&tail);
    return out;
}

static inline uint64_t fx_readings(struct fixture *f)
{
    return metrics_get(&f->metrics, METRIC_STORE_READINGS);
}

#endif
