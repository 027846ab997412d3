/* SPDX-License-Identifier: Apache-2.0 */
/* InfluxDB line protocol, which Telegraf writes unless told otherwise:
 *
 *     cpu,host=web01,cpu=cpu0 usage_idle=97.5,usage_user=1.25 1700000000000000000
 *
 * Text fields are states and no readings. A bad line is counted and the others are taken. */
#include "decode/telegraf.h"

#include "proto/line/line.h"

/* A name or tag value without its backslashes. False: longer than an id, or no room. */
static bool keep_name(struct decoder *d, struct line_text text, struct bytes *name)
{
    uint8_t room[LIMIT_ID_BYTES];
    if (text.raw.len > LIMIT_ID_BYTES) {
        return false;
    }
    if (!text.escaped) {
        *name = text.raw;
        return true;
    }
    return decode_keep(d, line_name(text, room), name);
}

static void take_tags(struct telegraf_metric *m, const struct line *line)
{
    for (size_t i = 0; i < line->tag_count; i++) {
        struct bytes key, value;
        if (keep_name(m->d, line->tags[i].key, &key) &&
            keep_name(m->d, line->tags[i].value, &value)) {
            telegraf_tag(m, key, value);
        }
    }
}

static void take_fields(struct telegraf_metric *m, const struct line *line)
{
    for (size_t i = 0; i < line->field_count; i++) {
        const struct line_field *f = &line->fields[i];
        struct bytes key;
        struct scalar s = {f->kind == LINE_BOOLEAN ? SCALAR_BOOLEAN : SCALAR_NUMBER, f->number};
        if (f->kind == LINE_STRING) {
            continue;
        }
        if (keep_name(m->d, f->key, &key)) {
            telegraf_field(m, key, s);
        } else {
            decode_lose(m->d, DROP_BAD_SENSOR_ID);
        }
    }
}

static void take_line(struct decoder *d, const struct decode_topic *t, const struct line *line)
{
    struct telegraf_metric m;
    struct bytes measurement;
    telegraf_begin(&m, d, t);
    take_tags(&m, line);
    m.time = line->has_time ? decode_time_of_i64(line->time) : WALL_NONE;
    if (!keep_name(d, line->measurement, &measurement)) {
        decode_lose(d, DROP_BAD_SENSOR_ID);
        return;
    }
    if (telegraf_name(&m, measurement)) {
        take_fields(&m, line);
    }
}

/* Prose has no field behind its first space. */
static bool is_likely(struct bytes payload)
{
    struct bytes first = bytes_of(payload.ptr, size_min(payload.len, 1024));
    size_t space = bytes_index(first, ' ');
    return payload.len > 0 && payload.ptr[0] != '{' && payload.ptr[0] != '[' && space < first.len &&
           bytes_index(bytes_skip(first, space), '=') < first.len - space;
}

bool telegraf_decode_lines(struct decoder *d, const struct decode_topic *t, struct bytes payload)
{
    struct line line;
    struct line_reader r = {0};
    if (!is_likely(payload)) {
        return false;
    }
    line_feed(&r, payload, LINE_LAST_PART);
    enum err e = line_next(&r, &line);
    if (e != OK) {
        return false;
    }
    for (; e != ERR_CLOSED; e = line_next(&r, &line)) {
        ASSERT(e != ERR_AGAIN);
        if (e == OK) {
            take_line(d, t, &line);
        } else {
            decode_lose(d, DROP_INVALID_LINE);
            decode_note(d, "line protocol: ", bytes_of_text(r.error.reason));
        }
    }
    return true;
}

bool telegraf_is_lines(struct bytes payload)
{
    struct line line;
    struct line_reader r = {0};
    if (!is_likely(payload)) {
        return false;
    }
    line_feed(&r, payload, LINE_LAST_PART);
    return line_next(&r, &line) == OK;
}
