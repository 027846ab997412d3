/* SPDX-License-Identifier: Apache-2.0 */
/* The newest retained message of each topic. Bounded by count and by bytes: beyond either, a
 * topic's message is handed on and not kept. Slots are numbered, and a message stays in its slot
 * until it is replaced or removed, so that a walk over the numbers can pause and go on.
 *
 * In memory only: a restart of the program begins without any. Sans-I/O. Private to this folder. */
#ifndef TELLTALE_INGEST_RETAINED_H
#define TELLTALE_INGEST_RETAINED_H

#include "base/strmap.h"
#include "ingest/message.h"

struct retained {
    struct message **slots; /* NULL when free */
    uint32_t slots_count;   /* ever used */
    size_t slots_cap;
    uint32_t *free_slots; /* a stack */
    size_t free_count, free_cap;
    struct strmap by_topic;
    size_t count;
    size_t bytes;
    uint32_t swept; /* where retained_expire goes on */
};

void retained_init(struct retained *r, struct hash_key key);
void retained_fini(struct retained *r);

/* Keeps `m` as the message of its topic, or forgets that topic's when the payload is empty.
 * Ownership: takes a reference of its own.
 * Errors: ERR_FULL  too many or too large; an older message of the topic is forgotten then, since
 *                   it is not the newest any more. */
MUST_CHECK enum err retained_put(struct retained *r, struct message *m);

/* Forgets the message of `topic`, if there is one. */
void retained_forget(struct retained *r, struct bytes topic);

/* Looks at `budget` slots, from where the last call stopped and round again, and forgets what
 * expired; returns how many. */
size_t retained_expire(struct retained *r, uint32_t budget, mono_ns now);

/* Forgets what `publisher` sent; returns how many. Requires one that is not 0. */
size_t retained_forget_publisher(struct retained *r, uint64_t publisher);

/* The message of `topic`, or NULL. */
struct message *retained_find(const struct retained *r, struct bytes topic);

/* Looks at slots from `*at` on, at most `budget`, for one whose topic `filter` matches; `*at` is
 * then behind it, and the budget less. NULL when the budget or the slots are used up: the latter if
 * `*at` is slots_count. */
struct message *retained_next(const struct retained *r, struct bytes filter, uint32_t *at,
                              uint32_t *budget);

#endif
