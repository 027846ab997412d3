/* SPDX-License-Identifier: Apache-2.0 */
/* Times by their size and in ISO 8601. */
#include "decode/parts.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void the_size_of_a_number_tells_its_unit(void **state)
{
    (void)state;
    assert_true(decode_time_of_number(1704103200) == 1704103200000);
    assert_true(decode_time_of_number(1704103200.123) == 1704103200123);
    assert_true(decode_time_of_number(1704103200000) == 1704103200000);
    assert_true(decode_time_of_number(1704103200123456) == 1704103200123);
    assert_true(decode_time_of_number(1704103200123456.75e3) == 1704103200123);
    assert_true(decode_time_of_number(1e8) == 100000000000);
    assert_true(decode_time_of_number(99999999) == WALL_NONE);
    assert_true(decode_time_of_number(1.33) == WALL_NONE);
    assert_true(decode_time_of_number(0) == WALL_NONE);
    assert_true(decode_time_of_number(-1704103200) == WALL_NONE);
    assert_true(decode_time_of_number(1e300) == WALL_NONE);
    assert_true(decode_time_of_number((double)INFINITY) == WALL_NONE);
}

static void text_is_a_time_in_iso_8601_or_a_number(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        wall_ms time;
    } cases[] = {
        {"2024-01-01T10:00:00Z", 1704103200000},
        {"2024-01-01T10:00:00.000Z", 1704103200000},
        {"2024-01-01T10:00:00.123456789Z", 1704103200123},
        {"2024-01-01T10:00:00.9Z", 1704103200900},
        {"2024-01-01T12:00:00+02:00", 1704103200000},
        {"2024-01-01T04:30:00-0530", 1704103200000},
        {"2024-01-01T11:00:00+01", 1704103200000},
        {"2024-01-01 10:00:00z", 1704103200000},
        {"2024-01-01T10:00Z", 1704103200000},
        {" 1704103200 ", 1704103200000},
        {"2024-02-29T00:00:00Z", 1709164800000},
        {"1970-01-01T00:00:01Z", 1000},
        {"1969-12-31T23:59:59Z", -1000},
        {"2100-03-01T00:00:00Z", 4107542400000},
        {"2024-01-01T10:00:00", WALL_NONE},
        {"0001-01-01T00:00:00Z", WALL_NONE},
        {"2023-02-29T00:00:00Z", WALL_NONE},
        {"2024-13-01T00:00:00Z", WALL_NONE},
        {"2024-00-01T00:00:00Z", WALL_NONE},
        {"2024-01-00T00:00:00Z", WALL_NONE},
        {"2024-01-01T24:00:00Z", WALL_NONE},
        {"2024-01-01T10:00:00.Z", WALL_NONE},
        {"2024-01-01T10:00:00+", WALL_NONE},
        {"2024-01-01T10:00:00+01:", WALL_NONE},
        {"2024-01-01T10:00:00Zx", WALL_NONE},
        {"2024-01-01", WALL_NONE},
        {"yesterday", WALL_NONE},
        {"", WALL_NONE},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        wall_ms time = decode_time_of_text(bytes_of_text(cases[i].text));
        if (time != cases[i].time) {
            fail_msg("%s is %lld", cases[i].text, (long long)time);
        }
    }
}

static void units_have_one_spelling(void **state)
{
    (void)state;
    assert_true(bytes_equal(decode_unit(BYTES("Cel")), BYTES("\xc2\xb0"
                                                             "C")));
    assert_true(bytes_equal(decode_unit(BYTES("%RH")), BYTES("%")));
    assert_true(bytes_equal(decode_unit(BYTES("hPa")), BYTES("hPa")));
    assert_int_equal(decode_unit(BYTES("a\nb")).len, 0);
    assert_int_equal(decode_unit(BYTES("123456789012345678901234567890123")).len, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_size_of_a_number_tells_its_unit),
        cmocka_unit_test(text_is_a_time_in_iso_8601_or_a_number),
        cmocka_unit_test(units_have_one_spelling),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
