/* SPDX-License-Identifier: Apache-2.0 */
#include "app/config_mappings.h"

#include "app/config_reader.h"

/* ---- one mapping ---- */

/* Where each key of a mapping stands, for what is wrong with all of it together. */
struct places {
    yaml_mark_t begin;
    yaml_mark_t of[MAPPING_KEY_COUNT];
    struct reader_keys keys;
};

static enum err take_text(struct reader *r, struct mapping *m, enum mapping_key key)
{
    char why[CONFIG_WHY_MAX];
    if (!reader_at(r, YAML_SCALAR_EVENT)) {
        return reader_refuse(r, "%s: expected a text%s", mapping_keys[key].name,
                             mapping_keys[key].many ? " or a list of texts" : "");
    }
    return mapping_set(m, key, reader_scalar(r), why) == OK ? OK : reader_refuse(r, "%s", why);
}

MUST_CHECK static enum err read_words(struct reader *r, struct mapping *m, enum mapping_key key)
{
    enum err e = reader_next(r);
    while (e == OK && !reader_at(r, YAML_SEQUENCE_END_EVENT)) {
        e = take_text(r, m, key);
        if (e == OK) {
            e = reader_next(r);
        }
    }
    return e;
}

/* Reads a key and its value. */
MUST_CHECK static enum err read_key(struct reader *r, struct mapping *m, struct places *p)
{
    size_t key = 0;
    enum err e = reader_take_key(r, &p->keys, &key);
    if (e == OK) {
        e = reader_next(r);
    }
    if (e != OK) {
        return e;
    }
    p->of[key] = r->event.start_mark;
    return mapping_keys[key].many && reader_at(r, YAML_SEQUENCE_START_EVENT)
               ? read_words(r, m, (enum mapping_key)key)
               : take_text(r, m, (enum mapping_key)key);
}

/* `decoder` and `format` are one setting with two names. */
MUST_CHECK static enum err check_whole(struct reader *r, struct mapping *m, const struct places *p)
{
    char why[CONFIG_WHY_MAX];
    enum mapping_key key;
    uint32_t both = 1u << MAPPING_DECODER | 1u << MAPPING_FORMAT;
    if ((p->keys.seen & both) == both) {
        return reader_refuse_at(r, p->of[MAPPING_FORMAT], "format: decoder is given already");
    }
    if (mapping_finish(m, &key, why) == OK) {
        return OK;
    }
    bool given = p->keys.seen >> key & 1;
    return reader_refuse_at(r, given ? p->of[key] : p->begin, "%s", why);
}

MUST_CHECK static enum err fill_mapping(struct reader *r, struct mapping *m)
{
    struct places p = {.begin = r->event.start_mark};
    for (size_t i = 0; i < MAPPING_KEY_COUNT; i++) {
        reader_add_key(&p.keys, mapping_keys[i].name);
    }
    enum err e = reader_next(r);
    while (e == OK && !reader_at(r, YAML_MAPPING_END_EVENT)) {
        e = read_key(r, m, &p);
        if (e == OK) {
            e = reader_next(r);
        }
    }
    return e == OK ? check_whole(r, m, &p) : e;
}

MUST_CHECK static enum err new_mapping(struct reader *r, struct mapping **made)
{
    if (!reader_at(r, YAML_MAPPING_START_EVENT)) {
        return reader_refuse(r, "mappings: expected keys such as `topic: meters/{device}/raw`");
    }
    struct mapping *m = mapping_new();
    enum err e = fill_mapping(r, m);
    if (e != OK) {
        mapping_free(m);
        return e;
    }
    *made = m;
    return OK;
}

MUST_CHECK static enum err read_mapping(struct reader *r, struct mappings *all)
{
    struct mapping *m = NULL;
    enum err e = new_mapping(r, &m);
    if (e != OK) {
        return e;
    }
    if (mappings_count(all) >= LIMIT_MAPPINGS || mappings_add(all, m) != OK) {
        mapping_free(m);
        return reader_refuse(r, "mappings: expected at most %d", LIMIT_MAPPINGS);
    }
    return OK;
}

/* ---- lists ---- */

enum err mappings_read(struct reader *r, struct mappings *all)
{
    if (reader_is_null(r)) {
        return OK;
    }
    if (!reader_at(r, YAML_SEQUENCE_START_EVENT)) {
        return reader_refuse(r, "mappings: expected a list of mappings");
    }
    enum err e = reader_next(r);
    while (e == OK && !reader_at(r, YAML_SEQUENCE_END_EVENT)) {
        e = read_mapping(r, all);
        if (e == OK) {
            e = reader_next(r);
        }
    }
    return e;
}

/* ---- a text of them ---- */

MUST_CHECK static enum err read_list(struct reader *r)
{
    return mappings_read(r, r->into);
}

MUST_CHECK static enum err read_one(struct reader *r)
{
    return read_mapping(r, r->into);
}

/* {mappings: [...]} */
MUST_CHECK static enum err read_wrapped(struct reader *r)
{
    struct reader_keys keys = {.count = 0};
    size_t key;
    reader_add_key(&keys, "mappings");
    enum err e = reader_next(r);
    while (e == OK && !reader_at(r, YAML_MAPPING_END_EVENT)) {
        e = reader_take_key(r, &keys, &key);
        if (e == OK) {
            e = reader_next(r);
        }
        if (e == OK) {
            e = mappings_read(r, r->into);
        }
        if (e == OK) {
            e = reader_next(r);
        }
    }
    return e;
}

/* Which of the three forms a text has, by its first word. */
static enum err (*form_of(struct bytes text))(struct reader *r)
{
    text = bytes_trim(text);
    bool list =
        text.len > 0 && (text.ptr[0] == '[' || (text.ptr[0] == '-' && text.len > 1 &&
                                                (text.ptr[1] == ' ' || text.ptr[1] == '\n')));
    while (text.len > 0 && strchr("{\"' \t\r\n", text.ptr[0])) {
        text = bytes_skip(text, 1);
    }
    return list ? read_list : bytes_start_with(text, BYTES("mappings")) ? read_wrapped : read_one;
}

enum err mappings_parse(struct bytes text, struct mappings **mappings, struct config_error *why)
{
    struct mappings *all = mappings_new();
    enum err e = reader_run(text, form_of(text), all, why);
    if (e != OK) {
        mappings_free(all);
        return e;
    }
    *mappings = all;
    return OK;
}

MUST_CHECK static enum err read_only_one(struct reader *r)
{
    return new_mapping(r, r->into);
}

enum err mapping_parse(struct bytes text, struct mapping **mapping, struct config_error *why)
{
    struct mapping *m = NULL;
    enum err e = reader_run(text, read_only_one, &m, why);
    if (e == OK && !m) { /* an empty text has no document */
        (void)snprintf(why->text, sizeof why->text, "topic: expected a pattern of topics");
        e = ERR_INVALID;
    }
    if (e != OK) {
        mapping_free(m);
        return e;
    }
    *mapping = m;
    return OK;
}
