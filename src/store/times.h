/* SPDX-License-Identifier: Apache-2.0 */
/* The time column of a block: strictly rising times in ms.
 *
 *     mode    u8      enum of times.c
 *     first   zigzag varint
 *     ...     by mode:
 *
 * STEP    step varint             times are first + i * step
 * GRID    slope varint, residuals times lie near first + (i * slope >> 16), above or on it: a
 * device that keeps its schedule, whose jitter does not add up GAPS    slope varint, jumps,
 * residuals   the same at first + (k * slope >> 16), where k grows by 1 + jump: some readings are
 * missing DELTA   step varint, residuals  distances differ from `step` by little: jitter that adds
 * up; zig-zag integers, n - 1
 *
 * Slopes are in 1/65536 ms. Residuals of GRID and GAPS are n unsigned integers, jumps n - 1; all
 * sequences have the form of sequence.h. The smallest form is taken.
 *
 * Blocks of version 1 have LINE, DELTA_1 and DELTA2_1 instead, packed in line (bitpack.h). LINE:
 * span varint, n zig-zag distances to first + span * i / (n - 1). DELTA2_1: zig-zag changes of the
 * distance, which begins as `step`. */
#ifndef TELLTALE_STORE_TIMES_H
#define TELLTALE_STORE_TIMES_H

#include "store/sequence.h"

#include "model/time.h"

/* Bytes that `n` times can take at most. */
size_t times_bound(size_t n);

/* Memory that encoding needs: 2 * n words. */
struct times_scratch {
    uint64_t *words;
    struct sequence_scratch *sequence;
};

/* Writes n >= 1 strictly rising times to `out`; returns the byte after them. */
uint8_t *times_put(const wall_ms *times, size_t n, const struct times_scratch *s, uint8_t *out);

/* Reads n times, n >= 1; false unless they are strictly rising. */
bool times_get(struct reader *r, size_t n, wall_ms *times);

#endif
