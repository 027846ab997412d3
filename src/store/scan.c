/* SPDX-License-Identifier: Apache-2.0 */
#include "store/scan.h"

#include "base/mem.h"
#include "sys/clock.h"

#define TRANSACTION_NS MONO_MS(250)

static wall_ms minus(wall_ms a, wall_ms b)
{
    return a < INT64_MIN + b ? INT64_MIN : a - b;
}

/* ---- pieces ---- */

static struct piece *add_piece(struct scan *x)
{
    x->pieces = mem_grow(x->pieces, x->piece_count, &x->piece_cap, sizeof *x->pieces);
    struct piece *p = &x->pieces[x->piece_count++];
    *p = (struct piece){0};
    return p;
}

static void drop_piece(struct scan *x, size_t i)
{
    struct piece *p = &x->pieces[i];
    if (!p->borrowed) {
        free(p->times);
        free(p->values);
    }
    *p = x->pieces[--x->piece_count];
}

static void drop_blocks(struct scan *x)
{
    for (size_t i = x->piece_count; i-- > 0;) {
        if (!x->pieces[i].borrowed) {
            drop_piece(x, i);
        }
    }
}

static void drop_finished(struct scan *x)
{
    for (size_t i = x->piece_count; i-- > 0;) {
        if (x->pieces[i].at == x->pieces[i].count) {
            drop_piece(x, i);
        }
    }
}

static void add_tail(struct scan *x, const struct store_points *tail)
{
    struct piece *p = add_piece(x);
    p->times = tail->times;
    p->values = tail->values;
    p->borrowed = true;
    p->rank = UINT64_MAX;
    for (p->count = tail->count; p->count > 0 && tail->times[p->count - 1] >= x->to;) {
        p->count--;
    }
    while (p->at < p->count && tail->times[p->at] < x->from) {
        p->at++;
    }
}

/* ---- blocks ---- */

/* First index of `count` rising times that is not before `time`. */
static size_t lower_bound(const wall_ms *times, size_t count, wall_ms time)
{
    size_t low = 0;
    while (low < count) {
        size_t middle = low + (count - low) / 2;
        if (times[middle] < time) {
            low = middle + 1;
        } else {
            count = middle;
        }
    }
    return low;
}

/* Moves the rows that have a value together. */
static void squeeze(struct piece *p, const uint64_t *present, size_t rows)
{
    size_t n = 0;
    for (size_t row = 0; row < rows; row++) {
        p->times[n] = p->times[row];
        p->values[n] = p->values[row];
        n += (present[row / 64] >> (row % 64)) & 1;
    }
    p->count = n;
}

static enum err decode(struct scan *x, struct bytes data, uint64_t rank)
{
    struct block_view view;
    enum err e = block_open(data, &view);
    if (e != OK) {
        x->reader->db.code = SQLITE_CORRUPT;
        return ERR_CORRUPT;
    }
    struct piece *p = add_piece(x);
    p->rank = rank;
    p->times = mem_alloc(view.rows * sizeof *p->times);
    p->values = mem_alloc(view.rows * sizeof *p->values);
    e = block_column(&view, x->series.n, p->values, x->present);
    if (e == ERR_NOT_FOUND) {
        return OK; /* the sensor has nothing there */
    }
    e = e == OK ? block_times(&view, p->times) : e;
    if (e != OK) {
        x->reader->db.code = SQLITE_CORRUPT;
        return ERR_CORRUPT;
    }
    squeeze(p, x->present, view.rows);
    p->at = lower_bound(p->times, p->count, x->from);
    p->count = size_max(p->at, lower_bound(p->times, p->count, x->to));
    return OK;
}

static enum err step_group(struct scan *x, struct scan_group *g)
{
    bool row;
    enum err e = db_step(&x->reader->db, g->blocks, &row);
    if (e != OK || !row) {
        if (g->owned) {
            (void)sqlite3_finalize(g->blocks);
        }
        g->blocks = NULL;
        return e;
    }
    g->next = sqlite3_column_int64(g->blocks, 0);
    return OK;
}

static enum err load_block(struct scan *x, size_t group)
{
    struct scan_group *g = &x->groups[group];
    uint64_t rank = column_u32(g->blocks, 1);
    enum err e = decode(x, column_bytes(g->blocks, 2), rank);
    return e == OK ? step_group(x, g) : e;
}

/* ---- transactions ---- */

static enum err open_group(struct scan *x, size_t group)
{
    struct store_reader *r = x->reader;
    struct scan_group *g = &x->groups[group];
    g->owned = group > 0;
    if (g->owned) {
        const char *sql = sqlite3_sql(r->statements[READ_BLOCKS]);
        int rc = sqlite3_prepare_v2(r->db.handle, sql, -1, &g->blocks, NULL);
        enum err e = db_err(&r->db, rc);
        if (e != OK) {
            return e;
        }
    } else {
        g->blocks = reader_statement(r, READ_BLOCKS);
    }
    bind_u64(g->blocks, 1, g->id);
    if (g->blocks) {
        (void)sqlite3_bind_int64(g->blocks, 2, minus(x->from, g->span));
        (void)sqlite3_bind_int64(g->blocks, 3, x->to);
        (void)sqlite3_bind_int64(g->blocks, 4, x->from);
    }
    return step_group(x, g);
}

static enum err find_groups(struct scan *x)
{
    sqlite3_stmt *st = reader_statement(x->reader, READ_GROUPS);
    bind_u64(st, 1, x->series.n);
    x->group_count = 0;
    bool row;
    enum err e = db_step(&x->reader->db, st, &row);
    for (; e == OK && row; e = db_step(&x->reader->db, st, &row)) {
        if (x->group_count == SCAN_GROUPS) {
            (void)sqlite3_reset(st);
            x->reader->db.code = SQLITE_CORRUPT;
            return ERR_CORRUPT;
        }
        x->groups[x->group_count++] = (struct scan_group){
            .id = column_u32(st, 0),
            .span = sqlite3_column_int64(st, 1),
        };
    }
    return e;
}

static enum err begin(struct scan *x)
{
    struct store_reader *r = x->reader;
    x->until_ns = clock_mono_ns() + TRANSACTION_NS;
    enum err e = db_run(&r->db, reader_statement(r, READ_BEGIN));
    x->in_transaction = e == OK;
    e = e == OK ? find_groups(x) : e;
    for (size_t i = 0; i < x->group_count && e == OK; i++) {
        e = open_group(x, i);
    }
    return e;
}

static void end(struct scan *x)
{
    for (size_t i = 0; i < x->group_count; i++) {
        struct scan_group *g = &x->groups[i];
        if (g->owned) {
            (void)sqlite3_finalize(g->blocks);
        } else {
            (void)sqlite3_reset(g->blocks);
        }
        g->blocks = NULL;
    }
    x->group_count = 0;
    drop_blocks(x);
    if (x->in_transaction) {
        enum err e = db_run(&x->reader->db, reader_statement(x->reader, READ_END));
        (void)e; /* nothing was written; the next BEGIN tells when the connection is broken */
        x->in_transaction = false;
    }
}

enum err scan_begin(struct scan *x, struct store_reader *r, const struct store_query *q,
                    const struct store_points *tail)
{
    *x = (struct scan){.reader = r, .series = q->series, .from = q->from, .to = q->to};
    x->present = mem_zalloc(BLOCK_ROWS_MAX / 64, sizeof *x->present);
    if (tail) {
        add_tail(x, tail);
    }
    return begin(x);
}

void scan_end(struct scan *x)
{
    end(x);
    free(x->pieces);
    free(x->present);
}

/* ---- merging ---- */

static wall_ms earliest(const struct scan *x)
{
    wall_ms t = INT64_MAX;
    for (size_t i = 0; i < x->piece_count; i++) {
        const struct piece *p = &x->pieces[i];
        t = p->times[p->at] < t ? p->times[p->at] : t;
    }
    return t;
}

/* Reads every block that may have something at or before the earliest time at hand. */
static enum err load_due(struct scan *x)
{
    for (;;) {
        drop_finished(x);
        wall_ms t = earliest(x);
        size_t due = x->group_count;
        for (size_t i = 0; i < x->group_count; i++) {
            const struct scan_group *g = &x->groups[i];
            if (g->blocks && g->next <= t) {
                due = i;
                t = g->next;
            }
        }
        if (due == x->group_count) {
            return OK;
        }
        enum err e = load_block(x, due);
        if (e != OK) {
            return e;
        }
    }
}

/* First time at which something else than the piece may have a say. */
static wall_ms others_from(const struct scan *x, const struct piece *only)
{
    wall_ms t = INT64_MAX;
    for (size_t i = 0; i < x->piece_count; i++) {
        const struct piece *p = &x->pieces[i];
        if (p != only && p->at < p->count) {
            t = p->times[p->at] < t ? p->times[p->at] : t;
        }
    }
    for (size_t i = 0; i < x->group_count; i++) {
        const struct scan_group *g = &x->groups[i];
        if (g->blocks) {
            t = g->next < t ? g->next : t;
        }
    }
    return t;
}

/* The piece that wins at time `t`; all others that have it go past it. */
static struct piece *winner(struct scan *x, wall_ms t)
{
    struct piece *best = NULL;
    for (size_t i = 0; i < x->piece_count; i++) {
        struct piece *p = &x->pieces[i];
        if (p->times[p->at] != t) {
            continue;
        }
        if (!best || p->rank > best->rank) {
            best = p;
        }
    }
    return best;
}

static void pass_others(struct scan *x, const struct piece *best, wall_ms t)
{
    for (size_t i = 0; i < x->piece_count; i++) {
        struct piece *p = &x->pieces[i];
        if (p != best && p->times[p->at] == t) {
            p->at++;
        }
    }
}

/* Takes from the winning piece as long as nobody else has a say. */
static void take_run(struct scan *x, struct piece *p, const wall_ms **times, const double **values,
                     size_t *count)
{
    wall_ms t = p->times[p->at];
    pass_others(x, p, t);
    size_t from = p->at++;
    wall_ms limit = others_from(x, p);
    while (p->at < p->count && p->times[p->at] < limit) {
        p->at++;
    }
    *times = p->times + from;
    *values = p->values + from;
    *count = p->at - from;
    wall_ms last = p->times[p->at - 1];
    x->from = last == INT64_MAX ? last : last + 1;
}

enum err scan_next(struct scan *x, const wall_ms **times, const double **values, size_t *count)
{
    *count = 0;
    if (x->in_transaction && clock_mono_ns() > x->until_ns) {
        end(x);
        enum err e = begin(x);
        if (e != OK) {
            return e;
        }
    }
    enum err e = load_due(x);
    if (e != OK || x->piece_count == 0) {
        return e;
    }
    take_run(x, winner(x, earliest(x)), times, values, count);
    return OK;
}

enum err scan_newest(struct scan *x, wall_ms *newest)
{
    *newest = WALL_NONE;
    enum err e = OK;
    for (size_t i = 0; i < x->group_count && e == OK; i++) {
        sqlite3_stmt *st = reader_statement(x->reader, READ_NEWEST);
        bind_u64(st, 1, x->groups[i].id);
        int64_t last = WALL_NONE;
        bool row;
        e = db_step(&x->reader->db, st, &row);
        if (e == OK && row) {
            last = column_wall(st, 0);
            (void)sqlite3_reset(st);
        }
        *newest = last > *newest ? last : *newest;
    }
    return e;
}
