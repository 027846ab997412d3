/* SPDX-License-Identifier: Apache-2.0 */
/* A file of an older format becomes one of this format.
 *
 *     telltale.db       old            old         old              new
 *     telltale.db.new        being made, then whole
 *     telltale.db.v1                               the same as old  old
 *
 * The new file is made beside the old one in one transaction and takes its name when it is whole,
 * so whenever this is cut off, telltale.db is either the old store or the new one. The old one
 * keeps a name of its own for whoever wants to go back. Blocks and journal rows are taken as they
 * are: their bytes carry versions of their own. */
#include "store/state.h"

#include "base/mem.h"
#include "sys/folder.h"

#include <inttypes.h>

/* What both older formats keep alike. */
static const char rules[] =
    "INSERT INTO main.rule SELECT id, '', json_object('deviceId', device, 'sensorType', sensor,"
    " 'condition', condition, 'threshold', threshold, 'severity', severity, 'enabled',"
    " json(iif(enabled, 'true', 'false'))), enabled, created, updated FROM old.rule";
static const char alerts[] =
    "INSERT INTO main.alert SELECT n, id, rule, series, device, sensor, condition, severity,"
    " threshold, value, message, acknowledged_by, acknowledged_at, created, updated, resolved,"
    " '', '', created, created, 'none', 0, 0, 'none', NULL, '' FROM old.alert ORDER BY n";

/* Whoever had a token before is no newcomer. */
static const char claimed[] = "INSERT OR REPLACE INTO main.meta SELECT 'claimed', 1"
                              " WHERE EXISTS(SELECT 1 FROM old.token)";

/* What of each older format goes where. The lists end with NULL. */
static const char *const from_1[] = {
    "INSERT INTO main.meta SELECT key, value FROM old.meta",
    "INSERT INTO main.journal SELECT seq, data FROM old.journal ORDER BY seq",
    "INSERT INTO main.device SELECT n, id, name, model, place, lat, lng, tags, attributes, status,"
    " cause, since, last_seen, '', 0 FROM old.device ORDER BY n",
    "INSERT INTO main.series SELECT n, device, grp, sensor, name, unit, topic, kind, low, high,"
    " decimals, unit_pinned FROM old.series ORDER BY n",
    "INSERT INTO main.grp SELECT id, device, dead, flushed, sealed, open_block, patches,"
    " next_number, span, heard, latest, origin, origin_until, NULL, NULL, NULL, NULL, NULL"
    " FROM old.grp ORDER BY id",
    "INSERT INTO main.block SELECT id, grp, first, number, last, cells, data FROM old.block"
    " ORDER BY id",
    rules,
    alerts,
    "INSERT INTO main.token SELECT id, role, hash, created FROM old.token",
    claimed,
    NULL,
};

static const char *const from_2[] = {
    "INSERT INTO main.meta SELECT * FROM old.meta",
    "INSERT INTO main.journal SELECT * FROM old.journal ORDER BY seq",
    "INSERT INTO main.device SELECT * FROM old.device ORDER BY n",
    "INSERT INTO main.series SELECT * FROM old.series ORDER BY n",
    "INSERT INTO main.grp SELECT * FROM old.grp ORDER BY id",
    "INSERT INTO main.block SELECT * FROM old.block ORDER BY id",
    "INSERT INTO main.rollup SELECT * FROM old.rollup ORDER BY id",
    rules,
    alerts,
    "INSERT INTO main.event SELECT * FROM old.event ORDER BY n",
    "INSERT INTO main.token SELECT * FROM old.token",
    claimed,
    "INSERT INTO main.credential SELECT * FROM old.credential",
    NULL,
};

static const char *const *const from[] = {NULL, from_1, from_2};

/* Brings the log of a crash into the old file, so that the file alone is the store. */
static enum err settle_old(const char *path, struct db *db)
{
    enum err e = db_open(db, path);
    e = e == OK ? db_exec(db, "PRAGMA wal_checkpoint(TRUNCATE)") : e;
    db_close(db);
    return e;
}

static enum err attach(struct db *db, const char *path)
{
    sqlite3_stmt *st = NULL;
    int rc = sqlite3_prepare_v2(db->handle, "ATTACH ?1 AS old", -1, &st, NULL);
    enum err e = db_err(db, rc);
    bind_text(st, 1, bytes_of_text(path));
    e = e == OK ? db_run(db, st) : e;
    (void)sqlite3_finalize(st);
    return e;
}

static enum err copy_tables(struct db *db, uint32_t format)
{
    enum err e = db_exec(db, "BEGIN IMMEDIATE");
    for (const char *const *step = from[format]; *step && e == OK; step++) {
        e = db_exec(db, *step);
    }
    return e == OK ? db_exec(db, "COMMIT") : e;
}

static enum err make_new(const char *old, const char *fresh, uint32_t format, struct db *db)
{
    enum err e = file_make(fresh);
    e = e == OK ? db_open(db, fresh) : e;
    e = e == OK ? schema_create(db) : e;
    e = e == OK ? attach(db, old) : e;
    e = e == OK ? copy_tables(db, format) : e;
    e = e == OK ? db_exec(db, "DETACH old; PRAGMA wal_checkpoint(TRUNCATE)") : e;
    db_close(db);
    schema_remove_sides(fresh);
    return e;
}

static enum err change_names(struct store *s, const char *fresh, const char *kept,
                             struct store_failure *why)
{
    schema_remove_sides(s->path);
    enum err e = file_link(s->path, kept);
    if (e == ERR_EXISTS) {
        failure_set(why, "%s is in the way of the copy of the older store; move it away", kept);
        return ERR_IO;
    }
    e = e == OK ? folder_sync(s->dir) : e;
    e = e == OK ? file_rename(fresh, s->path) : e;
    e = e == OK ? folder_sync(s->dir) : e;
    if (e != OK) {
        failure_set(why, "%s can't be renamed: %s", fresh, err_text(e));
    }
    return e == OK ? OK : ERR_IO;
}

enum err upgrade_file(struct store *s, uint32_t format, struct store_failure *why)
{
    if (format == 0 || format >= ARRAY_LEN(from)) {
        failure_set(why, "%s has a format that no version wrote; it was left as it is", s->path);
        return ERR_CORRUPT;
    }
    char suffix[16];
    (void)snprintf(suffix, sizeof suffix, ".v%" PRIu32, format);
    char *fresh = schema_path_of(s->path, ".new");
    char *kept = schema_path_of(s->path, suffix);
    struct db db = {0};
    enum err e = settle_old(s->path, &db);
    e = e == OK ? make_new(s->path, fresh, format, &db) : e;
    if (e == OK) {
        e = change_names(s, fresh, kept, why);
    } else {
        char reason[256];
        struct store_failure inner = {{0}};
        db_explain(&db, s->path, &inner);
        (void)snprintf(reason, sizeof reason, "%.255s", inner.text);
        failure_set(why,
                    "the store could not be brought to the new format and was left as it is: %s",
                    reason);
        enum err gone = file_remove(fresh);
        (void)gone;
        e = e == ERR_CORRUPT ? e : ERR_IO;
    }
    free(fresh);
    free(kept);
    return e;
}
