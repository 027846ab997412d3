/* SPDX-License-Identifier: Apache-2.0 */
/* A sequence of unsigned integers, most of them small, in one of two forms:
 *
 *     kind    u8
 *     PACKED  as in bitpack.h
 *     BYTES   raw varint, length varint, frame
 *             `raw` bytes, compressed by zstd, without the four magic bytes that begin every frame:
 *             a byte a value, 255 for those of 255 and more; then, for each of these, the rest of
 * it as a varint PAIRS   the same, the bytes being first the low and then the high byte of each
 * value
 *
 * Packed is fast and good for even distributions. Values that favour some numbers, or repeat, gain
 * by zstd; it is taken only where it saves a tenth. */
#ifndef TELLTALE_STORE_SEQUENCE_H
#define TELLTALE_STORE_SEQUENCE_H

#include "store/bitpack.h"

#include "base/buf.h"

/* Most values of a sequence. */
#define SEQUENCE_MAX BITPACK_VALUES_MAX

/* What compressing needs, made at its first use. */
struct sequence_scratch {
    void *compressor;
    struct buf raw;
    struct buf frame;
};

void sequence_scratch_fini(struct sequence_scratch *s);

/* Most bytes that `n` values can take. */
size_t sequence_bound(size_t n);

/* Writes `n` values, planned before, to `out`; returns the byte after them. */
uint8_t *sequence_put(const uint64_t *values, size_t n, const struct bitpack_plan *plan,
                      struct sequence_scratch *s, uint8_t *out);

/* Reads `n` values; false when the bytes can't be what sequence_put wrote. */
bool sequence_get(struct reader *r, size_t n, uint64_t *values);

#endif
