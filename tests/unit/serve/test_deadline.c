/* SPDX-License-Identifier: Apache-2.0 */
#include "serve/deadline.h"

#include "expect.h"

static struct serve_deadlines all;

static void setup(void)
{
    serve_deadlines_init(&all);
    all.after_ms[SERVE_DEADLINE_HEAD] = 10;
    all.after_ms[SERVE_DEADLINE_PING] = 25;
}

static void nothing_is_due_before_its_time(void **state)
{
    (void)state;
    struct serve_deadline a = {0}, b = {0};
    setup();
    assert_true(serve_deadlines_next(&all) == UINT64_MAX);
    serve_deadline_set(&all, &b, SERVE_DEADLINE_PING, MONO_MS(100));
    serve_deadline_set(&all, &a, SERVE_DEADLINE_HEAD, MONO_MS(101));
    assert_true(serve_deadline_is_set(&a));
    assert_true(serve_deadlines_next(&all) == MONO_MS(111));
    assert_null(serve_deadlines_take_due(&all, MONO_MS(111) - 1));
    assert_ptr_equal(serve_deadlines_take_due(&all, MONO_MS(111)), &a);
    assert_false(serve_deadline_is_set(&a));
    assert_null(serve_deadlines_take_due(&all, MONO_MS(111)));
    assert_true(serve_deadlines_next(&all) == MONO_MS(125));
    assert_ptr_equal(serve_deadlines_take_due(&all, MONO_MS(1000)), &b);
    assert_true(serve_deadlines_next(&all) == UINT64_MAX);
}

static void setting_anew_moves_it_and_clearing_is_safe_twice(void **state)
{
    (void)state;
    struct serve_deadline a = {0};
    setup();
    serve_deadline_clear(&a);
    serve_deadline_set(&all, &a, SERVE_DEADLINE_HEAD, 0);
    serve_deadline_set(&all, &a, SERVE_DEADLINE_PING, MONO_MS(1));
    assert_true(serve_deadlines_next(&all) == MONO_MS(26));
    serve_deadline_clear(&a);
    serve_deadline_clear(&a);
    assert_null(serve_deadlines_take_due(&all, UINT64_MAX));
}

static void those_on_a_grid_come_together_and_never_early(void **state)
{
    (void)state;
    struct serve_deadline d[20] = {0};
    setup();
    all.grid_ms[SERVE_DEADLINE_PING] = 10;
    for (size_t i = 0; i < ARRAY_LEN(d); i++) {
        serve_deadline_set(&all, &d[i], SERVE_DEADLINE_PING, MONO_MS(i)); /* due from 25 to 44 */
    }
    size_t taken[6] = {0};
    for (mono_ns now = MONO_MS(20); now < MONO_MS(80); now += MONO_MS(1)) {
        struct serve_deadline *due;
        while ((due = serve_deadlines_take_due(&all, now))) {
            assert_true(now >= MONO_MS(25 + (size_t)(due - d)));
            assert_true(now % MONO_MS(10) == 0);
            taken[now / MONO_MS(10) - 2]++;
        }
    }
    assert_int_equal(taken[1], 6);  /* at 30 */
    assert_int_equal(taken[2], 10); /* at 40 */
    assert_int_equal(taken[3], 4);  /* at 50 */
}

/* The list against a plain array: at random moments some are set, some cleared, and what is taken
 * is exactly what was due. */
static void random_use_agrees_with_a_plain_array(void **state)
{
    (void)state;
    enum { COUNT = 50 };
    struct serve_deadline d[COUNT] = {0};
    mono_ns want[COUNT] = {0};
    uint64_t random = expect_seed();
    mono_ns now = 0;
    setup();
    for (int round = 0; round < 20000; round++) {
        size_t i = expect_random(&random) % COUNT;
        now += MONO_MS(expect_random(&random) % 3);
        if (expect_random(&random) % 4 == 0) {
            serve_deadline_clear(&d[i]);
            want[i] = 0;
        } else {
            bool head = expect_random(&random) % 2;
            serve_deadline_set(&all, &d[i], head ? SERVE_DEADLINE_HEAD : SERVE_DEADLINE_PING, now);
            want[i] = now + MONO_MS(head ? 10u : 25u);
        }
        struct serve_deadline *due;
        while ((due = serve_deadlines_take_due(&all, now))) {
            size_t k = (size_t)(due - d);
            assert_true(want[k] != 0 && want[k] <= now);
            want[k] = 0;
        }
        for (size_t k = 0; k < COUNT; k++) {
            assert_true(want[k] == 0 || want[k] > now);
            assert_int_equal(serve_deadline_is_set(&d[k]), want[k] != 0);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_due_before_its_time),
        cmocka_unit_test(those_on_a_grid_come_together_and_never_early),
        cmocka_unit_test(setting_anew_moves_it_and_clearing_is_safe_twice),
        cmocka_unit_test(random_use_agrees_with_a_plain_array),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
