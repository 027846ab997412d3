/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/http/http.h"

#include "expect.h"

#define BODY_MAX 1000

/* How the bytes of a case reach the reader. */
enum feeding { WHOLE, BYTE_BY_BYTE, RANDOM };

static uint64_t random_state;

static size_t step_of(enum feeding f, size_t rest)
{
    switch (f) {
    case WHOLE:
        return rest;
    case BYTE_BY_BYTE:
        return 1;
    case RANDOM:
        return 1 + expect_random(&random_state) % rest;
    }
    UNREACHABLE();
}

/* Feeds until a request ends, an error, or the end of `in`; `*used` counts what was taken. */
static enum err feed(struct http_reader *r, struct bytes in, enum feeding f, size_t *used)
{
    size_t at = 0;
    enum err e = ERR_AGAIN;
    while (e == ERR_AGAIN && at < in.len) {
        size_t n;
        struct bytes part = bytes_of(in.ptr + at, step_of(f, in.len - at));
        e = http_read(r, part, &n);
        assert_true(n <= part.len);
        assert_true(e != ERR_AGAIN || n == part.len);
        at += n;
    }
    *used = at;
    return e;
}

/* Reads one request in each way of feeding and calls `check` on it. */
static void each_way(struct bytes in, size_t want_used, void (*check)(const struct http_request *q))
{
    for (int round = 0; round < 30; round++) {
        struct http_reader r;
        http_reader_init(&r, BODY_MAX);
        size_t used;
        expect_ok(feed(&r, in, round < 2 ? (enum feeding)round : RANDOM, &used));
        assert_int_equal(used, want_used);
        check(&r.request);
        http_reader_fini(&r);
    }
}

static void refused(const char *text, size_t len, unsigned status)
{
    for (int round = 0; round < 8; round++) {
        struct http_reader r;
        http_reader_init(&r, BODY_MAX);
        size_t used;
        enum err e = feed(&r, bytes_of(text, len), round < 2 ? (enum feeding)round : RANDOM, &used);
        if (e == OK || e == ERR_AGAIN || r.status != status) {
            fail_msg("%s %u instead of %u for: %s", err_name(e), r.status, status, text);
        }
        assert_non_null(r.reason);
        http_reader_fini(&r);
    }
}

#define REFUSED(status, literal) refused(literal, sizeof(literal) - 1, status)

static void check_get(const struct http_request *q)
{
    assert_int_equal(q->verb, HTTP_VERB_GET);
    assert_int_equal(q->minor, 1);
    expect_bytes(q->target, "/api/v1/devices/a%2Fb?limit=2&q=x+y");
    expect_bytes(q->path, "/api/v1/devices/a%2Fb");
    expect_bytes(q->query, "limit=2&q=x+y");
    expect_bytes(q->host, "127.0.0.1:3000");
    expect_bytes(q->origin, "http://localhost:3000");
    expect_bytes(q->cookie, "a=b");
    expect_bytes(http_request_header(q, "X-EMPTY"), "");
    assert_non_null(http_request_header(q, "x-empty").ptr);
    assert_null(http_request_header(q, "x-absent").ptr);
    expect_bytes(http_request_header(q, "accept"), "text/html,  */*");
    assert_int_equal(q->header_count, 5);
    assert_true(q->keep_alive);
    assert_false(q->upgrade);
    assert_int_equal(q->body.len, 0);
}

static void a_get_is_read_and_the_next_request_left_alone(void **state)
{
    (void)state;
    static const char text[] = "GET /api/v1/devices/a%2Fb?limit=2&q=x+y HTTP/1.1\r\n"
                               "Host: 127.0.0.1:3000\r\norigin:http://localhost:3000\r\n"
                               "Cookie: \t a=b \t\r\nX-Empty:\r\nAccept: text/html,  */*\r\n\r\n"
                               "GET / HTTP/1.1\r\n";
    each_way(BYTES(text), sizeof text - 1 - 16, check_get);
}

static void check_post(const struct http_request *q)
{
    assert_int_equal(q->verb, HTTP_VERB_POST);
    assert_int_equal(q->content_length, 11);
    assert_true(http_content_type_is(q->content_type, "application/json"));
    expect_bytes(q->body, "{\"a\":\"b\"}\r\n");
    assert_false(q->keep_alive);
    assert_true(q->expect_continue);
}

static void a_body_of_known_length_is_read(void **state)
{
    (void)state;
    static const char text[] =
        "\r\nPOST /x HTTP/1.1\r\nHost: a\r\nContent-Type: application/json; charset=utf-8\r\n"
        "Connection: close\r\nExpect: 100-continue\r\nContent-Length: 11\r\n\r\n"
        "{\"a\":\"b\"}\r\nrest";
    each_way(BYTES(text), sizeof text - 1 - 4, check_post);
}

static void check_chunked(const struct http_request *q)
{
    assert_true(q->chunked);
    expect_bytes(q->body, "abc0123456789abcdef");
}

static void a_chunked_body_is_read(void **state)
{
    (void)state;
    static const char text[] = "PUT /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n"
                               "3\r\nabc\r\n0010;name=\"v\"\r\n0123456789abcdef\r\n0\r\n\r\nGET";
    each_way(BYTES(text), sizeof text - 1 - 3, check_chunked);
}

static void check_old(const struct http_request *q)
{
    assert_int_equal(q->minor, 0);
    assert_false(q->keep_alive);
    assert_int_equal(q->host.len, 0);
}

static void version_1_0_needs_no_host_and_does_not_stay(void **state)
{
    (void)state;
    static const char text[] = "GET / HTTP/1.0\r\n\r\n";
    each_way(BYTES(text), sizeof text - 1, check_old);
}

static void check_upgrade(const struct http_request *q)
{
    assert_true(q->upgrade);
    expect_bytes(q->ws_key, "dGhlIHNhbXBsZSBub25jZQ==");
}

static void check_no_upgrade(const struct http_request *q)
{
    assert_false(q->upgrade);
}

#define WS_FIELDS(upgrade, connection, version, key)                                               \
    "Host: a\r\nUpgrade: " upgrade "\r\nConnection: " connection                                   \
    "\r\nSec-WebSocket-Version: " version "\r\nSec-WebSocket-Key: " key "\r\n\r\n"
#define KEY "dGhlIHNhbXBsZSBub25jZQ=="

static void only_a_valid_websocket_get_upgrades(void **state)
{
    (void)state;
    struct bytes good =
        BYTES("GET / HTTP/1.1\r\n" WS_FIELDS("WebSocket", "keep-alive, Upgrade", "13", KEY));
    each_way(good, good.len, check_upgrade);
    const struct bytes bad[] = {
        BYTES("POST / HTTP/1.1\r\n" WS_FIELDS("websocket", "upgrade", "13", KEY)),
        BYTES("GET / HTTP/1.0\r\n" WS_FIELDS("websocket", "upgrade", "13", KEY)),
        BYTES("GET / HTTP/1.1\r\n" WS_FIELDS("h2c", "upgrade", "13", KEY)),
        BYTES("GET / HTTP/1.1\r\n" WS_FIELDS("websocket", "keep-alive", "13", KEY)),
        BYTES("GET / HTTP/1.1\r\n" WS_FIELDS("websocket", "upgrade", "8", KEY)),
        BYTES("GET / HTTP/1.1\r\n" WS_FIELDS("websocket", "upgrade", "13", "")),
        BYTES("GET / HTTP/1.1\r\n" WS_FIELDS("websocket", "upgrade", "13", "abcd")),
        BYTES("GET / HTTP/1.1\r\n" WS_FIELDS("websocket", "upgrade", "13",
                                             "dGhlIHNhbXBsZSBub25jZQ=A")),
        BYTES("GET / HTTP/1.1\r\n" WS_FIELDS("websocket", "upgrade", "13",
                                             "dGhlIHNhb*BsZSBub25jZQ==")),
        BYTES("GET / HTTP/1.1\r\nContent-Length: 0\r\n" WS_FIELDS("", "upgrade", "13", KEY)),
    };
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        each_way(bad[i], bad[i].len, check_no_upgrade);
    }
}

static void an_upgrade_that_is_not_ours_does_not_hide_a_body(void **state)
{
    (void)state;
    struct bytes text =
        BYTES("POST / HTTP/1.1\r\nHost: a\r\nUpgrade: h2c\r\nConnection: upgrade\r\n"
              "Content-Length: 3\r\n\r\nabc");
    each_way(text, text.len, check_no_upgrade);
}

static void malformed_heads_are_refused(void **state)
{
    (void)state;
    REFUSED(400, "GET / HTTP/1.1\nHost: a\r\n\r\n");
    REFUSED(400, "GET / HTTP/1.1\r\nHost: a\n\r\n");
    REFUSED(400, "GET / HTTP/1.1\r\nHost: a\r\n\n");
    REFUSED(400, "GET / HTTP/1.1\r\nHost: a\rb\r\n\r\n");
    REFUSED(400, "GET / HTTP/1.1\r\nHost: a\r\n\rX");
    REFUSED(400, "GET / HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n");
    REFUSED(400, "GET / HTTP/1.1\r\nHost: a\r\nX: a\x01z\r\n\r\n");
    REFUSED(400, "GET / HTTP/1.1\r\nHost: a\r\nX: a\x7f\r\n\r\n");
    REFUSED(400, "GET / HTTP/1.1\r\nHost: a\r\n folded\r\n\r\n");
    REFUSED(400, "GET / HTTP/1.1\r\n folded\r\nHost: a\r\n\r\n");
    REFUSED(400, "GET / HTTP/1.1\r\nHost : a\r\n\r\n");
    REFUSED(400, "GET / HTTP/1.1\r\nHost: a\r\n: b\r\n\r\n");
    REFUSED(400, "GET / HTTP/1.1\r\nHost: a\r\nno colon\r\n\r\n");
    REFUSED(400, "GET / HTTP/1.1\r\nHost: a\r\nb\xc3\xa4: c\r\n\r\n");
    REFUSED(400, "\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n");
    REFUSED(400, "\x16\x03\x01\x02\x00\x01\x00");
}

static void malformed_request_lines_are_refused(void **state)
{
    (void)state;
    REFUSED(400, "GET /\r\n\r\n");
    REFUSED(400, "GET\r\n\r\n");
    REFUSED(400, "GET  / HTTP/1.1\r\nHost: a\r\n\r\n");
    REFUSED(400, "GET /a b HTTP/1.1\r\nHost: a\r\n\r\n");
    REFUSED(400, "GET / HTTP/1.1 \r\nHost: a\r\n\r\n");
    REFUSED(400, " GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    REFUSED(400, "GET / HTTP/1\r\nHost: a\r\n\r\n");
    REFUSED(400, "GET / http/1.1\r\nHost: a\r\n\r\n");
    REFUSED(400, "GET / HTTP/1.10\r\nHost: a\r\n\r\n");
    REFUSED(505, "GET / HTTP/2.0\r\nHost: a\r\n\r\n");
    REFUSED(505, "GET / HTTP/1.2\r\nHost: a\r\n\r\n");
    REFUSED(505, "GET / HTTP/0.9\r\nHost: a\r\n\r\n");
    REFUSED(505, "PRI * HTTP/2.0\r\n\r\n");
    REFUSED(400, "CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n");
    REFUSED(501, "TRACE / HTTP/1.1\r\nHost: a\r\n\r\n");
    REFUSED(501, "get / HTTP/1.1\r\nHost: a\r\n\r\n");
    REFUSED(400, "GE(T / HTTP/1.1\r\nHost: a\r\n\r\n");
    REFUSED(400, "GET http://a/ HTTP/1.1\r\nHost: a\r\n\r\n");
    REFUSED(400, "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n");
    REFUSED(400, "GET a HTTP/1.1\r\nHost: a\r\n\r\n");
    REFUSED(400, "GET /\xc3\xa4 HTTP/1.1\r\nHost: a\r\n\r\n");
    REFUSED(400, "GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n");
    REFUSED(400, "GET /a\tb HTTP/1.1\r\nHost: a\r\n\r\n");
}

static void ambiguous_fields_are_refused(void **state)
{
    (void)state;
    REFUSED(400, "GET / HTTP/1.1\r\n\r\n");
    REFUSED(400, "GET / HTTP/1.1\r\nHost: a\r\nhost: a\r\n\r\n");
    REFUSED(400, "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n");
    REFUSED(400, "GET / HTTP/1.1\r\nHost: u@a\r\n\r\n");
    REFUSED(400, "GET / HTTP/1.1\r\nHost: a:99999\r\n\r\n");
    REFUSED(400, "GET / HTTP/1.1\r\nHost: a\r\nOrigin: x\r\nOrigin: y\r\n\r\n");
    REFUSED(400, "GET / HTTP/1.1\r\nHost: a\r\nAuthorization: x\r\nAuthorization: y\r\n\r\n");
    REFUSED(400, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nabc");
    REFUSED(400, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3, 3\r\n\r\nabc");
    REFUSED(400, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +3\r\n\r\nabc");
    REFUSED(400, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\nabc");
    REFUSED(400, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0x3\r\n\r\nabc");
    REFUSED(400, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n");
    REFUSED(400, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n"
                 "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
    REFUSED(400, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n"
                 "Content-Length: 3\r\n\r\n0\r\n\r\n");
    REFUSED(400, "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
    REFUSED(501, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n");
    REFUSED(501, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n");
    REFUSED(501, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n");
}

static void bodies_above_the_limit_are_refused_before_they_come(void **state)
{
    (void)state;
    REFUSED(413, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1001\r\n\r\n");
    REFUSED(413, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 18446744073709551000\r\n\r\n");
    REFUSED(413, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3e9\r\n");
    REFUSED(413, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                 "3\r\nabc\r\n3e6\r\n");
    REFUSED(413, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                 "fffffffffffffffff\r\n");
}

#define CHUNKED "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"

static void malformed_chunks_are_refused(void **state)
{
    (void)state;
    REFUSED(400, CHUNKED "\r\n");
    REFUSED(400, CHUNKED "x\r\n");
    REFUSED(400, CHUNKED "-1\r\n");
    REFUSED(400, CHUNKED "3\nabc");
    REFUSED(400, CHUNKED "3 \r\nabc");
    REFUSED(400, CHUNKED "3;a\nb\r\nabc");
    REFUSED(400, CHUNKED "3\r\nabcd\r\n");
    REFUSED(400, CHUNKED "3\r\nabc\n");
    REFUSED(400, CHUNKED "0\r\nTrailer: x\r\n\r\n");
    REFUSED(400, CHUNKED "0\r\n\n");
    char text[400] = CHUNKED "3;";
    memset(text + sizeof CHUNKED + 1, 'a', 300);
    refused(text, sizeof CHUNKED + 301, 400);
}

static void heads_above_the_limits_are_refused(void **state)
{
    (void)state;
    struct buf b = {0};
    buf_put_text(&b, "GET / HTTP/1.1\r\nHost: a\r\n");
    for (int i = 0; i < HTTP_HEADERS_MAX; i++) {
        buf_printf(&b, "h%d: v\r\n", i);
    }
    buf_put_text(&b, "\r\n");
    refused((char *)b.ptr, b.len, 431);
    buf_clear(&b);
    buf_put_text(&b, "GET /");
    memset(buf_reserve(&b, HTTP_HEAD_MAX), 'a', HTTP_HEAD_MAX);
    b.len += HTTP_HEAD_MAX;
    refused((char *)b.ptr, b.len, 431);
    buf_fini(&b);
}

static void a_head_at_the_limits_is_read(void **state)
{
    (void)state;
    struct buf b = {0};
    buf_put_text(&b, "GET / HTTP/1.1\r\nHost: a\r\n");
    for (int i = 0; i < HTTP_HEADERS_MAX - 2; i++) {
        buf_printf(&b, "h%d: v\r\n", i);
    }
    buf_put_text(&b, "long: ");
    size_t rest = HTTP_HEAD_MAX - b.len - 4;
    memset(buf_reserve(&b, rest), 'a', rest);
    b.len += rest;
    buf_put_text(&b, "\r\n\r\n");
    assert_int_equal(b.len, HTTP_HEAD_MAX);
    each_way(buf_bytes(&b), b.len, check_no_upgrade);
    buf_fini(&b);
}

static void a_request_cut_anywhere_waits_for_more(void **state)
{
    (void)state;
    struct bytes text = BYTES("POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                              "3\r\nabc\r\n0\r\n\r\n");
    for (size_t cut = 1; cut < text.len; cut++) {
        struct http_reader r;
        http_reader_init(&r, BODY_MAX);
        assert_false(http_reader_started(&r));
        size_t used;
        expect_err(ERR_AGAIN, http_read(&r, bytes_of(text.ptr, cut), &used));
        assert_int_equal(used, cut);
        assert_true(http_reader_started(&r));
        expect_ok(http_read(&r, bytes_skip(text, cut), &used));
        expect_bytes(r.request.body, "abc");
        http_reader_fini(&r);
    }
}

static void pipelined_requests_are_read_one_by_one(void **state)
{
    (void)state;
    struct buf b = {0};
    for (int i = 0; i < 1000; i++) {
        buf_printf(&b, "POST /%d HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n%02d", i, i % 100);
    }
    struct http_reader r;
    http_reader_init(&r, BODY_MAX);
    struct bytes rest = buf_bytes(&b);
    for (int i = 0; i < 1000; i++) {
        size_t used;
        expect_ok(feed(&r, rest, RANDOM, &used));
        char path[16];
        (void)snprintf(path, sizeof path, "/%d", i);
        expect_slices(r.request.path, bytes_of_text(path));
        (void)snprintf(path, sizeof path, "%02d", i % 100);
        expect_slices(r.request.body, bytes_of_text(path));
        rest = bytes_skip(rest, used);
        http_reader_next(&r);
    }
    assert_int_equal(rest.len, 0);
    http_reader_fini(&r);
    buf_fini(&b);
}

static void large_buffers_are_given_back_between_requests(void **state)
{
    (void)state;
    struct buf b = {0};
    buf_put_text(&b, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n");
    memset(buf_reserve(&b, 100000), 'x', 100000);
    b.len += 100000;
    struct http_reader r;
    http_reader_init(&r, 100000);
    size_t used;
    expect_ok(http_read(&r, buf_bytes(&b), &used));
    http_reader_next(&r);
    assert_int_equal(r.body.cap, 0);
    http_reader_fini(&r);
    buf_fini(&b);
}

int main(void)
{
    random_state = expect_seed();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_get_is_read_and_the_next_request_left_alone),
        cmocka_unit_test(a_body_of_known_length_is_read),
        cmocka_unit_test(a_chunked_body_is_read),
        cmocka_unit_test(version_1_0_needs_no_host_and_does_not_stay),
        cmocka_unit_test(only_a_valid_websocket_get_upgrades),
        cmocka_unit_test(an_upgrade_that_is_not_ours_does_not_hide_a_body),
        cmocka_unit_test(malformed_heads_are_refused),
        cmocka_unit_test(malformed_request_lines_are_refused),
        cmocka_unit_test(ambiguous_fields_are_refused),
        cmocka_unit_test(bodies_above_the_limit_are_refused_before_they_come),
        cmocka_unit_test(malformed_chunks_are_refused),
        cmocka_unit_test(heads_above_the_limits_are_refused),
        cmocka_unit_test(a_head_at_the_limits_is_read),
        cmocka_unit_test(a_request_cut_anywhere_waits_for_more),
        cmocka_unit_test(pipelined_requests_are_read_one_by_one),
        cmocka_unit_test(large_buffers_are_given_back_between_requests),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
