/* SPDX-License-Identifier: Apache-2.0 */
/* The client that dials a broker, against a broker that is a socket of the test. */
#include "world.h"

static const char *const filters[] = {"s/#", "d/+"};

/* A fake broker: where it listens, and who called. */
struct called {
    int listener;
    int fd;
    uint16_t port;
};

static struct called start_broker(void)
{
    struct called b = {.fd = -1};
    struct net_address a;
    struct net_name name;
    expect_ok(net_address_parse("127.0.0.1", 0, &a));
    expect_ok(net_listen(&a, &b.listener, &name));
    b.port = name.port;
    return b;
}

static void be_called(struct world *w, struct called *b)
{
    world_wait(w, b->listener);
    b->fd = accept(b->listener, NULL, NULL);
    assert_true(b->fd >= 0);
}

static struct mqtt_connect hear_connect(struct world *w, struct called *b, struct buf *heard)
{
    struct mqtt_frame f;
    struct mqtt_connect c;
    size_t used;
    buf_clear(heard);
    do {
        world_wait(w, b->fd);
        ssize_t n = recv(b->fd, buf_reserve(heard, 256), 256, 0);
        assert_true(n > 0);
        heard->len += (size_t)n;
    } while (mqtt_frame(buf_bytes(heard), 4096, &f, &used) != OK);
    assert_int_equal(used, heard->len);
    expect_ok(mqtt_decode_connect(f, &c));
    return c;
}

static void subscribe_it(struct world *w, struct called *b)
{
    peer_say(b->fd, BYTES("\x20\x02\x00\x00"));
    peer_hears(w, b->fd,
               BYTES("\x82\x0e\x00\x01\x00\x03s/#\x01\x00\x03"
                     "d/+\x01"));
    assert_false(ingest_brokers_up(w->ingest));
    peer_say(b->fd, BYTES("\x90\x04\x00\x01\x01\x01"));
}

static void wait_up(struct world *w)
{
    uint64_t until = clock_mono_ns() + WORLD_PATIENCE_NS;
    while (!ingest_brokers_up(w->ingest)) {
        assert_true(clock_mono_ns() < until);
        world_turn(w);
    }
}

static void it_subscribes_and_acknowledges_only_what_is_durable(void **state)
{
    struct world *w = *state;
    struct called b = start_broker();
    struct buf heard = {0};
    const struct ingest_broker config = {
        .host = "127.0.0.1",
        .port = b.port,
        .client_id = "telltale-1",
        .user = "u",
        .password = "p",
        .filters = filters,
        .filter_count = 2,
    };
    ingest_dial(w->ingest, &config);
    be_called(w, &b);
    struct mqtt_connect c = hear_connect(w, &b, &heard);
    expect_bytes(c.client_id, "telltale-1");
    expect_bytes(c.user, "u");
    expect_bytes(c.password, "p");
    assert_false(c.clean); /* the broker keeps what we miss */
    assert_true(c.keep_alive_s > 0);
    subscribe_it(w, &b);
    wait_up(w);
    w->answer = 7;
    peer_say(b.fd, BYTES("\x33\x07\x00\x02s/\x00\x01x\x3a\x07\x00\x02s/\x00\x02y"));
    world_wait_told(w, "s/=x q1 f1 from 1\ns/=y q1 f4 from 1\n");
    ingest_durable(w->ingest, 6);
    ingest_durable(w->ingest, 7);
    peer_hears(w, b.fd, BYTES("\x40\x02\x00\x01\x40\x02\x00\x02"));
    ingest_close(w->ingest);
    peer_hears(w, b.fd, BYTES("\xe0\x00"));
    peer_hears_the_end(w, b.fd);
    close(b.listener);
    buf_fini(&heard);
}

static void a_lost_broker_is_dialled_again(void **state)
{
    struct world *w = *state;
    struct called b = start_broker();
    struct buf heard = {0};
    const struct ingest_broker config = {
        .host = "127.0.0.1", .port = b.port, .filters = filters, .filter_count = 2};
    ingest_dial(w->ingest, &config);
    be_called(w, &b);
    struct mqtt_connect c = hear_connect(w, &b, &heard);
    assert_true(c.clean && c.client_id.len > 0);
    subscribe_it(w, &b);
    wait_up(w);
    /* A message in flight when the connection ends: it is not acknowledged on the next one. */
    w->answer = 7;
    peer_say(b.fd, BYTES("\x32\x07\x00\x02s/\x00\x01x"));
    world_wait_messages(w, 1);
    close(b.fd);
    uint64_t began = clock_mono_ns();
    be_called(w, &b);
    assert_in_range(clock_mono_ns() - began, 400000000u, 2500000000u);
    (void)hear_connect(w, &b, &heard);
    ingest_durable(w->ingest, 7);
    subscribe_it(w, &b);
    wait_up(w);
    assert_int_equal(metrics_get(&w->metrics, METRIC_BROKER_RECONNECTS), 1);
    assert_int_equal(metrics_get(&w->metrics, METRIC_BROKERS_UP), 1);
    close(b.fd);
    close(b.listener);
    buf_fini(&heard);
}

static void a_refusal_or_nonsense_is_retried_not_fatal(void **state)
{
    struct world *w = *state;
    struct called b = start_broker();
    struct buf heard = {0};
    const struct ingest_broker config = {
        .host = "127.0.0.1", .port = b.port, .filters = filters, .filter_count = 2};
    ingest_dial(w->ingest, &config);
    be_called(w, &b);
    (void)hear_connect(w, &b, &heard);
    peer_say(b.fd, BYTES("\x20\x02\x00\x05"));
    peer_hears_the_end(w, b.fd);
    be_called(w, &b);
    (void)hear_connect(w, &b, &heard);
    peer_say(b.fd, BYTES("HTTP/1.1 400 Bad Request\r\n\r\n"));
    peer_hears_the_end(w, b.fd);
    assert_int_equal(world_dropped(w, DROP_MQTT_PROTOCOL), 1);
    assert_false(ingest_brokers_up(w->ingest));
    close(b.listener);
    buf_fini(&heard);
}

static void what_we_publish_to_a_broker_reaches_it_or_is_counted(void **state)
{
    struct world *w = *state;
    struct called b = start_broker();
    struct buf heard = {0};
    const struct ingest_broker config = {
        .host = "127.0.0.1", .port = b.port, .filters = filters, .filter_count = 2};
    ingest_dial(w->ingest, &config);
    ingest_publish_to_link(w->ingest, 1, BYTES("t"), BYTES("early"), 0);
    assert_int_equal(world_dropped(w, DROP_LINK_UNSENT), 1);
    be_called(w, &b);
    (void)hear_connect(w, &b, &heard);
    subscribe_it(w, &b);
    wait_up(w);
    ingest_publish_to_link(w->ingest, 1, BYTES("t"), BYTES("x"), 0);
    ingest_publish_to_link(w->ingest, 1, BYTES("t"), BYTES("y"), 1);
    ingest_publish_to_link(w->ingest, 2, BYTES("t"), BYTES("no such link"), 0);
    peer_hears(w, b.fd, BYTES("\x30\x04\x00\x01tx\x32\x06\x00\x01t\x00\x01y"));
    peer_say(b.fd, BYTES("\x40\x02\x00\x01\x30\x05\x00\x02s/z"));
    world_wait_told(w, "s/=z q0 f0 from 1\n");
    close(b.fd);
    close(b.listener);
    buf_fini(&heard);
}

static void closing_while_dialling_ends_cleanly(void **state)
{
    struct world *w = *state;
    struct called b = start_broker();
    const struct ingest_broker config = {
        .host = "127.0.0.1", .port = b.port, .filters = filters, .filter_count = 2};
    ingest_dial(w->ingest, &config);
    ingest_close(w->ingest);
    close(b.listener);
}

#define IN_A_WORLD(test) cmocka_unit_test_setup_teardown(test, world_setup, world_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_A_WORLD(it_subscribes_and_acknowledges_only_what_is_durable),
        IN_A_WORLD(a_lost_broker_is_dialled_again),
        IN_A_WORLD(a_refusal_or_nonsense_is_retried_not_fatal),
        IN_A_WORLD(what_we_publish_to_a_broker_reaches_it_or_is_counted),
        IN_A_WORLD(closing_while_dialling_ends_cleanly),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
