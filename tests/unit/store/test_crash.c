/* SPDX-License-Identifier: Apache-2.0 */
/* Crashes and disks that fail: what a commit promised is there afterwards, whole and once. */
#include "fault_vfs.h"

#include "fixture.h"

#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>

#define SERIES 6

/* ---- kill ---- */

/* What the child promised, seen by the parent. */
struct promise {
    _Atomic uint64_t committed; /* rounds of readings */
    _Atomic uint64_t appended;
};

/* One round: each series gets one reading of the round's time. */
static void append_round(struct fixture *f, uint64_t round)
{
    struct batch *b = fx_batch(f);
    for (uint32_t s = 0; s < SERIES; s++) {
        fx_add_reading(b, s, T0 + (wall_ms)round * 10, (double)(round * 10 + s));
    }
    fx_append(f, b);
}

static void run_until_killed(struct fixture *f, struct promise *p)
{
    fx_open(f);
    uint64_t round = atomic_load(&p->committed);
    for (;;) {
        for (uint64_t i = 0; i <= fx_below(f, 20); i++) {
            append_round(f, round++);
            atomic_store(&p->appended, round);
        }
        fx_commit(f);
        atomic_store(&p->committed, round);
        bool more = false;
        struct store_failure why;
        f->now += 100;
        if (store_work(f->store, f->now, &more, &why) != OK) {
            _exit(1);
        }
        atomic_store(&p->committed, round);
    }
}

/* Every promised round whole; rounds that were only appended may be there, from the first on. */
static uint64_t check_rounds(struct fixture *f, uint64_t committed, uint64_t appended)
{
    uint64_t rounds = 0;
    for (uint32_t s = 0; s < SERIES; s++) {
        struct store_samples got = fx_query(f, s, INT64_MIN, INT64_MAX, 100000);
        assert_true(got.count >= committed && got.count <= appended);
        rounds = s == 0 ? got.count : rounds;
        assert_int_equal(got.count, rounds);
        for (size_t i = 0; i < got.count; i++) {
            assert_int_equal(got.rows[i].time, T0 + (wall_ms)i * 10);
            assert_true(got.rows[i].mean == (double)(i * 10 + s));
        }
        store_samples_fini(&got);
    }
    assert_int_equal(fx_readings(f), rounds * SERIES);
    return rounds;
}

static void f1_what_was_committed_survives_kill_at_any_time(void **state)
{
    struct fixture *f = *state;
    f->config.journal_bytes = 8000;
    f->config.journal_age_ms = 3000;
    struct promise *p =
        mmap(NULL, sizeof *p, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_true(p != MAP_FAILED);
    fx_open(f);
    fx_fleet(f, 2, SERIES / 2);
    fx_close(f);
    int kills = getenv("TELLTALE_TEST_LONG") ? 200 : 15;
    for (int i = 0; i < kills; i++) {
        uint64_t enough = atomic_load(&p->committed) + 1 + fx_below(f, 150);
        fflush(NULL);
        pid_t child = fork();
        if (child == 0) {
            run_until_killed(f, p);
        }
        while (atomic_load(&p->appended) < enough) {
            assert_int_equal(waitpid(child, NULL, WNOHANG), 0);
            (void)sched_yield();
        }
        assert_int_equal(kill(child, SIGKILL), 0);
        assert_int_equal(waitpid(child, NULL, 0), child);
        fx_open(f);
        uint64_t rounds = check_rounds(f, atomic_load(&p->committed), atomic_load(&p->appended));
        atomic_store(&p->committed, rounds);
        atomic_store(&p->appended, rounds);
        fx_close(f);
    }
    (void)munmap(p, sizeof *p);
}

/* ---- fsync that fails ---- */

static void f5_a_failed_fsync_is_told_and_nothing_is_lost(void **state)
{
    struct fixture *f = *state;
    f->config.journal_bytes = 4000;
    fault_install();
    fx_open(f);
    fx_fleet(f, 2, SERIES / 2);
    uint64_t round = 0;
    int failures = 0;
    for (int n = 1; n <= 25; n++) {
        fault.fail_after = (uint64_t)n;
        for (int i = 0; i < 12; i++) {
            append_round(f, round++);
            struct store_failure why = {{0}};
            enum err e = store_commit(f->store, f->now, &why);
            bool durable = store_durable_seq(f->store) == f->seq;
            assert_true(durable == (e == OK));
            if (e != OK) {
                assert_int_equal(e, ERR_IO);
                assert_true(why.text[0] != '\0');
                failures++;
            }
            bool more;
            f->now += 100;
            failures += store_work(f->store, f->now, &more, &why) != OK;
        }
    }
    fault.fail_after = 0;
    fx_commit(f);
    (void)check_rounds(f, round, round);
    fx_close(f);
    fx_open(f);
    (void)check_rounds(f, round, round);
    fx_close(f);
    assert_int_equal(fault.used_after_failure, 0);
    fault_remove();
    print_message("%d failures\n", failures);
    assert_true(failures >= 10);
}

/* ---- another program ---- */

static void f8_a_file_that_another_program_locks_is_told_and_nothing_is_lost(void **state)
{
    struct fixture *f = *state;
    char path[100];
    sqlite3 *other = NULL;
    (void)snprintf(path, sizeof path, "%s/telltale.db", f->dir);
    fx_open(f);
    fx_fleet(f, 2, SERIES / 2);
    assert_int_equal(sqlite3_open(path, &other), SQLITE_OK);
    assert_int_equal(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    append_round(f, 0);
    struct store_failure why = {{0}};
    assert_int_equal(store_commit(f->store, f->now, &why), ERR_IO);
    assert_non_null(strstr(why.text, "locked by another program"));
    assert_true(store_durable_seq(f->store) < f->seq);
    append_round(f, 1);
    assert_int_equal(sqlite3_exec(other, "ROLLBACK", NULL, NULL, NULL), SQLITE_OK);
    (void)sqlite3_close(other);
    fx_commit(f);
    fx_close(f);
    fx_open(f);
    (void)check_rounds(f, 2, 2);
}

/* ---- a disk that is full ---- */

static void fill_disk(struct fixture *f)
{
    struct rlimit limit = {300000, RLIM_INFINITY};
    (void)signal(SIGXFSZ, SIG_IGN);
    f->config.journal_bytes = 1u << 20;
    fx_open(f);
    fx_fleet(f, 2, SERIES / 2);
    if (setrlimit(RLIMIT_FSIZE, &limit) != 0) {
        _exit(2);
    }
    /* A failed commit empties the log into the database, so there is room again until that is full
     * too. */
    struct store_failure why = {{0}};
    uint64_t round = 0;
    for (int failed = 0; failed < 3;) {
        for (int i = 0; i < 100; i++) {
            append_round(f, round++);
        }
        enum err e = store_commit(f->store, f->now, &why);
        bool durable = store_durable_seq(f->store) == f->seq;
        failed = e == OK ? 0 : failed + 1;
        if (durable != (e == OK) || (e != OK && e != ERR_IO) || round > 100000) {
            _exit(3);
        }
    }
    limit.rlim_cur = RLIM_INFINITY;
    if (setrlimit(RLIMIT_FSIZE, &limit) != 0) {
        _exit(2);
    }
    fx_commit(f);
    (void)check_rounds(f, round, round);
    fx_close(f);
    fx_open(f);
    (void)check_rounds(f, round, round);
    _exit(0);
}

static void f3_a_full_disk_stops_promises_and_loses_nothing(void **state)
{
    struct fixture *f = *state;
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        fill_disk(f);
    }
    int status = -1;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define STORE_TEST(name) cmocka_unit_test_setup_teardown(name, fx_setup, fx_teardown)
        STORE_TEST(f1_what_was_committed_survives_kill_at_any_time),
        STORE_TEST(f5_a_failed_fsync_is_told_and_nothing_is_lost),
        STORE_TEST(f8_a_file_that_another_program_locks_is_told_and_nothing_is_lost),
        STORE_TEST(f3_a_full_disk_stops_promises_and_loses_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
