/* SPDX-License-Identifier: Apache-2.0 */
/* Frames used again, so that answering and delivering allocate nothing once warm.
 *
 * The pool keeps a reference to each frame that it hands out and knows by the count when everybody
 * else has let go. Frames come back about in the order they left, so only the oldest is looked at;
 * a frame that stays away (its reader is slow) is given up when its ring has gone round, and is
 * then an ordinary one. At most about 4 MB, all of it made on demand. Private to this folder. */
#ifndef TELLTALE_INGEST_FRAME_POOL_H
#define TELLTALE_INGEST_FRAME_POOL_H

#include "base/frame.h"

#define FRAME_POOL_CLASSES 4
/* The largest frame that the pool makes. */
#define FRAME_POOL_MAX (64u << 10)

struct frame_ring {
    struct frame **frames; /* `cap` of them, made when first needed */
    uint32_t cap;
    uint32_t first; /* the oldest that may still be out; counts on, never wraps in practice */
    uint32_t next;
};

struct frame_pool {
    struct frame_ring rings[FRAME_POOL_CLASSES];
};

void frame_pool_init(struct frame_pool *p);
void frame_pool_fini(struct frame_pool *p);

/* An empty frame (len 0) with room for at least `size` bytes, at most FRAME_POOL_MAX; `room` tells
 * how many. Ownership: one reference is the caller's. */
struct frame *frame_pool_take(struct frame_pool *p, uint32_t size, uint32_t *room);

#endif
