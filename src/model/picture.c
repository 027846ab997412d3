/* SPDX-License-Identifier: Apache-2.0 */
#include "model/picture.h"

#include "model/limits.h"

static uint32_t u16_be(const uint8_t *p)
{
    return (uint32_t)p[0] << 8 | p[1];
}

static uint32_t u32_be(const uint8_t *p)
{
    return u16_be(p) << 16 | u16_be(p + 2);
}

static uint32_t u16_le(const uint8_t *p)
{
    return (uint32_t)p[1] << 8 | p[0];
}

static uint32_t u24_le(const uint8_t *p)
{
    return (uint32_t)p[2] << 16 | u16_le(p);
}

static bool begins(struct bytes b, size_t at, const char *word, size_t len)
{
    return b.len >= at + len && memcmp(b.ptr + at, word, len) == 0;
}

static enum err sized(struct picture *out, enum picture_type type, uint32_t width, uint32_t height)
{
    if (width == 0 || height == 0) {
        return ERR_INVALID;
    }
    if (width > LIMIT_PICTURE_SIDE || height > LIMIT_PICTURE_SIDE) {
        return ERR_TOO_LARGE;
    }
    *out = (struct picture){.type = type, .width = width, .height = height};
    return OK;
}

static enum err read_png(struct bytes b, struct picture *out)
{
    if (b.len < 24 || !begins(b, 12, "IHDR", 4)) {
        return ERR_INVALID;
    }
    return sized(out, PICTURE_PNG, u32_be(b.ptr + 16), u32_be(b.ptr + 20));
}

static bool is_frame(uint8_t marker)
{
    return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
}

static bool stands_alone(uint8_t marker)
{
    return marker == 0x01 || (marker >= 0xd0 && marker <= 0xd7);
}

/* Segment after segment, up to the one that says the size. */
static enum err read_jpeg(struct bytes b, struct picture *out)
{
    size_t at = 2;
    while (at + 2 <= b.len && b.ptr[at] == 0xff) {
        uint8_t marker = b.ptr[at + 1];
        if (marker == 0xff) {
            at++; /* fill */
            continue;
        }
        at += 2;
        if (stands_alone(marker)) {
            continue;
        }
        if (marker == 0xda || marker == 0xd9 || marker == 0xd8 || at + 2 > b.len) {
            return ERR_INVALID;
        }
        size_t len = u16_be(b.ptr + at);
        if (len < 2 || at + len > b.len) {
            return ERR_INVALID;
        }
        if (is_frame(marker)) {
            return len < 8
                       ? ERR_INVALID
                       : sized(out, PICTURE_JPEG, u16_be(b.ptr + at + 5), u16_be(b.ptr + at + 3));
        }
        at += len;
    }
    return ERR_INVALID;
}

static enum err read_webp(struct bytes b, struct picture *out)
{
    if (b.len < 30) {
        return ERR_INVALID;
    }
    if (begins(b, 12, "VP8X", 4)) {
        return sized(out, PICTURE_WEBP, u24_le(b.ptr + 24) + 1, u24_le(b.ptr + 27) + 1);
    }
    if (begins(b, 12, "VP8L", 4) && b.ptr[20] == 0x2f) {
        uint32_t bits = u16_le(b.ptr + 21) | u16_le(b.ptr + 23) << 16;
        return sized(out, PICTURE_WEBP, (bits & 0x3fff) + 1, (bits >> 14 & 0x3fff) + 1);
    }
    if (begins(b, 12, "VP8 ", 4) && begins(b, 23, "\x9d\x01\x2a", 3)) {
        return sized(out, PICTURE_WEBP, u16_le(b.ptr + 26) & 0x3fff, u16_le(b.ptr + 28) & 0x3fff);
    }
    return ERR_INVALID;
}

enum err picture_read(struct bytes b, struct picture *out)
{
    if (begins(b, 0, "\x89PNG\r\n\x1a\n", 8)) {
        return read_png(b, out);
    }
    if (begins(b, 0, "\xff\xd8", 2)) {
        return read_jpeg(b, out);
    }
    if (begins(b, 0, "RIFF", 4) && begins(b, 8, "WEBP", 4)) {
        return read_webp(b, out);
    }
    return ERR_INVALID;
}

const char *picture_type_text(enum picture_type type)
{
    static const char *const texts[] = {
        [PICTURE_PNG] = "image/png", [PICTURE_JPEG] = "image/jpeg", [PICTURE_WEBP] = "image/webp"};
    ASSERT((size_t)type < ARRAY_LEN(texts));
    return texts[type];
}
