/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses to listen on, as people write them. */
#ifndef TELLTALE_APP_ADDRESS_H
#define TELLTALE_APP_ADDRESS_H

#include "sys/net.h"

#include "base/err.h"

/* Longest list one text can stand for: localhost is 127.0.0.1 and ::1. */
#define ADDRESS_MAX 2

struct addresses {
    struct net_address at[ADDRESS_MAX];
    size_t count;
    /* The second is taken only where it exists: localhost on a machine without IPv6. */
    bool second_optional;
};

/* Reads "ADDR:PORT": ADDR a numeric IPv4 address, a numeric IPv6 address in brackets, or
 * `localhost`; PORT 0..65535, 0 takes a free one. Errors: ERR_INVALID. */
MUST_CHECK enum err addresses_parse(const char *text, struct addresses *out);

#endif
