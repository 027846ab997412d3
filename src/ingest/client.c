/* SPDX-License-Identifier: Apache-2.0 */
/* The states of a client, and the packets that each takes:
 *
 *     NEW ──CONNECT, accepted──► CONNECTED ──DISCONNECT, or the connection ends──► OVER
 *      └──wrong password of an address that tries many──► HELD ──its time has come──► OVER
 *
 *     NEW        CONNECT, within 10 s
 *     HELD       nothing is looked at
 *     CONNECTED  PUBLISH, PUBACK, PUBREC, PUBREL, PUBCOMP, SUBSCRIBE, UNSUBSCRIBE, PINGREQ,
 *                DISCONNECT
 *
 * Anything else closes the connection and is counted. */
#include "ingest/client.h"

#include "base/mem.h"
#include "model/limits.h"

#include <unistd.h>

#define CONNECT_DEADLINE_NS MONO_MS(10000)

struct permit client_permit(const struct client *c)
{
    return (struct permit){&c->session->principal, session_client_id(c->session),
                           c->wire.in->config.metrics};
}

/* ---- saying why ---- */

/* 3.1.1 has no DISCONNECT of the server, and before CONNECT there is nobody to talk to. */
static bool say_why(struct client *c, enum mqtt_reason reason)
{
    bool can_say = client_speaks_5(c) && c->state == CLIENT_CONNECTED;
    if (can_say) {
        const struct mqtt_end end = {
            .type = MQTT_DISCONNECT, .code = (uint8_t)reason, .version = MQTT_V5};
        buf_clear(&c->wire.in->answer);
        mqtt_encode_end(&c->wire.in->answer, &end);
        wire_answer(&c->wire);
    }
    return can_say;
}

void client_end(struct client *c, enum mqtt_reason reason)
{
    if (c->wire.over) {
        return;
    }
    if (say_why(c, reason)) {
        wire_end(&c->wire);
    } else {
        wire_close(&c->wire);
    }
}

void client_refuse(struct client *c, enum drop why, enum mqtt_reason reason)
{
    c->reason = (uint8_t)reason;
    wire_refuse(&c->wire, why);
}

void client_refuse_packet(struct client *c, enum err e)
{
    enum mqtt_reason reason = e == ERR_TOO_LARGE  ? MQTT_QUOTA_EXCEEDED
                              : e == ERR_PROTOCOL ? MQTT_PROTOCOL_ERROR
                                                  : MQTT_MALFORMED;
    client_refuse(c, DROP_MQTT_PROTOCOL, reason);
}

/* What we or the wire itself found wrong. */
static void refused(struct wire *w, enum drop why)
{
    struct client *c = client_of(w);
    enum mqtt_reason reason = why == DROP_MQTT_TOO_LARGE ? MQTT_TOO_LARGE : MQTT_MALFORMED;
    client_end(c, c->reason ? (enum mqtt_reason)c->reason : reason);
}

/* ---- packets ---- */

static void on_ping(struct client *c, const struct mqtt_frame *f)
{
    enum err e = mqtt_decode_empty(*f);
    if (e) {
        client_refuse_packet(c, e);
        return;
    }
    mqtt_encode_empty(&c->wire.in->answer, MQTT_PINGRESP);
    wire_answer(&c->wire);
}

/* A session that was to end with its connection can't be given a life after it now. */
static bool take_expiry(struct client *c, const struct mqtt_end *end)
{
    uint32_t expiry_s =
        mqtt_property_number(end->properties, MQTT_SESSION_EXPIRY, c->session->expiry_s);
    if (c->session->expiry_s == 0 && expiry_s) {
        return false;
    }
    c->session->expiry_s = expiry_s;
    return true;
}

static void on_disconnect(struct client *c, const struct mqtt_frame *f)
{
    struct mqtt_end end;
    enum err e = mqtt_decode_end(*f, &end);
    if (e == OK && !take_expiry(c, &end)) {
        e = ERR_PROTOCOL;
    }
    if (e) {
        client_refuse_packet(c, e);
        return;
    }
    client_leave(c, end.code == MQTT_SUCCESS ? LEAVE_GOODBYE : LEAVE_LOST);
    wire_finish(&c->wire);
}

static void packet_connected(struct client *c, const struct mqtt_frame *f)
{
    switch (f->type) {
    case MQTT_PUBLISH:
        client_on_publish(c, f);
        return;
    case MQTT_PUBACK:
    case MQTT_PUBREC:
    case MQTT_PUBREL:
    case MQTT_PUBCOMP:
        client_on_ack(c, f);
        return;
    case MQTT_SUBSCRIBE:
    case MQTT_UNSUBSCRIBE:
        client_on_filters(c, f);
        return;
    case MQTT_PINGREQ:
        on_ping(c, f);
        return;
    case MQTT_DISCONNECT:
        on_disconnect(c, f);
        return;
    case MQTT_AUTH:
        /* No method was agreed on, since we know none. */
        client_refuse(c, DROP_MQTT_PROTOCOL, MQTT_BAD_AUTH_METHOD);
        return;
    case MQTT_CONNECT:
    case MQTT_CONNACK:
    case MQTT_SUBACK:
    case MQTT_UNSUBACK:
    case MQTT_PINGRESP:
        client_refuse(c, DROP_MQTT_PROTOCOL, MQTT_PROTOCOL_ERROR);
        return;
    }
}

static void packet(struct wire *w, const struct mqtt_frame *f)
{
    struct client *c = client_of(w);
    if (c->state == CLIENT_CONNECTED) {
        packet_connected(c, f);
    } else if (c->state == CLIENT_HELD) {
        return; /* whatever it says, it is refused */
    } else if (f->type == MQTT_CONNECT) {
        client_on_connect(c, f);
    } else {
        wire_refuse(w, DROP_MQTT_PROTOCOL);
    }
}

/* ---- time, the end, the beginning ---- */

static void tick(struct wire *w, mono_ns now)
{
    struct client *c = client_of(w);
    if (c->state == CLIENT_HELD) {
        if (now >= c->answer_at) {
            client_refuse_held(c);
        }
    } else if (c->state == CLIENT_NEW && now - w->started > CONNECT_DEADLINE_NS) {
        wire_refuse(w, DROP_MQTT_TIMEOUT);
    } else if (c->patience && wire_is_read(w) && now - w->received > c->patience) {
        client_end(c, MQTT_KEEP_ALIVE_TIMEOUT);
    }
}

/* What was revoked says nothing any more, its will included. */
static void recheck(struct wire *w)
{
    struct client *c = client_of(w);
    const struct ingest_config *config = &w->in->config;
    if (c->state == CLIENT_CONNECTED &&
        !config->events->knows(config->ctx, &c->session->principal)) {
        message_release(c->session->will);
        c->session->will = NULL;
        c->session->expiry_s = 0;
        client_refuse(c, DROP_MQTT_UNAUTHORIZED, MQTT_NOT_AUTHORIZED);
    }
}

static void drained(struct wire *w)
{
    struct client *c = client_of(w);
    if (c->state == CLIENT_CONNECTED) {
        client_pump(c, NULL);
    }
}

static void goodbye(struct wire *w)
{
    (void)say_why(client_of(w), MQTT_SHUTTING_DOWN);
    conn_flush(&w->conn);
    wire_close(w);
}

static void free_aliases(struct aliases *a)
{
    if (a) {
        aliases_fini(a);
        free(a);
    }
}

static void closed(struct wire *w)
{
    struct client *c = client_of(w);
    struct ingest *in = w->in;
    client_leave(c, w->sent_away ? LEAVE_SENT : LEAVE_LOST);
    client_is_known(c);
    in->clients_open--;
    metrics_sub(in->config.metrics, METRIC_MQTT_CONNECTIONS, 1);
    ASSERT(!c->is_gathering && !c->is_slow && !c->is_backlogged);
    free_aliases(c->heard);
    free_aliases(c->said);
    free(c);
}

static const struct wire_role role = {
    .packet = packet,
    .tick = tick,
    .closed = closed,
    .recheck = recheck,
    .refused = refused,
    .drained = drained,
    .goodbye = goodbye,
};

/* NULL when there are too many. */
static struct client *new_client(struct ingest *in, const struct peer_address *peer)
{
    bool full = in->clients_open >= in->config.max_connections || in->draining || in->closing;
    struct client *c = full ? NULL : mem_zalloc(1, sizeof *c);
    if (!c || !client_enter(c, in, peer)) {
        metrics_drop(in->config.metrics, DROP_MQTT_CONNECTION_LIMIT, 1);
        free(c);
        return NULL;
    }
    c->state = CLIENT_NEW;
    in->clients_open++;
    metrics_add(in->config.metrics, METRIC_MQTT_CONNECTIONS, 1);
    return c;
}

void client_accept(struct ingest *in, int fd, const struct peer_address *peer,
                   struct tls_context *tls)
{
    struct client *c = new_client(in, peer);
    if (!c) {
        close(fd);
        return;
    }
    wire_start(&c->wire, in, fd, &role, (struct wire_tls){.context = tls});
    c->wire.packet_max = LIMIT_MQTT_CONNECT_BYTES;
}

enum conn_parcel_end client_take(struct ingest *in, const struct conn_parcel *p)
{
    struct client *c = new_client(in, &p->peer);
    if (!c) {
        return CONN_PARCEL_UNWANTED;
    }
    wire_start_websocket(&c->wire, in, p, &role);
    c->wire.packet_max = LIMIT_MQTT_CONNECT_BYTES;
    wire_read_on(&c->wire, p);
    return CONN_PARCEL_TAKEN;
}
