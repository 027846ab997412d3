/* SPDX-License-Identifier: Apache-2.0 */
/* SUBSCRIBE: packet id, then one or more of filter and QoS. UNSUBSCRIBE: the same without QoS.
 * SUBACK: packet id, then one code a filter. Lists are checked whole and stay where they are. */
#include "proto/mqtt/mqtt.h"

#include "proto/mqtt/field.h"

static bool read_filter(enum mqtt_type type, struct bytes *in, struct mqtt_filter *out)
{
    out->qos = 0;
    return field_read_binary(in, &out->text) &&
           (type == MQTT_UNSUBSCRIBE || field_read_u8(in, &out->qos));
}

enum err mqtt_decode_filters(struct mqtt_frame f, struct mqtt_filters *out)
{
    struct mqtt_filters filters = {.type = f.type};
    struct bytes in = f.body;
    if (!field_read_id(&in, &filters.id) || in.len == 0) {
        return ERR_INVALID;
    }
    filters.rest = in;
    while (in.len) {
        struct mqtt_filter filter;
        if (!read_filter(f.type, &in, &filter) || filter.qos > 2 ||
            !mqtt_filter_valid(filter.text)) {
            return ERR_INVALID;
        }
        filters.count++;
    }
    *out = filters;
    return OK;
}

bool mqtt_next_filter(struct mqtt_filters *filters, struct mqtt_filter *out)
{
    return filters->rest.len && read_filter(filters->type, &filters->rest, out);
}

void mqtt_encode_filters(struct buf *b, enum mqtt_type type, uint16_t id,
                         const struct mqtt_filter *filters, size_t count)
{
    ASSERT(id != 0 && count > 0 && (type == MQTT_SUBSCRIBE || type == MQTT_UNSUBSCRIBE));
    size_t qos_size = type == MQTT_SUBSCRIBE ? 1 : 0;
    size_t size = 2;
    for (size_t i = 0; i < count; i++) {
        size += field_size(filters[i].text) + qos_size;
    }
    field_put_head(b, type, 2, size);
    field_put_u16(b, id);
    for (size_t i = 0; i < count; i++) {
        field_put(b, filters[i].text);
        if (qos_size) {
            buf_put_byte(b, filters[i].qos);
        }
    }
}

enum err mqtt_decode_suback(struct mqtt_frame f, struct mqtt_suback *out)
{
    struct bytes in = f.body;
    uint16_t id;
    if (!field_read_id(&in, &id) || in.len == 0) {
        return ERR_INVALID;
    }
    for (size_t i = 0; i < in.len; i++) {
        if (in.ptr[i] > 2 && in.ptr[i] != MQTT_SUBACK_FAILURE) {
            return ERR_INVALID;
        }
    }
    *out = (struct mqtt_suback){.id = id, .codes = in};
    return OK;
}

void mqtt_encode_suback(struct buf *b, struct mqtt_suback s)
{
    ASSERT(s.id != 0 && s.codes.len > 0);
    field_put_head(b, MQTT_SUBACK, 0, 2 + s.codes.len);
    field_put_u16(b, s.id);
    buf_put_bytes(b, s.codes);
}
