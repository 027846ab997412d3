/* SPDX-License-Identifier: Apache-2.0 */
/* ChirpStack v4 and v3: application/<id>/device/<DevEUI>/event/<event> (before v3.11 without
 * `event`), gateways under [<region>/]gateway/<id>/, which carry protobuf unless they are set to
 * JSON. v4 puts what it knows of a device into `deviceInfo`, v3 has it flat; v3 may send the
 * decoded object as text. (ChirpStack's documentation: events, gateway bridge payloads.) */
#include "decode/lorawan.h"

/* A message shorter than this can't hold the keys of an uplink. */
#define SHORTEST_UPLINK 40

static bool owns_devices(const struct decode_topic *t)
{
    return t->count >= 5 && decode_level_is(t, 0, "application") && decode_level_is(t, 2, "device");
}

/* The level `gateway` of a gateway's topic, or t->count. */
static size_t gateway_level(const struct decode_topic *t)
{
    for (size_t i = 0; i + 4 <= t->count && i <= 2; i++) {
        if (i + 4 == t->count && decode_level_is(t, i, "gateway") &&
            (decode_level_is(t, i + 2, "event") || decode_level_is(t, i + 2, "state"))) {
            return i;
        }
    }
    return t->count;
}

static bool owns_chirpstack(const struct decode_topic *t)
{
    return owns_devices(t) || gateway_level(t) < t->count;
}

static bool has_word(struct bytes b, const char *word)
{
    return memmem(b.ptr, b.len, word, strlen(word)) != NULL;
}

/* Integrations republish events under other topics. */
static bool recognises_chirpstack(struct decoder *d, const struct decode_topic *t,
                                  const struct decode_input *in)
{
    struct bytes found;
    (void)d;
    (void)t;
    if (in->payload.len < SHORTEST_UPLINK || in->payload.ptr[0] != '{') {
        return false;
    }
    return (has_word(in->payload, "\"devEui\"") &&
            decode_find(in->payload, "deviceInfo.devEui", &found)) ||
           (has_word(in->payload, "\"devEUI\"") && decode_find(in->payload, "devEUI", &found) &&
            decode_find(in->payload, "applicationID", &found));
}

/* ---- devices ---- */

enum event {
    EVENT_UP,
    EVENT_STATUS,
    EVENT_LOCATION,
    EVENT_OTHER,
};

static enum event event_of_topic(struct bytes name)
{
    return bytes_equal(name, BYTES("up")) || bytes_equal(name, BYTES("rx")) ? EVENT_UP
           : bytes_equal(name, BYTES("status"))                             ? EVENT_STATUS
           : bytes_equal(name, BYTES("location"))                           ? EVENT_LOCATION
                                                                            : EVENT_OTHER;
}

static enum event event_of_shape(struct bytes json)
{
    struct bytes found;
    if (decode_find(json, "margin", &found)) {
        return EVENT_STATUS;
    }
    if (decode_find_object(json, "location", &found)) {
        return EVENT_LOCATION;
    }
    return decode_find(json, "rxInfo", &found) || decode_find(json, "object", &found) ||
                   decode_find(json, "data", &found)
               ? EVENT_UP
               : EVENT_OTHER;
}

/* The object that the codec made, of which v3 may send the text. */
static bool find_object(struct decoder *d, struct bytes json, struct bytes *object)
{
    struct bytes raw;
    struct bytes room;
    struct json_reader r;
    struct json_text text;
    if (decode_find_object(json, "object", object)) {
        return true;
    }
    if (!decode_find(json, "objectJSON", &raw)) {
        return false;
    }
    json_reader_init(&r, raw);
    if (json_peek(&r) != JSON_STRING || !json_read_text(&r, &text) || text.raw.len == 0) {
        return false;
    }
    /* Unescaped text is never longer than it was. */
    if (!decode_keep(d, text.raw, &room) ||
        json_text_get(text, d->text + (room.ptr - d->text), room.len, object) != OK) {
        decode_lose(d, DROP_TOO_MANY_VALUES);
        return false;
    }
    enum drop refused = decode_json_check(*object);
    if (refused != DROP_NONE) {
        decode_lose(d, refused);
        return false;
    }
    return object->ptr[0] == '{';
}

static void decode_up(struct decoder *d, const struct lorawan_device *of, struct bytes json)
{
    static const char *const snr_keys[] = {"snr", "loRaSNR"};
    struct bytes part;
    if (find_object(d, json, &part)) {
        decode_flatten_object(d, part, &(struct flatten_as){.device = of->id, .time = of->time});
    }
    if (decode_find(json, "rxInfo", &part)) {
        lorawan_add_radio(d, of, part, snr_keys, ARRAY_LEN(snr_keys));
    }
}

static bool is_true(struct bytes json, const char *path)
{
    struct bytes raw;
    return decode_find(json, path, &raw) && bytes_equal(raw, BYTES("true"));
}

/* A level that is not known, or that mains power has none of, is sent as 0 beside a flag. */
static void decode_status(struct decoder *d, const struct lorawan_device *of, struct bytes json)
{
    double v;
    if (decode_find_number(json, "margin", &v)) {
        decode_add_number(d, of->id, BYTES("lorawan.margin"), v, "dB", of->time);
    }
    if (!is_true(json, "batteryLevelUnavailable") && !is_true(json, "externalPowerSource") &&
        decode_find_number(json, "batteryLevel", &v)) {
        decode_add_number(d, of->id, BYTES("lorawan.battery"), v, "%", of->time);
    }
}

static void describe(struct decoder *d, struct bytes device, struct bytes json)
{
    struct decode_meta *m = decode_add_meta(d, device);
    if (!m) {
        return;
    }
    lorawan_describe(d, &m->name, json, "deviceInfo.deviceName");
    lorawan_describe(d, &m->model, json, "deviceInfo.deviceProfileName");
    lorawan_describe(d, &m->place, json, "deviceInfo.tags.location");
    lorawan_describe(d, &m->name, json, "deviceName");
    lorawan_describe(d, &m->model, json, "deviceProfileName");
    lorawan_describe(d, &m->place, json, "tags.location");
}

static enum drop decode_device(struct decoder *d, const struct decode_topic *t, struct bytes json)
{
    struct lorawan_device of = {{NULL, 0}, WALL_NONE};
    struct bytes place;
    enum drop refused = decode_json_check(json);
    if (refused != DROP_NONE) {
        return refused;
    }
    if (!decode_find_id(d, json, "deviceInfo.devEui", &of.id) &&
        !decode_find_id(d, json, "devEUI", &of.id)) {
        of.id = owns_devices(t) ? t->level[3] : of.id;
    }
    if (!decode_id_valid(of.id)) {
        return DROP_BAD_DEVICE_ID;
    }
    (void)decode_find_time(json, "time", &of.time);
    enum event event =
        owns_devices(t) ? event_of_topic(t->level[t->count - 1]) : event_of_shape(json);
    if (event == EVENT_UP) {
        decode_up(d, &of, json);
    } else if (event == EVENT_STATUS) {
        decode_status(d, &of, json);
    } else if (event == EVENT_LOCATION && decode_find_object(json, "location", &place)) {
        lorawan_add_position(d, &of, place);
    }
    describe(d, of.id, json);
    return DROP_NONE;
}

/* ---- gateways ---- */

static enum drop decode_connection(struct decoder *d, struct bytes gateway, struct bytes json)
{
    struct bytes state;
    if (!decode_find_text(d, json, "state", 16, &state)) {
        return DROP_WRONG_TYPE;
    }
    if (bytes_equal_nocase(state, BYTES("online"))) {
        decode_add_status(d, gateway, STATUS_ONLINE, WALL_NONE);
    } else if (bytes_equal_nocase(state, BYTES("offline"))) {
        decode_add_status(d, gateway, STATUS_OFFLINE, WALL_NONE);
    }
    return DROP_NONE;
}

/* The statistics of a gateway tell where it stands. */
static enum drop decode_statistics(struct decoder *d, struct bytes gateway, struct bytes json)
{
    struct bytes place;
    if (decode_find_object(json, "location", &place)) {
        struct decode_meta *m = decode_add_meta(d, gateway);
        if (m) {
            lorawan_locate(m, place);
        }
    }
    return DROP_NONE;
}

static enum drop decode_gateway(struct decoder *d, const struct decode_topic *t, size_t level,
                                struct bytes json)
{
    struct bytes gateway = t->level[level + 1];
    bool connection = decode_level_is(t, level + 3, "conn");
    if (!connection && !decode_level_is(t, level + 3, "stats")) {
        return DROP_NONE;
    }
    if (json.ptr[0] != '{') {
        decode_note(d, "the gateway sends protobuf: set its marshaler to JSON", BYTES(""));
        return DROP_UNDECODED;
    }
    enum drop refused = decode_json_check(json);
    if (refused != DROP_NONE) {
        return refused;
    }
    if (!decode_id_valid(gateway)) {
        return DROP_BAD_DEVICE_ID;
    }
    return connection ? decode_connection(d, gateway, json) : decode_statistics(d, gateway, json);
}

static enum drop decode_chirp(struct decoder *d, const struct decode_topic *t,
                              const struct decode_input *in)
{
    struct bytes payload = bytes_trim(in->payload);
    size_t gateway = gateway_level(t);
    if (payload.len == 0) {
        return DROP_NONE;
    }
    return gateway < t->count ? decode_gateway(d, t, gateway, payload)
                              : decode_device(d, t, payload);
}

const struct decode_family decode_chirpstack = {.id = DECODER_CHIRPSTACK,
                                                .owns = owns_chirpstack,
                                                .recognises = recognises_chirpstack,
                                                .decode = decode_chirp};
