/* SPDX-License-Identifier: Apache-2.0 */
/* One member of a JSON document, by its path. Each look reads from the document's begin, which is
 * cheap enough for envelopes that come by the minute; what comes by the thousand a second is read
 * in one pass by its family. */
#include "decode/parts.h"

enum drop decode_json_check(struct bytes text)
{
    struct json_reader r;
    json_reader_init(&r, text);
    return json_finish(&r) ? DROP_NONE : decode_drop_of(&r);
}

/* Cuts the first step off a path. */
static struct bytes next_step(struct bytes *path)
{
    size_t len = bytes_index(*path, '.');
    struct bytes step = bytes_of(path->ptr, len);
    *path = bytes_skip(*path, size_min(len + 1, path->len));
    return step;
}

static bool enter_member(struct json_reader *r, struct bytes name)
{
    struct json_text key;
    if (!json_read_object(r)) {
        return false;
    }
    while (json_read_key(r, &key)) {
        if (json_text_equal(key, name)) {
            return true;
        }
    }
    return false;
}

static bool enter_item(struct json_reader *r, struct bytes number)
{
    double index;
    if (number_parse(number, &index) != OK || !json_read_array(r)) {
        return false;
    }
    while (json_read_item(r)) {
        if (index-- < 1) {
            return true;
        }
    }
    return false;
}

static bool find(struct bytes json, const char *path, struct json_reader *r)
{
    struct bytes rest = bytes_of_text(path);
    json_reader_init(r, json);
    while (rest.len > 0) {
        struct bytes step = next_step(&rest);
        bool there = json_peek(r) == JSON_ARRAY ? enter_item(r, step) : enter_member(r, step);
        if (!there) {
            return false;
        }
    }
    return json_peek(r) != JSON_NONE;
}

bool decode_find(struct bytes json, const char *path, struct bytes *raw)
{
    struct json_reader r;
    return find(json, path, &r) && json_read_raw(&r, raw);
}

bool decode_find_object(struct bytes json, const char *path, struct bytes *raw)
{
    struct json_reader r;
    return find(json, path, &r) && json_peek(&r) == JSON_OBJECT && json_read_raw(&r, raw);
}

bool decode_find_number(struct bytes json, const char *path, double *value)
{
    struct json_reader r;
    struct scalar s;
    if (!find(json, path, &r) || json_peek(&r) == JSON_OBJECT || json_peek(&r) == JSON_ARRAY ||
        !decode_scalar_read(&r, &s) || s.kind != SCALAR_NUMBER || s.value - s.value != 0) {
        return false;
    }
    *value = s.value;
    return true;
}

bool decode_find_time(struct bytes json, const char *path, wall_ms *time)
{
    struct json_reader r;
    wall_ms found = find(json, path, &r) ? decode_time_read(&r) : WALL_NONE;
    if (found == WALL_NONE) {
        return false;
    }
    *time = found;
    return true;
}

bool decode_find_text(struct decoder *d, struct bytes json, const char *path, size_t max,
                      struct bytes *text)
{
    struct json_reader r;
    struct json_text found;
    return find(json, path, &r) && json_peek(&r) == JSON_STRING && json_read_text(&r, &found) &&
           decode_keep_text(d, found, max, text);
}

bool decode_find_id(struct decoder *d, struct bytes json, const char *path, struct bytes *id)
{
    return decode_find_text(d, json, path, LIMIT_ID_BYTES, id) && decode_id_valid(*id);
}
