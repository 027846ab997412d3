/* SPDX-License-Identifier: Apache-2.0 */
#include "app/config_reader.h"

#include <stdarg.h>

/* ---- refusing ---- */

enum err reader_refuse_at(struct reader *r, yaml_mark_t mark, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    r->why->line = (int)mark.line + 1;
    r->why->column = (int)mark.column + 1;
    (void)vsnprintf(r->why->text, sizeof r->why->text, format, args);
    va_end(args);
    return ERR_INVALID;
}

#define SHOWN_MAX 40

/* A key as it may stand in a message: printable ASCII and not too much of it. */
static const char *shown(struct bytes word, char out[SHOWN_MAX])
{
    char text[SHOWN_MAX];
    size_t len = size_min(word.len, SHOWN_MAX - 4);
    for (size_t i = 0; i < len; i++) {
        text[i] = word.ptr[i] >= 0x20 && word.ptr[i] < 0x7f ? (char)word.ptr[i] : '?';
    }
    (void)snprintf(out, SHOWN_MAX, "%.*s%s", (int)len, text, len < word.len ? "..." : "");
    return out;
}

/* ---- events ---- */

/* The place of a byte that is no UTF-8; the parser reads ahead and can't tell it. */
static yaml_mark_t mark_of(struct bytes text, size_t offset)
{
    yaml_mark_t mark = {.line = 0, .column = 0};
    for (size_t i = 0; i < size_min(offset, text.len); i++) {
        bool ends = text.ptr[i] == '\n';
        mark.line += ends;
        mark.column = ends ? 0 : mark.column + 1;
    }
    return mark;
}

static enum err refuse_yaml(struct reader *r)
{
    const char *problem = r->parser.problem ? r->parser.problem : "can't be read";
    yaml_mark_t mark = r->parser.problem_mark;
    if (r->parser.error == YAML_READER_ERROR) {
        mark = mark_of(r->text, r->parser.problem_offset);
    }
    return reader_refuse_at(r, mark, "not YAML: %s%s%s", problem, r->parser.context ? " " : "",
                            r->parser.context ? r->parser.context : "");
}

static bool has_extras(const yaml_event_t *e)
{
    switch ((int)e->type) {
    case YAML_ALIAS_EVENT:
        return true;
    case YAML_SCALAR_EVENT:
        return e->data.scalar.anchor || e->data.scalar.tag;
    case YAML_SEQUENCE_START_EVENT:
        return e->data.sequence_start.anchor || e->data.sequence_start.tag;
    case YAML_MAPPING_START_EVENT:
        return e->data.mapping_start.anchor || e->data.mapping_start.tag;
    default:
        return false;
    }
}

/* Takes the next event into r->event. */
enum err reader_next(struct reader *r)
{
    if (r->has_event) {
        yaml_event_delete(&r->event);
        r->has_event = false;
    }
    if (!yaml_parser_parse(&r->parser, &r->event)) {
        return refuse_yaml(r);
    }
    r->has_event = true;
    if (has_extras(&r->event)) {
        return reader_refuse(r, "anchors, aliases and tags are not supported here");
    }
    return OK;
}

bool reader_at(const struct reader *r, yaml_event_type_t type)
{
    return r->event.type == type;
}

struct bytes reader_scalar(const struct reader *r)
{
    return bytes_of(r->event.data.scalar.value, r->event.data.scalar.length);
}

bool reader_is_plain(const struct reader *r)
{
    return reader_at(r, YAML_SCALAR_EVENT) && r->event.data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
}

/* A key without a value: `http:` with everything under it commented out. */
bool reader_is_null(const struct reader *r)
{
    struct bytes s = reader_is_plain(r) ? reader_scalar(r) : BYTES("x");
    return s.len == 0 || bytes_equal(s, BYTES("~")) || bytes_equal(s, BYTES("null"));
}

/* ---- keys ---- */

void reader_add_key(struct reader_keys *k, const char *name)
{
    ASSERT(k->count < READER_KEYS_MAX);
    k->names[k->count++] = name;
}

void reader_add_fields(struct reader_keys *k, const struct config_field *fields, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        reader_add_key(k, fields[i].name);
    }
}

static enum err refuse_unknown(struct reader *r, const struct reader_keys *k)
{
    char word[SHOWN_MAX];
    char all[144] = ""; /* leaves room for the words before it in a config_error */
    size_t len = 0;
    const char *nearest = config_nearest(reader_scalar(r), k->names, k->count);
    for (size_t i = 0; i < k->count; i++) {
        bool fits = len + strlen(k->names[i]) + sizeof ", , ..." <= sizeof all;
        len += (size_t)snprintf(all + len, sizeof all - len, "%s%s", i ? ", " : "",
                                fits ? k->names[i] : "...");
        if (!fits) {
            break;
        }
    }
    return reader_refuse(r, "unknown key '%s'%s%s%s Expected one of %s",
                         shown(reader_scalar(r), word), nearest ? ", did you mean '" : "",
                         nearest ? nearest : "", nearest ? "'?" : ".", all);
}

/* Reads the key at hand: its index among `k`, which counts it as seen. */
enum err reader_take_key(struct reader *r, struct reader_keys *k, size_t *index)
{
    if (!reader_at(r, YAML_SCALAR_EVENT)) {
        return reader_refuse(r, "expected a key");
    }
    for (size_t i = 0; i < k->count; i++) {
        if (!bytes_equal(reader_scalar(r), bytes_of_text(k->names[i]))) {
            continue;
        }
        if (k->seen & (1u << i)) {
            return reader_refuse(r, "the key '%s' is here twice", k->names[i]);
        }
        k->seen |= 1u << i;
        *index = i;
        return OK;
    }
    return refuse_unknown(r, k);
}

/* ---- values ---- */

enum err reader_set(struct reader *r, const struct config_field *f, void *base)
{
    char why[CONFIG_WHY_MAX];
    if (config_set(f, base, reader_scalar(r), why) != OK) {
        return reader_refuse(r, "%s", why);
    }
    return OK;
}

enum err reader_refuse_type(struct reader *r, const struct config_field *f)
{
    struct buf expected = {0};
    config_print_expected(f, &expected);
    enum err e = reader_refuse(r, "%s: expected %.*s", f->name, (int)expected.len,
                               (const char *)expected.ptr);
    buf_fini(&expected);
    return e;
}

/* A list of texts; it replaces what was there. */
MUST_CHECK static enum err read_list(struct reader *r, const struct config_field *f, void *base)
{
    if (!reader_at(r, YAML_SEQUENCE_START_EVENT)) {
        return reader_refuse_type(r, f);
    }
    config_list_clear((struct config_list *)(void *)((char *)base + f->offset));
    enum err e = reader_next(r);
    while (e == OK && !reader_at(r, YAML_SEQUENCE_END_EVENT)) {
        e = reader_at(r, YAML_SCALAR_EVENT) ? reader_set(r, f, base) : reader_refuse_type(r, f);
        if (e == OK) {
            e = reader_next(r);
        }
    }
    return e;
}

enum err reader_value(struct reader *r, const struct config_field *f, void *base)
{
    if (f->type == CONFIG_LIST) {
        return read_list(r, f, base);
    }
    bool quotable = f->type == CONFIG_STRING || f->type == CONFIG_WORD;
    if (!reader_at(r, YAML_SCALAR_EVENT) || reader_is_null(r) ||
        (!quotable && !reader_is_plain(r))) {
        return reader_refuse_type(r, f);
    }
    return reader_set(r, f, base);
}

/* The whole stream: nothing, or one document. */
MUST_CHECK static enum err read_stream(struct reader *r)
{
    enum err e = reader_next(r); /* the stream's begin */
    if (e == OK) {
        e = reader_next(r);
    }
    if (e != OK || reader_at(r, YAML_STREAM_END_EVENT)) {
        return e;
    }
    e = reader_next(r); /* what the document holds */
    if (e == OK) {
        e = r->document(r);
    }
    if (e == OK) {
        e = reader_next(r); /* the document's end */
    }
    if (e == OK) {
        e = reader_next(r);
    }
    if (e == OK && !reader_at(r, YAML_STREAM_END_EVENT)) {
        e = reader_refuse(r, "expected one document, and here begins another");
    }
    return e;
}

/* Deeper than this no settings nest; what does is refused by the tables, at its place. */
#define DEPTH_MAX 8

static int depth_change(yaml_event_type_t type)
{
    switch ((int)type) {
    case YAML_SEQUENCE_START_EVENT:
    case YAML_MAPPING_START_EVENT:
        return 1;
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        return -1;
    default:
        return 0;
    }
}

/* Whether it is YAML at all, which is said before anything else about it. */
MUST_CHECK static enum err check_syntax(struct reader *r)
{
    int depth = 0;
    for (bool more = true; more && depth <= DEPTH_MAX;) {
        yaml_event_t event;
        if (!yaml_parser_parse(&r->parser, &event)) {
            return refuse_yaml(r);
        }
        depth += depth_change(event.type);
        more = event.type != YAML_STREAM_END_EVENT;
        yaml_event_delete(&event);
    }
    return OK;
}

/* Does `pass` over the whole text with a parser of its own. */
MUST_CHECK static enum err with_parser(struct reader *r, enum err (*pass)(struct reader *))
{
    if (!yaml_parser_initialize(&r->parser)) {
        (void)snprintf(r->why->text, sizeof r->why->text, "%s", err_text(ERR_NO_MEMORY));
        return ERR_NO_MEMORY;
    }
    yaml_parser_set_encoding(&r->parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&r->parser, r->text.ptr, r->text.len);
    enum err e = pass(r);
    yaml_parser_delete(&r->parser);
    return e;
}

enum err reader_run(struct bytes text, enum err (*document)(struct reader *r), void *into,
                    struct config_error *why)
{
    struct reader r = {.text = text, .document = document, .into = into, .why = why};
    *why = (struct config_error){0};
    enum err e = with_parser(&r, check_syntax);
    if (e == OK) {
        e = with_parser(&r, read_stream);
    }
    if (r.has_event) {
        yaml_event_delete(&r.event);
    }
    return e;
}
