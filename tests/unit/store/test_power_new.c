/* SPDX-License-Identifier: Apache-2.0 */
/* Power cuts while a store is made and while an older one is brought to this format (F2, F11): the
 * new file stands beside and takes the name when it is whole, so whatever the cut leaves opens as
 * the store that was or as the one that was to be, with everything in it. */
#include "fault_states.h"
#include "old_store.h"

/* Mixed states at each sync point, besides the one that loses all that was not synced. */
#define TRIES 2

/* Between them one in so many writes is followed by a cut. */
#define BETWEEN 16

struct trial {
    struct fixture *f;
    int format; /* that the old store has; 0: there is none */
    char dir[80];
    struct fault_image old;
    struct fault_states states;
    size_t tried;
    uint64_t last_sync; /* of the new database file, counted as fault_vfs.h does */
    char verdict[600];  /* of the state checked last; "" is good */
};

static const char *const fresh_names[FAULT_NAMES] = {"telltale.db.new", "telltale.db.new-wal",
                                                     "telltale.db.new-journal"};

/* Notes what opening the store writes. */
static void record(struct trial *t)
{
    struct fixture *f = t->f;
    struct store_failure why = {{0}};
    if (t->format > 0) {
        make_of_format(f, t->format);
        fault_read_image(f->dir, "telltale.db", &t->old);
    }
    fault.watch_fresh = true;
    fault.recording = true;
    assert_int_equal(store_open(&f->config, &f->metrics, &f->store, &why), OK);
    fault.recording = false;
    for (size_t i = 0, syncs = 0; i < fault.count; i++) {
        const struct fault_entry *e = &fault.log[i];
        syncs += e->op == FAULT_SYNC && e->name == FAULT_DATABASE;
        t->last_sync = e->fresh && e->name == FAULT_DATABASE ? syncs : t->last_sync;
    }
}

static size_t count_of(struct fixture *g, uint32_t series)
{
    struct store_samples got = fx_query(g, series, INT64_MIN, INT64_MAX, 100000);
    size_t count = got.count;
    store_samples_fini(&got);
    return count;
}

/* What store-v1.sql and store-v2.sql hold. */
static bool is_whole(const struct trial *t, struct fixture *g, const struct batch *b)
{
    if (t->format == 0) {
        return b->series_count == 0;
    }
    return t->format == 1 ? b->series_count == 12 && b->rule_count == 1 && b->token_count == 1 &&
                                count_of(g, 0) == 3006 && count_of(g, 7) == 3000
                          : b->series_count == 2 && b->alert_count == 1 && count_of(g, 0) == 1501;
}

/* Opens what stands in t->dir as the program would. */
static void check_folder(struct trial *t)
{
    struct fixture g = {.config = t->f->config};
    struct store_failure why = {{0}};
    g.config.dir = t->dir;
    t->verdict[0] = '\0';
    t->tried++;
    if (store_open(&g.config, &g.metrics, &g.store, &why) != OK) {
        (void)snprintf(t->verdict, sizeof t->verdict, "refused: %s", why.text);
        return;
    }
    struct batch *b = batch_new(BATCH_SNAPSHOT);
    bool good = store_load(g.store, b) == OK && store_reader_open(t->dir, &g.reader, &why) == OK &&
                is_whole(t, &g, b);
    (void)snprintf(t->verdict, sizeof t->verdict, "%s", good ? "" : "not whole");
    batch_release(b);
    fx_close(&g);
}

static void begin_folder(const struct trial *t)
{
    (void)nftw(t->dir, fx_remove, 8, FTW_DEPTH | FTW_PHYS);
    assert_int_equal(mkdir(t->dir, 0700), 0);
}

/* The new file has not taken the name yet. */
static bool survives_before(struct trial *t, enum fault_cut cut)
{
    begin_folder(t);
    fault_build(&t->states, cut);
    for (size_t n = 0; n < FAULT_NAMES; n++) {
        fault_write_image(t->dir, fresh_names[n], &t->states.built[n]);
    }
    fault_write_image(t->dir, "telltale.db", &t->old);
    check_folder(t);
    return t->verdict[0] == '\0';
}

/* It has, and of what was written to it without a sync anything may be missing. */
static bool survives_after(struct trial *t, enum fault_cut cut)
{
    begin_folder(t);
    fault_build(&t->states, cut);
    fault_write_image(t->dir, "telltale.db", &t->states.built[FAULT_DATABASE]);
    fault_write_image(t->dir, "telltale.db.new-wal", &t->states.built[FAULT_LOG]);
    fault_write_image(t->dir, "telltale.db.new-journal", &t->states.built[FAULT_JOURNAL]);
    check_folder(t);
    return t->verdict[0] == '\0';
}

static bool all_survive(struct trial *t, bool (*survives)(struct trial *t, enum fault_cut cut))
{
    bool good = survives(t, FAULT_LOSE);
    for (int k = 0; k < TRIES && good; k++) {
        good = survives(t, FAULT_MIX);
    }
    return good;
}

static bool is_point(size_t i)
{
    return i + 1 < fault.count && fault.log[i + 1].op == FAULT_SYNC && fault.log[i + 1].fresh;
}

static bool cut_everywhere(struct trial *t)
{
    bool good = true;
    for (size_t i = 0; i < fault.count && good; i++) {
        if (fault.log[i].fresh) {
            fault_advance(&t->states, i);
            good = is_point(i)        ? all_survive(t, survives_before)
                   : i % BETWEEN == 0 ? survives_before(t, FAULT_MIX)
                                      : true;
        }
    }
    return good && all_survive(t, survives_after);
}

/* Returns whether every state was good. */
static bool run(struct trial *t, struct fixture *f, int format, uint64_t skipped)
{
    *t = (struct trial){.f = f, .format = format, .states.random = f->seed | 1};
    (void)snprintf(t->dir, sizeof t->dir, "%s/cut", f->dir);
    fault_install();
    fault.skip_sync[FAULT_DATABASE] = skipped;
    record(t);
    fault.skip_sync[FAULT_DATABASE] = 0;
    bool good = cut_everywhere(t);
    print_message("format %d, %zu states at %zu writes, syncs and removals: %s\n", format, t->tried,
                  fault.count, good ? "good" : t->verdict);
    store_close(f->store);
    f->store = NULL;
    fault_remove();
    fault_states_fini(&t->states);
    free(t->old.bytes);
    (void)nftw(t->dir, fx_remove, 8, FTW_DEPTH | FTW_PHYS);
    return good;
}

static void f2_a_store_that_was_being_made_is_made(void **state)
{
    struct trial t;
    assert_true(run(&t, *state, 0, 0));
    assert_true(t.tried > 10);
}

static void f11_a_power_cut_during_the_upgrade_from_format_1_leaves_all_of_it(void **state)
{
    struct trial t;
    assert_true(run(&t, *state, 1, 0));
    assert_true(t.tried > 20);
}

static void f11_a_power_cut_during_the_upgrade_from_format_2_leaves_all_of_it(void **state)
{
    struct trial t;
    assert_true(run(&t, *state, 2, 0));
    assert_true(t.tried > 20);
}

static void remove_files(const struct fixture *f)
{
    static const char *const names[] = {"telltale.db", "telltale.db-wal", "telltale.db-shm",
                                        "telltale.db.v2"};
    char path[256];
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        (void)snprintf(path, sizeof path, "%s/%s", f->dir, names[i]);
        (void)unlink(path);
    }
}

static void an_upgrade_whose_last_sync_is_left_out_is_found(void **state)
{
    struct trial t;
    assert_true(run(&t, *state, 2, 0));
    remove_files(t.f);
    assert_false(run(&t, t.f, 2, t.last_sync));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define STORE_TEST(name) cmocka_unit_test_setup_teardown(name, fx_setup, fx_teardown)
        STORE_TEST(f2_a_store_that_was_being_made_is_made),
        STORE_TEST(f11_a_power_cut_during_the_upgrade_from_format_1_leaves_all_of_it),
        STORE_TEST(f11_a_power_cut_during_the_upgrade_from_format_2_leaves_all_of_it),
        STORE_TEST(an_upgrade_whose_last_sync_is_left_out_is_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
