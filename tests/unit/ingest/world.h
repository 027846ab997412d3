/* SPDX-License-Identifier: Apache-2.0 */
/* An ingest on a real loop, with a program behind it that notes what it is told, and peers that are
 * plain sockets of the test. Nothing runs by itself: the loop turns while a peer waits. */
#ifndef TELLTALE_TESTS_INGEST_WORLD_H
#define TELLTALE_TESTS_INGEST_WORLD_H

#include "expect.h"

#include "base/buf.h"
#include "base/mem.h"
#include "ingest/ingest.h"
#include "model/metrics.h"
#include "proto/mqtt/mqtt.h"
#include "sys/clock.h"
#include "sys/net.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#define WORLD_PATIENCE_NS 5000000000u

struct world {
    struct loop loop;
    struct ingest *ingest;
    struct metrics metrics;
    struct net_address address;
    struct buf told;      /* a line for each event */
    uint64_t answer;      /* what `message` answers */
    size_t messages;      /* that came */
    enum err credentials; /* what `authenticate` answers */
};

static inline uint64_t world_message(void *ctx, const struct ingest_message *m)
{
    struct world *w = ctx;
    w->messages++;
    buf_printf(&w->told, "%.*s=%.*s q%u f%u", (int)m->topic.len, (const char *)m->topic.ptr,
               (int)size_min(m->payload.len, 40), (const char *)m->payload.ptr, m->qos, m->flags);
    if (m->source) {
        buf_printf(&w->told, " from %u", m->source);
    }
    buf_put_byte(&w->told, '\n');
    return w->answer;
}

static inline enum err world_authenticate(void *ctx, const struct ingest_login *login,
                                          struct principal *principal)
{
    struct world *w = ctx;
    (void)login;
    *principal = (struct principal){.role = ROLE_OPERATOR};
    return w->credentials;
}

static inline bool world_knows(void *ctx, const struct principal *principal)
{
    (void)ctx;
    (void)principal;
    return true;
}

static inline void world_lost(void *ctx, uint32_t carrier)
{
    struct world *w = ctx;
    buf_printf(&w->told, "lost %u\n", carrier);
}

static inline void world_closed(void *ctx, uint32_t carrier)
{
    struct world *w = ctx;
    buf_printf(&w->told, "closed %u\n", carrier);
}

static const struct ingest_events world_events = {
    .message = world_message,
    .authenticate = world_authenticate,
    .knows = world_knows,
    .carrier_lost = world_lost,
    .carrier_closed = world_closed,
};

static inline int world_setup(void **state)
{
    struct world *w = mem_zalloc(1, sizeof *w);
    int fd;
    struct net_name name;
    expect_ok(loop_init(&w->loop));
    const struct ingest_config config = {
        .max_connections = 8,
        .limits = {.grace_ms = 1},
        .redial_ms = 100,
        .events = &world_events,
        .ctx = w,
        .metrics = &w->metrics,
        .key = {1, 2},
    };
    w->ingest = ingest_new(&w->loop, &config);
    expect_ok(net_address_parse("127.0.0.1", 0, &w->address));
    expect_ok(net_listen(&w->address, &fd, &name));
    expect_ok(net_address_parse("127.0.0.1", name.port, &w->address));
    ingest_listen(w->ingest, fd, NULL);
    *state = w;
    return 0;
}

static inline void world_turn(struct world *w)
{
    (void)uv_run(&w->loop.uv, UV_RUN_NOWAIT);
}

static inline int world_teardown(void **state)
{
    struct world *w = *state;
    ingest_close(w->ingest);
    while (!ingest_idle(w->ingest)) {
        world_turn(w);
    }
    loop_fini(&w->loop);
    ingest_free(w->ingest);
    buf_fini(&w->told);
    free(w);
    return 0;
}

/* Turns the loop until `fd` has something to read. */
static inline void world_wait(struct world *w, int fd)
{
    uint64_t until = clock_mono_ns() + WORLD_PATIENCE_NS;
    struct pollfd p = {.fd = fd, .events = POLLIN};
    while (poll(&p, 1, 1) == 0) {
        assert_true(clock_mono_ns() < until);
        world_turn(w);
    }
}

/* Turns the loop until the program was told `line` somewhere. */
static inline void world_wait_told(struct world *w, const char *line)
{
    uint64_t until = clock_mono_ns() + WORLD_PATIENCE_NS;
    for (;;) {
        buf_put_byte(&w->told, 0);
        w->told.len--;
        if (strstr((const char *)w->told.ptr, line)) {
            return;
        }
        assert_true(clock_mono_ns() < until);
        (void)uv_run(&w->loop.uv, UV_RUN_ONCE);
    }
}

/* Turns the loop until `messages` came to the program. */
static inline void world_wait_messages(struct world *w, size_t messages)
{
    uint64_t until = clock_mono_ns() + WORLD_PATIENCE_NS;
    while (w->messages < messages) {
        assert_true(clock_mono_ns() < until);
        world_turn(w);
    }
}

/* ---- peers ---- */

static inline int peer_dial(struct world *w)
{
    int fd;
    expect_ok(net_connect(&w->address, &fd));
    return fd;
}

static inline void peer_say(int fd, struct bytes b)
{
    while (b.len) {
        ssize_t n = send(fd, b.ptr, b.len, MSG_NOSIGNAL);
        if (n < 0 && errno == EAGAIN) {
            struct pollfd p = {.fd = fd, .events = POLLOUT};
            assert_int_equal(poll(&p, 1, 5000), 1);
            continue;
        }
        assert_true(n > 0);
        b = bytes_skip(b, (size_t)n);
    }
}

/* Reads exactly what is expected. */
static inline void peer_hears(struct world *w, int fd, struct bytes expected)
{
    size_t have = 0;
    uint8_t *got = mem_alloc(expected.len + 1);
    while (have < expected.len) {
        world_wait(w, fd);
        ssize_t n = recv(fd, got + have, expected.len - have, 0);
        assert_true(n > 0);
        have += (size_t)n;
    }
    expect_slices(bytes_of(got, have), expected);
    free(got);
}

static inline void peer_hears_the_end(struct world *w, int fd)
{
    uint8_t c;
    world_wait(w, fd);
    ssize_t n = recv(fd, &c, 1, 0);
    assert_true(n == 0 || (n < 0 && errno == ECONNRESET));
    close(fd);
}

/* A round trip: what was said before is handled, and nothing else is on its way. */
static inline void peer_pings(struct world *w, int fd)
{
    peer_say(fd, BYTES("\xc0\x00"));
    peer_hears(w, fd, BYTES("\xd0\x00"));
}

/* Connects with a client id of one letter, and no keep-alive. */
static inline int peer_connect(struct world *w, char client_id)
{
    uint8_t connect[] = "\x10\x0d\x00\x04MQTT\x04\x02\x00\x00\x00\x01?";
    connect[14] = (uint8_t)client_id;
    int fd = peer_dial(w);
    peer_say(fd, bytes_of(connect, sizeof connect - 1));
    peer_hears(w, fd, BYTES("\x20\x02\x00\x00"));
    return fd;
}

static inline uint64_t world_dropped(struct world *w, enum drop why)
{
    return atomic_load(&w->metrics.dropped[why]);
}

#endif
