/* SPDX-License-Identifier: Apache-2.0 */
#include "sys/net.h"

#include <arpa/inet.h>
#include <errno.h>
#include <ifaddrs.h>
#include <netinet/tcp.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum err net_address_parse(const char *host, uint16_t port, struct net_address *a)
{
    struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = htons(port)};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
    *a = (struct net_address){0};
    if (inet_pton(AF_INET, host, &v4.sin_addr) == 1) {
        memcpy(&a->socket, &v4, sizeof v4);
        a->len = sizeof v4;
        return OK;
    }
    if (inet_pton(AF_INET6, host, &v6.sin6_addr) == 1) {
        memcpy(&a->socket, &v6, sizeof v6);
        a->len = sizeof v6;
        return OK;
    }
    return ERR_INVALID;
}

bool net_is_loopback(const struct net_address *a)
{
    if (a->socket.ss_family == AF_INET) {
        struct sockaddr_in v4;
        memcpy(&v4, &a->socket, sizeof v4);
        return (ntohl(v4.sin_addr.s_addr) >> 24) == 127;
    }
    struct sockaddr_in6 v6;
    memcpy(&v6, &a->socket, sizeof v6);
    return IN6_IS_ADDR_LOOPBACK(&v6.sin6_addr);
}

static bool same_address(const struct sockaddr *s, const struct net_address *a)
{
    if (!s || s->sa_family != a->socket.ss_family) {
        return false;
    }
    if (s->sa_family == AF_INET) {
        struct sockaddr_in x, y;
        memcpy(&x, s, sizeof x);
        memcpy(&y, &a->socket, sizeof y);
        return x.sin_addr.s_addr == y.sin_addr.s_addr;
    }
    struct sockaddr_in6 x, y;
    if (s->sa_family != AF_INET6) {
        return false;
    }
    memcpy(&x, s, sizeof x);
    memcpy(&y, &a->socket, sizeof y);
    return memcmp(&x.sin6_addr, &y.sin6_addr, sizeof x.sin6_addr) == 0;
}

bool net_is_ours(const struct net_address *a)
{
    struct ifaddrs *all = NULL;
    bool found = false;
    if (getifaddrs(&all) != 0) {
        return false;
    }
    for (struct ifaddrs *i = all; i && !found; i = i->ifa_next) {
        found = same_address(i->ifa_addr, a);
    }
    freeifaddrs(all);
    return found;
}

static enum err from_errno(int e)
{
    switch (e) {
    case EADDRINUSE:
        return ERR_BUSY;
    case EACCES:
    case EPERM:
        return ERR_DENIED;
    case EADDRNOTAVAIL:
    case ECONNREFUSED:
    case ENOENT:
        return ERR_NOT_FOUND;
    default:
        return ERR_IO;
    }
}

/* Closes `fd` and translates the errno that was set before. */
static enum err give_up(int fd)
{
    int e = errno;
    if (fd >= 0) {
        close(fd);
    }
    return from_errno(e);
}

static enum err name_of(int fd, struct net_name *name)
{
    struct sockaddr_storage s = {0};
    socklen_t len = sizeof s;
    if (getsockname(fd, (struct sockaddr *)&s, &len) != 0) {
        return ERR_IO;
    }
    *name = (struct net_name){0};
    if (s.ss_family == AF_INET) {
        struct sockaddr_in v4;
        memcpy(&v4, &s, sizeof v4);
        (void)inet_ntop(AF_INET, &v4.sin_addr, name->host, sizeof name->host);
        name->port = ntohs(v4.sin_port);
    } else {
        struct sockaddr_in6 v6;
        memcpy(&v6, &s, sizeof v6);
        (void)inet_ntop(AF_INET6, &v6.sin6_addr, name->host, sizeof name->host);
        name->port = ntohs(v6.sin6_port);
    }
    return OK;
}

enum err net_listen(const struct net_address *a, int *fd, struct net_name *name)
{
    int on = 1;
    int s = socket(a->socket.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (s < 0 || setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0) {
        return give_up(s);
    }
    if (a->socket.ss_family == AF_INET6 &&
        setsockopt(s, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on) != 0) {
        return give_up(s);
    }
    if (bind(s, (const struct sockaddr *)&a->socket, a->len) != 0 || listen(s, 4096) != 0 ||
        name_of(s, name) != OK) {
        return give_up(s);
    }
    *fd = s;
    return OK;
}

static enum err unix_address(const char *path, struct sockaddr_un *a)
{
    size_t len = strlen(path);
    *a = (struct sockaddr_un){.sun_family = AF_UNIX};
    if (len >= sizeof a->sun_path) {
        return ERR_TOO_LARGE;
    }
    memcpy(a->sun_path, path, len + 1);
    return OK;
}

enum err net_listen_unix(const char *path, int *fd)
{
    struct sockaddr_un a;
    enum err e = unix_address(path, &a);
    if (e != OK) {
        return e;
    }
    (void)unlink(path);
    int s = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    mode_t before = umask(0177);
    int bound = s < 0 ? -1 : bind(s, (const struct sockaddr *)&a, sizeof a);
    umask(before);
    if (bound != 0 || listen(s, 64) != 0) {
        return give_up(s);
    }
    *fd = s;
    return OK;
}

static enum err connect_to(const struct sockaddr *a, socklen_t len, int *fd)
{
    int s = socket(a->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (s < 0 || connect(s, a, len) != 0) {
        return give_up(s);
    }
    *fd = s;
    return OK;
}

void net_limit_unsent(int fd, int bytes)
{
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &bytes, sizeof bytes);
}

enum err net_connect_unix(const char *path, int *fd)
{
    struct sockaddr_un a;
    enum err e = unix_address(path, &a);
    return e == OK ? connect_to((const struct sockaddr *)&a, sizeof a, fd) : e;
}

enum err net_connect(const struct net_address *a, int *fd)
{
    int on = 1;
    enum err e = connect_to((const struct sockaddr *)&a->socket, a->len, fd);
    if (e == OK) {
        (void)setsockopt(*fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    }
    return e;
}
