/* SPDX-License-Identifier: Apache-2.0 */
/* An engine that decides, a small world of devices and series, the batch it writes into, and short
 * words for rules and readings. */
#ifndef TELLTALE_TESTS_ALERT_ENGINE_H
#define TELLTALE_TESTS_ALERT_ENGINE_H

#include "alert/alert.h"

#include "proto/json/json.h"

#include "model/limits.h"

#include "expect.h"

#define START ((wall_ms)1763950000000)

#define WORLD_DEVICES 16u
#define WORLD_SERIES  512u

struct world_device {
    bool there;
    char id[32], model[32], attributes[128];
    char tags[64];
    size_t tags_len;
    enum device_status status;
    enum status_cause cause;
};

struct world_series {
    bool there;
    uint32_t device;
    char sensor[32];
    bool has_latest;
    double value;
    wall_ms time;
};

struct world {
    struct world_device devices[WORLD_DEVICES];
    struct world_series series[WORLD_SERIES];
};

struct bench {
    struct alert_config config;
    struct metrics metrics;
    struct alert_engine *e;
    struct batch *out;
    wall_ms now;
    uint64_t seq;
    struct world world;
};

/* ---- the world ---- */

static inline uint32_t world_rows(const void *ctx)
{
    (void)ctx;
    return WORLD_DEVICES;
}

static inline struct series_id world_next(const struct world *w, uint32_t device, uint32_t from)
{
    for (uint32_t n = from; n < WORLD_SERIES; n++) {
        if (w->series[n].there && w->series[n].device == device) {
            return (struct series_id){n};
        }
    }
    return SERIES_NONE;
}

/* Times that the engine asked about a device. */
static unsigned world_asked;

static inline bool world_device(const void *ctx, struct device_id id, struct alert_device *out)
{
    const struct world *w = ctx;
    world_asked++;
    if (id.n >= WORLD_DEVICES || !w->devices[id.n].there) {
        return false;
    }
    const struct world_device *d = &w->devices[id.n];
    *out = (struct alert_device){.number = id.n,
                                 .id = bytes_of_text(d->id),
                                 .model = bytes_of_text(d->model),
                                 .tags = bytes_of(d->tags, d->tags_len),
                                 .attributes = bytes_of_text(d->attributes),
                                 .status = d->status,
                                 .cause = d->cause,
                                 .first_series = world_next(w, id.n, 0)};
    return true;
}

static inline bool world_find_device(const void *ctx, struct bytes id, struct alert_device *out)
{
    const struct world *w = ctx;
    for (uint32_t n = 0; n < WORLD_DEVICES; n++) {
        if (w->devices[n].there && bytes_equal(id, bytes_of_text(w->devices[n].id))) {
            return world_device(ctx, (struct device_id){n}, out);
        }
    }
    return false;
}

static inline bool world_series(const void *ctx, struct series_id id, struct alert_series *out)
{
    const struct world *w = ctx;
    if (id.n >= WORLD_SERIES || !w->series[id.n].there) {
        return false;
    }
    const struct world_series *s = &w->series[id.n];
    *out = (struct alert_series){.device = {s->device},
                                 .sensor = bytes_of_text(s->sensor),
                                 .has_latest = s->has_latest,
                                 .value = s->value,
                                 .time = s->time,
                                 .next = world_next(w, s->device, id.n + 1)};
    return true;
}

static inline struct series_id world_find_series(const void *ctx, struct bytes device,
                                                 struct bytes sensor)
{
    const struct world *w = ctx;
    struct alert_device d;
    if (world_find_device(ctx, device, &d)) {
        for (struct series_id id = d.first_series; id.n != SERIES_NONE.n;
             id = world_next(w, d.number, id.n + 1)) {
            if (bytes_equal(sensor, bytes_of_text(w->series[id.n].sensor))) {
                return id;
            }
        }
    }
    return SERIES_NONE;
}

static inline struct alert_world world_table(const struct world *w)
{
    return (struct alert_world){.device_rows = world_rows,
                                .device = world_device,
                                .find_device = world_find_device,
                                .series = world_series,
                                .find_series = world_find_series,
                                .ctx = w};
}

/* ---- the bench ---- */

static inline void bench_turn(struct bench *b, wall_ms now)
{
    batch_release(b->out);
    b->out = batch_new(BATCH_CHANGES);
    b->now = now;
    b->out->now = now;
    b->out->seq = ++b->seq;
}

static inline void bench_renew(struct bench *b)
{
    struct alert_world world = world_table(&b->world);
    alert_free(b->e);
    b->e = alert_new(&b->config, (struct hash_key){3, 4}, 0x1234, &world, &b->metrics);
}

/* Nothing flaps here, so that tests may let things come and go; those about flapping say so. */
static inline void bench_init(struct bench *b)
{
    memset(b, 0, sizeof *b);
    b->config = alert_defaults;
    b->config.flap_after = 0;
    bench_renew(b);
    bench_turn(b, START);
}

static inline void bench_fini(struct bench *b)
{
    batch_release(b->out);
    alert_free(b->e);
}

/* The registry tells that the device is there or changed. */
static inline void bench_tell_device(struct bench *b, uint32_t n)
{
    struct device_change *c = batch_add_device(b->out);
    c->device = (struct device_id){n};
    c->id = batch_put_text(b->out, bytes_of_text(b->world.devices[n].id));
    alert_observe(b->e, b->out);
}

static inline uint32_t bench_device(struct bench *b, const char *id)
{
    struct alert_device known;
    if (world_find_device(&b->world, bytes_of_text(id), &known)) {
        return known.number;
    }
    uint32_t n = 0;
    while (b->world.devices[n].there) {
        n++;
    }
    b->world.devices[n] = (struct world_device){.there = true, .status = STATUS_ONLINE};
    snprintf(b->world.devices[n].id, sizeof b->world.devices[n].id, "%s", id);
    bench_tell_device(b, n);
    return n;
}

static inline void bench_set_tag(struct bench *b, const char *device, const char *tag)
{
    struct world_device *d = &b->world.devices[bench_device(b, device)];
    d->tags_len = strlen(tag) ? strlen(tag) + 1 : 0;
    snprintf(d->tags, sizeof d->tags, "%s", tag);
    bench_tell_device(b, (uint32_t)(d - b->world.devices));
}

static inline void bench_set_attributes(struct bench *b, const char *device, const char *json)
{
    struct world_device *d = &b->world.devices[bench_device(b, device)];
    snprintf(d->attributes, sizeof d->attributes, "%s", json);
    bench_tell_device(b, (uint32_t)(d - b->world.devices));
}

static inline void bench_set_status(struct bench *b, const char *device, enum device_status status,
                                    enum status_cause cause)
{
    uint32_t n = bench_device(b, device);
    b->world.devices[n].status = status;
    b->world.devices[n].cause = cause;
    struct status_change *c = batch_add_status(b->out);
    c->device = (struct device_id){n};
    c->status = status;
    c->cause = cause;
    alert_observe(b->e, b->out);
}

/* Series `n` appears; it has no reading yet. */
static inline void bench_series(struct bench *b, uint32_t n, const char *device, const char *sensor)
{
    uint32_t d = bench_device(b, device);
    struct world_series *s = &b->world.series[n];
    if (s->there) {
        return;
    }
    *s = (struct world_series){.there = true, .device = d};
    snprintf(s->sensor, sizeof s->sensor, "%s", sensor);
    struct series_change *c = batch_add_series(b->out);
    c->series = (struct series_id){n};
    c->device = (struct device_id){d};
    alert_observe(b->e, b->out);
}

static inline void bench_delete_device(struct bench *b, const char *id)
{
    uint32_t d = bench_device(b, id);
    for (uint32_t n = 0; n < WORLD_SERIES; n++) {
        b->world.series[n].there &= b->world.series[n].device != d;
    }
    b->world.devices[d].there = false;
    struct device_change *c = batch_add_device(b->out);
    c->device = (struct device_id){d};
    c->deleted = true;
    c->id = batch_put_text(b->out, bytes_of_text(id));
    alert_observe(b->e, b->out);
}

/* A command that makes a rule of this JSON. */
static inline struct command *rule_of(const char *json)
{
    struct command *c = command_new(COMMAND_CREATE_RULE);
    buf_put_text(&c->definition, json);
    return c;
}

static inline struct command *rule_for(const char *device, const char *sensor,
                                       enum condition condition, double threshold)
{
    char json[512];
    snprintf(json, sizeof json,
             "{\"deviceId\":\"%s\",\"sensorType\":\"%s\",\"condition\":\"%s\",\"threshold\":%.17g}",
             device, sensor, condition_text(condition), threshold);
    return rule_of(json);
}

static inline struct command *change_of(enum command_kind kind, struct text_id id)
{
    struct command *c = command_new(kind);
    c->id = id;
    return c;
}

static inline struct command *patch_of(struct text_id id, const char *json)
{
    struct command *c = change_of(COMMAND_PATCH_RULE, id);
    buf_put_text(&c->definition, json);
    return c;
}

/* Does the command and frees it; returns the id of what it made. */
static inline struct text_id bench_command(struct bench *b, struct command *c, enum err result,
                                           const char *field)
{
    alert_command(b->e, c, b->now, b->out);
    if (result == OK && c->result != OK) {
        print_message("%s: %s\n", c->field ? c->field : "", c->message ? c->message : "");
    }
    assert_string_equal(err_name(c->result), err_name(result));
    assert_int_equal(c->message != NULL, result != OK);
    if (field) {
        assert_non_null(c->field);
        assert_string_equal(c->field, field);
    } else {
        assert_null(c->field);
    }
    struct text_id made = c->made;
    command_free(c);
    return made;
}

/* A rule over series `n`, which is the pump's temperature. */
static inline struct text_id bench_rule(struct bench *b, uint32_t n, enum condition condition,
                                        double threshold)
{
    bench_series(b, n, "pump", "temperature");
    return bench_command(b, rule_for("pump", "temperature", condition, threshold), OK, NULL);
}

static inline void bench_read_at(struct bench *b, uint32_t n, double value, wall_ms when)
{
    struct world_series *s = &b->world.series[n < WORLD_SERIES ? n : 0];
    if (n < WORLD_SERIES) {
        s->has_latest = true;
        s->value = value;
        s->time = when;
    }
    alert_evaluate(b->e, (struct series_id){n}, value, when, b->out);
}

static inline void bench_read(struct bench *b, uint32_t n, double value)
{
    bench_read_at(b, n, value, b->now);
}

static inline const struct alert_rule *bench_find(const struct bench *b, struct text_id id)
{
    const struct alert_rule *rule = alert_find_rule(b->e, bytes_of_text(id.text));
    assert_non_null(rule);
    return rule;
}

/* The rule as it prints. The text is of the last call. */
static inline const char *bench_print(const struct alert_rule *rule)
{
    static char text[4096];
    struct buf b = {0};
    struct json_writer w;
    json_writer_init(&w, &b);
    json_write_object(&w);
    alert_definition_put(&w, rule->definition);
    json_write_object_end(&w);
    snprintf(text, sizeof text, "%.*s", (int)b.len, (const char *)b.ptr);
    buf_fini(&b);
    return text;
}

#endif
