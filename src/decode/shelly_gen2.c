/* SPDX-License-Identifier: Apache-2.0 */
/* Shelly devices since the second generation, below a prefix that their owner chooses:
 *
 *     <prefix>/events/rpc        {"src":..., "method":"NotifyStatus", "params":{"ts":..., ...}}
 *     <prefix>/status/switch:0   {"id":0, "output":false, "apower":0, ...}
 *     <prefix>/online            true or false
 *
 * The device is the prefix, so that all three agree. NotifyEvent tells of buttons and of changed
 * settings, which are no values. (Shelly's API documentation: MQTT, Notifications.) */
#include "decode/parts.h"

/* ---- topics ---- */

/* Components of which a device has one, without a colon. */
static bool is_component(struct bytes word)
{
    static const char *const names[] = {"sys",      "wifi",  "eth",    "cloud",  "mqtt", "ble",
                                        "bthome",   "ws",    "matter", "modbus", "knx",  "zigbee",
                                        "plugs_ui", "ht_ui", "ui",     "wd_ui"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        if (bytes_equal(word, bytes_of_text(names[i]))) {
            return true;
        }
    }
    return false;
}

/* Levels that follow the prefix, or 0 when the topic is none of ours. */
static size_t suffix_levels(const struct decode_topic *t)
{
    size_t last = t->count - 1;
    if (t->count >= 3 && decode_level_is(t, last - 1, "events") &&
        decode_level_is(t, last, "rpc")) {
        return 2;
    }
    if (t->count >= 3 && decode_level_is(t, last - 1, "status")) {
        return bytes_index(t->level[last], ':') < t->level[last].len || is_component(t->level[last])
                   ? 2
                   : 0;
    }
    return t->count >= 2 && (decode_level_is(t, last, "online") || decode_level_is(t, last, "rpc"))
               ? 1
               : 0;
}

/* Whether the topic begins with a device's own id, which is the prefix unless it was changed. */
static bool has_default_prefix(const struct decode_topic *t)
{
    return bytes_start_with(t->level[0], BYTES("shelly")) &&
           bytes_index(t->level[0], '-') < t->level[0].len;
}

static bool owns_gen2(const struct decode_topic *t)
{
    size_t suffix = suffix_levels(t);
    struct bytes last = t->level[t->count - 1];
    return (suffix == 2 &&
            (bytes_equal(last, BYTES("rpc")) || bytes_index(last, ':') < last.len)) ||
           (suffix > 0 && has_default_prefix(t));
}

/* Below any prefix, the payload must speak for it: a component's object, true or false of `online`,
 * a request or answer of `rpc`. */
static bool recognises_gen2(struct decoder *d, const struct decode_topic *t,
                            const struct decode_input *in)
{
    struct bytes payload = bytes_trim(in->payload);
    struct bytes found;
    size_t suffix = suffix_levels(t);
    (void)d;
    if (suffix == 0) {
        return false;
    }
    if (decode_level_is(t, t->count - 1, "online")) {
        return bytes_equal(payload, BYTES("true")) || bytes_equal(payload, BYTES("false"));
    }
    if (payload.len == 0 || payload.ptr[0] != '{') {
        return false;
    }
    return suffix == 2 ||
           (decode_find(payload, "src", &found) &&
            (decode_find(payload, "method", &found) || decode_find(payload, "result", &found)));
}

/* ---- values ---- */

/* Identifiers, clocks and the last minutes' history are no values. */
static bool skips_key(const struct walk *w, struct bytes key)
{
    static const char *const keys[] = {"id", "mac", "by_minute", "minute_ts", "unixtime", "ts"};
    (void)w;
    for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
        if (bytes_equal(key, bytes_of_text(keys[i]))) {
            return true;
        }
    }
    return false;
}

static bool ends_with(struct bytes text, struct bytes end)
{
    return text.len >= end.len && memcmp(text.ptr + text.len - end.len, end.ptr, end.len) == 0;
}

struct suffix_unit {
    struct bytes end; /* of the path, a dot or an underscore before it */
    const char *unit;
};

#define ENDS(end, unit)                                                                            \
    {                                                                                              \
        {(const uint8_t *)(end), sizeof(end) - 1}, unit                                            \
    }

/* The documented units. Meters of several phases put a_, b_, c_, n_ or total_ before the key. */
static const struct suffix_unit units[] = {
    ENDS("apower", "W"),
    ENDS("act_power", "W"),
    ENDS("active_power", "W"),
    ENDS("aprt_power", "VA"),
    ENDS("voltage", "V"),
    ENDS("current", "A"),
    ENDS("freq", "Hz"),
    ENDS("tC", "\xc2\xb0"
               "C"),
    ENDS("tF", "\xc2\xb0"
               "F"),
    ENDS("rh", "%"),
    ENDS("rssi", "dBm"),
    ENDS("aenergy.total", "Wh"),
    ENDS("total_act", "Wh"),
    ENDS("total_act_ret", "Wh"),
    ENDS("act_energy", "Wh"),
    ENDS("act_ret_energy", "Wh"),
    ENDS("battery.V", "V"),
    ENDS("battery.percent", "%"),
    ENDS("sys.uptime", "s"),
};

/* Whether `end` stands at the end of the path as a whole key, or behind a phase. */
static bool is_key(struct bytes path, struct bytes end)
{
    if (!ends_with(path, end)) {
        return false;
    }
    uint8_t before = path.len > end.len ? path.ptr[path.len - end.len - 1] : '.';
    return before == '.' || before == '_';
}

static void add_unit(struct walk *w, struct decode_record *r)
{
    (void)w;
    if (r->unit.len > 0 || r->value_kind == KIND_BOOLEAN) {
        return;
    }
    for (size_t i = 0; i < ARRAY_LEN(units); i++) {
        if (is_key(r->sensor, units[i].end)) {
            r->unit = bytes_of_text(units[i].unit);
            return;
        }
    }
}

static const struct walk_rules rules = {.skips = skips_key, .adds = add_unit};

/* Gives all records the device and a time. */
static void settle(struct decoder *d, struct bytes device, wall_ms time)
{
    for (size_t i = 0; i < d->count; i++) {
        d->records[i].device = device;
        d->records[i].time = time;
    }
}

/* ---- messages ---- */

/* The components of a notification; returns its time, which devices count from their start until
 * they know better. */
static wall_ms read_params(struct walk *w)
{
    struct json_text key;
    wall_ms time = WALL_NONE;
    if (json_peek(w->r) != JSON_OBJECT || !json_read_object(w->r)) {
        return WALL_NONE;
    }
    while (json_read_key(w->r, &key)) {
        if (json_text_is(key, "ts")) {
            time = decode_time_read(w->r);
        } else {
            decode_flatten_member(w, key);
        }
    }
    return time;
}

static bool reads_status(struct json_reader *r)
{
    struct json_text method;
    return json_peek(r) == JSON_STRING && json_read_text(r, &method) &&
           (json_text_is(method, "NotifyStatus") || json_text_is(method, "NotifyFullStatus"));
}

static enum drop decode_notification(struct decoder *d, struct bytes payload, struct bytes device)
{
    struct json_reader r;
    struct walk w;
    struct json_text key;
    wall_ms time = WALL_NONE;
    bool status = false;
    json_reader_init(&r, payload);
    decode_walk_init(&w, d, &r, (struct bytes){NULL, 0});
    w.rules = &rules;
    if (json_read_object(&r)) {
        while (json_read_key(&r, &key)) {
            if (json_text_is(key, "method")) {
                status = reads_status(&r);
            } else if (json_text_is(key, "params")) {
                time = read_params(&w);
            }
        }
    }
    if (!json_finish(&r)) {
        return decode_drop_of(&r);
    }
    if (!status) {
        decode_forget(d);
    }
    settle(d, device, time);
    return DROP_NONE;
}

static enum drop decode_component(struct decoder *d, struct bytes payload, struct bytes device,
                                  struct bytes component)
{
    enum drop refused = decode_json_check(payload);
    if (refused == DROP_NONE) {
        decode_flatten_object(
            d, payload,
            &(struct flatten_as){
                .prefix = component, .rules = &rules, .device = device, .time = WALL_NONE});
        settle(d, device, WALL_NONE);
    }
    return refused;
}

static enum drop decode_online(struct decoder *d, struct bytes payload, struct bytes device)
{
    struct scalar s = decode_scalar_of_text(payload);
    if (s.kind != SCALAR_BOOLEAN) {
        return DROP_UNDECODED;
    }
    decode_add_status(d, device, s.value != 0 ? STATUS_ONLINE : STATUS_OFFLINE, WALL_NONE);
    return DROP_NONE;
}

static enum drop decode_gen2(struct decoder *d, const struct decode_topic *t,
                             const struct decode_input *in)
{
    struct bytes payload = bytes_trim(in->payload);
    size_t suffix = suffix_levels(t);
    struct bytes last = t->level[t->count - 1];
    ASSERT(suffix > 0 && suffix < t->count);
    struct bytes device = decode_levels(t, 0, t->count - suffix);
    if (!decode_id_valid(device)) {
        return DROP_BAD_DEVICE_ID;
    }
    if (payload.len == 0) {
        return DROP_NONE;
    }
    if (suffix == 1) {
        return bytes_equal(last, BYTES("online")) ? decode_online(d, payload, device) : DROP_NONE;
    }
    if (bytes_equal(last, BYTES("rpc"))) {
        return decode_notification(d, payload, device);
    }
    return decode_id_valid(last) ? decode_component(d, payload, device, last) : DROP_BAD_SENSOR_ID;
}

const struct decode_family decode_shelly_gen2 = {.id = DECODER_SHELLY_GEN2,
                                                 .owns = owns_gen2,
                                                 .recognises = recognises_gen2,
                                                 .decode = decode_gen2};
