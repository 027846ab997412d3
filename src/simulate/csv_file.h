/* SPDX-License-Identifier: Apache-2.0 */
/* A CSV file line by line. */
#ifndef TELLTALE_SIMULATE_CSV_FILE_H
#define TELLTALE_SIMULATE_CSV_FILE_H

#include "proto/csv/csv.h"

struct csv {
    FILE *file;
    char separator;
    char *line;
    size_t cap;
    uint64_t number;    /* of the line read last, from 1 */
    struct csv_row row; /* borrowed until the next line */
};

/* Errors: ERR_NOT_FOUND, ERR_IO. */
MUST_CHECK enum err csv_open(struct csv *c, const char *path, char separator);

/* The separator that the first line holds most often: semicolon, comma, tab or bar; comma when
 * there is none. Leaves the file at its start. */
char csv_guess_separator(struct csv *c);

/* Reads the next line that isn't empty into cells, trimmed of white space.
 * Errors: ERR_CLOSED the file ended;  ERR_TOO_LARGE line or number of cells;  ERR_IO. */
MUST_CHECK enum err csv_next(struct csv *c);

/* Back to the first line. */
void csv_rewind(struct csv *c);

/* Safe on a zeroed struct. */
void csv_close(struct csv *c);

#endif
