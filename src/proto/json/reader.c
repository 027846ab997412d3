/* SPDX-License-Identifier: Apache-2.0 */
/* The reader. Its whole state is a pointer and one bit a level, so that depth costs nothing and a
 * hostile document can't reach our stack. Runs on the path of every message: strings go by eight
 * bytes at a time, and numbers are read in one pass. */
#include "proto/json/json.h"

#include "base/utf8.h"

#include <math.h>

#define ONES 0x0101010101010101u
#define TOPS 0x8080808080808080u

const char *json_error_text(enum json_error e)
{
    static const char *const texts[] = {
#define JSON_ERROR_TEXT(name, text) text,
        JSON_ERROR_LIST(JSON_ERROR_TEXT)
#undef JSON_ERROR_TEXT
    };
    return texts[e];
}

bool json_fail(struct json_reader *r, enum json_error e)
{
    if (r->error == JSON_OK) {
        r->error = e;
    }
    return false;
}

/* Fails where one more byte was needed: too early an end, or a byte that can't stand there. */
static bool fail_syntax(struct json_reader *r)
{
    return json_fail(r, r->at == r->end ? JSON_ERROR_TRUNCATED : JSON_ERROR_SYNTAX);
}

static inline void skip_space(struct json_reader *r)
{
    while (r->at < r->end &&
           (*r->at == ' ' || *r->at == '\n' || *r->at == '\r' || *r->at == '\t')) {
        r->at++;
    }
}

void json_reader_init(struct json_reader *r, struct bytes text)
{
    *r = (struct json_reader){
        .at = text.ptr, .start = text.ptr, .end = text.ptr + text.len, .due = true};
}

enum json_kind json_peek(struct json_reader *r)
{
    if (r->error != JSON_OK || !r->due) {
        return JSON_NONE;
    }
    skip_space(r);
    if (r->at == r->end) {
        return JSON_NONE;
    }
    switch (*r->at) {
    case '{':
        return JSON_OBJECT;
    case '[':
        return JSON_ARRAY;
    case '"':
        return JSON_STRING;
    case 't':
        return JSON_TRUE;
    case 'f':
        return JSON_FALSE;
    case 'n':
        return JSON_NULL;
    default:
        return *r->at == '-' || (uint8_t)(*r->at - '0') < 10 ? JSON_NUMBER : JSON_NONE;
    }
}

/* Whether a value of `kind` comes next; otherwise fails for what is there instead. */
static bool expect(struct json_reader *r, enum json_kind kind)
{
    enum json_kind found = json_peek(r);
    if (found == kind) {
        return true;
    }
    if (r->error != JSON_OK) {
        return false;
    }
    ASSERT(r->due);
    return found == JSON_NONE ? fail_syntax(r) : json_fail(r, JSON_ERROR_TYPE);
}

/* ---- containers ------------------------------------------------------------------------------ */

static bool enter(struct json_reader *r, enum json_kind kind)
{
    if (r->depth == JSON_DEPTH_MAX) {
        return json_fail(r, JSON_ERROR_DEPTH);
    }
    uint64_t bit = (uint64_t)1 << r->depth++;
    r->objects = kind == JSON_OBJECT ? r->objects | bit : r->objects & ~bit;
    r->first = true;
    r->due = false;
    r->at++;
    return true;
}

bool json_read_object(struct json_reader *r)
{
    return expect(r, JSON_OBJECT) && enter(r, JSON_OBJECT);
}

bool json_read_array(struct json_reader *r)
{
    return expect(r, JSON_ARRAY) && enter(r, JSON_ARRAY);
}

static inline bool in_object(const struct json_reader *r)
{
    return r->depth > 0 && (r->objects >> (r->depth - 1) & 1);
}

/* Passes the comma before the next member, or leaves the container at its closing bracket.
 * True: a member follows. */
static bool next_member(struct json_reader *r, uint8_t close)
{
    skip_space(r);
    if (r->at == r->end) {
        return fail_syntax(r);
    }
    if (*r->at == close) {
        r->at++;
        r->depth--;
        r->first = false;
        return false;
    }
    if (!r->first) {
        if (*r->at != ',') {
            return fail_syntax(r);
        }
        r->at++;
        skip_space(r);
    }
    r->first = false;
    return true;
}

/* Skips the value that is still due in the innermost container. False: it was not well formed. */
static inline bool settle(struct json_reader *r)
{
    return r->error == JSON_OK && (!r->due || json_skip(r));
}

/* ---- strings --------------------------------------------------------------------------------- */

/* Length of the run at `p` that needs no look: no quote, no backslash, no control character, ASCII
 * only. Eight bytes at a time; the usual tests for a zero byte and for a byte below 0x20. */
static size_t plain_run(const uint8_t *p, const uint8_t *end)
{
    const uint8_t *begin = p;
    while (end - p >= 8) {
        uint64_t v = le64_load(p);
        uint64_t quote = v ^ (ONES * '"');
        uint64_t slash = v ^ (ONES * '\\');
        uint64_t special = ((quote - ONES) | (slash - ONES) | (v - ONES * 0x20) | v) & TOPS;
        if (special) {
            /* Bytes above the lowest hit may be hit by its borrow; the lowest one is true. */
            return (size_t)(p - begin) + (size_t)__builtin_ctzll(special) / 8;
        }
        p += 8;
    }
    while (p < end && *p != '"' && *p != '\\' && *p >= 0x20 && *p < 0x80) {
        p++;
    }
    return (size_t)(p - begin);
}

static int hex_value(uint8_t c)
{
    if ((uint8_t)(c - '0') < 10) {
        return c - '0';
    }
    uint8_t letter = (uint8_t)((c | 0x20) - 'a');
    return letter < 6 ? letter + 10 : -1;
}

/* The code unit of the four hexadecimal digits at `p`, or -1. */
static int code_unit(const uint8_t *p, const uint8_t *end)
{
    if (end - p < 4) {
        return -1;
    }
    int unit = 0;
    for (int i = 0; i < 4; i++) {
        int digit = hex_value(p[i]);
        if (digit < 0) {
            return -1;
        }
        unit = unit << 4 | digit;
    }
    return unit;
}

/* Passes \uXXXX, with the reader at the backslash; a pair of surrogates counts as one. */
static bool pass_code_unit(struct json_reader *r)
{
    int unit = code_unit(r->at + 2, r->end);
    if (unit < 0) {
        return json_fail(r, JSON_ERROR_SYNTAX);
    }
    if ((unit & 0xf800) != 0xd800) {
        r->at += 6;
        return true;
    }
    bool pair = (unit & 0xfc00) == 0xd800 && r->end - r->at >= 12 && r->at[6] == '\\' &&
                r->at[7] == 'u' && (code_unit(r->at + 8, r->end) & ~0x3ff) == 0xdc00;
    if (!pair) {
        return json_fail(r, JSON_ERROR_UTF8);
    }
    r->at += 12;
    return true;
}

static bool pass_escape(struct json_reader *r)
{
    if (r->end - r->at < 2) {
        r->at = r->end;
        return fail_syntax(r);
    }
    switch (r->at[1]) {
    case '"':
    case '\\':
    case '/':
    case 'b':
    case 'f':
    case 'n':
    case 'r':
    case 't':
        r->at += 2;
        return true;
    case 'u':
        return pass_code_unit(r);
    default:
        return json_fail(r, JSON_ERROR_SYNTAX);
    }
}

/* Passes a run of characters beyond ASCII. */
static bool pass_utf8(struct json_reader *r)
{
    const uint8_t *p = r->at;
    while (p < r->end && *p >= 0x80) {
        p++;
    }
    if (!utf8_valid(bytes_of(r->at, (size_t)(p - r->at)))) {
        return json_fail(r, JSON_ERROR_UTF8);
    }
    r->at = p;
    return true;
}

/* Passes a string, with the reader at its opening quote. */
static bool pass_string(struct json_reader *r, struct json_text *text)
{
    const uint8_t *begin = ++r->at;
    text->escaped = false;
    for (;;) {
        r->at += plain_run(r->at, r->end);
        if (r->at == r->end) {
            return fail_syntax(r);
        }
        uint8_t c = *r->at;
        if (c == '"') {
            text->raw = bytes_of(begin, (size_t)(r->at - begin));
            r->at++;
            return true;
        }
        if (c == '\\') {
            text->escaped = true;
            if (!pass_escape(r)) {
                return false;
            }
        } else if (c < 0x20) {
            return fail_syntax(r);
        } else if (!pass_utf8(r)) {
            return false;
        }
    }
}

bool json_read_text(struct json_reader *r, struct json_text *text)
{
    struct json_text found;
    if (!expect(r, JSON_STRING) || !pass_string(r, &found)) {
        return false;
    }
    *text = found;
    r->due = false;
    return true;
}

bool json_read_key(struct json_reader *r, struct json_text *key)
{
    if (!settle(r)) {
        return false;
    }
    ASSERT(in_object(r));
    if (!next_member(r, '}')) {
        return false;
    }
    if (r->at == r->end || *r->at != '"') {
        return fail_syntax(r);
    }
    struct json_text found;
    if (!pass_string(r, &found)) {
        return false;
    }
    skip_space(r);
    if (r->at == r->end || *r->at != ':') {
        return fail_syntax(r);
    }
    r->at++;
    r->due = true;
    *key = found;
    return true;
}

bool json_read_item(struct json_reader *r)
{
    if (!settle(r)) {
        return false;
    }
    ASSERT(r->depth > 0 && !in_object(r));
    r->due = next_member(r, ']');
    return r->due;
}

/* ---- scalars --------------------------------------------------------------------------------- */

/* Passes a number and gives its value, infinite when no double holds it. */
static enum err take_number(struct json_reader *r, double *value)
{
    struct bytes rest = bytes_of(r->at, (size_t)(r->end - r->at));
    size_t used = 0;
    double v = 0;
    enum err e = number_parse_prefix(rest, &v, &used);
    if (e == ERR_TOO_LARGE) {
        v = *rest.ptr == '-' ? -HUGE_VAL : HUGE_VAL;
        used = number_span(rest);
    }
    if (e != ERR_INVALID) {
        *value = v;
        r->at += used;
        r->due = false;
    }
    return e;
}

bool json_read_number(struct json_reader *r, double *value)
{
    if (!expect(r, JSON_NUMBER)) {
        return false;
    }
    const uint8_t *begin = r->at;
    double v = 0;
    enum err e = take_number(r, &v);
    if (e != OK) {
        r->at = begin;
        return json_fail(r, e == ERR_TOO_LARGE ? JSON_ERROR_RANGE : JSON_ERROR_SYNTAX);
    }
    *value = v;
    return true;
}

bool json_read_any_number(struct json_reader *r, double *value)
{
    return expect(r, JSON_NUMBER) &&
           (take_number(r, value) != ERR_INVALID || json_fail(r, JSON_ERROR_SYNTAX));
}

/* Reads digits with an optional sign, of which i64 holds all. */
static bool integer_of(struct bytes b, int64_t *value)
{
    bool negative = b.len > 0 && b.ptr[0] == '-';
    uint64_t limit = (uint64_t)INT64_MAX + negative;
    uint64_t u;
    if (bytes_to_u64(bytes_skip(b, negative), limit, &u) != OK) {
        return false;
    }
    *value = (int64_t)(negative ? 0 - u : u);
    return true;
}

bool json_read_i64(struct json_reader *r, int64_t *value)
{
    if (!expect(r, JSON_NUMBER)) {
        return false;
    }
    struct bytes rest = bytes_of(r->at, (size_t)(r->end - r->at));
    struct bytes text = bytes_of(rest.ptr, number_span(rest));
    if (text.len == 0) {
        return json_fail(r, JSON_ERROR_SYNTAX);
    }
    double v;
    if (!integer_of(text, value)) {
        /* Beyond 2^53 only plain digits are taken, since a double no longer tells neighbours. */
        if (number_parse(text, &v) != OK || v < -0x1p53 || v > 0x1p53 || v != (double)(int64_t)v) {
            return json_fail(r, JSON_ERROR_RANGE);
        }
        *value = (int64_t)v;
    }
    r->at += text.len;
    r->due = false;
    return true;
}

/* Passes the word `word`, whose first letter is known to be there. */
static bool pass_word(struct json_reader *r, struct bytes word)
{
    struct bytes rest = bytes_of(r->at, (size_t)(r->end - r->at));
    if (!bytes_start_with(rest, word)) {
        return json_fail(r, JSON_ERROR_SYNTAX);
    }
    r->at += word.len;
    r->due = false;
    return true;
}

bool json_read_bool(struct json_reader *r, bool *value)
{
    bool is_true = json_peek(r) == JSON_TRUE;
    if (!expect(r, is_true ? JSON_TRUE : JSON_FALSE) ||
        !pass_word(r, is_true ? BYTES("true") : BYTES("false"))) {
        return false;
    }
    *value = is_true;
    return true;
}

bool json_read_null(struct json_reader *r)
{
    return expect(r, JSON_NULL) && pass_word(r, BYTES("null"));
}

/* ---- passing over ---------------------------------------------------------------------------- */

static bool pass_number(struct json_reader *r)
{
    size_t len = number_span(bytes_of(r->at, (size_t)(r->end - r->at)));
    if (len == 0) {
        return json_fail(r, JSON_ERROR_SYNTAX);
    }
    r->at += len;
    r->due = false;
    return true;
}

/* Passes one scalar whole, or enters one container. */
static bool pass_begin(struct json_reader *r)
{
    struct json_text text;
    switch (json_peek(r)) {
    case JSON_OBJECT:
        return enter(r, JSON_OBJECT);
    case JSON_ARRAY:
        return enter(r, JSON_ARRAY);
    case JSON_STRING:
        return json_read_text(r, &text);
    case JSON_NUMBER:
        return pass_number(r);
    case JSON_TRUE:
        return pass_word(r, BYTES("true"));
    case JSON_FALSE:
        return pass_word(r, BYTES("false"));
    case JSON_NULL:
        return pass_word(r, BYTES("null"));
    case JSON_NONE:
        break;
    }
    return r->error == JSON_OK && fail_syntax(r);
}

/* Passes over all that is left down to `depth` open containers. A value is due whenever the key
 * before it was read, so neither json_read_key nor json_read_item comes back here. */
static bool pass_to_depth(struct json_reader *r, uint8_t depth)
{
    while (r->depth > depth) {
        struct json_text key;
        if (r->due) {
            (void)pass_begin(r);
        } else if (in_object(r)) {
            (void)json_read_key(r, &key);
        } else {
            (void)json_read_item(r);
        }
        if (r->error != JSON_OK) {
            return false;
        }
    }
    return true;
}

bool json_skip(struct json_reader *r)
{
    if (r->error != JSON_OK) {
        return false;
    }
    ASSERT(r->due);
    uint8_t depth = r->depth;
    return pass_begin(r) && pass_to_depth(r, depth);
}

bool json_read_raw(struct json_reader *r, struct bytes *raw)
{
    if (r->error != JSON_OK) {
        return false;
    }
    skip_space(r);
    const uint8_t *begin = r->at;
    if (!json_skip(r)) {
        return false;
    }
    *raw = bytes_of(begin, (size_t)(r->at - begin));
    return true;
}

bool json_leave(struct json_reader *r)
{
    if (r->error != JSON_OK) {
        return false;
    }
    ASSERT(r->depth > 0);
    return pass_to_depth(r, (uint8_t)(r->depth - 1));
}

bool json_finish(struct json_reader *r)
{
    if (!settle(r)) {
        return false;
    }
    ASSERT(r->depth == 0);
    skip_space(r);
    return r->at == r->end || json_fail(r, JSON_ERROR_TRAILING);
}
