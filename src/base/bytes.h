/* SPDX-License-Identifier: Apache-2.0 */
/* Borrowed slices of bytes, and integers in a stated byte order.
 *
 * A `struct bytes` never owns: the function that hands one out says how long it stays valid. */
#ifndef TELLTALE_BASE_BYTES_H
#define TELLTALE_BASE_BYTES_H

#include "base/base.h"
#include "base/err.h"

struct bytes {
    const uint8_t *ptr;
    size_t len;
};

/* The slice of a string literal. */
#define BYTES(literal) ((struct bytes){(const uint8_t *)(literal), sizeof(literal) - 1})

static inline struct bytes bytes_of(const void *ptr, size_t len)
{
    return (struct bytes){ptr, len};
}

/* The slice of a NUL-terminated string without its NUL; NULL gives the empty slice. */
static inline struct bytes bytes_of_text(const char *text)
{
    return (struct bytes){(const uint8_t *)text, text ? strlen(text) : 0};
}

static inline bool bytes_equal(struct bytes a, struct bytes b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

/* Below, at or above 0 as `a` comes before, at or after `b` in the order of their bytes. */
static inline int bytes_compare(struct bytes a, struct bytes b)
{
    size_t len = a.len < b.len ? a.len : b.len;
    int order = len > 0 ? memcmp(a.ptr, b.ptr, len) : 0;
    return order != 0 ? order : (a.len > b.len) - (a.len < b.len);
}

static inline bool bytes_start_with(struct bytes b, struct bytes prefix)
{
    return b.len >= prefix.len && (prefix.len == 0 || memcmp(b.ptr, prefix.ptr, prefix.len) == 0);
}

/* What is left of `b` after its first `n` bytes. Requires n <= b.len. */
static inline struct bytes bytes_skip(struct bytes b, size_t n)
{
    ASSERT(n <= b.len);
    return (struct bytes){b.ptr + n, b.len - n};
}

/* ASCII letters compared without case. */
bool bytes_equal_nocase(struct bytes a, struct bytes b);

/* `b` without leading and trailing ASCII white space. */
struct bytes bytes_trim(struct bytes b);

/* Offset of the first `c` in `b`, or b.len. */
static inline size_t bytes_index(struct bytes b, uint8_t c)
{
    const uint8_t *hit = b.len ? memchr(b.ptr, c, b.len) : NULL;
    return hit ? (size_t)(hit - b.ptr) : b.len;
}

/* Reads `b` as an unsigned decimal integer, digits only, at most `max`.
 * Errors: ERR_INVALID empty, not digits, or above max. */
MUST_CHECK enum err bytes_to_u64(struct bytes b, uint64_t max, uint64_t *value);

static inline uint16_t be16_load(const uint8_t *p)
{
    return (uint16_t)((p[0] << 8) | p[1]);
}

static inline void be16_store(uint8_t *p, uint16_t v)
{
    p[0] = (uint8_t)(v >> 8);
    p[1] = (uint8_t)v;
}

static inline uint64_t be64_load(const uint8_t *p)
{
    uint64_t v;
    memcpy(&v, p, sizeof v);
    return __builtin_bswap64(v);
}

static inline void be64_store(uint8_t *p, uint64_t v)
{
    v = __builtin_bswap64(v);
    memcpy(p, &v, sizeof v);
}

static inline uint32_t le32_load(const uint8_t *p)
{
    uint32_t v;
    memcpy(&v, p, sizeof v);
    return v;
}

static inline void le32_store(uint8_t *p, uint32_t v)
{
    memcpy(p, &v, sizeof v);
}

static inline uint64_t le64_load(const uint8_t *p)
{
    uint64_t v;
    memcpy(&v, p, sizeof v);
    return v;
}

static inline void le64_store(uint8_t *p, uint64_t v)
{
    memcpy(p, &v, sizeof v);
}

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "the helpers above assume it");

#endif
