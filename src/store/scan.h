/* SPDX-License-Identifier: Apache-2.0 */
/* The readings of one series from the blocks of its groups and the tail, in order of time, one a
 * time: of several at one time the newest writing wins (a patch over its block, the tail over
 * all).
 *
 * Blocks are read one by one as their time comes, so memory is that of the blocks that lie over
 * each other. A read transaction lasts at most 250 ms; then all is dropped and read again from the
 * last time on, because blocks may have been rewritten meanwhile. */
#ifndef TELLTALE_STORE_SCAN_H
#define TELLTALE_STORE_SCAN_H

#include "store/reader.h"

/* The group of a series and the one that it left. */
#define SCAN_GROUPS 2

/* Readings of one block, or the tail. */
struct piece {
    wall_ms *times;
    double *values;
    size_t count;
    size_t at;
    uint64_t rank; /* of those with the same time the highest wins */
    bool borrowed; /* the arrays are the caller's */
};

struct scan_group {
    uint32_t id;
    wall_ms span;
    sqlite3_stmt *blocks; /* stands on the next block to be read; NULL: there is none */
    bool owned;           /* a statement of this scan, not the reader's */
    wall_ms next;         /* its first time */
};

struct scan {
    struct store_reader *reader;
    struct series_id series;
    wall_ms from; /* what is still to come begins here */
    wall_ms to;
    struct scan_group groups[SCAN_GROUPS];
    size_t group_count;
    struct piece *pieces;
    size_t piece_count, piece_cap;
    uint64_t until_ns; /* end of this transaction's time */
    bool in_transaction;
    uint64_t *present; /* of one block's column */
};

/* Ownership: reader and tail are borrowed until scan_end. Errors: ERR_IO, ERR_CORRUPT. */
MUST_CHECK enum err scan_begin(struct scan *x, struct store_reader *r, const struct store_query *q,
                               const struct store_points *tail);
void scan_end(struct scan *x);

/* The next readings: a run of *count times and values, borrowed until the next call; 0 at the end.
 */
MUST_CHECK enum err scan_next(struct scan *x, const wall_ms **times, const double **values,
                              size_t *count);

/* A time that no reading of the blocks is likely to be after; WALL_NONE when there are none. */
MUST_CHECK enum err scan_newest(struct scan *x, wall_ms *newest);

#endif
