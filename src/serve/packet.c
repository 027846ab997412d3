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

/* A member of CONNECT's payload, if it is a string. */
static struct json_text member_of(struct bytes payload, const char *name)
{
    struct json_reader r;
    struct json_text key, member = {0};
    json_reader_init(&r, payload);
    if (payload.len == 0 || !json_read_object(&r)) {
        return member;
    }
    while (json_read_key(&r, &key)) {
        if (json_text_is(key, name) && json_peek(&r) == JSON_STRING) {
            (void)json_read_text(&r, &member);
        }
    }
    return member;
}

/* Who the client is: by its handshake, else by CONNECT. */
static bool identify(struct serve_session *ss, struct bytes payload)
{
    if (ss->who.role == ROLE_NONE) {
        struct json_text token = member_of(payload, "token");
        if (token.escaped || serve_authenticate(ss->serve, token.raw, &ss->who) != OK) {
            metrics_drop(ss->serve->config.metrics, DROP_HTTP_UNAUTHORIZED, 1);
            return false;
        }
    }
    return authorize(&ss->who, ACTION_READ, (struct bytes){0});
}

/* NULL when the client may enter, else why not. */
static const char *judge(struct serve_session *ss, const struct serve_namespace *n,
                         struct bytes payload)
{
    if (n->enter) {
        return n->enter(ss, member_of(payload, "token"));
    }
    return identify(ss, payload) ? NULL : "unauthorized";
}

static void send_connected(struct serve_session *ss, const struct serve_namespace *n)
{
    char sid[SERVE_SID_BYTES + 1];
    struct buf b = {0};
    serve_session_make_sid(sid);
    sio_put_connected(&b, bytes_of_text(n->name), bytes_of_text(n->recovers ? ss->socket_id : sid),
                      bytes_of_text(n->recovers ? ss->pid : NULL));
    serve_session_send_text(ss, buf_bytes(&b));
    buf_fini(&b);
}

/* The client may come back to this, by the secret that it is given. */
static void give_pid(struct serve_session *ss)
{
    ASSERT(!ss->pid[0]);
    serve_session_make_sid(ss->socket_id);
    serve_session_make_sid(ss->pid);
    strmap_put(&ss->serve->sessions_by_pid, ss->slot);
}

/* Whether the client returned to what it had. */
static bool has_returned(struct serve_session *ss, struct bytes payload)
{
    struct json_text pid = member_of(payload, "pid");
    struct json_text offset = member_of(payload, "offset");
    return !pid.escaped && !offset.escaped && serve_session_return(ss, pid.raw, offset.raw);
}

static void join(struct serve_session *ss, size_t index, struct bytes payload)
{
    const struct serve_namespace *n = &ss->serve->sockets->namespaces[index];
    bool returned = n->recovers && has_returned(ss, payload);
    if (n->recovers && !returned) {
        give_pid(ss);
    }
    send_connected(ss, n);
    ss->joined |= (uint8_t)(1u << index);
    serve_session_settle(ss);
    if (!returned) {
        n->joined(ss, payload);
    }
}

/* The number of a namespace, or namespace_count. */
static size_t find_namespace(const struct serve_sockets *sockets, struct bytes name)
{
    size_t i = 0;
    while (i < sockets->namespace_count &&
           !bytes_equal(name, bytes_of_text(sockets->namespaces[i].name))) {
        i++;
    }
    return i;
}

static bool is_in(const struct serve_session *ss, size_t index)
{
    return (ss->joined >> index & 1) != 0;
}

static bool take_connect(struct serve_session *ss, const struct sio_packet *p, size_t index)
{
    if (index == ss->serve->sockets->namespace_count) {
        send_connect_error(ss, p->nsp, "Invalid namespace");
        return true;
    }
    if (is_in(ss, index)) {
        return refuse(ss);
    }
    const char *why = judge(ss, &ss->serve->sockets->namespaces[index], p->payload);
    if (why) {
        send_connect_error(ss, p->nsp, why);
    } else {
        join(ss, index, p->payload);
    }
    return true;
}

void serve_namespace_leave(struct serve_session *ss, size_t index)
{
    if (is_in(ss, index)) {
        ss->joined &= (uint8_t) ~(1u << index);
        const struct serve_namespace *n = &ss->serve->sockets->namespaces[index];
        n->left(ss);
        if (n->recovers) {
            serve_session_drop_pid(ss);
        }
    }
}

/* ---- after CONNECT ---- */

/* Passes an event on, or keeps it until its attachments came. */
static bool take_event(struct serve_session *ss, const struct sio_packet *p, size_t index)
{
    const struct serve_namespace *n = &ss->serve->sockets->namespaces[index];
    uint8_t memory[EVENT_NAME_MAX];
    struct serve_event e = {.args = p->payload, .wants_ack = p->has_id, .ack = p->id};
    if (json_text_get(p->event, memory, sizeof memory, &e.name) != OK) {
        e.name = (struct bytes){0};
    }
    if (p->attachments > 0 && n->takes_binary) {
        serve_pending_begin(ss, index, &e, p->attachments);
    } else {
        n->event(ss, &e);
    }
    return true;
}

static void expect_attachments(struct serve_session *ss, uint32_t count)
{
    ss->attachments = (uint8_t)count;
    ss->attachment_bytes = 0;
    if (count) {
        serve_deadline_set(&ss->serve->deadlines, &ss->wait, SERVE_DEADLINE_ATTACHMENTS,
                           ss->serve->loop->mono_ns);
    }
}

static bool take_disconnect(struct serve_session *ss, size_t index)
{
    serve_namespace_leave(ss, index);
    if (!ss->joined) {
        serve_deadline_set(&ss->serve->deadlines, &ss->wait, SERVE_DEADLINE_CONNECT,
                           ss->serve->loop->mono_ns);
    }
    return true;
}

static bool take_connected(struct serve_session *ss, const struct sio_packet *p, size_t index)
{
    switch (p->type) {
    case SIO_DISCONNECT:
        return take_disconnect(ss, index);
    case SIO_EVENT:
        return take_event(ss, p, index);
    case SIO_BINARY_EVENT:
        expect_attachments(ss, p->attachments);
        return take_event(ss, p, index);
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
    const struct serve_sockets *sockets = ss->serve->sockets;
    struct sio_packet p;
    if (ss->raw) {
        sockets->engine(ss, SERVE_DATA_TEXT, text);
        return true;
    }
    if (ss->attachments || sio_packet_read(text, &p) != OK) {
        return refuse(ss);
    }
    size_t index = find_namespace(sockets, p.nsp);
    if (p.type == SIO_CONNECT) {
        return take_connect(ss, &p, index);
    }
    if (index == sockets->namespace_count || !is_in(ss, index)) {
        return refuse(ss);
    }
    return take_connected(ss, &p, index);
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
        serve_session_end(ss, SERVE_END_ASKED);
        return false;
    case EIO_OPEN:
    case EIO_PING:
    case EIO_UPGRADE:
        break;
    }
    return refuse(ss);
}

bool serve_session_binary(struct serve_session *ss, struct bytes data)
{
    if (ss->raw) {
        ss->serve->sockets->engine(ss, SERVE_DATA_BINARY, data);
        return true;
    }
    if (ss->attachments == 0 || data.len > ss->serve->config.max_payload - ss->attachment_bytes) {
        return refuse(ss);
    }
    ss->attachment_bytes += (uint32_t)data.len;
    if (ss->pending) {
        serve_pending_add(ss, data);
    }
    if (--ss->attachments == 0) {
        serve_deadline_clear(&ss->wait);
        serve_pending_deliver(ss);
    }
    return true;
}
