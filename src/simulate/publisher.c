/* SPDX-License-Identifier: Apache-2.0 */
/* What is not acknowledged lies in one byte queue, packet after packet: `sent` says how much of it
 * this connection has taken. A new connection starts at its front again, with DUP set. Packet ids
 * count up with the messages, so an id names its place in the window. */
#include "simulate/publisher.h"

#include "base/buf.h"
#include "base/mem.h"
#include "simulate/link.h"
#include "sys/clock.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>

#define WINDOW_SLOTS    1024 /* a power of two above the window */
#define IDS             65535
#define SEND_SOON_BYTES 65536

_Static_assert(PUBLISHER_WINDOW <= WINDOW_SLOTS && (WINDOW_SLOTS & (WINDOW_SLOTS - 1)) == 0, "");

struct slot {
    uint32_t len;
    bool acknowledged;
};

struct publisher {
    struct publisher_options options;
    struct link link;
    struct buf queue;
    size_t gone; /* bytes at the queue's front that are acknowledged already */
    size_t sent; /* bytes of the queue, gone ones included, that this connection took */
    uint64_t queued;
    uint64_t acknowledged;
    struct slot slots[WINDOW_SLOTS];
};

uint64_t publisher_queued(const struct publisher *p)
{
    return p->queued;
}

uint64_t publisher_acknowledged(const struct publisher *p)
{
    return p->acknowledged;
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

static bool take_packet(void *ctx, struct mqtt_frame f)
{
    struct publisher *p = ctx;
    struct mqtt_ack ack;
    if (f.type != MQTT_PUBACK || mqtt_decode_ack(f, &ack) != OK) {
        return false;
    }
    acknowledge(p, ack.id);
    return true;
}

/* Takes every whole packet received. False: against the protocol. */
static bool take_packets(struct publisher *p)
{
    bool ok = link_take_packets(&p->link, take_packet, p);
    release_front(p);
    return ok;
}

/* ---- connecting ------------------------------------------------------------------------------ */

/* Marks what another connection may have taken already as possibly known. */
static void mark_again(struct publisher *p)
{
    size_t at = p->gone;
    for (uint64_t n = p->acknowledged; n < p->queued; n++) {
        p->queue.ptr[at] |= 0x08;
        at += slot_of(p, n)->len;
    }
}

static enum err connect_patiently(struct publisher *p, mono_ns patience)
{
    enum err e = link_connect(&p->link, patience);
    if (e == OK) {
        mark_again(p);
    }
    return e;
}

/* Forgets the connection; what it had taken without an acknowledgement is sent again. */
static void disconnect(struct publisher *p)
{
    link_disconnect(&p->link);
    p->sent = p->gone;
}

/* ---- the turn -------------------------------------------------------------------------------- */

/* Sends what the kernel takes now. False: the connection failed. */
static bool send_some(struct publisher *p)
{
    if (p->sent == p->queue.len) {
        return true;
    }
    ssize_t n = send(p->link.fd, p->queue.ptr + p->sent, p->queue.len - p->sent,
                     MSG_NOSIGNAL | MSG_DONTWAIT);
    if (n < 0) {
        return errno == EAGAIN || errno == EINTR;
    }
    p->sent += (size_t)n;
    p->link.last_sent = clock_mono_ns();
    return true;
}

/* Sends, receives, and waits for one or the other until `until`. Connects again when needed. */
static enum err turn(struct publisher *p, mono_ns until)
{
    if (p->link.fd < 0) {
        return connect_patiently(p, p->options.lost_wait);
    }
    bool ok = send_some(p) && (p->sent < p->queue.len || link_keep_alive(&p->link));
    if (ok) {
        short events = (short)(POLLIN | (p->sent < p->queue.len ? POLLOUT : 0));
        mono_ns soon = clock_mono_ns() + MONO_MS(1000);
        if (link_wait_ready(&p->link, events, until < soon ? until : soon)) {
            ok = link_receive(&p->link) && take_packets(p);
        }
    }
    if (!ok) {
        link_say(&p->link, "lost the connection, trying again:");
        disconnect(p);
    }
    return p->link.stopped ? ERR_CLOSED : OK;
}

enum err publisher_wait(struct publisher *p, mono_ns until)
{
    enum err e;
    do {
        e = turn(p, until);
    } while (e == OK && clock_mono_ns() < until);
    return e;
}

enum err publisher_publish(struct publisher *p, struct bytes topic, struct bytes payload,
                           enum publisher_retain retain)
{
    while (p->queued - p->acknowledged >= PUBLISHER_WINDOW) {
        enum err e = turn(p, clock_mono_ns() + MONO_MS(1000));
        if (e != OK) {
            return e;
        }
    }
    struct mqtt_publish m = {.topic = topic,
                             .payload = payload,
                             .id = id_of(p->queued),
                             .qos = 1,
                             .retain = retain == PUBLISHER_RETAIN};
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
        if (e != OK && !(e == ERR_CLOSED && p->link.fd >= 0)) {
            return e;
        }
    }
    return OK;
}

/* ---- life ------------------------------------------------------------------------------------ */

enum err publisher_open(const struct publisher_options *o, struct publisher **out)
{
    struct publisher *p = mem_zalloc(1, sizeof *p);
    p->options = *o;
    enum err e = link_init(&p->link, &o->target, o->name);
    if (e == OK) {
        e = connect_patiently(p, o->first_wait);
    }
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
    if (p->link.fd >= 0 && p->sent == p->queue.len) {
        link_goodbye(&p->link);
    }
    link_fini(&p->link);
    buf_fini(&p->queue);
    free(p);
}
