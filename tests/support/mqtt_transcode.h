/* SPDX-License-Identifier: Apache-2.0 */
/* Any MQTT packet decoded and encoded again, for tests that hold one against the other. */
#ifndef TELLTALE_TESTS_MQTT_TRANSCODE_H
#define TELLTALE_TESTS_MQTT_TRANSCODE_H

#include "base/mem.h"
#include "proto/mqtt/mqtt.h"

static inline enum err transcode_filters(struct mqtt_frame f, struct buf *out)
{
    struct mqtt_filters walk;
    enum err e = mqtt_decode_filters(f, &walk);
    if (e) {
        return e;
    }
    uint16_t id = walk.id;
    size_t count = walk.count;
    struct mqtt_filter *filters = mem_zalloc(count, sizeof *filters);
    for (size_t i = 0; i < count; i++) {
        ASSERT(mqtt_next_filter(&walk, &filters[i]));
    }
    struct mqtt_filter extra;
    ASSERT(!mqtt_next_filter(&walk, &extra));
    mqtt_encode_filters(out, f.type, id, filters, count);
    free(filters);
    return OK;
}

static inline enum err transcode_session(struct mqtt_frame f, struct buf *out)
{
    struct mqtt_connect connect;
    struct mqtt_connack connack;
    enum err e;
    if (f.type == MQTT_CONNECT) {
        e = mqtt_decode_connect(f, &connect);
        if (!e) {
            mqtt_encode_connect(out, &connect);
        }
    } else if (f.type == MQTT_CONNACK) {
        e = mqtt_decode_connack(f, &connack);
        if (!e) {
            mqtt_encode_connack(out, connack);
        }
    } else {
        e = mqtt_decode_empty(f);
        if (!e) {
            mqtt_encode_empty(out, f.type);
        }
    }
    return e;
}

static inline enum err transcode_message(struct mqtt_frame f, struct buf *out)
{
    struct mqtt_publish publish;
    struct mqtt_suback suback;
    uint16_t id;
    enum err e;
    if (f.type == MQTT_PUBLISH) {
        e = mqtt_decode_publish(f, &publish);
        if (!e) {
            mqtt_encode_publish(out, &publish);
        }
    } else if (f.type == MQTT_SUBACK) {
        e = mqtt_decode_suback(f, &suback);
        if (!e) {
            mqtt_encode_suback(out, suback);
        }
    } else {
        e = mqtt_decode_ack(f, &id);
        if (!e) {
            mqtt_encode_ack(out, f.type, id);
        }
    }
    return e;
}

/* Appends to `out` what the packet `f` says. Errors: those of its decoder. */
static inline enum err transcode(struct mqtt_frame f, struct buf *out)
{
    switch (f.type) {
    case MQTT_CONNECT:
    case MQTT_CONNACK:
    case MQTT_PINGREQ:
    case MQTT_PINGRESP:
    case MQTT_DISCONNECT:
        return transcode_session(f, out);
    case MQTT_SUBSCRIBE:
    case MQTT_UNSUBSCRIBE:
        return transcode_filters(f, out);
    case MQTT_PUBLISH:
    case MQTT_PUBACK:
    case MQTT_PUBREC:
    case MQTT_PUBREL:
    case MQTT_PUBCOMP:
    case MQTT_SUBACK:
    case MQTT_UNSUBACK:
        return transcode_message(f, out);
    }
    return ERR_INVALID;
}

#endif
