/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of the table `block`, as the storage thread writes and takes them back.
 *
 * Key: (grp, first, number). Number 0 is a regular block; those of a group never overlap, and the
 * newest of them may still grow. Higher numbers are patches: readings that came late, over regular
 * blocks and over patches with lower numbers. */
#include "store/state.h"

/* A block is read whole, so wide groups have shorter ones, but not shorter than others. */
#define CELLS_MAX (128u << 10)

/* A row of the table is one cell of a leaf page as long as it has at most 4061 bytes (file format
 * of SQLite, page size 4096); of a longer one, whole overflow pages of 4092 bytes each and a rest
 * that shares leaf pages with others. So blocks aim at one whole leaf page and whole overflow
 * pages. What is not the block in a row takes at most 37 bytes. */
#define LEAF_BYTES     (4061 - 37)
#define OVERFLOW_BYTES 4092

/* Good enough: this part of a page may stay empty. */
#define SLACK_PART 24
#define TRIES      5

size_t blocks_rows(size_t columns)
{
    size_t rows = CELLS_MAX / size_max(columns, 1);
    return size_max(BLOCKS_RAW_ROWS, size_min(rows, BLOCK_ROWS_MAX));
}

static size_t encoded_size(struct store *s, struct row_range rows)
{
    buf_clear(&s->blob);
    block_encode(rows.c, rows.from, rows.to, &s->packer.scratch, &s->blob);
    s->encoded = rows;
    return s->blob.len;
}

struct bytes blocks_encoded(struct store *s, struct row_range rows)
{
    (void)encoded_size(s, rows);
    s->encoded.c = NULL;
    return buf_bytes(&s->blob);
}

/* Bytes that a block of at least so many rows should have, when `rows` of them take `size`. */
static size_t target_size(size_t rows, size_t size, size_t least_rows)
{
    size_t least = size * least_rows / rows;
    size_t pages = least > LEAF_BYTES ? (least - LEAF_BYTES) / OVERFLOW_BYTES + 1 : 0;
    return LEAF_BYTES + pages * OVERFLOW_BYTES;
}

size_t blocks_fill(struct store *s, struct row_range rows, size_t least, bool *whole)
{
    size_t most = size_min(rows.to - rows.from, blocks_rows(rows.c->count));
    size_t n = most;
    size_t size = encoded_size(s, (struct row_range){rows.c, rows.from, rows.from + n});
    size_t target = target_size(n, size, least);
    if (size <= target) {
        *whole = n == blocks_rows(rows.c->count) || size > target - target / SLACK_PART;
        return rows.from + n;
    }
    *whole = true;
    size_t fits = 0;
    size_t too_many = n;
    for (int i = 0; i < TRIES; i++) {
        n = size_max(n * target / size, 1);
        n = n >= too_many ? too_many - 1 : size_max(n, fits + 1);
        if (n <= fits || n >= too_many) {
            break;
        }
        size = encoded_size(s, (struct row_range){rows.c, rows.from, rows.from + n});
        if (size > target) {
            too_many = n;
            continue;
        }
        fits = n;
        if (size > target - target / SLACK_PART) {
            break;
        }
    }
    return rows.from + (fits > 0 ? fits : size_min(most, least));
}

size_t blocks_parts(struct store *s, struct row_range rows)
{
    size_t all = rows.to - rows.from;
    size_t n = size_min(all, blocks_rows(rows.c->count));
    size_t size = encoded_size(s, (struct row_range){rows.c, rows.from, rows.from + n});
    size_t target = target_size(n, size, BLOCKS_RAW_ROWS);
    size_t by_size = (size * all / n + target - 1) / target;
    return size_max(by_size, (all + n - 1) / n);
}

static bool same_rows(struct row_range a, struct row_range b)
{
    return a.c == b.c && a.from == b.from && a.to == b.to;
}

/* Encodes rows into s->blob, counts them, and keeps the span of the group. */
static uint64_t encode(struct store *s, uint32_t group, struct row_range rows)
{
    if (!same_rows(s->encoded, rows)) {
        (void)encoded_size(s, rows);
    }
    s->encoded.c = NULL;
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
