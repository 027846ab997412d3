/* SPDX-License-Identifier: Apache-2.0 */
/* A value column of a block: n doubles, bit for bit.
 *
 *     mode    u8
 *     ...     by mode:
 *
 * CONSTANT  f64                          all values have these bits
 * DECIMAL   exponent u8, exceptions varint, {index varint, f64} [exceptions], form u8, integers
 *           value = integer / 10^exponent, correctly rounded, so a reading that was printed with so
 *           many decimals comes back bit for bit; what does not (-0, NaN, thirds) is an exception
 * XOR       shift u8, residuals          bits of a value XOR those before it, `shift` zero bits at
 *                                        the low end left out; the first against zero
 *
 * Integers have one of three forms, residuals as in sequence.h:
 *
 * PLAIN     least zigzag varint, residuals n       integer - least
 * DELTA     first zigzag varint, residuals n - 1   zig-zag of the change
 * DELTA2    first zigzag varint, residuals n - 1   zig-zag of the change of the change
 *
 * Blocks of version 1 have modes of their own for DECIMAL and XOR, with residuals packed in line
 * (bitpack.h).
 *
 * The smallest of all is taken; f64 is little-endian IEEE 754. */
#ifndef TELLTALE_STORE_VALUES_H
#define TELLTALE_STORE_VALUES_H

#include "store/sequence.h"

/* Bytes that `n` values can take at most. */
size_t values_bound(size_t n);

/* Memory that encoding `n` values needs: four arrays of n words. */
struct values_scratch {
    int64_t *integers;
    uint64_t *residuals;
    uint64_t *bits;
    uint32_t *exceptions;
    size_t cap;
    int decimals; /* of the column written last; -1: its integers are not all its values */
    struct sequence_scratch sequence;
};

void values_scratch_reserve(struct values_scratch *s, size_t n);
void values_scratch_fini(struct values_scratch *s);

/* Writes n >= 1 values to `out`; returns the byte after them. */
uint8_t *values_put(const double *values, size_t n, struct values_scratch *s, uint8_t *out);

/* Reads n >= 1 values; false when the bytes can't be what values_put wrote. */
bool values_get(struct reader *r, size_t n, double *values);

/* ---- shared with the journal ---- */

#define VALUES_EXPONENT_MAX 15

/* 10^e for e in 0..VALUES_EXPONENT_MAX. */
extern const double values_power[VALUES_EXPONENT_MAX + 1];

static inline uint64_t bits_of(double v)
{
    uint64_t b;
    memcpy(&b, &v, sizeof b);
    return b;
}

static inline double from_bits(uint64_t b)
{
    double v;
    memcpy(&v, &b, sizeof v);
    return v;
}

/* Whether v is integer / 10^e to the last bit, for an integer below 2^51. */
static inline bool values_decimal(double v, unsigned e, int64_t *integer)
{
    double scaled = v * values_power[e];
    /* Adding and taking away 1.5 * 2^52 rounds to the nearest integer. */
    const double magic = 6755399441055744.0;
    if (!(scaled < 2251799813685248.0 && scaled > -2251799813685248.0)) {
        return false;
    }
    double whole = (scaled + magic) - magic;
    int64_t i = (int64_t)whole;
    *integer = i;
    return bits_of((double)i / values_power[e]) == bits_of(v);
}

#endif
