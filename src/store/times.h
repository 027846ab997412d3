/* SPDX-License-Identifier: Apache-2.0 */
/* The time column of a block: strictly rising times in ms.
 *
 *     mode    u8      enum of times.c
 *     first   zigzag varint
 *     ...     by mode:
 *
 * STEP    step varint                        times are first + i * step
 * LINE    span varint, packed residuals      times lie near the line from first to first + span;
 *                                            jitter of a device that keeps its schedule
 * DELTA   step varint, packed residuals      distances differ from `step` by little;
 *                                            jitter that adds up
 * DELTA2  step varint, packed residuals      distances change by little
 *
 * Residuals are zig-zag integers in the form of bitpack.h: n for LINE, n - 1 for the others. The
 * smallest form is taken. */
#ifndef TELLTALE_STORE_TIMES_H
#define TELLTALE_STORE_TIMES_H

#include "store/varint.h"

#include "model/time.h"

/* Bytes that `n` times can take at most. */
size_t times_bound(size_t n);

/* Writes n >= 1 strictly rising times to `out`; returns the byte after them. `scratch` holds n
 * words. */
uint8_t *times_put(const wall_ms *times, size_t n, uint64_t *scratch, uint8_t *out);

/* Reads n times, n >= 1; false unless they are strictly rising. */
bool times_get(struct reader *r, size_t n, wall_ms *times);

#endif
