/* SPDX-License-Identifier: Apache-2.0 */
/* JSON objects as readings: each number or boolean at the end of a path becomes one, named by the
 * keys on the way joined with dots. A nested object with a scalar `value` is itself a reading, of
 * which `unit` and a time are attributes. The walk recurses, to LIMIT_FLATTEN_DEPTH and no further;
 * what lies deeper is skipped and counted. */
#include "base/utf8.h"
#include "decode/parts.h"

/* Longer text is no word of an ecosystem for a value. */
#define WORD_BYTES 64

/* Ranks order the keys of one kind: where an object has several, the lowest counts. */
static enum key key_of(struct bytes k, unsigned *rank)
{
#define IS(literal) (memcmp(k.ptr, literal, sizeof(literal) - 1) == 0)
#define IF(literal, key, its_rank)                                                                 \
    if (IS(literal)) {                                                                             \
        *rank = (its_rank);                                                                        \
        return (key);                                                                              \
    }
    switch (k.len) {
    case 2:
        IF("ts", KEY_TIME, 1)
        IF("id", KEY_ID, 0)
        IF("Id", KEY_ID, 1)
        break;
    case 4:
        IF("unit", KEY_UNIT, 0)
        IF("time", KEY_TIME, 2)
        break;
    case 5:
        IF("value", KEY_VALUE, 0)
        break;
    case 6:
        IF("device", KEY_DEVICE, 3)
        IF("nodeId", KEY_DEVICE, 5)
        IF("sensor", KEY_SENSOR, 0)
        IF("status", KEY_STATUS, 0)
        break;
    case 7:
        IF("node_id", KEY_DEVICE, 4)
        IF("node-id", KEY_DEVICE, 6)
        break;
    case 8:
        IF("deviceId", KEY_DEVICE, 0)
        IF("deviceID", KEY_DEVICE, 2)
        IF("datetime", KEY_TIME, 3)
        IF("location", KEY_LOCATION, 0)
        break;
    case 9:
        IF("device_id", KEY_DEVICE, 1)
        IF("timestamp", KEY_TIME, 0)
        break;
    case 10:
        IF("sensorType", KEY_SENSOR, 1)
        break;
    case 11:
        IF("sensor_type", KEY_SENSOR, 2)
        break;
    default:
        break;
    }
    return KEY_OTHER;
#undef IF
#undef IS
}

enum key decode_key(struct json_text key, unsigned *rank)
{
    uint8_t room[16];
    struct bytes plain = key.raw;
    if (key.escaped && json_text_get(key, room, sizeof room, &plain) != OK) {
        return KEY_OTHER;
    }
    return key_of(plain, rank);
}

void decode_walk_init(struct walk *w, struct decoder *d, struct json_reader *r, struct bytes prefix)
{
    w->d = d;
    w->r = r;
    w->rules = NULL;
    w->ctx = NULL;
    w->depth = 0;
    w->leaves = LIMIT_FLATTEN_LEAVES;
    w->len = prefix.len;
    if (prefix.len > 0) {
        memcpy(w->path, prefix.ptr, prefix.len);
    }
}

/* Where a path was before a step. */
struct step {
    unsigned depth;
    size_t len;
};

/* Makes room for a dot and up to `want` bytes; returns how much there is, and where. */
static size_t begin_step(struct walk *w, struct step *before, uint8_t **at)
{
    *before = (struct step){w->depth++, w->len};
    if (w->len > 0) {
        if (w->len < sizeof w->path) {
            w->path[w->len] = '.';
        }
        w->len++;
    }
    size_t used = size_min(w->len, sizeof w->path);
    *at = w->path + used;
    return sizeof w->path - used;
}

static struct step step_key(struct walk *w, struct json_text key)
{
    struct step before;
    uint8_t *at;
    struct bytes plain;
    size_t room = begin_step(w, &before, &at);
    if (json_text_get(key, at, room, &plain) != OK || plain.len > room) {
        w->len = sizeof w->path + 1;
        return before;
    }
    if (plain.ptr != at && plain.len > 0) {
        memcpy(at, plain.ptr, plain.len);
    }
    w->len += plain.len;
    return before;
}

static struct step step_index(struct walk *w, int64_t index)
{
    struct step before;
    uint8_t *at;
    char text[NUMBER_TEXT_MAX];
    size_t len = number_print_i64(index, text);
    if (len <= begin_step(w, &before, &at)) {
        memcpy(at, text, len);
    }
    w->len += len;
    return before;
}

static void step_back(struct walk *w, struct step before)
{
    w->depth = before.depth;
    w->len = before.len;
}

/* Adds a scalar under the path; NULL when it is none that is recorded. */
static struct decode_record *add_here(struct walk *w, struct scalar s)
{
    if (s.kind != SCALAR_NUMBER && s.kind != SCALAR_BOOLEAN) {
        return NULL;
    }
    struct bytes path = bytes_of(w->path, w->len);
    struct bytes kept;
    if (!decode_id_valid(path)) {
        decode_lose(w->d, DROP_BAD_SENSOR_ID);
        return NULL;
    }
    if (w->leaves == 0 || !decode_keep(w->d, path, &kept)) {
        decode_lose(w->d, DROP_TOO_MANY_VALUES);
        return NULL;
    }
    struct decode_record *r = decode_add_reading(w->d, kept, s);
    if (r) {
        w->leaves--;
    }
    return r;
}

bool decode_walk_scalar(struct walk *w, struct scalar *s)
{
    struct json_reader ahead = *w->r;
    struct json_text text;
    uint8_t room[WORD_BYTES];
    struct bytes plain;
    if (!decode_scalar_read(w->r, s)) {
        return false;
    }
    if (w->rules && w->rules->words && json_peek(&ahead) == JSON_STRING &&
        json_read_text(&ahead, &text) && json_text_get(text, room, sizeof room, &plain) == OK &&
        plain.len <= sizeof room) {
        w->rules->words(w, plain, s);
    }
    return true;
}

/* Lets the family complete what was added since `before`. */
static void complete(struct walk *w, struct decode_record *r)
{
    if (r && w->rules && w->rules->adds) {
        w->rules->adds(w, r);
    }
}

/* What a nested object tells about its own value. */
struct own {
    struct decode_record *record; /* of its `value`, or NULL */
    struct bytes unit;
    wall_ms time;
};

static bool is_scalar(enum json_kind kind)
{
    return kind != JSON_NONE && kind != JSON_OBJECT && kind != JSON_ARRAY;
}

/* Takes a member that says something about the object's own value. False: it is an ordinary one. */
static bool take_own(struct walk *w, enum key key, struct own *own)
{
    enum json_kind kind = json_peek(w->r);
    struct scalar s;
    struct json_text text;
    if (key == KEY_VALUE && w->len > 0 && is_scalar(kind)) {
        own->record = decode_walk_scalar(w, &s) ? add_here(w, s) : NULL;
        return true;
    }
    if (key == KEY_UNIT && kind == JSON_STRING) {
        if (json_read_text(w->r, &text)) {
            (void)decode_keep_text(w->d, text, LIMIT_UNIT_BYTES, &own->unit);
        }
        return true;
    }
    return key == KEY_ID && is_scalar(kind);
}

/* A nested time that can be one belongs to the object's value; any other number is a reading. */
static bool take_own_time(struct walk *w, enum key key, struct own *own)
{
    if (key != KEY_TIME) {
        return false;
    }
    struct json_reader ahead = *w->r;
    wall_ms time = decode_time_read(&ahead);
    if (time == WALL_NONE) {
        return false;
    }
    *w->r = ahead;
    own->time = time;
    return true;
}

static void flatten_object(struct walk *w)
{
    struct own own = {.time = WALL_NONE};
    struct json_text text;
    if (!json_read_object(w->r)) {
        return;
    }
    while (json_read_key(w->r, &text)) {
        unsigned rank;
        enum key key = decode_key(text, &rank);
        if (key == KEY_OTHER || !(take_own(w, key, &own) || take_own_time(w, key, &own))) {
            decode_flatten_member(w, text);
        }
    }
    if (own.record) {
        own.record->unit = decode_unit(own.unit);
        own.record->time = own.time;
        complete(w, own.record);
    }
}

static void flatten_array(struct walk *w)
{
    if (!json_read_array(w->r)) {
        return;
    }
    for (int64_t i = 0; json_read_item(w->r); i++) {
        struct step before = step_index(w, i);
        decode_flatten_value(w);
        step_back(w, before);
    }
}

void decode_flatten_value(struct walk *w)
{
    enum json_kind kind = json_peek(w->r);
    struct scalar s;
    if (kind != JSON_OBJECT && kind != JSON_ARRAY) {
        if (decode_walk_scalar(w, &s)) {
            complete(w, add_here(w, s));
        }
    } else if (w->depth >= LIMIT_FLATTEN_DEPTH) {
        decode_lose(w->d, DROP_TOO_DEEP);
        (void)json_skip(w->r);
    } else if (kind == JSON_OBJECT) {
        flatten_object(w);
    } else {
        flatten_array(w);
    }
}

/* Whether the family leaves the member out. */
static bool is_skipped(const struct walk *w, struct json_text key)
{
    uint8_t room[LIMIT_ID_BYTES];
    struct bytes plain;
    return w->rules && w->rules->skips && json_text_get(key, room, sizeof room, &plain) == OK &&
           w->rules->skips(w, plain);
}

void decode_flatten_member(struct walk *w, struct json_text key)
{
    if (is_skipped(w, key)) {
        (void)json_skip(w->r);
        return;
    }
    struct step before = step_key(w, key);
    decode_flatten_value(w);
    step_back(w, before);
}

void decode_flatten_object(struct decoder *d, struct bytes json, const struct flatten_as *as)
{
    struct json_reader r;
    struct walk w;
    size_t first = d->count;
    json_reader_init(&r, json);
    decode_walk_init(&w, d, &r, as->prefix);
    w.rules = as->rules;
    w.ctx = as->ctx;
    decode_flatten_value(&w);
    for (size_t i = first; i < d->count; i++) {
        struct decode_record *record = &d->records[i];
        record->device = record->device.ptr ? record->device : as->device;
        record->time = record->time == WALL_NONE ? as->time : record->time;
    }
}

enum drop decode_drop_of(const struct json_reader *r)
{
    struct bytes rest = bytes_of(r->at, (size_t)(r->end - r->at));
    struct bytes text = bytes_of(r->start, (size_t)(r->end - r->start));
    if (r->error == JSON_ERROR_DEPTH) {
        return DROP_TOO_DEEP;
    }
    if (!utf8_valid(text) || r->error == JSON_ERROR_UTF8) {
        return DROP_INVALID_UTF8;
    }
    if (r->error == JSON_ERROR_TYPE && decode_json_check(text) == DROP_NONE) {
        return DROP_WRONG_TYPE;
    }
    return decode_starts_not_finite(rest) ? DROP_NOT_FINITE : DROP_INVALID_JSON;
}
