/* SPDX-License-Identifier: Apache-2.0 */
/* Documents, one row each; the kind is kept as its word, so that a file never depends on the order
 * of an enum. */
#include "store/state.h"

#include "model/document.h"

void documents_copy(struct batch *into, const struct batch *b)
{
    for (size_t i = 0; i < b->document_count; i++) {
        const struct document_change *from = &b->documents[i];
        struct document_change *c = batch_add_document(into);
        *c = *from;
        c->id = batch_put_text(into, batch_text(b, from->id));
        c->body = batch_put_text(into, batch_text(b, from->body));
        c->by = batch_put_text(into, batch_text(b, from->by));
    }
}

enum err documents_write(struct db *db, const struct batch *b, const struct document_change *c)
{
    sqlite3_stmt *st = db_statement(db, c->deleted ? SQL_DOCUMENT_DELETE : SQL_DOCUMENT_PUT);
    bind_text(st, 1, bytes_of_text(document_kind_text((enum document_kind)c->kind)));
    bind_text(st, 2, batch_text(b, c->id));
    if (!c->deleted) {
        bind_u64(st, 3, c->version);
        bind_text(st, 4, batch_text(b, c->body));
        bind_text(st, 5, batch_text(b, c->by));
        bind_wall(st, 6, c->created);
        bind_wall(st, 7, c->updated);
    }
    return db_run(db, st);
}

bool documents_read(sqlite3_stmt *st, struct batch *out)
{
    enum document_kind kind;
    if (document_kind_parse(column_bytes(st, 0), &kind) != OK ||
        !document_id_valid(column_bytes(st, 1))) {
        return false;
    }
    struct document_change *c = batch_add_document(out);
    c->kind = kind;
    c->id = batch_put_text(out, column_bytes(st, 1));
    c->version = (uint32_t)sqlite3_column_int64(st, 2);
    c->body = batch_put_text(out, column_bytes(st, 3));
    c->by = batch_put_text(out, column_bytes(st, 4));
    c->created = column_wall(st, 5);
    c->updated = column_wall(st, 6);
    return true;
}
