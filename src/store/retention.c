/* SPDX-License-Identifier: Apache-2.0 */
/* Deleting: readings that are too old, groups of devices that were deleted, and pages that nothing
 * uses any more. In steps of a few blocks each; a block goes when its newest reading is too old. */
#include "store/state.h"

#define BLOCKS_A_STEP 32

#define PAGE_BYTES 4096

struct doomed {
    int64_t id;
    uint32_t group;
    uint64_t cells;
    bool patch;
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

struct expiry {
    wall_ms before;
    size_t count;
};

static enum err expire(struct store *s, void *argument)
{
    struct expiry *x = argument;
    struct doomed list[BLOCKS_A_STEP];
    sqlite3_stmt *st = db_statement(&s->db, SQL_BLOCKS_EXPIRED);
    bind_wall(st, 1, x->before);
    bind_u64(st, 2, BLOCKS_A_STEP);
    enum err e = list_doomed(&s->db, st, list, &x->count);
    for (size_t i = 0; i < x->count && e == OK; i++) {
        e = delete_doomed(s, &list[i]);
    }
    return e;
}

enum err retention_step(struct store *s, wall_ms now, bool *more, struct store_failure *why)
{
    struct expiry x = {now - s->config.retention_ms, 0};
    enum err e = commit_with(s, expire, &x, why);
    *more = e == OK && x.count == BLOCKS_A_STEP;
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
    struct doomed list[BLOCKS_A_STEP];
    sqlite3_stmt *st = db_statement(&s->db, SQL_BLOCKS_OF_GROUP);
    bind_u64(st, 1, x->group);
    bind_u64(st, 2, BLOCKS_A_STEP);
    enum err e = list_doomed(&s->db, st, list, &x->count);
    for (size_t i = 0; i < x->count && e == OK; i++) {
        e = delete_doomed(s, &list[i]);
    }
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
    return (int64_t)(s->config.journal_bytes / PAGE_BYTES * 3 / 2) + all / 16;
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
