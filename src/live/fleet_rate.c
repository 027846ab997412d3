/* SPDX-License-Identifier: Apache-2.0 */
/* The stream of clients that never chose: every reading at 100 ms, as long as that is at most 200
 * events a second. When the fleet brings more, the interval widens to 1 s, then 5 s, and beyond
 * that the stream pauses, since `dashboard:update` tells the same; it narrows again when the load
 * has been a quarter below the limit for five seconds.
 *
 * What each level would bring is counted exactly: an event for a series in an interval in which it
 * had none. Beside that each group has a budget over any one second, so that the limit also holds
 * in the moment before a level changes. */
#include "live/state.h"

#include "base/mem.h"

#define CALM_SECONDS 5u
#define NARROW_BELOW (LIMIT_FLEET_EVENTS_PER_SECOND * 3 / 4)
#define BUCKET_MS    100u

static const struct {
    const char *name;
    uint32_t step;
} levels[LIVE_LEVELS + 1] = {{"full", 1}, {"conflated", 4}, {"summary", 6}, {"paused", 6}};

uint32_t live_rate_step(const struct live *l)
{
    return levels[l->rate.level].step;
}

/* ---- the budget of a group ---- */

struct live_budget *live_budget_new(void)
{
    return mem_zalloc(1, sizeof(struct live_budget));
}

void live_budget_free(struct live_budget *b)
{
    if (b) {
        live_bits_fini(&b->queued);
        free(b->waiting);
        free(b);
    }
}

static void turn_buckets(struct live_budget *b, uint64_t no)
{
    uint64_t steps = no - b->bucket_no;
    for (uint64_t i = 1; i <= steps && i <= LIVE_RATE_BUCKETS; i++) {
        b->bucket[(b->bucket_no + i) % LIVE_RATE_BUCKETS] = 0;
    }
    b->bucket_no = no;
}

static bool has_room(struct live *l, struct live_budget *b)
{
    turn_buckets(b, live_now_ms(l) / BUCKET_MS);
    uint32_t sum = 0;
    for (size_t i = 0; i < LIVE_RATE_BUCKETS; i++) {
        sum += b->bucket[i];
    }
    return sum < LIMIT_FLEET_EVENTS_PER_SECOND;
}

bool live_budget_take(struct live *l, struct live_group *g)
{
    struct live_budget *b = g->budget;
    if (!has_room(l, b)) {
        return false;
    }
    b->bucket[b->bucket_no % LIVE_RATE_BUCKETS]++;
    return true;
}

/* ---- statuses that wait for it ---- */

/* Moves what waits to the front of its array, to be followed by more. */
static void compact(struct live_budget *b)
{
    if (b->waiting_head > 0) {
        memmove(b->waiting, b->waiting + b->waiting_head, b->waiting_count * sizeof *b->waiting);
        b->waiting_head = 0;
    }
}

void live_budget_later(struct live_group *g, uint32_t device)
{
    struct live_budget *b = g->budget;
    if (!live_bits_set(&b->queued, device)) {
        return;
    }
    if (b->waiting_head + b->waiting_count == b->waiting_cap) {
        compact(b);
        b->waiting = mem_grow(b->waiting, b->waiting_count, &b->waiting_cap, sizeof *b->waiting);
    }
    b->waiting[b->waiting_head + b->waiting_count++] = device;
}

static void send_waiting(struct live *l, struct live_group *g)
{
    struct live_budget *b = g->budget;
    while (b->waiting_count > 0 && has_room(l, b)) {
        uint32_t device = b->waiting[b->waiting_head++];
        struct live_item item;
        b->waiting_count--;
        live_bits_clear(&b->queued, device);
        if (live_item_of_device(l, device, &item)) {
            live_group_status(l, g, &item);
            live_item_fini(&item);
        }
    }
    if (b->waiting_count == 0) {
        b->waiting_head = 0;
    }
}

void live_budget_tick(struct live *l)
{
    for (size_t i = 0; i < l->fleet_count; i++) {
        if (l->fleet[i]->budget) {
            send_waiting(l, l->fleet[i]);
        }
    }
}

bool live_budget_waits(const struct live *l)
{
    for (size_t i = 0; i < l->fleet_count; i++) {
        if (l->fleet[i]->budget && l->fleet[i]->budget->waiting_count > 0) {
            return true;
        }
    }
    return false;
}

/* ---- counting ---- */

/* The time over which a level is counted: its interval, at least a second. */
static uint64_t period_ms(uint32_t level)
{
    uint32_t interval = live_interval_ms(levels[level].step);
    return interval > 1000 ? interval : 1000;
}

static void turn_period(struct live *l, uint32_t level)
{
    struct live_rate *r = &l->rate;
    uint64_t period = live_now_ms(l) / period_ms(level);
    if (period == r->period[level]) {
        return;
    }
    r->last[level] = period == r->period[level] + 1 ? r->current[level] : 0;
    r->current[level] = 0;
    r->period[level] = period;
}

void live_rate_now(struct live *l)
{
    uint64_t now_ms = live_now_ms(l);
    for (uint32_t level = 0; level < LIVE_LEVELS; level++) {
        /* Counted from 1, so that a new series has been counted in none. */
        l->rate.interval[level] = (uint32_t)(now_ms / live_interval_ms(levels[level].step)) + 1;
        turn_period(l, level);
    }
}

void live_rate_count(struct live *l, struct live_series *s)
{
    for (uint32_t level = 0; level < LIVE_LEVELS; level++) {
        if (s->counted[level] != l->rate.interval[level]) {
            s->counted[level] = l->rate.interval[level];
            l->rate.current[level]++;
        }
    }
}

/* Events a second that a level would bring. */
static uint32_t rate_at(const struct live_rate *r, uint32_t level)
{
    uint32_t most = r->last[level] > r->current[level] ? r->last[level] : r->current[level];
    uint32_t seconds = (uint32_t)(period_ms(level) / 1000);
    return (most + seconds - 1) / seconds;
}

static uint32_t choose(struct live_rate *r)
{
    uint32_t level = r->level;
    if (level < LIVE_LEVELS && rate_at(r, level) > LIMIT_FLEET_EVENTS_PER_SECOND) {
        r->calm = 0;
        while (level < LIVE_LEVELS && rate_at(r, level) > LIMIT_FLEET_EVENTS_PER_SECOND) {
            level++;
        }
        return level;
    }
    bool calm = level > 0 && rate_at(r, level - 1) <= NARROW_BELOW;
    r->calm = calm ? r->calm + 1 : 0;
    if (r->calm < CALM_SECONDS) {
        return level;
    }
    r->calm = 0;
    return level - 1;
}

/* ---- telling ---- */

static struct frame *level_frame(struct live *l)
{
    struct json_writer w = live_begin_event(l, "stream-level");
    json_write_object(&w);
    json_put_string(&w, "level", levels[l->rate.level].name);
    if (live_rate_paused(l)) {
        json_put_null(&w, "interval");
    } else {
        json_put_i64(&w, "interval", live_interval_ms(live_rate_step(l)));
    }
    json_put_string(&w, "reason", "fleet-rate");
    json_put_u64(&w, "rate", rate_at(&l->rate, 0));
    json_put_u64(&w, "limit", LIMIT_FLEET_EVENTS_PER_SECOND);
    json_write_object_end(&w);
    return live_end_event(l);
}

static void tell(struct live *l, const struct live_group *g, struct frame *f)
{
    for (size_t i = 0; i < g->member_count; i++) {
        struct live_client *c = g->members[i].client;
        if (!c->behind) {
            live_send(l, c, f);
            c->level_told = l->rate.level;
        }
    }
}

void live_rate_greet(struct live *l, struct live_client *c)
{
    if (!c->fleet.group || !c->fleet.group->budget || c->level_told == l->rate.level) {
        return;
    }
    struct frame *f = level_frame(l);
    live_send(l, c, f);
    frame_release(f);
    c->level_told = l->rate.level;
}

static void set_level(struct live *l, uint32_t level)
{
    l->rate.level = level;
    struct frame *f = level_frame(l);
    for (size_t i = 0; i < l->fleet_count; i++) {
        struct live_group *g = l->fleet[i];
        if (!g->budget) {
            continue;
        }
        if (live_rate_paused(l)) {
            live_conflate_reset(l, g);
        }
        live_conflate_pace(l, g, live_rate_step(l));
        tell(l, g, f);
    }
    frame_release(f);
}

static bool anybody(const struct live *l)
{
    for (size_t i = 0; i < l->fleet_count; i++) {
        if (l->fleet[i]->budget) {
            return true;
        }
    }
    return false;
}

void live_rate_second(struct live *l)
{
    struct live_rate *r = &l->rate;
    if (!anybody(l)) {
        *r = (struct live_rate){0};
        return;
    }
    for (uint32_t level = 0; level < LIVE_LEVELS; level++) {
        turn_period(l, level);
    }
    uint32_t level = choose(r);
    if (level != r->level) {
        set_level(l, level);
    }
}
