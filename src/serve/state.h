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
#include "model/account.h"
#include "model/credential.h"
#include "model/document.h"
#include "model/guard.h"
#include "model/limits.h"
#include "serve/deadline.h"
#include "sys/log.h"

/* All that a configuration can name, and the control socket. */
#define SERVE_LISTENERS_MAX 33

struct serve_peer;
struct serve_session;
struct serve_ticket;

/* How often the live side sends under load; see pace.c. */
struct serve_pace {
    mono_ns worked; /* the turn in which it last had something to do, until its time is known */
    mono_ns due;    /* nothing is sent before */
    struct batch *gathered[LIMIT_GATHERED_BATCHES];
    size_t count;
};

struct serve_share;

/* Links to dashboards; see shares.h. */
struct serve_shares {
    struct serve_share **rows;
    size_t count, cap;
    mono_ns due;      /* the next second of those who watch */
    uint32_t queries; /* history questions under way */
};

struct serve_password;

/* Passwords that are looked at, one at a time; see passwords.c. */
struct serve_passwords {
    struct serve_password *running;
    struct serve_password *first, *last; /* those that wait */
    uint32_t waiting;
    struct guard by_address, by_account;
};

struct serve_search;
struct serve_window;

/* Searches over the fleet and who waits for a window of one; see searches.c. */
struct serve_searches {
    struct serve_search *rows[LIMIT_SEARCHES];
    size_t count;
    struct serve_window *windows; /* LIMIT_SEARCH_WAITERS */
    size_t waiting;
};

struct serve {
    struct loop *loop;
    struct serve_config config;
    const struct serve_sockets *sockets;
    struct registry *registry;
    struct alert_engine *alerts;
    struct live *live;
    char *build;
    struct token_table tokens;
    struct account_table accounts;
    bool claimed; /* there is, or was, a token or an account */
    struct serve_passwords passwords;
    struct credential_table credentials;
    struct document_table documents;
    struct serve_shares shares;
    struct serve_searches searches;

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
    struct strmap sessions_by_pid;   /* likewise, those away included */
    uint32_t away_count;             /* of session_count */
    struct serve_session *unflushed; /* polling sessions with something to hand out */

    struct frame *event_source, *event_text; /* of the last event that a stream was sent */

    struct command *waiting; /* answered, but the follower has not reached their seq */
    uint32_t tickets;        /* answers that commands and queries owe */
    uint32_t streams;        /* answers of several parts under way */
    size_t write_bytes;      /* of writes that wait for their commit */

    struct serve_deadlines deadlines;
    struct loop_timer timer;
    mono_ns timer_at;
    mono_ns live_due;
    struct log_gate refused_log; /* hosts and origins: a hint for whoever configures */
    struct serve_pace pace;
    bool live_touched; /* something happened that may have made a tick due sooner */
    bool draining;
};

static inline struct moment serve_now(const struct serve *s)
{
    return (struct moment){s->loop->wall_ms, s->loop->mono_ns};
}

/* Applies what was gathered: before anybody is answered, so that nobody misses in an answer what
 * was acknowledged to a device before. */
void serve_catch_up(struct serve *s);

/* ---- pace.c ---- */

/* Whether the live side may send in this turn; else nothing but what can't wait. */
bool serve_pace_open(struct serve *s);
/* It has something to do in this turn, whose time is to be looked at. */
void serve_pace_works(struct serve *s);
/* Keeps a batch for the next tick. False: it must be applied now, after those that wait. */
bool serve_pace_gather(struct serve *s, const struct batch *b);
/* Hands what was gathered to `apply`, the oldest first. */
void serve_pace_release(struct serve *s, void (*apply)(struct serve *s, const struct batch *b));
/* Forgets what was gathered. */
void serve_pace_drop(struct serve *s);
/* When what waits is due; UINT64_MAX when nothing does. */
mono_ns serve_pace_next(const struct serve *s);

#endif
