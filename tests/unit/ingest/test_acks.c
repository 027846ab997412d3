/* SPDX-License-Identifier: Apache-2.0 */
#include "expect.h"

#include "ingest/acks.h"

static const struct ack_owner first = {.slot = 1, .generation = 0};
static const struct ack_owner second = {.slot = 2, .generation = 5};

static void messages_of_one_read_make_one_run(void **state)
{
    (void)state;
    struct acks a = {0};
    struct ack_run run;
    uint16_t ids[8];
    acks_push(&a, first, 7, 100, 11, (struct ack_kind){1, 0});
    acks_push(&a, first, 7, 100, 12, (struct ack_kind){1, 0});
    acks_push(&a, first, 7, 100, 13, (struct ack_kind){1, 0});
    assert_true(acks_ready(&a, 7, &run));
    assert_int_equal(run.count, 3);
    assert_int_equal(run.since, 100);
    assert_int_equal(acks_take(&a, ids, 2), 2);
    assert_int_equal(ids[0], 11);
    assert_int_equal(ids[1], 12);
    assert_true(acks_ready(&a, 7, &run));
    assert_int_equal(run.count, 1);
    assert_int_equal(acks_take(&a, ids, 8), 1);
    assert_int_equal(ids[0], 13);
    assert_false(acks_ready(&a, UINT64_MAX, &run));
    acks_fini(&a);
}

static void nothing_leaves_before_its_batch_is_durable(void **state)
{
    (void)state;
    struct acks a = {0};
    struct ack_run run;
    uint16_t id;
    acks_push(&a, first, 7, 1, 1, (struct ack_kind){1, 0});
    acks_push(&a, second, 8, 1, 2, (struct ack_kind){1, 0});
    assert_false(acks_ready(&a, 6, &run));
    assert_true(acks_ready(&a, 7, &run));
    assert_int_equal(run.owner.slot, first.slot);
    (void)acks_take(&a, &id, 1);
    assert_false(acks_ready(&a, 7, &run));
    assert_true(acks_ready(&a, 8, &run));
    assert_int_equal(run.owner.slot, second.slot);
    assert_int_equal(run.owner.generation, second.generation);
    acks_fini(&a);
}

static void messages_of_both_qualities_keep_their_order(void **state)
{
    (void)state;
    struct acks a = {0};
    struct ack_run run;
    uint16_t id;
    for (uint16_t i = 1; i <= 4; i++) {
        acks_push(&a, first, 7, 1, i, (struct ack_kind){i % 2 ? 1 : 2, 0});
    }
    for (uint16_t i = 1; i <= 4; i++) {
        assert_true(acks_ready(&a, 7, &run));
        assert_int_equal(run.kind.qos, i % 2 ? 1 : 2);
        assert_int_equal(acks_take(&a, &id, 1), 1);
        assert_int_equal(id, i);
    }
    acks_fini(&a);
}

static void a_message_with_nothing_to_wait_for_keeps_its_turn(void **state)
{
    (void)state;
    struct acks a = {0};
    struct ack_run run;
    acks_push(&a, first, 9, 1, 1, (struct ack_kind){1, 0});
    acks_push(&a, first, 0, 1, 2, (struct ack_kind){1, 0});
    assert_false(acks_ready(&a, 8, &run));
    assert_true(acks_ready(&a, 9, &run));
    assert_int_equal(run.count, 2);
    acks_fini(&a);
}

/* Random pushes and takes against a plain array, so that both rings wrap and grow many times. */
static void the_order_survives_wrapping_and_growing(void **state)
{
    (void)state;
    enum { STEPS = 20000 };
    struct acks a = {0};
    uint64_t random = 42;
    uint64_t seq = 1;
    uint16_t pushed = 0;
    uint16_t taken = 0;
    for (int i = 0; i < STEPS; i++) {
        random = random * 6364136223846793005u + 1442695040888963407u;
        unsigned roll = (unsigned)(random >> 33);
        seq += roll % 7 == 0;
        if (roll % 5 < 3) {
            acks_push(&a, roll % 2 ? first : second, seq, roll % 3, ++pushed,
                      (struct ack_kind){1, 0});
            continue;
        }
        struct ack_run run;
        if (!acks_ready(&a, UINT64_MAX, &run)) {
            assert_int_equal(pushed, taken);
            continue;
        }
        uint16_t ids[3];
        size_t n = acks_take(&a, ids, 3);
        for (size_t k = 0; k < n; k++) {
            assert_int_equal(ids[k], (uint16_t)(taken + 1));
            taken++;
        }
    }
    assert_int_equal(a.ids_count, (uint16_t)(pushed - taken));
    acks_fini(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(messages_of_one_read_make_one_run),
        cmocka_unit_test(nothing_leaves_before_its_batch_is_durable),
        cmocka_unit_test(messages_of_both_qualities_keep_their_order),
        cmocka_unit_test(a_message_with_nothing_to_wait_for_keeps_its_turn),
        cmocka_unit_test(the_order_survives_wrapping_and_growing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
