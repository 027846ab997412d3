/* SPDX-License-Identifier: Apache-2.0 */
/* Pictures are told by their own bytes, and what is none, cut or too large is refused. */
#include "model/limits.h"
#include "model/picture.h"

#include "expect.h"

#define PNG(w) "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0" w "\0\0\0\2\x08\2\0\0\0"
#define JPEG   "\xff\xd8\xff\xe0\0\4\0\0\xff\xff\xc2\0\x0b\x08\0\2\0\3\1\1\x11\0"
#define VP8X   "RIFF\x16\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0\2\0\0\1\0\0"
#define VP8L   "RIFF\x12\0\0\0WEBPVP8L\6\0\0\0\x2f\2\x40\0\0\0\0\0\0\0"
#define VP8    "RIFF\x16\0\0\0WEBPVP8 \x0a\0\0\0\x10\0\0\x9d\1\x2a\3\0\2\0"

static const struct {
    struct bytes bytes;
    enum picture_type type;
} good[] = {
    {BYTES(PNG("\0\3")), PICTURE_PNG}, {BYTES(JPEG), PICTURE_JPEG}, {BYTES(VP8X), PICTURE_WEBP},
    {BYTES(VP8L), PICTURE_WEBP},       {BYTES(VP8), PICTURE_WEBP},
};

static void each_kind_says_its_size(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(good); i++) {
        struct picture p = {0};
        expect_ok(picture_read(good[i].bytes, &p));
        assert_int_equal(p.type, good[i].type);
        assert_int_equal(p.width, 3);
        assert_int_equal(p.height, 2);
    }
}

static void one_that_is_cut_is_refused_or_said_its_size_already(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(good); i++) {
        for (size_t len = 0; len < good[i].bytes.len; len++) {
            struct picture p = {0};
            uint8_t *cut = malloc(len + 1);
            memcpy(cut, good[i].bytes.ptr, len);
            assert_true(picture_read(bytes_of(cut, len), &p) != OK || p.width == 3);
            free(cut);
        }
    }
}

static void other_bytes_are_no_picture(void **state)
{
    (void)state;
    const struct bytes bad[] = {
        BYTES("<svg xmlns=\"http://www.w3.org/2000/svg\"><script/></svg>"),
        BYTES("GIF89a\1\0\1\0\0\0\0;"),
        BYTES(PNG("\0\0")),
        BYTES("\xff\xd8\xff\xda\0\4\0\0"),
        BYTES("\xff\xd8\xff\xe0\0\1\0\0"),
        BYTES("RIFF\x16\0\0\0WAVEVP8X\x0a\0\0\0\0\0\0\0\2\0\0\1\0\0"),
    };
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        struct picture p = {.width = 7};
        assert_int_equal(picture_read(bad[i], &p), ERR_INVALID);
        assert_int_equal(p.width, 7);
    }
}

static void one_that_unfolds_to_too_much_is_refused(void **state)
{
    (void)state;
    struct picture p;
    expect_ok(picture_read(BYTES(PNG("\x20\0")), &p));
    assert_int_equal(p.width, LIMIT_PICTURE_SIDE);
    assert_int_equal(picture_read(BYTES(PNG("\x20\1")), &p), ERR_TOO_LARGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_kind_says_its_size),
        cmocka_unit_test(one_that_is_cut_is_refused_or_said_its_size_already),
        cmocka_unit_test(other_bytes_are_no_picture),
        cmocka_unit_test(one_that_unfolds_to_too_much_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
