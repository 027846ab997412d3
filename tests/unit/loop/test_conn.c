/* SPDX-License-Identifier: Apache-2.0 */
#include "expect.h"
#include "loop/loop.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

struct world {
    struct loop loop;
    struct conn conn;
    struct loop_timer timer;
    int peer;
    size_t received;
    unsigned drained;
    unsigned closed;
    enum err why;
};

static struct world w;

static void on_received(struct conn *c, struct bytes in)
{
    (void)c;
    w.received += in.len;
    loop_stop(&w.loop);
}

static void on_drained(struct conn *c)
{
    (void)c;
    w.drained++;
}

static void on_closed(struct conn *c, enum err why)
{
    (void)c;
    w.closed++;
    w.why = why;
    loop_stop(&w.loop);
}

static const struct conn_handler handler = {on_received, on_drained, on_closed};

static int setup(void **state)
{
    int fds[2];
    (void)state;
    memset(&w, 0, sizeof w);
    expect_ok(loop_init(&w.loop));
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds), 0);
    w.peer = fds[1];
    conn_start(&w.conn, &w.loop, fds[0], &handler);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    loop_fini(&w.loop);
    close(w.peer);
    return 0;
}

static struct frame *text_frame(const char *text)
{
    return frame_of(BYTES(""), bytes_of_text(text));
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

static void expect_at_peer(const char *text)
{
    char in[256];
    ssize_t n = read(w.peer, in, sizeof in);
    assert_int_equal(n, strlen(text));
    assert_memory_equal(in, text, (size_t)n);
}

static void frames_of_one_turn_leave_together_in_order(void **state)
{
    (void)state;
    for (char c = 'a'; c <= 'j'; c++) {
        conn_send(&w.conn, text_frame((char[]){c, '\0'}));
    }
    assert_int_equal(conn_queued(&w.conn), 10);
    char in[8];
    assert_int_equal(read(w.peer, in, sizeof in), -1);
    one_turn();
    expect_at_peer("abcdefghij");
    assert_int_equal(conn_queued(&w.conn), 0);
}

static void an_urgent_frame_goes_ahead_of_those_that_wait(void **state)
{
    (void)state;
    conn_send(&w.conn, text_frame("one,"));
    conn_send(&w.conn, text_frame("two,"));
    conn_send_first(&w.conn, text_frame("ping,"));
    one_turn();
    expect_at_peer("ping,one,two,");
}

static struct frame *large_frame(size_t len, uint8_t fill)
{
    struct frame *f = frame_new((uint32_t)len);
    memset(f->data, fill, len);
    return f;
}

static size_t drain_peer(uint8_t *last)
{
    static uint8_t in[65536];
    size_t total = 0;
    ssize_t n;
    while ((n = read(w.peer, in, sizeof in)) > 0) {
        total += (size_t)n;
        *last = in[n - 1];
    }
    return total;
}

static void what_the_kernel_refuses_waits_and_then_leaves_whole(void **state)
{
    (void)state;
    size_t len = 4u << 20, total = 0;
    uint8_t last = 0;
    conn_send(&w.conn, large_frame(len, 1));
    conn_flush(&w.conn);
    assert_true(conn_blocked(&w.conn));
    conn_send(&w.conn, large_frame(1, 2));
    /* A frame that has begun to leave is not cut in two by an urgent one. */
    conn_send_first(&w.conn, large_frame(1, 3));
    while (total < len + 2) {
        total += drain_peer(&last);
        one_turn();
    }
    assert_int_equal(total, len + 2);
    assert_int_equal(last, 2);
    assert_int_equal(w.drained, 1);
    assert_false(conn_blocked(&w.conn));
}

static void the_peers_end_is_told_once(void **state)
{
    (void)state;
    assert_int_equal(shutdown(w.peer, SHUT_WR), 0);
    loop_run(&w.loop);
    assert_int_equal(w.closed, 1);
    assert_int_equal(w.why, ERR_CLOSED);
}

static void finishing_sends_what_waits_and_then_closes(void **state)
{
    (void)state;
    conn_send(&w.conn, text_frame("goodbye"));
    conn_finish(&w.conn);
    conn_send(&w.conn, text_frame("too late"));
    loop_run(&w.loop);
    expect_at_peer("goodbye");
    assert_int_equal(w.closed, 1);
}

static void a_paused_connection_reads_nothing(void **state)
{
    (void)state;
    conn_pause(&w.conn);
    assert_int_equal(write(w.peer, "x", 1), 1);
    one_turn();
    one_turn();
    assert_int_equal(w.received, 0);
    conn_resume(&w.conn);
    loop_run(&w.loop);
    assert_int_equal(w.received, 1);
}

static void a_packed_connection_goes_on_in_another_loop(void **state)
{
    struct loop other;
    struct conn moved;
    struct conn_parcel p = {0};
    (void)state;
    conn_send(&w.conn, text_frame("before "));
    expect_ok(conn_pack(&w.conn, &p));
    buf_put_text(&p.first, "first ");
    loop_run(&w.loop);
    assert_int_equal(w.closed, 1);
    assert_int_equal(write(w.peer, "hello", 5), 5);
    one_turn();
    assert_int_equal(w.received, 0);

    expect_ok(loop_init(&other));
    conn_unpack(&moved, &other, &p, &handler);
    conn_parcel_fini(&p, CONN_PARCEL_TAKEN);
    conn_send(&moved, text_frame("then"));
    conn_flush(&moved);
    expect_at_peer("before first then");
    (void)uv_run(&other.uv, UV_RUN_ONCE);
    assert_int_equal(w.received, 5);
    loop_fini(&other);
    conn_discard(&moved);
}

static void what_the_peer_does_not_take_keeps_a_connection_here(void **state)
{
    struct conn_parcel p = {0};
    (void)state;
    for (int i = 0; i < 4096; i++) {
        conn_send(&w.conn, frame_new(1024));
    }
    expect_err(ERR_AGAIN, conn_pack(&w.conn, &p));
    conn_close(&w.conn);
    loop_run(&w.loop);
    assert_int_equal(w.closed, 1);
}

static void an_unwanted_parcel_closes_its_socket(void **state)
{
    struct conn_parcel p = {0};
    char c;
    (void)state;
    expect_ok(conn_pack(&w.conn, &p));
    conn_parcel_fini(&p, CONN_PARCEL_UNWANTED);
    loop_run(&w.loop);
    assert_int_equal(read(w.peer, &c, 1), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_packed_connection_goes_on_in_another_loop, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(what_the_peer_does_not_take_keeps_a_connection_here, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(an_unwanted_parcel_closes_its_socket, setup, teardown),
        cmocka_unit_test_setup_teardown(frames_of_one_turn_leave_together_in_order, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(an_urgent_frame_goes_ahead_of_those_that_wait, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(what_the_kernel_refuses_waits_and_then_leaves_whole, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(the_peers_end_is_told_once, setup, teardown),
        cmocka_unit_test_setup_teardown(finishing_sends_what_waits_and_then_closes, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_paused_connection_reads_nothing, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
