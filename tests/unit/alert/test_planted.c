/* SPDX-License-Identifier: Apache-2.0 */
/* The tables see an off-by-one: the state machine is built here once more with the wrong comparison
 * for `for`, in place of the one of the archive, and rows must fail. */
#define HELD_FOR(elapsed, asked) ((elapsed) > (asked) || (asked) == 0)
#include "alert/machine.c"

#include "table.h"

static void a_duration_that_is_off_by_one_fails_rows(void **state)
{
    (void)state;
    struct table t = {.quiet = true};
    table_run(&t, "tests/unit/alert/tables/durations.table");
    print_message("%u of %u rows failed, as they must\n", t.failed, t.rows);
    assert_true(t.failed >= 3);
}

static void tables_without_durations_do_not_mind(void **state)
{
    (void)state;
    struct table t = {.quiet = true};
    table_run(&t, "tests/unit/alert/tables/comparisons.table");
    assert_int_equal(t.failed, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_duration_that_is_off_by_one_fails_rows),
        cmocka_unit_test(tables_without_durations_do_not_mind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
