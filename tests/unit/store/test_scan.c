/* SPDX-License-Identifier: Apache-2.0 */
/* A query whose transaction ends again and again while the blocks below it are rewritten. */
#include "store/scan.h"

#include "fixture.h"

#include <sqlite3.h>

#define ROWS 6000

/* Nothing that a block could tell in a few bits, so that there are many blocks. */
static double value_of(int i)
{
    return (double)((uint32_t)i * 2654435761u) / 7;
}

static void put_in(struct fixture *f, int from, int to, int step)
{
    for (int i = from; i < to; i += step) {
        struct batch *b = fx_batch(f);
        for (uint32_t s = 0; s < 4; s++) {
            fx_add_reading(b, s, T0 + i * 1000, value_of(i));
        }
        fx_append(f, b);
    }
    fx_commit(f);
}

/* Patches over sealed blocks, written but not merged yet. */
static void leave_patches(struct fixture *f)
{
    f->now += 2000;
    for (;;) {
        struct store_failure why;
        bool more;
        struct store_points tail = {0};
        assert_int_equal(store_work(f->store, f->now, &more, &why), OK);
        store_tail(f->store, (struct series_id){2}, INT64_MIN, INT64_MAX, &tail);
        size_t left = tail.count;
        store_points_fini(&tail);
        if (left == 0) {
            return;
        }
    }
}

static void rows_are_whole_when_blocks_are_rewritten_under_a_query(void **state)
{
    struct fixture *f = *state;
    f->config.journal_age_ms = 1000;
    fx_open(f);
    fx_fleet(f, 1, 4);
    put_in(f, 0, ROWS, 2);
    f->now += 2000;
    fx_work(f);
    for (int piece = 0; piece < 12; piece++) {
        int from = (piece * 5 % 12) * 500 + 1;
        put_in(f, from, from + 500, 2);
        leave_patches(f);
    }
    struct scan x;
    struct store_query q = {.series = {2}, .from = INT64_MIN, .to = INT64_MAX};
    assert_int_equal(scan_begin(&x, f->reader, &q, NULL), OK);
    int row = 0;
    size_t runs = 0;
    for (;;) {
        const wall_ms *times = NULL;
        const double *values = NULL;
        size_t count = 0;
        x.until_ns = 0;
        assert_int_equal(scan_next(&x, &times, &values, &count), OK);
        if (count == 0) {
            break;
        }
        for (size_t i = 0; i < count; i++, row++) {
            assert_int_equal(times[i], T0 + row * 1000);
            assert_true(values[i] == value_of(row));
        }
        bool more;
        struct store_failure why;
        if (runs++ % 7 == 3) {
            assert_int_equal(store_work(f->store, f->now, &more, &why), OK);
        }
    }
    scan_end(&x);
    assert_int_equal(row, ROWS);
    /* How many depends on how much was merged before, in steps that take as long as the disk does.
     */
    assert_true(runs > 3);
}

static void another_programs_lock_is_told_and_passes(void **state)
{
    struct fixture *f = *state;
    char path[128];
    (void)snprintf(path, sizeof path, "%s/telltale.db", f->dir);
    fx_open(f);
    fx_fleet(f, 1, 4);
    sqlite3 *other = NULL;
    assert_int_equal(sqlite3_open(path, &other), SQLITE_OK);
    assert_int_equal(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    struct batch *b = fx_batch(f);
    fx_add_reading(b, 0, T0, 1);
    fx_append(f, b);
    struct store_failure why = {{0}};
    assert_int_equal(store_commit(f->store, f->now, &why), ERR_IO);
    assert_non_null(strstr(why.text, "locked"));
    assert_int_equal(fx_readings(f), 0);
    assert_int_equal(sqlite3_exec(other, "ROLLBACK", NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_close(other), SQLITE_OK);
    fx_commit(f);
    assert_int_equal(fx_readings(f), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define STORE_TEST(name) cmocka_unit_test_setup_teardown(name, fx_setup, fx_teardown)
        STORE_TEST(rows_are_whole_when_blocks_are_rewritten_under_a_query),
        STORE_TEST(another_programs_lock_is_told_and_passes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
