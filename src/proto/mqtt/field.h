/* SPDX-License-Identifier: Apache-2.0 */
/* The fields that bodies of MQTT packets are made of, read and written: private to this folder.
 * Readers take from the front of a slice and say false when it is too short or not well formed. */
#ifndef TELLTALE_PROTO_MQTT_FIELD_H
#define TELLTALE_PROTO_MQTT_FIELD_H

#include "proto/mqtt/mqtt.h"

static inline bool field_read_u8(struct bytes *in, uint8_t *value)
{
    if (in->len < 1) {
        return false;
    }
    *value = in->ptr[0];
    *in = bytes_skip(*in, 1);
    return true;
}

static inline bool field_read_u16(struct bytes *in, uint16_t *value)
{
    if (in->len < 2) {
        return false;
    }
    *value = be16_load(in->ptr);
    *in = bytes_skip(*in, 2);
    return true;
}

static inline bool field_read_u32(struct bytes *in, uint32_t *value)
{
    uint16_t high;
    uint16_t low;
    if (!field_read_u16(in, &high) || !field_read_u16(in, &low)) {
        return false;
    }
    *value = (uint32_t)high << 16 | low;
    return true;
}

/* A packet id, which is never 0. */
static inline bool field_read_id(struct bytes *in, uint16_t *id)
{
    return field_read_u16(in, id) && *id != 0;
}

/* Two bytes of length, then as many bytes of anything. */
static inline bool field_read_binary(struct bytes *in, struct bytes *value)
{
    uint16_t len;
    if (!field_read_u16(in, &len) || in->len < len) {
        return false;
    }
    *value = bytes_of(in->ptr, len);
    *in = bytes_skip(*in, len);
    return true;
}

static inline bool field_read_string(struct bytes *in, struct bytes *value)
{
    return field_read_binary(in, value) && mqtt_string_valid(*value);
}

/* One to four bytes of seven bits each, least significant first, the high bit saying that another
 * follows; in the fewest bytes that hold it. */
bool field_read_varint(struct bytes *in, uint32_t *value);
size_t field_varint_size(uint32_t value);
void field_put_varint(struct buf *b, uint32_t value);

/* A section of properties with its length before it, checked for packets of `type` (or MQTT_WILL).
 * Errors: as all decoders. */
MUST_CHECK enum err field_read_properties(struct bytes *in, unsigned type, struct bytes *section);

static inline size_t field_properties_size(struct bytes section)
{
    return field_varint_size((uint32_t)section.len) + section.len;
}

static inline void field_put_properties(struct buf *b, struct bytes section)
{
    field_put_varint(b, (uint32_t)section.len);
    buf_put_bytes(b, section);
}

/* Writes the fixed header of a packet whose body has `remaining` bytes, and makes room for it. */
void field_put_head(struct buf *b, enum mqtt_type type, uint8_t flags, size_t remaining);

static inline void field_put_u16(struct buf *b, uint16_t value)
{
    be16_store(buf_reserve(b, 2), value);
    b->len += 2;
}

static inline size_t field_size(struct bytes value)
{
    return 2 + value.len;
}

/* Requires value.len <= MQTT_STRING_MAX. */
static inline void field_put(struct buf *b, struct bytes value)
{
    ASSERT(value.len <= MQTT_STRING_MAX);
    field_put_u16(b, (uint16_t)value.len);
    buf_put_bytes(b, value);
}

#endif
