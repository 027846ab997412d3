/* SPDX-License-Identifier: Apache-2.0 */
/* All connections together: who listens, when reading pauses, the clock, and the end. */
#include "ingest/ingest.h"

#include "base/mem.h"
#include "ingest/internal.h"
#include "model/limits.h"

/* Each connection has a tick a second; a quarter of them at a time, so that 20,000 don't make one
 * turn long. */
#define TICK_PARTS 4
#define TICK_MS    (1000 / TICK_PARTS)
/* Retained messages whose time may be over, looked at in a tick: a full table in 50 s. */
#define SWEEP_SLOTS      1024u
#define DEFAULT_GRACE_MS 10000
/* What is closing once its output is out gets this long; a peer that takes nothing would hold it.
 */
#define FINISH_MAX_NS MONO_MS(2000)

/* Calls `each` for every open wire. */
static void for_wires(struct ingest *in, void (*each)(struct wire *w))
{
    for (size_t i = 0; i < in->wires_count; i++) {
        if (in->wires[i].wire) {
            each(in->wires[i].wire);
        }
    }
}

/* ---- the clock ---- */

static void tick_wire(struct wire *w, mono_ns now)
{
    if (!w->over) {
        w->role->tick(w, now);
    } else if (now - w->received > FINISH_MAX_NS) {
        conn_close(&w->conn);
    }
}

static void tell_sizes(struct ingest *in)
{
    struct metrics *m = in->config.metrics;
    metrics_set(m, METRIC_MQTT_SESSIONS, in->sessions.live);
    metrics_set(m, METRIC_MQTT_RETAINED, in->retained.count);
    metrics_set(m, METRIC_MQTT_SUBSCRIPTIONS, subs_count(in->subs));
    metrics_set(m, METRIC_QUEUE_SESSIONS, in->sessions.outbox_entries);
    metrics_set(m, METRIC_KEPT_BYTES, in->kept_bytes);
}

static void forget_expired(struct ingest *in, mono_ns now)
{
    size_t gone = retained_expire(&in->retained, SWEEP_SLOTS, now);
    if (gone) {
        metrics_drop(in->config.metrics, DROP_MESSAGE_EXPIRED, gone);
    }
}

static void tick(void *ctx)
{
    struct ingest *in = ctx;
    mono_ns now = in->loop->mono_ns;
    in->tick_part = (in->tick_part + 1) % TICK_PARTS;
    for (size_t i = in->tick_part; i < in->wires_count; i += TICK_PARTS) {
        if (in->wires[i].wire) {
            tick_wire(in->wires[i].wire, now);
        }
    }
    in->turn++;
    if (!in->closing) {
        session_tick(in, now);
        system_tick(in, now);
        forget_expired(in, now);
    }
    tell_sizes(in);
    ingest_settle(in);
}

uint64_t ingest_random(struct ingest *in)
{
    const struct hash_key key = {in->config.key[0], in->config.key[1]};
    in->random++;
    return hash_bytes(key, bytes_of(&in->random, sizeof in->random));
}

/* ---- life ---- */

static void set_default(uint32_t *limit, uint32_t otherwise)
{
    if (*limit == 0) {
        *limit = otherwise;
    }
}

static void set_defaults(struct ingest_limits *l)
{
    if (l->grace_ms == 0) {
        l->grace_ms = DEFAULT_GRACE_MS;
    }
    set_default(&l->packet_bytes, LIMIT_MQTT_PACKET_BYTES);
    set_default(&l->inflight, LIMIT_MQTT_INFLIGHT);
    set_default(&l->device_connections, LIMIT_DEVICE_CONNECTIONS);
}

struct ingest *ingest_new(struct loop *l, const struct ingest_config *config)
{
    const struct hash_key key = {config->key[0], config->key[1]};
    struct ingest *in = mem_zalloc(1, sizeof *in);
    in->loop = l;
    in->config = *config;
    if (in->config.max_connections == 0) {
        in->config.max_connections = LIMIT_MQTT_CONNECTIONS;
    }
    set_defaults(&in->config.limits);
    in->free_slot = UINT32_MAX;
    if (!in->config.version) {
        in->config.version = "telltale";
    }
    in->started = l->mono_ns;
    in->told = l->mono_ns;
    /* As many again may be offline. */
    sessions_init(&in->sessions, key, 2 * in->config.max_connections);
    in->subs = subs_new(key);
    handshakes_init(&in->handshakes, key, LIMIT_HANDSHAKES_PER_ADDRESS);
    in->guard.key = key;
    retained_init(&in->retained, key);
    frame_pool_init(&in->frames);
    loop_timer_start(l, &in->tick, TICK_MS, TICK_MS, tick, in);
    return in;
}

static void accepted(void *ctx, int fd, const struct peer_address *peer)
{
    struct ingest_listener *x = ctx;
    client_accept(x->in, fd, peer, x->tls);
}

void ingest_listen(struct ingest *in, int fd, struct tls_context *tls)
{
    struct ingest_listener *x = mem_zalloc(1, sizeof *x);
    x->in = in;
    x->tls = tls;
    x->next = in->listeners;
    in->listeners = x;
    listener_start(&x->listener, in->loop, fd, accepted, x);
}

void ingest_take(struct ingest *in, struct conn_parcel *take_p)
{
    conn_parcel_fini(take_p, client_take(in, take_p));
    free(take_p);
}

void ingest_dial(struct ingest *in, const struct ingest_broker *broker)
{
    unsigned before = atomic_fetch_add_explicit(&in->brokers_dialled, 1, memory_order_relaxed);
    in->brokers = mem_resize(in->brokers, in->broker_count + 1, sizeof *in->brokers);
    in->brokers[in->broker_count++] = broker_new(in, broker, before + 1);
}

void ingest_publish_to_link(struct ingest *in, unsigned link, struct bytes topic,
                            struct bytes payload, unsigned qos)
{
    const struct ingest_message m = {.topic = topic, .payload = payload, .qos = qos};
    if (link >= 1 && link <= in->broker_count) {
        broker_publish(in->brokers[link - 1], &m);
    }
}

bool ingest_link(const struct ingest *in, unsigned number, struct link_view *out)
{
    if (number == 0 || number > in->broker_count) {
        return false;
    }
    broker_view(in->brokers[number - 1], out);
    return true;
}

bool ingest_brokers_up(const struct ingest *in)
{
    return atomic_load_explicit(&in->brokers_up, memory_order_relaxed) ==
           atomic_load_explicit(&in->brokers_dialled, memory_order_relaxed);
}

void ingest_pause(struct ingest *in)
{
    in->paused = true;
    for_wires(in, wire_update_reading);
}

void ingest_resume(struct ingest *in)
{
    in->paused = false;
    for_wires(in, wire_update_reading);
}

static void send_away(struct wire *w)
{
    if (w->withheld && !w->over) {
        w->sent_away = true;
        wire_finish(w);
    }
}

void ingest_redeliver(struct ingest *in)
{
    for_wires(in, send_away);
}

static void recheck(struct wire *w)
{
    if (!w->over && w->role->recheck) {
        w->role->recheck(w);
    }
}

void ingest_recheck(struct ingest *in)
{
    for_wires(in, recheck);
    session_recheck(in);
    ingest_settle(in);
}

static void stop_listening(struct ingest *in)
{
    for (struct ingest_listener *x = in->listeners; x; x = x->next) {
        listener_stop(&x->listener);
    }
}

void ingest_drain(struct ingest *in)
{
    in->draining = true;
    stop_listening(in);
    for_wires(in, wire_update_reading);
}

static void say_goodbye(struct wire *w)
{
    if (!w->over) {
        w->role->goodbye(w);
    } else {
        conn_close(&w->conn);
    }
}

static void tick_closed(void *ctx)
{
    struct ingest *in = ctx;
    in->tick_closed = true;
}

void ingest_close(struct ingest *in)
{
    if (in->closing) {
        return;
    }
    in->closing = true;
    stop_listening(in);
    for (size_t i = 0; i < in->broker_count; i++) {
        broker_stop(in->brokers[i]);
    }
    for_wires(in, say_goodbye);
    loop_timer_close(&in->backlog, NULL);
    loop_timer_close(&in->throttle, NULL);
    loop_timer_close(&in->tick, tick_closed);
}

bool ingest_idle(const struct ingest *in)
{
    for (size_t i = 0; i < in->broker_count; i++) {
        if (!broker_is_idle(in->brokers[i])) {
            return false;
        }
    }
    return in->tick_closed && in->wires_open == 0;
}

static void free_lists(struct ingest *in)
{
    while (in->listeners) {
        struct ingest_listener *x = in->listeners;
        in->listeners = x->next;
        free(x);
    }
    while (in->broker_count) {
        broker_free(in->brokers[--in->broker_count]);
    }
    free(in->brokers);
}

void ingest_free(struct ingest *in)
{
    if (!in) {
        return;
    }
    in->closing = true;
    for_wires(in, wire_abandon);
    free_lists(in);
    sessions_fini(&in->sessions);
    handshakes_fini(&in->handshakes);
    free(in->by_credential);
    retained_fini(&in->retained);
    subs_free(in->subs);
    acks_fini(&in->acks);
    frame_pool_fini(&in->frames);
    for (size_t i = 0; i < 12; i++) {
        buf_fini(&in->encoded[i / 6][i / 2 % 3][i % 2]);
    }
    buf_fini(&in->packet);
    buf_fini(&in->section);
    buf_fini(&in->forwarded);
    buf_fini(&in->answer);
    buf_fini(&in->codes);
    while (in->spare_count) {
        buf_fini(&in->spare[--in->spare_count]);
    }
    free(in->wires);
    free(in);
}
