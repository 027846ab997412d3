/* SPDX-License-Identifier: Apache-2.0 */
/* Ruuvi Gateway: <prefix>/<gateway>/<sensor> with a Bluetooth advertisement in hexadecimal and, if
 * the gateway decodes, its values beside it; these win, since the two don't always agree. Several
 * gateways hear one sensor: a measurement counts once. (Ruuvi documentation: gateway, MQTT data
 * formats.) */
#include "decode/ruuvi.h"
#include "base/utf8.h"
#include "decode/recent.h"

/* Gateways tell a measurement within moments of each other; its number comes again after hours. */
#define REPEAT_SPAN_MS 600000

/* "F4:1F:0C:28:CB:D6" */
static bool is_address(struct bytes level)
{
    if (level.len != 17) {
        return false;
    }
    for (size_t i = 2; i < level.len; i += 3) {
        if (level.ptr[i] != ':') {
            return false;
        }
    }
    return true;
}

static bool owns_ruuvi(const struct decode_topic *t)
{
    return t->count == 3 && decode_level_is(t, 0, "ruuvi");
}

/* The prefix is free, so below another one the payload must name its gateway. */
static bool recognises_ruuvi(struct decoder *d, const struct decode_topic *t,
                             const struct decode_input *in)
{
    struct bytes found;
    (void)d;
    return is_address(t->level[t->count - 1]) && in->payload.len > 0 && in->payload.ptr[0] == '{' &&
           decode_find(in->payload, "gw_mac", &found) && decode_find(in->payload, "rssi", &found);
}

/* ---- a sensor ---- */

/* What the gateway adds to a message is no value of the sensor. */
static bool skips_key(const struct walk *w, struct bytes key)
{
    static const char *const keys[] = {"gw_mac", "aoa", "gwts", "ts",         "data",
                                       "coords", "cnt", "id",   "dataFormat", "rssi"};
    for (size_t i = 0; i < ARRAY_LEN(keys) && w->len == 0; i++) {
        if (bytes_equal(key, bytes_of_text(keys[i]))) {
            return true;
        }
    }
    return false;
}

static void add_unit(struct walk *w, struct decode_record *r)
{
    (void)w;
    if (r->unit.len == 0) {
        r->unit = bytes_of_text(ruuvi_unit(r->sensor));
    }
}

/* The values that the gateway decoded, else those of the advertisement. */
static void add_values(struct decoder *d, struct bytes json)
{
    static const struct walk_rules rules = {.skips = skips_key, .adds = add_unit};
    uint8_t advert[RUUVI_ADVERT_BYTES];
    struct bytes raw;
    decode_flatten_object(d, json, &(struct flatten_as){.rules = &rules, .time = WALL_NONE});
    if (d->count == 0 && decode_find(json, "data", &raw) && raw.len >= 2 && raw.ptr[0] == '"') {
        size_t len = ruuvi_read_hex(bytes_of(raw.ptr + 1, raw.len - 2), advert, sizeof advert);
        (void)ruuvi_add_advert(d, bytes_of(advert, len));
    }
}

static const struct decode_record *find_sequence(const struct decoder *d)
{
    for (size_t i = 0; i < d->count; i++) {
        if (bytes_equal(d->records[i].sensor, BYTES("measurementSequenceNumber"))) {
            return &d->records[i];
        }
    }
    return NULL;
}

/* Whether another gateway told this measurement; notes who told it first. */
static bool is_repeated(struct decoder *d, const struct decode_input *in, struct bytes sensor,
                        struct bytes gateway)
{
    const struct decode_record *sequence = find_sequence(d);
    if (!sequence) {
        return false;
    }
    uint64_t number = (uint64_t)(int64_t)sequence->value;
    struct bytes parts[] = {sensor, bytes_of(&number, sizeof number)};
    uint64_t id = recent_id(d->memory.key, in->source, parts, ARRAY_LEN(parts));
    uint64_t teller = hash_bytes(d->memory.key, gateway);
    if (!d->memory.packets) {
        d->memory.packets = recent_new(LIMIT_RECENT_PACKETS);
    }
    const struct recent_note *first = recent_find(d->memory.packets, id);
    if (first && first->value != teller && recent_within(first->at, in->now, REPEAT_SPAN_MS)) {
        return true;
    }
    recent_set(d->memory.packets, (struct recent_note){id, teller, in->now});
    return false;
}

static enum drop decode_sensor(struct decoder *d, const struct decode_topic *t,
                               const struct decode_input *in)
{
    struct bytes sensor = t->level[t->count - 1];
    struct bytes gateway = decode_levels(t, 0, t->count - 1);
    double rssi;
    wall_ms time = WALL_NONE;
    enum drop refused = decode_json_check(in->payload);
    if (refused != DROP_NONE) {
        return refused;
    }
    if (!decode_id_valid(sensor)) {
        return DROP_BAD_DEVICE_ID;
    }
    add_values(d, in->payload);
    if (is_repeated(d, in, sensor, gateway)) {
        decode_forget(d);
        return DROP_NONE;
    }
    if (decode_find_number(in->payload, "rssi", &rssi)) {
        decode_add_number(d, sensor, BYTES("rssi"), rssi, "dBm", WALL_NONE);
    }
    (void)decode_find_time(in->payload, "ts", &time);
    for (size_t i = 0; i < d->count; i++) {
        d->records[i].device = sensor;
        d->records[i].time = time;
    }
    return DROP_NONE;
}

/* ---- the gateway ---- */

static enum drop decode_gateway(struct decoder *d, const struct decode_topic *t,
                                struct bytes payload)
{
    struct bytes text = payload;
    enum device_status status;
    if (payload.ptr[0] == '{') {
        enum drop refused = decode_json_check(payload);
        if (refused != DROP_NONE) {
            return refused;
        }
        if (!decode_find_text(d, payload, "state", 16, &text)) {
            return DROP_NONE;
        }
    }
    if (!decode_id_valid(t->level[t->count - 2])) {
        return DROP_BAD_DEVICE_ID;
    }
    if (!decode_status_of(text, &status)) {
        return utf8_valid(text) ? DROP_UNDECODED : DROP_INVALID_UTF8;
    }
    decode_add_status(d, t->level[t->count - 2], status, WALL_NONE);
    return DROP_NONE;
}

static enum drop decode_ruuvi_topic(struct decoder *d, const struct decode_topic *t,
                                    const struct decode_input *in)
{
    struct bytes payload = bytes_trim(in->payload);
    if (payload.len == 0) {
        return DROP_NONE;
    }
    return decode_level_is(t, t->count - 1, "gw_status") ? decode_gateway(d, t, payload)
                                                         : decode_sensor(d, t, in);
}

const struct decode_family decode_ruuvi = {.id = DECODER_RUUVI,
                                           .owns = owns_ruuvi,
                                           .recognises = recognises_ruuvi,
                                           .decode = decode_ruuvi_topic};
