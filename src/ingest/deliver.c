/* SPDX-License-Identifier: Apache-2.0 */
/* A message on its way: to the program first, then to those who subscribed, then into the table of
 * retained ones.
 *
 * What a dialled broker sent goes to the program alone: its subscribers are that broker's, and two
 * brokers that forward to each other make a loop. */
#include "ingest/client.h"

#include "model/credential.h"
#include "model/limits.h"

bool deliver_topic_fits(struct bytes topic)
{
    if (topic.len > LIMIT_TOPIC_BYTES) {
        return false;
    }
    if (topic.len < LIMIT_TOPIC_LEVELS) {
        return true; /* it has no room for more */
    }
    size_t levels = 1;
    for (size_t i = 0; i < topic.len; i++) {
        levels += topic.ptr[i] == '/';
    }
    return levels <= LIMIT_TOPIC_LEVELS;
}

void deliver_forward(struct buf *b, struct bytes properties)
{
    struct mqtt_property p;
    while (mqtt_next_property(&properties, &p)) {
        if (p.id == MQTT_PAYLOAD_FORMAT || p.id == MQTT_CONTENT_TYPE ||
            p.id == MQTT_RESPONSE_TOPIC || p.id == MQTT_CORRELATION_DATA ||
            p.id == MQTT_USER_PROPERTY) {
            buf_put_bytes(b, p.whole);
        }
    }
}

static uint64_t revocable(const struct ingest *in, enum ingest_revocable kind, struct bytes id)
{
    const struct hash_key key = {in->config.key[0], in->config.key[1] ^ (uint64_t)kind};
    return hash_bytes(key, id) | 1;
}

uint64_t deliver_publisher(const struct ingest *in, const struct principal *p)
{
    if (p->credential) {
        return revocable(in, INGEST_CREDENTIAL, p->credential->id);
    }
    struct bytes token = bytes_of_text(p->token.text);
    return token.len ? revocable(in, INGEST_TOKEN, token) : 0;
}

void ingest_revoke(struct ingest *in, enum ingest_revocable kind, struct bytes id)
{
    (void)retained_forget_publisher(&in->retained, revocable(in, kind, id));
    ingest_recheck(in);
}

/* ---- one message to many ---- */

struct message *delivery_kept(struct ingest *in, struct delivery *d)
{
    if (!d->kept) {
        d->kept = message_new(&d->parts, &in->kept_bytes);
    }
    return d->kept;
}

void delivery_fini(struct delivery *d)
{
    message_release(d->kept);
    for (size_t i = 0; i < 4; i++) {
        frame_release(d->large[i / 2][i % 2]);
    }
}

static void retain(struct ingest *in, struct delivery *d)
{
    size_t size = d->parts.payload.len;
    bool fits = size <= LIMIT_RETAINED_MESSAGE_BYTES && in->kept_bytes <= LIMIT_KEPT_MESSAGE_BYTES;
    if (!fits || retained_put(&in->retained, delivery_kept(in, d))) {
        retained_forget(&in->retained, d->parts.topic);
        metrics_drop(in->config.metrics, DROP_RETAINED_FULL, 1);
    }
}

static bool fan_out(struct ingest *in, struct delivery *d, uint32_t publisher)
{
    const struct subs_hit *hits;
    size_t count = subs_match(in->subs, d->parts.topic, publisher, &hits);
    for (size_t i = 0; i < count; i++) {
        client_deliver(in, d, &hits[i]);
    }
    return count > 0;
}

bool deliver_to_subscribers(struct ingest *in, const struct message_parts *parts,
                            uint32_t publisher)
{
    bool listened = subs_count(in->subs);
    if (!listened && !parts->retain) {
        return false;
    }
    struct delivery d = {.parts = *parts};
    bool reached = listened && fan_out(in, &d, publisher);
    if (parts->retain) {
        retain(in, &d);
    }
    delivery_fini(&d);
    return reached;
}

/* ---- where it came from ---- */

uint64_t deliver(struct ingest *in, const struct ingest_message *m)
{
    in->messages++;
    if (!deliver_topic_fits(m->topic)) {
        metrics_drop(in->config.metrics, DROP_BAD_TOPIC, 1);
        return 0;
    }
    return in->config.events->message(in->config.ctx, m);
}

uint64_t deliver_published(struct ingest *in, const struct ingest_message *m,
                           const struct message_parts *parts, bool *reached)
{
    in->messages++;
    uint64_t seq = in->config.events->message(in->config.ctx, m);
    *reached = deliver_to_subscribers(in, parts, m->carrier);
    return seq;
}

void ingest_publish(struct ingest *in, struct bytes topic, struct bytes payload, unsigned qos,
                    unsigned flags)
{
    ASSERT(mqtt_topic_valid(topic) && topic.len <= LIMIT_TOPIC_BYTES && qos <= 2);
    const struct message_parts parts = {
        .topic = topic,
        .payload = payload,
        .qos = (uint8_t)qos,
        .retain = flags & MESSAGE_RETAINED,
    };
    (void)deliver_to_subscribers(in, &parts, SUBS_NOBODY);
    ingest_settle(in);
}
