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

int main(void)
{
    const struct CMUnitTest tests[] = {
#define STORE_TEST(name) cmocka_unit_test_setup_teardown(name, fx_setup, fx_teardown)
        STORE_TEST(the_file_stays_flat_over_periods_of_retention),
        STORE_TEST(a_silent_device_expires_too_and_pages_are_given_back),
        STORE_TEST(history_that_comes_backwards_is_whole_and_compact),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
