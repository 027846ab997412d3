/* SPDX-License-Identifier: Apache-2.0 */
/* Rollups: for each minute, hour and day of a sensor with 30 readings or more, what the readings
 * were. Made from the regular blocks of a group once these are sealed beyond the bucket, and made
 * again where late readings came in.
 *
 * Table rollup, a row a stretch of buckets of one group and tier; its data has the form of block.h:
 * the time of a row is the begin of its bucket, and each series has six columns there. The group's
 * row says up to where the rollups of a tier are made (minutes, hours, days), and which stretch of
 * them late readings made untrue (stale_from, stale_to).
 *
 * One job (a tier of a group) is worked on at a time, over as many steps as it needs; what it wrote
 * becomes durable with the group's row, or not at all. */
#include "store/state.h"

#include "base/mem.h"
#include "sys/clock.h"

/* Raw blocks read before the clock is looked at. */
#define BLOCKS_A_LOOK 4

static const wall_ms widths[GROUP_TIERS] = {AGGREGATE_MINUTE, AGGREGATE_HOUR, AGGREGATE_DAY};

wall_ms rollup_width(unsigned tier)
{
    ASSERT(tier < GROUP_TIERS);
    return widths[tier];
}

void rollup_fini(struct rolling *r)
{
    free(r->sums);
    columns_fini(&r->raw);
    columns_fini(&r->rows);
}

/* ---- what is to be made ---- */

/* Raw readings have to outlive the bucket, or it can't be made. */
static bool tier_is_kept(const struct store *s, uint32_t group, unsigned tier)
{
    wall_ms kept = lifetime_of_group(s, group);
    return kept == 0 || kept >= 2 * widths[tier];
}

/* Raw readings before this may be gone; WALL_NONE: none are. */
static wall_ms raw_cut(const struct store *s, uint32_t group)
{
    wall_ms kept = lifetime_of_group(s, group);
    wall_ms cut = kept > 0 ? s->work.now - kept : WALL_NONE;
    return cut > s->budget_cut ? cut : s->budget_cut;
}

/* End of the last bucket that is over and sealed; WALL_NONE: none. */
static wall_ms end_of(const struct group_file *file, unsigned tier)
{
    if (file->sealed == WALL_NONE || file->sealed == INT64_MAX) {
        return WALL_NONE;
    }
    return aggregate_floor(file->sealed + 1, widths[tier]);
}

static bool tier_is_due(const struct store *s, uint32_t group, unsigned tier)
{
    const struct group_file *file = &s->groups[group].file;
    wall_ms end = end_of(file, tier);
    return tier_is_kept(s, group, tier) && end != WALL_NONE && end > file->rolled[tier];
}

static bool is_due(const struct store *s, uint32_t group)
{
    const struct group *g = &s->groups[group];
    bool due = g->file.stale_from != WALL_NONE;
    for (unsigned tier = 0; tier < GROUP_TIERS; tier++) {
        due = due || tier_is_due(s, group, tier);
    }
    return due && !g->dead;
}

void rollup_note(struct store *s, uint32_t group)
{
    struct group *g = &s->groups[group];
    if (!g->unrolled && is_due(s, group)) {
        g->unrolled = true;
        id_list_add(&s->work.unrolled, group);
    }
}

void rollup_stale(struct store *s, uint32_t group, wall_ms from, wall_ms to)
{
    struct group_file *file = &s->groups[group].file;
    if (file->stale_from == WALL_NONE) {
        file->stale_from = from;
        file->stale_to = to;
    }
    file->stale_from = from < file->stale_from ? from : file->stale_from;
    file->stale_to = to > file->stale_to ? to : file->stale_to;
}

/* ---- a job ---- */

static void start(struct rolling *r, uint32_t group, unsigned tier, wall_ms from, wall_ms to)
{
    r->active = true;
    r->group = group;
    r->tier = tier;
    r->from = from;
    r->to = to;
    r->read = WALL_NONE;
    r->count = 0;
    columns_clear(&r->rows);
}

/* The stretch of a tier that is to be made again. Each tier in turn; then none is stale. */
static bool start_again(struct store *s, uint32_t group, unsigned first_tier)
{
    const struct group_file *file = &s->groups[group].file;
    for (unsigned tier = first_tier; tier < GROUP_TIERS && file->stale_from != WALL_NONE; tier++) {
        wall_ms from = aggregate_floor(file->stale_from, widths[tier]);
        wall_ms to = aggregate_ceil(file->stale_to - 1, widths[tier]);
        to = file->rolled[tier] < to ? file->rolled[tier] : to;
        /* A bucket whose readings are partly gone keeps its rollup. */
        wall_ms cut = raw_cut(s, group);
        wall_ms whole = cut == WALL_NONE ? cut : aggregate_ceil(cut - 1, widths[tier]);
        from = whole > from ? whole : from;
        if (from < to) {
            start(&s->work.rolling, group, tier, from, to);
            s->work.rolling.again = true;
            return true;
        }
    }
    return false;
}

static enum err first_block(struct store *s, uint32_t group, wall_ms *first)
{
    sqlite3_stmt *st = db_statement(&s->db, SQL_BLOCK_FIRST);
    bind_u64(st, 1, group);
    return db_number(&s->db, st, INT64_MAX, first);
}

static enum err start_new(struct store *s, uint32_t group, bool *started)
{
    struct group_file *file = &s->groups[group].file;
    *started = false;
    for (unsigned tier = 0; tier < GROUP_TIERS; tier++) {
        if (!tier_is_due(s, group, tier)) {
            continue;
        }
        wall_ms from = file->rolled[tier];
        if (from == WALL_NONE) {
            enum err e = first_block(s, group, &from);
            if (e != OK) {
                return e;
            }
            from = aggregate_floor(from, widths[tier]);
        }
        wall_ms to = end_of(file, tier);
        start(&s->work.rolling, group, tier, from < to ? from : to, to);
        s->work.rolling.again = false;
        *started = true;
        return OK;
    }
    return OK;
}

/* The next job of the group listed last; the list is shorter when it has none. */
static enum err next_job(struct store *s)
{
    struct id_list *list = &s->work.unrolled;
    uint32_t group = list->ids[list->count - 1];
    struct group_file *file = &s->groups[group].file;
    bool started = false;
    enum err e = OK;
    if (file->stale_from != WALL_NONE && !s->groups[group].dead) {
        started = start_again(s, group, 0);
        if (!started) {
            file = groups_change(s, group);
            file->stale_from = file->stale_to = WALL_NONE;
            e = groups_write(s, group);
        }
    }
    if (e == OK && !started && !s->groups[group].dead) {
        e = start_new(s, group, &started);
    }
    if (e == OK && !started) {
        s->groups[group].unrolled = false;
        list->count--;
    }
    return e;
}

/* ---- summing up ---- */

static struct rolling_sum *sum_of(struct rolling *r, uint32_t series, size_t likely)
{
    if (likely < r->count && r->sums[likely].series == series) {
        return &r->sums[likely];
    }
    for (size_t i = 0; i < r->count; i++) {
        if (r->sums[i].series == series) {
            return &r->sums[i];
        }
    }
    r->sums = mem_grow(r->sums, r->count, &r->cap, sizeof *r->sums);
    r->sums[r->count] = (struct rolling_sum){.series = series, .column = UINT32_MAX};
    return &r->sums[r->count++];
}

static void add_columns(struct columns *c, struct rolling_sum *x)
{
    x->column = (uint32_t)c->count;
    for (uint32_t m = 0; m < ROLLUP_MEMBERS; m++) {
        (void)columns_find_or_add(c, x->series * ROLLUP_MEMBERS + m);
    }
}

/* Notes the bucket that is over, if it holds enough. Rows of one bucket are joined by the sort. */
static void emit(struct rolling *r, struct rolling_sum *x)
{
    struct columns *c = &r->rows;
    if (x->sum.n >= ROLLUP_READINGS_LEAST) {
        if (x->column == UINT32_MAX) {
            add_columns(c, x);
        }
        columns_reserve(c, c->rows + 1);
        size_t row = columns_add_row(c, x->bucket);
        const double members[ROLLUP_MEMBERS] = {
            (double)x->sum.n,       x->sum.min,   x->sum.max,
            aggregate_sum(&x->sum), x->sum.first, x->sum.last,
        };
        for (uint32_t m = 0; m < ROLLUP_MEMBERS; m++) {
            column_set(&c->cols[x->column + m], row, members[m]);
        }
    }
    x->sum = (struct aggregate){0};
}

static void sum_column(struct rolling *r, const struct columns *c, size_t column)
{
    const struct column *col = &c->cols[column];
    wall_ms width = widths[r->tier];
    struct rolling_sum *x = sum_of(r, col->series, column);
    wall_ms end = x->sum.n > 0 ? x->bucket + width : INT64_MIN;
    size_t to = columns_lower_bound(c, r->to);
    for (size_t row = columns_lower_bound(c, r->from); row < to; row++) {
        if (!column_has(col, row)) {
            continue;
        }
        if (c->times[row] >= end) {
            emit(r, x);
            x->bucket = aggregate_floor(c->times[row], width);
            end = x->bucket + width;
        }
        aggregate_add(&x->sum, col->values[row]);
    }
}

static enum err sum_block(struct store *s, struct bytes data)
{
    struct rolling *r = &s->work.rolling;
    struct block_view view;
    columns_clear(&r->raw);
    enum err e = block_open(data, &view);
    e = e == OK ? block_decode(&view, &r->raw) : e;
    if (e != OK) {
        s->db.code = SQLITE_CORRUPT;
        return ERR_CORRUPT;
    }
    for (size_t i = 0; i < r->raw.count; i++) {
        sum_column(r, &r->raw, i);
    }
    return OK;
}

static wall_ms minus(wall_ms a, wall_ms b)
{
    return a < INT64_MIN + b ? INT64_MIN : a - b;
}

/* Reads some raw blocks; *over when there are no more. */
static enum err read_some(struct store *s, bool *over)
{
    struct rolling *r = &s->work.rolling;
    wall_ms after = r->read;
    if (after == WALL_NONE) {
        after = minus(minus(r->from, s->groups[r->group].file.span), 1);
    }
    sqlite3_stmt *st = db_statement(&s->db, SQL_BLOCKS_FROM);
    bind_u64(st, 1, r->group);
    if (st) {
        (void)sqlite3_bind_int64(st, 2, after);
        (void)sqlite3_bind_int64(st, 3, r->to);
        (void)sqlite3_bind_int64(st, 4, r->from);
    }
    bind_u64(st, 5, BLOCKS_A_LOOK);
    size_t found = 0;
    bool row;
    enum err e = db_step(&s->db, st, &row);
    while (e == OK && row) {
        r->read = sqlite3_column_int64(st, 0);
        found++;
        e = sum_block(s, column_bytes(st, 1));
        e = e == OK ? db_step(&s->db, st, &row) : e;
    }
    if (e == ERR_CORRUPT) {
        (void)sqlite3_reset(st);
    }
    *over = found < BLOCKS_A_LOOK;
    return e;
}

/* ---- writing ---- */

/* Rows of the table that the new rows take the place of, or join. */
struct replaced {
    int64_t *ids;
    size_t count, cap;
    size_t used; /* of the ids, by blocks that were written */
};

/* Adds the rows of a stored block but those of the stretch. */
static enum err keep_others(struct store *s, sqlite3_stmt *st, struct replaced *x)
{
    const struct rolling *r = &s->work.rolling;
    struct block_view view;
    columns_clear(&s->fresh);
    enum err e = block_open(column_bytes(st, 1), &view);
    e = e == OK ? block_decode(&view, &s->fresh) : e;
    if (e != OK) {
        s->db.code = SQLITE_CORRUPT;
        return ERR_CORRUPT;
    }
    columns_copy(&s->fresh, 0, columns_lower_bound(&s->fresh, r->from), &s->merged);
    columns_copy(&s->fresh, columns_lower_bound(&s->fresh, r->to), s->fresh.rows, &s->merged);
    x->ids = mem_grow(x->ids, x->count, &x->cap, sizeof *x->ids);
    x->ids[x->count++] = sqlite3_column_int64(st, 0);
    return OK;
}

static enum err take_stored(struct store *s, enum statement id, struct replaced *x)
{
    const struct rolling *r = &s->work.rolling;
    sqlite3_stmt *st = db_statement(&s->db, id);
    bind_u64(st, 1, r->group);
    bind_u64(st, 2, r->tier);
    if (st) {
        (void)sqlite3_bind_int64(st, 3, r->from);
    }
    if (st && id == SQL_ROLLUPS_WITHIN) {
        (void)sqlite3_bind_int64(st, 4, r->to);
    }
    bool row;
    enum err e = db_step(&s->db, st, &row);
    while (e == OK && row) {
        e = keep_others(s, st, x);
        if (e != OK) {
            (void)sqlite3_reset(st);
            return e;
        }
        e = db_step(&s->db, st, &row);
    }
    return e;
}

static enum err put_block(struct store *s, struct row_range rows, struct replaced *x)
{
    const struct rolling *r = &s->work.rolling;
    struct bytes data = blocks_encoded(s, rows);
    sqlite3_stmt *st = db_statement(&s->db, SQL_ROLLUP_PUT);
    if (st && x->used < x->count) {
        (void)sqlite3_bind_int64(st, 1, x->ids[x->used++]);
    } else if (st) {
        (void)sqlite3_bind_null(st, 1);
    }
    bind_u64(st, 2, r->group);
    bind_u64(st, 3, r->tier);
    bind_wall(st, 4, rows.c->times[rows.from]);
    bind_wall(st, 5, rows.c->times[rows.to - 1]);
    bind_blob(st, 6, data);
    return db_run(&s->db, st);
}

static enum err delete_unused(struct store *s, const struct replaced *x)
{
    enum err e = OK;
    for (size_t i = x->used; i < x->count && e == OK; i++) {
        sqlite3_stmt *st = db_statement(&s->db, SQL_ROLLUP_DELETE);
        bind_u64(st, 1, (uint64_t)x->ids[i]);
        e = db_run(&s->db, st);
    }
    return e;
}

static enum err put_merged(struct store *s, struct replaced *x)
{
    enum err e = OK;
    const struct columns *c = &s->merged;
    for (size_t from = 0, to; from < c->rows && e == OK; from = to) {
        bool whole;
        to = blocks_fill(s, (struct row_range){c, from, c->rows}, BLOCKS_ROLLUP_ROWS, &whole);
        e = put_block(s, (struct row_range){c, from, to}, x);
    }
    return e == OK ? delete_unused(s, x) : e;
}

/* Puts the new rows into the table: into the block before, which may still grow, and in the place
 * of what the stretch held. */
static enum err write_rows(struct store *s)
{
    struct rolling *r = &s->work.rolling;
    struct replaced x = {0};
    if (r->rows.rows == 0 && !r->again) {
        return OK;
    }
    columns_clear(&s->merged);
    enum err e = take_stored(s, SQL_ROLLUP_BEFORE, &x);
    e = e == OK ? take_stored(s, SQL_ROLLUPS_WITHIN, &x) : e;
    if (e == OK) {
        columns_copy(&r->rows, 0, r->rows.rows, &s->merged);
        columns_sort(&s->merged, &s->spare);
        e = put_merged(s, &x);
    }
    free(x.ids);
    return e;
}

static enum err finish(struct store *s)
{
    struct rolling *r = &s->work.rolling;
    for (size_t i = 0; i < r->count; i++) {
        emit(r, &r->sums[i]);
    }
    columns_sort(&r->rows, &s->spare);
    enum err e = write_rows(s);
    r->active = false;
    if (e != OK) {
        return e;
    }
    struct group_file *file = groups_change(s, r->group);
    if (!r->again) {
        file->rolled[r->tier] = r->to;
    } else if (!start_again(s, r->group, r->tier + 1)) {
        file->stale_from = file->stale_to = WALL_NONE;
    }
    return groups_write(s, r->group);
}

/* ---- a step ---- */

static enum err work_on(struct store *s)
{
    struct rolling *r = &s->work.rolling;
    if (!r->active) {
        return next_job(s);
    }
    if (s->groups[r->group].dead) {
        r->active = false;
        return OK;
    }
    bool over = false;
    enum err e = read_some(s, &over);
    return e == OK && over ? finish(s) : e;
}

static enum err make_some(struct store *s, void *argument)
{
    mono_ns until = clock_mono_ns() + s->work.step_ns;
    enum err e = OK;
    (void)argument;
    do {
        e = work_on(s);
    } while (e == OK && s->work.unrolled.count > 0 && clock_mono_ns() < until);
    return e;
}

/* A group with a damaged block gets no more rollups until the next start: the damage is told when
 * the block is read by a query or a check. */
static void give_up(struct store *s)
{
    struct id_list *list = &s->work.unrolled;
    if (s->work.unrolled.count > 0) {
        list->count--;
    }
}

enum err rollup_step(struct store *s, struct store_failure *why)
{
    enum err e = commit_with(s, make_some, NULL, why);
    if (e != OK) {
        s->work.rolling.active = false;
        if (e == ERR_CORRUPT) {
            give_up(s);
        }
        for (uint32_t i = 0; i < s->group_count; i++) {
            rollup_note(s, i);
        }
    }
    return e;
}
