/* SPDX-License-Identifier: Apache-2.0 */
/* Answers to clients' events. A client that asks on without reading gets its answers when it takes
 * more: what waits is a note of a few bytes each, and beyond LIVE_REPLIES_MAX it is dropped. */
#include "live/area.h"

#include "base/mem.h"
#include "proto/sio/sio.h"

static void write_error(struct json_writer *w, const struct live_reply *r)
{
    json_write_key(w, "error");
    json_write_object(w);
    json_put_string(w, "code", r->code);
    if (r->field) {
        json_put_string(w, "field", r->field);
    }
    json_put_string(w, "message", r->message);
    json_write_object_end(w);
}

/* How a client with `since` goes on. Its position is the one it had, until events bring newer ones.
 */
static void put_position(const struct live *l, struct json_writer *w, const struct live_reply *r)
{
    const char *reason = live_resync_reason(r->resumption);
    char since[LIVE_POSITION_BYTES];
    if (r->resumption != LIVE_NOT_RESUMED) {
        json_put_string(w, "resume", reason ? "resync" : "exact");
    }
    if (reason) {
        json_put_string(w, "reason", reason);
    }
    if (r->resumption == LIVE_NOT_RESUMED) {
        json_put_text(w, "seq", live_position_text(l));
    } else {
        json_put_text(w, "seq", bytes_of(since, live_print_position(r->epoch, r->since, since)));
    }
}

static const char *format_text(const struct live_group *g)
{
    return g->format == LIVE_FORMAT_BATCH ? "batch" : "json";
}

static void write_device(struct live *l, struct live_client *c, struct json_writer *w,
                         const struct live_reply *r)
{
    const struct registry_device *d =
        r->room ? registry_device(l->config.registry, r->room->device) : NULL;
    const struct live_membership *m = r->room ? live_membership_find(c, r->room) : NULL;
    json_put_bool(w, "ok", true);
    json_write_key(w, "device");
    if (d) {
        live_put_device(w, l->config.registry, d, LIVE_WITH_VALUES);
    } else {
        json_write_null(w);
    }
    if (m) {
        json_put_i64(w, "interval", live_interval_ms(m->group->step));
        json_put_string(w, "format", format_text(m->group));
    }
    put_position(l, w, r);
}

static void write_fleet(const struct live *l, const struct live_client *c, struct json_writer *w,
                        const struct live_reply *r)
{
    const struct live_group *g = c->fleet.group;
    json_put_bool(w, "ok", true);
    if (g && !(g->budget && live_rate_paused(l))) {
        json_put_i64(w, "interval", live_interval_ms(g->step));
    } else {
        json_put_null(w, "interval");
    }
    json_put_string(w, "format", g ? format_text(g) : "none");
    put_position(l, w, r);
}

/* The newest values of a watched set, as `latest` in dashboard:data. */
static void write_latest(struct live *l, struct json_writer *w, const struct live_group *g)
{
    live_sheet_begin(&l->sheet);
    for (uint32_t i = 0; g && i < live_watch_count(g); i++) {
        struct series_id id = {live_watch_series(g, i)};
        const struct registry_series *row = registry_series(l->config.registry, id);
        if (row && row->has_latest && !live_sheet_latest(l, row)) {
            break;
        }
    }
    live_sheet_put_latest(w, &l->sheet);
}

static void write_watch(struct live *l, const struct live_client *c, struct json_writer *w,
                        const struct live_reply *r)
{
    const struct live_group *g = c->watch.group;
    json_put_bool(w, "ok", true);
    json_put_u64(w, "series", g ? live_watch_count(g) : 0);
    if (g) {
        json_put_i64(w, "interval", live_interval_ms(g->step));
        json_put_string(w, "format", format_text(g));
    } else {
        json_put_null(w, "interval");
        json_put_string(w, "format", "none");
    }
    write_latest(l, w, g);
    put_position(l, w, r);
}

/* It may have left the area again before it took its answer. */
static void write_area(struct live *l, struct live_client *c, struct json_writer *w)
{
    json_put_bool(w, "ok", true);
    if (c->area) {
        live_area_answer(l, c, w);
    }
    json_put_text(w, "seq", live_position_text(l));
}

static struct frame *reply_frame(struct live *l, struct live_client *c, const struct live_reply *r)
{
    struct json_writer w;
    buf_clear(&l->scratch);
    sio_put_ack(&l->scratch, (uint64_t)r->ack);
    json_writer_init(&w, &l->scratch);
    json_write_object(&w);
    switch (r->kind) {
    case LIVE_REPLY_ERROR:
        write_error(&w, r);
        break;
    case LIVE_REPLY_OK:
        json_put_bool(&w, "ok", true);
        json_put_text(&w, "seq", live_position_text(l));
        break;
    case LIVE_REPLY_DEVICE:
        write_device(l, c, &w, r);
        break;
    case LIVE_REPLY_FLEET:
        write_fleet(l, c, &w, r);
        break;
    case LIVE_REPLY_WATCH:
        write_watch(l, c, &w, r);
        break;
    case LIVE_REPLY_AREA:
        write_area(l, c, &w);
        break;
    }
    json_write_object_end(&w);
    sio_put_end(&l->scratch);
    return live_frame(l);
}

static void send_reply(struct live *l, struct live_client *c, const struct live_reply *r)
{
    struct frame *f = reply_frame(l, c, r);
    live_send(l, c, f);
    frame_release(f);
}

static void keep(struct live *l, struct live_client *c, const struct live_reply *r)
{
    if (c->reply_count == LIVE_REPLIES_MAX) {
        metrics_drop(l->config.metrics, DROP_ACK_UNREAD, 1);
        return;
    }
    if (!c->replies) {
        c->replies = mem_zalloc(LIVE_REPLIES_MAX, sizeof *c->replies);
    }
    c->replies[c->reply_count++] = *r;
}

void live_reply(struct live *l, struct live_client *c, const struct live_reply *r)
{
    if (r->ack == LIVE_NO_ACK) {
        return;
    }
    if (c->reply_count > 0 || !live_client_ready(l, c)) {
        keep(l, c, r);
    } else {
        send_reply(l, c, r);
    }
}

bool live_replies_catch_up(struct live *l, struct live_client *c)
{
    uint32_t sent = 0;
    while (sent < c->reply_count && live_client_ready(l, c)) {
        send_reply(l, c, &c->replies[sent++]);
    }
    c->reply_count -= sent;
    if (c->reply_count > 0) {
        memmove(c->replies, c->replies + sent, c->reply_count * sizeof *c->replies);
        return false;
    }
    free(c->replies);
    c->replies = NULL;
    return true;
}

void live_replies_forget_room(struct live_client *c, const struct live_room *room)
{
    for (uint32_t i = 0; i < c->reply_count; i++) {
        if (c->replies[i].room == room) {
            c->replies[i].room = NULL;
        }
    }
}
