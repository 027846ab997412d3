/* SPDX-License-Identifier: Apache-2.0 */
#include "expect.h"
#include "model/batch.h"

#include <pthread.h>

static void text_survives_the_growth_of_its_buffer(void **state)
{
    (void)state;
    struct batch *b = batch_new(BATCH_CHANGES);
    struct text_ref first = batch_put_text(b, BYTES("pump"));
    for (int i = 0; i < 1000; i++) {
        (void)batch_put_text(b, BYTES("a longer text that makes the buffer grow"));
    }
    expect_bytes(batch_text(b, first), "pump");
    batch_release(b);
}

static void an_empty_batch_stops_being_empty_by_any_part(void **state)
{
    (void)state;
    struct batch *b = batch_new(BATCH_CHANGES);
    assert_true(batch_empty(b));
    (void)batch_add_status(b);
    assert_false(batch_empty(b));
    assert_true(batch_bytes(b) > 0);
    batch_release(b);
}

static void a_pool_gives_back_what_was_released_and_clean(void **state)
{
    (void)state;
    struct batch_pool *pool = batch_pool_new();
    struct batch *b = batch_pool_take(pool);
    batch_add_reading(b, (struct reading){.series = 7});
    (void)batch_add_alert(b);
    b->urgent = true;
    batch_release(batch_hold(b));
    batch_release(b);
    struct batch *again = batch_pool_take(pool);
    assert_ptr_equal(again, b);
    assert_true(batch_empty(again));
    assert_false(again->urgent);
    assert_true(again->reading_cap > 0);
    batch_release(again);
    batch_pool_free(pool);
}

struct hand_over {
    struct batch *batches[64];
    size_t count;
};

static void *release_all(void *ctx)
{
    struct hand_over *h = ctx;
    for (size_t i = 0; i < h->count; i++) {
        batch_release(h->batches[i]);
    }
    return NULL;
}

static void two_threads_may_release_the_same_batches(void **state)
{
    (void)state;
    struct batch_pool *pool = batch_pool_new();
    for (int round = 0; round < 200; round++) {
        struct hand_over h = {.count = 64};
        pthread_t other;
        for (size_t i = 0; i < h.count; i++) {
            h.batches[i] = batch_hold(batch_pool_take(pool));
        }
        assert_int_equal(pthread_create(&other, NULL, release_all, &h), 0);
        (void)release_all(&h);
        assert_int_equal(pthread_join(other, NULL), 0);
    }
    batch_pool_free(pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_survives_the_growth_of_its_buffer),
        cmocka_unit_test(an_empty_batch_stops_being_empty_by_any_part),
        cmocka_unit_test(a_pool_gives_back_what_was_released_and_clean),
        cmocka_unit_test(two_threads_may_release_the_same_batches),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
