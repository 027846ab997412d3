/* SPDX-License-Identifier: Apache-2.0 */
/* What a session remembers of the messages that its peer sent: the packet ids of QoS 2 that were
 * received and not released yet, so that each arrives once, and the last 64 messages of QoS 1, so
 * that one which is sent again after a cut connection is not taken twice. Sans-I/O. Private to this
 * folder. */
#ifndef TELLTALE_INGEST_INBOX_H
#define TELLTALE_INGEST_INBOX_H

#include "base/hash.h"

#define INBOX_RECENT    64u
#define INBOX_ID_CHUNKS 64u

struct inbox {
    uint64_t **chunks; /* INBOX_ID_CHUNKS, a bit an id, 1,024 ids a chunk; NULL: none of them */
    uint32_t ids;      /* received and not released */
    uint64_t *recent;  /* ring of hashes of (id, topic, payload); 0: none */
    uint32_t next_recent;
    uint64_t last_seq; /* newest batch that one of its messages waits for */
};

/* Starts zeroed. */
void inbox_fini(struct inbox *b);

/* The session ends: no id is received any more. */
void inbox_forget_ids(struct inbox *b);

/* Marks `id` as received; false when it was already. */
bool inbox_receive(struct inbox *b, uint16_t id);
bool inbox_has(const struct inbox *b, uint16_t id);
/* The peer released `id`; false when it was not received. */
bool inbox_release(struct inbox *b, uint16_t id);

/* What a message is known by. Not keyed: who finds two alike deceives himself only. */
uint64_t inbox_hash(uint16_t id, struct bytes topic, struct bytes payload);

/* Whether this message is among the recent ones. */
bool inbox_is_recent(const struct inbox *b, uint64_t hash);
void inbox_remember(struct inbox *b, uint64_t hash);

#endif
