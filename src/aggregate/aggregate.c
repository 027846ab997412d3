/* SPDX-License-Identifier: Apache-2.0 */
#include "aggregate/aggregate.h"

#include <math.h>

void aggregate_join(struct aggregate *a, const struct aggregate *newer)
{
    if (newer->n == 0) {
        return;
    }
    if (a->n == 0) {
        *a = *newer;
        return;
    }
    a->min = newer->min < a->min ? newer->min : a->min;
    a->max = newer->max > a->max ? newer->max : a->max;
    a->last = newer->last;
    a->sum += newer->sum;
    a->n += newer->n;
}

#define DECIMALS_MAX 6

double aggregate_sum(const struct aggregate *a)
{
    static const long double powers[DECIMALS_MAX + 1] = {1, 1e1L, 1e2L, 1e3L, 1e4L, 1e5L, 1e6L};
    /* Each addition rounds by half a unit in the last of 64 bits at most. */
    long double error = (long double)a->n * fabsl(a->sum) * 0x1p-63L;
    for (int e = 0; e <= DECIMALS_MAX; e++) {
        long double near = nearbyintl(a->sum * powers[e]) / powers[e];
        if (fabsl(near - a->sum) <= error) {
            return (double)near;
        }
    }
    return (double)a->sum;
}

double aggregate_mean(const struct aggregate *a)
{
    ASSERT(a->n > 0);
    return (double)(a->sum / (long double)a->n);
}
