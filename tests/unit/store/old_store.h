/* SPDX-License-Identifier: Apache-2.0 */
/* Stores of older formats, made from what that release's code wrote (store-v1.sql, store-v2.sql).
 */
#ifndef TELLTALE_TESTS_OLD_STORE_H
#define TELLTALE_TESTS_OLD_STORE_H

#include "fixture.h"

#include <sqlite3.h>

/* Ownership: the caller's, free(). */
static inline char *read_text(const char *path)
{
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    assert_int_equal(fseek(file, 0, SEEK_END), 0);
    size_t size = (size_t)ftell(file);
    rewind(file);
    char *text = mem_zalloc(size + 1, 1);
    assert_int_equal(fread(text, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
    return text;
}

static inline void make_of_format(const struct fixture *f, int format)
{
    char path[256], from[64], pragmas[160];
    (void)snprintf(path, sizeof path, "%s/telltale.db", f->dir);
    (void)snprintf(from, sizeof from, "tests/unit/store/store-v%d.sql", format);
    (void)snprintf(pragmas, sizeof pragmas,
                   "PRAGMA page_size = 4096; PRAGMA auto_vacuum = INCREMENTAL;"
                   "PRAGMA application_id = 1415933036; PRAGMA user_version = %d;",
                   format);
    char *sql = read_text(from);
    sqlite3 *db = NULL;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, pragmas, NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "PRAGMA journal_mode = WAL", NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
    free(sql);
}

#endif
