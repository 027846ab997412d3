/* SPDX-License-Identifier: Apache-2.0 */
/* A group: the sensors of one device that share times, and their rows that are in no block yet.
 *
 * Rows are open: a value goes into the row of its time wherever that is, so the sensors of a device
 * may follow each other in messages of their own. Once a few rows are there, all rows but the
 * newest are packed (the form of block.h), one to two bytes a reading. A value whose row was packed
 * already opens a new row of the same time: the later wins when rows are merged. */
#ifndef TELLTALE_STORE_GROUP_H
#define TELLTALE_STORE_GROUP_H

#include "store/block.h"

#define GROUP_COLUMNS_MAX 256

/* Tiers of rollups: minutes, hours, days. */
#define GROUP_TIERS 3

/* Rows as they came, sorted by time. One allocation: times, then presence, then values. */
struct open_rows {
    uint32_t rows;
    uint32_t row_cap;
    uint32_t col_cap;
    uint64_t data[];
};

/* What the file holds of a group; changed inside a transaction and set back when that fails. */
struct group_file {
    uint64_t flushed;     /* readings up to this seq are in blocks */
    wall_ms sealed;       /* end of the newest sealed block; WALL_NONE before the first */
    int64_t open_block;   /* row of the block that still grows; 0: none */
    uint32_t patches;     /* patch blocks */
    uint32_t next_number; /* of the next one, from 1 */
    wall_ms span;         /* no block is longer */
    /* Rollups hold what raw blocks hold before these times (WALL_NONE: nothing), but for the
     * stretch [stale_from, stale_to) where late readings came in (WALL_NONE: none). */
    wall_ms rolled[GROUP_TIERS];
    wall_ms stale_from;
    wall_ms stale_to;
};

struct group {
    uint32_t device;
    /* A sensor that left another group: up to that time its readings are there. */
    uint32_t origin; /* UINT32_MAX: none */
    wall_ms origin_until;
    bool dead;     /* its device was deleted */
    bool full;     /* listed as having many open rows */
    bool unrolled; /* listed as having rollups to be made */
    uint32_t *series;
    uint32_t count; /* of series */
    uint32_t cap;

    struct open_rows *open; /* NULL: none */
    struct buf packed;      /* {length u32, block} by age */
    uint32_t packed_rows;
    uint32_t cells; /* values in open and packed rows */
    wall_ms heard;  /* arrival of the newest of them ever; WALL_NONE before */

    struct group_file file;
};

/* What packing needs, shared by all groups. */
struct packer {
    struct columns rows;
    struct block_scratch scratch;
    struct buf block;
};

void packer_fini(struct packer *p);

/* Puts a value in; returns 1 when it is new among the open rows, 0 when it took another's place. */
unsigned group_put(struct group *g, uint32_t column, wall_ms time, double value, struct packer *p);

/* Appends all rows that are in no block to `c`, the oldest arrival first; not sorted. */
void group_rows(const struct group *g, struct columns *c);

/* Appends those of one sensor to `c`, likewise. */
void group_rows_of(const struct group *g, uint32_t column, struct columns *c);

/* Forgets the rows. */
void group_drop(struct group *g);

void group_fini(struct group *g);

#endif
