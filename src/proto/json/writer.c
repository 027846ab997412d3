/* SPDX-License-Identifier: Apache-2.0 */
/* The writer: one flag decides about commas. It trusts its caller to open, name and close in order
 * and to hand it valid UTF-8, which is what everything inside the program is. */
#include "proto/json/json.h"

#include <math.h>

/* Makes room for a value of up to `len` bytes, with its comma written; returns where it begins. */
static uint8_t *begin_value(struct json_writer *w, size_t len)
{
    uint8_t *p = buf_reserve(w->out, len + 1);
    if (w->comma) {
        *p++ = ',';
        w->out->len++;
    }
    w->comma = true;
    return p;
}

static void open_container(struct json_writer *w, char bracket)
{
    *begin_value(w, 1) = (uint8_t)bracket;
    w->out->len++;
    w->comma = false;
}

static void close_container(struct json_writer *w, char bracket)
{
    buf_put_byte(w->out, (uint8_t)bracket);
    w->comma = true;
}

void json_write_object(struct json_writer *w)
{
    open_container(w, '{');
}

void json_write_object_end(struct json_writer *w)
{
    close_container(w, '}');
}

void json_write_array(struct json_writer *w)
{
    open_container(w, '[');
}

void json_write_array_end(struct json_writer *w)
{
    close_container(w, ']');
}

static bool needs_escape(uint8_t c)
{
    return c < 0x20 || c == '"' || c == '\\';
}

/* Writes the escape of `c`; returns what follows it. */
static uint8_t *put_escape(uint8_t *p, uint8_t c)
{
    static const char letters[256] = {['"'] = '"',  ['\\'] = '\\', ['\b'] = 'b', ['\f'] = 'f',
                                      ['\n'] = 'n', ['\r'] = 'r',  ['\t'] = 't'};
    *p++ = '\\';
    if (letters[c]) {
        *p++ = (uint8_t)letters[c];
        return p;
    }
    memcpy(p, "u00", 3);
    p[3] = (uint8_t)('0' + (c >> 4));
    p[4] = (uint8_t) "0123456789abcdef"[c & 15];
    return p + 5;
}

/* Each byte becomes at most six; room for the worst case is made once. */
static uint8_t *put_string(uint8_t *p, struct bytes text)
{
    *p++ = '"';
    for (size_t i = 0; i < text.len; i++) {
        uint8_t c = text.ptr[i];
        if (needs_escape(c)) {
            p = put_escape(p, c);
        } else {
            *p++ = c;
        }
    }
    *p++ = '"';
    return p;
}

void json_write_text(struct json_writer *w, struct bytes text)
{
    uint8_t *p = begin_value(w, text.len * 6 + 2);
    w->out->len += (size_t)(put_string(p, text) - p);
}

void json_write_key_bytes(struct json_writer *w, struct bytes key)
{
    uint8_t *p = begin_value(w, key.len * 6 + 3);
    uint8_t *end = put_string(p, key);
    *end++ = ':';
    w->out->len += (size_t)(end - p);
    w->comma = false;
}

void json_write_read_key(struct json_writer *w, struct json_text key)
{
    uint8_t *p = begin_value(w, key.raw.len + 3);
    *p++ = '"';
    memcpy(p, key.raw.ptr, key.raw.len);
    memcpy(p + key.raw.len, "\":", 2);
    w->out->len += key.raw.len + 3;
    w->comma = false;
}

void json_write_raw(struct json_writer *w, struct bytes json)
{
    uint8_t *p = begin_value(w, json.len);
    if (json.len > 0) {
        memcpy(p, json.ptr, json.len);
    }
    w->out->len += json.len;
}

void json_write_number(struct json_writer *w, double value)
{
    if (!isfinite(value)) {
        json_write_null(w);
        return;
    }
    uint8_t *p = begin_value(w, NUMBER_TEXT_MAX);
    w->out->len += number_print(value, (char *)p);
}

void json_write_i64(struct json_writer *w, int64_t value)
{
    uint8_t *p = begin_value(w, NUMBER_TEXT_MAX);
    w->out->len += number_print_i64(value, (char *)p);
}

void json_write_u64(struct json_writer *w, uint64_t value)
{
    if (value <= INT64_MAX) {
        json_write_i64(w, (int64_t)value);
        return;
    }
    /* Beyond i64 the last digit goes by itself. */
    uint8_t *p = begin_value(w, NUMBER_TEXT_MAX);
    size_t len = number_print_i64((int64_t)(value / 10), (char *)p);
    p[len] = (uint8_t)('0' + value % 10);
    w->out->len += len + 1;
}

void json_write_bool(struct json_writer *w, bool value)
{
    json_write_raw(w, value ? BYTES("true") : BYTES("false"));
}

void json_write_null(struct json_writer *w)
{
    json_write_raw(w, BYTES("null"));
}
