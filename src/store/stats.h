/* SPDX-License-Identifier: Apache-2.0 */
/* What a column of a block says about its values without being unpacked:
 *
 *     kind    u8       0..15 decimals: integers follow; 16: doubles follow; 17: nothing follows
 *     n       varint   values
 *     integers         first zigzag; first - min, max - first varint; last - first,
 *                      sum - n * first zigzag; each divided by 10^kind is the number
 *     doubles          first, min, max, last, sum: f64 each
 *
 * A column with a value that is not finite, and a block of few rows, says nothing. */
#ifndef TELLTALE_STORE_STATS_H
#define TELLTALE_STORE_STATS_H

#include "store/values.h"

struct stats {
    bool known; /* the others are set */
    uint64_t n;
    double min, max, sum, first, last;
};

#define STATS_BYTES_MAX (1 + 6 * VARINT_MAX_BYTES)

/* Writes what is true of the n >= 1 values that values_put has just written with this scratch. */
uint8_t *stats_put(const double *values, size_t n, const struct values_scratch *s, uint8_t *out);

/* Writes that nothing is said. */
uint8_t *stats_put_none(uint8_t *out);

/* Errors: false when the bytes can't be what was written. */
bool stats_get(struct reader *r, struct stats *s);

#endif
