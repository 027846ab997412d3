/* SPDX-License-Identifier: Apache-2.0 */
/* Answers. One function writes every head, so no answer leaves without the security headers. */
#include "serve/request.h"

/* Nothing but our own files runs or loads, and nothing that is written into a page; pictures may
 * also be made by the page itself. Nobody may frame us. */
#define CONTENT_SECURITY_POLICY                                                                    \
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "        \
    "connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; "                 \
    "frame-ancestors 'none'"

/* The API of this version is what a client of /ping may count on, for writes. */
#define INFLUX_VERSION "1.8-telltale"

static void put_security(struct buf *head)
{
    http_put_own_field(head, "X-Content-Type-Options", "nosniff");
    http_put_own_field(head, "Content-Security-Policy", CONTENT_SECURITY_POLICY);
    http_put_own_field(head, "Referrer-Policy", "no-referrer");
    http_put_own_field(head, "Cross-Origin-Resource-Policy", "same-site");
    http_put_own_field(head, "Cross-Origin-Opener-Policy", "same-origin");
}

/* For a page of another, allowed origin. The value passed the grammar of origins, so it can't end a
 * line; were it refused all the same, the page would simply not get its answer. */
static void put_cors(struct buf *head, const struct http_request *q)
{
    if (http_put_field(head, "Access-Control-Allow-Origin", q->origin) != OK) {
        return;
    }
    http_put_own_field(head, "Access-Control-Allow-Credentials", "true");
    if (q->verb == HTTP_VERB_OPTIONS) {
        http_put_own_field(head, "Access-Control-Allow-Methods",
                           "GET, HEAD, POST, PUT, PATCH, DELETE");
        http_put_own_field(head, "Access-Control-Allow-Headers", "Authorization, Content-Type");
        http_put_own_field(head, "Access-Control-Max-Age", "600");
    }
}

static void put_optional(struct buf *head, const char *name, const char *value)
{
    if (value) {
        http_put_own_field(head, name, value);
    }
}

static void put_fields(struct serve_peer *p, const struct serve_answer *a, struct buf *head)
{
    const struct serve_http *h = p->http;
    http_put_status(head, a->status);
    put_security(head);
    put_optional(head, "Content-Type", a->type);
    put_optional(head, "ETag", a->etag);
    put_optional(head, "Content-Encoding", a->encoding);
    put_optional(head, "Allow", h->refusal.allow[0] ? h->refusal.allow : NULL);
    put_optional(head, "Set-Cookie", a->cookie);
    put_optional(head, "X-Influxdb-Version", a->influx ? INFLUX_VERSION : NULL);
    http_put_own_field(head, "Cache-Control", a->cache ? a->cache : "no-store");
    http_put_own_field(head, "Vary", a->cache ? "Accept-Encoding, Origin" : "Origin");
    if (a->status == 503 || a->retry_s) {
        char seconds[16];
        (void)snprintf(seconds, sizeof seconds, "%u", a->retry_s ? a->retry_s : 1);
        http_put_own_field(head, "Retry-After", seconds);
    }
    if (a->status == 401) {
        http_put_own_field(head, "WWW-Authenticate", "Bearer");
    }
    if (h->foreign) {
        put_cors(head, serve_request(p));
    }
    http_put_own_field(head, "Connection", h->close_after ? "close" : "keep-alive");
}

static void put_head(struct serve_peer *p, const struct serve_answer *a, struct buf *head)
{
    put_fields(p, a, head);
    if (a->status == 204 || a->status == 304) {
        http_put_end_bodyless(head);
    } else {
        http_put_end(head, a->body.len);
    }
}

void serve_answer_send(struct serve_peer *p, const struct serve_answer *a)
{
    struct buf head = {0};
    bool head_only =
        serve_request(p)->verb == HTTP_VERB_HEAD || a->status == 204 || a->status == 304;
    put_head(p, a, &head);
    conn_send(&p->conn, frame_of(buf_bytes(&head), head_only ? (struct bytes){0} : a->body));
    buf_fini(&head);
    metrics_add(p->serve->config.metrics, METRIC_HTTP_REQUESTS, 1);
    serve_http_answered(p);
}

/* ---- in parts ---- */

static bool takes_chunks(const struct serve_peer *p)
{
    return serve_request(p)->minor > 0;
}

void serve_answer_begin(struct serve_peer *p, const struct serve_answer *a)
{
    struct buf head = {0};
    p->http->streaming = true;
    p->http->close_after = p->http->close_after || !takes_chunks(p);
    put_fields(p, a, &head);
    if (takes_chunks(p)) {
        http_put_own_field(&head, "Transfer-Encoding", "chunked");
    }
    http_put_end_bodyless(&head);
    conn_send(&p->conn, frame_of(buf_bytes(&head), (struct bytes){0}));
    buf_fini(&head);
    metrics_add(p->serve->config.metrics, METRIC_HTTP_REQUESTS, 1);
}

void serve_answer_part(struct serve_peer *p, struct bytes part)
{
    char size[24];
    ASSERT(part.len > 0);
    if (!takes_chunks(p)) {
        conn_send(&p->conn, frame_of(part, (struct bytes){0}));
        return;
    }
    (void)snprintf(size, sizeof size, "%zx\r\n", part.len);
    conn_send(&p->conn, frame_of(bytes_of_text(size), part));
    conn_send(&p->conn, frame_of(BYTES("\r\n"), (struct bytes){0}));
}

void serve_answer_event_stream(struct serve_peer *p)
{
    struct buf head = {0};
    p->http->close_after = true;
    put_fields(p, &(struct serve_answer){.status = 200, .type = "text/event-stream"}, &head);
    http_put_own_field(&head, "X-Accel-Buffering", "no");
    http_put_end_bodyless(&head);
    conn_send(&p->conn, frame_of(buf_bytes(&head), (struct bytes){0}));
    buf_fini(&head);
    metrics_add(p->serve->config.metrics, METRIC_HTTP_REQUESTS, 1);
}

void serve_answer_end(struct serve_peer *p)
{
    if (takes_chunks(p) && serve_request(p)->verb != HTTP_VERB_HEAD) {
        conn_send(&p->conn, frame_of(BYTES("0\r\n\r\n"), (struct bytes){0}));
    }
    serve_http_answered(p);
}

void serve_answer_json(struct serve_peer *p, unsigned status, struct buf *body)
{
    buf_put_byte(body, '\n');
    serve_answer_send(
        p, &(struct serve_answer){.status = status, .type = SERVE_JSON, .body = buf_bytes(body)});
}

static void put_error(struct buf *body, const char *code, struct bytes field, const char *message)
{
    struct json_writer w;
    json_writer_init(&w, body);
    json_write_object(&w);
    json_write_key(&w, "error");
    json_write_object(&w);
    json_put_string(&w, "code", code);
    if (field.ptr) {
        json_put_text(&w, "field", field);
    }
    json_put_string(&w, "message", message);
    json_write_object_end(&w);
    json_write_object_end(&w);
}

void serve_answer_error(struct serve_peer *p, unsigned status, const char *code,
                        const char *message)
{
    struct buf body = {0};
    put_error(&body, code, (struct bytes){0}, message);
    serve_answer_json(p, status, &body);
    buf_fini(&body);
}

void serve_answer_bad_field(struct serve_peer *p, struct bytes field, const char *message)
{
    struct buf body = {0};
    put_error(&body, "invalid", field, message);
    serve_answer_json(p, 400, &body);
    buf_fini(&body);
}

void serve_answer_malformed(struct serve_peer *p, unsigned status, const char *message)
{
    struct buf body = {0};
    p->http->close_after = true;
    p->http->foreign = false;
    put_error(&body, "bad_request", (struct bytes){0}, message);
    serve_answer_json(p, status, &body);
    buf_fini(&body);
}
