/* SPDX-License-Identifier: Apache-2.0 */
#include "aggregate/aggregate.h"

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

double aggregate_mean(const struct aggregate *a)
{
    ASSERT(a->n > 0);
    return (double)(a->sum / (long double)a->n);
}
