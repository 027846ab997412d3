/* SPDX-License-Identifier: Apache-2.0 */
/* Connecting to a host by name: the look-up runs in libuv's pool, each address is tried in turn. */
#include "loop/internal.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#define DIAL_DEADLINE_MS 10000

static void try_next(struct dial *d);

static void drop_socket(struct dial *d)
{
    if (d->fd >= 0) {
        close(d->fd);
        d->fd = -1;
    }
}

static void report(void *ctx)
{
    struct dial *d = ctx;
    int fd = d->fd;
    d->fd = -1;
    if (d->addresses) {
        uv_freeaddrinfo(d->addresses);
        d->addresses = NULL;
    }
    d->done(d->ctx, d->result, fd);
}

/* Every handle is closed before `done` runs, so that it may free the dial. */
static void finish(struct dial *d, enum err e)
{
    d->result = e;
    if (e != OK) {
        drop_socket(d);
    }
    loop_timer_close(&d->deadline, report);
}

static void poll_closed(uv_handle_t *handle)
{
    struct dial *d = CONTAINER_OF((uv_poll_t *)(void *)handle, struct dial, poll);
    d->polling = false;
    if (d->cancelled || d->expired) {
        finish(d, d->cancelled ? ERR_CLOSED : ERR_IO);
    } else if (d->connected) {
        finish(d, OK);
    } else {
        drop_socket(d);
        try_next(d);
    }
}

static void stop_polling(struct dial *d)
{
    if (!uv_is_closing((uv_handle_t *)&d->poll)) {
        uv_close((uv_handle_t *)&d->poll, poll_closed);
    }
}

static void on_connected(uv_poll_t *handle, int status, int events)
{
    struct dial *d = CONTAINER_OF(handle, struct dial, poll);
    int error = 0;
    int on = 1;
    socklen_t len = sizeof error;
    (void)events;
    loop_woke(d->loop);
    bool asked = getsockopt(d->fd, SOL_SOCKET, SO_ERROR, &error, &len) == 0;
    d->connected = status == 0 && asked && error == 0;
    if (d->connected) {
        (void)setsockopt(d->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    }
    stop_polling(d);
}

/* Begins to connect; false when it failed at once. */
static bool begin(struct dial *d, const struct addrinfo *a)
{
    d->fd = socket(a->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (d->fd < 0) {
        return false;
    }
    if (connect(d->fd, a->ai_addr, a->ai_addrlen) != 0 && errno != EINPROGRESS) {
        drop_socket(d);
        return false;
    }
    d->polling = true;
    return uv_poll_init(&d->loop->uv, &d->poll, d->fd) == 0 &&
           uv_poll_start(&d->poll, UV_WRITABLE, on_connected) == 0;
}

static void try_next(struct dial *d)
{
    while (d->next_address) {
        const struct addrinfo *a = d->next_address;
        d->next_address = a->ai_next;
        if (begin(d, a)) {
            return;
        }
    }
    finish(d, ERR_IO);
}

static void on_looked_up(uv_getaddrinfo_t *request, int status, struct addrinfo *found)
{
    struct dial *d = CONTAINER_OF(request, struct dial, lookup);
    loop_woke(d->loop);
    d->looking_up = false;
    d->addresses = found;
    d->next_address = found;
    if (d->cancelled) {
        finish(d, ERR_CLOSED);
    } else if (d->expired) {
        finish(d, ERR_IO);
    } else if (status != 0) {
        finish(d, ERR_NOT_FOUND);
    } else {
        try_next(d);
    }
}

static void abandon(struct dial *d)
{
    if (d->polling) {
        stop_polling(d);
    } else if (d->looking_up) {
        (void)uv_cancel((uv_req_t *)&d->lookup);
    }
}

static void on_deadline(void *ctx)
{
    struct dial *d = ctx;
    d->expired = true;
    abandon(d);
}

/* An address needs no look-up, and does not wait behind names that nobody resolves: the pool has
 * few threads, and a dead name server holds one for as long as it likes. */
static bool is_numeric(struct dial *d, const char *host, const char *service)
{
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM,
                                   .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV};
    if (uv_getaddrinfo(&d->loop->uv, &d->lookup, NULL, host, service, &hints) != 0) {
        return false;
    }
    d->looking_up = false;
    d->addresses = d->lookup.addrinfo;
    d->next_address = d->addresses;
    return true;
}

void dial_start(struct dial *d, struct loop *l, const char *host, uint16_t port,
                void (*done)(void *ctx, enum err e, int fd), void *ctx)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_ADDRCONFIG};
    char service[8];
    *d = (struct dial){.loop = l, .fd = -1, .done = done, .ctx = ctx, .looking_up = true};
    (void)snprintf(service, sizeof service, "%u", (unsigned)port);
    loop_timer_start(l, &d->deadline, DIAL_DEADLINE_MS, 0, on_deadline, d);
    if (is_numeric(d, host, service)) {
        try_next(d);
        return;
    }
    if (uv_getaddrinfo(&l->uv, &d->lookup, on_looked_up, host, service, &hints) != 0) {
        d->looking_up = false;
        finish(d, ERR_NOT_FOUND);
    }
}

void dial_cancel(struct dial *d)
{
    d->cancelled = true;
    abandon(d);
}
