/* SPDX-License-Identifier: Apache-2.0 */
/* Connections from accept to close: caps, deadlines, and the way that bytes take by kind. */
#include "serve/peer.h"

#include "serve/session.h"

#include "base/mem.h"
#include "loop/tls.h"
#include "model/limits.h"

#include <unistd.h>

/* HTTP connections beside those of live clients: pages being loaded, scripts, probes. */
#define SPARE_CONNECTIONS 1024u

static struct serve_peer *peer_of(struct conn *c)
{
    return CONTAINER_OF(c, struct serve_peer, conn);
}

/* The loop's buffer is ours for the call, and a WebSocket is unmasked where it lies. */
static uint8_t *writable(const struct conn *c, struct bytes in)
{
    return c->loop->receive + (in.ptr - c->loop->receive);
}

static void on_received(struct conn *c, struct bytes in)
{
    struct serve_peer *p = peer_of(c);
    switch ((enum serve_peer_kind)p->kind) {
    case SERVE_PEER_HTTP:
        serve_http_received(p, writable(c, in), in.len);
        break;
    case SERVE_PEER_WEBSOCKET:
        serve_websocket_received(p, writable(c, in), in.len);
        break;
    case SERVE_PEER_EVENTS:
    case SERVE_PEER_LEAVING:
    case SERVE_PEER_LINGERING:
        break;
    }
}

static void on_drained(struct conn *c)
{
    struct serve_peer *p = peer_of(c);
    if (p->kind == SERVE_PEER_HTTP) {
        serve_http_drained(p);
    } else if (p->kind == SERVE_PEER_WEBSOCKET && !p->session) {
        conn_resume(c);
    } else if (p->session && p->session->ws == p) {
        serve_session_drained(p->session);
    }
}

static void unlink_peer(struct serve_peer *p)
{
    if (p->prev) {
        p->prev->next = p->next;
    } else {
        p->serve->peers = p->next;
    }
    if (p->next) {
        p->next->prev = p->prev;
    }
    p->serve->peer_count--;
}

static void on_closed(struct conn *c, enum err why)
{
    struct serve_peer *p = peer_of(c);
    (void)why;
    if (p->http) {
        serve_http_lost(p);
        serve_http_free(p->http);
    }
    serve_websocket_lost(p);
    handshakes_leave(&p->serve->handshakes, &p->address);
    unlink_peer(p);
    serve_peer_free(p);
}

void serve_peer_free(struct serve_peer *p)
{
    ws_reader_fini(&p->ws);
    serve_deadline_clear(&p->deadline);
    free(p);
}

static const struct conn_handler handler = {
    .received = on_received,
    .drained = on_drained,
    .closed = on_closed,
};

static bool may_enter(struct serve *s, const struct peer_address *address, enum serve_way way,
                      uint32_t *slot)
{
    *slot = NO_HANDSHAKE;
    if (way == SERVE_BY_CONTROL_SOCKET) {
        return true;
    }
    return !s->draining && s->peer_count < s->config.max_clients + SPARE_CONNECTIONS &&
           handshakes_enter(&s->handshakes, address, slot) == OK;
}

void serve_peer_accepted(struct serve *s, int fd, const struct peer_address *address,
                         enum serve_way way)
{
    uint32_t slot;
    if (!may_enter(s, address, way, &slot)) {
        metrics_drop(s->config.metrics, DROP_CONNECTION_LIMIT, 1);
        close(fd);
        return;
    }
    struct serve_peer *p = mem_zalloc(1, sizeof *p);
    p->serve = s;
    p->address = slot;
    p->control = way == SERVE_BY_CONTROL_SOCKET;
    p->kind = SERVE_PEER_HTTP;
    p->http = serve_http_new(s, address);
    p->next = s->peers;
    if (p->next) {
        p->next->prev = p;
    }
    s->peers = p;
    s->peer_count++;
    if (way == SERVE_BY_TLS) {
        conn_start_tls(&p->conn, s->loop, fd, &handler, s->config.tls, NULL);
    } else {
        conn_start(&p->conn, s->loop, fd, &handler);
    }
    serve_deadline_set(&s->deadlines, &p->deadline, SERVE_DEADLINE_HEAD, s->loop->mono_ns);
}

void serve_peer_linger(struct serve_peer *p)
{
    if (p->kind == SERVE_PEER_LINGERING) {
        return;
    }
    p->kind = SERVE_PEER_LINGERING;
    conn_end(&p->conn);
    conn_resume(&p->conn);
    serve_deadline_set(&p->serve->deadlines, &p->deadline, SERVE_DEADLINE_LINGER,
                       p->serve->loop->mono_ns);
}

void serve_peer_expired(struct serve_peer *p, enum serve_deadline_kind kind)
{
    bool started = p->kind == SERVE_PEER_HTTP && http_reader_started(&p->http->reader);
    switch (kind) {
    case SERVE_DEADLINE_HEAD:
    case SERVE_DEADLINE_BODY:
        metrics_drop(p->serve->config.metrics, DROP_HTTP_TIMEOUT, 1);
        if (p->kind == SERVE_PEER_WEBSOCKET) {
            serve_websocket_fail(p, WS_CLOSE_POLICY, "a message did not end in time");
        } else if (started) {
            serve_answer_malformed(p, 408, "the request did not end in time");
        } else {
            conn_close(&p->conn);
        }
        break;
    case SERVE_DEADLINE_ANSWER:
        serve_ticket_detach(p);
        if (p->kind == SERVE_PEER_HTTP && p->http->streaming) {
            metrics_drop(p->serve->config.metrics, DROP_HTTP_CUT, 1);
            conn_close(&p->conn);
            break;
        }
        serve_answer_error(p, 503, "timeout",
                           "the store did not answer in time; the change may "
                           "still be made");
        break;
    case SERVE_DEADLINE_IDLE:
    case SERVE_DEADLINE_LINGER:
        conn_close(&p->conn);
        break;
    case SERVE_DEADLINE_PING:
    case SERVE_DEADLINE_PONG:
    case SERVE_DEADLINE_CONNECT:
    case SERVE_DEADLINE_ATTACHMENTS:
    case SERVE_DEADLINE_UPGRADE:
    case SERVE_DEADLINE_AWAY:
    case SERVE_DEADLINE_KINDS:
        UNREACHABLE();
    }
}
