/* SPDX-License-Identifier: Apache-2.0 */
/* Packet ids of QoS 1 messages on their way to one subscriber: given out in turn, never one that is
 * still unacknowledged. Sans-I/O. Private to this folder. */
#ifndef TELLTALE_INGEST_INFLIGHT_H
#define TELLTALE_INGEST_INFLIGHT_H

#include "base/base.h"

/* Ids that may be out at once: well below 65,535, so that an id means one message only. */
#define INFLIGHT_WINDOW 32768u

struct inflight {
    uint64_t oldest; /* all messages before it are acknowledged */
    uint64_t next;
    uint64_t waiting[INFLIGHT_WINDOW / 64]; /* a bit a message of the window */
};

/* False when the window is full. */
bool inflight_begin(struct inflight *f, uint16_t *id);

/* The peer acknowledged `id`; false when it is not out. */
bool inflight_end(struct inflight *f, uint16_t id);

#endif
