/* SPDX-License-Identifier: Apache-2.0 */
#include "base/strmap.h"

#include "base/mem.h"

static size_t slot_of(const struct strmap *m, uint64_t hash)
{
    return (size_t)hash & (m->cap - 1);
}

void strmap_init(struct strmap *m, struct hash_key key, strmap_key_of key_of, const void *owner)
{
    *m = (struct strmap){.key = key, .key_of = key_of, .owner = owner};
}

void strmap_fini(struct strmap *m)
{
    free(m->slots);
    m->slots = NULL;
    m->cap = 0;
    m->count = 0;
}

/* The slot that holds `key`, or the free one where it would go. Requires cap > 0. */
static size_t locate(const struct strmap *m, struct bytes key, uint64_t hash)
{
    size_t i = slot_of(m, hash);
    for (;; i = (i + 1) & (m->cap - 1)) {
        const struct strmap_slot *s = &m->slots[i];
        if (s->value == STRMAP_NONE) {
            return i;
        }
        if (s->hash == (uint32_t)(hash >> 32) && bytes_equal(m->key_of(m->owner, s->value), key)) {
            return i;
        }
    }
}

uint32_t strmap_find(const struct strmap *m, struct bytes key)
{
    if (m->cap == 0) {
        return STRMAP_NONE;
    }
    return m->slots[locate(m, key, hash_bytes(m->key, key))].value;
}

static void place(struct strmap *m, uint32_t value)
{
    struct bytes key = m->key_of(m->owner, value);
    uint64_t hash = hash_bytes(m->key, key);
    size_t i = locate(m, key, hash);
    ASSERT(m->slots[i].value == STRMAP_NONE);
    m->slots[i] = (struct strmap_slot){(uint32_t)(hash >> 32), value};
}

static void grow(struct strmap *m)
{
    struct strmap_slot *old = m->slots;
    size_t old_cap = m->cap;
    m->cap = size_max(16, old_cap * 2);
    m->slots = mem_alloc(m->cap * sizeof *m->slots);
    memset(m->slots, 0xff, m->cap * sizeof *m->slots);
    for (size_t i = 0; i < old_cap; i++) {
        if (old[i].value != STRMAP_NONE) {
            place(m, old[i].value);
        }
    }
    free(old);
}

void strmap_put(struct strmap *m, uint32_t value)
{
    ASSERT(value != STRMAP_NONE);
    if ((m->count + 1) * 10 > m->cap * 7) {
        grow(m);
    }
    place(m, value);
    m->count++;
}

/* Closes the hole at `hole`: later members of its run move back where they may. */
static void close_hole(struct strmap *m, size_t hole)
{
    size_t mask = m->cap - 1;
    for (size_t i = (hole + 1) & mask; m->slots[i].value != STRMAP_NONE; i = (i + 1) & mask) {
        struct bytes key = m->key_of(m->owner, m->slots[i].value);
        size_t home = slot_of(m, hash_bytes(m->key, key));
        if (((i - home) & mask) >= ((i - hole) & mask)) {
            m->slots[hole] = m->slots[i];
            hole = i;
        }
    }
    m->slots[hole].value = STRMAP_NONE;
}

void strmap_remove(struct strmap *m, struct bytes key)
{
    if (m->cap == 0) {
        return;
    }
    size_t i = locate(m, key, hash_bytes(m->key, key));
    if (m->slots[i].value != STRMAP_NONE) {
        close_hole(m, i);
        m->count--;
    }
}
