/* SPDX-License-Identifier: Apache-2.0 */
/* PUBLISH: topic, packet id when its QoS is above 0, then the payload up to the end of the body.
 * Decoded once for each message: no copy, and one pass over the topic. The acknowledgements that
 * are a packet id and nothing else are here too. */
#include "proto/mqtt/mqtt.h"

#include "proto/mqtt/field.h"

#define FLAG_RETAIN 0x01u
#define FLAG_QOS    0x06u
#define FLAG_DUP    0x08u
#define QOS_SHIFT   1

enum err mqtt_decode_publish(struct mqtt_frame f, struct mqtt_publish *out)
{
    struct mqtt_publish p = {
        .qos = (uint8_t)((f.flags & FLAG_QOS) >> QOS_SHIFT),
        .dup = f.flags & FLAG_DUP,
        .retain = f.flags & FLAG_RETAIN,
    };
    if (p.qos > 2 || (p.qos == 0 && p.dup)) {
        return ERR_INVALID;
    }
    struct bytes in = f.body;
    if (!field_read_binary(&in, &p.topic) || !mqtt_topic_valid(p.topic)) {
        return ERR_INVALID;
    }
    if (p.qos > 0 && !field_read_id(&in, &p.id)) {
        return ERR_INVALID;
    }
    p.payload = in;
    *out = p;
    return OK;
}

void mqtt_encode_publish(struct buf *b, const struct mqtt_publish *p)
{
    ASSERT(p->qos <= 2 && (p->qos == 0) == (p->id == 0) && !(p->qos == 0 && p->dup));
    unsigned flags = (unsigned)p->qos << QOS_SHIFT;
    flags |= p->retain ? FLAG_RETAIN : 0;
    flags |= p->dup ? FLAG_DUP : 0;
    size_t id_size = p->qos ? 2 : 0;
    field_put_head(b, MQTT_PUBLISH, (uint8_t)flags,
                   field_size(p->topic) + id_size + p->payload.len);
    field_put(b, p->topic);
    if (p->qos) {
        field_put_u16(b, p->id);
    }
    buf_put_bytes(b, p->payload);
}

enum err mqtt_decode_ack(struct mqtt_frame f, uint16_t *id)
{
    uint16_t value;
    if (f.body.len != 2 || !field_read_id(&f.body, &value)) {
        return ERR_INVALID;
    }
    *id = value;
    return OK;
}

void mqtt_encode_ack(struct buf *b, enum mqtt_type type, uint16_t id)
{
    bool publishing = type >= MQTT_PUBACK && type <= MQTT_PUBCOMP;
    ASSERT(id != 0 && (publishing || type == MQTT_UNSUBACK));
    field_put_head(b, type, type == MQTT_PUBREL ? 2 : 0, 2);
    field_put_u16(b, id);
}
