/* SPDX-License-Identifier: Apache-2.0 */
/* The tables of readings and expectations, over the whole engine. */
#include "table.h"

static const char *const files[] = {
    "tests/unit/alert/tables/comparisons.table", "tests/unit/alert/tables/durations.table",
    "tests/unit/alert/tables/windows.table",     "tests/unit/alert/tables/combinations.table",
    "tests/unit/alert/tables/silence.table",     "tests/unit/alert/tables/clocks.table",
};

static void every_row_of_every_table_holds(void **state)
{
    (void)state;
    unsigned rows = 0;
    for (size_t i = 0; i < ARRAY_LEN(files); i++) {
        struct table t = {0};
        table_run(&t, files[i]);
        assert_int_equal(t.failed, 0);
        rows += t.rows;
    }
    print_message("%u rows\n", rows);
    assert_true(rows >= 150);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_row_of_every_table_holds)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
