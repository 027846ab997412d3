/* SPDX-License-Identifier: Apache-2.0 */
/* Many connections in one turn, by a system call each and in batches: a peer sees no difference. */
#include "expect.h"
#include "loop/loop.h"

#include <stdatomic.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

/* More than one batch takes. */
#define CONNS 1300u

struct one {
    struct conn conn;
    int peer;
    unsigned closed;
    unsigned drained;
    enum err why;
};

static struct world {
    struct loop loop;
    struct loop_timer timer;
    struct one all[CONNS];
    unsigned count;
    _Atomic uint64_t sends, batches;
} w;

/* The engine that the tests under way use. */
static enum loop_sends engine;

static void on_received(struct conn *c, struct bytes in)
{
    (void)c;
    (void)in;
}

static void on_drained(struct conn *c)
{
    CONTAINER_OF(c, struct one, conn)->drained++;
}

static void on_closed(struct conn *c, enum err why)
{
    struct one *o = CONTAINER_OF(c, struct one, conn);
    o->closed++;
    o->why = why;
}

static const struct conn_handler handler = {on_received, on_drained, on_closed};

static int setup(void **state)
{
    (void)state;
    memset(&w, 0, sizeof w);
    expect_ok(loop_init(&w.loop));
    loop_send_by(&w.loop, engine, (struct loop_sends_counters){&w.sends, &w.batches});
    return 0;
}

static void open_conns(unsigned count)
{
    for (w.count = 0; w.count < count; w.count++) {
        struct one *o = &w.all[w.count];
        int fds[2];
        assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds), 0);
        o->peer = fds[1];
        conn_start(&o->conn, &w.loop, fds[0], &handler);
    }
}

static int teardown(void **state)
{
    (void)state;
    loop_fini(&w.loop);
    for (unsigned i = 0; i < w.count; i++) {
        if (w.all[i].peer >= 0) {
            close(w.all[i].peer);
        }
        if (w.all[i].closed == 0) {
            conn_discard(&w.all[i].conn);
        }
    }
    return 0;
}

static void stop(void *ctx)
{
    (void)ctx;
    loop_stop(&w.loop);
}

static void one_turn(void)
{
    loop_timer_start(&w.loop, &w.timer, 0, 0, stop, NULL);
    loop_run(&w.loop);
}

/* A frame of `len` bytes that says where in its connection's stream it stands. */
static struct frame *stretch(size_t at, size_t len)
{
    struct frame *f = frame_new((uint32_t)len);
    for (size_t i = 0; i < len; i++) {
        f->data[i] = (uint8_t)((at + i) * 31 >> 3);
    }
    return f;
}

/* Takes what has come at a peer; each byte must be the next of the stream. */
static size_t take(const struct one *o, size_t at)
{
    static uint8_t in[65536];
    ssize_t n;
    size_t before = at;
    while ((n = read(o->peer, in, sizeof in)) > 0) {
        for (ssize_t i = 0; i < n; i++, at++) {
            assert_int_equal(in[i], (uint8_t)(at * 31 >> 3));
        }
    }
    return at - before;
}

static void expect_batches(unsigned least)
{
    if (engine == LOOP_SENDS_EACH) {
        assert_int_equal(w.batches, 0);
    } else {
        assert_true(w.batches >= least);
    }
}

static void one_frame_reaches_more_connections_than_a_batch_takes(void **state)
{
    (void)state;
    open_conns(CONNS);
    struct frame *f = stretch(0, 190);
    for (unsigned i = 0; i < CONNS; i++) {
        conn_send(&w.all[i].conn, frame_hold(f));
    }
    frame_release(f);
    one_turn();
    for (unsigned i = 0; i < CONNS; i++) {
        assert_int_equal(conn_queued(&w.all[i].conn), 0);
        assert_int_equal(take(&w.all[i], 0), 190);
    }
    expect_batches(2);
    assert_int_equal(w.sends, engine == LOOP_SENDS_EACH ? 0 : CONNS);
}

static void many_frames_of_many_connections_arrive_in_order(void **state)
{
    (void)state;
    size_t len[200] = {0};
    open_conns(200);
    for (unsigned i = 0; i < 200; i++) {
        for (unsigned k = 0; k <= i; k++) {
            conn_send(&w.all[i].conn, stretch(len[i], 10 + k));
            len[i] += 10 + k;
        }
    }
    one_turn();
    for (unsigned i = 0; i < 200; i++) {
        assert_int_equal(take(&w.all[i], 0), len[i]);
    }
    expect_batches(2);
}

/* Every second peer reads only now and then, so that its sends are cut short and refused. */
static void who_reads_slowly_gets_all_and_holds_up_nobody(void **state)
{
    enum { PEERS = 20, ROUNDS = 100, LEN = 9000 };
    size_t taken[PEERS] = {0};
    (void)state;
    open_conns(PEERS);
    for (unsigned round = 0; round < ROUNDS; round++) {
        for (unsigned i = 0; i < PEERS; i++) {
            conn_send(&w.all[i].conn, stretch((size_t)round * LEN, LEN));
        }
        one_turn();
        for (unsigned i = 0; i < PEERS; i += 2) {
            assert_int_equal(take(&w.all[i], taken[i]), LEN);
            taken[i] += LEN;
        }
    }
    for (unsigned i = 1; i < PEERS; i += 2) {
        assert_true(conn_blocked(&w.all[i].conn));
        while (taken[i] < (size_t)ROUNDS * LEN) {
            taken[i] += take(&w.all[i], taken[i]);
            one_turn();
        }
        assert_true(w.all[i].drained > 0);
        assert_int_equal(conn_queued(&w.all[i].conn), 0);
    }
    expect_batches(ROUNDS / 2);
}

static void who_is_gone_is_closed_and_the_others_get_theirs(void **state)
{
    (void)state;
    open_conns(30);
    for (unsigned i = 0; i < 30; i++) {
        conn_send(&w.all[i].conn, stretch(0, 100));
        if (i % 3 == 0) {
            close(w.all[i].peer);
            w.all[i].peer = -1;
        }
    }
    one_turn();
    one_turn();
    for (unsigned i = 0; i < 30; i++) {
        if (i % 3 == 0) {
            assert_int_equal(w.all[i].closed, 1);
            assert_int_equal(w.all[i].why, ERR_IO);
        } else {
            assert_int_equal(w.all[i].closed, 0);
            assert_int_equal(take(&w.all[i], 0), 100);
        }
    }
}

static void a_last_word_leaves_before_the_end(void **state)
{
    (void)state;
    open_conns(20);
    for (unsigned i = 0; i < 20; i++) {
        conn_send(&w.all[i].conn, stretch(0, 50));
        if (i % 2) {
            conn_finish(&w.all[i].conn);
        } else {
            conn_end(&w.all[i].conn);
        }
    }
    one_turn();
    one_turn();
    for (unsigned i = 0; i < 20; i++) {
        char c;
        assert_int_equal(take(&w.all[i], 0), 50);
        assert_int_equal(read(w.all[i].peer, &c, 1), 0);
        assert_int_equal(w.all[i].closed, i % 2);
    }
}

/* What leaves the list before the turn's end is not sent for, and not touched. */
static void who_closes_within_the_turn_sends_nothing(void **state)
{
    (void)state;
    open_conns(20);
    for (unsigned i = 0; i < 20; i++) {
        conn_send(&w.all[i].conn, stretch(0, 50));
    }
    for (unsigned i = 0; i < 20; i += 2) {
        conn_close(&w.all[i].conn);
    }
    one_turn();
    one_turn();
    for (unsigned i = 0; i < 20; i++) {
        assert_int_equal(take(&w.all[i], 0), i % 2 ? 50 : 0);
    }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup_teardown(one_frame_reaches_more_connections_than_a_batch_takes, setup,
                                    teardown),
    cmocka_unit_test_setup_teardown(many_frames_of_many_connections_arrive_in_order, setup,
                                    teardown),
    cmocka_unit_test_setup_teardown(who_reads_slowly_gets_all_and_holds_up_nobody, setup, teardown),
    cmocka_unit_test_setup_teardown(who_is_gone_is_closed_and_the_others_get_theirs, setup,
                                    teardown),
    cmocka_unit_test_setup_teardown(a_last_word_leaves_before_the_end, setup, teardown),
    cmocka_unit_test_setup_teardown(who_closes_within_the_turn_sends_nothing, setup, teardown),
};

static int run_with(enum loop_sends how)
{
    static const char *const names[] = {"flush by send", "flush, chosen", "flush by io_uring"};
    engine = how;
    return _cmocka_run_group_tests(names[how], tests, ARRAY_LEN(tests), NULL, NULL);
}

int main(void)
{
    struct rlimit limit;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
    limit.rlim_cur = limit.rlim_max;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
    int failed = run_with(LOOP_SENDS_EACH);
    const char *trouble = loop_batch_trouble();
    if (trouble) {
        printf("# no batches here: %s\n", trouble);
        return failed;
    }
    return failed + run_with(LOOP_SENDS_AUTO) + run_with(LOOP_SENDS_BATCHED);
}
