/* SPDX-License-Identifier: Apache-2.0 */
/* Accepting. When the process is out of descriptors, the reserve one is given up to accept and
 * close the newcomer, so that it gets an answer and the loop does not spin on a socket that stays
 * ready. */
#include "loop/internal.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

/* Connections taken a readiness, so that a storm of them can't starve the open ones. */
#define ACCEPTS_A_TURN 64

static void address_of(const struct sockaddr_storage *s, struct peer_address *out)
{
    *out = (struct peer_address){.text = "local"};
    if (s->ss_family == AF_INET) {
        struct sockaddr_in v4;
        memcpy(&v4, s, sizeof v4);
        (void)inet_ntop(AF_INET, &v4.sin_addr, out->text, sizeof out->text);
    } else if (s->ss_family == AF_INET6) {
        struct sockaddr_in6 v6;
        memcpy(&v6, s, sizeof v6);
        (void)inet_ntop(AF_INET6, &v6.sin6_addr, out->text, sizeof out->text);
    }
}

static int open_reserve(void)
{
    return open("/dev/null", O_RDONLY | O_CLOEXEC);
}

static void refuse_one(struct listener *li)
{
    if (li->reserve >= 0) {
        close(li->reserve);
    }
    int fd = accept4(li->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd >= 0) {
        close(fd);
    }
    li->reserve = open_reserve();
}

/* False when nobody waits any more. */
static bool accept_one(struct listener *li)
{
    struct sockaddr_storage s = {0};
    struct peer_address peer;
    socklen_t len = sizeof s;
    int on = 1;
    int fd = accept4(li->fd, (struct sockaddr *)&s, &len, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) {
        if (errno == EMFILE || errno == ENFILE) {
            refuse_one(li);
        }
        return errno == ECONNABORTED || errno == EINTR;
    }
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    address_of(&s, &peer);
    li->accepted(li->ctx, fd, &peer);
    return true;
}

static void on_ready(uv_poll_t *handle, int status, int events)
{
    struct listener *li = CONTAINER_OF(handle, struct listener, poll);
    (void)events;
    loop_woke(li->loop);
    for (int i = 0; status == 0 && i < ACCEPTS_A_TURN && li->fd >= 0; i++) {
        if (!accept_one(li)) {
            return;
        }
    }
}

void listener_start(struct listener *li, struct loop *l, int fd,
                    void (*accepted)(void *ctx, int fd, const struct peer_address *peer), void *ctx)
{
    *li = (struct listener){.loop = l, .fd = fd, .accepted = accepted, .ctx = ctx};
    li->reserve = open_reserve();
    if (uv_poll_init(&l->uv, &li->poll, fd) != 0 ||
        uv_poll_start(&li->poll, UV_READABLE, on_ready) != 0) {
        base_assert_failed(__FILE__, __LINE__, "uv_poll on a listening socket");
    }
}

void listener_stop(struct listener *li)
{
    if (li->loop && li->fd >= 0) {
        uv_close((uv_handle_t *)&li->poll, NULL);
        close(li->fd);
        close(li->reserve);
        li->fd = -1;
        li->reserve = -1;
    }
}
