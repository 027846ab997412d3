/* SPDX-License-Identifier: Apache-2.0 */
/* What a person may do with rules and alerts, also while one is firing. */
#include "engine.h"

static void a_new_rule_has_its_defaults_and_looks_at_once(void **state)
{
    (void)state;
    struct bench b;
    bench_init(&b);
    bench_series(&b, 3, "pump", "temperature");
    bench_read(&b, 3, 35);
    struct text_id id =
        bench_command(&b, rule_for("pump", "temperature", CONDITION_GREATER_THAN, 30), OK, NULL);
    const struct alert_rule *rule = bench_find(&b, id);
    assert_string_equal(bench_print(rule),
                        "{\"deviceId\":\"pump\",\"sensorType\":\"temperature\",\"condition\":"
                        "\"greater_than\",\"threshold\":30,\"severity\":\"warning\","
                        "\"enabled\":true}");
    assert_true(rule->enabled);
    assert_true(rule->created == START && rule->updated == START);
    assert_int_equal(alert_open_at(b.e, 0)->series.n, 3);
    assert_int_equal(b.out->rule_count, 1);
    assert_int_equal(b.out->alert_count, 1);
    assert_int_equal(metrics_get(&b.metrics, METRIC_RULES), 1);
    bench_fini(&b);
}

static void what_is_not_there_is_not_found(void **state)
{
    (void)state;
    struct bench b;
    bench_init(&b);
    struct text_id id = {"1-1"};
    (void)bench_command(&b, patch_of(id, "{}"), ERR_NOT_FOUND, NULL);
    (void)bench_command(&b, change_of(COMMAND_DELETE_RULE, id), ERR_NOT_FOUND, NULL);
    (void)bench_command(&b, change_of(COMMAND_ACKNOWLEDGE, id), ERR_NOT_FOUND, NULL);
    bench_fini(&b);
}

static void the_cap_on_rules_is_kept_and_room_is_reused(void **state)
{
    (void)state;
    struct bench b;
    bench_init(&b);
    b.config.max_rules = 2;
    bench_renew(&b);
    struct text_id first = bench_rule(&b, 1, CONDITION_GREATER_THAN, 1);
    (void)bench_rule(&b, 1, CONDITION_GREATER_THAN, 2);
    (void)bench_command(&b, rule_for("d", "t", CONDITION_EQUALS, 1), ERR_FULL, NULL);
    (void)bench_command(&b, change_of(COMMAND_DELETE_RULE, first), OK, NULL);
    (void)bench_rule(&b, 1, CONDITION_GREATER_THAN, 3);
    assert_int_equal(alert_rule_count(b.e), 2);
    assert_non_null(strstr(bench_print(alert_rule_at(b.e, 0)), "\"threshold\":2"));
    assert_non_null(strstr(bench_print(alert_rule_at(b.e, 1)), "\"threshold\":3"));
    assert_null(alert_rule_at(b.e, 2));
    bench_fini(&b);
}

static void deleting_a_firing_rule_resolves_its_alert(void **state)
{
    (void)state;
    struct bench b;
    bench_init(&b);
    struct text_id rule = bench_rule(&b, 1, CONDITION_GREATER_THAN, 30);
    bench_read(&b, 1, 35);
    bench_turn(&b, START + 5);
    (void)bench_command(&b, change_of(COMMAND_DELETE_RULE, rule), OK, NULL);
    assert_int_equal(b.out->rule_count, 1);
    assert_true(b.out->rules[0].deleted);
    assert_int_equal(b.out->alert_count, 1);
    assert_int_equal(b.out->alerts[0].transition, ALERT_RESOLVED);
    assert_null(alert_find_rule(b.e, bytes_of_text(rule.text)));
    bench_read(&b, 1, 99);
    assert_int_equal(alert_open_count(b.e), 0);
    bench_fini(&b);
}

static void disabling_resolves_and_enabling_looks_again(void **state)
{
    (void)state;
    struct bench b;
    bench_init(&b);
    struct text_id rule = bench_rule(&b, 1, CONDITION_GREATER_THAN, 30);
    bench_read(&b, 1, 35);
    bench_turn(&b, START + 5);
    (void)bench_command(&b, patch_of(rule, "{\"enabled\":false}"), OK, NULL);
    assert_int_equal(alert_open_count(b.e), 0);
    assert_true(bench_find(&b, rule)->updated == START + 5);
    assert_true(bench_find(&b, rule)->created == START);
    (void)bench_command(&b, patch_of(rule, "{\"enabled\":true}"), OK, NULL);
    assert_int_equal(alert_open_count(b.e), 1);
    bench_fini(&b);
}

static void a_threshold_that_is_no_longer_met_resolves_and_one_that_is_keeps(void **state)
{
    (void)state;
    struct bench b;
    bench_init(&b);
    struct text_id rule = bench_rule(&b, 1, CONDITION_GREATER_THAN, 30);
    bench_read(&b, 1, 35);
    struct text_id alert = alert_open_at(b.e, 0)->id;
    (void)bench_command(&b, patch_of(rule, "{\"threshold\":33,\"severity\":\"critical\"}"), OK,
                        NULL);
    assert_string_equal(alert_open_at(b.e, 0)->id.text, alert.text);
    assert_int_equal(alert_open_at(b.e, 0)->severity, SEVERITY_WARNING);
    assert_non_null(strstr(bench_print(bench_find(&b, rule)), "\"severity\":\"critical\""));
    (void)bench_command(&b, patch_of(rule, "{\"threshold\":35}"), OK, NULL);
    assert_int_equal(alert_open_count(b.e), 0);
    (void)bench_command(&b, patch_of(rule, "{\"condition\":\"greater_or_equal\"}"), OK, NULL);
    assert_int_equal(alert_open_count(b.e), 1);
    assert_int_equal(alert_open_at(b.e, 0)->severity, SEVERITY_CRITICAL);
    bench_fini(&b);
}

static void a_rule_that_moves_to_another_sensor_leaves_its_alert_behind(void **state)
{
    (void)state;
    struct bench b;
    bench_init(&b);
    struct text_id rule = bench_rule(&b, 1, CONDITION_GREATER_THAN, 30);
    struct text_id other = bench_rule(&b, 1, CONDITION_GREATER_THAN, 40);
    bench_series(&b, 2, "pump", "pressure");
    bench_read(&b, 1, 35);
    (void)bench_command(&b, patch_of(rule, "{\"sensorType\":\"pressure\"}"), OK, NULL);
    assert_int_equal(alert_open_count(b.e), 0);
    assert_non_null(strstr(bench_print(bench_find(&b, rule)), "\"sensorType\":\"pressure\""));
    bench_read(&b, 1, 35);
    assert_int_equal(alert_open_count(b.e), 0);
    bench_read(&b, 2, 35);
    assert_int_equal(alert_open_count(b.e), 1);
    bench_read(&b, 1, 45);
    assert_string_equal(alert_open_at(b.e, 1)->rule.text, other.text);
    (void)bench_command(&b, patch_of(rule, "{\"deviceId\":\"\"}"), ERR_INVALID, "deviceId");
    assert_int_equal(alert_open_count(b.e), 2);
    bench_fini(&b);
}

static void acknowledging_twice_changes_nothing_and_succeeds(void **state)
{
    (void)state;
    struct bench b;
    bench_init(&b);
    (void)bench_rule(&b, 1, CONDITION_GREATER_THAN, 30);
    bench_read(&b, 1, 35);
    struct text_id id = alert_open_at(b.e, 0)->id;
    bench_turn(&b, START + 9);
    (void)bench_command(&b, change_of(COMMAND_ACKNOWLEDGE, id), OK, NULL);
    const struct alert *a = alert_find_open(b.e, bytes_of_text(id.text));
    assert_true(a->acknowledged);
    assert_string_equal(a->acknowledged_by, "local");
    assert_true(a->acknowledged_at == START + 9 && a->updated == START + 9);
    assert_int_equal(a->changed_seq, 2);
    assert_int_equal(b.out->alerts[0].transition, ALERT_UPDATED);

    bench_turn(&b, START + 10);
    struct command *c = change_of(COMMAND_ACKNOWLEDGE, id);
    c->by = (struct text_id){"token-7"};
    (void)bench_command(&b, c, OK, NULL);
    assert_true(batch_empty(b.out));
    assert_string_equal(a->acknowledged_by, "local");

    bench_read(&b, 1, 0);
    (void)bench_command(&b, change_of(COMMAND_ACKNOWLEDGE, id), OK, NULL);
    bench_read(&b, 1, 35);
    assert_false(alert_open_at(b.e, 0)->acknowledged);
    c = change_of(COMMAND_ACKNOWLEDGE, alert_open_at(b.e, 0)->id);
    c->by = (struct text_id){"token-7"};
    (void)bench_command(&b, c, OK, NULL);
    assert_string_equal(alert_open_at(b.e, 0)->acknowledged_by, "token-7");
    bench_fini(&b);
}

static void an_acknowledgement_is_taken_back_once(void **state)
{
    (void)state;
    struct bench b;
    bench_init(&b);
    (void)bench_rule(&b, 1, CONDITION_GREATER_THAN, 30);
    bench_read(&b, 1, 35);
    struct text_id id = alert_open_at(b.e, 0)->id;
    const struct alert *a = alert_open_at(b.e, 0);
    bench_turn(&b, START + 9);
    (void)bench_command(&b, change_of(COMMAND_RELEASE, id), OK, NULL);
    assert_true(batch_empty(b.out));
    (void)bench_command(&b, change_of(COMMAND_ACKNOWLEDGE, id), OK, NULL);
    assert_int_equal(a->state, ALERT_STATE_ACKNOWLEDGED);
    bench_turn(&b, START + 10);
    (void)bench_command(&b, change_of(COMMAND_RELEASE, id), OK, NULL);
    assert_int_equal(a->state, ALERT_STATE_FIRING);
    assert_false(a->acknowledged);
    assert_string_equal(a->acknowledged_by, "");
    assert_true(a->acknowledged_at == WALL_NONE && a->updated == START + 10);
    assert_int_equal(b.out->alerts[0].transition, ALERT_UPDATED);
    assert_false(b.out->alerts[0].acknowledged);
    bench_read(&b, 1, 0);
    (void)bench_command(&b, change_of(COMMAND_RELEASE, id), ERR_NOT_FOUND, NULL);
    bench_fini(&b);
}

static void an_alert_that_is_over_unacknowledged_is_not_found(void **state)
{
    (void)state;
    struct bench b;
    bench_init(&b);
    (void)bench_rule(&b, 1, CONDITION_GREATER_THAN, 30);
    bench_read(&b, 1, 35);
    struct text_id id = alert_open_at(b.e, 0)->id;
    bench_read(&b, 1, 0);
    (void)bench_command(&b, change_of(COMMAND_ACKNOWLEDGE, id), ERR_NOT_FOUND, NULL);
    bench_fini(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_new_rule_has_its_defaults_and_looks_at_once),
        cmocka_unit_test(what_is_not_there_is_not_found),
        cmocka_unit_test(the_cap_on_rules_is_kept_and_room_is_reused),
        cmocka_unit_test(deleting_a_firing_rule_resolves_its_alert),
        cmocka_unit_test(disabling_resolves_and_enabling_looks_again),
        cmocka_unit_test(a_threshold_that_is_no_longer_met_resolves_and_one_that_is_keeps),
        cmocka_unit_test(a_rule_that_moves_to_another_sensor_leaves_its_alert_behind),
        cmocka_unit_test(acknowledging_twice_changes_nothing_and_succeeds),
        cmocka_unit_test(an_acknowledgement_is_taken_back_once),
        cmocka_unit_test(an_alert_that_is_over_unacknowledged_is_not_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
