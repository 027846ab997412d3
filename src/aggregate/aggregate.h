/* SPDX-License-Identifier: Apache-2.0 */
/* What is kept of many readings: how many, their extremes, sum, first and last. Pure arithmetic.
 *
 * A bucket of a width w begins at a multiple of w since 1970 (UTC) and ends before the next one. */
#ifndef TELLTALE_AGGREGATE_AGGREGATE_H
#define TELLTALE_AGGREGATE_AGGREGATE_H

#include "model/time.h"

#include "base/base.h"

#define AGGREGATE_MINUTE ((wall_ms)60 * 1000)
#define AGGREGATE_HOUR   (60 * AGGREGATE_MINUTE)
#define AGGREGATE_DAY    (24 * AGGREGATE_HOUR)

/* Zeroed: of nothing. The sum is wider than a double, so that the mean is not rounded on the way.
 */
struct aggregate {
    uint64_t n;
    double min, max, first, last;
    long double sum;
};

/* Begin of the bucket of width `width` > 0 that holds `t`; INT64_MIN below the first whole one. */
static inline wall_ms aggregate_floor(wall_ms t, wall_ms width)
{
    wall_ms rest = t % width;
    rest = rest < 0 ? rest + width : rest;
    return t < INT64_MIN + rest ? INT64_MIN : t - rest;
}

/* End (exclusive) of that bucket; INT64_MAX above the last whole one. */
static inline wall_ms aggregate_ceil(wall_ms t, wall_ms width)
{
    wall_ms begin = aggregate_floor(t, width);
    return begin > INT64_MAX - width ? INT64_MAX : begin + width;
}

/* Adds a reading that is newer than all before. */
static inline void aggregate_add(struct aggregate *a, double v)
{
    if (a->n == 0) {
        a->min = a->max = a->first = v;
    }
    a->min = v < a->min ? v : a->min;
    a->max = v > a->max ? v : a->max;
    a->last = v;
    a->sum += (long double)v;
    a->n++;
}

/* Adds what is known of readings that are newer than all before. */
void aggregate_join(struct aggregate *a, const struct aggregate *newer);

/* The sum as a double; that of numbers with few decimals is one again, if it can't be told from it
 * by the errors of adding. */
double aggregate_sum(const struct aggregate *a);

/* Requires n > 0. */
double aggregate_mean(const struct aggregate *a);

#endif
