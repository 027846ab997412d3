/* SPDX-License-Identifier: Apache-2.0 */
/* Victron Venus OS: N/<portal>/<service>/<instance>/<path...> with {"value": x}; an empty payload
 * says that the device left. A portal is silent unless someone asks it to publish at least every
 * minute. Units are not sent: they follow from the path. (dbus-flashmq README.) */
#include "decode/parts.h"
#include "decode/recent.h"

#define KEEPALIVE_MS 50000
/* A portal that was not heard for so long, although it was asked, is asked no more. */
#define GONE_MS (24 * 3600 * 1000)

static bool owns_victron(const struct decode_topic *t)
{
    return t->count >= 3 && decode_level_is(t, 0, "N");
}

/* ---- devices that people have named ---- */

static uint64_t named_id(struct decoder *d, const struct decode_input *in, struct bytes device)
{
    return recent_id(d->memory.key, in->source, &device, 1);
}

static bool is_named(struct decoder *d, uint64_t id)
{
    return d->memory.named && recent_find(d->memory.named, id);
}

static void set_named(struct decoder *d, const struct decode_input *in, uint64_t id)
{
    if (!d->memory.named) {
        d->memory.named = recent_new(LIMIT_RECENT_NAMES);
    }
    recent_set(d->memory.named, (struct recent_note){.id = id, .at = in->now});
}

/* ---- portals that are kept awake ---- */

/* A portal; its key is the source and its id. */
struct portal {
    struct memo_item item;
    unsigned source;
    wall_ms asked; /* WALL_NONE: never */
};

/* Asks the portal to go on when it is time: to tell all at first, then only what changes. */
static void ask_if_due(struct decoder *d, struct portal *p, wall_ms now)
{
    struct bytes parts[] = {BYTES("R/"), memo_name(&p->item), BYTES("/keepalive")};
    struct bytes again = BYTES("{\"keepalive-options\":[\"suppress-republish\"]}");
    struct bytes topic;
    bool due = p->asked == WALL_NONE || !recent_within(p->asked, now, KEEPALIVE_MS - 1);
    if (due && d->request_count < LIMIT_REQUESTS_PER_MESSAGE &&
        decode_join(d, parts, ARRAY_LEN(parts), BYTES(""), LIMIT_TOPIC_BYTES, &topic)) {
        d->source = p->source;
        decode_add_request(d, topic, p->asked == WALL_NONE ? BYTES("") : again);
        p->asked = now;
    }
}

static void keep_awake(struct decoder *d, const struct decode_topic *t,
                       const struct decode_input *in)
{
    struct memo *m = &d->memory.portals;
    struct memo_key key;
    memo_key_begin(&key, in->source);
    memo_key_put(&key, t->level[1]);
    struct memo_item *item = memo_find(m, memo_key_bytes(&key));
    if (!item) {
        item = memo_add(m, NULL, memo_key_bytes(&key), sizeof(struct portal), in->now);
        if (!item) {
            return;
        }
        ((struct portal *)item)->source = in->source;
        ((struct portal *)item)->asked = WALL_NONE;
    }
    memo_touch(m, item, in->now);
    ask_if_due(d, (struct portal *)item, in->now);
}

void victron_tick(struct decoder *d, wall_ms now)
{
    struct memo_item *item = d->memory.portals.newest;
    for (; item && recent_within(item->used, now, GONE_MS); item = item->next) {
        ask_if_due(d, (struct portal *)item, now);
    }
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
    uint64_t id = named_id(d, in, device);
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
    if (!product || !is_named(d, id)) {
        decode_describe(d, &m->name, text);
    }
    if (!product) {
        set_named(d, in, id);
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
    if (bytes_trim(in->payload).ptr[0] != '{') {
        return DROP_WRONG_TYPE;
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
        keep_awake(d, t, in);
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
