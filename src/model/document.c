/* SPDX-License-Identifier: Apache-2.0 */
#include "model/document.h"

#include "base/mem.h"
#include "model/limits.h"

static const char *const kind_words[] = {
#define DOCUMENT_WORD(name, word) [name] = word,
    DOCUMENT_KIND_LIST(DOCUMENT_WORD)
#undef DOCUMENT_WORD
};

const char *document_kind_text(enum document_kind kind)
{
    ASSERT(kind < DOCUMENT_KIND_COUNT);
    return kind_words[kind];
}

enum err document_kind_parse(struct bytes text, enum document_kind *kind)
{
    for (size_t i = 0; i < ARRAY_LEN(kind_words); i++) {
        if (bytes_equal(text, bytes_of_text(kind_words[i]))) {
            *kind = (enum document_kind)i;
            return OK;
        }
    }
    return ERR_INVALID;
}

bool document_id_valid(struct bytes id)
{
    if (id.len == 0 || id.len > DOCUMENT_ID_MAX || id.ptr[0] == '.') {
        return false;
    }
    for (size_t i = 0; i < id.len; i++) {
        uint8_t c = id.ptr[i], lower = c | 0x20;
        bool plain = (lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
                     c == '_' || c == '.';
        if (!plain) {
            return false;
        }
    }
    return true;
}

bool document_member_is_secret(enum document_kind kind, struct bytes member)
{
    static const char *const secrets[] = {"password", "secret", "token", "headers"};
    for (size_t i = 0; kind == DOCUMENT_CHANNEL && i < ARRAY_LEN(secrets); i++) {
        if (bytes_equal(member, bytes_of_text(secrets[i]))) {
            return true;
        }
    }
    return (kind == DOCUMENT_SUBSCRIPTION && bytes_equal(member, BYTES("keys"))) ||
           (kind == DOCUMENT_SHARE && bytes_equal(member, BYTES("hash")));
}

/* ---- the table ---- */

/* Kind and id in one: what a document is found by. */
struct name {
    uint8_t bytes[1 + DOCUMENT_ID_MAX];
    size_t len;
};

static struct name name_of(enum document_kind kind, struct bytes id)
{
    struct name n = {.len = 1 + id.len};
    ASSERT(id.len <= DOCUMENT_ID_MAX);
    n.bytes[0] = (uint8_t)kind;
    if (id.len) {
        memcpy(n.bytes + 1, id.ptr, id.len);
    }
    return n;
}

/* The text of a row begins with its name. */
static struct bytes key_of(const void *owner, uint32_t slot)
{
    const struct document *d = ((const struct document_table *)owner)->rows[slot];
    return bytes_of(d->text.ptr, 1 + d->id.len);
}

void document_table_init(struct document_table *t, struct hash_key key)
{
    *t = (struct document_table){0};
    strmap_init(&t->by_name, key, key_of, t);
}

void document_table_fini(struct document_table *t)
{
    for (size_t i = 0; i < t->count; i++) {
        buf_fini(&t->rows[i]->text);
        free(t->rows[i]);
    }
    free(t->rows);
    strmap_fini(&t->by_name);
}

static uint32_t slot_of(const struct document_table *t, enum document_kind kind, struct bytes id)
{
    if (id.len > DOCUMENT_ID_MAX) {
        return STRMAP_NONE;
    }
    struct name n = name_of(kind, id);
    return strmap_find(&t->by_name, bytes_of(n.bytes, n.len));
}

const struct document *document_find(const struct document_table *t, enum document_kind kind,
                                     struct bytes id)
{
    uint32_t slot = slot_of(t, kind, id);
    return slot == STRMAP_NONE ? NULL : t->rows[slot];
}

/* People make them one by one: a free row is found by looking, when there are any. */
static uint32_t take_slot(struct document_table *t)
{
    for (size_t i = 0; t->used < t->count && i < t->count; i++) {
        if (t->rows[i]->id.len == 0) {
            t->used++;
            return (uint32_t)i;
        }
    }
    t->rows = mem_grow(t->rows, t->count, &t->cap, sizeof *t->rows);
    t->rows[t->count] = mem_zalloc(1, sizeof *t->rows[t->count]);
    t->used++;
    return (uint32_t)t->count++;
}

/* Takes the row out of the index and drops its text. */
static void empty_row(struct document_table *t, struct document *row)
{
    strmap_remove(&t->by_name, bytes_of(row->text.ptr, 1 + row->id.len));
    t->bytes -= row->text.len;
    row->id = (struct bytes){0};
    buf_fini(&row->text);
}

static void forget(struct document_table *t, uint32_t slot)
{
    if (slot != STRMAP_NONE) {
        empty_row(t, t->rows[slot]);
        t->used--;
    }
}

static void fill_row(struct document *row, const struct batch *b, const struct document_change *c)
{
    struct bytes id = batch_text(b, c->id), body = batch_text(b, c->body),
                 by = batch_text(b, c->by);
    struct name n = name_of(c->kind, id);
    buf_put(&row->text, n.bytes, n.len);
    buf_put_bytes(&row->text, body);
    buf_put_bytes(&row->text, by);
    row->id = bytes_of(row->text.ptr + 1, id.len);
    row->body = bytes_of(row->text.ptr + n.len, body.len);
    row->by = bytes_of(row->text.ptr + n.len + body.len, by.len);
    row->kind = c->kind;
    row->version = c->version;
    row->created = c->created;
    row->updated = c->updated;
}

static void apply(struct document_table *t, const struct batch *b, const struct document_change *c)
{
    uint32_t slot = slot_of(t, c->kind, batch_text(b, c->id));
    if (c->deleted) {
        forget(t, slot);
        return;
    }
    if (slot == STRMAP_NONE) {
        slot = take_slot(t);
    } else {
        empty_row(t, t->rows[slot]);
    }
    fill_row(t->rows[slot], b, c);
    t->bytes += t->rows[slot]->text.len;
    strmap_put(&t->by_name, slot);
}

void document_table_apply(struct document_table *t, const struct batch *b)
{
    for (size_t i = 0; b->kind == BATCH_SNAPSHOT && i < t->count; i++) {
        forget(t, t->rows[i]->id.len ? (uint32_t)i : STRMAP_NONE);
    }
    for (size_t i = 0; i < b->document_count; i++) {
        apply(t, b, &b->documents[i]);
    }
}

static struct document_change *write_row(const struct document *row, struct batch *out)
{
    struct document_change *c = batch_add_document(out);
    c->kind = row->kind;
    c->version = row->version;
    c->created = row->created;
    c->updated = row->updated;
    c->id = batch_put_text(out, row->id);
    c->body = batch_put_text(out, row->body);
    c->by = batch_put_text(out, row->by);
    return c;
}

void document_table_put(const struct document_table *t, struct batch *out)
{
    for (size_t i = 0; i < t->count; i++) {
        if (t->rows[i]->id.len) {
            (void)write_row(t->rows[i], out);
        }
    }
}

struct document document_copy(const struct document *d, struct buf *text)
{
    struct document copy = *d;
    ASSERT(text->len == 0);
    buf_put_bytes(text, d->id);
    buf_put_bytes(text, d->body);
    buf_put_bytes(text, d->by);
    copy.text = (struct buf){0};
    copy.id = bytes_of(text->ptr, d->id.len);
    copy.body = bytes_of(text->ptr + d->id.len, d->body.len);
    copy.by = bytes_of(text->ptr + d->id.len + d->body.len, d->by.len);
    return copy;
}

/* ---- commands ---- */

static void refuse(struct command *c, enum err e, const char *field, const char *message)
{
    c->result = e;
    c->field = field;
    c->message = message;
}

static void apply_last(struct document_table *t, const struct batch *out)
{
    apply(t, out, &out->documents[out->document_count - 1]);
}

/* Whether the writer knows the version that he replaces, when he names one; 0 names none yet. */
static bool version_fits(const struct command *c, const struct document *old)
{
    return !(c->fields & FIELD_VERSION) || c->document.version == (old ? old->version : 0);
}

static void check_put(const struct document_table *t, struct command *c, const struct document *old)
{
    size_t bytes = c->document.body.len;
    c->result = OK;
    if (!document_id_valid(buf_bytes(&c->document.id))) {
        refuse(c, ERR_INVALID, "id", "up to 63 letters, digits, - _ and . are expected");
    } else if (bytes > LIMIT_KEPT_DOCUMENT_BYTES) {
        refuse(c, ERR_TOO_LARGE, NULL, "it is larger than 256 kB");
    } else if (!version_fits(c, old)) {
        refuse(c, ERR_EXISTS, "version", "it was changed meanwhile: read it again");
    } else if ((!old && t->used >= LIMIT_DOCUMENTS) || t->bytes + bytes > LIMIT_DOCUMENTS_BYTES) {
        refuse(c, ERR_FULL, NULL, "there are too many documents: delete some");
    }
}

static void put(struct document_table *t, struct command *c, struct text_id_source *ids,
                wall_ms now, struct batch *out)
{
    struct document_request *q = &c->document;
    if (q->id.len == 0) {
        c->made = text_id_next(ids);
        buf_put_bytes(&q->id, bytes_of_text(c->made.text));
    }
    const struct document *old = document_find(t, q->kind, buf_bytes(&q->id));
    check_put(t, c, old);
    if (c->result != OK) {
        return;
    }
    struct document_change *n = batch_add_document(out);
    n->kind = q->kind;
    n->version = old ? old->version + 1 : 1;
    n->created = old ? old->created : now;
    n->updated = now;
    n->id = batch_put_text(out, buf_bytes(&q->id));
    n->body = batch_put_text(out, buf_bytes(&q->body));
    n->by = batch_put_text(out, bytes_of_text(c->by.text));
    apply_last(t, out);
}

static void delete (struct document_table *t, struct command *c, struct batch *out)
{
    const struct document_request *q = &c->document;
    const struct document *old = document_find(t, q->kind, buf_bytes(&q->id));
    if (!old) {
        refuse(c, ERR_NOT_FOUND, "id", "there is none with that id");
    } else if (!version_fits(c, old)) {
        refuse(c, ERR_EXISTS, "version", "it was changed meanwhile: read it again");
    } else {
        c->result = OK;
        write_row(old, out)->deleted = true;
        apply_last(t, out);
    }
}

void document_command(struct document_table *t, struct command *c, struct text_id_source *ids,
                      wall_ms now, struct batch *out)
{
    if (c->kind == COMMAND_PUT_DOCUMENT) {
        put(t, c, ids, now, out);
    } else {
        ASSERT(c->kind == COMMAND_DELETE_DOCUMENT);
        delete (t, c, out);
    }
}
