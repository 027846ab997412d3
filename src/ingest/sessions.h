/* SPDX-License-Identifier: Apache-2.0 */
/* Who is connected, by client id, and the number (`carrier`) that stands for each outside this
 * folder. A session whose connection was lost keeps its number for a grace period; a client of the
 * same id that comes within it goes on under the same number.
 *
 * Nothing else outlives a connection: subscriptions end with it, which CONNACK says (its session
 * present flag is never set). A session is in one of three states:
 *
 *     free ──open──► connected ──close──► free
 *                     ▲     │
 *                    open  lose
 *                     │     ▼
 *                      lost ──expire──► free
 *
 * Sans-I/O. Private to this folder. */
#ifndef TELLTALE_INGEST_SESSIONS_H
#define TELLTALE_INGEST_SESSIONS_H

#include "base/strmap.h"
#include "model/time.h"

#define SESSION_NONE UINT32_MAX

struct session; /* sessions.c */

struct sessions {
    struct session *all;
    size_t count; /* slots ever used */
    size_t cap;
    uint32_t max;
    uint32_t first_free;
    uint32_t first_lost; /* by the moment they expire, soonest first */
    uint32_t last_lost;
    struct strmap by_id;
};

/* At most `max` sessions, lost ones included. */
void sessions_init(struct sessions *s, struct hash_key key, uint32_t max);
void sessions_fini(struct sessions *s);

/* The session of `client_id`, now of connection `peer`; a new one each time when the id is empty.
 * `previous` is the connection that had it, NULL when none had. Returns SESSION_NONE when full. */
uint32_t sessions_open(struct sessions *s, struct bytes client_id, void *peer, void **previous);

/* The client id of a session that is not free; empty when it has none. Borrowed while it is not. */
struct bytes sessions_client_id(const struct sessions *s, uint32_t n);

/* Ends a connected session; its number is free. */
void sessions_close(struct sessions *s, uint32_t n);

/* A connected session lost its connection; it expires at `until`, which never decreases. */
void sessions_lose(struct sessions *s, uint32_t n, mono_ns until);

/* Ends one session whose grace is over and tells its number; false when there is none. */
bool sessions_expire(struct sessions *s, mono_ns now, uint32_t *n);

#endif
