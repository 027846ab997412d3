/* SPDX-License-Identifier: Apache-2.0 */
/* An answer of at most so many rows: every reading while they fit, else buckets.
 *
 * Readings are collected until there are too many; then a step is chosen that suits the time that
 * they span, and buckets are summed up from the widest rollups that divide it. Where a rollup is
 * missing, narrower ones answer, and raw readings where there is none. Should the buckets become
 * too many after all, the step is doubled and neighbours are joined, so the bound holds whatever
 * the data is. */
#include "store/state.h"
#include "store/tiers.h"

#include "base/mem.h"
#include "sys/clock.h"

#define SECOND ((wall_ms)1000)
#define MINUTE AGGREGATE_MINUTE
#define HOUR   AGGREGATE_HOUR
#define DAY    AGGREGATE_DAY

/* Wider steps would not fit their arithmetic; one bucket takes all then. */
#define STEP_MAX (INT64_MAX / 8)

/* Steps that people read easily; beyond the last it is doubled. */
static const wall_ms nice_steps[] = {
    1,           2,        5,          10,         20,          50,          100,
    200,         500,      SECOND,     2 * SECOND, 5 * SECOND,  10 * SECOND, 15 * SECOND,
    30 * SECOND, MINUTE,   2 * MINUTE, 5 * MINUTE, 10 * MINUTE, 15 * MINUTE, 30 * MINUTE,
    HOUR,        2 * HOUR, 3 * HOUR,   6 * HOUR,   12 * HOUR,   DAY,         7 * DAY,
};

struct bucket {
    wall_ms time;
    struct aggregate sum;
};

struct answer {
    struct store_reader *reader;
    struct series_id series;
    const struct store_points *tail;
    struct tiers tiers;
    size_t points;
    mono_ns until; /* 0: no limit */
    wall_ms step;  /* 0 while every reading fits */
    struct store_row *rows;
    size_t row_count, row_cap;
    struct bucket *buckets;
    size_t bucket_count, bucket_cap;
};

/* Joins neighbours into buckets of twice the step until there is room again. */
static void coarsen(struct answer *a)
{
    ASSERT(a->buckets);
    a->step *= 2;
    size_t kept = 0;
    for (size_t i = 0; i < a->bucket_count; i++) {
        struct bucket b = a->buckets[i];
        b.time = aggregate_floor(b.time, a->step);
        struct bucket *last = kept ? &a->buckets[kept - 1] : NULL;
        if (!last || last->time != b.time) {
            a->buckets[kept++] = b;
            continue;
        }
        aggregate_join(&last->sum, &b.sum);
    }
    a->bucket_count = kept;
}

static struct bucket *bucket_at(struct answer *a, wall_ms t)
{
    for (;;) {
        wall_ms time = aggregate_floor(t, a->step);
        struct bucket *last = a->bucket_count ? &a->buckets[a->bucket_count - 1] : NULL;
        if (last && (last->time == time || a->step > STEP_MAX)) {
            return last;
        }
        if (a->bucket_count < a->points) {
            a->buckets = mem_grow(a->buckets, a->bucket_count, &a->bucket_cap, sizeof *a->buckets);
            struct bucket *b = &a->buckets[a->bucket_count++];
            *b = (struct bucket){.time = time};
            return b;
        }
        coarsen(a);
    }
}

static void sum_up(struct answer *a, const wall_ms *times, const double *values, size_t count)
{
    for (size_t i = 0; i < count;) {
        struct bucket *b = bucket_at(a, times[i]);
        wall_ms until = a->step > STEP_MAX ? INT64_MAX : aggregate_ceil(times[i], a->step);
        do {
            aggregate_add(&b->sum, values[i++]);
        } while (i < count && times[i] < until);
    }
}

static uint64_t buckets_between(wall_ms from, wall_ms to, wall_ms step)
{
    uint64_t span = (uint64_t)aggregate_floor(to, step) - (uint64_t)aggregate_floor(from, step);
    return span / (uint64_t)step + 1;
}

/* The smallest nice step with which a time span gives at most so many buckets. */
static wall_ms choose_step(wall_ms from, wall_ms to, size_t points)
{
    wall_ms step = nice_steps[0];
    for (size_t i = 0; i < ARRAY_LEN(nice_steps); i++) {
        step = nice_steps[i];
        if (buckets_between(from, to, step) <= points) {
            return step;
        }
    }
    while (buckets_between(from, to, step) > points && step <= STEP_MAX) {
        step *= 2;
    }
    return step;
}

/* ---- every reading ---- */

/* Collects readings while they fit; *fits tells whether all did. */
static enum err collect(struct answer *a, const struct store_query *q, bool *fits)
{
    struct scan x;
    const wall_ms *times = NULL;
    const double *values = NULL;
    size_t count = 0;
    enum err e = scan_begin(&x, a->reader, q, a->tail);
    e = e == OK ? scan_next(&x, &times, &values, &count) : e;
    while (e == OK && count > 0 && count <= a->points - a->row_count) {
        for (size_t i = 0; i < count; i++) {
            a->rows = mem_grow(a->rows, a->row_count, &a->row_cap, sizeof *a->rows);
            a->rows[a->row_count++] =
                (struct store_row){times[i], values[i], values[i], values[i], 1};
        }
        e = scan_next(&x, &times, &values, &count);
    }
    *fits = count == 0;
    scan_end(&x);
    return e;
}

/* ---- buckets ---- */

static bool is_late(const struct answer *a)
{
    return a->until > 0 && clock_mono_ns() > a->until;
}

static enum err sum_raw(struct answer *a, struct span range)
{
    struct store_query q = {.series = a->series, .from = range.from, .to = range.to};
    struct scan x;
    const wall_ms *times = NULL;
    const double *values = NULL;
    size_t count = 0;
    enum err e = scan_begin(&x, a->reader, &q, a->tail);
    e = e == OK ? scan_next(&x, &times, &values, &count) : e;
    while (e == OK && count > 0) {
        sum_up(a, times, values, count);
        e = is_late(a) ? ERR_FULL : scan_next(&x, &times, &values, &count);
    }
    scan_end(&x);
    return e;
}

/* Sums up the stretch from rollups of `tier` and what is narrower; -1 is raw. */
static enum err sum_tier(struct answer *a, int tier, struct span range)
{
    if (range.from >= range.to) {
        return OK;
    }
    if (is_late(a)) {
        return ERR_FULL;
    }
    if (tier < 0) {
        return sum_raw(a, range);
    }
    struct tier_rows found = {0};
    wall_ms width = rollup_width((unsigned)tier);
    wall_ms at = range.from;
    enum err e = tiers_read(&a->tiers, (unsigned)tier, range, &found);
    for (size_t i = 0; i < found.count && e == OK; i++) {
        const struct tier_row *row = &found.rows[i];
        e = sum_tier(a, tier - 1, (struct span){at, row->time});
        if (e == OK) {
            aggregate_join(&bucket_at(a, row->time)->sum, &row->sum);
        }
        at = row->time + width;
    }
    free(found.rows);
    return e == OK ? sum_tier(a, tier - 1, (struct span){at, range.to}) : e;
}

/* The widest rollups that make up buckets of this step; -1: none. */
static int tier_for(wall_ms step)
{
    int tier = GROUP_TIERS - 1;
    while (tier >= 0 && (step % rollup_width((unsigned)tier) != 0 || step > STEP_MAX)) {
        tier--;
    }
    return tier;
}

/* ---- the plan ---- */

static wall_ms earlier(wall_ms a, wall_ms b)
{
    return a == WALL_NONE || (b != WALL_NONE && b < a) ? b : a;
}

/* The narrowest rollups that go back further than raw readings do in the range; -1: none do. */
static int tier_of_past(const struct tiers *t, wall_ms from)
{
    wall_ms oldest = WALL_NONE;
    for (unsigned tier = 0; tier < GROUP_TIERS; tier++) {
        oldest = earlier(oldest, t->first[tier]);
    }
    oldest = oldest < from ? from : oldest;
    for (unsigned tier = 0; tier < GROUP_TIERS; tier++) {
        wall_ms width = rollup_width(tier);
        bool beyond_raw =
            t->first[tier] != WALL_NONE &&
            (t->raw_first == WALL_NONE || (from < aggregate_floor(t->raw_first, width) &&
                                           t->first[tier] < aggregate_floor(t->raw_first, width)));
        if (beyond_raw && t->first[tier] <= aggregate_ceil(oldest, AGGREGATE_DAY)) {
            return (int)tier;
        }
    }
    return -1;
}

/* Last time that may have a reading, before the end of the range. */
static enum err newest_of(struct answer *a, const struct store_query *q, wall_ms *newest)
{
    struct scan x;
    enum err e = scan_begin(&x, a->reader, q, a->tail);
    e = e == OK ? scan_newest(&x, newest) : e;
    scan_end(&x);
    *newest = a->tiers.last > *newest ? a->tiers.last : *newest;
    if (a->tail && a->tail->count > 0 && a->tail->times[a->tail->count - 1] > *newest) {
        *newest = a->tail->times[a->tail->count - 1];
    }
    *newest = *newest < q->to ? *newest : q->to - 1;
    return e;
}

static enum err sum_all(struct answer *a, const struct store_query *q, int past,
                        struct store_samples *out)
{
    wall_ms first = a->tiers.raw_first;
    for (unsigned tier = 0; tier < GROUP_TIERS; tier++) {
        first = earlier(first, a->tiers.first[tier]);
    }
    wall_ms newest = WALL_NONE;
    enum err e = newest_of(a, q, &newest);
    if (e != OK || first == WALL_NONE || newest < q->from) {
        return e;
    }
    first = first < q->from ? q->from : first;
    if (past < 0 && a->row_count > 0) {
        first = a->rows[0].time;
    }
    a->row_count = 0;
    a->step =
        q->step > 0 ? q->step : choose_step(first, newest > first ? newest : first, a->points);
    if (q->step == 0 && past >= 0 && a->step < rollup_width((unsigned)past)) {
        a->step = rollup_width((unsigned)past);
    }
    int tier = tier_for(a->step);
    out->source = tier < 0 ? 0 : rollup_width((unsigned)tier);
    return sum_tier(a, tier, (struct span){first, q->to});
}

static enum err answer(struct answer *a, const struct store_query *q, struct store_samples *out)
{
    enum err e = tiers_begin(&a->tiers, a->reader, q, a->tail);
    int past = e == OK ? tier_of_past(&a->tiers, q->from) : -1;
    bool fits = false;
    if (e == OK && past < 0 && q->step == 0) {
        e = collect(a, q, &fits);
    }
    return e == OK && !fits ? sum_all(a, q, past, out) : e;
}

static void deliver(struct answer *a, struct store_samples *out)
{
    for (size_t i = 0; i < a->bucket_count; i++) {
        const struct bucket *b = &a->buckets[i];
        if (b->sum.n == 0) {
            continue;
        }
        a->rows = mem_grow(a->rows, a->row_count, &a->row_cap, sizeof *a->rows);
        a->rows[a->row_count++] =
            (struct store_row){b->time, b->sum.min, b->sum.max, aggregate_mean(&b->sum), b->sum.n};
    }
    out->tier = a->step ? STORE_BUCKETS : STORE_RAW;
    out->step = a->step;
    free(out->rows);
    out->rows = a->rows;
    out->count = a->row_count;
    out->cap = a->row_cap;
    a->rows = NULL;
}

enum err store_query(struct store_reader *r, const struct store_query *q,
                     const struct store_points *tail, struct store_samples *out,
                     struct store_failure *why)
{
    struct answer a = {
        .reader = r,
        .series = q->series,
        .tail = tail,
        .points = q->points ? q->points : 1,
        .until = q->until,
    };
    out->source = 0;
    enum err e = q->from < q->to ? answer(&a, q, out) : OK;
    if (e == OK) {
        deliver(&a, out);
    } else if (e == ERR_FULL) {
        failure_set(why, "the question takes too long: ask for less, or for a wider step");
    } else {
        db_explain(&r->db, r->path, why);
    }
    tiers_end(&a.tiers);
    free(a.rows);
    free(a.buckets);
    return e == OK || e == ERR_CORRUPT || e == ERR_FULL ? e : ERR_IO;
}

void store_samples_fini(struct store_samples *s)
{
    free(s->rows);
    *s = (struct store_samples){0};
}
