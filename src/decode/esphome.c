/* SPDX-License-Identifier: Apache-2.0 */
/* ESPHome:
 *
 *     <prefix>/<component>/<object id>/state             23.8, ON, {"state": "ON", ...}
 *     <prefix>/<component>/<object id>/<what>/state      of climates, covers, fans
 *     <prefix>/debug                                     a log
 *     esphome/discover/<node>                            who it is
 *
 * <prefix>/status is that of any device. Units come from Home Assistant's discovery. */
#include "base/utf8.h"
#include "decode/parts.h"

static bool is_one_of(struct bytes word, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (bytes_equal(word, bytes_of_text(words[i]))) {
            return true;
        }
    }
    return false;
}

static bool is_component(struct bytes level)
{
    static const char *const words[] = {"sensor",      "binary_sensor", "switch",
                                        "light",       "number",        "select",
                                        "text_sensor", "text",          "lock",
                                        "cover",       "fan",           "valve",
                                        "climate",     "event",         "date",
                                        "time",        "datetime",      "button",
                                        "update",      "media_player",  "alarm_control_panel",
                                        "water_heater"};
    return is_one_of(level, words, ARRAY_LEN(words));
}

/* Components whose state has several parts, each with a topic of its own. */
static bool has_parts(struct bytes level)
{
    static const char *const words[] = {"climate", "cover", "fan", "valve", "water_heater"};
    return is_one_of(level, words, ARRAY_LEN(words));
}

static bool is_part(struct bytes level)
{
    static const char *const words[] = {"mode",
                                        "action",
                                        "away",
                                        "current_temperature",
                                        "current_humidity",
                                        "target_temperature",
                                        "target_temperature_low",
                                        "target_temperature_high",
                                        "target_humidity",
                                        "fan_mode",
                                        "swing_mode",
                                        "preset",
                                        "position",
                                        "tilt",
                                        "oscillation",
                                        "speed",
                                        "speed_level",
                                        "direction"};
    return is_one_of(level, words, ARRAY_LEN(words));
}

/* The level of the component in a topic of a state; 0: it is none. */
static size_t component_of(const struct decode_topic *t)
{
    size_t n = t->count;
    if (n < 4 || !decode_level_is(t, n - 1, "state") || decode_level_is(t, 0, "homeassistant")) {
        return 0;
    }
    bool plain = is_component(t->level[n - 3]);
    if (n >= 5 && has_parts(t->level[n - 4]) && (!plain || is_part(t->level[n - 2]))) {
        return n - 4;
    }
    return plain ? n - 3 : 0;
}

static bool is_discovery(const struct decode_topic *t)
{
    return t->count == 3 && decode_level_is(t, 0, "esphome") && decode_level_is(t, 1, "discover");
}

static bool owns_esphome(const struct decode_topic *t)
{
    return component_of(t) > 0 || is_discovery(t);
}

/* A line of a log, in colours or without: ESC [0;32m [I][..., [D][... */
static bool is_log(struct bytes payload)
{
    if (payload.len > 2 && payload.ptr[0] == 0x1b && payload.ptr[1] == '[') {
        return true;
    }
    return payload.len > 4 && payload.ptr[0] == '[' && payload.ptr[2] == ']' &&
           payload.ptr[3] == '[' && bytes_index(BYTES("EWICDV"), payload.ptr[1]) < 6;
}

static bool recognises_esphome(struct decoder *d, const struct decode_topic *t,
                               const struct decode_input *in)
{
    (void)d;
    return t->count >= 2 && decode_level_is(t, t->count - 1, "debug") && is_log(in->payload);
}

static enum drop decode_discovery(struct decoder *d, const struct decode_topic *t,
                                  struct bytes payload)
{
    struct bytes name;
    enum drop refused = payload.len > 0 ? decode_json_check(payload) : DROP_NONE;
    if (refused != DROP_NONE || payload.len == 0 || !decode_id_valid(t->level[2])) {
        return refused;
    }
    if (decode_find_text(d, payload, "friendly_name", LIMIT_ID_BYTES, &name) && name.len > 0) {
        struct decode_meta *meta = decode_add_meta(d, t->level[2]);
        if (meta) {
            decode_describe(d, &meta->name, name);
        }
    }
    return DROP_NONE;
}

static enum drop take_scalar(struct decoder *d, struct bytes device, struct bytes sensor,
                             struct bytes text)
{
    struct scalar s = decode_scalar_of_text(text);
    if (!utf8_valid(text)) {
        return DROP_INVALID_UTF8;
    }
    if (text.ptr[0] == '[' && decode_json_check(text) == DROP_NONE) {
        return DROP_WRONG_TYPE;
    }
    if (s.kind == SCALAR_NUMBER || s.kind == SCALAR_BOOLEAN) {
        struct decode_record *r = decode_add_reading(d, sensor, s);
        if (r) {
            r->device = device;
        }
    }
    return DROP_NONE;
}

static enum drop decode_state(struct decoder *d, const struct decode_topic *t, size_t component,
                              struct bytes payload)
{
    struct bytes device = decode_levels(t, 0, component);
    struct bytes sensor;
    if (!decode_id_valid(device)) {
        return DROP_BAD_DEVICE_ID;
    }
    if (!decode_levels_dotted(d, t, component, t->count - 1, &sensor) || !decode_id_valid(sensor)) {
        return DROP_BAD_SENSOR_ID;
    }
    if (payload.len == 0 || decode_level_is(t, component, "text_sensor")) {
        return DROP_NONE;
    }
    if (payload.ptr[0] != '{') {
        return take_scalar(d, device, sensor, payload);
    }
    enum drop refused = decode_json_check(payload);
    if (refused == DROP_NONE) {
        decode_flatten_object(
            d, payload,
            &(struct flatten_as){.prefix = sensor, .device = device, .time = WALL_NONE});
    }
    return refused;
}

static enum drop decode_esphome(struct decoder *d, const struct decode_topic *t,
                                const struct decode_input *in)
{
    size_t component = component_of(t);
    struct bytes payload = bytes_trim(in->payload);
    if (component > 0) {
        return decode_state(d, t, component, payload);
    }
    return is_discovery(t) ? decode_discovery(d, t, payload) : DROP_NONE;
}

const struct decode_family decode_family_esphome = {.id = DECODER_ESPHOME,
                                                    .owns = owns_esphome,
                                                    .recognises = recognises_esphome,
                                                    .decode = decode_esphome};
