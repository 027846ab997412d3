/* SPDX-License-Identifier: Apache-2.0 */
/* What a client sends on its session: heartbeats, CONNECT, events. A packet that the protocol does
 * not allow where it comes ends the session. */
#include "serve/session.h"

/* Bytes of an event's name that anybody could mean; a longer one is an event that is not known. */
#define EVENT_NAME_MAX 128

static bool refuse(struct serve_session *ss)
{
    serve_session_end(ss, SERVE_END_PROTOCOL);
    return false;
}

/* ---- CONNECT ---- */

static void send_connect_error(struct serve_session *ss, struct bytes nsp, const char *message)
{
    struct buf b = {0};
    sio_put_connect_error(&b, nsp, message);
    serve_session_send_text(ss, buf_bytes(&b));
    buf_fini(&b);
}

/* The member `token` of CONNECT's payload, if it is a string. */
static struct json_text token_of(struct bytes payload)
{
    struct json_reader r;
    struct json_text key, token = {0};
    json_reader_init(&r, payload);
    if (payload.len == 0 || !json_read_object(&r)) {
        return token;
    }
    while (json_read_key(&r, &key)) {
        if (json_text_is(key, "token") && json_peek(&r) == JSON_STRING) {
            (void)json_read_text(&r, &token);
        }
    }
    return token;
}

/* Who the client is: by its handshake, else by CONNECT. */
static bool identify(struct serve_session *ss, struct bytes payload)
{
    if (ss->who.role == ROLE_NONE) {
        struct json_text token = token_of(payload);
        if (token.escaped || serve_authenticate(ss->serve, token.raw, &ss->who) != OK) {
            metrics_drop(ss->serve->config.metrics, DROP_HTTP_UNAUTHORIZED, 1);
            return false;
        }
    }
    return authorize(&ss->who, ACTION_READ, (struct bytes){0});
}

static void join(struct serve_session *ss)
{
    struct serve *s = ss->serve;
    char sid[SERVE_SID_BYTES + 1];
    struct buf b = {0};
    serve_session_make_sid(sid);
    sio_put_connected(&b, BYTES("/"), bytes_of(sid, SERVE_SID_BYTES));
    serve_session_send_text(ss, buf_bytes(&b));
    buf_fini(&b);
    serve_deadline_clear(&ss->wait);
    handshakes_leave(&s->handshakes, &ss->address);
    s->live_touched = true;
    ss->client = live_join(s->live, ss, &ss->who, serve_now(s));
    if (ss->ws) {
        ss->ws->ws.message_max = serve_session_message_max(ss);
    }
}

static bool take_connect(struct serve_session *ss, const struct sio_packet *p)
{
    if (!bytes_equal(p->nsp, BYTES("/"))) {
        send_connect_error(ss, p->nsp, "Invalid namespace");
        return true;
    }
    if (ss->client) {
        return refuse(ss);
    }
    if (identify(ss, p->payload)) {
        join(ss);
    } else {
        send_connect_error(ss, BYTES("/"), "unauthorized");
    }
    return true;
}

/* ---- after CONNECT ---- */

static bool take_event(struct serve_session *ss, const struct sio_packet *p)
{
    uint8_t memory[EVENT_NAME_MAX];
    struct bytes name;
    if (json_text_get(p->event, memory, sizeof memory, &name) != OK) {
        name = (struct bytes){0};
    }
    ss->serve->live_touched = true;
    live_event(ss->serve->live, ss->client, name, p->payload,
               p->has_id ? (int64_t)p->id : LIVE_NO_ACK, serve_now(ss->serve));
    return true;
}

/* No event of ours takes binary data: what belongs to the packet is passed over as it comes. */
static void expect_attachments(struct serve_session *ss, uint32_t count)
{
    ss->attachments = (uint8_t)count;
    ss->attachment_bytes = 0;
    if (count) {
        serve_deadline_set(&ss->serve->deadlines, &ss->wait, SERVE_DEADLINE_ATTACHMENTS,
                           ss->serve->loop->mono_ns);
    }
}

static bool take_connected(struct serve_session *ss, const struct sio_packet *p)
{
    switch (p->type) {
    case SIO_DISCONNECT:
        serve_session_leave(ss);
        serve_deadline_set(&ss->serve->deadlines, &ss->wait, SERVE_DEADLINE_CONNECT,
                           ss->serve->loop->mono_ns);
        return true;
    case SIO_EVENT:
        return take_event(ss, p);
    case SIO_BINARY_EVENT:
        expect_attachments(ss, p->attachments);
        return take_event(ss, p);
    case SIO_BINARY_ACK:
        expect_attachments(ss, p->attachments);
        return true;
    case SIO_ACK:
        /* We ask for none; one that comes too late for an earlier life is no fault. */
        return true;
    case SIO_CONNECT:
    case SIO_CONNECT_ERROR:
        break;
    }
    return refuse(ss);
}

static bool take_message(struct serve_session *ss, struct bytes text)
{
    struct sio_packet p;
    if (ss->attachments || sio_packet_read(text, &p) != OK) {
        return refuse(ss);
    }
    if (p.type == SIO_CONNECT) {
        return take_connect(ss, &p);
    }
    if (!ss->client || !bytes_equal(p.nsp, BYTES("/"))) {
        return refuse(ss);
    }
    return take_connected(ss, &p);
}

bool serve_session_packet(struct serve_session *ss, const struct eio_packet *p)
{
    switch (p->type) {
    case EIO_MESSAGE:
        return take_message(ss, p->data);
    case EIO_PONG:
        serve_deadline_set(&ss->serve->deadlines, &ss->ping, SERVE_DEADLINE_PING,
                           ss->serve->loop->mono_ns);
        return true;
    case EIO_NOOP:
        return true;
    case EIO_CLOSE:
        serve_session_end(ss, SERVE_END_POLITE);
        return false;
    case EIO_OPEN:
    case EIO_PING:
    case EIO_UPGRADE:
        break;
    }
    return refuse(ss);
}

bool serve_session_binary(struct serve_session *ss, size_t len)
{
    if (ss->attachments == 0 || len > ss->serve->config.max_payload - ss->attachment_bytes) {
        return refuse(ss);
    }
    ss->attachment_bytes += (uint32_t)len;
    if (--ss->attachments == 0) {
        serve_deadline_clear(&ss->wait);
    }
    return true;
}
