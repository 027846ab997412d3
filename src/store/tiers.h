/* SPDX-License-Identifier: Apache-2.0 */
/* The rollups of one series, for a query: which there are, and which are true.
 *
 * A rollup is not true where readings came that are in no regular block yet: in the tail, in a
 * patch, or in a stretch whose rollups are still to be made again. There raw readings answer. */
#ifndef TELLTALE_STORE_TIERS_H
#define TELLTALE_STORE_TIERS_H

#include "store/group.h"
#include "store/reader.h"
#include "store/scan.h"

#include "aggregate/aggregate.h"

/* A stretch of time [from, to). */
struct span {
    wall_ms from;
    wall_ms to;
};

/* A group of the series, and the buckets in which only this group has readings of it. */
struct tier_group {
    uint32_t id;
    struct span alone;
};

struct tiers {
    struct store_reader *reader;
    struct series_id series;
    const struct store_points *tail; /* borrowed */
    struct tier_group groups[SCAN_GROUPS];
    size_t group_count;
    struct span *untrue;
    size_t untrue_count, untrue_cap;
    /* Where there is something at all; WALL_NONE: nothing. */
    wall_ms raw_first;
    wall_ms first[GROUP_TIERS];
    wall_ms last;   /* of rollups */
    double *values; /* columns of a block */
    uint64_t *present;
};

struct tier_row {
    wall_ms time;
    struct aggregate sum; /* without first and last */
};

struct tier_rows {
    struct tier_row *rows;
    size_t count, cap;
};

/* Reads what there is in the range of the query, in one transaction. Ownership: all are borrowed
 * until tiers_end. Errors: ERR_IO, ERR_CORRUPT. */
MUST_CHECK enum err tiers_begin(struct tiers *t, struct store_reader *r,
                                const struct store_query *q, const struct store_points *tail);
void tiers_end(struct tiers *t);

/* Appends the true rollups of whole buckets in [from, to), by time. Errors: ERR_IO, ERR_CORRUPT. */
MUST_CHECK enum err tiers_read(struct tiers *t, unsigned tier, struct span range,
                               struct tier_rows *out);

#endif
