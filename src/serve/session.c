/* SPDX-License-Identifier: Apache-2.0 */
/* Sessions: made by a handshake, found by sid, ended once.
 *
 * live calls serve_session_send and serve_session_ready while it walks its groups, so neither may
 * end a session; one that takes too little is marked and ends with the turn. */
#include "serve/session.h"

#include "base/mem.h"
#include "model/limits.h"
#include "sys/secret.h"

/* The thread that owns the session; there is one. */
#define THREAD_MARK '0'

/* 120 random bits as 20 characters of base64url. */
static void random_id(char out[20])
{
    static const char alphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    uint8_t raw[20];
    secret_random(raw, sizeof raw);
    for (size_t i = 0; i < 20; i++) {
        out[i] = alphabet[raw[i] & 63];
    }
}

void serve_session_make_sid(char out[SERVE_SID_BYTES + 1])
{
    out[0] = THREAD_MARK;
    random_id(out + 1);
    out[SERVE_SID_BYTES] = '\0';
}

static uint32_t free_slot(struct serve *s)
{
    if (s->session_count < s->session_slots) {
        for (uint32_t i = s->session_search; i < s->session_slots; i++) {
            if (!s->sessions[i]) {
                s->session_search = i + 1;
                return i;
            }
        }
    }
    s->sessions = mem_grow(s->sessions, s->session_slots, &s->session_cap, sizeof *s->sessions);
    s->sessions[s->session_slots] = NULL;
    return (uint32_t)s->session_slots++;
}

struct serve_session *serve_session_new(struct serve_peer *p, enum serve_transport transport)
{
    struct serve *s = p->serve;
    uint32_t address;
    if (s->draining || s->session_count - s->away_count >= s->config.max_clients ||
        handshakes_enter(&s->handshakes, &p->http->from, &address) != OK) {
        metrics_drop(s->config.metrics, DROP_CONNECTION_LIMIT, 1);
        return NULL;
    }
    struct serve_session *ss = mem_zalloc(1, sizeof *ss);
    ss->serve = s;
    ss->transport = (uint8_t)transport;
    ss->address = address;
    serve_session_make_sid(ss->sid);
    ss->slot = free_slot(s);
    s->sessions[ss->slot] = ss;
    s->session_count++;
    strmap_put(&s->sessions_by_sid, ss->slot);
    serve_deadline_set(&s->deadlines, &ss->ping, SERVE_DEADLINE_PING, s->loop->mono_ns);
    serve_deadline_set(&s->deadlines, &ss->wait, SERVE_DEADLINE_CONNECT, s->loop->mono_ns);
    return ss;
}

void serve_session_settle(struct serve_session *ss)
{
    serve_deadline_clear(&ss->wait);
    handshakes_leave(&ss->serve->handshakes, &ss->address);
    if (ss->ws && ss->transport == SERVE_WEBSOCKET) {
        ss->ws->ws.message_max = serve_session_message_max(ss);
    }
}

struct serve_session *serve_session_find(const struct serve *s, struct bytes sid)
{
    uint32_t slot = strmap_find(&s->sessions_by_sid, sid);
    return slot == STRMAP_NONE ? NULL : s->sessions[slot];
}

/* ---- the end ---- */

static uint16_t close_code(enum serve_session_end how)
{
    switch (how) {
    case SERVE_END_PROTOCOL:
        return WS_CLOSE_PROTOCOL;
    case SERVE_END_SHUTDOWN:
        return WS_CLOSE_GOING_AWAY;
    case SERVE_END_GONE:
    case SERVE_END_SILENT:
    case SERVE_END_POLITE:
    case SERVE_END_ASKED:
        return WS_CLOSE_NORMAL;
    }
    UNREACHABLE();
}

static void end_websocket(struct serve_peer *p, enum serve_session_end how)
{
    if (!p) {
        return;
    }
    p->session = NULL;
    if (p->kind == SERVE_PEER_EVENTS) {
        serve_peer_linger(p);
    } else if (how == SERVE_END_SILENT) {
        conn_close(&p->conn);
    } else {
        serve_websocket_close(p, close_code(how), "");
    }
}

/* Nothing is due any more. */
static void unschedule(struct serve_session *ss)
{
    struct serve *s = ss->serve;
    struct serve_session **at = &s->unflushed;
    while (ss->unflushed && *at != ss) {
        at = &(*at)->next_unflushed;
    }
    if (ss->unflushed) {
        *at = ss->next_unflushed;
        ss->unflushed = false;
    }
    serve_deadline_clear(&ss->ping);
    serve_deadline_clear(&ss->wait);
    serve_deadline_clear(&ss->upgrade);
    handshakes_leave(&s->handshakes, &ss->address);
}

static void forget(struct serve_session *ss)
{
    struct serve *s = ss->serve;
    if (ss->transport != SERVE_AWAY) {
        strmap_remove(&s->sessions_by_sid, bytes_of(ss->sid, SERVE_SID_BYTES));
    }
    serve_session_drop_pid(ss);
    s->away_count -= ss->transport == SERVE_AWAY;
    s->sessions[ss->slot] = NULL;
    s->session_search = ss->slot < s->session_search ? ss->slot : s->session_search;
    s->session_count--;
    unschedule(ss);
}

uint32_t serve_session_message_max(const struct serve_session *ss)
{
    uint32_t max = ss->serve->config.max_payload;
    return (ss->joined && !ss->share) || ss->raw || max < SERVE_STRANGER_BYTES
               ? max
               : SERVE_STRANGER_BYTES;
}

void serve_session_leave(struct serve_session *ss)
{
    for (size_t i = 0; i < ss->serve->sockets->namespace_count; i++) {
        serve_namespace_leave(ss, i);
    }
}

static void free_queue(struct serve_session *ss)
{
    for (uint32_t i = 0; i < ss->queue_count; i++) {
        frame_release(ss->queue[i]);
    }
    free(ss->queue);
    ss->queue = NULL;
    ss->queue_count = ss->queue_bytes = 0;
    ss->queue_cap = 0;
}

/* Its peers are told the end, and what waited is gone. */
void serve_session_unplug(struct serve_session *ss, enum serve_session_end how)
{
    unschedule(ss);
    end_websocket(ss->ws, how);
    end_websocket(ss->probe, how);
    ss->ws = NULL;
    ss->probe = NULL;
    if (ss->poll) {
        serve_polling_answer(ss, how == SERVE_END_ASKED ? BYTES("6") : BYTES("1"));
    }
    free_queue(ss);
    serve_pending_free(ss->pending);
    ss->pending = NULL;
}

void serve_session_end(struct serve_session *ss, enum serve_session_end how)
{
    if (how == SERVE_END_PROTOCOL) {
        metrics_drop(ss->serve->config.metrics, DROP_SIO_PROTOCOL, 1);
    }
    if (serve_session_park(ss, how)) {
        return;
    }
    serve_session_leave(ss);
    forget(ss);
    serve_session_unplug(ss, how);
    free(ss);
}

void serve_session_discard(struct serve_session *ss)
{
    serve_session_leave(ss);
    forget(ss);
    free_queue(ss);
    serve_pending_free(ss->pending);
    free(ss);
}

/* ---- sending ---- */

static bool over(struct serve_session *ss, uint32_t waiting, uint32_t more)
{
    if (waiting + more > SERVE_SESSION_QUEUE_MAX && !ss->overflowed) {
        ss->overflowed = true;
        serve_session_flush_later(ss);
    }
    return ss->overflowed;
}

void serve_session_send(struct serve_session *ss, struct frame *f)
{
    if (ss->transport == SERVE_AWAY) {
        return;
    }
    if (ss->transport == SERVE_WEBSOCKET) {
        if (!over(ss, conn_queued(&ss->ws->conn), f->len)) {
            conn_send(&ss->ws->conn, frame_hold(f));
        }
        return;
    }
    if (ss->transport == SERVE_EVENTS) {
        if (!over(ss, conn_queued(&ss->ws->conn), f->len)) {
            conn_send(&ss->ws->conn, frame_hold(serve_event_text(ss->serve, f)));
        }
        return;
    }
    if (over(ss, ss->queue_bytes, f->len)) {
        return;
    }
    ss->queue = mem_grow(ss->queue, ss->queue_count, &ss->queue_cap, sizeof(struct frame *));
    ss->queue[ss->queue_count++] = frame_hold(f);
    ss->queue_bytes += f->len;
    if (ss->poll) {
        serve_session_flush_later(ss);
    }
}

void serve_session_send_text(struct serve_session *ss, struct bytes packet)
{
    struct frame *f = ws_frame(WS_TEXT, packet);
    serve_session_send(ss, f);
    frame_release(f);
}

void serve_session_send_binary(struct serve_session *ss, struct bytes data)
{
    struct frame *f = ws_frame(WS_BINARY, data);
    serve_session_send(ss, f);
    frame_release(f);
}

/* What goes with a ping to those who are not behind: the time would be old when others get it. */
static void tell_pinged(struct serve_session *ss)
{
    const struct serve_sockets *sockets = ss->serve->sockets;
    for (size_t i = 0; i < sockets->namespace_count; i++) {
        if ((ss->joined >> i & 1) && sockets->namespaces[i].pinged && serve_session_ready(ss)) {
            sockets->namespaces[i].pinged(ss);
        }
    }
}

/* Sent ahead of what waits: between two frames. */
static void send_ping(struct serve_session *ss)
{
    struct frame *f = ws_frame(WS_TEXT, BYTES("2"));
    if (ss->transport == SERVE_WEBSOCKET) {
        conn_send_first(&ss->ws->conn, f);
        return;
    }
    serve_session_send(ss, f);
    if (ss->queue_count > 1 && ss->queue[ss->queue_count - 1] == f) {
        memmove(ss->queue + 1, ss->queue, (ss->queue_count - 1) * sizeof(struct frame *));
        ss->queue[0] = f;
    }
    frame_release(f);
}

bool serve_session_ready(struct serve_session *ss)
{
    bool ready = false;
    if (ss->transport == SERVE_WEBSOCKET || ss->transport == SERVE_EVENTS) {
        struct conn *c = &ss->ws->conn;
        if (conn_queued(c) >= LIMIT_CLIENT_QUEUE_BYTES && !conn_blocked(c)) {
            conn_flush(c);
        }
        ready = !conn_blocked(c);
    } else if (ss->transport == SERVE_POLLING) {
        ready = ss->queue_bytes < LIMIT_CLIENT_QUEUE_BYTES;
    }
    ss->stalled = ss->stalled || !ready;
    return ready;
}

void serve_session_drained(struct serve_session *ss)
{
    if (ss->stalled && ss->client) {
        ss->stalled = false;
        ss->serve->live_touched = true;
        live_ready(ss->serve->live, ss->client, serve_now(ss->serve));
    }
}

/* ---- the turn's end ---- */

void serve_session_flush_later(struct serve_session *ss)
{
    if (!ss->unflushed) {
        ss->unflushed = true;
        ss->next_unflushed = ss->serve->unflushed;
        ss->serve->unflushed = ss;
    }
}

void serve_sessions_flush(struct serve *s)
{
    while (s->unflushed) {
        struct serve_session *ss = s->unflushed;
        s->unflushed = ss->next_unflushed;
        ss->unflushed = false;
        if (ss->overflowed) {
            metrics_drop(s->config.metrics, DROP_CLIENT_OVERFLOW, 1);
            serve_session_end(ss, SERVE_END_SILENT);
        } else {
            serve_polling_flush(ss);
        }
    }
}

/* ---- deadlines ---- */

void serve_session_expired_ping(struct serve_session *ss, enum serve_deadline_kind kind)
{
    struct serve *s = ss->serve;
    if (kind == SERVE_DEADLINE_PONG) {
        serve_session_end(ss, SERVE_END_SILENT);
        return;
    }
    if (ss->transport == SERVE_EVENTS) {
        serve_event_stream_ping(ss);
        return;
    }
    serve_deadline_set(&s->deadlines, &ss->ping, SERVE_DEADLINE_PONG, s->loop->mono_ns);
    send_ping(ss);
    tell_pinged(ss);
}

void serve_session_expired_wait(struct serve_session *ss, enum serve_deadline_kind kind)
{
    serve_session_end(ss, kind == SERVE_DEADLINE_CONNECT ? SERVE_END_POLITE : SERVE_END_PROTOCOL);
}

void serve_session_expired_upgrade(struct serve_session *ss)
{
    struct serve_peer *probe = ss->probe;
    ss->probe = NULL;
    ss->probed = false;
    end_websocket(probe, SERVE_END_POLITE);
}

/* The role that somebody has by now; ROLE_NONE: he is not known any more. */
static enum role role_now(const struct serve *s, const struct principal *who)
{
    if (who->login.text[0]) {
        const struct account *a = account_find(&s->accounts, bytes_of_text(who->token.text));
        return a && login_find(&s->accounts, &who->login) ? a->role : ROLE_NONE;
    }
    const struct token *t = token_table_find_id(&s->tokens, &who->token);
    return t ? t->role : ROLE_NONE;
}

void serve_sessions_check_access(struct serve *s)
{
    for (size_t i = 0; i < s->session_slots; i++) {
        struct serve_session *ss = s->sessions[i];
        if (!ss || ss->who.token.text[0] == '\0') {
            continue;
        }
        enum role role = role_now(s, &ss->who);
        if (role == ROLE_NONE) {
            serve_session_end(ss, SERVE_END_POLITE);
        } else if (role != ss->who.role) {
            ss->who.role = role;
            if (ss->client) {
                live_set_principal(s->live, ss->client, &ss->who);
            }
        }
    }
}
