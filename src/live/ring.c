/* SPDX-License-Identifier: Apache-2.0 */
#include "live/ring.h"

#include "base/mem.h"

void live_ring_fini(struct live_ring *r)
{
    for (size_t i = 0; r->chunks && i < LIVE_RING_CHUNKS; i++) {
        free(r->chunks[i]);
    }
    free(r->chunks);
    r->chunks = NULL;
}

/* Places go on, so that what was remembered of earlier ones is seen to be gone. */
void live_ring_begin(struct live_ring *r, uint64_t after)
{
    r->end = (r->end + LIVE_RING_CHUNK - 1) / LIVE_RING_CHUNK * LIVE_RING_CHUNK;
    r->first = r->end;
    r->after = after;
}

/* Makes room for the items from r->end on. */
static void next_chunk(struct live_ring *r, struct metrics *m)
{
    if (!r->chunks) {
        r->chunks = mem_zalloc(LIVE_RING_CHUNKS, sizeof *r->chunks);
    }
    struct live_ring_item **chunk = &r->chunks[r->end / LIVE_RING_CHUNK % LIVE_RING_CHUNKS];
    if (!*chunk) {
        *chunk = mem_alloc(LIVE_RING_CHUNK * sizeof **chunk);
        metrics_add(m, METRIC_LIVE_RING_BYTES, LIVE_RING_CHUNK * sizeof **chunk);
    } else if (r->end - r->first == LIVE_RING_CHUNK * LIVE_RING_CHUNKS) {
        r->after = (*chunk)[LIVE_RING_CHUNK - 1].number + 1;
        r->first += LIVE_RING_CHUNK;
    }
}

void live_ring_put(struct live_ring *r, struct live_ring_item item, uint64_t *last,
                   struct metrics *m)
{
    if (r->end % LIVE_RING_CHUNK == 0) {
        next_chunk(r, m);
    }
    uint64_t distance = r->end + 1 - *last;
    bool held = *last > r->first;
    ASSERT(!held || distance <= LIVE_RING_CHUNK * LIVE_RING_CHUNKS);
    item.back = held ? (uint32_t)distance : 0;
    r->chunks[r->end / LIVE_RING_CHUNK % LIVE_RING_CHUNKS][r->end % LIVE_RING_CHUNK] = item;
    *last = ++r->end;
}

uint64_t live_ring_find(const struct live_ring *r, uint64_t number)
{
    uint64_t low = r->first, high = r->end;
    while (low < high) {
        uint64_t middle = low + (high - low) / 2;
        if (live_ring_at(r, middle)->number < number) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}
