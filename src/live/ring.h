/* SPDX-License-Identifier: Apache-2.0 */
/* What went through live last, for clients that were away for a moment: every reading and status
 * that was told, with its position, bounded by bytes.
 *
 * Each item names the one before it of the same series (or of the statuses of its device), so what
 * a room missed is found without looking at what others did. Items lie in chunks that are made when
 * first needed; when there are as many as may be, the oldest is written over.
 *
 * It holds its own copies, 40 bytes a reading, and not batches: a batch of the pool has room for
 * LIMIT_BATCH_READINGS whatever is in it, and keeping it would make ingest allocate another.
 *
 * Thread: serve's. */
#ifndef TELLTALE_LIVE_RING_H
#define TELLTALE_LIVE_RING_H

#include "model/limits.h"
#include "model/metrics.h"
#include "model/status.h"
#include "model/time.h"

#include "base/base.h"

/* In `id` of a status; the rest is its device. */
#define LIVE_RING_STATUS 0x80000000u

struct live_ring_item {
    uint64_t number; /* position as told to the fleet; rooms get the next one */
    uint32_t id;     /* series, or device | LIVE_RING_STATUS */
    uint32_t back;   /* distance to the one before of the same; 0: there is none */
    wall_ms time;    /* of a status: lastSeen */
    wall_ms arrival;
    union {
        double value;
        struct {
            uint32_t status, cause;
        } told;
    };
};

_Static_assert(sizeof(struct live_ring_item) == 40, "limits.h counts on it");

#define LIVE_RING_CHUNK  2048u
#define LIVE_RING_CHUNKS (LIMIT_LIVE_RING_BYTES / (LIVE_RING_CHUNK * sizeof(struct live_ring_item)))

struct live_ring {
    struct live_ring_item **chunks; /* LIVE_RING_CHUNKS of them, or NULL */
    uint64_t first, end;            /* places of the items that are held: [first, end) */
    uint64_t after;                 /* all that was told beyond this position is held */
};

void live_ring_fini(struct live_ring *r);

/* Forgets everything: what comes from now on is held, all beyond `after`. */
void live_ring_begin(struct live_ring *r, uint64_t after);

/* Appends an item; `last` is the place after the previous one of the same, 0 for none, and becomes
 * this one's. Positions never fall. */
void live_ring_put(struct live_ring *r, struct live_ring_item item, uint64_t *last,
                   struct metrics *m);

static inline const struct live_ring_item *live_ring_at(const struct live_ring *r, uint64_t place)
{
    ASSERT(place >= r->first && place < r->end);
    return &r->chunks[place / LIVE_RING_CHUNK % LIVE_RING_CHUNKS][place % LIVE_RING_CHUNK];
}

/* The first place whose position is at least `number`; r->end when there is none. */
uint64_t live_ring_find(const struct live_ring *r, uint64_t number);

/* Whether all that was told beyond `number` is held. */
static inline bool live_ring_covers(const struct live_ring *r, uint64_t number)
{
    return number >= r->after;
}

#endif
