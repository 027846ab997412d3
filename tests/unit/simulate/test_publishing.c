/* SPDX-License-Identifier: Apache-2.0 */
/* Both commands against a small broker in a thread: it takes every PUBLISH, acknowledges, and can
 * be told to hang up after so many. What was acknowledged must have come, in order. */
#include "simulate/simulate.h"

#include "base/buf.h"
#include "base/mem.h"
#include "proto/json/json.h"
#include "proto/mqtt/mqtt.h"
#include "simulate/fleet.h"
#include "simulate/state.h"
#include "sys/clock.h"
#include "sys/net.h"

#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

struct broker {
    pthread_t thread;
    int listener;
    int wake[2]; /* a byte here ends the thread */
    uint16_t port;
    unsigned hang_up_after; /* messages of the first connection; 0: never */
    unsigned connections;
    unsigned count;
    struct buf messages; /* topic TAB payload LF, as they came */
};

static void take_publish(struct broker *b, struct mqtt_frame f, struct buf *out)
{
    struct mqtt_publish m;
    assert_int_equal(mqtt_decode_publish(f, &m), OK);
    buf_put_bytes(&b->messages, m.topic);
    buf_put_byte(&b->messages, '\t');
    buf_put_bytes(&b->messages, m.payload);
    buf_put_byte(&b->messages, '\n');
    b->count++;
    const struct mqtt_ack ack = {.type = MQTT_PUBACK, .id = m.id};
    mqtt_encode_ack(out, &ack);
}

/* Answers the packets in `in`; false when the connection is over. */
static bool answer(struct broker *b, struct buf *in, struct buf *out)
{
    struct bytes rest = buf_bytes(in);
    struct mqtt_frame f;
    size_t used;
    bool on = true;
    while (on && mqtt_frame(rest, 1 << 20, &f, &used) == OK) {
        if (f.type == MQTT_CONNECT) {
            mqtt_encode_connack(out, &(struct mqtt_connack){MQTT_CONNACK_ACCEPTED});
        } else if (f.type == MQTT_PUBLISH) {
            take_publish(b, f, out);
            on = b->connections > 1 || b->hang_up_after == 0 || b->count < b->hang_up_after;
        } else if (f.type == MQTT_DISCONNECT) {
            on = false;
        }
        rest = bytes_skip(rest, used);
    }
    memmove(in->ptr, rest.ptr, rest.len);
    in->len = rest.len;
    return on;
}

/* Waits for `fd`, or for the end; false for the end. */
static bool wait_for(const struct broker *b, int fd)
{
    struct pollfd fds[2] = {{.fd = b->wake[0], .events = POLLIN}, {.fd = fd, .events = POLLIN}};
    return poll(fds, 2, 20000) > 0 && !fds[0].revents;
}

static void serve_one(struct broker *b, int fd)
{
    struct buf in = {0};
    struct buf out = {0};
    bool on = true;
    while (on && wait_for(b, fd)) {
        ssize_t n = recv(fd, buf_reserve(&in, 65536), 65536, 0);
        if (n <= 0) {
            break;
        }
        in.len += (size_t)n;
        on = answer(b, &in, &out);
        /* The last acknowledgements of a connection that is hung up are lost with it. */
        if (on) {
            (void)!send(fd, out.ptr, out.len, MSG_NOSIGNAL);
        }
        buf_clear(&out);
    }
    (void)close(fd);
    buf_fini(&in);
    buf_fini(&out);
}

static void *serve(void *arg)
{
    struct broker *b = arg;
    while (wait_for(b, b->listener)) {
        int fd = accept(b->listener, NULL, NULL);
        if (fd >= 0) {
            b->connections++;
            serve_one(b, fd);
        }
    }
    return NULL;
}

static void broker_start(struct broker *b)
{
    struct net_address a;
    struct net_name name;
    assert_int_equal(net_address_parse("127.0.0.1", 0, &a), OK);
    assert_int_equal(net_listen(&a, &b->listener, &name), OK);
    assert_int_equal(pipe(b->wake), 0);
    b->port = name.port;
    assert_int_equal(pthread_create(&b->thread, NULL, serve, b), 0);
}

static void broker_stop(struct broker *b)
{
    assert_int_equal(write(b->wake[1], "x", 1), 1);
    assert_int_equal(pthread_join(b->thread, NULL), 0);
    (void)close(b->listener);
    (void)close(b->wake[0]);
    (void)close(b->wake[1]);
    buf_fini(&b->messages);
}

static void write_file(const char *path, const char *text)
{
    FILE *f = fopen(path, "we");
    assert_non_null(f);
    assert_true(fputs(text, f) >= 0);
    assert_int_equal(fclose(f), 0);
}

/* ---- replay ---- */

static void expect_replayed(const char *csv, struct replay_options o, const char *want)
{
    char path[] = P_tmpdir "/telltale-test-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    (void)close(fd);
    write_file(path, csv);
    struct broker b = {0};
    broker_start(&b);
    o.target = (struct simulate_target){.host = "127.0.0.1", .port = b.port};
    o.path = path;
    o.speed = 0;
    o.device = o.device ? o.device : "d";
    assert_int_equal(replay_run(&o), 0);
    buf_put_byte(&b.messages, 0);
    assert_string_equal((const char *)b.messages.ptr, want);
    broker_stop(&b);
    (void)unlink(path);
}

static void a_row_becomes_an_object_with_the_files_own_digits(void **state)
{
    (void)state;
    expect_replayed("datetime;Accelerometer1RMS;Volume Flow RateRMS;note\n"
                    "2020-02-08 13:30:47;0.202394000;1E2;x\r\n"
                    "\n"
                    "2020-02-08 13:30:48;;+.5;y\n"
                    "2020-02-08 13:30:49;n/a;-7;z\n"
                    "never;1;2;z\n",
                    replay_defaults,
                    "sensors/d\t{\"deviceId\":\"d\",\"Accelerometer1RMS\":0.202394000,"
                    "\"Volume Flow RateRMS\":1E2,\"timestamp\":1581168647000}\n"
                    "sensors/d\t{\"deviceId\":\"d\",\"Volume Flow RateRMS\":0.5,"
                    "\"timestamp\":1581168648000}\n"
                    "sensors/d\t{\"deviceId\":\"d\",\"Volume Flow RateRMS\":-7,"
                    "\"timestamp\":1581168649000}\n");
}

static void a_column_called_like_a_key_gets_messages_of_its_own(void **state)
{
    (void)state;
    expect_replayed("timestamp,value\n2013-12-02 21:15:00,73.96732207\n", replay_defaults,
                    "sensors/d\t{\"deviceId\":\"d\",\"sensorType\":\"value\","
                    "\"value\":73.96732207,\"timestamp\":1386018900000}\n");
}

static void columns_time_and_names_can_be_told(void **state)
{
    (void)state;
    struct replay_options o = replay_defaults;
    o.separator = '|';
    o.time_column = "when";
    o.time_format = "%d.%m.%Y %H:%M";
    o.columns = "b, a";
    o.device = "hall/3";
    o.sensor_prefix = "p.";
    expect_replayed("a|b|c|when\n1|\"2\"|3|01.01.2024 10:00\n", o,
                    "sensors/replay\t{\"deviceId\":\"hall/3\",\"p.a\":1,\"p.b\":2,"
                    "\"timestamp\":1704103200000}\n");
    o.device = "d";
    o.topic = "plant/line";
    o.columns = "c";
    expect_replayed("a|b|c|when\n1|2|3|01.01.2024 10:00\n", o,
                    "plant/line\t{\"deviceId\":\"d\",\"p.c\":3,\"timestamp\":1704103200000}\n");
}

static void a_file_without_names_and_with_plain_seconds_is_read(void **state)
{
    (void)state;
    expect_replayed("1704103200,1.5\n1704103201,2\n", replay_defaults,
                    "sensors/d\t{\"deviceId\":\"d\",\"column2\":1.5,"
                    "\"timestamp\":1704103200000}\n"
                    "sensors/d\t{\"deviceId\":\"d\",\"column2\":2,\"timestamp\":1704103201000}\n");
}

static void what_can_not_be_replayed_fails(void **state)
{
    (void)state;
    char path[] = P_tmpdir "/telltale-test-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    (void)close(fd);
    struct replay_options o = replay_defaults;
    o.path = "/nonexistent/file.csv";
    assert_int_equal(replay_run(&o), 1);
    o.path = path;
    assert_int_equal(replay_run(&o), 1);
    write_file(path, "a,b\n1,2\n");
    assert_int_equal(replay_run(&o), 1);
    write_file(path, "time,b\n2024-01-01,x\n");
    assert_int_equal(replay_run(&o), 1);
    write_file(path, "time,b\n2024-01-01,1\n");
    o.columns = "c";
    assert_int_equal(replay_run(&o), 1);
    o.columns = NULL;
    o.time_column = "when";
    assert_int_equal(replay_run(&o), 1);
    (void)unlink(path);
}

static void times_can_be_moved_to_now(void **state)
{
    (void)state;
    char path[] = P_tmpdir "/telltale-test-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    (void)close(fd);
    write_file(path, "t,a\n2024-01-01T00:00:00Z,1\n2024-01-01T00:00:10Z,2\n");
    struct broker b = {0};
    broker_start(&b);
    struct replay_options o = replay_defaults;
    o.target = (struct simulate_target){.host = "127.0.0.1", .port = b.port};
    o.path = path;
    o.speed = 0;
    o.times = REPLAY_TIMES_NOW;
    wall_ms before = clock_wall_ms();
    assert_int_equal(replay_run(&o), 0);
    buf_put_byte(&b.messages, 0);
    const char *first = strstr((const char *)b.messages.ptr, "timestamp\":");
    assert_non_null(first);
    const char *second = strstr(first + 1, "timestamp\":");
    assert_non_null(second);
    int64_t t1 = strtoll(first + 11, NULL, 10);
    int64_t t2 = strtoll(second + 11, NULL, 10);
    assert_true(t2 - t1 == 10000 && t2 >= before && t2 <= clock_wall_ms());
    broker_stop(&b);
    (void)unlink(path);
}

/* ---- a lost connection ---- */

static void nothing_is_lost_with_a_connection(void **state)
{
    (void)state;
    char path[] = P_tmpdir "/telltale-test-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    FILE *f = fdopen(fd, "w");
    (void)fprintf(f, "ts,n\n");
    for (int i = 0; i < 5000; i++) {
        (void)fprintf(f, "%d,%d\n", 1704103200 + i, i);
    }
    (void)fclose(f);
    struct broker b = {.hang_up_after = 2345};
    broker_start(&b);
    struct replay_options o = replay_defaults;
    o.target = (struct simulate_target){.host = "127.0.0.1", .port = b.port};
    o.path = path;
    o.speed = 0;
    assert_int_equal(replay_run(&o), 0);
    assert_int_equal(b.connections, 2);
    assert_true(b.count >= 5000);
    /* Whatever comes again: each number is seen, and a first sight is never out of order. */
    buf_put_byte(&b.messages, 0);
    int64_t next = 0;
    const char *at = (const char *)b.messages.ptr;
    while ((at = strstr(at, "\"n\":")) != NULL) {
        at += 4;
        int64_t n = strtoll(at, NULL, 10);
        assert_true(n <= next);
        next += n == next;
    }
    assert_int_equal(next, 5000);
    broker_stop(&b);
    (void)unlink(path);
}

/* ---- simulate ---- */

static int64_t time_in(const char *payload)
{
    const char *at = strstr(payload, "\"timestamp\":");
    return at ? strtoll(at + 12, NULL, 10) : 0;
}

/* Runs the fleet shortly; returns first and last time that it published, and how many messages. */
static unsigned run_fleet(const char *state_path, int64_t *first, int64_t *last)
{
    struct broker b = {0};
    broker_start(&b);
    struct simulate_options o = simulate_defaults;
    o.target = (struct simulate_target){.host = "127.0.0.1", .port = b.port};
    o.devices = 7;
    o.history_ms = 600000;
    o.history_interval_ms = 10000;
    o.interval_ms = 100;
    o.state_path = state_path;
    o.run_ms = 300;
    assert_int_equal(simulate_run(&o), 0);
    buf_put_byte(&b.messages, 0);
    *first = 0;
    unsigned readings = 0;
    unsigned statuses = 0;
    for (char *line = (char *)b.messages.ptr, *end; (end = strchr(line, '\n')); line = end + 1) {
        *end = '\0';
        int64_t t = time_in(line);
        statuses += strstr(line, "/status\tonline") != NULL;
        if (t != 0) {
            *first = *first ? *first : t;
            assert_true(readings == 0 || t >= *last);
            *last = t;
            readings++;
        }
    }
    assert_int_equal(statuses, 7);
    broker_stop(&b);
    return readings;
}

static void a_second_run_fills_only_the_gap(void **state)
{
    (void)state;
    char path[] = P_tmpdir "/telltale-test-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    (void)close(fd);
    int64_t first = 0;
    int64_t last = 0;
    wall_ms before = clock_wall_ms();
    unsigned count = run_fleet(path, &first, &last);
    assert_true(first >= before - 600000 && first <= before - 580000);
    assert_true(last >= before && last <= clock_wall_ms());
    assert_true(count >= 7 * 59);
    assert_true(simulate_state_load(path, 1) == last);
    assert_true(simulate_state_load(path, 2) == WALL_NONE);

    int64_t second_first = 0;
    count = run_fleet(path, &second_first, &last);
    assert_true(second_first > before && count < 7 * 20);
    (void)unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_row_becomes_an_object_with_the_files_own_digits),
        cmocka_unit_test(a_column_called_like_a_key_gets_messages_of_its_own),
        cmocka_unit_test(columns_time_and_names_can_be_told),
        cmocka_unit_test(a_file_without_names_and_with_plain_seconds_is_read),
        cmocka_unit_test(what_can_not_be_replayed_fails),
        cmocka_unit_test(times_can_be_moved_to_now),
        cmocka_unit_test(nothing_is_lost_with_a_connection),
        cmocka_unit_test(a_second_run_fills_only_the_gap),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
