/* SPDX-License-Identifier: Apache-2.0 */
/* A connection: HTTP until it is upgraded or ends. */
#ifndef TELLTALE_SERVE_PEER_H
#define TELLTALE_SERVE_PEER_H

#include "proto/http/http.h"
#include "proto/ws/ws.h"
#include "serve/state.h"

#define SERVE_SEGMENTS_MAX 8

struct serve_route;

/* Why a request is not served, decided when its head was read. */
struct serve_refusal {
    unsigned status; /* 0: it is served */
    const char *code;
    const char *message;
    char allow[48]; /* for 405 */
};

/* The HTTP side of a peer; gone after an upgrade. */
struct serve_http {
    struct http_reader reader;
    struct buf rest; /* came while an answer was due */
    struct peer_address from;

    /* The request under way. */
    const struct serve_route *route;
    struct serve_refusal refusal;
    struct principal who;
    struct buf path; /* memory of the segments */
    struct bytes segments[SERVE_SEGMENTS_MAX];
    size_t segment_count;
    struct serve_ticket *ticket;   /* a command or query that owes the answer */
    struct serve_query *stream;    /* an answer of which the peer has not taken the last part */
    struct serve_session *polling; /* the session whose GET waits here */
    bool admitted;                 /* looked at, since its head is complete */
    bool waiting;                  /* the answer is due */
    bool streaming;                /* its head is out, and more of it follows */
    bool foreign;                  /* has an Origin that is allowed and told so in the answer */
    bool close_after;
    bool pumping; /* http.c is reading requests further up the stack */
};

enum serve_peer_kind {
    SERVE_PEER_HTTP,
    SERVE_PEER_WEBSOCKET,
    SERVE_PEER_EVENTS,    /* is told events, and has nothing more to say */
    SERVE_PEER_LEAVING,   /* goes to another thread */
    SERVE_PEER_LINGERING, /* all is said; waits for the peer's end */
};

struct serve_peer {
    struct conn conn;
    struct serve *serve;
    struct serve_peer *prev, *next;
    struct serve_deadline deadline;
    struct serve_http *http;
    struct ws_reader ws;
    struct serve_session *session; /* of a WebSocket: whose transport or probe it is */
    uint32_t address;              /* its unfinished handshake, or NO_HANDSHAKE */
    uint8_t kind;                  /* enum serve_peer_kind */
    bool control;                  /* came by the control socket */
};

/* ---- peer.c ---- */

enum serve_way {
    SERVE_BY_NETWORK,
    SERVE_BY_TLS,
    SERVE_BY_CONTROL_SOCKET, /* whoever can open it is admin */
};
void serve_peer_accepted(struct serve *s, int fd, const struct peer_address *address,
                         enum serve_way way);

/* Says nothing more, and closes when the peer did or after a moment. */
void serve_peer_linger(struct serve_peer *p);

/* Frees a peer that is in no list any more. */
void serve_peer_free(struct serve_peer *p);

void serve_peer_expired(struct serve_peer *p, enum serve_deadline_kind kind);

/* ---- http.c ---- */

struct serve_http *serve_http_new(const struct serve *s, const struct peer_address *from);
void serve_http_free(struct serve_http *h);

/* Bytes came; may be changed. */
void serve_http_received(struct serve_peer *p, uint8_t *in, size_t len);

/* The queue is empty again: goes on with requests that waited for it. */
void serve_http_drained(struct serve_peer *p);

/* The answer of the request under way has been queued: goes on with the next request. */
void serve_http_answered(struct serve_peer *p);

/* The connection is gone: whoever owes an answer is told. */
void serve_http_lost(struct serve_peer *p);

/* ---- websocket.c ---- */

/* Answers 101 and makes the peer a WebSocket; frees p->http. */
void serve_websocket_start(struct serve_peer *p);
void serve_websocket_received(struct serve_peer *p, uint8_t *in, size_t len);

/* Writes the answer to an upgrade; `protocol` NULL: none. */
void serve_websocket_put_switch(const struct serve_peer *p, const char *protocol, struct buf *head);

/* Takes the peer from its session, which ends when the peer was its transport. */
void serve_websocket_lost(struct serve_peer *p);

/* Sends a close frame and lingers; the session must have let go of the peer. */
void serve_websocket_close(struct serve_peer *p, uint16_t code, const char *reason);

/* The peer broke the rules: ends its session, then as serve_websocket_close. */
void serve_websocket_fail(struct serve_peer *p, uint16_t code, const char *reason);

/* ---- mqtt_upgrade.c ---- */

/* Hands the connection to the ingest thread, with what came behind the request. */
void serve_mqtt_leave(struct serve_peer *p, const uint8_t *in, size_t len);

#endif
