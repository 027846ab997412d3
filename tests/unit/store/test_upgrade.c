/* SPDX-License-Identifier: Apache-2.0 */
/* A store of an older format (store-v1.sql, store-v2.sql: dumped from files of that release's code
 * that was killed with a journal) is brought to this format, with the old file kept. */
#include "old_store.h"

#include <sys/stat.h>

static void path_in(const struct fixture *f, const char *name, char out[256])
{
    (void)snprintf(out, 256, "%s/%s", f->dir, name);
}

static bool is_there(const struct fixture *f, const char *name)
{
    char path[256];
    struct stat st;
    path_in(f, name, path);
    return stat(path, &st) == 0;
}

static void make_old(const struct fixture *f)
{
    make_of_format(f, 1);
}

/* What the fixture was filled with. */
static double old_value(int i, int series)
{
    return series == 7 ? 1.0 / (i + 3) : (double)((i * (series + 1)) % 997) / 10;
}

static void check_readings(struct fixture *f)
{
    for (uint32_t s = 1; s < 8; s++) {
        struct store_samples got = fx_query(f, s, INT64_MIN, INT64_MAX, 100000);
        int step = s == 5 ? 3 : 1;
        assert_int_equal(got.count, 3000 / step);
        for (size_t k = 0; k < got.count; k++) {
            int i = (int)k * step;
            assert_int_equal(got.rows[k].time, T0 + i * 10000 + (int)(s / 4) * 7);
            assert_true(got.rows[k].mean == old_value(i, (int)s));
        }
        store_samples_fini(&got);
    }
    struct store_samples got = fx_query(f, 0, INT64_MIN, INT64_MAX, 100000);
    assert_int_equal(got.count, 3006);
    store_samples_fini(&got);
}

static void a_store_of_format_1_is_whole_after_the_upgrade(void **state)
{
    struct fixture *f = *state;
    make_old(f);
    fx_open(f);
    assert_true(is_there(f, "telltale.db.v1"));
    assert_false(is_there(f, "telltale.db.new"));
    check_readings(f);
    f->now = T0 + 3000 * 10000 + f->config.journal_age_ms;
    struct batch *b = fx_batch(f);
    fx_append(f, b);
    fx_commit(f);
    f->now += f->config.journal_age_ms;
    fx_work(f);
    check_readings(f);
    fx_close(f);
    fx_open(f);
    check_readings(f);
}

static void rows_of_format_1_are_loaded(void **state)
{
    struct fixture *f = *state;
    make_old(f);
    struct store_failure why = {{0}};
    assert_int_equal(store_open(&f->config, &f->metrics, &f->store, &why), OK);
    struct batch *b = batch_new(BATCH_SNAPSHOT);
    assert_int_equal(store_load(f->store, b), OK);
    assert_int_equal(b->device_count, 3);
    assert_int_equal(b->series_count, 12);
    assert_int_equal(b->rule_count, 1);
    assert_int_equal(b->token_count, 1);
    struct bytes rule = batch_text(b, b->rules[0].definition);
    assert_non_null(memmem(rule.ptr, rule.len, "\"threshold\":42.5,", 17));
    assert_non_null(memmem(rule.ptr, rule.len, "\"enabled\":true", 14));
    assert_int_equal(b->devices[0].manufacturer.len, 0);
    assert_int_equal(b->devices[0].pinned, 0);
    batch_release(b);
}

/* 1,500 readings of a level that counts to 43 again and again, one more of 43, 1,500 of a flow. */
static void check_format_2(struct fixture *f)
{
    struct store_samples level = fx_query(f, 0, INT64_MIN, INT64_MAX, 100000);
    struct store_samples flow = fx_query(f, 1, INT64_MIN, INT64_MAX, 100000);
    assert_int_equal(level.count, 1501);
    assert_int_equal(flow.count, 1500);
    for (int i = 0; i < 1500; i++) {
        assert_int_equal(level.rows[i].time, 1763953200000 + i * 10000);
        assert_true(level.rows[i].mean == i % 44);
        assert_true(flow.rows[i].mean == 1.0 / (i + 3));
    }
    store_samples_fini(&level);
    store_samples_fini(&flow);
}

static void a_store_of_format_2_is_whole_after_the_upgrade(void **state)
{
    struct fixture *f = *state;
    make_of_format(f, 2);
    fx_open(f);
    assert_true(is_there(f, "telltale.db.v2"));
    check_format_2(f);
    fx_close(f);
    fx_open(f);
    check_format_2(f);
}

static void rows_of_format_2_are_loaded(void **state)
{
    struct fixture *f = *state;
    make_of_format(f, 2);
    struct store_failure why = {{0}};
    assert_int_equal(store_open(&f->config, &f->metrics, &f->store, &why), OK);
    struct batch *b = batch_new(BATCH_SNAPSHOT);
    assert_int_equal(store_load(f->store, b), OK);
    assert_int_equal(b->device_count, 1);
    assert_int_equal(b->series_count, 2);
    assert_int_equal(b->rule_count, 1);
    assert_int_equal(b->alert_count, 1);
    assert_int_equal(b->token_count, 1);
    assert_int_equal(b->credential_count, 1);
    assert_int_equal(b->document_count, 0);
    batch_release(b);
}

/* Format 3 is format 4 without accounts. */
static void make_format_3(struct fixture *f)
{
    char path[256];
    fx_open(f);
    struct batch *b = fx_batch(f);
    fx_add_device(b, 0, "d");
    fx_add_series(b, 0, 0, "s");
    fx_add_reading(b, 0, T0, 5);
    struct token *t = batch_add_token(b);
    (void)snprintf(t->id.text, sizeof t->id.text, "t-1");
    t->role = ROLE_ADMIN;
    fx_append(f, b);
    fx_commit(f);
    fx_close(f);
    path_in(f, "telltale.db", path);
    sqlite3 *db = NULL;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db,
                                  "DROP TABLE account; DROP TABLE login; DELETE FROM meta WHERE key"
                                  " = 'claimed'; PRAGMA user_version = 3",
                                  NULL, NULL, NULL),
                     SQLITE_OK);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static void check_format_4(struct fixture *f)
{
    struct batch *b = batch_new(BATCH_SNAPSHOT);
    assert_int_equal(store_load(f->store, b), OK);
    assert_true(b->claimed);
    assert_int_equal(b->token_count, 1);
    assert_int_equal(b->account_count, 0);
    assert_true(b->series[0].has_latest && b->series[0].value == 5);
    batch_release(b);
}

static void a_store_of_format_3_gets_its_tables_where_it_stands(void **state)
{
    struct fixture *f = *state;
    make_format_3(f);
    fx_open(f);
    assert_false(is_there(f, "telltale.db.v3"));
    check_format_4(f);
    fx_close(f);
    fx_open(f);
    check_format_4(f);
}

/* The head of the file still says 3 while the log says 4. */
static void a_crash_right_after_the_tables_were_added_does_no_harm(void **state)
{
    struct fixture *f = *state;
    char path[256];
    make_format_3(f);
    fx_open(f);
    fx_close(f);
    path_in(f, "telltale.db", path);
    FILE *file = fopen(path, "r+");
    assert_non_null(file);
    sqlite3 *db = NULL;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db,
                                  "PRAGMA wal_autocheckpoint = 0; PRAGMA user_version = 3;"
                                  " PRAGMA wal_checkpoint(TRUNCATE); PRAGMA user_version = 4",
                                  NULL, NULL, NULL),
                     SQLITE_OK);
    /* The log stays behind, as after a crash: closing would move it into the file. */
    (void)sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
    assert_int_equal(fseek(file, 63, SEEK_SET), 0);
    assert_int_equal(fgetc(file), 3);
    assert_int_equal(fclose(file), 0);
    fx_open(f);
    check_format_4(f);
}

/* The upgrade was cut off before the names were changed: what it left is in nobody's way. */
static void an_upgrade_that_was_cut_off_is_done_again(void **state)
{
    struct fixture *f = *state;
    make_old(f);
    char path[256], other[256];
    path_in(f, "telltale.db.new", other);
    FILE *half = fopen(other, "w");
    assert_non_null(half);
    assert_true(fputs("half a file", half) >= 0);
    assert_int_equal(fclose(half), 0);
    path_in(f, "telltale.db", path);
    path_in(f, "telltale.db.v1", other);
    assert_int_equal(link(path, other), 0);
    fx_open(f);
    check_readings(f);
}

static void another_copy_is_never_overwritten(void **state)
{
    struct fixture *f = *state;
    make_old(f);
    char other[256];
    path_in(f, "telltale.db.v1", other);
    FILE *mine = fopen(other, "w");
    assert_non_null(mine);
    assert_true(fputs("a copy of mine", mine) >= 0);
    assert_int_equal(fclose(mine), 0);
    struct store_failure why = {{0}};
    assert_int_equal(store_open(&f->config, &f->metrics, &f->store, &why), ERR_IO);
    assert_non_null(strstr(why.text, "telltale.db.v1"));
    char *text = read_text(other);
    assert_string_equal(text, "a copy of mine");
    free(text);
}

static void a_damaged_old_store_is_left_as_it_is(void **state)
{
    struct fixture *f = *state;
    make_old(f);
    char path[256];
    path_in(f, "telltale.db", path);
    sqlite3 *db = NULL;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "DROP TABLE token", NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
    struct store_failure why = {{0}};
    assert_int_not_equal(store_open(&f->config, &f->metrics, &f->store, &why), OK);
    assert_non_null(strstr(why.text, "left as it is"));
    assert_false(is_there(f, "telltale.db.new"));
    assert_false(is_there(f, "telltale.db.v1"));
    assert_true(is_there(f, "telltale.db"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define STORE_TEST(name) cmocka_unit_test_setup_teardown(name, fx_setup, fx_teardown)
        STORE_TEST(a_store_of_format_1_is_whole_after_the_upgrade),
        STORE_TEST(rows_of_format_1_are_loaded),
        STORE_TEST(a_store_of_format_2_is_whole_after_the_upgrade),
        STORE_TEST(rows_of_format_2_are_loaded),
        STORE_TEST(a_store_of_format_3_gets_its_tables_where_it_stands),
        STORE_TEST(a_crash_right_after_the_tables_were_added_does_no_harm),
        STORE_TEST(an_upgrade_that_was_cut_off_is_done_again),
        STORE_TEST(another_copy_is_never_overwritten),
        STORE_TEST(a_damaged_old_store_is_left_as_it_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
