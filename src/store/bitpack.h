/* SPDX-License-Identifier: Apache-2.0 */
/* Sequences of unsigned integers in as few bits as most of them need.
 *
 * A sequence is cut into runs of up to BITPACK_RUN values. A run is
 *
 *     width   u8     bits a value, 0..64; bit 7 set: exceptions follow
 *     packed  bytes  the low `width` bits of each value, least significant first, ceil(n*width/8)
 *     count   u8     only with exceptions: how many, 1..127
 *     index   u8 []  which values of the run, rising
 *     high    varint [] their bits above `width`
 *
 * The width is the one that gives the fewest bytes, so one outlier does not widen the others. */
#ifndef TELLTALE_STORE_BITPACK_H
#define TELLTALE_STORE_BITPACK_H

#include "store/varint.h"

#define BITPACK_RUN 128

/* Most bytes that `n` values can take: every run at 64 bits. */
static inline size_t bitpack_bound(size_t n)
{
    return n * 8 + n / BITPACK_RUN + 1;
}

/* Exact bytes that bitpack_put writes for these values. */
size_t bitpack_size(const uint64_t *values, size_t n);

/* Writes `n` values to `out`, which has room for bitpack_bound(n); returns the byte after them. */
uint8_t *bitpack_put(const uint64_t *values, size_t n, uint8_t *out);

/* Reads `n` values; false, and the reader failed, when the bytes can't be what bitpack_put wrote.
 */
bool bitpack_get(struct reader *r, size_t n, uint64_t *values);

#endif
