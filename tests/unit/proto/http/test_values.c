/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/http/http.h"

#include "expect.h"

static enum err split(const char *path, struct bytes *segments, size_t max, size_t *count)
{
    static uint8_t memory[256];
    return http_path_split(bytes_of_text(path), memory, segments, max, count);
}

static void paths_are_split_then_decoded_once(void **state)
{
    (void)state;
    struct bytes s[4];
    size_t n;
    expect_ok(split("/", s, 4, &n));
    assert_int_equal(n, 1);
    expect_bytes(s[0], "");
    expect_ok(split("/api/a%2Fb%20+/%252e/%C3%A4", s, 4, &n));
    assert_int_equal(n, 4);
    expect_bytes(s[0], "api");
    expect_bytes(s[1], "a/b +");
    expect_bytes(s[2], "%2e");
    expect_bytes(s[3], "\xc3\xa4");
    expect_ok(split("/..%2F..%2Fx//", s, 4, &n));
    assert_int_equal(n, 3);
    expect_bytes(s[0], "../../x");
    expect_bytes(s[2], "");
}

static void paths_that_climb_or_lie_are_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",     "a",    "/.",     "/..",  "/a/../b", "/%2e",    "/%2E%2e/x",  "/%",    "/%4",
        "/%zz", "/%00", "/a%00b", "/%ff", "/%c0%ae", "/%e2%82", "/%ed%a0%80", "/x/%2", "/.%2e",
    };
    struct bytes s[8];
    size_t n;
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        expect_err(ERR_INVALID, split(bad[i], s, 8, &n));
    }
    expect_err(ERR_FULL, split("/a/b/c", s, 2, &n));
}

static enum err find(const char *query, const char *name, struct bytes *value)
{
    static uint8_t memory[16];
    return http_query_find(bytes_of_text(query), name, memory, sizeof memory, value);
}

static void query_values_are_found_and_decoded(void **state)
{
    (void)state;
    struct bytes v;
    expect_ok(find("a=1&b=x%20y+z&b=2&c&d=", "b", &v));
    expect_bytes(v, "x y z");
    expect_ok(find("a=1&c&d=", "c", &v));
    expect_bytes(v, "");
    expect_ok(find("a=1=2", "a", &v));
    expect_bytes(v, "1=2");
    expect_err(ERR_NOT_FOUND, find("ab=1&&", "a", &v));
    expect_err(ERR_NOT_FOUND, find("", "a", &v));
    expect_err(ERR_INVALID, find("a=%f", "a", &v));
    expect_err(ERR_INVALID, find("a=%00", "a", &v));
    expect_err(ERR_INVALID, find("a=%ff", "a", &v));
    expect_err(ERR_TOO_LARGE, find("a=12345678901234567", "a", &v));
}

static void what_is_encoded_decodes_to_itself(void **state)
{
    (void)state;
    uint8_t all[255];
    size_t len = 0;
    for (int c = 1; c < 0x80; c++) {
        all[len++] = (uint8_t)c;
    }
    struct buf b = {0};
    buf_put_byte(&b, '/');
    http_put_encoded(&b, bytes_of(all, len));
    uint8_t memory[1024];
    struct bytes s;
    size_t n;
    expect_ok(http_path_split(buf_bytes(&b), memory, &s, 1, &n));
    expect_slices(s, bytes_of(all, len));
    buf_fini(&b);
}

static void cookies_and_bearers_are_found(void **state)
{
    (void)state;
    struct bytes v;
    expect_ok(http_cookie_find(BYTES("a=1; telltale=abc=;b"), "telltale", &v));
    expect_bytes(v, "abc=");
    expect_err(ERR_NOT_FOUND, http_cookie_find(BYTES("xtelltale=1; telltale"), "telltale", &v));
    expect_ok(http_bearer(BYTES("bEaReR  tok"), &v));
    expect_bytes(v, "tok");
    expect_err(ERR_NOT_FOUND, http_bearer(BYTES("Basic abc"), &v));
    expect_err(ERR_NOT_FOUND, http_bearer(BYTES("Bearer "), &v));
    expect_err(ERR_NOT_FOUND, http_bearer(BYTES(""), &v));
}

static void lists_with_weights_are_read(void **state)
{
    (void)state;
    assert_true(http_accepts_encoding(BYTES("gzip, deflate, br"), "br"));
    assert_true(http_accepts_encoding(BYTES("BR;q=0.5"), "br"));
    assert_false(http_accepts_encoding(BYTES("br;q=0, gzip"), "br"));
    assert_false(http_accepts_encoding(BYTES("br; q=0.000"), "br"));
    assert_false(http_accepts_encoding(BYTES("*"), "br"));
    assert_false(http_accepts_encoding(BYTES(""), "br"));
    assert_true(http_accepts_type(BYTES("application/json, text/csv;q=0.9"), "text/csv"));
    assert_false(http_accepts_type(BYTES("*/*"), "text/csv"));
    assert_true(
        http_content_type_is(BYTES("Application/JSON ; charset=utf-8"), "application/json"));
    assert_false(http_content_type_is(BYTES("application/jsonx"), "application/json"));
    assert_true(http_list_has(BYTES("a, ,Keep-Alive"), "keep-alive"));
}

static void authorities_and_origins_are_read(void **state)
{
    (void)state;
    struct http_authority a;
    bool https;
    expect_ok(http_authority_parse(BYTES("localhost"), &a));
    expect_bytes(a.host, "localhost");
    assert_int_equal(a.port, 0);
    expect_ok(http_authority_parse(BYTES("[::1]:3000"), &a));
    expect_bytes(a.host, "::1");
    assert_int_equal(a.port, 3000);
    static const char *const bad[] = {
        "",   ":80", "a:",  "a:b", "a:1:2", "[::1",    "[::1]x",
        "[]", "a b", "u@a", "a/b", "[g]",   "a:65536", "\xc3\xa4",
    };
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        expect_err(ERR_INVALID, http_authority_parse(bytes_of_text(bad[i]), &a));
    }
    expect_ok(http_origin_parse(BYTES("https://example.org"), &a, &https));
    assert_int_equal(a.port, 443);
    assert_true(https);
    expect_ok(http_origin_parse(BYTES("http://127.0.0.1:5173"), &a, &https));
    assert_int_equal(a.port, 5173);
    assert_false(https);
    expect_err(ERR_INVALID, http_origin_parse(BYTES("null"), &a, &https));
    expect_err(ERR_INVALID, http_origin_parse(BYTES("http://a/"), &a, &https));
    expect_err(ERR_INVALID, http_origin_parse(BYTES("file://"), &a, &https));
    expect_err(ERR_INVALID, http_origin_parse(BYTES("ws://a"), &a, &https));
}

static void no_value_can_end_a_line_of_an_answer(void **state)
{
    (void)state;
    struct buf b = {0};
    http_put_status(&b, 200);
    expect_ok(http_put_field(&b, "X", BYTES("\xc3\xa4 fine\t")));
    expect_err(ERR_INVALID, http_put_field(&b, "X", BYTES("a\r\nSet-Cookie: b")));
    expect_err(ERR_INVALID, http_put_field(&b, "X", BYTES("a\nb")));
    expect_err(ERR_INVALID, http_put_field(&b, "X", BYTES("a\0b")));
    http_put_own_field(&b, "Cache-Control", "no-store");
    http_put_end(&b, 12);
    expect_bytes(buf_bytes(&b), "HTTP/1.1 200 OK\r\nX: \xc3\xa4 fine\t\r\n"
                                "Cache-Control: no-store\r\nContent-Length: 12\r\n\r\n");
    buf_fini(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(paths_are_split_then_decoded_once),
        cmocka_unit_test(paths_that_climb_or_lie_are_refused),
        cmocka_unit_test(query_values_are_found_and_decoded),
        cmocka_unit_test(what_is_encoded_decodes_to_itself),
        cmocka_unit_test(cookies_and_bearers_are_found),
        cmocka_unit_test(lists_with_weights_are_read),
        cmocka_unit_test(authorities_and_origins_are_read),
        cmocka_unit_test(no_value_can_end_a_line_of_an_answer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
