/* SPDX-License-Identifier: Apache-2.0 */
/* Cells of a line: quoted, trimmed, empty, and too many. */
#include "expect.h"

#include "proto/csv/csv.h"

static struct csv_row row;

static void split(const char *text, char separator)
{
    static uint8_t line[256];
    size_t len = strlen(text);
    memcpy(line, text, len);
    expect_ok(csv_split(line, len, separator, &row));
}

static void cells_are_trimmed_and_may_be_empty(void **state)
{
    (void)state;
    split(" a ,,b c\t,\r\n", ',');
    assert_int_equal(row.count, 4);
    expect_bytes(row.cells[0], "a");
    expect_bytes(row.cells[1], "");
    expect_bytes(row.cells[2], "b c");
    expect_bytes(row.cells[3], "");
    split("", ';');
    assert_int_equal(row.count, 1);
}

static void quotes_keep_separators_and_spaces_and_doubled_quotes(void **state)
{
    (void)state;
    split("\"a;b\";\" c \";\"say \"\"no\"\"\";\"\"\n", ';');
    assert_int_equal(row.count, 4);
    expect_bytes(row.cells[0], "a;b");
    expect_bytes(row.cells[1], " c ");
    expect_bytes(row.cells[2], "say \"no\"");
    expect_bytes(row.cells[3], "");
}

static void an_open_quote_ends_with_the_line(void **state)
{
    (void)state;
    split("1,\"open, x", ',');
    assert_int_equal(row.count, 2);
    expect_bytes(row.cells[1], "open, x");
}

static void more_cells_than_the_limit_are_refused(void **state)
{
    (void)state;
    static uint8_t line[CSV_COLUMNS_MAX + 1];
    memset(line, ',', sizeof line);
    expect_ok(csv_split(line, CSV_COLUMNS_MAX - 1, ',', &row));
    assert_int_equal(row.count, CSV_COLUMNS_MAX);
    expect_err(ERR_TOO_LARGE, csv_split(line, CSV_COLUMNS_MAX, ',', &row));
    expect_err(ERR_TOO_LARGE, csv_split(line, CSV_LINE_MAX + 1, ',', &row));
}

static void the_separator_is_what_stands_most_often(void **state)
{
    (void)state;
    assert_int_equal(csv_guess(BYTES("time;a,b;c")), ';');
    assert_int_equal(csv_guess(BYTES("time\ta\tb")), '\t');
    assert_int_equal(csv_guess(BYTES("time")), ',');
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cells_are_trimmed_and_may_be_empty),
        cmocka_unit_test(quotes_keep_separators_and_spaces_and_doubled_quotes),
        cmocka_unit_test(an_open_quote_ends_with_the_line),
        cmocka_unit_test(more_cells_than_the_limit_are_refused),
        cmocka_unit_test(the_separator_is_what_stands_most_often),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
