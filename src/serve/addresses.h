/* SPDX-License-Identifier: Apache-2.0 */
/* How many handshakes of each address are unfinished: connections that have not sent a request, and
 * sessions that nobody has been accepted on. What one address may hold open is capped by it. */
#ifndef TELLTALE_SERVE_ADDRESSES_H
#define TELLTALE_SERVE_ADDRESSES_H

#include "base/strmap.h"
#include "loop/loop.h"

#define SERVE_NO_ADDRESS UINT32_MAX

struct serve_address {
    struct peer_address name;
    uint32_t count; /* 0: the slot is free */
};

struct serve_addresses {
    struct strmap by_name;
    struct serve_address *slots;
    size_t count, cap;
    uint32_t max; /* of one address */
};

void serve_addresses_init(struct serve_addresses *a, struct hash_key key, uint32_t max);
void serve_addresses_fini(struct serve_addresses *a);

/* Counts one more; gives the slot that serve_addresses_leave takes. Errors: ERR_FULL. */
MUST_CHECK enum err serve_addresses_enter(struct serve_addresses *a,
                                          const struct peer_address *name, uint32_t *slot);

/* One less, and *slot becomes SERVE_NO_ADDRESS; nothing happens when it is that already. */
void serve_addresses_leave(struct serve_addresses *a, uint32_t *slot);

#endif
