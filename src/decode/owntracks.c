/* SPDX-License-Identifier: Apache-2.0 */
/* OwnTracks: owntracks/<user>/<device>[/<what>], JSON with `_type`, of which location, lwt, steps
 * and card mean something here. Positions of people: mind who may see them. (OwnTracks booklet:
 * JSON.) */
#include "base/utf8.h"
#include "decode/parts.h"

#include <math.h>

static bool owns_owntracks(const struct decode_topic *t)
{
    return t->count >= 3 && decode_level_is(t, 0, "owntracks");
}

struct member {
    struct bytes key;
    const char *sensor; /* NULL: a key that is no value */
    const char *unit;
};

#define MEMBER(key, sensor, unit)                                                                  \
    {                                                                                              \
        {(const uint8_t *)(key), sizeof(key) - 1}, sensor, unit                                    \
    }

/* Any other number of a location goes by its own key. */
static const struct member members[] = {
    MEMBER("lat", "location.latitude", "\xc2\xb0"),
    MEMBER("lon", "location.longitude", "\xc2\xb0"),
    MEMBER("alt", "location.altitude", "m"),
    MEMBER("acc", "location.accuracy", "m"),
    MEMBER("vac", "location.vertical_accuracy", "m"),
    MEMBER("cog", "location.course", "\xc2\xb0"),
    MEMBER("vel", "location.speed", "km/h"),
    MEMBER("batt", "battery", "%"),
    MEMBER("p", "pressure", "kPa"),
    MEMBER("odometer", "odometer", "km"),
    MEMBER("ubatt", "ubatt", "V"),
    MEMBER("uext", "uext", "V"),
    MEMBER("tst", NULL, NULL),
    MEMBER("created_at", NULL, NULL),
    MEMBER("wtst", NULL, NULL),
    MEMBER("rad", NULL, NULL),
};

static void add_member(struct decoder *d, struct json_text text, double value)
{
    struct bytes key;
    if (!decode_keep_text(d, text, LIMIT_ID_BYTES, &key)) {
        decode_lose(d, DROP_BAD_SENSOR_ID);
        return;
    }
    const char *unit = bytes_start_with(key, BYTES("temp_c")) ? "\xc2\xb0"
                                                                "C"
                                                              : NULL;
    for (size_t i = 0; i < ARRAY_LEN(members); i++) {
        if (bytes_equal(key, members[i].key)) {
            if (!members[i].sensor) {
                return;
            }
            key = bytes_of_text(members[i].sensor);
            unit = members[i].unit;
            break;
        }
    }
    decode_add_number(d, (struct bytes){NULL, 0}, key, value, unit, WALL_NONE);
}

/* Whether latitude and longitude, where they are told, can be. */
static bool is_on_earth(struct bytes json)
{
    double lat = 0;
    double lon = 0;
    (void)decode_find_number(json, "lat", &lat);
    (void)decode_find_number(json, "lon", &lon);
    return fabs(lat) <= 90 && fabs(lon) <= 180;
}

/* Numbers only: `tid` and the like may be text that looks like one. */
static void decode_location(struct decoder *d, struct bytes json)
{
    struct json_reader r;
    struct json_text key;
    double value;
    bool placed = is_on_earth(json);
    json_reader_init(&r, json);
    if (!json_read_object(&r)) {
        return;
    }
    if (!placed) {
        decode_lose(d, DROP_WRONG_TYPE);
        decode_note(d, "the position is not on earth", BYTES(""));
    }
    while (json_read_key(&r, &key)) {
        bool place = json_text_is(key, "lat") || json_text_is(key, "lon");
        if ((placed || !place) && json_peek(&r) == JSON_NUMBER &&
            json_read_any_number(&r, &value)) {
            add_member(d, key, value);
        }
    }
}

static void decode_steps(struct decoder *d, struct bytes json)
{
    double steps;
    if (decode_find_number(json, "steps", &steps)) {
        decode_add_number(d, (struct bytes){NULL, 0}, BYTES("steps"), steps, NULL, WALL_NONE);
    }
}

static void decode_card(struct decoder *d, struct bytes json, struct bytes device)
{
    struct bytes name;
    struct decode_meta *m = decode_add_meta(d, device);
    if (m && decode_find_text(d, json, "name", LIMIT_NAME_BYTES, &name)) {
        decode_describe(d, &m->name, name);
    }
}

static void decode_type(struct decoder *d, struct bytes json, struct bytes device,
                        struct bytes type)
{
    if (bytes_equal(type, BYTES("location"))) {
        decode_location(d, json);
    } else if (bytes_equal(type, BYTES("steps"))) {
        decode_steps(d, json);
    } else if (bytes_equal(type, BYTES("card"))) {
        decode_card(d, json, device);
    } else if (bytes_equal(type, BYTES("encrypted"))) {
        decode_lose(d, DROP_UNDECODED);
        decode_note(d, "the payload is encrypted", BYTES(""));
    }
}

static enum drop decode_tracks(struct decoder *d, const struct decode_topic *t,
                               const struct decode_input *in)
{
    struct bytes payload = bytes_trim(in->payload);
    struct bytes device = decode_levels(t, 1, 3);
    struct bytes type;
    wall_ms time = WALL_NONE;
    if (payload.len == 0) {
        return DROP_NONE;
    }
    if (payload.ptr[0] != '{') {
        return utf8_valid(payload) ? DROP_UNDECODED : DROP_INVALID_UTF8;
    }
    enum drop refused = decode_json_check(payload);
    if (refused != DROP_NONE) {
        return refused;
    }
    if (!decode_id_valid(device)) {
        return DROP_BAD_DEVICE_ID;
    }
    if (!decode_find_text(d, payload, "_type", 32, &type)) {
        return DROP_UNDECODED;
    }
    if (bytes_equal(type, BYTES("lwt"))) {
        /* Its time is that of the connection which now ended. */
        decode_add_status(d, device, STATUS_OFFLINE, WALL_NONE);
        return DROP_NONE;
    }
    decode_type(d, payload, device, type);
    (void)decode_find_time(payload, "tst", &time);
    for (size_t i = 0; i < d->count; i++) {
        d->records[i].device = device;
        d->records[i].time = time;
    }
    return DROP_NONE;
}

const struct decode_family decode_owntracks = {
    .id = DECODER_OWNTRACKS, .owns = owns_owntracks, .decode = decode_tracks};
