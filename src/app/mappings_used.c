/* SPDX-License-Identifier: Apache-2.0 */
#include "app/mappings_used.h"

#include "app/config_mappings.h"
#include "base/mem.h"
#include "model/limits.h"

/* ---- one document ---- */

/* The key that a refusal is about: "scale: expected a number". */
static void name_field(const char *text, struct document_fault *fault)
{
    const char *colon = strchr(text, ':');
    size_t len = colon ? (size_t)(colon - text) : 0;
    for (size_t i = 0; i < MAPPING_KEY_COUNT; i++) {
        if (bytes_equal(bytes_of_text(mapping_keys[i].name), bytes_of(text, len))) {
            (void)snprintf(fault->field, sizeof fault->field, "%s", mapping_keys[i].name);
        }
    }
}

enum err mapping_document_check(struct bytes body, struct document_fault *fault)
{
    struct config_error why = {0};
    struct mapping *m;
    if (mapping_parse(body, &m, &why) != OK) {
        name_field(why.text, fault);
        (void)snprintf(fault->message, sizeof fault->message, "%.190s", why.text);
        return ERR_INVALID;
    }
    mapping_free(m);
    return OK;
}

/* ---- those that are kept ---- */

static size_t count_documents(const struct document_table *t)
{
    size_t n = 0;
    for (size_t i = 0; i < t->count; i++) {
        n += t->rows[i]->id.len > 0 && t->rows[i]->kind == DOCUMENT_MAPPING;
    }
    return n;
}

bool mapping_documents_full(const struct document_table *t)
{
    return count_documents(t) >= LIMIT_SAVED_MAPPINGS;
}

static int older_first(const void *a, const void *b)
{
    const struct document *x = *(const struct document *const *)a;
    const struct document *y = *(const struct document *const *)b;
    if (x->created != y->created) {
        return x->created < y->created ? -1 : 1;
    }
    return bytes_compare(x->id, y->id);
}

/* All of them in the order in which they are asked. The list is the caller's, the rows are not. */
static const struct document **sorted(const struct document_table *t, size_t *count)
{
    size_t n = 0;
    const struct document **list = mem_zalloc(count_documents(t) + 1, sizeof *list);
    for (size_t i = 0; i < t->count; i++) {
        if (t->rows[i]->id.len > 0 && t->rows[i]->kind == DOCUMENT_MAPPING) {
            list[n++] = t->rows[i];
        }
    }
    qsort(list, n, sizeof *list, older_first);
    *count = n;
    return list;
}

/* ---- in use ---- */

static void add(struct mappings *all, struct mapping *take_m)
{
    if (mappings_add(all, take_m) != OK) {
        mapping_free(take_m);
    }
}

static void add_candidate(struct mappings *all, struct mapping_candidate *c)
{
    add(all, mapping_copy(c->mapping));
    c->number = mappings_count(all);
}

/* A document that an older program kept and this one can't read stays out. */
static void add_document(struct mappings *all, const struct document *d)
{
    struct config_error why;
    struct mapping *m;
    if (mapping_parse(d->body, &m, &why) == OK) {
        add(all, m);
    }
}

struct mappings *mappings_used(const struct mappings *file, const struct document_table *t,
                               struct mapping_candidate *candidate)
{
    struct mappings *all = mappings_new();
    size_t count;
    const struct document **saved = sorted(t, &count);
    for (size_t i = 0; i < mappings_count(file); i++) {
        add(all, mapping_copy(mappings_at(file, i)));
    }
    for (size_t i = 0; i < count; i++) {
        if (candidate && bytes_equal(saved[i]->id, candidate->id)) {
            add_candidate(all, candidate);
        } else {
            add_document(all, saved[i]);
        }
    }
    if (candidate && candidate->number == 0) {
        add_candidate(all, candidate);
    }
    free(saved);
    return all;
}

/* ---- showing ---- */

static void put_mapping(struct json_writer *w, const struct mapping *m)
{
    enum mapping_key key, before = MAPPING_KEY_COUNT;
    struct bytes text;
    json_write_key(w, "mapping");
    json_write_object(w);
    for (size_t at = 0; mapping_told(m, &at, &key, &text); before = key) {
        bool many = mapping_keys[key].many;
        if (before != key && before < MAPPING_KEY_COUNT && mapping_keys[before].many) {
            json_write_array_end(w);
        }
        if (before != key) {
            json_write_key(w, mapping_keys[key].name);
        }
        if (before != key && many) {
            json_write_array(w);
        }
        json_write_text(w, text);
    }
    if (before < MAPPING_KEY_COUNT && mapping_keys[before].many) {
        json_write_array_end(w);
    }
    json_write_object_end(w);
}

static void put_document(struct json_writer *w, const struct document *d, size_t number)
{
    struct config_error why;
    struct mapping *m;
    if (mapping_parse(d->body, &m, &why) != OK) {
        return;
    }
    json_write_object(w);
    json_put_u64(w, "number", number);
    json_put_string(w, "from", "page");
    json_put_text(w, "id", d->id);
    json_put_u64(w, "version", d->version);
    json_put_i64(w, "updatedAt", d->updated);
    put_mapping(w, m);
    json_write_object_end(w);
    mapping_free(m);
}

void mappings_used_put(struct json_writer *w, const struct mappings *file,
                       const struct document_table *t)
{
    size_t count, from_file = mappings_count(file);
    const struct document **saved = sorted(t, &count);
    json_write_array(w);
    for (size_t i = 0; i < from_file; i++) {
        json_write_object(w);
        json_put_u64(w, "number", i + 1);
        json_put_string(w, "from", "file");
        put_mapping(w, mappings_at(file, i));
        json_write_object_end(w);
    }
    for (size_t i = 0; i < count; i++) {
        put_document(w, saved[i], from_file + i + 1);
    }
    json_write_array_end(w);
    free(saved);
}
