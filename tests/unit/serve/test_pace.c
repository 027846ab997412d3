/* SPDX-License-Identifier: Apache-2.0 */
/* The tick of the live side: 0 while turns are short, else twice a turn's time, at most 250 ms. */
#include "serve/state.h"

#include "expect.h"

struct stage {
    struct loop loop;
    struct metrics metrics;
    struct serve serve;
};

static uint64_t applied[LIMIT_GATHERED_BATCHES + 1];
static size_t applied_count;

static void apply(struct serve *s, const struct batch *b)
{
    (void)s;
    applied[applied_count++] = b->seq;
}

static void init(struct stage *k)
{
    memset(k, 0, sizeof *k);
    k->serve.loop = &k->loop;
    k->serve.config.metrics = &k->metrics;
    k->loop.mono_ns = MONO_MS(1000);
    applied_count = 0;
}

/* A turn with work for the live side that takes `busy`; the next one begins after it. */
static void work(struct stage *k, uint64_t busy)
{
    serve_pace_works(&k->serve);
    k->loop.mono_ns += busy;
    k->loop.busy_ns = busy;
}

static bool gather(struct stage *k, uint64_t seq)
{
    struct batch *b = batch_new(BATCH_CHANGES);
    b->seq = seq;
    bool gathered = serve_pace_gather(&k->serve, b);
    batch_release(b);
    return gathered;
}

static void short_turns_gather_nothing(void **state)
{
    (void)state;
    static struct stage k;
    init(&k);
    for (int i = 0; i < 100; i++) {
        work(&k, 1999000);
        assert_false(gather(&k, 1));
        assert_true(serve_pace_open(&k.serve));
    }
    assert_int_equal(metrics_get(&k.metrics, METRIC_LIVE_TICK), 0);
}

static void a_long_turn_is_followed_by_twice_its_time(void **state)
{
    (void)state;
    static struct stage k;
    init(&k);
    work(&k, MONO_MS(7));
    assert_false(serve_pace_open(&k.serve));
    assert_int_equal(metrics_get(&k.metrics, METRIC_LIVE_TICK), 14000);
    assert_true(gather(&k, 1));
    k.loop.mono_ns += MONO_MS(13);
    assert_true(gather(&k, 2));
    assert_int_equal(serve_pace_next(&k.serve), k.loop.mono_ns + MONO_MS(1));
    k.loop.mono_ns += MONO_MS(1);
    assert_true(serve_pace_open(&k.serve));
    assert_false(gather(&k, 3));
    serve_pace_release(&k.serve, apply);
    assert_int_equal(applied_count, 2);
    assert_true(applied[0] == 1 && applied[1] == 2);
    assert_int_equal(serve_pace_next(&k.serve), UINT64_MAX);
    assert_int_equal(metrics_get(&k.metrics, METRIC_LIVE_GATHERED), 2);
    work(&k, MONO_MS(1));
    assert_true(serve_pace_open(&k.serve));
}

static void the_tick_is_at_most_a_quarter_of_a_second(void **state)
{
    (void)state;
    static struct stage k;
    init(&k);
    work(&k, MONO_MS(3000));
    assert_false(serve_pace_open(&k.serve));
    k.loop.mono_ns += MONO_MS(250);
    assert_true(serve_pace_open(&k.serve));
}

static void alerts_and_what_a_command_waits_for_do_not_wait(void **state)
{
    (void)state;
    static struct stage k;
    init(&k);
    work(&k, MONO_MS(100));
    struct batch *b = batch_new(BATCH_CHANGES);
    (void)batch_add_alert(b);
    assert_false(serve_pace_gather(&k.serve, b));
    batch_release(b);
    b = batch_new(BATCH_SNAPSHOT);
    assert_false(serve_pace_gather(&k.serve, b));
    batch_release(b);
    struct command c = {.next = NULL};
    k.serve.waiting = &c;
    assert_false(gather(&k, 1));
    k.serve.waiting = NULL;
    assert_true(gather(&k, 1));
    serve_pace_drop(&k.serve);
}

static void no_more_is_gathered_than_the_limit(void **state)
{
    (void)state;
    static struct stage k;
    init(&k);
    work(&k, MONO_MS(100));
    for (uint64_t i = 0; i < LIMIT_GATHERED_BATCHES; i++) {
        assert_true(gather(&k, i));
    }
    assert_false(gather(&k, 99));
    serve_pace_release(&k.serve, apply);
    assert_int_equal(applied_count, LIMIT_GATHERED_BATCHES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(short_turns_gather_nothing),
        cmocka_unit_test(a_long_turn_is_followed_by_twice_its_time),
        cmocka_unit_test(the_tick_is_at_most_a_quarter_of_a_second),
        cmocka_unit_test(alerts_and_what_a_command_waits_for_do_not_wait),
        cmocka_unit_test(no_more_is_gathered_than_the_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
