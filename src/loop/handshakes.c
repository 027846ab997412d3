/* SPDX-License-Identifier: Apache-2.0 */
#include "loop/handshakes.h"

#include "base/mem.h"

static struct bytes name_of(const void *owner, uint32_t value)
{
    const struct handshakes *a = owner;
    return bytes_of_text(a->slots[value].name.text);
}

void handshakes_init(struct handshakes *a, struct hash_key key, uint32_t max)
{
    *a = (struct handshakes){.max = max};
    strmap_init(&a->by_name, key, name_of, a);
}

void handshakes_fini(struct handshakes *a)
{
    strmap_fini(&a->by_name);
    free(a->slots);
}

/* Addresses with something unfinished are few: a free slot is found by looking. */
static uint32_t free_slot(struct handshakes *a)
{
    for (uint32_t i = 0; i < a->count; i++) {
        if (a->slots[i].count == 0) {
            return i;
        }
    }
    a->slots = mem_grow(a->slots, a->count, &a->cap, sizeof *a->slots);
    a->slots[a->count].count = 0;
    return (uint32_t)a->count++;
}

enum err handshakes_enter(struct handshakes *a, const struct peer_address *name, uint32_t *slot)
{
    uint32_t found = strmap_find(&a->by_name, bytes_of_text(name->text));
    if (found == STRMAP_NONE) {
        found = free_slot(a);
        a->slots[found].name = *name;
        strmap_put(&a->by_name, found);
    }
    if (a->slots[found].count >= a->max) {
        return ERR_FULL;
    }
    a->slots[found].count++;
    *slot = found;
    return OK;
}

const char *handshakes_name(const struct handshakes *a, uint32_t slot)
{
    return slot == NO_HANDSHAKE ? "" : a->slots[slot].name.text;
}

void handshakes_leave(struct handshakes *a, uint32_t *slot)
{
    if (*slot == NO_HANDSHAKE) {
        return;
    }
    struct handshakes_of *s = &a->slots[*slot];
    ASSERT(s->count > 0);
    if (--s->count == 0) {
        strmap_remove(&a->by_name, bytes_of_text(s->name.text));
    }
    *slot = NO_HANDSHAKE;
}
