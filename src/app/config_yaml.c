/* SPDX-License-Identifier: Apache-2.0 */
/* A settings file against the tables: libyaml's events, taken one by one. The tables are two levels
 * deep and a broker one more, so nothing here recurses, and a file that nests deeper is refused at
 * its first bracket too many. Anchors, aliases, tags and second documents are refused: no setting
 * needs them. */
#include "app/config.h"

#include "app/settings.h"

#include <stdarg.h>
#include <yaml.h>

struct reader {
    yaml_parser_t parser;
    yaml_event_t event; /* the one to look at; deleted by the next */
    bool has_event;
    struct bytes text;
    struct config *config;
    struct config_error *why;
};

/* ---- refusing ---- */

__attribute__((format(printf, 3, 4))) static enum err refuse_at(struct reader *r, yaml_mark_t mark,
                                                                const char *format, ...)
{
    va_list args;
    va_start(args, format);
    r->why->line = (int)mark.line + 1;
    r->why->column = (int)mark.column + 1;
    (void)vsnprintf(r->why->text, sizeof r->why->text, format, args);
    va_end(args);
    return ERR_INVALID;
}

#define refuse(r, ...) refuse_at((r), (r)->event.start_mark, __VA_ARGS__)

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
    return refuse_at(r, mark, "not YAML: %s%s%s", problem, r->parser.context ? " " : "",
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
MUST_CHECK static enum err next(struct reader *r)
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
        return refuse(r, "anchors, aliases and tags are not supported here");
    }
    return OK;
}

static bool at(const struct reader *r, yaml_event_type_t type)
{
    return r->event.type == type;
}

static struct bytes scalar(const struct reader *r)
{
    return bytes_of(r->event.data.scalar.value, r->event.data.scalar.length);
}

static bool is_plain(const struct reader *r)
{
    return at(r, YAML_SCALAR_EVENT) && r->event.data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
}

/* A key without a value: `http:` with everything under it commented out. */
static bool is_null(const struct reader *r)
{
    struct bytes s = is_plain(r) ? scalar(r) : BYTES("x");
    return s.len == 0 || bytes_equal(s, BYTES("~")) || bytes_equal(s, BYTES("null"));
}

/* ---- keys ---- */

/* Most keys of one mapping of the tables. */
#define KEYS_MAX 32

struct keys {
    const char *names[KEYS_MAX];
    size_t count;
    uint32_t seen; /* a bit a key */
};

static void add_key(struct keys *k, const char *name)
{
    ASSERT(k->count < KEYS_MAX);
    k->names[k->count++] = name;
}

static void add_fields(struct keys *k, const struct config_field *fields, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        add_key(k, fields[i].name);
    }
}

static enum err refuse_unknown(struct reader *r, const struct keys *k)
{
    char word[SHOWN_MAX];
    char all[160] = "";
    size_t len = 0;
    const char *nearest = config_nearest(scalar(r), k->names, k->count);
    for (size_t i = 0; i < k->count && len < sizeof all; i++) {
        len += (size_t)snprintf(all + len, sizeof all - len, "%s%s", i ? ", " : "", k->names[i]);
    }
    return refuse(r, "unknown key '%s'%s%s%s Expected one of %s", shown(scalar(r), word),
                  nearest ? ", did you mean '" : "", nearest ? nearest : "", nearest ? "'?" : ".",
                  all);
}

/* Reads the key at hand: its index among `k`, which counts it as seen. */
MUST_CHECK static enum err take_key(struct reader *r, struct keys *k, size_t *index)
{
    if (!at(r, YAML_SCALAR_EVENT)) {
        return refuse(r, "expected a key");
    }
    for (size_t i = 0; i < k->count; i++) {
        if (!bytes_equal(scalar(r), bytes_of_text(k->names[i]))) {
            continue;
        }
        if (k->seen & (1u << i)) {
            return refuse(r, "the key '%s' is here twice", k->names[i]);
        }
        k->seen |= 1u << i;
        *index = i;
        return OK;
    }
    return refuse_unknown(r, k);
}

/* ---- values ---- */

MUST_CHECK static enum err set(struct reader *r, const struct config_field *f, void *base)
{
    char why[CONFIG_WHY_MAX];
    if (config_set(f, base, scalar(r), why) != OK) {
        return refuse(r, "%s", why);
    }
    return OK;
}

static enum err refuse_type(struct reader *r, const struct config_field *f)
{
    struct buf expected = {0};
    config_print_expected(f, &expected);
    enum err e =
        refuse(r, "%s: expected %.*s", f->name, (int)expected.len, (const char *)expected.ptr);
    buf_fini(&expected);
    return e;
}

/* A list of texts; it replaces what was there. */
MUST_CHECK static enum err read_list(struct reader *r, const struct config_field *f, void *base)
{
    if (!at(r, YAML_SEQUENCE_START_EVENT)) {
        return refuse_type(r, f);
    }
    config_list_clear((struct config_list *)(void *)((char *)base + f->offset));
    enum err e = next(r);
    while (e == OK && !at(r, YAML_SEQUENCE_END_EVENT)) {
        e = at(r, YAML_SCALAR_EVENT) ? set(r, f, base) : refuse_type(r, f);
        if (e == OK) {
            e = next(r);
        }
    }
    return e;
}

MUST_CHECK static enum err read_value(struct reader *r, const struct config_field *f, void *base)
{
    if (f->type == CONFIG_LIST) {
        return read_list(r, f, base);
    }
    bool quotable = f->type == CONFIG_STRING || f->type == CONFIG_WORD;
    if (!at(r, YAML_SCALAR_EVENT) || is_null(r) || (!quotable && !is_plain(r))) {
        return refuse_type(r, f);
    }
    return set(r, f, base);
}

/* ---- brokers ---- */

MUST_CHECK static enum err read_broker_keys(struct reader *r, struct config_broker *b)
{
    struct keys keys = {.count = 0};
    add_fields(&keys, settings_broker, settings_broker_count);
    enum err e = next(r);
    while (e == OK && !at(r, YAML_MAPPING_END_EVENT)) {
        size_t i = 0;
        e = take_key(r, &keys, &i);
        if (e == OK) {
            e = next(r);
        }
        if (e == OK) {
            e = read_value(r, &settings_broker[i], b);
        }
        if (e == OK) {
            e = next(r);
        }
    }
    return e;
}

MUST_CHECK static enum err read_broker(struct reader *r)
{
    yaml_mark_t mark = r->event.start_mark;
    char why[CONFIG_WHY_MAX];
    if (r->config->broker_count >= CONFIG_LIST_MAX) {
        return refuse(r, "brokers: expected at most %d", CONFIG_LIST_MAX);
    }
    if (!at(r, YAML_SCALAR_EVENT) && !at(r, YAML_MAPPING_START_EVENT)) {
        return refuse(r, "brokers: expected a URL, or a mapping with url, topics and client_id");
    }
    struct config_broker *b = settings_add_broker(r->config);
    enum err e = at(r, YAML_SCALAR_EVENT) ? set(r, &settings_broker[0], b) : read_broker_keys(r, b);
    if (e == OK && settings_finish_broker(b, why) != OK) {
        e = refuse_at(r, mark, "%s", why);
    }
    return e;
}

MUST_CHECK static enum err read_brokers(struct reader *r, const struct config_field *f)
{
    if (!at(r, YAML_SEQUENCE_START_EVENT)) {
        return refuse_type(r, f);
    }
    enum err e = next(r);
    while (e == OK && !at(r, YAML_SEQUENCE_END_EVENT)) {
        e = read_broker(r);
        if (e == OK) {
            e = next(r);
        }
    }
    return e;
}

/* ---- sections ---- */

MUST_CHECK static enum err read_field(struct reader *r, const struct settings_section *s,
                                      const struct config_field *f)
{
    if (f->type == CONFIG_ITEMS) {
        return read_brokers(r, f);
    }
    return read_value(r, f, (char *)r->config + s->offset);
}

MUST_CHECK static enum err read_section(struct reader *r, const struct settings_section *s)
{
    struct keys keys = {.count = 0};
    add_fields(&keys, s->fields, *s->count);
    if (is_null(r)) {
        return OK;
    }
    if (!at(r, YAML_MAPPING_START_EVENT)) {
        return refuse(r, "%s: expected keys below it, such as %s", s->name, s->fields[0].name);
    }
    enum err e = next(r);
    while (e == OK && !at(r, YAML_MAPPING_END_EVENT)) {
        size_t i = 0;
        e = take_key(r, &keys, &i);
        if (e == OK) {
            e = next(r);
        }
        if (e == OK) {
            e = read_field(r, s, &s->fields[i]);
        }
        if (e == OK) {
            e = next(r);
        }
    }
    return e;
}

/* The value of a key at the top: of the first, nameless section, or a section itself. */
MUST_CHECK static enum err read_top_value(struct reader *r, size_t key)
{
    const struct settings_section *top = &settings_sections[0];
    if (key < *top->count) {
        return read_field(r, top, &top->fields[key]);
    }
    return read_section(r, &settings_sections[key - *top->count + 1]);
}

MUST_CHECK static enum err read_top(struct reader *r)
{
    struct keys keys = {.count = 0};
    add_fields(&keys, settings_sections[0].fields, *settings_sections[0].count);
    for (size_t i = 1; i < settings_section_count; i++) {
        add_key(&keys, settings_sections[i].name);
    }
    if (is_null(r)) {
        return OK;
    }
    if (!at(r, YAML_MAPPING_START_EVENT)) {
        return refuse(r, "expected settings, such as `data: ./telltale-data`");
    }
    enum err e = next(r);
    while (e == OK && !at(r, YAML_MAPPING_END_EVENT)) {
        size_t i = 0;
        e = take_key(r, &keys, &i);
        if (e == OK) {
            e = next(r);
        }
        if (e == OK) {
            e = read_top_value(r, i);
        }
        if (e == OK) {
            e = next(r);
        }
    }
    return e;
}

/* The whole stream: nothing, or one document. */
MUST_CHECK static enum err read_stream(struct reader *r)
{
    enum err e = next(r); /* the stream's begin */
    if (e == OK) {
        e = next(r);
    }
    if (e != OK || at(r, YAML_STREAM_END_EVENT)) {
        return e;
    }
    e = next(r); /* what the document holds */
    if (e == OK) {
        e = read_top(r);
    }
    if (e == OK) {
        e = next(r); /* the document's end */
    }
    if (e == OK) {
        e = next(r);
    }
    if (e == OK && !at(r, YAML_STREAM_END_EVENT)) {
        e = refuse(r, "expected one document, and here begins another");
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

enum err config_read(struct bytes text, struct config *c, struct config_error *why)
{
    struct reader r = {.text = text, .config = c, .why = why};
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
