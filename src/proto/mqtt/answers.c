/* SPDX-License-Identifier: Apache-2.0 */
/* Packets that say how something went. PUBACK, PUBREC, PUBREL, PUBCOMP: a packet id, and in 5.0 a
 * reason and properties. SUBACK and UNSUBACK: a packet id, properties, and a code a filter, which a
 * 3.1.1 UNSUBACK does not have. DISCONNECT and AUTH: in 5.0 a reason and properties. */
#include "proto/mqtt/mqtt.h"

#include "proto/mqtt/field.h"

/* A reason and properties at the end of a body of 5.0; both, or the properties, may be missing. */
static enum err read_reason(struct bytes *in, enum mqtt_type type, uint8_t *code,
                            struct bytes *properties)
{
    *code = MQTT_SUCCESS;
    *properties = bytes_of(NULL, 0);
    if (in->len == 0) {
        return OK;
    }
    if (!field_read_u8(in, code) || !mqtt_reason_valid(type, *code)) {
        return ERR_INVALID;
    }
    return in->len ? field_read_properties(in, type, properties) : OK;
}

/* As short as it may be. */
static size_t reason_size(uint8_t version, uint8_t code, struct bytes properties)
{
    if (version != MQTT_V5 || (code == MQTT_SUCCESS && properties.len == 0)) {
        return 0;
    }
    return 1 + (properties.len ? field_properties_size(properties) : 0);
}

static void put_reason(struct buf *b, size_t size, uint8_t code, struct bytes properties)
{
    if (size) {
        buf_put_byte(b, code);
    }
    if (size > 1) {
        field_put_properties(b, properties);
    }
}

/* ---- PUBACK, PUBREC, PUBREL, PUBCOMP ---- */

enum err mqtt_decode_ack(struct mqtt_frame f, struct mqtt_ack *out)
{
    struct mqtt_ack a = {.type = f.type, .version = f.version};
    struct bytes in = f.body;
    enum err e = OK;
    if (!field_read_id(&in, &a.id)) {
        return ERR_INVALID;
    }
    if (f.version == MQTT_V5) {
        e = read_reason(&in, f.type, &a.code, &a.properties);
    }
    if (e || in.len) {
        return e ? e : ERR_INVALID;
    }
    *out = a;
    return OK;
}

void mqtt_encode_ack(struct buf *b, const struct mqtt_ack *a)
{
    ASSERT(a->id != 0 && a->type >= MQTT_PUBACK && a->type <= MQTT_PUBCOMP);
    size_t size = reason_size(a->version, a->code, a->properties);
    field_put_head(b, a->type, a->type == MQTT_PUBREL ? 2 : 0, 2 + size);
    field_put_u16(b, a->id);
    put_reason(b, size, a->code, a->properties);
}

/* ---- SUBACK, UNSUBACK ---- */

static bool code_valid(const struct mqtt_frame *f, uint8_t code)
{
    if (f->version == MQTT_V5) {
        return mqtt_reason_valid(f->type, code);
    }
    return code <= 2 || code == MQTT_SUBACK_FAILURE;
}

static bool has_codes(enum mqtt_type type, uint8_t version)
{
    return type == MQTT_SUBACK || version == MQTT_V5;
}

static bool codes_valid(const struct mqtt_frame *f, struct bytes codes)
{
    for (size_t i = 0; i < codes.len; i++) {
        if (!code_valid(f, codes.ptr[i])) {
            return false;
        }
    }
    return (codes.len > 0) == has_codes(f->type, f->version);
}

enum err mqtt_decode_suback(struct mqtt_frame f, struct mqtt_suback *out)
{
    struct mqtt_suback s = {.type = f.type, .version = f.version};
    struct bytes in = f.body;
    enum err e = OK;
    if (!field_read_id(&in, &s.id)) {
        return ERR_INVALID;
    }
    if (f.version == MQTT_V5) {
        e = field_read_properties(&in, f.type, &s.properties);
    }
    if (e || !codes_valid(&f, in)) {
        return e ? e : ERR_INVALID;
    }
    s.codes = in;
    *out = s;
    return OK;
}

void mqtt_encode_suback(struct buf *b, const struct mqtt_suback *s)
{
    bool v5 = s->version == MQTT_V5;
    ASSERT(s->id != 0 && (s->type == MQTT_SUBACK || s->type == MQTT_UNSUBACK));
    ASSERT((s->codes.len > 0) == has_codes(s->type, s->version));
    size_t size = 2 + (v5 ? field_properties_size(s->properties) : 0) + s->codes.len;
    field_put_head(b, s->type, 0, size);
    field_put_u16(b, s->id);
    if (v5) {
        field_put_properties(b, s->properties);
    }
    buf_put_bytes(b, s->codes);
}

/* ---- DISCONNECT, AUTH ---- */

enum err mqtt_decode_end(struct mqtt_frame f, struct mqtt_end *out)
{
    struct mqtt_end end = {.type = f.type, .version = f.version};
    struct bytes in = f.body;
    if (f.version != MQTT_V5) {
        if (in.len || f.type == MQTT_AUTH) {
            return ERR_INVALID;
        }
        *out = end;
        return OK;
    }
    enum err e = read_reason(&in, f.type, &end.code, &end.properties);
    if (e || in.len) {
        return e ? e : ERR_INVALID;
    }
    *out = end;
    return OK;
}

void mqtt_encode_end(struct buf *b, const struct mqtt_end *e)
{
    ASSERT(e->type == MQTT_DISCONNECT || (e->type == MQTT_AUTH && e->version == MQTT_V5));
    size_t size = reason_size(e->version, e->code, e->properties);
    field_put_head(b, e->type, 0, size);
    put_reason(b, size, e->code, e->properties);
}
