/* SPDX-License-Identifier: Apache-2.0 */
/* The reader against the grammar of RFC 8259, exhaustively: every text of a few characters over the
 * alphabets that matter, every byte at every place of a document, every class of UTF-8 and of
 * escapes. The judge is the grammar written down once more as plainly as it can be, a function a
 * rule. Where the RFC leaves a choice, ours is: UTF-8 as RFC 3629 has it, no byte order mark, no
 * half of a surrogate pair, at most JSON_DEPTH_MAX containers. */
#include "proto/json/json.h"

#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

/* ---- the grammar, each rule from `p` on: where it ends, or NULL ---- */

struct span {
    const uint8_t *end;
    unsigned depth;
};

static const uint8_t *value(struct span *s, const uint8_t *p);

/* ws = *( %x20 / %x09 / %x0A / %x0D ) */
static const uint8_t *ws(const struct span *s, const uint8_t *p)
{
    while (p < s->end && (*p == 0x20 || *p == 0x09 || *p == 0x0a || *p == 0x0d)) {
        p++;
    }
    return p;
}

/* A character of structure with white space around it. */
static const uint8_t *structural(const struct span *s, const uint8_t *p, uint8_t c)
{
    p = ws(s, p);
    return p < s->end && *p == c ? ws(s, p + 1) : NULL;
}

static const uint8_t *literal(const struct span *s, const uint8_t *p, const char *word)
{
    size_t len = strlen(word);
    return (size_t)(s->end - p) >= len && memcmp(p, word, len) == 0 ? p + len : NULL;
}

static bool is_digit(const struct span *s, const uint8_t *p)
{
    return p < s->end && *p >= '0' && *p <= '9';
}

static const uint8_t *digits(const struct span *s, const uint8_t *p)
{
    if (!is_digit(s, p)) {
        return NULL;
    }
    while (is_digit(s, p)) {
        p++;
    }
    return p;
}

/* number = [ minus ] int [ frac ] [ exp ] */
static const uint8_t *number(const struct span *s, const uint8_t *p)
{
    p += p < s->end && *p == '-';
    p = p < s->end && *p == '0' ? p + 1 : digits(s, p);
    if (p && p < s->end && *p == '.') {
        p = digits(s, p + 1);
    }
    if (p && p < s->end && (*p == 'e' || *p == 'E')) {
        p++;
        p += p < s->end && (*p == '+' || *p == '-');
        p = digits(s, p);
    }
    return p;
}

static int hex4(const struct span *s, const uint8_t *p)
{
    int v = 0;
    for (int i = 0; i < 4; i++, p++) {
        if (p >= s->end) {
            return -1;
        }
        int digit = *p >= '0' && *p <= '9'   ? *p - '0'
                    : *p >= 'a' && *p <= 'f' ? *p - 'a' + 10
                    : *p >= 'A' && *p <= 'F' ? *p - 'A' + 10
                                             : -1;
        if (digit < 0) {
            return -1;
        }
        v = v * 16 + digit;
    }
    return v;
}

/* escape ( one of "\/bfnrt / uXXXX ), pairs of surrogates together */
static const uint8_t *escape(const struct span *s, const uint8_t *p)
{
    if (p + 1 >= s->end) {
        return NULL;
    }
    if (p[1] != 'u') {
        return p[1] && strchr("\"\\/bfnrt", p[1]) ? p + 2 : NULL;
    }
    int first = hex4(s, p + 2);
    if (first < 0 || (first >= 0xdc00 && first <= 0xdfff)) {
        return NULL;
    }
    if (first < 0xd800 || first > 0xdbff) {
        return p + 6;
    }
    if (s->end - p < 12 || p[6] != '\\' || p[7] != 'u') {
        return NULL;
    }
    int second = hex4(s, p + 8);
    return second >= 0xdc00 && second <= 0xdfff ? p + 12 : NULL;
}

/* unescaped = %x20-21 / %x23-5B / %x5D-10FFFF, in UTF-8: by decoding and encoding again. */
static const uint8_t *unescaped(const struct span *s, const uint8_t *p)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    if (*p < 0x80) {
        return *p >= 0x20 ? p + 1 : NULL;
    }
    int len = *p >= 0xf0 ? 4 : *p >= 0xe0 ? 3 : *p >= 0xc0 ? 2 : 0;
    if (len == 0 || *p >= 0xf8 || s->end - p < len) {
        return NULL;
    }
    uint32_t c = *p & (0xffu >> (len + 1));
    for (int i = 1; i < len; i++) {
        if ((p[i] & 0xc0) != 0x80) {
            return NULL;
        }
        c = c << 6 | (p[i] & 0x3f);
    }
    bool good = c >= least[len] && c <= 0x10ffff && (c < 0xd800 || c > 0xdfff);
    return good ? p + len : NULL;
}

/* string = quotation-mark *char quotation-mark */
static const uint8_t *string(const struct span *s, const uint8_t *p)
{
    if (p >= s->end || *p != '"') {
        return NULL;
    }
    p++;
    while (p && p < s->end && *p != '"') {
        p = *p == '\\' ? escape(s, p) : unescaped(s, p);
    }
    return p && p < s->end ? p + 1 : NULL;
}

/* object = begin-object [ member *( value-separator member ) ] end-object; an array likewise */
static const uint8_t *container(struct span *s, const uint8_t *p, uint8_t open, uint8_t close)
{
    const uint8_t *after;
    p = ws(s, p + 1);
    if (s->depth++ == JSON_DEPTH_MAX) {
        return NULL;
    }
    if (p < s->end && *p == close) {
        s->depth--;
        return p + 1;
    }
    for (;;) {
        if (open == '{') {
            p = string(s, p);
            p = p ? structural(s, p, ':') : NULL;
        }
        p = p ? value(s, p) : NULL;
        if (!p) {
            return NULL;
        }
        after = structural(s, p, ',');
        if (!after) {
            break;
        }
        p = after;
    }
    p = ws(s, p);
    s->depth--;
    return p < s->end && *p == close ? p + 1 : NULL;
}

static const uint8_t *value(struct span *s, const uint8_t *p)
{
    if (p >= s->end) {
        return NULL;
    }
    switch (*p) {
    case '{':
        return container(s, p, '{', '}');
    case '[':
        return container(s, p, '[', ']');
    case '"':
        return string(s, p);
    case 't':
        return literal(s, p, "true");
    case 'f':
        return literal(s, p, "false");
    case 'n':
        return literal(s, p, "null");
    default:
        return number(s, p);
    }
}

/* JSON-text = ws value ws */
static bool grammar_accepts(struct bytes text)
{
    struct span s = {text.ptr + text.len, 0};
    const uint8_t *p = value(&s, ws(&s, text.ptr));
    return p && ws(&s, p) == s.end;
}

/* ---- comparing ---- */

static uint64_t accepted;

static void expect_same(struct bytes text)
{
    struct json_reader r;
    json_reader_init(&r, text);
    bool read = json_finish(&r);
    bool wanted = grammar_accepts(text);
    accepted += wanted;
    if (read != wanted) {
        fail_msg("%.*s: %s, and the grammar says %s", (int)text.len, (const char *)text.ptr,
                 json_error_text(r.error), wanted ? "yes" : "no");
    }
}

/* Every text of up to `longest` characters of the alphabet, between `before` and `after`. */
static void expect_same_for_all(const char *alphabet, size_t longest, const char *before,
                                const char *after)
{
    size_t letters = strlen(alphabet);
    size_t index[16] = {0};
    char text[64];
    size_t start = strlen(before);
    memcpy(text, before, start);
    for (size_t len = 0; len <= longest; len++) {
        memset(index, 0, sizeof index);
        for (size_t i = 0; i < len;) {
            for (size_t k = 0; k < len; k++) {
                text[start + k] = alphabet[index[k]];
            }
            memcpy(text + start + len, after, strlen(after) + 1);
            expect_same(bytes_of(text, start + len + strlen(after)));
            for (i = 0; i < len && ++index[i] == letters; i++) {
                index[i] = 0;
            }
        }
    }
}

/* ---- what is compared ---- */

static void structure_is_read_as_the_grammar_has_it(void **state)
{
    (void)state;
    accepted = 0;
    expect_same_for_all("{}[],:\"1 ", 6, "", "");
    expect_same_for_all("{}[],:\"1", 6, "[", "]");
    expect_same_for_all("{}[],:\"1", 6, "{\"a\":", "}");
    expect_same_for_all("{},:\"a0", 6, "{\"", "");
    assert_true(accepted > 1000);
}

static void numbers_are_read_as_the_grammar_has_it(void **state)
{
    (void)state;
    accepted = 0;
    expect_same_for_all("-+019.eE", 6, "", "");
    expect_same_for_all("-01.e", 6, "[", ",1]");
    expect_same_for_all("0.e+", 5, "1234567890123456789", "");
    assert_true(accepted > 1000);
}

static void words_are_read_as_the_grammar_has_it(void **state)
{
    (void)state;
    expect_same_for_all("truefalsn", 5, "", "");
    expect_same_for_all("nulTNa", 5, "[", "]");
    static const char *const words[] = {"true",      "false",     "null",     "TRUE",
                                        "nan",       "NaN",       "Infinity", "-Infinity",
                                        "undefined", "truefalse", "nulll",    "'a'"};
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        expect_same(bytes_of_text(words[i]));
    }
}

static void strings_and_escapes_are_read_as_the_grammar_has_it(void **state)
{
    (void)state;
    accepted = 0;
    expect_same_for_all("\\\"u/bn0a\t", 6, "\"", "\"");
    expect_same_for_all("\\ud8Dc", 6, "\"\\ud83d", "\"");
    expect_same_for_all("dD8cCfF0gG", 4, "\"\\u", "\"");
    expect_same_for_all("dD8cCfF0", 4, "\"\\uD800\\u", "\"");
    expect_same_for_all("89aAbBcCdDeEfF", 4, "\"\\u", "\\uDC00\"");
    assert_true(accepted > 1000);
}

static void every_sequence_of_three_bytes_is_judged_as_utf8(void **state)
{
    (void)state;
    static const uint8_t edges[] = {0x00, 0x1f, 0x20, 0x22, 0x5c, 0x7f, 0x80, 0x8f, 0x90,
                                    0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xec,
                                    0xed, 0xee, 0xef, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xff};
    uint8_t text[8] = "\"....\"";
    for (unsigned a = 0; a < 256; a++) {
        for (unsigned b = 0; b < 256; b++) {
            for (size_t c = 0; c < ARRAY_LEN(edges); c++) {
                text[1] = (uint8_t)a;
                text[2] = (uint8_t)b;
                text[3] = edges[c];
                for (size_t d = 0; d < (a >= 0xf0 ? ARRAY_LEN(edges) : 1); d++) {
                    text[4] = a >= 0xf0 ? edges[d] : 'x';
                    expect_same(bytes_of(text, 6));
                }
            }
        }
    }
}

static const char document[] =
    " {\"k\\u00e9y\": [1.5e+3, -0, true ,{\"\":null}],\r\n\t\"\xc2\xb0\":"
    "\"a\\\"\\ud83d\\ude00\xf0\x9f\x98\x80z\" , \"f\":[[],{}, false]} ";

static void a_document_with_any_byte_at_any_place_is_judged_alike(void **state)
{
    (void)state;
    struct bytes whole = bytes_of(document, sizeof document - 1);
    uint8_t *copy = mem_alloc(whole.len + 1);
    assert_true(grammar_accepts(whole));
    for (size_t at = 0; at < whole.len; at++) {
        for (unsigned byte = 0; byte < 256; byte++) {
            memcpy(copy, whole.ptr, whole.len);
            copy[at] = (uint8_t)byte;
            expect_same(bytes_of(copy, whole.len));
            memcpy(copy + at + 1, whole.ptr + at, whole.len - at);
            expect_same(bytes_of(copy, whole.len + 1));
        }
        memcpy(copy, whole.ptr, at);
        memcpy(copy + at, whole.ptr + at + 1, whole.len - at - 1);
        expect_same(bytes_of(copy, whole.len - 1));
    }
    free(copy);
}

static void a_document_cut_at_any_byte_is_judged_alike(void **state)
{
    (void)state;
    for (size_t len = 0; len < sizeof document; len++) {
        uint8_t *copy = mem_alloc(len + (len == 0)); /* of its size, for the sanitizer */
        memcpy(copy, document, len);
        expect_same(bytes_of(copy, len));
        for (size_t from = 0; from < len; from++) {
            expect_same(bytes_of(copy + from, len - from));
        }
        free(copy);
    }
}

static void a_byte_order_mark_is_no_white_space(void **state)
{
    (void)state;
    struct json_reader r;
    json_reader_init(&r, BYTES("\xef\xbb\xbf{}"));
    assert_false(json_finish(&r));
    for (unsigned byte = 0; byte < 256; byte++) {
        uint8_t text[] = {(uint8_t)byte, '[', (uint8_t)byte, '1',
                          (uint8_t)byte, ']', (uint8_t)byte};
        expect_same(bytes_of(text, sizeof text));
        expect_same(bytes_of(text, 6));
        expect_same(bytes_of(text + 1, 6));
    }
}

/* C24 */
static void depth_ends_at_its_limit_however_deep_the_text_is(void **state)
{
    (void)state;
    enum { DEEP = 100000 };
    uint8_t *text = mem_alloc(6 * DEEP);
    for (size_t depth = 1; depth <= JSON_DEPTH_MAX + 2; depth++) {
        memset(text, '[', depth);
        memset(text + depth, ']', depth);
        expect_same(bytes_of(text, 2 * depth));
        expect_same(bytes_of(text, depth));
    }
    struct json_reader r;
    for (size_t i = 0; i < DEEP; i++) {
        memcpy(text + 5 * i, "{\"a\":", 5);
    }
    json_reader_init(&r, bytes_of(text, 5 * DEEP));
    assert_false(json_finish(&r));
    assert_int_equal(r.error, JSON_ERROR_DEPTH);
    memset(text, '[', DEEP);
    json_reader_init(&r, bytes_of(text, DEEP));
    assert_false(json_finish(&r));
    assert_int_equal(r.error, JSON_ERROR_DEPTH);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(structure_is_read_as_the_grammar_has_it),
        cmocka_unit_test(numbers_are_read_as_the_grammar_has_it),
        cmocka_unit_test(words_are_read_as_the_grammar_has_it),
        cmocka_unit_test(strings_and_escapes_are_read_as_the_grammar_has_it),
        cmocka_unit_test(every_sequence_of_three_bytes_is_judged_as_utf8),
        cmocka_unit_test(a_document_with_any_byte_at_any_place_is_judged_alike),
        cmocka_unit_test(a_document_cut_at_any_byte_is_judged_alike),
        cmocka_unit_test(a_byte_order_mark_is_no_white_space),
        cmocka_unit_test(depth_ends_at_its_limit_however_deep_the_text_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
