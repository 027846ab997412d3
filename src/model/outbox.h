/* SPDX-License-Identifier: Apache-2.0 */
/* What is owed to people: one row for each alert, event, channel and target. Planned by the notify
 * thread, kept by the store, and never sent before it is durable. */
#ifndef TELLTALE_MODEL_OUTBOX_H
#define TELLTALE_MODEL_OUTBOX_H

#include "model/time.h"

#include "base/bytes.h"

#define OUTBOX_STATE_LIST(X)                                                                       \
    X(OUTBOX_WAITING, "waiting")                                                                   \
    X(OUTBOX_SENT, "sent")                                                                         \
    X(OUTBOX_FAILED, "failed")                                                                     \
    X(OUTBOX_CANCELLED, "cancelled") /* nobody needs to know any more */

enum outbox_state {
#define OUTBOX_STATE_ENUM(name, text) name,
    OUTBOX_STATE_LIST(OUTBOX_STATE_ENUM)
#undef OUTBOX_STATE_ENUM
        OUTBOX_STATE_COUNT
};

/* Texts are owned and NUL-terminated. */
struct outbox_row {
    char *key;     /* unique: alert, event, channel, target and step */
    char *alert;   /* id */
    char *channel; /* id of its document, or `push` */
    char *target;  /* subscription or address within the channel; may be empty */
    char *event;   /* firing, acknowledged, resolved */
    char *group;   /* rows of one group may share a message */
    char *payload; /* the alert as it was, JSON */
    char *error;   /* of the last attempt; may be empty */
    uint32_t step; /* of an escalation, from 0 */
    enum outbox_state state;
    uint32_t attempts;
    uint64_t number;    /* of what the store reads */
    bool open;          /* of what the store loads: the alert is not over */
    bool hushed;        /* its alert fell quiet before or after it was told */
    uint64_t repeat_ms; /* told again while nobody acknowledges; 0: once */
    wall_ms due;
    wall_ms created;
    wall_ms updated;
    struct outbox_row *next; /* in a list of somebody */
};

/* A copy of all but `next`, NULL texts as empty ones. Ownership: the caller's. */
struct outbox_row *outbox_row_copy(const struct outbox_row *row);

/* NULL is fine. */
void outbox_row_free(struct outbox_row *row);

const char *outbox_state_text(enum outbox_state state);
/* Errors: ERR_INVALID. */
MUST_CHECK enum err outbox_state_parse(struct bytes text, enum outbox_state *state);

/* What the notify thread asks the store to keep: new rows (kept unless their key is known), changed
 * ones, and up to where alerts were planned. Goes to the storage thread and comes back once it is
 * durable. */
struct outbox_write {
    struct outbox_row *added;
    struct outbox_row *changed;
    uint64_t planned_seq; /* transitions up to this batch have their rows; 0: as before */
    uint64_t number;      /* the writer's own */
    struct outbox_write *next;
};

struct outbox_write *outbox_write_new(void);
void outbox_write_free(struct outbox_write *w);

#endif
