/* SPDX-License-Identifier: Apache-2.0 */
/* Requests of one connection, one at a time: read, admit, dispatch, answer, next.
 *
 * An answer may come at once or, when a command or query owes it or a polling GET waits, later.
 * What the peer sends meanwhile is kept up to REST_MAX; beyond that reading stops, and the kernel
 * tells the peer. */
#include "serve/session.h"

#include "base/mem.h"
#include "model/limits.h"

/* Pipelined bytes that may wait for an answer. */
#define REST_MAX (64u << 10)

/* With this much unsent, no further request is served before the peer took some. */
#define UNSENT_MAX (256u << 10)

struct serve_http *serve_http_new(const struct serve *s, const struct peer_address *from)
{
    struct serve_http *h = mem_zalloc(1, sizeof *h);
    h->from = *from;
    http_reader_init(&h->reader, size_max(LIMIT_HTTP_BODY_BYTES, s->config.max_payload));
    return h;
}

void serve_http_free(struct serve_http *h)
{
    http_reader_fini(&h->reader);
    buf_fini(&h->rest);
    buf_fini(&h->path);
    free(h);
}

/* Once the kernel refused, the conn's drained() goes on; before that nothing would, so it is tried
 * here and now. */
static bool may_read_on(struct serve_peer *p)
{
    if (p->kind != SERVE_PEER_HTTP || p->http->waiting) {
        return false;
    }
    if (conn_queued(&p->conn) >= UNSENT_MAX) {
        conn_flush(&p->conn);
    }
    return !p->conn.closing && conn_queued(&p->conn) < UNSENT_MAX;
}

/* The body is too large, unless the request is refused anyway for another reason. */
static void refuse_body(struct serve_peer *p)
{
    if (p->http->refusal.status) {
        serve_dispatch(p);
        return;
    }
    metrics_drop(p->serve->config.metrics, DROP_HTTP_TOO_LARGE, 1);
    serve_answer_error(p, 413, "too_large", "the body is too large");
}

/* The head of a request with a body is complete. */
static void begin_body(struct serve_peer *p)
{
    struct serve_http *h = p->http;
    serve_admit(p);
    serve_deadline_set(&p->serve->deadlines, &p->deadline, SERVE_DEADLINE_BODY,
                       p->serve->loop->mono_ns);
    h->reader.body_max = serve_body_max(p);
    if (serve_request(p)->content_length > h->reader.body_max) {
        h->close_after = true;
        refuse_body(p);
        return;
    }
    if (serve_request(p)->expect_continue && !h->refusal.status) {
        conn_send(&p->conn, frame_of(BYTES("HTTP/1.1 100 Continue\r\n\r\n"), (struct bytes){0}));
    }
}

static void complete(struct serve_peer *p)
{
    struct serve_http *h = p->http;
    if (!h->admitted) {
        serve_admit(p);
    }
    serve_deadline_clear(&p->deadline);
    handshakes_leave(&p->serve->handshakes, &p->address);
    h->close_after = !serve_request(p)->keep_alive || p->serve->draining;
    h->waiting = true;
    if (serve_request(p)->body.len > serve_body_max(p)) {
        refuse_body(p);
    } else {
        serve_dispatch(p);
    }
}

static void refuse(struct serve_peer *p)
{
    const struct http_reader *r = &p->http->reader;
    bool large = r->status == 413 || r->status == 431;
    metrics_drop(p->serve->config.metrics, large ? DROP_HTTP_TOO_LARGE : DROP_HTTP_MALFORMED, 1);
    serve_answer_malformed(p, r->status, r->reason);
}

/* Whether the head's deadline runs: for a first request since the connection came. */
static bool is_timed(const struct serve_peer *p)
{
    return serve_deadline_is_set(&p->deadline) && p->deadline.kind == SERVE_DEADLINE_HEAD;
}

/* Reads on until the bytes end, an answer is due, or the peer is no HTTP any more. Returns the
 * number of bytes taken. */
static size_t pump(struct serve_peer *p, const uint8_t *in, size_t len)
{
    size_t at = 0;
    while (at < len && may_read_on(p)) {
        struct http_reader *r = &p->http->reader;
        bool fresh = !http_reader_started(r);
        size_t used;
        enum err e = http_read(r, bytes_of(in + at, len - at), &used);
        at += used;
        if (e == OK) {
            complete(p);
        } else if (e != ERR_AGAIN) {
            refuse(p);
        } else if (r->phase == HTTP_PHASE_BODY && !p->http->admitted) {
            begin_body(p);
        } else if (fresh && !is_timed(p)) {
            serve_deadline_set(&p->serve->deadlines, &p->deadline, SERVE_DEADLINE_HEAD,
                               p->serve->loop->mono_ns);
        }
    }
    return at;
}

static void keep_rest(struct serve_peer *p, const uint8_t *in, size_t len)
{
    buf_put(&p->http->rest, in, len);
    if (p->http->rest.len > REST_MAX) {
        conn_pause(&p->conn);
    }
}

void serve_http_received(struct serve_peer *p, uint8_t *in, size_t len)
{
    struct serve_http *h = p->http;
    if (h->rest.len || h->pumping) {
        keep_rest(p, in, len);
        return;
    }
    h->pumping = true;
    size_t used = pump(p, in, len);
    if (p->kind == SERVE_PEER_WEBSOCKET) {
        serve_websocket_received(p, in + used, len - used);
    } else if (p->kind == SERVE_PEER_LEAVING) {
        serve_mqtt_leave(p, in + used, len - used);
    } else if (p->kind == SERVE_PEER_HTTP) {
        h->pumping = false;
        if (used < len) {
            keep_rest(p, in + used, len - used);
        }
    }
}

/* Goes on with what was kept. */
static void pump_rest(struct serve_peer *p)
{
    struct serve_http *h = p->http;
    if (h->pumping || !h->rest.len || !may_read_on(p)) {
        return;
    }
    struct buf rest = h->rest;
    h->rest = (struct buf){0};
    conn_resume(&p->conn);
    serve_http_received(p, rest.ptr, rest.len);
    buf_fini(&rest);
}

void serve_http_drained(struct serve_peer *p)
{
    if (p->http->stream) {
        serve_stream_drained(p);
    } else {
        pump_rest(p);
    }
}

void serve_http_answered(struct serve_peer *p)
{
    struct serve_http *h = p->http;
    h->waiting = false;
    h->streaming = false;
    h->admitted = false;
    h->polling = NULL;
    h->ticket = NULL;
    if (h->close_after || p->serve->draining) {
        serve_peer_linger(p);
        return;
    }
    h->refusal = (struct serve_refusal){0};
    h->reader.body_max = size_max(LIMIT_HTTP_BODY_BYTES, p->serve->config.max_payload);
    http_reader_next(&h->reader);
    serve_deadline_set(&p->serve->deadlines, &p->deadline, SERVE_DEADLINE_IDLE,
                       p->serve->loop->mono_ns);
    pump_rest(p);
}

void serve_http_lost(struct serve_peer *p)
{
    struct serve_session *ss = p->http->polling;
    serve_ticket_detach(p);
    serve_stream_drop(p->serve, p->http->stream);
    p->http->stream = NULL;
    if (ss) {
        p->http->polling = NULL;
        ss->poll = NULL;
        serve_session_end(ss, SERVE_END_GONE);
    }
}
