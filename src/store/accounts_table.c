/* SPDX-License-Identifier: Apache-2.0 */
/* Accounts of people and their logins, one row each. `account.hash` is the text of an argon2id hash
 * with its parameters, `login.hash` the BLAKE2b hash of what stands in the cookie. The row
 * "claimed" of `meta` tells that there was a token or an account once. */
#include "store/state.h"

void accounts_copy(struct batch *into, const struct batch *b)
{
    for (size_t i = 0; i < b->account_count; i++) {
        *batch_add_account(into) = b->accounts[i];
    }
    for (size_t i = 0; i < b->login_count; i++) {
        *batch_add_login(into) = b->logins[i];
    }
}

static enum err write_account(struct db *db, const struct account *a)
{
    sqlite3_stmt *st = db_statement(db, a->removed ? SQL_ACCOUNT_DELETE : SQL_ACCOUNT_PUT);
    bind_text(st, 1, bytes_of_text(a->name.text));
    if (!a->removed) {
        bind_text(st, 2, bytes_of_text(role_text(a->role)));
        bind_text(st, 3, bytes_of_text(a->hash));
        bind_wall(st, 4, a->created);
        bind_wall(st, 5, a->changed);
    }
    return db_run(db, st);
}

static enum err write_login(struct db *db, const struct login *l)
{
    sqlite3_stmt *st = db_statement(db, l->ended ? SQL_LOGIN_DELETE : SQL_LOGIN_PUT);
    bind_text(st, 1, bytes_of_text(l->id.text));
    if (!l->ended) {
        bind_text(st, 2, bytes_of_text(l->account.text));
        bind_blob(st, 3, bytes_of(l->hash, sizeof l->hash));
        bind_wall(st, 4, l->created);
        bind_wall(st, 5, l->until);
    }
    return db_run(db, st);
}

enum err accounts_write(struct store *s, const struct batch *b)
{
    enum err e = OK;
    for (size_t i = 0; i < b->account_count && e == OK; i++) {
        e = write_account(&s->db, &b->accounts[i]);
    }
    for (size_t i = 0; i < b->login_count && e == OK; i++) {
        e = write_login(&s->db, &b->logins[i]);
    }
    bool claims = b->account_count + b->token_count > 0;
    return e == OK && claims ? commit_write_meta(s, "claimed", 1) : e;
}

/* False: it does not fit. */
static bool take_id(struct bytes from, struct text_id *id)
{
    if (from.len == 0 || from.len >= sizeof id->text) {
        return false;
    }
    memcpy(id->text, from.ptr, from.len);
    return true;
}

bool accounts_read(sqlite3_stmt *st, struct batch *out)
{
    struct account *a = batch_add_account(out);
    struct bytes hash = column_bytes(st, 2);
    if (!take_id(column_bytes(st, 0), &a->name) || hash.len >= sizeof a->hash) {
        return false;
    }
    memcpy(a->hash, hash.ptr, hash.len);
    a->created = column_wall(st, 3);
    a->changed = column_wall(st, 4);
    return role_parse(column_bytes(st, 1), &a->role) == OK;
}

bool logins_read(sqlite3_stmt *st, struct batch *out)
{
    struct login *l = batch_add_login(out);
    struct bytes hash = column_bytes(st, 2);
    if (!take_id(column_bytes(st, 0), &l->id) || !take_id(column_bytes(st, 1), &l->account) ||
        hash.len != sizeof l->hash) {
        return false;
    }
    memcpy(l->hash, hash.ptr, hash.len);
    l->created = column_wall(st, 3);
    l->until = column_wall(st, 4);
    return true;
}
