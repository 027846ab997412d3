/* SPDX-License-Identifier: Apache-2.0 */
#include "model/metrics.h"

void metrics_observe(struct metrics *m, enum histogram id, mono_ns duration)
{
    unsigned i = 0;
    while (i < HISTOGRAM_BUCKETS - 1 && duration > ((mono_ns)100000 << i)) {
        i++;
    }
    atomic_fetch_add_explicit(&m->histogram[id].bucket[i], 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&m->histogram[id].sum_ns, duration, memory_order_relaxed);
}
