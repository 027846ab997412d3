/* SPDX-License-Identifier: Apache-2.0 */
/* Messages in, and the acknowledgements of both directions. A message of QoS 1 or 2 is acknowledged
 * when its batch is durable, in the order of the messages; one that we refuse, in its turn. */
#include "ingest/client.h"

#include "base/mem.h"
#include "base/utf8.h"
#include "model/limits.h"

/* ---- is it one that we know? ---- */

/* A DUP that equals one of the last messages is what an earlier connection brought already. */
static uint64_t hash_of(const struct mqtt_publish *p)
{
    return inbox_hash(p->id, p->topic, p->payload);
}

/* Whether it came before. Then it is counted, and acknowledged with what came last. */
static bool is_repeated(struct client *c, const struct mqtt_publish *p)
{
    struct inbox *inbox = session_inbox(c->session);
    bool known =
        p->qos == 2 ? inbox_has(inbox, p->id) : p->dup && inbox_is_recent(inbox, hash_of(p));
    if (known) {
        metrics_drop(c->wire.in->config.metrics, DROP_MQTT_DUPLICATE, 1);
        wire_ack(&c->wire, p->qos, p->id, inbox->last_seq);
    }
    return known;
}

static void remember(struct client *c, const struct mqtt_publish *p, uint64_t seq)
{
    struct inbox *inbox = session_inbox(c->session);
    if (seq == SEQ_NEVER) {
        return; /* it will come again, and is new then */
    }
    inbox->last_seq = seq > inbox->last_seq ? seq : inbox->last_seq;
    if (p->qos == 2) {
        (void)inbox_receive(inbox, p->id);
    } else {
        inbox_remember(inbox, hash_of(p));
    }
}

/* 5.0 clients were told how many may be unacknowledged. */
static bool is_within_window(const struct client *c)
{
    const struct inbox *inbox = c->session->inbox;
    uint32_t open = c->wire.pubacks_waiting + (inbox ? inbox->ids : 0);
    return !client_speaks_5(c) || open < client_receive_maximum(c);
}

/* ---- what 5.0 adds ---- */

/* The topic that an alias stands for, or the alias that a topic gets from now on. */
static bool take_alias(struct client *c, struct mqtt_publish *p)
{
    uint32_t alias = mqtt_property_number(p->properties, MQTT_TOPIC_ALIAS, 0);
    if (alias == 0) {
        return true;
    }
    if (!c->heard) {
        c->heard = mem_zalloc(1, sizeof *c->heard);
    }
    if (p->topic.len) {
        return p->topic.len > LIMIT_TOPIC_BYTES || aliases_set(c->heard, alias, p->topic);
    }
    p->topic = aliases_topic(c->heard, alias);
    return p->topic.len > 0;
}

static struct message_parts parts_of(struct client *c, const struct mqtt_publish *p)
{
    struct ingest *in = c->wire.in;
    struct message_parts parts = {
        .topic = p->topic, .payload = p->payload, .qos = p->qos, .retain = p->retain};
    if (p->retain) {
        parts.publisher = deliver_publisher(in, &c->session->principal);
    }
    if (p->properties.len) {
        uint32_t expiry_s = mqtt_property_number(p->properties, MQTT_MESSAGE_EXPIRY, UINT32_MAX);
        if (expiry_s != UINT32_MAX) {
            parts.expires = in->loop->mono_ns + MONO_MS(1000) * (mono_ns)expiry_s;
        }
        buf_clear(&in->forwarded);
        deliver_forward(&in->forwarded, p->properties);
        parts.properties = buf_bytes(&in->forwarded);
    }
    return parts;
}

/* ---- PUBLISH ---- */

/* MQTT_SUCCESS when it may go on. */
static enum mqtt_reason judge(struct client *c, const struct mqtt_publish *p)
{
    struct ingest *in = c->wire.in;
    struct permit permit = client_permit(c);
    if (system_reserves(p->topic)) {
        metrics_drop(in->config.metrics, DROP_SYSTEM_TOPIC, 1);
        return MQTT_NOT_AUTHORIZED;
    }
    if (!permit_publish(&permit, p->topic)) {
        return MQTT_NOT_AUTHORIZED;
    }
    if (mqtt_property_number(p->properties, MQTT_PAYLOAD_FORMAT, 0) && !utf8_valid(p->payload)) {
        metrics_drop(in->config.metrics, DROP_PAYLOAD_FORMAT, 1);
        return MQTT_PAYLOAD_INVALID;
    }
    if (!deliver_topic_fits(p->topic)) {
        metrics_drop(in->config.metrics, DROP_BAD_TOPIC, 1);
        return MQTT_TOPIC_INVALID;
    }
    return MQTT_SUCCESS;
}

static void acknowledge(struct client *c, const struct mqtt_publish *p, enum mqtt_reason reason,
                        uint64_t seq)
{
    const struct ack_kind kind = {p->qos, client_speaks_5(c) ? (uint8_t)reason : 0};
    wire_ack_kind(&c->wire, kind, p->id, seq);
}

static uint64_t route(struct client *c, const struct mqtt_publish *p, bool *reached)
{
    const struct ingest_message m = {
        .topic = p->topic,
        .payload = p->payload,
        .qos = p->qos,
        .flags = p->dup ? MESSAGE_DUPLICATE : 0,
        .carrier = c->session->number,
        .by = &c->session->principal,
    };
    struct message_parts parts = parts_of(c, p);
    return deliver_published(c->wire.in, &m, &parts, reached);
}

static void take_publish(struct client *c, const struct mqtt_publish *p)
{
    bool reached = true;
    uint64_t seq = 0;
    if (p->qos && is_repeated(c, p)) {
        return;
    }
    enum mqtt_reason reason = judge(c, p);
    if (reason == MQTT_SUCCESS) {
        seq = route(c, p, &reached);
        reason = reached ? MQTT_SUCCESS : MQTT_NO_SUBSCRIBERS;
    }
    /* A failure ends the exchange of QoS 2 with PUBREC, in 5.0. */
    bool failed = client_speaks_5(c) && reason >= MQTT_FAILURES;
    if (p->qos && !c->wire.over) {
        if (!failed) {
            remember(c, p, seq);
        }
        acknowledge(c, p, reason, seq);
    }
}

void client_on_publish(struct client *c, const struct mqtt_frame *f)
{
    struct mqtt_publish p;
    enum err e = mqtt_decode_publish(*f, &p);
    client_spend(c);
    if (e) {
        client_refuse_packet(c, e);
    } else if (mqtt_property_number(p.properties, MQTT_SUBSCRIPTION_ID, 0)) {
        /* Only we say which subscription a message is for. */
        client_refuse_packet(c, ERR_PROTOCOL);
    } else if (!take_alias(c, &p)) {
        client_refuse(c, DROP_MQTT_PROTOCOL, MQTT_ALIAS_INVALID);
    } else if (p.qos && !is_within_window(c)) {
        client_refuse(c, DROP_MQTT_PROTOCOL, MQTT_RECEIVE_EXCEEDED);
    } else {
        take_publish(c, &p);
    }
}

/* ---- PUBACK, PUBREC, PUBREL, PUBCOMP ---- */

static enum mqtt_reason not_found(const struct client *c)
{
    return client_speaks_5(c) ? MQTT_ID_NOT_FOUND : MQTT_SUCCESS;
}

static void on_pubrec(struct client *c, const struct mqtt_ack *a)
{
    struct outbox *o = &c->session->outbox;
    if (a->code >= MQTT_FAILURES) {
        (void)outbox_done(o, a->id, 2);
        return;
    }
    bool known = outbox_received(o, a->id);
    wire_put_ack(&c->wire, MQTT_PUBREL, a->id, (uint8_t)(known ? MQTT_SUCCESS : not_found(c)));
}

/* One that we don't wait for is no harm: some clients acknowledge twice. */
void client_on_ack(struct client *c, const struct mqtt_frame *f)
{
    struct mqtt_ack a;
    enum err e = mqtt_decode_ack(*f, &a);
    if (e) {
        client_refuse_packet(c, e);
        return;
    }
    if (a.type == MQTT_PUBREL) {
        struct inbox *inbox = c->session->inbox;
        bool known = inbox && inbox_release(inbox, a.id);
        wire_put_ack(&c->wire, MQTT_PUBCOMP, a.id, (uint8_t)(known ? MQTT_SUCCESS : not_found(c)));
        return;
    }
    if (a.type == MQTT_PUBREC) {
        on_pubrec(c, &a);
    } else {
        (void)outbox_done(&c->session->outbox, a.id, a.type == MQTT_PUBACK ? 1 : 2);
    }
    client_pump(c, NULL);
}
