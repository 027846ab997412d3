/* SPDX-License-Identifier: Apache-2.0 */
#include "base/base64.h"

#include "expect.h"

/* The examples of RFC 4648, and the two characters in which the alphabets differ. */
static void examples_of_the_standard_hold(void **state)
{
    (void)state;
    static const struct {
        const char *plain, *usual, *of_urls;
    } cases[] = {
        {"", "", ""},
        {"f", "Zg==", "Zg"},
        {"fo", "Zm8=", "Zm8"},
        {"foo", "Zm9v", "Zm9v"},
        {"foobar", "Zm9vYmFy", "Zm9vYmFy"},
        {"\xfb\xff", "+/8=", "-_8"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct buf a = {0}, b = {0}, c = {0};
        base64_append(&a, bytes_of_text(cases[i].plain));
        base64url_append(&b, bytes_of_text(cases[i].plain));
        expect_slices(buf_bytes(&a), bytes_of_text(cases[i].usual));
        expect_slices(buf_bytes(&b), bytes_of_text(cases[i].of_urls));
        expect_ok(base64url_decode(buf_bytes(&b), &c));
        expect_slices(buf_bytes(&c), bytes_of_text(cases[i].plain));
        buf_fini(&a);
        buf_fini(&b);
        buf_fini(&c);
    }
}

static void padding_is_passed_over_and_other_characters_are_not(void **state)
{
    (void)state;
    static const char *const bad[] = {"A", "AAAAA", "Zh", "Zm9=v", "+/8", "a b", "===", "\n"};
    struct buf out = {0};
    expect_ok(base64url_decode(BYTES("Zm8="), &out));
    expect_bytes(buf_bytes(&out), "fo");
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        expect_err(ERR_INVALID, base64url_decode(bytes_of_text(bad[i]), &out));
    }
    expect_err(ERR_INVALID, base64url_decode(BYTES("Zm\0v"), &out));
    expect_bytes(buf_bytes(&out), "fo");
    buf_fini(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(examples_of_the_standard_hold),
        cmocka_unit_test(padding_is_passed_over_and_other_characters_are_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
