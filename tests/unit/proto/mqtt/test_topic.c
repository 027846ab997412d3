/* SPDX-License-Identifier: Apache-2.0 */
/* Topics and filters: the examples of the standard's section 4.7, and the borders around them. */
#include "base/mem.h"
#include "proto/mqtt/mqtt.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void filters_match_as_the_standard_says(void **state)
{
    (void)state;
    static const struct {
        const char *filter;
        const char *topic;
        bool matches;
    } rows[] = {
        {"sport/tennis/player1/#", "sport/tennis/player1", true},
        {"sport/tennis/player1/#", "sport/tennis/player1/ranking", true},
        {"sport/tennis/player1/#", "sport/tennis/player1/score/wimbledon", true},
        {"sport/tennis/player1/#", "sport/tennis/player12", false},
        {"sport/#", "sport", true},
        {"sport/#", "sport/", true},
        {"sport/#", "sports", false},
        {"#", "a/b/c", true},
        {"#", "/", true},
        {"sport/tennis/+", "sport/tennis/player1", true},
        {"sport/tennis/+", "sport/tennis/player1/ranking", false},
        {"sport/+", "sport", false},
        {"sport/+", "sport/", true},
        {"+/+", "/finance", true},
        {"/+", "/finance", true},
        {"+", "/finance", false},
        {"+", "finance", true},
        {"+/tennis/#", "sport/tennis", true},
        {"+/#", "sport", true},
        {"+/+/#", "sport", false},
        {"a/+/c", "a/b/c", true},
        {"a/+/c", "a//c", true},
        {"a/+/c", "a/b/d", false},
        {"a/+/c", "a/b/c/d", false},
        {"a/b", "a/b", true},
        {"a/b", "a/b/", false},
        {"a/b/", "a/b", false},
        {"a/b", "a/bc", false},
        {"a/bc", "a/b", false},
        {"A/b", "a/b", false},
        {"#", "$SYS/uptime", false},
        {"+/uptime", "$SYS/uptime", false},
        {"$SYS/#", "$SYS/uptime", true},
        {"$SYS/+", "$SYS/uptime", true},
        {"a/#", "a/$SYS", true},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct bytes filter = bytes_of_text(rows[i].filter);
        struct bytes topic = bytes_of_text(rows[i].topic);
        assert_true(mqtt_filter_valid(filter) && mqtt_topic_valid(topic));
        assert_int_equal(mqtt_match(filter, topic), rows[i].matches);
    }
}

static void wildcards_stand_only_as_whole_levels(void **state)
{
    (void)state;
    static const char *good[] = {"#",   "+",   "+/+", "/",   "//",
                                 "a/#", "+/#", "/+/", "a b", "\xc3\xa9"};
    static const char *bad[] = {"", "a#", "#a", "a/#/", "#/a", "a+", "+a", "a/+b/c", "##", "++"};
    for (size_t i = 0; i < ARRAY_LEN(good); i++) {
        assert_true(mqtt_filter_valid(bytes_of_text(good[i])));
    }
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        assert_false(mqtt_filter_valid(bytes_of_text(bad[i])));
    }
    assert_true(mqtt_filter_is_wild(BYTES("a/+/b")));
    assert_true(mqtt_filter_is_wild(BYTES("a/#")));
    assert_false(mqtt_filter_is_wild(BYTES("a/b")));
}

/* One bad byte at each place of topics of each length, so that every lane of the eight-byte scan
 * and its overlapping end are met. */
static void a_bad_byte_is_found_wherever_it_stands(void **state)
{
    (void)state;
    static const uint8_t bad[] = {0, '+', '#', 0x80, 0xff};
    for (size_t len = 1; len <= 33; len++) {
        uint8_t *topic = mem_alloc(len);
        memset(topic, 'a', len);
        assert_true(mqtt_topic_valid(bytes_of(topic, len)));
        for (size_t at = 0; at < len; at++) {
            for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
                topic[at] = bad[i];
                assert_false(mqtt_topic_valid(bytes_of(topic, len)));
            }
            topic[at] = 'a';
        }
        free(topic);
    }
}

static void topics_may_hold_any_other_character(void **state)
{
    (void)state;
    assert_true(mqtt_topic_valid(BYTES("caf\xc3\xa9/temp\xc3\xa9rature")));
    assert_true(mqtt_topic_valid(BYTES("\x01")));
    assert_true(mqtt_topic_valid(BYTES("*,\"$\x7f\"!")));
    assert_true(mqtt_topic_valid(BYTES("\xf0\x9f\x8c\xa1")));
    assert_false(mqtt_topic_valid(BYTES("caf\xc3\xa9/#")));
    assert_false(mqtt_topic_valid(BYTES("\xf0\x9f\x8c")));
    assert_false(mqtt_topic_valid(BYTES("")));
}

static void the_longest_string_passes_and_one_byte_more_does_not(void **state)
{
    (void)state;
    uint8_t *s = mem_alloc(MQTT_STRING_MAX + 1);
    memset(s, 'x', MQTT_STRING_MAX + 1);
    assert_true(mqtt_topic_valid(bytes_of(s, MQTT_STRING_MAX)));
    assert_true(mqtt_filter_valid(bytes_of(s, MQTT_STRING_MAX)));
    assert_false(mqtt_topic_valid(bytes_of(s, MQTT_STRING_MAX + 1)));
    assert_false(mqtt_filter_valid(bytes_of(s, MQTT_STRING_MAX + 1)));
    free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(filters_match_as_the_standard_says),
        cmocka_unit_test(wildcards_stand_only_as_whole_levels),
        cmocka_unit_test(a_bad_byte_is_found_wherever_it_stands),
        cmocka_unit_test(topics_may_hold_any_other_character),
        cmocka_unit_test(the_longest_string_passes_and_one_byte_more_does_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
