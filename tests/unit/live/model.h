/* SPDX-License-Identifier: Apache-2.0 */
/* A client as a page is one: it begins with dashboard:data, applies each dashboard:update, and must
 * then hold what the registry and the alert engine hold. Devices are d0.., sensors s0.. */
#ifndef TELLTALE_TESTS_LIVE_MODEL_H
#define TELLTALE_TESTS_LIVE_MODEL_H

#include "stage.h"

#define MODEL_DEVICES 24
#define MODEL_SENSORS 4
#define MODEL_ALERTS  256

struct model_device {
    bool present;
    char status[16];
    char name[32];
    bool known[MODEL_SENSORS];
    double value[MODEL_SENSORS];
    int64_t time[MODEL_SENSORS];
};

struct model {
    struct model_device devices[MODEL_DEVICES];
    char alerts[MODEL_ALERTS][TEXT_ID_MAX];
    bool acknowledged[MODEL_ALERTS];
    size_t alert_count;
    size_t total;
    uint64_t seq;
};

static inline void model_text(struct json_reader *r, char *out, size_t cap)
{
    struct json_text text;
    if (json_peek(r) == JSON_NULL) {
        assert_true(json_read_null(r));
        out[0] = '\0';
        return;
    }
    assert_true(json_read_text(r, &text));
    struct bytes value;
    expect_ok(json_text_get(text, out, cap - 1, &value));
    memmove(out, value.ptr, value.len);
    out[value.len] = '\0';
}

/* "d17" or "s3" as its number. */
static inline size_t model_number(struct json_reader *r, size_t below)
{
    char text[64];
    model_text(r, text, sizeof text);
    size_t n = strtoul(text + 1, NULL, 10);
    assert_true(n < below);
    return n;
}

static inline void model_read_device(struct model *m, struct json_reader *r)
{
    struct json_text key;
    struct model_device d = {.present = true};
    size_t n = SIZE_MAX;
    assert_true(json_read_object(r));
    while (json_read_key(r, &key)) {
        if (json_text_is(key, "id")) {
            n = model_number(r, MODEL_DEVICES);
        } else if (json_text_is(key, "deleted")) {
            d.present = false;
        } else if (json_text_is(key, "status")) {
            model_text(r, d.status, sizeof d.status);
        } else if (json_text_is(key, "name")) {
            model_text(r, d.name, sizeof d.name);
        }
    }
    assert_true(n < MODEL_DEVICES);
    struct model_device *old = &m->devices[n];
    if (!d.present) {
        *old = (struct model_device){0};
        return;
    }
    old->present = true;
    memcpy(old->status, d.status, sizeof d.status);
    memcpy(old->name, d.name, sizeof d.name);
}

static inline void model_read_alert(struct model *m, struct json_reader *r)
{
    struct json_text key;
    char id[TEXT_ID_MAX] = "";
    char state[16] = "";
    bool acknowledged = false;
    assert_true(json_read_object(r));
    while (json_read_key(r, &key)) {
        if (json_text_is(key, "id")) {
            model_text(r, id, sizeof id);
        } else if (json_text_is(key, "state")) {
            model_text(r, state, sizeof state);
        } else if (json_text_is(key, "acknowledged")) {
            assert_true(json_read_bool(r, &acknowledged));
        }
    }
    size_t i = 0;
    while (i < m->alert_count && strcmp(m->alerts[i], id) != 0) {
        i++;
    }
    if (strcmp(state, "resolved") == 0) {
        if (i < m->alert_count) {
            m->alert_count--;
            memcpy(m->alerts[i], m->alerts[m->alert_count], TEXT_ID_MAX);
            m->acknowledged[i] = m->acknowledged[m->alert_count];
        }
        return;
    }
    if (i == m->alert_count) {
        assert_true(m->alert_count < MODEL_ALERTS);
        m->alert_count++;
    }
    memcpy(m->alerts[i], id, TEXT_ID_MAX);
    m->acknowledged[i] = acknowledged;
}

struct model_latest {
    size_t device[MODEL_DEVICES * MODEL_SENSORS];
    size_t sensor[MODEL_DEVICES * MODEL_SENSORS];
    double v[MODEL_DEVICES * MODEL_SENSORS];
    double t[MODEL_DEVICES * MODEL_SENSORS];
    size_t count[4];
};

static inline void model_read_latest(struct model *m, struct json_reader *r)
{
    struct json_text key;
    struct model_latest c = {0};
    assert_true(json_read_object(r));
    while (json_read_key(r, &key)) {
        int column = json_text_is(key, "device")   ? 0
                     : json_text_is(key, "sensor") ? 1
                     : json_text_is(key, "v")      ? 2
                                                   : 3;
        assert_true(json_read_array(r));
        while (json_read_item(r)) {
            size_t i = c.count[column]++;
            assert_true(i < ARRAY_LEN(c.v));
            if (column < 2) {
                size_t *to = column == 0 ? &c.device[i] : &c.sensor[i];
                *to = model_number(r, column == 0 ? MODEL_DEVICES : MODEL_SENSORS);
            } else {
                assert_true(json_read_number(r, column == 2 ? &c.v[i] : &c.t[i]));
            }
        }
    }
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(c.count[i], c.count[0]);
    }
    for (size_t i = 0; i < c.count[0]; i++) {
        struct model_device *d = &m->devices[c.device[i]];
        d->known[c.sensor[i]] = true;
        d->value[c.sensor[i]] = c.v[i];
        d->time[c.sensor[i]] = (int64_t)c.t[i];
    }
}

static inline void model_each(struct model *m, struct json_reader *r,
                              void (*read)(struct model *m, struct json_reader *r))
{
    assert_true(json_read_array(r));
    while (json_read_item(r)) {
        read(m, r);
    }
}

/* Applies a dashboard:data or dashboard:update. */
static inline void model_apply(struct model *m, const char *payload)
{
    struct json_reader r;
    struct json_text key;
    char seq[LIVE_POSITION_BYTES];
    bool data = is_event(payload, "dashboard:data");
    assert_true(data || is_event(payload, "dashboard:update"));
    if (data) {
        *m = (struct model){0};
    }
    json_reader_init(&r, bytes_of_text(payload + 2));
    assert_true(json_read_array(&r) && json_read_item(&r) && json_skip(&r));
    assert_true(json_read_item(&r) && json_read_object(&r));
    while (json_read_key(&r, &key)) {
        if (json_text_is(key, "devices")) {
            model_each(m, &r, model_read_device);
        } else if (json_text_is(key, "alerts")) {
            model_each(m, &r, model_read_alert);
        } else if (json_text_is(key, "latest")) {
            model_read_latest(m, &r);
        } else if (json_text_is(key, "total")) {
            int64_t total;
            assert_true(json_read_i64(&r, &total));
            m->total = (size_t)total;
        } else if (json_text_is(key, "seq")) {
            model_text(&r, seq, sizeof seq);
            m->seq = position_seq(strtoull(strchr(seq, '.') + 1, NULL, 10));
        } else if (json_text_is(key, "truncated")) {
            bool truncated;
            assert_true(json_read_bool(&r, &truncated) && !truncated);
        }
    }
    assert_false(json_read_item(&r));
    assert_true(json_finish(&r));
}

static inline void model_compare_device(const struct model_device *d, const struct registry *r,
                                        const struct registry_device *row)
{
    assert_int_equal(d->present, row != NULL);
    if (!row) {
        return;
    }
    assert_string_equal(d->status, status_text(row->status));
    assert_string_equal(d->name, row->name);
    for (size_t i = 0; i < MODEL_SENSORS; i++) {
        char id[16];
        snprintf(id, sizeof id, "s%zu", i);
        const struct registry_series *s =
            registry_find_series(r, bytes_of_text(row->key), bytes_of_text(id));
        assert_int_equal(d->known[i], s && s->has_latest);
        if (d->known[i]) {
            assert_true(d->value[i] == s->value);
            assert_int_equal(d->time[i], s->time);
        }
    }
}

static inline void model_compare(const struct model *m, const struct stage *s)
{
    assert_int_equal(m->total, registry_device_count(s->follower));
    for (size_t i = 0; i < MODEL_DEVICES; i++) {
        char id[16];
        snprintf(id, sizeof id, "d%zu", i);
        model_compare_device(&m->devices[i], s->follower,
                             registry_find_device(s->follower, bytes_of_text(id)));
    }
    assert_int_equal(m->alert_count, alert_open_count(s->follows));
    for (size_t i = 0; i < m->alert_count; i++) {
        const struct alert *a = alert_find_open(s->follows, bytes_of_text(m->alerts[i]));
        assert_non_null(a);
        assert_int_equal(a->acknowledged, m->acknowledged[i]);
    }
}

#endif
