/* SPDX-License-Identifier: Apache-2.0 */
/* History that comes in at once, past the journal.
 *
 * Readings are collected in columns, one set a group. When all of them together grow large, every
 * group is written but the one that is being filled: whoever brings one sensor after the other will
 * bring the next of that device. A sensor that shares no times with the others of its group gets
 * one of its own before its first rows are written, as it does when readings come one by one.
 *
 * Rows that fill no block are held back until the end and written then, group after group: small
 * blocks that follow each other share pages. */
#include "store/state.h"

#include "base/mem.h"

/* Values of all groups, gaps and times included, at which they are written: 8 bytes each. */
#define ALL_CELLS (8u << 20)

/* Nobody waits while things are settled, so transactions may be long. */
#define SETTLE_STEP_NS MONO_MS(100)

/* Pages given back a step at the end. */
#define VACUUM_SQL "PRAGMA incremental_vacuum(4096)"

struct bulk_group {
    struct columns rows;
    size_t at; /* row of the value before: the next one is likely behind it */
    bool unsorted;
    bool due;
    wall_ms rest; /* rows from here on are not written yet; WALL_NONE: all are */
};

struct store_bulk {
    struct store *store;
    struct bulk_group **groups; /* by number; NULL: nothing yet */
    size_t group_count;
    struct id_list due;
    bool ending; /* nothing is held back any more */
    size_t cells;
    uint64_t written;
};

static size_t cells_of(const struct bulk_group *g)
{
    return g->rows.rows * (g->rows.count + 1);
}

static struct bulk_group *group_at(struct store_bulk *b, uint32_t group)
{
    if (group >= b->group_count) {
        size_t count = size_max(group + (size_t)1, b->group_count * 2);
        b->groups = mem_resize(b->groups, count, sizeof(struct bulk_group *));
        memset(b->groups + b->group_count, 0, (count - b->group_count) * sizeof b->groups[0]);
        b->group_count = count;
    }
    if (!b->groups[group]) {
        b->groups[group] = mem_zalloc(1, sizeof **b->groups);
    }
    return b->groups[group];
}

static void free_groups(struct store_bulk *b)
{
    for (size_t i = 0; i < b->group_count; i++) {
        if (b->groups[i]) {
            columns_fini(&b->groups[i]->rows);
            free(b->groups[i]);
        }
    }
    free(b->groups);
    b->groups = NULL;
    b->group_count = 0;
}

/* ---- taking readings ---- */

/* The row of `time`; a new one at the end when there is none. */
static size_t row_of(struct bulk_group *g, wall_ms time)
{
    struct columns *c = &g->rows;
    size_t next = g->at + 1;
    if (next < c->rows && c->times[next] == time) {
        return next;
    }
    if (c->rows > 0 && c->times[c->rows - 1] == time) {
        return c->rows - 1;
    }
    if (c->rows > 0 && c->times[c->rows - 1] > time && !g->unsorted) {
        size_t row = columns_lower_bound(c, time);
        if (c->times[row] == time) {
            return row;
        }
        g->unsorted = true;
    }
    if (c->rows == c->row_cap) {
        columns_reserve(c, size_max(c->rows * 2, 256));
    }
    return columns_add_row(c, time);
}

static struct column *column_of(struct columns *c, uint32_t likely, uint32_t series)
{
    if (likely < c->count && c->cols[likely].series == series) {
        return &c->cols[likely];
    }
    return columns_find_or_add(c, series);
}

static void take(struct bulk_group *g, uint32_t likely, uint32_t series, wall_ms time, double value)
{
    size_t row = row_of(g, time);
    column_set(column_of(&g->rows, likely, series), row, value);
    g->at = row;
}

/* ---- writing ---- */

/* The newest of a series is what its blocks hold, so it follows what is written. */
static void note_latest(struct store *s, const struct columns *c)
{
    for (size_t i = 0; i < c->count; i++) {
        const struct column *col = &c->cols[i];
        size_t row = c->rows;
        while (row > 0 && !column_has(col, row - 1)) {
            row--;
        }
        struct series_state *state = &s->series[col->series];
        if (row > 0 && c->times[row - 1] >= state->time) {
            state->time = c->times[row - 1];
            state->value = col->values[row - 1];
        }
    }
}

static enum err write_due(struct store *s, void *argument)
{
    struct store_bulk *b = argument;
    enum err e = OK;
    for (size_t i = 0; i < b->due.count && e == OK; i++) {
        uint32_t id = b->due.ids[i];
        struct bulk_group *g = b->groups[id];
        note_latest(s, &g->rows);
        g->rest = WALL_NONE;
        e = b->ending ? flush_columns(s, id, &g->rows) : flush_whole(s, id, &g->rows, &g->rest);
    }
    return e;
}

static void forget_due(struct store_bulk *b)
{
    for (size_t i = 0; i < b->due.count; i++) {
        struct bulk_group *g = b->groups[b->due.ids[i]];
        b->cells -= cells_of(g);
        struct columns rest = {0};
        size_t from = g->rest == WALL_NONE ? g->rows.rows : columns_lower_bound(&g->rows, g->rest);
        if (from < g->rows.rows) {
            columns_copy(&g->rows, from, g->rows.rows, &rest);
        }
        b->written += columns_cells_of(&g->rows, 0, from);
        columns_fini(&g->rows);
        g->rows = rest;
        b->cells += cells_of(g);
        g->at = 0;
        g->unsorted = g->due = false;
        flush_noted(b->store, b->due.ids[i]);
    }
    b->due.count = 0;
}

/* Moves what a sensor that left the group has into the rows of its new group. */
static void follow(struct store_bulk *b, struct columns *from, uint32_t series)
{
    uint32_t group = b->store->series[series].group;
    struct bulk_group *to = group_at(b, group);
    struct column *col = columns_find_or_add(from, series);
    for (size_t row = 0; row < from->rows; row++) {
        if (column_has(col, row)) {
            take(to, 0, series, from->times[row], col->values[row]);
        }
    }
    columns_drop(from, series);
    if (!to->due) {
        to->due = true;
        id_list_add(&b->due, group);
    }
}

static enum err split(struct store_bulk *b, uint32_t group, struct store_failure *why)
{
    struct store *s = b->store;
    struct id_list loners = {0};
    struct columns *c = &b->groups[group]->rows;
    flush_find_loners(c, &loners);
    enum err e = s->groups[group].cells == 0 ? flush_move_out(s, &loners, why) : OK;
    for (size_t i = 0; i < loners.count && e == OK && s->groups[group].cells == 0; i++) {
        follow(b, c, loners.ids[i]);
    }
    free(loners.ids);
    return e;
}

/* Brings the rows of what is due in order. Groups that begin here are due too and are in order. */
static enum err prepare(struct store_bulk *b, struct store_failure *why)
{
    enum err e = OK;
    size_t count = b->due.count;
    for (size_t i = 0; i < count && e == OK; i++) {
        uint32_t id = b->due.ids[i];
        size_t before = cells_of(b->groups[id]);
        if (b->groups[id]->unsorted) {
            columns_sort(&b->groups[id]->rows, &b->store->spare);
            b->groups[id]->unsorted = false;
        }
        e = split(b, id, why);
        b->cells -= before - cells_of(b->groups[id]);
    }
    for (size_t i = count; i < b->due.count; i++) {
        b->cells += cells_of(b->groups[b->due.ids[i]]);
    }
    return e;
}

static enum err write(struct store_bulk *b, struct store_failure *why)
{
    enum err e = prepare(b, why);
    e = e == OK ? commit_with(b->store, write_due, b, why) : e;
    if (e != OK) {
        return ERR_IO;
    }
    forget_due(b);
    return work_copy_log(b->store, why) == OK ? OK : ERR_IO;
}

/* Writes all groups but `kept` (GROUP_NONE: all). */
static enum err write_all(struct store_bulk *b, uint32_t kept, struct store_failure *why)
{
    for (size_t i = 0; i < b->group_count; i++) {
        struct bulk_group *g = b->groups[i];
        if (g && i != kept && !g->due && g->rows.rows > 0) {
            g->due = true;
            id_list_add(&b->due, (uint32_t)i);
        }
    }
    return b->due.count > 0 ? write(b, why) : OK;
}

/* ---- public ---- */

/* Does what is due, the journal's trim included, until nothing is. */
static enum err settle(struct store *s, wall_ms now, struct store_failure *why)
{
    bool more = true;
    enum err e = OK;
    mono_ns usual = s->work.step_ns;
    s->work.step_ns = SETTLE_STEP_NS;
    work_trim_now(s, now);
    while (e == OK && more) {
        e = store_work(s, now, &more, why);
    }
    s->work.step_ns = usual;
    return e;
}

enum err store_bulk_begin(struct store *s, wall_ms now, struct store_bulk **bulk,
                          struct store_failure *why)
{
    enum err e = store_commit(s, now, why);
    e = e == OK ? settle(s, now, why) : e;
    if (e != OK) {
        return e;
    }
    *bulk = mem_zalloc(1, sizeof **bulk);
    (*bulk)->store = s;
    return OK;
}

enum err store_bulk_put(struct store_bulk *b, struct series_id series, const wall_ms *times,
                        const double *values, size_t n, struct store_failure *why)
{
    const struct store *s = b->store;
    if (series.n >= s->series_count || s->series[series.n].group == GROUP_NONE) {
        failure_set(why, "the store knows no series %u", series.n);
        return ERR_NOT_FOUND;
    }
    const struct series_state *state = &s->series[series.n];
    uint32_t group = state->group;
    struct bulk_group *g = group_at(b, group);
    size_t before = cells_of(g);
    for (size_t i = 0; i < n; i++) {
        take(g, state->column, series.n, times[i], values[i]);
    }
    b->cells += cells_of(g) - before;
    if (b->cells < ALL_CELLS) {
        return OK;
    }
    uint32_t kept = cells_of(g) < ALL_CELLS / 2 ? group : GROUP_NONE;
    enum err e = write_all(b, kept, why);
    if (e == OK && b->cells >= ALL_CELLS / 2) {
        b->ending = true; /* too much was held back */
        e = write_all(b, kept, why);
        b->ending = false;
    }
    return e;
}

uint64_t store_bulk_written(const struct store_bulk *b)
{
    return b->written;
}

static enum err give_back(struct store *s, struct store_failure *why)
{
    int64_t before = INT64_MAX;
    int64_t left = 0;
    enum err e = db_number(&s->db, db_statement(&s->db, SQL_PAGES_FREE), 0, &left);
    while (e == OK && left > 0 && left < before) {
        before = left;
        e = db_exec(&s->db, VACUUM_SQL);
        e = e == OK ? db_number(&s->db, db_statement(&s->db, SQL_PAGES_FREE), 0, &left) : e;
        e = e == OK ? db_exec(&s->db, "PRAGMA wal_checkpoint(PASSIVE)") : e;
    }
    if (e != OK) {
        db_explain(&s->db, s->path, why);
    }
    return e == OK ? OK : ERR_IO;
}

enum err store_bulk_end(struct store_bulk *b, wall_ms now, struct store_failure *why)
{
    struct store *s = b->store;
    enum err e = write_all(b, GROUP_NONE, why);
    b->ending = true;
    e = e == OK ? write_all(b, GROUP_NONE, why) : e;
    e = e == OK ? settle(s, now, why) : e;
    e = e == OK ? give_back(s, why) : e;
    store_bulk_free(b);
    return e;
}

void store_bulk_free(struct store_bulk *b)
{
    if (b) {
        free_groups(b);
        free(b->due.ids);
        free(b);
    }
}
