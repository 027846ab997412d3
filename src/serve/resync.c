/* SPDX-License-Identifier: Apache-2.0 */
/* The history of a device for a client that comes back to the live stream: a question to the store
 * that no request waits for. */
#include "serve/session.h"

#include "base/mem.h"
#include "model/limits.h"

/* Readings may be this much ahead of our clock. */
#define AHEAD_MS 300001

struct serve_resync {
    char sid[SERVE_SID_BYTES + 1]; /* of the session, which may be gone when the answer comes */
    uint32_t number;
};

/* Whether the sensor is one of those, each followed by a NUL byte; empty: all are. */
static bool is_wanted(struct bytes sensors, const char *sensor)
{
    for (size_t at = 0; at < sensors.len;) {
        struct bytes name = bytes_of_text((const char *)sensors.ptr + at);
        if (bytes_equal(name, bytes_of_text(sensor))) {
            return true;
        }
        at += name.len + 1;
    }
    return sensors.len == 0;
}

/* What more than LIMIT_HISTORY_SERIES sensors have is left to REST. */
static void add_sensors(const struct serve *s, const struct live_history *h, struct serve_query *q)
{
    const struct registry_device *d = registry_device(s->registry, h->device);
    ASSERT(d);
    const struct registry_series *row = registry_series(s->registry, d->first_series);
    for (; row; row = registry_series(s->registry, row->next)) {
        if (is_wanted(h->sensors, row->sensor) && !serve_query_add(q, d->key, row)) {
            return;
        }
    }
}

static void set_range(const struct serve *s, const struct live_history *h, struct serve_query *q)
{
    wall_ms to = s->loop->wall_ms + AHEAD_MS;
    for (size_t i = 0; i < q->series_count; i++) {
        struct store_query *one = &q->series[i].query;
        one->from = h->from;
        one->to = to > h->from ? to : h->from;
        one->points = LIMIT_RESUME_ROWS / q->series_count;
    }
}

enum live_history_answer serve_resync_ask(void *ctx, void *owner, const struct live_history *h)
{
    struct serve *s = ctx;
    const struct serve_session *ss = owner;
    struct serve_query *q = serve_query_new(s, SERVE_FORMAT_JSON);
    q->many = true;
    add_sensors(s, h, q);
    if (q->series_count == 0) {
        serve_query_free(q);
        return LIVE_HISTORY_NONE;
    }
    set_range(s, h, q);
    struct serve_resync *r = mem_zalloc(1, sizeof *r);
    memcpy(r->sid, ss->sid, sizeof r->sid);
    r->number = h->number;
    q->resync = r;
    if (s->config.events->query(s->config.ctx, q) != OK) {
        serve_query_free(q);
        return LIVE_HISTORY_LATER;
    }
    return LIVE_HISTORY_ASKED;
}

void serve_resync_answer(struct serve *s, const struct serve_query *q)
{
    const struct serve_session *ss =
        serve_session_find(s, bytes_of(q->resync->sid, SERVE_SID_BYTES));
    struct bytes json = q->result == OK ? bytes_trim(buf_bytes(&q->body)) : (struct bytes){0};
    s->live_touched = true;
    if (ss && ss->client) {
        live_history(s->live, ss->client, q->resync->number, json, q->seq, serve_now(s));
    } else {
        live_history_lost(s->live);
    }
}
