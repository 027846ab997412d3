/* SPDX-License-Identifier: Apache-2.0 */
/* Random programs of appends (in order, late, told twice), commits, work and restarts, run on the
 * store and on a model that is nothing but sorted arrays; they must agree at every look. One
 * program corrupts the store's input on purpose and must be found out. */
#include "fixture.h"

#include <math.h>

#define DEVICES 3
#define SENSORS 4
#define SERIES  (DEVICES * SENSORS)

struct point {
    wall_ms time;
    double value;
};

struct model {
    struct point *points[SERIES];
    size_t count[SERIES];
    size_t cap[SERIES];
    uint64_t total;
};

static void model_put(struct model *m, uint32_t series, wall_ms time, double value)
{
    size_t at = m->count[series];
    while (at > 0 && m->points[series][at - 1].time > time) {
        at--;
    }
    if (at > 0 && m->points[series][at - 1].time == time) {
        m->points[series][at - 1].value = value;
        return;
    }
    m->points[series] =
        mem_grow(m->points[series], m->count[series], &m->cap[series], sizeof(struct point));
    memmove(m->points[series] + at + 1, m->points[series] + at,
            (m->count[series] - at) * sizeof(struct point));
    m->points[series][at] = (struct point){time, value};
    m->count[series]++;
    m->total++;
}

static void model_fini(struct model *m)
{
    for (size_t i = 0; i < SERIES; i++) {
        free(m->points[i]);
    }
}

/* ---- the two beside each other ---- */

static bool same_series(struct fixture *f, const struct model *m, uint32_t series)
{
    struct store_samples got = fx_query(f, series, INT64_MIN, INT64_MAX, m->count[series] + 10);
    size_t count = got.count < m->count[series] ? got.count : m->count[series];
    size_t i = 0;
    while (i < count && got.rows[i].time == m->points[series][i].time &&
           memcmp(&got.rows[i].mean, &m->points[series][i].value, sizeof(double)) == 0) {
        i++;
    }
    bool same = got.tier == STORE_RAW && i == got.count && i == m->count[series];
    if (!same) {
        print_message("series %u: %zu readings, %zu in the model, the first %zu the same\n", series,
                      got.count, m->count[series], i);
    }
    store_samples_fini(&got);
    return same;
}

/* Buckets of a random range, summed up naively. */
static bool same_buckets(struct fixture *f, const struct model *m, uint32_t series)
{
    size_t count = m->count[series];
    if (count < 20) {
        return true;
    }
    size_t a = fx_below(f, count);
    size_t b = fx_below(f, count);
    wall_ms from = m->points[series][a < b ? a : b].time;
    wall_ms to = m->points[series][a < b ? b : a].time;
    struct store_samples got = fx_query(f, series, from, to, 1 + fx_below(f, 10));
    uint64_t n = 0;
    bool same = true;
    for (size_t i = 0; i < got.count; i++) {
        const struct store_row *row = &got.rows[i];
        wall_ms end = got.tier == STORE_RAW ? row->time + 1 : row->time + got.step;
        double least = INFINITY;
        double most = -INFINITY;
        uint64_t here = 0;
        for (size_t k = 0; k < count; k++) {
            const struct point *p = &m->points[series][k];
            if (p->time >= from && p->time < to && p->time >= row->time && p->time < end) {
                least = p->value < least ? p->value : least;
                most = p->value > most ? p->value : most;
                here++;
            }
        }
        same = same && here == row->n && least == row->min && most == row->max;
        n += here;
    }
    uint64_t expected = 0;
    for (size_t k = 0; k < count; k++) {
        expected += m->points[series][k].time >= from && m->points[series][k].time < to;
    }
    store_samples_fini(&got);
    if (!same || n != expected) {
        print_message("series %u: buckets hold %zu, the model %zu\n", series, (size_t)n,
                      (size_t)expected);
    }
    return same && n == expected;
}

static bool same(struct fixture *f, const struct model *m)
{
    for (uint32_t series = 0; series < SERIES; series++) {
        if (!same_series(f, m, series) || !same_buckets(f, m, series)) {
            return false;
        }
    }
    return true;
}

/* ---- programs ---- */

static double random_value(struct fixture *f)
{
    switch (fx_below(f, 8)) {
    case 0: {
        uint64_t bits = fx_random(f);
        double v;
        memcpy(&v, &bits, sizeof v);
        return isfinite(v) ? v : -0.0;
    }
    case 1:
        return -0.0;
    default:
        return (double)fx_below(f, 10000) / 100;
    }
}

/* Where a device's next message stands in time. */
static wall_ms random_time(struct fixture *f, wall_ms clock)
{
    switch (fx_below(f, 12)) {
    case 0:
        return clock - (wall_ms)fx_below(f, 3000) * 10;
    case 1:
        return T0 + (wall_ms)fx_below(f, (uint64_t)(clock - T0) / 10 + 1) * 10;
    default:
        return clock;
    }
}

static void append_some(struct fixture *f, struct model *m, uint64_t corrupt)
{
    struct batch *b = fx_batch(f);
    uint64_t messages = 1 + fx_below(f, 40);
    for (uint64_t i = 0; i < messages; i++) {
        uint32_t device = (uint32_t)fx_below(f, DEVICES);
        f->now += 10 * (wall_ms)fx_below(f, 5);
        wall_ms time = random_time(f, f->now);
        for (uint32_t sensor = 0; sensor < SENSORS; sensor++) {
            if (device > 0 && fx_below(f, 3) == 0) {
                continue;
            }
            uint32_t series = device * SENSORS + sensor;
            /* The sensors of the last device report at times of their own. */
            wall_ms own = device == DEVICES - 1 ? time + sensor + 1 : time;
            double value = random_value(f);
            fx_add_reading(b, series, own + (corrupt && fx_below(f, corrupt) == 0), value);
            model_put(m, series, own, value);
        }
    }
    fx_append(f, b);
}

static void restart(struct fixture *f)
{
    fx_close(f);
    fx_open(f);
}

/* Runs a program; false when store and model part. */
static bool run_program(struct fixture *f, size_t steps, uint64_t corrupt)
{
    struct model m = {0};
    bool agree = true;
    fx_open(f);
    fx_fleet(f, DEVICES, SENSORS);
    for (size_t i = 0; i < steps && agree; i++) {
        switch (fx_below(f, 10)) {
        case 0:
            fx_work(f);
            break;
        case 1:
            f->now += f->config.journal_age_ms;
            fx_work(f);
            break;
        case 2:
            fx_commit(f);
            break;
        case 3:
            if (fx_below(f, 5) == 0) {
                restart(f);
            }
            break;
        default:
            append_some(f, &m, corrupt);
            break;
        }
        if (i % 50 == 49) {
            agree = same(f, &m);
        }
    }
    fx_commit(f);
    agree = agree && same(f, &m);
    f->now += 2 * f->config.journal_age_ms;
    fx_work(f);
    agree = agree && same(f, &m) && fx_readings(f) == m.total;
    restart(f);
    agree = agree && same(f, &m) && fx_readings(f) == m.total;
    fx_close(f);
    model_fini(&m);
    return agree;
}

static void random_programs_agree_with_the_model(void **state)
{
    struct fixture *f = *state;
    f->config.journal_bytes = 20000;
    f->config.journal_age_ms = 5000;
    const char *text = getenv("TELLTALE_SEED");
    f->seed = text ? strtoull(text, NULL, 0) : f->seed;
    print_message("seed 0x%llx\n", (unsigned long long)f->seed);
    size_t steps = getenv("TELLTALE_TEST_LONG") ? 20000 : 1500;
    assert_true(run_program(f, steps, 0));
}

static void a_corrupted_program_is_found_out(void **state)
{
    struct fixture *f = *state;
    f->config.journal_bytes = 20000;
    assert_false(run_program(f, 300, 1000));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(random_programs_agree_with_the_model, fx_setup,
                                        fx_teardown),
        cmocka_unit_test_setup_teardown(a_corrupted_program_is_found_out, fx_setup, fx_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
