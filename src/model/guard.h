/* SPDX-License-Identifier: Apache-2.0 */
/* Who guesses passwords: failed log-ins by address or by account, and how long the answer to one,
 * or the next try, waits.
 *
 * A fixed table under a keyed hash: when its place is full, a name takes that of the one that
 * failed longest ago. IPv6 addresses count by their network of 64 bits, which one host has whole.
 * Pure. */
#ifndef TELLTALE_MODEL_GUARD_H
#define TELLTALE_MODEL_GUARD_H

#include "base/hash.h"
#include "model/time.h"

#define GUARD_SETS 256
#define GUARD_WAYS 4

struct guard_entry {
    uint64_t address; /* its hash; 0: free */
    mono_ns last;     /* failure */
    uint32_t failures;
};

struct guard {
    struct hash_key key;
    struct guard_entry entries[GUARD_SETS][GUARD_WAYS];
};

/* Notes a failed log-in from `name` (an address as text, or an account) and returns how long its
 * answer, or the next try, should wait: not at all for the first three, then 1 s, doubling to 16 s.
 * One failure is forgiven each 10 s. */
mono_ns guard_failed(struct guard *g, const char *name, mono_ns now);

/* How long `name` still has to wait; 0: it may try. */
mono_ns guard_held(const struct guard *g, const char *name, mono_ns now);

/* A try that was noted as failed before it was judged was right. */
void guard_forgive(struct guard *g, const char *name);

#endif
