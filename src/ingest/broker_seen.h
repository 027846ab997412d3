/* SPDX-License-Identifier: Apache-2.0 */
/* What a link remembers of what its broker sent, over lost connections: the packet ids of QoS 2
 * that were received and not released, and the newest messages of QoS 1 and 2 with the batches that
 * hold them, so that one which is sent again is not taken again. Sans-I/O. Private to this folder.
 */
#ifndef TELLTALE_INGEST_BROKER_SEEN_H
#define TELLTALE_INGEST_BROKER_SEEN_H

#include "base/base.h"

/* As many as may be unacknowledged: no broker of 5.0 sends more of them again. */
#define SEEN_RECENT 4096u
#define SEEN_IDS    65536u

struct seen_message {
    uint64_t hash; /* of packet id, topic and payload */
    uint64_t seq;  /* of its batch */
};

struct broker_seen {
    struct seen_message *recent; /* ring; made with the first message */
    uint32_t next;
    uint64_t *ids; /* a bit an id; made with the first QoS 2 message */
};

/* Starts zeroed; usable again afterwards. */
void broker_seen_fini(struct broker_seen *s);

void broker_seen_add(struct broker_seen *s, uint64_t hash, uint64_t seq);

/* Whether the message is among the newest; then `*seq` is what it waits for. */
bool broker_seen_find(const struct broker_seen *s, uint64_t hash, uint64_t *seq);

/* QoS 2: `id` is received; whether it is; it is released, false when it was not received. */
void broker_seen_receive(struct broker_seen *s, uint16_t id);
bool broker_seen_has(const struct broker_seen *s, uint16_t id);
bool broker_seen_release(struct broker_seen *s, uint16_t id);

#endif
