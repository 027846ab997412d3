/* SPDX-License-Identifier: Apache-2.0 */
#include "aggregate/aggregate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

static void buckets_begin_at_multiples_on_both_sides_of_1970(void **state)
{
    (void)state;
    assert_int_equal(aggregate_floor(1763953200123, 1000), 1763953200000);
    assert_int_equal(aggregate_floor(-1, AGGREGATE_MINUTE), -60000);
    assert_int_equal(aggregate_floor(-60000, AGGREGATE_MINUTE), -60000);
    assert_int_equal(aggregate_ceil(0, AGGREGATE_DAY), AGGREGATE_DAY);
    assert_int_equal(aggregate_ceil(-1, AGGREGATE_DAY), 0);
}

static void the_ends_of_time_do_not_overflow(void **state)
{
    (void)state;
    assert_true(aggregate_floor(INT64_MIN + 1, AGGREGATE_DAY) == INT64_MIN);
    assert_true(aggregate_ceil(INT64_MAX - 1, AGGREGATE_DAY) == INT64_MAX);
}

static void parts_joined_are_the_whole(void **state)
{
    (void)state;
    srand(7);
    for (int round = 0; round < 200; round++) {
        struct aggregate whole = {0}, joined = {0};
        int parts = rand() % 5;
        for (int p = 0; p < parts; p++) {
            struct aggregate part = {0};
            for (int i = rand() % 40; i > 0; i--) {
                double v = (double)(rand() % 2000 - 1000) / 10;
                aggregate_add(&whole, v);
                aggregate_add(&part, v);
            }
            aggregate_join(&joined, &part);
        }
        assert_int_equal(joined.n, whole.n);
        if (whole.n > 0) {
            assert_true(joined.min == whole.min && joined.max == whole.max);
            assert_true(joined.first == whole.first && joined.last == whole.last);
            assert_true(aggregate_mean(&joined) == aggregate_mean(&whole));
        }
    }
}

static void a_sum_of_decimals_is_a_decimal(void **state)
{
    (void)state;
    struct aggregate a = {0};
    for (int i = 0; i < 86400; i++) {
        aggregate_add(&a, 0.1);
    }
    assert_true(aggregate_sum(&a) == 8640.0);
    aggregate_add(&a, 1.0 / 3);
    assert_true(aggregate_sum(&a) == (double)a.sum);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(buckets_begin_at_multiples_on_both_sides_of_1970),
        cmocka_unit_test(the_ends_of_time_do_not_overflow),
        cmocka_unit_test(parts_joined_are_the_whole),
        cmocka_unit_test(a_sum_of_decimals_is_a_decimal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
