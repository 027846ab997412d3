/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers: exact both ways, shortest, and strict about the grammar. The module's source is included
 * so that its integer path can be compared with its libc path. */
#include "base/number.c"

#include <float.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static uint64_t next_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static uint64_t bits_of(double v)
{
    uint64_t bits;
    memcpy(&bits, &v, sizeof bits);
    return bits;
}

static double double_of(uint64_t bits)
{
    double v;
    memcpy(&v, &bits, sizeof v);
    return v;
}

static const char *printed(double v)
{
    static char text[NUMBER_TEXT_MAX + 1];
    text[number_print(v, text)] = '\0';
    return text;
}

static void expect_round_trip(double v)
{
    char text[NUMBER_TEXT_MAX + 1];
    size_t len = number_print(v, text);
    assert_true(len > 0 && len <= NUMBER_TEXT_MAX);
    text[len] = '\0';
    double back = -1;
    if (number_parse(bytes_of(text, len), &back) != OK || bits_of(back) != bits_of(v) ||
        bits_of(strtod(text, NULL)) != bits_of(v)) {
        fail_msg("%a printed as %s reads back as %a", v, text, back);
    }
}

static void prints_as_ecmascript_does(void **state)
{
    (void)state;
    assert_string_equal(printed(0.0), "0");
    assert_string_equal(printed(-0.0), "-0");
    assert_string_equal(printed(22.5), "22.5");
    assert_string_equal(printed(-273.15), "-273.15");
    assert_string_equal(printed(0.1), "0.1");
    assert_string_equal(printed(0.1 + 0.2), "0.30000000000000004");
    assert_string_equal(printed(1704103200000.0), "1704103200000");
    assert_string_equal(printed(9007199254740993.0), "9007199254740992");
    assert_string_equal(printed(123456789012345680000.0), "123456789012345680000");
    assert_string_equal(printed(1e21), "1e+21");
    assert_string_equal(printed(1e-6), "0.000001");
    assert_string_equal(printed(1.5e-7), "1.5e-7");
    assert_string_equal(printed(DBL_MAX), "1.7976931348623157e+308");
    assert_string_equal(printed(DBL_MIN), "2.2250738585072014e-308");
    assert_string_equal(printed(5e-324), "5e-324");
    assert_string_equal(printed(0x1p-44), "5.684341886080802e-14");
    assert_string_equal(printed(74.93588199999998), "74.93588199999998");
}

static void prints_integers_of_64_bits(void **state)
{
    (void)state;
    char text[NUMBER_TEXT_MAX + 1];
    text[number_print_i64(INT64_MIN, text)] = '\0';
    assert_string_equal(text, "-9223372036854775808");
    text[number_print_i64(INT64_MAX, text)] = '\0';
    assert_string_equal(text, "9223372036854775807");
    text[number_print_i64(0, text)] = '\0';
    assert_string_equal(text, "0");
    text[number_print_i64(-10, text)] = '\0';
    assert_string_equal(text, "-10");
}

static void any_double_reads_back_bit_for_bit(void **state)
{
    (void)state;
    uint64_t seed = 0x7e11a1e;
    for (int i = 0; i < 100000; i++) {
        double v = double_of(next_random(&seed));
        if (isfinite(v)) {
            expect_round_trip(v);
        }
    }
    for (int i = 0; i < 2000; i++) {
        expect_round_trip(double_of(next_random(&seed) >> 12)); /* denormals */
        expect_round_trip(-double_of((uint64_t)i));
    }
    for (int e = -1074; e < 1024; e++) {
        expect_round_trip(ldexp(1.0, e));
        expect_round_trip(nextafter(ldexp(1.0, e), INFINITY));
        expect_round_trip(nextafter(ldexp(1.0, e), 0.0));
    }
}

static void measurements_read_back_and_print_as_they_were_written(void **state)
{
    (void)state;
    uint64_t seed = 42;
    for (int i = 0; i < 200000; i++) {
        int decimals = (int)(next_random(&seed) % 9) + 1;
        int64_t scaled = (int64_t)(next_random(&seed) % 2000000000000) - 1000000000000;
        if (scaled % 10 == 0 || llabs(scaled) < 1000) {
            continue;
        }
        char text[64];
        int64_t power = 1;
        for (int d = 0; d < decimals; d++) {
            power *= 10;
        }
        int len =
            snprintf(text, sizeof text, "%s%" PRId64 ".%0*" PRId64, scaled < 0 ? "-" : "",
                     (int64_t)llabs(scaled) / power, decimals, (int64_t)llabs(scaled) % power);
        double v = 0;
        assert_int_equal(number_parse(bytes_of(text, (size_t)len), &v), OK);
        assert_true(bits_of(v) == bits_of(strtod(text, NULL)));
        if (fabs(v) >= 1e-6) {
            assert_string_equal(printed(v), text);
        }
    }
}

static void both_printing_paths_agree(void **state)
{
    (void)state;
    uint64_t seed = 7;
    for (int i = 0; i < 50000; i++) {
        double scale = powers_of_10[next_random(&seed) % 16];
        double v = (double)(next_random(&seed) >> 11) / 9007199254740992.0 * scale;
        if (i % 4 == 0) {
            v = ldexp(1.0, (int)(next_random(&seed) % 130) - 80);
        }
        if (v < 1e-9) {
            continue;
        }
        struct decimal fast = shortest(v);
        struct decimal slow = shortest_by_libc(v);
        trim_zeros(&fast);
        trim_zeros(&slow);
        if (fast.digits != slow.digits || fast.exponent != slow.exponent) {
            fail_msg("%a: %" PRIu64 "e%d and %" PRIu64 "e%d", v, fast.digits, fast.exponent,
                     slow.digits, slow.exponent);
        }
    }
}

static void any_decimal_reads_as_the_nearest_double(void **state)
{
    (void)state;
    uint64_t seed = 99;
    for (int i = 0; i < 200000; i++) {
        char text[80];
        uint64_t a = next_random(&seed) >> (next_random(&seed) % 64);
        uint64_t b = next_random(&seed) >> (next_random(&seed) % 64);
        int len = 0;
        switch (next_random(&seed) % 4) {
        case 0:
            len = snprintf(text, sizeof text, "%" PRIu64 ".%" PRIu64, a, b);
            break;
        case 1:
            len = snprintf(text, sizeof text, "%" PRIu64 "e%d", a, (int)(b % 700) - 350);
            break;
        case 2:
            len = snprintf(text, sizeof text, "0.000%" PRIu64 "E+%d", a, (int)(b % 40));
            break;
        default:
            len = snprintf(text, sizeof text, "-%" PRIu64 "%020" PRIu64 ".5e-%d", a | 1, b,
                           (int)(b % 60));
            break;
        }
        double v = 0;
        enum err e = number_parse(bytes_of(text, (size_t)len), &v);
        double right = strtod(text, NULL);
        if (isinf(right)) {
            assert_int_equal(e, ERR_TOO_LARGE);
        } else if (e != OK || bits_of(v) != bits_of(right)) {
            fail_msg("%s reads as %a, not %a", text, v, right);
        }
    }
}

static void halfway_cases_round_to_even(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "9007199254740993",        "9007199254740993.0000000000000000000000001",
        "9007199254740995",        "1.00000000000000011102230246251565",
        "1.0000000000000001110",   "922337203685477580.75",
        "0.500000000000000166533", "2.2250738585072011e-308",
        "4.9406564584124654e-324", "2.4703282292062327e-324",
        "1797693134862315807e290", "18446744073709551615",
    };
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        double v = -1;
        assert_int_equal(number_parse(bytes_of_text(texts[i]), &v), OK);
        assert_true(bits_of(v) == bits_of(strtod(texts[i], NULL)));
    }
}

static void what_is_not_json_grammar_is_refused(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",   "-",  "+1",  "01",  "-01", ".5",  "1.",  "1.e3",  "1e", "1e+",    "0x10",
        "1 ", " 1", "1,5", "NaN", "inf", "1_0", "--1", "1e5.5", "1a", "0001.5", "-.5",
    };
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        double v = 3;
        assert_int_equal(number_parse(bytes_of_text(texts[i]), &v), ERR_INVALID);
        assert_true(v == 3);
    }
}

static void what_no_double_can_hold_is_too_large(void **state)
{
    (void)state;
    double v = 3;
    assert_int_equal(number_parse(BYTES("1e309"), &v), ERR_TOO_LARGE);
    assert_int_equal(number_parse(BYTES("-1e99999999999999999999"), &v), ERR_TOO_LARGE);
    assert_true(v == 3);
    assert_int_equal(number_parse(BYTES("1e-99999999999999999999"), &v), OK);
    assert_true(v == 0);
    assert_int_equal(number_parse(BYTES("0e99999999999999999999"), &v), OK);
    assert_true(v == 0);
    assert_int_equal(number_parse(BYTES("-0"), &v), OK);
    assert_true(signbit(v));

    char text[MAX_TEXT + 1];
    memset(text, '0', sizeof text);
    text[1] = '.';
    text[MAX_TEXT - 1] = '5';
    assert_int_equal(number_parse(bytes_of(text, MAX_TEXT), &v), OK);
    assert_int_equal(number_parse(bytes_of(text, MAX_TEXT + 1), &v), ERR_TOO_LARGE);
}

static void a_prefix_ends_where_the_number_ends(void **state)
{
    (void)state;
    double v = 0;
    size_t used = 0;
    assert_int_equal(number_parse_prefix(BYTES("12.5,"), &v, &used), OK);
    assert_true(v == 12.5);
    assert_int_equal(used, 4);
    assert_int_equal(number_parse_prefix(BYTES("01"), &v, &used), OK);
    assert_int_equal(used, 1);
    assert_int_equal(number_parse_prefix(BYTES("1e+}"), &v, &used), OK);
    assert_int_equal(used, 1);
    assert_int_equal(number_parse_prefix(BYTES("x"), &v, &used), ERR_INVALID);
    assert_int_equal(number_span(BYTES("1e400 ")), 5);
    assert_int_equal(number_span(BYTES("-")), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(prints_as_ecmascript_does),
        cmocka_unit_test(prints_integers_of_64_bits),
        cmocka_unit_test(any_double_reads_back_bit_for_bit),
        cmocka_unit_test(measurements_read_back_and_print_as_they_were_written),
        cmocka_unit_test(both_printing_paths_agree),
        cmocka_unit_test(any_decimal_reads_as_the_nearest_double),
        cmocka_unit_test(halfway_cases_round_to_even),
        cmocka_unit_test(what_is_not_json_grammar_is_refused),
        cmocka_unit_test(what_no_double_can_hold_is_too_large),
        cmocka_unit_test(a_prefix_ends_where_the_number_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
