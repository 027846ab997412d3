/* SPDX-License-Identifier: Apache-2.0 */
/* The reader: what RFC 8259 allows is read, what it does not is refused with reason and offset.
 * Each document is copied to memory of exactly its size, so that a sanitizer sees a read beyond it.
 */
#include "proto/json/json.h"

#include "base/mem.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

/* Walks all of `text` by json_finish and says how it ended. */
static enum json_error walk(struct bytes text, size_t *offset)
{
    uint8_t *copy = mem_alloc(text.len + (text.len == 0));
    memcpy(copy, text.ptr, text.len);
    struct json_reader r;
    json_reader_init(&r, bytes_of(copy, text.len));
    bool ok = json_finish(&r);
    assert_true(ok == (r.error == JSON_OK));
    *offset = json_offset(&r);
    free(copy);
    return r.error;
}

static enum json_error walk_text(const char *text)
{
    size_t offset;
    return walk(bytes_of_text(text), &offset);
}

static void what_the_rfc_allows_is_read(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "0",
        "-0",
        "-1",
        "1.5e+3",
        "1E22",
        "1e400",
        " \t\r\n7\n",
        "\"\"",
        "\"a\"",
        "true",
        "false",
        "null",
        "[]",
        "{}",
        "[ ]",
        "{ }",
        "[1,2]",
        "[[[]],{}]",
        "{\"a\":1,\"a\":2}",
        "{\"\":0}",
        "{\"a\" : { \"b\" : [ null , true ] } }",
        "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"",
        "\"\\u0000\\u00e9\\uFFFF\"",
        "\"\\ud83d\\ude00\"",
        "\"\xc2\xb0\xe2\x82\xac\xf0\x9f\x98\x80\"",
        "\"\x7f\"",
        "\"\xe2\x80\xa8\"",
        "[1,\"long enough to pass the eight bytes at a time\",{\"k\":[1.25,-2]}]",
    };
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        if (walk_text(texts[i]) != JSON_OK) {
            fail_msg("%s: %s", texts[i], json_error_text(walk_text(texts[i])));
        }
    }
}

static void what_is_not_json_is_refused_with_its_reason(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum json_error error;
        size_t offset;
    } cases[] = {
        {"", JSON_ERROR_TRUNCATED, 0},
        {"  ", JSON_ERROR_TRUNCATED, 2},
        {"\xef\xbb\xbf{}", JSON_ERROR_SYNTAX, 0},
        {"nul", JSON_ERROR_SYNTAX, 0},
        {"True", JSON_ERROR_SYNTAX, 0},
        {"NaN", JSON_ERROR_SYNTAX, 0},
        {"-Infinity", JSON_ERROR_SYNTAX, 0},
        {"+1", JSON_ERROR_SYNTAX, 0},
        {".5", JSON_ERROR_SYNTAX, 0},
        {"01", JSON_ERROR_TRAILING, 1},
        {"1.", JSON_ERROR_TRAILING, 1},
        {"0x1", JSON_ERROR_TRAILING, 1},
        {"1 2", JSON_ERROR_TRAILING, 2},
        {"{}}", JSON_ERROR_TRAILING, 2},
        {"[1,]", JSON_ERROR_SYNTAX, 3},
        {"[,1]", JSON_ERROR_SYNTAX, 1},
        {"[1 2]", JSON_ERROR_SYNTAX, 3},
        {"[1", JSON_ERROR_TRUNCATED, 2},
        {"[1,", JSON_ERROR_TRUNCATED, 3},
        {"[1}", JSON_ERROR_SYNTAX, 2},
        {"[-]", JSON_ERROR_SYNTAX, 1},
        {"[1e]", JSON_ERROR_SYNTAX, 2},
        {"{\"a\":1,}", JSON_ERROR_SYNTAX, 7},
        {"{\"a\"}", JSON_ERROR_SYNTAX, 4},
        {"{\"a\":}", JSON_ERROR_SYNTAX, 5},
        {"{a:1}", JSON_ERROR_SYNTAX, 1},
        {"{1:1}", JSON_ERROR_SYNTAX, 1},
        {"{'a':1}", JSON_ERROR_SYNTAX, 1},
        {"{\"a\":1 \"b\":2}", JSON_ERROR_SYNTAX, 7},
        {"{\"a\":1]", JSON_ERROR_SYNTAX, 6},
        {"{", JSON_ERROR_TRUNCATED, 1},
        {"// no\n1", JSON_ERROR_SYNTAX, 0},
        {"\"abc", JSON_ERROR_TRUNCATED, 4},
        {"\"a\nb\"", JSON_ERROR_SYNTAX, 2},
        {"\"eight by\x1f\"", JSON_ERROR_SYNTAX, 9},
        {"\"\\x\"", JSON_ERROR_SYNTAX, 1},
        {"\"\\u12\"", JSON_ERROR_SYNTAX, 1},
        {"\"\\u12g4\"", JSON_ERROR_SYNTAX, 1},
        {"\"\\", JSON_ERROR_TRUNCATED, 2},
        {"\"\\ud800\"", JSON_ERROR_UTF8, 1},
        {"\"\\udc00\"", JSON_ERROR_UTF8, 1},
        {"\"\\ud800\\u0041\"", JSON_ERROR_UTF8, 1},
        {"\"\\ud800\\ud800\"", JSON_ERROR_UTF8, 1},
        {"\"\xff\"", JSON_ERROR_UTF8, 1},
        {"\"\xc0\x80\"", JSON_ERROR_UTF8, 1},
        {"\"\xed\xa0\x80\"", JSON_ERROR_UTF8, 1},
        {"\"\xe2\x82\"", JSON_ERROR_UTF8, 1},
        {"{\"\xff\":1}", JSON_ERROR_UTF8, 2},
        {"\xff", JSON_ERROR_SYNTAX, 0},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        size_t offset;
        enum json_error e = walk(bytes_of_text(cases[i].text), &offset);
        if (e != cases[i].error || offset != cases[i].offset) {
            fail_msg("%s: %s at %zu", cases[i].text, json_error_text(e), offset);
        }
    }
    size_t offset;
    assert_int_equal(walk(bytes_of("\"a\0b\"", 5), &offset), JSON_ERROR_SYNTAX);
    assert_int_equal(walk(bytes_of("1\0", 2), &offset), JSON_ERROR_TRAILING);
}

static void a_document_cut_anywhere_is_an_error_and_no_crash(void **state)
{
    (void)state;
    static const char text[] =
        "{\"deviceId\":\"d\\u00e9v\\ud83d\\ude00-\xc2\xb0\",\"values\":[1.5e3,-0,true,false,null,"
        "{\"deep\":[[[\"x\"]]]}],\"timestamp\":1704103200000}";
    size_t offset;
    assert_int_equal(walk(BYTES(text), &offset), JSON_OK);
    for (size_t len = 0; len < sizeof text - 1; len++) {
        assert_int_not_equal(walk(bytes_of(text, len), &offset), JSON_OK);
        assert_true(offset <= len);
    }
}

static void nesting_ends_at_its_limit_without_recursion(void **state)
{
    (void)state;
    char text[200];
    memset(text, '[', JSON_DEPTH_MAX);
    memset(text + JSON_DEPTH_MAX, ']', JSON_DEPTH_MAX);
    size_t offset;
    assert_int_equal(walk(bytes_of(text, 2 * JSON_DEPTH_MAX), &offset), JSON_OK);
    memset(text, '[', JSON_DEPTH_MAX + 1);
    memset(text + JSON_DEPTH_MAX + 1, ']', JSON_DEPTH_MAX + 1);
    assert_int_equal(walk(bytes_of(text, 2 * JSON_DEPTH_MAX + 2), &offset), JSON_ERROR_DEPTH);
    assert_int_equal(offset, JSON_DEPTH_MAX);

    size_t many = 100000;
    char *brackets = mem_alloc(many);
    memset(brackets, '[', many);
    assert_int_equal(walk(bytes_of(brackets, many), &offset), JSON_ERROR_DEPTH);
    free(brackets);
}

static void members_are_read_by_key_and_others_are_skipped(void **state)
{
    (void)state;
    struct json_reader r;
    struct json_text key;
    struct json_text device = {0};
    double value = 0;
    int64_t timestamp = 0;
    bool ok = false;
    json_reader_init(
        &r, BYTES("{\"skip\":{\"value\":[1,{\"x\":2}]},\"deviceId\":\"dev-42\",\"ok\":true,"
                  "\"none\":null,\"value\":22.5,\"timestamp\":1704103200000}"));
    assert_int_equal(json_peek(&r), JSON_OBJECT);
    assert_true(json_read_object(&r));
    int keys = 0;
    while (json_read_key(&r, &key)) {
        keys++;
        if (json_text_is(key, "deviceId")) {
            assert_int_equal(json_peek(&r), JSON_STRING);
            assert_true(json_read_text(&r, &device));
        } else if (json_text_is(key, "value")) {
            assert_int_equal(json_peek(&r), JSON_NUMBER);
            assert_true(json_read_number(&r, &value));
        } else if (json_text_is(key, "timestamp")) {
            assert_true(json_read_i64(&r, &timestamp));
        } else if (json_text_is(key, "ok")) {
            assert_true(json_read_bool(&r, &ok));
        } else if (json_text_is(key, "none")) {
            assert_true(json_read_null(&r));
        }
    }
    assert_true(json_finish(&r));
    assert_int_equal(keys, 6);
    assert_true(json_text_is(device, "dev-42"));
    assert_false(device.escaped);
    assert_true(value == 22.5 && timestamp == 1704103200000 && ok);
}

static void items_are_counted_and_a_container_can_be_left_early(void **state)
{
    (void)state;
    struct json_reader r;
    json_reader_init(&r, BYTES("[[1,[2,3],{\"a\":4}],5]"));
    assert_true(json_read_array(&r));
    assert_true(json_read_item(&r));
    assert_true(json_read_array(&r));
    assert_true(json_read_item(&r));
    assert_true(json_leave(&r));
    assert_true(json_read_item(&r));
    double v = 0;
    assert_true(json_read_number(&r, &v));
    assert_true(v == 5);
    assert_false(json_read_item(&r));
    assert_int_equal(json_peek(&r), JSON_NONE);
    assert_true(json_finish(&r));
}

static void a_value_can_be_taken_as_it_stands(void **state)
{
    (void)state;
    struct json_reader r;
    struct bytes raw;
    json_reader_init(&r, BYTES("[ {\"a\": [1, 2]} , \"x\\n\", 1e400 ]"));
    assert_true(json_read_array(&r));
    assert_true(json_read_item(&r) && json_read_raw(&r, &raw));
    assert_true(bytes_equal(raw, BYTES("{\"a\": [1, 2]}")));
    assert_true(json_read_item(&r) && json_read_raw(&r, &raw));
    assert_true(bytes_equal(raw, BYTES("\"x\\n\"")));
    assert_true(json_read_item(&r) && json_read_raw(&r, &raw));
    assert_true(bytes_equal(raw, BYTES("1e400")));
    assert_false(json_read_item(&r));
    assert_true(json_finish(&r));
}

static void the_first_error_stays(void **state)
{
    (void)state;
    struct json_reader r;
    struct json_text key;
    double v = 1;
    json_reader_init(&r, BYTES("{\"a\":\"text\",\"b\":2}"));
    assert_true(json_read_object(&r) && json_read_key(&r, &key));
    assert_false(json_read_number(&r, &v));
    assert_int_equal(r.error, JSON_ERROR_TYPE);
    assert_int_equal(json_offset(&r), 5);
    assert_true(v == 1);
    assert_int_equal(json_peek(&r), JSON_NONE);
    assert_false(json_read_key(&r, &key));
    assert_false(json_skip(&r));
    assert_false(json_leave(&r));
    assert_false(json_fail(&r, JSON_ERROR_RANGE));
    assert_false(json_finish(&r));
    assert_int_equal(r.error, JSON_ERROR_TYPE);
}

static enum json_error integer(const char *text, int64_t *value)
{
    struct json_reader r;
    json_reader_init(&r, bytes_of_text(text));
    (void)json_read_i64(&r, value);
    (void)json_finish(&r);
    return r.error;
}

static void integers_are_exact_or_out_of_range(void **state)
{
    (void)state;
    int64_t v = 0;
    assert_int_equal(integer("9223372036854775807", &v), JSON_OK);
    assert_true(v == INT64_MAX);
    assert_int_equal(integer("-9223372036854775808", &v), JSON_OK);
    assert_true(v == INT64_MIN);
    assert_int_equal(integer("9007199254740993", &v), JSON_OK);
    assert_true(v == 9007199254740993);
    assert_int_equal(integer("1e3", &v), JSON_OK);
    assert_true(v == 1000);
    assert_int_equal(integer("5.0", &v), JSON_OK);
    assert_true(v == 5);
    v = 7;
    assert_int_equal(integer("9223372036854775808", &v), JSON_ERROR_RANGE);
    assert_int_equal(integer("1.5", &v), JSON_ERROR_RANGE);
    assert_int_equal(integer("1e18", &v), JSON_ERROR_RANGE);
    assert_int_equal(integer("1e400", &v), JSON_ERROR_RANGE);
    assert_int_equal(integer("-", &v), JSON_ERROR_SYNTAX);
    assert_int_equal(integer("\"1\"", &v), JSON_ERROR_TYPE);
    assert_true(v == 7);
}

static void a_number_beyond_a_double_is_out_of_range(void **state)
{
    (void)state;
    struct json_reader r;
    double v = 1;
    json_reader_init(&r, BYTES("1e400"));
    assert_false(json_read_number(&r, &v));
    assert_int_equal(r.error, JSON_ERROR_RANGE);
    assert_int_equal(json_offset(&r), 0);
    assert_true(v == 1);

    json_reader_init(&r, BYTES("[-1e400,2]"));
    assert_true(json_read_array(&r));
    assert_true(json_read_item(&r) && json_read_any_number(&r, &v));
    assert_true(isinf(v) && v < 0);
    assert_true(json_read_item(&r) && json_read_any_number(&r, &v));
    assert_true(v == 2);
    assert_false(json_read_item(&r));
    assert_true(json_finish(&r));
    json_reader_init(&r, BYTES("-"));
    assert_false(json_read_any_number(&r, &v));
    assert_int_equal(r.error, JSON_ERROR_SYNTAX);
}

static struct json_text text_of(const char *literal)
{
    struct json_reader r;
    struct json_text text = {0};
    json_reader_init(&r, bytes_of_text(literal));
    assert_true(json_read_text(&r, &text));
    assert_true(json_finish(&r));
    return text;
}

static void strings_are_unescaped_into_scratch_only_when_needed(void **state)
{
    (void)state;
    uint8_t scratch[32];
    struct bytes got = {0};
    struct json_text plain = text_of("\"t\xc2\xb0\"");
    assert_int_equal(json_text_get(plain, NULL, 0, &got), OK);
    assert_ptr_equal(got.ptr, plain.raw.ptr);

    struct json_text escaped = text_of("\"a\\n\\u00b0\\u20ac\\ud83d\\ude00\\/z\"");
    assert_true(escaped.escaped);
    assert_int_equal(json_text_get(escaped, scratch, sizeof scratch, &got), OK);
    struct bytes want = BYTES("a\n\xc2\xb0\xe2\x82\xac\xf0\x9f\x98\x80/z");
    assert_true(bytes_equal(got, want));
    assert_int_equal(json_text_get(escaped, scratch, want.len, &got), OK);
    assert_int_equal(json_text_get(escaped, scratch, want.len - 1, &got), ERR_TOO_LARGE);
    assert_true(json_text_equal(escaped, want));
    assert_false(json_text_equal(escaped, bytes_of(want.ptr, want.len - 1)));
    assert_false(json_text_equal(escaped, BYTES("a\n")));
    assert_true(json_text_is(text_of("\"v\\u0061lue\""), "value"));
    assert_false(json_text_is(text_of("\"v\\u0061lues\""), "value"));
    assert_false(json_text_is(text_of("\"v\\u0061lu\""), "value"));

    struct buf out = {0};
    json_text_append(escaped, &out);
    json_text_append(plain, &out);
    assert_int_equal(out.len, want.len + plain.raw.len);
    assert_memory_equal(out.ptr, want.ptr, want.len);
    buf_fini(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_the_rfc_allows_is_read),
        cmocka_unit_test(what_is_not_json_is_refused_with_its_reason),
        cmocka_unit_test(a_document_cut_anywhere_is_an_error_and_no_crash),
        cmocka_unit_test(nesting_ends_at_its_limit_without_recursion),
        cmocka_unit_test(members_are_read_by_key_and_others_are_skipped),
        cmocka_unit_test(items_are_counted_and_a_container_can_be_left_early),
        cmocka_unit_test(a_value_can_be_taken_as_it_stands),
        cmocka_unit_test(the_first_error_stays),
        cmocka_unit_test(integers_are_exact_or_out_of_range),
        cmocka_unit_test(a_number_beyond_a_double_is_out_of_range),
        cmocka_unit_test(strings_are_unescaped_into_scratch_only_when_needed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
