/* SPDX-License-Identifier: Apache-2.0 */
/* What a number, a word or a piece of text means as a value. */
#include "decode/parts.h"

#include <math.h>

/* Longer text is a state in words, whatever it says. */
#define MAX_SCALAR_TEXT 64

static bool is_word(struct bytes text, struct bytes word)
{
    return text.len == word.len && bytes_equal_nocase(text, word);
}

static struct scalar scalar_of_word(struct bytes text)
{
    static const char *const nothing[] = {"null",        "nan",  "none", "unknown",
                                          "unavailable", "inf",  "-inf", "infinity",
                                          "-infinity",   "-nan", ""};
    if (is_word(text, BYTES("on")) || is_word(text, BYTES("true"))) {
        return (struct scalar){SCALAR_BOOLEAN, 1};
    }
    if (is_word(text, BYTES("off")) || is_word(text, BYTES("false"))) {
        return (struct scalar){SCALAR_BOOLEAN, 0};
    }
    for (size_t i = 0; i < ARRAY_LEN(nothing); i++) {
        if (is_word(text, bytes_of_text(nothing[i]))) {
            return (struct scalar){SCALAR_NOTHING, 0};
        }
    }
    return (struct scalar){SCALAR_TEXT, 0};
}

struct scalar decode_scalar_of_text(struct bytes text)
{
    text = bytes_trim(text);
    double v = 0;
    enum err e = number_parse(text, &v);
    if (e == OK || e == ERR_TOO_LARGE) {
        return (struct scalar){SCALAR_NUMBER, e == OK ? v : HUGE_VAL};
    }
    return scalar_of_word(text);
}

static bool read_text(struct json_reader *r, struct scalar *s)
{
    struct json_text text;
    uint8_t room[MAX_SCALAR_TEXT];
    struct bytes plain;
    if (!json_read_text(r, &text)) {
        return false;
    }
    *s = json_text_get(text, room, sizeof room, &plain) == OK ? decode_scalar_of_text(plain)
                                                              : (struct scalar){SCALAR_TEXT, 0};
    return true;
}

bool decode_scalar_read(struct json_reader *r, struct scalar *s)
{
    bool truth = false;
    switch (json_peek(r)) {
    case JSON_NUMBER:
        s->kind = SCALAR_NUMBER;
        return json_read_any_number(r, &s->value);
    case JSON_STRING:
        return read_text(r, s);
    case JSON_TRUE:
    case JSON_FALSE:
        if (!json_read_bool(r, &truth)) {
            return false;
        }
        *s = (struct scalar){SCALAR_BOOLEAN, truth ? 1 : 0};
        return true;
    case JSON_NULL:
        *s = (struct scalar){SCALAR_NOTHING, 0};
        return json_read_null(r);
    case JSON_NONE:
    case JSON_OBJECT:
    case JSON_ARRAY:
        break;
    }
    /* Nothing well formed stands here: passing over it records the error. */
    return json_skip(r) && json_fail(r, JSON_ERROR_TYPE);
}

bool decode_starts_not_finite(struct bytes text)
{
    static const char *const words[] = {"nan", "inf"};
    if (text.len > 0 && (text.ptr[0] == '-' || text.ptr[0] == '+')) {
        text = bytes_skip(text, 1);
    }
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        if (text.len >= 3 && bytes_equal_nocase(bytes_of(text.ptr, 3), bytes_of_text(words[i]))) {
            return true;
        }
    }
    return false;
}
