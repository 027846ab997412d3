/* SPDX-License-Identifier: Apache-2.0 */
/* Acknowledgements (PUBACK of QoS 1, PUBREC of QoS 2) that wait until their batch is durable: one
 * queue for all connections, in the order of the messages. Batches are numbered in that order too,
 * so what became durable is always at the front, and the order within a connection comes by itself.
 *
 * A read of one connection makes a run: messages of one connection, batch, kind and moment share an
 * entry and cost two bytes each. Sans-I/O. Private to this folder. */
#ifndef TELLTALE_INGEST_ACKS_H
#define TELLTALE_INGEST_ACKS_H

#include "base/base.h"
#include "model/time.h"

/* A connection as the queue knows it; the generation tells it from a later one in the same slot. */
struct ack_owner {
    uint32_t slot;
    uint32_t generation;
};

/* What kind of acknowledgement: all of a run are alike. */
struct ack_kind {
    uint8_t qos;  /* of the message: 1 or 2 */
    uint8_t code; /* reason of 5.0; 0 in 3.1.1 */
};

struct ack_run {
    uint64_t seq;
    mono_ns since; /* when its messages came */
    struct ack_owner owner;
    uint32_t count;
    struct ack_kind kind;
};

struct acks {
    struct ack_run *runs; /* ring */
    uint16_t *ids;        /* ring */
    size_t runs_cap, runs_first, runs_count;
    size_t ids_cap, ids_first, ids_count;
};

/* Starts zeroed. */
void acks_fini(struct acks *a);

/* Appends packet id `id`. A seq below the last one's waits with the last one. */
void acks_push(struct acks *a, struct ack_owner owner, uint64_t seq, mono_ns now, uint16_t id,
               struct ack_kind kind);

/* The run in front if its batch is among those up to `durable`; false when none is. */
bool acks_ready(const struct acks *a, uint64_t durable, struct ack_run *run);

/* Takes up to `max` ids of the run in front, in order; returns how many. */
size_t acks_take(struct acks *a, uint16_t *ids, size_t max);

#endif
