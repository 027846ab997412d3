/* SPDX-License-Identifier: Apache-2.0 */
/* Strings that the reader has already validated: compared, copied and appended without their
 * escapes. Since they are valid, nothing here can fail but for lack of room. */
#include "proto/json/json.h"

static unsigned hex_value(uint8_t c)
{
    return c <= '9' ? c - (unsigned)'0' : (c | 0x20u) - 'a' + 10u;
}

static uint32_t code_unit(const uint8_t *p)
{
    return hex_value(p[0]) << 12 | hex_value(p[1]) << 8 | hex_value(p[2]) << 4 | hex_value(p[3]);
}

/* Writes code point `c` as UTF-8; returns its length. */
static size_t put_utf8(uint32_t c, uint8_t out[4])
{
    if (c < 0x80) {
        out[0] = (uint8_t)c;
        return 1;
    }
    if (c < 0x800) {
        out[0] = (uint8_t)(0xc0 | c >> 6);
        out[1] = (uint8_t)(0x80 | (c & 0x3f));
        return 2;
    }
    if (c < 0x10000) {
        out[0] = (uint8_t)(0xe0 | c >> 12);
        out[1] = (uint8_t)(0x80 | (c >> 6 & 0x3f));
        out[2] = (uint8_t)(0x80 | (c & 0x3f));
        return 3;
    }
    out[0] = (uint8_t)(0xf0 | c >> 18);
    out[1] = (uint8_t)(0x80 | (c >> 12 & 0x3f));
    out[2] = (uint8_t)(0x80 | (c >> 6 & 0x3f));
    out[3] = (uint8_t)(0x80 | (c & 0x3f));
    return 4;
}

/* A stretch of the unescaped text: a run of `raw` as it stands, or one escape's bytes in `room`. */
struct stretch {
    struct bytes bytes;
    uint8_t room[4];
};

/* Takes the escape at the start of `raw`; returns what is left of it. */
static struct bytes take_escape(struct bytes raw, struct stretch *s)
{
    static const uint8_t plain[256] = {['"'] = '"',  ['\\'] = '\\', ['/'] = '/',  ['b'] = '\b',
                                       ['f'] = '\f', ['n'] = '\n',  ['r'] = '\r', ['t'] = '\t'};
    size_t used = 2;
    uint32_t c = plain[raw.ptr[1]];
    if (raw.ptr[1] == 'u') {
        used = 6;
        c = code_unit(raw.ptr + 2);
        if ((c & 0xfc00) == 0xd800) {
            used = 12;
            c = 0x10000 + ((c & 0x3ff) << 10) + (code_unit(raw.ptr + 8) & 0x3ff);
        }
    }
    s->bytes = bytes_of(s->room, put_utf8(c, s->room));
    return bytes_skip(raw, used);
}

/* Takes the next stretch of `raw`, which isn't empty; returns what is left of it. */
static struct bytes take_stretch(struct bytes raw, struct stretch *s)
{
    if (raw.ptr[0] == '\\') {
        return take_escape(raw, s);
    }
    s->bytes = bytes_of(raw.ptr, bytes_index(raw, '\\'));
    return bytes_skip(raw, s->bytes.len);
}

bool json_text_equal(struct json_text text, struct bytes literal)
{
    if (!text.escaped) {
        return bytes_equal(text.raw, literal);
    }
    struct bytes raw = text.raw;
    while (raw.len > 0) {
        struct stretch s;
        raw = take_stretch(raw, &s);
        if (!bytes_start_with(literal, s.bytes)) {
            return false;
        }
        literal = bytes_skip(literal, s.bytes.len);
    }
    return literal.len == 0;
}

enum err json_text_get(struct json_text text, void *scratch, size_t cap, struct bytes *value)
{
    if (!text.escaped) {
        *value = text.raw;
        return OK;
    }
    uint8_t *out = scratch;
    size_t len = 0;
    struct bytes raw = text.raw;
    while (raw.len > 0) {
        struct stretch s;
        raw = take_stretch(raw, &s);
        if (s.bytes.len > cap - len) {
            return ERR_TOO_LARGE;
        }
        memcpy(out + len, s.bytes.ptr, s.bytes.len);
        len += s.bytes.len;
    }
    *value = bytes_of(out, len);
    return OK;
}

void json_text_append(struct json_text text, struct buf *out)
{
    struct bytes raw = text.raw;
    while (text.escaped && raw.len > 0) {
        struct stretch s;
        raw = take_stretch(raw, &s);
        buf_put_bytes(out, s.bytes);
    }
    if (!text.escaped) {
        buf_put_bytes(out, raw);
    }
}
