/* SPDX-License-Identifier: Apache-2.0 */
/* POST /api/v1/rules/test: what a rule would have told about the past. The rule is read here, the
 * devices and series that it is about are looked up, and a query thread runs it. */
#include "serve/request.h"

#include "base/mem.h"
#include "model/limits.h"

#define TIME_MAX 8640000000000000

struct asked {
    struct bytes rule; /* JSON */
    int64_t from, to;
    struct buf device;  /* one of those in the scope; empty: all */
    struct buf compare; /* id of a saved rule; empty: none */
};

static void fini(struct asked *a)
{
    buf_fini(&a->device);
    buf_fini(&a->compare);
}

static const char *read_time(struct json_reader *r, int64_t *t)
{
    bool good =
        json_peek(r) == JSON_NUMBER && json_read_i64(r, t) && *t > -TIME_MAX && *t < TIME_MAX;
    return good ? NULL : "a time in ms is expected";
}

static const char *read_text(struct json_reader *r, struct buf *to)
{
    struct json_text text;
    if (json_peek(r) != JSON_STRING || !json_read_text(r, &text)) {
        return "a text is expected";
    }
    json_text_append(text, to);
    return NULL;
}

static const char *read_member(struct json_reader *r, struct json_text key, struct asked *a)
{
    if (json_text_is(key, "rule")) {
        return json_peek(r) == JSON_OBJECT && json_read_raw(r, &a->rule) ? NULL
                                                                         : "a rule is expected";
    }
    return json_text_is(key, "from")      ? read_time(r, &a->from)
           : json_text_is(key, "to")      ? read_time(r, &a->to)
           : json_text_is(key, "device")  ? read_text(r, &a->device)
           : json_text_is(key, "compare") ? read_text(r, &a->compare)
                                          : "no such member";
}

/* False: answered. */
static bool read_asked(struct serve_peer *p, struct asked *a)
{
    struct json_reader r;
    struct json_text key;
    uint8_t memory[64];
    struct bytes name;
    if (!serve_body_begin(p, &r)) {
        return false;
    }
    while (json_read_key(&r, &key)) {
        const char *wrong = read_member(&r, key, a);
        if (wrong && r.error == JSON_OK) {
            bool named = json_text_get(key, memory, sizeof memory, &name) == OK;
            serve_answer_bad_field(p, named ? name : BYTES("body"), wrong);
            return false;
        }
    }
    if (!serve_body_end(p, &r)) {
        return false;
    }
    if (!a->rule.ptr) {
        serve_answer_bad_field(p, BYTES("rule"), "is missing");
    } else if (a->from >= a->to) {
        serve_answer_bad_field(p, BYTES("from"), "must be before `to`");
    }
    return a->rule.ptr && a->from < a->to;
}

/* ---- what it is about ---- */

static char *copy(const char *text)
{
    return mem_text(text, strlen(text));
}

/* The series of the device that the rule looks at. False: too many in all. */
static bool add_device(struct serve_peer *p, struct serve_query *q, const struct registry_device *d)
{
    struct serve_trial *t = q->trial;
    const char *sensors[LIMIT_RULE_CONDITIONS];
    size_t count = alert_definition_sensors(t->definition, sensors);
    size_t first = q->series_count;
    for (size_t i = 0; i < count; i++) {
        const struct registry_series *s = registry_find_series(
            p->serve->registry, bytes_of_text(d->key), bytes_of_text(sensors[i]));
        if (s && q->series_count == LIMIT_TRIAL_SERIES) {
            return false;
        }
        if (s) {
            q->series[q->series_count++] = (struct serve_series){
                .query = {.series = s->id, .from = t->from, .to = t->to},
                .device_id = d->id,
                .device = copy(d->key),
                .sensor = copy(s->sensor),
            };
        }
    }
    if (q->series_count > first || count == 0) {
        t->devices = mem_grow(t->devices, t->device_count, &t->device_cap, sizeof *t->devices);
        t->devices[t->device_count++] =
            (struct serve_trial_device){.id = d->id,
                                        .device = copy(d->key),
                                        .attributes = copy(d->attributes),
                                        .first = first,
                                        .count = q->series_count - first};
    }
    return t->device_count <= LIMIT_TRIAL_SERIES;
}

static bool covers(const struct serve_trial *t, const struct registry_device *d)
{
    struct alert_device device = {.number = d->id.n,
                                  .id = bytes_of_text(d->key),
                                  .model = bytes_of_text(d->model),
                                  .tags = bytes_of(d->tags, d->tags_len)};
    return alert_definition_covers(t->definition, &device);
}

/* False: answered. */
static bool add_devices(struct serve_peer *p, struct serve_query *q, struct bytes only)
{
    const struct registry *r = p->serve->registry;
    for (uint32_t n = 0; n < registry_device_rows(r); n++) {
        const struct registry_device *d = registry_device(r, (struct device_id){n});
        if (!d || !covers(q->trial, d) ||
            (only.len > 0 && !bytes_equal(only, bytes_of_text(d->key)))) {
            continue;
        }
        if (!add_device(p, q, d)) {
            serve_answer_error(p, 413, "too_many_series",
                               "the rule looks at more than 512 series: name a `device`");
            return false;
        }
    }
    return true;
}

/* The saved rule as a definition of its own; false: answered. */
static bool take_saved(struct serve_peer *p, struct serve_trial *t, struct bytes id)
{
    const struct alert_rule *saved = id.len ? alert_find_rule(p->serve->alerts, id) : NULL;
    struct document_fault why;
    struct json_writer w;
    struct buf text = {0};
    if (id.len && !saved) {
        serve_answer_bad_field(p, BYTES("compare"), "no rule has that id");
        return false;
    }
    if (saved) {
        json_writer_init(&w, &text);
        json_write_object(&w);
        alert_definition_put(&w, saved->definition);
        json_write_object_end(&w);
        t->saved = alert_definition_parse(buf_bytes(&text), &why);
        buf_fini(&text);
    }
    return true;
}

static bool take_rule(struct serve_peer *p, struct serve_trial *t, struct bytes rule)
{
    struct document_fault why;
    char field[80];
    t->definition = alert_definition_parse(rule, &why);
    if (!t->definition) {
        (void)snprintf(field, sizeof field, "rule.%s", why.field);
        serve_answer_bad_field(p, bytes_of_text(field), why.message);
    }
    return t->definition != NULL;
}

void serve_post_rule_test(struct serve_peer *p)
{
    struct asked a = {.to = p->serve->loop->wall_ms + 1};
    a.from = a.to - 7 * (int64_t)86400000;
    if (!read_asked(p, &a)) {
        fini(&a);
        return;
    }
    struct serve_query *q = mem_zalloc(1, sizeof *q);
    q->kind = SERVE_QUERY_TRIAL;
    q->trial = mem_zalloc(1, sizeof *q->trial);
    q->trial->from = a.from;
    q->trial->to = a.to;
    q->series = mem_zalloc(LIMIT_TRIAL_SERIES, sizeof *q->series);
    if (take_rule(p, q->trial, a.rule) && take_saved(p, q->trial, buf_bytes(&a.compare)) &&
        add_devices(p, q, buf_bytes(&a.device))) {
        serve_query_send(p, q);
    } else {
        serve_query_free(q);
    }
    fini(&a);
}

void serve_trial_free(struct serve_trial *t)
{
    if (t) {
        for (size_t i = 0; i < t->device_count; i++) {
            free(t->devices[i].device);
            free(t->devices[i].attributes);
        }
        free(t->devices);
        alert_definition_free(t->definition);
        alert_definition_free(t->saved);
        free(t);
    }
}
