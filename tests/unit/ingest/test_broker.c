/* SPDX-License-Identifier: Apache-2.0 */
/* The client that dials a broker, against a broker that is a socket of the test. */
#include "world.h"

#include <netinet/tcp.h>

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
    int on = 1;
    b->fd = accept(b->listener, NULL, NULL);
    assert_true(b->fd >= 0);
    assert_int_equal(setsockopt(b->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on), 0);
}

/* Reads the CONNECT and nothing else; its slices lie in `heard`. */
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

static struct ingest_broker config_of(const struct called *b, uint8_t version)
{
    return (struct ingest_broker){.name = "plant",
                                  .host = "127.0.0.1",
                                  .port = b->port,
                                  .client_id = "telltale-1",
                                  .filters = filters,
                                  .filter_count = 2,
                                  .qos = 2,
                                  .version = version,
                                  .session_expiry_s = 3600};
}

static void wait_up(struct world *w)
{
    uint64_t until = clock_mono_ns() + WORLD_PATIENCE_NS;
    while (!ingest_brokers_up(w->ingest)) {
        assert_true(clock_mono_ns() < until);
        world_turn(w);
    }
}

#define ACCEPT   BYTES("\x20\x02\x00\x00")
#define ACCEPT_5 BYTES("\x20\x03\x00\x00\x00")
#define RESUME_5 BYTES("\x20\x03\x01\x00\x00")
#define SUBACK   BYTES("\x90\x04\x00\x01\x02\x02")
#define SUBACK_5 BYTES("\x90\x05\x00\x01\x00\x02\x02")
#define SUBSCRIBE                                                                                  \
    BYTES("\x82\x0e\x00\x01\x00\x03s/#\x02\x00\x03"                                                \
          "d/+\x02")
/* With no_local, and retained messages only when it is new. */
#define SUBSCRIBE_5                                                                                \
    BYTES("\x82\x0f\x00\x01\x00\x00\x03s/#\x16\x00\x03"                                            \
          "d/+\x16")

static void admit(struct world *w, struct called *b, struct bytes accept)
{
    bool five = accept.len == 5;
    struct buf heard = {0};
    be_called(w, b);
    struct mqtt_connect c = hear_connect(w, b, &heard);
    assert_int_equal(c.version, five ? MQTT_V5 : MQTT_V311);
    peer_say(b->fd, accept);
    peer_hears(w, b->fd, five ? SUBSCRIBE_5 : SUBSCRIBE);
    assert_false(ingest_brokers_up(w->ingest));
    peer_say(b->fd, five ? SUBACK_5 : SUBACK);
    wait_up(w);
    buf_fini(&heard);
}

static struct link_view view(struct world *w, unsigned number)
{
    struct link_view v;
    assert_true(ingest_link(w->ingest, number, &v));
    return v;
}

static void wait_state(struct world *w, enum link_state state)
{
    uint64_t until = clock_mono_ns() + WORLD_PATIENCE_NS;
    while (view(w, 1).state != state) {
        assert_true(clock_mono_ns() < until);
        (void)uv_run(&w->loop.uv, UV_RUN_ONCE);
    }
}

static void end(struct called *b)
{
    close(b->fd);
    close(b->listener);
}

/* ---- what is said ---- */

static void it_subscribes_and_acknowledges_only_what_is_durable(void **state)
{
    struct world *w = *state;
    struct called b = start_broker();
    struct buf heard = {0};
    struct ingest_broker config = config_of(&b, MQTT_V311);
    config.user = "u";
    config.password = "p";
    ingest_dial(w->ingest, &config);
    be_called(w, &b);
    struct mqtt_connect c = hear_connect(w, &b, &heard);
    expect_bytes(c.client_id, "telltale-1");
    expect_bytes(c.user, "u");
    expect_bytes(c.password, "p");
    assert_false(c.clean); /* the broker keeps what we miss */
    assert_true(c.keep_alive_s > 0);
    peer_say(b.fd, ACCEPT);
    peer_hears(w, b.fd, SUBSCRIBE);
    peer_say(b.fd, SUBACK);
    wait_up(w);
    w->answer = 7;
    peer_say(b.fd, BYTES("\x33\x07\x00\x02s/\x00\x01x\x3a\x07\x00\x02s/\x00\x02y"
                         "\x34\x07\x00\x02s/\x00\x03z"));
    world_wait_told(w, "s/=x q1 f1 from 1\ns/=y q1 f4 from 1\ns/=z q2 f0 from 1\n");
    ingest_durable(w->ingest, 6);
    ingest_durable(w->ingest, 7);
    peer_hears(w, b.fd, BYTES("\x40\x02\x00\x01\x40\x02\x00\x02\x50\x02\x00\x03"));
    assert_int_equal(view(w, 1).messages, 3);
    ingest_close(w->ingest);
    peer_hears(w, b.fd, BYTES("\xe0\x00"));
    peer_hears_the_end(w, b.fd);
    close(b.listener);
    buf_fini(&heard);
}

static void it_offers_mqtt_5_with_its_limits(void **state)
{
    struct world *w = *state;
    struct called b = start_broker();
    struct buf heard = {0};
    const struct ingest_broker config = config_of(&b, 0);
    ingest_dial(w->ingest, &config);
    be_called(w, &b);
    struct mqtt_connect c = hear_connect(w, &b, &heard);
    assert_int_equal(c.version, MQTT_V5);
    assert_false(c.clean);
    assert_int_equal(mqtt_property_number(c.properties, MQTT_SESSION_EXPIRY, 0), 3600);
    assert_int_equal(mqtt_property_number(c.properties, MQTT_RECEIVE_MAXIMUM, 0), 4096);
    assert_int_equal(mqtt_property_number(c.properties, MQTT_ALIAS_MAXIMUM, 0), 16);
    assert_int_equal(mqtt_property_number(c.properties, MQTT_MAXIMUM_PACKET, 0), 2u << 20);
    peer_say(b.fd, ACCEPT_5);
    peer_hears(w, b.fd, SUBSCRIBE_5);
    peer_say(b.fd, SUBACK_5);
    wait_up(w);
    struct link_view v = view(w, 1);
    assert_string_equal(v.name, "plant");
    assert_int_equal(v.state, LINK_CONNECTED);
    assert_true(v.connected && v.since > 0);
    assert_int_equal(v.version, 5);
    assert_string_equal(v.problem, "");
    end(&b);
    buf_fini(&heard);
}

static void expect_fallback(struct world *w, struct bytes refusal)
{
    struct called b = start_broker();
    struct buf heard = {0};
    const struct ingest_broker config = config_of(&b, 0);
    ingest_dial(w->ingest, &config);
    be_called(w, &b);
    assert_int_equal(hear_connect(w, &b, &heard).version, MQTT_V5);
    peer_say(b.fd, refusal);
    peer_hears_the_end(w, b.fd);
    admit(w, &b, ACCEPT);
    assert_int_equal(view(w, 1).version, 4);
    /* It is remembered. */
    close(b.fd);
    admit(w, &b, ACCEPT);
    end(&b);
    buf_fini(&heard);
}

static void a_broker_that_refuses_mqtt_5_is_spoken_to_in_3_1_1(void **state)
{
    expect_fallback(*state, BYTES("\x20\x03\x00\x84\x00"));
}

static void so_is_one_that_refuses_it_in_the_words_of_3_1_1(void **state)
{
    expect_fallback(*state, BYTES("\x20\x02\x00\x01"));
}

static void so_is_one_that_closes_without_a_word_twice(void **state)
{
    struct world *w = *state;
    struct called b = start_broker();
    struct buf heard = {0};
    const struct ingest_broker config = config_of(&b, 0);
    ingest_dial(w->ingest, &config);
    for (unsigned i = 0; i < 2; i++) {
        be_called(w, &b);
        assert_int_equal(hear_connect(w, &b, &heard).version, MQTT_V5);
        close(b.fd);
    }
    admit(w, &b, ACCEPT);
    end(&b);
    buf_fini(&heard);
}

static void topic_aliases_of_the_broker_are_followed(void **state)
{
    struct world *w = *state;
    struct called b = start_broker();
    const struct ingest_broker config = config_of(&b, 5);
    ingest_dial(w->ingest, &config);
    admit(w, &b, ACCEPT_5);
    peer_say(b.fd, BYTES("\x30\x08\x00\x01t\x03\x23\x00\x10x\x30\x07\x00\x00\x03\x23\x00\x10y"));
    world_wait_told(w, "t=x q0 f0 from 1\nt=y q0 f0 from 1\n");
    peer_say(b.fd, BYTES("\x30\x07\x00\x00\x03\x23\x00\x11y"));
    peer_hears(w, b.fd, BYTES("\xe0\x01\x94"));
    peer_hears_the_end(w, b.fd);
    assert_non_null(strstr(view(w, 1).problem, "it broke the protocol: topic alias invalid"));
    /* A new connection begins with none. */
    admit(w, &b, RESUME_5);
    peer_say(b.fd, BYTES("\x30\x07\x00\x00\x03\x23\x00\x10y"));
    peer_hears(w, b.fd, BYTES("\xe0\x01\x94"));
    end(&b);
}

/* ---- messages that come again ---- */

static void qos_1_that_comes_again_after_a_lost_connection_is_taken_once(void **state)
{
    struct world *w = *state;
    struct called b = start_broker();
    const struct ingest_broker config = config_of(&b, 5);
    ingest_dial(w->ingest, &config);
    admit(w, &b, ACCEPT_5);
    w->answer = 7;
    peer_say(b.fd, BYTES("\x32\x07\x00\x01t\x00\x01\x00x\x32\x07\x00\x01t\x00\x02\x00y"));
    world_wait_messages(w, 2);
    close(b.fd);
    admit(w, &b, RESUME_5);
    /* The first again; the second's id again with something else, which is another message. */
    peer_say(b.fd, BYTES("\x3a\x07\x00\x01t\x00\x01\x00x\x3a\x07\x00\x01t\x00\x02\x00z"));
    world_wait_messages(w, 3);
    assert_int_equal(world_dropped(w, DROP_LINK_DUPLICATE), 1);
    /* Its acknowledgement waits for the batch that it was in at first. */
    ingest_durable(w->ingest, 6);
    ingest_durable(w->ingest, 7);
    peer_hears(w, b.fd, BYTES("\x40\x02\x00\x01\x40\x02\x00\x02"));
    end(&b);
}

static void qos_2_is_taken_once_until_it_is_released(void **state)
{
    struct world *w = *state;
    struct called b = start_broker();
    const struct ingest_broker config = config_of(&b, 5);
    ingest_dial(w->ingest, &config);
    admit(w, &b, ACCEPT_5);
    peer_say(b.fd, BYTES("\x34\x07\x00\x01t\x00\x09\x00x"));
    peer_hears(w, b.fd, BYTES("\x50\x02\x00\x09"));
    close(b.fd);
    admit(w, &b, RESUME_5);
    peer_say(b.fd, BYTES("\x3c\x07\x00\x01t\x00\x09\x00x"));
    peer_hears(w, b.fd, BYTES("\x50\x02\x00\x09"));
    assert_int_equal(w->messages, 1);
    peer_say(b.fd, BYTES("\x62\x02\x00\x09"));
    peer_hears(w, b.fd, BYTES("\x70\x02\x00\x09"));
    /* Again, and one that we never heard of: answered, so that the broker can end it. */
    peer_say(b.fd, BYTES("\x62\x02\x00\x09"));
    peer_hears(w, b.fd, BYTES("\x70\x03\x00\x09\x92"));
    /* The id is free for another message. */
    peer_say(b.fd, BYTES("\x34\x07\x00\x01t\x00\x09\x00x"));
    peer_hears(w, b.fd, BYTES("\x50\x02\x00\x09"));
    assert_int_equal(w->messages, 2);
    /* A broker that lost the session begins anew. */
    close(b.fd);
    admit(w, &b, ACCEPT_5);
    peer_say(b.fd, BYTES("\x34\x07\x00\x01t\x00\x09\x00x"));
    peer_hears(w, b.fd, BYTES("\x50\x02\x00\x09"));
    assert_int_equal(w->messages, 3);
    end(&b);
}

static void what_could_not_be_stored_is_taken_when_it_comes_again(void **state)
{
    struct world *w = *state;
    struct called b = start_broker();
    const struct ingest_broker config = config_of(&b, 5);
    ingest_dial(w->ingest, &config);
    admit(w, &b, ACCEPT_5);
    w->answer = UINT64_MAX;
    peer_say(b.fd, BYTES("\x32\x07\x00\x01t\x00\x01\x00x\x34\x07\x00\x01t\x00\x02\x00y"));
    world_wait_messages(w, 2);
    w->answer = 0;
    ingest_redeliver(w->ingest);
    peer_hears_the_end(w, b.fd);
    admit(w, &b, RESUME_5);
    peer_say(b.fd, BYTES("\x3a\x07\x00\x01t\x00\x01\x00x\x3c\x07\x00\x01t\x00\x02\x00y"));
    peer_hears(w, b.fd, BYTES("\x40\x02\x00\x01\x50\x02\x00\x02"));
    assert_int_equal(w->messages, 4);
    end(&b);
}

/* ---- what goes wrong ---- */

static void a_lost_broker_is_dialled_again(void **state)
{
    struct world *w = *state;
    struct called b = start_broker();
    struct ingest_broker config = config_of(&b, MQTT_V311);
    ingest_dial(w->ingest, &config);
    admit(w, &b, ACCEPT);
    /* A message in flight when the connection ends: it is not acknowledged on the next one. */
    w->answer = 7;
    peer_say(b.fd, BYTES("\x32\x07\x00\x02s/\x00\x01x"));
    world_wait_messages(w, 1);
    close(b.fd);
    wait_state(w, LINK_DOWN);
    assert_string_equal(view(w, 1).problem, "the connection was lost");
    uint64_t began = clock_mono_ns();
    be_called(w, &b);
    assert_in_range(clock_mono_ns() - began, 40000000u, 250000000u);
    struct buf heard = {0};
    (void)hear_connect(w, &b, &heard);
    ingest_durable(w->ingest, 7);
    peer_say(b.fd, ACCEPT);
    peer_hears(w, b.fd, SUBSCRIBE);
    peer_say(b.fd, SUBACK);
    wait_up(w);
    assert_int_equal(metrics_get(&w->metrics, METRIC_BROKER_RECONNECTS), 1);
    assert_int_equal(metrics_get(&w->metrics, METRIC_BROKERS_UP), 1);
    assert_int_equal(view(w, 1).reconnects, 1);
    end(&b);
    buf_fini(&heard);
}

static void nonsense_and_a_broker_that_is_busy_are_retried_soon(void **state)
{
    struct world *w = *state;
    struct called b = start_broker();
    struct buf heard = {0};
    const struct ingest_broker config = config_of(&b, 5);
    ingest_dial(w->ingest, &config);
    be_called(w, &b);
    (void)hear_connect(w, &b, &heard);
    peer_say(b.fd, BYTES("\x20\x03\x00\x88\x00"));
    peer_hears_the_end(w, b.fd);
    assert_string_equal(view(w, 1).problem, "it takes nobody now: server unavailable");
    be_called(w, &b);
    (void)hear_connect(w, &b, &heard);
    peer_say(b.fd, BYTES("HTTP/1.1 400 Bad Request\r\n\r\n"));
    peer_hears_the_end(w, b.fd);
    assert_int_equal(world_dropped(w, DROP_MQTT_PROTOCOL), 1);
    assert_int_equal(view(w, 1).state, LINK_DOWN);
    close(b.listener);
    buf_fini(&heard);
}

static void expect_refused(struct world *w, uint8_t version, struct bytes refusal,
                           const char *words)
{
    struct called b = start_broker();
    struct buf heard = {0};
    const struct ingest_broker config = config_of(&b, version);
    ingest_dial(w->ingest, &config);
    be_called(w, &b);
    (void)hear_connect(w, &b, &heard);
    peer_say(b.fd, refusal);
    peer_hears_the_end(w, b.fd);
    wait_state(w, LINK_REFUSED);
    assert_string_equal(view(w, 1).problem, words);
    close(b.listener);
    buf_fini(&heard);
}

static void refused_credentials_are_told_and_not_hammered(void **state)
{
    expect_refused(*state, 5, BYTES("\x20\x03\x00\x86\x00"),
                   "it refuses us: bad user name or password");
}

static void so_they_are_in_3_1_1(void **state)
{
    expect_refused(*state, MQTT_V311, BYTES("\x20\x02\x00\x05"), "it refuses us: not authorized");
}

static void a_link_whose_client_id_another_uses_stands_back(void **state)
{
    struct world *w = *state;
    struct called b = start_broker();
    const struct ingest_broker config = config_of(&b, 5);
    ingest_dial(w->ingest, &config);
    admit(w, &b, ACCEPT_5);
    peer_say(b.fd, BYTES("\xe0\x02\x8e\x00"));
    wait_state(w, LINK_REFUSED);
    assert_string_equal(view(w, 1).problem, "another client uses our client id");
    end(&b);
}

static void a_refused_subscription_is_a_state_with_its_filter(void **state)
{
    struct world *w = *state;
    struct called b = start_broker();
    struct buf heard = {0};
    const struct ingest_broker config = config_of(&b, 5);
    ingest_dial(w->ingest, &config);
    be_called(w, &b);
    (void)hear_connect(w, &b, &heard);
    peer_say(b.fd, ACCEPT_5);
    peer_hears(w, b.fd, SUBSCRIBE_5);
    peer_say(b.fd, BYTES("\x90\x05\x00\x01\x00\x02\x87"));
    wait_up(w);
    assert_int_equal(view(w, 1).state, LINK_SUBSCRIBE_REFUSED);
    assert_string_equal(view(w, 1).problem, "subscribe refused: d/+");
    assert_true(view(w, 1).connected);
    /* What was granted works. */
    peer_say(b.fd, BYTES("\x30\x06\x00\x02s/\x00x"));
    world_wait_told(w, "s/=x q0 f0 from 1\n");
    end(&b);
    buf_fini(&heard);
}

static void a_broker_that_falls_silent_is_left_by_the_keep_alive_that_it_chose(void **state)
{
    struct world *w = *state;
    struct called b = start_broker();
    const struct ingest_broker config = config_of(&b, 5);
    ingest_dial(w->ingest, &config);
    struct buf heard = {0};
    be_called(w, &b);
    (void)hear_connect(w, &b, &heard);
    peer_say(b.fd, BYTES("\x20\x06\x00\x00\x03\x13\x00\x01")); /* a second */
    peer_hears(w, b.fd, SUBSCRIBE_5);
    peer_say(b.fd, SUBACK_5);
    peer_hears(w, b.fd, BYTES("\xc0\x00"));
    uint64_t began = clock_mono_ns();
    wait_state(w, LINK_DOWN);
    assert_in_range(clock_mono_ns() - began, 0, 2600000000u);
    assert_string_equal(view(w, 1).problem, "it stopped answering");
    end(&b);
    buf_fini(&heard);
}

static void a_flood_of_retained_messages_does_not_stall_another_link(void **state)
{
    struct world *w = *state;
    struct called flooded = start_broker(), other = start_broker();
    const struct ingest_broker configs[] = {config_of(&flooded, 5), config_of(&other, 5)};
    ingest_dial(w->ingest, &configs[0]);
    admit(w, &flooded, ACCEPT_5);
    ingest_dial(w->ingest, &configs[1]);
    admit(w, &other, ACCEPT_5);
    enum { FLOOD = 100000 };
    struct buf b = {0};
    for (unsigned i = 0; i < FLOOD; i++) {
        buf_put_bytes(&b, BYTES("\x31\x09\x00\x05s/a/b\x00x"));
    }
    /* The rest goes while the loop turns: the socket holds less than the flood. */
    struct bytes rest = buf_bytes(&b);
    bool asked = false;
    size_t at_other = 0;
    while (rest.len || w->messages < FLOOD + 1) {
        ssize_t n =
            rest.len ? send(flooded.fd, rest.ptr, rest.len, MSG_DONTWAIT | MSG_NOSIGNAL) : 0;
        rest = bytes_skip(rest, n > 0 ? (size_t)n : 0);
        if (!asked && w->messages > 1000) {
            asked = true;
            peer_say(other.fd, BYTES("\x30\x06\x00\x02s/\x00y"));
        }
        world_turn(w);
        if (!at_other && view(w, 2).messages) {
            at_other = w->messages;
        }
        buf_clear(&w->told);
    }
    assert_in_range(at_other, 1, FLOOD * 9 / 10);
    assert_int_equal(view(w, 1).messages, FLOOD);
    buf_fini(&b);
    end(&flooded);
    end(&other);
}

static void a_topic_of_200_levels_is_acknowledged_counted_and_goes_nowhere(void **state)
{
    struct world *w = *state;
    struct called b = start_broker();
    struct buf packet = {0};
    char topic[400];
    const struct ingest_broker config = config_of(&b, 5);
    ingest_dial(w->ingest, &config);
    admit(w, &b, ACCEPT_5);
    for (size_t i = 0; i < sizeof topic; i++) {
        topic[i] = i % 2 ? '/' : 'a';
    }
    const struct mqtt_publish p = {.topic = bytes_of(topic, sizeof topic),
                                   .payload = BYTES("1"),
                                   .qos = 1,
                                   .id = 5,
                                   .version = MQTT_V5};
    mqtt_encode_publish(&packet, &p);
    peer_say(b.fd, buf_bytes(&packet));
    peer_hears(w, b.fd, BYTES("\x40\x02\x00\x05"));
    assert_int_equal(w->messages, 0);
    assert_int_equal(world_dropped(w, DROP_BAD_TOPIC), 1);
    assert_true(view(w, 1).connected);
    end(&b);
    buf_fini(&packet);
}

/* ---- what we send ---- */

static void what_we_publish_to_a_broker_reaches_it_or_is_counted(void **state)
{
    struct world *w = *state;
    struct called b = start_broker();
    const struct ingest_broker config = config_of(&b, MQTT_V311);
    ingest_dial(w->ingest, &config);
    ingest_publish_to_link(w->ingest, 1, BYTES("t"), BYTES("early"), 0);
    assert_int_equal(world_dropped(w, DROP_LINK_UNSENT), 1);
    admit(w, &b, ACCEPT);
    ingest_publish_to_link(w->ingest, 1, BYTES("t"), BYTES("x"), 0);
    ingest_publish_to_link(w->ingest, 1, BYTES("t"), BYTES("y"), 1);
    ingest_publish_to_link(w->ingest, 2, BYTES("t"), BYTES("no such link"), 0);
    peer_hears(w, b.fd, BYTES("\x30\x04\x00\x01tx\x32\x06\x00\x01t\x00\x01y"));
    peer_say(b.fd, BYTES("\x40\x02\x00\x01\x30\x05\x00\x02s/z"));
    world_wait_told(w, "s/=z q0 f0 from 1\n");
    end(&b);
}

static void the_broker_s_terms_for_what_we_publish_are_kept(void **state)
{
    struct world *w = *state;
    struct called b = start_broker();
    struct buf heard = {0};
    const struct ingest_broker config = config_of(&b, 5);
    ingest_dial(w->ingest, &config);
    be_called(w, &b);
    (void)hear_connect(w, &b, &heard);
    /* Receive maximum 1, maximum packet 64. */
    peer_say(b.fd, BYTES("\x20\x0b\x00\x00\x08\x21\x00\x01\x27\x00\x00\x00\x40"));
    peer_hears(w, b.fd, SUBSCRIBE_5);
    peer_say(b.fd, SUBACK_5);
    wait_up(w);
    ingest_publish_to_link(w->ingest, 1, BYTES("t"), BYTES("a"), 1);
    ingest_publish_to_link(w->ingest, 1, BYTES("t"), BYTES("b"), 1);
    ingest_publish_to_link(w->ingest, 1, BYTES("t"),
                           BYTES("longer than the packet that this broker takes from us"), 0);
    assert_int_equal(world_dropped(w, DROP_LINK_UNSENT), 2);
    peer_hears(w, b.fd,
               BYTES("\x32\x07\x00\x01t\x00\x01\x00"
                     "a"));
    peer_say(b.fd, BYTES("\x40\x03\x00\x01\x10\x30\x06\x00\x02s/\x00z"));
    world_wait_told(w, "s/=z q0 f0 from 1\n");
    ingest_publish_to_link(w->ingest, 1, BYTES("t"), BYTES("c"), 1);
    peer_hears(w, b.fd,
               BYTES("\x32\x07\x00\x01t\x00\x02\x00"
                     "c"));
    end(&b);
    buf_fini(&heard);
}

static void closing_while_dialling_ends_cleanly(void **state)
{
    struct world *w = *state;
    struct called b = start_broker();
    const struct ingest_broker config = config_of(&b, 0);
    ingest_dial(w->ingest, &config);
    ingest_close(w->ingest);
    close(b.listener);
}

#define IN_A_WORLD(test) cmocka_unit_test_setup_teardown(test, world_setup, world_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_A_WORLD(it_subscribes_and_acknowledges_only_what_is_durable),
        IN_A_WORLD(it_offers_mqtt_5_with_its_limits),
        IN_A_WORLD(a_broker_that_refuses_mqtt_5_is_spoken_to_in_3_1_1),
        IN_A_WORLD(so_is_one_that_refuses_it_in_the_words_of_3_1_1),
        IN_A_WORLD(so_is_one_that_closes_without_a_word_twice),
        IN_A_WORLD(topic_aliases_of_the_broker_are_followed),
        IN_A_WORLD(qos_1_that_comes_again_after_a_lost_connection_is_taken_once),
        IN_A_WORLD(qos_2_is_taken_once_until_it_is_released),
        IN_A_WORLD(what_could_not_be_stored_is_taken_when_it_comes_again),
        IN_A_WORLD(a_lost_broker_is_dialled_again),
        IN_A_WORLD(nonsense_and_a_broker_that_is_busy_are_retried_soon),
        IN_A_WORLD(refused_credentials_are_told_and_not_hammered),
        IN_A_WORLD(so_they_are_in_3_1_1),
        IN_A_WORLD(a_link_whose_client_id_another_uses_stands_back),
        IN_A_WORLD(a_refused_subscription_is_a_state_with_its_filter),
        IN_A_WORLD(a_broker_that_falls_silent_is_left_by_the_keep_alive_that_it_chose),
        IN_A_WORLD(a_flood_of_retained_messages_does_not_stall_another_link),
        IN_A_WORLD(a_topic_of_200_levels_is_acknowledged_counted_and_goes_nowhere),
        IN_A_WORLD(what_we_publish_to_a_broker_reaches_it_or_is_counted),
        IN_A_WORLD(the_broker_s_terms_for_what_we_publish_are_kept),
        IN_A_WORLD(closing_while_dialling_ends_cleanly),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
