/* SPDX-License-Identifier: Apache-2.0 */
#include "store/tiers.h"

#include "store/state.h"

#include "base/mem.h"

/* More patches than these are taken as one stretch. */
#define UNTRUE_MAX 4096

/* ---- what there is ---- */

static void add_untrue(struct tiers *t, wall_ms from, wall_ms to)
{
    struct span *last = t->untrue_count ? &t->untrue[t->untrue_count - 1] : NULL;
    if (t->untrue_count == UNTRUE_MAX) {
        last->from = from < last->from ? from : last->from;
        last->to = to > last->to ? to : last->to;
        return;
    }
    t->untrue = mem_grow(t->untrue, t->untrue_count, &t->untrue_cap, sizeof *t->untrue);
    t->untrue[t->untrue_count++] = (struct span){from, to};
}

static wall_ms after(wall_ms t)
{
    return t == INT64_MAX ? t : t + 1;
}

static enum err note_patches(struct tiers *t, uint32_t group, const struct store_query *q)
{
    struct db *db = &t->reader->db;
    sqlite3_stmt *st = reader_statement(t->reader, READ_PATCHES);
    bind_u64(st, 1, group);
    if (st) {
        (void)sqlite3_bind_int64(st, 2, q->from);
        (void)sqlite3_bind_int64(st, 3, q->to);
    }
    bool row;
    enum err e = db_step(db, st, &row);
    for (; e == OK && row; e = db_step(db, st, &row)) {
        add_untrue(t, sqlite3_column_int64(st, 0), after(sqlite3_column_int64(st, 1)));
    }
    return e;
}

static enum err edge(struct tiers *t, enum reader_statement id, uint32_t group, unsigned tier,
                     wall_ms *time)
{
    sqlite3_stmt *st = reader_statement(t->reader, id);
    bind_u64(st, 1, group);
    if (id != READ_FIRST) {
        bind_u64(st, 2, tier);
    }
    return db_number(&t->reader->db, st, WALL_NONE, time);
}

static void keep_first(wall_ms *first, wall_ms time)
{
    if (time != WALL_NONE && (*first == WALL_NONE || time < *first)) {
        *first = time;
    }
}

static enum err note_edges(struct tiers *t, uint32_t group)
{
    wall_ms time = WALL_NONE;
    enum err e = edge(t, READ_FIRST, group, 0, &time);
    keep_first(&t->raw_first, time);
    for (unsigned tier = 0; tier < GROUP_TIERS && e == OK; tier++) {
        e = edge(t, READ_ROLLUP_FIRST, group, tier, &time);
        keep_first(&t->first[tier], time);
        e = e == OK ? edge(t, READ_ROLLUP_LAST, group, tier, &time) : e;
        if (e == OK && time != WALL_NONE) {
            time = aggregate_ceil(time, rollup_width(tier)) - 1;
            t->last = time > t->last ? time : t->last;
        }
    }
    return e;
}

/* The group that the series left, and when. */
struct origin {
    bool known;
    uint32_t id;
    wall_ms until;
};

/* Adds the group of a statement's row. */
static enum err add_group(struct tiers *t, sqlite3_stmt *st, const struct store_query *q,
                          struct span alone, struct origin *origin)
{
    bool row;
    enum err e = db_step(&t->reader->db, st, &row);
    origin->known = false;
    if (e != OK || !row) {
        return e;
    }
    uint32_t id = column_u32(st, 0);
    origin->known = sqlite3_column_type(st, 1) != SQLITE_NULL;
    origin->id = column_u32(st, 1);
    origin->until = column_wall(st, 2);
    wall_ms stale_from = column_wall(st, 3);
    wall_ms stale_to = column_wall(st, 4);
    (void)sqlite3_reset(st);
    if (stale_from != WALL_NONE) {
        add_untrue(t, stale_from, stale_to);
    }
    if (origin->known) {
        alone.from = after(origin->until);
    }
    t->groups[t->group_count++] = (struct tier_group){id, alone};
    e = note_patches(t, id, q);
    return e == OK ? note_edges(t, id) : e;
}

static enum err find_groups(struct tiers *t, const struct store_query *q)
{
    struct span all = {INT64_MIN, INT64_MAX};
    struct origin origin;
    sqlite3_stmt *st = reader_statement(t->reader, READ_GROUP_OF);
    bind_u64(st, 1, t->series.n);
    enum err e = add_group(t, st, q, all, &origin);
    if (e != OK || !origin.known) {
        return e;
    }
    all.to = after(origin.until);
    st = reader_statement(t->reader, READ_GROUP);
    bind_u64(st, 1, origin.id);
    return add_group(t, st, q, all, &origin);
}

static int compare_spans(const void *a, const void *b)
{
    const struct span *x = a;
    const struct span *y = b;
    return x->from < y->from ? -1 : x->from > y->from;
}

/* Sorts the stretches and joins those that touch. */
static void settle_untrue(struct tiers *t)
{
    if (t->untrue_count == 0) {
        return;
    }
    qsort(t->untrue, t->untrue_count, sizeof *t->untrue, compare_spans);
    size_t kept = 0;
    for (size_t i = 1; i < t->untrue_count; i++) {
        struct span *last = &t->untrue[kept];
        if (t->untrue[i].from <= last->to) {
            last->to = t->untrue[i].to > last->to ? t->untrue[i].to : last->to;
        } else {
            t->untrue[++kept] = t->untrue[i];
        }
    }
    t->untrue_count = kept + 1;
}

enum err tiers_begin(struct tiers *t, struct store_reader *r, const struct store_query *q,
                     const struct store_points *tail)
{
    *t = (struct tiers){
        .reader = r,
        .series = q->series,
        .tail = tail,
        .raw_first = WALL_NONE,
        .first = {WALL_NONE, WALL_NONE, WALL_NONE},
        .last = WALL_NONE,
    };
    enum err e = db_run(&r->db, reader_statement(r, READ_BEGIN));
    if (e != OK) {
        return e;
    }
    e = find_groups(t, q);
    enum err ended = db_run(&r->db, reader_statement(r, READ_END));
    settle_untrue(t);
    if (tail && tail->count > 0) {
        keep_first(&t->raw_first, tail->times[0]);
    }
    return e == OK ? ended : e;
}

void tiers_end(struct tiers *t)
{
    free(t->untrue);
    free(t->values);
    free(t->present);
}

/* ---- reading ---- */

static bool is_untrue(const struct tiers *t, wall_ms from, wall_ms to)
{
    size_t low = 0;
    size_t high = t->untrue_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (t->untrue[middle].to <= from) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < t->untrue_count && t->untrue[low].from < to;
}

static bool tail_is_in(const struct store_points *tail, wall_ms from, wall_ms to)
{
    size_t low = 0;
    size_t high = tail ? tail->count : 0;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (tail->times[middle] < from) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return tail && low < tail->count && tail->times[low] < to;
}

/* One member of the block's rows: values and which rows have it. */
static enum err read_member(struct tiers *t, const struct block_view *view,
                            enum rollup_member member)
{
    double *values = t->values + (size_t)member * BLOCK_ROWS_MAX;
    return block_column(view, t->series.n * ROLLUP_MEMBERS + (uint32_t)member, values, t->present);
}

static void take_row(struct tiers *t, wall_ms time, size_t row, struct tier_rows *out)
{
    const double *v = t->values + row;
    double n = v[(size_t)ROLLUP_N * BLOCK_ROWS_MAX];
    out->rows = mem_grow(out->rows, out->count, &out->cap, sizeof *out->rows);
    out->rows[out->count++] = (struct tier_row){
        .time = time,
        .sum = {.n = n >= 1 && n < 1e15 ? (uint64_t)n : 0,
                .min = v[(size_t)ROLLUP_MIN * BLOCK_ROWS_MAX],
                .max = v[(size_t)ROLLUP_MAX * BLOCK_ROWS_MAX],
                .sum = (long double)v[(size_t)ROLLUP_SUM * BLOCK_ROWS_MAX]},
    };
}

static enum err take_block(struct tiers *t, struct bytes data, unsigned tier, struct span range,
                           struct tier_rows *out)
{
    wall_ms times[BLOCK_ROWS_MAX];
    struct block_view view;
    enum err e = block_open(data, &view);
    for (enum rollup_member m = ROLLUP_N; m <= ROLLUP_SUM && e == OK; m++) {
        e = read_member(t, &view, m);
    }
    if (e == ERR_NOT_FOUND) {
        return OK; /* the series has none there */
    }
    e = e == OK ? block_times(&view, times) : e;
    wall_ms width = rollup_width(tier);
    for (size_t row = 0; row < view.rows && e == OK; row++) {
        wall_ms time = times[row];
        bool whole = time >= range.from && time <= range.to - width;
        bool has = (t->present[row / 64] >> (row % 64)) & 1;
        if (has && whole && !is_untrue(t, time, time + width) &&
            !tail_is_in(t->tail, time, time + width)) {
            take_row(t, time, row, out);
        }
    }
    return e;
}

static enum err read_group(struct tiers *t, const struct tier_group *g, unsigned tier,
                           struct span range, struct tier_rows *out)
{
    range.from = g->alone.from > range.from ? g->alone.from : range.from;
    range.to = g->alone.to < range.to ? g->alone.to : range.to;
    if (range.from >= range.to || range.to < INT64_MIN + rollup_width(tier)) {
        return OK;
    }
    struct db *db = &t->reader->db;
    sqlite3_stmt *st = reader_statement(t->reader, READ_ROLLUPS);
    bind_u64(st, 1, g->id);
    bind_u64(st, 2, tier);
    if (st) {
        (void)sqlite3_bind_int64(st, 3, range.from);
        (void)sqlite3_bind_int64(st, 4, range.to);
    }
    bool row;
    enum err e = db_step(db, st, &row);
    while (e == OK && row) {
        e = take_block(t, column_bytes(st, 0), tier, range, out);
        if (e != OK) {
            db->code = SQLITE_CORRUPT;
            (void)sqlite3_reset(st);
            return ERR_CORRUPT;
        }
        e = db_step(db, st, &row);
    }
    return e;
}

enum err tiers_read(struct tiers *t, unsigned tier, struct span range, struct tier_rows *out)
{
    if (!t->values) {
        t->values = mem_alloc((size_t)ROLLUP_MEMBERS * BLOCK_ROWS_MAX * sizeof *t->values);
        t->present = mem_zalloc(BLOCK_ROWS_MAX / 64, sizeof *t->present);
    }
    enum err e = OK;
    /* The group that a series left is older than its own. */
    for (size_t i = t->group_count; i-- > 0 && e == OK;) {
        e = read_group(t, &t->groups[i], tier, range, out);
    }
    return e;
}
