/* SPDX-License-Identifier: Apache-2.0 */
/* Random programs of readings on time, late, told twice, commits, work and restarts; then every
 * bucket of a query is what a naive model computes from all readings, whichever rollups it came
 * from. One operation breaks the store's input on purpose and has to be found. */
#include "fixture.h"

#include <math.h>

#define SERIES 3

struct reading_list {
    wall_ms *times;
    double *values;
    size_t count, cap;
};

struct model {
    struct reading_list series[SERIES];
    size_t by_source[4]; /* answers from raw, minutes, hours, days */
};

static size_t find(const struct reading_list *l, wall_ms t)
{
    size_t low = 0;
    size_t high = l->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (l->times[middle] < t) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static void put(struct reading_list *l, wall_ms t, double v)
{
    size_t at = find(l, t);
    if (at < l->count && l->times[at] == t) {
        l->values[at] = v;
        return;
    }
    if (l->count == l->cap) {
        l->cap = l->cap ? l->cap * 2 : 1024;
        l->times = mem_resize(l->times, l->cap, sizeof *l->times);
        l->values = mem_resize(l->values, l->cap, sizeof *l->values);
    }
    memmove(l->times + at + 1, l->times + at, (l->count - at) * sizeof *l->times);
    memmove(l->values + at + 1, l->values + at, (l->count - at) * sizeof *l->values);
    l->times[at] = t;
    l->values[at] = v;
    l->count++;
}

static void model_fini(struct model *m)
{
    for (int i = 0; i < SERIES; i++) {
        free(m->series[i].times);
        free(m->series[i].values);
    }
}

/* Whether a row is what the model holds in [from, to). */
static bool row_is_true(const struct reading_list *l, const struct store_row *row, wall_ms from,
                        wall_ms to)
{
    double min = INFINITY, max = -INFINITY;
    long double sum = 0;
    size_t begin = find(l, from), end = find(l, to);
    for (size_t i = begin; i < end; i++) {
        min = l->values[i] < min ? l->values[i] : min;
        max = l->values[i] > max ? l->values[i] : max;
        sum += (long double)l->values[i];
    }
    double mean = end > begin ? (double)(sum / (long double)(end - begin)) : 0;
    return row->n == end - begin && row->min == min && row->max == max &&
           fabs(row->mean - mean) <= 1e-9 * (1 + fabs(mean));
}

static bool samples_are_true(const struct reading_list *l, const struct store_samples *s,
                             wall_ms from, wall_ms to)
{
    size_t total = 0;
    for (size_t i = 0; i < s->count; i++) {
        const struct store_row *row = &s->rows[i];
        wall_ms begin = row->time > from ? row->time : from;
        wall_ms end = s->tier == STORE_RAW ? row->time + 1 : row->time + s->step;
        if (!row_is_true(l, row, begin, end < to ? end : to) ||
            (i > 0 && row->time <= s->rows[i - 1].time)) {
            return false;
        }
        total += row->n;
    }
    return total == find(l, to) - find(l, from);
}

static bool same(struct fixture *f, struct model *m)
{
    bool good = true;
    for (int i = 0; i < 30 && good; i++) {
        uint32_t series = (uint32_t)fx_below(f, SERIES);
        const struct reading_list *l = &m->series[series];
        wall_ms span = f->now - T0 + 1;
        wall_ms a = T0 + (wall_ms)fx_below(f, (uint64_t)span);
        wall_ms b = T0 + (wall_ms)fx_below(f, (uint64_t)span);
        wall_ms from = i % 5 == 0 ? INT64_MIN : a < b ? a : b;
        wall_ms to = i % 5 == 0 ? INT64_MAX : a < b ? b : a;
        struct store_samples got = fx_query(f, series, from, to, 1 + fx_below(f, 60));
        good = samples_are_true(l, &got, from, to);
        size_t source = got.source == 0                ? 0
                        : got.source == AGGREGATE_HOUR ? 2
                        : got.source > AGGREGATE_HOUR  ? 3
                                                       : 1;
        m->by_source[source]++;
        store_samples_fini(&got);
    }
    return good;
}

/* Messages of the device: some sensors leave gaps, the last one has times of its own, so it parts
 * from the others' group. */
static void append_some(struct fixture *f, struct model *m, wall_ms pace, uint64_t corrupt)
{
    struct batch *b = fx_batch(f);
    bool late = fx_below(f, 12) == 0;
    for (uint64_t i = 1 + fx_below(f, 60); i > 0; i--) {
        f->now += 1 + (wall_ms)fx_below(f, (uint64_t)pace);
        wall_ms time = f->now;
        if (late) {
            time -= (wall_ms)fx_below(f, (uint64_t)(f->now - T0) + 1);
        }
        for (uint32_t s = 0; s < SERIES; s++) {
            if (s > 0 && fx_below(f, 4) == 0) {
                continue;
            }
            double v = (double)((int64_t)fx_below(f, 2000) - 1000) / 10;
            bool broken = corrupt && fx_below(f, corrupt) == 0;
            wall_ms own = s == SERIES - 1 && time < f->now ? time + 1 : time - (s == SERIES - 1);
            fx_add_reading(b, s, own, broken ? v + 5000 : v);
            put(&m->series[s], own, v);
        }
    }
    fx_append(f, b);
}

static void act(struct fixture *f, struct model *m, wall_ms pace, uint64_t corrupt)
{
    switch (fx_below(f, 12)) {
    case 0:
        fx_work(f);
        break;
    case 1:
        fx_commit(f);
        break;
    case 2:
        if (fx_below(f, 12) == 0) {
            fx_close(f);
            fx_open(f);
        }
        break;
    case 3: {
        struct store_failure why;
        bool more;
        assert_int_equal(store_work(f->store, f->now, &more, &why), OK);
        break;
    }
    case 4:
        if (fx_below(f, 10) == 0) {
            f->now += 1000 * pace; /* a gap */
        }
        break;
    default:
        append_some(f, m, pace, corrupt);
        break;
    }
}

static bool run_program(struct fixture *f, struct model *m, size_t steps, wall_ms pace,
                        uint64_t corrupt)
{
    bool agree = true;
    fx_open(f);
    fx_fleet(f, 1, SERIES);
    for (size_t i = 0; i < steps && agree; i++) {
        act(f, m, pace, corrupt);
        if (i % 25 == 24) {
            agree = same(f, m);
        }
    }
    fx_work(f);
    agree = agree && same(f, m) && same(f, m);
    fx_close(f);
    return agree;
}

static void check_pace(struct fixture *f, wall_ms pace, size_t source)
{
    struct model m = {0};
    f->config.journal_bytes = 8000;
    f->config.journal_age_ms = 50 * pace;
    const char *text = getenv("TELLTALE_SEED");
    f->seed = text ? strtoull(text, NULL, 0) : f->seed + (uint64_t)pace;
    print_message("seed 0x%llx\n", (unsigned long long)f->seed);
    size_t steps = getenv("TELLTALE_TEST_LONG") ? 8000 : 400;
    assert_true(run_program(f, &m, steps, pace, 0));
    print_message("answers from raw %zu, minutes %zu, hours %zu, days %zu\n", m.by_source[0],
                  m.by_source[1], m.by_source[2], m.by_source[3]);
    assert_true(m.by_source[source] > 10);
    model_fini(&m);
}

static void minutes_agree_with_the_model(void **state)
{
    check_pace(*state, 200, 1);
}

static void hours_agree_with_the_model(void **state)
{
    check_pace(*state, 12000, 2);
}

static void days_agree_with_the_model(void **state)
{
    check_pace(*state, 600000, 3);
}

static void a_corrupted_program_is_found_out(void **state)
{
    struct fixture *f = *state;
    struct model m = {0};
    f->config.journal_bytes = 8000;
    assert_false(run_program(f, &m, 400, 200, 2000));
    model_fini(&m);
}

/* A year at a reading a minute and a spike of one reading in it: no zoom loses the spike. */
static void no_spike_is_lost_at_any_zoom(void **state)
{
    struct fixture *f = *state;
    static wall_ms times[100000];
    static double values[100000];
    fx_open(f);
    fx_fleet(f, 1, 1);
    for (int i = 0; i < 100000; i++) {
        times[i] = T0 + i * AGGREGATE_MINUTE;
        values[i] = i == 54321 ? 1000 : (double)(i % 100) / 10;
    }
    struct store_bulk *b = NULL;
    struct store_failure why = {{0}};
    assert_int_equal(store_bulk_begin(f->store, f->now, &b, &why), OK);
    assert_int_equal(store_bulk_put(b, (struct series_id){0}, times, values, 100000, &why), OK);
    assert_int_equal(store_bulk_end(b, f->now, &why), OK);
    for (size_t points = 1; points < 5000; points = points * 2 + 1) {
        struct store_samples got = fx_query(f, 0, INT64_MIN, INT64_MAX, points);
        double max = 0;
        for (size_t i = 0; i < got.count; i++) {
            max = got.rows[i].max > max ? got.rows[i].max : max;
        }
        assert_true(got.count <= points && max == 1000);
        store_samples_fini(&got);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define STORE_TEST(name) cmocka_unit_test_setup_teardown(name, fx_setup, fx_teardown)
        STORE_TEST(minutes_agree_with_the_model), STORE_TEST(hours_agree_with_the_model),
        STORE_TEST(days_agree_with_the_model),    STORE_TEST(a_corrupted_program_is_found_out),
        STORE_TEST(no_spike_is_lost_at_any_zoom),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
