/* SPDX-License-Identifier: Apache-2.0 */
/* CONNECT: protocol name, level, flags, keep-alive, then in this order and as the flags say: client
 * id, will topic, will payload, user name, password. CONNACK: a flag and a code. */
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

/* 3.1 called itself MQIsdp; it and level 5 deserve an answer, anything else isn't MQTT. */
static enum err read_protocol(struct bytes *in)
{
    struct bytes name;
    uint8_t level;
    if (!field_read_binary(in, &name) || !field_read_u8(in, &level)) {
        return ERR_INVALID;
    }
    if (bytes_equal(name, BYTES("MQTT"))) {
        return level == MQTT_LEVEL_311 ? OK : ERR_UNSUPPORTED;
    }
    return bytes_equal(name, BYTES("MQIsdp")) ? ERR_UNSUPPORTED : ERR_INVALID;
}

static bool flags_valid(uint8_t flags)
{
    bool will = flags & FLAG_WILL;
    if (!will && (flags & (FLAG_WILL_QOS | FLAG_WILL_RETAIN))) {
        return false;
    }
    bool password_alone = (flags & FLAG_PASSWORD) && !(flags & FLAG_USER);
    return !(flags & FLAG_RESERVED) && (flags & FLAG_WILL_QOS) != FLAG_WILL_QOS && !password_alone;
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

static bool read_will(struct bytes *in, struct mqtt_connect *c)
{
    return field_read_binary(in, &c->will_topic) && mqtt_topic_valid(c->will_topic) &&
           field_read_binary(in, &c->will_payload);
}

/* The payload, whose fields the flags announced; nothing may follow them. */
static bool read_payload(struct bytes *in, struct mqtt_connect *c)
{
    return field_read_string(in, &c->client_id) && (!c->has_will || read_will(in, c)) &&
           (!c->has_user || field_read_string(in, &c->user)) &&
           (!c->has_password || field_read_binary(in, &c->password)) && in->len == 0;
}

enum err mqtt_decode_connect(struct mqtt_frame f, struct mqtt_connect *out)
{
    struct bytes in = f.body;
    enum err e = read_protocol(&in);
    if (e) {
        return e;
    }
    uint8_t flags;
    struct mqtt_connect c = {0};
    if (!field_read_u8(&in, &flags) || !flags_valid(flags)) {
        return ERR_INVALID;
    }
    take_flags(flags, &c);
    if (!field_read_u16(&in, &c.keep_alive_s) || !read_payload(&in, &c)) {
        return ERR_INVALID;
    }
    *out = c;
    return OK;
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
    return size;
}

void mqtt_encode_connect(struct buf *b, const struct mqtt_connect *c)
{
    ASSERT(c->will_qos <= 2 && (c->has_user || !c->has_password));
    struct bytes name = BYTES("MQTT");
    field_put_head(b, MQTT_CONNECT, 0, field_size(name) + 4 + payload_size(c));
    field_put(b, name);
    buf_put_byte(b, MQTT_LEVEL_311);
    buf_put_byte(b, flags_of(c));
    field_put_u16(b, c->keep_alive_s);
    field_put(b, c->client_id);
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

enum err mqtt_decode_connack(struct mqtt_frame f, struct mqtt_connack *out)
{
    if (f.body.len != 2) {
        return ERR_INVALID;
    }
    uint8_t flags = f.body.ptr[0];
    uint8_t code = f.body.ptr[1];
    if (flags > FLAG_SESSION_PRESENT || code > MQTT_CONNACK_NOT_AUTHORIZED || (flags && code)) {
        return ERR_INVALID;
    }
    out->code = (enum mqtt_connack_code)code;
    out->session_present = flags;
    return OK;
}

void mqtt_encode_connack(struct buf *b, struct mqtt_connack c)
{
    ASSERT(!c.session_present || c.code == MQTT_CONNACK_ACCEPTED);
    field_put_head(b, MQTT_CONNACK, 0, 2);
    buf_put_byte(b, c.session_present ? FLAG_SESSION_PRESENT : 0);
    buf_put_byte(b, (uint8_t)c.code);
}
