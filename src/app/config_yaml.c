/* SPDX-License-Identifier: Apache-2.0 */
/* A settings file against the tables. They are two levels deep, a broker and a mapping one or two
 * more, so nothing here recurses, and a file that nests deeper is refused at its first bracket too
 * many. */
#include "app/config_mappings.h"
#include "app/config_reader.h"
#include "app/settings.h"

static struct config *config_of(const struct reader *r)
{
    return r->into;
}

/* ---- brokers ---- */

MUST_CHECK static enum err read_broker_keys(struct reader *r, struct config_broker *b)
{
    struct reader_keys keys = {.count = 0};
    reader_add_fields(&keys, settings_broker, settings_broker_count);
    enum err e = reader_next(r);
    while (e == OK && !reader_at(r, YAML_MAPPING_END_EVENT)) {
        size_t i = 0;
        e = reader_take_key(r, &keys, &i);
        if (e == OK) {
            e = reader_next(r);
        }
        if (e == OK) {
            e = reader_value(r, &settings_broker[i], b);
        }
        if (e == OK) {
            e = reader_next(r);
        }
    }
    return e;
}

MUST_CHECK static enum err read_broker(struct reader *r)
{
    yaml_mark_t mark = r->event.start_mark;
    char why[CONFIG_WHY_MAX];
    if (config_of(r)->broker_count >= CONFIG_LIST_MAX) {
        return reader_refuse(r, "brokers: expected at most %d", CONFIG_LIST_MAX);
    }
    if (!reader_at(r, YAML_SCALAR_EVENT) && !reader_at(r, YAML_MAPPING_START_EVENT)) {
        return reader_refuse(r, "brokers: expected a URL, or a mapping with url, filters and more");
    }
    struct config_broker *b = settings_add_broker(config_of(r));
    enum err e = reader_at(r, YAML_SCALAR_EVENT) ? reader_set(r, &settings_broker[0], b)
                                                 : read_broker_keys(r, b);
    if (e == OK && settings_finish_broker(config_of(r), b, why) != OK) {
        e = reader_refuse_at(r, mark, "%s", why);
    }
    return e;
}

MUST_CHECK static enum err read_brokers(struct reader *r, const struct config_field *f)
{
    if (!reader_at(r, YAML_SEQUENCE_START_EVENT)) {
        return reader_refuse_type(r, f);
    }
    enum err e = reader_next(r);
    while (e == OK && !reader_at(r, YAML_SEQUENCE_END_EVENT)) {
        e = read_broker(r);
        if (e == OK) {
            e = reader_next(r);
        }
    }
    return e;
}

/* ---- sections ---- */

MUST_CHECK static enum err read_field(struct reader *r, const struct settings_section *s,
                                      const struct config_field *f)
{
    if (f->type == CONFIG_ITEMS && f->offset == offsetof(struct config, mappings)) {
        mappings_free(config_of(r)->mappings);
        config_of(r)->mappings = mappings_new();
        return mappings_read(r, config_of(r)->mappings);
    }
    if (f->type == CONFIG_ITEMS) {
        return read_brokers(r, f);
    }
    return reader_value(r, f, (char *)config_of(r) + s->offset);
}

MUST_CHECK static enum err read_section(struct reader *r, const struct settings_section *s)
{
    struct reader_keys keys = {.count = 0};
    reader_add_fields(&keys, s->fields, *s->count);
    if (reader_is_null(r)) {
        return OK;
    }
    if (!reader_at(r, YAML_MAPPING_START_EVENT)) {
        return reader_refuse(r, "%s: expected keys below it, such as %s", s->name,
                             s->fields[0].name);
    }
    enum err e = reader_next(r);
    while (e == OK && !reader_at(r, YAML_MAPPING_END_EVENT)) {
        size_t i = 0;
        e = reader_take_key(r, &keys, &i);
        if (e == OK) {
            e = reader_next(r);
        }
        if (e == OK) {
            e = read_field(r, s, &s->fields[i]);
        }
        if (e == OK) {
            e = reader_next(r);
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
    struct reader_keys keys = {.count = 0};
    reader_add_fields(&keys, settings_sections[0].fields, *settings_sections[0].count);
    for (size_t i = 1; i < settings_section_count; i++) {
        reader_add_key(&keys, settings_sections[i].name);
    }
    if (reader_is_null(r)) {
        return OK;
    }
    if (!reader_at(r, YAML_MAPPING_START_EVENT)) {
        return reader_refuse(r, "expected settings, such as `data: ./telltale-data`");
    }
    enum err e = reader_next(r);
    while (e == OK && !reader_at(r, YAML_MAPPING_END_EVENT)) {
        size_t i = 0;
        e = reader_take_key(r, &keys, &i);
        if (e == OK) {
            e = reader_next(r);
        }
        if (e == OK) {
            e = read_top_value(r, i);
        }
        if (e == OK) {
            e = reader_next(r);
        }
    }
    return e;
}

enum err config_read(struct bytes text, struct config *c, struct config_error *why)
{
    return reader_run(text, read_top, c, why);
}
