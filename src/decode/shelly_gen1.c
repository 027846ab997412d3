/* SPDX-License-Identifier: Apache-2.0 */
/* Shelly devices of the first generation: shellies/<device>/<what...>, bare text a topic, with
 * announcements and `info` in JSON. Nothing tells a time. (Shelly's Gen1 API documentation.) */
#include "base/utf8.h"
#include "decode/parts.h"

static bool owns_gen1(const struct decode_topic *t)
{
    return t->count >= 2 && decode_level_is(t, 0, "shellies");
}

/* ---- units ---- */

struct topic_unit {
    const char *kind; /* the level behind the device; NULL: any */
    const char *key;  /* the last level */
    const char *unit;
};

/* Energy of relays is counted in watt-minutes, that of an energy meter's `total` in watt-hours. The
 * temperature of a sensor is in the unit that its owner chose, which no message tells. */
static const struct topic_unit units[] = {
    {"sensor", "humidity", "%"},
    {"sensor", "battery", "%"},
    {"sensor", "lux", "lx"},
    {"sensor", "tilt", "\xc2\xb0"},
    {"emeter", "total", "Wh"},
    {"emeter", "total_returned", "Wh"},
    {"emeter", "voltage", "V"},
    {"emeter", "current", "A"},
    {"emeter", "reactive_power", "var"},
    {"emeter", "returned_energy", "Wmin"},
    {"roller", "pos", "%"},
    {"temperature", "temperature",
     "\xc2\xb0"
     "C"},
    {"temperature_f", "temperature_f",
     "\xc2\xb0"
     "F"},
    {"voltage", "voltage", "V"},
    {NULL, "power", "W"},
    {NULL, "energy", "Wmin"},
};

/* Kinds whose last level is a number: `ext_temperature/0`. */
static const struct topic_unit numbered[] = {
    {"ext_temperature", NULL,
     "\xc2\xb0"
     "C"},
    {"ext_temperature_f", NULL,
     "\xc2\xb0"
     "F"},
    {"ext_humidity", NULL, "%"},
    {"adc", NULL, "V"},
};

static struct bytes unit_of(const struct decode_topic *t)
{
    for (size_t i = 0; i < ARRAY_LEN(units); i++) {
        if (decode_level_is(t, t->count - 1, units[i].key) &&
            (!units[i].kind || decode_level_is(t, 2, units[i].kind))) {
            return bytes_of_text(units[i].unit);
        }
    }
    for (size_t i = 0; i < ARRAY_LEN(numbered); i++) {
        if (t->count == 4 && decode_level_is(t, 2, numbered[i].kind)) {
            return bytes_of_text(numbered[i].unit);
        }
    }
    return (struct bytes){NULL, 0};
}

/* ---- payloads ---- */

static enum drop decode_announcement(struct decoder *d, const struct decode_topic *t,
                                     struct bytes payload)
{
    struct bytes device = t->level[1];
    struct bytes model;
    enum drop refused = decode_json_check(payload);
    if (refused != DROP_NONE) {
        return refused;
    }
    if (t->count == 2 && !decode_find_id(d, payload, "id", &device)) {
        return DROP_WRONG_TYPE;
    }
    if (decode_find_text(d, payload, "model", LIMIT_NAME_BYTES, &model)) {
        struct decode_meta *m = decode_add_meta(d, device);
        if (m) {
            decode_describe(d, &m->model, model);
        }
    }
    return DROP_NONE;
}

/* Identifiers and the time of the device's clock are no values. */
static bool skips_key(const struct walk *w, struct bytes key)
{
    (void)w;
    return bytes_equal(key, BYTES("mac")) || bytes_equal(key, BYTES("id")) ||
           bytes_equal(key, BYTES("serial")) || bytes_equal(key, BYTES("unixtime"));
}

static enum drop decode_json(struct decoder *d, struct bytes payload, struct bytes device,
                             struct bytes prefix)
{
    static const struct walk_rules rules = {.skips = skips_key};
    enum drop refused = decode_json_check(payload);
    if (refused == DROP_NONE) {
        decode_flatten_object(
            d, payload,
            &(struct flatten_as){
                .prefix = prefix, .rules = &rules, .device = device, .time = WALL_NONE});
    }
    return refused;
}

static enum drop decode_online(struct decoder *d, struct bytes payload, struct bytes device)
{
    struct scalar s = decode_scalar_of_text(payload);
    if (s.kind != SCALAR_BOOLEAN) {
        return utf8_valid(payload) ? DROP_UNDECODED : DROP_INVALID_UTF8;
    }
    decode_add_status(d, device, s.value != 0 ? STATUS_ONLINE : STATUS_OFFLINE, WALL_NONE);
    return DROP_NONE;
}

/* Words like `overpower`, `open` or `stop` are states, not values. */
static enum drop decode_text(struct decoder *d, const struct decode_topic *t, struct bytes payload,
                             struct bytes sensor)
{
    struct scalar s = decode_scalar_of_text(payload);
    if (s.kind != SCALAR_NUMBER && s.kind != SCALAR_BOOLEAN) {
        return utf8_valid(payload) ? DROP_NONE : DROP_INVALID_UTF8;
    }
    struct decode_record *r = decode_add_reading(d, sensor, s);
    if (r) {
        r->device = t->level[1];
        r->unit = s.kind == SCALAR_NUMBER ? unit_of(t) : r->unit;
    }
    return DROP_NONE;
}

/* Asks the devices of a source who they are, once, if the settings allow it. */
static void ask_for_announcements(struct decoder *d, unsigned source)
{
    uint64_t bit = 1ull << (source & 63);
    if (d->config.shelly_announce && !(d->memory.shellies_asked & bit)) {
        d->memory.shellies_asked |= bit;
        decode_add_request(d, BYTES("shellies/command"), BYTES("announce"));
    }
}

static enum drop decode_gen1(struct decoder *d, const struct decode_topic *t,
                             const struct decode_input *in)
{
    struct bytes payload = bytes_trim(in->payload);
    struct bytes sensor;
    ask_for_announcements(d, in->source);
    if (payload.len == 0) {
        return DROP_NONE;
    }
    if (t->count == 2) {
        return decode_level_is(t, 1, "announce") ? decode_announcement(d, t, payload) : DROP_NONE;
    }
    if (!decode_id_valid(t->level[1])) {
        return DROP_BAD_DEVICE_ID;
    }
    if (t->count == 3 && decode_level_is(t, 2, "online")) {
        return decode_online(d, payload, t->level[1]);
    }
    if (t->count == 3 && decode_level_is(t, 2, "announce")) {
        return decode_announcement(d, t, payload);
    }
    if (t->count == 3 && decode_level_is(t, 2, "info")) {
        return decode_json(d, payload, t->level[1], (struct bytes){NULL, 0});
    }
    if (!decode_levels_dotted(d, t, 2, t->count, &sensor) || !decode_id_valid(sensor)) {
        return DROP_BAD_SENSOR_ID;
    }
    return payload.ptr[0] == '{' || payload.ptr[0] == '['
               ? decode_json(d, payload, t->level[1], sensor)
               : decode_text(d, t, payload, sensor);
}

const struct decode_family decode_shelly_gen1 = {
    .id = DECODER_SHELLY_GEN1, .owns = owns_gen1, .decode = decode_gen1};
