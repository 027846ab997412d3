/* SPDX-License-Identifier: Apache-2.0 */
/* Clients come, go, and change their rights. */
#include "live/area.h"

#include "base/mem.h"

void live_send(struct live *l, struct live_client *c, struct frame *f)
{
    l->config.sink.send(l->config.sink.ctx, c->owner, f);
    metrics_add(l->config.metrics, METRIC_LIVE_EVENTS, 1);
}

bool live_client_ready(const struct live *l, const struct live_client *c)
{
    return l->config.sink.ready(l->config.sink.ctx, c->owner);
}

void live_fleet_enter(struct live *l, struct live_client *c)
{
    struct live_group_key key = {.rights = c->principal,
                                 .step = c->fleet_step,
                                 .format = c->fleet_format,
                                 .automatic = !c->chose};
    struct live_group *g = live_group_get(l, &key);
    if (c->fleet.group == g) {
        return;
    }
    if (c->fleet.group) {
        live_group_leave(l, &c->fleet);
    }
    live_group_enter(l, g, c, &c->fleet, LIVE_FLEET);
}

void live_send_data(struct live *l, struct live_client *c)
{
    c->needs_data = false;
    c->tick = l->tick;
    c->alert_next = l->alert_end;
    if (live_may_read(&c->principal, BYTES(""))) {
        live_send(l, c, live_snapshot(l));
        c->alert_next = l->data_alerts;
    }
    if (c->missed_some) {
        live_tell_overflow(l, c);
    }
}

static void place(struct live *l, struct live_client *c, uint32_t at)
{
    l->clients[at] = c;
    c->index = at;
}

void live_set_dashboard(struct live *l, struct live_client *c, bool wanted)
{
    if (c->dashboard == wanted) {
        return;
    }
    c->dashboard = wanted;
    uint32_t at = wanted ? l->updated_count++ : --l->updated_count;
    uint32_t left = c->index;
    struct live_client *other = l->clients[at];
    place(l, c, at);
    place(l, other, other == c ? at : left);
}

static struct live_client *enter(struct live *l, void *owner, const struct principal *p)
{
    struct live_client *c = mem_zalloc(1, sizeof *c);
    c->owner = owner;
    c->principal = *p;
    c->cursor.kind = LIVE_NODE_CURSOR;
    c->tick = l->tick;
    c->alert_next = l->alert_end;
    l->clients =
        mem_grow(l->clients, l->client_count, &l->client_cap, sizeof(struct live_client *));
    place(l, c, (uint32_t)l->client_count++);
    live_count_clients(l);
    live_ladder_enter(l, c);
    return c;
}

struct live_client *live_join_silently(struct live *l, void *owner, const struct principal *p,
                                       struct moment now)
{
    l->now = now;
    return enter(l, owner, p);
}

struct live_client *live_join(struct live *l, void *owner, const struct principal *p,
                              struct moment now)
{
    l->now = now;
    struct live_client *c = enter(l, owner, p);
    live_set_dashboard(l, c, true);
    if (!live_may_read(p, BYTES(""))) {
        return c;
    }
    live_send_data(l, c);
    live_fleet_enter(l, c);
    live_rate_greet(l, c);
    if (!live_alerts_catch_up(l, c)) {
        live_fall_behind(l, c, ++l->clock);
    }
    return c;
}

static void leave_rooms(struct live *l, struct live_client *c)
{
    while (c->room_count > 0) {
        live_room_leave(l, c, &c->rooms[c->room_count - 1]);
    }
}

void live_leave(struct live *l, struct live_client *c)
{
    if (c->fleet.group) {
        live_group_leave(l, &c->fleet);
    }
    if (c->watch.group) {
        live_group_leave(l, &c->watch);
    }
    live_area_leave(l, c);
    leave_rooms(l, c);
    live_resumes_fini(l, c);
    live_behind_fini(l, c);
    if (!c->away) {
        live_ladder_leave(l, c);
    }
    free(c->replies);
    l->away_count -= c->away;
    live_set_dashboard(l, c, false);
    place(l, l->clients[--l->client_count], c->index);
    live_count_clients(l);
    free(c);
}

/* Moves a membership to the group of the client's new rights, or ends it. */
static void regroup(struct live *l, struct live_client *c, struct live_membership *m)
{
    const struct live_group *g = m->group;
    struct live_room *room = m->room;
    if (!live_may_read(&c->principal, bytes_of(room->key, room->key_len))) {
        live_room_leave(l, c, m);
        return;
    }
    struct live_group_key key = {.room = room,
                                 .rights = c->principal,
                                 .step = g->step,
                                 .format = g->format,
                                 .sensors = bytes_of(g->sensors, g->sensors_len)};
    live_room_enter(l, c, &key);
}

/* As regroup, for the watched set. */
static void rewatch(struct live *l, struct live_client *c)
{
    const struct live_group *g = c->watch.group;
    struct buf series = {0};
    if (live_may_read(&c->principal, BYTES(""))) {
        buf_put_bytes(&series, live_watch_text(g));
    }
    struct live_group_key key = {
        .rights = c->principal, .step = g->step, .format = g->format, .series = buf_bytes(&series)};
    live_watch_enter(l, c, &key);
    buf_fini(&series);
}

void live_set_principal(struct live *l, struct live_client *c, const struct principal *p)
{
    c->principal = *p;
    if (c->fleet.group && live_may_read(p, BYTES(""))) {
        live_fleet_enter(l, c);
    } else if (c->fleet.group) {
        live_group_leave(l, &c->fleet);
    }
    if (c->watch.group) {
        rewatch(l, c);
    }
    if (!live_may_read(p, BYTES(""))) {
        live_area_leave(l, c);
    }
    for (size_t i = c->room_count; i-- > 0;) {
        regroup(l, c, &c->rooms[i]);
    }
}
