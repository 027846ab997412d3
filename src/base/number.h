/* SPDX-License-Identifier: Apache-2.0 */
/* Decimal text and doubles, both ways exact: what is printed is the shortest text that reads back
 * bit for bit, and what is read is the double nearest to the text. */
#ifndef TELLTALE_BASE_NUMBER_H
#define TELLTALE_BASE_NUMBER_H

#include "base/bytes.h"
#include "base/err.h"

/* Longest text of number_print, without a NUL. */
#define NUMBER_TEXT_MAX 32

/* Prints finite `v` as a JSON number, shortest exact form; returns its length. No NUL is written.
 */
size_t number_print(double v, char out[NUMBER_TEXT_MAX]);

/* Prints `v` in decimal; returns its length. */
size_t number_print_i64(int64_t v, char out[NUMBER_TEXT_MAX]);

/* Reads the whole of `b` by the JSON number grammar, -?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?
 * Errors: ERR_INVALID not that grammar; ERR_TOO_LARGE overflows a double or longer than 400 bytes.
 */
MUST_CHECK enum err number_parse(struct bytes b, double *value);

/* As number_parse for the longest number at the start of `b`; `*used` is its length in bytes. What
 * follows it is not looked at. Errors: as number_parse, ERR_INVALID when no number stands there. */
MUST_CHECK enum err number_parse_prefix(struct bytes b, double *value, size_t *used);

/* Length of the longest number at the start of `b`, of any size; 0 when there is none. */
size_t number_span(struct bytes b);

#endif
