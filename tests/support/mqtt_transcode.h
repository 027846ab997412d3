/* SPDX-License-Identifier: Apache-2.0 */
/* Any MQTT packet decoded and encoded again, for tests that hold one against the other. */
#ifndef TELLTALE_TESTS_MQTT_TRANSCODE_H
#define TELLTALE_TESTS_MQTT_TRANSCODE_H

#include "base/mem.h"
#include "proto/mqtt/mqtt.h"

/* Walks a checked section and writes it anew, property by property. */
static inline void transcode_properties(struct bytes section)
{
    struct buf again = {0};
    struct mqtt_property p;
    struct bytes rest = section;
    while (mqtt_next_property(&rest, &p)) {
        size_t begin = again.len;
        if (p.id == MQTT_USER_PROPERTY) {
            mqtt_put_user_property(&again, p.text, p.value);
        } else if (p.text.ptr) {
            mqtt_put_bytes(&again, p.id, p.text);
        } else {
            mqtt_put_number(&again, p.id, p.number);
        }
        ASSERT(bytes_equal(p.whole, bytes_of(again.ptr + begin, again.len - begin)));
    }
    ASSERT(rest.len == 0 && bytes_equal(section, buf_bytes(&again)));
    buf_fini(&again);
}

static inline enum err transcode_filters(struct mqtt_frame f, struct buf *out)
{
    struct mqtt_filters head;
    enum err e = mqtt_decode_filters(f, &head);
    if (e) {
        return e;
    }
    struct mqtt_filters walk = head;
    struct mqtt_filter *filters = mem_zalloc(head.count, sizeof *filters);
    for (size_t i = 0; i < head.count; i++) {
        ASSERT(mqtt_next_filter(&walk, &filters[i]));
    }
    struct mqtt_filter extra;
    ASSERT(!mqtt_next_filter(&walk, &extra));
    transcode_properties(head.properties);
    mqtt_encode_filters(out, &head, filters, head.count);
    free(filters);
    return OK;
}

static inline enum err transcode_connect(struct mqtt_frame f, struct buf *out)
{
    struct mqtt_connect m;
    enum err e = mqtt_decode_connect(f, &m);
    if (!e) {
        transcode_properties(m.properties);
        transcode_properties(m.will_properties);
        mqtt_encode_connect(out, &m);
    }
    return e;
}

#define TRANSCODE(name)                                                                            \
    static inline enum err transcode_##name(struct mqtt_frame f, struct buf *out)                  \
    {                                                                                              \
        struct mqtt_##name m;                                                                      \
        enum err e = mqtt_decode_##name(f, &m);                                                    \
        if (!e) {                                                                                  \
            transcode_properties(m.properties);                                                    \
            mqtt_encode_##name(out, &m);                                                           \
        }                                                                                          \
        return e;                                                                                  \
    }

TRANSCODE(connack)
TRANSCODE(publish)
TRANSCODE(ack)
TRANSCODE(suback)
TRANSCODE(end)

static inline enum err transcode_empty(struct mqtt_frame f, struct buf *out)
{
    enum err e = mqtt_decode_empty(f);
    if (!e) {
        mqtt_encode_empty(out, f.type);
    }
    return e;
}

/* Appends to `out` what the packet `f` says. Errors: those of its decoder. */
static inline enum err transcode(struct mqtt_frame f, struct buf *out)
{
    switch (f.type) {
    case MQTT_CONNECT:
        return transcode_connect(f, out);
    case MQTT_CONNACK:
        return transcode_connack(f, out);
    case MQTT_PUBLISH:
        return transcode_publish(f, out);
    case MQTT_PUBACK:
    case MQTT_PUBREC:
    case MQTT_PUBREL:
    case MQTT_PUBCOMP:
        return transcode_ack(f, out);
    case MQTT_SUBSCRIBE:
    case MQTT_UNSUBSCRIBE:
        return transcode_filters(f, out);
    case MQTT_SUBACK:
    case MQTT_UNSUBACK:
        return transcode_suback(f, out);
    case MQTT_PINGREQ:
    case MQTT_PINGRESP:
        return transcode_empty(f, out);
    case MQTT_DISCONNECT:
    case MQTT_AUTH:
        return transcode_end(f, out);
    }
    return ERR_INVALID;
}

#endif
