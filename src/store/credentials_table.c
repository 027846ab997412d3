/* SPDX-License-Identifier: Apache-2.0 */
/* Credentials of devices, one row each. `hash` is NULL for one that logs in by a certificate,
 * `fingerprint` for one that is not bound by it; a list of patterns is a blob in which each is
 * followed by a NUL byte. */
#include "store/state.h"

void credentials_copy(struct batch *into, const struct batch *b)
{
    for (size_t i = 0; i < b->credential_count; i++) {
        const struct credential_change *from = &b->credentials[i];
        struct credential_change *c = batch_add_credential(into);
        *c = *from;
        c->id = batch_put_text(into, batch_text(b, from->id));
        c->name = batch_put_text(into, batch_text(b, from->name));
        c->common_name = batch_put_text(into, batch_text(b, from->common_name));
        c->speaks_for = batch_put_text(into, batch_text(b, from->speaks_for));
        c->publish = batch_put_text(into, batch_text(b, from->publish));
        c->subscribe = batch_put_text(into, batch_text(b, from->subscribe));
    }
}

enum err credentials_write(struct db *db, const struct batch *b, const struct credential_change *c)
{
    sqlite3_stmt *st = db_statement(db, c->forgotten ? SQL_CREDENTIAL_DELETE : SQL_CREDENTIAL_PUT);
    bind_text(st, 1, batch_text(b, c->id));
    if (c->forgotten) {
        return db_run(db, st);
    }
    bind_text(st, 2, batch_text(b, c->name));
    if (c->has_secret) {
        bind_blob(st, 3, bytes_of(c->hash, sizeof c->hash));
    }
    if (c->has_fingerprint) {
        bind_blob(st, 4, bytes_of(c->fingerprint, sizeof c->fingerprint));
    }
    bind_text(st, 5, batch_text(b, c->common_name));
    bind_blob(st, 6, batch_text(b, c->speaks_for));
    bind_blob(st, 7, batch_text(b, c->publish));
    bind_blob(st, 8, batch_text(b, c->subscribe));
    bind_wall(st, 9, c->created);
    bind_wall(st, 10, c->revoked);
    bind_wall(st, 11, c->last_used);
    return db_run(db, st);
}

/* A hash that may be NULL; false when it is neither that nor of its length. */
static bool read_hash(sqlite3_stmt *st, int column, uint8_t out[TOKEN_HASH_BYTES], bool *has)
{
    struct bytes blob = column_bytes(st, column);
    *has = blob.len > 0;
    if (*has && blob.len == TOKEN_HASH_BYTES) {
        memcpy(out, blob.ptr, blob.len);
    }
    return !*has || blob.len == TOKEN_HASH_BYTES;
}

static bool read_list(sqlite3_stmt *st, int column, struct batch *out, struct text_ref *list)
{
    struct bytes blob = column_bytes(st, column);
    *list = batch_put_text(out, blob);
    return blob.len == 0 || blob.ptr[blob.len - 1] == 0;
}

bool credentials_read(sqlite3_stmt *st, struct batch *out)
{
    struct credential_change *c = batch_add_credential(out);
    c->id = batch_put_text(out, column_bytes(st, 0));
    c->name = batch_put_text(out, column_bytes(st, 1));
    c->common_name = batch_put_text(out, column_bytes(st, 4));
    c->created = column_wall(st, 8);
    c->revoked = column_wall(st, 9);
    c->last_used = column_wall(st, 10);
    return c->id.len > 0 && read_hash(st, 2, c->hash, &c->has_secret) &&
           read_hash(st, 3, c->fingerprint, &c->has_fingerprint) &&
           read_list(st, 5, out, &c->speaks_for) && read_list(st, 6, out, &c->publish) &&
           read_list(st, 7, out, &c->subscribe);
}
