/* SPDX-License-Identifier: Apache-2.0 */
/* Descriptor tables: every type read and printed, ranges at their ends, slips recognised. */
#include "base/config.h"

#include "expect.h"

enum mood {
    MOOD_CALM,
    MOOD_LOUD,
};

struct sample {
    bool on;
    uint32_t count;
    uint64_t wait_ms;
    uint32_t room;
    size_t space;
    enum mood mood;
    char *name;
    struct config_list list;
};

static bool begins_with_a(const char *text)
{
    return text[0] == 'a';
}

static const char *const moods[] = {"calm", "loud", NULL};

enum {
    ON,
    COUNT,
    WAIT,
    ROOM,
    SPACE,
    MOOD,
    NAME,
    LIST,
};

static const struct config_field fields[] = {
    [ON] = {.name = "on", .type = CONFIG_BOOL, CONFIG_MEMBER(struct sample, on)},
    [COUNT] = {.name = "count",
               .type = CONFIG_INTEGER,
               CONFIG_MEMBER(struct sample, count),
               .min = 1,
               .max = UINT32_MAX},
    [WAIT] = {.name = "wait",
              .type = CONFIG_DURATION,
              CONFIG_MEMBER(struct sample, wait_ms),
              .min = 500,
              .max = 86400000},
    [ROOM] = {.name = "room",
              .type = CONFIG_BYTES,
              CONFIG_MEMBER(struct sample, room),
              .max = 1u << 30},
    [SPACE] = {.name = "space",
               .type = CONFIG_BYTES,
               CONFIG_MEMBER(struct sample, space),
               .max = UINT64_MAX},
    [MOOD] = {.name = "mood",
              .type = CONFIG_WORD,
              CONFIG_MEMBER(struct sample, mood),
              .words = moods},
    [NAME] = {.name = "name", .type = CONFIG_STRING, CONFIG_MEMBER(struct sample, name)},
    [LIST] = {.name = "list",
              .type = CONFIG_LIST,
              CONFIG_MEMBER(struct sample, list),
              .valid = begins_with_a,
              .expected = "words with an a in front"},
};

static void expect_printed(const struct config_field *f, const struct sample *s, const char *want)
{
    struct buf out = {0};
    config_print(f, s, &out);
    expect_slices(buf_bytes(&out), bytes_of_text(want));
    buf_fini(&out);
}

static void sample_fini(struct sample *s)
{
    free(s->name);
    config_list_clear(&s->list);
}

static void values_read_and_print_in_their_units(void **state)
{
    (void)state;
    static const struct {
        unsigned field;
        const char *text;
        const char *printed;
    } table[] = {
        {ON, "true", "true"},     {ON, "false", "false"},
        {COUNT, "1", "1"},        {COUNT, "4294967295", "4294967295"},
        {WAIT, "500ms", "500ms"}, {WAIT, "1500ms", "1500ms"},
        {WAIT, "60s", "1m"},      {WAIT, "24h", "1d"},
        {WAIT, "1d", "1d"},       {WAIT, "007s", "7s"},
        {ROOM, "0", "0"},         {ROOM, "1000", "1000"},
        {ROOM, "1000B", "1000"},  {ROOM, "64kB", "64kB"},
        {ROOM, "1024kB", "1MB"},  {ROOM, "1GB", "1GB"},
        {SPACE, "16GB", "16GB"},  {SPACE, "18446744073709551615", "18446744073709551615"},
        {MOOD, "loud", "loud"},   {NAME, "some text", "some text"},
    };
    struct sample s = {0};
    char why[CONFIG_WHY_MAX];
    for (size_t i = 0; i < ARRAY_LEN(table); i++) {
        const struct config_field *f = &fields[table[i].field];
        expect_ok(config_set(f, &s, bytes_of_text(table[i].text), why));
        expect_printed(f, &s, table[i].printed);
    }
    assert_int_equal(s.wait_ms, 7000);
    assert_int_equal(s.room, 1u << 30);
    assert_int_equal(s.mood, MOOD_LOUD);
    sample_fini(&s);
}

static void what_is_wrong_is_refused_with_what_was_expected(void **state)
{
    (void)state;
    static const struct {
        unsigned field;
        const char *text;
        const char *why;
    } table[] = {
        {ON, "yes", "on: expected true or false"},
        {ON, "", "on: expected true or false"},
        {COUNT, "0", "count: expected an integer from 1 to 4294967295"},
        {COUNT, "4294967296", "count: expected an integer from 1 to 4294967295"},
        {COUNT, "-1", "count: expected an integer from 1 to 4294967295"},
        {COUNT, "1k", "count: expected an integer from 1 to 4294967295"},
        {COUNT, "1.5", "count: expected an integer from 1 to 4294967295"},
        {WAIT, "499ms", "wait: expected a duration such as 500ms, 10m or 30d, from 500ms to 1d"},
        {WAIT, "25h", "wait: expected a duration such as 500ms, 10m or 30d, from 500ms to 1d"},
        {WAIT, "1000", "wait: expected a duration such as 500ms, 10m or 30d, from 500ms to 1d"},
        {WAIT, "0", "wait: expected a duration such as 500ms, 10m or 30d, from 500ms to 1d"},
        {WAIT, "s", "wait: expected a duration such as 500ms, 10m or 30d, from 500ms to 1d"},
        {WAIT, "1 s", "wait: expected a duration such as 500ms, 10m or 30d, from 500ms to 1d"},
        {WAIT, "99999999999999999999d",
         "wait: expected a duration such as 500ms, 10m or 30d, from 500ms to 1d"},
        {WAIT, "18446744073709551d",
         "wait: expected a duration such as 500ms, 10m or 30d, from 500ms to 1d"},
        {ROOM, "2GB", "room: expected a size such as 64kB or 16MB, from 0 to 1GB"},
        {ROOM, "64KB", "room: expected a size such as 64kB or 16MB, from 0 to 1GB"},
        {MOOD, "sad", "mood: expected calm or loud"},
        {NAME, "", "name: expected text without control characters"},
        {NAME, "a\nb", "name: expected text without control characters"},
        {LIST, "b", "list: expected words with an a in front"},
        {LIST, "", "list: expected words with an a in front"},
    };
    struct sample s = {.count = 7, .wait_ms = 8, .room = 9, .mood = MOOD_LOUD};
    for (size_t i = 0; i < ARRAY_LEN(table); i++) {
        char why[CONFIG_WHY_MAX] = "";
        const struct config_field *f = &fields[table[i].field];
        expect_err(ERR_INVALID, config_set(f, &s, bytes_of_text(table[i].text), why));
        assert_string_equal(why, table[i].why);
    }
    assert_true(s.count == 7 && s.wait_ms == 8 && s.room == 9 && s.mood == MOOD_LOUD);
    assert_null(s.name);
    assert_int_equal(s.list.count, 0);
}

static void a_nul_inside_a_text_is_refused(void **state)
{
    (void)state;
    struct sample s = {0};
    char why[CONFIG_WHY_MAX];
    expect_err(ERR_INVALID, config_set(&fields[NAME], &s, BYTES("a\0b"), why));
    assert_null(s.name);
}

static void a_string_replaces_the_one_before(void **state)
{
    (void)state;
    struct sample s = {0};
    char why[CONFIG_WHY_MAX];
    expect_printed(&fields[NAME], &s, "");
    expect_ok(config_set(&fields[NAME], &s, BYTES("one"), why));
    expect_ok(config_set(&fields[NAME], &s, BYTES("two"), why));
    assert_string_equal(s.name, "two");
    sample_fini(&s);
}

static void lists_and_texts_have_a_limit(void **state)
{
    (void)state;
    struct sample s = {0};
    char why[CONFIG_WHY_MAX];
    char text[CONFIG_TEXT_MAX + 1];
    memset(text, 'a', sizeof text);
    expect_err(ERR_INVALID, config_set(&fields[LIST], &s, bytes_of(text, sizeof text), why));
    expect_ok(config_set(&fields[LIST], &s, bytes_of(text, CONFIG_TEXT_MAX), why));
    for (int i = 1; i < CONFIG_LIST_MAX; i++) {
        expect_ok(config_set(&fields[LIST], &s, BYTES("a"), why));
    }
    expect_err(ERR_INVALID, config_set(&fields[LIST], &s, BYTES("a"), why));
    assert_string_equal(why, "list: expected at most 64 items");
    config_list_clear(&s.list);
    assert_int_equal(s.list.count, 0);
    expect_printed(&fields[LIST], &s, "[]");
    expect_ok(config_set(&fields[LIST], &s, BYTES("ab"), why));
    expect_ok(config_set(&fields[LIST], &s, BYTES("ac"), why));
    expect_printed(&fields[LIST], &s, "[\"ab\", \"ac\"]");
    sample_fini(&s);
}

static void slips_find_the_word_that_was_meant(void **state)
{
    (void)state;
    static const char *const names[] = {"listen", "hosts", "origins", "ping_timeout", "log"};
    static const struct {
        const char *word;
        const char *meant;
    } table[] = {
        {"lissen", "listen"},  {"lsiten", "listen"},
        {"listens", "listen"}, {"host", "hosts"},
        {"orgins", "origins"}, {"Listen", "listen"},
        {"logs", "log"},       {"pingtimeout", "ping_timeout"},
        {"database", NULL},    {"", NULL},
        {"x", NULL},           {"retention", NULL},
    };
    for (size_t i = 0; i < ARRAY_LEN(table); i++) {
        const char *got = config_nearest(bytes_of_text(table[i].word), names, ARRAY_LEN(names));
        assert_int_equal(!got, !table[i].meant);
        if (got && table[i].meant) {
            assert_string_equal(got, table[i].meant);
        }
    }
    char longest[200];
    memset(longest, 'l', sizeof longest);
    assert_null(config_nearest(bytes_of(longest, sizeof longest), names, ARRAY_LEN(names)));
}

static void the_documentation_of_a_field_tells_its_range(void **state)
{
    (void)state;
    struct buf out = {0};
    config_print_type(&fields[WAIT], &out);
    expect_bytes(buf_bytes(&out), "duration, 500ms to 1d");
    buf_clear(&out);
    config_print_type(&fields[LIST], &out);
    expect_bytes(buf_bytes(&out), "list of words with an a in front");
    buf_clear(&out);
    config_print_expected(&fields[LIST], &out);
    expect_bytes(buf_bytes(&out), "a list of words with an a in front");
    buf_fini(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_read_and_print_in_their_units),
        cmocka_unit_test(what_is_wrong_is_refused_with_what_was_expected),
        cmocka_unit_test(a_nul_inside_a_text_is_refused),
        cmocka_unit_test(a_string_replaces_the_one_before),
        cmocka_unit_test(lists_and_texts_have_a_limit),
        cmocka_unit_test(slips_find_the_word_that_was_meant),
        cmocka_unit_test(the_documentation_of_a_field_tells_its_range),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
