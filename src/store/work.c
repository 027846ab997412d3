/* SPDX-License-Identifier: Apache-2.0 */
/* What is due between commits, in steps of at most about 10 ms, the most pressing first: the log is
 * copied into the database, full groups are written, the journal is trimmed, old blocks expire,
 * deleted devices' blocks go, patches are merged, pages are given back.
 *
 * Trimming takes the journal as it is at one moment (trim_seq), writes every group that holds
 * readings of it as blocks, and then deletes its rows from the oldest on. Whatever a crash leaves
 * is consistent: a group's blocks say which batches they hold. */
#include "store/state.h"

#include "base/mem.h"
#include "sys/clock.h"
#include "sys/folder.h"

#define STEP_NS          MONO_MS(7)
#define EXPIRE_EVERY_MS  60000
#define MEASURE_EVERY_MS 1000
#define ROWS_A_STEP      6

/* The log is copied when it has grown by this much; readers may hold parts of it back, so it is
 * tried again after the next growth. */
#define LOG_PAGES 500

/* A log that has grown by this much, 24 MiB, never found a moment without a reader: commits come
 * too quickly for that. Readers end within 250 ms, so it is waited for them once, and the log
 * begins anew. When one stays all the same, the next wait comes after as much again. */
#define LOG_LONG_PAGES 6144

/* Groups that a step may write at most; its time ends it earlier. */
#define GROUPS_A_STEP 512

/* ---- the log ---- */

static int note_log(void *argument, sqlite3 *handle, const char *name, int pages)
{
    struct store *s = argument;
    (void)handle;
    (void)name;
    s->work.wal_pages = (uint64_t)pages;
    return SQLITE_OK;
}

void work_watch(struct store *s)
{
    (void)sqlite3_wal_hook(s->db.handle, note_log, s);
    s->work.wal_pages = 0;
    s->work.wal_tried = s->work.wal_waited = 0;
}

static bool log_is_due(struct store *s)
{
    struct work *w = &s->work;
    if (!s->db.handle) {
        return false; /* the next commit opens it and empties the log */
    }
    if (w->wal_pages < w->wal_tried) {
        w->wal_tried = w->wal_waited = 0; /* it began anew */
    }
    return w->wal_pages >= w->wal_tried + LOG_PAGES;
}

static enum err copy_log(struct store *s, struct store_failure *why)
{
    struct work *w = &s->work;
    int mode = SQLITE_CHECKPOINT_PASSIVE;
    w->wal_tried = w->wal_pages;
    if (w->wal_pages >= w->wal_waited + LOG_LONG_PAGES) {
        w->wal_waited = w->wal_pages;
        mode = SQLITE_CHECKPOINT_RESTART;
    }
    int rc = sqlite3_wal_checkpoint_v2(s->db.handle, NULL, mode, NULL, NULL);
    if ((rc & 0xff) == SQLITE_BUSY) {
        return OK; /* another program copies; the next growth comes here again */
    }
    enum err e = db_err(&s->db, rc);
    if (e != OK) {
        db_explain(&s->db, s->path, why);
        if (db_must_reopen(&s->db)) {
            db_close(&s->db);
        }
    }
    return e;
}

enum err work_copy_log(struct store *s, struct store_failure *why)
{
    return log_is_due(s) ? copy_log(s, why) : OK;
}

/* ---- the journal ---- */

static bool holds_old(const struct store *s, uint32_t group)
{
    const struct group *g = &s->groups[group];
    return g->cells > 0 && g->file.flushed < s->work.trim_seq;
}

static enum err flush_full(struct store *s, struct store_failure *why)
{
    s->work.flushed.count = 0;
    for (size_t i = 0; i < s->work.full.count && i < GROUPS_A_STEP; i++) {
        id_list_add(&s->work.flushed, s->work.full.ids[i]);
    }
    return flush_groups(s, why);
}

static void begin_trim(struct store *s, wall_ms now)
{
    s->work.phase = TRIM_GROUPS;
    s->work.trim_seq = s->durable_seq;
    s->work.next_group = 0;
    s->work.trim_began = now;
}

static enum err trim_groups(struct store *s, struct store_failure *why)
{
    struct work *w = &s->work;
    uint32_t id = w->next_group;
    w->flushed.count = 0;
    for (; id < s->group_count && w->flushed.count < GROUPS_A_STEP; id++) {
        if (holds_old(s, id)) {
            id_list_add(&w->flushed, id);
        }
    }
    size_t picked = w->flushed.count;
    enum err e = flush_groups(s, why);
    if (e != OK) {
        return e;
    }
    w->next_group = w->flushed.count < picked ? w->flushed.ids[w->flushed.count] : id;
    if (w->next_group >= s->group_count) {
        w->phase = TRIM_ROWS;
    }
    return OK;
}

void work_trim_now(struct store *s, wall_ms now)
{
    if (s->work.phase == TRIM_IDLE && s->journal_bytes > 0) {
        begin_trim(s, now);
    }
}

struct trimmed {
    size_t rows;
    size_t bytes;
};

static enum err delete_rows(struct store *s, void *argument)
{
    struct trimmed *t = argument;
    sqlite3_stmt *st = db_statement(&s->db, SQL_JOURNAL_TRIM);
    bind_u64(st, 1, s->work.trim_seq);
    bind_u64(st, 2, ROWS_A_STEP);
    bool row;
    enum err e = db_step(&s->db, st, &row);
    for (; e == OK && row; e = db_step(&s->db, st, &row)) {
        t->rows++;
        t->bytes += (size_t)sqlite3_column_int64(st, 0);
    }
    return e;
}

static enum err trim_rows(struct store *s, struct store_failure *why)
{
    struct work *w = &s->work;
    struct trimmed t = {0};
    enum err e = commit_with(s, delete_rows, &t, why);
    if (e != OK) {
        return e;
    }
    s->journal_bytes -= size_min(t.bytes, s->journal_bytes);
    if (t.rows < ROWS_A_STEP) {
        w->phase = TRIM_IDLE;
        w->journal_since = s->journal_bytes > 0 ? w->trim_began : WALL_NONE;
    }
    return OK;
}

static bool trim_is_due(struct store *s, wall_ms now)
{
    struct work *w = &s->work;
    if (w->phase != TRIM_IDLE) {
        return true;
    }
    if (s->journal_bytes == 0) {
        return false;
    }
    if (w->journal_since == WALL_NONE) {
        w->journal_since = now;
    }
    return s->journal_bytes >= s->config.journal_bytes ||
           now - w->journal_since >= s->config.journal_age_ms;
}

static enum err trim(struct store *s, wall_ms now, struct store_failure *why)
{
    if (s->work.phase == TRIM_IDLE) {
        begin_trim(s, now);
    }
    return s->work.phase == TRIM_GROUPS ? trim_groups(s, why) : trim_rows(s, why);
}

/* ---- retention ---- */

static bool expiry_is_due(struct store *s, wall_ms now)
{
    struct work *w = &s->work;
    const struct store_config *c = &s->config;
    if (c->retention_ms <= 0 && c->retention_of.count == 0 && c->retention_minutes_ms <= 0 &&
        c->retention_hours_ms <= 0 && c->retention_days_ms <= 0) {
        return false;
    }
    /* A clock that stepped back must not stop it. */
    bool due =
        w->expired_at == WALL_NONE || now - w->expired_at >= EXPIRE_EVERY_MS || now < w->expired_at;
    return w->expiring || due;
}

static enum err expire(struct store *s, wall_ms now, struct store_failure *why)
{
    struct work *w = &s->work;
    if (!w->expiring) {
        w->expired_at = now;
    }
    enum err e = retention_step(s, now, &w->expiring, why);
    w->vacuuming = w->vacuuming || (e == OK && !w->expiring);
    return e;
}

static enum err bury(struct store *s, struct store_failure *why)
{
    bool more;
    enum err e = retention_bury(s, &more, why);
    s->work.vacuuming = s->work.vacuuming || (e == OK && !more);
    return e;
}

/* ---- in order ---- */

static bool small_work_is_due(const struct store *s)
{
    return s->work.dead.count > 0 || s->work.patched.count > 0 || s->work.vacuuming ||
           s->work.unrolled.count > 0;
}

static enum err small_work(struct store *s, struct store_failure *why)
{
    if (s->work.dead.count > 0) {
        return bury(s, why);
    }
    /* Before the next patch is merged, so that little of a group is without rollups at a time. */
    if (s->work.unrolled.count > 0) {
        return rollup_step(s, why);
    }
    if (s->work.patched.count > 0) {
        return patch_merge(s, s->work.patched.ids[0], why);
    }
    return retention_shrink(s, &s->work.vacuuming, why);
}

static enum err one_step(struct store *s, wall_ms now, struct store_failure *why)
{
    if (s->work.full.count > 0) {
        return flush_full(s, why);
    }
    if (trim_is_due(s, now)) {
        return trim(s, now, why);
    }
    if (expiry_is_due(s, now)) {
        return expire(s, now, why);
    }
    if (s->work.budget == BUDGET_DELETING) {
        return budget_step(s, now, why);
    }
    return small_work_is_due(s) ? small_work(s, why) : OK;
}

static bool step_is_due(struct store *s, wall_ms now)
{
    return log_is_due(s) || s->work.full.count > 0 || trim_is_due(s, now) ||
           expiry_is_due(s, now) || s->work.budget == BUDGET_DELETING || small_work_is_due(s);
}

/* What the files may still grow by. A budget is a promise about them, so it counts where it is the
 * smaller one. */
static void measure_room(struct store *s, uint64_t bytes)
{
    uint64_t budget = s->config.budget_bytes;
    uint64_t room = 0;
    if (file_room(s->path, &room) != OK) {
        return;
    }
    uint64_t left = budget > bytes ? budget - bytes : 0;
    metrics_set(s->metrics, METRIC_STORE_ROOM, budget != 0 && left < room ? left : room);
}

static void measure(struct store *s, wall_ms now)
{
    struct work *w = &s->work;
    bool due = w->measured_at == WALL_NONE || now - w->measured_at >= MEASURE_EVERY_MS ||
               now < w->measured_at;
    if (!due) {
        return;
    }
    uint64_t database = 0;
    uint64_t log = 0;
    w->measured_at = now;
    if (file_size(s->path, &database) == OK) {
        enum err e = file_size(s->wal_path, &log);
        metrics_set(s->metrics, METRIC_STORE_BYTES, database + (e == OK ? log : 0));
        budget_measure(s, database + (e == OK ? log : 0));
        measure_room(s, database + (e == OK ? log : 0));
    }
}

enum err store_work(struct store *s, wall_ms now, bool *more, struct store_failure *why)
{
    uint64_t until = clock_mono_ns() + STEP_NS;
    enum err e = OK;
    s->work.now = now;
    measure(s, now);
    do {
        e = log_is_due(s) ? copy_log(s, why) : one_step(s, now, why);
    } while (e == OK && step_is_due(s, now) && clock_mono_ns() < until);
    *more = e == OK && step_is_due(s, now);
    commit_publish(s);
    return e == OK ? OK : ERR_IO;
}
