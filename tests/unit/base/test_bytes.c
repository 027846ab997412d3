/* SPDX-License-Identifier: Apache-2.0 */
#include "base/bytes.h"

#include "expect.h"

static void slices_compare_by_content(void **state)
{
    (void)state;
    assert_true(bytes_equal(BYTES("abc"), bytes_of_text("abc")));
    assert_false(bytes_equal(BYTES("abc"), BYTES("abd")));
    assert_false(bytes_equal(BYTES("abc"), BYTES("ab")));
    assert_true(bytes_equal(bytes_of_text(NULL), BYTES("")));
    assert_true(bytes_start_with(BYTES("sensors/a"), BYTES("sensors/")));
    assert_false(bytes_start_with(BYTES("sen"), BYTES("sensors/")));
    assert_true(bytes_start_with(BYTES("x"), bytes_of(NULL, 0)));
}

static void case_is_ignored_for_ascii_letters_only(void **state)
{
    (void)state;
    assert_true(bytes_equal_nocase(BYTES("Keep-Alive"), BYTES("keep-aLIVE")));
    assert_false(bytes_equal_nocase(BYTES("a["), BYTES("a{")));
    assert_false(bytes_equal_nocase(BYTES("\xc3\x84"), BYTES("\xc3\xa4")));
}

static void trimming_takes_white_space_from_both_ends(void **state)
{
    (void)state;
    expect_bytes(bytes_trim(BYTES(" \t a b\r\n")), "a b");
    expect_bytes(bytes_trim(BYTES(" \v\f ")), "");
    expect_bytes(bytes_trim(BYTES("")), "");
}

static void index_is_the_length_when_nothing_is_found(void **state)
{
    (void)state;
    assert_int_equal(bytes_index(BYTES("a/b/c"), '/'), 1);
    assert_int_equal(bytes_index(BYTES("abc"), '/'), 3);
    assert_int_equal(bytes_index(bytes_of(NULL, 0), '/'), 0);
}

static void integers_are_read_up_to_the_maximum_and_no_further(void **state)
{
    (void)state;
    uint64_t v = 7;
    expect_ok(bytes_to_u64(BYTES("0"), 0, &v));
    assert_int_equal(v, 0);
    expect_ok(bytes_to_u64(BYTES("18446744073709551615"), UINT64_MAX, &v));
    assert_true(v == UINT64_MAX);
    expect_ok(bytes_to_u64(BYTES("000100"), 100, &v));
    assert_int_equal(v, 100);
    expect_err(ERR_INVALID, bytes_to_u64(BYTES("18446744073709551616"), UINT64_MAX, &v));
    expect_err(ERR_INVALID, bytes_to_u64(BYTES("101"), 100, &v));
    expect_err(ERR_INVALID, bytes_to_u64(BYTES("9"), 5, &v));
    assert_int_equal(v, 100);
}

static void integers_are_digits_only(void **state)
{
    (void)state;
    uint64_t v;
    expect_err(ERR_INVALID, bytes_to_u64(BYTES(""), 100, &v));
    expect_err(ERR_INVALID, bytes_to_u64(BYTES("-1"), 100, &v));
    expect_err(ERR_INVALID, bytes_to_u64(BYTES("+1"), 100, &v));
    expect_err(ERR_INVALID, bytes_to_u64(BYTES("1 "), 100, &v));
    expect_err(ERR_INVALID, bytes_to_u64(BYTES("0x1"), 100, &v));
}

static void every_small_maximum_is_a_sharp_edge(void **state)
{
    (void)state;
    for (unsigned max = 0; max < 120; max++) {
        for (unsigned n = 0; n < 130; n++) {
            char text[8];
            int len = snprintf(text, sizeof text, "%u", n);
            uint64_t v = 999;
            enum err e = bytes_to_u64(bytes_of(text, (size_t)len), max, &v);
            assert_int_equal(e, n <= max ? OK : ERR_INVALID);
            assert_int_equal(v, n <= max ? n : 999);
        }
    }
}

static void integers_keep_their_byte_order(void **state)
{
    (void)state;
    uint8_t raw[8];
    be16_store(raw, 0x1234);
    assert_memory_equal(raw, "\x12\x34", 2);
    assert_int_equal(be16_load(raw), 0x1234);
    be64_store(raw, 0x0102030405060708u);
    assert_memory_equal(raw, "\x01\x02\x03\x04\x05\x06\x07\x08", 8);
    assert_true(be64_load(raw) == 0x0102030405060708u);
    le32_store(raw, 0x01020304u);
    assert_memory_equal(raw, "\x04\x03\x02\x01", 4);
    assert_true(le32_load(raw) == 0x01020304u);
    le64_store(raw, 0x0102030405060708u);
    assert_memory_equal(raw, "\x08\x07\x06\x05\x04\x03\x02\x01", 8);
    assert_true(le64_load(raw) == 0x0102030405060708u);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(slices_compare_by_content),
        cmocka_unit_test(case_is_ignored_for_ascii_letters_only),
        cmocka_unit_test(trimming_takes_white_space_from_both_ends),
        cmocka_unit_test(index_is_the_length_when_nothing_is_found),
        cmocka_unit_test(integers_are_read_up_to_the_maximum_and_no_further),
        cmocka_unit_test(integers_are_digits_only),
        cmocka_unit_test(every_small_maximum_is_a_sharp_edge),
        cmocka_unit_test(integers_keep_their_byte_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
