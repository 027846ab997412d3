/* SPDX-License-Identifier: Apache-2.0 */
/* Clients whose connection was lost and who may come back: they stay in their rooms as a client
 * does that takes nothing, which costs a bit a series. What they missed is in the ring. */
#include "live/state.h"

#include "model/position.h"

void live_count_clients(const struct live *l)
{
    metrics_set(l->config.metrics, METRIC_CLIENTS, l->client_count - l->away_count);
    metrics_set(l->config.metrics, METRIC_CLIENTS_AWAY, l->away_count);
    metrics_set(l->config.metrics, METRIC_CLIENTS_BEHIND, l->behind_count - l->away_count);
}

/* What a client was still resuming is in no order with the last event that it got. */
bool live_away(struct live *l, struct live_client *c, void *owner)
{
    if (c->resumes || c->missed_some) {
        return false;
    }
    c->owner = owner;
    c->reply_count = 0;
    if (!c->behind) {
        live_fall_behind(l, c, ++l->clock);
    }
    live_ladder_leave(l, c);
    c->away = true;
    l->away_count++;
    live_count_clients(l);
    return true;
}

static const struct live_membership *next_membership(const struct live_client *c, size_t i)
{
    return i == 0 ? &c->fleet : i == 1 ? &c->watch : &c->rooms[i - 2];
}

/* The newest second that began before that position was told: what its dashboard:update said, the
 * client has. */
static uint64_t tick_of(const struct live *l, uint64_t number)
{
    for (uint64_t tick = l->tick; tick > 0 && l->tick - tick < LIVE_MARKS - 1; tick--) {
        if (l->marks[tick % LIVE_MARKS].seq < position_seq(number)) {
            return tick;
        }
    }
    return l->tick > LIVE_MARKS ? l->tick - LIVE_MARKS : 0;
}

/* The first alert event beyond a position. False: it is not kept any more. */
static bool alert_of(const struct live *l, uint64_t number, uint64_t *first)
{
    *first = l->alert_end;
    while (live_alerts_kept(l, *first - 1) && *first > 0) {
        if (l->alerts[(*first - 1) % LIMIT_ALERTS_BEHIND].number <= number) {
            return true;
        }
        --*first;
    }
    return *first == 0;
}

/* Turns are at most so far apart. */
#define TURN_MS 250

static bool takes_columns(const struct live_group *g)
{
    return g && g->format == LIVE_FORMAT_BATCH;
}

/* Columns end at the position of their last row, and those that several groups get of one turn
 * don't rise: the client may have the last of them and not the first. What was told in the same
 * moment comes again. */
static void begin_moment(const struct live *l, struct live_since *since)
{
    uint64_t place = live_ring_find(&l->ring, since->number + 1);
    wall_ms moment = place > l->ring.first ? live_ring_at(&l->ring, place - 1)->arrival : 0;
    while (place > l->ring.first &&
           live_ring_at(&l->ring, place - 1)->arrival + TURN_MS >= moment) {
        place--;
        since->number = live_ring_at(&l->ring, place)->number - 1;
    }
    if (since->number < l->ring.after) {
        since->number = l->ring.after;
    }
}

static void resume_all(struct live *l, struct live_client *c, const struct live_since *since)
{
    struct live_since moment = *since;
    size_t columns = 0;
    for (size_t i = 0; i < c->room_count + 2; i++) {
        columns += takes_columns(next_membership(c, i)->group);
    }
    if (columns > 1) {
        begin_moment(l, &moment);
    }
    for (size_t i = 0; i < c->room_count + 2; i++) {
        const struct live_group *g = next_membership(c, i)->group;
        if (g) {
            (void)live_resume_begin(l, c, g, takes_columns(g) ? &moment : since);
        }
    }
}

bool live_return(struct live *l, struct live_client *c, void *owner, struct bytes position,
                 struct moment now)
{
    struct live_since since = {.last = WALL_NONE};
    uint64_t alert;
    ASSERT(c->away);
    l->now = now;
    if (!live_since_read(position, &since) || c->missed_some || !live_resumable(l, &since) ||
        !alert_of(l, since.number, &alert)) {
        return false;
    }
    c->owner = owner;
    live_behind_fini(l, c);
    live_ladder_enter(l, c);
    c->away = false;
    l->away_count--;
    live_count_clients(l);
    c->returned = 0;
    c->alert_next = alert;
    c->tick = tick_of(l, since.number);
    c->area_stale = c->area != NULL;
    live_resume_hold(l, c);
    resume_all(l, c, &since);
    c->returned = since.number;
    return true;
}
