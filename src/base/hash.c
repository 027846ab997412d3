/* SPDX-License-Identifier: Apache-2.0 */
#include "base/hash.h"

struct sip {
    uint64_t v0, v1, v2, v3;
};

static inline uint64_t rotate(uint64_t x, unsigned bits)
{
    return (x << bits) | (x >> (64 - bits));
}

static inline void sip_round(struct sip *s)
{
    s->v0 += s->v1;
    s->v1 = rotate(s->v1, 13) ^ s->v0;
    s->v0 = rotate(s->v0, 32);
    s->v2 += s->v3;
    s->v3 = rotate(s->v3, 16) ^ s->v2;
    s->v0 += s->v3;
    s->v3 = rotate(s->v3, 21) ^ s->v0;
    s->v2 += s->v1;
    s->v1 = rotate(s->v1, 17) ^ s->v2;
    s->v2 = rotate(s->v2, 32);
}

static inline void sip_word(struct sip *s, uint64_t word)
{
    s->v3 ^= word;
    sip_round(s);
    s->v0 ^= word;
}

/* The last up to seven bytes with the length's low byte on top. */
static uint64_t last_word(struct bytes b)
{
    uint64_t word = (uint64_t)b.len << 56;
    const uint8_t *tail = b.ptr + (b.len & ~(size_t)7);
    for (size_t i = 0; i < (b.len & 7); i++) {
        word |= (uint64_t)tail[i] << (8 * i);
    }
    return word;
}

uint64_t hash_bytes(struct hash_key key, struct bytes b)
{
    struct sip s = {
        key.k0 ^ 0x736f6d6570736575u,
        key.k1 ^ 0x646f72616e646f6du,
        key.k0 ^ 0x6c7967656e657261u,
        key.k1 ^ 0x7465646279746573u,
    };
    for (size_t i = 0; i + 8 <= b.len; i += 8) {
        sip_word(&s, le64_load(b.ptr + i));
    }
    sip_word(&s, last_word(b));
    s.v2 ^= 0xff;
    sip_round(&s);
    sip_round(&s);
    sip_round(&s);
    return s.v0 ^ s.v1 ^ s.v2 ^ s.v3;
}
