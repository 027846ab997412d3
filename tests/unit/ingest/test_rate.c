/* SPDX-License-Identifier: Apache-2.0 */
/* What slows those who send too fast. */
#include "expect.h"
#include "ingest/rate.h"

#define S(n) MONO_MS((n)*1000u)

static void a_bucket_holds_a_second_and_fills_at_its_rate(void **state)
{
    mono_ns full_at = 0;
    (void)state;
    for (int i = 0; i < 100; i++) {
        rate_spend(&full_at, 100, S(50));
        assert_false(rate_is_over(full_at, S(50)));
    }
    rate_spend(&full_at, 100, S(50));
    assert_true(rate_is_over(full_at, S(50)));
    assert_int_equal(rate_ready_at(full_at), S(50) + MONO_MS(10));
    for (int i = 0; i < 1000; i++) {
        rate_spend(&full_at, 100, S(50));
    }
    assert_int_equal(rate_ready_at(full_at), S(60) + MONO_MS(10));
    assert_false(rate_is_over(full_at, S(60) + MONO_MS(10)));
    rate_spend(&full_at, 100, S(90));
    assert_int_equal(full_at, S(90) + MONO_MS(10));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_bucket_holds_a_second_and_fills_at_its_rate),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
