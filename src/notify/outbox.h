/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of the outbox. */
#ifndef TELLTALE_NOTIFY_OUTBOX_H
#define TELLTALE_NOTIFY_OUTBOX_H

#include "notify/parts.h"

struct outbox_item {
    struct outbox_row *row;
    uint32_t hash; /* of its key */
    uint32_t gate; /* index; gates stay where they are */
    enum severity severity;
    uint64_t write;   /* durable once the store has it; 0: it is */
    uint64_t message; /* under way with it; 0: it is not */
    bool digest;      /* beyond the budget of its channel */
};

/* When a group had its last message. */
struct outbox_group {
    char *name;
    uint64_t interval_ms;
    wall_ms last;
};

/* How a channel is, or one browser of it. */
struct outbox_gate {
    char *name; /* channel, and for browsers a space and the target */
    char *channel;
    uint32_t busy;     /* messages under way */
    uint32_t failures; /* in a row */
    wall_ms failing_since;
    wall_ms closed_until;
    wall_ms sent[NOTIFY_BUDGET_MAX]; /* ring of the newest */
    size_t sent_count;
    bool dead;  /* it is taken for dead */
    bool told;  /* what of it was said, and */
    bool known; /* whether anything was: an earlier process may have said that it is dead */
    char error[160];
};

/* ---- outbox_gate.c ---- */

/* The gate of a channel and target, a new one where there is none yet. */
struct outbox_gate *outbox_gate_of(struct notify_outbox *o, const char *channel, const char *target,
                                   wall_ms now);
bool outbox_gate_open(const struct outbox_gate *g, wall_ms now);
void outbox_gate_sent(struct outbox_gate *g, wall_ms now);
void outbox_gate_failed(struct notify_outbox *o, struct outbox_gate *g,
                        const struct notify_result *result, uint32_t random, wall_ms now);
/* When a channel with this budget may send again: `now` or before when it may. */
wall_ms outbox_gate_budget(const struct outbox_gate *g, uint32_t budget, wall_ms now);

/* When a row of the group may go; counts as its message when that is now. */
wall_ms outbox_group_due(struct notify_outbox *o, const struct outbox_row *row,
                         uint64_t interval_ms, wall_ms now);
void outbox_group_sent(struct notify_outbox *o, const struct outbox_row *row, wall_ms now);

/* ---- outbox.c ---- */

/* Adds a copy of a new row, unless its key is known or there is no room; to `w` too. */
struct outbox_item *outbox_add(struct notify_outbox *o, const struct outbox_row *row,
                               struct outbox_write *w, wall_ms now);

/* Notes that the row changed. */
void outbox_changed(struct outbox_item *item, struct outbox_write *w, wall_ms now);

/* What marks the key of a row that tells the same again; the time follows. */
#define OUTBOX_AGAIN "|again@"

static inline bool outbox_is_again(const struct outbox_row *row)
{
    return strstr(row->key, OUTBOX_AGAIN) != NULL;
}

/* Forgets rows that nobody will ask for. */
void outbox_sweep(struct notify_outbox *o);

/* Numbers a write that holds something, or frees it. */
struct outbox_write *outbox_hand_out(struct notify_outbox *o, struct outbox_write *w);

#endif
