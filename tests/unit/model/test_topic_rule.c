/* SPDX-License-Identifier: Apache-2.0 */
/* What a pattern permits, the names that try to widen it among them (C23). */
#include "expect.h"
#include "model/limits.h"
#include "model/topic_rule.h"

static bool permits_as(const char *pattern, struct bytes user, struct bytes client,
                       const char *filter)
{
    const struct topic_names names = {user, client};
    return topic_rules_permit(bytes_of(pattern, strlen(pattern) + 1), &names,
                              bytes_of_text(filter));
}

static bool permits(const char *pattern, const char *filter)
{
    return permits_as(pattern, BYTES("pump"), BYTES("c1"), filter);
}

static void a_filter_is_permitted_when_all_that_it_matches_is(void **state)
{
    static const struct {
        const char *pattern;
        const char *filter;
        bool permitted;
    } rows[] = {
        {"a/b", "a/b", true},    {"a/b", "a/c", false},  {"a/b", "a/b/c", false},
        {"a/b", "a", false},     {"a/b", "a/+", false},  {"a/b", "a/#", false},
        {"a/b", "#", false},     {"a/+", "a/b", true},   {"a/+", "a/+", true},
        {"a/+", "a/", true},     {"a/+", "a", false},    {"a/+", "a/#", false},
        {"a/+", "a/b/c", false}, {"+/b", "a/b", true},   {"+/b", "+/b", true},
        {"+/b", "+/+", false},   {"a/#", "a", true},     {"a/#", "a/b/c", true},
        {"a/#", "a/+/c", true},  {"a/#", "a/#", true},   {"a/#", "ab", false},
        {"a/#", "+/b", false},   {"a/#", "#", false},    {"#", "#", true},
        {"#", "a", true},        {"#", "/", true},       {"/a", "/a", true},
        {"/a", "a", false},      {"a//b", "a//b", true}, {"a//b", "a/b", false},
        {"a/+/#", "a/b", true},  {"a/+/#", "a", false},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (permits(rows[i].pattern, rows[i].filter) != rows[i].permitted) {
            fail_msg("%s on %s", rows[i].pattern, rows[i].filter);
        }
    }
}

static void placeholders_stand_for_the_names(void **state)
{
    (void)state;
    assert_true(permits("sensors/%u/#", "sensors/pump/temperature"));
    assert_false(permits("sensors/%u/#", "sensors/pump2/temperature"));
    assert_false(permits("sensors/%u/#", "sensors/pum/temperature"));
    assert_true(permits("%c/x", "c1/x"));
    assert_true(permits("dev-%u-%c/x", "dev-pump-c1/x"));
    assert_false(permits("dev-%u-%c/x", "dev-pump-c2/x"));
    assert_true(permits("100%/x", "100%/x"));
    assert_false(permits("sensors/%u/#", "sensors/+/temperature"));
    assert_false(permits("sensors/%u/#", "sensors/%u/temperature"));
}

static void a_hostile_name_permits_nothing(void **state)
{
    static const char *const names[] = {"", "+", "#", "a/b", "a+", "#a", "/", "pump/#"};
    static const char *const filters[] = {
        "sensors/+/x",  "sensors/#/x",  "sensors/a/b/x", "sensors/x",      "sensors//x",
        "sensors/a+/x", "sensors/#a/x", "sensors///x",   "sensors/pump/#", "sensors/pump/x",
    };
    (void)state;
    for (size_t n = 0; n < ARRAY_LEN(names); n++) {
        struct bytes name = bytes_of_text(names[n]);
        for (size_t i = 0; i < ARRAY_LEN(filters); i++) {
            assert_false(permits_as("sensors/%c/x", BYTES("pump"), name, filters[i]));
            assert_false(permits_as("sensors/%u/x", name, BYTES("c1"), filters[i]));
        }
    }
    assert_false(permits_as("a/%c", BYTES("u"), BYTES("x\0y"), "a/x"));
    assert_false(permits_as("%c/#", BYTES("u"), BYTES("$SYS"), "$SYS/#"));
}

static void wildcards_do_not_reach_the_topics_of_the_system(void **state)
{
    (void)state;
    assert_false(permits("#", "$SYS/broker/uptime"));
    assert_false(permits("+/broker/#", "$SYS/broker/uptime"));
    assert_false(permits("#", "$share/g/#"));
    assert_true(permits("$SYS/#", "$SYS/broker/uptime"));
}

static void an_empty_list_permits_nothing(void **state)
{
    const struct topic_names names = {BYTES("u"), BYTES("c")};
    (void)state;
    assert_false(topic_rules_permit(BYTES(""), &names, BYTES("a")));
    assert_false(device_rules_permit(BYTES(""), BYTES("a")));
    assert_true(topic_rules_permit(BYTES("x\0a\0"), &names, BYTES("a")));
}

static void only_filters_within_the_limits_are_patterns(void **state)
{
    static const char *const good[] = {"a", "+", "#", "a/+/b", "a/#", "/", "%u/#", "a b"};
    static const char *const bad[] = {"",   "a+",    "+a",   "a/#/b", "#/a",
                                      "a#", "a\x01", "\xff", "\x7f"};
    char deep[2 * LIMIT_TOPIC_LEVELS + 2] = "";
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(good); i++) {
        assert_true(topic_rule_valid(bytes_of_text(good[i])));
    }
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        assert_false(topic_rule_valid(bytes_of_text(bad[i])));
    }
    for (size_t i = 0; i < LIMIT_TOPIC_LEVELS; i++) {
        memcpy(deep + 2 * i, "a/", 2);
    }
    assert_false(topic_rule_valid(bytes_of(deep, (size_t)2 * LIMIT_TOPIC_LEVELS)));
    assert_true(topic_rule_valid(bytes_of(deep, (size_t)2 * LIMIT_TOPIC_LEVELS - 1)));
}

static void only_u_and_c_are_placeholders(void **state)
{
    static const char *const good[] = {"a", "%u", "%c/#", "a/%u-%c/b", "%u%c"};
    static const char *const bad[] = {"%", "%z", "a/%U", "%%u", "a/%u%", "100%/x"};
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(good); i++) {
        assert_true(topic_rule_placeholders_known(bytes_of_text(good[i])));
    }
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        assert_false(topic_rule_placeholders_known(bytes_of_text(bad[i])));
    }
}

static bool speaks(const char *pattern, const char *device)
{
    return device_rules_permit(bytes_of(pattern, strlen(pattern) + 1), bytes_of_text(device));
}

static void a_star_stands_for_any_run_of_characters(void **state)
{
    (void)state;
    assert_true(speaks("pump", "pump"));
    assert_false(speaks("pump", "pump2"));
    assert_false(speaks("pump", "pum"));
    assert_true(speaks("room-*", "room-"));
    assert_true(speaks("room-*", "room-1/a"));
    assert_false(speaks("room-*", "hall-1"));
    assert_true(speaks("*", ""));
    assert_true(speaks("a*b*c", "aXbYbZc"));
    assert_false(speaks("a*b*c", "aXbYbZ"));
    assert_true(speaks("*-x", "a-x-x"));
    assert_false(speaks("pump", "*"));
}

/* Whatever the strings, the quick matcher agrees with the plain definition. */
static bool matches_slowly(const char *pattern, const char *text)
{
    if (*pattern == '\0') {
        return *text == '\0';
    }
    if (*pattern == '*') {
        return matches_slowly(pattern + 1, text) || (*text && matches_slowly(pattern, text + 1));
    }
    return *pattern == *text && matches_slowly(pattern + 1, text + 1);
}

static void random_device_patterns_match_as_defined(void **state)
{
    uint64_t seed = expect_seed();
    (void)state;
    for (int round = 0; round < 20000; round++) {
        char pattern[9] = "", text[9] = "";
        for (size_t i = 0; i < expect_random(&seed) % 8; i++) {
            pattern[i] = "ab*"[expect_random(&seed) % 3];
        }
        for (size_t i = 0; i < expect_random(&seed) % 8; i++) {
            text[i] = "ab"[expect_random(&seed) % 2];
        }
        if (speaks(pattern, text) != matches_slowly(pattern, text)) {
            fail_msg("%s on %s", pattern, text);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_filter_is_permitted_when_all_that_it_matches_is),
        cmocka_unit_test(placeholders_stand_for_the_names),
        cmocka_unit_test(a_hostile_name_permits_nothing),
        cmocka_unit_test(wildcards_do_not_reach_the_topics_of_the_system),
        cmocka_unit_test(an_empty_list_permits_nothing),
        cmocka_unit_test(only_filters_within_the_limits_are_patterns),
        cmocka_unit_test(only_u_and_c_are_placeholders),
        cmocka_unit_test(a_star_stands_for_any_run_of_characters),
        cmocka_unit_test(random_device_patterns_match_as_defined),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
