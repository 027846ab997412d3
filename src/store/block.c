/* SPDX-License-Identifier: Apache-2.0 */
#include "store/block.h"

#include "store/crc32c.h"
#include "store/times.h"

#include "base/mem.h"

enum presence {
    PRESENCE_ALL,
    PRESENCE_BITMAP,
    PRESENCE_RUNS,
};

#define CRC_BYTES 4

/* Blocks with fewer rows say nothing about their columns: they are soon unpacked and joined. */
#define STATS_ROWS_LEAST 64

/* ---- encoding ---- */

static void scratch_reserve(struct block_scratch *s, size_t rows)
{
    values_scratch_reserve(&s->values, rows);
    if (rows > s->row_cap) {
        s->words = mem_resize(s->words, 2 * rows + 64, sizeof *s->words);
        s->packed = mem_resize(s->packed, rows + 1, sizeof *s->packed);
        s->row_cap = rows;
    }
}

void block_scratch_fini(struct block_scratch *s)
{
    values_scratch_fini(&s->values);
    free(s->words);
    free(s->packed);
    free(s->order);
    buf_fini(&s->column);
    buf_fini(&s->directory);
    *s = (struct block_scratch){0};
}

/* Lengths of the runs of rows with and without a value, by turns; at most `limit` of them are
 * noted, the count is true. */
static size_t presence_runs(const struct column *col, size_t from, size_t to, uint64_t *lengths,
                            size_t limit)
{
    size_t count = 0;
    bool with = true;
    size_t length = 0;
    for (size_t row = from; row < to; row++) {
        if (column_has(col, row) != with) {
            if (count < limit) {
                lengths[count] = length;
            }
            count++;
            with = !with;
            length = 0;
        }
        length++;
    }
    if (count < limit) {
        lengths[count] = length;
    }
    return count + 1;
}

static uint8_t *put_bitmap(const struct column *col, size_t from, size_t to, uint8_t *out)
{
    size_t bytes = (to - from + 7) / 8;
    memset(out, 0, bytes);
    for (size_t row = from; row < to; row++) {
        if (column_has(col, row)) {
            out[(row - from) / 8] |= (uint8_t)(1u << ((row - from) % 8));
        }
    }
    return out + bytes;
}

/* Runs when they are shorter than the bitmap. A run costs two bytes where it is longer than 127. */
static uint8_t *put_presence(const struct column *col, size_t from, size_t to,
                             struct block_scratch *s, uint8_t *out)
{
    size_t rows = to - from;
    size_t limit = rows / 8 + 1;
    size_t count = presence_runs(col, from, to, s->words, limit);
    size_t bytes = varint_length(count);
    for (size_t i = 0; i < count && count <= limit; i++) {
        bytes += varint_length(s->words[i]);
    }
    if (count > limit || bytes >= (rows + 7) / 8) {
        *out++ = PRESENCE_BITMAP;
        return put_bitmap(col, from, to, out);
    }
    *out++ = PRESENCE_RUNS;
    out = varint_put(out, count);
    for (size_t i = 0; i < count; i++) {
        out = varint_put(out, s->words[i]);
    }
    return out;
}

static size_t gather(const struct column *col, size_t from, size_t to, double *packed)
{
    size_t n = 0;
    for (size_t row = from; row < to;) {
        size_t end = size_min(to, (row / 64 + 1) * 64);
        uint64_t bits = col->present[row / 64] >> (row % 64);
        if (end - row == 64 && bits == UINT64_MAX) {
            memcpy(packed + n, col->values + row, 64 * sizeof *packed);
            n += 64;
            row = end;
            continue;
        }
        for (; row < end; row++, bits >>= 1) {
            packed[n] = col->values[row];
            n += bits & 1;
        }
    }
    return n;
}

/* Appends to the directory what is true of the column written last. */
static void put_stats(struct block_scratch *s, size_t rows)
{
    uint8_t *begin = buf_reserve(&s->directory, STATS_BYTES_MAX);
    uint8_t *end = rows < STATS_ROWS_LEAST ? stats_put_none(begin)
                                           : stats_put(s->packed, s->count, &s->values, begin);
    s->directory.len += (size_t)(end - begin);
}

/* Appends one column to s->column; returns its length, 0 when it has no value. */
static size_t encode_column(const struct column *col, size_t from, size_t to,
                            struct block_scratch *s)
{
    size_t rows = to - from;
    size_t n = gather(col, from, to, s->packed);
    if (n == 0) {
        return 0;
    }
    s->count = n;
    uint8_t *begin = buf_reserve(&s->column, 2 + rows / 4 + VARINT_MAX_BYTES + values_bound(n));
    uint8_t *p = begin;
    if (n == rows) {
        *p++ = PRESENCE_ALL;
    } else {
        p = put_presence(col, from, to, s, p);
    }
    p = values_put(s->packed, n, &s->values, p);
    s->column.len += (size_t)(p - begin);
    return (size_t)(p - begin);
}

/* The order of the columns by series; few and mostly sorted, so insertion is enough. */
static const uint32_t *column_order(const struct columns *c, struct block_scratch *s)
{
    if (c->count > s->order_cap) {
        s->order = mem_resize(s->order, c->count, sizeof *s->order);
        s->order_cap = c->count;
    }
    for (size_t i = 0; i < c->count; i++) {
        size_t k = i;
        for (; k > 0 && c->cols[s->order[k - 1]].series > c->cols[i].series; k--) {
            s->order[k] = s->order[k - 1];
        }
        s->order[k] = (uint32_t)i;
    }
    return s->order;
}

static void put_number(struct buf *b, uint64_t v)
{
    uint8_t *p = buf_reserve(b, VARINT_MAX_BYTES);
    b->len += (size_t)(varint_put(p, v) - p);
}

/* Encodes the columns and their directory; returns how many there are. */
static size_t encode_columns(const struct columns *c, size_t from, size_t to,
                             struct block_scratch *s)
{
    const uint32_t *order = column_order(c, s);
    size_t count = 0;
    uint64_t next = 0;
    for (size_t i = 0; i < c->count; i++) {
        const struct column *col = &c->cols[order[i]];
        size_t bytes = encode_column(col, from, to, s);
        if (bytes) {
            put_number(&s->directory, col->series - next);
            put_number(&s->directory, bytes);
            put_stats(s, to - from);
            next = (uint64_t)col->series + 1;
            count++;
        }
    }
    return count;
}

void block_encode(const struct columns *c, size_t from, size_t to, struct block_scratch *s,
                  struct buf *out)
{
    size_t rows = to - from;
    ASSERT(from < to && to <= c->rows && rows <= BLOCK_ROWS_MAX && c->count > 0);
    scratch_reserve(s, rows);
    buf_clear(&s->column);
    uint8_t *times = buf_reserve(&s->column, times_bound(rows));
    struct times_scratch ts = {s->words, &s->values.sequence};
    size_t time_bytes = (size_t)(times_put(c->times + from, rows, &ts, times) - times);
    s->column.len += time_bytes;

    buf_clear(&s->directory);
    size_t count = encode_columns(c, from, to, s);
    ASSERT(count > 0 && count <= BLOCK_COLUMNS_MAX);

    size_t begin = out->len;
    buf_put_byte(out, BLOCK_VERSION);
    put_number(out, rows);
    put_number(out, count);
    put_number(out, time_bytes);
    buf_put_bytes(out, buf_bytes(&s->directory));
    buf_put_bytes(out, buf_bytes(&s->column));
    le32_store(buf_reserve(out, CRC_BYTES), crc32c(bytes_of(out->ptr + begin, out->len - begin)));
    out->len += CRC_BYTES;
}

/* ---- decoding ---- */

enum err block_parse(struct bytes bytes, struct block_view *view)
{
    struct reader r = reader_of(bytes);
    uint8_t version = read_byte(&r);
    uint64_t rows = read_varint(&r);
    uint64_t columns = read_varint(&r);
    uint64_t time_bytes = read_varint(&r);
    if (!r.failed && version > BLOCK_VERSION) {
        return ERR_UNSUPPORTED;
    }
    if (r.failed || version == 0 || rows == 0 || rows > BLOCK_ROWS_MAX || columns == 0 ||
        columns > BLOCK_COLUMNS_MAX) {
        return ERR_CORRUPT;
    }
    const uint8_t *directory = r.at;
    uint64_t body_bytes = 0;
    for (uint64_t i = 0; i < columns; i++) {
        struct stats stats;
        (void)read_varint(&r);
        uint64_t bytes_of_column = read_varint(&r);
        bool good = version == 1 || stats_get(&r, &stats);
        if (r.failed || !good || bytes_of_column > bytes.len) {
            return ERR_CORRUPT;
        }
        body_bytes += bytes_of_column;
    }
    size_t left = reader_left(&r);
    if (time_bytes > left || body_bytes != left - time_bytes) {
        return ERR_CORRUPT;
    }
    *view = (struct block_view){
        .version = version,
        .rows = (size_t)rows,
        .columns = (size_t)columns,
        .directory = bytes_of(directory, (size_t)(r.at - directory)),
        .times = bytes_of(r.at, (size_t)time_bytes),
        .bodies = bytes_of(r.at + time_bytes, (size_t)body_bytes),
    };
    return OK;
}

enum err block_open(struct bytes bytes, struct block_view *view)
{
    if (bytes.len < CRC_BYTES) {
        return ERR_CORRUPT;
    }
    struct bytes content = bytes_of(bytes.ptr, bytes.len - CRC_BYTES);
    if (le32_load(content.ptr + content.len) != crc32c(content)) {
        return ERR_CORRUPT;
    }
    return block_parse(content, view);
}

enum err block_times(const struct block_view *view, wall_ms *times)
{
    struct reader r = reader_of(view->times);
    return times_get(&r, view->rows, times) && reader_left(&r) == 0 ? OK : ERR_CORRUPT;
}

static void set_bits(uint64_t *present, size_t from, size_t to)
{
    for (size_t w = from / 64; w * 64 < to; w++) {
        uint64_t bits = UINT64_MAX;
        if (w == from / 64) {
            bits &= UINT64_MAX << (from % 64);
        }
        if (to < (w + 1) * 64) {
            bits &= ((uint64_t)1 << (to % 64)) - 1;
        }
        present[w] |= bits;
    }
}

static bool get_runs(struct reader *r, size_t rows, uint64_t *present)
{
    uint64_t count = read_varint(r);
    size_t row = 0;
    if (count > rows + 1) {
        return false;
    }
    for (uint64_t i = 0; i < count; i++) {
        uint64_t length = read_varint(r);
        if (r->failed || length > rows - row) {
            return false;
        }
        if (i % 2 == 0) {
            set_bits(present, row, row + (size_t)length);
        }
        row += (size_t)length;
    }
    return row == rows;
}

static bool get_presence(struct reader *r, size_t rows, uint64_t *present)
{
    memset(present, 0, (rows + 63) / 64 * sizeof *present);
    uint8_t kind = read_byte(r);
    const uint8_t *bitmap;
    switch (kind) {
    case PRESENCE_ALL:
        set_bits(present, 0, rows);
        return !r->failed;
    case PRESENCE_BITMAP:
        bitmap = read_span(r, (rows + 7) / 8);
        for (size_t i = 0; bitmap && i < rows; i++) {
            present[i / 64] |= (uint64_t)((bitmap[i / 8] >> (i % 8)) & 1) << (i % 64);
        }
        return bitmap != NULL;
    case PRESENCE_RUNS:
        return get_runs(r, rows, present);
    default:
        return false;
    }
}

/* Moves the first `n` values to the rows that have one, from the end, so in place. */
static void spread(double *values, const uint64_t *present, size_t rows, size_t n)
{
    for (size_t row = rows; row-- > 0 && n < row + 1;) {
        if ((present[row / 64] >> (row % 64)) & 1) {
            values[row] = values[--n];
        }
    }
}

static size_t count_bits(const uint64_t *words, size_t rows)
{
    size_t n = 0;
    for (size_t w = 0; w * 64 < rows; w++) {
        n += (size_t)__builtin_popcountll(words[w]);
    }
    return n;
}

static enum err decode_body(struct bytes body, size_t rows, double *values, uint64_t *present)
{
    struct reader r = reader_of(body);
    if (!get_presence(&r, rows, present)) {
        return ERR_CORRUPT;
    }
    size_t n = count_bits(present, rows);
    if (!values_get(&r, n, values) || reader_left(&r) != 0) {
        return ERR_CORRUPT;
    }
    spread(values, present, rows, n);
    return OK;
}

/* Walks the directory. */
struct walk {
    unsigned version;
    struct stats stats; /* of the column it stands on */
    struct reader directory;
    struct bytes rest; /* of the bodies */
    uint64_t next;     /* least series that may come */
};

static bool walk_next(struct walk *w, uint32_t *series, struct bytes *body)
{
    uint64_t step = read_varint(&w->directory);
    uint64_t len = read_varint(&w->directory);
    bool good = w->version == 1 || stats_get(&w->directory, &w->stats);
    if (!good || w->directory.failed || step > UINT32_MAX || w->next + step > UINT32_MAX ||
        len > w->rest.len) {
        return false;
    }
    *series = (uint32_t)(w->next + step);
    w->next = (uint64_t)*series + 1;
    *body = bytes_of(w->rest.ptr, (size_t)len);
    w->rest = bytes_skip(w->rest, (size_t)len);
    return true;
}

static struct walk walk_of(const struct block_view *view)
{
    return (struct walk){view->version, {0}, reader_of(view->directory), view->bodies, 0};
}

enum err block_stats(const struct block_view *view, uint32_t series, struct stats *stats)
{
    struct walk w = walk_of(view);
    for (size_t i = 0; i < view->columns; i++) {
        uint32_t found;
        struct bytes body;
        if (!walk_next(&w, &found, &body)) {
            return ERR_CORRUPT;
        }
        if (found == series) {
            *stats = w.stats;
            return OK;
        }
    }
    return ERR_NOT_FOUND;
}

enum err block_column(const struct block_view *view, uint32_t series, double *values,
                      uint64_t *present)
{
    struct walk w = walk_of(view);
    for (size_t i = 0; i < view->columns; i++) {
        uint32_t found;
        struct bytes body;
        if (!walk_next(&w, &found, &body)) {
            return ERR_CORRUPT;
        }
        if (found == series) {
            return decode_body(body, view->rows, values, present);
        }
    }
    return ERR_NOT_FOUND;
}

/* Ors the bits of `rows` rows into a column's presence, from row `at` on. Bits behind the last row
 * are clear. */
static void merge_bits(const uint64_t *bits, size_t rows, size_t at, uint64_t *present)
{
    unsigned shift = at % 64;
    for (size_t w = 0; w * 64 < rows; w++) {
        size_t to = at / 64 + w;
        present[to] |= bits[w] << shift;
        uint64_t rest = shift ? bits[w] >> (64 - shift) : 0;
        if (rest) {
            present[to + 1] |= rest;
        }
    }
}

enum err block_decode(const struct block_view *view, struct columns *c)
{
    size_t at = c->rows;
    uint64_t bits[BLOCK_ROWS_MAX / 64];
    columns_reserve(c, at + view->rows);
    enum err e = block_times(view, c->times + at);
    if (e != OK) {
        return e;
    }
    c->rows += view->rows;
    struct walk w = walk_of(view);
    for (size_t i = 0; i < view->columns; i++) {
        uint32_t series;
        struct bytes body;
        if (!walk_next(&w, &series, &body)) {
            return ERR_CORRUPT;
        }
        struct column *col = columns_find_or_add(c, series);
        e = decode_body(body, view->rows, col->values + at, bits);
        if (e != OK) {
            return e;
        }
        merge_bits(bits, view->rows, at, col->present);
    }
    return OK;
}
