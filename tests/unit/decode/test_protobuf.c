/* SPDX-License-Identifier: Apache-2.0 */
/* Protocol Buffers' wire format. */
#include "decode/protobuf.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

/* Reads all fields; returns how many, or -1 when it failed. The last one is in `f`. */
static int read_all(struct bytes message, struct protobuf_field *f)
{
    struct protobuf_reader r = protobuf_reader_of(message);
    struct protobuf_field next;
    int count = 0;
    while (protobuf_next(&r, &next)) {
        *f = next;
        count++;
    }
    assert_false(protobuf_next(&r, &next));
    return r.failed ? -1 : count;
}

static void each_wire_type_is_read(void **state)
{
    (void)state;
    struct protobuf_field f;
    assert_int_equal(read_all(BYTES(""), &f), 0);
    assert_int_equal(read_all(BYTES("\x08\x96\x01"), &f), 1);
    assert_true(f.number == 1 && f.wire == PROTOBUF_VARINT && f.value == 150);
    assert_int_equal(read_all(BYTES("\x12\x03"
                                    "abc"),
                              &f),
                     1);
    assert_true(f.number == 2 && bytes_equal(f.bytes, BYTES("abc")));
    assert_int_equal(read_all(BYTES("\x1d\x01\x02\x03\x04"), &f), 1);
    assert_true(f.number == 3 && f.wire == PROTOBUF_FIXED32 && f.value == 0x04030201);
    assert_int_equal(read_all(BYTES("\x21\x01\x00\x00\x00\x00\x00\x00\x80"), &f), 1);
    assert_true(f.number == 4 && f.wire == PROTOBUF_FIXED64 && f.value == 0x8000000000000001);
    assert_int_equal(read_all(BYTES("\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"), &f), 1);
    assert_true(f.value == UINT64_MAX);
    assert_int_equal(read_all(BYTES("\xf8\xff\xff\xff\x0f\x01"), &f), 1);
    assert_true(f.number == (1u << 29) - 1);
}

static void groups_are_passed_over(void **state)
{
    (void)state;
    struct protobuf_field f = {0};
    assert_int_equal(read_all(BYTES("\x0b\x08\x01\x0c\x10\x07"), &f), 1);
    assert_true(f.number == 2 && f.value == 7);
    assert_int_equal(read_all(BYTES("\x0b\x13\x1a\x01x\x14\x0c"), &f), 0);
    assert_int_equal(read_all(BYTES("\x0b\x08\x01"), &f), -1);
    assert_int_equal(read_all(BYTES("\x0b\x14"), &f), -1);
    assert_int_equal(read_all(BYTES("\x0c"), &f), -1);
    uint8_t deep[64];
    memset(deep, 0x0b, sizeof deep);
    assert_int_equal(read_all(bytes_of(deep, sizeof deep), &f), -1);
}

static void what_is_malformed_or_cut_off_fails(void **state)
{
    (void)state;
    static const struct bytes bad[] = {
        BYTES("\x08"),
        BYTES("\x08\x80"),
        BYTES("\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02"),
        BYTES("\x08\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01"),
        BYTES("\x00\x01"),
        BYTES("\x06\x01"),
        BYTES("\x0f\x01"),
        BYTES("\x12\x05"
              "abc"),
        BYTES("\x12\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"
              "abc"),
        BYTES("\x1d\x01\x02\x03"),
        BYTES("\x21\x01\x02\x03\x04\x05\x06\x07"),
        BYTES("\xf8\xff\xff\xff\x7f\x01"),
    };
    struct protobuf_field f;
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        assert_int_equal(read_all(bad[i], &f), -1);
    }
}

static void what_is_written_is_read_back(void **state)
{
    (void)state;
    uint8_t room[64];
    struct protobuf_field f;
    static const uint64_t values[] = {0, 1, 127, 128, 300, UINT32_MAX, UINT64_MAX};
    for (size_t i = 0; i < ARRAY_LEN(values); i++) {
        uint8_t *end = protobuf_put_varint(room, 19, values[i]);
        assert_int_equal(read_all(bytes_of(room, (size_t)(end - room)), &f), 1);
        assert_true(f.number == 19 && f.value == values[i]);
    }
    uint8_t *end = protobuf_put_bytes(room, 2, BYTES("some text"));
    assert_int_equal(read_all(bytes_of(room, (size_t)(end - room)), &f), 1);
    assert_true(bytes_equal(f.bytes, BYTES("some text")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_wire_type_is_read),
        cmocka_unit_test(groups_are_passed_over),
        cmocka_unit_test(what_is_malformed_or_cut_off_fails),
        cmocka_unit_test(what_is_written_is_read_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
