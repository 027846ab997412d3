/* SPDX-License-Identifier: Apache-2.0 */
/* The file itself: how it is made, and what is refused.
 *
 * A new store is made under another name and renamed when it is whole, so a file that is there is
 * either a store or not ours, and an empty one is damage. What can't be opened is left as it is.
 *
 *     telltale.db        the database; page size 4096, WAL, auto_vacuum incremental
 *     telltale.db-wal    its write-ahead log
 *     lock               held by flock for as long as a process has the store
 *
 * application_id says that it is ours, user_version which version of the tables below. */
#include "store/state.h"

#include "base/mem.h"
#include "sys/folder.h"

#include <inttypes.h>

#define APPLICATION_ID 0x54656c6c /* "Tell" */
#define USER_VERSION   4
/* The one older format that needs no new file. */
#define FORMAT_IN_PLACE 3
#define PAGE_BYTES      4096
#define HEAD_BYTES      100

/* What came with format 4; the rest is as in format 3. */
#define ACCOUNT_TABLE                                                                              \
    "CREATE TABLE account(name TEXT PRIMARY KEY, role TEXT NOT NULL, hash TEXT NOT NULL,"          \
    " created INTEGER NOT NULL, changed INTEGER NOT NULL) WITHOUT ROWID"
#define LOGIN_TABLE                                                                                \
    "CREATE TABLE login(id TEXT PRIMARY KEY, account TEXT NOT NULL, hash BLOB NOT NULL,"           \
    " created INTEGER NOT NULL, until INTEGER NOT NULL) WITHOUT ROWID"

/* What sqlite_schema must hold, in this order. */
static const struct {
    const char *name;
    const char *sql;
} tables[] = {
    {"meta", "CREATE TABLE meta(key TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID"},
    {"journal", "CREATE TABLE journal(seq INTEGER PRIMARY KEY, data BLOB NOT NULL)"},
    {"device",
     "CREATE TABLE device(n INTEGER PRIMARY KEY, id TEXT NOT NULL, name TEXT NOT NULL,"
     " model TEXT NOT NULL, place TEXT NOT NULL, lat REAL, lng REAL, tags BLOB NOT NULL,"
     " attributes TEXT NOT NULL, status TEXT NOT NULL, cause TEXT NOT NULL, since INTEGER,"
     " last_seen INTEGER, manufacturer TEXT NOT NULL, pinned INTEGER NOT NULL)"},
    {"series",
     "CREATE TABLE series(n INTEGER PRIMARY KEY, device INTEGER NOT NULL, grp INTEGER NOT NULL,"
     " sensor TEXT NOT NULL, name TEXT NOT NULL, unit TEXT NOT NULL, topic TEXT NOT NULL,"
     " kind TEXT NOT NULL, low REAL, high REAL, decimals INTEGER NOT NULL,"
     " unit_pinned INTEGER NOT NULL)"},
    {"series_of_device", "CREATE INDEX series_of_device ON series(device)"},
    {"grp",
     "CREATE TABLE grp(id INTEGER PRIMARY KEY, device INTEGER NOT NULL, dead INTEGER NOT NULL,"
     " flushed INTEGER NOT NULL, sealed INTEGER, open_block INTEGER NOT NULL,"
     " patches INTEGER NOT NULL, next_number INTEGER NOT NULL,"
     " span INTEGER NOT NULL, heard INTEGER, latest BLOB NOT NULL, origin INTEGER,"
     " origin_until INTEGER, minutes INTEGER, hours INTEGER, days INTEGER, stale_from INTEGER,"
     " stale_to INTEGER)"},
    {"block", "CREATE TABLE block(id INTEGER PRIMARY KEY, grp INTEGER NOT NULL,"
              " first INTEGER NOT NULL, number INTEGER NOT NULL, last INTEGER NOT NULL,"
              " cells INTEGER NOT NULL, data BLOB NOT NULL)"},
    {"block_by_time", "CREATE UNIQUE INDEX block_by_time ON block(grp, first, number, last)"},
    {"block_by_end", "CREATE INDEX block_by_end ON block(last)"},
    {"patch", "CREATE INDEX patch ON block(grp, first) WHERE number > 0"},
    {"rollup", "CREATE TABLE rollup(id INTEGER PRIMARY KEY, grp INTEGER NOT NULL,"
               " tier INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL,"
               " data BLOB NOT NULL)"},
    {"rollup_by_time", "CREATE UNIQUE INDEX rollup_by_time ON rollup(grp, tier, first)"},
    {"rollup_by_end", "CREATE INDEX rollup_by_end ON rollup(tier, last)"},
    {"rule", "CREATE TABLE rule(id TEXT PRIMARY KEY, name TEXT NOT NULL, definition TEXT NOT NULL,"
             " enabled INTEGER NOT NULL, created INTEGER NOT NULL, updated INTEGER NOT NULL)"
             " WITHOUT ROWID"},
    {"alert",
     "CREATE TABLE alert(n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, rule TEXT NOT NULL,"
     " series INTEGER NOT NULL, device TEXT NOT NULL, sensor TEXT NOT NULL,"
     " condition TEXT NOT NULL, severity TEXT NOT NULL, threshold REAL NOT NULL,"
     " value REAL NOT NULL, message TEXT NOT NULL, acknowledged_by TEXT NOT NULL,"
     " acknowledged_at INTEGER, created INTEGER NOT NULL, updated INTEGER NOT NULL,"
     " resolved INTEGER, rule_name TEXT NOT NULL, note TEXT NOT NULL, since INTEGER,"
     " fired INTEGER, cause TEXT NOT NULL, raised INTEGER NOT NULL, late INTEGER NOT NULL,"
     " muted TEXT NOT NULL, muted_until INTEGER, muted_by TEXT NOT NULL)"},
    {"alert_open", "CREATE INDEX alert_open ON alert(n) WHERE resolved IS NULL"},
    {"alert_of_device", "CREATE INDEX alert_of_device ON alert(device)"},
    {"event", "CREATE TABLE event(n INTEGER PRIMARY KEY, device INTEGER NOT NULL,"
              " time INTEGER NOT NULL, status TEXT NOT NULL, cause TEXT NOT NULL)"},
    {"event_by_time", "CREATE INDEX event_by_time ON event(device, time)"},
    {"token", "CREATE TABLE token(id TEXT PRIMARY KEY, role TEXT NOT NULL, hash BLOB NOT NULL,"
              " created INTEGER NOT NULL) WITHOUT ROWID"},
    {"credential",
     "CREATE TABLE credential(id TEXT PRIMARY KEY, name TEXT NOT NULL, hash BLOB, fingerprint BLOB,"
     " common_name TEXT NOT NULL, speaks_for BLOB NOT NULL, publish BLOB NOT NULL,"
     " subscribe BLOB NOT NULL, created INTEGER NOT NULL, revoked INTEGER, last_used INTEGER)"
     " WITHOUT ROWID"},
    {"document",
     "CREATE TABLE document(kind TEXT NOT NULL, id TEXT NOT NULL, version INTEGER NOT NULL,"
     " body TEXT NOT NULL, changed_by TEXT NOT NULL, created INTEGER NOT NULL,"
     " updated INTEGER NOT NULL, UNIQUE(kind, id))"},
    {"outbox",
     "CREATE TABLE outbox(n INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, alert TEXT NOT NULL,"
     " channel TEXT NOT NULL, target TEXT NOT NULL, event TEXT NOT NULL, grp TEXT NOT NULL,"
     " step INTEGER NOT NULL, state TEXT NOT NULL, attempts INTEGER NOT NULL, due INTEGER,"
     " created INTEGER, updated INTEGER, error TEXT NOT NULL, payload TEXT NOT NULL,"
     " hushed INTEGER NOT NULL, repeat INTEGER NOT NULL)"},
    {"outbox_waiting", "CREATE INDEX outbox_waiting ON outbox(n) WHERE state = 'waiting'"},
    {"outbox_of_alert", "CREATE INDEX outbox_of_alert ON outbox(alert)"},
    {"unplanned", "CREATE TABLE unplanned(seq INTEGER NOT NULL, alert TEXT NOT NULL,"
                  " PRIMARY KEY(seq, alert)) WITHOUT ROWID"},
    {"secret", "CREATE TABLE secret(name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID"},
    {"account", ACCOUNT_TABLE},
    {"login", LOGIN_TABLE},
};

char *schema_path_of(const char *path, const char *suffix)
{
    struct buf b = {0};
    buf_printf(&b, "%s%s", path, suffix);
    char *joined = mem_text(b.ptr, b.len);
    buf_fini(&b);
    return joined;
}

static char *path_in(const char *dir, const char *name)
{
    struct buf b = {0};
    buf_printf(&b, "%s/%s", dir, name);
    char *path = mem_text(b.ptr, b.len);
    buf_fini(&b);
    return path;
}

/* ---- the folder ---- */

static enum err explain_folder(const struct store *s, enum err e, struct store_failure *why)
{
    const char *words = e == ERR_NOT_FOUND ? "the folder above it does not exist"
                        : e == ERR_EXISTS  ? "it is not a folder"
                        : e == ERR_DENIED  ? "it can't be written; check its owner and mode"
                                           : err_text(e);
    failure_set(why, "data folder %s: %s", s->dir, words);
    return ERR_IO;
}

static enum err take_folder(struct store *s, struct store_failure *why)
{
    enum err e = folder_make(s->dir);
    if (e != OK) {
        return explain_folder(s, e, why);
    }
    char *lock = path_in(s->dir, "lock");
    long holder = 0;
    e = folder_lock(lock, &s->lock, &holder);
    free(lock);
    if (e == ERR_BUSY) {
        failure_set(
            why, "data folder %s is in use by process %ld; stop it or choose another with --data",
            s->dir, holder);
        return ERR_BUSY;
    }
    return e == OK ? OK : explain_folder(s, e, why);
}

/* ---- making ---- */

void schema_remove_sides(const char *path)
{
    static const char *const sides[] = {"-wal", "-shm"};
    for (size_t i = 0; i < ARRAY_LEN(sides); i++) {
        char *side = schema_path_of(path, sides[i]);
        enum err gone = file_remove(side);
        (void)gone;
        free(side);
    }
}

enum err schema_create(struct db *db)
{
    char pragmas[256];
    (void)snprintf(pragmas, sizeof pragmas,
                   "PRAGMA page_size = %d; PRAGMA auto_vacuum = INCREMENTAL;"
                   "PRAGMA application_id = %d; PRAGMA user_version = %d;",
                   PAGE_BYTES, APPLICATION_ID, USER_VERSION);
    enum err e = db_exec(db, pragmas);
    e = e == OK ? db_exec(db, "BEGIN") : e;
    for (size_t i = 0; i < ARRAY_LEN(tables) && e == OK; i++) {
        e = db_exec(db, tables[i].sql);
    }
    e = e == OK ? db_exec(db, "COMMIT") : e;
    e = e == OK ? db_exec(db, "PRAGMA journal_mode = WAL") : e;
    return e == OK ? db_exec(db, "PRAGMA wal_checkpoint(TRUNCATE)") : e;
}

static enum err make_file(struct store *s, struct store_failure *why)
{
    char *fresh = path_in(s->dir, "telltale.db.new");
    struct db db = {0};
    enum err e = file_make(fresh);
    if (e == OK) {
        e = db_open(&db, fresh);
        e = e == OK ? schema_create(&db) : e;
        if (e != OK) {
            db_explain(&db, fresh, why);
        }
        db_close(&db);
        e = e == OK ? file_rename(fresh, s->path) : e;
        e = e == OK ? folder_sync(s->dir) : e;
    } else {
        (void)explain_folder(s, e, why);
    }
    schema_remove_sides(fresh);
    free(fresh);
    return e == OK ? OK : ERR_IO;
}

/* ---- checking ---- */

static uint32_t be32(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* The format as the log has it, too. */
static enum err read_version(struct db *db, int64_t *version)
{
    sqlite3_stmt *st = NULL;
    int rc = sqlite3_prepare_v2(db->handle, "PRAGMA user_version", -1, &st, NULL);
    enum err e = db_err(db, rc);
    e = e == OK ? db_number(db, st, 0, version) : e;
    (void)sqlite3_finalize(st);
    return e;
}

/* A file of format 3 lacks two tables: they are added where it stands, in one transaction, so that
 * a large store is not copied for them. */
static enum err add_tables(struct db *db)
{
    int64_t stands = 0;
    char version[48];
    enum err e = read_version(db, &stands);
    if (e != OK || stands == USER_VERSION) {
        return e; /* they were added, and a crash left that in the log */
    }
    (void)snprintf(version, sizeof version, "PRAGMA user_version = %d", USER_VERSION);
    e = db_exec(db, "BEGIN IMMEDIATE");
    e = e == OK ? db_exec(db, ACCOUNT_TABLE) : e;
    e = e == OK ? db_exec(db, LOGIN_TABLE) : e;
    /* Whoever had a token before was no newcomer. */
    e = e == OK ? db_exec(db, "INSERT OR REPLACE INTO meta(key, value) SELECT 'claimed', 1"
                              " WHERE EXISTS(SELECT 1 FROM token)")
                : e;
    e = e == OK ? db_exec(db, version) : e;
    e = e == OK ? db_exec(db, "COMMIT") : e;
    return e == OK ? db_exec(db, "PRAGMA wal_checkpoint(TRUNCATE)") : e;
}

/* The file's own header, before SQLite may touch anything. */
static enum err check_head(struct store *s, uint64_t bytes, uint32_t *format,
                           struct store_failure *why)
{
    uint8_t head[HEAD_BYTES];
    size_t got = 0;
    if (file_head(s->path, head, sizeof head, &got) != OK) {
        failure_set(why, "%s can't be read; check its owner and mode", s->path);
        return ERR_IO;
    }
    if (got < sizeof head || memcmp(head, "SQLite format 3", 16) != 0 ||
        be32(head + 68) != APPLICATION_ID) {
        failure_set(why,
                    "%s is not a Telltale store, or its beginning is damaged; it was left as it is",
                    s->path);
        return ERR_CORRUPT;
    }
    uint32_t version = be32(head + 60);
    if (version > USER_VERSION) {
        failure_set(why,
                    "%s was written by a newer version of Telltale (format %" PRIu32
                    ", this one knows %d); it was left as it is",
                    s->path, version, USER_VERSION);
        return ERR_UNSUPPORTED;
    }
    *format = version;
    /* With a log beside it the file may be short for a moment; without one it must be whole. */
    uint64_t wal_bytes = 0;
    bool logged = file_size(s->wal_path, &wal_bytes) == OK && wal_bytes > 0;
    if (!logged && bytes < (uint64_t)be32(head + 28) * PAGE_BYTES) {
        failure_set(why, "%s is cut short; it was left as it is; restore it from a backup",
                    s->path);
        return ERR_CORRUPT;
    }
    return OK;
}

static enum err check_file(struct store *s, uint32_t *format, struct store_failure *why)
{
    uint64_t bytes = 0;
    enum err e = file_size(s->path, &bytes);
    if (e == OK && bytes == 0) {
        failure_set(why, "%s is empty: not a store; it was left as it is; remove it to start anew",
                    s->path);
        return ERR_CORRUPT;
    }
    if (e == ERR_INVALID) {
        failure_set(why, "%s is not a regular file", s->path);
        return ERR_CORRUPT;
    }
    if (e != OK) {
        failure_set(why, "%s can't be read: %s", s->path, err_text(e));
        return ERR_IO;
    }
    return check_head(s, bytes, format, why);
}

enum err schema_look(const char *path, struct store_failure *why)
{
    char *copy = mem_text(path, strlen(path));
    char no_log[] = "";
    struct store s = {.path = copy, .wal_path = no_log};
    uint32_t format;
    enum err e = check_file(&s, &format, why);
    free(copy);
    return e;
}

static bool table_matches(sqlite3_stmt *st, size_t i)
{
    return i < ARRAY_LEN(tables) &&
           bytes_equal(column_bytes(st, 0), bytes_of_text(tables[i].name)) &&
           bytes_equal(column_bytes(st, 1), bytes_of_text(tables[i].sql));
}

/* Reads the schema, which is also the first use of the file: a log left by a crash is taken in. */
static enum err check_tables(struct store *s, struct store_failure *why)
{
    sqlite3_stmt *st = NULL;
    int rc = sqlite3_prepare_v2(s->db.handle,
                                "SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL"
                                " ORDER BY rowid",
                                -1, &st, NULL);
    enum err e = db_err(&s->db, rc);
    size_t found = 0;
    bool matches = true;
    bool row = true;
    while (e == OK && row && matches) {
        e = db_step(&s->db, st, &row);
        if (e == OK && row) {
            matches = table_matches(st, found++);
        }
    }
    (void)sqlite3_finalize(st);
    if (e != OK) {
        db_explain(&s->db, s->path, why);
        return e == ERR_CORRUPT || e == ERR_BUSY ? e : ERR_IO;
    }
    if (!matches || found != ARRAY_LEN(tables)) {
        failure_set(why, "%s has other tables than ours: damaged, or changed by another program",
                    s->path);
        return ERR_CORRUPT;
    }
    return OK;
}

enum err schema_open(struct store *s, struct store_failure *why)
{
    enum err e = take_folder(s, why);
    if (e != OK) {
        return e;
    }
    uint64_t bytes;
    if (file_size(s->path, &bytes) == ERR_NOT_FOUND) {
        e = make_file(s, why);
    }
    uint32_t format = USER_VERSION;
    e = e == OK ? check_file(s, &format, why) : e;
    e = e == OK && format < FORMAT_IN_PLACE ? upgrade_file(s, format, why) : e;
    if (e != OK) {
        return e;
    }
    e = db_open(&s->db, s->path);
    e = e == OK && format == FORMAT_IN_PLACE ? add_tables(&s->db) : e;
    if (e != OK) {
        db_explain(&s->db, s->path, why);
        return e == ERR_CORRUPT ? e : ERR_IO;
    }
    return check_tables(s, why);
}
