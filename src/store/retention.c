/* SPDX-License-Identifier: Apache-2.0 */
/* Deleting: readings that are too old, groups of devices that were deleted, and pages that nothing
 * uses any more. In steps of a few blocks each; a block goes when its newest reading is too old. */
#include "store/state.h"

#include "sys/clock.h"

#define BLOCKS_A_STEP RETENTION_BLOCKS

#define PAGE_BYTES 4096

struct doomed {
    int64_t id;
    uint32_t group;
    uint64_t cells;
    bool patch;
    wall_ms last;
};

/* Blocks that a bound statement names. */
static enum err list_doomed(struct db *db, sqlite3_stmt *st, struct doomed *list, size_t *count)
{
    bool row;
    *count = 0;
    enum err e = db_step(db, st, &row);
    for (; e == OK && row; e = db_step(db, st, &row)) {
        ASSERT(*count < BLOCKS_A_STEP);
        list[(*count)++] = (struct doomed){
            .id = sqlite3_column_int64(st, 0),
            .group = column_u32(st, 1),
            .cells = (uint64_t)sqlite3_column_int64(st, 2),
            .patch = sqlite3_column_int64(st, 3) > 0,
            .last = sqlite3_column_int64(st, 4),
        };
    }
    return e;
}

static enum err delete_doomed(struct store *s, const struct doomed *d)
{
    enum err e = blocks_delete(s, d->id);
    s->block_cells_next -= d->cells;
    if (e != OK || d->group >= s->group_count || s->groups[d->group].dead) {
        return e;
    }
    struct group_file *file = &s->groups[d->group].file;
    if (!d->patch && d->id != file->open_block) {
        return OK;
    }
    file = groups_change(s, d->group);
    file->patches -= d->patch && file->patches > 0 ? 1 : 0;
    file->open_block = d->id == file->open_block ? 0 : file->open_block;
    return groups_write(s, d->group);
}

/* ---- by age ---- */

static enum err delete_listed(struct store *s, sqlite3_stmt *st, size_t *count, wall_ms *until)
{
    struct doomed list[BLOCKS_A_STEP];
    enum err e = list_doomed(&s->db, st, list, count);
    for (size_t i = 0; i < *count && e == OK; i++) {
        e = delete_doomed(s, &list[i]);
        *until = list[i].last >= *until ? list[i].last + 1 : *until;
    }
    return e;
}

enum err retention_delete(struct store *s, wall_ms before, size_t *count, wall_ms *until)
{
    sqlite3_stmt *st = db_statement(&s->db, SQL_BLOCKS_EXPIRED);
    bind_wall(st, 1, before);
    bind_u64(st, 2, BLOCKS_A_STEP);
    return delete_listed(s, st, count, until);
}

struct expiry {
    wall_ms now;
    bool more;
};

/* Rollups of a tier; *more when there may be others. */
static enum err expire_rollups(struct store *s, unsigned tier, wall_ms kept, struct expiry *x)
{
    if (kept <= 0) {
        return OK;
    }
    sqlite3_stmt *st = db_statement(&s->db, SQL_ROLLUPS_EXPIRED);
    bind_u64(st, 1, tier);
    bind_wall(st, 2, x->now - kept);
    bind_u64(st, 3, BLOCKS_A_STEP);
    enum err e = db_run(&s->db, st);
    x->more = x->more || (e == OK && sqlite3_changes(s->db.handle) == BLOCKS_A_STEP);
    return e;
}

/* Devices differ: group by group, each with its own age, for a step's time. */
static enum err expire_groups(struct store *s, struct expiry *x)
{
    mono_ns until_ns = clock_mono_ns() + s->work.step_ns;
    uint32_t *group = &s->work.expiring_group;
    enum err e = OK;
    while (*group < s->group_count && e == OK && clock_mono_ns() < until_ns) {
        wall_ms kept = lifetime_of_group(s, *group);
        size_t count = 0;
        wall_ms until = WALL_NONE;
        if (kept > 0 && !s->groups[*group].dead) {
            sqlite3_stmt *st = db_statement(&s->db, SQL_BLOCKS_OF_GROUP_EXPIRED);
            bind_u64(st, 1, *group);
            bind_wall(st, 2, x->now - kept);
            bind_u64(st, 3, BLOCKS_A_STEP);
            e = delete_listed(s, st, &count, &until);
        }
        *group += count < BLOCKS_A_STEP ? 1 : 0;
    }
    x->more = *group < s->group_count;
    return e;
}

static enum err expire_raw(struct store *s, struct expiry *x)
{
    if (s->config.retention_of.count > 0) {
        return expire_groups(s, x);
    }
    if (s->config.retention_ms <= 0) {
        return OK;
    }
    size_t count = 0;
    wall_ms until = WALL_NONE;
    enum err e = retention_delete(s, x->now - s->config.retention_ms, &count, &until);
    x->more = count == BLOCKS_A_STEP;
    return e;
}

static enum err expire(struct store *s, void *argument)
{
    struct expiry *x = argument;
    enum err e = expire_raw(s, x);
    e = e == OK ? expire_rollups(s, 0, s->config.retention_minutes_ms, x) : e;
    e = e == OK ? expire_rollups(s, 1, s->config.retention_hours_ms, x) : e;
    return e == OK ? expire_rollups(s, 2, s->config.retention_days_ms, x) : e;
}

enum err retention_step(struct store *s, wall_ms now, bool *more, struct store_failure *why)
{
    struct expiry x = {now, false};
    enum err e = commit_with(s, expire, &x, why);
    *more = e == OK && x.more;
    if (!*more) {
        s->work.expiring_group = 0;
    }
    return e;
}

/* ---- of deleted devices ---- */

struct burial {
    uint32_t group;
    size_t count;
};

static enum err forget_group(struct store *s, uint32_t group)
{
    sqlite3_stmt *st = db_statement(&s->db, SQL_GROUP_DELETE);
    bind_u64(st, 1, group);
    return db_run(&s->db, st);
}

static enum err delete_rollups(struct store *s, uint32_t group, size_t *count)
{
    sqlite3_stmt *st = db_statement(&s->db, SQL_ROLLUPS_OF_GROUP);
    bind_u64(st, 1, group);
    bind_u64(st, 2, BLOCKS_A_STEP);
    enum err e = db_run(&s->db, st);
    *count = e == OK ? (size_t)sqlite3_changes(s->db.handle) : 0;
    return e;
}

static enum err bury(struct store *s, void *argument)
{
    struct burial *x = argument;
    wall_ms until = WALL_NONE;
    sqlite3_stmt *st = db_statement(&s->db, SQL_BLOCKS_OF_GROUP);
    bind_u64(st, 1, x->group);
    bind_u64(st, 2, BLOCKS_A_STEP);
    enum err e = delete_listed(s, st, &x->count, &until);
    if (e == OK && x->count < BLOCKS_A_STEP) {
        size_t rollups = 0;
        e = delete_rollups(s, x->group, &rollups);
        x->count += rollups;
    }
    return e == OK && x->count < BLOCKS_A_STEP ? forget_group(s, x->group) : e;
}

enum err retention_bury(struct store *s, bool *more, struct store_failure *why)
{
    struct burial x = {s->work.dead.ids[0], 0};
    enum err e = commit_with(s, bury, &x, why);
    if (e == OK && x.count < BLOCKS_A_STEP) {
        id_list_remove(&s->work.dead, x.group);
    }
    *more = e == OK && s->work.dead.count > 0;
    return e;
}

/* ---- pages ---- */

/* Pages that stay free: the journal needs them again, and blocks to come. */
static int64_t pages_kept(const struct store *s, int64_t all)
{
    int64_t kept = (int64_t)(s->config.journal_bytes / PAGE_BYTES * 3 / 2);
    if (s->config.budget_bytes > 0) {
        int64_t most = (int64_t)(s->config.budget_bytes / PAGE_BYTES / 4);
        kept = kept < most ? kept : most;
    }
    return kept + all / 16;
}

static enum err give_back(struct store *s, void *argument)
{
    bool *more = argument;
    int64_t unused = 0;
    int64_t all = 0;
    enum err e = db_number(&s->db, db_statement(&s->db, SQL_PAGES_FREE), 0, &unused);
    e = e == OK ? db_number(&s->db, db_statement(&s->db, SQL_PAGES_ALL), 0, &all) : e;
    *more = e == OK && unused > pages_kept(s, all);
    if (!*more) {
        return e;
    }
    sqlite3_stmt *st = db_statement(&s->db, SQL_VACUUM);
    bool row = true;
    while (e == OK && row) {
        e = db_step(&s->db, st, &row);
    }
    return e;
}

enum err retention_shrink(struct store *s, bool *more, struct store_failure *why)
{
    *more = false;
    return commit_with(s, give_back, more, why);
}
