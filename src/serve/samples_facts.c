/* SPDX-License-Identifier: Apache-2.0 */
#include "serve/samples_facts.h"

#include "base/mem.h"
#include "base/number.h"

#include <math.h>

/* Distances that the usual interval is the middle of. */
#define LOOK_MAX 255

/* A distance is a gap when it is longer than this many usual ones. */
#define GAP_INTERVALS 3

/* Decimals are learned from so many rows. */
#define DECIMALS_LOOK 64
#define DECIMALS_MAX  15

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return x < y ? -1 : x > y;
}

/* The middle of distances between readings, or of the mean distance within buckets. */
static double usual_interval(const struct store_samples *s)
{
    double look[LOOK_MAX];
    size_t distances = s->tier == STORE_RAW && s->count > 0 ? s->count - 1 : s->count;
    size_t n = size_min(distances, LOOK_MAX);
    for (size_t i = 0; i < n; i++) {
        size_t at = i * distances / n;
        const struct store_row *row = &s->rows[at];
        look[i] = s->tier == STORE_RAW ? (double)(s->rows[at + 1].time - row->time)
                                       : (double)s->step / (double)row->n;
    }
    qsort(look, n, sizeof look[0], compare_doubles);
    return n ? look[n / 2] : 0;
}

static int decimals_of(double v)
{
    char text[NUMBER_TEXT_MAX];
    size_t len = number_print(v, text);
    size_t point = bytes_index(bytes_of(text, len), '.');
    bool plain = bytes_index(bytes_of(text, len), 'e') == len;
    return plain && point < len ? (int)(len - point - 1) : 0;
}

/* Extremes are readings, also in buckets. */
static int learned_decimals(const struct store_samples *s)
{
    int most = s->count ? 0 : -1;
    size_t n = size_min(s->count, DECIMALS_LOOK);
    for (size_t i = 0; i < n; i++) {
        const struct store_row *row = &s->rows[i * s->count / n];
        int low = decimals_of(row->min);
        int high = decimals_of(row->max);
        most = low > most ? low : most;
        most = high > most ? high : most;
    }
    return most < DECIMALS_MAX ? most : DECIMALS_MAX;
}

/* What explains a gap: that the device was not online when it began, or ceased to be in it. */
static const struct store_event *explain(const struct store_events *events, wall_ms from,
                                         wall_ms to)
{
    const struct store_event *found = NULL;
    for (size_t i = 0; i < events->count && events->items[i].time < to; i++) {
        const struct store_event *e = &events->items[i];
        if (e->time <= from || (!found && e->status != STATUS_ONLINE)) {
            found = e->status == STATUS_ONLINE ? NULL : e;
        }
    }
    return found;
}

static void find_gaps(const struct store_samples *s, const struct store_events *events,
                      struct samples_facts *f)
{
    double longest = f->interval * GAP_INTERVALS;
    longest = longest > (double)s->step ? longest : (double)s->step;
    for (size_t i = 1; i < s->count; i++) {
        wall_ms from = s->rows[i - 1].time;
        wall_ms to = s->rows[i].time;
        if ((double)(to - from) > longest && longest > 0) {
            f->gaps = mem_grow(f->gaps, f->gap_count, &f->gap_cap, sizeof *f->gaps);
            f->gaps[f->gap_count++] =
                (struct samples_gap){from + s->step, to, explain(events, from, to)};
        }
    }
}

/* Stand with the first series of the device. */
static const struct store_events *events_of(const struct serve_query *q, size_t i)
{
    while (i > 0 && q->series[i - 1].device_id.n == q->series[i].device_id.n) {
        i--;
    }
    return &q->series[i].events;
}

struct samples_facts samples_facts_of(const struct serve_query *q, size_t index)
{
    const struct serve_series *x = &q->series[index];
    const struct store_samples *s = &x->samples;
    struct samples_facts f = {.interval = usual_interval(s), .min = HUGE_VAL, .max = -HUGE_VAL};
    f.decimals = x->decimals >= 0 ? x->decimals : learned_decimals(s);
    for (size_t i = 0; i < s->count; i++) {
        f.min = s->rows[i].min < f.min ? s->rows[i].min : f.min;
        f.max = s->rows[i].max > f.max ? s->rows[i].max : f.max;
    }
    find_gaps(s, events_of(q, index), &f);
    return f;
}

void samples_facts_fini(struct samples_facts *f)
{
    free(f->gaps);
    *f = (struct samples_facts){0};
}

/* ---- the usual range ---- */

/* Of this many readings one is left out at either end. */
#define OUTLIERS 200

struct weighed {
    double value;
    double weight;
};

static int compare_weighed(const void *a, const void *b)
{
    return compare_doubles(&((const struct weighed *)a)->value,
                           &((const struct weighed *)b)->value);
}

/* A bucket stands for a reading at each extreme and all others at its mean. */
static size_t weigh(const struct store_row *row, struct weighed *out)
{
    if (row->n < 3) {
        out[0] = (struct weighed){row->min, 1};
        out[1] = (struct weighed){row->max, (double)row->n - 1};
        return row->n;
    }
    out[0] = (struct weighed){row->min, 1};
    out[1] = (struct weighed){row->mean, (double)row->n - 2};
    out[2] = (struct weighed){row->max, 1};
    return 3;
}

/* The value that `share` of all weight is left of. */
static double quantile(const struct weighed *all, size_t n, double share)
{
    double left = 0;
    size_t i = 0;
    for (; i + 1 < n; i++) {
        left += all[i].weight;
        if (left > share) {
            break;
        }
    }
    return all[i].value;
}

static void round_outward(double *low, double *high)
{
    double width = *high - *low;
    if (!(width > 0) || !isfinite(width)) {
        return;
    }
    double unit = pow(10, floor(log10(width)) - 1);
    /* Where a unit is no number of the decimal kind, its inverse is: 20 * 0.1 against 20 / 10. */
    double parts = nearbyint(1 / unit);
    bool small = unit < 1;
    *low = small ? floor(*low * parts) / parts : floor(*low / unit) * unit;
    *high = small ? ceil(*high * parts) / parts : ceil(*high / unit) * unit;
}

bool samples_usual_range(const struct store_samples *s, double *low, double *high)
{
    struct weighed *all = mem_alloc((3 * s->count + 1) * sizeof *all);
    size_t n = 0;
    double readings = 0;
    for (size_t i = 0; i < s->count; i++) {
        n += isfinite(s->rows[i].mean) ? weigh(&s->rows[i], all + n) : 0;
        readings += (double)s->rows[i].n;
    }
    if (n > 0) {
        qsort(all, n, sizeof *all, compare_weighed);
        *low = quantile(all, n, readings / OUTLIERS);
        *high = quantile(all, n, readings - readings / OUTLIERS);
        round_outward(low, high);
    }
    free(all);
    return n > 0;
}
