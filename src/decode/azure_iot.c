/* SPDX-License-Identifier: Apache-2.0 */
/* Azure IoT Hub: devices/<id>[/modules/<module>]/messages/events/[<property bag>] with any JSON.
 * Topics of the twin name no device, and messages to a device are no data. (Azure documentation:
 * IoT Hub, communicate using MQTT.) */
#include "decode/parts.h"

/* The level `messages`, or 0. */
static size_t messages_level(const struct decode_topic *t)
{
    if (!decode_level_is(t, 0, "devices")) {
        return 0;
    }
    return decode_level_is(t, 2, "messages") && t->count >= 4 ? 2
           : decode_level_is(t, 2, "modules") && decode_level_is(t, 4, "messages") && t->count >= 6
               ? 4
               : 0;
}

static bool owns_azure(const struct decode_topic *t)
{
    size_t messages = messages_level(t);
    return decode_level_is(t, 0, "$iothub") ||
           (messages > 0 && (decode_level_is(t, messages + 1, "events") ||
                             decode_level_is(t, messages + 1, "devicebound")));
}

/* The hub let the device publish there and nowhere else, so the topic names it, not the body. */
static enum drop decode_event(struct decoder *d, struct bytes payload, struct bytes device)
{
    struct bytes none = {NULL, 0};
    enum drop refused;
    if (payload.ptr[0] == '[') {
        refused = decode_json_check(payload);
        if (refused == DROP_NONE) {
            decode_flatten_object(d, payload,
                                  &(struct flatten_as){.device = device, .time = WALL_NONE});
        }
        return refused;
    }
    refused = payload.ptr[0] == '{' ? decode_object(d, payload, device, none) : DROP_UNDECODED;
    for (size_t i = 0; i < d->count; i++) {
        d->records[i].device = device;
    }
    for (size_t i = 0; i < d->meta_count; i++) {
        d->meta[i].device = device;
    }
    return refused;
}

static enum drop decode_azure(struct decoder *d, const struct decode_topic *t,
                              const struct decode_input *in)
{
    struct bytes payload = bytes_trim(in->payload);
    size_t messages = messages_level(t);
    if (payload.len == 0 || messages == 0 || !decode_level_is(t, messages + 1, "events")) {
        return DROP_NONE;
    }
    return decode_id_valid(t->level[1]) ? decode_event(d, payload, t->level[1])
                                        : DROP_BAD_DEVICE_ID;
}

const struct decode_family decode_azure_iot = {
    .id = DECODER_AZURE_IOT, .owns = owns_azure, .decode = decode_azure};
