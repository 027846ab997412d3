/* SPDX-License-Identifier: Apache-2.0 */
/* The walk that reads every block, a little at a time: what a query would meet is met here before
 * anybody needs it. A block is good when its checksum holds, everything in it can be decoded, its
 * times rise, its statistics say what its values are, and its row says what the block holds. */
#include "store/reader.h"
#include "store/state.h"

#include "sys/clock.h"

static bool times_rise(const struct columns *c)
{
    for (size_t i = 1; i < c->rows; i++) {
        if (c->times[i] <= c->times[i - 1]) {
            return false;
        }
    }
    return c->rows > 0;
}

/* Whether the statistics of a column are those of its values. */
static bool stats_true(const struct stats *s, const struct column *col, size_t rows)
{
    uint64_t n = 0;
    double min = 0, max = 0, last = 0;
    for (size_t row = 0; row < rows; row++) {
        if (column_has(col, row)) {
            last = col->values[row];
            min = n == 0 || last < min ? last : min;
            max = n == 0 || last > max ? last : max;
            n++;
        }
    }
    return s->n == n && s->min == min && s->max == max && s->last == last;
}

static const char *check_stats(const struct block_view *view, const struct columns *c)
{
    for (size_t i = 0; i < c->count; i++) {
        struct stats s;
        if (block_stats(view, c->cols[i].series, &s) != OK ||
            (s.known && !stats_true(&s, &c->cols[i], c->rows))) {
            return "its statistics are not those of its values";
        }
    }
    return NULL;
}

/* What is wrong with the block in the current row, or NULL. */
static const char *check_block(sqlite3_stmt *st, struct columns *c)
{
    struct block_view view;
    columns_clear(c);
    if (block_open(column_bytes(st, 4), &view) != OK) {
        return "its checksum or its head is wrong";
    }
    if (block_decode(&view, c) != OK) {
        return "its columns can't be decoded";
    }
    if (!times_rise(c)) {
        return "its times are out of order";
    }
    if (c->times[0] != sqlite3_column_int64(st, 2) ||
        c->times[c->rows - 1] != sqlite3_column_int64(st, 3) ||
        columns_cells(c) != (uint64_t)sqlite3_column_int64(st, 5)) {
        return "its row tells other times or numbers than it holds";
    }
    return check_stats(&view, c);
}

static const char *check_rollup(sqlite3_stmt *st, struct columns *c)
{
    struct block_view view;
    columns_clear(c);
    return block_open(column_bytes(st, 4), &view) == OK ? NULL
                                                        : "its checksum or its head is wrong";
}

/* A table of blocks: columns id, grp, first, last, data of a row, then what `check` wants. */
struct walked {
    const char *word;
    const char *sql;
    const char *(*check)(sqlite3_stmt *st, struct columns *c);
    int64_t *at; /* row looked at last */
    uint64_t *seen;
};

static void blame(const struct store_reader *r, const struct walked *w, sqlite3_stmt *st,
                  const char *wrong, struct store_failure *why)
{
    failure_set(why, "%s: %s %lld of group %lld is damaged: %s", r->path, w->word,
                (long long)sqlite3_column_int64(st, 0), (long long)sqlite3_column_int64(st, 1),
                wrong);
}

/* Goes through rows until `until_ns`, the first damaged one, or the end (*end). */
static enum err walk_rows(struct store_reader *r, struct store_check *c, const struct walked *w,
                          sqlite3_stmt *st, uint64_t until_ns, struct store_failure *why)
{
    struct columns columns = {0};
    const char *wrong = NULL;
    bool row = true;
    enum err e = OK;
    do {
        e = db_step(&r->db, st, &row);
        if (e != OK || !row) {
            break;
        }
        wrong = w->check(st, &columns);
        *w->at = sqlite3_column_int64(st, 0);
        *w->seen += 1;
        c->readings += wrong ? 0 : columns_cells(&columns);
        c->bytes += column_bytes(st, 4).len;
    } while (!wrong && clock_mono_ns() < until_ns);
    if (e != OK) {
        db_explain(&r->db, r->path, why);
    } else if (wrong) {
        c->damaged++;
        blame(r, w, st, wrong, why);
    }
    columns_fini(&columns);
    if (e != OK) {
        return ERR_IO;
    }
    if (!row) {
        *w->at = INT64_MAX;
    }
    return wrong ? ERR_CORRUPT : OK;
}

static enum err walk(struct store_reader *r, struct store_check *c, const struct walked *w,
                     uint64_t until_ns, struct store_failure *why)
{
    sqlite3_stmt *st = NULL;
    if (db_err(&r->db, sqlite3_prepare_v2(r->db.handle, w->sql, -1, &st, NULL)) != OK) {
        db_explain(&r->db, r->path, why);
        return ERR_IO;
    }
    (void)sqlite3_bind_int64(st, 1, *w->at);
    enum err e = walk_rows(r, c, w, st, until_ns, why);
    (void)sqlite3_finalize(st);
    return e;
}

enum err store_check_step(struct store_reader *r, struct store_check *c, uint64_t budget_ns,
                          struct store_failure *why)
{
    const struct walked tables[] = {
        {"block", "SELECT id, grp, first, last, data, cells FROM block WHERE id > ?1 ORDER BY id",
         check_block, &c->block, &c->blocks},
        {"rollup", "SELECT id, grp, first, last, data FROM rollup WHERE id > ?1 ORDER BY id",
         check_rollup, &c->rollup, &c->rollups},
    };
    uint64_t until_ns = clock_mono_ns() + budget_ns;
    for (size_t i = 0; i < ARRAY_LEN(tables); i++) {
        if (*tables[i].at == INT64_MAX) {
            continue;
        }
        enum err e = walk(r, c, &tables[i], until_ns, why);
        if (e != OK || *tables[i].at != INT64_MAX) {
            return e;
        }
    }
    c->done = true;
    return OK;
}
