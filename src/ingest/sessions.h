/* SPDX-License-Identifier: Apache-2.0 */
/* Sessions by client id, and the number that stands for each: as `carrier` outside this folder, as
 * subscriber in subs. What the protocol lets outlive a connection is in here: what is owed to the
 * peer, what it sent, its will.
 *
 *     free ──open──► connected ──leave──► offline ──free──► free
 *                       ▲                    │
 *                       └───────open─────────┘
 *
 * An offline session is kept as long as one of these is to come: the end of the carrier's grace,
 * the will, the expiry. When the table is full, the one that is offline for longest makes room. In
 * memory only: a restart of the program ends all sessions. Sans-I/O. Private to this folder. */
#ifndef TELLTALE_INGEST_SESSIONS_H
#define TELLTALE_INGEST_SESSIONS_H

#include "base/strmap.h"
#include "ingest/inbox.h"
#include "ingest/outbox.h"
#include "model/access.h"

#define SESSION_NONE  UINT32_MAX
#define SESSION_NEVER UINT32_MAX /* expiry_s: as long as we keep any */

struct client;

struct session {
    uint32_t number;
    uint32_t previous, next; /* among the offline, the longest first; `next` also of the free */
    struct client *client;   /* NULL while offline */
    char *client_id;         /* NULL when free */
    struct principal principal;
    uint32_t client_id_len;
    uint32_t expiry_s;     /* after its connection; 0: it ends with it */
    mono_ns expires_at;    /* offline only: the end of what MQTT keeps */
    mono_ns carrier_until; /* offline only: when the carrier counts as lost; 0: nothing to tell */
    mono_ns will_at;       /* offline only */
    struct message *will;  /* NULL: none */
    struct outbox outbox;
    struct inbox *inbox; /* NULL until the first message of QoS 1 or 2 */
    uint32_t will_delay_s;
    bool ended; /* offline only: what MQTT keeps is gone, the rest lingers */
};

struct sessions {
    struct session **all;
    size_t count, cap; /* slots ever used */
    uint32_t max;
    uint32_t first_free;
    uint32_t first_offline, last_offline;
    uint32_t live;         /* not free */
    size_t outbox_entries; /* of all sessions */
    struct strmap by_id;
};

/* At most `max` sessions, offline ones included. */
void sessions_init(struct sessions *s, struct hash_key key, uint32_t max);
void sessions_fini(struct sessions *s);

/* The session of `client_id`, which is not empty, or NULL. */
struct session *sessions_find(const struct sessions *s, struct bytes client_id);

/* A new session, which counts as connected. NULL when there are too many; sessions_oldest may help.
 */
struct session *sessions_open(struct sessions *s, struct bytes client_id);

/* Session `number`, which is not free. */
static inline struct session *sessions_at(const struct sessions *s, uint32_t number)
{
    return s->all[number];
}

/* Its connection is gone, or one has come. */
void sessions_leave(struct sessions *s, struct session *x);
void sessions_return(struct sessions *s, struct session *x);

/* The session that is offline for longest, or the one that follows `x` in that order; NULL: none.
 */
struct session *sessions_oldest(const struct sessions *s);
struct session *sessions_younger(const struct sessions *s, const struct session *x);

/* Forgets what MQTT keeps: messages either way, but not the will. */
void session_forget(struct session *x);

/* Ends a session, connected or offline; its number is free. */
void sessions_free(struct sessions *s, struct session *x);

static inline struct bytes session_client_id(const struct session *x)
{
    return bytes_of(x->client_id, x->client_id_len);
}

/* Its inbox, made when first needed. */
struct inbox *session_inbox(struct session *x);

#endif
