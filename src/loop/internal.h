/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of loop/ share. */
#ifndef TELLTALE_LOOP_INTERNAL_H
#define TELLTALE_LOOP_INTERNAL_H

#include "loop/loop.h"

#include <sys/uio.h>

/* Called by whatever runs first after the loop waited: reads the time, once a turn. */
void loop_woke(struct loop *l);

/* Delivers what was posted before this turn, once a turn. */
void mailboxes_empty(struct loop *l);

/* ---- flush.c ---- */

/* Sends what this turn queued. */
void conn_flush_all(struct loop *l);

/* Has conn_flush called at the end of the turn; or no more, since the connection ends. */
void conn_want_flush(struct conn *c);
void conn_forget_flush(struct conn *c);

/* ---- conn.c ---- */

/* Frames a send: a burst of a hundred readings leaves in one, which costs half of what two do. More
 * would cost stack, 16 bytes each, and the kernel's buffer is full by then. */
#define CONN_SEND_FRAMES 256

/* What a plain connection has to send now, as parts of which the frames keep the bytes. Returns how
 * many, at most CONN_SEND_FRAMES. */
unsigned conn_gather(struct conn *c, struct iovec parts[CONN_SEND_FRAMES]);

/* A send of what conn_gather gave came to `result`, bytes or -errno: goes on as conn_flush would
 * have after the same. */
void conn_sent(struct conn *c, int result);

#endif
