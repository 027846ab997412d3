/* SPDX-License-Identifier: Apache-2.0 */
/* Power cuts (F2, F39) and failed syncs (F5): at every sync point of a run with commits, flushes,
 * trims, late readings, checkpoints and restarts, states that a cut could leave are built and
 * opened with the code of the product. Each must be a prefix of what was asked for that holds
 * everything promised. A sync that is skipped on purpose must be found out by the same check. */
#include "fault_states.h"
#include "fixture.h"

#define SERIES 6

/* Every so many rounds one is older than all before it: a late reading. */
#define LATE_EVERY 16

struct cut {
    struct fixture *f;
    char dir[80]; /* where states are built */
    struct fault_states files;
    wall_ms *times; /* that rounds must have, rising */
    uint64_t *rounds;
    uint64_t base_seq; /* before the first round */
    size_t states;
    char verdict[600]; /* of the state checked last; "" is good */
};

/* ---- the run ---- */

static bool is_late(uint64_t round)
{
    return round % LATE_EVERY == LATE_EVERY - 1;
}

static wall_ms round_time(uint64_t round)
{
    wall_ms steps = (wall_ms)round * 10;
    return is_late(round) ? T0 - steps : T0 + steps;
}

static void append_round(struct fixture *f, uint64_t round)
{
    struct batch *b = fx_batch(f);
    for (uint32_t s = 0; s < SERIES; s++) {
        fx_add_reading(b, s, round_time(round), (double)(round * 10 + s));
    }
    fault.asked = round + 1;
    fx_append(f, b);
}

/* Rounds that are durable by the store's own word. */
static void note_promise(const struct cut *c)
{
    fault_promise(store_durable_seq(c->f->store) - c->base_seq);
}

static void work_some(const struct cut *c)
{
    struct fixture *f = c->f;
    bool more = true;
    for (int i = 0; i < 3 && more; i++) {
        struct store_failure why;
        enum err e = store_work(f->store, f->now, &more, &why);
        assert_true(e == OK || fault.failed > 0);
        note_promise(c);
    }
}

static void run_rounds(const struct cut *c, uint64_t from, uint64_t to)
{
    struct fixture *f = c->f;
    while (from < to) {
        uint64_t several = 1 + fx_below(f, 12);
        for (uint64_t i = 0; i < several && from < to; i++) {
            append_round(f, from++);
        }
        struct store_failure why;
        enum err e = store_commit(f->store, f->now, &why);
        assert_true(e == OK || fault.failed > 0);
        note_promise(c);
        f->now += 100;
        work_some(c);
    }
}

/* Notes a run of `rounds` rounds with a restart in its middle. */
static void record(struct cut *c, uint64_t rounds)
{
    struct fixture *f = c->f;
    f->config.journal_bytes = 6000;
    f->config.journal_age_ms = 3000;
    fx_open(f);
    fx_fleet(f, 2, SERIES / 2);
    c->base_seq = f->seq;
    fx_close(f); /* the log is empty now, and the database is all there is */
    fault_read_image(f->dir, "telltale.db", &c->files.durable[FAULT_DATABASE]);

    fault.recording = true;
    fx_open(f);
    run_rounds(c, 0, rounds / 2);
    if (fault.failed == 0) {
        fx_close(f);
        fx_open(f);
    }
    run_rounds(c, rounds / 2, rounds);
    fault.recording = false;
    fx_close(f);
}

/* ---- the check ---- */

__attribute__((format(printf, 2, 3))) static void blame(struct cut *c, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    (void)vsnprintf(c->verdict, sizeof c->verdict, format, args);
    va_end(args);
}

/* Lists the times of the first `n` rounds in their order. */
static void expect_times(struct cut *c, uint64_t n)
{
    size_t at = 0;
    for (uint64_t r = n; r-- > 0;) {
        if (is_late(r)) {
            c->times[at] = round_time(r);
            c->rounds[at++] = r;
        }
    }
    for (uint64_t r = 0; r < n; r++) {
        if (!is_late(r)) {
            c->times[at] = round_time(r);
            c->rounds[at++] = r;
        }
    }
}

static void check_series(struct cut *c, struct fixture *g, uint32_t series, uint64_t *rounds)
{
    struct store_points tail = {0};
    struct store_samples got = {0};
    struct store_failure why = {{0}};
    struct store_query q = {
        .series = {series}, .from = INT64_MIN, .to = INT64_MAX, .points = 100000};
    store_tail(g->store, q.series, q.from, q.to, &tail);
    if (store_query(g->reader, &q, &tail, &got, &why) != OK) {
        blame(c, "query: %s", why.text);
    } else if (series == 0) {
        *rounds = got.count;
        expect_times(c, got.count);
    } else if (got.count != *rounds) {
        blame(c, "series 0 has %zu rounds, series %u %zu", (size_t)*rounds, series, got.count);
    }
    for (size_t i = 0; i < got.count && !c->verdict[0]; i++) {
        bool right = got.rows[i].time == c->times[i] &&
                     got.rows[i].mean == (double)(c->rounds[i] * 10 + series);
        if (!right) {
            blame(c, "series %u, row %zu is not that of a prefix", series, i);
        }
    }
    store_points_fini(&tail);
    store_samples_fini(&got);
}

static void check_blocks(struct cut *c, struct fixture *g)
{
    struct store_check walk = {0};
    struct store_failure why = {{0}};
    while (!walk.done && !c->verdict[0]) {
        if (store_check_step(g->reader, &walk, 100000000, &why) != OK) {
            blame(c, "check: %s", why.text);
        }
    }
}

static void check_store(struct cut *c, struct fixture *g, const struct fault_entry *e)
{
    uint64_t rounds = 0;
    for (uint32_t s = 0; s < SERIES && !c->verdict[0]; s++) {
        check_series(c, g, s, &rounds);
    }
    if (!c->verdict[0] && rounds < e->promised) {
        blame(c, "%zu rounds were promised, %zu are there", (size_t)e->promised, (size_t)rounds);
    }
    if (!c->verdict[0] && rounds > e->asked) {
        blame(c, "%zu rounds were asked for, %zu are there", (size_t)e->asked, (size_t)rounds);
    }
    if (!c->verdict[0] && fx_readings(g) != rounds * SERIES) {
        blame(c, "%zu readings counted", (size_t)fx_readings(g));
    }
    check_blocks(c, g);
}

/* Opens what stands in c->dir as the program would. */
static void check_folder(struct cut *c, const struct fault_entry *e)
{
    struct fixture g = {.config = c->f->config};
    g.config.dir = c->dir;
    struct store_failure why = {{0}};
    c->verdict[0] = '\0';
    if (store_open(&g.config, &g.metrics, &g.store, &why) != OK) {
        blame(c, "refused: %s", why.text);
        return;
    }
    struct batch *b = batch_new(BATCH_SNAPSHOT);
    if (store_load(g.store, b) != OK || b->series_count != SERIES) {
        blame(c, "its tables can't be read");
    } else if (store_reader_open(c->dir, &g.reader, &why) != OK) {
        blame(c, "reader: %s", why.text);
    } else {
        check_store(c, &g, e);
    }
    batch_release(b);
    fx_close(&g);
}

/* ---- states ---- */

/* Builds a state after entry `i` and checks it. False: the check found something. */
static bool try_state(struct cut *c, size_t i, enum fault_cut cut)
{
    fault_build(&c->files, cut);
    for (size_t n = 0; n < FAULT_NAMES; n++) {
        fault_write_image(c->dir, fault_suffix[n], &c->files.built[n]);
    }
    struct fault_image none = {0};
    fault_write_image(c->dir, "telltale.db-shm", &none);
    c->states++;
    check_folder(c, &fault.log[i]);
    return c->verdict[0] == '\0';
}

/* Whether what comes after entry `i` makes it a moment worth a cut. */
static bool is_point(size_t i)
{
    return fault.log[i].op == FAULT_MARK ||
           (i + 1 < fault.count && fault.log[i + 1].op == FAULT_SYNC);
}

/* Cuts at every sync point and promise, and so often in between that about `states` are checked.
 * False: one of them was bad. */
static bool cut_everywhere(struct cut *c, size_t states)
{
    size_t points = 0;
    for (size_t i = 0; i < fault.count; i++) {
        points += is_point(i);
    }
    size_t each = states / points + 1;
    size_t owed = 0; /* by points where there was nothing to lose */
    for (size_t i = 0; i < fault.count; i++) {
        fault_advance(&c->files, i);
        size_t tries = is_point(i) ? each : fault_random(&c->files.random) % 16 == 0;
        if (is_point(i) && fault_nothing_waits(&c->files)) {
            owed += tries - 1;
            tries = 1;
        } else if (is_point(i)) {
            size_t more = size_min(owed, each);
            owed -= more;
            tries += more;
        }
        for (size_t k = 0; k < tries; k++) {
            enum fault_cut cut = k == 0 && is_point(i) ? FAULT_LOSE : FAULT_MIX;
            if (!try_state(c, i, cut)) {
                return false;
            }
        }
    }
    return true;
}

/* ---- tests ---- */

static void cut_init(struct cut *c, struct fixture *f, uint64_t rounds)
{
    *c = (struct cut){.f = f, .files.random = f->seed | 1};
    (void)snprintf(c->dir, sizeof c->dir, "%s/cut", f->dir);
    assert_int_equal(mkdir(c->dir, 0700), 0);
    c->times = mem_zalloc(rounds, sizeof *c->times);
    c->rounds = mem_zalloc(rounds, sizeof *c->rounds);
    fault_install();
}

static void cut_fini(struct cut *c)
{
    fault_remove();
    fault_states_fini(&c->files);
    free(c->times);
    free(c->rounds);
    (void)nftw(c->dir, fx_remove, 8, FTW_DEPTH | FTW_PHYS);
}

static void f2_every_state_that_a_power_cut_leaves_holds_what_was_promised(void **state)
{
    struct fixture *f = *state;
    uint64_t rounds = 1600;
    size_t states = getenv("TELLTALE_TEST_LONG") ? 20000 : 2000;
    struct cut c;
    cut_init(&c, f, rounds);
    record(&c, rounds);
    bool good = cut_everywhere(&c, states);
    print_message("%zu states at %zu writes, syncs and promises: %s\n", c.states, fault.count,
                  good ? "good" : c.verdict);
    assert_true(good);
    assert_true(c.states >= states);
    cut_fini(&c);
}

/* Runs with one sync that did nothing and says how long it took to be found. */
static void expect_found(struct fixture *f, enum fault_name name, uint64_t nth)
{
    uint64_t rounds = 400;
    struct cut c;
    cut_init(&c, f, rounds);
    fault.skip_sync[name] = nth;
    record(&c, rounds);
    assert_true(fault.syncs[name] >= nth);
    bool good = cut_everywhere(&c, 400);
    print_message("sync %zu of %s left out: state %zu: %s\n", (size_t)nth, fault_suffix[name],
                  c.states, good ? "not found" : c.verdict);
    assert_false(good);
    cut_fini(&c);
}

static void a_commit_whose_sync_is_left_out_is_found(void **state)
{
    expect_found(*state, FAULT_LOG, 20);
}

static void a_checkpoint_whose_sync_is_left_out_is_found(void **state)
{
    expect_found(*state, FAULT_DATABASE, 1);
}

static void f5_a_handle_whose_sync_failed_is_not_used_again(void **state)
{
    struct fixture *f = *state;
    uint64_t rounds = 500;
    struct cut c;
    cut_init(&c, f, rounds);
    fault.fail_after = 60;
    record(&c, rounds);
    assert_int_equal(fault.failed, 1);
    assert_int_equal(fault.used_after_failure, 0);
    bool good = cut_everywhere(&c, 300);
    print_message("one sync of %zu failed, %zu states: %s\n", fault.count, c.states,
                  good ? "good" : c.verdict);
    assert_true(good);
    cut_fini(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define STORE_TEST(name) cmocka_unit_test_setup_teardown(name, fx_setup, fx_teardown)
        STORE_TEST(f2_every_state_that_a_power_cut_leaves_holds_what_was_promised),
        STORE_TEST(a_commit_whose_sync_is_left_out_is_found),
        STORE_TEST(a_checkpoint_whose_sync_is_left_out_is_found),
        STORE_TEST(f5_a_handle_whose_sync_failed_is_not_used_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
