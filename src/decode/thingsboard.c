/* SPDX-License-Identifier: Apache-2.0 */
/* ThingsBoard's device and gateway API: v1/devices/me/telemetry, where the device is whoever logged
 * in and goes by `me` here, and v1/gateway/telemetry, connect and disconnect, which name theirs.
 * Telemetry is an object of values, the same below `values` beside `ts`, or an array of either.
 * (ThingsBoard documentation: MQTT device API, MQTT gateway API.) */
#include "decode/parts.h"

static bool owns_thingsboard(const struct decode_topic *t)
{
    return t->count >= 3 && decode_level_is(t, 0, "v1") &&
           (decode_level_is(t, 1, "gateway") ||
            (decode_level_is(t, 1, "devices") && decode_level_is(t, 2, "me")));
}

struct telemetry {
    struct decoder *d;
    struct json_reader r;
    struct bytes device;
};

/* The values of one entry and their time, wherever in it that stands. */
static void read_members(struct telemetry *e)
{
    struct walk w;
    struct json_text key;
    size_t first = e->d->count;
    wall_ms time = WALL_NONE;
    decode_walk_init(&w, e->d, &e->r, (struct bytes){NULL, 0});
    while (json_read_key(&e->r, &key)) {
        if (json_text_is(key, "ts")) {
            time = decode_time_read(&e->r);
        } else if (json_text_is(key, "values") && json_peek(&e->r) == JSON_OBJECT) {
            decode_flatten_value(&w);
        } else {
            decode_flatten_member(&w, key);
        }
    }
    for (size_t i = first; i < e->d->count; i++) {
        e->d->records[i].device = e->device;
        e->d->records[i].time = time;
    }
}

static void read_entry(struct telemetry *e)
{
    if (json_peek(&e->r) != JSON_OBJECT) {
        decode_lose(e->d, DROP_WRONG_TYPE);
    } else if (json_read_object(&e->r)) {
        read_members(e);
    }
}

/* One entry, or an array of them. */
static void read_entries(struct telemetry *e)
{
    if (json_peek(&e->r) != JSON_ARRAY) {
        read_entry(e);
        return;
    }
    (void)json_read_array(&e->r);
    while (json_read_item(&e->r)) {
        read_entry(e);
    }
}

/* {"Device A": <entries>, ...} */
static void read_devices(struct telemetry *e)
{
    struct json_text key;
    if (!json_read_object(&e->r)) {
        return;
    }
    while (json_read_key(&e->r, &key)) {
        if (decode_keep_text(e->d, key, LIMIT_ID_BYTES, &e->device) && decode_id_valid(e->device)) {
            read_entries(e);
        } else {
            decode_lose(e->d, DROP_BAD_DEVICE_ID);
        }
    }
}

static enum drop decode_telemetry(struct decoder *d, struct bytes payload, bool gateway)
{
    struct telemetry e = {.d = d, .device = BYTES("me")};
    json_reader_init(&e.r, payload);
    if (gateway) {
        read_devices(&e);
    } else {
        read_entries(&e);
    }
    return json_finish(&e.r) ? DROP_NONE : decode_drop_of(&e.r);
}

static enum drop decode_connection(struct decoder *d, struct bytes payload,
                                   enum device_status status)
{
    struct bytes device;
    enum drop refused = decode_json_check(payload);
    if (refused != DROP_NONE) {
        return refused;
    }
    if (!decode_find_id(d, payload, "device", &device)) {
        return DROP_BAD_DEVICE_ID;
    }
    decode_add_status(d, device, status, WALL_NONE);
    return DROP_NONE;
}

/* Attributes, claims and remote calls are no measurements. */
static enum drop decode_thingsboard_topic(struct decoder *d, const struct decode_topic *t,
                                          const struct decode_input *in)
{
    bool gateway = decode_level_is(t, 1, "gateway");
    size_t what = gateway ? 2 : 3;
    if (bytes_trim(in->payload).len == 0 || t->count != what + 1) {
        return DROP_NONE;
    }
    if (decode_level_is(t, what, "telemetry")) {
        return decode_telemetry(d, in->payload, gateway);
    }
    if (gateway && decode_level_is(t, what, "connect")) {
        return decode_connection(d, in->payload, STATUS_ONLINE);
    }
    if (gateway && decode_level_is(t, what, "disconnect")) {
        return decode_connection(d, in->payload, STATUS_OFFLINE);
    }
    return DROP_NONE;
}

const struct decode_family decode_thingsboard = {
    .id = DECODER_THINGSBOARD, .owns = owns_thingsboard, .decode = decode_thingsboard_topic};
