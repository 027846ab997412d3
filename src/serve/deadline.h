/* SPDX-License-Identifier: Apache-2.0 */
/* Deadlines without a timer each: every kind waits equally long, so a list in order of setting is
 * in order of time. Setting and clearing are a few pointers; an idle client costs no timer. Kinds
 * with a grid are due on it, so that those of many clients come in one turn and share its sends.
 *
 * Pure: `now` is an argument. */
#ifndef TELLTALE_SERVE_DEADLINE_H
#define TELLTALE_SERVE_DEADLINE_H

#include "model/time.h"

#include "base/base.h"

enum serve_deadline_kind {
    SERVE_DEADLINE_HEAD,        /* of a connection: a whole head */
    SERVE_DEADLINE_BODY,        /* a whole body */
    SERVE_DEADLINE_ANSWER,      /* an answer that a command or query owes */
    SERVE_DEADLINE_IDLE,        /* the next request, and the last answer taken */
    SERVE_DEADLINE_LINGER,      /* the peer's own end */
    SERVE_DEADLINE_PING,        /* of a session: the next ping */
    SERVE_DEADLINE_PONG,        /* its answer */
    SERVE_DEADLINE_CONNECT,     /* a CONNECT that is accepted */
    SERVE_DEADLINE_ATTACHMENTS, /* the binary parts of a packet */
    SERVE_DEADLINE_UPGRADE,     /* the end of a probe */
    SERVE_DEADLINE_AWAY,        /* the return of a client whose connection was lost */
    SERVE_DEADLINE_KINDS
};

/* Embed it, zeroed. */
struct serve_deadline {
    struct serve_deadline *prev, *next; /* NULL: not set */
    mono_ns at;
    enum serve_deadline_kind kind;
};

struct serve_deadlines {
    struct serve_deadline lists[SERVE_DEADLINE_KINDS];
    uint64_t after_ms[SERVE_DEADLINE_KINDS];
    uint64_t grid_ms[SERVE_DEADLINE_KINDS]; /* 0: none */
};

/* Every kind waits 0 ms, on no grid, until the caller sets after_ms and grid_ms. */
void serve_deadlines_init(struct serve_deadlines *all);

/* Sets, or sets anew. */
void serve_deadline_set(struct serve_deadlines *all, struct serve_deadline *d,
                        enum serve_deadline_kind kind, mono_ns now);
void serve_deadline_clear(struct serve_deadline *d);

static inline bool serve_deadline_is_set(const struct serve_deadline *d)
{
    return d->next != NULL;
}

/* Takes one that is due off its list, or NULL. */
struct serve_deadline *serve_deadlines_take_due(struct serve_deadlines *all, mono_ns now);

/* When the next is due; UINT64_MAX when none is set. */
mono_ns serve_deadlines_next(const struct serve_deadlines *all);

#endif
