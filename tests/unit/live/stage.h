/* SPDX-License-Identifier: Apache-2.0 */
/* A small server without sockets: a registry and alert engine that decide, their followers, live on
 * top, and viewers that record what they are sent. Time moves only when a test says so. */
#ifndef TELLTALE_TESTS_LIVE_STAGE_H
#define TELLTALE_TESTS_LIVE_STAGE_H

#include "live/live.h"

/* The registry as rules see it, the very code of the program. */
#include "app/world.c"

#include "model/limits.h"
#include "model/position.h"

#include "expect.h"

#define START   ((wall_ms)1763950000000)
#define EPOCH   ((int64_t)1763949000000)
#define VIEWERS 64

struct viewer {
    struct stage *stage;
    struct live_client *client;
    char **log; /* payloads, in order */
    size_t count, cap;
    size_t read;    /* where viewer_next goes on */
    size_t takes;   /* frames it still takes before it is not ready; SIZE_MAX: always ready */
    size_t dropped; /* frames not recorded, when `silent` */
    bool silent;
    bool asked;         /* ready answered false since the last live_ready */
    struct frame *last; /* held, so that no other frame has its address */
};

struct stage {
    struct metrics metrics;
    struct registry *decider, *follower;
    struct alert_engine *decides, *follows;
    struct live *live;
    struct batch *out;
    uint64_t seq;
    struct moment now;
    struct viewer viewers[VIEWERS];
    size_t viewer_count;
    struct live_history asked;
    unsigned questions;
    bool no_store;
};

/* ---- viewers ---- */

static inline void stage_send(void *ctx, void *owner, struct frame *f)
{
    struct viewer *v = owner;
    (void)ctx;
    if (v->takes != SIZE_MAX && v->takes > 0) {
        v->takes--;
    }
    struct bytes text = frame_payload(f);
    frame_release(v->last);
    v->last = frame_hold(f);
    if (v->silent) {
        v->dropped++;
        return;
    }
    if (v->count == v->cap) {
        v->cap = v->cap ? v->cap * 2 : 64;
        v->log = realloc(v->log, v->cap * sizeof *v->log);
    }
    v->log[v->count] = malloc(text.len + 1);
    memcpy(v->log[v->count], text.ptr, text.len);
    v->log[v->count++][text.len] = '\0';
}

static inline bool stage_ready(void *ctx, void *owner)
{
    struct viewer *v = owner;
    (void)ctx;
    v->asked = v->asked || v->takes == 0;
    return v->takes > 0;
}

/* Remembers the last question; a test answers it with live_history. */
static inline enum live_history_answer stage_history(void *ctx, void *owner,
                                                     const struct live_history *h)
{
    struct stage *s = ctx;
    (void)owner;
    s->asked = *h;
    s->questions++;
    return s->no_store ? LIVE_HISTORY_NONE : LIVE_HISTORY_ASKED;
}

static inline struct viewer *stage_join_as(struct stage *s, enum role role)
{
    struct principal p = {.role = role};
    struct viewer *v = &s->viewers[s->viewer_count++];
    *v = (struct viewer){.stage = s, .takes = SIZE_MAX};
    v->client = live_join(s->live, v, &p, s->now);
    return v;
}

static inline struct viewer *stage_join(struct stage *s)
{
    return stage_join_as(s, ROLE_VIEWER);
}

static inline void viewer_forget(struct viewer *v)
{
    for (size_t i = 0; i < v->count; i++) {
        free(v->log[i]);
    }
    v->count = v->read = 0;
}

/* Nothing of it is left. */
static inline void viewer_fini(struct viewer *v)
{
    viewer_forget(v);
    free(v->log);
    frame_release(v->last);
    *v = (struct viewer){0};
}

static inline void viewer_leave(struct viewer *v)
{
    live_leave(v->stage->live, v->client);
    v->client = NULL;
}

/* Sends an event; args is the whole array. */
static inline void viewer_emit(struct viewer *v, const char *name, const char *args, int64_t ack)
{
    live_event(v->stage->live, v->client, bytes_of_text(name), bytes_of_text(args), ack,
               v->stage->now);
}

/* The same, and returns the answer. */
static inline const char *viewer_ask(struct viewer *v, const char *name, const char *args)
{
    viewer_emit(v, name, args, 7);
    assert_true(v->count > 0);
    const char *answer = v->log[v->count - 1];
    assert_memory_equal(answer, "437[", 4);
    return answer;
}

/* The viewer takes `frames` more. */
static inline void viewer_take(struct viewer *v, size_t frames)
{
    v->takes = frames;
    if (v->asked) {
        v->asked = false;
        live_ready(v->stage->live, v->client, v->stage->now);
    }
}

static inline bool is_event(const char *payload, const char *name)
{
    size_t len = strlen(name);
    return strncmp(payload, "42[\"", 4) == 0 && strncmp(payload + 4, name, len) == 0 &&
           payload[4 + len] == '"';
}

/* The next payload of an event, from where the last call stopped; NULL when there is none. */
static inline const char *viewer_next(struct viewer *v, const char *name)
{
    while (v->read < v->count) {
        const char *payload = v->log[v->read++];
        if (is_event(payload, name)) {
            return payload;
        }
    }
    return NULL;
}

/* The next reading among the events of that name, which carry statuses too. */
static inline const char *viewer_next_reading(struct viewer *v, const char *name)
{
    const char *payload = viewer_next(v, name);
    while (payload && !strstr(payload, "\"sensorType\":")) {
        payload = viewer_next(v, name);
    }
    return payload;
}

static inline size_t viewer_count(const struct viewer *v, const char *name)
{
    size_t n = 0;
    for (size_t i = 0; i < v->count; i++) {
        n += is_event(v->log[i], name);
    }
    return n;
}

/* ---- the stage ---- */

static inline void stage_begin_batch(struct stage *s)
{
    s->out = batch_new(BATCH_CHANGES);
    s->out->seq = ++s->seq;
    s->out->now = s->now.wall;
}

static inline void stage_init(struct stage *s)
{
    struct hash_key key = {5, 6};
    memset(s, 0, sizeof *s);
    s->now = (struct moment){START, MONO_MS(1000000)};
    s->decider = registry_new(&registry_defaults, key, &s->metrics);
    s->follower = registry_new(&registry_defaults, key, NULL);
    struct alert_config calm = alert_defaults;
    calm.flap_after = 0;
    struct alert_world world = world_of(s->decider);
    s->decides = alert_new(&calm, key, EPOCH, &world, &s->metrics);
    s->follows = alert_new(&calm, key, EPOCH, NULL, NULL);
    struct live_config config = {.epoch_ms = EPOCH,
                                 .build = "1.2.3+page",
                                 .registry = s->follower,
                                 .alerts = s->follows,
                                 .sink = {stage_send, stage_ready, stage_history, s},
                                 .metrics = &s->metrics,
                                 .key = key};
    s->live = live_new(&config);
    (void)live_tick(s->live, s->now);
    stage_begin_batch(s);
}

static inline void stage_fini(struct stage *s)
{
    live_free(s->live);
    batch_release(s->out);
    registry_free(s->decider);
    registry_free(s->follower);
    alert_free(s->decides);
    alert_free(s->follows);
    for (size_t i = 0; i < s->viewer_count; i++) {
        viewer_fini(&s->viewers[i]);
    }
}

/* A reading reaches ingest. */
static inline void stage_read_flagged(struct stage *s, const char *device, const char *sensor,
                                      double value, wall_ms time, uint32_t flags)
{
    char topic[600];
    snprintf(topic, sizeof topic, "sensors/%.250s/%.250s", device, sensor);
    struct registry_origin o = {.device = bytes_of_text(device),
                                .sensor = bytes_of_text(sensor),
                                .topic = bytes_of_text(topic),
                                .carrier = CARRIER_NONE};
    struct series_id series;
    bool created = false;
    assert_int_equal(registry_resolve(s->decider, &o, s->now.wall, s->out, &series, &created),
                     DROP_NONE);
    struct reading in = {series.n, flags, time, value};
    enum registry_order order = registry_reading(s->decider, in, s->now.wall, s->out);
    alert_observe(s->decides, s->out);
    if (order == REGISTRY_NEWEST) {
        alert_evaluate(s->decides, series, value, s->now.wall, s->out);
    }
}

static inline void stage_read(struct stage *s, const char *device, const char *sensor, double value,
                              wall_ms time)
{
    stage_read_flagged(s, device, sensor, value, time, 0);
}

/* A status message reaches ingest. */
static inline void stage_tell(struct stage *s, const char *device, enum device_status status)
{
    struct registry_origin o = {.device = bytes_of_text(device),
                                .topic = BYTES("devices/x/status"),
                                .carrier = CARRIER_NONE};
    assert_int_equal(registry_status(s->decider, &o, status, CAUSE_REPORTED, s->now.wall, s->out),
                     DROP_NONE);
    s->out->statuses[s->out->status_count - 1].topic = batch_put_text(s->out, o.topic);
}

static inline void stage_delete(struct stage *s, const char *device)
{
    struct command *c = command_new(COMMAND_DELETE_DEVICE);
    c->device = strdup(device);
    registry_command(s->decider, c, s->out);
    assert_int_equal(c->result, OK);
    command_free(c);
    alert_observe(s->decides, s->out);
}

static inline struct text_id stage_rule(struct stage *s, const char *device, const char *sensor,
                                        double above)
{
    struct command *c = command_new(COMMAND_CREATE_RULE);
    buf_printf(&c->definition,
               "{\"deviceId\":\"%s\",\"sensorType\":\"%s\",\"condition\":\"greater_than\","
               "\"threshold\":%.17g}",
               device, sensor, above);
    alert_command(s->decides, c, s->now.wall, s->out);
    assert_int_equal(c->result, OK);
    struct text_id made = c->made;
    command_free(c);
    return made;
}

static inline void stage_acknowledge(struct stage *s, struct text_id alert)
{
    struct command *c = command_new(COMMAND_ACKNOWLEDGE);
    c->id = alert;
    alert_command(s->decides, c, s->now.wall, s->out);
    assert_int_equal(c->result, OK);
    command_free(c);
}

/* The turn of the ingest loop ends, and serve gets its batch. Ticks are left to stage_wait. */
static inline void stage_turn(struct stage *s)
{
    registry_apply(s->follower, s->out);
    alert_apply(s->follows, s->out);
    live_batch(s->live, s->out, s->now);
    batch_release(s->out);
    stage_begin_batch(s);
}

/* Serve fell behind: what is in the batch goes with a snapshot of everything. */
static inline void stage_turn_by_snapshot(struct stage *s)
{
    struct batch *b = batch_new(BATCH_SNAPSHOT);
    b->seq = s->out->seq;
    b->now = s->now.wall;
    registry_snapshot(s->decider, b);
    alert_snapshot(s->decides, b);
    batch_release(s->out);
    registry_apply(s->follower, b);
    alert_apply(s->follows, b);
    live_batch(s->live, b, s->now);
    batch_release(b);
    stage_begin_batch(s);
}

/* Time passes; live ticks whenever it asked to. */
static inline void stage_wait(struct stage *s, uint64_t ms)
{
    mono_ns end = s->now.mono + MONO_MS(ms);
    for (;;) {
        mono_ns next = live_tick(s->live, s->now);
        assert_true(next > s->now.mono);
        if (next > end) {
            break;
        }
        s->now.wall += (wall_ms)((next - s->now.mono) / 1000000);
        s->now.mono = next;
    }
    s->now.wall += (wall_ms)((end - s->now.mono) / 1000000);
    s->now.mono = end;
    s->out->now = s->now.wall;
}

/* One reading in a batch of its own. */
static inline void stage_publish(struct stage *s, const char *device, const char *sensor,
                                 double value)
{
    stage_read(s, device, sensor, value, s->now.wall);
    stage_turn(s);
}

/* ---- looking into payloads ---- */

/* The number after `"key":` in a payload; fails the test when there is none. */
static inline double number_of(const char *payload, const char *key)
{
    char find[64];
    snprintf(find, sizeof find, "\"%s\":", key);
    const char *at = strstr(payload, find);
    assert_non_null(at);
    return strtod(at + strlen(find), NULL);
}

static inline void assert_contains(const char *payload, const char *part)
{
    if (!strstr(payload, part)) {
        fail_msg("%s\nlacks %s", payload, part);
    }
}

#endif
