/* SPDX-License-Identifier: Apache-2.0 */
/* Silences, and rules that mute others. */
#include "engine.h"

static void put(struct bench *b, const char *id, const char *json)
{
    struct document_fault why = {{0}, {0}};
    if (alert_silence_check(bytes_of_text(json), &why) != OK) {
        print_message("%s: %s\n", why.field, why.message);
        fail();
    }
    struct alert_silence s = {.id = bytes_of_text(id), .body = bytes_of_text(json)};
    alert_put_silence(b->e, &s, b->now, b->out);
}

static enum alert_mute muted(const struct bench *b)
{
    return alert_open_at(b->e, 0)->muted;
}

static void fire(struct bench *b)
{
    bench_init(b);
    (void)bench_rule(b, 1, CONDITION_GREATER_THAN, 30);
    bench_read(b, 1, 35);
    assert_int_equal(muted(b), MUTE_NONE);
    bench_turn(b, START + 1000);
}

static void a_silence_mutes_what_fires_and_what_will_until_it_ends(void **state)
{
    (void)state;
    struct bench b;
    char json[200];
    fire(&b);
    snprintf(json, sizeof json, "{\"matchers\":{\"device\":[\"x\",\"pump\"]},\"end\":%lld}",
             (long long)(START + 3600000));
    put(&b, "quiet", json);
    const struct alert *a = alert_open_at(b.e, 0);
    assert_int_equal(a->muted, MUTE_SILENCE);
    assert_string_equal(a->muted_by, "quiet");
    assert_true(a->muted_until == START + 3600000);
    assert_int_equal(b.out->alerts[0].transition, ALERT_UPDATED);
    bench_read(&b, 1, 0);
    bench_read(&b, 1, 35);
    assert_int_equal(muted(&b), MUTE_SILENCE);
    /* A word a quarter of an hour before it ends, once. */
    bench_turn(&b, START + 3600000 - 15 * 60000);
    alert_tick(b.e, b.now, b.out);
    assert_int_equal(b.out->alert_count, 1);
    assert_int_equal(b.out->alerts[0].muted, MUTE_SILENCE);
    bench_turn(&b, b.now + 1000);
    alert_tick(b.e, b.now, b.out);
    assert_int_equal(b.out->alert_count, 0);
    bench_turn(&b, START + 3600000);
    alert_tick(b.e, b.now, b.out);
    assert_int_equal(muted(&b), MUTE_NONE);
    assert_int_equal(b.out->alert_count, 1);
    assert_int_equal(b.out->alerts[0].transition, ALERT_UPDATED);
    bench_fini(&b);
}

static void every_matcher_that_is_given_must_match(void **state)
{
    (void)state;
    static const struct {
        const char *matchers;
        bool matches;
    } table[] = {
        {"{\"device\":\"pump\"}", true},
        {"{\"device\":\"pum\"}", false},
        {"{\"severity\":\"warning\"}", true},
        {"{\"severity\":[\"info\",\"critical\"]}", false},
        {"{\"device\":\"pump\",\"severity\":\"critical\"}", false},
        {"{\"tag\":\"cold\"}", true},
        {"{\"tag\":\"col\"}", false},
        {"{\"model\":\"m\"}", false},
        {"{\"place\":\"hall\"}", false},
        {"{\"rule\":\"1234-1\"}", true},
        {"{\"alert\":\"1234-1\"}", true},
        {"{\"alert\":\"1234-2\"}", false},
    };
    for (size_t i = 0; i < ARRAY_LEN(table); i++) {
        struct bench b;
        char json[200];
        fire(&b);
        bench_set_tag(&b, "pump", "cold");
        snprintf(json, sizeof json, "{\"matchers\":%s,\"end\":%lld}", table[i].matchers,
                 (long long)(START + 3600000));
        put(&b, "s", json);
        assert_int_equal(muted(&b), table[i].matches ? MUTE_SILENCE : MUTE_NONE);
        alert_drop_silence(b.e, BYTES("s"), b.now, b.out);
        assert_int_equal(muted(&b), MUTE_NONE);
        bench_fini(&b);
    }
}

static void one_that_begins_later_waits(void **state)
{
    (void)state;
    struct bench b;
    char json[200];
    fire(&b);
    snprintf(json, sizeof json, "{\"matchers\":{\"device\":\"pump\"},\"start\":%lld,\"end\":%lld}",
             (long long)(START + 60000), (long long)(START + 120000));
    put(&b, "s", json);
    assert_int_equal(muted(&b), MUTE_NONE);
    for (wall_ms now = START + 2000; now <= START + 121000; now += 1000) {
        bench_turn(&b, now);
        alert_tick(b.e, now, b.out);
        bool inside = now >= START + 60000 && now < START + 120000;
        assert_int_equal(muted(&b), inside ? MUTE_SILENCE : MUTE_NONE);
    }
    bench_fini(&b);
}

static void what_can_not_be_a_silence_says_why(void **state)
{
    (void)state;
    static const struct {
        const char *json, *field;
    } table[] = {
        {"{\"end\":5}", "matchers"},
        {"{\"matchers\":{},\"end\":5}", "matchers"},
        {"{\"matchers\":{\"colour\":\"red\"},\"end\":5}", "matchers"},
        {"{\"matchers\":{\"severity\":\"loud\"},\"end\":5}", "matchers"},
        {"{\"matchers\":{\"device\":[]},\"end\":5}", "matchers"},
        {"{\"matchers\":{\"device\":\"d\"}}", "end"},
        {"{\"matchers\":{\"device\":\"d\"},\"end\":\"x\"}", "end"},
        {"{\"matchers\":{\"device\":\"d\"},\"start\":9,\"end\":5}", "end"},
        {"{\"matchers\":{\"device\":\"d\"},\"start\":-1,\"end\":5}", "start"},
        {"[]", "body"},
    };
    for (size_t i = 0; i < ARRAY_LEN(table); i++) {
        struct document_fault why;
        expect_err(ERR_INVALID, alert_silence_check(bytes_of_text(table[i].json), &why));
        assert_string_equal(why.field, table[i].field);
    }
}

static void a_rule_that_mutes_others_does_so_while_it_fires(void **state)
{
    (void)state;
    struct bench b;
    fire(&b);
    bench_set_tag(&b, "pump", "hall");
    bench_series(&b, 2, "breaker", "open");
    struct text_id muter = bench_command(
        &b,
        rule_of("{\"deviceId\":\"breaker\",\"sensorType\":\"open\",\"condition\":\"equals\","
                "\"threshold\":1,\"mutes\":{\"tag\":\"hall\"}}"),
        OK, NULL);
    bench_read(&b, 2, 1);
    assert_int_equal(muted(&b), MUTE_INHIBITED);
    assert_string_equal(alert_open_at(b.e, 0)->muted_by, muter.text);
    assert_int_equal(alert_open_at(b.e, 1)->muted, MUTE_NONE);
    bench_read(&b, 2, 0);
    assert_int_equal(muted(&b), MUTE_NONE);
    bench_read(&b, 2, 1);
    (void)bench_command(&b, change_of(COMMAND_DELETE_RULE, muter), OK, NULL);
    assert_int_equal(muted(&b), MUTE_NONE);
    bench_fini(&b);
}

static void tags_that_change_mute_what_is_open_and_no_longer(void **state)
{
    (void)state;
    struct bench b;
    fire(&b);
    put(&b, "hall", "{\"matchers\":{\"tag\":\"hall\"},\"end\":1764953200000}");
    assert_int_equal(muted(&b), MUTE_NONE);
    bench_set_tag(&b, "pump", "hall");
    assert_int_equal(muted(&b), MUTE_SILENCE);
    bench_set_tag(&b, "pump", "roof");
    assert_int_equal(muted(&b), MUTE_NONE);
    bench_fini(&b);
}

static void a_rule_that_is_changed_mutes_others_no_longer(void **state)
{
    (void)state;
    struct bench b;
    fire(&b);
    bench_set_tag(&b, "pump", "hall");
    bench_series(&b, 2, "breaker", "open");
    struct text_id muter = bench_command(
        &b,
        rule_of("{\"deviceId\":\"breaker\",\"sensorType\":\"open\",\"condition\":\"equals\","
                "\"threshold\":1,\"mutes\":{\"tag\":\"hall\"}}"),
        OK, NULL);
    bench_read(&b, 2, 1);
    assert_int_equal(muted(&b), MUTE_INHIBITED);
    (void)bench_command(&b, patch_of(muter, "{\"mutes\":{\"tag\":\"roof\"}}"), OK, NULL);
    assert_int_equal(muted(&b), MUTE_NONE);
    bench_fini(&b);
}

static void a_rule_that_fires_twice_mutes_until_both_are_over(void **state)
{
    (void)state;
    struct bench b;
    fire(&b);
    bench_set_tag(&b, "pump", "hall");
    bench_series(&b, 2, "breaker-1", "open");
    bench_series(&b, 3, "breaker-2", "open");
    (void)bench_command(
        &b,
        rule_of("{\"scope\":{\"devices\":[\"breaker-1\",\"breaker-2\"]},\"when\":{\"sensor\":"
                "\"open\",\"condition\":\"equals\",\"threshold\":1},\"mutes\":{\"tag\":"
                "\"hall\"}}"),
        OK, NULL);
    bench_read(&b, 2, 1);
    bench_read(&b, 3, 1);
    assert_int_equal(muted(&b), MUTE_INHIBITED);
    bench_read(&b, 2, 0);
    assert_int_equal(muted(&b), MUTE_INHIBITED);
    bench_read(&b, 3, 0);
    assert_int_equal(muted(&b), MUTE_NONE);
    bench_fini(&b);
}

static void a_reading_that_changes_nothing_judges_no_mute(void **state)
{
    (void)state;
    struct bench b;
    fire(&b);
    put(&b, "hall", "{\"matchers\":{\"tag\":\"hall\"},\"end\":1764953200000}");
    world_asked = 0;
    for (int i = 0; i < 100; i++) {
        bench_read(&b, 1, 36);
    }
    assert_int_equal(world_asked, 0);
    bench_fini(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_silence_mutes_what_fires_and_what_will_until_it_ends),
        cmocka_unit_test(every_matcher_that_is_given_must_match),
        cmocka_unit_test(one_that_begins_later_waits),
        cmocka_unit_test(what_can_not_be_a_silence_says_why),
        cmocka_unit_test(a_rule_that_mutes_others_does_so_while_it_fires),
        cmocka_unit_test(tags_that_change_mute_what_is_open_and_no_longer),
        cmocka_unit_test(a_rule_that_is_changed_mutes_others_no_longer),
        cmocka_unit_test(a_rule_that_fires_twice_mutes_until_both_are_over),
        cmocka_unit_test(a_reading_that_changes_nothing_judges_no_mute),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
