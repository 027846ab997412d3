/* SPDX-License-Identifier: Apache-2.0 */
/* The writer: commas in their places, strings escaped, numbers that read back; and what random
 * documents say survives writing, reading and writing again. */
#include "proto/json/json.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void expect_written(struct buf *b, const char *want)
{
    buf_put_byte(b, 0);
    assert_string_equal((const char *)b->ptr, want);
    buf_clear(b);
}

static void commas_stand_between_members_only(void **state)
{
    (void)state;
    struct buf b = {0};
    struct json_writer w;
    json_writer_init(&w, &b);
    json_write_object(&w);
    json_put_text(&w, "id", BYTES("dev-42"));
    json_write_key(&w, "tags");
    json_write_array(&w);
    json_write_text(&w, BYTES("a"));
    json_write_array(&w);
    json_write_array_end(&w);
    json_write_object(&w);
    json_write_object_end(&w);
    json_write_number(&w, 22.5);
    json_write_array_end(&w);
    json_put_bool(&w, "on", true);
    json_put_null(&w, "unit");
    json_put_string(&w, "place", NULL);
    json_put_i64(&w, "t", 1704103200000);
    json_put_u64(&w, "max", UINT64_MAX);
    json_put_raw(&w, "raw", BYTES("{\"x\":1}"));
    json_write_object_end(&w);
    expect_written(&b, "{\"id\":\"dev-42\",\"tags\":[\"a\",[],{},22.5],\"on\":true,\"unit\":null,"
                       "\"place\":null,\"t\":1704103200000,\"max\":18446744073709551615,"
                       "\"raw\":{\"x\":1}}");
    buf_fini(&b);
}

static void text_in_front_of_a_value_is_kept(void **state)
{
    (void)state;
    struct buf b = {0};
    struct json_writer w;
    buf_put_text(&b, "42");
    json_writer_init(&w, &b);
    json_write_array(&w);
    json_write_bool(&w, false);
    json_write_array_end(&w);
    expect_written(&b, "42[false]");
    buf_fini(&b);
}

static void strings_escape_what_must_be_and_nothing_else(void **state)
{
    (void)state;
    struct buf b = {0};
    struct json_writer w;
    json_writer_init(&w, &b);
    json_write_text(&w, bytes_of("\"\\/\b\f\n\r\t\0\x1f\x7f<\xc2\xb0\xe2\x80\xa8", 17));
    expect_written(&b, "\"\\\"\\\\/\\b\\f\\n\\r\\t\\u0000\\u001f\x7f<\xc2\xb0\xe2\x80\xa8\"");
    json_writer_init(&w, &b);
    json_write_object(&w);
    json_put_number(&w, "a\"b", 1);
    json_write_object_end(&w);
    expect_written(&b, "{\"a\\\"b\":1}");
    buf_fini(&b);
}

static void what_is_not_finite_becomes_null(void **state)
{
    (void)state;
    struct buf b = {0};
    struct json_writer w;
    json_writer_init(&w, &b);
    json_write_array(&w);
    json_write_number(&w, NAN);
    json_write_number(&w, -INFINITY);
    json_write_number(&w, -0.0);
    json_write_array_end(&w);
    expect_written(&b, "[null,null,-0]");
    buf_fini(&b);
}

static uint64_t next_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static void write_random_text(struct json_writer *w, uint64_t *seed)
{
    static const char *const parts[] = {
        "a", "\"", "\\", "\n", "\xc2\xb0", "\xf0\x9f\x98\x80", "eight and more bytes", "\x01"};
    char text[200];
    size_t len = 0;
    for (uint64_t n = next_random(seed) % 6; n > 0; n--) {
        const char *part = parts[next_random(seed) % ARRAY_LEN(parts)];
        memcpy(text + len, part, strlen(part));
        len += strlen(part);
    }
    json_write_text(w, bytes_of(text, len));
}

/* Writes one random value; `depth` bounds how deep it goes. */
static void write_random(struct json_writer *w, uint64_t *seed, int depth)
{
    switch (next_random(seed) % (depth > 0 ? 7 : 5)) {
    case 0:
        write_random_text(w, seed);
        break;
    case 1:
        json_write_number(w, (double)(int64_t)next_random(seed) / 1024.0);
        break;
    case 2:
        json_write_i64(w, (int64_t)next_random(seed));
        break;
    case 3:
        json_write_bool(w, next_random(seed) % 2 == 0);
        break;
    case 4:
        json_write_null(w);
        break;
    case 5:
        json_write_array(w);
        for (uint64_t n = next_random(seed) % 5; n > 0; n--) {
            write_random(w, seed, depth - 1);
        }
        json_write_array_end(w);
        break;
    default:
        json_write_object(w);
        for (uint64_t n = next_random(seed) % 5; n > 0; n--) {
            json_write_key(w, "k\n");
            write_random(w, seed, depth - 1);
        }
        json_write_object_end(w);
        break;
    }
}

static void copy_text(struct json_reader *r, struct json_writer *w)
{
    struct json_text text;
    uint8_t scratch[512];
    struct bytes plain;
    assert_true(json_read_text(r, &text));
    assert_int_equal(json_text_get(text, scratch, sizeof scratch, &plain), OK);
    json_write_text(w, plain);
}

/* Reads one value and writes it again. */
static void copy_value(struct json_reader *r, struct json_writer *w)
{
    struct json_text key;
    struct bytes raw;
    switch (json_peek(r)) {
    case JSON_OBJECT:
        assert_true(json_read_object(r));
        json_write_object(w);
        while (json_read_key(r, &key)) {
            uint8_t scratch[512];
            struct bytes plain;
            assert_int_equal(json_text_get(key, scratch, sizeof scratch, &plain), OK);
            json_write_key_bytes(w, plain);
            copy_value(r, w);
        }
        json_write_object_end(w);
        break;
    case JSON_ARRAY:
        assert_true(json_read_array(r));
        json_write_array(w);
        while (json_read_item(r)) {
            copy_value(r, w);
        }
        json_write_array_end(w);
        break;
    case JSON_STRING:
        copy_text(r, w);
        break;
    case JSON_NONE:
    case JSON_NUMBER:
    case JSON_TRUE:
    case JSON_FALSE:
    case JSON_NULL:
        assert_true(json_read_raw(r, &raw));
        json_write_raw(w, raw);
        break;
    }
}

static void random_documents_survive_reading_and_writing(void **state)
{
    (void)state;
    struct buf first = {0};
    struct buf second = {0};
    for (uint64_t i = 1; i <= 2000; i++) {
        uint64_t seed = i * 0x9e3779b97f4a7c15u;
        struct json_writer w;
        buf_clear(&first);
        buf_clear(&second);
        json_writer_init(&w, &first);
        write_random(&w, &seed, 6);
        struct json_reader r;
        json_reader_init(&r, buf_bytes(&first));
        json_writer_init(&w, &second);
        copy_value(&r, &w);
        assert_true(json_finish(&r));
        assert_true(bytes_equal(buf_bytes(&first), buf_bytes(&second)));
    }
    buf_fini(&first);
    buf_fini(&second);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(commas_stand_between_members_only),
        cmocka_unit_test(text_in_front_of_a_value_is_kept),
        cmocka_unit_test(strings_escape_what_must_be_and_nothing_else),
        cmocka_unit_test(what_is_not_finite_becomes_null),
        cmocka_unit_test(random_documents_survive_reading_and_writing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
