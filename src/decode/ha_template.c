/* SPDX-License-Identifier: Apache-2.0 */
/* The templates of Home Assistant that are one look into a payload: {{ value }} or
 * {{ value_json.a['b'][0] }}, and after it the filters float, int, round(n), default(x),
 * is_defined. Everything else of that language is refused, never guessed. */
#include "decode/home_assistant.h"

#include <math.h>

/* ---- reading ---- */

static void skip_space(struct bytes *b)
{
    while (b->len > 0 && strchr(" \t\r\n", b->ptr[0]) && b->ptr[0] != 0) {
        *b = bytes_skip(*b, 1);
    }
}

static bool take(struct bytes *b, const char *word)
{
    struct bytes w = bytes_of_text(word);
    if (!bytes_start_with(*b, w)) {
        return false;
    }
    *b = bytes_skip(*b, w.len);
    return true;
}

static bool is_name_byte(uint8_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c >= 0x80;
}

static struct bytes take_name(struct bytes *b)
{
    size_t len = 0;
    while (len < b->len && is_name_byte(b->ptr[len])) {
        len++;
    }
    struct bytes name = bytes_of(b->ptr, len);
    *b = bytes_skip(*b, len);
    return name;
}

/* Text in single or double quotes, without escapes. */
static bool take_quoted(struct bytes *b, struct bytes *text)
{
    if (b->len == 0 || (b->ptr[0] != '\'' && b->ptr[0] != '"')) {
        return false;
    }
    struct bytes rest = bytes_skip(*b, 1);
    size_t len = bytes_index(rest, b->ptr[0]);
    if (len == rest.len || bytes_index(bytes_of(rest.ptr, len), '\\') < len) {
        return false;
    }
    *text = bytes_of(rest.ptr, len);
    *b = bytes_skip(rest, len + 1);
    return true;
}

static bool take_bracket(struct bytes *b, struct bytes *step)
{
    skip_space(b);
    if (!take_quoted(b, step)) {
        uint64_t index;
        *step = take_name(b);
        if (bytes_to_u64(*step, UINT32_MAX, &index) != OK) {
            return false;
        }
    }
    skip_space(b);
    return take(b, "]");
}

/* The steps behind value_json: .a, ['b'], ["c"], [0]. */
static bool take_steps(struct bytes *b, struct ha_template *t)
{
    struct bytes step;
    for (;;) {
        if (take(b, ".")) {
            step = take_name(b);
        } else if (take(b, "[")) {
            if (!take_bracket(b, &step)) {
                return false;
            }
        } else {
            return true;
        }
        if (step.len == 0 || t->step_count == HA_TEMPLATE_STEPS) {
            return false;
        }
        t->steps[t->step_count++] = step;
    }
}

static bool take_argument(struct bytes *b, struct ha_value *v)
{
    size_t used;
    if (take_quoted(b, &v->text)) {
        v->kind = HA_TEXT;
        return true;
    }
    if (number_parse_prefix(*b, &v->number, &used) == OK) {
        v->kind = HA_NUMBER;
        *b = bytes_skip(*b, used);
        return true;
    }
    struct bytes word = take_name(b);
    bool yes = bytes_equal_nocase(word, BYTES("true"));
    if (yes || bytes_equal_nocase(word, BYTES("false"))) {
        *v = (struct ha_value){.kind = HA_BOOLEAN, .number = yes ? 1 : 0};
        return true;
    }
    v->kind = HA_NOTHING;
    return bytes_equal_nocase(word, BYTES("none"));
}

static bool filter_of(struct bytes name, struct ha_filter *f)
{
    static const struct {
        const char *name;
        enum ha_filter_kind kind;
    } filters[] = {
        {"float", HA_FLOAT},     {"int", HA_INT},   {"round", HA_ROUND},
        {"default", HA_DEFAULT}, {"d", HA_DEFAULT}, {"is_defined", HA_IS_DEFINED},
    };
    for (size_t i = 0; i < ARRAY_LEN(filters); i++) {
        if (bytes_equal(name, bytes_of_text(filters[i].name))) {
            f->kind = filters[i].kind;
            return true;
        }
    }
    return false;
}

static bool take_filter(struct bytes *b, struct ha_template *t)
{
    struct ha_filter *f = &t->filters[t->filter_count];
    if (t->filter_count == HA_FILTERS_MAX) {
        return false;
    }
    *f = (struct ha_filter){0};
    skip_space(b);
    if (!filter_of(take_name(b), f)) {
        return false;
    }
    t->filter_count++;
    struct bytes before = *b;
    skip_space(b);
    if (!take(b, "(")) {
        *b = before;
        return f->kind != HA_DEFAULT;
    }
    skip_space(b);
    if (take(b, ")")) {
        return f->kind != HA_DEFAULT;
    }
    f->has_argument = take_argument(b, &f->argument);
    skip_space(b);
    return f->has_argument && f->kind != HA_IS_DEFINED &&
           (f->kind != HA_ROUND || f->argument.kind == HA_NUMBER) && take(b, ")");
}

static bool read_template(struct bytes b, struct ha_template *t)
{
    skip_space(&b);
    if (!take(&b, "{{")) {
        return false;
    }
    (void)take(&b, "-");
    skip_space(&b);
    struct bytes name = take_name(&b);
    if (bytes_equal(name, BYTES("value"))) {
        t->kind = HA_VALUE;
    } else if (bytes_equal(name, BYTES("value_json")) && take_steps(&b, t)) {
        t->kind = HA_JSON;
    } else {
        return false;
    }
    for (skip_space(&b); take(&b, "|"); skip_space(&b)) {
        if (!take_filter(&b, t)) {
            return false;
        }
    }
    (void)take(&b, "-");
    bool closed = take(&b, "}}");
    skip_space(&b);
    return closed && b.len == 0;
}

void ha_template_read(struct bytes text, struct ha_template *t)
{
    *t = (struct ha_template){.kind = HA_RAW};
    if (bytes_trim(text).len > 0 && !read_template(text, t)) {
        *t = (struct ha_template){.kind = HA_UNKNOWN};
    }
}

/* ---- looking into the payload ---- */

static bool enter(struct json_reader *r, struct bytes step)
{
    struct json_text key;
    uint64_t index;
    if (json_peek(r) == JSON_ARRAY && bytes_to_u64(step, UINT32_MAX, &index) == OK) {
        (void)json_read_array(r);
        while (json_read_item(r)) {
            if (index-- == 0) {
                return true;
            }
        }
        return false;
    }
    if (json_peek(r) != JSON_OBJECT || !json_read_object(r)) {
        return false;
    }
    while (json_read_key(r, &key)) {
        if (json_text_equal(key, step)) {
            return true;
        }
    }
    return false;
}

static struct ha_value read_json(struct decoder *d, struct json_reader *r)
{
    struct ha_value v = {.kind = HA_NOTHING};
    struct json_text text;
    bool truth = false;
    struct json_reader ahead = *r;
    switch (json_peek(r)) {
    case JSON_STRING:
        v.kind = json_read_text(r, &text) && decode_keep_text(d, text, LIMIT_ID_BYTES, &v.text)
                     ? HA_TEXT
                     : HA_NOTHING;
        break;
    case JSON_NUMBER:
        v.kind = json_read_any_number(r, &v.number) && json_read_raw(&ahead, &v.text) ? HA_NUMBER
                                                                                      : HA_NOTHING;
        break;
    case JSON_TRUE:
    case JSON_FALSE:
        v.kind = json_read_bool(r, &truth) ? HA_BOOLEAN : HA_NOTHING;
        v.number = truth ? 1 : 0;
        break;
    case JSON_NONE:
    case JSON_OBJECT:
    case JSON_ARRAY:
    case JSON_NULL:
        break;
    }
    return v;
}

static struct ha_value look(struct decoder *d, const struct ha_template *t, struct bytes payload)
{
    struct json_reader r;
    json_reader_init(&r, payload);
    for (unsigned i = 0; i < t->step_count; i++) {
        if (!enter(&r, t->steps[i])) {
            return (struct ha_value){.kind = HA_UNDEFINED};
        }
    }
    return read_json(d, &r);
}

/* ---- filters ---- */

static bool number_of(const struct ha_value *v, double *number)
{
    *number = v->number;
    if (v->kind == HA_TEXT) {
        return number_parse(bytes_trim(v->text), number) == OK;
    }
    return v->kind == HA_NUMBER || v->kind == HA_BOOLEAN;
}

/* Rounds as Python does: to the nearest decimal, which printing finds exactly. */
static double round_to(double v, double digits)
{
    char text[512];
    double rounded = v;
    if (digits < 0) {
        double unit = pow(10, -(digits < -300 ? -300 : digits));
        return nearbyint(v / unit) * unit;
    }
    int len = snprintf(text, sizeof text, "%.*f", (int)(digits > 30 ? 30 : digits), v);
    bool printed = len > 0 && (size_t)len < sizeof text;
    return printed && number_parse(bytes_of(text, (size_t)len), &rounded) == OK ? rounded : v;
}

static struct ha_value apply_filter(const struct ha_filter *f, struct ha_value v)
{
    double number;
    if (f->kind == HA_DEFAULT) {
        return v.kind == HA_UNDEFINED ? f->argument : v;
    }
    if (f->kind == HA_IS_DEFINED) {
        return v;
    }
    if (!number_of(&v, &number)) {
        bool otherwise = f->has_argument && f->kind != HA_ROUND;
        return otherwise ? f->argument : (struct ha_value){.kind = HA_UNDEFINED};
    }
    if (number - number == 0) {
        number = f->kind == HA_INT     ? trunc(number)
                 : f->kind == HA_ROUND ? round_to(number, f->has_argument ? f->argument.number : 0)
                                       : number;
    }
    return (struct ha_value){.kind = HA_NUMBER, .number = number};
}

struct ha_value ha_template_apply(struct decoder *d, const struct ha_template *t,
                                  struct bytes payload, bool json)
{
    ASSERT(t->kind != HA_UNKNOWN);
    struct ha_value v = {.kind = HA_TEXT, .text = payload};
    if (t->kind == HA_JSON) {
        v = json ? look(d, t, payload) : (struct ha_value){.kind = HA_UNDEFINED};
    }
    for (unsigned i = 0; i < t->filter_count; i++) {
        v = apply_filter(&t->filters[i], v);
    }
    return v;
}

bool ha_value_is(const struct ha_value *v, struct bytes word)
{
    double a, b;
    struct bytes text = v->kind == HA_BOOLEAN ? (v->number != 0 ? BYTES("True") : BYTES("False"))
                                              : bytes_trim(v->text);
    if (v->kind == HA_UNDEFINED || v->kind == HA_NOTHING) {
        return false;
    }
    if (bytes_equal(text, word)) {
        return true;
    }
    bool truth =
        bytes_equal_nocase(word, BYTES("true")) || bytes_equal_nocase(word, BYTES("false"));
    if (truth && bytes_equal_nocase(text, word)) {
        return true;
    }
    return v->kind == HA_NUMBER && number_of(v, &a) && number_parse(word, &b) == OK && a == b;
}
