/* SPDX-License-Identifier: Apache-2.0 */
/* Victron Venus OS: N/<portal>/<service>/<instance>/<path...> with {"value": x}; an empty payload
 * says that the device left. A portal is silent unless someone asks it to publish at least every
 * minute. Units are not sent: they follow from the path. (dbus-flashmq README.) */
#include "decode/parts.h"
#include "decode/recent.h"

#define KEEPALIVE_MS 50000

static bool owns_victron(const struct decode_topic *t)
{
    return t->count >= 3 && decode_level_is(t, 0, "N");
}

/* ---- what is remembered: portals asked, and devices that people have named ---- */

enum note {
    NOTE_ASKED,
    NOTE_NAMED,
};

static uint64_t note_id(struct decoder *d, const struct decode_input *in, struct bytes of,
                        enum note what)
{
    struct bytes parts[] = {of, what == NOTE_ASKED ? BYTES("asked") : BYTES("named")};
    return recent_id(d->memory.key, in->source, parts, ARRAY_LEN(parts));
}

static const struct recent_note *find_note(struct decoder *d, uint64_t id)
{
    return d->memory.portals ? recent_find(d->memory.portals, id) : NULL;
}

static void set_note(struct decoder *d, const struct decode_input *in, uint64_t id)
{
    if (!d->memory.portals) {
        d->memory.portals = recent_new(LIMIT_RECENT_PORTALS);
    }
    recent_set(d->memory.portals, (struct recent_note){.id = id, .at = in->now});
}

/* Asks the portal to go on, if the settings allow it. Its heartbeat comes each 3 s while it
 * publishes, so there is always a message to do this on. The first time it shall tell all. */
static void keep_alive(struct decoder *d, const struct decode_topic *t,
                       const struct decode_input *in)
{
    struct bytes parts[] = {BYTES("R/"), t->level[1], BYTES("/keepalive")};
    struct bytes topic;
    uint64_t id = note_id(d, in, t->level[1], NOTE_ASKED);
    const struct recent_note *asked = find_note(d, id);
    if ((asked && recent_within(asked->at, in->now, KEEPALIVE_MS - 1)) ||
        !decode_join(d, parts, ARRAY_LEN(parts), BYTES(""), LIMIT_TOPIC_BYTES, &topic)) {
        return;
    }
    decode_add_request(
        d, topic, asked ? BYTES("{\"keepalive-options\":[\"suppress-republish\"]}") : BYTES(""));
    set_note(d, in, id);
}

/* ---- units ---- */

struct path_unit {
    const char *last;
    const char *unit;
};

static const struct path_unit units[] = {
    {"Power", "W"},
    {"Voltage", "V"},
    {"Current", "A"},
    {"Soc", "%"},
    {"Temperature", "\xc2\xb0"
                    "C"},
    {"Frequency", "Hz"},
    {"P", "W"},
    {"V", "V"},
    {"I", "A"},
    {"F", "Hz"},
    {"S", "VA"},
};

static struct bytes unit_of(const struct decode_topic *t)
{
    for (size_t i = 4; i < t->count; i++) {
        if (decode_level_is(t, i, "Yield") || decode_level_is(t, i, "Energy")) {
            return BYTES("kWh");
        }
    }
    for (size_t i = 0; i < ARRAY_LEN(units); i++) {
        if (decode_level_is(t, t->count - 1, units[i].last)) {
            return bytes_of_text(units[i].unit);
        }
    }
    return (struct bytes){NULL, 0};
}

/* ---- values ---- */

static bool is_identifier(const struct decode_topic *t)
{
    static const char *const names[] = {"Serial", "ProductId", "DeviceInstance", "FirmwareVersion",
                                        "HardwareVersion"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        if (decode_level_is(t, t->count - 1, names[i])) {
            return true;
        }
    }
    return false;
}

struct place {
    const char *path, *sensor, *unit;
};

/* Where a receiver of satellites is goes by the names that positions have everywhere. */
static const struct place places[] = {
    {"Position/Latitude", "location.latitude", "\xc2\xb0"},
    {"Position/Longitude", "location.longitude", "\xc2\xb0"},
    {"Altitude", "location.altitude", "m"},
    {"Course", "location.course", "\xc2\xb0"},
    {"Speed", "location.speed", "m/s"},
};

static bool name_sensor(struct decoder *d, const struct decode_topic *t, struct bytes *sensor,
                        struct bytes *unit)
{
    struct bytes path = decode_levels(t, 4, t->count);
    if (decode_level_is(t, 2, "gps")) {
        for (size_t i = 0; i < ARRAY_LEN(places); i++) {
            if (bytes_equal(path, bytes_of_text(places[i].path))) {
                *sensor = bytes_of_text(places[i].sensor);
                *unit = bytes_of_text(places[i].unit);
                return true;
            }
        }
    }
    *unit = unit_of(t);
    return decode_levels_dotted(d, t, 4, t->count, sensor) && decode_id_valid(*sensor);
}

/* ProductName is the model, and the name as long as nobody gave another. */
static void describe(struct decoder *d, const struct decode_topic *t, const struct decode_input *in,
                     struct bytes device)
{
    struct bytes text;
    bool product = decode_level_is(t, 4, "ProductName");
    uint64_t id = note_id(d, in, device, NOTE_NAMED);
    if (!decode_find_text(d, in->payload, "value", LIMIT_NAME_BYTES, &text) ||
        bytes_trim(text).len == 0) {
        return;
    }
    struct decode_meta *m = decode_add_meta(d, device);
    if (!m) {
        return;
    }
    if (product) {
        decode_describe(d, &m->model, text);
    }
    if (!product || !find_note(d, id)) {
        decode_describe(d, &m->name, text);
    }
    if (!product) {
        set_note(d, in, id);
    }
}

static enum drop decode_value(struct decoder *d, const struct decode_topic *t,
                              const struct decode_input *in, struct bytes device)
{
    struct bytes raw, sensor, unit;
    struct json_reader r;
    struct walk w;
    enum drop refused = decode_json_check(in->payload);
    if (refused != DROP_NONE) {
        return refused;
    }
    if (t->count == 5 &&
        (decode_level_is(t, 4, "ProductName") || decode_level_is(t, 4, "CustomName"))) {
        describe(d, t, in, device);
        return DROP_NONE;
    }
    if (is_identifier(t) || !decode_find(in->payload, "value", &raw) || raw.ptr[0] == '"') {
        return DROP_NONE;
    }
    if (!name_sensor(d, t, &sensor, &unit)) {
        return DROP_BAD_SENSOR_ID;
    }
    json_reader_init(&r, raw);
    decode_walk_init(&w, d, &r, sensor);
    decode_flatten_value(&w);
    for (size_t i = 0; i < d->count; i++) {
        d->records[i].device = device;
        d->records[i].unit = unit;
    }
    return DROP_NONE;
}

static enum drop decode_venus(struct decoder *d, const struct decode_topic *t,
                              const struct decode_input *in)
{
    if (d->config.victron_keepalive) {
        keep_alive(d, t, in);
    }
    if (t->count < 5) {
        return DROP_NONE; /* the portal's heartbeat and other bookkeeping */
    }
    struct bytes device = decode_levels(t, 1, 4);
    if (!decode_id_valid(device)) {
        return DROP_BAD_DEVICE_ID;
    }
    if (in->payload.len == 0) {
        decode_add_status(d, device, STATUS_OFFLINE, WALL_NONE);
        return DROP_NONE;
    }
    return decode_value(d, t, in, device);
}

const struct decode_family decode_victron = {
    .id = DECODER_VICTRON, .owns = owns_victron, .decode = decode_venus};
