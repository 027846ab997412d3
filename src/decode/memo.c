/* SPDX-License-Identifier: Apache-2.0 */
#include "decode/memo.h"

#include "base/mem.h"

/* What an item costs beyond its own bytes: its slots in table and map, and the allocator's share.
 */
#define ITEM_OVERHEAD 64

static struct bytes key_of(const void *owner, uint32_t value)
{
    const struct memo *m = owner;
    return m->slots[value].item->key;
}

void memo_init(struct memo *m, struct hash_key key, size_t max, void (*forget)(struct memo_item *))
{
    *m = (struct memo){.max = max, .forget = forget, .free_slot = UINT32_MAX};
    strmap_init(&m->map, key, key_of, m);
}

void memo_fini(struct memo *m)
{
    while (m->newest) {
        memo_remove(m, m->newest);
    }
    ASSERT(m->bytes == 0);
    strmap_fini(&m->map);
    free(m->slots);
    m->slots = NULL;
}

struct memo_item *memo_find(const struct memo *m, struct bytes key)
{
    uint32_t slot = strmap_find(&m->map, key);
    return slot == STRMAP_NONE ? NULL : m->slots[slot].item;
}

/* ---- the trees ---- */

static void link_in(struct memo *m, struct memo_item *item, struct memo_item *parent)
{
    struct memo_item **head = parent ? &parent->first : &m->newest;
    item->parent = parent;
    item->prev = NULL;
    item->next = *head;
    if (item->next) {
        item->next->prev = item;
    } else if (!parent) {
        m->oldest = item;
    }
    *head = item;
}

static void unlink_from(struct memo *m, struct memo_item *item)
{
    struct memo_item **head = item->parent ? &item->parent->first : &m->newest;
    if (item->prev) {
        item->prev->next = item->next;
    } else {
        *head = item->next;
    }
    if (item->next) {
        item->next->prev = item->prev;
    } else if (!item->parent) {
        m->oldest = item->prev;
    }
}

static struct memo_item *root_of(struct memo_item *item)
{
    while (item->parent) {
        item = item->parent;
    }
    return item;
}

void memo_touch(struct memo *m, struct memo_item *item, wall_ms now)
{
    struct memo_item *root = root_of(item);
    root->used = now;
    if (m->newest != root) {
        unlink_from(m, root);
        link_in(m, root, NULL);
    }
}

/* ---- size ---- */

/* Makes room for `bytes`, at the cost of trees without a message for long, but never of `keep`. */
static bool make_room(struct memo *m, size_t bytes, const struct memo_item *keep, wall_ms now)
{
    while (bytes > m->max - m->bytes) {
        struct memo_item *oldest = m->oldest;
        if (!oldest || oldest == keep || now - oldest->used < LIMIT_MEMO_IDLE_MS) {
            return false;
        }
        memo_remove(m, oldest);
    }
    return true;
}

bool memo_charge(struct memo *m, struct memo_item *item, size_t bytes, wall_ms now)
{
    if (!make_room(m, bytes, root_of(item), now)) {
        return false;
    }
    item->bytes += bytes;
    m->bytes += bytes;
    return true;
}

void memo_refund(struct memo *m, struct memo_item *item, size_t bytes)
{
    ASSERT(bytes <= item->bytes && bytes <= m->bytes);
    item->bytes -= bytes;
    m->bytes -= bytes;
}

/* ---- items ---- */

static uint32_t take_slot(struct memo *m)
{
    if (m->free_slot != UINT32_MAX) {
        uint32_t slot = m->free_slot;
        m->free_slot = m->slots[slot].next_free;
        return slot;
    }
    m->slots = mem_grow(m->slots, m->slot_count, &m->slot_cap, sizeof *m->slots);
    return (uint32_t)m->slot_count++;
}

struct memo_item *memo_add(struct memo *m, struct memo_item *parent, struct bytes key, size_t size,
                           wall_ms now)
{
    ASSERT(size >= sizeof(struct memo_item));
    size_t bytes = size + key.len + ITEM_OVERHEAD;
    if (key.len > MEMO_KEY_SOURCE_BYTES + LIMIT_TOPIC_BYTES ||
        !make_room(m, bytes, parent ? root_of(parent) : NULL, now)) {
        return NULL;
    }
    struct memo_item *item = mem_zalloc(1, size + key.len);
    uint8_t *text = (uint8_t *)item + size;
    memcpy(text, key.ptr, key.len);
    item->key = bytes_of(text, key.len);
    item->bytes = bytes;
    item->used = now;
    item->slot = take_slot(m);
    m->slots[item->slot].item = item;
    m->bytes += bytes;
    link_in(m, item, parent);
    strmap_put(&m->map, item->slot);
    return item;
}

static void remove_leaf(struct memo *m, struct memo_item *item)
{
    ASSERT(!item->first);
    if (m->forget) {
        m->forget(item);
    }
    strmap_remove(&m->map, item->key);
    unlink_from(m, item);
    m->bytes -= item->bytes;
    m->slots[item->slot] = (struct memo_slot){NULL, m->free_slot};
    m->free_slot = item->slot;
    free(item);
}

void memo_remove(struct memo *m, struct memo_item *item)
{
    struct memo_item *at = item;
    for (;;) {
        while (at->first) {
            at = at->first;
        }
        struct memo_item *above = at->parent;
        bool done = at == item;
        remove_leaf(m, at);
        if (done) {
            return;
        }
        at = above;
    }
}

/* Levels from `item` down to its lowest. The trees are flat: this ends at LIMIT_MEMO_DEPTH. */
static unsigned height_of(const struct memo_item *item)
{
    unsigned height = 0;
    for (const struct memo_item *c = item->first; c; c = c->next) {
        unsigned h = height_of(c);
        height = h > height ? h : height;
    }
    return height + 1;
}

void memo_move(struct memo *m, struct memo_item *item, struct memo_item *parent)
{
    unsigned depth = height_of(item);
    if (item->parent == parent) {
        return;
    }
    for (const struct memo_item *p = parent; p; p = p->parent) {
        if (p == item || ++depth > LIMIT_MEMO_DEPTH) {
            return;
        }
    }
    unlink_from(m, item);
    link_in(m, item, parent);
}

struct bytes memo_copy(uint8_t **at, struct bytes text)
{
    struct bytes copied = bytes_of(*at, text.len);
    if (text.len > 0) {
        memcpy(*at, text.ptr, text.len);
        *at += text.len;
    }
    return copied;
}

/* ---- keys ---- */

void memo_key_begin(struct memo_key *k, unsigned source)
{
    le32_store(k->text, source);
    k->len = MEMO_KEY_SOURCE_BYTES;
}

void memo_key_put(struct memo_key *k, struct bytes part)
{
    size_t room = sizeof k->text - k->len;
    size_t len = size_min(part.len, room); /* cut only beyond what memo_add takes */
    if (len > 0) {
        memcpy(k->text + k->len, part.ptr, len);
    }
    k->len += len;
}
