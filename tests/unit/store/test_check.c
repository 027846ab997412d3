/* SPDX-License-Identifier: Apache-2.0 */
/* The walk over every block finds what is damaged, names it, and goes on behind it (F10). */
#include "fixture.h"

#include <sqlite3.h>

#define ROWS 9000

/* Enough readings for several sealed blocks of each of two devices. */
static void fill(struct fixture *f)
{
    f->config.journal_age_ms = 1000;
    fx_open(f);
    fx_fleet(f, 2, 2);
    for (int i = 0; i < ROWS;) {
        struct batch *b = fx_batch(f);
        for (int k = 0; k < 500; k++, i++) {
            for (uint32_t s = 0; s < 4; s++) {
                fx_add_reading(b, s, T0 + i * 1000, (double)((i * 7 + (int)s) % 500) / 10);
            }
        }
        fx_append(f, b);
        fx_commit(f);
        f->now += 2000;
        fx_work(f);
    }
}

/* Runs SQL on the file while nobody has it. */
static void run_sql(struct fixture *f, const char *sql)
{
    char path[100];
    sqlite3 *handle = NULL;
    (void)snprintf(path, sizeof path, "%s/telltale.db", f->dir);
    assert_int_equal(sqlite3_open(path, &handle), SQLITE_OK);
    assert_int_equal(sqlite3_exec(handle, sql, NULL, NULL, NULL), SQLITE_OK);
    (void)sqlite3_close(handle);
}

static struct store_check walk(struct fixture *f, uint64_t budget_ns, char text[512])
{
    struct store_check c = {0};
    struct store_failure why = {{0}};
    while (!c.done) {
        enum err e = store_check_step(f->reader, &c, budget_ns, &why);
        assert_true(e == OK || e == ERR_CORRUPT);
        if (e == ERR_CORRUPT) {
            (void)snprintf(text, 512, "%s", why.text);
        }
    }
    return c;
}

static void every_block_of_a_sound_store_is_good(void **state)
{
    struct fixture *f = *state;
    char text[512] = "";
    fill(f);
    struct store_check c = walk(f, UINT64_C(1000000000), text);
    assert_string_equal(text, "");
    assert_int_equal(c.damaged, 0);
    assert_true(c.blocks >= 2);
    assert_int_equal(c.readings, ROWS * 4);
    struct store_check small = walk(f, 1000, text);
    assert_int_equal(small.blocks, c.blocks);
    assert_int_equal(small.readings, c.readings);
}

static void f10_each_damaged_block_is_counted_and_the_walk_goes_on(void **state)
{
    struct fixture *f = *state;
    static const struct {
        const char *sql;
        const char *word;
    } rows[] = {
        /* A flipped bit in the bytes, and rows that lie about sound bytes. */
        {"UPDATE block SET data = CAST(substr(data, 1, 40) || x'ff' || substr(data, 42) AS BLOB)"
         " WHERE id = (SELECT min(id) FROM block)",
         "checksum"},
        {"UPDATE block SET data = substr(data, 1, length(data) / 2)"
         " WHERE id = (SELECT max(id) FROM block)",
         "checksum"},
        {"UPDATE block SET last = last + 1 WHERE id = (SELECT min(id) FROM block)", "its row"},
        {"UPDATE block SET cells = cells - 1 WHERE id = (SELECT min(id) FROM block)", "its row"},
    };
    fill(f);
    char text[512] = "";
    uint64_t blocks = walk(f, UINT64_C(1000000000), text).blocks;
    fx_close(f);
    run_sql(f, "CREATE TABLE kept AS SELECT * FROM block");
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        run_sql(f, "DELETE FROM block; INSERT INTO block SELECT * FROM kept");
        run_sql(f, rows[i].sql);
        struct store_failure why = {{0}};
        assert_int_equal(store_reader_open(f->dir, &f->reader, &why), OK);
        struct store_check c = walk(f, UINT64_C(1000000000), text);
        assert_int_equal(c.damaged, 1);
        assert_int_equal(c.blocks, blocks);
        if (!strstr(text, rows[i].word) || !strstr(text, "block ")) {
            print_message("%s\n", text);
            fail();
        }
        store_reader_close(f->reader);
        f->reader = NULL;
    }
}

/* ---- sizes ---- */

static uint64_t number_of(struct fixture *f, const char *sql)
{
    char path[100];
    sqlite3 *handle = NULL;
    sqlite3_stmt *st = NULL;
    (void)snprintf(path, sizeof path, "%s/telltale.db", f->dir);
    assert_int_equal(sqlite3_open(path, &handle), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(handle, sql, -1, &st, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(st), SQLITE_ROW);
    uint64_t n = (uint64_t)sqlite3_column_int64(st, 0);
    (void)sqlite3_finalize(st);
    (void)sqlite3_close(handle);
    return n;
}

static struct store_measure measured(struct fixture *f, wall_ms now)
{
    struct store_measure m = {.now = now};
    unsigned steps = 0;
    for (; !m.done; steps++) {
        assert_int_equal(store_measure_step(f->reader, &m, 0), OK);
        assert_true(steps < 10000);
    }
    assert_true(steps > 0);
    return m;
}

static void the_sizes_of_the_tiers_are_what_their_rows_take(void **state)
{
    struct fixture *f = *state;
    fill(f);
    struct store_measure m = measured(f, T0 + (wall_ms)ROWS * 1000);
    static const char *const bytes[STORE_TIERS] = {
        "SELECT sum(length(data)) FROM block",
        "SELECT ifnull(sum(length(data)), 0) FROM rollup WHERE tier = 0",
        "SELECT ifnull(sum(length(data)), 0) FROM rollup WHERE tier = 1",
        "SELECT ifnull(sum(length(data)), 0) FROM rollup WHERE tier = 2"};
    for (size_t i = 0; i < STORE_TIERS; i++) {
        assert_int_equal(m.tiers[i].bytes, number_of(f, bytes[i]));
    }
    assert_true(m.tiers[1].rows > 0);
    assert_int_equal(m.tiers[0].oldest, T0);
    assert_int_equal(m.tiers[0].rows, number_of(f, "SELECT count(*) FROM block"));
    /* All of it is of the last 24 hours; of a day that began in its middle it is about half. */
    assert_int_equal(m.tiers[0].day_bytes, m.tiers[0].bytes);
    struct store_measure half = measured(f, T0 + 86400000 + (wall_ms)ROWS * 500);
    assert_true(half.tiers[0].day_bytes > m.tiers[0].bytes * 4 / 10);
    assert_true(half.tiers[0].day_bytes < m.tiers[0].bytes * 6 / 10);
    assert_int_equal(measured(f, T0 + 10 * (wall_ms)86400000).tiers[0].day_bytes, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define STORE_TEST(name) cmocka_unit_test_setup_teardown(name, fx_setup, fx_teardown)
        STORE_TEST(every_block_of_a_sound_store_is_good),
        STORE_TEST(the_sizes_of_the_tiers_are_what_their_rows_take),
        STORE_TEST(f10_each_damaged_block_is_counted_and_the_walk_goes_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
