/* SPDX-License-Identifier: Apache-2.0 */
/* The examples of FIPS 180 and the lengths around a block's end. */
#include "proto/ws/sha1.h"

#include "expect.h"

static void digests_as(struct bytes message, const char *want)
{
    uint8_t out[WS_SHA1_LEN];
    ws_sha1(message, out);
    char text[2 * WS_SHA1_LEN + 1];
    for (size_t i = 0; i < WS_SHA1_LEN; i++) {
        (void)snprintf(text + 2 * i, 3, "%02x", out[i]);
    }
    assert_string_equal(text, want);
}

static void examples_of_the_standard_hold(void **state)
{
    (void)state;
    digests_as(BYTES(""), "da39a3ee5e6b4b0d3255bfef95601890afd80709");
    digests_as(BYTES("abc"), "a9993e364706816aba3e25717850c26c9cd0d89d");
    digests_as(BYTES("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
               "84983e441c3bd26ebaae4aa1f95129e5e54670f1");
}

static void lengths_around_a_block_are_padded_right(void **state)
{
    (void)state;
    static const struct {
        size_t len;
        const char *digest;
    } cases[] = {
        {55, "c1c8bbdc22796e28c0e15163d20899b65621d65a"},
        {56, "c2db330f6083854c99d4b5bfb6e8f29f201be699"},
        {64, "0098ba824b5c16427bd7a1122a5a442a25ec644d"},
        {119, "ee971065aaa017e0632a8ca6c77bb3bf8b1dfc56"},
    };
    uint8_t message[WS_SHA1_MAX];
    memset(message, 'a', sizeof message);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        digests_as(bytes_of(message, cases[i].len), cases[i].digest);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(examples_of_the_standard_hold),
        cmocka_unit_test(lengths_around_a_block_are_padded_right),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
