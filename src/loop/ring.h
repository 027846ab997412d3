/* SPDX-License-Identifier: Apache-2.0 */
/* Many sends in one system call, by io_uring. A batch is submitted and reaped in one call: every
 * send carries MSG_DONTWAIT, so the kernel has done with all of them, and with the memory that they
 * name, when the call returns. Nothing is in flight between batches.
 *
 * Thread: one, from open to close. */
#ifndef TELLTALE_LOOP_RING_H
#define TELLTALE_LOOP_RING_H

#include "loop/internal.h"

/* Sends of a batch: the share of the call that each pays is lost among the rest by then. */
#define RING_SENDS 1024u

struct ring;

/* What came of one send. */
struct ring_result {
    struct conn *conn;
    int result; /* bytes, or -errno; -EINTR where it was not tried */
};

/* NULL when the kernel, its settings or a policy forbid it, or it was not built in; `why` says so,
 * static storage. */
struct ring *ring_open(const char **why);
void ring_close(struct ring *r);

/* Room for the parts of one more send, CONN_SEND_FRAMES of them; NULL when the batch is full. */
struct iovec *ring_parts(struct ring *r);

/* Adds a send of the first `count` parts that ring_parts gave; they stay where they are until the
 * batch has left. */
void ring_add(struct ring *r, struct conn *c, unsigned count);

/* Sends the batch and begins a new one. `results` are borrowed until the next ring_parts.
 * Errors: ERR_IO  the ring is of no use any more: close it. The results hold all the same. */
MUST_CHECK enum err ring_send(struct ring *r, const struct ring_result **results, unsigned *count);

#endif
