/* SPDX-License-Identifier: Apache-2.0 */
/* The vocabulary: words that are read and printed, ids, and how durations are counted. */
#include "model/command.h"
#include "model/ids.h"
#include "model/limits.h"
#include "model/metrics.h"
#include "model/rule.h"
#include "model/status.h"

#include "expect.h"

static void every_condition_and_severity_reads_back(void **state)
{
    (void)state;
    for (unsigned i = 0; i < CONDITION_COUNT; i++) {
        enum condition c;
        expect_ok(condition_parse(bytes_of_text(condition_text((enum condition)i)), &c));
        assert_int_equal(c, i);
    }
    for (unsigned i = 0; i < SEVERITY_COUNT; i++) {
        enum severity s;
        expect_ok(severity_parse(bytes_of_text(severity_text((enum severity)i)), &s));
        assert_int_equal(s, i);
    }
}

static void other_words_are_refused_and_change_nothing(void **state)
{
    (void)state;
    const char *const wrong[] = {"", "Greater_Than", "greater_than ", "greater", "CRITICAL"};
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
        enum condition c = CONDITION_LESS_THAN;
        enum severity s = SEVERITY_WARNING;
        expect_err(ERR_INVALID, condition_parse(bytes_of_text(wrong[i]), &c));
        expect_err(ERR_INVALID, severity_parse(bytes_of_text(wrong[i]), &s));
        assert_int_equal(c, CONDITION_LESS_THAN);
        assert_int_equal(s, SEVERITY_WARNING);
    }
}

static void statuses_read_without_regard_to_case(void **state)
{
    (void)state;
    enum device_status s = STATUS_UNKNOWN;
    expect_ok(status_parse(BYTES("OnLine"), &s));
    assert_int_equal(s, STATUS_ONLINE);
    expect_ok(status_parse(BYTES("asleep"), &s));
    assert_int_equal(s, STATUS_ASLEEP);
    expect_err(ERR_INVALID, status_parse(BYTES("on"), &s));
    expect_err(ERR_INVALID, status_parse(BYTES(""), &s));
    assert_string_equal(cause_text(CAUSE_GATEWAY_LOST), "gateway lost");
}

static void ids_count_up_within_their_epoch(void **state)
{
    (void)state;
    struct text_id_source source = {.epoch_ms = 1763950000000};
    assert_string_equal(text_id_next(&source).text, "19ab39cf780-1");
    assert_string_equal(text_id_next(&source).text, "19ab39cf780-2");
    source = (struct text_id_source){.epoch_ms = 253402300799999, .last = 999999999999999};
    /* The end of the year 9999, after a billion million ids: it still fits. */
    assert_string_equal(text_id_next(&source).text, "e677d21fdbff-1000000000000000");
}

static void names_of_devices_and_sensors_have_their_bounds(void **state)
{
    (void)state;
    char text[LIMIT_ID_BYTES + 1];
    memset(text, 'x', sizeof text);
    assert_true(name_id_valid(bytes_of(text, LIMIT_ID_BYTES)));
    assert_false(name_id_valid(bytes_of(text, LIMIT_ID_BYTES + 1)));
    const struct bytes good[] = {BYTES("a"),
                                 BYTES("..."),
                                 BYTES("../../x"),
                                 BYTES(" "),
                                 BYTES("<img src=x onerror=alert(1)>"),
                                 BYTES("\xc2\xa0")};
    const struct bytes bad[] = {BYTES(""),         BYTES("."),    BYTES(".."),
                                BYTES("a\0b"),     BYTES("\x1f"), BYTES("\x7f"),
                                BYTES("\xc2\x80"), BYTES("\xc2"), BYTES("\xed\xa0\x80")};
    for (size_t i = 0; i < ARRAY_LEN(good); i++) {
        assert_true(name_id_valid(good[i]));
    }
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        assert_false(name_id_valid(bad[i]));
    }
}

static void durations_fall_into_the_bucket_that_bounds_them(void **state)
{
    (void)state;
    static struct metrics m;
    metrics_observe(&m, HISTOGRAM_COMMIT, 0);
    metrics_observe(&m, HISTOGRAM_COMMIT, 100000);
    metrics_observe(&m, HISTOGRAM_COMMIT, 100001);
    metrics_observe(&m, HISTOGRAM_COMMIT, MONO_MS(3600000));
    assert_int_equal(m.histogram[HISTOGRAM_COMMIT].bucket[0], 2);
    assert_int_equal(m.histogram[HISTOGRAM_COMMIT].bucket[1], 1);
    assert_int_equal(m.histogram[HISTOGRAM_COMMIT].bucket[HISTOGRAM_BUCKETS - 1], 1);
    assert_int_equal(m.histogram[HISTOGRAM_COMMIT].sum_ns, 200001 + MONO_MS(3600000));
    assert_int_equal(m.histogram[HISTOGRAM_ACK].bucket[0], 0);
}

static void every_counter_has_its_own_name(void **state)
{
    (void)state;
    static const char *const names[] = {
#define METRIC_NAME(id, name, type, help) name,
        METRIC_LIST(METRIC_NAME)
#undef METRIC_NAME
#define DROP_NAME(id, name, help) name,
            DROP_LIST(DROP_NAME)
#undef DROP_NAME
    };
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        for (size_t k = 0; k < i; k++) {
            assert_string_not_equal(names[i], names[k]);
        }
    }
}

static void a_command_owns_its_text(void **state)
{
    (void)state;
    struct command *c = command_new(COMMAND_PATCH_DEVICE);
    assert_int_equal(c->decimals, -1);
    assert_int_equal(c->result, OK);
    c->device = strdup("d");
    c->tags = strdup("t");
    c->attributes = strdup("{}");
    command_free(c);
    command_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_condition_and_severity_reads_back),
        cmocka_unit_test(other_words_are_refused_and_change_nothing),
        cmocka_unit_test(statuses_read_without_regard_to_case),
        cmocka_unit_test(ids_count_up_within_their_epoch),
        cmocka_unit_test(names_of_devices_and_sensors_have_their_bounds),
        cmocka_unit_test(durations_fall_into_the_bucket_that_bounds_them),
        cmocka_unit_test(every_counter_has_its_own_name),
        cmocka_unit_test(a_command_owns_its_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
