/* SPDX-License-Identifier: Apache-2.0 */
/* CONNECT: protocol name, level, flags, keep-alive, properties of 5.0, then in this order and as
 * the flags say: client id, will properties of 5.0, will topic, will payload, user name, password.
 * CONNACK: a flag, a code, and properties of 5.0. */
#include "proto/mqtt/mqtt.h"

#include "proto/mqtt/field.h"

#define FLAG_RESERVED    0x01u
#define FLAG_CLEAN       0x02u
#define FLAG_WILL        0x04u
#define FLAG_WILL_QOS    0x18u
#define FLAG_WILL_RETAIN 0x20u
#define FLAG_PASSWORD    0x40u
#define FLAG_USER        0x80u
#define WILL_QOS_SHIFT   3

#define FLAG_SESSION_PRESENT 0x01u

/* 3.1 called itself MQIsdp; it and other levels deserve an answer, anything else isn't MQTT. */
static enum err read_protocol(struct bytes *in, uint8_t *level)
{
    struct bytes name;
    if (!field_read_binary(in, &name) || !field_read_u8(in, level)) {
        return ERR_INVALID;
    }
    if (bytes_equal(name, BYTES("MQTT"))) {
        return *level == MQTT_V311 || *level == MQTT_V5 ? OK : ERR_UNSUPPORTED;
    }
    return bytes_equal(name, BYTES("MQIsdp")) ? ERR_UNSUPPORTED : ERR_INVALID;
}

static bool flags_valid(uint8_t flags, uint8_t version)
{
    bool will = flags & FLAG_WILL;
    if (!will && (flags & (FLAG_WILL_QOS | FLAG_WILL_RETAIN))) {
        return false;
    }
    bool password_alone = (flags & FLAG_PASSWORD) && !(flags & FLAG_USER);
    return !(flags & FLAG_RESERVED) && (flags & FLAG_WILL_QOS) != FLAG_WILL_QOS &&
           !(password_alone && version == MQTT_V311);
}

static void take_flags(uint8_t flags, struct mqtt_connect *c)
{
    c->clean = flags & FLAG_CLEAN;
    c->has_will = flags & FLAG_WILL;
    c->will_qos = (uint8_t)((flags & FLAG_WILL_QOS) >> WILL_QOS_SHIFT);
    c->will_retain = flags & FLAG_WILL_RETAIN;
    c->has_user = flags & FLAG_USER;
    c->has_password = flags & FLAG_PASSWORD;
}

static enum err read_will(struct bytes *in, struct mqtt_connect *c)
{
    enum err e = OK;
    if (c->version == MQTT_V5) {
        e = field_read_properties(in, MQTT_WILL, &c->will_properties);
    }
    if (e) {
        return e;
    }
    bool ok = field_read_binary(in, &c->will_topic) && mqtt_topic_valid(c->will_topic) &&
              field_read_binary(in, &c->will_payload);
    return ok ? OK : ERR_INVALID;
}

/* The payload, whose fields the flags announced; nothing may follow them. */
static enum err read_payload(struct bytes *in, struct mqtt_connect *c)
{
    if (!field_read_string(in, &c->client_id)) {
        return ERR_INVALID;
    }
    enum err e = c->has_will ? read_will(in, c) : OK;
    if (e) {
        return e;
    }
    bool ok = (!c->has_user || field_read_string(in, &c->user)) &&
              (!c->has_password || field_read_binary(in, &c->password)) && in->len == 0;
    return ok ? OK : ERR_INVALID;
}

/* Data of an authentication without its method mean nothing. */
static enum err read_properties(struct bytes *in, enum mqtt_type type, struct bytes *out)
{
    enum err e = field_read_properties(in, type, out);
    if (e || !out->len) {
        return e;
    }
    bool data = mqtt_property_bytes(*out, MQTT_AUTH_DATA).ptr;
    return data && !mqtt_property_bytes(*out, MQTT_AUTH_METHOD).ptr ? ERR_PROTOCOL : OK;
}

static enum err read_body(struct bytes *in, struct mqtt_connect *c)
{
    uint8_t flags;
    if (!field_read_u8(in, &flags) || !flags_valid(flags, c->version)) {
        return ERR_INVALID;
    }
    take_flags(flags, c);
    if (!field_read_u16(in, &c->keep_alive_s)) {
        return ERR_INVALID;
    }
    enum err e = OK;
    if (c->version == MQTT_V5) {
        e = read_properties(in, MQTT_CONNECT, &c->properties);
    }
    return e ? e : read_payload(in, c);
}

enum err mqtt_decode_connect(struct mqtt_frame f, struct mqtt_connect *out)
{
    struct bytes in = f.body;
    struct mqtt_connect c = {0};
    enum err e = read_protocol(&in, &c.version);
    if (e == OK) {
        e = read_body(&in, &c);
    }
    if (e == OK) {
        *out = c;
    } else if (e == ERR_UNSUPPORTED) {
        out->version = c.version;
    }
    return e;
}

static uint8_t flags_of(const struct mqtt_connect *c)
{
    unsigned flags = 0;
    flags |= c->clean ? FLAG_CLEAN : 0;
    if (c->has_will) {
        flags |= FLAG_WILL | (unsigned)c->will_qos << WILL_QOS_SHIFT;
        flags |= c->will_retain ? FLAG_WILL_RETAIN : 0;
    }
    flags |= c->has_user ? FLAG_USER : 0;
    flags |= c->has_password ? FLAG_PASSWORD : 0;
    return (uint8_t)flags;
}

static size_t payload_size(const struct mqtt_connect *c)
{
    size_t size = field_size(c->client_id);
    size += c->has_will ? field_size(c->will_topic) + field_size(c->will_payload) : 0;
    size += c->has_user ? field_size(c->user) : 0;
    size += c->has_password ? field_size(c->password) : 0;
    if (c->version == MQTT_V5) {
        size += field_properties_size(c->properties);
        size += c->has_will ? field_properties_size(c->will_properties) : 0;
    }
    return size;
}

static void put_payload(struct buf *b, const struct mqtt_connect *c)
{
    field_put(b, c->client_id);
    if (c->has_will && c->version == MQTT_V5) {
        field_put_properties(b, c->will_properties);
    }
    if (c->has_will) {
        field_put(b, c->will_topic);
        field_put(b, c->will_payload);
    }
    if (c->has_user) {
        field_put(b, c->user);
    }
    if (c->has_password) {
        field_put(b, c->password);
    }
}

void mqtt_encode_connect(struct buf *b, const struct mqtt_connect *c)
{
    bool v5 = c->version == MQTT_V5;
    ASSERT(c->will_qos <= 2 && (v5 || c->has_user || !c->has_password));
    struct bytes name = BYTES("MQTT");
    field_put_head(b, MQTT_CONNECT, 0, field_size(name) + 4 + payload_size(c));
    field_put(b, name);
    buf_put_byte(b, v5 ? MQTT_V5 : MQTT_V311);
    buf_put_byte(b, flags_of(c));
    field_put_u16(b, c->keep_alive_s);
    if (v5) {
        field_put_properties(b, c->properties);
    }
    put_payload(b, c);
}

static bool connack_code_valid(const struct mqtt_connack *c)
{
    return c->version == MQTT_V5 ? mqtt_reason_valid(MQTT_CONNACK, c->code)
                                 : c->code <= MQTT_CONNACK_NOT_AUTHORIZED;
}

enum err mqtt_decode_connack(struct mqtt_frame f, struct mqtt_connack *out)
{
    struct bytes in = f.body;
    struct mqtt_connack c = {.version = f.version};
    uint8_t flags;
    if (!field_read_u8(&in, &flags) || !field_read_u8(&in, &c.code)) {
        return ERR_INVALID;
    }
    c.session_present = flags;
    if (flags > FLAG_SESSION_PRESENT || !connack_code_valid(&c) || (flags && c.code)) {
        return ERR_INVALID;
    }
    enum err e = OK;
    if (c.version == MQTT_V5) {
        e = read_properties(&in, MQTT_CONNACK, &c.properties);
    }
    if (e || in.len) {
        return e ? e : ERR_INVALID;
    }
    *out = c;
    return OK;
}

void mqtt_encode_connack(struct buf *b, const struct mqtt_connack *c)
{
    ASSERT(!c->session_present || c->code == MQTT_CONNACK_ACCEPTED);
    bool v5 = c->version == MQTT_V5;
    field_put_head(b, MQTT_CONNACK, 0, 2 + (v5 ? field_properties_size(c->properties) : 0));
    buf_put_byte(b, c->session_present ? FLAG_SESSION_PRESENT : 0);
    buf_put_byte(b, c->code);
    if (v5) {
        field_put_properties(b, c->properties);
    }
}
