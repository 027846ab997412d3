/* SPDX-License-Identifier: Apache-2.0 */
#include "base/utf8.h"

#include "expect.h"

#define VALID(text)   assert_true(utf8_valid(BYTES(text)))
#define INVALID(text) assert_false(utf8_valid(BYTES(text)))

static void well_formed_text_of_every_length_is_taken(void **state)
{
    (void)state;
    VALID("");
    VALID("plain ascii that is longer than a word");
    VALID("\xc2\x80 \xdf\xbf");
    VALID("\xe0\xa0\x80 \xed\x9f\xbf \xee\x80\x80 \xef\xbf\xbf");
    VALID("\xf0\x90\x80\x80 \xf4\x8f\xbf\xbf");
    VALID("\0");
}

static void overlong_surrogate_and_out_of_range_forms_are_refused(void **state)
{
    (void)state;
    INVALID("\xc0\x80");
    INVALID("\xc1\xbf");
    INVALID("\xe0\x9f\xbf");
    INVALID("\xed\xa0\x80");
    INVALID("\xed\xbf\xbf");
    INVALID("\xf0\x8f\xbf\xbf");
    INVALID("\xf4\x90\x80\x80");
    INVALID("\xf5\x80\x80\x80");
    INVALID("\xff");
}

static void stray_and_missing_continuations_are_refused(void **state)
{
    (void)state;
    INVALID("\x80");
    INVALID("abcdefgh\xbf");
    INVALID("\xc3");
    INVALID("\xe2\x82");
    INVALID("\xe2\x82(");
    INVALID("\xf0\x9f\x98");
}

/* Encodes by the plain definition, for comparison over all code points. */
static size_t encode(uint32_t c, uint8_t out[4])
{
    if (c < 0x80) {
        out[0] = (uint8_t)c;
        return 1;
    }
    size_t len = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    for (size_t i = len - 1; i > 0; i--) {
        out[i] = (uint8_t)(0x80 | (c & 0x3f));
        c >>= 6;
    }
    out[0] = (uint8_t)((0xf00 >> len) | c);
    return len;
}

static void every_code_point_but_surrogates_is_valid(void **state)
{
    (void)state;
    for (uint32_t c = 0; c <= 0x110010; c++) {
        uint8_t text[4];
        size_t len = encode(c, text);
        bool want = c <= 0x10ffff && !(c >= 0xd800 && c <= 0xdfff);
        assert_int_equal(utf8_valid(bytes_of(text, len)), want);
    }
}

static void feeding_parts_gives_the_answer_of_the_whole(void **state)
{
    (void)state;
    uint64_t random = expect_seed();
    for (int round = 0; round < 20000; round++) {
        uint8_t text[12];
        size_t len = 1 + expect_random(&random) % sizeof text;
        for (size_t i = 0; i < len; i++) {
            static const uint8_t often[] = {0xe2, 0x82, 0xac, 0xf0, 0x9f, 0x98, 0x80, 'a'};
            uint64_t r = expect_random(&random);
            text[i] = r % 8 ? often[(r >> 8) % sizeof often] : (uint8_t)(r >> 16);
        }
        struct utf8_check c = {0};
        bool taken = true;
        for (size_t at = 0; at < len && taken;) {
            size_t n = 1 + expect_random(&random) % (len - at);
            taken = utf8_feed(&c, bytes_of(text + at, n));
            at += n;
        }
        assert_int_equal(taken && utf8_complete(&c), utf8_valid(bytes_of(text, len)));
    }
}

static void clipping_never_cuts_a_character(void **state)
{
    (void)state;
    struct bytes text = BYTES("a\xe2\x82\xac\xf0\x9f\x98\x80z");
    static const size_t want[] = {0, 1, 1, 1, 4, 4, 4, 4, 8, 9, 9};
    for (size_t max = 0; max < ARRAY_LEN(want); max++) {
        assert_int_equal(utf8_clip(text, max).len, want[max]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(well_formed_text_of_every_length_is_taken),
        cmocka_unit_test(overlong_surrogate_and_out_of_range_forms_are_refused),
        cmocka_unit_test(stray_and_missing_continuations_are_refused),
        cmocka_unit_test(every_code_point_but_surrogates_is_valid),
        cmocka_unit_test(feeding_parts_gives_the_answer_of_the_whole),
        cmocka_unit_test(clipping_never_cuts_a_character),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
