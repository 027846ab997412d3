/* SPDX-License-Identifier: Apache-2.0 */
#include "notify/fields.h"

#include "base/mem.h"

#include <stdarg.h>

enum err fault_set(struct document_fault *fault, const char *field, const char *why, ...)
{
    if (fault) {
        va_list args;
        va_start(args, why);
        (void)snprintf(fault->field, sizeof fault->field, "%s", field);
        (void)vsnprintf(fault->message, sizeof fault->message, why, args);
        va_end(args);
    }
    return ERR_INVALID;
}

static enum err expected(const struct fields *f, const struct config_field *field)
{
    struct buf words = {0};
    config_print_expected(field, &words);
    enum err e = fault_set(f->fault, field->name, "%.*s is expected", (int)words.len,
                           (const char *)words.ptr);
    buf_fini(&words);
    return e;
}

/* A text of JSON as the settings have it: without NUL bytes, and not too long. */
static enum err text_at(struct json_reader *r, struct buf *out)
{
    struct json_text text;
    if (json_peek(r) != JSON_STRING || !json_read_text(r, &text) ||
        text.raw.len > CONFIG_TEXT_MAX * 4) {
        return ERR_INVALID;
    }
    json_text_append(text, out);
    bool bad = out->len > 2 * CONFIG_TEXT_MAX || bytes_index(buf_bytes(out), 0) < out->len;
    return bad ? ERR_INVALID : OK;
}

static enum err set(const struct fields *f, const struct config_field *field, struct bytes text)
{
    char why[CONFIG_WHY_MAX];
    if (config_set(field, f->base, text, why) != OK) {
        return fault_set(f->fault, field->name, "%s", why);
    }
    return OK;
}

static enum err read_text(const struct fields *f, const struct config_field *field,
                          struct json_reader *r)
{
    struct buf text = {0};
    enum err e = text_at(r, &text);
    e = e == OK ? set(f, field, buf_bytes(&text)) : expected(f, field);
    buf_fini(&text);
    return e;
}

static enum err read_list(const struct fields *f, const struct config_field *field,
                          struct json_reader *r)
{
    if (json_peek(r) != JSON_ARRAY || !json_read_array(r)) {
        return expected(f, field);
    }
    enum err e = OK;
    size_t count = 0;
    while (e == OK && json_read_item(r)) {
        e = count++ < CONFIG_LIST_MAX ? read_text(f, field, r) : expected(f, field);
    }
    return e;
}

/* Numbers and booleans are read as the text that a settings file would hold. */
static enum err read_value(const struct fields *f, const struct config_field *field,
                           struct json_reader *r)
{
    enum json_kind kind = json_peek(r);
    struct bytes raw;
    bool number = kind == JSON_NUMBER && field->type == CONFIG_INTEGER;
    bool boolean = (kind == JSON_TRUE || kind == JSON_FALSE) && field->type == CONFIG_BOOL;
    if (kind == JSON_NULL) {
        return json_read_null(r) ? OK : ERR_INVALID;
    }
    if (field->type == CONFIG_ITEMS) {
        return f->items(f->base, field->name, r, f->fault);
    }
    if (field->type == CONFIG_LIST) {
        return read_list(f, field, r);
    }
    if (number || boolean) {
        return json_read_raw(r, &raw) ? set(f, field, raw) : expected(f, field);
    }
    if (field->type == CONFIG_INTEGER || field->type == CONFIG_BOOL) {
        return expected(f, field);
    }
    return read_text(f, field, r);
}

static const struct config_field *find(const struct fields *f, struct json_text key)
{
    for (size_t i = 0; i < f->count; i++) {
        if (json_text_is(key, f->table[i].name)) {
            return &f->table[i];
        }
    }
    return NULL;
}

static enum err read_member(const struct fields *f, struct json_text key, struct json_reader *r)
{
    const struct config_field *field = find(f, key);
    if (!field) {
        char name[48];
        (void)snprintf(name, sizeof name, "%.*s", (int)size_min(key.raw.len, 40),
                       (const char *)key.raw.ptr);
        return fault_set(f->fault, name, "there is no member of that name here");
    }
    return read_value(f, field, r);
}

enum err fields_read(const struct fields *f, struct json_reader *r)
{
    struct json_text key;
    if (json_peek(r) != JSON_OBJECT || !json_read_object(r)) {
        return fault_set(f->fault, "", "an object is expected");
    }
    enum err e = OK;
    while (e == OK && json_read_key(r, &key)) {
        e = read_member(f, key, r);
    }
    return e;
}

enum err fields_read_all(const struct fields *f, struct bytes json)
{
    struct json_reader r;
    json_reader_init(&r, json);
    enum err e = fields_read(f, &r);
    if (e == OK && !json_finish(&r)) {
        e = fault_set(f->fault, "", "%s", json_error_text(r.error));
    }
    return e;
}

enum err fields_read_texts(struct json_reader *r, struct config_list *list, const char *name,
                           struct document_fault *fault)
{
    const struct config_field field = {
        .name = name, .type = CONFIG_LIST, .size = sizeof *list, .expected = "a list of texts"};
    const struct fields f = {.base = list, .fault = fault};
    return read_list(&f, &field, r);
}
