/* SPDX-License-Identifier: Apache-2.0 */
#include "store/db.h"

#include <stdarg.h>

/* A reader or a tool may hold the file for a moment; longer than this the caller should know. */
#define BUSY_TIMEOUT_MS 1000

static const char *const sql_texts[STATEMENT_COUNT] = {
#define STATEMENT_TEXT(id, sql) sql,
    STATEMENT_LIST(STATEMENT_TEXT)
#undef STATEMENT_TEXT
};

void failure_set(struct store_failure *why, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    (void)vsnprintf(why->text, sizeof why->text, format, args);
    va_end(args);
}

enum err db_err(struct db *db, int rc)
{
    switch (rc & 0xff) {
    case SQLITE_OK:
    case SQLITE_ROW:
    case SQLITE_DONE:
        return OK;
    default:
        break;
    }
    db->code = rc;
    if (db->handle && (rc & 0xff) == (sqlite3_errcode(db->handle) & 0xff)) {
        db->code = sqlite3_extended_errcode(db->handle);
    }
    switch (rc & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return ERR_BUSY;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return ERR_CORRUPT;
    case SQLITE_FULL:
        return ERR_FULL;
    case SQLITE_NOMEM:
        return ERR_NO_MEMORY;
    default:
        return ERR_IO;
    }
}

void db_explain(const struct db *db, const char *path, struct store_failure *why)
{
    switch (db->code & 0xff) {
    case SQLITE_FULL:
        failure_set(why, "the disk is full: %s can't grow; free some space", path);
        break;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        failure_set(why, "%s is locked by another program; close it", path);
        break;
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
        failure_set(why, "%s can't be written; check the owner and mode of the folder", path);
        break;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        failure_set(why, "%s is damaged; what was stored before is kept; restore it from a backup",
                    path);
        break;
    default:
        failure_set(why, "%s: %s (SQLite %d)", path, sqlite3_errstr(db->code), db->code);
        break;
    }
}

bool db_must_reopen(const struct db *db)
{
    return (db->code & 0xff) == SQLITE_IOERR;
}

enum err db_exec(struct db *db, const char *sql)
{
    return db_err(db, sqlite3_exec(db->handle, sql, NULL, NULL, NULL));
}

enum err db_open(struct db *db, const char *path)
{
    *db = (struct db){0};
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    enum err e = db_err(db, sqlite3_open_v2(path, &db->handle, flags, NULL));
    if (e != OK) {
        return e;
    }
    (void)sqlite3_busy_timeout(db->handle, BUSY_TIMEOUT_MS);
    (void)sqlite3_db_config(db->handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    (void)sqlite3_db_config(db->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    return db_exec(db, "PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0;"
                       "PRAGMA cache_size = -4096; PRAGMA temp_store = MEMORY;"
                       "PRAGMA journal_size_limit = 16777216; PRAGMA foreign_keys = OFF;");
}

int db_backup_end(struct db *db)
{
    int rc = sqlite3_backup_finish(db->backup); /* NULL is fine */
    int closed = sqlite3_close(db->copy);
    db->backup = NULL;
    db->copy = NULL;
    return rc == SQLITE_OK ? closed : rc;
}

void db_close(struct db *db)
{
    (void)db_backup_end(db);
    for (size_t i = 0; i < STATEMENT_COUNT; i++) {
        (void)sqlite3_finalize(db->statements[i]);
        db->statements[i] = NULL;
    }
    (void)sqlite3_close_v2(db->handle);
    db->handle = NULL;
}

sqlite3_stmt *db_statement(struct db *db, enum statement id)
{
    sqlite3_stmt **st = &db->statements[id];
    if (!*st) {
        int rc =
            sqlite3_prepare_v3(db->handle, sql_texts[id], -1, SQLITE_PREPARE_PERSISTENT, st, NULL);
        (void)db_err(db, rc);
        return *st;
    }
    (void)sqlite3_reset(*st);
    return *st;
}

enum err db_run(struct db *db, sqlite3_stmt *st)
{
    if (!st) {
        return db->code ? db_err(db, db->code) : ERR_IO;
    }
    int rc = sqlite3_step(st);
    enum err e = db_err(db, rc);
    (void)sqlite3_reset(st);
    return e;
}

enum err db_step(struct db *db, sqlite3_stmt *st, bool *row)
{
    *row = false;
    if (!st) {
        return db->code ? db_err(db, db->code) : ERR_IO;
    }
    int rc = sqlite3_step(st);
    *row = rc == SQLITE_ROW;
    enum err e = db_err(db, rc);
    if (!*row) {
        (void)sqlite3_reset(st);
    }
    return e;
}

enum err db_number(struct db *db, sqlite3_stmt *st, int64_t otherwise, int64_t *value)
{
    bool row;
    enum err e = db_step(db, st, &row);
    if (e != OK) {
        return e;
    }
    *value = row ? sqlite3_column_int64(st, 0) : otherwise;
    (void)sqlite3_reset(st);
    return OK;
}

void bind_u64(sqlite3_stmt *st, int i, uint64_t v)
{
    if (st) {
        (void)sqlite3_bind_int64(st, i, (int64_t)v);
    }
}

void bind_text(sqlite3_stmt *st, int i, struct bytes text)
{
    if (st) {
        const char *p = text.len ? (const char *)text.ptr : "";
        (void)sqlite3_bind_text64(st, i, p, text.len, SQLITE_STATIC, SQLITE_UTF8);
    }
}

void bind_blob(sqlite3_stmt *st, int i, struct bytes blob)
{
    if (st) {
        const void *p = blob.len ? (const void *)blob.ptr : (const void *)"";
        (void)sqlite3_bind_blob64(st, i, p, blob.len, SQLITE_STATIC);
    }
}

void bind_wall(sqlite3_stmt *st, int i, wall_ms t)
{
    if (st && t == WALL_NONE) {
        (void)sqlite3_bind_null(st, i);
    } else if (st) {
        (void)sqlite3_bind_int64(st, i, t);
    }
}

wall_ms column_wall(sqlite3_stmt *st, int i)
{
    return sqlite3_column_type(st, i) == SQLITE_NULL ? WALL_NONE : sqlite3_column_int64(st, i);
}

struct bytes column_bytes(sqlite3_stmt *st, int i)
{
    const void *p = sqlite3_column_blob(st, i);
    return bytes_of(p, p ? (size_t)sqlite3_column_bytes(st, i) : 0);
}

uint32_t column_u32(sqlite3_stmt *st, int i)
{
    return (uint32_t)sqlite3_column_int64(st, i);
}
