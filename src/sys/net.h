/* SPDX-License-Identifier: Apache-2.0 */
/* Sockets. Everything that is returned is non-blocking and closed on exec. */
#ifndef TELLTALE_SYS_NET_H
#define TELLTALE_SYS_NET_H

#include "base/bytes.h"
#include "base/err.h"

#include <netinet/in.h>

struct net_address {
    struct sockaddr_storage socket;
    socklen_t len;
};

/* An address as text with its port apart; "::1" has no brackets here. */
struct net_name {
    char host[INET6_ADDRSTRLEN];
    uint16_t port;
};

/* Reads a numeric IPv4 or IPv6 address. Errors: ERR_INVALID. */
MUST_CHECK enum err net_address_parse(const char *host, uint16_t port, struct net_address *a);

bool net_is_loopback(const struct net_address *a);

/* Whether one of this machine's interfaces has this address now, whatever the port. */
bool net_is_ours(const struct net_address *a);

/* A listening TCP socket; port 0 takes a free one. `name` tells where it listens. An IPv6 socket
 * listens on IPv6 only.
 * Errors: ERR_BUSY the port is in use;  ERR_DENIED not permitted;  ERR_NOT_FOUND no such address
 * here;  ERR_IO. */
MUST_CHECK enum err net_listen(const struct net_address *a, int *fd, struct net_name *name);

/* A listening socket in the file system, mode 0600; what an earlier process left there is replaced.
 * Errors: ERR_TOO_LARGE the path is too long for a socket;  ERR_IO. */
MUST_CHECK enum err net_listen_unix(const char *path, int *fd);

/* Lets the kernel hold at most about `bytes` that it has not sent yet: a peer that takes too little
 * is felt here before megabytes of the past wait for it. */
void net_limit_unsent(int fd, int bytes);

/* Connects to a socket in the file system, blocking. Errors: ERR_NOT_FOUND nobody listens;  ERR_IO.
 */
MUST_CHECK enum err net_connect_unix(const char *path, int *fd);

/* Connects to a numeric address, blocking. Errors: ERR_NOT_FOUND nobody listens;  ERR_IO. */
MUST_CHECK enum err net_connect(const struct net_address *a, int *fd);

#endif
