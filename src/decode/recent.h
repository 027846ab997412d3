/* SPDX-License-Identifier: Apache-2.0 */
/* What came lately: a table of fixed size from 64-bit ids to a value and a time, for ecosystems
 * where one fact comes by several ways. An id is a keyed hash of names, so the table stores no
 * names, nobody can aim at a place in it, and two names share an id once in 2^64. Ids that share a
 * place give way to each other, the longest unasked first. Private to the folder. */
#ifndef TELLTALE_DECODE_RECENT_H
#define TELLTALE_DECODE_RECENT_H

#include "base/hash.h"
#include "model/batch.h"

struct recent;

/* `entries`: a power of two, at least 8; 24 bytes each. */
struct recent *recent_new(size_t entries);

/* NULL is fine. */
void recent_free(struct recent *r);

/* The id of what `parts` name together, heard from `source`. */
uint64_t recent_id(struct hash_key key, unsigned source, const struct bytes *parts, size_t count);

struct recent_note {
    uint64_t id;
    uint64_t value;
    wall_ms at;
};

/* What was noted of `id`, or NULL; valid until the next call of recent_set. */
const struct recent_note *recent_find(struct recent *r, uint64_t id);

/* Notes, or notes anew. */
void recent_set(struct recent *r, struct recent_note note);

/* Whether `at` lies within `span` ms before `now`; a clock that was set back counts as within. */
static inline bool recent_within(wall_ms at, wall_ms now, wall_ms span)
{
    return now - at <= span;
}

#endif
