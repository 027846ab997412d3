/* SPDX-License-Identifier: Apache-2.0 */
/* Telegraf: metrics in line protocol (telegraf_line.c) or JSON, one or a batch, under any topic.
 *
 *     {"fields": {"usage_idle": 97.5}, "name": "cpu", "tags": {"host": "web01", "cpu": "cpu0"},
 *      "timestamp": 1458229140}
 *     {"metrics": [{...}, ...]}
 *     [{...}, ...]
 *
 * The device is the tag `host`, else the level of the topic behind `telegraf`; a sensor is the
 * measurement, the values of the other tags in the order of their keys, and the field, joined with
 * dots. The layout with a topic a field sends bare values. */
#include "decode/telegraf.h"

static bool owns(const struct decode_topic *t)
{
    return t->count >= 2 && decode_level_is(t, 0, "telegraf");
}

/* ---- one metric ---- */

void telegraf_begin(struct telegraf_metric *m, struct decoder *d, const struct decode_topic *t)
{
    *m = (struct telegraf_metric){
        .d = d,
        .device = owns(t) ? t->level[1] : t->text,
        .place = {NULL, 0},
        .time = WALL_NONE,
    };
}

void telegraf_tag(struct telegraf_metric *m, struct bytes key, struct bytes value)
{
    if (bytes_equal(key, BYTES("host"))) {
        m->device = value;
        return;
    }
    if (bytes_equal(key, BYTES("location"))) {
        m->place = value;
        return;
    }
    if (m->tag_count == ARRAY_LEN(m->tags)) {
        decode_lose(m->d, DROP_TOO_MANY_VALUES);
        return;
    }
    size_t at = m->tag_count++;
    for (; at > 0 && bytes_compare(m->tags[at - 1].key, key) > 0; at--) {
        m->tags[at] = m->tags[at - 1];
    }
    m->tags[at] = (struct telegraf_tag){key, value};
}

bool telegraf_name(struct telegraf_metric *m, struct bytes measurement)
{
    struct bytes parts[TELEGRAF_TAGS_MAX + 1] = {measurement};
    for (size_t i = 0; i < m->tag_count; i++) {
        parts[i + 1] = m->tags[i].value;
    }
    if (!decode_id_valid(m->device)) {
        decode_lose(m->d, DROP_BAD_DEVICE_ID);
        return false;
    }
    if (!decode_join(m->d, parts, m->tag_count + 1, BYTES("."), LIMIT_ID_BYTES, &m->name)) {
        decode_lose(m->d, DROP_BAD_SENSOR_ID);
        return false;
    }
    struct decode_meta *meta = m->place.ptr ? decode_add_meta(m->d, m->device) : NULL;
    if (meta) {
        decode_describe(m->d, &meta->place, m->place);
    }
    return true;
}

void telegraf_field(struct telegraf_metric *m, struct bytes key, struct scalar value)
{
    struct bytes sensor;
    struct bytes parts[] = {m->name, key};
    if (!decode_join(m->d, parts, ARRAY_LEN(parts), BYTES("."), LIMIT_ID_BYTES, &sensor)) {
        decode_lose(m->d, DROP_BAD_SENSOR_ID);
        return;
    }
    struct decode_record *r = decode_add_reading(m->d, sensor, value);
    if (r) {
        r->device = m->device;
        r->time = m->time;
    }
}

/* ---- JSON ---- */

static void read_tags(struct telegraf_metric *m, struct json_reader *r)
{
    struct json_text key, value;
    struct bytes k, v;
    if (!json_read_object(r)) {
        return;
    }
    while (json_read_key(r, &key)) {
        if (json_peek(r) == JSON_STRING && json_read_text(r, &value) &&
            decode_keep_text(m->d, key, LIMIT_ID_BYTES, &k) &&
            decode_keep_text(m->d, value, LIMIT_ID_BYTES, &v)) {
            telegraf_tag(m, k, v);
        }
    }
}

/* Numbers and booleans; text is a state and what nests is no field. */
static void read_fields(struct telegraf_metric *m, struct bytes fields)
{
    struct json_reader r;
    struct json_text key;
    struct bytes name;
    struct scalar s;
    json_reader_init(&r, fields);
    (void)json_read_object(&r);
    while (json_read_key(&r, &key)) {
        enum json_kind kind = json_peek(&r);
        if ((kind == JSON_NUMBER || kind == JSON_TRUE || kind == JSON_FALSE) &&
            decode_scalar_read(&r, &s) && decode_keep_text(m->d, key, LIMIT_ID_BYTES, &name)) {
            telegraf_field(m, name, s);
        }
    }
}

/* Reads the object that comes next in `r`. False: it is none, or has no name or no fields. */
static bool read_metric(struct decoder *d, const struct decode_topic *t, struct json_reader *r)
{
    struct telegraf_metric m;
    struct json_text key, text;
    struct bytes fields = {NULL, 0};
    struct bytes measurement = {NULL, 0};
    if (json_peek(r) != JSON_OBJECT || !json_read_object(r)) {
        return false;
    }
    telegraf_begin(&m, d, t);
    while (json_read_key(r, &key)) {
        enum json_kind kind = json_peek(r);
        if (kind == JSON_OBJECT && json_text_is(key, "fields")) {
            (void)json_read_raw(r, &fields);
        } else if (kind == JSON_OBJECT && json_text_is(key, "tags")) {
            read_tags(&m, r);
        } else if (kind == JSON_STRING && json_text_is(key, "name")) {
            (void)(json_read_text(r, &text) &&
                   decode_keep_text(d, text, LIMIT_ID_BYTES, &measurement));
        } else if (json_text_is(key, "timestamp")) {
            m.time = decode_time_read(r);
        }
    }
    if (r->error != JSON_OK || !fields.ptr || !measurement.ptr) {
        return false;
    }
    if (telegraf_name(&m, measurement)) {
        read_fields(&m, fields);
    }
    return true;
}

/* Reads the array of metrics that comes next in `r`. False: there is none in it. */
static bool read_metrics(struct decoder *d, const struct decode_topic *t, struct json_reader *r)
{
    bool found = false;
    (void)json_read_array(r);
    while (json_read_item(r)) {
        if (read_metric(d, t, r)) {
            found = true;
        } else {
            decode_lose(d, DROP_UNDECODED);
        }
    }
    return found;
}

/* Reads `{"metrics": [...]}`; what else stands beside it is passed over. */
static bool read_batch(struct decoder *d, const struct decode_topic *t, struct json_reader *r)
{
    struct json_text key;
    bool found = false;
    (void)json_read_object(r);
    while (json_read_key(r, &key)) {
        if (json_text_is(key, "metrics") && json_peek(r) == JSON_ARRAY) {
            found |= read_metrics(d, t, r);
        }
    }
    return found;
}

static bool is_array(struct bytes payload)
{
    return payload.len > 0 && payload.ptr[0] == '[';
}

/* The first key of an object, or of the first in an array. False: there is none. */
static bool first_key(struct bytes payload, struct json_text *key)
{
    struct json_reader r;
    json_reader_init(&r, payload);
    if (is_array(payload) && !(json_read_array(&r) && json_read_item(&r))) {
        return false;
    }
    return json_peek(&r) == JSON_OBJECT && json_read_object(&r) && json_read_key(&r, key);
}

static enum drop decode_json(struct decoder *d, const struct decode_topic *t, struct bytes payload,
                             bool *is_telegraf)
{
    struct json_reader r;
    struct json_text key = {0};
    json_reader_init(&r, payload);
    bool batch = first_key(payload, &key) && json_text_is(key, "metrics");
    *is_telegraf = is_array(payload) ? read_metrics(d, t, &r)
                   : batch           ? read_batch(d, t, &r)
                                     : read_metric(d, t, &r);
    return json_finish(&r) ? DROP_NONE : decode_drop_of(&r);
}

/* ---- the family ---- */

/* Telegraf writes its keys sorted, so the first one says no to nearly all other JSON; only then is
 * the document looked at. */
static bool recognises_json(struct bytes payload)
{
    static const char *const begins[] = {"fields", "metrics", "name", "tags", "timestamp"};
    struct json_text key;
    struct bytes raw;
    bool likely = false;
    if (!first_key(payload, &key)) {
        return false;
    }
    for (size_t i = 0; i < ARRAY_LEN(begins) && !likely; i++) {
        likely = json_text_is(key, begins[i]);
    }
    if (!likely || decode_json_check(payload) != DROP_NONE) {
        return false;
    }
    if (is_array(payload)) {
        return decode_find_object(payload, "0.fields", &raw) &&
               decode_find(payload, "0.name", &raw) && raw.ptr[0] == '"';
    }
    if (json_text_is(key, "metrics")) {
        return decode_find_object(payload, "metrics.0.fields", &raw) &&
               decode_find(payload, "metrics.0.name", &raw) && raw.ptr[0] == '"';
    }
    return decode_find_object(payload, "fields", &raw) && decode_find(payload, "name", &raw) &&
           raw.ptr[0] == '"';
}

static bool recognises(struct decoder *d, const struct decode_topic *t,
                       const struct decode_input *in)
{
    (void)d;
    (void)t;
    struct bytes payload = bytes_trim(in->payload);
    return recognises_json(payload) || telegraf_is_lines(payload);
}

/* A bare value of telegraf/<host>/<plugin>.../<field>, or something that Telegraf did not write. */
static enum drop decode_other(struct decoder *d, const struct decode_topic *t,
                              const struct decode_input *in)
{
    struct bytes payload = bytes_trim(in->payload);
    struct scalar s = decode_scalar_of_text(payload);
    struct bytes sensor;
    if (t->count < 3 || (s.kind != SCALAR_NUMBER && s.kind != SCALAR_BOOLEAN)) {
        return decode_plain_any.decode(d, t, in);
    }
    if (!decode_id_valid(t->level[1])) {
        return DROP_BAD_DEVICE_ID;
    }
    if (!decode_levels_dotted(d, t, 2, t->count, &sensor)) {
        return DROP_BAD_SENSOR_ID;
    }
    struct decode_record *r = decode_add_reading(d, sensor, s);
    if (r) {
        r->device = t->level[1];
    }
    return DROP_NONE;
}

static enum drop decode(struct decoder *d, const struct decode_topic *t,
                        const struct decode_input *in)
{
    struct bytes payload = bytes_trim(in->payload);
    bool is_telegraf = false;
    if (is_array(payload) || (payload.len > 0 && payload.ptr[0] == '{')) {
        enum drop refused = decode_json(d, t, payload, &is_telegraf);
        if (refused != DROP_NONE || is_telegraf) {
            return refused;
        }
        decode_forget(d);
    }
    return telegraf_decode_lines(d, t, payload) ? DROP_NONE : decode_other(d, t, in);
}

const struct decode_family decode_family_telegraf = {
    .id = DECODER_TELEGRAF, .owns = owns, .recognises = recognises, .decode = decode};
