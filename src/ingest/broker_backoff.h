/* SPDX-License-Identifier: Apache-2.0 */
/* How long a link waits before it dials again. Sans-I/O. Private to this folder. */
#ifndef TELLTALE_INGEST_BROKER_BACKOFF_H
#define TELLTALE_INGEST_BROKER_BACKOFF_H

#include "base/base.h"
#include "model/time.h"

/* A broker that is away: from 1 s, doubling to a minute. One that said no to our credentials or our
 * client id: asking again changes nothing until somebody changes something, and looks like an
 * attack, so from half a minute, doubling to 10 minutes. */
enum backoff_kind { BACKOFF_AWAY, BACKOFF_REFUSED };

/* A connection that held this long was a good one: the next wait is short again. One that breaks
 * sooner, again and again, is waited for longer and longer. */
#define BACKOFF_GOOD_NS MONO_MS(10000)

struct backoff {
    uint32_t first_ms;   /* of BACKOFF_AWAY, when not 0 */
    uint32_t next_ms[2]; /* by kind; 0: not waited yet */
};

/* The next wait in ms, uniform within +- 50 % so that many of us don't come back together; `random`
 * is a number nobody can foresee. */
uint32_t backoff_next(struct backoff *b, enum backoff_kind kind, uint64_t random);

/* The connection was up for `up`. */
void backoff_was_up(struct backoff *b, mono_ns up);

#endif
