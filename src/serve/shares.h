/* SPDX-License-Identifier: Apache-2.0 */
/* The links to dashboards that work now, and who follows them. They are read from the documents
 * whenever a share or a dashboard changes: a link that was revoked, or whose dashboard is gone,
 * ends with its sessions at once, and one whose time is up within a second. */
#ifndef TELLTALE_SERVE_SHARES_H
#define TELLTALE_SERVE_SHARES_H

#include "serve/session.h"
#include "share/share.h"

struct serve_share {
    char id[DOCUMENT_ID_MAX + 1];
    struct share share; /* its slices are of the document, and not used here */
    const struct document *dashboard;
    struct share_scope scope;
    struct live_shared *live;
    struct serve_session **sessions;
    size_t session_count, session_cap;
};

/* The share of a secret, while it lasts; NULL: there is none. Compares all in constant time.
 * Ownership: borrowed until documents change. */
struct serve_share *serve_share_find(const struct serve *s, struct bytes secret);

/* Who watches the share with this id now. */
size_t serve_share_viewers(const struct serve *s, struct bytes id);

/* A batch was applied to the documents. */
void serve_shares_follow(struct serve *s, const struct batch *b);

/* At the end of a turn: sends what is due, ends what is over. */
void serve_shares_turn(struct serve *s);

/* When the next turn is needed; UINT64_MAX while nobody watches. */
mono_ns serve_shares_due(const struct serve *s);

void serve_shares_free(struct serve *s);

/* The namespace of those who follow a link; see struct serve_namespace. */
const char *serve_share_enter(struct serve_session *ss, struct json_text token);
void serve_share_joined(struct serve_session *ss, struct bytes payload);
void serve_share_event(struct serve_session *ss, const struct serve_event *e);
void serve_share_left(struct serve_session *ss);

#endif
