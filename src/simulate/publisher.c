/* SPDX-License-Identifier: Apache-2.0 */
/* What is not acknowledged lies in one byte queue, packet after packet: `sent` says how much of it
 * this connection has taken. A new connection starts at its front again, with DUP set. Packet ids
 * count up with the messages, so an id names its place in the window. */
#include "simulate/publisher.h"

#include "base/buf.h"
#include "base/mem.h"
#include "proto/mqtt/mqtt.h"
#include "sys/clock.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#define WINDOW_SLOTS     1024 /* a power of two above the window */
#define IDS              65535
#define KEEP_ALIVE_S     60
#define PING_AFTER       MONO_MS(20000)
#define ANSWER_WITHIN    MONO_MS(30000)
#define RETRY_FIRST      MONO_MS(200)
#define RETRY_MAX        MONO_MS(5000)
#define WAIT_MAX         MONO_MS(60000)
#define RECEIVE_BYTES    16384
#define SEND_SOON_BYTES  65536
#define PACKET_MAX_BYTES 65536

_Static_assert(PUBLISHER_WINDOW <= WINDOW_SLOTS && (WINDOW_SLOTS & (WINDOW_SLOTS - 1)) == 0, "");

struct slot {
    uint32_t len;
    bool acknowledged;
};

struct publisher {
    struct publisher_options options;
    char client_id[64];
    int fd; /* -1: not connected */
    int signals;
    bool stopped;
    bool refused; /* the broker said no: trying again is of no use */
    struct buf queue;
    size_t gone; /* bytes at the queue's front that are acknowledged already */
    size_t sent; /* bytes of the queue, gone ones included, that this connection took */
    uint64_t queued;
    uint64_t acknowledged;
    struct slot slots[WINDOW_SLOTS];
    struct buf received;
    mono_ns last_sent;
    mono_ns ping_sent; /* 0: none is unanswered */
};

uint64_t publisher_queued(const struct publisher *p)
{
    return p->queued;
}

uint64_t publisher_acknowledged(const struct publisher *p)
{
    return p->acknowledged;
}

static void say(const struct publisher *p, const char *what)
{
    (void)fprintf(stderr, "%s: %s %s:%u\n", p->options.name, what, p->options.target.host,
                  (unsigned)p->options.target.port);
}

/* ---- waiting --------------------------------------------------------------------------------- */

/* Waits for `events` on the connection (if there is one) or a signal; true when the connection is
 * ready. A signal is remembered. */
static bool wait_ready(struct publisher *p, short events, mono_ns until)
{
    struct pollfd fds[2] = {{.fd = p->signals, .events = POLLIN}, {.fd = p->fd, .events = events}};
    mono_ns now = clock_mono_ns();
    mono_ns left = until > now ? until - now : 0;
    int timeout_ms = left > WAIT_MAX ? (int)(WAIT_MAX / 1000000) : (int)((left + 999999) / 1000000);
    if (poll(fds, p->fd >= 0 ? 2 : 1, timeout_ms) <= 0) {
        return false;
    }
    if (fds[0].revents) {
        struct signalfd_siginfo info;
        p->stopped |= read(p->signals, &info, sizeof info) == sizeof info;
    }
    return p->fd >= 0 && fds[1].revents;
}

/* Forgets the connection; what it had taken without an acknowledgement is sent again. */
static void disconnect(struct publisher *p)
{
    if (p->fd >= 0) {
        (void)close(p->fd);
        p->fd = -1;
    }
    p->sent = p->gone;
    p->ping_sent = 0;
    buf_clear(&p->received);
}

/* Sends all of `b`, waiting as needed. False: the connection failed. */
static bool send_all(struct publisher *p, struct bytes b, mono_ns until)
{
    while (b.len > 0) {
        ssize_t n = send(p->fd, b.ptr, b.len, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (n >= 0) {
            b = bytes_skip(b, (size_t)n);
        } else if (errno != EAGAIN && errno != EINTR) {
            return false;
        } else if (!wait_ready(p, POLLOUT, until) && clock_mono_ns() >= until) {
            return false;
        }
    }
    p->last_sent = clock_mono_ns();
    return true;
}

/* Reads what is there. False: the connection ended. */
static bool receive(struct publisher *p)
{
    ssize_t n = recv(p->fd, buf_reserve(&p->received, RECEIVE_BYTES), RECEIVE_BYTES, MSG_DONTWAIT);
    if (n > 0) {
        p->received.len += (size_t)n;
        return true;
    }
    return n < 0 && (errno == EAGAIN || errno == EINTR);
}

/* ---- acknowledgements ------------------------------------------------------------------------ */

static struct slot *slot_of(struct publisher *p, uint64_t number)
{
    return &p->slots[number & (WINDOW_SLOTS - 1)];
}

static uint16_t id_of(uint64_t number)
{
    return (uint16_t)(number % IDS + 1);
}

/* Gives back the front of the queue as far as it is acknowledged. */
static void release_front(struct publisher *p)
{
    while (p->acknowledged < p->queued && slot_of(p, p->acknowledged)->acknowledged) {
        p->gone += slot_of(p, p->acknowledged)->len;
        p->acknowledged++;
    }
    p->sent = size_max(p->sent, p->gone);
    if (p->gone > 0 && (p->gone == p->queue.len || p->gone >= SEND_SOON_BYTES * 4)) {
        memmove(p->queue.ptr, p->queue.ptr + p->gone, p->queue.len - p->gone);
        p->queue.len -= p->gone;
        p->sent -= p->gone;
        p->gone = 0;
    }
}

/* An id outside the window is of a message that was sent twice and is acknowledged already. */
static void acknowledge(struct publisher *p, uint16_t id)
{
    uint64_t ahead = ((uint64_t)id + IDS - id_of(p->acknowledged)) % IDS;
    if (ahead < p->queued - p->acknowledged) {
        slot_of(p, p->acknowledged + ahead)->acknowledged = true;
    }
}

/* Takes one packet of the broker's. False: against the protocol. */
static bool take_packet(struct publisher *p, struct mqtt_frame f)
{
    struct mqtt_ack ack;
    if (f.type == MQTT_PINGRESP) {
        p->ping_sent = 0;
        return true;
    }
    if (f.type != MQTT_PUBACK || mqtt_decode_ack(f, &ack) != OK) {
        return false;
    }
    acknowledge(p, ack.id);
    return true;
}

/* Takes every whole packet received. False: against the protocol. */
static bool take_packets(struct publisher *p)
{
    struct bytes in = buf_bytes(&p->received);
    struct mqtt_frame f;
    size_t used;
    enum err e;
    while ((e = mqtt_frame(in, PACKET_MAX_BYTES, &f, &used)) == OK) {
        if (!take_packet(p, f)) {
            return false;
        }
        in = bytes_skip(in, used);
    }
    if (in.len > 0) {
        memmove(p->received.ptr, in.ptr, in.len);
    }
    p->received.len = in.len;
    release_front(p);
    return e == ERR_AGAIN;
}

/* ---- connecting ------------------------------------------------------------------------------ */

/* Whether the dial on p->fd that is under way ends well. */
static bool dial_done(struct publisher *p, mono_ns until)
{
    while (!wait_ready(p, POLLOUT, until)) {
        if (p->stopped || clock_mono_ns() >= until) {
            return false;
        }
    }
    int error = 0;
    socklen_t len = sizeof error;
    return getsockopt(p->fd, SOL_SOCKET, SO_ERROR, &error, &len) == 0 && error == 0;
}

static bool dial_one(struct publisher *p, const struct addrinfo *a, mono_ns until)
{
    p->fd = socket(a->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (p->fd < 0) {
        return false;
    }
    int on = 1;
    (void)setsockopt(p->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (connect(p->fd, a->ai_addr, a->ai_addrlen) == 0 ||
        (errno == EINPROGRESS && dial_done(p, until))) {
        return true;
    }
    disconnect(p);
    return false;
}

static bool dial(struct publisher *p, mono_ns until)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
    struct addrinfo *found = NULL;
    char port[8];
    (void)snprintf(port, sizeof port, "%u", (unsigned)p->options.target.port);
    if (getaddrinfo(p->options.target.host, port, &hints, &found) != 0) {
        return false;
    }
    bool connected = false;
    for (const struct addrinfo *a = found; a && !connected && !p->stopped; a = a->ai_next) {
        connected = dial_one(p, a, until);
    }
    freeaddrinfo(found);
    return connected;
}

/* Waits for CONNACK. False: none, or a refusal, which is printed. */
static bool take_connack(struct publisher *p, mono_ns until)
{
    struct mqtt_frame f;
    struct mqtt_connack ack;
    size_t used;
    enum err e;
    while ((e = mqtt_frame(buf_bytes(&p->received), PACKET_MAX_BYTES, &f, &used)) == ERR_AGAIN) {
        bool ready = wait_ready(p, POLLIN, until);
        if (p->stopped || (ready ? !receive(p) : clock_mono_ns() >= until)) {
            return false;
        }
    }
    if (e != OK || mqtt_decode_connack(f, &ack) != OK) {
        return false;
    }
    buf_clear(&p->received);
    if (ack.code != MQTT_CONNACK_ACCEPTED) {
        p->refused = ack.code != MQTT_CONNACK_UNAVAILABLE;
        (void)fprintf(stderr, "%s: the broker refused the connection (code %d%s)\n",
                      p->options.name, (int)ack.code,
                      ack.code >= MQTT_CONNACK_BAD_CREDENTIALS ? ": it wants a valid token" : "");
        return false;
    }
    return true;
}

/* One attempt at a connection. */
static bool connect_once(struct publisher *p)
{
    mono_ns until = clock_mono_ns() + MONO_MS(10000);
    const char *token = p->options.target.token;
    struct mqtt_connect c = {
        .client_id = bytes_of_text(p->client_id),
        .keep_alive_s = KEEP_ALIVE_S,
        .clean = true,
        .has_user = token != NULL,
        .user = BYTES("telltale"),
        .has_password = token != NULL,
        .password = bytes_of_text(token),
    };
    if (!dial(p, until)) {
        return false;
    }
    struct buf hello = {0};
    mqtt_encode_connect(&hello, &c);
    bool ok = send_all(p, buf_bytes(&hello), until) && take_connack(p, until);
    buf_fini(&hello);
    if (!ok) {
        disconnect(p);
    }
    return ok;
}

/* Marks what another connection may have taken already as possibly known. */
static void mark_again(struct publisher *p)
{
    size_t at = p->gone;
    for (uint64_t n = p->acknowledged; n < p->queued; n++) {
        p->queue.ptr[at] |= 0x08;
        at += slot_of(p, n)->len;
    }
}

/* Tries until there is a connection, patience ends, or a signal comes. */
static enum err connect_patiently(struct publisher *p, mono_ns patience)
{
    mono_ns give_up = clock_mono_ns() + patience;
    mono_ns wait = RETRY_FIRST;
    while (!connect_once(p)) {
        if (p->stopped) {
            return ERR_CLOSED;
        }
        if (p->refused) {
            return ERR_DENIED;
        }
        mono_ns now = clock_mono_ns();
        if (now >= give_up) {
            say(p, "no MQTT broker answers at");
            return ERR_IO;
        }
        (void)wait_ready(p, 0, now + wait);
        wait = wait * 2 < RETRY_MAX ? wait * 2 : RETRY_MAX;
    }
    mark_again(p);
    return OK;
}

/* ---- the turn -------------------------------------------------------------------------------- */

/* Sends what the kernel takes now. False: the connection failed. */
static bool send_some(struct publisher *p)
{
    if (p->sent == p->queue.len) {
        return true;
    }
    ssize_t n =
        send(p->fd, p->queue.ptr + p->sent, p->queue.len - p->sent, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (n < 0) {
        return errno == EAGAIN || errno == EINTR;
    }
    p->sent += (size_t)n;
    p->last_sent = clock_mono_ns();
    return true;
}

/* Keeps an idle connection alive, between two packets. False: the broker doesn't answer. */
static bool keep_alive(struct publisher *p)
{
    mono_ns now = clock_mono_ns();
    if (p->ping_sent) {
        return now - p->ping_sent < ANSWER_WITHIN;
    }
    if (p->sent < p->queue.len || now - p->last_sent < PING_AFTER) {
        return true;
    }
    struct buf ping = {0};
    mqtt_encode_empty(&ping, MQTT_PINGREQ);
    bool ok = send_all(p, buf_bytes(&ping), now + ANSWER_WITHIN);
    buf_fini(&ping);
    p->ping_sent = clock_mono_ns();
    return ok;
}

/* Sends, receives, and waits for one or the other until `until`. Connects again when needed. */
static enum err turn(struct publisher *p, mono_ns until)
{
    if (p->fd < 0) {
        return connect_patiently(p, p->options.lost_wait);
    }
    bool ok = send_some(p) && keep_alive(p);
    if (ok) {
        short events = (short)(POLLIN | (p->sent < p->queue.len ? POLLOUT : 0));
        mono_ns soon = clock_mono_ns() + MONO_MS(1000);
        if (wait_ready(p, events, until < soon ? until : soon)) {
            ok = receive(p) && take_packets(p);
        }
    }
    if (!ok) {
        say(p, "lost the connection, trying again:");
        disconnect(p);
    }
    return p->stopped ? ERR_CLOSED : OK;
}

enum err publisher_wait(struct publisher *p, mono_ns until)
{
    enum err e;
    do {
        e = turn(p, until);
    } while (e == OK && clock_mono_ns() < until);
    return e;
}

enum err publisher_publish(struct publisher *p, struct bytes topic, struct bytes payload)
{
    while (p->queued - p->acknowledged >= PUBLISHER_WINDOW) {
        enum err e = turn(p, clock_mono_ns() + MONO_MS(1000));
        if (e != OK) {
            return e;
        }
    }
    struct mqtt_publish m = {.topic = topic, .payload = payload, .id = id_of(p->queued), .qos = 1};
    size_t before = p->queue.len;
    mqtt_encode_publish(&p->queue, &m);
    *slot_of(p, p->queued) = (struct slot){(uint32_t)(p->queue.len - before), false};
    p->queued++;
    return p->queue.len - p->sent >= SEND_SOON_BYTES ? turn(p, 0) : OK;
}

enum err publisher_flush(struct publisher *p, mono_ns until)
{
    while (p->acknowledged < p->queued) {
        mono_ns now = clock_mono_ns();
        enum err e = now >= until ? ERR_AGAIN : turn(p, until);
        if (e != OK && !(e == ERR_CLOSED && p->fd >= 0)) {
            return e;
        }
    }
    return OK;
}

/* ---- life ------------------------------------------------------------------------------------ */

enum err publisher_open(const struct publisher_options *o, struct publisher **out)
{
    struct publisher *p = mem_zalloc(1, sizeof *p);
    sigset_t ends;
    (void)sigemptyset(&ends);
    (void)sigaddset(&ends, SIGINT);
    (void)sigaddset(&ends, SIGTERM);
    (void)sigprocmask(SIG_BLOCK, &ends, NULL);
    p->options = *o;
    p->fd = -1;
    p->signals = signalfd(-1, &ends, SFD_CLOEXEC | SFD_NONBLOCK);
    (void)snprintf(p->client_id, sizeof p->client_id, "%s-%ld-%llx", o->name, (long)getpid(),
                   (unsigned long long)clock_wall_ms());
    enum err e = p->signals < 0 ? ERR_IO : connect_patiently(p, o->first_wait);
    if (e != OK) {
        publisher_close(p);
        return e;
    }
    *out = p;
    return OK;
}

void publisher_close(struct publisher *p)
{
    if (!p) {
        return;
    }
    if (p->fd >= 0 && p->sent == p->queue.len) {
        struct buf bye = {0};
        mqtt_encode_empty(&bye, MQTT_DISCONNECT);
        (void)send_all(p, buf_bytes(&bye), clock_mono_ns() + MONO_MS(1000));
        buf_fini(&bye);
    }
    disconnect(p);
    if (p->signals >= 0) {
        (void)close(p->signals);
    }
    buf_fini(&p->queue);
    buf_fini(&p->received);
    free(p);
}
