/* SPDX-License-Identifier: Apache-2.0 */
/* One line of a CSV file (RFC 4180, but for line ends within quotes) as cells: any separator of one
 * byte, cells in double quotes with "" for a quote inside. Sans-I/O. */
#ifndef TELLTALE_PROTO_CSV_CSV_H
#define TELLTALE_PROTO_CSV_CSV_H

#include "base/bytes.h"

#define CSV_COLUMNS_MAX 1024
#define CSV_LINE_MAX    (1u << 20)

struct csv_row {
    size_t count;
    struct bytes cells[CSV_COLUMNS_MAX];
};

/* Splits a line; a carriage return and line feed at its end are nothing. Cells that are not quoted
 * lose white space around them.
 *
 * Errors:    ERR_TOO_LARGE  more than CSV_COLUMNS_MAX cells or CSV_LINE_MAX bytes.
 * Ownership: `line` is the memory that cells borrow from; doubled quotes are undone in place. */
MUST_CHECK enum err csv_split(uint8_t *line, size_t len, char separator, struct csv_row *row);

/* The separator that a line holds most often: semicolon, comma, tab or bar; comma when there is
 * none. */
char csv_guess(struct bytes line);

#endif
