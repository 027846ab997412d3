/* SPDX-License-Identifier: Apache-2.0 */
/* `dashboard:update`, each second: what changed since the client's previous one. Clients in step
 * share one frame. Those that missed some share frames too: a client gets the shortest of 1, 2, 4
 * ... seconds that covers what it missed, which may tell it things twice but never leaves a gap.
 * Beyond a minute, or when more was deleted than is remembered, it gets `dashboard:data`. */
#include "live/state.h"

#define MISFITS_MAX 8u
#define SECOND_NS   MONO_MS(1000)

static const uint64_t spans[LIVE_UPDATES] = {1, 2, 4, 8, 16, 32, 63};

_Static_assert(LIVE_MARKS == 64, "the longest span must lie within the marks");

/* ---- what changed since a mark ---- */

static void put_deleted(void *ctx, const char *key)
{
    (void)!live_sheet_deleted(ctx, key);
}

static void put_alert(void *ctx, const struct alert *a)
{
    (void)!live_sheet_alert(ctx, a);
}

static bool put_alerts(struct live *l, uint64_t seq)
{
    const struct alert_engine *e = l->config.alerts;
    for (uint32_t i = 0; i < alert_open_count(e); i++) {
        const struct alert *a = alert_open_at(e, i);
        if (a->changed_seq > seq) {
            put_alert(l, a);
        }
    }
    return alert_resolved_since(e, seq, put_alert, l);
}

static bool put_node(struct live *l, const struct live_node *n)
{
    const struct registry *r = l->config.registry;
    if (n->kind == LIVE_NODE_SERIES) {
        const struct registry_series *s = registry_series(r, (struct series_id){n->id});
        return !s || !s->has_latest || live_sheet_latest(l, s);
    }
    if (n->kind == LIVE_NODE_DEVICE) {
        const struct registry_device *d = registry_device(r, (struct device_id){n->id});
        return !d || live_sheet_device(l, d);
    }
    return true;
}

/* Newest first, so that what does not fit is what changed longest ago. */
static void put_changes(struct live *l, const struct live_node *since)
{
    uint32_t misfits = 0;
    for (const struct live_node *n = l->changes.prev; n != since && misfits < MISFITS_MAX;
         n = n->prev) {
        misfits += !put_node(l, n);
    }
}

/* NULL when more was deleted or resolved than is remembered. */
static struct frame *build(struct live *l, uint64_t tick)
{
    const struct live_mark *m = &l->marks[tick % LIVE_MARKS];
    live_sheet_begin(&l->sheet);
    if (!put_alerts(l, m->seq) ||
        !registry_deleted_since(l->config.registry, m->seq, put_deleted, l)) {
        return NULL;
    }
    put_changes(l, &m->node);
    return live_sheet_frame(l, "dashboard:update");
}

void live_updates_forget(struct live *l)
{
    for (size_t i = 0; i < LIVE_UPDATES; i++) {
        frame_release(l->updates[i]);
        l->updates[i] = NULL;
        l->update_impossible[i] = false;
    }
}

/* The update of this second for those who are complete up to `tick`; NULL: they need everything. */
static struct frame *update_since(struct live *l, uint64_t tick)
{
    size_t i = 0;
    while (i < LIVE_UPDATES && spans[i] < l->tick - tick) {
        i++;
    }
    if (i == LIVE_UPDATES || l->update_impossible[i]) {
        return NULL;
    }
    if (!l->updates[i]) {
        /* The first mark was made before anything changed. */
        l->updates[i] = build(l, l->tick > spans[i] ? l->tick - spans[i] : 1);
        l->update_impossible[i] = !l->updates[i];
    }
    return l->updates[i];
}

/* ---- the time beside a ping ---- */

struct frame *live_server_time(struct live *l, struct moment now)
{
    if (l->server_time && l->server_time_of == now.wall) {
        return l->server_time;
    }
    struct json_writer w = live_begin_event(l, "server-time");
    frame_release(l->server_time);
    json_write_object(&w);
    json_put_i64(&w, "serverTime", now.wall);
    json_write_object_end(&w);
    l->server_time = live_end_event(l);
    l->server_time_of = now.wall;
    return l->server_time;
}

/* ---- who gets it ---- */

static void send_update(struct live *l, struct live_client *c)
{
    struct frame *f = update_since(l, c->tick);
    if (f) {
        live_send(l, c, f);
        c->tick = l->tick;
    } else {
        live_send_data(l, c);
    }
}

static bool wants_update(const struct live *l, const struct live_client *c)
{
    return c->dashboard && c->tick != l->tick && live_may_read(&c->principal, BYTES(""));
}

bool live_dashboard_catch_up(struct live *l, struct live_client *c)
{
    if (!wants_update(l, c)) {
        return true;
    }
    if (!live_client_ready(l, c)) {
        return false;
    }
    send_update(l, c);
    return live_alerts_catch_up(l, c);
}

static void update_all(struct live *l)
{
    for (size_t i = 0; i < l->updated_count; i++) {
        struct live_client *c = l->clients[i];
        if (!c->behind && !live_dashboard_catch_up(l, c)) {
            live_fall_behind(l, c, ++l->clock);
        }
    }
}

static void measure(struct live *l)
{
    if (l->now.mono > l->second_began) {
        double seconds = (double)(l->now.mono - l->second_began) / 1e9;
        double rate = (double)l->readings / seconds;
        l->readings_per_second = (double)(uint64_t)(rate * 10 + 0.5) / 10;
    }
    l->second_began = l->now.mono;
    l->readings = 0;
}

void live_second(struct live *l)
{
    live_changes_mark(l);
    live_updates_forget(l);
    live_snapshot_forget(l);
    measure(l);
    live_rate_second(l);
    live_ladder_second(l);
    update_all(l);
    l->next_second = (l->now.mono / SECOND_NS + 1) * SECOND_NS;
}
