/* SPDX-License-Identifier: Apache-2.0 */
/* Generic JSON: an object whose outermost keys are an envelope (which device, which sensor, when,
 * where) around values. With a scalar `value` and a sensor named by `sensorType` or by the topic it
 * is that one reading; every other object is flattened. A `status` of online, offline or asleep
 * makes a status, beside readings too. What the payload names wins over the topic. */
#include "decode/parts.h"

bool decode_status_of(struct bytes text, enum device_status *status)
{
    enum device_status s;
    if (status_parse(bytes_trim(text), &s) != OK || s == STATUS_UNKNOWN) {
        return false;
    }
    *status = s;
    return true;
}

/* What the keys of a message's outermost object said so far. Slices with a NULL pointer: nothing.
 */
struct envelope {
    struct decoder *d;
    struct json_reader r;
    struct walk walk;
    size_t first; /* record of this object */
    bool fresh;   /* nothing came before it in the message */
    struct bytes device;
    struct bytes sensor;
    struct bytes unit;
    wall_ms time;
    unsigned device_rank; /* of the keys that gave them, see decode_key */
    unsigned sensor_rank;
    unsigned time_rank;
    bool has_place;
    struct json_text place;
    struct scalar value;
    bool has_value;    /* `value` is a scalar */
    bool nested_value; /* `value` is an object or an array */
    bool wrong_sensor; /* a key for the sensor holds another type */
    bool has_status;
    enum device_status status;
};

/* Takes the string that comes next as a name if no key of a lower rank gave one. An empty one
 * counts only where no other key names anything. */
static void take_name(struct envelope *e, unsigned rank, struct bytes *name, unsigned *best)
{
    static const uint8_t too_long[LIMIT_ID_BYTES + 1];
    struct json_text text;
    if (!json_read_text(&e->r, &text) ||
        (name->ptr && (text.raw.len == 0 || (name->len > 0 && rank >= *best)))) {
        return;
    }
    *best = rank;
    if (!decode_keep_text(e->d, text, LIMIT_ID_BYTES, name)) {
        *name = bytes_of(too_long, sizeof too_long);
    }
}

static bool is_container(enum json_kind kind)
{
    return kind == JSON_OBJECT || kind == JSON_ARRAY;
}

/* The first device key that holds a string names the device; another scalar names nothing. */
static bool take_device(struct envelope *e, unsigned rank)
{
    enum json_kind kind = json_peek(&e->r);
    if (kind == JSON_STRING) {
        take_name(e, rank, &e->device, &e->device_rank);
    }
    return !is_container(kind);
}

static bool take_sensor(struct envelope *e, unsigned rank)
{
    enum json_kind kind = json_peek(&e->r);
    if (kind == JSON_STRING) {
        take_name(e, rank, &e->sensor, &e->sensor_rank);
    }
    e->wrong_sensor |= kind == JSON_NUMBER || kind == JSON_TRUE || kind == JSON_FALSE;
    return !is_container(kind);
}

static bool take_value(struct envelope *e)
{
    if (is_container(json_peek(&e->r))) {
        e->nested_value = true;
        return false;
    }
    e->has_value = decode_walk_scalar(&e->walk, &e->value);
    return true;
}

static bool take_unit(struct envelope *e)
{
    struct json_text text;
    struct bytes unit;
    if (json_peek(&e->r) == JSON_STRING && json_read_text(&e->r, &text) &&
        decode_keep_text(e->d, text, LIMIT_UNIT_BYTES, &unit)) {
        e->unit = decode_unit(unit);
    }
    return true;
}

/* The usable time of the lowest rank. */
static bool take_time(struct envelope *e, unsigned rank)
{
    wall_ms time = decode_time_read(&e->r);
    if (time != WALL_NONE && (e->time == WALL_NONE || rank < e->time_rank)) {
        e->time = time;
        e->time_rank = rank;
    }
    return true;
}

/* A room in words; any other location is an ordinary member. */
static bool take_place(struct envelope *e)
{
    if (json_peek(&e->r) != JSON_STRING) {
        return false;
    }
    e->has_place |= json_read_text(&e->r, &e->place);
    return true;
}

/* A word for how the device is; any other status is an ordinary member. */
static bool take_status(struct envelope *e)
{
    struct json_text text;
    uint8_t room[32];
    struct bytes plain;
    if (json_peek(&e->r) != JSON_STRING || !json_read_text(&e->r, &text)) {
        return false;
    }
    if (json_text_get(text, room, sizeof room, &plain) == OK &&
        decode_status_of(plain, &e->status)) {
        e->has_status = true;
    }
    return true;
}

/* Takes a member of the envelope. False: an ordinary member, not read yet. */
static bool take_member(struct envelope *e, enum key key, unsigned rank)
{
    switch (key) {
    case KEY_DEVICE:
        return take_device(e, rank);
    case KEY_SENSOR:
        return take_sensor(e, rank);
    case KEY_VALUE:
        return take_value(e);
    case KEY_UNIT:
        return take_unit(e);
    case KEY_TIME:
        return take_time(e, rank);
    case KEY_STATUS:
        return take_status(e);
    case KEY_ID:
        return !is_container(json_peek(&e->r));
    case KEY_LOCATION:
        return take_place(e);
    case KEY_OTHER:
        break;
    }
    return false;
}

/* The one reading of an object whose value is named; all else in it belongs to that reading. */
static enum drop add_single(struct envelope *e, struct bytes sensor)
{
    if (e->fresh) {
        decode_forget(e->d);
    }
    e->d->count = e->first;
    if (!decode_id_valid(sensor)) {
        return DROP_BAD_SENSOR_ID;
    }
    if (e->value.kind == SCALAR_TEXT) {
        return DROP_WRONG_TYPE;
    }
    if (e->value.kind == SCALAR_NOTHING) {
        return DROP_NONE;
    }
    struct decode_record *r = decode_add_reading(e->d, sensor, e->value);
    if (r) {
        r->unit = e->unit;
    }
    return DROP_NONE;
}

/* Decides what the object as a whole is. `prefix`: the sensor that the topic names, or empty. */
static enum drop add_values(struct envelope *e, struct bytes prefix)
{
    if (e->wrong_sensor && !e->sensor.ptr) {
        return DROP_WRONG_TYPE;
    }
    struct bytes sensor = e->sensor.ptr ? e->sensor : prefix;
    if (e->has_value && sensor.ptr) {
        return add_single(e, sensor);
    }
    if (e->nested_value && e->sensor.ptr) {
        return DROP_WRONG_TYPE;
    }
    if (e->has_value && (e->value.kind == SCALAR_NUMBER || e->value.kind == SCALAR_BOOLEAN)) {
        struct decode_record *r = decode_add_reading(e->d, BYTES("value"), e->value);
        if (r) {
            r->unit = e->unit;
        }
    }
    return DROP_NONE;
}

static void describe_place(struct envelope *e, struct bytes device)
{
    struct bytes place;
    struct decode_meta *m;
    if (e->has_place && decode_keep_text(e->d, e->place, LIMIT_ID_BYTES, &place) &&
        (m = decode_add_meta(e->d, device)) != NULL) {
        decode_describe(e->d, &m->place, place);
    }
}

/* Gives the records their device and, where they have none of their own, the message's time. */
static enum drop conclude(struct envelope *e, struct bytes device, struct bytes prefix)
{
    device = e->device.ptr ? e->device : device;
    if (!device.ptr) {
        return DROP_UNDECODED;
    }
    if (!decode_id_valid(device)) {
        return DROP_BAD_DEVICE_ID;
    }
    enum drop refused = add_values(e, prefix);
    if (refused != DROP_NONE) {
        return refused;
    }
    for (size_t i = e->first; i < e->d->count; i++) {
        struct decode_record *r = &e->d->records[i];
        r->device = device;
        r->time = r->time == WALL_NONE ? e->time : r->time;
    }
    if (e->has_status) {
        decode_add_status(e->d, device, e->status, e->time);
    }
    describe_place(e, device);
    return DROP_NONE;
}

enum drop decode_object(struct decoder *d, struct bytes payload, struct bytes device,
                        struct bytes prefix)
{
    return decode_object_by(d, payload, device, prefix, NULL, NULL);
}

enum drop decode_object_by(struct decoder *d, struct bytes payload, struct bytes device,
                           struct bytes prefix, const struct walk_rules *rules, void *ctx)
{
    struct envelope e;
    struct json_text text;
    e.d = d;
    e.first = d->count;
    e.fresh = d->count == 0 && d->meta_count == 0 && d->first_lost == DROP_NONE;
    e.device = e.sensor = e.unit = (struct bytes){NULL, 0};
    e.time = WALL_NONE;
    e.device_rank = e.sensor_rank = e.time_rank = 0;
    e.has_value = e.nested_value = e.wrong_sensor = e.has_status = e.has_place = false;
    json_reader_init(&e.r, payload);
    decode_walk_init(&e.walk, d, &e.r, prefix);
    e.walk.rules = rules;
    e.walk.ctx = ctx;
    if (json_read_object(&e.r)) {
        while (json_read_key(&e.r, &text)) {
            unsigned rank = 0;
            enum key key = decode_key(text, &rank);
            if (key == KEY_OTHER || !take_member(&e, key, rank)) {
                decode_flatten_member(&e.walk, text);
            }
        }
    }
    return json_finish(&e.r) ? conclude(&e, device, prefix) : decode_drop_of(&e.r);
}
