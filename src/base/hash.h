/* SPDX-License-Identifier: Apache-2.0 */
/* SipHash-1-3 (Aumasson and Bernstein, 2012; one and three rounds as in many language run-times):
 * a keyed hash for tables over strings that peers choose. The key is random a process, so nobody
 * outside can aim at one bucket. See docs/adr for why it is our own. */
#ifndef TELLTALE_BASE_HASH_H
#define TELLTALE_BASE_HASH_H

#include "base/bytes.h"

struct hash_key {
    uint64_t k0;
    uint64_t k1;
};

uint64_t hash_bytes(struct hash_key key, struct bytes b);

#endif
