/* SPDX-License-Identifier: Apache-2.0 */
/* A copy of the store while it runs, made by the writer's own connection in steps between commits:
 * what a commit changes in pages that were copied already, SQLite writes to the copy as well, so
 * the copy is the store as it is at the last step and never begins anew.
 *
 * The copy is not synced here: the disk may take its time, and commits must not wait for it.
 * Whoever asked for it syncs the file and then gives it its name. */
#include "store/state.h"

#include "base/mem.h"
#include "sys/clock.h"
#include "sys/folder.h"

/* Pages copied between two looks at the clock: some 30 us. */
#define PAGES_A_LOOK 8

/* No page of an unfinished copy is worth anything after a crash, so nothing guards it. */
#define COPY_SQL "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -256"

static enum err explain_copy(const char *path, int rc, struct store_failure *why)
{
    failure_set(why, "backup %s: %s", path, sqlite3_errstr(rc));
    return ERR_IO;
}

enum err store_backup_begin(struct store *s, const char *path, struct store_failure *why)
{
    uint64_t bytes;
    if (s->db.backup) {
        failure_set(why, "a backup is under way already");
        return ERR_BUSY;
    }
    if (file_size(path, &bytes) != ERR_NOT_FOUND) {
        failure_set(why, "backup %s: there is a file of that name", path);
        return ERR_EXISTS;
    }
    if (!s->db.handle) {
        failure_set(why, "the store can't be read now; its log says why");
        return ERR_IO;
    }
    enum err e = file_make(path); /* with mode 0600 */
    if (e != OK) {
        failure_set(why, "backup %s: %s", path, err_text(e));
        return ERR_IO;
    }
    int rc = sqlite3_open_v2(path, &s->db.copy, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
    rc = rc == SQLITE_OK ? sqlite3_exec(s->db.copy, COPY_SQL, NULL, NULL, NULL) : rc;
    if (rc == SQLITE_OK) {
        s->db.backup = sqlite3_backup_init(s->db.copy, "main", s->db.handle, "main");
        rc = s->db.backup ? SQLITE_OK : sqlite3_errcode(s->db.copy);
    }
    if (rc != SQLITE_OK) {
        (void)db_backup_end(&s->db);
        return explain_copy(path, rc, why);
    }
    return OK;
}

enum err store_backup_step(struct store *s, uint64_t budget_ns, struct store_backup *progress,
                           struct store_failure *why)
{
    uint64_t until = clock_mono_ns() + budget_ns;
    int rc = SQLITE_OK;
    if (!s->db.backup) {
        failure_set(why, "the backup ended because the store's file was opened anew");
        return ERR_IO;
    }
    do {
        rc = sqlite3_backup_step(s->db.backup, PAGES_A_LOOK);
    } while (rc == SQLITE_OK && clock_mono_ns() < until);
    progress->pages = (uint64_t)sqlite3_backup_pagecount(s->db.backup);
    progress->left = (uint64_t)sqlite3_backup_remaining(s->db.backup);
    if (rc == SQLITE_OK || rc == SQLITE_BUSY || rc == SQLITE_LOCKED) {
        return OK;
    }
    int ended = db_backup_end(&s->db);
    rc = rc == SQLITE_DONE ? ended : rc;
    progress->done = rc == SQLITE_OK;
    return progress->done ? OK : explain_copy("copy", rc, why);
}

void store_backup_stop(struct store *s)
{
    (void)db_backup_end(&s->db);
}
