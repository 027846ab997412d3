/* SPDX-License-Identifier: Apache-2.0 */
/* /api/v1/<kind> for every kind of document: one object each, to which the answer adds `id`,
 * `version`, `createdAt`, `updatedAt` and `updatedBy`. These come back with what a client read and
 * wrote again, so they are passed over in a body, but for `version`, the one that it began from. */
#include "serve/request.h"

#include "base/mem.h"
#include "model/limits.h"

#define PAGE_DEFAULT 100
#define PAGE_MAX     1000

/* The router let it in by this very word. */
static enum document_kind kind_of(const struct serve_peer *p)
{
    enum document_kind kind = DOCUMENT_DASHBOARD;
    enum err e = document_kind_parse(p->http->segments[2], &kind);
    ASSERT(e == OK);
    return kind;
}

/* ---- showing ---- */

static bool is_secret(enum document_kind kind, struct json_text key)
{
    uint8_t memory[DOCUMENT_ID_MAX];
    struct bytes name;
    return json_text_get(key, memory, sizeof memory, &name) == OK &&
           document_member_is_secret(kind, name);
}

/* The members as they were written; a secret is only said to be there. */
static void put_body(struct json_writer *w, const struct document *d)
{
    struct json_reader r;
    struct json_text key;
    struct bytes raw;
    json_reader_init(&r, d->body);
    (void)json_read_object(&r);
    while (json_read_key(&r, &key) && json_read_raw(&r, &raw)) {
        if (!is_secret(d->kind, key)) {
            json_write_read_key(w, key);
            json_write_raw(w, raw);
        }
    }
}

static void put_secrets(struct json_writer *w, const struct document *d)
{
    struct json_reader r;
    struct json_text key;
    json_reader_init(&r, d->body);
    (void)json_read_object(&r);
    json_write_key(w, "secrets");
    json_write_array(w);
    while (json_read_key(&r, &key)) {
        if (is_secret(d->kind, key)) {
            json_write_text(w, key.raw);
        }
    }
    json_write_array_end(w);
}

void serve_write_document(struct json_writer *w, const struct document *d)
{
    json_write_object(w);
    json_put_text(w, "id", d->id);
    json_put_u64(w, "version", d->version);
    json_put_i64(w, "createdAt", d->created);
    json_put_i64(w, "updatedAt", d->updated);
    json_put_text(w, "updatedBy", d->by.len ? d->by : BYTES("local"));
    if (d->kind == DOCUMENT_CHANNEL) {
        put_secrets(w, d);
    }
    put_body(w, d);
    json_write_object_end(w);
}

/* Writes the page; returns the row of its last one when more follow, else -1. */
static int64_t put_page(struct json_writer *w, const struct document_table *t,
                        enum document_kind kind, int64_t after, int64_t limit)
{
    int64_t last = -1;
    for (int64_t row = after + 1; row < (int64_t)t->count; row++) {
        const struct document *d = t->rows[row];
        if (d->id.len == 0 || d->kind != kind) {
            continue;
        }
        if (limit-- == 0) {
            return last;
        }
        serve_write_document(w, d);
        last = row;
    }
    return -1;
}

/* The one of that id, or none: for who asks whether there is one, which is no error. */
static int64_t put_named(struct json_writer *w, const struct document_table *t,
                         enum document_kind kind, struct bytes id)
{
    const struct document *d = document_find(t, kind, id);
    if (d) {
        serve_write_document(w, d);
    }
    return -1;
}

void serve_get_documents(struct serve_peer *p)
{
    int64_t limit = PAGE_DEFAULT, after = -1;
    uint8_t memory[DOCUMENT_ID_MAX];
    struct bytes id;
    if (!serve_query_integer(p, "limit", 1, PAGE_MAX, &limit) ||
        !serve_query_integer(p, "after", 0, UINT32_MAX, &after) ||
        !serve_query_text(p, "id", memory, sizeof memory, &id)) {
        return;
    }
    enum document_kind kind = kind_of(p);
    const struct document_table *t = &p->serve->documents;
    struct buf body = {0};
    struct json_writer w;
    json_writer_init(&w, &body);
    json_write_object(&w);
    json_write_key(&w, document_kind_text(kind));
    json_write_array(&w);
    int64_t last = id.len > 0 ? put_named(&w, t, kind, id) : put_page(&w, t, kind, after, limit);
    json_write_array_end(&w);
    char next[24];
    (void)snprintf(next, sizeof next, "%lld", (long long)last);
    json_put_string(&w, "next", last < 0 ? NULL : next);
    json_write_object_end(&w);
    serve_answer_json(p, 200, &body);
    buf_fini(&body);
}

void serve_answer_document(struct serve_peer *p, const struct document *d)
{
    struct buf body = {0};
    struct json_writer w;
    json_writer_init(&w, &body);
    serve_write_document(&w, d);
    serve_answer_json(p, 200, &body);
    buf_fini(&body);
}

void serve_get_document(struct serve_peer *p)
{
    const struct document *d =
        document_find(&p->serve->documents, kind_of(p), p->http->segments[3]);
    if (!d) {
        serve_answer_error(p, 404, "not_found", "there is none with that id");
        return;
    }
    serve_answer_document(p, d);
}

/* ---- changing ---- */

static bool is_ours(struct json_text key)
{
    static const char *const ours[] = {"id", "createdAt", "updatedAt", "updatedBy", "secrets"};
    for (size_t i = 0; i < ARRAY_LEN(ours); i++) {
        if (json_text_is(key, ours[i])) {
            return true;
        }
    }
    return false;
}

static bool read_version(struct serve_peer *p, struct json_reader *r, struct command *c)
{
    int64_t version = -1;
    if (json_peek(r) != JSON_NUMBER || !json_read_i64(r, &version) || version < 0 ||
        version > UINT32_MAX) {
        serve_answer_bad_field(p, BYTES("version"), "the version that was read is expected");
        return false;
    }
    c->fields |= FIELD_VERSION;
    c->document.version = (uint32_t)version;
    return true;
}

/* Copies what is the writer's own into the command. */
static bool read_body(struct serve_peer *p, struct command *c)
{
    struct json_reader r;
    struct json_text key;
    struct json_writer w;
    struct bytes raw;
    if (!serve_body_begin(p, &r)) {
        return false;
    }
    json_writer_init(&w, &c->document.body);
    json_write_object(&w);
    while (json_read_key(&r, &key)) {
        if (json_text_is(key, "version")) {
            if (!read_version(p, &r, c)) {
                return false;
            }
        } else if (!is_ours(key) && json_read_raw(&r, &raw)) {
            json_write_read_key(&w, key);
            json_write_raw(&w, raw);
        }
    }
    json_write_object_end(&w);
    return serve_body_end(p, &r);
}

void serve_keep_document(struct serve_peer *p, enum document_kind kind, struct bytes id)
{
    struct command *c = command_new(COMMAND_PUT_DOCUMENT);
    c->document.kind = kind;
    buf_put_bytes(&c->document.id, id);
    if (read_body(p, c)) {
        serve_command_send(p, c, NULL);
    } else {
        command_free(c);
    }
}

void serve_post_document(struct serve_peer *p)
{
    serve_keep_document(p, kind_of(p), (struct bytes){0});
}

void serve_put_document(struct serve_peer *p)
{
    serve_keep_document(p, kind_of(p), p->http->segments[3]);
}

void serve_drop_document(struct serve_peer *p, enum document_kind kind, struct bytes id)
{
    struct command *c = command_new(COMMAND_DELETE_DOCUMENT);
    c->document.kind = kind;
    buf_put_bytes(&c->document.id, id);
    serve_command_send(p, c, NULL);
}

void serve_delete_document(struct serve_peer *p)
{
    serve_drop_document(p, kind_of(p), p->http->segments[3]);
}

/* ---- earlier versions of a dashboard ---- */

void serve_get_versions(struct serve_peer *p)
{
    struct bytes id = p->http->segments[3];
    const struct document_table *t = &p->serve->documents;
    if (!document_find(t, DOCUMENT_DASHBOARD, id)) {
        serve_answer_error(p, 404, "not_found", "there is none with that id");
        return;
    }
    const struct document *kept = document_find(t, DOCUMENT_EARLIER, id);
    struct buf body = {0};
    buf_put_bytes(&body, kept ? kept->body : BYTES("{\"versions\":[]}"));
    serve_answer_json(p, 200, &body);
    buf_fini(&body);
}
