/* SPDX-License-Identifier: Apache-2.0 */
/* Paths and query strings: split first, then decode each part once, so that an encoded delimiter
 * stays data. */
#include "proto/http/parts.h"

#include "base/utf8.h"

static int hex_value(uint8_t c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* What '+' stands for. */
enum plus {
    PLUS_IS_PLUS, /* in a path */
    PLUS_IS_SPACE /* in a query */
};

/* Decodes `in` into `out`, which has room for in.len bytes. */
static enum err decode(struct bytes in, enum plus plus, uint8_t *out, struct bytes *decoded)
{
    size_t n = 0;
    for (size_t i = 0; i < in.len; i++) {
        uint8_t c = in.ptr[i];
        if (c == '%') {
            int high = i + 2 < in.len ? hex_value(in.ptr[i + 1]) : -1;
            int low = i + 2 < in.len ? hex_value(in.ptr[i + 2]) : -1;
            if (high < 0 || low < 0 || (high == 0 && low == 0)) {
                return ERR_INVALID;
            }
            c = (uint8_t)(high * 16 + low);
            i += 2;
        } else if (c == '+' && plus == PLUS_IS_SPACE) {
            c = ' ';
        }
        out[n++] = c;
    }
    *decoded = bytes_of(out, n);
    return utf8_valid(*decoded) ? OK : ERR_INVALID;
}

static bool is_dots(struct bytes b)
{
    return bytes_equal(b, BYTES(".")) || bytes_equal(b, BYTES(".."));
}

enum err http_path_split(struct bytes path, uint8_t *memory, struct bytes *segments, size_t max,
                         size_t *count)
{
    if (path.len == 0 || path.ptr[0] != '/') {
        return ERR_INVALID;
    }
    size_t n = 0;
    struct bytes rest = bytes_skip(path, 1);
    for (bool more = true; more;) {
        if (n == max) {
            return ERR_FULL;
        }
        size_t len = bytes_index(rest, '/');
        enum err e = decode(bytes_of(rest.ptr, len), PLUS_IS_PLUS, memory, &segments[n]);
        if (e != OK || is_dots(segments[n])) {
            return ERR_INVALID;
        }
        memory += segments[n++].len;
        more = len < rest.len;
        rest = more ? bytes_skip(rest, len + 1) : rest;
    }
    *count = n;
    return OK;
}

/* Takes the next parameter off; name and value as they stand there. */
static bool next_pair(struct bytes *query, struct bytes *name, struct bytes *raw)
{
    if (query->len == 0) {
        return false;
    }
    size_t len = bytes_index(*query, '&');
    struct bytes pair = bytes_of(query->ptr, len);
    *query = bytes_skip(*query, len < query->len ? len + 1 : len);
    size_t equals = bytes_index(pair, '=');
    *name = bytes_of(pair.ptr, equals);
    *raw = equals < pair.len ? bytes_skip(pair, equals + 1) : (struct bytes){0};
    return true;
}

static enum err decode_value(struct bytes raw, uint8_t *memory, size_t cap, struct bytes *value)
{
    return raw.len > cap ? ERR_TOO_LARGE : decode(raw, PLUS_IS_SPACE, memory, value);
}

enum err http_query_find(struct bytes query, const char *name, uint8_t *memory, size_t cap,
                         struct bytes *value)
{
    struct bytes wanted = bytes_of_text(name);
    struct bytes found;
    struct bytes raw;
    while (next_pair(&query, &found, &raw)) {
        if (bytes_equal(found, wanted)) {
            return decode_value(raw, memory, cap, value);
        }
    }
    return ERR_NOT_FOUND;
}

enum err http_query_next(struct bytes *query, uint8_t *memory, size_t cap, struct bytes *name,
                         struct bytes *value)
{
    struct bytes raw;
    return next_pair(query, name, &raw) ? decode_value(raw, memory, cap, value) : ERR_NOT_FOUND;
}

void http_put_encoded(struct buf *out, struct bytes b)
{
    static const char digits[] = "0123456789ABCDEF";
    for (size_t i = 0; i < b.len; i++) {
        uint8_t c = b.ptr[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                     c == '-' || c == '.' || c == '_' || c == '~';
        if (plain) {
            buf_put_byte(out, c);
        } else {
            buf_put_byte(out, '%');
            buf_put_byte(out, (uint8_t)digits[c >> 4]);
            buf_put_byte(out, (uint8_t)digits[c & 15]);
        }
    }
}
