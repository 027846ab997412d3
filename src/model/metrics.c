/* SPDX-License-Identifier: Apache-2.0 */
#include "model/metrics.h"

#include "base/base.h"

void metrics_observe(struct metrics *m, enum histogram id, mono_ns duration)
{
    unsigned i = 0;
    while (i < HISTOGRAM_BUCKETS - 1 && duration > ((mono_ns)100000 << i)) {
        i++;
    }
    atomic_fetch_add_explicit(&m->histogram[id].bucket[i], 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&m->histogram[id].sum_ns, duration, memory_order_relaxed);
}

const char *drop_reason(enum drop reason)
{
    static const char *const reasons[] = {
#define DROP_REASON(id, name, help) name,
        DROP_LIST(DROP_REASON)
#undef DROP_REASON
            [DROP_NONE] = "none"};
    ASSERT((size_t)reason < ARRAY_LEN(reasons));
    return reasons[reason];
}

const char *decoder_name(enum decoder_id id)
{
    static const char *const names[] = {
#define DECODER_NAME(id, name) name,
        DECODER_LIST(DECODER_NAME)
#undef DECODER_NAME
    };
    ASSERT((size_t)id < ARRAY_LEN(names));
    return names[id];
}
