/* SPDX-License-Identifier: Apache-2.0 */
/* Late readings find their place: patches are merged into the regular blocks that they lie over.
 *
 * A step takes one stretch of time: from the first patch to the next regular block, shorter when
 * there is much to do. Everything in it, the regular block that reaches into it included, is read,
 * merged (higher numbers win) and written as regular blocks; a patch that goes on behind the
 * stretch keeps its number for the rest of its rows. */
#include "store/state.h"

#include "base/mem.h"

/* Most patches that a step reads whole. */
#define PATCHES_A_STEP 8

/* A regular block that ends before the stretch joins it while it is shorter than this. */
#define SHORT_ROWS 512

struct stretch {
    uint32_t group;
    wall_ms from;
    wall_ms to;      /* exclusive; INT64_MAX: no end */
    int64_t regular; /* row of the block that joins; 0: none */
    size_t patches;  /* that were found, at most PATCHES_A_STEP + 1 */
};

static enum err bound_by_patches(struct store *s, struct stretch *x)
{
    sqlite3_stmt *st = db_statement(&s->db, SQL_PATCHES_OF_GROUP);
    bind_u64(st, 1, x->group);
    bind_u64(st, 2, PATCHES_A_STEP + 1);
    size_t found = 0;
    bool row;
    enum err e = db_step(&s->db, st, &row);
    for (; e == OK && row; e = db_step(&s->db, st, &row)) {
        wall_ms first = sqlite3_column_int64(st, 1);
        x->from = found == 0 ? first : x->from;
        /* Patches that begin together can't be told apart by time; they are merged at once. */
        if (found == PATCHES_A_STEP && first > x->from) {
            x->to = first;
        }
        found++;
    }
    x->patches = found;
    return e;
}

/* The number of values tells about how many rows a block has. */
static enum err bound_by_regulars(struct store *s, struct stretch *x)
{
    sqlite3_stmt *st = db_statement(&s->db, SQL_BLOCK_BEFORE);
    bind_u64(st, 1, x->group);
    bind_wall(st, 2, x->from);
    bool row;
    enum err e = db_step(&s->db, st, &row);
    if (e == OK && row) {
        bool reaches = sqlite3_column_int64(st, 2) >= x->from;
        bool is_short = (size_t)sqlite3_column_int64(st, 3) <
                        SHORT_ROWS * (size_t)size_max(s->groups[x->group].count, 1);
        bool grows = sqlite3_column_int64(st, 0) == s->groups[x->group].file.open_block;
        x->regular = (reaches || is_short) && !grows ? sqlite3_column_int64(st, 0) : 0;
        (void)sqlite3_reset(st);
    }
    if (e != OK) {
        return e;
    }
    st = db_statement(&s->db, SQL_BLOCK_AFTER);
    bind_u64(st, 1, x->group);
    bind_wall(st, 2, x->from);
    int64_t next = INT64_MAX;
    e = db_number(&s->db, st, INT64_MAX, &next);
    x->to = next < x->to ? next : x->to;
    return e;
}

/* Puts the rows of a patch where they belong: into the merge, and what lies behind the stretch into
 * a patch of the same number. */
static enum err take_patch(struct store *s, struct stretch *x, int64_t id, uint32_t number)
{
    columns_clear(&s->fresh);
    enum err e = blocks_take(s, id, &s->fresh);
    e = e == OK ? blocks_delete(s, id) : e;
    if (e != OK) {
        return e;
    }
    size_t within = columns_lower_bound(&s->fresh, x->to);
    columns_copy(&s->fresh, 0, within, &s->merged);
    if (within == s->fresh.rows) {
        s->groups[x->group].file.patches--;
        return OK;
    }
    struct row_range rest = {&s->fresh, within, s->fresh.rows};
    return blocks_put(s, x->group, rest, number, NULL);
}

/* Takes all patches that reach into the stretch, by number. They are listed before the first is
 * changed. */
static enum err take_patches(struct store *s, struct stretch *x)
{
    struct found {
        int64_t id;
        uint32_t number;
    } *found = NULL;
    size_t count = 0;
    size_t cap = 0;
    sqlite3_stmt *st = db_statement(&s->db, SQL_PATCHES_WITHIN);
    bind_u64(st, 1, x->group);
    bind_wall(st, 2, x->to);
    bool row;
    enum err e = db_step(&s->db, st, &row);
    for (; e == OK && row; e = db_step(&s->db, st, &row)) {
        found = mem_grow(found, count, &cap, sizeof *found);
        found[count++] = (struct found){sqlite3_column_int64(st, 0), column_u32(st, 1)};
    }
    for (size_t i = 0; i < count && e == OK; i++) {
        e = take_patch(s, x, found[i].id, found[i].number);
    }
    free(found);
    return e;
}

/* Writes the merged rows as blocks of even size. */
static enum err write_merged(struct store *s, uint32_t group)
{
    const struct columns *c = &s->merged;
    size_t parts = blocks_parts(s, (struct row_range){c, 0, c->rows});
    enum err e = OK;
    for (size_t i = 0; i < parts && e == OK; i++) {
        struct row_range part = {c, c->rows * i / parts, c->rows * (i + 1) / parts};
        e = blocks_put(s, group, part, 0, NULL);
    }
    return e;
}

static enum err merge(struct store *s, void *argument)
{
    struct stretch x = {.group = *(const uint32_t *)argument, .to = INT64_MAX};
    struct group_file *file = groups_change(s, x.group);
    enum err e = bound_by_patches(s, &x);
    if (e != OK || x.patches == 0) {
        file->patches = 0;
        return e == OK ? groups_write(s, x.group) : e;
    }
    e = bound_by_regulars(s, &x);
    columns_clear(&s->merged);
    if (e == OK && x.regular) {
        e = blocks_take(s, x.regular, &s->merged);
        e = e == OK ? blocks_delete(s, x.regular) : e;
    }
    e = e == OK ? take_patches(s, &x) : e;
    if (e == OK) {
        columns_sort(&s->merged, &s->spare);
        rollup_stale(s, x.group, x.from, s->merged.times[s->merged.rows - 1] + 1);
        e = write_merged(s, x.group);
    }
    return e == OK ? groups_write(s, x.group) : e;
}

enum err patch_merge(struct store *s, uint32_t group, struct store_failure *why)
{
    enum err e = commit_with(s, merge, &group, why);
    if (e == OK && s->groups[group].file.patches == 0) {
        id_list_remove(&s->work.patched, group);
    }
    rollup_note(s, group);
    return e;
}
