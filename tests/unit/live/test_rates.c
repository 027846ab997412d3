/* SPDX-License-Identifier: Apache-2.0 */
/* At most one value a series and interval, the first at once, the newest last. */
#include "stage.h"

static void every_reading_is_its_own_event_with_interval_0(void **state)
{
    (void)state;
    struct stage s;
    stage_init(&s);
    struct viewer *v = stage_join(&s);
    viewer_emit(v, "subscribe-fleet", "[\"subscribe-fleet\",{\"interval\":0}]", LIVE_NO_ACK);
    viewer_forget(v);
    for (int i = 0; i < 50; i++) {
        stage_read(&s, "d", "x", i, START + i);
    }
    stage_turn(&s);
    for (int i = 0; i < 50; i++) {
        const char *event = viewer_next_reading(v, "sensor-data");
        assert_non_null(event);
        assert_true(number_of(event, "value") == i);
    }
    stage_fini(&s);
}

static void the_first_comes_at_once_and_the_newest_last(void **state)
{
    (void)state;
    struct stage s;
    stage_init(&s);
    struct viewer *v = stage_join(&s);
    viewer_emit(v, "subscribe-fleet", "[\"subscribe-fleet\",\"none\"]", LIVE_NO_ACK);
    viewer_emit(v, "subscribe-device", "[\"subscribe-device\",\"d\",{\"interval\":1000}]",
                LIVE_NO_ACK);
    viewer_forget(v);
    stage_publish(&s, "d", "x", 1);
    assert_int_equal(viewer_count(v, "device-update"), 2); /* the device came online too */
    for (int i = 2; i <= 100; i++) {
        stage_publish(&s, "d", "x", i);
        stage_wait(&s, 3);
    }
    assert_int_equal(viewer_count(v, "device-update"), 2);
    stage_wait(&s, 1250);
    assert_int_equal(viewer_count(v, "device-update"), 3);
    assert_true(number_of(v->log[v->count - 1], "value") == 100);
    stage_wait(&s, 10000);
    assert_int_equal(viewer_count(v, "device-update"), 3);
    assert_int_equal(metrics_get(&s.metrics, METRIC_LIVE_CONFLATED), 98);
    stage_fini(&s);
}

static void a_late_reading_is_not_told(void **state)
{
    (void)state;
    struct stage s;
    stage_init(&s);
    struct viewer *v = stage_join(&s);
    viewer_emit(v, "subscribe-fleet", "[\"subscribe-fleet\",{\"interval\":0}]", LIVE_NO_ACK);
    viewer_forget(v);
    stage_read(&s, "d", "x", 1, START - 100);
    stage_read(&s, "d", "x", 2, START - 200);
    stage_turn(&s);
    stage_read(&s, "d", "x", 3, START - 100); /* the same time again: it replaces */
    stage_read(&s, "d", "x", 4, START - 150);
    stage_read_flagged(&s, "d", "x", 5, START, READING_HISTORICAL);
    stage_turn(&s);
    viewer_emit(v, "subscribe-fleet", "[\"subscribe-fleet\",\"none\"]", LIVE_NO_ACK);
    size_t readings = 0;
    for (const char *e; (e = viewer_next_reading(v, "sensor-data"));) {
        readings++;
        assert_true(number_of(e, "value") == (readings == 1 ? 1 : 3));
    }
    assert_int_equal(readings, 2);
    stage_fini(&s);
}

static void a_last_known_value_gives_way_to_a_real_one(void **state)
{
    (void)state;
    struct stage s;
    stage_init(&s);
    struct viewer *v = stage_join(&s);
    viewer_emit(v, "subscribe-fleet", "[\"subscribe-fleet\",{\"interval\":0}]", LIVE_NO_ACK);
    viewer_forget(v);
    stage_read_flagged(&s, "d", "x", 1, WALL_NONE, READING_LAST_KNOWN);
    stage_turn(&s);
    assert_true(number_of(viewer_next(v, "sensor-data"), "value") == 1);
    stage_read(&s, "d", "x", 2, START - 60000);
    stage_turn(&s);
    assert_true(number_of(viewer_next_reading(v, "sensor-data"), "value") == 2);
    stage_read_flagged(&s, "d", "x", 3, WALL_NONE, READING_LAST_KNOWN);
    stage_turn(&s);
    assert_null(viewer_next(v, "sensor-data"));
    stage_fini(&s);
}

/* What one viewer of a series has seen. */
struct track {
    mono_ns last_at;
    double last_value;
    bool any;
};

static void check_new(struct stage *s, struct viewer *v, struct track *t, uint64_t interval_ms)
{
    for (const char *e; (e = viewer_next_reading(v, "device-update"));) {
        struct track *one = &t[strstr(e, "\"sensorType\":\"s")[15] - '0'];
        double value = number_of(e, "value");
        assert_true(!one->any || value > one->last_value);
        assert_true(!one->any || s->now.mono - one->last_at >= MONO_MS(interval_ms));
        *one = (struct track){s->now.mono, value, true};
    }
}

static void an_interval_holds_whatever_comes_and_the_newest_is_never_lost(void **state)
{
    (void)state;
    uint64_t random = expect_seed();
    static const unsigned intervals[] = {100, 250, 500, 1000, 5000};
    for (size_t k = 0; k < ARRAY_LEN(intervals); k++) {
        struct stage s;
        char args[128];
        struct track tracks[8] = {0};
        double newest[8] = {0};
        stage_init(&s);
        struct viewer *v = stage_join(&s);
        viewer_emit(v, "subscribe-fleet", "[\"subscribe-fleet\",\"none\"]", LIVE_NO_ACK);
        snprintf(args, sizeof args, "[\"subscribe-device\",\"d\",{\"interval\":%u}]", intervals[k]);
        viewer_emit(v, "subscribe-device", args, LIVE_NO_ACK);
        for (int i = 1; i <= 3000; i++) {
            size_t sensor = expect_random(&random) % 8;
            char name[8];
            snprintf(name, sizeof name, "s%zu", sensor);
            newest[sensor] = i;
            stage_publish(&s, "d", name, i);
            check_new(&s, v, tracks, intervals[k]);
            uint64_t wait = expect_random(&random) % 50 == 0 ? 700 : expect_random(&random) % 20;
            for (uint64_t ms = 0; ms < wait; ms++) {
                stage_wait(&s, 1);
                check_new(&s, v, tracks, intervals[k]);
            }
        }
        for (uint64_t ms = 0; ms < intervals[k] + 251; ms++) {
            stage_wait(&s, 1);
            check_new(&s, v, tracks, intervals[k]);
        }
        for (size_t i = 0; i < 8; i++) {
            assert_true(tracks[i].last_value == newest[i]);
        }
        stage_fini(&s);
    }
}

static void intervals_are_rounded_up(void **state)
{
    (void)state;
    static const struct {
        const char *asked;
        double got;
    } cases[] = {{"0", 0},        {"1", 100},       {"100", 100},   {"100.5", 250},
                 {"300", 500},    {"999", 1000},    {"1001", 2000}, {"2001", 5000},
                 {"7000", 10000}, {"10001", 60000}, {"1e9", 60000}, {"0.5", 100}};
    struct stage s;
    stage_init(&s);
    struct viewer *v = stage_join(&s);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        char args[128];
        snprintf(args, sizeof args, "[\"subscribe-fleet\",{\"interval\":%s}]", cases[i].asked);
        const char *answer = viewer_ask(v, "subscribe-fleet", args);
        assert_contains(answer, "\"ok\":true");
        assert_true(number_of(answer, "interval") == cases[i].got);
        snprintf(args, sizeof args, "[\"subscribe-device\",\"d\",{\"interval\":%s}]",
                 cases[i].asked);
        assert_true(number_of(viewer_ask(v, "subscribe-device", args), "interval") == cases[i].got);
    }
    stage_fini(&s);
}

static void members_of_a_group_share_one_frame(void **state)
{
    (void)state;
    struct stage s;
    stage_init(&s);
    for (int i = 0; i < 20; i++) {
        struct viewer *v = stage_join(&s);
        viewer_emit(v, "subscribe-fleet", "[\"subscribe-fleet\",{\"interval\":0}]", LIVE_NO_ACK);
        viewer_forget(v);
    }
    stage_publish(&s, "d", "x", 1);
    for (size_t i = 0; i < 20; i++) {
        assert_int_equal(s.viewers[i].count, s.viewers[0].count);
        assert_string_equal(s.viewers[i].log[0], s.viewers[0].log[0]);
    }
    viewer_leave(&s.viewers[0]);
    viewer_leave(&s.viewers[7]);
    viewer_leave(&s.viewers[19]);
    size_t before = s.viewers[0].count;
    stage_publish(&s, "d", "x", 2);
    for (size_t i = 0; i < 20; i++) {
        bool gone = i == 0 || i == 7 || i == 19;
        assert_int_equal(s.viewers[i].count, before + !gone);
    }
    stage_fini(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_reading_is_its_own_event_with_interval_0),
        cmocka_unit_test(the_first_comes_at_once_and_the_newest_last),
        cmocka_unit_test(a_late_reading_is_not_told),
        cmocka_unit_test(a_last_known_value_gives_way_to_a_real_one),
        cmocka_unit_test(an_interval_holds_whatever_comes_and_the_newest_is_never_lost),
        cmocka_unit_test(intervals_are_rounded_up),
        cmocka_unit_test(members_of_a_group_share_one_frame),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
