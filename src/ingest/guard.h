/* SPDX-License-Identifier: Apache-2.0 */
/* Who guesses passwords: failed log-ins by address, and how long the answer to one waits. A secret
 * of ours can't be guessed; what is slowed is the work and the noise of trying. Those who log in
 * well from the same address are not held up.
 *
 * A fixed table under a keyed hash: when its place is full, an address takes that of the one that
 * failed longest ago. IPv6 addresses count by their network of 64 bits, which one host has whole.
 * Sans-I/O. Private to this folder. */
#ifndef TELLTALE_INGEST_GUARD_H
#define TELLTALE_INGEST_GUARD_H

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

/* Notes a failed log-in from `address` (as text) and returns how long its answer should wait: not
 * at all for the first three, then 1 s, doubling to 16 s. One failure is forgiven each 10 s. */
mono_ns guard_failed(struct guard *g, const char *address, mono_ns now);

#endif
