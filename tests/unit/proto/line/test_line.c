/* SPDX-License-Identifier: Apache-2.0 */
/* Line protocol: the forms that the reference gives, what is refused and where, and any split. */
#include "expect.h"

#include "proto/line/line.h"

static struct line line;
static uint8_t room[LINE_BYTES_MAX];

static struct line_reader reader_on(const char *text)
{
    struct line_reader r = {0};
    line_feed(&r, bytes_of_text(text), LINE_LAST_PART);
    return r;
}

static void a_line_has_measurement_tags_fields_and_time(void **state)
{
    (void)state;
    struct line_reader r =
        reader_on("weather,location=us-midwest,season=summer temperature=82,humidity=71i "
                  "1465839830100400200\n");
    expect_ok(line_next(&r, &line));
    expect_bytes(line.measurement.raw, "weather");
    assert_int_equal(line.tag_count, 2);
    expect_bytes(line.tags[1].key.raw, "season");
    expect_bytes(line.tags[1].value.raw, "summer");
    assert_int_equal(line.field_count, 2);
    expect_bytes(line.fields[0].key.raw, "temperature");
    assert_true(line.fields[0].kind == LINE_FLOAT && line.fields[0].number == 82);
    assert_true(line.fields[1].kind == LINE_INTEGER && line.fields[1].number == 71);
    assert_true(line.has_time && line.time == 1465839830100400200);
    expect_err(ERR_CLOSED, line_next(&r, &line));
}

static void a_time_and_tags_may_be_missing(void **state)
{
    (void)state;
    struct line_reader r = reader_on("m v=1\r\n\n  \n# m v=2\n   m2 v=3  ");
    expect_ok(line_next(&r, &line));
    assert_true(!line.has_time && line.tag_count == 0 && line.number == 1);
    expect_ok(line_next(&r, &line));
    assert_true(line.fields[0].number == 3 && line.number == 5);
    expect_err(ERR_CLOSED, line_next(&r, &line));
}

static void every_form_of_a_value_is_read(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum line_kind kind;
        double value;
    } rows[] = {
        {"1", LINE_FLOAT, 1},
        {"-1.5e-3", LINE_FLOAT, -0.0015},
        {"+2", LINE_FLOAT, 2},
        {".5", LINE_FLOAT, 0.5},
        {"-.5", LINE_FLOAT, -0.5},
        {"1.", LINE_FLOAT, 1},
        {"1.e2", LINE_FLOAT, 100},
        {"007", LINE_FLOAT, 7},
        {"0", LINE_FLOAT, 0},
        {"000.25", LINE_FLOAT, 0.25},
        {"42i", LINE_INTEGER, 42},
        {"-9223372036854775808i", LINE_INTEGER, -9223372036854775808.0},
        {"18446744073709551615u", LINE_INTEGER, 18446744073709551615.0},
        {"t", LINE_BOOLEAN, 1},
        {"TRUE", LINE_BOOLEAN, 1},
        {"True", LINE_BOOLEAN, 1},
        {"true", LINE_BOOLEAN, 1},
        {"F", LINE_BOOLEAN, 0},
        {"false", LINE_BOOLEAN, 0},
        {"\"x\"", LINE_STRING, 0},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        char text[64];
        (void)snprintf(text, sizeof text, "m v=%s", rows[i].text);
        struct line_reader r = reader_on(text);
        expect_ok(line_next(&r, &line));
        assert_int_equal(line.fields[0].kind, rows[i].kind);
        assert_true(line.fields[0].number == rows[i].value);
    }
}

static void a_backslash_takes_the_sense_of_what_follows(void **state)
{
    (void)state;
    struct line_reader r =
        reader_on("a\\,b\\ c\\d,t\\=1=x\\,y\\ z\\=1 f\\ g=\"q \\\"r\\\" \\\\ \\n\" 1");
    expect_ok(line_next(&r, &line));
    expect_bytes(line_name(line.measurement, room), "a,b c\\d");
    expect_bytes(line_name(line.tags[0].key, room), "t=1");
    expect_bytes(line_name(line.tags[0].value, room), "x,y z=1");
    expect_bytes(line_name(line.fields[0].key, room), "f g");
    expect_bytes(line_string(line.fields[0].text, room), "q \"r\" \\ \\n");
    assert_true(line_tag_find(&line, BYTES("t=1")) == &line.tags[0].value);
    assert_null(line_tag_find(&line, BYTES("t")));
    assert_false(line_name_is(line.tags[0].key, BYTES("t=12")));
}

static void a_string_may_hold_line_ends_that_count(void **state)
{
    (void)state;
    struct line_reader r = reader_on("m s=\"one\ntwo\" 7\nm\n");
    expect_ok(line_next(&r, &line));
    assert_true(line.time == 7);
    expect_err(ERR_INVALID, line_next(&r, &line));
    assert_int_equal(r.error.line, 3);
}

static void a_bad_line_is_told_with_its_place_and_passed_over(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t column;
        const char *reason;
    } rows[] = {
        {"m", 2, "line without a field"},
        {"m ", 3, "field without a name"},
        {",t=1 v=1", 1, "line without a measurement"},
        {"m,t v=1", 4, "tag without a value"},
        {"m,t= v=1", 5, "tag without a value"},
        {"m,=1 v=1", 3, "tag without a name"},
        {"m,t=a=b v=1", 6, "equals sign in a tag's value wants a backslash"},
        {"m v", 4, "field without a value"},
        {"m v=", 5, "field without a value"},
        {"m =1", 3, "field without a name"},
        {"m v=1,", 7, "field without a name"},
        {"m v=nan", 5, "value is no finite number, boolean or string"},
        {"m v=1e999", 5, "value is no finite number, boolean or string"},
        {"m v=yes", 5, "value is no finite number, boolean or string"},
        {"m v=9223372036854775808i", 5, "value is no finite number, boolean or string"},
        {"m v=71.5i", 5, "value is no finite number, boolean or string"},
        {"m v=-1u", 5, "value is no finite number, boolean or string"},
        {"m v=.", 5, "value is no finite number, boolean or string"},
        {"m v=1 2 3", 9, "unexpected text after the fields"},
        {"m v=1 1.5", 7, "timestamp is not a whole number of 64 bits"},
        {"m v=1 9223372036854775808", 7, "timestamp is not a whole number of 64 bits"},
        {"m v=\"a\"b", 8, "unexpected text after a string"},
        {"m v=1 \xff", 7, "timestamp is not a whole number of 64 bits"},
        {"m\xff v=1", 1, "not UTF-8"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        char text[128];
        (void)snprintf(text, sizeof text, "%s\nok v=5\n", rows[i].text);
        struct line_reader r = reader_on(text);
        expect_err(ERR_INVALID, line_next(&r, &line));
        assert_string_equal(r.error.reason, rows[i].reason);
        assert_int_equal(r.error.line, 1);
        assert_int_equal(r.error.column, rows[i].column);
        expect_ok(line_next(&r, &line));
        assert_int_equal(line.number, 2);
        expect_err(ERR_CLOSED, line_next(&r, &line));
    }
}

static void an_open_string_costs_one_line_only(void **state)
{
    (void)state;
    struct line_reader r = reader_on("m s=\"open\nok v=5\n");
    expect_err(ERR_INVALID, line_next(&r, &line));
    assert_string_equal(r.error.reason, "string without its closing quote");
    expect_ok(line_next(&r, &line));
    assert_true(line.fields[0].number == 5);
}

static void too_many_tags_or_fields_are_refused(void **state)
{
    (void)state;
    char text[4096];
    size_t n = (size_t)snprintf(text, sizeof text, "m");
    for (int i = 0; i < LINE_TAGS_MAX + 1; i++) {
        n += (size_t)snprintf(text + n, sizeof text - n, ",t%d=1", i);
    }
    (void)snprintf(text + n, sizeof text - n, " v=1");
    struct line_reader r = reader_on(text);
    expect_err(ERR_INVALID, line_next(&r, &line));
    assert_string_equal(r.error.reason, "more than 64 tags");
    n = (size_t)snprintf(text, sizeof text, "m v=1");
    for (int i = 0; i < LINE_FIELDS_MAX; i++) {
        n += (size_t)snprintf(text + n, sizeof text - n, ",f%d=1", i);
    }
    r = reader_on(text);
    expect_err(ERR_INVALID, line_next(&r, &line));
    assert_string_equal(r.error.reason, "more than 256 fields");
}

static void a_line_beyond_the_limit_is_passed_over_in_parts(void **state)
{
    (void)state;
    size_t size = LINE_BYTES_MAX + 1000;
    char *text = malloc(size);
    assert_non_null(text);
    memset(text, 'x', size);
    struct line_reader r = {0};
    line_feed(&r, bytes_of(text, size), LINE_MORE_FOLLOWS);
    expect_err(ERR_INVALID, line_next(&r, &line));
    assert_string_equal(r.error.reason, "line of more than 256 kB");
    expect_err(ERR_AGAIN, line_next(&r, &line));
    assert_int_equal(line_rest(&r).len, 0);
    line_feed(&r, BYTES("xxx\nm v=1\n"), LINE_LAST_PART);
    expect_ok(line_next(&r, &line));
    assert_int_equal(line.number, 2);
    free(text);
}

/* Feeds `text` in parts of random sizes and counts what comes. */
static void count_in_parts(struct bytes text, uint64_t *random, size_t *good, size_t *bad)
{
    struct line_reader r = {0};
    size_t from = 0;
    size_t to = 0;
    *good = 0;
    *bad = 0;
    enum err e = ERR_AGAIN;
    while (e != ERR_CLOSED) {
        to = size_min(text.len, to + 1 + expect_random(random) % 9);
        line_feed(&r, bytes_of(text.ptr + from, to - from),
                  to == text.len ? LINE_LAST_PART : LINE_MORE_FOLLOWS);
        while ((e = line_next(&r, &line)) == OK || e == ERR_INVALID) {
            *good += e == OK;
            *bad += e == ERR_INVALID;
        }
        from = to - line_rest(&r).len;
    }
}

static void any_split_gives_the_same_lines(void **state)
{
    (void)state;
    struct bytes text = BYTES("cpu,host=a usage=1.5,n=42i,on=true,s=\"x\ny\\\"\" 1465839830\r\n"
                              "# a comment, long enough for a cut\n"
                              "bad line here\nm v=1e5 -7\nm v=1e5 -\nm\\ x v=t");
    uint64_t random = expect_seed();
    for (int i = 0; i < 2000; i++) {
        size_t good;
        size_t bad;
        count_in_parts(text, &random, &good, &bad);
        assert_int_equal(good, 3);
        assert_int_equal(bad, 2);
    }
}

static void timestamps_of_every_precision_become_milliseconds(void **state)
{
    (void)state;
    static const struct {
        const char *word;
        int64_t time;
        int64_t ms;
    } rows[] = {
        {"ns", 1465839830100999999, 1465839830100},
        {"n", -1, -1},
        {"us", 1465839830100400, 1465839830100},
        {"u", -1000, -1},
        {"ms", 1465839830100, 1465839830100},
        {"s", 1465839830, 1465839830000},
        {"m", 2, 120000},
        {"h", -1, -3600000},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        enum line_precision p;
        int64_t ms = 0;
        expect_ok(line_precision_parse(bytes_of_text(rows[i].word), &p));
        expect_ok(line_time_ms(rows[i].time, p, &ms));
        assert_true(ms == rows[i].ms);
    }
    enum line_precision p;
    expect_err(ERR_INVALID, line_precision_parse(BYTES("days"), &p));
    int64_t ms;
    expect_err(ERR_INVALID, line_time_ms(INT64_MAX / 100, LINE_S, &ms));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_has_measurement_tags_fields_and_time),
        cmocka_unit_test(a_time_and_tags_may_be_missing),
        cmocka_unit_test(every_form_of_a_value_is_read),
        cmocka_unit_test(a_backslash_takes_the_sense_of_what_follows),
        cmocka_unit_test(a_string_may_hold_line_ends_that_count),
        cmocka_unit_test(a_bad_line_is_told_with_its_place_and_passed_over),
        cmocka_unit_test(an_open_string_costs_one_line_only),
        cmocka_unit_test(too_many_tags_or_fields_are_refused),
        cmocka_unit_test(a_line_beyond_the_limit_is_passed_over_in_parts),
        cmocka_unit_test(any_split_gives_the_same_lines),
        cmocka_unit_test(timestamps_of_every_precision_become_milliseconds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
