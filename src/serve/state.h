/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of this folder share.
 *
 *     listener ─► peer ─┬─ HTTP: reader ─► router ─► handler ─► answer
 *                       │                             └─► ticket (command, query) ─► answer later
 *                       └─ WebSocket ─► session ─► live
 *     polling requests ────────────────► session
 *
 * A peer is a connection; a session is an Engine.IO client and outlives the peers that carry it.
 *
 * Thread: the serve loop's, all of it. */
#ifndef TELLTALE_SERVE_STATE_H
#define TELLTALE_SERVE_STATE_H

#include "serve/serve.h"

#include "live/live.h"
#include "loop/handshakes.h"
#include "model/credential.h"
#include "model/document.h"
#include "serve/deadline.h"
#include "sys/log.h"

/* All that a configuration can name, and the control socket. */
#define SERVE_LISTENERS_MAX 33

struct serve_peer;
struct serve_session;
struct serve_ticket;

struct serve {
    struct loop *loop;
    struct serve_config config;
    const struct serve_sockets *sockets;
    struct registry *registry;
    struct alert_engine *alerts;
    struct live *live;
    struct token_table tokens;
    struct credential_table credentials;
    struct document_table documents;

    struct listener listeners[SERVE_LISTENERS_MAX];
    char *listen_hosts[SERVE_LISTENERS_MAX]; /* NULL: the control socket */
    size_t listener_count;
    bool listens_everywhere; /* one of them is 0.0.0.0 or :: */

    struct serve_peer *peers;
    uint32_t peer_count;
    struct handshakes handshakes;

    struct serve_session **sessions; /* by slot; NULL: free */
    size_t session_slots, session_cap;
    uint32_t session_count;
    uint32_t session_search;         /* no slot before this is free */
    struct strmap sessions_by_sid;   /* to slots */
    struct serve_session *unflushed; /* polling sessions with something to hand out */

    struct command *waiting; /* answered, but the follower has not reached their seq */
    uint32_t tickets;        /* answers that commands and queries owe */
    uint32_t streams;        /* answers of several parts under way */
    size_t write_bytes;      /* of writes that wait for their commit */

    struct serve_deadlines deadlines;
    struct loop_timer timer;
    mono_ns timer_at;
    mono_ns live_due;
    struct log_gate refused_log; /* hosts and origins: a hint for whoever configures */
    bool live_touched;           /* something happened that may have made a tick due sooner */
    bool draining;
};

static inline struct moment serve_now(const struct serve *s)
{
    return (struct moment){s->loop->wall_ms, s->loop->mono_ns};
}

#endif
