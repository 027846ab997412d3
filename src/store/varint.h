/* SPDX-License-Identifier: Apache-2.0 */
/* Integers of our stored formats: base-128 varints (least significant group first, at most 10
 * bytes), zig-zag for signed ones, and a reader that can't leave its bytes. */
#ifndef TELLTALE_STORE_VARINT_H
#define TELLTALE_STORE_VARINT_H

#include "base/bytes.h"

#define VARINT_MAX_BYTES 10

static inline uint64_t zigzag(int64_t v)
{
    return ((uint64_t)v << 1) ^ (uint64_t)(v >> 63);
}

static inline int64_t unzigzag(uint64_t v)
{
    return (int64_t)(v >> 1) ^ -(int64_t)(v & 1);
}

/* Writes `v` and returns the byte after it. Needs VARINT_MAX_BYTES of room. */
static inline uint8_t *varint_put(uint8_t *p, uint64_t v)
{
    while (v >= 0x80) {
        *p++ = (uint8_t)(v | 0x80);
        v >>= 7;
    }
    *p++ = (uint8_t)v;
    return p;
}

/* Bytes that hold a number of `bits` significant bits. */
static inline size_t varint_bytes(unsigned bits)
{
    return bits ? (bits + 6) / 7 : 1;
}

/* Bytes that varint_put writes for `v`. */
static inline size_t varint_length(uint64_t v)
{
    return varint_bytes(v ? 64 - (unsigned)__builtin_clzll(v) : 0);
}

/* Takes stored bytes apart. After the first read beyond the end `failed` stays set and every read
 * gives zero, so a parser may check once at its end, as long as it bounds its loops. */
struct reader {
    const uint8_t *at;
    const uint8_t *end;
    bool failed;
};

static inline struct reader reader_of(struct bytes b)
{
    return (struct reader){b.ptr, b.ptr + b.len, false};
}

static inline size_t reader_left(const struct reader *r)
{
    return (size_t)(r->end - r->at);
}

/* The next `n` bytes, or NULL. */
static inline const uint8_t *read_span(struct reader *r, size_t n)
{
    if (r->failed || reader_left(r) < n) {
        r->failed = true;
        return NULL;
    }
    const uint8_t *p = r->at;
    r->at += n;
    return p;
}

static inline uint8_t read_byte(struct reader *r)
{
    const uint8_t *p = read_span(r, 1);
    return p ? *p : 0;
}

static inline uint64_t read_le64(struct reader *r)
{
    const uint8_t *p = read_span(r, 8);
    return p ? le64_load(p) : 0;
}

static inline uint64_t read_varint(struct reader *r)
{
    uint64_t v = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
        uint8_t c = read_byte(r);
        v |= (uint64_t)(c & 0x7f) << shift;
        if (!(c & 0x80)) {
            return v;
        }
    }
    r->failed = true;
    return 0;
}

static inline int64_t read_zigzag(struct reader *r)
{
    return unzigzag(read_varint(r));
}

#endif
