/* SPDX-License-Identifier: Apache-2.0 */
/* The Things Stack v3: v3/<application>[@<tenant>]/devices/<device>/<event>, or the same JSON under
 * any topic, since bridges republish it. Members that are zero or empty are left out of the
 * envelope. What `decoded_payload` holds was chosen by the vendor of the sensor. (The Things Stack
 * documentation: MQTT server, data formats.) */
#include "decode/lorawan.h"

/* A message shorter than this can't hold the keys of an uplink. */
#define SHORTEST_UPLINK 60

static bool owns_things_stack(const struct decode_topic *t)
{
    return t->count >= 5 && decode_level_is(t, 0, "v3") && decode_level_is(t, 2, "devices");
}

static bool recognises_things_stack(struct decoder *d, const struct decode_topic *t,
                                    const struct decode_input *in)
{
    struct bytes found;
    (void)d;
    (void)t;
    return in->payload.len >= SHORTEST_UPLINK && in->payload.ptr[0] == '{' &&
           memmem(in->payload.ptr, in->payload.len, "\"end_device_ids\"", 16) &&
           decode_find_object(in->payload, "end_device_ids", &found) &&
           decode_find_object(in->payload, "uplink_message", &found);
}

/* The application of the topic, without its tenant. */
static struct bytes application_of(const struct decode_topic *t)
{
    return bytes_of(t->level[1].ptr, bytes_index(t->level[1], '@'));
}

/* <application>/<device> by the message, else by its topic. */
static bool find_device(struct decoder *d, const struct decode_topic *t, struct bytes json,
                        struct bytes *device)
{
    struct bytes parts[] = {{NULL, 0}, {NULL, 0}};
    bool topic_knows = owns_things_stack(t);
    if (!decode_find_id(d, json, "end_device_ids.application_ids.application_id", &parts[0]) &&
        topic_knows) {
        parts[0] = application_of(t);
    }
    if (!decode_find_id(d, json, "end_device_ids.device_id", &parts[1])) {
        parts[1] = topic_knows ? t->level[3] : parts[1];
    }
    size_t first = parts[0].len > 0 ? 0 : 1;
    return parts[1].len > 0 &&
           decode_join(d, parts + first, 2 - first, BYTES("/"), LIMIT_ID_BYTES, device) &&
           decode_id_valid(*device);
}

static void describe(struct decoder *d, struct bytes device, struct bytes json)
{
    struct bytes place;
    struct decode_meta *m = decode_add_meta(d, device);
    if (!m) {
        return;
    }
    lorawan_describe(d, &m->model, json, "uplink_message.version_ids.model_id");
    lorawan_describe(d, &m->manufacturer, json, "uplink_message.version_ids.brand_id");
    if (decode_find_object(json, "uplink_message.locations.user", &place) ||
        decode_find_object(json, "location_solved.location", &place)) {
        lorawan_locate(m, place);
    }
}

static void decode_uplink(struct decoder *d, struct bytes json, struct bytes device)
{
    static const char *const snr_keys[] = {"snr"};
    struct lorawan_device of = {device, WALL_NONE};
    struct bytes part;
    double battery;
    if (!decode_find_time(json, "uplink_message.received_at", &of.time)) {
        (void)decode_find_time(json, "received_at", &of.time);
    }
    if (decode_find_object(json, "uplink_message.decoded_payload", &part)) {
        decode_flatten_object(d, part, &(struct flatten_as){.device = device, .time = of.time});
    }
    if (decode_find(json, "uplink_message.rx_metadata", &part)) {
        lorawan_add_radio(d, &of, part, snr_keys, ARRAY_LEN(snr_keys));
    }
    if (decode_find_number(json, "uplink_message.last_battery_percentage.value", &battery)) {
        decode_add_number(d, device, BYTES("lorawan.battery"), battery, "%", of.time);
    }
}

static enum drop decode_things(struct decoder *d, const struct decode_topic *t,
                               const struct decode_input *in)
{
    struct bytes device;
    struct bytes uplink;
    if (bytes_trim(in->payload).len == 0) {
        return DROP_NONE;
    }
    enum drop refused = decode_json_check(in->payload);
    if (refused != DROP_NONE) {
        return refused;
    }
    if (bytes_trim(in->payload).ptr[0] != '{') {
        return DROP_WRONG_TYPE;
    }
    if (!find_device(d, t, in->payload, &device)) {
        return DROP_BAD_DEVICE_ID;
    }
    if (decode_find_object(in->payload, "uplink_message", &uplink)) {
        decode_uplink(d, in->payload, device);
    }
    describe(d, device, in->payload);
    return DROP_NONE;
}

const struct decode_family decode_things_stack = {.id = DECODER_THINGS_STACK,
                                                  .owns = owns_things_stack,
                                                  .recognises = recognises_things_stack,
                                                  .decode = decode_things};
