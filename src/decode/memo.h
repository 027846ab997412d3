/* SPDX-License-Identifier: Apache-2.0 */
/* What a family remembers between messages: items by key, in a table of bounded size.
 *
 * Items form trees: the devices of an edge node, the properties of a device. What goes, goes with
 * all that is below it. When the table is full, the tree that was longest without a message makes
 * room, if that was more than LIMIT_MEMO_IDLE_MS ago; else the new item is refused. So a flood of
 * made-up names can't push out what is in use. */
#ifndef TELLTALE_DECODE_MEMO_H
#define TELLTALE_DECODE_MEMO_H

#include "base/strmap.h"
#include "model/limits.h"
#include "model/time.h"

/* The first member of what a family remembers. Families read `key`, `parent`, `first` and `next`;
 * the rest is the table's own. */
struct memo_item {
    struct bytes key;         /* owned; begins with the number of the source, see memo_key */
    struct memo_item *parent; /* NULL: a root */
    struct memo_item *first;  /* of its children */
    struct memo_item *next;   /* sibling; of a root: the one used before it */
    struct memo_item *prev;
    wall_ms used;  /* of a root: when it was last touched */
    size_t bytes;  /* charged for it */
    uint32_t slot; /* what the map holds */
};

struct memo_slot {
    struct memo_item *item; /* NULL: free */
    uint32_t next_free;
};

struct memo {
    struct strmap map;
    struct memo_slot *slots;
    size_t slot_count, slot_cap;
    uint32_t free_slot;
    struct memo_item *newest, *oldest; /* roots by use */
    size_t bytes;                      /* charged in all */
    size_t max;
    void (*forget)(
        struct memo_item *item); /* gives back what an item owns beyond itself, or NULL */
};

/* Allocates nothing before the first item. `max`: bytes of all items together. */
void memo_init(struct memo *m, struct hash_key key, size_t max, void (*forget)(struct memo_item *));
void memo_fini(struct memo *m);

/* The item of `key`, or NULL. */
struct memo_item *memo_find(const struct memo *m, struct bytes key);

/* Says that a message came about the item, or about something below it. */
void memo_touch(struct memo *m, struct memo_item *item, wall_ms now);

/* Adds an item of `size` bytes, zeroed behind its first member, under a key that is not in the
 * table. NULL: refused, the table is full or the key too long. Ownership: the table's. */
struct memo_item *memo_add(struct memo *m, struct memo_item *parent, struct bytes key, size_t size,
                           wall_ms now);

/* Charges `bytes` more to an item that was touched at `now`. False: refused, nothing charged. */
bool memo_charge(struct memo *m, struct memo_item *item, size_t bytes, wall_ms now);

/* Takes back what was charged. */
void memo_refund(struct memo *m, struct memo_item *item, size_t bytes);

/* Takes out an item and all below it. */
void memo_remove(struct memo *m, struct memo_item *item);

/* Puts an item, with all below it, under another parent. Does nothing when that would make a circle
 * or a tree deeper than LIMIT_MEMO_DEPTH. */
void memo_move(struct memo *m, struct memo_item *item, struct memo_item *parent);

/* Copies text to `*at`, which has room, and moves that behind it; returns the copy. */
struct bytes memo_copy(uint8_t **at, struct bytes text);

/* ---- keys ---- */

#define MEMO_KEY_SOURCE_BYTES 4

/* A key as it is put together. One that does not fit finds nothing and is refused by memo_add. */
struct memo_key {
    size_t len;
    uint8_t text[MEMO_KEY_SOURCE_BYTES + LIMIT_TOPIC_BYTES + 2];
};

/* Begins a key with the number of the broker, so that two of them don't mix. */
void memo_key_begin(struct memo_key *k, unsigned source);
void memo_key_put(struct memo_key *k, struct bytes part);

static inline struct bytes memo_key_bytes(const struct memo_key *k)
{
    return bytes_of(k->text, k->len);
}

/* The key of an item without its source. */
static inline struct bytes memo_name(const struct memo_item *item)
{
    return bytes_skip(item->key, MEMO_KEY_SOURCE_BYTES);
}

#endif
