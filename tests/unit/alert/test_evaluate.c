/* SPDX-License-Identifier: Apache-2.0 */
/* From readings to alerts: when one begins, how long it lasts, what it says. */
#include "engine.h"

#include <float.h>

static void each_condition_holds_exactly_where_its_name_says(void **state)
{
    (void)state;
    const double below = 29.999999999999996;
    const double above = 30.000000000000004;
    const struct {
        enum condition condition;
        bool at_below, at_threshold, at_above;
    } table[] = {
        {CONDITION_GREATER_THAN, false, false, true},
        {CONDITION_LESS_THAN, true, false, false},
        {CONDITION_EQUALS, false, true, false},
        {CONDITION_NOT_EQUALS, true, false, true},
        {CONDITION_GREATER_OR_EQUAL, false, true, true},
        {CONDITION_LESS_OR_EQUAL, true, true, false},
    };
    assert_int_equal(ARRAY_LEN(table), CONDITION_COMPARISONS);
    for (size_t i = 0; i < ARRAY_LEN(table); i++) {
        const double values[] = {below, 30, above};
        const bool holds[] = {table[i].at_below, table[i].at_threshold, table[i].at_above};
        for (size_t v = 0; v < ARRAY_LEN(values); v++) {
            struct bench b;
            bench_init(&b);
            (void)bench_rule(&b, 5, table[i].condition, 30);
            bench_read(&b, 5, values[v]);
            assert_int_equal(alert_open_count(b.e), holds[v]);
            assert_int_equal(b.out->alert_count, holds[v]);
            bench_fini(&b);
        }
    }
}

static void zero_equals_minus_zero_and_extremes_compare(void **state)
{
    (void)state;
    struct bench b;
    bench_init(&b);
    (void)bench_rule(&b, 0, CONDITION_EQUALS, 0.0);
    (void)bench_rule(&b, 0, CONDITION_GREATER_THAN, DBL_MAX / 2);
    (void)bench_rule(&b, 0, CONDITION_LESS_THAN, -DBL_MAX / 2);
    bench_read(&b, 0, -0.0);
    assert_int_equal(alert_open_count(b.e), 1);
    bench_read(&b, 0, DBL_MAX);
    assert_int_equal(alert_open_count(b.e), 1);
    bench_read(&b, 0, -DBL_MAX);
    assert_int_equal(alert_open_count(b.e), 1);
    bench_fini(&b);
}

static void one_alert_lasts_while_the_condition_does(void **state)
{
    (void)state;
    struct bench b;
    bench_init(&b);
    struct text_id rule = bench_rule(&b, 5, CONDITION_GREATER_THAN, 30);
    bench_turn(&b, START + 1000);
    bench_read(&b, 5, 35);
    const struct alert *a = alert_open_at(b.e, 0);
    assert_non_null(a);
    assert_string_equal(a->message, "temperature greater_than 30. Current: 35");
    assert_string_equal(a->rule.text, rule.text);
    assert_string_equal(a->device, "pump");
    assert_string_equal(a->sensor, "temperature");
    assert_int_equal(a->severity, SEVERITY_WARNING);
    assert_int_equal(a->series.n, 5);
    assert_true(a->value == 35 && a->threshold == 30);
    assert_true(a->created == START + 1000 && a->updated == START + 1000);
    assert_true(a->resolved == WALL_NONE && a->acknowledged_at == WALL_NONE);
    assert_false(a->acknowledged);
    assert_int_equal(a->changed_seq, 2);
    assert_int_equal(metrics_get(&b.metrics, METRIC_ALERTS_OPEN), 1);
    struct text_id id = a->id;

    bench_turn(&b, START + 2000);
    bench_read(&b, 5, 99);
    bench_read(&b, 5, 31);
    assert_true(batch_empty(b.out));
    assert_true(alert_open_at(b.e, 0)->value == 35);

    bench_read(&b, 5, 30);
    assert_int_equal(alert_open_count(b.e), 0);
    assert_int_equal(b.out->alert_count, 1);
    const struct alert_change *c = &b.out->alerts[0];
    assert_int_equal(c->transition, ALERT_RESOLVED);
    assert_string_equal(c->id.text, id.text);
    assert_true(c->resolved == START + 2000 && c->value == 35);
    assert_int_equal(metrics_get(&b.metrics, METRIC_ALERTS_OPEN), 0);

    bench_read(&b, 5, 31);
    assert_int_equal(alert_open_count(b.e), 1);
    assert_string_not_equal(alert_open_at(b.e, 0)->id.text, id.text);
    bench_fini(&b);
}

static void numbers_in_messages_are_the_shortest_exact(void **state)
{
    (void)state;
    struct bench b;
    bench_init(&b);
    (void)bench_rule(&b, 1, CONDITION_LESS_OR_EQUAL, -0.1);
    bench_read(&b, 1, -1e21);
    assert_string_equal(alert_open_at(b.e, 0)->message,
                        "temperature less_or_equal -0.1. Current: -1e+21");
    bench_fini(&b);
}

static void a_disabled_rule_looks_at_nothing(void **state)
{
    (void)state;
    struct bench b;
    bench_init(&b);
    bench_series(&b, 5, "pump", "temperature");
    bench_read(&b, 5, 99);
    (void)bench_command(&b,
                        rule_of("{\"deviceId\":\"pump\",\"sensorType\":\"temperature\","
                                "\"condition\":\"greater_than\",\"threshold\":30,"
                                "\"enabled\":false}"),
                        OK, NULL);
    bench_read(&b, 5, 99);
    assert_int_equal(alert_open_count(b.e), 0);
    bench_fini(&b);
}

static void rules_over_one_sensor_fire_apart(void **state)
{
    (void)state;
    struct bench b;
    bench_init(&b);
    (void)bench_rule(&b, 7, CONDITION_GREATER_THAN, 30);
    (void)bench_rule(&b, 7, CONDITION_GREATER_THAN, 50);
    (void)bench_rule(&b, 7, CONDITION_LESS_THAN, 10);
    bench_read(&b, 7, 40);
    assert_int_equal(alert_open_count(b.e), 1);
    bench_read(&b, 7, 60);
    assert_int_equal(alert_open_count(b.e), 2);
    assert_true(alert_open_at(b.e, 0)->threshold == 30 && alert_open_at(b.e, 1)->threshold == 50);
    bench_read(&b, 7, 5);
    assert_int_equal(alert_open_count(b.e), 1);
    assert_true(alert_open_at(b.e, 0)->threshold == 10);
    bench_fini(&b);
}

static void readings_of_other_series_change_nothing(void **state)
{
    (void)state;
    struct bench b;
    bench_init(&b);
    bench_read(&b, 0, 99);
    bench_read(&b, UINT32_MAX - 1, 99);
    (void)bench_rule(&b, 5, CONDITION_GREATER_THAN, 30);
    bench_read(&b, 4, 99);
    bench_read(&b, 6, 99);
    bench_read(&b, 1000000, 99);
    assert_int_equal(alert_open_count(b.e), 0);
    bench_fini(&b);
}

static void a_rule_waits_for_its_series_to_appear(void **state)
{
    (void)state;
    struct bench b;
    bench_init(&b);
    (void)bench_command(&b, rule_for("pump", "temperature", CONDITION_GREATER_THAN, 30), OK, NULL);
    assert_int_equal(alert_instance_count(b.e), 0);
    bench_series(&b, 8, "pump", "pressure");
    bench_series(&b, 9, "pump", "temperature");
    assert_int_equal(alert_instance_count(b.e), 1);
    bench_read(&b, 8, 99);
    assert_int_equal(alert_open_count(b.e), 0);
    bench_read(&b, 9, 99);
    assert_int_equal(alert_open_count(b.e), 1);
    assert_int_equal(alert_open_at(b.e, 0)->series.n, 9);
    bench_fini(&b);
}

static void a_series_that_goes_resolves_and_may_come_back_under_another_number(void **state)
{
    (void)state;
    struct bench b;
    bench_init(&b);
    (void)bench_rule(&b, 9, CONDITION_GREATER_THAN, 30);
    bench_read(&b, 9, 99);
    bench_delete_device(&b, "pump");
    assert_int_equal(alert_open_count(b.e), 0);
    assert_int_equal(b.out->alerts[1].transition, ALERT_RESOLVED);
    assert_int_equal(alert_instance_count(b.e), 0);
    alert_evaluate(b.e, (struct series_id){9}, 99, b.now, b.out);
    assert_int_equal(alert_open_count(b.e), 0);
    bench_series(&b, 400, "pump", "temperature");
    bench_read(&b, 400, 99);
    assert_int_equal(alert_open_count(b.e), 1);
    bench_fini(&b);
}

static void the_worst_of_a_device_follows_its_open_alerts(void **state)
{
    (void)state;
    struct bench b;
    bench_init(&b);
    const enum severity order[] = {SEVERITY_INFO, SEVERITY_CRITICAL, SEVERITY_WARNING};
    for (size_t i = 0; i < ARRAY_LEN(order); i++) {
        char json[256];
        snprintf(json, sizeof json,
                 "{\"deviceId\":\"pump\",\"sensorType\":\"temperature\",\"condition\":"
                 "\"greater_than\",\"threshold\":%zu,\"severity\":\"%s\"}",
                 10 * (i + 1), severity_text(order[i]));
        bench_series(&b, 1, "pump", "temperature");
        (void)bench_command(&b, rule_of(json), OK, NULL);
    }
    assert_int_equal(alert_worst_of_device(b.e, BYTES("pump")), -1);
    bench_read(&b, 1, 35); /* all three */
    assert_int_equal(alert_worst_of_device(b.e, BYTES("pump")), SEVERITY_CRITICAL);
    bench_read(&b, 1, 15); /* info alone */
    assert_int_equal(alert_worst_of_device(b.e, BYTES("pump")), SEVERITY_INFO);
    bench_read(&b, 1, 0);
    assert_int_equal(alert_worst_of_device(b.e, BYTES("pump")), -1);
    assert_int_equal(alert_worst_of_device(b.e, BYTES("other")), -1);
    bench_fini(&b);
}

struct seen {
    unsigned count;
    double last;
};

static void note(void *ctx, const struct alert *a)
{
    struct seen *s = ctx;
    assert_true(a->resolved != WALL_NONE);
    s->count++;
    s->last = a->value;
}

static void resolved_alerts_are_remembered_up_to_a_limit(void **state)
{
    (void)state;
    struct bench b;
    bench_init(&b);
    (void)bench_rule(&b, 1, CONDITION_GREATER_THAN, 0);
    for (unsigned i = 1; i <= 1025; i++) {
        bench_turn(&b, START + i);
        bench_read(&b, 1, i);
        bench_read(&b, 1, 0);
    }
    struct seen s = {0, 0};
    assert_false(alert_resolved_since(b.e, 1, note, &s));
    assert_int_equal(s.count, 1024);
    assert_true(s.last == 1025);
    s = (struct seen){0, 0};
    assert_true(alert_resolved_since(b.e, 2, note, &s));
    assert_int_equal(s.count, 1024);
    s = (struct seen){0, 0};
    assert_true(alert_resolved_since(b.e, b.seq - 1, note, &s));
    assert_int_equal(s.count, 1);
    assert_true(alert_resolved_since(b.e, b.seq, note, &s));
    assert_int_equal(s.count, 1);
    bench_fini(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_condition_holds_exactly_where_its_name_says),
        cmocka_unit_test(zero_equals_minus_zero_and_extremes_compare),
        cmocka_unit_test(one_alert_lasts_while_the_condition_does),
        cmocka_unit_test(numbers_in_messages_are_the_shortest_exact),
        cmocka_unit_test(a_disabled_rule_looks_at_nothing),
        cmocka_unit_test(rules_over_one_sensor_fire_apart),
        cmocka_unit_test(readings_of_other_series_change_nothing),
        cmocka_unit_test(a_rule_waits_for_its_series_to_appear),
        cmocka_unit_test(a_series_that_goes_resolves_and_may_come_back_under_another_number),
        cmocka_unit_test(the_worst_of_a_device_follows_its_open_alerts),
        cmocka_unit_test(resolved_alerts_are_remembered_up_to_a_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
