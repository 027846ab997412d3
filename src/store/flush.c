/* SPDX-License-Identifier: Apache-2.0 */
/* Open rows become blocks.
 *
 *     time ──►   sealed blocks   │ open block │
 *                late rows:      │ the others join the open block, which is replaced in place;
 *                patch blocks    │ what fills a block is sealed, the rest stays open
 *
 * A reading is late when it is not newer than the newest sealed block. `flushed` of the group says
 * which batches its blocks hold, so a replay after a crash adds nothing twice. */
#include "store/state.h"

#include "base/mem.h"
#include "sys/clock.h"

/* A block of slow readings is sealed by its length in time too, so that it can expire: within this
 * part of the retention. */
#define RETENTION_PARTS 8

/* A sensor leaves its group when it had at least so many readings in this piece of history and
 * this share of them (3 of 4) stood alone in their row. */
#define SPLIT_CELLS 32

/* Sensors that leave their groups in one transaction. */
#define MOVES_A_STEP 256

/* ---- into blocks ---- */

/* End of the block that begins at row `from`; *whole tells whether it is complete. */
static size_t block_end(struct store *s, uint32_t group, const struct columns *c, size_t from,
                        bool *whole)
{
    wall_ms longest = lifetime_of_group(s, group) / RETENTION_PARTS;
    size_t to = blocks_fill(s, (struct row_range){c, from, c->rows}, BLOCKS_RAW_ROWS, whole);
    if (longest > 0 && c->times[to - 1] - c->times[from] > longest) {
        to = columns_lower_bound(c, c->times[from] + longest + 1);
        *whole = true;
    }
    return to;
}

static enum err write_late(struct store *s, uint32_t group, struct row_range rows)
{
    struct group_file *file = &s->groups[group].file;
    size_t most = blocks_rows(rows.c->count);
    enum err e = OK;
    for (size_t from = rows.from; from < rows.to && e == OK; from += most) {
        struct row_range part = {rows.c, from, size_min(from + most, rows.to)};
        e = blocks_put(s, group, part, file->next_number, NULL);
        file->next_number++;
        file->patches++;
    }
    return e;
}

static enum err write_joined(struct store *s, uint32_t group, const struct columns *c)
{
    struct group_file *file = &s->groups[group].file;
    enum err e = OK;
    for (size_t from = 0, to; from < c->rows && e == OK; from = to) {
        bool whole;
        to = block_end(s, group, c, from, &whole);
        struct row_range part = {c, from, to};
        int64_t id = file->open_block;
        if (!whole && !id && s->hold_rest) {
            s->held_from = c->times[from];
            return OK;
        }
        e = id ? blocks_replace(s, group, part, id) : blocks_put(s, group, part, 0, &id);
        file->open_block = whole ? 0 : id;
        file->sealed = whole ? c->times[to - 1] : file->sealed;
    }
    return e;
}

/* Writes rows into the blocks of a group, and the group's own row. */
static enum err write_rows(struct store *s, uint32_t group, struct row_range rows)
{
    struct group_file *file = &s->groups[group].file;
    size_t on_time =
        file->sealed == WALL_NONE ? rows.from : columns_lower_bound(rows.c, file->sealed + 1);
    on_time = size_min(size_max(on_time, rows.from), rows.to);
    enum err e = write_late(s, group, (struct row_range){rows.c, rows.from, on_time});
    if (e == OK && on_time < rows.to) {
        columns_clear(&s->merged);
        e = file->open_block ? blocks_take(s, file->open_block, &s->merged) : OK;
        if (e == OK) {
            columns_copy(rows.c, on_time, rows.to, &s->merged);
            columns_sort(&s->merged, &s->spare);
            e = write_joined(s, group, &s->merged);
        }
    }
    return e == OK ? groups_write(s, group) : e;
}

enum err flush_columns(struct store *s, uint32_t group, const struct columns *rows)
{
    const struct group *g = &s->groups[group];
    size_t from = 0;
    enum err e = OK;
    if (g->origin != GROUP_NONE) {
        from = columns_lower_bound(rows, g->origin_until + 1);
        (void)groups_change(s, g->origin);
        e = from > 0 ? write_rows(s, g->origin, (struct row_range){rows, 0, from}) : OK;
    }
    (void)groups_change(s, group);
    struct row_range own = {rows, from, rows->rows};
    return e == OK ? write_rows(s, group, own) : e;
}

enum err flush_whole(struct store *s, uint32_t group, const struct columns *rows, wall_ms *rest)
{
    s->held_from = WALL_NONE;
    s->hold_rest =
        s->groups[group].origin == GROUP_NONE || rows->times[0] > s->groups[group].origin_until;
    enum err e = flush_columns(s, group, rows);
    s->hold_rest = false;
    *rest = s->held_from;
    return e;
}

static enum err flush_group(struct store *s, uint32_t group)
{
    struct columns *fresh = &s->fresh;
    columns_clear(fresh);
    group_rows(&s->groups[group], fresh);
    columns_sort(fresh, &s->spare);
    groups_change(s, group)->flushed = s->appended_seq;
    return flush_columns(s, group, fresh);
}

/* ---- sensors that share no times ---- */

/* Counts for each column its values, and those that stand alone in their row. */
static void count_alone(const struct columns *c, size_t *cells, size_t *alone)
{
    memset(cells, 0, c->count * sizeof *cells);
    memset(alone, 0, c->count * sizeof *alone);
    for (size_t w = 0; w < (c->rows + 63) / 64; w++) {
        uint64_t once = 0;
        uint64_t twice = 0;
        for (size_t i = 0; i < c->count; i++) {
            uint64_t bits = c->cols[i].present[w];
            twice |= once & bits;
            once |= bits;
        }
        for (size_t i = 0; i < c->count; i++) {
            uint64_t bits = c->cols[i].present[w];
            cells[i] += (size_t)__builtin_popcountll(bits);
            alone[i] += (size_t)__builtin_popcountll(bits & ~twice);
        }
    }
}

void flush_find_loners(const struct columns *c, struct id_list *series)
{
    size_t cells[GROUP_COLUMNS_MAX];
    size_t alone[GROUP_COLUMNS_MAX];
    size_t found = 0;
    ASSERT(c->count <= GROUP_COLUMNS_MAX);
    count_alone(c, cells, alone);
    for (size_t i = 0; i < c->count && found + 1 < c->count; i++) {
        if (cells[i] >= SPLIT_CELLS && alone[i] >= cells[i] - cells[i] / 4 &&
            series->count < MOVES_A_STEP) {
            id_list_add(series, c->cols[i].series);
            found++;
        }
    }
}

struct move {
    uint32_t series;
    uint32_t from;
    uint32_t to;
};

struct moves {
    struct move list[MOVES_A_STEP];
    size_t count;
};

static enum err write_move(struct store *s, const struct move *m)
{
    sqlite3_stmt *st = db_statement(&s->db, SQL_SERIES_MOVE);
    bind_u64(st, 1, m->series);
    bind_u64(st, 2, m->to);
    enum err e = db_run(&s->db, st);
    e = e == OK ? groups_write(s, m->from) : e;
    return e == OK ? groups_write(s, m->to) : e;
}

static enum err write_moves(struct store *s, void *argument)
{
    const struct moves *m = argument;
    enum err e = OK;
    for (size_t i = 0; i < m->count && e == OK; i++) {
        e = write_move(s, &m->list[i]);
    }
    return e;
}

static struct move move_series(struct store *s, uint32_t series)
{
    struct move m = {series, s->series[series].group, 0};
    m.to = groups_add(s, s->groups[m.from].device);
    s->groups[m.to].heard = s->groups[m.from].heard;
    s->groups[m.to].origin = m.from;
    s->groups[m.to].origin_until = s->series[series].time;
    groups_leave(s, m.from, series);
    groups_join(s, m.to, series);
    return m;
}

enum err flush_move_out(struct store *s, const struct id_list *series, struct store_failure *why)
{
    struct moves m = {.count = 0};
    for (size_t i = 0; i < series->count; i++) {
        m.list[m.count++] = move_series(s, series->ids[i]);
    }
    enum err e = m.count > 0 ? commit_with(s, write_moves, &m, why) : OK;
    while (e != OK && m.count > 0) {
        const struct move *last = &m.list[--m.count];
        groups_leave(s, last->to, last->series);
        groups_join(s, last->from, last->series);
    }
    return e;
}

/* ---- a step ---- */

/* Stops when its time is over; the list keeps what was done. */
static enum err flush_all(struct store *s, void *argument)
{
    struct id_list *loners = argument;
    struct id_list *list = &s->work.flushed;
    uint64_t until = clock_mono_ns() + s->work.step_ns;
    enum err e = OK;
    size_t done = 0;
    while (done < list->count && e == OK && (done == 0 || clock_mono_ns() < until)) {
        e = flush_group(s, list->ids[done++]);
        flush_find_loners(&s->fresh, loners);
    }
    list->count = done;
    return e;
}

static void note_patches(struct store *s, uint32_t group)
{
    if (s->groups[group].file.patches > 0) {
        id_list_remove(&s->work.patched, group);
        id_list_add(&s->work.patched, group);
    }
}

void flush_noted(struct store *s, uint32_t group)
{
    note_patches(s, group);
    rollup_note(s, group);
    if (s->groups[group].origin != GROUP_NONE) {
        note_patches(s, s->groups[group].origin);
        rollup_note(s, s->groups[group].origin);
    }
}

static void drop_flushed(struct store *s)
{
    for (size_t i = 0; i < s->work.flushed.count; i++) {
        uint32_t id = s->work.flushed.ids[i];
        struct group *g = &s->groups[id];
        s->open_cells -= g->cells;
        group_drop(g);
        if (g->full) {
            g->full = false;
            id_list_remove(&s->work.full, id);
        }
        flush_noted(s, id);
    }
}

enum err flush_groups(struct store *s, struct store_failure *why)
{
    struct id_list loners = {0};
    if (s->work.flushed.count == 0) {
        return OK;
    }
    enum err e = commit_with(s, flush_all, &loners, why);
    if (e == OK) {
        drop_flushed(s);
        e = flush_move_out(s, &loners, why);
    }
    free(loners.ids);
    return e;
}
