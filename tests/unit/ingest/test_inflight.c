/* SPDX-License-Identifier: Apache-2.0 */
#include "expect.h"

#include "ingest/inflight.h"

static struct inflight f;

static void ids_go_round_and_are_never_zero(void **state)
{
    (void)state;
    f = (struct inflight){0};
    for (uint32_t i = 0; i < 200000; i++) {
        uint16_t id = 0;
        assert_true(inflight_begin(&f, &id));
        assert_int_equal(id, i % 65535 + 1);
        assert_true(inflight_end(&f, id));
    }
}

static void a_full_window_waits_for_its_oldest(void **state)
{
    (void)state;
    f = (struct inflight){.oldest = 60000, .next = 60000};
    uint16_t oldest = 0;
    uint16_t id = 0;
    assert_true(inflight_begin(&f, &oldest));
    for (uint32_t i = 1; i < INFLIGHT_WINDOW; i++) {
        assert_true(inflight_begin(&f, &id));
    }
    assert_false(inflight_begin(&f, &id));
    assert_true(inflight_end(&f, id));
    assert_false(inflight_begin(&f, &id));
    assert_true(inflight_end(&f, oldest));
    assert_true(inflight_begin(&f, &id));
}

static void acknowledgements_may_come_in_any_order_once(void **state)
{
    (void)state;
    f = (struct inflight){.oldest = 65533, .next = 65533};
    uint16_t ids[4];
    for (size_t i = 0; i < 4; i++) {
        assert_true(inflight_begin(&f, &ids[i]));
    }
    assert_int_equal(ids[1], 65535);
    assert_int_equal(ids[2], 1);
    assert_true(inflight_end(&f, ids[2]));
    assert_false(inflight_end(&f, ids[2]));
    assert_true(inflight_end(&f, ids[0]));
    assert_int_equal(f.oldest, 65534);
    assert_true(inflight_end(&f, ids[1]));
    assert_int_equal(f.oldest, 65536);
    assert_true(inflight_end(&f, ids[3]));
    assert_int_equal(f.oldest, f.next);
}

static void an_id_that_is_not_out_is_refused(void **state)
{
    (void)state;
    f = (struct inflight){0};
    uint16_t id;
    assert_false(inflight_end(&f, 0));
    assert_false(inflight_end(&f, 1));
    assert_true(inflight_begin(&f, &id));
    assert_false(inflight_end(&f, 2));
    assert_false(inflight_end(&f, 65535));
    assert_true(inflight_end(&f, 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ids_go_round_and_are_never_zero),
        cmocka_unit_test(a_full_window_waits_for_its_oldest),
        cmocka_unit_test(acknowledgements_may_come_in_any_order_once),
        cmocka_unit_test(an_id_that_is_not_out_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
