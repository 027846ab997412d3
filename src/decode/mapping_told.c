/* SPDX-License-Identifier: Apache-2.0 */
/* What a mapping was told, key by key: to show it to people, and to make another one of it. */
#include "decode/mapping_parts.h"

/* Before each text: its key and its length. */
#define HEAD_BYTES 5

void mapping_note_told(struct mapping *m, enum mapping_key key, struct bytes text)
{
    uint32_t len = (uint32_t)text.len;
    buf_put_byte(&m->told, (uint8_t)key);
    buf_put(&m->told, &len, sizeof len);
    buf_put_bytes(&m->told, text);
}

bool mapping_told(const struct mapping *m, size_t *at, enum mapping_key *key, struct bytes *text)
{
    uint32_t len;
    if (*at >= m->told.len) {
        return false;
    }
    *key = (enum mapping_key)m->told.ptr[*at];
    memcpy(&len, m->told.ptr + *at + 1, sizeof len);
    *text = bytes_of(m->told.ptr + *at + HEAD_BYTES, len);
    *at += HEAD_BYTES + len;
    return true;
}

struct mapping *mapping_copy(const struct mapping *m)
{
    char why[CONFIG_WHY_MAX];
    struct mapping *copy = mapping_new();
    enum mapping_key key;
    struct bytes text;
    enum err e = OK;
    for (size_t at = 0; e == OK && mapping_told(m, &at, &key, &text);) {
        e = mapping_set(copy, key, text, why);
    }
    e = e == OK ? mapping_finish(copy, &key, why) : e;
    ASSERT(e == OK); /* it was accepted once */
    return copy;
}

const struct mapping *mappings_at(const struct mappings *all, size_t index)
{
    ASSERT(index < all->count);
    return all->all[index];
}
