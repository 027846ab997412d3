/* SPDX-License-Identifier: Apache-2.0 */
/* PUBLISH: topic, packet id when its QoS is above 0, properties of 5.0, then the payload up to the
 * end of the body. Decoded once for each message: no copy, and one pass over the topic. */
#include "proto/mqtt/mqtt.h"

#include "proto/mqtt/field.h"

#define FLAG_RETAIN 0x01u
#define FLAG_QOS    0x06u
#define FLAG_DUP    0x08u
#define QOS_SHIFT   1

/* Only a topic alias may stand for a topic. */
static enum err check_topic(const struct mqtt_publish *p)
{
    if (p->topic.len) {
        return mqtt_topic_valid(p->topic) ? OK : ERR_INVALID;
    }
    if (p->version != MQTT_V5) {
        return ERR_INVALID;
    }
    return mqtt_property_number(p->properties, MQTT_TOPIC_ALIAS, 0) ? OK : ERR_PROTOCOL;
}

enum err mqtt_decode_publish(struct mqtt_frame f, struct mqtt_publish *out)
{
    struct mqtt_publish p = {
        .qos = (uint8_t)((f.flags & FLAG_QOS) >> QOS_SHIFT),
        .dup = f.flags & FLAG_DUP,
        .retain = f.flags & FLAG_RETAIN,
        .version = f.version,
    };
    struct bytes in = f.body;
    bool flags_valid = p.qos <= 2 && !(p.qos == 0 && p.dup);
    if (!flags_valid || !field_read_binary(&in, &p.topic) ||
        (p.qos > 0 && !field_read_id(&in, &p.id))) {
        return ERR_INVALID;
    }
    enum err e = OK;
    if (p.version == MQTT_V5) {
        e = field_read_properties(&in, MQTT_PUBLISH, &p.properties);
    }
    if (e == OK) {
        e = check_topic(&p);
    }
    if (e == OK) {
        p.payload = in;
        *out = p;
    }
    return e;
}

void mqtt_encode_publish(struct buf *b, const struct mqtt_publish *p)
{
    ASSERT(p->qos <= 2 && (p->qos == 0) == (p->id == 0) && !(p->qos == 0 && p->dup));
    bool v5 = p->version == MQTT_V5;
    unsigned flags = (unsigned)p->qos << QOS_SHIFT;
    flags |= p->retain ? FLAG_RETAIN : 0;
    flags |= p->dup ? FLAG_DUP : 0;
    size_t between = (p->qos ? 2u : 0u) + (v5 ? field_properties_size(p->properties) : 0u);
    field_put_head(b, MQTT_PUBLISH, (uint8_t)flags,
                   field_size(p->topic) + between + p->payload.len);
    field_put(b, p->topic);
    if (p->qos) {
        field_put_u16(b, p->id);
    }
    if (v5) {
        field_put_properties(b, p->properties);
    }
    buf_put_bytes(b, p->payload);
}
