/* SPDX-License-Identifier: Apache-2.0 */
/* An Engine.IO session and the Socket.IO connection on it. */
#ifndef TELLTALE_SERVE_SESSION_H
#define TELLTALE_SERVE_SESSION_H

#include "proto/sio/sio.h"
#include "serve/request.h"

/* 15 random bytes in base64url after one character for the thread that owns the session. */
#define SERVE_SID_BYTES 21

/* What may wait for a session, whatever it is; beyond that it is closed. Room for a snapshot and
 * all that live lets wait. */
#define SERVE_SESSION_QUEUE_MAX (1u << 20)

/* One message of somebody who has not been let in: enough for a CONNECT, and no more memory for
 * anybody who just comes. */
#define SERVE_STRANGER_BYTES 16384u

enum serve_transport {
    SERVE_POLLING,
    SERVE_WEBSOCKET,
    SERVE_EVENTS, /* server-sent events, one way */
    SERVE_AWAY,   /* none: the connection was lost, and the client may return */
};

struct serve_session {
    struct serve *serve;
    char sid[SERVE_SID_BYTES + 1];
    char socket_id[SERVE_SID_BYTES + 1]; /* of Socket.IO, in a namespace that can be returned to */
    char pid[SERVE_SID_BYTES + 1];       /* the secret to return with; empty: there is none */
    uint8_t transport;                   /* enum serve_transport */
    bool credential;           /* the handshake had one: every request must have the same */
    bool stalled;              /* live was told that no more is taken */
    bool unflushed;            /* in serve->unflushed */
    bool overflowed;           /* takes too little: ends when the turn does */
    bool probed;               /* the probe was answered: a GET is not kept waiting */
    bool raw;                  /* under /engine.io/: no Socket.IO on it */
    uint8_t joined;            /* bit of each namespace that it is in */
    uint8_t attachments;       /* binary messages that still belong to the last packet */
    uint32_t attachment_bytes; /* that came for it */
    uint32_t slot;             /* in serve->sessions */
    uint32_t address;          /* its unfinished handshake, or NO_HANDSHAKE */
    struct principal who;      /* ROLE_NONE before a credential */
    struct serve_peer *ws;     /* the transport, once it is that; also of SERVE_EVENTS */
    struct serve_peer *probe;  /* a WebSocket that may become it */
    struct serve_peer *poll;   /* the GET that waits */
    struct frame **queue;      /* for polling: what the next GET takes */
    uint32_t queue_count;
    uint32_t queue_bytes;
    size_t queue_cap;
    struct serve_pending *pending; /* an event that waits for its attachments, or NULL */
    struct live_client *client;    /* in the live stream, or NULL */
    struct serve_share *share;     /* the link that it follows, or NULL */
    bool share_lacks;              /* it does not have all of that */
    struct serve_session *next_unflushed;
    mono_ns taken;              /* SERVE_EVENTS: when it last was seen to take something */
    struct serve_deadline ping; /* the next ping, or its answer */
    struct serve_deadline wait; /* CONNECT, later attachments */
    struct serve_deadline upgrade;
};

/* ---- session.c ---- */

/* A session for the peer's request. NULL: there are too many (the caller answers). */
struct serve_session *serve_session_new(struct serve_peer *p, enum serve_transport transport);
struct serve_session *serve_session_find(const struct serve *s, struct bytes sid);

/* The client was let in: it may stay, and send what it likes within the limits. */
void serve_session_settle(struct serve_session *ss);

/* Ends it: live forgets it, its peers are closed in the way of their kind. */
enum serve_session_end {
    SERVE_END_GONE,     /* a peer of it was lost */
    SERVE_END_SILENT,   /* no pong: nothing is said */
    SERVE_END_PROTOCOL, /* the client broke the protocol; counted */
    SERVE_END_POLITE,   /* we want it */
    SERVE_END_ASKED,    /* the client does */
    SERVE_END_SHUTDOWN, /* the server goes away: 1001 */
};
void serve_session_end(struct serve_session *ss, enum serve_session_end how);

/* Takes it from its peers, which are closed in the way of their kind, and from every deadline. */
void serve_session_unplug(struct serve_session *ss, enum serve_session_end how);

/* Frees it without a word, after the loop has ended. */
void serve_session_discard(struct serve_session *ss);

/* Bytes of one message that the session may send now. */
uint32_t serve_session_message_max(const struct serve_session *ss);

/* Leaves every namespace. */
void serve_session_leave(struct serve_session *ss);

/* A new random id: the thread's mark and 20 characters. */
void serve_session_make_sid(char out[SERVE_SID_BYTES + 1]);

/* Sends a frame whose payload is one packet. Borrowed. */
void serve_session_send(struct serve_session *ss, struct frame *f);

/* Whether live may send more; when false, live_ready follows once it may. */
bool serve_session_ready(struct serve_session *ss);
/* The transport took what waited. */
void serve_session_drained(struct serve_session *ss);

void serve_session_expired_ping(struct serve_session *ss, enum serve_deadline_kind kind);
void serve_session_expired_wait(struct serve_session *ss, enum serve_deadline_kind kind);
void serve_session_expired_upgrade(struct serve_session *ss);

/* After tokens or accounts changed: ends the sessions of those that are gone. */
void serve_sessions_check_access(struct serve *s);

/* ---- packet.c: what a client sends ---- */

/* One Engine.IO packet on the session's transport. False: the session has ended. */
MUST_CHECK bool serve_session_packet(struct serve_session *ss, const struct eio_packet *p);
/* A binary message. False: the session has ended. */
MUST_CHECK bool serve_session_binary(struct serve_session *ss, struct bytes data);

/* Leaves one namespace. */
void serve_namespace_leave(struct serve_session *ss, size_t index);

/* ---- away.c ---- */

/* Instead of the end: the client may return. False: it can't, and nothing was done. */
bool serve_session_park(struct serve_session *ss, enum serve_session_end how);

/* A client comes with the pid and offset of CONNECT's payload: takes over what it had, and its ids.
 * False: it is a new one. */
bool serve_session_return(struct serve_session *ss, struct bytes pid, struct bytes offset);

/* Nobody can return to it any more. */
void serve_session_drop_pid(struct serve_session *ss);

void serve_session_expired_away(struct serve_session *ss);

/* ---- pending.c: events whose attachments have not all come ---- */

/* Keeps a packet of a namespace until `count` attachments came. */
void serve_pending_begin(struct serve_session *ss, size_t index, const struct serve_event *e,
                         uint32_t count);
/* One of them came. */
void serve_pending_add(struct serve_session *ss, struct bytes data);
/* All came: hands the event to its namespace, and frees it. */
void serve_pending_deliver(struct serve_session *ss);
/* NULL is fine. */
void serve_pending_free(struct serve_pending *p);

/* ---- polling.c ---- */

/* A GET or POST of the session. */
void serve_polling_get(struct serve_peer *p, struct serve_session *ss);
void serve_polling_post(struct serve_peer *p, struct serve_session *ss);

/* At the end of the turn: hands out what waits, ends sessions that overflowed. */
void serve_sessions_flush(struct serve *s);
void serve_session_flush_later(struct serve_session *ss);

/* Answers the GET that waits with one packet. */
void serve_polling_flush(struct serve_session *ss);
void serve_polling_answer(struct serve_session *ss, struct bytes packet);

/* ---- websocket.c ---- */

/* Makes what waited in the polling queue leave by the WebSocket that was probed. */
void serve_websocket_upgrade(struct serve_session *ss);

/* ---- event_stream.c ---- */

/* The form of a frame of live there. Borrowed until the next call. */
struct frame *serve_event_text(struct serve *s, struct frame *f);
void serve_event_memo_fini(struct serve *s);

/* The time for a ping came. */
void serve_event_stream_ping(struct serve_session *ss);

/* ---- resync.c ---- */

/* Asks the store on behalf of live. */
enum live_history_answer serve_resync_ask(void *ctx, void *owner, const struct live_history *h);
/* The answer came; borrowed. */
void serve_resync_answer(struct serve *s, const struct serve_query *q);

/* ---- engine.c ---- */

/* An error as Engine.IO words it. */
enum serve_engine_error {
    SERVE_ENGINE_UNKNOWN_TRANSPORT,
    SERVE_ENGINE_UNKNOWN_SID,
    SERVE_ENGINE_BAD_METHOD,
    SERVE_ENGINE_BAD_REQUEST,
    SERVE_ENGINE_FORBIDDEN,
    SERVE_ENGINE_UNSUPPORTED_VERSION,
};
void serve_engine_refuse(struct serve_peer *p, enum serve_engine_error e);

#endif
