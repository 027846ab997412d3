/* SPDX-License-Identifier: Apache-2.0 */
/* What others may know of a link while it works. Written by the ingest thread, read by any: each
 * word by itself is right, and a reader may see one of them a moment before the next. Private to
 * this folder. */
#ifndef TELLTALE_INGEST_BROKER_STATUS_H
#define TELLTALE_INGEST_BROKER_STATUS_H

#include "ingest/broker_backoff.h"
#include "model/link.h"

#include <stdatomic.h>

/* What failed. id, words, how long to wait */
#define PROBLEM_LIST(X)                                                                            \
    X(PROBLEM_NONE, "", BACKOFF_AWAY)                                                              \
    X(PROBLEM_NO_HOST, "no such host", BACKOFF_AWAY)                                               \
    X(PROBLEM_UNREACHED, "can't be reached", BACKOFF_AWAY)                                         \
    X(PROBLEM_TLS, "TLS", BACKOFF_AWAY)                                                            \
    X(PROBLEM_SILENT, "it stopped answering", BACKOFF_AWAY)                                        \
    X(PROBLEM_LOST, "the connection was lost", BACKOFF_AWAY)                                       \
    X(PROBLEM_PROTOCOL, "it broke the protocol", BACKOFF_AWAY)                                     \
    X(PROBLEM_BUSY, "it takes nobody now", BACKOFF_AWAY)                                           \
    X(PROBLEM_ENDED, "it ended the connection", BACKOFF_AWAY)                                      \
    X(PROBLEM_REFUSED, "it refuses us", BACKOFF_REFUSED)                                           \
    X(PROBLEM_TAKEN_OVER, "another client uses our client id", BACKOFF_REFUSED)                    \
    X(PROBLEM_SUBSCRIBE, "subscribe refused", BACKOFF_AWAY)

enum problem_kind {
#define PROBLEM_ENUM(id, words, wait) id,
    PROBLEM_LIST(PROBLEM_ENUM)
#undef PROBLEM_ENUM
};

struct problem {
    enum problem_kind kind;
    const char *detail; /* NULL, or text that lives as long as the link */
};

struct broker_status {
    _Atomic uint32_t state; /* enum link_state */
    _Atomic bool connected;
    _Atomic wall_ms since;
    _Atomic uint32_t version;
    _Atomic bool session_present;
    _Atomic uint64_t reconnects;
    _Atomic uint64_t messages;
    _Atomic uint32_t problem; /* enum problem_kind */
    _Atomic(const char *) detail;
    _Atomic wall_ms problem_at;
};

void broker_status_set(struct broker_status *s, enum link_state state, wall_ms now);
void broker_status_problem(struct broker_status *s, struct problem p, wall_ms now);

/* "it refuses us: not authorized" */
void problem_text(struct problem p, char out[LINK_PROBLEM_BYTES]);
enum backoff_kind problem_backoff(enum problem_kind kind);

/* Fills what is known here. Thread: any. */
void broker_status_view(const struct broker_status *s, struct link_view *out);

#endif
