/* SPDX-License-Identifier: Apache-2.0 */
/* The fixed header: one byte of type and flags, then the length of the body in one to four bytes of
 * seven bits each, least significant first, where the high bit says that another byte follows. Only
 * the shortest form is valid (MQTT 1.5.5-1). */
#include "proto/mqtt/mqtt.h"

#include "proto/mqtt/field.h"

#define LENGTH_BYTES_MAX (MQTT_HEAD_MAX - 1)

/* The flags that a type must have, by type; PUBLISH's carry meaning and are checked by its decoder.
 * NO_TYPE marks the type that doesn't exist. */
#define NO_TYPE   0xff
#define ANY_FLAGS 0xfe

static const uint8_t flags_of_type[16] = {
    [0] = NO_TYPE,        [MQTT_CONNECT] = 0,  [MQTT_CONNACK] = 0,     [MQTT_PUBLISH] = ANY_FLAGS,
    [MQTT_PUBACK] = 0,    [MQTT_PUBREC] = 0,   [MQTT_PUBREL] = 2,      [MQTT_PUBCOMP] = 0,
    [MQTT_SUBSCRIBE] = 2, [MQTT_SUBACK] = 0,   [MQTT_UNSUBSCRIBE] = 2, [MQTT_UNSUBACK] = 0,
    [MQTT_PINGREQ] = 0,   [MQTT_PINGRESP] = 0, [MQTT_DISCONNECT] = 0,  [MQTT_AUTH] = 0,
};

/* A fixed header: its own length and the body's. */
struct head {
    size_t len;
    size_t remaining;
};

static enum err read_length(struct bytes in, struct head *out)
{
    size_t value = 0;
    size_t end = size_min(in.len, MQTT_HEAD_MAX);
    for (size_t i = 1; i < end; i++) {
        value |= (size_t)(in.ptr[i] & 0x7f) << (7 * (i - 1));
        if (in.ptr[i] == 0 && i > 1) {
            return ERR_INVALID;
        }
        if (in.ptr[i] < 0x80) {
            *out = (struct head){.len = i + 1, .remaining = value};
            return OK;
        }
    }
    return end == MQTT_HEAD_MAX ? ERR_INVALID : ERR_AGAIN;
}

static enum err read_head(struct bytes in, size_t max, struct head *out)
{
    if (in.len == 0) {
        return ERR_AGAIN;
    }
    uint8_t required = flags_of_type[in.ptr[0] >> 4];
    if (required != ANY_FLAGS && required != (in.ptr[0] & 0x0f)) {
        return ERR_INVALID;
    }
    struct head head;
    enum err e = read_length(in, &head);
    if (e) {
        return e;
    }
    if (head.len > max || head.remaining > max - head.len) {
        return ERR_TOO_LARGE;
    }
    *out = head;
    return OK;
}

enum err mqtt_frame(struct bytes in, size_t max, struct mqtt_frame *out, size_t *used)
{
    struct head head;
    enum err e = read_head(in, max, &head);
    if (e) {
        return e;
    }
    if (in.len - head.len < head.remaining) {
        return ERR_AGAIN;
    }
    out->type = (enum mqtt_type)(in.ptr[0] >> 4);
    out->flags = in.ptr[0] & 0x0f;
    out->body = bytes_of(in.ptr + head.len, head.remaining);
    out->version = MQTT_V311;
    *used = head.len + head.remaining;
    return OK;
}

enum err mqtt_frame_size(struct bytes in, size_t max, size_t *size)
{
    struct head head;
    enum err e = read_head(in, max, &head);
    if (e) {
        return e;
    }
    *size = head.len + head.remaining;
    return OK;
}

void field_put_head(struct buf *b, enum mqtt_type type, uint8_t flags, size_t remaining)
{
    ASSERT(remaining <= MQTT_REMAINING_MAX);
    (void)buf_reserve(b, MQTT_HEAD_MAX + remaining);
    buf_put_byte(b, (uint8_t)((unsigned)type << 4 | flags));
    field_put_varint(b, (uint32_t)remaining);
}

enum err mqtt_decode_empty(struct mqtt_frame f)
{
    return f.body.len == 0 ? OK : ERR_INVALID;
}

void mqtt_encode_empty(struct buf *b, enum mqtt_type type)
{
    ASSERT(type == MQTT_PINGREQ || type == MQTT_PINGRESP || type == MQTT_DISCONNECT);
    field_put_head(b, type, 0, 0);
}
