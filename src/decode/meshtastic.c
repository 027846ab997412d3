/* SPDX-License-Identifier: Apache-2.0 */
/* Meshtastic in JSON: <root>/2/json/<channel>/<gateway>. The device is who sent the packet
 * (`from`), not the gateway that heard it, and several gateways may tell the same packet. The same
 * in protobuf, mostly encrypted, comes under /e/ and is passed over. (Meshtastic documentation:
 * MQTT; firmware: MeshPacketSerializer.) */
#include "decode/parts.h"
#include "decode/recent.h"

#include <stdio.h>

/* Gateways tell a packet within moments of each other; its number may come again much later. */
#define REPEAT_SPAN_MS 3600000

static bool owns_meshtastic(const struct decode_topic *t)
{
    if (t->count >= 3 && decode_level_is(t, 0, "msh")) {
        return true;
    }
    return t->count >= 4 && decode_level_is(t, t->count - 3, "json") &&
           decode_level_is(t, t->count - 4, "2") && t->level[t->count - 1].len == 9 &&
           t->level[t->count - 1].ptr[0] == '!';
}

static bool is_json(const struct decode_topic *t)
{
    for (size_t i = 1; i + 1 < t->count; i++) {
        if (decode_level_is(t, i, "json")) {
            return true;
        }
    }
    return false;
}

/* The node's number as the network writes it; signed in old firmware. */
static bool device_of(struct decoder *d, struct bytes json, struct bytes *device)
{
    double from;
    char text[16];
    if (!decode_find_number(json, "from", &from) || from < INT32_MIN || from > UINT32_MAX) {
        return false;
    }
    int len = snprintf(text, sizeof text, "!%08x", (unsigned)(uint32_t)(int64_t)from);
    return decode_keep(d, bytes_of(text, (size_t)len), device);
}

/* Whether the packet was told before; notes it. */
static bool is_repeated(struct decoder *d, const struct decode_input *in, struct bytes device)
{
    struct bytes parts[] = {device, {NULL, 0}};
    if (!decode_find(in->payload, "id", &parts[1]) || bytes_equal(parts[1], BYTES("0"))) {
        return false;
    }
    if (!d->memory.packets) {
        d->memory.packets = recent_new(LIMIT_RECENT_PACKETS);
    }
    uint64_t id = recent_id(d->memory.key, in->source, parts, ARRAY_LEN(parts));
    const struct recent_note *before = recent_find(d->memory.packets, id);
    bool repeated = before && recent_within(before->at, in->now, REPEAT_SPAN_MS);
    recent_set(d->memory.packets, (struct recent_note){.id = id, .at = in->now});
    return repeated;
}

/* ---- payloads ---- */

struct key_unit {
    const char *key, *unit;
};

static const struct key_unit units[] = {
    {"battery_level", "%"},
    {"voltage", "V"},
    {"channel_utilization", "%"},
    {"air_util_tx", "%"},
    {"uptime_seconds", "s"},
    {"temperature", "\xc2\xb0"
                    "C"},
    {"relative_humidity", "%"},
    {"barometric_pressure", "hPa"},
    {"lux", "lx"},
    {"wind_direction", "\xc2\xb0"},
    {"wind_speed", "m/s"},
    {"wind_gust", "m/s"},
    {"wind_lull", "m/s"},
    {"voltage_ch1", "V"},
    {"voltage_ch2", "V"},
    {"voltage_ch3", "V"},
    {"current_ch1", "mA"},
    {"current_ch2", "mA"},
    {"current_ch3", "mA"},
    {"pm10", "\xc2\xb5g/m\xc2\xb3"},
    {"pm25", "\xc2\xb5g/m\xc2\xb3"},
    {"pm100", "\xc2\xb5g/m\xc2\xb3"},
};

static void add_unit(struct walk *w, struct decode_record *r)
{
    (void)w;
    for (size_t i = 0; i < ARRAY_LEN(units) && r->unit.len == 0; i++) {
        if (bytes_equal(r->sensor, bytes_of_text(units[i].key))) {
            r->unit = bytes_of_text(units[i].unit);
        }
    }
}

static bool skips_key(const struct walk *w, struct bytes key)
{
    return w->len == 0 && (bytes_equal(key, BYTES("time")) || bytes_equal(key, BYTES("id")));
}

/* Members of a position that go by common names; the others keep theirs. */
static const struct {
    const char *key, *sensor, *unit;
    double scale;
} places[] = {
    {"latitude_i", "location.latitude", "\xc2\xb0", 1e7},
    {"longitude_i", "location.longitude", "\xc2\xb0", 1e7},
    {"altitude", "location.altitude", "m", 1},
    {"ground_speed", "location.speed", NULL, 1},
};

static void rename_place(struct walk *w, struct decode_record *r)
{
    (void)w;
    for (size_t i = 0; i < ARRAY_LEN(places); i++) {
        if (bytes_equal(r->sensor, bytes_of_text(places[i].key))) {
            r->sensor = bytes_of_text(places[i].sensor);
            r->unit = bytes_of_text(places[i].unit);
            r->value /= places[i].scale;
            return;
        }
    }
}

static void decode_payload(struct decoder *d, struct bytes json, struct bytes type,
                           struct bytes device)
{
    static const struct walk_rules telemetry = {.skips = skips_key, .adds = add_unit};
    static const struct walk_rules position = {.skips = skips_key, .adds = rename_place};
    struct bytes payload, name;
    if (!decode_find_object(json, "payload", &payload)) {
        return;
    }
    if (bytes_equal(type, BYTES("telemetry")) || bytes_equal(type, BYTES("paxcounter"))) {
        decode_flatten_object(
            d, payload,
            &(struct flatten_as){.rules = &telemetry, .device = device, .time = WALL_NONE});
    } else if (bytes_equal(type, BYTES("position"))) {
        decode_flatten_object(
            d, payload,
            &(struct flatten_as){.rules = &position, .device = device, .time = WALL_NONE});
    } else if (bytes_equal(type, BYTES("nodeinfo")) &&
               decode_find_text(d, payload, "longname", LIMIT_NAME_BYTES, &name)) {
        struct decode_meta *m = decode_add_meta(d, device);
        if (m) {
            decode_describe(d, &m->name, name);
        }
    }
}

static void add_radio(struct decoder *d, struct bytes json, struct bytes device)
{
    static const struct key_unit members[] = {{"rssi", "dBm"}, {"snr", "dB"}, {"hops_away", NULL}};
    for (size_t i = 0; i < ARRAY_LEN(members); i++) {
        double v;
        if (decode_find_number(json, members[i].key, &v)) {
            decode_add_number(d, device, bytes_of_text(members[i].key), v, members[i].unit,
                              WALL_NONE);
        }
    }
}

static enum drop decode_packet(struct decoder *d, const struct decode_input *in)
{
    struct bytes device, type;
    wall_ms time = WALL_NONE;
    enum drop refused = decode_json_check(in->payload);
    if (refused != DROP_NONE) {
        return refused;
    }
    if (!decode_find_text(d, in->payload, "type", 32, &type)) {
        return DROP_UNDECODED;
    }
    if (!device_of(d, in->payload, &device)) {
        return DROP_BAD_DEVICE_ID;
    }
    if (is_repeated(d, in, device) || bytes_equal(type, BYTES("text")) ||
        bytes_start_with(type, BYTES("send"))) {
        return DROP_NONE; /* `send...` asks a gateway to send */
    }
    decode_payload(d, in->payload, type, device);
    add_radio(d, in->payload, device);
    (void)decode_find_time(in->payload, "timestamp", &time);
    for (size_t i = 0; i < d->count; i++) {
        d->records[i].time = time;
    }
    return DROP_NONE;
}

static enum drop decode_mesh(struct decoder *d, const struct decode_topic *t,
                             const struct decode_input *in)
{
    if (!is_json(t) || bytes_trim(in->payload).len == 0) {
        return DROP_NONE;
    }
    return decode_packet(d, in);
}

const struct decode_family decode_meshtastic = {
    .id = DECODER_MESHTASTIC, .owns = owns_meshtastic, .decode = decode_mesh};
