/* SPDX-License-Identifier: Apache-2.0 */
#include "expect.h"

#include "ingest/frame_pool.h"

static void a_frame_that_came_back_is_used_again(void **state)
{
    (void)state;
    struct frame_pool p;
    uint32_t room;
    frame_pool_init(&p);
    struct frame *a = frame_pool_take(&p, 10, &room);
    assert_true(room >= 10);
    struct frame *b = frame_pool_take(&p, 10, &room);
    assert_ptr_not_equal(a, b);
    frame_release(a);
    frame_release(b);
    struct frame *c = frame_pool_take(&p, 10, &room);
    assert_ptr_equal(c, a);
    assert_int_equal(c->len, 0);
    frame_release(c);
    frame_pool_fini(&p);
}

static void a_frame_that_stays_away_is_given_up_not_overwritten(void **state)
{
    (void)state;
    enum { MORE_THAN_ANY_RING = 10000 };
    struct frame_pool p;
    uint32_t room;
    frame_pool_init(&p);
    struct frame *kept = frame_pool_take(&p, 64, &room);
    memset(kept->data, 0x5a, 64);
    kept->len = 64;
    for (int i = 0; i < MORE_THAN_ANY_RING; i++) {
        struct frame *f = frame_pool_take(&p, 64, &room);
        memset(f->data, 0, room);
        frame_release(f);
    }
    assert_int_equal(kept->refs, 1);
    assert_int_equal(kept->data[63], 0x5a);
    frame_pool_fini(&p);
    frame_release(kept);
}

static void sizes_up_to_the_largest_are_served(void **state)
{
    (void)state;
    static const uint32_t sizes[] = {0, 1, 64, 65, 1024, 1025, 16384, 16385, FRAME_POOL_MAX};
    struct frame_pool p;
    frame_pool_init(&p);
    for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
        uint32_t room;
        struct frame *f = frame_pool_take(&p, sizes[i], &room);
        assert_true(room >= sizes[i]);
        memset(f->data, 1, room);
        frame_release(f);
    }
    frame_pool_fini(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_frame_that_came_back_is_used_again),
        cmocka_unit_test(a_frame_that_stays_away_is_given_up_not_overwritten),
        cmocka_unit_test(sizes_up_to_the_largest_are_served),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
