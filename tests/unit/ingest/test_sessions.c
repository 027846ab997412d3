/* SPDX-License-Identifier: Apache-2.0 */
#include "expect.h"

#include "ingest/sessions.h"

static const struct hash_key key = {1, 2};

/* The table never looks into its clients. */
static struct client *some_client(void)
{
    static char place;
    return (struct client *)(void *)&place;
}

static struct session *open_session(struct sessions *s, const char *id)
{
    struct session *x = sessions_open(s, bytes_of_text(id));
    if (x) {
        x->client = some_client();
    }
    return x;
}

static void sessions_are_found_by_their_client_id(void **state)
{
    (void)state;
    struct sessions s;
    sessions_init(&s, key, 10);
    assert_null(sessions_find(&s, BYTES("a")));
    struct session *a = open_session(&s, "a");
    struct session *b = open_session(&s, "b");
    assert_ptr_equal(sessions_find(&s, BYTES("a")), a);
    assert_ptr_equal(sessions_at(&s, b->number), b);
    assert_int_equal(s.live, 2);
    sessions_free(&s, a);
    assert_null(sessions_find(&s, BYTES("a")));
    sessions_fini(&s);
}

static void the_one_offline_for_longest_is_the_oldest(void **state)
{
    (void)state;
    struct sessions s;
    sessions_init(&s, key, 3);
    struct session *a = open_session(&s, "a");
    struct session *b = open_session(&s, "b");
    struct session *c = open_session(&s, "c");
    assert_null(open_session(&s, "d"));
    assert_null(sessions_oldest(&s));
    sessions_leave(&s, b);
    sessions_leave(&s, a);
    sessions_leave(&s, c);
    assert_ptr_equal(sessions_oldest(&s), b);
    assert_ptr_equal(sessions_younger(&s, b), a);
    sessions_return(&s, a);
    a->client = some_client();
    assert_ptr_equal(sessions_younger(&s, b), c);
    sessions_free(&s, b);
    assert_ptr_equal(sessions_oldest(&s), c);
    assert_non_null(open_session(&s, "d"));
    sessions_fini(&s);
}

static void what_a_session_owes_counts_in_all(void **state)
{
    (void)state;
    struct sessions s;
    size_t held = 0;
    sessions_init(&s, key, 3);
    struct session *a = open_session(&s, "a");
    const struct message_parts parts = {.topic = BYTES("t"), .payload = BYTES("x"), .qos = 1};
    struct message *m = message_new(&parts, &held);
    const struct outbox_entry e = {.message = m, .qos = 1};
    expect_ok(outbox_push(&a->outbox, &e, 1));
    message_release(m);
    assert_int_equal(s.outbox_entries, 1);
    assert_true(held > 0);
    session_forget(a);
    assert_int_equal(s.outbox_entries, 0);
    assert_int_equal(held, 0);
    sessions_fini(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sessions_are_found_by_their_client_id),
        cmocka_unit_test(the_one_offline_for_longest_is_the_oldest),
        cmocka_unit_test(what_a_session_owes_counts_in_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
