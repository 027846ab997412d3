/* SPDX-License-Identifier: Apache-2.0 */
#include "decode/recent.h"

#include "base/mem.h"

/* Entries that share a place, kept in the order of their last use. */
#define WAYS 8

struct place {
    struct recent_note ways[WAYS]; /* the last used first; id 0: free */
};

struct recent {
    size_t mask;
    struct place *places;
};

struct recent *recent_new(size_t entries)
{
    ASSERT(entries >= WAYS && (entries & (entries - 1)) == 0);
    struct recent *r = mem_zalloc(1, sizeof *r);
    r->mask = entries / WAYS - 1;
    r->places = mem_zalloc(entries / WAYS, sizeof *r->places);
    return r;
}

void recent_free(struct recent *r)
{
    if (r) {
        free(r->places);
        free(r);
    }
}

uint64_t recent_id(struct hash_key key, unsigned source, const struct bytes *parts, size_t count)
{
    uint64_t hashes[5] = {source};
    ASSERT(count < ARRAY_LEN(hashes));
    for (size_t i = 0; i < count; i++) {
        hashes[i + 1] = hash_bytes(key, parts[i]);
    }
    uint64_t id = hash_bytes(key, bytes_of(hashes, (count + 1) * sizeof hashes[0]));
    return id ? id : 1;
}

/* Moves the entry `i` of a place to its front. */
static struct recent_note *to_front(struct place *p, size_t i)
{
    struct recent_note note = p->ways[i];
    memmove(p->ways + 1, p->ways, i * sizeof p->ways[0]);
    p->ways[0] = note;
    return &p->ways[0];
}

static size_t way_of(const struct place *p, uint64_t id)
{
    size_t i = 0;
    while (i < WAYS && p->ways[i].id != id) {
        i++;
    }
    return i;
}

const struct recent_note *recent_find(struct recent *r, uint64_t id)
{
    ASSERT(id != 0);
    struct place *p = &r->places[id & r->mask];
    size_t i = way_of(p, id);
    return i < WAYS ? to_front(p, i) : NULL;
}

void recent_set(struct recent *r, struct recent_note note)
{
    ASSERT(note.id != 0);
    struct place *p = &r->places[note.id & r->mask];
    size_t i = way_of(p, note.id);
    *to_front(p, i < WAYS ? i : WAYS - 1) = note;
}
