/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/sio/sio.h"

#include "expect.h"

static void every_type_is_read(void **state)
{
    (void)state;
    for (uint8_t t = 0; t <= 6; t++) {
        uint8_t text[] = {(uint8_t)('0' + t), 'x'};
        struct eio_packet p;
        expect_ok(eio_packet_read(bytes_of(text, 2), &p));
        assert_int_equal(p.type, t);
        assert_false(p.binary);
        expect_bytes(p.data, "x");
    }
}

static void what_is_no_packet_is_refused(void **state)
{
    (void)state;
    struct eio_packet p;
    expect_err(ERR_INVALID, eio_packet_read(BYTES(""), &p));
    expect_err(ERR_INVALID, eio_packet_read(BYTES("7"), &p));
    expect_err(ERR_INVALID, eio_packet_read(BYTES("abc"), &p));
    expect_err(ERR_INVALID, eio_packet_read(BYTES("bAQID"), &p));
    expect_err(ERR_INVALID, eio_packet_read(BYTES("/0"), &p));
}

static void a_payload_is_taken_packet_by_packet(void **state)
{
    (void)state;
    struct bytes rest = BYTES("4hello\x1e"
                              "2\x1e"
                              "bAQIDBA==\x1e"
                              "4");
    struct eio_packet p;
    expect_ok(eio_payload_next(&rest, &p));
    expect_bytes(p.data, "hello");
    expect_ok(eio_payload_next(&rest, &p));
    assert_int_equal(p.type, EIO_PING);
    expect_ok(eio_payload_next(&rest, &p));
    assert_true(p.binary);
    assert_int_equal(p.type, EIO_MESSAGE);
    expect_bytes(p.data, "AQIDBA==");
    assert_non_null(rest.ptr);
    expect_ok(eio_payload_next(&rest, &p));
    assert_int_equal(p.type, EIO_MESSAGE);
    assert_null(rest.ptr);
}

static void payloads_with_empty_parts_are_refused(void **state)
{
    (void)state;
    const struct bytes bad[] = {BYTES(""),
                                BYTES("\x1e"),
                                BYTES("4a\x1e"),
                                BYTES("\x1e"
                                      "4a"),
                                BYTES("4a\x1e\x1e"
                                      "4b"),
                                BYTES("abc")};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        struct bytes rest = bad[i];
        struct eio_packet p;
        enum err e = OK;
        do {
            e = eio_payload_next(&rest, &p);
        } while (e == OK && rest.ptr);
        expect_err(ERR_INVALID, e);
    }
}

static void base64_of_every_length_comes_back(void **state)
{
    (void)state;
    uint64_t random = expect_seed();
    for (size_t len = 0; len < 100; len++) {
        uint8_t data[100];
        for (size_t i = 0; i < len; i++) {
            data[i] = (uint8_t)expect_random(&random);
        }
        struct buf text = {0};
        struct buf back = {0};
        eio_put_binary(&text, bytes_of(data, len));
        assert_int_equal(text.ptr[0], 'b');
        expect_ok(eio_base64_decode(bytes_skip(buf_bytes(&text), 1), &back));
        expect_slices(buf_bytes(&back), bytes_of(data, len));
        buf_fini(&text);
        buf_fini(&back);
    }
}

static void what_is_not_base64_is_refused_whole(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "A", "AA", "AAA", "AAA-", "AA=A", "A===", "====", "AB==", "AAB=", "AAAA\n", "AA==AAAA"};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        struct buf out = {0};
        buf_put_text(&out, "kept");
        expect_err(ERR_INVALID, eio_base64_decode(bytes_of_text(bad[i]), &out));
        expect_bytes(buf_bytes(&out), "kept");
        buf_fini(&out);
    }
}

static void the_handshake_is_written(void **state)
{
    (void)state;
    struct buf b = {0};
    struct eio_open o = {BYTES("abc_-1"), true, 25000, 20000, 1000000};
    eio_put_open(&b, &o);
    expect_bytes(buf_bytes(&b), "0{\"sid\":\"abc_-1\",\"upgrades\":[\"websocket\"],"
                                "\"pingInterval\":25000,\"pingTimeout\":20000,"
                                "\"maxPayload\":1000000}");
    buf_clear(&b);
    o.may_upgrade = false;
    eio_put_open(&b, &o);
    expect_bytes(buf_bytes(&b), "0{\"sid\":\"abc_-1\",\"upgrades\":[],\"pingInterval\":25000,"
                                "\"pingTimeout\":20000,\"maxPayload\":1000000}");
    buf_fini(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_type_is_read),
        cmocka_unit_test(what_is_no_packet_is_refused),
        cmocka_unit_test(a_payload_is_taken_packet_by_packet),
        cmocka_unit_test(payloads_with_empty_parts_are_refused),
        cmocka_unit_test(base64_of_every_length_comes_back),
        cmocka_unit_test(what_is_not_base64_is_refused_whole),
        cmocka_unit_test(the_handshake_is_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
