/* SPDX-License-Identifier: Apache-2.0 */
/* What a session still owes its peer: messages of QoS 1 and 2 in the order in which they came. The
 * ones in front were sent and wait for their acknowledgement, the rest waits to be sent. An entry
 * keeps its packet id until it is done, over cut connections too.
 *
 *     WAITING ─sent─► SENT ─PUBACK─► done             QoS 1
 *                       └──PUBREC──► RELEASED ─PUBCOMP─► done     QoS 2
 *
 * Ids are given out in the order of sending, so an id says where its entry is. Sans-I/O. Private to
 * this folder. */
#ifndef TELLTALE_INGEST_OUTBOX_H
#define TELLTALE_INGEST_OUTBOX_H

#include "ingest/message.h"

enum outbox_state { OUTBOX_WAITING, OUTBOX_SENT, OUTBOX_RELEASED, OUTBOX_DONE };

struct outbox_entry {
    struct message *message; /* NULL when done, and once released */
    uint32_t *ids;           /* subscription identifiers, their number first; NULL: none */
    uint16_t id;             /* 0 while it waits */
    uint8_t qos;
    uint8_t state;
    bool retain; /* the flag that the subscriber gets */
};

struct outbox {
    size_t *total; /* entries of all outboxes that are not done, these included */
    struct outbox_entry *ring;
    uint32_t cap, first, count; /* done ones between others included */
    uint32_t sent;              /* entries in front that were sent once */
    uint32_t current;           /* of these, the ones in front that were over this connection */
    uint32_t live;              /* not done */
    uint32_t in_flight;         /* sent over this connection and not done */
    uint16_t next_id;           /* 1..65535 */
    uint64_t turn;              /* what live_before is of */
    uint32_t live_before;       /* live at the begin of that turn */
};

/* Starts zeroed but for `total`. Empties it; it is usable again. */
void outbox_fini(struct outbox *o);

/* Adds a message at the end. Ownership: takes a reference of its own, and takes over `take_ids`.
 * Errors: ERR_FULL  LIMIT_OUTBOX_MESSAGES waited when this turn began, or LIMIT_OUTBOX_BURST wait
 *                   now, or LIMIT_OUTBOX_ENTRIES in all outboxes; nothing was taken. */
MUST_CHECK enum err outbox_push(struct outbox *o, const struct outbox_entry *entry, uint64_t turn);

/* A new connection begins: what was sent and is not done has to be sent again. */
void outbox_restart(struct outbox *o);

/* The entry to send next when at most `window` may be in flight, NULL when there is none. SENT: its
 * message, again; RELEASED: PUBREL, again. */
struct outbox_entry *outbox_next(struct outbox *o, uint32_t window);

/* It is being sent: gives it its packet id if it has none. Requires the result of outbox_next. */
void outbox_sent(struct outbox *o);

/* Drops the entry that is next. Requires the result of outbox_next. */
void outbox_skip(struct outbox *o);

/* What the peer acknowledged: PUBACK, PUBCOMP or a failed PUBREC; and PUBREC, where again is fine.
 * False when no entry of this connection with this id waits for that. */
bool outbox_done(struct outbox *o, uint16_t id, uint8_t qos);
bool outbox_received(struct outbox *o, uint16_t id);

#endif
