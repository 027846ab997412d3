/* SPDX-License-Identifier: Apache-2.0 */
/* /socket.io/ and /engine.io/: handshakes and the way of each request to its session. Errors are
 * worded as Engine.IO has them. */
#include "serve/session.h"

static const char *const messages[] = {
    [SERVE_ENGINE_UNKNOWN_TRANSPORT] = "Transport unknown",
    [SERVE_ENGINE_UNKNOWN_SID] = "Session ID unknown",
    [SERVE_ENGINE_BAD_METHOD] = "Bad handshake method",
    [SERVE_ENGINE_BAD_REQUEST] = "Bad request",
    [SERVE_ENGINE_FORBIDDEN] = "Forbidden",
    [SERVE_ENGINE_UNSUPPORTED_VERSION] = "Unsupported protocol version",
};

void serve_engine_refuse(struct serve_peer *p, enum serve_engine_error e)
{
    struct buf body = {0};
    struct json_writer w;
    json_writer_init(&w, &body);
    json_write_object(&w);
    json_put_u64(&w, "code", e);
    json_put_string(&w, "message", messages[e]);
    json_write_object_end(&w);
    serve_answer_json(p, e == SERVE_ENGINE_FORBIDDEN ? 403 : 400, &body);
    buf_fini(&body);
}

/* A parameter of the query into `memory`; empty when it is not there or not readable. */
static struct bytes parameter(struct serve_peer *p, const char *name, uint8_t *memory, size_t cap)
{
    struct bytes value = {0};
    (void)!http_query_find(serve_request(p)->query, name, memory, cap, &value);
    return value;
}

static void put_open(const struct serve_session *ss, struct buf *out)
{
    const struct serve_config *config = &ss->serve->config;
    struct eio_open o = {
        .sid = bytes_of(ss->sid, SERVE_SID_BYTES),
        .may_upgrade = ss->transport == SERVE_POLLING,
        .ping_interval_ms = (uint32_t)config->ping_interval_ms,
        .ping_timeout_ms = (uint32_t)config->ping_timeout_ms,
        .max_payload = config->max_payload,
    };
    eio_put_open(out, &o);
}

/* ---- a new session ---- */

static void begin_websocket(struct serve_peer *p, struct serve_session *ss)
{
    struct buf open = {0};
    put_open(ss, &open);
    serve_websocket_start(p);
    p->session = ss;
    ss->ws = p;
    serve_session_send_text(ss, buf_bytes(&open));
    buf_fini(&open);
}

static void begin_polling(struct serve_peer *p, struct serve_session *ss)
{
    struct buf open = {0};
    put_open(ss, &open);
    serve_answer_send(p, &(struct serve_answer){.status = 200,
                                                .type = "text/plain; charset=UTF-8",
                                                .body = buf_bytes(&open)});
    buf_fini(&open);
}

/* Under /engine.io/ there is no Socket.IO on the session. */
static bool is_raw(const struct serve_peer *p)
{
    return bytes_equal(p->http->segments[0], BYTES("engine.io"));
}

static void begin(struct serve_peer *p, enum serve_transport transport)
{
    struct principal who = {.role = ROLE_NONE};
    bool credential = serve_principal_of(p, &who) == OK;
    struct serve_session *ss = serve_session_new(p, transport);
    if (!ss) {
        serve_answer_error(p, 503, "busy", "too many clients");
        return;
    }
    ss->who = who;
    ss->credential = credential;
    ss->raw = is_raw(p);
    if (transport == SERVE_WEBSOCKET) {
        begin_websocket(p, ss);
    } else {
        begin_polling(p, ss);
    }
    if (ss->raw) {
        serve_session_settle(ss);
    }
}

static void take_handshake(struct serve_peer *p, bool websocket)
{
    uint8_t memory[8];
    const struct http_request *q = serve_request(p);
    if (!bytes_equal(parameter(p, "EIO", memory, sizeof memory), BYTES("4"))) {
        serve_engine_refuse(p, SERVE_ENGINE_UNSUPPORTED_VERSION);
    } else if (q->verb != HTTP_VERB_GET) {
        serve_engine_refuse(p, SERVE_ENGINE_BAD_METHOD);
    } else if (websocket != q->upgrade) {
        serve_engine_refuse(p, SERVE_ENGINE_BAD_REQUEST);
    } else {
        begin(p, websocket ? SERVE_WEBSOCKET : SERVE_POLLING);
    }
}

/* ---- a request of a session ---- */

/* A session that was opened with a credential is nobody else's, whoever learns its sid. */
static bool is_owner(struct serve_peer *p, const struct serve_session *ss)
{
    struct principal who;
    if (!ss->credential) {
        return true;
    }
    return serve_principal_of(p, &who) == OK && principal_is(&who, &ss->who);
}

static void begin_probe(struct serve_peer *p, struct serve_session *ss)
{
    struct serve *s = p->serve;
    serve_websocket_start(p);
    if (ss->transport != SERVE_POLLING || ss->probe) {
        /* As the reference does: the connection is made, and ended at once. */
        metrics_drop(s->config.metrics, DROP_SIO_PROTOCOL, 1);
        serve_websocket_close(p, WS_CLOSE_NORMAL, "");
        return;
    }
    p->session = ss;
    ss->probe = p;
    serve_deadline_set(&s->deadlines, &ss->upgrade, SERVE_DEADLINE_UPGRADE, s->loop->mono_ns);
}

static void take_request(struct serve_peer *p, struct serve_session *ss, bool websocket)
{
    const struct http_request *q = serve_request(p);
    if (!is_owner(p, ss)) {
        serve_engine_refuse(p, SERVE_ENGINE_FORBIDDEN);
    } else if (websocket && q->upgrade) {
        begin_probe(p, ss);
    } else if (websocket || q->upgrade || ss->transport != SERVE_POLLING) {
        serve_engine_refuse(p, SERVE_ENGINE_BAD_REQUEST);
    } else if (q->verb == HTTP_VERB_GET) {
        serve_polling_get(p, ss);
    } else if (q->verb == HTTP_VERB_POST) {
        serve_polling_post(p, ss);
    } else {
        serve_engine_refuse(p, SERVE_ENGINE_BAD_METHOD);
    }
}

size_t serve_engine_body_max(struct serve_peer *p)
{
    uint8_t memory[2 * SERVE_SID_BYTES];
    struct serve_session *ss =
        serve_session_find(p->serve, parameter(p, "sid", memory, sizeof memory));
    return ss ? serve_session_message_max(ss) : 0;
}

void serve_engine(struct serve_peer *p)
{
    uint8_t transport_memory[16];
    uint8_t sid_memory[2 * SERVE_SID_BYTES];
    struct bytes transport = parameter(p, "transport", transport_memory, sizeof transport_memory);
    struct bytes sid = parameter(p, "sid", sid_memory, sizeof sid_memory);
    bool websocket = bytes_equal(transport, BYTES("websocket"));
    if (is_raw(p) && !p->serve->sockets->engine) {
        serve_answer_error(p, 404, "not_found", "no such path");
        return;
    }
    if (!websocket && !bytes_equal(transport, BYTES("polling"))) {
        serve_engine_refuse(p, SERVE_ENGINE_UNKNOWN_TRANSPORT);
        return;
    }
    if (!sid.ptr) {
        take_handshake(p, websocket);
        return;
    }
    struct serve_session *ss = serve_session_find(p->serve, sid);
    if (ss && ss->raw == is_raw(p)) {
        take_request(p, ss, websocket);
    } else {
        serve_engine_refuse(p, SERVE_ENGINE_UNKNOWN_SID);
    }
}
