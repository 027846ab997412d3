/* SPDX-License-Identifier: Apache-2.0 */
/* Made-up devices for programs that fill a store. */
#ifndef TELLTALE_BENCH_STORE_FLEET_H
#define TELLTALE_BENCH_STORE_FLEET_H

#include "store/store.h"

static inline struct batch *next_batch(uint64_t *seq, wall_ms now)
{
    struct batch *b = batch_new(BATCH_CHANGES);
    b->seq = ++*seq;
    b->now = now;
    return b;
}

/* Appends device `d` with the series d * sensors and up. */
static inline void make_device(struct store *s, uint64_t *seq, wall_ms now, uint32_t d,
                               uint32_t sensors)
{
    struct batch *b = next_batch(seq, now);
    struct device_change *c = batch_add_device(b);
    char id[32];
    c->device.n = d;
    (void)snprintf(id, sizeof id, "device-%u", d);
    c->id = batch_put_text(b, bytes_of_text(id));
    for (uint32_t i = 0; i < sensors; i++) {
        struct series_change *x = batch_add_series(b);
        x->series.n = d * sensors + i;
        x->device.n = d;
        (void)snprintf(id, sizeof id, "sensor-%u", i);
        x->sensor = batch_put_text(b, bytes_of_text(id));
    }
    store_append(s, b);
    batch_release(b);
}

#endif
