/* SPDX-License-Identifier: Apache-2.0 */
/* A broker that the user already has, dialled and dialled again:
 *
 *     WAITING ──► DIALLING ──► GREETING ──CONNACK──► SUBSCRIBING ──SUBACK──► UP
 *        ▲            │            │                      │                  │
 *        └────────────┴────────────┴──────────────────────┴──────────────────┘
 *
 * Any failure leads back to WAITING, whose delay doubles until a connection came UP. With a client
 * id of the user's the broker keeps our session, so what it could not hand us, or what we had not
 * acknowledged, comes with the next connection; a made one would leave a session behind for each of
 * our starts, so it asks for none. Messages are acknowledged when they are durable here. */
#include "ingest/internal.h"

#include "base/mem.h"
#include "model/limits.h"

#include <unistd.h>

#define KEEP_ALIVE_S        30
#define PING_EVERY_NS       MONO_MS(15000)
#define SILENCE_MAX_NS      MONO_MS(30000)
#define GREETING_MAX_NS     MONO_MS(10000)
#define FIRST_DELAY_MS      1000u
#define LAST_DELAY_MS       60000u
#define SUBSCRIBE_PACKET_ID 1

enum broker_state {
    BROKER_WAITING,
    BROKER_DIALLING,
    BROKER_GREETING,
    BROKER_SUBSCRIBING,
    BROKER_UP,
    BROKER_STOPPED
};

struct broker {
    struct wire wire;
    struct ingest *in;
    struct ingest_broker config;
    unsigned number;
    struct inflight *inflight; /* with the first message of QoS 1 that we send */
    char made_id[32];
    struct dial dial;
    struct loop_timer retry;
    enum broker_state state;
    uint32_t delay_ms;
    mono_ns pinged;
    bool stopping;
    bool told; /* that it is not reached; once until it is */
};

static struct broker *broker_of(struct wire *w)
{
    return CONTAINER_OF(w, struct broker, wire);
}

static void set_state(struct broker *b, enum broker_state state)
{
    struct ingest *in = b->in;
    uint32_t up = atomic_load_explicit(&in->brokers_up, memory_order_relaxed);
    up += state == BROKER_UP;
    up -= b->state == BROKER_UP;
    atomic_store_explicit(&in->brokers_up, up, memory_order_relaxed);
    metrics_set(in->config.metrics, METRIC_BROKERS_UP, up);
    b->state = state;
}

/* ---- dialling ---- */

static void dial(void *ctx);

/* The wait is uniform within +- 50 %, so that many of us don't come back together. */
static void wait_and_retry(struct broker *b)
{
    if (b->stopping || b->in->closing) {
        set_state(b, BROKER_STOPPED);
        return;
    }
    uint64_t wait_ms = b->delay_ms / 2 + ingest_random(b->in) % (b->delay_ms + 1);
    set_state(b, BROKER_WAITING);
    loop_timer_start(b->in->loop, &b->retry, wait_ms, 0, dial, b);
    b->delay_ms = b->delay_ms < LAST_DELAY_MS / 2 ? b->delay_ms * 2 : LAST_DELAY_MS;
}

static void tell_unreached(struct broker *b, const char *why)
{
    if (!b->told && !b->stopping && !b->in->closing) {
        log_line(LOG_WARN, "broker %s:%u: %s; trying again until it answers", b->config.host,
                 (unsigned)b->config.port, why);
        b->told = true;
    }
}

static void say_connect(struct broker *b)
{
    const struct ingest_broker *config = &b->config;
    const struct mqtt_connect c = {
        .client_id = bytes_of_text(config->client_id ? config->client_id : b->made_id),
        .clean = config->client_id == NULL,
        .keep_alive_s = KEEP_ALIVE_S,
        .has_user = config->user != NULL,
        .user = bytes_of_text(config->user),
        .has_password = config->user && config->password,
        .password = bytes_of_text(config->password),
    };
    mqtt_encode_connect(&b->in->answer, &c);
    wire_answer(&b->wire);
}

static const struct wire_role role;

static void dialled(void *ctx, enum err e, int fd)
{
    struct broker *b = ctx;
    if (e) {
        tell_unreached(b, e == ERR_NOT_FOUND ? "no such host" : "can't be reached");
        wait_and_retry(b);
        return;
    }
    if (b->stopping) {
        close(fd);
        set_state(b, BROKER_STOPPED);
        return;
    }
    set_state(b, BROKER_GREETING);
    wire_start(&b->wire, b->in, fd, &role, (struct wire_tls){.context = NULL});
    say_connect(b);
}

static void dial(void *ctx)
{
    struct broker *b = ctx;
    if (b->told) {
        metrics_add(b->in->config.metrics, METRIC_BROKER_RECONNECTS, 1);
    }
    set_state(b, BROKER_DIALLING);
    dial_start(&b->dial, b->in->loop, b->config.host, b->config.port, dialled, b);
}

/* ---- packets ---- */

static void come_up(struct broker *b)
{
    set_state(b, BROKER_UP);
    b->delay_ms = FIRST_DELAY_MS;
    b->told = false;
    log_line(LOG_INFO, "broker %s:%u: connected", b->config.host, (unsigned)b->config.port);
}

static void say_subscribe(struct broker *b)
{
    struct mqtt_filter *filters = mem_zalloc(b->config.filter_count, sizeof *filters);
    for (size_t i = 0; i < b->config.filter_count; i++) {
        filters[i] = (struct mqtt_filter){.text = bytes_of_text(b->config.filters[i]), .qos = 1};
    }
    const struct mqtt_filters head = {.type = MQTT_SUBSCRIBE, .id = SUBSCRIBE_PACKET_ID};
    mqtt_encode_filters(&b->in->answer, &head, filters, b->config.filter_count);
    free(filters);
    wire_answer(&b->wire);
}

static const char *refusal(enum mqtt_connack_code code)
{
    switch (code) {
    case MQTT_CONNACK_VERSION:
        return "it does not speak MQTT 3.1.1";
    case MQTT_CONNACK_CLIENT_ID:
        return "it refuses our client id";
    case MQTT_CONNACK_BAD_CREDENTIALS:
        return "it refuses our user name or password";
    case MQTT_CONNACK_NOT_AUTHORIZED:
        return "it does not permit us to connect";
    case MQTT_CONNACK_ACCEPTED:
    case MQTT_CONNACK_UNAVAILABLE:
        break;
    }
    return "it is unavailable";
}

static void on_connack(struct broker *b, const struct mqtt_frame *f)
{
    struct mqtt_connack answer;
    if (b->state != BROKER_GREETING || mqtt_decode_connack(*f, &answer)) {
        wire_refuse(&b->wire, DROP_MQTT_PROTOCOL);
    } else if (answer.code != MQTT_CONNACK_ACCEPTED) {
        tell_unreached(b, refusal((enum mqtt_connack_code)answer.code));
        wire_close(&b->wire);
    } else if (b->config.filter_count == 0) {
        come_up(b);
    } else {
        set_state(b, BROKER_SUBSCRIBING);
        say_subscribe(b);
    }
}

static void tell_refused_filters(const struct broker *b, struct bytes codes)
{
    for (size_t i = 0; i < codes.len && i < b->config.filter_count; i++) {
        if (codes.ptr[i] == MQTT_SUBACK_FAILURE) {
            log_line(LOG_WARN, "broker %s:%u: refuses the subscription to %s", b->config.host,
                     (unsigned)b->config.port, b->config.filters[i]);
        }
    }
}

static void on_suback(struct broker *b, const struct mqtt_frame *f)
{
    struct mqtt_suback answer;
    if (b->state != BROKER_SUBSCRIBING || mqtt_decode_suback(*f, &answer) ||
        answer.id != SUBSCRIBE_PACKET_ID) {
        wire_refuse(&b->wire, DROP_MQTT_PROTOCOL);
        return;
    }
    tell_refused_filters(b, answer.codes);
    come_up(b);
}

static void on_publish(struct broker *b, const struct mqtt_frame *f)
{
    struct mqtt_publish p;
    if (b->state < BROKER_SUBSCRIBING || mqtt_decode_publish(*f, &p)) {
        wire_refuse(&b->wire, DROP_MQTT_PROTOCOL);
        return;
    }
    if (p.qos > 1) {
        /* We asked for QoS 1 at most, and a broker never sends more than was asked. */
        wire_refuse(&b->wire, DROP_MQTT_QOS2);
        return;
    }
    const struct ingest_message m = {
        .topic = p.topic,
        .payload = p.payload,
        .qos = p.qos,
        .flags = (p.retain ? MESSAGE_RETAINED : 0u) | (p.dup ? MESSAGE_DUPLICATE : 0u),
        .carrier = CARRIER_NONE,
        .source = b->number,
    };
    uint64_t seq = deliver(b->in, &m);
    if (p.qos) {
        wire_ack(&b->wire, p.qos, p.id, seq);
    }
}

static void on_puback(struct broker *b, const struct mqtt_frame *f)
{
    struct mqtt_ack ack;
    if (mqtt_decode_ack(*f, &ack)) {
        wire_refuse(&b->wire, DROP_MQTT_PROTOCOL);
    } else if (b->inflight) {
        (void)inflight_end(b->inflight, ack.id);
    }
}

static void packet(struct wire *w, const struct mqtt_frame *f)
{
    struct broker *b = broker_of(w);
    if (f->type == MQTT_PUBLISH) {
        on_publish(b, f);
    } else if (f->type == MQTT_PUBACK) {
        on_puback(b, f);
    } else if (f->type == MQTT_CONNACK) {
        on_connack(b, f);
    } else if (f->type == MQTT_SUBACK) {
        on_suback(b, f);
    } else if (f->type != MQTT_PINGRESP || mqtt_decode_empty(*f)) {
        wire_refuse(w, DROP_MQTT_PROTOCOL);
    }
}

/* ---- publishing ---- */

static bool may_send(const struct broker *b, size_t len)
{
    return b->state == BROKER_UP && !b->wire.over &&
           conn_queued(&b->wire.conn) + len <= LIMIT_SUBSCRIBER_QUEUE_BYTES;
}

void broker_publish(struct broker *b, const struct ingest_message *m)
{
    struct mqtt_publish p = {.topic = m->topic, .payload = m->payload, .qos = m->qos ? 1 : 0};
    if (p.qos && !b->inflight) {
        b->inflight = mem_zalloc(1, sizeof *b->inflight);
    }
    if (!may_send(b, m->topic.len + m->payload.len) ||
        (p.qos && !inflight_begin(b->inflight, &p.id))) {
        metrics_drop(b->in->config.metrics, DROP_LINK_UNSENT, 1);
        return;
    }
    mqtt_encode_publish(&b->in->answer, &p);
    wire_answer(&b->wire);
}

unsigned broker_number(const struct broker *b)
{
    return b->number;
}

/* ---- time and the end ---- */

static void send_empty(struct broker *b, enum mqtt_type type)
{
    mqtt_encode_empty(&b->in->answer, type);
    wire_answer(&b->wire);
}

/* While we don't read, the broker's silence means nothing, but ours still does: pings go on. */
static void tick(struct wire *w, mono_ns now)
{
    struct broker *b = broker_of(w);
    bool greeting = b->state == BROKER_GREETING || b->state == BROKER_SUBSCRIBING;
    mono_ns patience = greeting ? GREETING_MAX_NS : SILENCE_MAX_NS;
    if (wire_is_read(w) && now - w->received > patience) {
        tell_unreached(b, "it stopped answering");
        wire_close(w);
    } else if (b->state == BROKER_UP && now - b->pinged >= PING_EVERY_NS) {
        b->pinged = now;
        send_empty(b, MQTT_PINGREQ);
    }
}

static void closed(struct wire *w)
{
    struct broker *b = broker_of(w);
    free(b->inflight);
    b->inflight = NULL;
    tell_unreached(b, "the connection was lost");
    wait_and_retry(b);
}

static void goodbye(struct wire *w)
{
    send_empty(broker_of(w), MQTT_DISCONNECT);
    conn_flush(&w->conn);
    wire_close(w);
}

static const struct wire_role role = {
    .packet = packet,
    .tick = tick,
    .closed = closed,
    .goodbye = goodbye,
};

/* ---- life ---- */

struct broker *broker_new(struct ingest *in, const struct ingest_broker *config, unsigned number)
{
    struct broker *b = mem_zalloc(1, sizeof *b);
    b->in = in;
    b->number = number;
    b->config = *config;
    b->delay_ms = FIRST_DELAY_MS;
    (void)snprintf(b->made_id, sizeof b->made_id, "telltale-%012llx",
                   (unsigned long long)(ingest_random(in) >> 16));
    dial(b);
    return b;
}

void broker_stop(struct broker *b)
{
    b->stopping = true;
    loop_timer_close(&b->retry, NULL);
    if (b->state == BROKER_WAITING) {
        set_state(b, BROKER_STOPPED);
    } else if (b->state == BROKER_DIALLING) {
        dial_cancel(&b->dial);
    }
}

bool broker_is_idle(const struct broker *b)
{
    return b->state == BROKER_STOPPED;
}

void broker_free(struct broker *b)
{
    free(b->inflight);
    free(b);
}
