/* SPDX-License-Identifier: Apache-2.0 */
/* What the columns of a recorded CSV file are: which one is the time, which hold values, how they
 * are called. Told by the user, or found by looking at the first rows. */
#ifndef TELLTALE_SIMULATE_TABLE_H
#define TELLTALE_SIMULATE_TABLE_H

#include "simulate/csv_file.h"
#include "simulate/simulate.h"

#include "base/number.h"

struct table_column {
    char *name; /* of the sensor, prefix included */
    bool value;
};

struct table {
    struct csv csv;
    const char *time_format; /* NULL: found for each cell */
    bool headed;             /* the first line names the columns */
    size_t time_column;      /* by default the first in which one of the first rows holds a time */
    size_t count;
    struct table_column *columns;
};

/* Opens the file and settles its columns. What is wrong is printed in one line.
 * Errors: ERR_NOT_FOUND, ERR_INVALID, ERR_IO. */
MUST_CHECK enum err table_open(struct table *t, const struct replay_options *o);

/* Reads the next row into t->csv.row.cells. Errors: as csv_next. */
MUST_CHECK enum err table_next(struct table *t);

/* Back to the first row. Errors: as csv_next. */
MUST_CHECK enum err table_rewind(struct table *t);

/* Time of the current row; WALL_NONE when its cell holds none. */
wall_ms table_time(const struct table *t);

/* The cell as JSON number text: as it stands, or, where only the grammar is at odds (+1, .5, 1.),
 * as the shortest text of the same double, in `room`. False: not a number. */
bool table_number(struct bytes cell, char room[NUMBER_TEXT_MAX], struct bytes *text);

/* Safe on a zeroed struct. */
void table_close(struct table *t);

#endif
