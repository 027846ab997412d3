/* SPDX-License-Identifier: Apache-2.0 */
/* Sequences of unsigned integers in as few bits as most of them need.
 *
 * A sequence is cut into runs of up to BITPACK_RUN values. A run is
 *
 *     width   u8     bits a value, 0..64; bit 7 set: exceptions follow
 *     packed  bytes  the low `width` bits of each value: in lanes when the run is full and the
 * width is 1..32, else in line count   u8     only with exceptions: how many, 1..127 index   u8 []
 * which values of the run, rising high    varint [] their bits above `width`
 *
 * In line: one value behind the other, least significant bit first, ceil(n*width/8) bytes. In
 * lanes: `width` rows of four 32-bit little-endian words; value i is the (i/4)th of lane i%4, whose
 * words of all rows hold its values in line. Four values are read by one vector instruction so.
 *
 * Blocks of version 1 have no lanes.
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

/* Most values of a sequence. */
#define BITPACK_VALUES_MAX 4096

/* How the runs of a sequence are best cut into common width and exceptions. */
struct bitpack_plan {
    size_t bytes;     /* in all */
    unsigned longest; /* bits of the longest value */
    struct {
        uint8_t width;
        uint8_t exceptions;
    } runs[BITPACK_VALUES_MAX / BITPACK_RUN];
};

void bitpack_plan(const uint64_t *values, size_t n, struct bitpack_plan *plan);

/* Writes `n` values, planned before, to `out`, which has room for the plan's bytes; returns the
 * byte after them. */
uint8_t *bitpack_put(const uint64_t *values, size_t n, const struct bitpack_plan *plan,
                     uint8_t *out);

enum bitpack_layout {
    BITPACK_IN_LINE, /* version 1 */
    BITPACK_IN_LANES,
};

/* Reads `n` values; false, and the reader failed, when the bytes can't be what bitpack_put wrote.
 */
bool bitpack_get(struct reader *r, size_t n, enum bitpack_layout layout, uint64_t *values);

#endif
