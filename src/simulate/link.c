/* SPDX-License-Identifier: Apache-2.0 */
#include "simulate/link.h"

#include "model/limits.h"
#include "sys/clock.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#define KEEP_ALIVE_S     60
#define PING_AFTER       MONO_MS(20000)
#define ANSWER_WITHIN    MONO_MS(30000)
#define RETRY_FIRST      MONO_MS(200)
#define RETRY_MAX        MONO_MS(5000)
#define WAIT_MAX         MONO_MS(60000)
#define RECEIVE_BYTES    65536
#define PACKET_MAX_BYTES LIMIT_MQTT_PACKET_BYTES

void link_say(const struct link *l, const char *what)
{
    (void)fprintf(stderr, "%s: %s %s:%u\n", l->name, what, l->target.host,
                  (unsigned)l->target.port);
}

/* ---- waiting --------------------------------------------------------------------------------- */

/* Waits for `events` on the connection (if there is one) or a signal; true when the connection is
 * ready. A signal is remembered. */
bool link_wait_ready(struct link *l, short events, mono_ns until)
{
    struct pollfd fds[2] = {{.fd = l->signals, .events = POLLIN}, {.fd = l->fd, .events = events}};
    mono_ns now = clock_mono_ns();
    mono_ns left = until > now ? until - now : 0;
    int timeout_ms = left > WAIT_MAX ? (int)(WAIT_MAX / 1000000) : (int)((left + 999999) / 1000000);
    if (poll(fds, l->fd >= 0 ? 2 : 1, timeout_ms) <= 0) {
        return false;
    }
    if (fds[0].revents) {
        struct signalfd_siginfo info;
        l->stopped |= read(l->signals, &info, sizeof info) == sizeof info;
    }
    return l->fd >= 0 && fds[1].revents;
}

void link_disconnect(struct link *l)
{
    if (l->fd >= 0) {
        (void)close(l->fd);
        l->fd = -1;
    }
    l->ping_sent = 0;
    buf_clear(&l->received);
}

/* Sends all of `b`, waiting as needed. False: the connection failed. */
bool link_send_all(struct link *l, struct bytes b, mono_ns until)
{
    while (b.len > 0) {
        ssize_t n = send(l->fd, b.ptr, b.len, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (n >= 0) {
            b = bytes_skip(b, (size_t)n);
        } else if (errno != EAGAIN && errno != EINTR) {
            return false;
        } else if (!link_wait_ready(l, POLLOUT, until) && clock_mono_ns() >= until) {
            return false;
        }
    }
    l->last_sent = clock_mono_ns();
    return true;
}

/* Reads what is there. False: the connection ended. */
bool link_receive(struct link *l)
{
    ssize_t n = recv(l->fd, buf_reserve(&l->received, RECEIVE_BYTES), RECEIVE_BYTES, MSG_DONTWAIT);
    if (n > 0) {
        l->received.len += (size_t)n;
        return true;
    }
    return n < 0 && (errno == EAGAIN || errno == EINTR);
}

/* ---- connecting ------------------------------------------------------------------------------ */

/* Whether the dial on l->fd that is under way ends well. */
static bool dial_done(struct link *l, mono_ns until)
{
    while (!link_wait_ready(l, POLLOUT, until)) {
        if (l->stopped || clock_mono_ns() >= until) {
            return false;
        }
    }
    int error = 0;
    socklen_t len = sizeof error;
    return getsockopt(l->fd, SOL_SOCKET, SO_ERROR, &error, &len) == 0 && error == 0;
}

static bool dial_one(struct link *l, const struct addrinfo *a, mono_ns until)
{
    l->fd = socket(a->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (l->fd < 0) {
        return false;
    }
    int on = 1;
    (void)setsockopt(l->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (connect(l->fd, a->ai_addr, a->ai_addrlen) == 0 ||
        (errno == EINPROGRESS && dial_done(l, until))) {
        return true;
    }
    link_disconnect(l);
    return false;
}

static bool dial(struct link *l, mono_ns until)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
    struct addrinfo *found = NULL;
    char port[8];
    (void)snprintf(port, sizeof port, "%u", (unsigned)l->target.port);
    if (getaddrinfo(l->target.host, port, &hints, &found) != 0) {
        return false;
    }
    bool connected = false;
    for (const struct addrinfo *a = found; a && !connected && !l->stopped; a = a->ai_next) {
        connected = dial_one(l, a, until);
    }
    freeaddrinfo(found);
    return connected;
}

/* Waits for CONNACK. False: none, or a refusal, which is printed. */
static bool take_connack(struct link *l, mono_ns until)
{
    struct mqtt_frame f;
    struct mqtt_connack ack;
    size_t used;
    enum err e;
    while ((e = mqtt_frame(buf_bytes(&l->received), PACKET_MAX_BYTES, &f, &used)) == ERR_AGAIN) {
        bool ready = link_wait_ready(l, POLLIN, until);
        if (l->stopped || (ready ? !link_receive(l) : clock_mono_ns() >= until)) {
            return false;
        }
    }
    if (e != OK || mqtt_decode_connack(f, &ack) != OK) {
        return false;
    }
    buf_clear(&l->received);
    if (ack.code != MQTT_CONNACK_ACCEPTED) {
        l->refused = ack.code != MQTT_CONNACK_UNAVAILABLE;
        (void)fprintf(stderr, "%s: the broker refused the connection (code %d%s)\n", l->name,
                      (int)ack.code,
                      ack.code >= MQTT_CONNACK_BAD_CREDENTIALS ? ": it wants a valid token" : "");
        return false;
    }
    return true;
}

/* One attempt at a connection. */
static bool connect_once(struct link *l)
{
    mono_ns until = clock_mono_ns() + MONO_MS(10000);
    const char *token = l->target.token;
    const char *user = l->target.user ? l->target.user : token ? "telltale" : NULL;
    struct mqtt_connect c = {
        .client_id = bytes_of_text(l->client_id),
        .keep_alive_s = KEEP_ALIVE_S,
        .clean = true,
        .has_user = user != NULL,
        .user = bytes_of_text(user),
        .has_password = token != NULL,
        .password = bytes_of_text(token),
    };
    if (!dial(l, until)) {
        return false;
    }
    struct buf hello = {0};
    mqtt_encode_connect(&hello, &c);
    bool ok = link_send_all(l, buf_bytes(&hello), until) && take_connack(l, until);
    buf_fini(&hello);
    if (!ok) {
        link_disconnect(l);
    }
    return ok;
}

/* Tries until there is a connection, patience ends, or a signal comes. */
enum err link_connect(struct link *l, mono_ns patience)
{
    mono_ns give_up = clock_mono_ns() + patience;
    mono_ns wait = RETRY_FIRST;
    while (!connect_once(l)) {
        if (l->stopped) {
            return ERR_CLOSED;
        }
        if (l->refused) {
            return ERR_DENIED;
        }
        mono_ns now = clock_mono_ns();
        if (now >= give_up) {
            link_say(l, "no MQTT broker answers at");
            return ERR_IO;
        }
        (void)link_wait_ready(l, 0, now + wait);
        wait = wait * 2 < RETRY_MAX ? wait * 2 : RETRY_MAX;
    }
    return OK;
}

/* Keeps an idle connection alive, between two packets. False: the broker doesn't answer. */
bool link_keep_alive(struct link *l)
{
    mono_ns now = clock_mono_ns();
    if (l->ping_sent) {
        return now - l->ping_sent < ANSWER_WITHIN;
    }
    if (now - l->last_sent < PING_AFTER) {
        return true;
    }
    struct buf ping = {0};
    mqtt_encode_empty(&ping, MQTT_PINGREQ);
    bool ok = link_send_all(l, buf_bytes(&ping), now + ANSWER_WITHIN);
    buf_fini(&ping);
    l->ping_sent = clock_mono_ns();
    return ok;
}

/* ---- packets --------------------------------------------------------------------------------- */

/* A broker's answer to our ping is taken here. */
static bool take_packet(struct link *l, struct mqtt_frame f, link_packet *take, void *ctx)
{
    if (f.type != MQTT_PINGRESP) {
        return take(ctx, f);
    }
    l->ping_sent = 0;
    return true;
}

bool link_take_packets(struct link *l, link_packet *take, void *ctx)
{
    struct bytes in = buf_bytes(&l->received);
    struct mqtt_frame f;
    size_t used;
    enum err e;
    while ((e = mqtt_frame(in, PACKET_MAX_BYTES, &f, &used)) == OK) {
        if (!take_packet(l, f, take, ctx)) {
            return false;
        }
        in = bytes_skip(in, used);
    }
    if (in.len > 0) {
        memmove(l->received.ptr, in.ptr, in.len);
    }
    l->received.len = in.len;
    return e == ERR_AGAIN;
}

/* ---- life ------------------------------------------------------------------------------------ */

enum err link_init(struct link *l, const struct simulate_target *target, const char *name)
{
    sigset_t ends;
    (void)sigemptyset(&ends);
    (void)sigaddset(&ends, SIGINT);
    (void)sigaddset(&ends, SIGTERM);
    (void)sigprocmask(SIG_BLOCK, &ends, NULL);
    *l = (struct link){.target = *target, .name = name, .fd = -1};
    l->signals = signalfd(-1, &ends, SFD_CLOEXEC | SFD_NONBLOCK);
    (void)snprintf(l->client_id, sizeof l->client_id, "%s-%ld-%llx", name, (long)getpid(),
                   (unsigned long long)clock_wall_ms());
    return l->signals < 0 ? ERR_IO : OK;
}

void link_goodbye(struct link *l)
{
    struct buf bye = {0};
    mqtt_encode_empty(&bye, MQTT_DISCONNECT);
    (void)link_send_all(l, buf_bytes(&bye), clock_mono_ns() + MONO_MS(1000));
    buf_fini(&bye);
}

void link_fini(struct link *l)
{
    link_disconnect(l);
    if (l->signals >= 0) {
        (void)close(l->signals);
    }
    buf_fini(&l->received);
}
