/* SPDX-License-Identifier: Apache-2.0 */
/* Three clients of the listener and what the program does, in any order. The input is a list of
 * records: a byte whose low two bits name a client and whose others count the bytes that it sends
 * next; 3 in the low bits is the program's turn, which the other bits choose. Whatever comes, what
 * the listener answers is framed well, nothing leaks, and in the end everything closes. */
#include "ingest/internal.h"

#include <sys/socket.h>
#include <unistd.h>

#define PEERS       3
#define ANSWERS_MAX 65536u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct stage {
    struct loop loop;
    struct ingest *in;
    struct metrics metrics;
    int peers[PEERS];
    struct buf answers[PEERS]; /* not framed yet */
    uint64_t seq;
    bool paused;
};

/* One in eight messages can't be stored, one in eight was refused by a decoder. */
static uint64_t on_message(void *ctx, const struct ingest_message *m)
{
    struct stage *s = ctx;
    ASSERT(mqtt_topic_valid(m->topic));
    unsigned kind = m->payload.len ? m->payload.ptr[0] & 7 : 2;
    return kind == 0 ? UINT64_MAX : kind == 1 ? 0 : ++s->seq;
}

static enum err on_authenticate(void *ctx, const struct ingest_login *login,
                                struct principal *principal)
{
    (void)ctx;
    *principal = (struct principal){.role = login->user.len ? ROLE_OPERATOR : ROLE_ADMIN};
    return OK;
}

static bool on_knows(void *ctx, const struct principal *principal)
{
    (void)ctx;
    return principal->role == ROLE_ADMIN;
}

static void on_carrier(void *ctx, uint32_t carrier)
{
    (void)ctx;
    (void)carrier;
}

static const struct ingest_events events = {
    .message = on_message,
    .authenticate = on_authenticate,
    .knows = on_knows,
    .carrier_lost = on_carrier,
    .carrier_closed = on_carrier,
};

static void turn(struct stage *s)
{
    for (int i = 0; i < 3; i++) {
        (void)uv_run(&s->loop.uv, UV_RUN_NOWAIT);
    }
}

static void open_peer(struct stage *s, size_t i)
{
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair)) {
        base_assert_failed(__FILE__, __LINE__, "socketpair");
    }
    s->peers[i] = pair[0];
    buf_clear(&s->answers[i]);
    const struct peer_address peer = {"127.0.0.1"};
    client_accept(s->in, pair[1], &peer, NULL);
}

/* Takes what the listener said, packet by packet. */
static void listen_to(struct stage *s, size_t i)
{
    struct buf *b = &s->answers[i];
    ssize_t n;
    while ((n = recv(s->peers[i], buf_reserve(b, ANSWERS_MAX), ANSWERS_MAX, 0)) > 0) {
        b->len += (size_t)n;
        struct bytes rest = buf_bytes(b);
        struct mqtt_frame f;
        size_t used;
        enum err e;
        while ((e = mqtt_frame(rest, SIZE_MAX, &f, &used)) == OK) {
            rest = bytes_skip(rest, used);
        }
        ASSERT(e == ERR_AGAIN);
        memmove(b->ptr, rest.ptr, rest.len);
        b->len = rest.len;
    }
}

static void act(struct stage *s, uint8_t choice)
{
    size_t peer = choice / 8 % PEERS;
    switch (choice % 8) {
    case 0:
        close(s->peers[peer]);
        open_peer(s, peer);
        break;
    case 1:
        s->paused = !s->paused;
        if (s->paused) {
            ingest_pause(s->in);
        } else {
            ingest_resume(s->in);
        }
        break;
    case 2:
        ingest_redeliver(s->in);
        break;
    case 3:
        ingest_recheck(s->in);
        break;
    case 4:
        ingest_publish(s->in, BYTES("a/b"), BYTES("from us"), choice / 8 % 3, MESSAGE_RETAINED);
        break;
    case 5:
        session_tick(s->in, s->loop.mono_ns + MONO_MS(1000) * (choice / 8));
        break;
    default:
        ingest_durable(s->in, s->seq);
        break;
    }
}

static void play(struct stage *s, struct bytes in)
{
    while (in.len) {
        uint8_t head = in.ptr[0];
        size_t n = size_min(head >> 2, in.len - 1);
        in = bytes_skip(in, 1);
        if ((head & 3) == PEERS) {
            act(s, head >> 2);
        } else {
            (void)!send(s->peers[head & 3], in.ptr, n, MSG_NOSIGNAL);
            in = bytes_skip(in, n);
        }
        turn(s);
        for (size_t i = 0; i < PEERS; i++) {
            listen_to(s, i);
        }
    }
}

static void finish(struct stage *s)
{
    ingest_close(s->in);
    while (!ingest_idle(s->in)) {
        turn(s);
    }
    loop_fini(&s->loop);
    ingest_free(s->in);
    for (size_t i = 0; i < PEERS; i++) {
        close(s->peers[i]);
        buf_fini(&s->answers[i]);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct stage s;
    s = (struct stage){0};
    const struct ingest_config config = {
        .max_connections = 4,
        .limits = {.grace_ms = 1},
        .events = &events,
        .ctx = &s,
        .metrics = &s.metrics,
        .key = {1, 2},
    };
    log_set_level(LOG_ERROR);
    if (loop_init(&s.loop)) {
        base_assert_failed(__FILE__, __LINE__, "loop_init");
    }
    s.in = ingest_new(&s.loop, &config);
    for (size_t i = 0; i < PEERS; i++) {
        open_peer(&s, i);
    }
    turn(&s);
    play(&s, bytes_of(data, size));
    finish(&s);
    return 0;
}
