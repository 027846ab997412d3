/* SPDX-License-Identifier: Apache-2.0 */
#include "expect.h"

#include "base/mem.h"
#include "ingest/aliases.h"
#include "ingest/retained.h"
#include "model/limits.h"

static const struct hash_key key = {1, 2};
static size_t held;

static enum err put(struct retained *r, const char *topic, struct bytes payload)
{
    const struct message_parts parts = {
        .topic = bytes_of_text(topic), .payload = payload, .retain = true};
    struct message *m = message_new(&parts, &held);
    enum err e = retained_put(r, m);
    message_release(m);
    return e;
}

static size_t count_matches(const struct retained *r, const char *filter, uint32_t step)
{
    size_t count = 0;
    uint32_t at = 0;
    while (at < r->slots_count) {
        uint32_t budget = step;
        count += retained_next(r, bytes_of_text(filter), &at, &budget) != NULL;
    }
    return count;
}

static void the_newest_of_each_topic_is_kept_and_an_empty_one_forgets(void **state)
{
    (void)state;
    struct retained r;
    held = 0;
    retained_init(&r, key);
    expect_ok(put(&r, "a/b", BYTES("1")));
    expect_ok(put(&r, "a/b", BYTES("2")));
    expect_ok(put(&r, "a/c", BYTES("3")));
    assert_int_equal(r.count, 2);
    expect_bytes(message_parts(retained_find(&r, BYTES("a/b"))).payload, "2");
    expect_ok(put(&r, "a/b", BYTES("")));
    expect_ok(put(&r, "never/seen", BYTES("")));
    assert_null(retained_find(&r, BYTES("a/b")));
    assert_int_equal(r.count, 1);
    retained_fini(&r);
    assert_int_equal(held, 0);
}

static void a_walk_may_pause_anywhere_and_finds_each_once(void **state)
{
    (void)state;
    struct retained r;
    retained_init(&r, key);
    for (unsigned i = 0; i < 100; i++) {
        char topic[16];
        (void)snprintf(topic, sizeof topic, "%s/%u", i % 2 ? "odd" : "even", i);
        expect_ok(put(&r, topic, BYTES("x")));
    }
    retained_forget(&r, BYTES("odd/7"));
    for (uint32_t step = 1; step < 120; step += 7) {
        assert_int_equal(count_matches(&r, "odd/+", step), 49);
        assert_int_equal(count_matches(&r, "#", step), 99);
    }
    assert_int_equal(count_matches(&r, "none/#", 3), 0);
    retained_fini(&r);
}

static void what_is_too_large_is_not_kept_and_forgets_what_it_replaces(void **state)
{
    (void)state;
    struct retained r;
    uint8_t *large = mem_zalloc(1, LIMIT_RETAINED_MESSAGE_BYTES);
    retained_init(&r, key);
    expect_ok(put(&r, "t", BYTES("x")));
    expect_err(ERR_FULL, put(&r, "t", bytes_of(large, LIMIT_RETAINED_MESSAGE_BYTES)));
    assert_null(retained_find(&r, BYTES("t")));
    for (unsigned i = 0;; i++) {
        char topic[16];
        (void)snprintf(topic, sizeof topic, "%u", i);
        if (put(&r, topic, bytes_of(large, 200000))) {
            break;
        }
    }
    assert_in_range(r.bytes, LIMIT_RETAINED_BYTES - 300000, LIMIT_RETAINED_BYTES);
    free(large);
    retained_fini(&r);
}

static void put_as(struct retained *r, const char *topic, mono_ns expires, uint64_t publisher)
{
    const struct message_parts parts = {.topic = bytes_of_text(topic),
                                        .payload = BYTES("x"),
                                        .retain = true,
                                        .expires = expires,
                                        .publisher = publisher};
    struct message *m = message_new(&parts, &held);
    expect_ok(retained_put(r, m));
    message_release(m);
}

static void what_expires_goes_within_a_round_however_small_its_steps(void **state)
{
    struct retained r;
    (void)state;
    retained_init(&r, key);
    for (unsigned i = 0; i < 100; i++) {
        char topic[16];
        (void)snprintf(topic, sizeof topic, "t/%u", i);
        put_as(&r, topic, i % 2 ? 1000 : 0, 0);
    }
    assert_int_equal(retained_expire(&r, 1000, 999), 0);
    assert_int_equal(retained_expire(&r, 10, 1000), 5);
    size_t gone = 5;
    for (unsigned step = 0; step < 14; step++) {
        gone += retained_expire(&r, 7, 1000);
    }
    assert_int_equal(gone, 50);
    assert_int_equal(r.count, 50);
    assert_null(retained_find(&r, BYTES("t/1")));
    assert_non_null(retained_find(&r, BYTES("t/0")));
    assert_int_equal(retained_expire(&r, 1000, UINT64_MAX), 0);
    retained_fini(&r);
    assert_int_equal(retained_expire(&r, 10, 1000), 0);
}

static void what_a_publisher_left_can_be_forgotten_and_nothing_else(void **state)
{
    struct retained r;
    (void)state;
    retained_init(&r, key);
    put_as(&r, "a", 0, 7);
    put_as(&r, "b", 0, 7);
    put_as(&r, "b", 0, 9); /* somebody else spoke last */
    put_as(&r, "c", 0, 0);
    assert_int_equal(retained_forget_publisher(&r, 7), 1);
    assert_null(retained_find(&r, BYTES("a")));
    assert_non_null(retained_find(&r, BYTES("b")));
    assert_non_null(retained_find(&r, BYTES("c")));
    retained_fini(&r);
}

static void an_alias_stands_for_the_topic_that_it_was_given_last(void **state)
{
    (void)state;
    struct aliases a = {0};
    bool is_new;
    assert_int_equal(aliases_topic(&a, 1).len, 0);
    assert_true(aliases_set(&a, 1, BYTES("t")));
    assert_true(aliases_set(&a, 1, BYTES("u")));
    expect_bytes(aliases_topic(&a, 1), "u");
    assert_false(aliases_set(&a, 0, BYTES("t")));
    assert_false(aliases_set(&a, LIMIT_TOPIC_ALIASES + 1, BYTES("t")));
    assert_int_equal(aliases_topic(&a, LIMIT_TOPIC_ALIASES + 1).len, 0);
    assert_int_equal(aliases_of(&a, 2, BYTES("u"), &is_new), 1);
    assert_false(is_new);
    assert_int_equal(aliases_of(&a, 2, BYTES("v"), &is_new), 2);
    assert_true(is_new);
    assert_int_equal(aliases_of(&a, 2, BYTES("w"), &is_new), 0);
    aliases_fini(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_newest_of_each_topic_is_kept_and_an_empty_one_forgets),
        cmocka_unit_test(a_walk_may_pause_anywhere_and_finds_each_once),
        cmocka_unit_test(what_is_too_large_is_not_kept_and_forgets_what_it_replaces),
        cmocka_unit_test(what_expires_goes_within_a_round_however_small_its_steps),
        cmocka_unit_test(what_a_publisher_left_can_be_forgotten_and_nothing_else),
        cmocka_unit_test(an_alias_stands_for_the_topic_that_it_was_given_last),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
