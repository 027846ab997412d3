/* SPDX-License-Identifier: Apache-2.0 */
/* A message on its way: to the program first, then to those who subscribed. It is encoded once a
 * QoS, in memory that stays warm, and copied into what each subscriber is sent; the copy costs less
 * than a frame and a send entry of its own would.
 *
 * What a dialled broker sent goes to the program alone: its subscribers are that broker's, and two
 * brokers that forward to each other make a loop. Messages are handed on without the retain flag,
 * as the protocol wants for subscriptions that exist; none is kept for later ones. */
#include "ingest/internal.h"

#include "model/limits.h"

bool deliver_topic_fits(struct bytes topic)
{
    if (topic.len > LIMIT_TOPIC_BYTES) {
        return false;
    }
    size_t levels = 1;
    for (size_t i = 0; i < topic.len; i++) {
        levels += topic.ptr[i] == '/';
    }
    return levels <= LIMIT_TOPIC_LEVELS;
}

static void encode(struct buf *b, const struct ingest_message *m, uint8_t qos)
{
    const struct mqtt_publish p = {
        .topic = m->topic,
        .payload = m->payload,
        .qos = qos,
        .id = qos, /* each subscriber has its own */
    };
    buf_clear(b);
    mqtt_encode_publish(b, &p);
}

static void fan_out(struct ingest *in, const struct ingest_message *m)
{
    const struct subs_hit *hits;
    size_t count = subs_match(in->subs, m->topic, &hits);
    bool encoded[2] = {false, false};
    for (size_t i = 0; i < count; i++) {
        uint8_t qos = m->qos && hits[i].qos ? 1 : 0;
        struct buf *b = &in->encoded[qos];
        if (!encoded[qos]) {
            encode(b, m, qos);
            encoded[qos] = true;
        }
        size_t id_at = b->len - m->payload.len - 2;
        client_deliver(in->wires[hits[i].subscriber].wire, buf_bytes(b), qos, id_at);
    }
}

uint64_t deliver(struct ingest *in, const struct ingest_message *m)
{
    in->messages++;
    if (!deliver_topic_fits(m->topic)) {
        metrics_drop(in->config.metrics, DROP_BAD_TOPIC, 1);
        return 0;
    }
    uint64_t seq = in->config.events->message(in->config.ctx, m);
    if (m->carrier != CARRIER_NONE && subs_count(in->subs)) {
        fan_out(in, m);
    }
    return seq;
}
