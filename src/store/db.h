/* SPDX-License-Identifier: Apache-2.0 */
/* A thin layer on SQLite: one connection with its prepared statements, typed parameters, and one
 * clear sentence for each failure. The storage thread has one for writing; nothing here is shared
 * between threads. */
#ifndef TELLTALE_STORE_DB_H
#define TELLTALE_STORE_DB_H

#include "store/statements.h"
#include "store/store.h"

#include <sqlite3.h>

struct db {
    sqlite3 *handle;
    sqlite3_stmt *statements[STATEMENT_COUNT];
    sqlite3_backup *backup; /* under way on this connection, or NULL */
    sqlite3 *copy;          /* ... and where it goes */
    int code;               /* SQLite's extended result of what failed last */
};

__attribute__((format(printf, 2, 3))) void failure_set(struct store_failure *why,
                                                       const char *format, ...);

/* Opens an existing file for writing with our settings. Errors: of db_err. */
MUST_CHECK enum err db_open(struct db *db, const char *path);

/* Ends a backup, complete or not; returns what SQLite says about the copy. */
int db_backup_end(struct db *db);

/* Finalizes, closes; does not checkpoint. The struct can be opened again. */
void db_close(struct db *db);

/* Notes what a call returned and translates it: ERR_BUSY, ERR_CORRUPT, ERR_FULL, ERR_NO_MEMORY,
 * ERR_IO. SQLITE_OK, ROW and DONE are OK. */
enum err db_err(struct db *db, int rc);

/* Fills `why` with what failed last on `path`. */
void db_explain(const struct db *db, const char *path, struct store_failure *why);

/* Whether the last failure leaves the state of the file unknown, so that the handle must go. */
bool db_must_reopen(const struct db *db);

/* Runs SQL without results. */
MUST_CHECK enum err db_exec(struct db *db, const char *sql);

/* The prepared statement, reset and without parameters; NULL with db->code set on failure.
 * Ownership: the db's. */
sqlite3_stmt *db_statement(struct db *db, enum statement id);

/* Runs a bound statement that gives no rows, and resets it. NULL fails with what is noted. */
MUST_CHECK enum err db_run(struct db *db, sqlite3_stmt *st);

/* Steps a statement that gives rows: OK with *row telling whether there is one. Resets at the end
 * and on failure. */
MUST_CHECK enum err db_step(struct db *db, sqlite3_stmt *st, bool *row);

/* The one integer that a statement gives; `otherwise` when it gives no row. */
MUST_CHECK enum err db_number(struct db *db, sqlite3_stmt *st, int64_t otherwise, int64_t *value);

void bind_u64(sqlite3_stmt *st, int i, uint64_t v);
void bind_text(sqlite3_stmt *st, int i, struct bytes text);
void bind_blob(sqlite3_stmt *st, int i, struct bytes blob);

/* WALL_NONE is NULL in the file, both ways. */
void bind_wall(sqlite3_stmt *st, int i, wall_ms t);
wall_ms column_wall(sqlite3_stmt *st, int i);

/* Bytes of a text or blob column; valid until the next step. */
struct bytes column_bytes(sqlite3_stmt *st, int i);
uint32_t column_u32(sqlite3_stmt *st, int i);

#endif
