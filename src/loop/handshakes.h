/* SPDX-License-Identifier: Apache-2.0 */
/* How many handshakes of each address are unfinished: connections that have not sent a request, and
 * sessions that nobody has been accepted on. What one address may hold open is capped by it. */
#ifndef TELLTALE_LOOP_HANDSHAKES_H
#define TELLTALE_LOOP_HANDSHAKES_H

#include "base/strmap.h"
#include "loop/loop.h"

#define NO_HANDSHAKE UINT32_MAX

struct handshakes_of {
    struct peer_address name;
    uint32_t count; /* 0: the slot is free */
};

struct handshakes {
    struct strmap by_name;
    struct handshakes_of *slots;
    size_t count, cap;
    uint32_t max; /* of one address */
};

void handshakes_init(struct handshakes *a, struct hash_key key, uint32_t max);
void handshakes_fini(struct handshakes *a);

/* Counts one more; gives the slot that handshakes_leave takes. Errors: ERR_FULL. */
MUST_CHECK enum err handshakes_enter(struct handshakes *a, const struct peer_address *name,
                                     uint32_t *slot);

/* The address that a slot is of; "" for NO_HANDSHAKE. Borrowed while it is entered. */
const char *handshakes_name(const struct handshakes *a, uint32_t slot);

/* One less, and *slot becomes NO_HANDSHAKE; nothing happens when it is that already. */
void handshakes_leave(struct handshakes *a, uint32_t *slot);

#endif
