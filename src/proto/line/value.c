/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/line/parts.h"

#include "base/number.h"

/* Longest number that is put into the form of JSON to be read. */
#define NUMBER_ROOM 400

bool line_integer(struct bytes b, int64_t *value)
{
    bool negative = b.len > 0 && b.ptr[0] == '-';
    uint64_t max = (uint64_t)INT64_MAX + (negative ? 1 : 0);
    uint64_t n;
    bool sign = negative || (b.len > 0 && b.ptr[0] == '+');
    if (bytes_to_u64(bytes_skip(b, sign ? 1 : 0), max, &n) != OK) {
        return false;
    }
    *value = negative ? (int64_t)(0 - n) : (int64_t)n;
    return true;
}

/* Forms that JSON has not: +1, .5, 1., 007. They are brought into its form and read as such. */
static bool read_loose(struct bytes b, double *value)
{
    char room[NUMBER_ROOM + 2];
    size_t n = 0;
    if (b.len > NUMBER_ROOM || b.len == 0) {
        return false;
    }
    if (b.ptr[0] == '-' || b.ptr[0] == '+') {
        room[n] = '-';
        n += b.ptr[0] == '-';
        b = bytes_skip(b, 1);
    }
    while (b.len > 1 && b.ptr[0] == '0' && b.ptr[1] >= '0' && b.ptr[1] <= '9') {
        b = bytes_skip(b, 1);
    }
    size_t whole = 0;
    while (whole < b.len && b.ptr[whole] >= '0' && b.ptr[whole] <= '9') {
        room[n++] = (char)b.ptr[whole++];
    }
    b = bytes_skip(b, whole);
    bool point = b.len > 0 && b.ptr[0] == '.';
    bool decimals = point && b.len > 1 && b.ptr[1] >= '0' && b.ptr[1] <= '9';
    if (whole == 0 && !decimals) {
        return false;
    }
    if (whole == 0) {
        room[n++] = '0';
    }
    b = bytes_skip(b, point && !decimals ? 1 : 0);
    if (b.len) {
        memcpy(room + n, b.ptr, b.len);
    }
    return number_parse(bytes_of(room, n + b.len), value) == OK;
}

static bool read_whole(struct bytes digits, uint8_t suffix, double *value)
{
    int64_t i;
    uint64_t u;
    if (suffix == 'i') {
        return line_integer(digits, &i) && (*value = (double)i, true);
    }
    return bytes_to_u64(digits, UINT64_MAX, &u) == OK && (*value = (double)u, true);
}

static bool read_boolean(struct bytes b, double *value)
{
    static const struct {
        struct bytes word;
        double value;
    } words[] = {
        {BYTES("t"), 1},     {BYTES("T"), 1},     {BYTES("true"), 1}, {BYTES("True"), 1},
        {BYTES("TRUE"), 1},  {BYTES("f"), 0},     {BYTES("F"), 0},    {BYTES("false"), 0},
        {BYTES("False"), 0}, {BYTES("FALSE"), 0},
    };
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        if (bytes_equal(b, words[i].word)) {
            *value = words[i].value;
            return true;
        }
    }
    return false;
}

static bool scan_string(struct scan *s, struct line_field *f)
{
    const uint8_t *begin = ++s->at;
    bool escaped = false;
    while (s->at < s->end && *s->at != '"') {
        if (*s->at == 0) {
            return scan_fail(s, "NUL byte");
        }
        if (*s->at == '\\' && s->end - s->at > 1) {
            escaped = true;
            s->at++;
        }
        s->at++;
    }
    f->kind = LINE_STRING;
    f->number = 0;
    f->text = (struct line_text){bytes_of(begin, (size_t)(s->at - begin)), escaped};
    if (s->at == s->end) {
        return scan_fail(s, "string without its closing quote");
    }
    s->at++;
    return scan_class(s) & (CLASS_COMMA | CLASS_SPACE | CLASS_END)
               ? true
               : scan_fail(s, "unexpected text after a string");
}

/* The number or boolean that is all of `b`. */
static bool read_bare(struct bytes b, struct line_field *f)
{
    uint8_t last = b.ptr[b.len - 1];
    if (last == 'i' || last == 'u') {
        f->kind = LINE_INTEGER;
        return read_whole(bytes_of(b.ptr, b.len - 1), last, &f->number);
    }
    f->kind = LINE_FLOAT;
    if (number_parse(b, &f->number) == OK) {
        return true;
    }
    if (read_boolean(b, &f->number)) {
        f->kind = LINE_BOOLEAN;
        return true;
    }
    return read_loose(b, &f->number);
}

bool line_scan_value(struct scan *s, struct line_field *f)
{
    if (scan_class(s) == CLASS_QUOTE) {
        return scan_string(s, f);
    }
    const uint8_t *begin = s->at;
    while (!(scan_class(s) & (CLASS_COMMA | CLASS_SPACE | CLASS_END))) {
        s->at++;
    }
    struct bytes b = bytes_of(begin, (size_t)(s->at - begin));
    f->text = (struct line_text){{NULL, 0}, false};
    if (b.len == 0) {
        return scan_fail(s, "field without a value");
    }
    if (!read_bare(b, f)) {
        bool open = s->at == s->end; /* it may go on in the next part */
        s->at = open ? s->at : begin;
        return scan_fail(s, "value is no finite number, boolean or string");
    }
    return true;
}

/* ---- text ------------------------------------------------------------------------------------ */

static bool name_escape(uint8_t c)
{
    return c == ',' || c == ' ' || c == '=';
}

static bool string_escape(uint8_t c)
{
    return c == '"' || c == '\\';
}

static struct bytes unescape(struct line_text t, bool (*special)(uint8_t), uint8_t *room)
{
    if (!t.escaped) {
        return t.raw;
    }
    size_t n = 0;
    for (size_t i = 0; i < t.raw.len; i++) {
        if (t.raw.ptr[i] == '\\' && i + 1 < t.raw.len && special(t.raw.ptr[i + 1])) {
            i++;
        }
        room[n++] = t.raw.ptr[i];
    }
    return bytes_of(room, n);
}

struct bytes line_name(struct line_text t, uint8_t *room)
{
    return unescape(t, name_escape, room);
}

struct bytes line_string(struct line_text t, uint8_t *room)
{
    return unescape(t, string_escape, room);
}

bool line_name_is(struct line_text t, struct bytes name)
{
    if (!t.escaped) {
        return bytes_equal(t.raw, name);
    }
    size_t n = 0;
    for (size_t i = 0; i < t.raw.len; i++, n++) {
        if (t.raw.ptr[i] == '\\' && i + 1 < t.raw.len && name_escape(t.raw.ptr[i + 1])) {
            i++;
        }
        if (n == name.len || name.ptr[n] != t.raw.ptr[i]) {
            return false;
        }
    }
    return n == name.len;
}

const struct line_text *line_tag_find(const struct line *l, struct bytes key)
{
    ASSERT(l->tag_count <= LINE_TAGS_MAX);
    for (size_t i = 0; i < l->tag_count; i++) {
        if (line_name_is(l->tags[i].key, key)) {
            return &l->tags[i].value;
        }
    }
    return NULL;
}

/* ---- time ------------------------------------------------------------------------------------ */

enum err line_precision_parse(struct bytes word, enum line_precision *p)
{
    static const struct {
        struct bytes word;
        enum line_precision precision;
    } words[] = {
        {BYTES("ns"), LINE_NS},     {BYTES("n"), LINE_NS},    {BYTES("us"), LINE_US},
        {BYTES("u"), LINE_US},      {BYTES("ms"), LINE_MS},   {BYTES("s"), LINE_S},
        {BYTES("m"), LINE_MINUTES}, {BYTES("h"), LINE_HOURS},
    };
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        if (bytes_equal(word, words[i].word)) {
            *p = words[i].precision;
            return OK;
        }
    }
    return ERR_INVALID;
}

enum err line_time_ms(int64_t time, enum line_precision p, int64_t *ms)
{
    static const int64_t divisor[] = {[LINE_NS] = 1000000, [LINE_US] = 1000, [LINE_MS] = 1};
    static const int64_t factor[] = {
        [LINE_S] = 1000, [LINE_MINUTES] = 60000, [LINE_HOURS] = 3600000};
    if (p >= LINE_S) {
        ASSERT(p < ARRAY_LEN(factor));
        int64_t product;
        if (__builtin_mul_overflow(time, factor[p], &product)) {
            return ERR_INVALID;
        }
        *ms = product;
        return OK;
    }
    int64_t whole = time / divisor[p];
    *ms = whole - (time % divisor[p] < 0);
    return OK;
}
