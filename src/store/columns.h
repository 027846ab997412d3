/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of one group of sensors, unpacked: one time a row, one value column a sensor, a bit a row
 * that tells whether the sensor has a value there. What blocks are decoded into, merged in, and
 * encoded from. Made once and reused, so that it stops allocating. */
#ifndef TELLTALE_STORE_COLUMNS_H
#define TELLTALE_STORE_COLUMNS_H

#include "model/time.h"

#include "base/base.h"

struct column {
    uint32_t series;
    double *values;    /* one a row; anything where the bit is clear */
    uint64_t *present; /* a bit a row */
};

struct columns {
    wall_ms *times;
    size_t rows;
    size_t row_cap; /* a multiple of 64 */
    struct column *cols;
    size_t count;     /* of columns in use */
    size_t allocated; /* of columns that own memory */
    size_t col_cap;
};

/* No rows and no columns; keeps the memory. */
void columns_clear(struct columns *c);
void columns_fini(struct columns *c);

/* Makes room for `rows` rows in all. */
void columns_reserve(struct columns *c, size_t rows);

/* The column of `series`, added without any value when it is missing. Ownership: the columns',
 * until the next one is added. */
struct column *columns_find_or_add(struct columns *c, uint32_t series);

static inline bool column_has(const struct column *col, size_t row)
{
    return (col->present[row / 64] >> (row % 64)) & 1;
}

static inline void column_set(struct column *col, size_t row, double v)
{
    col->values[row] = v;
    col->present[row / 64] |= (uint64_t)1 << (row % 64);
}

/* Takes a column away, and the rows that have no other value. */
void columns_drop(struct columns *c, uint32_t series);

/* Appends a row without any value; needs room. Returns its index. */
size_t columns_add_row(struct columns *c, wall_ms time);

/* Values that are there. */
size_t columns_cells(const struct columns *c);

/* Values that are there in the rows [from, to). */
size_t columns_cells_of(const struct columns *c, size_t from, size_t to);

/* Brings the rows into rising order of time, one row a time; where two rows of one time both have
 * a value of a sensor, the later row wins. `spare` is used for the work and then swapped in. */
void columns_sort(struct columns *c, struct columns *spare);

/* First row whose time is not before `time`; rows are sorted. */
size_t columns_lower_bound(const struct columns *c, wall_ms time);

/* Copies the rows [from, to) to the end of `into`. */
void columns_copy(const struct columns *c, size_t from, size_t to, struct columns *into);

#endif
