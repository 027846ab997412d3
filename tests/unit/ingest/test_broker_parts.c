/* SPDX-License-Identifier: Apache-2.0 */
/* The sans-I/O parts of a link: waits, and what was seen before. */
#include "expect.h"

#include "ingest/broker_backoff.h"
#include "ingest/broker_seen.h"

static void waits_double_to_a_minute_and_stay_within_half_of_it(void **state)
{
    (void)state;
    struct backoff b = {0};
    uint64_t random = expect_seed();
    static const uint32_t expected[] = {1000, 2000, 4000, 8000, 16000, 32000, 60000, 60000};
    for (size_t i = 0; i < ARRAY_LEN(expected); i++) {
        uint32_t wait = backoff_next(&b, BACKOFF_AWAY, expect_random(&random));
        assert_in_range(wait, expected[i] / 2, expected[i] + expected[i] / 2);
    }
    assert_int_equal(backoff_next(&b, BACKOFF_AWAY, 0), 30000);
    assert_int_equal(backoff_next(&b, BACKOFF_AWAY, 60000), 90000);
}

static void a_broker_that_flaps_is_waited_for_longer_and_a_good_one_is_not(void **state)
{
    (void)state;
    struct backoff b = {0};
    for (unsigned i = 0; i < 5; i++) {
        (void)backoff_next(&b, BACKOFF_AWAY, 0);
        backoff_was_up(&b, MONO_MS(2000));
    }
    assert_int_equal(backoff_next(&b, BACKOFF_AWAY, 0), 16000);
    backoff_was_up(&b, BACKOFF_GOOD_NS);
    assert_int_equal(backoff_next(&b, BACKOFF_AWAY, 0), 500);
}

static void a_refusal_is_not_asked_again_soon(void **state)
{
    (void)state;
    struct backoff b = {0};
    assert_int_equal(backoff_next(&b, BACKOFF_REFUSED, 0), 15000);
    assert_int_equal(backoff_next(&b, BACKOFF_AWAY, 0), 500);
    for (unsigned i = 0; i < 8; i++) {
        (void)backoff_next(&b, BACKOFF_REFUSED, 0);
    }
    assert_int_equal(backoff_next(&b, BACKOFF_REFUSED, 0), 300000);
    backoff_was_up(&b, 1);
    assert_int_equal(backoff_next(&b, BACKOFF_REFUSED, 0), 15000);
}

static void the_newest_messages_are_known_with_their_batches(void **state)
{
    (void)state;
    struct broker_seen s = {0};
    uint64_t seq = 0;
    assert_false(broker_seen_find(&s, 1, &seq));
    for (uint64_t i = 1; i <= SEEN_RECENT + 10; i++) {
        broker_seen_add(&s, i, i * 2);
    }
    assert_false(broker_seen_find(&s, 10, &seq));
    assert_true(broker_seen_find(&s, 11, &seq));
    assert_int_equal(seq, 22);
    assert_true(broker_seen_find(&s, SEEN_RECENT + 10, &seq));
    assert_int_equal(seq, 2 * (SEEN_RECENT + 10));
    broker_seen_fini(&s);
    assert_false(broker_seen_find(&s, 11, &seq));
}

static void an_id_is_received_until_it_is_released(void **state)
{
    (void)state;
    struct broker_seen s = {0};
    assert_false(broker_seen_release(&s, 65535));
    broker_seen_receive(&s, 65535);
    broker_seen_receive(&s, 1);
    assert_true(broker_seen_has(&s, 65535) && broker_seen_has(&s, 1));
    assert_false(broker_seen_has(&s, 2));
    assert_true(broker_seen_release(&s, 65535));
    assert_false(broker_seen_release(&s, 65535));
    assert_true(broker_seen_has(&s, 1));
    broker_seen_fini(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(waits_double_to_a_minute_and_stay_within_half_of_it),
        cmocka_unit_test(a_broker_that_flaps_is_waited_for_longer_and_a_good_one_is_not),
        cmocka_unit_test(a_refusal_is_not_asked_again_soon),
        cmocka_unit_test(the_newest_messages_are_known_with_their_batches),
        cmocka_unit_test(an_id_is_received_until_it_is_released),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
