/* SPDX-License-Identifier: Apache-2.0 */
#include "ingest/message.h"

#include "base/mem.h"
#include "model/limits.h"

#define SECOND_NS MONO_MS(1000)

static size_t size_of(size_t topic, size_t properties, size_t payload)
{
    return sizeof(struct message) + topic + properties + payload;
}

size_t message_size(const struct message *m)
{
    return size_of(m->topic_len, m->properties_len, m->payload_len);
}

static uint8_t *put(uint8_t *at, struct bytes b)
{
    if (b.len) {
        memcpy(at, b.ptr, b.len);
    }
    return at + b.len;
}

struct message *message_new(const struct message_parts *parts, size_t *held)
{
    ASSERT(parts->topic.len <= LIMIT_TOPIC_BYTES);
    size_t size = size_of(parts->topic.len, parts->properties.len, parts->payload.len);
    struct message *m = mem_alloc(size);
    *m = (struct message){
        .refs = 1,
        .topic_len = (uint16_t)parts->topic.len,
        .properties_len = (uint32_t)parts->properties.len,
        .payload_len = (uint32_t)parts->payload.len,
        .qos = parts->qos,
        .retain = parts->retain,
        .expires = parts->expires,
        .publisher = parts->publisher,
        .held = held,
    };
    uint8_t *at = put(m->bytes, parts->topic);
    at = put(at, parts->properties);
    (void)put(at, parts->payload);
    *held += size;
    return m;
}

void message_release(struct message *m)
{
    if (m && --m->refs == 0) {
        *m->held -= message_size(m);
        free(m);
    }
}

struct message_parts message_parts(const struct message *m)
{
    const uint8_t *properties = m->bytes + m->topic_len;
    return (struct message_parts){
        .topic = bytes_of(m->bytes, m->topic_len),
        .properties = bytes_of(properties, m->properties_len),
        .payload = bytes_of(properties + m->properties_len, m->payload_len),
        .qos = m->qos,
        .retain = m->retain,
        .expires = m->expires,
        .publisher = m->publisher,
    };
}

uint32_t message_seconds_left(mono_ns expires, mono_ns now)
{
    if (now >= expires) {
        return 0;
    }
    uint64_t left = (expires - now + SECOND_NS - 1) / SECOND_NS;
    return left > UINT32_MAX ? UINT32_MAX : (uint32_t)left;
}
