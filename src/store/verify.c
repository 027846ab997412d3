/* SPDX-License-Identifier: Apache-2.0 */
/* Looking at a whole store that nobody writes: a backup, or what is to be restored. */
#include "store/reader.h"
#include "store/state.h"

#include "base/mem.h"
#include "sys/clock.h"
#include "sys/folder.h"

/* Nobody changes the file, so neither log nor lock is looked for. */
#define URI_TAIL "?immutable=1"

/* Bytes that an URI takes as they are; others are percent-encoded. */
static void put_uri(struct buf *b, const char *path)
{
    buf_put_text(b, "file:");
    for (const char *p = path; *p; p++) {
        if (*p == '%' || *p == '?' || *p == '#') {
            buf_printf(b, "%%%02X", (unsigned)*p);
        } else {
            buf_put_byte(b, (uint8_t)*p);
        }
    }
    buf_put(b, URI_TAIL, sizeof URI_TAIL);
}

static enum err open_file(const char *path, struct store_reader **reader, struct store_failure *why)
{
    struct store_reader *r = mem_zalloc(1, sizeof *r);
    struct buf uri = {0};
    int flags =
        SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    r->path = mem_text(path, strlen(path));
    put_uri(&uri, path);
    enum err e = db_err(&r->db, sqlite3_open_v2((const char *)uri.ptr, &r->db.handle, flags, NULL));
    buf_fini(&uri);
    if (e != OK) {
        db_explain(&r->db, path, why);
        store_reader_close(r);
        return ERR_IO;
    }
    *reader = r;
    return OK;
}

/* SQLite's own check of pages, tables and indexes. */
enum err store_check_pages(struct store_reader *r, struct store_failure *why)
{
    sqlite3_stmt *st = NULL;
    bool row = false;
    enum err e = db_err(
        &r->db, sqlite3_prepare_v2(r->db.handle, "PRAGMA integrity_check(1)", -1, &st, NULL));
    e = e == OK ? db_step(&r->db, st, &row) : e;
    if (e != OK || !row) {
        db_explain(&r->db, r->path, why);
        e = ERR_CORRUPT;
    } else if (!bytes_equal(column_bytes(st, 0), BYTES("ok"))) {
        struct bytes text = column_bytes(st, 0);
        failure_set(why, "%s is damaged: %.*s", r->path, (int)size_min(text.len, 200),
                    (const char *)text.ptr);
        e = ERR_CORRUPT;
    }
    (void)sqlite3_finalize(st);
    return e;
}

enum err store_verify_file(const char *path, struct store_check *seen, struct store_failure *why)
{
    struct store_reader *r;
    enum err e = schema_look(path, why);
    e = e == OK ? open_file(path, &r, why) : e;
    if (e != OK) {
        return e;
    }
    e = store_check_pages(r, why);
    while (e == OK && !seen->done) {
        e = store_check_step(r, seen, UINT64_C(1000000000), why);
    }
    store_reader_close(r);
    return e;
}
