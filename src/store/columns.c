/* SPDX-License-Identifier: Apache-2.0 */
#include "store/columns.h"

#include "base/mem.h"

static size_t words_of(size_t rows)
{
    return (rows + 63) / 64;
}

void columns_clear(struct columns *c)
{
    c->rows = 0;
    c->count = 0;
}

void columns_fini(struct columns *c)
{
    for (size_t i = 0; i < c->allocated; i++) {
        free(c->cols[i].values);
        free(c->cols[i].present);
    }
    free(c->cols);
    free(c->times);
    *c = (struct columns){0};
}

static void size_column(struct column *col, size_t old_cap, size_t cap)
{
    col->values = mem_resize(col->values, cap, sizeof *col->values);
    col->present = mem_resize(col->present, cap / 64, sizeof *col->present);
    memset(col->present + old_cap / 64, 0, (cap - old_cap) / 8);
}

void columns_reserve(struct columns *c, size_t rows)
{
    if (rows <= c->row_cap) {
        return;
    }
    size_t cap = (size_max(rows, c->row_cap * 2) + 63) / 64 * 64;
    c->times = mem_resize(c->times, cap, sizeof *c->times);
    for (size_t i = 0; i < c->allocated; i++) {
        size_column(&c->cols[i], c->row_cap, cap);
    }
    c->row_cap = cap;
}

static struct column *add_column(struct columns *c, uint32_t series)
{
    c->cols = mem_grow(c->cols, c->count, &c->col_cap, sizeof *c->cols);
    struct column *col = &c->cols[c->count];
    if (c->count == c->allocated) {
        *col = (struct column){0};
        size_column(col, 0, c->row_cap);
        c->allocated++;
    }
    col->series = series;
    memset(col->present, 0, c->row_cap / 8);
    c->count++;
    return col;
}

struct column *columns_find_or_add(struct columns *c, uint32_t series)
{
    for (size_t i = 0; i < c->count; i++) {
        if (c->cols[i].series == series) {
            return &c->cols[i];
        }
    }
    return add_column(c, series);
}

size_t columns_add_row(struct columns *c, wall_ms time)
{
    ASSERT(c->rows < c->row_cap);
    c->times[c->rows] = time;
    return c->rows++;
}

static size_t cells_of_column(const struct column *col, size_t from, size_t to)
{
    size_t cells = 0;
    for (size_t w = from / 64; w < words_of(to); w++) {
        uint64_t bits = col->present[w];
        if (w == from / 64) {
            bits &= UINT64_MAX << (from % 64);
        }
        if (to < (w + 1) * 64) {
            bits &= ((uint64_t)1 << (to % 64)) - 1;
        }
        cells += (size_t)__builtin_popcountll(bits);
    }
    return cells;
}

size_t columns_cells_of(const struct columns *c, size_t from, size_t to)
{
    size_t cells = 0;
    for (size_t i = 0; i < c->count && from < to; i++) {
        cells += cells_of_column(&c->cols[i], from, to);
    }
    return cells;
}

size_t columns_cells(const struct columns *c)
{
    return columns_cells_of(c, 0, c->rows);
}

static bool is_sorted(const struct columns *c)
{
    for (size_t i = 1; i < c->rows; i++) {
        if (c->times[i] <= c->times[i - 1]) {
            return false;
        }
    }
    return true;
}

/* Merges the sorted runs order[from, middle) and order[middle, to), the earlier index first among
 * equal times. */
static void merge_runs(const wall_ms *times, const uint32_t *order, size_t from, size_t middle,
                       size_t to, uint32_t *out)
{
    size_t a = from;
    size_t b = middle;
    for (size_t i = from; i < to; i++) {
        bool first = a < middle && (b >= to || times[order[a]] <= times[order[b]]);
        out[i] = first ? order[a++] : order[b++];
    }
}

/* A stable merge sort of row numbers by time. Ownership: the caller's, free(). */
static uint32_t *sorted_order(const struct columns *c)
{
    uint32_t *order = mem_zalloc(c->rows, sizeof *order);
    uint32_t *other = mem_zalloc(c->rows, sizeof *other);
    for (size_t i = 0; i < c->rows; i++) {
        order[i] = (uint32_t)i;
    }
    for (size_t width = 1; width < c->rows; width *= 2) {
        for (size_t from = 0; from < c->rows; from += 2 * width) {
            merge_runs(c->times, order, from, size_min(from + width, c->rows),
                       size_min(from + 2 * width, c->rows), other);
        }
        uint32_t *t = order;
        order = other;
        other = t;
    }
    free(other);
    return order;
}

static void copy_row(const struct columns *c, size_t row, struct columns *into, size_t at)
{
    for (size_t i = 0; i < c->count; i++) {
        if (column_has(&c->cols[i], row)) {
            column_set(&into->cols[i], at, c->cols[i].values[row]);
        }
    }
}

void columns_sort(struct columns *c, struct columns *spare)
{
    if (is_sorted(c)) {
        return;
    }
    columns_clear(spare);
    columns_reserve(spare, c->rows);
    for (size_t i = 0; i < c->count; i++) {
        (void)add_column(spare, c->cols[i].series);
    }
    uint32_t *order = sorted_order(c);
    for (size_t i = 0; i < c->rows; i++) {
        wall_ms t = c->times[order[i]];
        bool same = spare->rows > 0 && spare->times[spare->rows - 1] == t;
        size_t at = same ? spare->rows - 1 : columns_add_row(spare, t);
        copy_row(c, order[i], spare, at);
    }
    free(order);
    struct columns t = *c;
    *c = *spare;
    *spare = t;
}

size_t columns_lower_bound(const struct columns *c, wall_ms time)
{
    size_t low = 0;
    size_t high = c->rows;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (c->times[middle] < time) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static bool row_is_empty(const struct columns *c, size_t row)
{
    for (size_t i = 0; i < c->count; i++) {
        if (column_has(&c->cols[i], row)) {
            return false;
        }
    }
    return true;
}

static void move_row(struct columns *c, size_t from, size_t to)
{
    c->times[to] = c->times[from];
    for (size_t i = 0; i < c->count; i++) {
        struct column *col = &c->cols[i];
        uint64_t bit = (uint64_t)1 << (to % 64);
        col->values[to] = col->values[from];
        col->present[to / 64] = (col->present[to / 64] & ~bit) | (column_has(col, from) ? bit : 0);
    }
}

void columns_drop(struct columns *c, uint32_t series)
{
    size_t at = 0;
    while (at < c->count && c->cols[at].series != series) {
        at++;
    }
    if (at == c->count) {
        return;
    }
    struct column dropped = c->cols[at];
    c->cols[at] = c->cols[--c->count];
    c->cols[c->count] = dropped;
    size_t kept = 0;
    for (size_t row = 0; row < c->rows; row++) {
        if (!row_is_empty(c, row)) {
            move_row(c, row, kept++);
        }
    }
    /* Bits behind the last row are clear, whoever adds rows relies on that. */
    for (size_t i = 0; i < c->count; i++) {
        for (size_t row = kept; row < c->rows; row++) {
            c->cols[i].present[row / 64] &= ~((uint64_t)1 << (row % 64));
        }
    }
    c->rows = kept;
}

void columns_copy(const struct columns *c, size_t from, size_t to, struct columns *into)
{
    size_t base = into->rows;
    columns_reserve(into, base + (to - from));
    for (size_t row = from; row < to; row++) {
        (void)columns_add_row(into, c->times[row]);
    }
    for (size_t i = 0; i < c->count; i++) {
        const struct column *col = &c->cols[i];
        struct column *target = columns_find_or_add(into, col->series);
        for (size_t row = from; row < to; row++) {
            if (column_has(col, row)) {
                column_set(target, base + row - from, col->values[row]);
            }
        }
    }
}
