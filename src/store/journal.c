/* SPDX-License-Identifier: Apache-2.0 */
/* The journal: readings in the order in which they came, until they are in blocks. One row of the
 * table `journal` holds the readings of consecutive batches; its key is the seq of the last.
 *
 *     version  u8      1
 *     records          one a batch, until the checksum
 *     crc      u32     little-endian CRC-32C of all before
 *
 * A record (varints and zig-zag of varint.h):
 *
 *     seq      varint
 *     now      zigzag  arrival time of the batch, ms
 *     n        varint  readings
 *     n times:
 *       series zigzag  distance to that of the reading before (before the first: to -1)
 *       time   zigzag  distance to that of the reading before (before the first: to `now`)
 *       value  varint  0: eight bytes of the double follow
 *                      else zigzag(integer) << 3 | decimals + 1; value = integer / 10^decimals
 *
 * Rows are written and read once and are gone within minutes, so they are encoded in one pass:
 * about 5 bytes a reading of a typical sensor, at most 11 of an untypical one. */
#include "store/crc32c.h"
#include "store/state.h"

#include "base/mem.h"

#define JOURNAL_VERSION 1

/* A row is ended at this size: small enough to be written in pieces, large enough to be few. */
#define ROW_BYTES (96u << 10)

/* Most bytes of one reading: series 5, time 10, value 9. */
#define READING_BYTES 24
#define READING_LEAST 3

#define DECIMALS_MAX 6

/* ---- encoding ---- */

static struct pending_row *open_row(struct pending *p)
{
    if (!p->row_open) {
        p->row = mem_grow(p->row, p->row_count, &p->row_cap, sizeof *p->row);
        p->row[p->row_count++] = (struct pending_row){.at = p->rows.len};
        p->row_open = true;
        buf_put_byte(&p->rows, JOURNAL_VERSION);
    }
    return &p->row[p->row_count - 1];
}

void journal_close_row(struct store *s)
{
    struct pending *p = &s->pending;
    if (!p->row_open) {
        return;
    }
    struct pending_row *row = &p->row[p->row_count - 1];
    uint32_t crc = crc32c(bytes_of(p->rows.ptr + row->at, p->rows.len - row->at));
    le32_store(buf_reserve(&p->rows, sizeof crc), crc);
    p->rows.len += sizeof crc;
    row->len = p->rows.len - row->at;
    p->row_open = false;
}

/* Tries the decimals of the series' last value first: they rarely change. */
static uint8_t *put_value(uint8_t *p, double v, unsigned *exponent)
{
    int64_t integer;
    unsigned e = *exponent;
    if (!values_decimal(v, e, &integer)) {
        for (e = 0; e <= DECIMALS_MAX && !values_decimal(v, e, &integer); e++) {
        }
        if (e > DECIMALS_MAX) {
            *p++ = 0;
            le64_store(p, bits_of(v));
            return p + 8;
        }
        *exponent = e;
    }
    return varint_put(p, zigzag(integer) << 3 | (e + 1));
}

/* A group with this many open values is written out before its turn, so that no later step is
 * long. */
#define FULL_CELLS 16384

/* Puts a reading where queries look for it. Returns 1 when it is new among the open rows. */
static unsigned open_put(struct store *s, struct series_state *state, wall_ms time, double value,
                         wall_ms now)
{
    struct group *g = &s->groups[state->group];
    unsigned fresh = group_put(g, state->column, time, value, &s->packer);
    g->heard = now > g->heard ? now : g->heard;
    if (g->cells >= FULL_CELLS && !g->full) {
        g->full = true;
        id_list_add(&s->work.full, state->group);
    }
    if (time >= state->time) {
        state->time = time;
        state->value = value;
    }
    return fresh;
}

static bool is_stored(const struct store *s, const struct reading *r)
{
    return !(r->flags & (READING_LAST_KNOWN | READING_NOT_STORED)) && r->series < s->series_count &&
           s->series[r->series].group != GROUP_NONE;
}

static size_t count_stored(const struct store *s, const struct batch *b)
{
    size_t n = 0;
    for (size_t i = 0; i < b->reading_count; i++) {
        n += is_stored(s, &b->readings[i]);
    }
    return n;
}

void journal_take(struct store *s, const struct batch *b)
{
    size_t n = count_stored(s, b);
    if (n == 0) {
        return;
    }
    struct pending *pending = &s->pending;
    struct pending_row *row = open_row(pending);
    uint8_t *p = buf_reserve(&pending->rows, 3 * VARINT_MAX_BYTES + n * READING_BYTES);
    uint8_t *begin = p;
    p = varint_put(p, b->seq);
    p = varint_put(p, zigzag(b->now));
    p = varint_put(p, n);
    int64_t series = -1;
    wall_ms time = b->now;
    uint64_t fresh = 0;
    for (size_t i = 0; i < b->reading_count; i++) {
        const struct reading *r = &b->readings[i];
        if (!is_stored(s, r)) {
            continue;
        }
        struct series_state *state = &s->series[r->series];
        p = varint_put(p, zigzag((int64_t)r->series - series));
        p = varint_put(p, zigzag((int64_t)((uint64_t)r->time - (uint64_t)time)));
        p = put_value(p, r->value, &state->exponent);
        series = r->series;
        time = r->time;
        fresh += open_put(s, state, r->time, r->value, b->now);
    }
    pending->rows.len += (size_t)(p - begin);
    row->seq = b->seq;
    s->open_cells += fresh;
    s->pending_cells += fresh;
    if (pending->rows.len - row->at >= ROW_BYTES) {
        journal_close_row(s);
    }
}

/* ---- replay ---- */

static double read_value(struct reader *r)
{
    uint64_t v = read_varint(r);
    unsigned code = v & 7;
    if (v == 0) {
        return from_bits(read_le64(r));
    }
    if (code == 0) {
        r->failed = true;
        return 0;
    }
    return (double)unzigzag(v >> 3) / values_power[code - 1];
}

static void replay_reading(struct store *s, uint64_t series, uint64_t seq, wall_ms now,
                           const struct reading *reading)
{
    struct series_state *state = series < s->series_count ? &s->series[series] : NULL;
    /* Readings of a deleted device stay in the journal until it is trimmed; what a group wrote to
     * its blocks before the crash is there already. */
    if (state && state->group != GROUP_NONE && s->groups[state->group].file.flushed < seq) {
        s->open_cells += open_put(s, state, reading->time, reading->value, now);
    }
}

static bool replay_record(struct store *s, struct reader *r)
{
    uint64_t seq = read_varint(r);
    wall_ms now = read_zigzag(r);
    uint64_t n = read_varint(r);
    if (r->failed || n > reader_left(r) / READING_LEAST) {
        return false;
    }
    uint64_t series = UINT64_MAX;
    wall_ms time = now;
    for (uint64_t i = 0; i < n; i++) {
        struct reading reading = {0};
        series += (uint64_t)read_zigzag(r);
        time = (wall_ms)((uint64_t)time + (uint64_t)read_zigzag(r));
        reading.time = time;
        reading.value = read_value(r);
        if (r->failed) {
            return false;
        }
        replay_reading(s, series, seq, now, &reading);
    }
    return true;
}

bool journal_replay(struct store *s, struct bytes row)
{
    if (row.len < 1 + sizeof(uint32_t)) {
        return false;
    }
    struct bytes content = bytes_of(row.ptr, row.len - sizeof(uint32_t));
    if (le32_load(content.ptr + content.len) != crc32c(content) ||
        content.ptr[0] != JOURNAL_VERSION) {
        return false;
    }
    struct reader r = reader_of(bytes_skip(content, 1));
    while (reader_left(&r) > 0) {
        if (!replay_record(s, &r)) {
            return false;
        }
    }
    return true;
}
