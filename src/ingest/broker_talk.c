/* SPDX-License-Identifier: Apache-2.0 */
/* What we say to a dialled broker, and what it may say in which state:
 *
 *     GREETING     CONNACK
 *     SUBSCRIBING  SUBACK, and what an UP one may
 *     UP           PUBLISH of every QoS, PUBREL, PUBACK, PINGRESP, DISCONNECT of MQTT 5
 *
 * Anything else closes the connection and is counted. MQTT 5 is tried first; a broker that does not
 * take it is remembered and spoken to in 3.1.1. Messages are acknowledged when they are durable
 * here. One that comes again after a lost connection is acknowledged and not taken twice. */
#include "ingest/broker.h"

#include "base/mem.h"
#include "model/limits.h"

#define SUBSCRIBE_PACKET_ID 1

/* ---- what we say ---- */

void broker_say(struct broker *b, enum mqtt_type type)
{
    mqtt_encode_empty(&b->in->answer, type);
    wire_answer(&b->wire);
}

static void say_end(struct broker *b, enum mqtt_reason why)
{
    if (b->version == MQTT_V5 && b->state != BROKER_GREETING) {
        mqtt_encode_end(
            &b->in->answer,
            &(struct mqtt_end){.type = MQTT_DISCONNECT, .code = (uint8_t)why, .version = MQTT_V5});
        wire_answer(&b->wire);
        conn_flush(&b->wire.conn);
    }
}

/* It broke the protocol: it is told how, where that can be told, and left. */
void broker_refused(struct wire *w, enum drop why)
{
    struct broker *b = broker_of(w);
    if (b->problem.kind == PROBLEM_NONE) {
        enum mqtt_reason reason = why == DROP_MQTT_TOO_LARGE ? MQTT_TOO_LARGE : MQTT_MALFORMED;
        broker_note(b, PROBLEM_PROTOCOL, mqtt_reason_text((uint8_t)reason));
        say_end(b, reason);
    }
    wire_close(w);
}

/* The same with what exactly it did. */
static void fault(struct broker *b, enum mqtt_reason why)
{
    broker_note(b, PROBLEM_PROTOCOL, mqtt_reason_text((uint8_t)why));
    say_end(b, why);
    wire_refuse(&b->wire, DROP_MQTT_PROTOCOL);
}

static bool is_clean(const struct broker *b)
{
    return b->config.clean || b->config.client_id == NULL;
}

static void put_connect_properties(const struct broker *b, struct buf *out)
{
    if (!is_clean(b) && b->config.session_expiry_s) {
        mqtt_put_number(out, MQTT_SESSION_EXPIRY, b->config.session_expiry_s);
    }
    mqtt_put_number(out, MQTT_RECEIVE_MAXIMUM, LIMIT_LINK_RECEIVE_MAXIMUM);
    mqtt_put_number(out, MQTT_MAXIMUM_PACKET, LIMIT_MQTT_PACKET_BYTES);
    mqtt_put_number(out, MQTT_ALIAS_MAXIMUM, LIMIT_TOPIC_ALIASES);
}

void broker_greet(struct broker *b)
{
    const struct ingest_broker *config = &b->config;
    struct buf properties = {0};
    if (b->version == MQTT_V5) {
        put_connect_properties(b, &properties);
    }
    const struct mqtt_connect c = {
        .client_id = bytes_of_text(config->client_id ? config->client_id : b->made_id),
        .clean = is_clean(b),
        .keep_alive_s = (uint16_t)config->keep_alive_s,
        .has_user = config->user != NULL,
        .user = bytes_of_text(config->user),
        .has_password = config->user && config->password,
        .password = bytes_of_text(config->password),
        .version = b->version,
        .properties = buf_bytes(&properties),
    };
    b->wire.version = b->version;
    b->keep_alive_s = config->keep_alive_s;
    mqtt_encode_connect(&b->in->answer, &c);
    wire_answer(&b->wire);
    buf_fini(&properties);
}

/* Retained messages come when a subscription is new, not each time that a session goes on. What we
 * publish ourselves is not for us; a shared subscription can't say so. */
static struct mqtt_filter filter_of(const char *text, uint8_t qos)
{
    bool shared = bytes_start_with(bytes_of_text(text), BYTES("$share/"));
    return (struct mqtt_filter){.text = bytes_of_text(text),
                                .qos = qos,
                                .no_local = !shared,
                                .retain_handling = MQTT_RETAIN_SEND_IF_NEW};
}

static void say_subscribe(struct broker *b)
{
    const struct mqtt_filters head = {
        .type = MQTT_SUBSCRIBE, .id = SUBSCRIBE_PACKET_ID, .version = b->version};
    struct mqtt_filter *filters = mem_zalloc(b->config.filter_count, sizeof *filters);
    for (size_t i = 0; i < b->config.filter_count; i++) {
        filters[i] = filter_of(b->config.filters[i], b->config.qos);
    }
    mqtt_encode_filters(&b->in->answer, &head, filters, b->config.filter_count);
    free(filters);
    wire_answer(&b->wire);
}

/* ---- CONNACK ---- */

/* The reason of MQTT 5 that a return code of 3.1.1 means. */
static uint8_t reason_of_code(uint8_t code)
{
    static const uint8_t reasons[] = {
        [MQTT_CONNACK_ACCEPTED] = MQTT_SUCCESS,
        [MQTT_CONNACK_VERSION] = MQTT_UNSUPPORTED_VERSION,
        [MQTT_CONNACK_CLIENT_ID] = MQTT_BAD_CLIENT_ID,
        [MQTT_CONNACK_UNAVAILABLE] = MQTT_UNAVAILABLE,
        [MQTT_CONNACK_BAD_CREDENTIALS] = MQTT_BAD_CREDENTIALS,
        [MQTT_CONNACK_NOT_AUTHORIZED] = MQTT_NOT_AUTHORIZED,
    };
    return code < sizeof reasons ? reasons[code] : MQTT_UNSPECIFIED;
}

/* A broker that knows no MQTT 5 answers in the words of 3.1.1. */
static enum err read_connack(const struct broker *b, struct mqtt_frame f, struct mqtt_connack *out)
{
    enum err e = mqtt_decode_connack(f, out);
    if (e != OK && b->version == MQTT_V5) {
        f.version = MQTT_V311;
        e = mqtt_decode_connack(f, out);
        if (e == OK && out->code == MQTT_CONNACK_ACCEPTED) {
            return ERR_INVALID;
        }
    }
    if (e == OK && f.version == MQTT_V311) {
        out->code = reason_of_code(out->code);
    }
    return e;
}

/* What stays so until a person changes something, there or here. */
static enum problem_kind problem_of(uint8_t reason)
{
    static const uint8_t lasting[] = {MQTT_BAD_CLIENT_ID,   MQTT_BAD_CREDENTIALS,
                                      MQTT_NOT_AUTHORIZED,  MQTT_BANNED,
                                      MQTT_BAD_AUTH_METHOD, MQTT_UNSUPPORTED_VERSION};
    if (reason == MQTT_TAKEN_OVER) {
        return PROBLEM_TAKEN_OVER;
    }
    return memchr(lasting, reason, sizeof lasting) ? PROBLEM_REFUSED : PROBLEM_BUSY;
}

static void on_refusal(struct broker *b, uint8_t reason)
{
    if (reason == MQTT_UNSUPPORTED_VERSION && b->version == MQTT_V5 && b->config.version == 0) {
        b->version = MQTT_V311;
        b->settled = true;
        b->again_at_once = true;
    } else {
        broker_note(b, problem_of(reason), mqtt_reason_text(reason));
    }
    wire_close(&b->wire);
}

static void take_terms(struct broker *b, const struct mqtt_connack *answer)
{
    struct bytes p = answer->properties;
    uint32_t window = mqtt_property_number(p, MQTT_RECEIVE_MAXIMUM, LIMIT_LINK_UNACKNOWLEDGED);
    uint32_t keep_alive = mqtt_property_number(p, MQTT_SERVER_KEEP_ALIVE, b->config.keep_alive_s);
    /* 0 takes no keep-alive of us; we still want to know whether the broker is there. */
    b->keep_alive_s = keep_alive ? keep_alive : b->config.keep_alive_s;
    b->unacknowledged_max = window < LIMIT_LINK_UNACKNOWLEDGED ? window : LIMIT_LINK_UNACKNOWLEDGED;
    b->packet_max = mqtt_property_number(p, MQTT_MAXIMUM_PACKET, UINT32_MAX);
    b->qos_max = mqtt_property_number(p, MQTT_MAXIMUM_QOS, 1);
    b->settled = true;
    atomic_store(&b->status.version, b->version);
    atomic_store(&b->status.session_present, answer->session_present);
    if (!answer->session_present) {
        broker_seen_fini(&b->seen);
    }
}

static void on_connack(struct broker *b, struct mqtt_frame f)
{
    struct mqtt_connack answer;
    if (b->state != BROKER_GREETING || read_connack(b, f, &answer)) {
        fault(b, MQTT_PROTOCOL_ERROR);
        return;
    }
    if (answer.code != MQTT_SUCCESS) {
        on_refusal(b, answer.code);
        return;
    }
    take_terms(b, &answer);
    b->filter_refused = false;
    if (b->config.filter_count == 0) {
        broker_come_up(b);
    } else {
        broker_set_state(b, BROKER_SUBSCRIBING);
        say_subscribe(b);
    }
}

/* ---- SUBACK ---- */

static void note_refused_filters(struct broker *b, struct bytes codes)
{
    for (size_t i = 0; i < codes.len; i++) {
        if (codes.ptr[i] >= MQTT_FAILURES) {
            b->filter_refused = true;
            broker_note(b, PROBLEM_SUBSCRIBE, b->config.filters[i]);
        }
    }
}

static void on_suback(struct broker *b, struct mqtt_frame f)
{
    struct mqtt_suback answer;
    if (b->state != BROKER_SUBSCRIBING || mqtt_decode_suback(f, &answer) ||
        answer.id != SUBSCRIBE_PACKET_ID || answer.codes.len != b->config.filter_count) {
        fault(b, MQTT_PROTOCOL_ERROR);
        return;
    }
    note_refused_filters(b, answer.codes);
    broker_come_up(b);
    b->problem = (struct problem){PROBLEM_NONE, NULL};
}

/* ---- PUBLISH in ---- */

static uint64_t hash_of(const struct broker *b, const struct mqtt_publish *p)
{
    struct hash_key key = {b->in->config.key[0], b->in->config.key[1] ^ p->id};
    key.k0 ^= hash_bytes(key, p->topic);
    return hash_bytes(key, p->payload);
}

/* Whether we have it, from this connection or one before; then `*seq` is what its acknowledgement
 * waits for. */
static bool came_before(const struct broker *b, const struct mqtt_publish *p, uint64_t hash,
                        uint64_t *seq)
{
    *seq = 0;
    if (p->qos == 2 ? !broker_seen_has(&b->seen, p->id) : !p->dup) {
        return false;
    }
    return broker_seen_find(&b->seen, hash, seq) || p->qos == 2;
}

static uint64_t hand_on(struct broker *b, const struct mqtt_publish *p)
{
    const struct ingest_message m = {
        .topic = p->topic,
        .payload = p->payload,
        .qos = p->qos,
        .flags = (p->retain ? MESSAGE_RETAINED : 0u) | (p->dup ? MESSAGE_DUPLICATE : 0u),
        .carrier = CARRIER_NONE,
        .source = b->number,
    };
    atomic_fetch_add_explicit(&b->status.messages, 1, memory_order_relaxed);
    return deliver(b->in, &m);
}

/* One that can't be made durable now is not remembered: it has to come again. */
static void take_acknowledged(struct broker *b, const struct mqtt_publish *p)
{
    uint64_t hash = hash_of(b, p);
    uint64_t seq;
    if (came_before(b, p, hash, &seq)) {
        metrics_drop(b->in->config.metrics, DROP_LINK_DUPLICATE, 1);
        wire_ack(&b->wire, p->qos, p->id, seq);
        return;
    }
    seq = hand_on(b, p);
    if (seq != SEQ_NEVER) {
        broker_seen_add(&b->seen, hash, seq);
    }
    if (seq != SEQ_NEVER && p->qos == 2) {
        broker_seen_receive(&b->seen, p->id);
    }
    wire_ack(&b->wire, p->qos, p->id, seq);
}

/* What a PUBLISH is about. A topic that is too long for us stays so under its alias, cut off behind
 * the first byte too many. Errors: ERR_INVALID no topic, or an alias that stands for none. */
MUST_CHECK static enum err resolve(struct broker *b, uint32_t alias, struct bytes *topic)
{
    if (alias && topic->len) {
        size_t kept = size_min(topic->len, LIMIT_TOPIC_BYTES + 1);
        return aliases_set(&b->aliases, alias, bytes_of(topic->ptr, kept)) ? OK : ERR_INVALID;
    }
    if (alias) {
        *topic = aliases_topic(&b->aliases, alias);
    }
    return topic->len ? OK : ERR_INVALID;
}

static void on_publish(struct broker *b, struct mqtt_frame f)
{
    struct mqtt_publish p;
    if (b->state < BROKER_SUBSCRIBING || mqtt_decode_publish(f, &p)) {
        fault(b, MQTT_PROTOCOL_ERROR);
        return;
    }
    uint32_t alias = mqtt_property_number(p.properties, MQTT_TOPIC_ALIAS, 0);
    if (resolve(b, alias, &p.topic) != OK) {
        fault(b, MQTT_ALIAS_INVALID);
    } else if (p.qos == 0) {
        (void)hand_on(b, &p);
    } else {
        take_acknowledged(b, &p);
    }
}

/* A release of what we don't know is answered too: after a restart of ours the broker ends so what
 * it had begun before. */
static void on_pubrel(struct broker *b, struct mqtt_frame f)
{
    struct mqtt_ack a;
    if (b->state < BROKER_SUBSCRIBING || mqtt_decode_ack(f, &a)) {
        fault(b, MQTT_PROTOCOL_ERROR);
        return;
    }
    bool had = broker_seen_release(&b->seen, a.id);
    const struct mqtt_ack answer = {.type = MQTT_PUBCOMP,
                                    .id = a.id,
                                    .code = had || b->version != MQTT_V5 ? MQTT_SUCCESS
                                                                         : MQTT_ID_NOT_FOUND,
                                    .version = b->version};
    mqtt_encode_ack(&b->in->answer, &answer);
    wire_answer(&b->wire);
}

/* ---- publishing ---- */

static void on_puback(struct broker *b, struct mqtt_frame f)
{
    struct mqtt_ack a;
    if (mqtt_decode_ack(f, &a)) {
        fault(b, MQTT_PROTOCOL_ERROR);
    } else if (b->inflight && inflight_end(b->inflight, a.id)) {
        b->unacknowledged--;
    }
}

static bool may_send(const struct broker *b, const struct mqtt_publish *p)
{
    size_t len = p->topic.len + p->payload.len + 16;
    return b->state == BROKER_UP && !b->wire.over && len <= b->packet_max &&
           conn_queued(&b->wire.conn) + len <= LIMIT_SUBSCRIBER_QUEUE_BYTES &&
           (p->qos == 0 || b->unacknowledged < b->unacknowledged_max);
}

void broker_publish(struct broker *b, const struct ingest_message *m)
{
    struct mqtt_publish p = {
        .topic = m->topic,
        .payload = m->payload,
        .qos = m->qos && b->qos_max ? 1 : 0,
        .version = b->version,
    };
    if (p.qos && !b->inflight) {
        b->inflight = mem_zalloc(1, sizeof *b->inflight);
    }
    if (!may_send(b, &p) || (p.qos && !inflight_begin(b->inflight, &p.id))) {
        metrics_drop(b->in->config.metrics, DROP_LINK_UNSENT, 1);
        return;
    }
    b->unacknowledged += p.qos;
    mqtt_encode_publish(&b->in->answer, &p);
    wire_answer(&b->wire);
}

/* ---- the rest ---- */

static void on_disconnect(struct broker *b, struct mqtt_frame f)
{
    struct mqtt_end end;
    if (b->version != MQTT_V5 || b->state < BROKER_SUBSCRIBING || mqtt_decode_end(f, &end)) {
        fault(b, MQTT_PROTOCOL_ERROR);
        return;
    }
    enum problem_kind kind = problem_of(end.code);
    if (kind == PROBLEM_TAKEN_OVER) {
        broker_note(b, kind, NULL);
    } else {
        broker_note(b, kind == PROBLEM_BUSY ? PROBLEM_ENDED : kind, mqtt_reason_text(end.code));
    }
    wire_close(&b->wire);
}

static void on_pingresp(struct broker *b, struct mqtt_frame f)
{
    if (mqtt_decode_empty(f)) {
        fault(b, MQTT_MALFORMED);
    }
}

void broker_packet(struct wire *w, const struct mqtt_frame *frame)
{
    static void (*const takes[])(struct broker * b, struct mqtt_frame f) = {
        [MQTT_CONNACK] = on_connack,       [MQTT_PUBLISH] = on_publish,
        [MQTT_PUBACK] = on_puback,         [MQTT_PUBREL] = on_pubrel,
        [MQTT_SUBACK] = on_suback,         [MQTT_PINGRESP] = on_pingresp,
        [MQTT_DISCONNECT] = on_disconnect, [MQTT_AUTH] = NULL,
    };
    struct broker *b = broker_of(w);
    if (takes[frame->type]) {
        takes[frame->type](b, *frame);
    } else {
        fault(b, MQTT_PROTOCOL_ERROR);
    }
}

void broker_connection_ended(struct broker *b)
{
    aliases_fini(&b->aliases);
    free(b->inflight);
    b->inflight = NULL;
    b->unacknowledged = 0;
}
