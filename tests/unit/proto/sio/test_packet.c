/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/sio/sio.h"

#include "expect.h"

static struct sio_packet read_ok(const char *text)
{
    struct sio_packet p;
    enum err e = sio_packet_read(bytes_of_text(text), &p);
    if (e != OK) {
        fail_msg("%s for %s", err_name(e), text);
    }
    return p;
}

static void a_connect_has_an_object_or_nothing(void **state)
{
    (void)state;
    struct sio_packet p = read_ok("0");
    assert_int_equal(p.type, SIO_CONNECT);
    expect_bytes(p.nsp, "/");
    assert_int_equal(p.payload.len, 0);
    p = read_ok("0{\"token\":\"x\"}");
    expect_bytes(p.payload, "{\"token\":\"x\"}");
    p = read_ok("0/admin,{}");
    expect_bytes(p.nsp, "/admin");
    p = read_ok("0/admin");
    expect_bytes(p.nsp, "/admin");
    p = read_ok("0/admin?a=1,");
    expect_bytes(p.nsp, "/admin?a=1");
}

static void an_event_has_a_name_an_id_and_arguments(void **state)
{
    (void)state;
    struct sio_packet p = read_ok("2/ns,12[\"subscribe-device\", \"a,b\" ,{\"x\":[1,2]}]");
    assert_int_equal(p.type, SIO_EVENT);
    expect_bytes(p.nsp, "/ns");
    assert_true(p.has_id);
    assert_int_equal(p.id, 12);
    assert_true(json_text_is(p.event, "subscribe-device"));
    struct sio_args a = sio_args_of(&p);
    struct bytes json;
    expect_ok(sio_args_next(&a, &json));
    expect_bytes(json, "\"a,b\"");
    expect_ok(sio_args_next(&a, &json));
    expect_bytes(json, "{\"x\":[1,2]}");
    expect_err(ERR_NOT_FOUND, sio_args_next(&a, &json));
    expect_err(ERR_NOT_FOUND, sio_args_next(&a, &json));

    p = read_ok("2[\"x\"]");
    assert_false(p.has_id);
    a = sio_args_of(&p);
    expect_err(ERR_NOT_FOUND, sio_args_next(&a, &json));
    p = read_ok("2[7,1]");
    assert_int_equal(p.event.raw.len, 0);
}

static void an_ack_has_an_array(void **state)
{
    (void)state;
    struct sio_packet p = read_ok("3456[\"ok\",null]");
    assert_int_equal(p.type, SIO_ACK);
    assert_int_equal(p.id, 456);
    struct sio_args a = sio_args_of(&p);
    struct bytes json;
    expect_ok(sio_args_next(&a, &json));
    expect_bytes(json, "\"ok\"");
    expect_ok(sio_args_next(&a, &json));
    expect_bytes(json, "null");
    expect_err(ERR_NOT_FOUND, sio_args_next(&a, &json));
    (void)read_ok("30[]");
}

static void binary_packets_name_their_attachments(void **state)
{
    (void)state;
    struct sio_packet p = read_ok("51-[\"x\",{\"_placeholder\":true,\"num\":0}]");
    assert_int_equal(p.type, SIO_BINARY_EVENT);
    assert_int_equal(p.attachments, 1);
    assert_true(json_text_is(p.event, "x"));
    p = read_ok("62-/a,7[[{\"num\":1,\"_placeholder\":true}],{\"_placeholder\":false,\"num\":9}]");
    assert_int_equal(p.attachments, 2);
    assert_int_equal(p.id, 7);
    expect_bytes(p.nsp, "/a");
    (void)read_ok("50-[\"x\"]");
    (void)read_ok("510-[\"x\"]");
}

static void the_other_types_are_read(void **state)
{
    (void)state;
    assert_int_equal(read_ok("1").type, SIO_DISCONNECT);
    expect_bytes(read_ok("1/a,").nsp, "/a");
    assert_int_equal(read_ok("4{\"message\":\"x\"}").type, SIO_CONNECT_ERROR);
    (void)read_ok("4\"x\"");
}

static void malformed_packets_are_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        /* types and numbers */
        "",
        "7",
        "x",
        "-1",
        "29007199254740992[\"x\"]",
        "299999999999999999999[\"x\"]",
        "2-1[\"x\"]",
        "2 1[\"x\"]",
        /* payloads of the wrong shape */
        "0[]",
        "0\"x\"",
        "0null",
        "01",
        "1{}",
        "1[]",
        "2",
        "2/a",
        "2{}",
        "2[]",
        "2\"x\"",
        "2[null]",
        "2[{}]",
        "2[[\"x\"]]",
        "2[true]",
        "3",
        "3[]",
        "3{}",
        "31",
        "4",
        "4[]",
        "47{}",
        "41",
        /* reserved names, also in disguise */
        "2[\"connect\"]",
        "2[\"connect_error\"]",
        "2[\"disconnect\"]",
        "2[\"disconnecting\"]",
        "2[\"newListener\"]",
        "2[\"removeListener\"]",
        "2[\"\\u0063onnect\"]",
        /* JSON that is none */
        "2[\"x\"",
        "2[\"x\",]",
        "2[\"x\"]]",
        "2[\"x\"] 1",
        "2['x']",
        "2[\"x\",01]",
        "2[\"x\",NaN]",
        "2[\"\xff\"]",
        "2[\"x\",\"\\ud800\"]",
        "0{\"a\":}",
        "0{",
        "2[\"x\n\"]",
        /* attachments */
        "5",
        "5[\"x\"]",
        "5-[\"x\"]",
        "51[\"x\"]",
        "5x-[\"x\"]",
        "51-",
        "5-1-[\"x\"]",
        "51-[\"x\",{\"_placeholder\":true,\"num\":1}]",
        "51-[\"x\",{\"_placeholder\":true,\"num\":-1}]",
        "51-[\"x\",{\"_placeholder\":true,\"num\":0.5}]",
        "51-[\"x\",{\"_placeholder\":true,\"num\":\"0\"}]",
        "51-[\"x\",{\"_placeholder\":true,\"num\":\"splice\"}]",
        "51-[\"x\",{\"_placeholder\":true}]",
        "51-[\"x\",[[{\"a\":{\"_placeholder\":true,\"num\":1e9}}]]]",
        "51-{}",
    };
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        struct sio_packet p;
        enum err e = sio_packet_read(bytes_of_text(bad[i]), &p);
        if (e != ERR_INVALID) {
            fail_msg("%s for %s", err_name(e), bad[i]);
        }
    }
}

static void too_many_attachments_are_refused_before_anything_else(void **state)
{
    (void)state;
    struct sio_packet p;
    expect_err(ERR_TOO_LARGE, sio_packet_read(BYTES("51000000-[\"x\"]"), &p));
    expect_err(ERR_TOO_LARGE, sio_packet_read(BYTES("511-[\"x\"]"), &p));
}

static void deep_payloads_are_refused(void **state)
{
    (void)state;
    struct buf b = {0};
    buf_put_text(&b, "2[\"x\",");
    for (int i = 0; i < 100000; i++) {
        buf_put_byte(&b, '[');
    }
    struct sio_packet p;
    expect_err(ERR_TOO_DEEP, sio_packet_read(buf_bytes(&b), &p));
    buf_fini(&b);
}

static void a_long_namespace_is_refused(void **state)
{
    (void)state;
    struct buf b = {0};
    buf_put_text(&b, "0/");
    for (int i = 0; i < SIO_NAMESPACE_MAX; i++) {
        buf_put_byte(&b, 'n');
    }
    struct sio_packet p;
    expect_err(ERR_INVALID, sio_packet_read(buf_bytes(&b), &p));
    buf_fini(&b);
}

static void a_packet_cut_anywhere_is_refused_or_another_packet(void **state)
{
    (void)state;
    struct bytes text = BYTES("52-/n,12[\"ev\",{\"a\":[1,{\"_placeholder\":true,\"num\":1}]}]");
    for (size_t cut = 0; cut < text.len; cut++) {
        /* A copy of its own, so that a sanitizer sees a read beyond the end. */
        uint8_t *copy = malloc(cut + !cut);
        memcpy(copy, text.ptr, cut);
        struct sio_packet p;
        expect_err(ERR_INVALID, sio_packet_read(bytes_of(copy, cut), &p));
        free(copy);
    }
}

static void random_changes_never_break_the_reader(void **state)
{
    (void)state;
    uint64_t random = expect_seed();
    static const char seed[] = "52-/n,12[\"ev\",{\"a\":[1,{\"_placeholder\":true,\"num\":1}]}]";
    for (int round = 0; round < 20000; round++) {
        uint8_t text[sizeof seed - 1];
        memcpy(text, seed, sizeof text);
        for (int i = 0; i < 3; i++) {
            uint64_t r = expect_random(&random);
            static const char often[] = "0123456789[]{}\",:-/\\ etrun";
            text[r % sizeof text] = (uint8_t)often[(r >> 16) % (sizeof often - 1)];
        }
        struct sio_packet p;
        if (sio_packet_read(bytes_of(text, sizeof text), &p) == OK &&
            (p.type == SIO_EVENT || p.type == SIO_ACK)) {
            struct sio_args a = sio_args_of(&p);
            struct bytes json;
            while (sio_args_next(&a, &json) == OK) {
                assert_true(json.len > 0);
            }
        }
    }
}

static void packets_are_written(void **state)
{
    (void)state;
    struct buf b = {0};
    sio_put_event(&b, "device-update");
    buf_put_text(&b, "{\"a\":1}");
    sio_put_position(&b, BYTES("1763953200000.42"));
    expect_bytes(buf_bytes(&b), "42[\"device-update\",{\"a\":1},\"1763953200000.42\"]");
    buf_clear(&b);
    sio_put_ack(&b, 7);
    buf_put_text(&b, "{}");
    sio_put_end(&b);
    expect_bytes(buf_bytes(&b), "437[{}]");
    buf_clear(&b);
    sio_put_connected(&b, BYTES("/"), BYTES("sid1"), BYTES(""));
    sio_put_connected(&b, BYTES("/custom"), BYTES("sid2"), BYTES("pid"));
    sio_put_connect_error(&b, BYTES("/"), "unauthorized");
    sio_put_connect_error(&b, BYTES("/x"), "Invalid namespace");
    sio_put_disconnect(&b, BYTES("/"));
    sio_put_disconnect(&b, BYTES("/x"));
    expect_bytes(buf_bytes(&b), "40{\"sid\":\"sid1\"}40/custom,{\"sid\":\"sid2\",\"pid\":\"pid\"}"
                                "44{\"message\":\"unauthorized\"}"
                                "44/x,{\"message\":\"Invalid namespace\"}4141/x,");
    buf_fini(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_connect_has_an_object_or_nothing),
        cmocka_unit_test(an_event_has_a_name_an_id_and_arguments),
        cmocka_unit_test(an_ack_has_an_array),
        cmocka_unit_test(binary_packets_name_their_attachments),
        cmocka_unit_test(the_other_types_are_read),
        cmocka_unit_test(malformed_packets_are_refused),
        cmocka_unit_test(too_many_attachments_are_refused_before_anything_else),
        cmocka_unit_test(deep_payloads_are_refused),
        cmocka_unit_test(a_long_namespace_is_refused),
        cmocka_unit_test(a_packet_cut_anywhere_is_refused_or_another_packet),
        cmocka_unit_test(random_changes_never_break_the_reader),
        cmocka_unit_test(packets_are_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
