/* SPDX-License-Identifier: Apache-2.0 */
/* An answer of at most so many rows: every reading while they fit, else buckets.
 *
 * One pass: readings are collected until there are too many; from then on they are summed up in
 * buckets of a step that suits the time that is left. Should the buckets become too many after all,
 * the step is doubled and neighbours are joined, so the bound holds whatever the data is. */
#include "store/scan.h"

#include "base/mem.h"

#define SECOND ((wall_ms)1000)
#define MINUTE (60 * SECOND)
#define HOUR   (60 * MINUTE)
#define DAY    (24 * HOUR)

/* Wider steps would not fit their arithmetic; one bucket takes all then. */
#define STEP_MAX (INT64_MAX / 8)

/* Steps that people read easily; beyond the last it is doubled. */
static const wall_ms nice_steps[] = {
    1,           2,        5,          10,         20,          50,          100,
    200,         500,      SECOND,     2 * SECOND, 5 * SECOND,  10 * SECOND, 15 * SECOND,
    30 * SECOND, MINUTE,   2 * MINUTE, 5 * MINUTE, 10 * MINUTE, 15 * MINUTE, 30 * MINUTE,
    HOUR,        2 * HOUR, 3 * HOUR,   6 * HOUR,   12 * HOUR,   DAY,         7 * DAY,
};

/* A bucket while it is summed, wider than a double so that the mean is not rounded on the way. */
struct bucket {
    wall_ms time;
    double min;
    double max;
    long double sum;
    uint64_t n;
};

struct answer {
    size_t points;
    wall_ms step; /* 0 while every reading fits */
    struct store_row *rows;
    size_t row_count, row_cap;
    struct bucket *buckets;
    size_t bucket_count, bucket_cap;
};

static wall_ms floor_to(wall_ms t, wall_ms step)
{
    wall_ms rest = t % step;
    rest = rest < 0 ? rest + step : rest;
    return t < INT64_MIN + rest ? INT64_MIN : t - rest;
}

/* Joins neighbours into buckets of twice the step until there is room again. */
static void coarsen(struct answer *a)
{
    ASSERT(a->buckets);
    a->step *= 2;
    size_t kept = 0;
    for (size_t i = 0; i < a->bucket_count; i++) {
        struct bucket b = a->buckets[i];
        b.time = floor_to(b.time, a->step);
        struct bucket *last = kept ? &a->buckets[kept - 1] : NULL;
        if (!last || last->time != b.time) {
            a->buckets[kept++] = b;
            continue;
        }
        last->min = b.min < last->min ? b.min : last->min;
        last->max = b.max > last->max ? b.max : last->max;
        last->sum += b.sum;
        last->n += b.n;
    }
    a->bucket_count = kept;
}

static struct bucket *bucket_at(struct answer *a, wall_ms t)
{
    for (;;) {
        wall_ms time = floor_to(t, a->step);
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

static void sum_up(struct answer *a, wall_ms t, double v)
{
    struct bucket *b = bucket_at(a, t);
    b->min = b->n == 0 || v < b->min ? v : b->min;
    b->max = b->n == 0 || v > b->max ? v : b->max;
    b->sum += (long double)v;
    b->n++;
}

static uint64_t buckets_between(wall_ms from, wall_ms to, wall_ms step)
{
    uint64_t span = (uint64_t)floor_to(to, step) - (uint64_t)floor_to(from, step);
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

/* What was collected is too much: it becomes buckets. */
static enum err begin_buckets(struct answer *a, struct scan *x, const struct store_query *q,
                              const struct store_points *tail, wall_ms newest_seen)
{
    wall_ms newest = WALL_NONE;
    enum err e = scan_newest(x, &newest);
    if (e != OK) {
        return e;
    }
    if (tail && tail->count > 0 && tail->times[tail->count - 1] > newest) {
        newest = tail->times[tail->count - 1];
    }
    newest = newest_seen > newest ? newest_seen : newest;
    newest = newest < q->to ? newest : q->to - 1;
    a->step = choose_step(a->rows[0].time, newest, a->points);
    for (size_t i = 0; i < a->row_count; i++) {
        sum_up(a, a->rows[i].time, a->rows[i].mean);
    }
    a->row_count = 0;
    return OK;
}

static void collect(struct answer *a, wall_ms t, double v)
{
    a->rows = mem_grow(a->rows, a->row_count, &a->row_cap, sizeof *a->rows);
    a->rows[a->row_count++] = (struct store_row){t, v, v, v, 1};
}

static enum err read_all(struct answer *a, struct scan *x, const struct store_query *q,
                         const struct store_points *tail)
{
    const wall_ms *times = NULL;
    const double *values = NULL;
    size_t count = 0;
    enum err e = scan_next(x, &times, &values, &count);
    while (e == OK && count > 0) {
        for (size_t i = 0; i < count && e == OK; i++) {
            if (a->step == 0 && a->row_count == a->points) {
                e = begin_buckets(a, x, q, tail, times[count - 1]);
            }
            if (a->step == 0) {
                collect(a, times[i], values[i]);
            } else {
                sum_up(a, times[i], values[i]);
            }
        }
        e = e == OK ? scan_next(x, &times, &values, &count) : e;
    }
    return e;
}

static void deliver(struct answer *a, struct store_samples *out)
{
    for (size_t i = 0; i < a->bucket_count; i++) {
        const struct bucket *b = &a->buckets[i];
        double mean = (double)(b->sum / (long double)b->n);
        a->rows = mem_grow(a->rows, a->row_count, &a->row_cap, sizeof *a->rows);
        a->rows[a->row_count++] = (struct store_row){b->time, b->min, b->max, mean, b->n};
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
    struct answer a = {.points = q->points ? q->points : 1};
    struct scan x;
    enum err e = scan_begin(&x, r, q, tail);
    e = e == OK && q->from < q->to ? read_all(&a, &x, q, tail) : e;
    scan_end(&x);
    if (e == OK) {
        deliver(&a, out);
    } else {
        db_explain(&r->db, r->path, why);
    }
    free(a.rows);
    free(a.buckets);
    return e == OK || e == ERR_CORRUPT ? e : ERR_IO;
}

void store_samples_fini(struct store_samples *s)
{
    free(s->rows);
    *s = (struct store_samples){0};
}
