/* SPDX-License-Identifier: Apache-2.0 */
#include "expect.h"

#include "ingest/sessions.h"

static const struct hash_key key = {1, 2};
static int peers[4];

static void a_client_id_has_one_session_and_the_newcomer_takes_it(void **state)
{
    (void)state;
    struct sessions s;
    void *previous = &s;
    sessions_init(&s, key, 10);
    uint32_t a = sessions_open(&s, BYTES("a"), &peers[0], &previous);
    assert_null(previous);
    uint32_t b = sessions_open(&s, BYTES("b"), &peers[1], &previous);
    assert_null(previous);
    assert_int_not_equal(a, b);
    assert_int_equal(sessions_open(&s, BYTES("a"), &peers[2], &previous), a);
    assert_ptr_equal(previous, &peers[0]);
    sessions_close(&s, a);
    sessions_close(&s, b);
    sessions_fini(&s);
}

static void a_lost_session_keeps_its_number_until_its_grace_ends(void **state)
{
    (void)state;
    struct sessions s;
    void *previous;
    uint32_t expired;
    sessions_init(&s, key, 10);
    uint32_t a = sessions_open(&s, BYTES("a"), &peers[0], &previous);
    uint32_t b = sessions_open(&s, BYTES("b"), &peers[1], &previous);
    uint32_t c = sessions_open(&s, BYTES("c"), &peers[2], &previous);
    sessions_lose(&s, a, 100);
    sessions_lose(&s, b, 100);
    sessions_lose(&s, c, 200);
    assert_false(sessions_expire(&s, 99, &expired));
    /* The middle one comes back in time. */
    assert_int_equal(sessions_open(&s, BYTES("b"), &peers[3], &previous), b);
    assert_null(previous);
    assert_true(sessions_expire(&s, 100, &expired));
    assert_int_equal(expired, a);
    assert_false(sessions_expire(&s, 199, &expired));
    assert_true(sessions_expire(&s, 200, &expired));
    assert_int_equal(expired, c);
    assert_false(sessions_expire(&s, UINT64_MAX, &expired));
    sessions_close(&s, b);
    sessions_fini(&s);
}

static void numbers_are_used_again_and_bounded(void **state)
{
    (void)state;
    struct sessions s;
    void *previous;
    sessions_init(&s, key, 2);
    uint32_t a = sessions_open(&s, BYTES("a"), &peers[0], &previous);
    uint32_t b = sessions_open(&s, BYTES("b"), &peers[1], &previous);
    assert_int_equal(sessions_open(&s, BYTES("c"), &peers[2], &previous), SESSION_NONE);
    assert_int_equal(sessions_open(&s, BYTES("b"), &peers[2], &previous), b);
    sessions_close(&s, a);
    assert_int_equal(sessions_open(&s, BYTES("c"), &peers[2], &previous), a);
    assert_null(previous);
    sessions_fini(&s);
}

static void clients_without_an_id_never_meet(void **state)
{
    (void)state;
    struct sessions s;
    void *previous;
    sessions_init(&s, key, 10);
    uint32_t a = sessions_open(&s, BYTES(""), &peers[0], &previous);
    assert_null(previous);
    uint32_t b = sessions_open(&s, BYTES(""), &peers[1], &previous);
    assert_null(previous);
    assert_int_not_equal(a, b);
    sessions_lose(&s, a, 5);
    uint32_t expired;
    assert_true(sessions_expire(&s, 5, &expired));
    assert_int_equal(expired, a);
    sessions_fini(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_client_id_has_one_session_and_the_newcomer_takes_it),
        cmocka_unit_test(a_lost_session_keeps_its_number_until_its_grace_ends),
        cmocka_unit_test(numbers_are_used_again_and_bounded),
        cmocka_unit_test(clients_without_an_id_never_meet),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
