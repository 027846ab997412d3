/* SPDX-License-Identifier: Apache-2.0 */
/* A device or tool at our listener. Its states, and the packets that each takes:
 *
 *     NEW ──CONNECT, accepted──► CONNECTED ──DISCONNECT, or the connection ends──► OVER
 *
 *     NEW        CONNECT, within 10 s
 *     CONNECTED  PUBLISH of QoS 0 and 1, PUBACK, SUBSCRIBE, UNSUBSCRIBE, PINGREQ, DISCONNECT
 *
 * Anything else closes the connection and is counted; so does a PUBLISH of QoS 2, which we could
 * not acknowledge once only yet. A subscription is granted QoS 1 at most. */
#include "ingest/internal.h"

#include "base/mem.h"
#include "model/limits.h"

#include <unistd.h>

#define CONNECT_DEADLINE_NS MONO_MS(10000)

struct client {
    struct wire wire; /* first, so that a wire of this role is the client */
    enum { CLIENT_NEW, CLIENT_CONNECTED, CLIENT_OVER } state;
    uint32_t carrier;
    mono_ns patience; /* 1.5 x keep-alive; 0: none */
    struct principal principal;
    struct buf will; /* topic, then payload; empty without a will */
    size_t will_topic_len;
    uint8_t will_qos;
    struct inflight *inflight; /* with the first subscription of QoS 1 */
    struct frame *gathered;    /* messages of this read for it */
    uint32_t gathered_room;
    struct client *next_gathered;
    bool is_gathering;
};

/* How a connection ends for its session. */
enum leave {
    LEAVE_GOODBYE,  /* it said DISCONNECT */
    LEAVE_LOST,     /* it ended in any other way: the will is published, the number kept a while */
    LEAVE_REPLACED, /* another connection has its client id now: likewise, but the number is taken
                     */
    LEAVE_SENT      /* we sent it away to come back at once: no will */
};

static struct client *client_of(struct wire *w)
{
    return CONTAINER_OF(w, struct client, wire);
}

static struct permit permit_of(const struct client *c)
{
    const struct ingest *in = c->wire.in;
    return (struct permit){&c->principal, sessions_client_id(&in->sessions, c->carrier),
                           in->config.metrics};
}

/* ---- leaving ---- */

static void publish_will(struct client *c)
{
    if (c->will.len == 0) {
        return;
    }
    struct permit permit = permit_of(c);
    struct bytes whole = buf_bytes(&c->will);
    const struct ingest_message m = {
        .topic = bytes_of(whole.ptr, c->will_topic_len),
        .payload = bytes_skip(whole, c->will_topic_len),
        .qos = c->will_qos ? 1 : 0,
        .flags = MESSAGE_WILL,
        .carrier = c->carrier,
        .by = &c->principal,
    };
    if (permit_publish(&permit, m.topic)) {
        (void)deliver(c->wire.in, &m);
    }
}

static void release_session(struct client *c, enum leave how)
{
    struct ingest *in = c->wire.in;
    if (how == LEAVE_GOODBYE) {
        in->config.events->carrier_closed(in->config.ctx, c->carrier);
        sessions_close(&in->sessions, c->carrier);
    } else if (how != LEAVE_REPLACED) {
        mono_ns until = in->loop->mono_ns + MONO_MS(in->config.limits.grace_ms);
        sessions_lose(&in->sessions, c->carrier, until);
    }
}

/* What must happen when a client goes, once, whichever way it goes. When the program itself ends,
 * that is no news of the client. */
static void leave(struct client *c, enum leave how)
{
    struct ingest *in = c->wire.in;
    bool was_connected = c->state == CLIENT_CONNECTED;
    c->state = CLIENT_OVER;
    if (!was_connected || in->closing) {
        return;
    }
    subs_remove_all(in->subs, c->wire.owner.slot);
    if (how == LEAVE_LOST || how == LEAVE_REPLACED) {
        publish_will(c);
    }
    release_session(c, how);
}

static void closed(struct wire *w)
{
    struct client *c = client_of(w);
    struct ingest *in = w->in;
    leave(c, w->sent_away ? LEAVE_SENT : LEAVE_LOST);
    in->clients_open--;
    metrics_sub(in->config.metrics, METRIC_MQTT_CONNECTIONS, 1);
    ASSERT(!c->is_gathering);
    buf_fini(&c->will);
    free(c->inflight);
    free(c);
}

/* ---- CONNECT ---- */

static void turn_away(struct client *c, enum mqtt_connack_code code, enum drop why)
{
    metrics_drop(c->wire.in->config.metrics, why, 1);
    mqtt_encode_connack(&c->wire.in->answer, &(struct mqtt_connack){.code = (uint8_t)code});
    wire_answer(&c->wire);
    wire_finish(&c->wire);
}

static enum mqtt_connack_code authenticate(struct client *c, const struct mqtt_connect *m)
{
    const struct ingest_config *config = &c->wire.in->config;
    struct bytes password = m->has_password ? m->password : bytes_of(NULL, 0);
    enum err e = config->events->authenticate(config->ctx, m->user, password, &c->principal);
    if (e == ERR_UNAUTHORIZED) {
        return MQTT_CONNACK_NOT_AUTHORIZED;
    }
    if (e) {
        return MQTT_CONNACK_BAD_CREDENTIALS;
    }
    return authorize(&c->principal, ACTION_PUBLISH, BYTES("")) ? MQTT_CONNACK_ACCEPTED
                                                               : MQTT_CONNACK_NOT_AUTHORIZED;
}

static void keep_will(struct client *c, const struct mqtt_connect *m)
{
    if (m->has_will) {
        (void)buf_reserve(&c->will, m->will_topic.len + m->will_payload.len);
        buf_put_bytes(&c->will, m->will_topic);
        buf_put_bytes(&c->will, m->will_payload);
        c->will_topic_len = m->will_topic.len;
        c->will_qos = m->will_qos;
    }
}

/* Takes the session of its client id, from an older connection if one has it. */
static enum err join(struct client *c, const struct mqtt_connect *m)
{
    void *previous;
    uint32_t carrier = sessions_open(&c->wire.in->sessions, m->client_id, c, &previous);
    if (carrier == SESSION_NONE) {
        return ERR_FULL;
    }
    if (previous) {
        struct client *old = previous;
        leave(old, LEAVE_REPLACED);
        wire_close(&old->wire);
    }
    c->carrier = carrier;
    c->state = CLIENT_CONNECTED;
    return OK;
}

static bool client_id_fits(const struct mqtt_connect *m)
{
    return m->client_id.len <= LIMIT_ID_BYTES && (m->client_id.len > 0 || m->clean);
}

static void admit(struct client *c, const struct mqtt_connect *m)
{
    enum mqtt_connack_code code = authenticate(c, m);
    if (code != MQTT_CONNACK_ACCEPTED) {
        turn_away(c, code, DROP_MQTT_UNAUTHORIZED);
        return;
    }
    if (join(c, m)) {
        turn_away(c, MQTT_CONNACK_UNAVAILABLE, DROP_MQTT_CONNECTION_LIMIT);
        return;
    }
    keep_will(c, m);
    c->patience = MONO_MS(1500) * m->keep_alive_s;
    c->wire.packet_max = LIMIT_MQTT_PACKET_BYTES;
    mqtt_encode_connack(&c->wire.in->answer, &(struct mqtt_connack){MQTT_CONNACK_ACCEPTED});
    wire_answer(&c->wire);
}

static void on_connect(struct client *c, const struct mqtt_frame *f)
{
    struct mqtt_connect m;
    enum err e = mqtt_decode_connect(*f, &m);
    if (e == ERR_UNSUPPORTED || (e == OK && m.version != MQTT_V311)) {
        turn_away(c, MQTT_CONNACK_VERSION, DROP_MQTT_PROTOCOL);
    } else if (e) {
        wire_refuse(&c->wire, DROP_MQTT_PROTOCOL);
    } else if (!client_id_fits(&m)) {
        turn_away(c, MQTT_CONNACK_CLIENT_ID, DROP_MQTT_PROTOCOL);
    } else if (m.has_will && !deliver_topic_fits(m.will_topic)) {
        wire_refuse(&c->wire, DROP_BAD_TOPIC);
    } else {
        admit(c, &m);
    }
}

/* ---- SUBSCRIBE, UNSUBSCRIBE ---- */

/* Filters in one packet. A packet of the largest size could name so many that looking at them would
 * hold up everybody else. */
#define FILTERS_MAX ((size_t)4 * LIMIT_SUBSCRIPTIONS_PER_SESSION)

static uint8_t grant(struct client *c, const struct mqtt_filter *filter)
{
    struct ingest *in = c->wire.in;
    uint8_t qos = filter->qos ? 1 : 0;
    struct permit permit = permit_of(c);
    if (!permit_subscribe(&permit, filter->text)) {
        return MQTT_SUBACK_FAILURE;
    }
    if (subs_add(in->subs, c->wire.owner.slot, filter->text, qos)) {
        metrics_drop(in->config.metrics, DROP_MQTT_SUBSCRIPTION, 1);
        return MQTT_SUBACK_FAILURE;
    }
    if (qos && !c->inflight) {
        c->inflight = mem_zalloc(1, sizeof *c->inflight);
    }
    return qos;
}

static void on_subscribe(struct client *c, struct mqtt_filters *filters)
{
    struct ingest *in = c->wire.in;
    struct mqtt_filter filter;
    buf_clear(&in->codes);
    while (mqtt_next_filter(filters, &filter)) {
        buf_put_byte(&in->codes, grant(c, &filter));
    }
    const struct mqtt_suback answer = {MQTT_SUBACK, filters->id, MQTT_V311, buf_bytes(&in->codes),
                                       bytes_of(NULL, 0)};
    mqtt_encode_suback(&in->answer, &answer);
    wire_answer(&c->wire);
}

static void on_unsubscribe(struct client *c, struct mqtt_filters *filters)
{
    struct mqtt_filter filter;
    while (mqtt_next_filter(filters, &filter)) {
        subs_remove(c->wire.in->subs, c->wire.owner.slot, filter.text);
    }
    const struct mqtt_suback answer = {.type = MQTT_UNSUBACK, .id = filters->id};
    mqtt_encode_suback(&c->wire.in->answer, &answer);
    wire_answer(&c->wire);
}

static void on_filters(struct client *c, const struct mqtt_frame *f)
{
    struct mqtt_filters filters;
    if (mqtt_decode_filters(*f, &filters)) {
        wire_refuse(&c->wire, DROP_MQTT_PROTOCOL);
    } else if (filters.count > FILTERS_MAX) {
        wire_refuse(&c->wire, DROP_MQTT_SUBSCRIPTION);
    } else if (f->type == MQTT_SUBSCRIBE) {
        on_subscribe(c, &filters);
    } else {
        on_unsubscribe(c, &filters);
    }
}

/* ---- PUBLISH in, PUBACK in ---- */

static void on_publish(struct client *c, const struct mqtt_frame *f)
{
    struct mqtt_publish p;
    if (mqtt_decode_publish(*f, &p)) {
        wire_refuse(&c->wire, DROP_MQTT_PROTOCOL);
        return;
    }
    if (p.qos > 1) {
        wire_refuse(&c->wire, DROP_MQTT_QOS2);
        return;
    }
    const struct ingest_message m = {
        .topic = p.topic,
        .payload = p.payload,
        .qos = p.qos,
        .flags = p.dup ? MESSAGE_DUPLICATE : 0,
        .carrier = c->carrier,
        .by = &c->principal,
    };
    struct permit permit = permit_of(c);
    uint64_t seq = permit_publish(&permit, p.topic) ? deliver(c->wire.in, &m) : 0;
    if (p.qos) {
        wire_ack(&c->wire, p.qos, p.id, seq);
    }
}

/* One that we don't wait for is no harm: some clients acknowledge twice. */
static void on_puback(struct client *c, const struct mqtt_frame *f)
{
    struct mqtt_ack ack;
    if (mqtt_decode_ack(*f, &ack)) {
        wire_refuse(&c->wire, DROP_MQTT_PROTOCOL);
    } else if (c->inflight) {
        (void)inflight_end(c->inflight, ack.id);
    }
}

/* ---- PINGREQ, DISCONNECT ---- */

static void on_empty(struct client *c, const struct mqtt_frame *f)
{
    if (mqtt_decode_empty(*f)) {
        wire_refuse(&c->wire, DROP_MQTT_PROTOCOL);
    } else if (f->type == MQTT_PINGREQ) {
        mqtt_encode_empty(&c->wire.in->answer, MQTT_PINGRESP);
        wire_answer(&c->wire);
    } else {
        leave(c, LEAVE_GOODBYE);
        wire_finish(&c->wire);
    }
}

static void packet_connected(struct client *c, const struct mqtt_frame *f)
{
    switch (f->type) {
    case MQTT_PUBLISH:
        on_publish(c, f);
        return;
    case MQTT_PUBACK:
        on_puback(c, f);
        return;
    case MQTT_SUBSCRIBE:
    case MQTT_UNSUBSCRIBE:
        on_filters(c, f);
        return;
    case MQTT_PINGREQ:
    case MQTT_DISCONNECT:
        on_empty(c, f);
        return;
    case MQTT_CONNECT:
    case MQTT_CONNACK:
    case MQTT_PUBREC:
    case MQTT_PUBREL:
    case MQTT_PUBCOMP:
    case MQTT_SUBACK:
    case MQTT_UNSUBACK:
    case MQTT_PINGRESP:
    case MQTT_AUTH:
        wire_refuse(&c->wire, DROP_MQTT_PROTOCOL);
        return;
    }
}

static void packet(struct wire *w, const struct mqtt_frame *f)
{
    struct client *c = client_of(w);
    if (c->state == CLIENT_CONNECTED) {
        packet_connected(c, f);
    } else if (f->type == MQTT_CONNECT) {
        on_connect(c, f);
    } else {
        wire_refuse(w, DROP_MQTT_PROTOCOL);
    }
}

/* ---- messages out ---- */

static void send_gathered(struct client *c)
{
    struct frame *f = c->gathered;
    c->gathered = NULL;
    if (!f) {
        return;
    }
    if (conn_blocked(&c->wire.conn) && f->len < c->gathered_room / 2) {
        /* It may wait long: then it should not hold more than what it carries. */
        struct frame *exact = frame_of(bytes_of(NULL, 0), bytes_of(f->data, f->len));
        frame_release(f);
        f = exact;
    }
    wire_queue(&c->wire, f);
}

void client_send_gathered(struct ingest *in)
{
    while (in->gathered) {
        struct client *c = in->gathered;
        in->gathered = c->next_gathered;
        c->is_gathering = false;
        send_gathered(c);
    }
}

static void start_frame(struct client *c, uint32_t len)
{
    struct ingest *in = c->wire.in;
    uint32_t size = len;
    if (c->gathered) {
        /* Where one fills up within a read, many messages come. */
        size = (uint32_t)size_max(len, size_min((size_t)c->gathered_room * 16, FRAME_POOL_MAX));
        send_gathered(c);
    }
    if (size <= FRAME_POOL_MAX) {
        c->gathered = frame_pool_take(&in->frames, size, &c->gathered_room);
    } else {
        c->gathered = frame_new(size);
        c->gathered->len = 0;
        c->gathered_room = size;
    }
    if (!c->is_gathering) {
        c->is_gathering = true;
        c->next_gathered = in->gathered;
        in->gathered = c;
    }
}

/* Room for `len` bytes at the end of what it will be sent. */
static uint8_t *gather(struct client *c, uint32_t len)
{
    if (!c->gathered || c->gathered_room - c->gathered->len < len) {
        start_frame(c, len);
    }
    uint8_t *at = c->gathered->data + c->gathered->len;
    c->gathered->len += len;
    return at;
}

/* A message above the limit still passes when nothing waits before it. */
static bool may_wait(const struct client *c, size_t len)
{
    size_t waiting = conn_queued(&c->wire.conn) + (c->gathered ? c->gathered->len : 0u);
    return waiting == 0 || waiting + len <= LIMIT_SUBSCRIBER_QUEUE_BYTES;
}

void client_deliver(struct wire *w, struct bytes encoded, uint8_t qos, size_t id_at)
{
    struct client *c = client_of(w);
    uint16_t id = 0;
    if (w->over) {
        return;
    }
    if (!may_wait(c, encoded.len) || (qos && !inflight_begin(c->inflight, &id))) {
        metrics_drop(w->in->config.metrics, DROP_SUBSCRIBER_SLOW, 1);
        return;
    }
    uint8_t *copy = gather(c, (uint32_t)encoded.len);
    memcpy(copy, encoded.ptr, encoded.len);
    if (qos) {
        be16_store(copy + id_at, id);
    }
    w->in->delivered++;
}

/* ---- time, the end, the beginning ---- */

static void tick(struct wire *w, mono_ns now)
{
    struct client *c = client_of(w);
    if (c->state == CLIENT_NEW && now - w->started > CONNECT_DEADLINE_NS) {
        wire_refuse(w, DROP_MQTT_TIMEOUT);
    } else if (c->patience && wire_is_read(w) && now - w->received > c->patience) {
        wire_close(w);
    }
}

/* What was revoked says nothing any more, its will included. */
static void recheck(struct wire *w)
{
    struct client *c = client_of(w);
    const struct ingest_config *config = &w->in->config;
    if (c->state == CLIENT_CONNECTED && !config->events->knows(config->ctx, &c->principal)) {
        buf_clear(&c->will);
        wire_refuse(w, DROP_MQTT_UNAUTHORIZED);
    }
}

static void goodbye(struct wire *w)
{
    conn_flush(&w->conn);
    wire_close(w);
}

static const struct wire_role role = {
    .packet = packet,
    .tick = tick,
    .closed = closed,
    .recheck = recheck,
    .goodbye = goodbye,
};

/* NULL when there are too many. */
static struct client *new_client(struct ingest *in)
{
    if (in->clients_open >= in->config.max_connections || in->draining || in->closing) {
        metrics_drop(in->config.metrics, DROP_MQTT_CONNECTION_LIMIT, 1);
        return NULL;
    }
    struct client *c = mem_zalloc(1, sizeof *c);
    c->state = CLIENT_NEW;
    in->clients_open++;
    metrics_add(in->config.metrics, METRIC_MQTT_CONNECTIONS, 1);
    return c;
}

void client_accept(struct ingest *in, int fd, struct tls_context *tls)
{
    struct client *c = new_client(in);
    if (!c) {
        close(fd);
        return;
    }
    wire_start(&c->wire, in, fd, &role, (struct wire_tls){.context = tls});
    c->wire.packet_max = LIMIT_MQTT_CONNECT_BYTES;
}

enum conn_parcel_end client_take(struct ingest *in, const struct conn_parcel *p)
{
    struct client *c = new_client(in);
    if (!c) {
        return CONN_PARCEL_UNWANTED;
    }
    wire_start_websocket(&c->wire, in, p, &role);
    c->wire.packet_max = LIMIT_MQTT_CONNECT_BYTES;
    wire_read_on(&c->wire, p);
    return CONN_PARCEL_TAKEN;
}
