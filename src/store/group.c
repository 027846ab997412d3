/* SPDX-License-Identifier: Apache-2.0 */
#include "store/group.h"

#include "base/mem.h"

#define FIRST_ROWS 4

/* Rows that may be open, and how many of them stay so when the others are packed. Few, because a
 * fleet of many slow sensors has most of its memory here. */
#define OPEN_ROWS 16
#define KEEP_ROWS 4

_Static_assert(OPEN_ROWS <= 64, "presence of open rows is one word a sensor");

_Static_assert(GROUP_COLUMNS_MAX <= BLOCK_COLUMNS_MAX, "a group fits a block");

static wall_ms *times_of(struct open_rows *o)
{
    return (wall_ms *)o->data;
}

static uint64_t *present_of(struct open_rows *o)
{
    return o->data + o->row_cap;
}

static double *values_of(struct open_rows *o, uint32_t column)
{
    return (double *)(void *)(o->data + o->row_cap + o->col_cap + (size_t)column * o->row_cap);
}

static struct open_rows *new_rows(uint32_t row_cap, uint32_t col_cap)
{
    size_t words = row_cap + (size_t)col_cap + (size_t)col_cap * row_cap;
    struct open_rows *o = mem_zalloc(1, sizeof *o + words * sizeof o->data[0]);
    o->row_cap = row_cap;
    o->col_cap = col_cap;
    return o;
}

/* Moves the rows to a larger place. */
static struct open_rows *grow(struct open_rows *o, uint32_t row_cap, uint32_t col_cap)
{
    struct open_rows *n = new_rows(row_cap, col_cap);
    if (o) {
        n->rows = o->rows;
        memcpy(times_of(n), times_of(o), o->rows * sizeof(wall_ms));
        memcpy(present_of(n), present_of(o), o->col_cap * sizeof(uint64_t));
        for (uint32_t i = 0; i < o->col_cap; i++) {
            memcpy(values_of(n, i), values_of(o, i), o->rows * sizeof(double));
        }
        free(o);
    }
    return n;
}

/* ---- packing ---- */

/* Appends the first `rows` open rows to `c`. */
static void unload(const struct group *g, uint32_t rows, struct columns *c)
{
    struct open_rows *o = g->open;
    size_t base = c->rows;
    columns_reserve(c, base + rows);
    for (uint32_t row = 0; row < rows; row++) {
        (void)columns_add_row(c, times_of(o)[row]);
    }
    for (uint32_t i = 0; i < o->col_cap && i < g->count; i++) {
        uint64_t bits = present_of(o)[i];
        if (!bits) {
            continue;
        }
        struct column *col = columns_find_or_add(c, g->series[i]);
        for (uint32_t row = 0; row < rows; row++) {
            if ((bits >> row) & 1) {
                column_set(col, base + row, values_of(o, i)[row]);
            }
        }
    }
}

/* Takes the first `rows` open rows away. */
static void shift_out(struct open_rows *o, uint32_t rows)
{
    uint32_t left = o->rows - rows;
    memmove(times_of(o), times_of(o) + rows, left * sizeof(wall_ms));
    for (uint32_t i = 0; i < o->col_cap; i++) {
        present_of(o)[i] = rows < 64 ? present_of(o)[i] >> rows : 0;
        memmove(values_of(o, i), values_of(o, i) + rows, left * sizeof(double));
    }
    o->rows = left;
}

/* Grows by an eighth only: there are many groups, and most stay small. */
static void add_packed(struct group *g, struct bytes block)
{
    struct buf *b = &g->packed;
    size_t need = b->len + sizeof(uint32_t) + block.len;
    if (need > b->cap) {
        b->cap = need + need / 8;
        b->ptr = mem_resize(b->ptr, b->cap, 1);
    }
    le32_store(b->ptr + b->len, (uint32_t)block.len);
    memcpy(b->ptr + b->len + sizeof(uint32_t), block.ptr, block.len);
    b->len = need;
}

static void pack(struct group *g, uint32_t rows, struct packer *p)
{
    columns_clear(&p->rows);
    unload(g, rows, &p->rows);
    buf_clear(&p->block);
    block_encode(&p->rows, 0, p->rows.rows, &p->scratch, &p->block);
    add_packed(g, buf_bytes(&p->block));
    g->packed_rows += rows;
    shift_out(g->open, rows);
}

void packer_fini(struct packer *p)
{
    columns_fini(&p->rows);
    block_scratch_fini(&p->scratch);
    buf_fini(&p->block);
}

/* ---- putting values in ---- */

/* The row of `time`, or where it belongs, with *found telling which. Searches from the newest. */
static uint32_t find_row(struct open_rows *o, wall_ms time, bool *found)
{
    const wall_ms *times = times_of(o);
    uint32_t row = o->rows;
    while (row > 0 && times[row - 1] > time) {
        row--;
    }
    *found = row > 0 && times[row - 1] == time;
    return *found ? row - 1 : row;
}

static void insert_row(struct open_rows *o, uint32_t at, wall_ms time)
{
    uint32_t after = o->rows - at;
    memmove(times_of(o) + at + 1, times_of(o) + at, after * sizeof(wall_ms));
    times_of(o)[at] = time;
    if (after) {
        uint64_t low = ((uint64_t)1 << at) - 1;
        for (uint32_t i = 0; i < o->col_cap; i++) {
            uint64_t bits = present_of(o)[i];
            present_of(o)[i] = (bits & low) | ((bits & ~low) << 1);
            double *values = values_of(o, i);
            memmove(values + at + 1, values + at, after * sizeof(double));
        }
    }
    o->rows++;
}

static uint32_t make_row(struct group *g, uint32_t at, wall_ms time, struct packer *p)
{
    if (g->open->rows == OPEN_ROWS) {
        uint32_t rows = OPEN_ROWS - KEEP_ROWS;
        pack(g, rows, p);
        at = at > rows ? at - rows : 0;
    } else if (g->open->rows == g->open->row_cap) {
        g->open = grow(g->open, g->open->row_cap * 2, g->open->col_cap);
    }
    insert_row(g->open, at, time);
    return at;
}

unsigned group_put(struct group *g, uint32_t column, wall_ms time, double value, struct packer *p)
{
    ASSERT(column < g->count);
    if (!g->open || column >= g->open->col_cap) {
        g->open = grow(g->open, g->open ? g->open->row_cap : FIRST_ROWS, g->count);
    }
    bool found;
    uint32_t row = find_row(g->open, time, &found);
    if (!found) {
        row = make_row(g, row, time, p);
    }
    uint64_t bit = (uint64_t)1 << row;
    uint64_t *present = &present_of(g->open)[column];
    unsigned fresh = *present & bit ? 0 : 1;
    *present |= bit;
    values_of(g->open, column)[row] = value;
    g->cells += fresh;
    return fresh;
}

/* ---- taking rows out ---- */

static bool next_packed(struct reader *r, struct block_view *view)
{
    if (reader_left(r) == 0) {
        return false;
    }
    const uint8_t *length = read_span(r, sizeof(uint32_t));
    const uint8_t *block = length ? read_span(r, le32_load(length)) : NULL;
    enum err e = block ? block_open(bytes_of(block, le32_load(length)), view) : ERR_CORRUPT;
    ASSERT(e == OK);
    return true;
}

void group_rows(const struct group *g, struct columns *c)
{
    struct reader r = reader_of(buf_bytes(&g->packed));
    struct block_view view;
    while (next_packed(&r, &view)) {
        enum err e = block_decode(&view, c);
        ASSERT(e == OK);
    }
    if (g->open) {
        unload(g, g->open->rows, c);
    }
}

/* Appends the present values of a packed block. */
static void unpack_column(const struct block_view *view, uint32_t series, struct columns *c)
{
    wall_ms times[OPEN_ROWS];
    double values[OPEN_ROWS];
    uint64_t present;
    ASSERT(view->rows <= OPEN_ROWS);
    enum err e = block_column(view, series, values, &present);
    if (e == ERR_NOT_FOUND) {
        return;
    }
    e = e == OK ? block_times(view, times) : e;
    ASSERT(e == OK);
    struct column *col = columns_find_or_add(c, series);
    columns_reserve(c, c->rows + view->rows);
    for (size_t row = 0; row < view->rows; row++) {
        if ((present >> row) & 1) {
            column_set(col, columns_add_row(c, times[row]), values[row]);
        }
    }
}

void group_rows_of(const struct group *g, uint32_t column, struct columns *c)
{
    struct reader r = reader_of(buf_bytes(&g->packed));
    struct block_view view;
    while (next_packed(&r, &view)) {
        unpack_column(&view, g->series[column], c);
    }
    if (!g->open || column >= g->open->col_cap) {
        return;
    }
    struct open_rows *o = g->open;
    struct column *col = columns_find_or_add(c, g->series[column]);
    columns_reserve(c, c->rows + o->rows);
    for (uint32_t row = 0; row < o->rows; row++) {
        if ((present_of(o)[column] >> row) & 1) {
            column_set(col, columns_add_row(c, times_of(o)[row]), values_of(o, column)[row]);
        }
    }
}

void group_drop(struct group *g)
{
    free(g->open);
    g->open = NULL;
    buf_fini(&g->packed);
    g->packed_rows = 0;
    g->cells = 0;
}

void group_fini(struct group *g)
{
    group_drop(g);
    free(g->series);
    g->series = NULL;
}
