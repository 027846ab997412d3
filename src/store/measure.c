/* SPDX-License-Identifier: Apache-2.0 */
/* What each tier takes: a walk over the rows of all blocks and rollups that reads their sizes and
 * times and none of their bytes (length() of a blob is in the row's head), so that a store of
 * 100,000 blocks costs some 0.1 s, a little at a time and on a connection of its own. Rows that
 * come or go behind the walk are seen by the next one. */
#include "store/reader.h"
#include "store/state.h"

#include "sys/clock.h"

#define DAY_MS ((wall_ms)24 * 3600 * 1000)

/* A look at the clock costs about as much as some rows. */
#define ROWS_A_LOOK 64

/* The part of a row's bytes that lies in the day before `now`, by its times. */
static uint64_t of_day(wall_ms first, wall_ms last, wall_ms now, uint64_t bytes)
{
    wall_ms from = first > now - DAY_MS ? first : now - DAY_MS;
    wall_ms to = last < now ? last : now;
    if (from > to) {
        return 0;
    }
    return last > first ? (uint64_t)((double)bytes * ((double)(to - from) / (double)(last - first)))
                        : bytes;
}

static void count(struct store_measure *m, sqlite3_stmt *st)
{
    int64_t number = sqlite3_column_int64(st, 4);
    struct store_tier_size *t = &m->tiers[number >= 0 && number < STORE_TIERS ? number : 0];
    wall_ms first = sqlite3_column_int64(st, 1);
    uint64_t bytes = (uint64_t)sqlite3_column_int64(st, 3);
    t->bytes += bytes;
    t->day_bytes += of_day(first, sqlite3_column_int64(st, 2), m->now, bytes);
    t->oldest = t->rows == 0 || first < t->oldest ? first : t->oldest;
    t->rows++;
}

/* Goes through rows until `until_ns` or the end, where *at becomes INT64_MAX. */
static enum err measure_table(struct store_reader *r, struct store_measure *m, const char *sql,
                              int64_t *at, uint64_t until_ns)
{
    sqlite3_stmt *st = NULL;
    bool row = true;
    unsigned seen = 0;
    enum err e = db_err(&r->db, sqlite3_prepare_v2(r->db.handle, sql, -1, &st, NULL));
    if (e != OK) {
        return e;
    }
    (void)sqlite3_bind_int64(st, 1, *at);
    while ((e = db_step(&r->db, st, &row)) == OK && row) {
        *at = sqlite3_column_int64(st, 0);
        count(m, st);
        if (++seen % ROWS_A_LOOK == 0 && clock_mono_ns() >= until_ns) {
            break;
        }
    }
    (void)sqlite3_finalize(st);
    *at = e == OK && !row ? INT64_MAX : *at;
    return e;
}

enum err store_measure_step(struct store_reader *r, struct store_measure *m, uint64_t budget_ns)
{
    const struct {
        const char *sql;
        int64_t *at;
    } tables[] = {
        {"SELECT id, first, last, length(data), 0 FROM block WHERE id > ?1 ORDER BY id", &m->block},
        {"SELECT id, first, last, length(data), tier + 1 FROM rollup WHERE id > ?1 ORDER BY id",
         &m->rollup},
    };
    uint64_t until_ns = clock_mono_ns() + budget_ns;
    for (size_t i = 0; i < ARRAY_LEN(tables); i++) {
        if (*tables[i].at == INT64_MAX) {
            continue;
        }
        enum err e = measure_table(r, m, tables[i].sql, tables[i].at, until_ns);
        if (e != OK || *tables[i].at != INT64_MAX) {
            return e;
        }
    }
    m->done = true;
    return OK;
}
