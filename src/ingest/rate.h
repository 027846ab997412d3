/* SPDX-License-Identifier: Apache-2.0 */
/* How fast a client may send: a bucket that fills at `per_second` messages and holds a second's
 * worth, kept as one number, the moment when it would be full again. Sans-I/O. Private to this
 * folder. */
#ifndef TELLTALE_INGEST_RATE_H
#define TELLTALE_INGEST_RATE_H

#include "model/time.h"

#define RATE_BURST_NS MONO_MS(1000)

/* Spends one message of `per_second` (not 0); `*full_at` begins as 0. Messages may be spent beyond
 * what there is, since those that were read can't go back. */
static inline void rate_spend(mono_ns *full_at, uint32_t per_second, mono_ns now)
{
    mono_ns from = *full_at > now ? *full_at : now;
    *full_at = from + 1000000000u / per_second;
}

/* Whether more was spent than there was, so that nothing should be read for now. */
static inline bool rate_is_over(mono_ns full_at, mono_ns now)
{
    return full_at > now + RATE_BURST_NS;
}

/* When a bucket that is over may be spent from again. */
static inline mono_ns rate_ready_at(mono_ns full_at)
{
    return full_at - RATE_BURST_NS;
}

#endif
