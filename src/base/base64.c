/* SPDX-License-Identifier: Apache-2.0 */
#include "base/base64.h"

static const char usual[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char of_urls[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/* Appends one to three bytes as two to four characters. */
static void append_group(struct buf *out, const char *alphabet, const uint8_t *in, size_t n)
{
    uint32_t bits = (uint32_t)in[0] << 16;
    bits |= n > 1 ? (uint32_t)in[1] << 8 : 0;
    bits |= n > 2 ? in[2] : 0;
    for (size_t i = 0; i <= n; i++) {
        buf_put_byte(out, (uint8_t)alphabet[bits >> (18 - 6 * i) & 63]);
    }
}

static void append(struct buf *out, const char *alphabet, struct bytes in)
{
    for (size_t i = 0; i < in.len; i += 3) {
        append_group(out, alphabet, in.ptr + i, size_min(3, in.len - i));
    }
}

void base64_append(struct buf *out, struct bytes in)
{
    append(out, usual, in);
    for (size_t i = in.len % 3; i % 3 != 0; i++) {
        buf_put_byte(out, '=');
    }
}

void base64url_append(struct buf *out, struct bytes in)
{
    append(out, of_urls, in);
}

static struct bytes without_padding(struct bytes text)
{
    for (size_t i = 0; i < 2 && text.len && text.ptr[text.len - 1] == '='; i++) {
        text.len--;
    }
    return text;
}

enum err base64url_decode(struct bytes text, struct buf *out)
{
    size_t before = out->len;
    uint32_t bits = 0;
    unsigned held = 0;
    text = without_padding(text);
    for (size_t i = 0; i < text.len; i++) {
        const char *at = text.ptr[i] ? strchr(of_urls, text.ptr[i]) : NULL;
        if (!at) {
            out->len = before;
            return ERR_INVALID;
        }
        bits = bits << 6 | (uint32_t)(at - of_urls);
        held += 6;
        if (held >= 8) {
            held -= 8;
            buf_put_byte(out, (uint8_t)(bits >> held));
            bits &= (1u << held) - 1;
        }
    }
    if (text.len % 4 == 1 || bits != 0) {
        out->len = before;
        return ERR_INVALID;
    }
    return OK;
}
