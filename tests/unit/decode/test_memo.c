/* SPDX-License-Identifier: Apache-2.0 */
/* The bounded memory of families. */
#include "decode/memo.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct memo memo;
static unsigned forgotten;

static void forget(struct memo_item *item)
{
    (void)item;
    forgotten++;
}

static int begin(void **state)
{
    (void)state;
    forgotten = 0;
    memo_init(&memo, (struct hash_key){3, 4}, 2000, forget);
    return 0;
}

static int end(void **state)
{
    (void)state;
    memo_fini(&memo);
    return 0;
}

static struct memo_key key_of(const char *text)
{
    struct memo_key k;
    memo_key_begin(&k, 7);
    memo_key_put(&k, bytes_of_text(text));
    return k;
}

static struct memo_item *find(const char *text)
{
    struct memo_key k = key_of(text);
    return memo_find(&memo, memo_key_bytes(&k));
}

static struct memo_item *add(struct memo_item *parent, const char *text, wall_ms now)
{
    struct memo_key k = key_of(text);
    return memo_add(&memo, parent, memo_key_bytes(&k), sizeof(struct memo_item), now);
}

static void an_item_is_found_by_its_key_until_it_is_removed(void **state)
{
    (void)state;
    struct memo_item *a = add(NULL, "a", 0);
    struct memo_item *b = add(a, "a/b", 0);
    assert_ptr_equal(find("a"), a);
    assert_ptr_equal(find("a/b"), b);
    assert_null(find("b"));
    assert_true(bytes_equal(memo_name(b), BYTES("a/b")));
    struct memo_key other = key_of("a");
    le32_store(other.text, 8);
    assert_null(memo_find(&memo, memo_key_bytes(&other)));
    memo_remove(&memo, a);
    assert_null(find("a"));
    assert_null(find("a/b"));
    assert_int_equal(forgotten, 2);
    assert_int_equal(memo.bytes, 0);
    assert_non_null(add(NULL, "a", 0));
}

static void a_full_table_refuses_while_all_is_in_use(void **state)
{
    (void)state;
    char name[16];
    unsigned added = 0;
    for (int i = 0; i < 100; i++) {
        (void)snprintf(name, sizeof name, "%d", i);
        added += add(NULL, name, i) != NULL;
    }
    assert_true(added > 5 && added < 100);
    assert_true(memo.bytes <= memo.max);
    assert_non_null(find("0"));
    assert_null(find("99"));
    assert_false(memo_charge(&memo, find("0"), 2000, 100));
}

static void what_was_idle_for_a_day_makes_room_oldest_first(void **state)
{
    (void)state;
    char name[16];
    int count = 0;
    while (add(NULL, ((void)snprintf(name, sizeof name, "%d", count), name), count)) {
        count++;
    }
    memo_touch(&memo, find("0"), LIMIT_MEMO_IDLE_MS);
    assert_non_null(add(NULL, "new", LIMIT_MEMO_IDLE_MS + 1));
    assert_non_null(find("0"));
    assert_null(find("1"));
    assert_non_null(find("2"));
    assert_null(add(NULL, "newer than 2 is old", LIMIT_MEMO_IDLE_MS + 1));
}

static void a_tree_makes_no_room_for_its_own_items(void **state)
{
    (void)state;
    struct memo_item *root = add(NULL, "root", 0);
    char name[16];
    int count = 0;
    while (
        add(root, ((void)snprintf(name, sizeof name, "%d", count), name), 2 * LIMIT_MEMO_IDLE_MS)) {
        count++;
    }
    assert_true(count > 3);
    assert_ptr_equal(find("root"), root);
    assert_non_null(add(NULL, "another", 2 * LIMIT_MEMO_IDLE_MS));
    assert_null(find("root"));
    assert_int_equal(forgotten, count + 1);
}

static void a_key_that_is_too_long_is_refused_and_found_by_nobody(void **state)
{
    (void)state;
    static char longer[LIMIT_TOPIC_BYTES + 2];
    memset(longer, 'x', sizeof longer - 1);
    memo.max = 100000;
    assert_null(add(NULL, longer, 0));
    longer[LIMIT_TOPIC_BYTES] = '\0';
    assert_non_null(add(NULL, longer, 0));
    longer[LIMIT_TOPIC_BYTES] = 'x';
    assert_null(find(longer));
}

static void moving_makes_neither_circles_nor_deep_trees(void **state)
{
    (void)state;
    memo.max = 100000;
    struct memo_item *item[LIMIT_MEMO_DEPTH + 2];
    char name[16];
    for (int i = 0; i < LIMIT_MEMO_DEPTH + 2; i++) {
        (void)snprintf(name, sizeof name, "%d", i);
        item[i] = add(NULL, name, 0);
    }
    for (int i = 1; i < LIMIT_MEMO_DEPTH; i++) {
        memo_move(&memo, item[i], item[i - 1]);
        assert_ptr_equal(item[i]->parent, item[i - 1]);
    }
    memo_move(&memo, item[LIMIT_MEMO_DEPTH], item[LIMIT_MEMO_DEPTH - 1]);
    assert_null(item[LIMIT_MEMO_DEPTH]->parent);
    memo_move(&memo, item[0], item[LIMIT_MEMO_DEPTH]);
    assert_null(item[0]->parent);
    memo_move(&memo, item[0], item[3]);
    assert_null(item[0]->parent);
    memo_move(&memo, item[0], item[0]);
    assert_null(item[0]->parent);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_item_is_found_by_its_key_until_it_is_removed, begin,
                                        end),
        cmocka_unit_test_setup_teardown(a_full_table_refuses_while_all_is_in_use, begin, end),
        cmocka_unit_test_setup_teardown(what_was_idle_for_a_day_makes_room_oldest_first, begin,
                                        end),
        cmocka_unit_test_setup_teardown(a_tree_makes_no_room_for_its_own_items, begin, end),
        cmocka_unit_test_setup_teardown(a_key_that_is_too_long_is_refused_and_found_by_nobody,
                                        begin, end),
        cmocka_unit_test_setup_teardown(moving_makes_neither_circles_nor_deep_trees, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
