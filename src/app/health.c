/* SPDX-License-Identifier: Apache-2.0 */
#include "app/health.h"

#include "sys/clock.h"

#include <stdatomic.h>

#define TURN_WITHIN_NS   1000000000u
#define COMMIT_WITHIN_NS 5000000000u
#define NS_PER_MS        1000000u

static void check_loop(const struct loop *l, const char *name, uint64_t now, struct buf *reasons)
{
    uint64_t turned = atomic_load_explicit(&l->turned_ns, memory_order_relaxed);
    if (now > turned + TURN_WITHIN_NS) {
        buf_printf(reasons, "the %s loop has not turned for %u ms\n", name,
                   (unsigned)((now - turned) / NS_PER_MS));
    }
}

static void check_store(const struct store_state *s, uint64_t now, struct buf *reasons)
{
    uint64_t since = atomic_load(&s->waiting_since_ns);
    if (since && now > since + COMMIT_WITHIN_NS) {
        buf_printf(reasons, "nothing was committed for %u ms while readings wait\n",
                   (unsigned)((now - since) / NS_PER_MS));
    }
    if (atomic_load(&s->failing)) {
        buf_put_text(reasons, "the store can't write: see the log\n");
    }
}

/* For a person to know; nothing is wrong yet. */
static void note_budget(const struct metrics *m, struct buf *reasons)
{
    uint64_t state = metrics_get(m, METRIC_STORE_BUDGET);
    if (state == 1) {
        buf_put_text(reasons, "nearly all of the store's budget is used\n");
    } else if (state > 1) {
        buf_put_text(reasons, "the store's budget is used up: the oldest readings are deleted\n");
    }
}

bool health_check(void *ctx, struct buf *reasons)
{
    const struct health *h = ctx;
    uint64_t now = clock_mono_ns();
    size_t before = reasons->len;
    for (size_t i = 0; i < HEALTH_LOOPS; i++) {
        check_loop(h->loops[i], h->names[i], now, reasons);
    }
    check_store(h->state, now, reasons);
    bool healthy = reasons->len == before;
    note_budget(h->metrics, reasons);
    return healthy;
}
