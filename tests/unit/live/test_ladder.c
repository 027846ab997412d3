/* SPDX-License-Identifier: Apache-2.0 */
/* F12, C11: clients that can't keep up step down, are told so, and come back. */
#include "stage.h"

static struct viewer *viewer_of(struct stage *s)
{
    struct viewer *v = stage_join(s);
    viewer_emit(v, "subscribe-fleet",
                "[\"subscribe-fleet\",{\"interval\":0,\"format\":\"batch\",\"dashboard\":false}]",
                LIVE_NO_ACK);
    viewer_forget(v);
    return v;
}

static uint64_t gauge(const struct stage *s, enum metric id)
{
    return metrics_get(&s->metrics, id);
}

/* Readings come each 100 ms for a while; the viewer takes so many frames each second. */
static void stream(struct stage *s, struct viewer *v, int seconds, size_t takes)
{
    for (int i = 0; i < seconds * 10; i++) {
        if (i % 10 == 0) {
            viewer_take(v, takes);
        }
        stage_publish(s, "d", "x", (double)s->now.wall);
        stage_wait(s, 100);
    }
}

static const char *last_level(struct viewer *v)
{
    const char *last = NULL;
    for (const char *e; (e = viewer_next(v, "stream-level"));) {
        last = e;
    }
    return last;
}

static void f12_a_client_that_takes_nothing_is_paused_and_told_why(void **state)
{
    (void)state;
    struct stage s;
    stage_init(&s);
    struct viewer *v = viewer_of(&s), *other = viewer_of(&s);
    stage_publish(&s, "d", "x", 1);
    stream(&s, v, 30, 0);
    assert_contains(viewer_next(v, "stream-level"),
                    "{\"level\":\"conflated\",\"interval\":250,\"reason\":\"slow-client\"}");
    assert_contains(viewer_next(v, "stream-level"), "\"level\":\"summary\",\"interval\":1000");
    assert_contains(viewer_next(v, "stream-level"), "\"level\":\"paused\",\"interval\":null");
    assert_null(viewer_next(v, "stream-level"));
    assert_int_equal(gauge(&s, METRIC_CLIENTS_PAUSED), 1);
    assert_int_equal(gauge(&s, METRIC_CLIENTS_FULL), 1);
    assert_int_equal(viewer_count(other, "stream-level"), 0);
    assert_int_equal(viewer_count(other, "sensor-batch"), 301);
    /* One reading told us; one more went out while the levels did not. */
    assert_true(viewer_count(v, "sensor-batch") <= 2);
    size_t before = v->count;
    viewer_take(v, SIZE_MAX);
    assert_contains(v->log[before], "\"level\":\"summary\"");
    assert_contains(v->log[v->count - 1], "\"sensor-batch\"");
    stage_fini(&s);
}

static void a_client_that_keeps_up_again_climbs_to_full(void **state)
{
    (void)state;
    struct stage s;
    stage_init(&s);
    struct viewer *v = viewer_of(&s);
    stage_publish(&s, "d", "x", 1);
    stream(&s, v, 12, 0);
    stream(&s, v, 60, SIZE_MAX);
    assert_contains(last_level(v), "\"level\":\"full\",\"interval\":null");
    assert_int_equal(gauge(&s, METRIC_CLIENTS_FULL), 1);
    assert_int_equal(gauge(&s, METRIC_CLIENTS_PAUSED) + gauge(&s, METRIC_CLIENTS_SUMMARY) +
                         gauge(&s, METRIC_CLIENTS_CONFLATED) + gauge(&s, METRIC_CLIENTS_BEHIND),
                     0);
    size_t before = viewer_count(v, "sensor-batch");
    stream(&s, v, 2, SIZE_MAX);
    assert_int_equal(viewer_count(v, "sensor-batch"), before + 20);
    stage_fini(&s);
}

static void a_client_that_takes_little_gets_a_summary_each_second(void **state)
{
    (void)state;
    struct stage s;
    stage_init(&s);
    struct viewer *v = viewer_of(&s);
    stage_publish(&s, "d", "x", 1);
    stream(&s, v, 12, 1);
    assert_int_equal(gauge(&s, METRIC_CLIENTS_SUMMARY), 1);
    size_t before = viewer_count(v, "sensor-batch");
    double newest = (double)s.now.wall;
    stream(&s, v, 4, 2);
    size_t got = viewer_count(v, "sensor-batch") - before;
    assert_in_range(got, 3, 5);
    for (size_t i = v->count; i-- > 0;) {
        const char *values =
            is_event(v->log[i], "sensor-batch") ? strstr(v->log[i], "\"v\":[") : NULL;
        if (values) {
            assert_true(strtod(values + 5, NULL) > newest);
            break;
        }
    }
    stage_fini(&s);
}

static void who_is_behind_for_a_moment_is_stepped_down_by_nobody(void **state)
{
    (void)state;
    struct stage s;
    stage_init(&s);
    struct viewer *v = viewer_of(&s);
    for (int i = 0; i < 200; i++) {
        v->takes = i % 3 ? SIZE_MAX : 0;
        stage_publish(&s, "d", "x", i);
        stage_wait(&s, 90);
        viewer_take(v, SIZE_MAX);
    }
    assert_int_equal(viewer_count(v, "stream-level"), 0);
    assert_int_equal(gauge(&s, METRIC_CLIENTS_FULL), 1);
    viewer_leave(v);
    assert_int_equal(gauge(&s, METRIC_CLIENTS_FULL), 0);
    stage_fini(&s);
}

static void leaving_from_any_level_is_counted(void **state)
{
    (void)state;
    struct stage s;
    for (int seconds = 2; seconds < 16; seconds += 3) {
        stage_init(&s);
        struct viewer *v = viewer_of(&s), *other = viewer_of(&s);
        stage_publish(&s, "d", "x", 1);
        stream(&s, v, seconds, 0);
        viewer_leave(v);
        stream(&s, other, 2, SIZE_MAX);
        assert_int_equal(gauge(&s, METRIC_CLIENTS_FULL), 1);
        assert_int_equal(gauge(&s, METRIC_CLIENTS_PAUSED) + gauge(&s, METRIC_CLIENTS_SUMMARY) +
                             gauge(&s, METRIC_CLIENTS_CONFLATED) + gauge(&s, METRIC_CLIENTS_BEHIND),
                         0);
        stage_fini(&s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(f12_a_client_that_takes_nothing_is_paused_and_told_why),
        cmocka_unit_test(a_client_that_keeps_up_again_climbs_to_full),
        cmocka_unit_test(a_client_that_takes_little_gets_a_summary_each_second),
        cmocka_unit_test(who_is_behind_for_a_moment_is_stepped_down_by_nobody),
        cmocka_unit_test(leaving_from_any_level_is_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
