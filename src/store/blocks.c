/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of the table `block`, as the storage thread writes and takes them back.
 *
 * Key: (grp, first, number). Number 0 is a regular block; those of a group never overlap, and the
 * newest of them may still grow. Higher numbers are patches: readings that came late, over regular
 * blocks and over patches with lower numbers. */
#include "store/state.h"

#define ROWS_USUAL 1024
#define ROWS_LEAST 512

/* A block is read whole, so wide groups have shorter ones. */
#define CELLS_MAX (128u << 10)

size_t blocks_rows(size_t columns)
{
    size_t rows = CELLS_MAX / size_max(columns, 1);
    return size_max(ROWS_LEAST, size_min(rows, ROWS_USUAL));
}

/* Encodes rows into s->blob, counts them, and keeps the span of the group. */
static uint64_t encode(struct store *s, uint32_t group, struct row_range rows)
{
    buf_clear(&s->blob);
    block_encode(rows.c, rows.from, rows.to, &s->packer.scratch, &s->blob);
    uint64_t cells = columns_cells_of(rows.c, rows.from, rows.to);
    s->block_cells_next += cells;
    struct group_file *file = &s->groups[group].file;
    wall_ms span = rows.c->times[rows.to - 1] - rows.c->times[rows.from];
    file->span = span > file->span ? span : file->span;
    return cells;
}

enum err blocks_put(struct store *s, uint32_t group, struct row_range rows, uint32_t number,
                    int64_t *id)
{
    uint64_t cells = encode(s, group, rows);
    sqlite3_stmt *st = db_statement(&s->db, SQL_BLOCK_PUT);
    bind_u64(st, 1, group);
    bind_wall(st, 2, rows.c->times[rows.from]);
    bind_u64(st, 3, number);
    bind_wall(st, 4, rows.c->times[rows.to - 1]);
    bind_u64(st, 5, cells);
    bind_blob(st, 6, buf_bytes(&s->blob));
    enum err e = db_run(&s->db, st);
    if (e == OK && id) {
        *id = sqlite3_last_insert_rowid(s->db.handle);
    }
    return e;
}

enum err blocks_replace(struct store *s, uint32_t group, struct row_range rows, int64_t id)
{
    uint64_t cells = encode(s, group, rows);
    sqlite3_stmt *st = db_statement(&s->db, SQL_BLOCK_REPLACE);
    bind_u64(st, 1, (uint64_t)id);
    bind_wall(st, 2, rows.c->times[rows.from]);
    bind_wall(st, 3, rows.c->times[rows.to - 1]);
    bind_u64(st, 4, cells);
    bind_blob(st, 5, buf_bytes(&s->blob));
    return db_run(&s->db, st);
}

enum err blocks_take(struct store *s, int64_t id, struct columns *c)
{
    sqlite3_stmt *st = db_statement(&s->db, SQL_BLOCK_GET);
    bind_u64(st, 1, (uint64_t)id);
    bool row;
    enum err e = db_step(&s->db, st, &row);
    if (e != OK) {
        return e;
    }
    struct block_view view;
    e = row ? block_open(column_bytes(st, 1), &view) : ERR_CORRUPT;
    e = e == OK ? block_decode(&view, c) : e;
    if (e == OK) {
        s->block_cells_next -= (uint64_t)sqlite3_column_int64(st, 0);
    } else {
        s->db.code = SQLITE_CORRUPT;
    }
    (void)sqlite3_reset(st);
    return e;
}

enum err blocks_delete(struct store *s, int64_t id)
{
    sqlite3_stmt *st = db_statement(&s->db, SQL_BLOCK_DELETE);
    bind_u64(st, 1, (uint64_t)id);
    return db_run(&s->db, st);
}
