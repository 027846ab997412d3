/* SPDX-License-Identifier: Apache-2.0 */
/* Old readings go, the file stays flat, late readings are merged. The clock is moved by hand. */
#include "fixture.h"

#define HOUR   INT64_C(3600000)
#define SERIES 20

/* Five readings of four devices every ten seconds for an hour, committed every six minutes. */
static void one_hour(struct fixture *f)
{
    for (int part = 0; part < 10; part++) {
        struct batch *b = fx_batch(f);
        for (int i = 0; i < 36; i++) {
            f->now += 10000;
            for (uint32_t s = 0; s < SERIES; s++) {
                fx_add_reading(b, s, f->now, (double)fx_below(f, 100000) / 100);
            }
        }
        fx_append(f, b);
        fx_commit(f);
        fx_work(f);
    }
}

static void the_file_stays_flat_over_periods_of_retention(void **state)
{
    struct fixture *f = *state;
    f->config.retention_ms = 24 * HOUR;
    f->config.journal_bytes = 100000;
    fx_open(f);
    fx_fleet(f, 4, SERIES / 4);
    uint64_t most[4] = {0};
    for (int period = 0; period < 4; period++) {
        for (int hour = 0; hour < 24; hour++) {
            one_hour(f);
            uint64_t bytes = metrics_get(&f->metrics, METRIC_STORE_BYTES);
            most[period] = bytes > most[period] ? bytes : most[period];
            struct store_samples got = fx_query(f, 3, f->now - HOUR, INT64_MAX, 100000);
            assert_true(got.tier == STORE_RAW && got.count > 0);
            assert_int_equal(got.rows[got.count - 1].time, f->now);
            store_samples_fini(&got);
        }
    }
    print_message("bytes: %zu %zu %zu %zu\n", (size_t)most[0], (size_t)most[1], (size_t)most[2],
                  (size_t)most[3]);
    assert_true(most[3] <= most[1] + most[1] / 10);
    uint64_t kept = fx_readings(f);
    assert_true(kept >= 24u * 360 * SERIES && kept <= 31u * 360 * SERIES);
}

static void a_silent_device_expires_too_and_pages_are_given_back(void **state)
{
    struct fixture *f = *state;
    f->config.retention_ms = HOUR;
    f->config.journal_bytes = 4096;
    fx_open(f);
    fx_fleet(f, 4, SERIES / 4);
    for (int hour = 0; hour < 5; hour++) {
        one_hour(f);
    }
    f->now += 600 * HOUR;
    fx_work(f);
    f->now += 2 * 60000;
    fx_work(f);
    assert_int_equal(fx_readings(f), 0);
    one_hour(f);
    assert_int_equal(fx_readings(f), 360 * SERIES);
}

static void put_in(struct fixture *f, int from, int to, int step, double plus)
{
    for (int i = from; i < to; i += step) {
        struct batch *b = fx_batch(f);
        for (uint32_t s = 0; s < 5; s++) {
            fx_add_reading(b, s, T0 + i * 1000, i + plus);
        }
        fx_append(f, b);
        if (i % 100 == 0) {
            fx_commit(f);
        }
    }
    fx_commit(f);
}

/* A recording that is told from its end to its beginning, piece by piece, twice. */
static void history_that_comes_backwards_is_whole_and_compact(void **state)
{
    struct fixture *f = *state;
    f->config.journal_age_ms = 1000;
    fx_open(f);
    fx_fleet(f, 1, 5);
    for (int pass = 0; pass < 2; pass++) {
        for (int piece = 19; piece >= 0; piece--) {
            put_in(f, piece * 500, piece * 500 + 500, pass ? 2 : 1, pass / 2.0);
            f->now += 2000;
            fx_work(f);
        }
    }
    assert_int_equal(fx_readings(f), 10000 * 5);
    struct store_samples got = fx_query(f, 2, INT64_MIN, INT64_MAX, 20000);
    assert_int_equal(got.count, 10000);
    for (int i = 0; i < 10000; i++) {
        assert_int_equal(got.rows[i].time, T0 + i * 1000);
        assert_true(got.rows[i].mean == (i % 2 ? i : i + 0.5));
    }
    store_samples_fini(&got);
    fx_close(f);
    fx_open(f);
    assert_int_equal(fx_readings(f), 10000 * 5);
}

/* How many hours back there are raw readings. */
static int raw_hours(struct fixture *f, uint32_t series)
{
    int hours = 0;
    for (int h = 1; h <= 60; h++) {
        wall_ms from = f->now - h * HOUR;
        struct store_samples got = fx_query(f, series, from, from + 600000, 1000);
        hours = got.tier == STORE_RAW && got.count >= 50 ? h : hours;
        store_samples_fini(&got);
    }
    return hours;
}

static void add_tagged(struct fixture *f, uint32_t device, const char *id, struct bytes tags)
{
    struct batch *b = fx_batch(f);
    fx_add_device(b, device, id);
    b->devices[0].tags = batch_put_text(b, tags);
    for (uint32_t i = 0; i < 5; i++) {
        char sensor[32];
        (void)snprintf(sensor, sizeof sensor, "sensor-%u", i);
        fx_add_series(b, device * 5 + i, device, sensor);
    }
    fx_append(f, b);
    fx_commit(f);
}

static void devices_and_tags_have_ages_of_their_own(void **state)
{
    struct fixture *f = *state;
    f->config.retention_ms = 40 * HOUR;
    f->config.journal_bytes = 100000;
    config_list_add(&f->config.retention_of, "tag:lab 10h");
    config_list_add(&f->config.retention_of, "tag:old 20h");
    config_list_add(&f->config.retention_of, "device:kept 0");
    assert_int_equal(store_retention_longest(&f->config), 0);
    fx_open(f);
    add_tagged(f, 0, "plain", BYTES("x\0"));
    add_tagged(f, 1, "short", BYTES("old\0lab\0"));
    add_tagged(f, 2, "longer", BYTES("old\0"));
    add_tagged(f, 3, "kept", BYTES("lab\0"));
    for (int hour = 0; hour < 50; hour++) {
        one_hour(f);
        if (hour == 30) {
            fx_close(f);
            fx_open(f);
        }
    }
    static const int least[] = {39, 9, 19, 50};
    static const int most[] = {46, 13, 24, 50};
    for (uint32_t d = 0; d < 4; d++) {
        int hours = raw_hours(f, d * 5);
        print_message("device %u: %d hours of raw readings\n", d, hours);
        assert_true(hours >= least[d] && hours <= most[d]);
    }
    config_list_clear(&f->config.retention_of);
}

static void rules_of_age_are_told_from_mistakes(void **state)
{
    (void)state;
    assert_true(store_retention_valid("device:a b 7d"));
    assert_true(store_retention_valid("tag:x 0"));
    assert_false(store_retention_valid("tag:x"));
    assert_false(store_retention_valid("tag: 7d"));
    assert_false(store_retention_valid("7d"));
    assert_false(store_retention_valid(""));
    assert_false(store_retention_valid("group:x 7d"));
    assert_false(store_retention_valid("tag:x 7 days"));
}

/* More than the budget comes in: raw goes, the oldest first, hours stay, and the file shrinks. */
static void a_budget_is_kept_and_hours_outlive_raw(void **state)
{
    struct fixture *f = *state;
    f->config.budget_bytes = 7u << 19;
    f->config.journal_bytes = 100000;
    fx_open(f);
    fx_fleet(f, 4, SERIES / 4);
    wall_ms begin = f->now;
    uint64_t warned = 0;
    uint64_t most = 0;
    for (int hour = 0; hour < 150; hour++) {
        one_hour(f);
        f->now += 1000;
        fx_work(f);
        uint64_t budget = metrics_get(&f->metrics, METRIC_STORE_BUDGET);
        warned = budget > warned ? budget : warned;
        uint64_t bytes = metrics_get(&f->metrics, METRIC_STORE_BYTES);
        most = hour > 120 && bytes > most ? bytes : most;
        if (hour == 10) {
            assert_int_equal(budget, 0);
        }
    }
    print_message("at most %zu bytes of %zu, %zu readings deleted\n", (size_t)most,
                  (size_t)f->config.budget_bytes,
                  (size_t)metrics_get(&f->metrics, METRIC_STORE_BUDGET_DELETED));
    assert_int_equal(warned, 1); /* what is above is gone when the work is done */
    assert_true(most <= f->config.budget_bytes * 12 / 10);
    assert_true(metrics_get(&f->metrics, METRIC_STORE_BUDGET_DELETED) > 0);
    struct store_samples got = fx_query(f, 0, INT64_MIN, INT64_MAX, 1000);
    assert_int_equal(got.tier, STORE_BUCKETS);
    assert_true(got.rows[0].time < begin + 3 * HOUR);
    store_samples_fini(&got);
    fx_close(f);
    fx_open(f);
    got = fx_query(f, 0, f->now - HOUR / 2, INT64_MAX, 1000);
    assert_true(got.tier == STORE_RAW && got.count > 100);
    store_samples_fini(&got);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define STORE_TEST(name) cmocka_unit_test_setup_teardown(name, fx_setup, fx_teardown)
        STORE_TEST(the_file_stays_flat_over_periods_of_retention),
        STORE_TEST(a_silent_device_expires_too_and_pages_are_given_back),
        STORE_TEST(devices_and_tags_have_ages_of_their_own),
        STORE_TEST(rules_of_age_are_told_from_mistakes),
        STORE_TEST(a_budget_is_kept_and_hours_outlive_raw),
        STORE_TEST(history_that_comes_backwards_is_whole_and_compact),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
