/* SPDX-License-Identifier: Apache-2.0 */
/* When instances want to be looked at: a heap with at most one entry each. An entry may come too
 * early, since putting one off costs nothing: who is woken looks whether it is time. */
#include "alert/state.h"

#include "base/mem.h"

static void place(struct alert_engine *e, size_t at, struct timer t)
{
    e->timers[at] = t;
    e->instances[t.instance].timer = (uint32_t)at;
}

static void sift_up(struct alert_engine *e, size_t at, struct timer t)
{
    while (at > 0 && e->timers[(at - 1) / 2].due > t.due) {
        place(e, at, e->timers[(at - 1) / 2]);
        at = (at - 1) / 2;
    }
    place(e, at, t);
}

static void sift_down(struct alert_engine *e, size_t at, struct timer t)
{
    for (;;) {
        size_t child = 2 * at + 1;
        if (child + 1 < e->timer_count && e->timers[child + 1].due < e->timers[child].due) {
            child++;
        }
        if (child >= e->timer_count || e->timers[child].due >= t.due) {
            break;
        }
        place(e, at, e->timers[child]);
        at = child;
    }
    place(e, at, t);
}

void alert_wake_at(struct alert_engine *e, uint32_t instance, int64_t due)
{
    uint32_t at = e->instances[instance].timer;
    if (due == NEVER) {
        return;
    }
    if (at != SLOT_NONE) {
        if (due < e->timers[at].due) {
            sift_up(e, at, (struct timer){due, instance});
        }
        return;
    }
    /* Room for all instances was made when they were: a reading allocates nothing. */
    ASSERT(e->timer_count < e->timer_cap);
    sift_up(e, e->timer_count++, (struct timer){due, instance});
}

void alert_wake_never(struct alert_engine *e, uint32_t instance)
{
    uint32_t at = e->instances[instance].timer;
    if (at == SLOT_NONE) {
        return;
    }
    struct timer last = e->timers[--e->timer_count];
    e->instances[instance].timer = SLOT_NONE;
    if (last.instance == instance) {
        return;
    }
    if (at > 0 && e->timers[(at - 1) / 2].due > last.due) {
        sift_up(e, at, last);
    } else {
        sift_down(e, at, last);
    }
}

uint32_t alert_next_due(struct alert_engine *e)
{
    if (e->timer_count == 0 || e->timers[0].due > e->steady) {
        return SLOT_NONE;
    }
    uint32_t instance = e->timers[0].instance;
    alert_wake_never(e, instance);
    return instance;
}
