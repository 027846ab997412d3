/* SPDX-License-Identifier: Apache-2.0 */
/* Plain topics, our own default, and generic payloads under any other:
 *
 *     sensors/<device>/<sensor>   22.5, or an object with `value`, or an object of many values
 *     sensors/<device>            an object of many values
 *     devices/<device>/status     online, "offline", {"status": "online", ...}
 *     <device...>/status          online or offline
 *     <device...>/<sensor>        22.5
 *     <device...>                 an object, which may name another device
 */
#include "base/utf8.h"
#include "decode/parts.h"

/* ---- payloads that are no object ---- */

enum drop decode_bare_text(struct decoder *d, struct bytes payload, struct bytes *text)
{
    *text = payload;
    if (payload.len == 0 || payload.ptr[0] != '"') {
        return DROP_NONE;
    }
    struct json_reader r;
    struct json_text found;
    json_reader_init(&r, payload);
    (void)json_read_text(&r, &found);
    if (!json_finish(&r)) {
        return decode_drop_of(&r);
    }
    return decode_keep_text(d, found, LIMIT_ID_BYTES, text) ? DROP_NONE : DROP_UNDECODED;
}

enum drop decode_drop_of_text(struct bytes text)
{
    return utf8_valid(text) ? DROP_UNDECODED : DROP_INVALID_UTF8;
}

/* One scalar as a reading of what the topic names. */
static enum drop decode_scalar(struct decoder *d, struct bytes payload, struct bytes device,
                               struct bytes sensor)
{
    struct bytes text;
    enum drop refused = decode_bare_text(d, payload, &text);
    if (refused != DROP_NONE) {
        return refused;
    }
    struct scalar s = decode_scalar_of_text(text);
    if (s.kind == SCALAR_TEXT) {
        return decode_drop_of_text(text);
    }
    if (s.kind == SCALAR_NOTHING) {
        return decode_starts_not_finite(text) ? DROP_NOT_FINITE : DROP_NONE;
    }
    struct decode_record *r = decode_add_reading(d, sensor, s);
    if (r) {
        r->device = device;
    }
    return DROP_NONE;
}

static bool is_object(struct bytes payload)
{
    return payload.len > 0 && payload.ptr[0] == '{';
}

/* A JSON array names no values; text that only begins like one is not JSON. */
static enum drop decode_array(struct bytes payload)
{
    struct json_reader r;
    json_reader_init(&r, payload);
    return json_finish(&r) ? DROP_WRONG_TYPE : decode_drop_of(&r);
}

/* ---- sensors/<device>[/<sensor>]; without a sensor, a scalar is of any topic ---- */

static bool owns_sensors(const struct decode_topic *t)
{
    return t->count >= 2 && decode_level_is(t, 0, "sensors");
}

/* The sensor of the topic: its levels behind the device, joined by dots. NULL pointer: none. */
static struct bytes sensor_of(struct decoder *d, const struct decode_topic *t)
{
    struct bytes joined = {NULL, 0};
    if (t->count == 2) {
        return joined;
    }
    if (t->count == 3) {
        return t->level[2];
    }
    if (!decode_levels_dotted(d, t, 2, t->count, &joined)) {
        return decode_levels(t, 2, t->count);
    }
    return joined;
}

static enum drop decode_sensors(struct decoder *d, const struct decode_topic *t,
                                const struct decode_input *in)
{
    struct bytes payload = bytes_trim(in->payload);
    struct bytes device = t->level[1];
    struct bytes sensor = sensor_of(d, t);
    enum device_status status;
    if (sensor.ptr && !decode_id_valid(sensor)) {
        return DROP_BAD_SENSOR_ID;
    }
    if (is_object(payload)) {
        return decode_object(d, payload, device, sensor);
    }
    if (!decode_id_valid(device)) {
        return DROP_BAD_DEVICE_ID;
    }
    if (payload.len > 0 && payload.ptr[0] == '[') {
        return decode_array(payload);
    }
    if (sensor.ptr && bytes_equal(sensor, BYTES("status")) && decode_status_of(payload, &status)) {
        decode_add_status(d, device, status, WALL_NONE);
        return DROP_NONE;
    }
    return sensor.ptr ? decode_scalar(d, payload, device, sensor)
                      : decode_scalar(d, payload, t->level[0], t->level[1]);
}

const struct decode_family decode_plain_sensors = {
    .id = DECODER_PLAIN, .owns = owns_sensors, .decode = decode_sensors};

/* ---- devices/<device>/status ---- */

static bool owns_status(const struct decode_topic *t)
{
    return t->count == 3 && decode_level_is(t, 0, "devices") && decode_level_is(t, 2, "status");
}

static enum drop decode_status(struct decoder *d, const struct decode_topic *t,
                               const struct decode_input *in)
{
    struct bytes payload = bytes_trim(in->payload);
    struct bytes device = t->level[1];
    struct bytes text;
    enum device_status status;
    if (is_object(payload)) {
        return decode_object(d, payload, device, (struct bytes){NULL, 0});
    }
    if (!decode_id_valid(device)) {
        return DROP_BAD_DEVICE_ID;
    }
    if (payload.len > 0 && payload.ptr[0] == '[') {
        return decode_array(payload);
    }
    enum drop refused = decode_bare_text(d, payload, &text);
    if (refused != DROP_NONE) {
        return refused;
    }
    if (decode_status_of(text, &status)) {
        decode_add_status(d, device, status, WALL_NONE);
        return DROP_NONE;
    }
    return decode_scalar_of_text(text).kind == SCALAR_NOTHING ? DROP_NONE
                                                              : decode_drop_of_text(text);
}

const struct decode_family decode_plain_status = {
    .id = DECODER_PLAIN, .owns = owns_status, .decode = decode_status};

/* ---- any topic ---- */

static bool recognises_any(struct decoder *d, const struct decode_topic *t,
                           const struct decode_input *in)
{
    (void)d;
    (void)t;
    (void)in;
    return true;
}

/* Whether the message is the availability of a device named by the levels before the last. */
static bool is_availability(const struct decode_topic *t, struct bytes payload)
{
    return t->count >= 2 && decode_level_is(t, t->count - 1, "status") &&
           (bytes_equal(payload, BYTES("online")) || bytes_equal(payload, BYTES("offline")));
}

/* An array of objects that name their device, each as if it came alone; no other array. */
static enum drop decode_objects(struct decoder *d, struct bytes payload)
{
    struct json_reader r;
    struct bytes raw;
    enum drop refused = decode_json_check(payload);
    if (refused != DROP_NONE) {
        return refused;
    }
    json_reader_init(&r, payload);
    (void)json_read_array(&r);
    while (json_read_item(&r) && json_read_raw(&r, &raw)) {
        size_t before = d->count;
        refused = raw.ptr[0] == '{'
                      ? decode_object(d, raw, (struct bytes){NULL, 0}, (struct bytes){NULL, 0})
                      : DROP_WRONG_TYPE;
        if (refused != DROP_NONE) {
            d->count = before;
            decode_lose(d, refused);
        }
    }
    return d->count == 0 && d->meta_count == 0 ? DROP_WRONG_TYPE : DROP_NONE;
}

static enum drop decode_any(struct decoder *d, const struct decode_topic *t,
                            const struct decode_input *in)
{
    struct bytes payload = bytes_trim(in->payload);
    /* A topic of one level names the device; there is none left for the sensor. */
    bool single = t->count == 1;
    struct bytes device = single ? t->text : decode_levels(t, 0, t->count - 1);
    struct bytes sensor = single ? BYTES("value") : t->level[t->count - 1];
    enum device_status status;
    if (is_object(payload)) {
        return decode_object(d, payload, t->text, (struct bytes){NULL, 0});
    }
    if (payload.len > 0 && payload.ptr[0] == '[') {
        return decode_objects(d, payload);
    }
    if (!decode_id_valid(device)) {
        return DROP_BAD_DEVICE_ID;
    }
    if (is_availability(t, payload) && decode_status_of(payload, &status)) {
        decode_add_status(d, device, status, WALL_NONE);
        return DROP_NONE;
    }
    return decode_scalar(d, payload, device, sensor);
}

const struct decode_family decode_plain_any = {
    .id = DECODER_PLAIN, .recognises = recognises_any, .decode = decode_any};
