/* SPDX-License-Identifier: Apache-2.0 */
/* The listener over real sockets, byte-exact. */
#include "world.h"

#define CONNECT_WITH_WILL                                                                          \
    BYTES("\x10\x16\x00\x04MQTT\x04\x06\x00\x00\x00\x01w\x00\x02wt\x00\x03off")

static void what_is_published_reaches_the_program_and_subscribers(void **state)
{
    struct world *w = *state;
    int a = peer_connect(w, 'a');
    int b = peer_connect(w, 'b');
    peer_say(a, BYTES("\x82\x0a\x00\x07\x00\x01#\x00\x00\x01t\x02"));
    peer_hears(w, a, BYTES("\x90\x04\x00\x07\x00\x02"));
    peer_say(b, BYTES("\x31\x04\x00\x01tx\x32\x06\x00\x01t\x00\x09y"));
    /* Once each, at the highest of its filters and of the message; retain is not handed on. */
    peer_hears(w, a, BYTES("\x30\x04\x00\x01tx\x32\x06\x00\x01t\x00\x01y"));
    peer_hears(w, b, BYTES("\x40\x02\x00\x09"));
    world_wait_told(w, "t=x q0 f0\nt=y q1 f0\n");
    peer_say(a, BYTES("\x40\x02\x00\x01\xa2\x05\x00\x08\x00\x01#\xa2\x05\x00\x09\x00\x01t"));
    peer_hears(w, a, BYTES("\xb0\x02\x00\x08\xb0\x02\x00\x09"));
    peer_say(b, BYTES("\x30\x04\x00\x01tz"));
    peer_pings(w, b);
    peer_pings(w, a);
    assert_int_equal(metrics_get(&w->metrics, METRIC_MESSAGES), 3);
    assert_int_equal(metrics_get(&w->metrics, METRIC_MQTT_DELIVERED), 2);
    close(a);
    close(b);
}

static void acknowledgements_wait_for_their_batch_in_the_order_of_messages(void **state)
{
    struct world *w = *state;
    int a = peer_connect(w, 'a');
    w->answer = 5;
    peer_say(a, BYTES("\x32\x06\x00\x01t\x00\x01x"));
    world_wait_messages(w, 1);
    w->answer = 0; /* refused by decode: acknowledged, but not before the one before it */
    peer_say(a, BYTES("\x32\x06\x00\x01t\x00\x02x"));
    world_wait_messages(w, 2);
    w->answer = 6;
    peer_say(a, BYTES("\x32\x06\x00\x01t\x00\x03x"));
    world_wait_messages(w, 3);
    ingest_durable(w->ingest, 4);
    peer_pings(w, a);
    assert_int_equal(metrics_get(&w->metrics, METRIC_QUEUE_ACKS), 3);
    ingest_durable(w->ingest, 5);
    peer_hears(w, a, BYTES("\x40\x02\x00\x01\x40\x02\x00\x02"));
    ingest_durable(w->ingest, 6);
    peer_hears(w, a, BYTES("\x40\x02\x00\x03"));
    peer_pings(w, a);
    close(a);
}

static void many_acknowledgements_come_whole_and_in_order(void **state)
{
    enum { MANY = 20000 };
    struct world *w = *state;
    struct buf said = {0};
    struct buf expected = {0};
    int a = peer_connect(w, 'a');
    w->answer = 1;
    for (uint16_t id = 1; id <= MANY; id++) {
        const struct mqtt_publish p = {
            .topic = BYTES("t"), .payload = BYTES("1"), .qos = 1, .id = id};
        mqtt_encode_publish(&said, &p);
        const struct mqtt_ack ack = {.type = MQTT_PUBACK, .id = id};
        mqtt_encode_ack(&expected, &ack);
    }
    peer_say(a, buf_bytes(&said));
    world_wait_messages(w, MANY);
    ingest_durable(w->ingest, 1);
    peer_hears(w, a, buf_bytes(&expected));
    peer_pings(w, a);
    buf_fini(&said);
    buf_fini(&expected);
    close(a);
}

static void a_stream_in_single_bytes_is_the_same_stream(void **state)
{
    struct world *w = *state;
    struct bytes stream = BYTES("\x10\x0d\x00\x04MQTT\x04\x02\x00\x00\x00\x01s"
                                "\x82\x06\x00\x01\x00\x01t\x01"
                                "\x32\x06\x00\x01t\x00\x05x\xc0\x00");
    int fd = peer_dial(w);
    for (size_t i = 0; i < stream.len; i++) {
        peer_say(fd, bytes_of(stream.ptr + i, 1));
        world_turn(w);
        world_turn(w);
    }
    peer_hears(w, fd, BYTES("\x20\x02\x00\x00\x90\x03\x00\x01\x01"));
    struct buf rest = {0};
    while (rest.len < 14) {
        world_wait(w, fd);
        ssize_t n = recv(fd, buf_reserve(&rest, 64), 64, 0);
        assert_true(n > 0);
        rest.len += (size_t)n;
    }
    assert_int_equal(rest.len, 14); /* the message, its acknowledgement, the pong */
    buf_fini(&rest);
    close(fd);
}

static void a_packet_larger_than_a_read_arrives_whole(void **state)
{
    enum { LARGE = 1000000 };
    struct world *w = *state;
    struct buf said = {0};
    uint8_t *payload = mem_alloc(LARGE);
    for (size_t i = 0; i < LARGE; i++) {
        payload[i] = (uint8_t)('a' + i % 26);
    }
    int a = peer_connect(w, 'a');
    int b = peer_connect(w, 'b');
    peer_say(a, BYTES("\x82\x06\x00\x01\x00\x01t\x00"));
    peer_hears(w, a, BYTES("\x90\x03\x00\x01\x00"));
    struct mqtt_publish p = {.topic = BYTES("t"), .payload = bytes_of(payload, LARGE)};
    mqtt_encode_publish(&said, &p);
    struct bytes rest = buf_bytes(&said);
    while (rest.len) {
        size_t n = size_min(rest.len, 30000);
        peer_say(b, bytes_of(rest.ptr, n));
        rest = bytes_skip(rest, n);
        world_turn(w);
    }
    peer_hears(w, a, buf_bytes(&said));
    free(payload);
    buf_fini(&said);
    close(a);
    close(b);
}

static void whoever_breaks_the_protocol_is_closed_and_counted(void **state)
{
    static const struct {
        struct bytes said;
        enum drop why;
    } rows[] = {
        {BYTES("\x36\x06\x00\x01t\x00\x01x"), DROP_MQTT_PROTOCOL},
        {BYTES("\x30\x04\x00\x02+x"), DROP_MQTT_PROTOCOL},
        {BYTES("\x30\x04\x00\x02\xff\xfe"), DROP_MQTT_PROTOCOL},
        {BYTES("\x30\xff\xff\xff\x7f"), DROP_MQTT_TOO_LARGE},
        {BYTES("\x20\x02\x00\x00"), DROP_MQTT_PROTOCOL},
        {BYTES("\x10\x0d\x00\x04MQTT\x04\x02\x00\x00\x00\x01z"), DROP_MQTT_PROTOCOL},
        {BYTES("\x00\x00"), DROP_MQTT_PROTOCOL},
    };
    struct world *w = *state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        uint64_t before = world_dropped(w, rows[i].why);
        int fd = peer_connect(w, 'a');
        peer_say(fd, rows[i].said);
        peer_hears_the_end(w, fd);
        assert_int_equal(world_dropped(w, rows[i].why), before + 1);
    }
    assert_int_equal(w->messages, 0);
}

static void nobody_is_heard_before_connect(void **state)
{
    struct world *w = *state;
    int fd = peer_dial(w);
    peer_say(fd, BYTES("\x30\x04\x00\x01tx"));
    peer_hears_the_end(w, fd);
    assert_int_equal(w->messages, 0);
    assert_int_equal(world_dropped(w, DROP_MQTT_PROTOCOL), 1);
    fd = peer_dial(w);
    peer_say(fd, BYTES("\x10\x80\x80\x08")); /* 128 KiB of CONNECT */
    peer_hears_the_end(w, fd);
    assert_int_equal(world_dropped(w, DROP_MQTT_TOO_LARGE), 1);
}

static void refusals_say_why(void **state)
{
    struct world *w = *state;
    int fd = peer_dial(w);
    peer_say(fd, BYTES("\x10\x0d\x00\x04MQTT\x06\x02\x00\x00\x00\x00\x00"));
    peer_hears(w, fd, BYTES("\x20\x03\x00\x84\x00"));
    peer_hears_the_end(w, fd);
    fd = peer_dial(w);
    peer_say(fd, BYTES("\x10\x0e\x00\x06MQIsdp\x03\x02\x00\x00\x00\x00"));
    peer_hears(w, fd, BYTES("\x20\x02\x00\x01"));
    peer_hears_the_end(w, fd);
    fd = peer_dial(w);
    peer_say(fd, BYTES("\x10\x0c\x00\x04MQTT\x04\x00\x00\x00\x00\x00"));
    peer_hears(w, fd, BYTES("\x20\x02\x00\x02"));
    peer_hears_the_end(w, fd);
    w->credentials = ERR_DENIED;
    fd = peer_dial(w);
    peer_say(fd, BYTES("\x10\x0c\x00\x04MQTT\x04\x02\x00\x00\x00\x00"));
    peer_hears(w, fd, BYTES("\x20\x02\x00\x04"));
    peer_hears_the_end(w, fd);
    w->credentials = ERR_UNAUTHORIZED;
    fd = peer_dial(w);
    peer_say(fd, BYTES("\x10\x0c\x00\x04MQTT\x04\x02\x00\x00\x00\x00"));
    peer_hears(w, fd, BYTES("\x20\x02\x00\x05"));
    peer_hears_the_end(w, fd);
}

static void connections_are_bounded(void **state)
{
    struct world *w = *state;
    int open[8];
    for (int i = 0; i < 8; i++) {
        open[i] = peer_connect(w, (char)('a' + i));
    }
    peer_hears_the_end(w, peer_dial(w));
    assert_int_equal(world_dropped(w, DROP_MQTT_CONNECTION_LIMIT), 1);
    assert_int_equal(metrics_get(&w->metrics, METRIC_MQTT_CONNECTIONS), 8);
    for (int i = 0; i < 8; i++) {
        close(open[i]);
    }
}

static void a_topic_beyond_our_limits_is_counted_acknowledged_and_the_connection_kept(void **state)
{
    struct world *w = *state;
    struct buf said = {0};
    uint8_t *topic = mem_alloc(MQTT_STRING_MAX);
    memset(topic, 'x', MQTT_STRING_MAX);
    int fd = peer_connect(w, 'a');
    struct mqtt_publish p = {.topic = bytes_of(topic, MQTT_STRING_MAX), .qos = 1, .id = 3};
    mqtt_encode_publish(&said, &p);
    peer_say(fd, buf_bytes(&said));
    peer_hears(w, fd, BYTES("\x40\x02\x00\x03"));
    memset(topic, '/', 40);
    p = (struct mqtt_publish){.topic = bytes_of(topic, 40)};
    buf_clear(&said);
    mqtt_encode_publish(&said, &p);
    peer_say(fd, buf_bytes(&said));
    peer_pings(w, fd);
    assert_int_equal(world_dropped(w, DROP_BAD_TOPIC), 2);
    assert_int_equal(w->messages, 0);
    free(topic);
    buf_fini(&said);
    close(fd);
}

static void a_newcomer_with_the_same_id_takes_over(void **state)
{
    struct world *w = *state;
    int old = peer_dial(w);
    peer_say(old, CONNECT_WITH_WILL);
    peer_hears(w, old, BYTES("\x20\x02\x00\x00"));
    int newcomer = peer_connect(w, 'w');
    peer_hears_the_end(w, old);
    world_wait_told(w, "wt=off q0 f2\n");
    peer_say(newcomer, BYTES("\xe0\x00"));
    peer_hears_the_end(w, newcomer);
    world_wait_told(w, "wt=off q0 f2\nclosed 0\n");
}

static void a_lost_connection_publishes_its_will_and_is_told_after_the_grace(void **state)
{
    struct world *w = *state;
    int watcher = peer_connect(w, 'a');
    peer_say(watcher, BYTES("\x82\x07\x00\x01\x00\x02wt\x00"));
    peer_hears(w, watcher, BYTES("\x90\x03\x00\x01\x00"));
    int fd = peer_dial(w);
    peer_say(fd, CONNECT_WITH_WILL);
    peer_hears(w, fd, BYTES("\x20\x02\x00\x00"));
    close(fd);
    peer_hears(w, watcher, BYTES("\x30\x07\x00\x02wtoff"));
    world_wait_told(w, "wt=off q0 f2\nlost 1\n");
    close(watcher);
}

static void a_goodbye_is_no_loss(void **state)
{
    struct world *w = *state;
    int fd = peer_dial(w);
    peer_say(fd, CONNECT_WITH_WILL);
    peer_hears(w, fd, BYTES("\x20\x02\x00\x00"));
    peer_say(fd, BYTES("\xe0\x00"));
    peer_hears_the_end(w, fd);
    expect_bytes(buf_bytes(&w->told), "closed 0\n");
}

static void a_silent_client_is_lost_when_its_keep_alive_ran_out(void **state)
{
    struct world *w = *state;
    int fd = peer_dial(w);
    peer_say(fd, BYTES("\x10\x0d\x00\x04MQTT\x04\x02\x00\x01\x00\x01k"));
    peer_hears(w, fd, BYTES("\x20\x02\x00\x00"));
    uint64_t began = clock_mono_ns();
    peer_hears_the_end(w, fd);
    assert_in_range(clock_mono_ns() - began, 1300000000u, 3500000000u);
    world_wait_told(w, "lost 0\n");
}

static void what_can_not_be_stored_is_never_acknowledged_but_asked_for_again(void **state)
{
    struct world *w = *state;
    int kept = peer_connect(w, 'b');
    int fd = peer_dial(w);
    peer_say(fd, CONNECT_WITH_WILL);
    peer_hears(w, fd, BYTES("\x20\x02\x00\x00"));
    w->answer = UINT64_MAX;
    peer_say(fd, BYTES("\x32\x06\x00\x01t\x00\x01x"));
    world_wait_messages(w, 1);
    ingest_durable(w->ingest, 1000);
    peer_pings(w, fd);
    ingest_redeliver(w->ingest);
    peer_hears_the_end(w, fd);
    peer_pings(w, kept);
    assert_int_equal(w->messages, 1); /* no will: we sent it away ourselves */
    close(kept);
}

static void paused_nothing_is_read_and_nothing_is_lost(void **state)
{
    struct world *w = *state;
    int fd = peer_connect(w, 'a');
    ingest_pause(w->ingest);
    peer_say(fd, BYTES("\x30\x04\x00\x01tx"));
    for (int i = 0; i < 20; i++) {
        world_turn(w);
    }
    assert_int_equal(w->messages, 0);
    ingest_resume(w->ingest);
    world_wait_messages(w, 1);
    close(fd);
}

static void a_subscriber_that_does_not_read_costs_a_bounded_queue(void **state)
{
    enum { MESSAGES = 6000, PAYLOAD = 4096 };
    struct world *w = *state;
    struct buf said = {0};
    uint8_t payload[PAYLOAD];
    memset(payload, 'p', sizeof payload);
    int sleeper = peer_connect(w, 'a');
    int fd = peer_connect(w, 'b');
    peer_say(sleeper, BYTES("\x82\x06\x00\x01\x00\x01t\x00"));
    peer_hears(w, sleeper, BYTES("\x90\x03\x00\x01\x00"));
    struct mqtt_publish p = {.topic = BYTES("t"), .payload = bytes_of(payload, sizeof payload)};
    mqtt_encode_publish(&said, &p);
    for (size_t i = 0; i < MESSAGES; i++) {
        peer_say(fd, buf_bytes(&said));
        world_turn(w);
    }
    world_wait_messages(w, MESSAGES);
    uint64_t dropped = world_dropped(w, DROP_SUBSCRIBER_SLOW);
    uint64_t delivered = metrics_get(&w->metrics, METRIC_MQTT_DELIVERED);
    assert_true(dropped > 0);
    assert_int_equal(dropped + delivered, MESSAGES);
    /* Those that were taken come, oldest first, whole. */
    for (uint64_t i = 0; i < delivered; i++) {
        peer_hears(w, sleeper, buf_bytes(&said));
    }
    peer_pings(w, sleeper);
    buf_fini(&said);
    close(sleeper);
    close(fd);
}

static void draining_reads_nothing_more_but_still_acknowledges(void **state)
{
    struct world *w = *state;
    int fd = peer_connect(w, 'a');
    w->answer = 3;
    peer_say(fd, BYTES("\x32\x06\x00\x01t\x00\x01x"));
    world_wait_messages(w, 1);
    ingest_drain(w->ingest);
    ingest_durable(w->ingest, 3);
    ingest_close(w->ingest);
    peer_hears(w, fd, BYTES("\x40\x02\x00\x01"));
    peer_hears_the_end(w, fd);
    expect_bytes(buf_bytes(&w->told), "t=x q1 f0\n");
}

#define IN_A_WORLD(test) cmocka_unit_test_setup_teardown(test, world_setup, world_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_A_WORLD(what_is_published_reaches_the_program_and_subscribers),
        IN_A_WORLD(acknowledgements_wait_for_their_batch_in_the_order_of_messages),
        IN_A_WORLD(many_acknowledgements_come_whole_and_in_order),
        IN_A_WORLD(a_stream_in_single_bytes_is_the_same_stream),
        IN_A_WORLD(a_packet_larger_than_a_read_arrives_whole),
        IN_A_WORLD(whoever_breaks_the_protocol_is_closed_and_counted),
        IN_A_WORLD(nobody_is_heard_before_connect),
        IN_A_WORLD(refusals_say_why),
        IN_A_WORLD(connections_are_bounded),
        IN_A_WORLD(a_topic_beyond_our_limits_is_counted_acknowledged_and_the_connection_kept),
        IN_A_WORLD(a_newcomer_with_the_same_id_takes_over),
        IN_A_WORLD(a_lost_connection_publishes_its_will_and_is_told_after_the_grace),
        IN_A_WORLD(a_goodbye_is_no_loss),
        IN_A_WORLD(a_silent_client_is_lost_when_its_keep_alive_ran_out),
        IN_A_WORLD(what_can_not_be_stored_is_never_acknowledged_but_asked_for_again),
        IN_A_WORLD(paused_nothing_is_read_and_nothing_is_lost),
        IN_A_WORLD(a_subscriber_that_does_not_read_costs_a_bounded_queue),
        IN_A_WORLD(draining_reads_nothing_more_but_still_acknowledges),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
