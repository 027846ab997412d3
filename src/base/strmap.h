/* SPDX-License-Identifier: Apache-2.0 */
/* A map from byte strings to u32, for tables over strings that peers choose: keyed hash, linear
 * probing, at most 70 % full. The map stores no strings: the owner keeps them and tells the map, by
 * a callback, which string a value stands for, so a million keys cost 8 bytes each here. */
#ifndef TELLTALE_BASE_STRMAP_H
#define TELLTALE_BASE_STRMAP_H

#include "base/hash.h"

#define STRMAP_NONE UINT32_MAX

/* The key that `value` was put in with; must stay the same while it is in the map. */
typedef struct bytes (*strmap_key_of)(const void *owner, uint32_t value);

struct strmap_slot {
    uint32_t hash; /* upper half of the hash, to skip most comparisons */
    uint32_t value;
};

struct strmap {
    struct hash_key key;
    strmap_key_of key_of;
    const void *owner;
    struct strmap_slot *slots;
    size_t cap; /* 0 or a power of two */
    size_t count;
};

/* Ownership: `owner` is borrowed for the map's life. */
void strmap_init(struct strmap *m, struct hash_key key, strmap_key_of key_of, const void *owner);
void strmap_fini(struct strmap *m);

/* The value of `key`, or STRMAP_NONE. */
uint32_t strmap_find(const struct strmap *m, struct bytes key);

/* Adds a value whose key (by key_of) is not in the map yet. */
void strmap_put(struct strmap *m, uint32_t value);

/* Takes out the value of `key`; nothing happens when it is not there. */
void strmap_remove(struct strmap *m, struct bytes key);

#endif
