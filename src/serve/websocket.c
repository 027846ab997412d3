/* SPDX-License-Identifier: Apache-2.0 */
/* WebSockets: the upgrade of the connection, its frames, and the probe by which a polling session
 * moves here. */
#include "serve/session.h"

#include "model/limits.h"
#include "sys/net.h"

void serve_websocket_put_switch(const struct serve_peer *p, const char *protocol, struct buf *head)
{
    char accept[WS_ACCEPT_LEN + 1];
    ws_accept(serve_request(p)->ws_key, accept);
    accept[WS_ACCEPT_LEN] = '\0';
    http_put_status(head, 101);
    http_put_own_field(head, "Upgrade", "websocket");
    http_put_own_field(head, "Connection", "Upgrade");
    http_put_own_field(head, "Sec-WebSocket-Accept", accept);
    if (protocol) {
        http_put_own_field(head, "Sec-WebSocket-Protocol", protocol);
    }
    http_put_end_bodyless(head);
}

void serve_websocket_start(struct serve_peer *p)
{
    struct buf head = {0};
    serve_websocket_put_switch(p, NULL, &head);
    conn_send(&p->conn, frame_of(buf_bytes(&head), (struct bytes){0}));
    buf_fini(&head);
    metrics_add(p->serve->config.metrics, METRIC_HTTP_REQUESTS, 1);
    serve_http_free(p->http);
    p->http = NULL;
    p->kind = SERVE_PEER_WEBSOCKET;
    ws_reader_init(&p->ws, SERVE_STRANGER_BYTES);
    net_limit_unsent(p->conn.fd, LIMIT_CLIENT_UNSENT_BYTES);
}

void serve_websocket_close(struct serve_peer *p, uint16_t code, const char *reason)
{
    if (p->kind == SERVE_PEER_WEBSOCKET) {
        conn_send(&p->conn, ws_close_frame(code, bytes_of_text(reason)));
        serve_peer_linger(p);
    }
}

void serve_websocket_lost(struct serve_peer *p)
{
    struct serve_session *ss = p->session;
    p->session = NULL;
    if (!ss) {
        return;
    }
    if (ss->probe == p) {
        ss->probe = NULL;
        ss->probed = false;
        serve_deadline_clear(&ss->upgrade);
    } else {
        ss->ws = NULL;
        serve_session_end(ss, SERVE_END_GONE);
    }
}

void serve_websocket_fail(struct serve_peer *p, uint16_t code, const char *reason)
{
    serve_websocket_lost(p);
    serve_websocket_close(p, code, reason);
}

/* ---- a WebSocket without Engine.IO ---- */

void serve_plain_websocket(struct serve_peer *p)
{
    const struct serve_sockets *sockets = p->serve->sockets;
    if (!sockets->websocket) {
        serve_answer_error(p, 404, "not_found", "no such path");
    } else if (!serve_request(p)->upgrade) {
        serve_answer_error(p, 426, "upgrade_required", "this path speaks WebSocket");
    } else {
        serve_websocket_start(p);
        p->ws.message_max = sockets->websocket_max;
    }
}

/* Who does not read what was sent is not read either. */
void serve_peer_send(struct serve_peer *p, enum serve_data kind, struct bytes data)
{
    conn_send(&p->conn, ws_frame(kind == SERVE_DATA_TEXT ? WS_TEXT : WS_BINARY, data));
    if (conn_queued(&p->conn) > SERVE_SESSION_QUEUE_MAX) {
        conn_flush(&p->conn);
    }
    if (conn_blocked(&p->conn)) {
        conn_pause(&p->conn);
    }
}

/* ---- the probe ---- */

void serve_websocket_upgrade(struct serve_session *ss)
{
    struct conn *c = &ss->probe->conn;
    serve_deadline_clear(&ss->upgrade);
    ss->ws = ss->probe;
    ss->probe = NULL;
    ss->probed = false;
    ss->transport = SERVE_WEBSOCKET;
    ss->ws->ws.message_max = serve_session_message_max(ss);
    if (ss->poll) {
        serve_polling_answer(ss, BYTES("6"));
    }
    for (uint32_t i = 0; i < ss->queue_count; i++) {
        conn_send(c, ss->queue[i]);
    }
    free(ss->queue);
    ss->queue = NULL;
    ss->queue_count = 0;
    ss->queue_bytes = 0;
    ss->queue_cap = 0;
    if (ss->stalled && serve_session_ready(ss)) {
        serve_session_drained(ss);
    }
}

static void take_probe_packet(struct serve_peer *p, struct bytes text)
{
    struct serve_session *ss = p->session;
    if (bytes_equal(text, BYTES("2probe")) && !ss->probed) {
        ss->probed = true;
        conn_send(&p->conn, ws_frame(WS_TEXT, BYTES("3probe")));
        if (ss->poll && ss->queue_count == 0) {
            serve_polling_answer(ss, BYTES("6"));
        }
    } else if (bytes_equal(text, BYTES("5")) && ss->probed) {
        serve_websocket_upgrade(ss);
    } else {
        metrics_drop(p->serve->config.metrics, DROP_SIO_PROTOCOL, 1);
        serve_websocket_fail(p, WS_CLOSE_PROTOCOL, "");
    }
}

/* ---- frames ---- */

static void take_text(struct serve_peer *p, struct bytes text)
{
    struct serve_session *ss = p->session;
    struct eio_packet packet;
    if (ss->probe == p) {
        take_probe_packet(p, text);
    } else if (eio_packet_read(text, &packet) != OK) {
        serve_session_end(ss, SERVE_END_PROTOCOL);
    } else {
        (void)!serve_session_packet(ss, &packet);
    }
}

static void take_binary(struct serve_peer *p, struct bytes data)
{
    struct serve_session *ss = p->session;
    if (ss->probe == p) {
        serve_websocket_fail(p, WS_CLOSE_PROTOCOL, "");
    } else {
        (void)!serve_session_binary(ss, data);
    }
}

static void take_message(struct serve_peer *p, const struct ws_event *ev)
{
    if (!p->session) {
        p->serve->sockets->websocket(p, ev->opcode == WS_TEXT ? SERVE_DATA_TEXT : SERVE_DATA_BINARY,
                                     ev->payload);
    } else if (ev->opcode == WS_TEXT) {
        take_text(p, ev->payload);
    } else {
        take_binary(p, ev->payload);
    }
}

/* A peer that pings and does not read gets no pongs beyond what may wait for it. */
static void answer_ping(struct serve_peer *p, struct bytes payload)
{
    if (conn_queued(&p->conn) < SERVE_SESSION_QUEUE_MAX) {
        conn_send(&p->conn, ws_frame(WS_PONG, payload));
    }
}

static void take_event(struct serve_peer *p, const struct ws_event *ev)
{
    switch (ev->opcode) {
    case WS_TEXT:
    case WS_BINARY:
        take_message(p, ev);
        break;
    case WS_PING:
        answer_ping(p, ev->payload);
        break;
    case WS_CLOSE:
        serve_websocket_fail(p, ev->close_code, "");
        break;
    case WS_PONG:
    case WS_CONTINUATION:
        break;
    }
}

static void take_failure(struct serve_peer *p)
{
    bool large = p->ws.close_code == WS_CLOSE_TOO_LARGE;
    metrics_drop(p->serve->config.metrics, large ? DROP_WS_TOO_LARGE : DROP_WS_PROTOCOL, 1);
    serve_websocket_fail(p, p->ws.close_code, "");
}

/* A message that has begun must end in time. */
static void time_message(struct serve_peer *p)
{
    bool unfinished = ws_reader_unfinished(&p->ws);
    if (unfinished && !serve_deadline_is_set(&p->deadline)) {
        serve_deadline_set(&p->serve->deadlines, &p->deadline, SERVE_DEADLINE_BODY,
                           p->serve->loop->mono_ns);
    } else if (!unfinished) {
        serve_deadline_clear(&p->deadline);
    }
}

void serve_websocket_received(struct serve_peer *p, uint8_t *in, size_t len)
{
    size_t at = 0;
    while (at < len && p->kind == SERVE_PEER_WEBSOCKET && !p->conn.closing) {
        struct ws_event ev;
        size_t used;
        enum err e = ws_read(&p->ws, in + at, len - at, &used, &ev);
        at += used;
        if (e == OK) {
            take_event(p, &ev);
        } else if (e != ERR_AGAIN) {
            take_failure(p);
        }
    }
    if (p->kind == SERVE_PEER_WEBSOCKET) {
        time_message(p);
    }
}
