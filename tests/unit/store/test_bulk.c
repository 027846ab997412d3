/* SPDX-License-Identifier: Apache-2.0 */
/* History that comes in at once is the same as history that came one by one. */
#include "fixture.h"

#include <sys/stat.h>

#define ROWS    20000
#define DEVICES 3
#define SENSORS 5

static double value_of(uint32_t series, int i)
{
    return (double)((i * (int)(series + 3)) % 2000) / 10;
}

static struct store_bulk *begin(struct fixture *f)
{
    struct store_bulk *b = NULL;
    struct store_failure why = {{0}};
    assert_int_equal(store_bulk_begin(f->store, f->now, &b, &why), OK);
    return b;
}

static void put(struct store_bulk *b, uint32_t series, wall_ms time, double value)
{
    struct store_failure why = {{0}};
    assert_int_equal(store_bulk_put(b, (struct series_id){series}, &time, &value, 1, &why), OK);
}

static void end(struct fixture *f, struct store_bulk *b)
{
    struct store_failure why = {{0}};
    assert_int_equal(store_bulk_end(b, f->now, &why), OK);
}

static void check_all(struct fixture *f, uint32_t series, int rows, int step)
{
    struct store_samples got = fx_query(f, series, INT64_MIN, INT64_MAX, 100000);
    assert_int_equal(got.count, rows);
    for (int i = 0; i < rows; i++) {
        assert_int_equal(got.rows[i].time, T0 + i * step);
        assert_true(got.rows[i].mean == value_of(series, i));
    }
    store_samples_fini(&got);
}

static void columns_device_by_device_come_back(void **state)
{
    struct fixture *f = *state;
    static wall_ms times[ROWS];
    static double values[ROWS];
    fx_open(f);
    fx_fleet(f, DEVICES, SENSORS);
    struct store_bulk *b = begin(f);
    for (uint32_t s = 0; s < DEVICES * SENSORS; s++) {
        for (int i = 0; i < ROWS; i++) {
            times[i] = T0 + i * 1000;
            values[i] = value_of(s, i);
        }
        struct store_failure why = {{0}};
        assert_int_equal(store_bulk_put(b, (struct series_id){s}, times, values, ROWS, &why), OK);
    }
    end(f, b);
    fx_close(f);
    fx_open(f);
    assert_int_equal(fx_readings(f), ROWS * DEVICES * SENSORS);
    for (uint32_t s = 0; s < DEVICES * SENSORS; s++) {
        check_all(f, s, ROWS, 1000);
    }
}

static void rows_in_order_of_time_with_a_sensor_apart_come_back(void **state)
{
    struct fixture *f = *state;
    fx_open(f);
    fx_fleet(f, 1, 3);
    struct store_bulk *b = begin(f);
    for (int i = 0; i < ROWS; i++) {
        put(b, 0, T0 + i * 1000, value_of(0, i));
        put(b, 1, T0 + i * 1000, value_of(1, i));
        put(b, 2, T0 + i * 1000 + 300, value_of(2, i));
    }
    end(f, b);
    check_all(f, 0, ROWS, 1000);
    check_all(f, 1, ROWS, 1000);
    struct store_samples got = fx_query(f, 2, INT64_MIN, INT64_MAX, 100000);
    assert_int_equal(got.count, ROWS);
    assert_int_equal(got.rows[7].time, T0 + 7300);
    store_samples_fini(&got);
    assert_int_equal(fx_readings(f), ROWS * 3);
}

/* Backwards, twice, and beside readings of the journal: the later put wins. */
static void order_does_not_matter_and_the_later_wins(void **state)
{
    struct fixture *f = *state;
    fx_open(f);
    fx_fleet(f, 1, 2);
    struct batch *batch = fx_batch(f);
    for (int i = 0; i < 100; i++) {
        fx_add_reading(batch, 0, T0 + i * 1000, -1);
    }
    fx_append(f, batch);
    struct store_bulk *b = begin(f);
    for (int i = ROWS - 1; i >= 0; i--) {
        put(b, 0, T0 + i * 1000, -2);
    }
    for (int i = 0; i < ROWS; i++) {
        put(b, 0, T0 + i * 1000, value_of(0, i));
    }
    end(f, b);
    check_all(f, 0, ROWS, 1000);
    b = begin(f);
    for (int i = 0; i < 10; i++) {
        put(b, 0, T0 + i * 1000, 5.5);
    }
    end(f, b);
    struct store_samples got = fx_query(f, 0, T0, T0 + 11000, 100);
    assert_int_equal(got.count, 11);
    assert_true(got.rows[9].mean == 5.5 && got.rows[10].mean == value_of(0, 10));
    store_samples_fini(&got);
    assert_int_equal(fx_readings(f), ROWS);
}

static void a_series_that_is_not_there_is_refused(void **state)
{
    struct fixture *f = *state;
    fx_open(f);
    fx_fleet(f, 1, 2);
    struct store_bulk *b = begin(f);
    struct store_failure why = {{0}};
    wall_ms t = T0;
    double v = 1;
    assert_int_equal(store_bulk_put(b, (struct series_id){2}, &t, &v, 1, &why), ERR_NOT_FOUND);
    store_bulk_free(b);
}

static void the_newest_is_known_after_a_restart(void **state)
{
    struct fixture *f = *state;
    fx_open(f);
    fx_fleet(f, 1, 1);
    struct store_bulk *b = begin(f);
    put(b, 0, T0 + 5, 1.5);
    put(b, 0, T0, 2.5);
    end(f, b);
    store_reader_close(f->reader);
    f->reader = NULL;
    store_close(f->store);
    struct store_failure why = {{0}};
    assert_int_equal(store_open(&f->config, &f->metrics, &f->store, &why), OK);
    struct batch *snapshot = batch_new(BATCH_SNAPSHOT);
    assert_int_equal(store_load(f->store, snapshot), OK);
    assert_int_equal(snapshot->series[0].time, T0 + 5);
    assert_true(snapshot->series[0].value == 1.5);
    batch_release(snapshot);
}

static uint64_t size_of(const struct fixture *f)
{
    char path[128];
    struct stat st;
    (void)snprintf(path, sizeof path, "%s/telltale.db", f->dir);
    assert_int_equal(stat(path, &st), 0);
    return (uint64_t)st.st_size;
}

/* A day of a hundred devices with five sensors of 0 to 3 decimals, every ten seconds give or take
 * 13 ms, in one message or in a line a sensor with a time of its own. */
static double typical(struct fixture *f, bool alone)
{
    static const double steps[] = {1, 10, 100, 1000, 10};
    static wall_ms times[8640];
    static double values[5][8640];
    fx_open(f);
    fx_fleet(f, 100, 5);
    uint64_t empty = size_of(f);
    struct store_bulk *b = begin(f);
    for (uint32_t d = 0; d < 100; d++) {
        int64_t now[5] = {0};
        for (uint32_t i = 0; i < 5; i++) {
            for (int row = 0; row < 8640; row++) {
                if (alone || i == 0) {
                    times[row] = T0 + row * 10000 + (wall_ms)fx_below(f, 27) - 13 + i * 1000;
                }
                now[i] += (int64_t)fx_below(f, 5) - 2;
                values[i][row] = (double)now[i] / steps[i];
            }
            struct store_failure why = {{0}};
            assert_int_equal(
                store_bulk_put(b, (struct series_id){d * 5 + i}, times, values[i], 8640, &why), OK);
        }
    }
    end(f, b);
    assert_int_equal(fx_readings(f), 100 * 5 * 8640);
    fx_close(f);
    uint64_t full = size_of(f);
    fx_open(f);
    print_message("%.3f bytes a reading, %.3f without the empty store\n", (double)full / 4320000,
                  (double)(full - empty) / 4320000);
    return (double)full / 4320000;
}

static void typical_sensors_take_little_in_the_closed_file(void **state)
{
    assert_true(typical(*state, false) <= 0.60);
}

static void sensors_that_report_alone_take_little_too(void **state)
{
    assert_true(typical(*state, true) <= 1.4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define STORE_TEST(name) cmocka_unit_test_setup_teardown(name, fx_setup, fx_teardown)
        STORE_TEST(columns_device_by_device_come_back),
        STORE_TEST(rows_in_order_of_time_with_a_sensor_apart_come_back),
        STORE_TEST(order_does_not_matter_and_the_later_wins),
        STORE_TEST(a_series_that_is_not_there_is_refused),
        STORE_TEST(typical_sensors_take_little_in_the_closed_file),
        STORE_TEST(sensors_that_report_alone_take_little_too),
        STORE_TEST(the_newest_is_known_after_a_restart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
