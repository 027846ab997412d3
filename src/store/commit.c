/* SPDX-License-Identifier: Apache-2.0 */
/* One transaction at a time. What waits is always written first, so whatever else a transaction
 * does (blocks, expiry) never reaches the disk before the readings that it is made of.
 *
 * After a write or fsync that failed, nobody knows what of the log is on the disk: the kernel may
 * have dropped the pages and would report success the next time. So the handle is closed, the log
 * is read anew, and its content is moved into the database and synced there before anything else
 * is promised. The rows that failed are still here and are written again under the same keys. */
#include "store/state.h"

enum err commit_write_meta(struct store *s, const char *key, uint64_t value)
{
    sqlite3_stmt *st = db_statement(&s->db, SQL_META_PUT);
    bind_text(st, 1, bytes_of_text(key));
    bind_u64(st, 2, value);
    return db_run(&s->db, st);
}

static enum err write_journal(struct store *s)
{
    const struct pending *p = &s->pending;
    enum err e = OK;
    for (size_t i = 0; i < p->row_count && e == OK; i++) {
        const struct pending_row *row = &p->row[i];
        sqlite3_stmt *st = db_statement(&s->db, SQL_JOURNAL_PUT);
        bind_u64(st, 1, row->seq);
        bind_blob(st, 2, bytes_of(p->rows.ptr + row->at, row->len));
        e = db_run(&s->db, st);
    }
    return e;
}

/* Numbers of deleted devices and series are never given out again, so the next ones are kept. */
static enum err write_next_ids(struct store *s)
{
    enum err e = commit_write_meta(s, "device_ids", s->device_count);
    return e == OK ? commit_write_meta(s, "series_ids", s->series_count) : e;
}

static enum err write_pending(struct store *s)
{
    if (!s->pending.any) {
        return OK;
    }
    journal_close_row(s);
    enum err e = changes_write(s);
    if (e == OK && s->pending.change_count) {
        e = write_next_ids(s);
    }
    e = e == OK ? write_journal(s) : e;
    return e == OK ? commit_write_meta(s, "last_seq", s->appended_seq) : e;
}

static void pending_written(struct store *s)
{
    struct pending *p = &s->pending;
    s->journal_bytes += p->rows.len;
    s->groups_stored = s->group_count;
    s->durable_seq = s->appended_seq;
    s->pending_cells = 0;
    buf_clear(&p->rows);
    p->row_count = 0;
    for (size_t i = 0; i < p->change_count; i++) {
        batch_release(p->changes[i]);
    }
    p->change_count = 0;
    for (size_t i = 0; i < p->device_count; i++) {
        s->devices[p->devices[i]].dirty = false;
    }
    p->device_count = 0;
    p->event_count = 0;
    p->outbox_count = 0;
    p->urgent = false;
    p->any = false;
}

static enum err reopen(struct store *s)
{
    db_close(&s->db);
    enum err e = db_open(&s->db, s->path);
    if (e == OK) {
        work_watch(s);
    }
    return e == OK ? db_exec(&s->db, "PRAGMA wal_checkpoint(TRUNCATE)") : e;
}

static enum err fail(struct store *s, enum err e, struct store_failure *why)
{
    db_explain(&s->db, s->path, why);
    groups_undo(s);
    bool again = db_must_reopen(&s->db);
    if (s->db.handle && !sqlite3_get_autocommit(s->db.handle)) {
        enum err rolled_back = db_run(&s->db, db_statement(&s->db, SQL_ROLLBACK));
        again = again || rolled_back != OK;
    }
    if (again) {
        db_close(&s->db); /* the next commit begins by opening it */
    }
    return e;
}

static enum err run(struct store *s, transaction_body body, void *argument)
{
    enum err e = s->db.handle ? OK : reopen(s);
    e = e == OK ? db_run(&s->db, db_statement(&s->db, SQL_BEGIN)) : e;
    e = e == OK ? write_pending(s) : e;
    if (e == OK && body) {
        e = body(s, argument);
        e = e == OK ? commit_write_meta(s, "readings", s->block_cells_next) : e;
    }
    return e == OK ? db_run(&s->db, db_statement(&s->db, SQL_COMMIT)) : e;
}

enum err commit_with(struct store *s, transaction_body body, void *argument,
                     struct store_failure *why)
{
    s->block_cells_next = s->block_cells;
    enum err e = run(s, body, argument);
    if (e != OK) {
        return fail(s, e, why);
    }
    s->block_cells = s->block_cells_next;
    s->undo.count = 0;
    pending_written(s);
    return OK;
}

void commit_publish(struct store *s)
{
    metrics_set(s->metrics, METRIC_STORE_READINGS,
                s->block_cells + s->open_cells - s->pending_cells);
    metrics_set(s->metrics, METRIC_DURABLE_SEQ, s->durable_seq);
}
