/* SPDX-License-Identifier: Apache-2.0 */
/* At most one value a series and interval: the first at once, the newest last.
 *
 * A series that was sent rests in its group's ring, in the order of sending; since all of a group
 * rest equally long, the ring's head is always the next to come round. What changed meanwhile is
 * dirty and is sent then, with the newest value, and rests anew. What comes round unchanged leaves
 * the ring.
 *
 * Rings are looked at on a grid that all groups of a step share, at most 250 ms apart: what waits
 * for one client in several groups shares a send that way. A value may wait that much longer than
 * its interval, never shorter. */
#include "live/state.h"

#include "base/mem.h"

#define GRID_MAX_MS 250u

static uint32_t grid_ms(uint32_t step)
{
    uint32_t interval = live_interval_ms(step);
    return interval < GRID_MAX_MS ? interval : GRID_MAX_MS;
}

/* ---- slots ---- */

uint32_t live_slot_of(const struct live *l, const struct live_group *g, uint32_t series)
{
    if (!g->room) {
        return series;
    }
    const struct live_series *s = live_series(l, series);
    ASSERT(s);
    return s->slot;
}

uint8_t *live_slot(struct live *l, struct live_group *g, uint32_t slot)
{
    if (slot >= g->slot_count) {
        size_t grown = size_max((size_t)slot + 1, size_max(8, g->slot_count * 2));
        g->slots = mem_resize(g->slots, grown, 1);
        memset(g->slots + g->slot_count, 0, grown - g->slot_count);
        l->subscription_bytes += grown - g->slot_count;
        g->charged += grown - g->slot_count;
        g->slot_count = grown;
    }
    return &g->slots[slot];
}

/* ---- which groups have something in their ring ---- */

static void activate(struct live *l, struct live_group *g)
{
    struct live_step *s = &l->steps[g->step];
    if (s->count == 0) {
        uint32_t grid = grid_ms(g->step);
        s->next_ms = (live_now_ms(l) / grid + 1) * grid;
    }
    s->active = mem_grow(s->active, s->count, &s->cap, sizeof(struct live_group *));
    g->active_at = (uint32_t)s->count;
    s->active[s->count++] = g;
}

static void deactivate(struct live *l, struct live_group *g)
{
    struct live_step *s = &l->steps[g->step];
    struct live_group *last = s->active[--s->count];
    s->active[g->active_at] = last;
    last->active_at = g->active_at;
    g->active_at = LIVE_INACTIVE;
}

/* ---- the ring ---- */

static void grow_ring(struct live *l, struct live_group *g)
{
    uint32_t cap = g->ring_cap ? g->ring_cap * 2 : 8;
    struct live_turn *ring = mem_zalloc(cap, sizeof *ring);
    for (uint32_t i = 0; i < g->ring_count; i++) {
        ring[i] = g->ring[(g->ring_head + i) & (g->ring_cap - 1)];
    }
    free(g->ring);
    l->subscription_bytes += (cap - g->ring_cap) * sizeof *ring;
    g->charged += (cap - g->ring_cap) * sizeof *ring;
    g->ring = ring;
    g->ring_head = 0;
    g->ring_cap = cap;
}

static void rest(struct live *l, struct live_group *g, struct live_turn turn)
{
    if (g->ring_count == g->ring_cap) {
        grow_ring(l, g);
    }
    g->ring[(g->ring_head + g->ring_count++) & (g->ring_cap - 1)] = turn;
    if (g->active_at == LIVE_INACTIVE) {
        activate(l, g);
    }
}

void live_conflate_reset(struct live *l, struct live_group *g)
{
    if (g->active_at != LIVE_INACTIVE) {
        deactivate(l, g);
    }
    size_t freed = g->slot_count + g->ring_cap * sizeof *g->ring;
    l->subscription_bytes -= freed;
    g->charged -= freed;
    free(g->slots);
    free(g->ring);
    g->slots = NULL;
    g->slot_count = 0;
    g->ring = NULL;
    g->ring_head = g->ring_count = g->ring_cap = 0;
}

void live_conflate_pace(struct live *l, struct live_group *g, uint32_t step)
{
    bool active = g->active_at != LIVE_INACTIVE;
    if (active) {
        deactivate(l, g);
    }
    g->step = step;
    if (active) {
        activate(l, g);
    }
}

/* ---- readings ---- */

/* Rounded up, so that nothing is sent earlier than its interval allows. */
static uint32_t sent_now_ms(const struct live *l)
{
    return (uint32_t)((l->now.mono + 999999u) / 1000000u);
}

bool live_conflate_rests(struct live *l, struct live_group *g, const struct live_item *item)
{
    uint8_t *slot = live_slot(l, g, item->slot);
    if (!(*slot & LIVE_SLOT_RESTING)) {
        return false;
    }
    if (*slot & LIVE_SLOT_DIRTY) {
        l->conflated += g->member_count;
    }
    *slot |= LIVE_SLOT_DIRTY;
    return true;
}

void live_conflate(struct live *l, struct live_group *g, struct live_item *item)
{
    uint8_t *slot = live_slot(l, g, item->slot);
    *slot |= LIVE_SLOT_RESTING;
    bool sends = !g->budget || live_budget_take(l, g);
    if (!sends) {
        *slot |= LIVE_SLOT_DIRTY;
    }
    rest(l, g, (struct live_turn){item->series, item->slot, sent_now_ms(l)});
    if (sends) {
        live_group_send(l, g, item);
    }
}

/* ---- the tick ---- */

/* Sends the newest value of a series whose turn it is. False: the series is gone. */
static bool send_newest(struct live *l, struct live_group *g, struct live_turn turn)
{
    struct live_item item;
    if (!live_item_of_series(l, turn.series, &item)) {
        return false;
    }
    rest(l, g, turn);
    live_group_send(l, g, &item);
    live_item_fini(&item);
    return true;
}

/* Takes the turns of a group that have come round at `at_ms`, each series once. */
static void run(struct live *l, struct live_group *g, uint32_t at_ms)
{
    int32_t interval = (int32_t)live_interval_ms(g->step);
    for (uint32_t left = g->ring_count; left > 0; left--) {
        struct live_turn turn = g->ring[g->ring_head];
        if ((int32_t)(at_ms - turn.sent_ms) < interval) {
            break;
        }
        uint8_t *slot = live_slot(l, g, turn.slot);
        if ((*slot & LIVE_SLOT_DIRTY) && g->budget && !live_budget_take(l, g)) {
            break;
        }
        g->ring_head = (g->ring_head + 1) & (g->ring_cap - 1);
        g->ring_count--;
        bool dirty = *slot & LIVE_SLOT_DIRTY;
        *slot &= (uint8_t)~LIVE_SLOT_DIRTY;
        turn.sent_ms = at_ms;
        turn.series = g->watch ? live_watch_series(g, turn.slot) : turn.series;
        if (!dirty || !send_newest(l, g, turn)) {
            *slot &= (uint8_t)~LIVE_SLOT_RESTING;
        }
    }
    if (g->ring_count == 0 && g->active_at != LIVE_INACTIVE) {
        deactivate(l, g);
    }
}

void live_conflate_tick(struct live *l)
{
    uint64_t now_ms = live_now_ms(l);
    for (uint32_t step = 1; step < LIVE_INTERVALS; step++) {
        struct live_step *s = &l->steps[step];
        if (s->count == 0 || now_ms < s->next_ms) {
            continue;
        }
        uint32_t grid = grid_ms(step);
        uint64_t at_ms = now_ms / grid * grid;
        for (size_t i = s->count; i-- > 0;) {
            run(l, s->active[i], (uint32_t)at_ms);
        }
        s->next_ms = at_ms + grid;
    }
    live_rows_flush(l);
}

uint64_t live_conflate_next_ms(const struct live *l)
{
    uint64_t next = UINT64_MAX;
    for (uint32_t step = 1; step < LIVE_INTERVALS; step++) {
        const struct live_step *s = &l->steps[step];
        if (s->count > 0 && s->next_ms < next) {
            next = s->next_ms;
        }
    }
    return next;
}
