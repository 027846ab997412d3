/* SPDX-License-Identifier: Apache-2.0 */
/* Encoded words of RFC 2047 and the quoted-printable of RFC 2045. */
#include "proto/mail/parts.h"

#include "base/base64.h"
#include "base/utf8.h"

#define LINE_MAX_BYTES 76
/* An encoded word has at most 75 characters: twelve are its brackets, four stand for three bytes.
 */
#define WORD_BYTES 45

static bool is_plain(struct bytes text, size_t column)
{
    for (size_t i = 0; i < text.len; i++) {
        uint8_t c = text.ptr[i];
        if (c < 0x20 || c > 0x7e || (c == '=' && i + 1 < text.len && text.ptr[i + 1] == '?')) {
            return false;
        }
    }
    bool padded = text.len && (text.ptr[0] == ' ' || text.ptr[text.len - 1] == ' ');
    return !padded && column + text.len <= LINE_MAX_BYTES;
}

static void put_word(struct buf *out, struct bytes part)
{
    uint8_t clean[WORD_BYTES];
    for (size_t i = 0; i < part.len; i++) {
        clean[i] = part.ptr[i] < 0x20 || part.ptr[i] == 0x7f ? ' ' : part.ptr[i];
    }
    buf_put_text(out, "=?UTF-8?B?");
    base64_append(out, bytes_of(clean, part.len));
    buf_put_text(out, "?=");
}

void mail_put_words(struct buf *out, struct bytes text, size_t column)
{
    if (is_plain(text, column)) {
        buf_put_bytes(out, text);
        return;
    }
    for (bool first = true; text.len; first = false) {
        struct bytes part = utf8_clip(text, WORD_BYTES);
        if (!first) {
            buf_put_text(out, "\r\n ");
        }
        put_word(out, part);
        text = bytes_skip(text, part.len);
    }
}

/* Whether `c` may stand for itself; white space may not end a line. */
static bool stands(uint8_t c, bool last)
{
    if (c == ' ' || c == '\t') {
        return !last;
    }
    return c > 0x20 && c < 0x7f && c != '=';
}

static void put_line(struct buf *out, struct bytes line)
{
    size_t column = 0;
    for (size_t i = 0; i < line.len; i++) {
        bool itself = stands(line.ptr[i], i + 1 == line.len);
        size_t width = itself ? 1 : 3;
        if (column + width > LINE_MAX_BYTES - 1) {
            buf_put_text(out, "=\r\n");
            column = 0;
        }
        if (itself) {
            buf_put_byte(out, line.ptr[i]);
        } else {
            buf_printf(out, "=%02X", line.ptr[i]);
        }
        column += width;
    }
    buf_put_text(out, "\r\n");
}

void mail_put_quoted(struct buf *out, struct bytes text)
{
    while (text.len) {
        size_t end = 0;
        while (end < text.len && text.ptr[end] != '\n' && text.ptr[end] != '\r') {
            end++;
        }
        put_line(out, bytes_of(text.ptr, end));
        bool pair = end + 1 < text.len && text.ptr[end] == '\r' && text.ptr[end + 1] == '\n';
        text = bytes_skip(text, size_min(text.len, end + (pair ? 2 : 1)));
    }
}
