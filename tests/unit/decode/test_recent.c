/* SPDX-License-Identifier: Apache-2.0 */
/* The table of what came lately: it finds, forgets the longest unasked, and never grows. */
#include "decode/recent.h"

#include "expect.h"

static const struct hash_key key = {3, 4};

static void a_note_is_found_until_it_is_noted_anew(void **state)
{
    (void)state;
    struct recent *r = recent_new(64);
    assert_null(recent_find(r, 5));
    recent_set(r, (struct recent_note){5, 10, 100});
    recent_set(r, (struct recent_note){13, 11, 100});
    assert_int_equal(recent_find(r, 5)->value, 10);
    recent_set(r, (struct recent_note){5, 12, 200});
    assert_int_equal(recent_find(r, 5)->value, 12);
    assert_int_equal(recent_find(r, 5)->at, 200);
    assert_int_equal(recent_find(r, 13)->value, 11);
    recent_free(r);
}

static void the_longest_unasked_of_a_place_gives_way(void **state)
{
    (void)state;
    struct recent *r = recent_new(8); /* one place */
    for (uint64_t id = 1; id <= 8; id++) {
        recent_set(r, (struct recent_note){id, id, 0});
    }
    assert_non_null(recent_find(r, 1));
    recent_set(r, (struct recent_note){9, 9, 0});
    assert_non_null(recent_find(r, 1));
    assert_null(recent_find(r, 2));
    assert_non_null(recent_find(r, 9));
    for (uint64_t id = 10; id < 1000000; id++) {
        recent_set(r, (struct recent_note){id, id, 0});
    }
    assert_null(recent_find(r, 1));
    assert_non_null(recent_find(r, 999999));
    recent_free(r);
}

static void ids_tell_sources_and_parts_apart(void **state)
{
    (void)state;
    struct bytes a[] = {BYTES("ab"), BYTES("c")};
    struct bytes b[] = {BYTES("a"), BYTES("bc")};
    assert_true(recent_id(key, 0, a, 2) == recent_id(key, 0, a, 2));
    assert_true(recent_id(key, 0, a, 2) != recent_id(key, 1, a, 2));
    assert_true(recent_id(key, 0, a, 2) != recent_id(key, 0, b, 2));
    assert_true(recent_id(key, 0, a, 2) != recent_id(key, 0, a, 1));
}

static void a_clock_set_back_does_not_make_notes_old(void **state)
{
    (void)state;
    assert_true(recent_within(1000, 1500, 500));
    assert_false(recent_within(1000, 1501, 500));
    assert_true(recent_within(1000, 10, 500));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_note_is_found_until_it_is_noted_anew),
        cmocka_unit_test(the_longest_unasked_of_a_place_gives_way),
        cmocka_unit_test(ids_tell_sources_and_parts_apart),
        cmocka_unit_test(a_clock_set_back_does_not_make_notes_old),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
