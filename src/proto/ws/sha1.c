/* SPDX-License-Identifier: Apache-2.0 */
/* See sha1.h. Words are big-endian; a message of up to 119 bytes fits two blocks, so there is no
 * state to carry between calls. */
#include "proto/ws/sha1.h"

static uint32_t rotate(uint32_t v, unsigned n)
{
    return (v << n) | (v >> (32 - n));
}

static uint32_t be32_load(const uint8_t *p)
{
    return ((uint32_t)p[0] << 24) | ((uint32_t)p[1] << 16) | ((uint32_t)p[2] << 8) | p[3];
}

/* Function and constant of round t, section 4.1.1 and 4.2.1. */
static uint32_t mix(unsigned t, uint32_t b, uint32_t c, uint32_t d)
{
    if (t < 20) {
        return ((b & c) | (~b & d)) + 0x5a827999u;
    }
    if (t < 40) {
        return (b ^ c ^ d) + 0x6ed9eba1u;
    }
    if (t < 60) {
        return ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdcu;
    }
    return (b ^ c ^ d) + 0xca62c1d6u;
}

static void digest_block(uint32_t h[5], const uint8_t block[64])
{
    uint32_t w[80];
    for (unsigned t = 0; t < 16; t++) {
        w[t] = be32_load(block + 4 * t);
    }
    for (unsigned t = 16; t < 80; t++) {
        w[t] = rotate(w[t - 3] ^ w[t - 8] ^ w[t - 14] ^ w[t - 16], 1);
    }
    uint32_t a = h[0], b = h[1], c = h[2], d = h[3], e = h[4];
    for (unsigned t = 0; t < 80; t++) {
        uint32_t next = rotate(a, 5) + mix(t, b, c, d) + e + w[t];
        e = d;
        d = c;
        c = rotate(b, 30);
        b = a;
        a = next;
    }
    h[0] += a;
    h[1] += b;
    h[2] += c;
    h[3] += d;
    h[4] += e;
}

void ws_sha1(struct bytes message, uint8_t out[WS_SHA1_LEN])
{
    ASSERT(message.len <= WS_SHA1_MAX);
    uint8_t padded[128] = {0};
    if (message.len) {
        memcpy(padded, message.ptr, message.len);
    }
    padded[message.len] = 0x80;
    size_t blocks = message.len < 56 ? 1 : 2;
    be64_store(padded + 64 * blocks - 8, (uint64_t)message.len * 8);

    uint32_t h[5] = {0x67452301u, 0xefcdab89u, 0x98badcfeu, 0x10325476u, 0xc3d2e1f0u};
    for (size_t i = 0; i < blocks; i++) {
        digest_block(h, padded + 64 * i);
    }
    for (size_t i = 0; i < 5; i++) {
        out[4 * i] = (uint8_t)(h[i] >> 24);
        out[4 * i + 1] = (uint8_t)(h[i] >> 16);
        out[4 * i + 2] = (uint8_t)(h[i] >> 8);
        out[4 * i + 3] = (uint8_t)h[i];
    }
}
