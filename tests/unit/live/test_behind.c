/* SPDX-License-Identifier: Apache-2.0 */
/* Clients that take less than they are sent: what they cost, and what they get when they take more.
 */
#include "stage.h"

#include <malloc.h>

static struct viewer *fast_viewer(struct stage *s)
{
    struct viewer *v = stage_join(s);
    viewer_emit(v, "subscribe-fleet", "[\"subscribe-fleet\",{\"interval\":0,\"dashboard\":false}]",
                LIVE_NO_ACK);
    viewer_forget(v);
    return v;
}

static void publish_round(struct stage *s, int devices, double value)
{
    char name[32];
    for (int i = 0; i < devices; i++) {
        snprintf(name, sizeof name, "d%d", i);
        stage_read(s, name, "x", value, s->now.wall);
    }
    stage_turn(s);
}

static void a_client_that_is_behind_gets_the_newest_of_each_in_order(void **state)
{
    (void)state;
    struct stage s;
    stage_init(&s);
    struct viewer *v = fast_viewer(&s);
    struct viewer *other = fast_viewer(&s);
    publish_round(&s, 10, 1);
    viewer_forget(v);
    v->takes = 0;
    publish_round(&s, 10, 2);
    assert_int_equal(v->count, 1); /* the one that told us */
    for (int i = 3; i <= 20; i++) {
        stage_wait(&s, 5);
        publish_round(&s, 10, i);
    }
    stage_read(&s, "d4", "x", 21, s.now.wall);
    stage_turn(&s);
    assert_int_equal(v->count, 1);
    assert_int_equal(metrics_get(&s.metrics, METRIC_CLIENTS_BEHIND), 1);
    assert_int_equal(viewer_count(other, "sensor-data"), 10 + 190 + 1);
    viewer_forget(v);
    viewer_take(v, SIZE_MAX);
    static const char *const order[] = {"d0", "d1", "d2", "d3", "d5", "d6", "d7", "d8", "d9", "d4"};
    for (size_t i = 0; i < ARRAY_LEN(order); i++) {
        const char *e = viewer_next_reading(v, "sensor-data");
        char want[64];
        snprintf(want, sizeof want, "\"deviceId\":\"%s\"", order[i]);
        assert_non_null(e);
        assert_contains(e, want);
        assert_true(number_of(e, "value") == (i == 9 ? 21 : 20));
    }
    assert_null(viewer_next(v, "sensor-data"));
    assert_int_equal(metrics_get(&s.metrics, METRIC_CLIENTS_BEHIND), 0);
    publish_round(&s, 10, 30);
    assert_int_equal(viewer_count(v, "sensor-data"), 20);
    stage_fini(&s);
}

static void catching_up_stops_where_it_must_and_goes_on(void **state)
{
    (void)state;
    struct stage s;
    stage_init(&s);
    publish_round(&s, 3000, 0);
    struct viewer *v = fast_viewer(&s);
    double seen[3000] = {0};
    v->takes = 0;
    publish_round(&s, 3000, 1);
    for (int round = 2; round < 60; round++) {
        publish_round(&s, 3000, round);
        viewer_take(v, 97);
    }
    for (int i = 0; i < 60; i++) {
        viewer_take(v, 97);
    }
    double last = 0;
    size_t events = 0;
    for (const char *e; (e = viewer_next_reading(v, "sensor-data")); events++) {
        size_t device = strtoul(strstr(e, "\"deviceId\":\"d") + 13, NULL, 10);
        double value = number_of(e, "value");
        assert_true(value > seen[device]);
        seen[device] = value;
        last = value;
    }
    for (size_t i = 0; i < 3000; i++) {
        assert_true(seen[i] == 59);
    }
    assert_true(last == 59);
    assert_true(events <= 58 * 98 + 3000);
    stage_fini(&s);
}

static void conflated_values_that_were_due_meanwhile_are_not_lost(void **state)
{
    (void)state;
    uint64_t random = expect_seed();
    struct stage s;
    stage_init(&s);
    struct viewer *v = stage_join(&s);
    double sent[40] = {0};
    double got[2][40] = {{0}};
    char name[16];
    viewer_emit(v, "subscribe-fleet", "[\"subscribe-fleet\",{\"interval\":250}]", LIVE_NO_ACK);
    for (int i = 0; i < 20; i++) {
        char args[64];
        snprintf(args, sizeof args, "[\"subscribe-device\",\"d%d\",{\"interval\":%d}]", i,
                 i % 3 * 500);
        viewer_emit(v, "subscribe-device", args, LIVE_NO_ACK);
    }
    for (int i = 1; i <= 4000; i++) {
        size_t device = expect_random(&random) % 40;
        snprintf(name, sizeof name, "d%zu", device);
        sent[device] = i;
        stage_publish(&s, name, "x", i);
        stage_wait(&s, expect_random(&random) % 30);
        if (expect_random(&random) % 10 == 0) {
            viewer_take(v, expect_random(&random) % 12);
        }
    }
    viewer_take(v, SIZE_MAX);
    stage_wait(&s, 2000);
    for (size_t i = 0; i < v->count; i++) {
        bool room = is_event(v->log[i], "device-update");
        if ((!room && !is_event(v->log[i], "sensor-data")) || !strstr(v->log[i], "sensorType")) {
            continue;
        }
        size_t device = strtoul(strstr(v->log[i], "\"deviceId\":\"d") + 13, NULL, 10);
        double value = number_of(v->log[i], "value");
        assert_true(value >= got[room][device]);
        got[room][device] = value;
    }
    for (size_t i = 0; i < 40; i++) {
        assert_true(got[0][i] == sent[i]);
        assert_true(i >= 20 || got[1][i] == sent[i]);
    }
    stage_fini(&s);
}

/* Memory that a minute with one watcher of everything takes. */
static size_t minute_with(struct stage *s, size_t takes)
{
    stage_init(s);
    publish_round(s, 5000, 0);
    struct viewer *v = stage_join(s);
    viewer_emit(v, "subscribe-fleet", "[\"subscribe-fleet\",{\"interval\":0}]", LIVE_NO_ACK);
    for (int i = 0; i < 900; i++) {
        char args[64];
        snprintf(args, sizeof args, "[\"subscribe-device\",\"d%d\"]", i);
        viewer_emit(v, "subscribe-device", args, LIVE_NO_ACK);
    }
    (void)stage_rule(s, "d1", "x", 0.5);
    publish_round(s, 5000, 0);
    stage_wait(s, 2000);
    viewer_forget(v);
    v->silent = true;
    v->takes = takes;
    publish_round(s, 5000, 0);
    size_t frames = v->dropped;
    size_t before = mallinfo2().uordblks;
    for (int i = 0; i < 60; i++) {
        publish_round(s, 1000, i % 2);
        stage_tell(s, "d7", STATUS_OFFLINE);
        viewer_emit(v, "subscribe-device", "[\"subscribe-device\",\"d1\"]", i);
        stage_wait(s, 1000);
    }
    size_t after = mallinfo2().uordblks;
    /* Steps of the ladder are told whatever waits. */
    assert_true(takes > 0 || v->dropped == frames + 3);
    v->silent = false;
    return after - before;
}

static void a_client_that_reads_nothing_costs_little(void **state)
{
    (void)state;
    struct stage s;
    size_t reads = minute_with(&s, SIZE_MAX);
    stage_fini(&s);
    size_t stalls = minute_with(&s, 0);
    struct viewer *v = &s.viewers[0];
#ifndef TELLTALE_DEBUG
    printf("# %zd bytes\n", (ssize_t)(stalls - reads));
    assert_true((ssize_t)(stalls - reads) < 8192);
#else
    (void)reads; /* a sanitizer's allocator does not count */
    (void)stalls;
#endif
    viewer_take(v, SIZE_MAX);
    assert_int_equal(viewer_count(v, "alert-created"), 30);
    assert_int_equal(viewer_count(v, "alert-resolved"), 29);
    assert_int_equal(viewer_count(v, "dashboard:update"), 1);
    assert_true(viewer_count(v, "sensor-data") >= 5000 - 1);
    stage_fini(&s);
}

static void answers_wait_for_a_client_that_reads_nothing_and_are_bounded(void **state)
{
    (void)state;
    struct stage s;
    stage_init(&s);
    stage_publish(&s, "d", "x", 1);
    struct viewer *v = fast_viewer(&s);
    v->takes = 0;
    viewer_emit(v, "subscribe-device", "[\"subscribe-device\",\"d\"]", 1);
    viewer_emit(v, "subscribe-device", "[\"subscribe-device\",\"e\"]", 2);
    viewer_emit(v, "subscribe-fleet", "[\"subscribe-fleet\",7]", 3);
    viewer_emit(v, "unsubscribe-device", "[\"unsubscribe-device\",\"e\"]", 4);
    for (int i = 5; i < 200; i++) {
        viewer_emit(v, "subscribe-fleet", "[\"subscribe-fleet\",{}]", i);
    }
    assert_int_equal(v->count, 0);
    assert_int_equal(metrics_get(&s.metrics, METRIC_CLIENTS_BEHIND), 0);
    assert_int_equal(atomic_load(&s.metrics.dropped[DROP_ACK_UNREAD]), 199 - 64);
    viewer_take(v, 2);
    assert_int_equal(v->count, 2);
    assert_contains(v->log[0], "431[{\"ok\":true,\"device\":{\"id\":\"d\"");
    assert_contains(v->log[1], "432[{\"ok\":true,\"device\":null");
    viewer_take(v, SIZE_MAX);
    assert_int_equal(v->count, 64);
    assert_contains(v->log[2], "433[{\"error\"");
    assert_contains(v->log[63], "4364[");
    stage_fini(&s);
}

static void what_was_missed_of_a_deleted_device_is_forgotten(void **state)
{
    (void)state;
    struct stage s;
    char name[16];
    stage_init(&s);
    publish_round(&s, 1500, 0);
    struct viewer *v = fast_viewer(&s);
    v->takes = 0;
    publish_round(&s, 1500, 1);
    publish_round(&s, 1500, 2);
    for (int i = 0; i < 1500; i++) {
        snprintf(name, sizeof name, "d%d", i);
        stage_delete(&s, name);
    }
    stage_turn(&s);
    viewer_forget(v);
    viewer_take(v, SIZE_MAX);
    assert_int_equal(v->count, 0);
    assert_int_equal(metrics_get(&s.metrics, METRIC_CLIENTS_BEHIND), 0);
    stage_publish(&s, "new", "x", 1);
    assert_non_null(viewer_next_reading(v, "sensor-data"));
    stage_fini(&s);
}

static void leaving_while_behind_leaves_nothing(void **state)
{
    (void)state;
    struct stage s;
    stage_init(&s);
    publish_round(&s, 3000, 0);
    struct viewer *v = fast_viewer(&s);
    v->takes = 0;
    viewer_emit(v, "subscribe-device", "[\"subscribe-device\",\"d1\"]", 1);
    publish_round(&s, 3000, 1);
    publish_round(&s, 3000, 2);
    viewer_take(v, 100); /* the cursor is in the list now */
    viewer_leave(v);
    assert_int_equal(metrics_get(&s.metrics, METRIC_CLIENTS_BEHIND), 0);
    publish_round(&s, 3000, 3);
    stage_wait(&s, 2000);
    stage_fini(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_client_that_is_behind_gets_the_newest_of_each_in_order),
        cmocka_unit_test(catching_up_stops_where_it_must_and_goes_on),
        cmocka_unit_test(conflated_values_that_were_due_meanwhile_are_not_lost),
        cmocka_unit_test(a_client_that_reads_nothing_costs_little),
        cmocka_unit_test(answers_wait_for_a_client_that_reads_nothing_and_are_bounded),
        cmocka_unit_test(what_was_missed_of_a_deleted_device_is_forgotten),
        cmocka_unit_test(leaving_while_behind_leaves_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
