/* SPDX-License-Identifier: Apache-2.0 */
/* A block: rows of one group of sensors as bytes. Varints and zig-zag are those of varint.h.
 *
 *     version  u8       2
 *     rows     varint   1..BLOCK_ROWS_MAX
 *     columns  varint   1..BLOCK_COLUMNS_MAX
 *     bytes    varint   of the time column
 *     then for each column, in rising order of series:
 *       series varint   the first as it is, then the distance to the one before, minus 1
 *       bytes  varint   of the column
 *       stats           stats.h; not in version 1
 *     times             times.h
 *     columns, each:
 *       presence u8     0 every row has a value
 *                       1 bitmap: ceil(rows/8) bytes, least significant bit first
 *                       2 runs: count varint, then their lengths as varints, by turns of rows
 *                         with a value (the first length may be 0) and without
 *       values          values.h, of the rows that have one
 *     crc      u32      little-endian CRC-32C of all before
 *
 * The directory stands in front, so one sensor is read without the others. A block never changes
 * in place inside a file: it is replaced whole. */
#ifndef TELLTALE_STORE_BLOCK_H
#define TELLTALE_STORE_BLOCK_H

#include "store/columns.h"
#include "store/stats.h"

#include "base/buf.h"

#define BLOCK_VERSION     2
#define BLOCK_ROWS_MAX    4096
#define BLOCK_COLUMNS_MAX 2048

/* Memory for encoding, reused. */
struct block_scratch {
    struct values_scratch values;
    uint64_t *words;
    double *packed; /* values of the column at hand, without gaps */
    size_t count;   /* of them */
    uint32_t *order;
    size_t row_cap;
    size_t order_cap;
    struct buf directory;
    struct buf column; /* one column before it is copied behind the directory */
};

void block_scratch_fini(struct block_scratch *s);

/* Appends the rows [from, to) of `c` as one block to `out`. Rows are sorted, 1..BLOCK_ROWS_MAX of
 * them, and each has at least one value; columns without any value there are left out. */
void block_encode(const struct columns *c, size_t from, size_t to, struct block_scratch *s,
                  struct buf *out);

/* A block whose directory was read. Borrows the bytes. */
struct block_view {
    unsigned version;
    size_t rows;
    size_t columns;
    struct bytes directory;
    struct bytes times;
    struct bytes bodies; /* of all columns */
};

/* Errors: ERR_CORRUPT checksum or structure;  ERR_UNSUPPORTED a newer version. */
MUST_CHECK enum err block_open(struct bytes bytes, struct block_view *view);

/* As block_open for bytes without their checksum, already cut off. */
MUST_CHECK enum err block_parse(struct bytes bytes, struct block_view *view);

/* Fills times[view->rows]. Errors: ERR_CORRUPT. */
MUST_CHECK enum err block_times(const struct block_view *view, wall_ms *times);

/* Fills values[] and present[] (a bit a row) of one sensor; values stand in their rows.
 * `present` has ceil(rows/64) words. Errors: ERR_NOT_FOUND the block has no such sensor;
 * ERR_CORRUPT.
 */
MUST_CHECK enum err block_column(const struct block_view *view, uint32_t series, double *values,
                                 uint64_t *present);

/* Whether the block has the sensor, and what it says about its values (stats->known). Errors:
 * ERR_NOT_FOUND;  ERR_CORRUPT. */
MUST_CHECK enum err block_stats(const struct block_view *view, uint32_t series,
                                struct stats *stats);

/* Appends all rows and columns to `c`. Errors: ERR_CORRUPT; `c` may hold a part then. */
MUST_CHECK enum err block_decode(const struct block_view *view, struct columns *c);

#endif
