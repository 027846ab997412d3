/* SPDX-License-Identifier: Apache-2.0 */
/* What slows those who guess. */
#include "expect.h"
#include "model/guard.h"

#define S(n) MONO_MS((n)*1000u)

static struct guard *fresh(void)
{
    static struct guard g;
    g = (struct guard){.key = {1, 2}};
    return &g;
}

static void wrong_answers_wait_longer_and_longer(void **state)
{
    static const unsigned seconds[] = {0, 0, 0, 1, 2, 4, 8, 16, 16, 16};
    struct guard *g = fresh();
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(seconds); i++) {
        assert_int_equal(guard_failed(g, "10.0.0.1", S(100)), S(seconds[i]));
    }
    assert_int_equal(guard_failed(g, "10.0.0.2", S(100)), 0);
}

static void time_forgives(void **state)
{
    struct guard *g = fresh();
    (void)state;
    for (int i = 0; i < 1000; i++) {
        (void)guard_failed(g, "10.0.0.1", S(100));
    }
    assert_int_equal(guard_failed(g, "10.0.0.1", S(100 + 9)), S(16));
    assert_int_equal(guard_failed(g, "10.0.0.1", S(109 + 560)), S(2));
    assert_int_equal(guard_failed(g, "10.0.0.1", S(669 + 60)), 0);
}

static void a_network_of_64_bits_is_one_guesser(void **state)
{
    struct guard *g = fresh();
    char address[64];
    (void)state;
    for (unsigned i = 0; i < 3; i++) {
        (void)snprintf(address, sizeof address, "2001:db8::%x", i);
        assert_int_equal(guard_failed(g, address, S(1)), 0);
    }
    assert_int_equal(guard_failed(g, "2001:db8:0:0:ffff::1", S(1)), S(1));
    assert_int_equal(guard_failed(g, "2001:db8:0:1::1", S(1)), 0);
}

static void a_storm_of_addresses_does_not_free_the_newest(void **state)
{
    struct guard *g = fresh();
    char address[64];
    (void)state;
    for (unsigned i = 0; i < 100000; i++) {
        (void)snprintf(address, sizeof address, "10.%u.%u.%u", i >> 16, (i >> 8) & 255, i & 255);
        (void)guard_failed(g, address, S(10) + i);
    }
    for (unsigned i = 0; i < 3; i++) {
        (void)guard_failed(g, "192.0.2.1", S(20) + i);
    }
    assert_true(guard_failed(g, "192.0.2.1", S(20) + 4) > 0);
}

static void a_try_waits_until_its_time_has_come(void **state)
{
    struct guard *g = fresh();
    (void)state;
    for (int i = 0; i < 4; i++) {
        assert_int_equal(guard_held(g, "ana", S(100)), 0);
        (void)guard_failed(g, "ana", S(100));
    }
    assert_int_equal(guard_held(g, "ana", S(100)), S(1));
    assert_int_equal(guard_held(g, "ana", S(100) + MONO_MS(400)), MONO_MS(600));
    assert_int_equal(guard_held(g, "ana", S(101)), 0);
    assert_int_equal(guard_held(g, "ben", S(100)), 0);
}

static void who_was_right_after_all_has_not_failed(void **state)
{
    struct guard *g = fresh();
    (void)state;
    for (int i = 0; i < 50; i++) {
        assert_int_equal(guard_held(g, "ana", S(100)), 0);
        (void)guard_failed(g, "ana", S(100));
        guard_forgive(g, "ana");
    }
    guard_forgive(g, "nobody");
    assert_int_equal(guard_failed(g, "nobody", S(100)), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wrong_answers_wait_longer_and_longer),
        cmocka_unit_test(time_forgives),
        cmocka_unit_test(a_network_of_64_bits_is_one_guesser),
        cmocka_unit_test(a_storm_of_addresses_does_not_free_the_newest),
        cmocka_unit_test(a_try_waits_until_its_time_has_come),
        cmocka_unit_test(who_was_right_after_all_has_not_failed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
