/* SPDX-License-Identifier: Apache-2.0 */
/* A broker that the user already has, dialled and dialled again:
 *
 *     WAITING ──► DIALLING ──► GREETING ──CONNACK──► SUBSCRIBING ──SUBACK──► UP
 *        ▲            │            │                      │                  │
 *        └────────────┴────────────┴──────────────────────┴──────────────────┘
 *
 * Any failure leads back to WAITING; how long that lasts is broker_backoff.h's. TLS, when there is
 * one, is within GREETING. With a client id that stays the same the broker keeps our session, so
 * what it could not hand us, or what we had not acknowledged, comes with the next connection. */
#include "ingest/broker.h"

#include "base/mem.h"
#include "loop/tls.h"

#include <unistd.h>

#define GREETING_MAX_NS    MONO_MS(10000)
#define DEFAULT_KEEP_ALIVE 30
#define UNANSWERED_MAX     2

/* ---- state ---- */

static enum link_state shown_state(const struct broker *b)
{
    switch (b->state) {
    case BROKER_WAITING:
        return problem_backoff(b->problem.kind) == BACKOFF_REFUSED ? LINK_REFUSED : LINK_DOWN;
    case BROKER_DIALLING:
    case BROKER_GREETING:
    case BROKER_SUBSCRIBING:
        return LINK_CONNECTING;
    case BROKER_UP:
        return b->filter_refused ? LINK_SUBSCRIBE_REFUSED : LINK_CONNECTED;
    case BROKER_STOPPED:
        return LINK_STOPPED;
    }
    UNREACHABLE();
}

void broker_set_state(struct broker *b, enum broker_state state)
{
    struct ingest *in = b->in;
    uint32_t up = atomic_load_explicit(&in->brokers_up, memory_order_relaxed);
    up += state == BROKER_UP;
    up -= b->state == BROKER_UP;
    atomic_store_explicit(&in->brokers_up, up, memory_order_relaxed);
    metrics_set(in->config.metrics, METRIC_BROKERS_UP, up);
    b->state = state;
    broker_status_set(&b->status, shown_state(b), in->loop->wall_ms);
}

static bool same_problem(struct problem x, struct problem y)
{
    return x.kind == y.kind && x.detail == y.detail;
}

/* The log is told once for each reason until the link is up again. */
static void tell(struct broker *b)
{
    char text[LINK_PROBLEM_BYTES];
    if (b->stopping || b->in->closing || same_problem(b->told, b->problem)) {
        return;
    }
    problem_text(b->problem, text);
    log_line(LOG_WARN, "broker %s (%s:%u): %s", b->config.name, b->config.host,
             (unsigned)b->config.port, text);
    b->told = b->problem;
}

void broker_note(struct broker *b, enum problem_kind kind, const char *detail)
{
    if (b->problem.kind == PROBLEM_NONE) {
        b->problem = (struct problem){kind, detail};
        broker_status_problem(&b->status, b->problem, b->in->loop->wall_ms);
        tell(b);
    }
}

void broker_come_up(struct broker *b)
{
    b->came_up = b->in->loop->mono_ns;
    b->pinged = b->came_up;
    b->told = (struct problem){PROBLEM_NONE, NULL};
    broker_set_state(b, BROKER_UP);
    log_line(LOG_INFO, "broker %s (%s:%u): connected, MQTT %s", b->config.name, b->config.host,
             (unsigned)b->config.port, b->version == MQTT_V5 ? "5" : "3.1.1");
}

/* ---- dialling ---- */

static void dial(void *ctx);

static uint32_t next_wait_ms(struct broker *b)
{
    if (b->again_at_once) {
        b->again_at_once = false;
        return 0;
    }
    return backoff_next(&b->backoff, problem_backoff(b->problem.kind), ingest_random(b->in));
}

static void wait_and_retry(struct broker *b)
{
    if (b->stopping || b->in->closing) {
        broker_set_state(b, BROKER_STOPPED);
        return;
    }
    broker_set_state(b, BROKER_WAITING);
    loop_timer_start(b->in->loop, &b->retry, next_wait_ms(b), 0, dial, b);
}

static const struct wire_role role;

static void dialled(void *ctx, enum err e, int fd)
{
    struct broker *b = ctx;
    if (e) {
        broker_note(b, e == ERR_NOT_FOUND ? PROBLEM_NO_HOST : PROBLEM_UNREACHED, NULL);
        wait_and_retry(b);
        return;
    }
    if (b->stopping) {
        close(fd);
        broker_set_state(b, BROKER_STOPPED);
        return;
    }
    const struct wire_tls tls = {b->config.tls, b->config.tls ? b->config.host : NULL};
    broker_set_state(b, BROKER_GREETING);
    wire_start(&b->wire, b->in, fd, &role, tls);
    broker_greet(b);
}

static void dial(void *ctx)
{
    struct broker *b = ctx;
    if (b->dialled_before) {
        atomic_fetch_add_explicit(&b->status.reconnects, 1, memory_order_relaxed);
        metrics_add(b->in->config.metrics, METRIC_BROKER_RECONNECTS, 1);
    }
    b->dialled_before = true;
    b->problem = (struct problem){PROBLEM_NONE, NULL};
    broker_set_state(b, BROKER_DIALLING);
    dial_start(&b->dial, b->in->loop, b->config.host, b->config.port, dialled, b);
}

/* ---- time and the end ---- */

/* While we don't read, the broker's silence means nothing, but ours still does: pings go on. */
static void tick(struct wire *w, mono_ns now)
{
    struct broker *b = broker_of(w);
    mono_ns keep_alive = MONO_MS(1000) * b->keep_alive_s;
    mono_ns patience = b->state == BROKER_UP ? keep_alive : GREETING_MAX_NS;
    if (wire_is_read(w) && now - w->received > patience) {
        broker_note(b, PROBLEM_SILENT, NULL);
        wire_close(w);
    } else if (b->state == BROKER_UP && now - b->pinged >= keep_alive / 2) {
        b->pinged = now;
        broker_say(b, MQTT_PINGREQ);
    }
}

/* Some brokers of 3.1.1 close on a CONNECT of 5 without a word. One that does so once may just have
 * been ending. */
static void doubt_version(struct broker *b)
{
    bool unanswered = b->state == BROKER_GREETING && b->problem.kind == PROBLEM_NONE;
    b->unanswered = unanswered ? b->unanswered + 1 : 0;
    if (b->unanswered == UNANSWERED_MAX && !b->settled && b->config.version == 0) {
        b->version = b->version == MQTT_V5 ? MQTT_V311 : MQTT_V5;
        b->unanswered = 0;
    }
}

static void closed(struct wire *w)
{
    struct broker *b = broker_of(w);
    const char *trouble = conn_tls_trouble(&w->conn);
    if (trouble) {
        broker_note(b, PROBLEM_TLS, trouble);
    }
    doubt_version(b);
    if (!w->sent_away && !b->again_at_once) {
        broker_note(b, PROBLEM_LOST, NULL);
    }
    if (b->state == BROKER_UP) {
        backoff_was_up(&b->backoff, b->in->loop->mono_ns - b->came_up);
    }
    broker_connection_ended(b);
    wait_and_retry(b);
}

static void goodbye(struct wire *w)
{
    struct broker *b = broker_of(w);
    if (b->state == BROKER_GREETING) {
        wire_close(w);
        return;
    }
    broker_say(b, MQTT_DISCONNECT);
    wire_linger(w);
}

static const struct wire_role role = {
    .packet = broker_packet,
    .tick = tick,
    .closed = closed,
    .refused = broker_refused,
    .goodbye = goodbye,
};

/* ---- life ---- */

struct broker *broker_new(struct ingest *in, const struct ingest_broker *config, unsigned number)
{
    struct broker *b = mem_zalloc(1, sizeof *b);
    b->in = in;
    b->number = number;
    b->config = *config;
    if (!b->config.name) {
        b->config.name = "broker";
    }
    if (b->config.keep_alive_s == 0) {
        b->config.keep_alive_s = DEFAULT_KEEP_ALIVE;
    }
    b->backoff.first_ms = in->config.redial_ms;
    b->version = config->version ? config->version : MQTT_V5;
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
        broker_set_state(b, BROKER_STOPPED);
    } else if (b->state == BROKER_DIALLING) {
        dial_cancel(&b->dial);
    }
}

bool broker_is_idle(const struct broker *b)
{
    return b->state == BROKER_STOPPED;
}

void broker_view(const struct broker *b, struct link_view *out)
{
    *out = (struct link_view){
        .name = b->config.name,
        .host = b->config.host,
        .port = b->config.port,
        .tls = b->config.tls != NULL,
    };
    broker_status_view(&b->status, out);
}

void broker_free(struct broker *b)
{
    broker_connection_ended(b);
    broker_seen_fini(&b->seen);
    free(b);
}
