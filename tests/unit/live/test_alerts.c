/* SPDX-License-Identifier: Apache-2.0 */
/* Alert events: at once, each of them, also for clients that are behind. */
#include "stage.h"

static void an_alert_is_told_at_once_with_all_its_keys(void **state)
{
    (void)state;
    struct stage s;
    stage_init(&s);
    struct viewer *v = stage_join(&s);
    viewer_emit(v, "subscribe-fleet", "[\"subscribe-fleet\",\"none\"]", LIVE_NO_ACK);
    stage_publish(&s, "pump", "temperature", 20);
    struct text_id rule = stage_rule(&s, "pump", "temperature", 30);
    stage_turn(&s);
    viewer_forget(v);
    stage_publish(&s, "pump", "temperature", 35);
    const struct alert *a = alert_open_at(s.follows, 0);
    assert_non_null(a);
    char want[1400];
    snprintf(want, sizeof want,
             "42[\"alert-created\",{\"id\":\"%s\",\"deviceId\":\"pump\",\"sensorType\":"
             "\"temperature\",\"value\":35,\"ruleId\":\"%s\",\"severity\":\"%s\",\"message\":"
             "\"temperature greater_than 30. Current: 35\",\"acknowledged\":false,"
             "\"acknowledgedBy\":null,\"acknowledgedAt\":null,\"createdAt\":%" PRId64
             ",\"updatedAt\":%" PRId64 ",\"resolvedAt\":null,\"state\":\"firing\",\"condition\":"
             "\"greater_than\",\"threshold\":30,\"ruleName\":null,\"since\":%" PRId64
             ",\"firedAt\":%" PRId64 ",\"cause\":null,\"raised\":false,\"late\":false,"
             "\"muted\":null,\"mutedUntil\":null,\"mutedBy\":null,\"note\":null},"
             "\"1763949000000.196611\"]",
             a->id.text, rule.text, severity_text(a->severity), START, START, START, START);
    assert_int_equal(v->count, 1);
    assert_string_equal(v->log[0], want);

    stage_acknowledge(&s, a->id);
    stage_turn(&s);
    assert_contains(viewer_next(v, "alert-updated"), "\"state\":\"acknowledged\"");
    stage_publish(&s, "pump", "temperature", 25);
    const char *resolved = viewer_next(v, "alert-resolved");
    assert_contains(resolved, "\"state\":\"resolved\"");
    assert_contains(resolved, "\"resolvedAt\":1763950000000,");
    assert_int_equal(v->count, 3);
    stage_fini(&s);
}

static void each_transition_of_one_batch_is_told(void **state)
{
    (void)state;
    struct stage s;
    stage_init(&s);
    stage_read(&s, "d", "x", 0, START);
    (void)stage_rule(&s, "d", "x", 5);
    stage_turn(&s);
    struct viewer *v = stage_join(&s);
    viewer_forget(v);
    for (int i = 1; i <= 10; i++) {
        stage_read(&s, "d", "x", i % 2 * 10, START + i);
    }
    stage_turn(&s);
    assert_int_equal(viewer_count(v, "alert-created"), 5);
    assert_int_equal(viewer_count(v, "alert-resolved"), 5);
    stage_fini(&s);
}

static void alerts_wait_for_a_client_that_is_behind(void **state)
{
    (void)state;
    struct stage s;
    stage_init(&s);
    stage_read(&s, "d", "x", 0, START);
    (void)stage_rule(&s, "d", "x", 5);
    stage_turn(&s);
    struct viewer *v = stage_join(&s);
    viewer_emit(v, "subscribe-fleet", "[\"subscribe-fleet\",\"none\"]", LIVE_NO_ACK);
    viewer_forget(v);
    v->takes = 0;
    for (int i = 1; i <= 1 + LIMIT_ALERTS_BEHIND; i++) {
        stage_publish(&s, "d", "x", i % 2 * 10);
    }
    assert_int_equal(v->count, 1);
    viewer_take(v, 10);
    assert_int_equal(v->count, 11);
    viewer_take(v, SIZE_MAX);
    assert_int_equal(v->count, 1 + LIMIT_ALERTS_BEHIND);
    for (size_t i = 0; i < v->count; i++) {
        assert_true(is_event(v->log[i], i % 2 ? "alert-resolved" : "alert-created"));
    }
    stage_fini(&s);
}

static void too_many_alerts_bring_a_snapshot(void **state)
{
    (void)state;
    struct stage s;
    stage_init(&s);
    stage_read(&s, "d", "x", 0, START);
    (void)stage_rule(&s, "d", "x", 5);
    stage_turn(&s);
    struct viewer *v = stage_join(&s);
    viewer_emit(v, "subscribe-fleet", "[\"subscribe-fleet\",\"none\"]", LIVE_NO_ACK);
    viewer_forget(v);
    v->takes = 0;
    for (int i = 1; i <= 2 + LIMIT_ALERTS_BEHIND; i++) {
        stage_publish(&s, "d", "x", i % 2 * 10);
    }
    viewer_take(v, SIZE_MAX);
    assert_int_equal(v->count, 2);
    assert_true(is_event(v->log[1], "dashboard:data"));
    stage_publish(&s, "d", "x", 10);
    assert_int_equal(viewer_count(v, "alert-created"), 2);
    stage_fini(&s);
}

static void who_joins_in_the_second_of_an_alert_gets_it(void **state)
{
    (void)state;
    struct stage s;
    stage_init(&s);
    stage_read(&s, "d", "x", 0, START);
    (void)stage_rule(&s, "d", "x", 5);
    stage_turn(&s);
    (void)stage_join(&s); /* the snapshot is made here */
    stage_publish(&s, "d", "x", 10);
    struct viewer *v = stage_join(&s);
    assert_contains(v->log[0], "\"alerts\":[]");
    assert_int_equal(viewer_count(v, "alert-created"), 1);
    stage_fini(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_alert_is_told_at_once_with_all_its_keys),
        cmocka_unit_test(each_transition_of_one_batch_is_told),
        cmocka_unit_test(alerts_wait_for_a_client_that_is_behind),
        cmocka_unit_test(too_many_alerts_bring_a_snapshot),
        cmocka_unit_test(who_joins_in_the_second_of_an_alert_gets_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
