/* SPDX-License-Identifier: Apache-2.0 */
#include "store/reader.h"

#include "store/state.h"

#include "base/mem.h"

#define BUSY_TIMEOUT_MS 1000

static const char *const sql_texts[READER_STATEMENT_COUNT] = {
#define READER_TEXT(id, sql) sql,
    READER_LIST(READER_TEXT)
#undef READER_TEXT
};

sqlite3_stmt *reader_statement(struct store_reader *r, enum reader_statement id)
{
    sqlite3_stmt **st = &r->statements[id];
    if (*st) {
        (void)sqlite3_reset(*st);
        return *st;
    }
    int rc =
        sqlite3_prepare_v3(r->db.handle, sql_texts[id], -1, SQLITE_PREPARE_PERSISTENT, st, NULL);
    enum err e = db_err(&r->db, rc);
    return e == OK ? *st : NULL;
}

static char *database_path(const char *dir)
{
    struct buf b = {0};
    buf_printf(&b, "%s/telltale.db", dir);
    char *path = mem_text(b.ptr, b.len);
    buf_fini(&b);
    return path;
}

/* Ownership: takes over `take_path`. */
static enum err open_path(char *take_path, struct store_reader **reader, struct store_failure *why)
{
    struct store_reader *r = mem_zalloc(1, sizeof *r);
    r->path = take_path;
    int flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    enum err e = db_err(&r->db, sqlite3_open_v2(r->path, &r->db.handle, flags, NULL));
    e = e == OK ? db_exec(&r->db, "PRAGMA query_only = ON; PRAGMA cache_size = -1024;") : e;
    if (e != OK) {
        db_explain(&r->db, r->path, why);
        store_reader_close(r);
        return ERR_IO;
    }
    (void)sqlite3_busy_timeout(r->db.handle, BUSY_TIMEOUT_MS);
    *reader = r;
    return OK;
}

enum err store_reader_open(const char *dir, struct store_reader **reader, struct store_failure *why)
{
    return open_path(database_path(dir), reader, why);
}

enum err reader_beside(const struct store_reader *r, struct store_reader **reader,
                       struct store_failure *why)
{
    return open_path(mem_text(r->path, strlen(r->path)), reader, why);
}

bool reader_is_busy(const struct store_reader *r)
{
    return !sqlite3_get_autocommit(r->db.handle);
}

void store_reader_close(struct store_reader *r)
{
    if (!r) {
        return;
    }
    for (size_t i = 0; i < READER_STATEMENT_COUNT; i++) {
        (void)sqlite3_finalize(r->statements[i]);
    }
    db_close(&r->db);
    free(r->path);
    free(r);
}

static enum err read_alerts(struct store_reader *r, sqlite3_stmt *st, struct batch *out,
                            struct store_failure *why)
{
    bool row;
    enum err e = db_step(&r->db, st, &row);
    for (; e == OK && row; e = db_step(&r->db, st, &row)) {
        alerts_read(st, out);
    }
    if (e != OK) {
        db_explain(&r->db, r->path, why);
        return ERR_IO;
    }
    return OK;
}

enum err store_alerts(struct store_reader *r, size_t limit, struct text_id after, struct batch *out,
                      struct store_failure *why)
{
    sqlite3_stmt *st = reader_statement(r, READ_ALERTS);
    bind_text(st, 1, bytes_of_text(after.text));
    bind_u64(st, 2, size_min(limit, INT32_MAX));
    return read_alerts(r, st, out, why);
}

enum err store_device_alerts(struct store_reader *r, struct bytes device,
                             const struct store_query *range, size_t limit, struct batch *out,
                             struct store_failure *why)
{
    sqlite3_stmt *st = reader_statement(r, READ_DEVICE_ALERTS);
    bind_text(st, 1, device);
    if (st) {
        (void)sqlite3_bind_int64(st, 2, range->from);
        (void)sqlite3_bind_int64(st, 3, range->to);
    }
    bind_u64(st, 4, size_min(limit, INT32_MAX));
    return read_alerts(r, st, out, why);
}
