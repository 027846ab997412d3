/* SPDX-License-Identifier: Apache-2.0 */
/* Histories as JSON, CSV and binary columns. docs/protocol/history.md describes them all; the
 * binary layout is specified there too.
 *
 * Thread: a query thread. */
#include "serve/request.h"

#include "aggregate/aggregate.h"
#include "base/hash.h"
#include "base/mem.h"

#include <math.h>

/* Distances that the usual interval is the middle of. */
#define LOOK_MAX 255

/* A distance is a gap when it is longer than this many usual ones. */
#define GAP_INTERVALS 3

/* Decimals are learned from so many rows. */
#define DECIMALS_LOOK 64
#define DECIMALS_MAX  15

struct gap {
    wall_ms from;                  /* the last reading before, or the end of its bucket */
    wall_ms to;                    /* the first one after */
    const struct store_event *why; /* what the device was meanwhile; NULL: nothing is known */
};

/* What is told of a series beside its rows. */
struct facts {
    double interval; /* usual ms between readings; 0: not known */
    int decimals;    /* -1: not known */
    double min, max; /* of all rows; only when there are any */
    struct gap *gaps;
    size_t gap_count, gap_cap;
};

/* ---- facts ---- */

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return x < y ? -1 : x > y;
}

/* The middle of distances between readings, or of the mean distance within buckets. */
static double usual_interval(const struct store_samples *s)
{
    double look[LOOK_MAX];
    size_t distances = s->tier == STORE_RAW && s->count > 0 ? s->count - 1 : s->count;
    size_t n = size_min(distances, LOOK_MAX);
    for (size_t i = 0; i < n; i++) {
        size_t at = i * distances / n;
        const struct store_row *row = &s->rows[at];
        look[i] = s->tier == STORE_RAW ? (double)(s->rows[at + 1].time - row->time)
                                       : (double)s->step / (double)row->n;
    }
    qsort(look, n, sizeof look[0], compare_doubles);
    return n ? look[n / 2] : 0;
}

static int decimals_of(double v)
{
    char text[NUMBER_TEXT_MAX];
    size_t len = number_print(v, text);
    size_t point = bytes_index(bytes_of(text, len), '.');
    bool plain = bytes_index(bytes_of(text, len), 'e') == len;
    return plain && point < len ? (int)(len - point - 1) : 0;
}

/* Extremes are readings, also in buckets. */
static int learned_decimals(const struct store_samples *s)
{
    int most = s->count ? 0 : -1;
    size_t n = size_min(s->count, DECIMALS_LOOK);
    for (size_t i = 0; i < n; i++) {
        const struct store_row *row = &s->rows[i * s->count / n];
        int low = decimals_of(row->min);
        int high = decimals_of(row->max);
        most = low > most ? low : most;
        most = high > most ? high : most;
    }
    return most < DECIMALS_MAX ? most : DECIMALS_MAX;
}

/* What explains a gap: that the device was not online when it began, or ceased to be in it. */
static const struct store_event *explain(const struct store_events *events, wall_ms from,
                                         wall_ms to)
{
    const struct store_event *found = NULL;
    for (size_t i = 0; i < events->count && events->items[i].time < to; i++) {
        const struct store_event *e = &events->items[i];
        if (e->time <= from || (!found && e->status != STATUS_ONLINE)) {
            found = e->status == STATUS_ONLINE ? NULL : e;
        }
    }
    return found;
}

static void find_gaps(const struct store_samples *s, const struct store_events *events,
                      struct facts *f)
{
    double longest = f->interval * GAP_INTERVALS;
    longest = longest > (double)s->step ? longest : (double)s->step;
    for (size_t i = 1; i < s->count; i++) {
        wall_ms from = s->rows[i - 1].time;
        wall_ms to = s->rows[i].time;
        if ((double)(to - from) > longest && longest > 0) {
            f->gaps = mem_grow(f->gaps, f->gap_count, &f->gap_cap, sizeof *f->gaps);
            f->gaps[f->gap_count++] = (struct gap){from + s->step, to, explain(events, from, to)};
        }
    }
}

/* Stand with the first series of the device. */
static const struct store_events *events_of(const struct serve_query *q, size_t i)
{
    while (i > 0 && q->series[i - 1].device_id.n == q->series[i].device_id.n) {
        i--;
    }
    return &q->series[i].events;
}

static struct facts facts_of(const struct serve_query *q, size_t index)
{
    const struct serve_series *x = &q->series[index];
    const struct store_samples *s = &x->samples;
    struct facts f = {.interval = usual_interval(s), .min = HUGE_VAL, .max = -HUGE_VAL};
    f.decimals = x->decimals >= 0 ? x->decimals : learned_decimals(s);
    for (size_t i = 0; i < s->count; i++) {
        f.min = s->rows[i].min < f.min ? s->rows[i].min : f.min;
        f.max = s->rows[i].max > f.max ? s->rows[i].max : f.max;
    }
    find_gaps(s, events_of(q, index), &f);
    return f;
}

/* ---- JSON ---- */

static const char *source_text(const struct store_samples *s)
{
    return s->source == 0                  ? "raw"
           : s->source == AGGREGATE_MINUTE ? "1m"
           : s->source == AGGREGATE_HOUR   ? "1h"
                                           : "1d";
}

static void put_head(struct json_writer *w, const struct store_samples *s)
{
    json_put_string(w, "tier", s->tier == STORE_RAW ? "raw" : "buckets");
    if (s->tier != STORE_RAW) {
        json_put_i64(w, "step", s->step);
        json_put_string(w, "source", source_text(s));
    }
}

/* Of what was written from `at` on: the same readings have the same tag, also after a restart. */
static void put_tag(struct serve_query *q, size_t at)
{
    static const struct hash_key key = {0x74656c6c, 0x74616c65};
    q->tag = hash_bytes(key, bytes_of(q->body.ptr + at, q->body.len - at));
}

static void put_seq(struct json_writer *w, struct serve_query *q)
{
    put_tag(q, 0);
    char position[48];
    (void)snprintf(position, sizeof position, "%lld.%llu", (long long)q->epoch_ms,
                   (unsigned long long)q->seq);
    json_put_string(w, "seq", position);
}

static void put_facts(struct json_writer *w, const struct facts *f)
{
    if (f->interval > 0) {
        json_write_key(w, "interval");
        json_write_number(w, f->interval);
    }
    if (f->decimals >= 0) {
        json_put_i64(w, "decimals", f->decimals);
    }
    if (f->min <= f->max) {
        json_write_key(w, "range");
        json_write_array(w);
        json_write_number(w, f->min);
        json_write_number(w, f->max);
        json_write_array_end(w);
    }
    json_write_key(w, "gaps");
    json_write_array(w);
    for (size_t i = 0; i < f->gap_count; i++) {
        json_write_array(w);
        json_write_i64(w, f->gaps[i].from);
        json_write_i64(w, f->gaps[i].to);
        if (f->gaps[i].why) {
            json_write_text(w, bytes_of_text(status_text(f->gaps[i].why->status)));
            json_write_text(w, bytes_of_text(cause_text(f->gaps[i].why->cause)));
        }
        json_write_array_end(w);
    }
    json_write_array_end(w);
}

/* What the devices of the answer became in its range, and what they were before. */
static void put_events(struct json_writer *w, const struct serve_query *q)
{
    json_write_key(w, "events");
    json_write_array(w);
    for (size_t i = 0; i < q->series_count; i++) {
        const struct store_events *events = &q->series[i].events;
        for (size_t k = 0; k < events->count; k++) {
            json_write_object(w);
            json_put_string(w, "device", q->series[i].device);
            json_put_i64(w, "time", events->items[k].time);
            json_put_string(w, "status", status_text(events->items[k].status));
            json_put_string(w, "cause", cause_text(events->items[k].cause));
            json_write_object_end(w);
        }
    }
    json_write_array_end(w);
}

static void put_row(struct json_writer *w, enum store_tier tier, const struct store_row *row)
{
    json_write_array(w);
    json_write_i64(w, row->time);
    if (tier == STORE_RAW) {
        json_write_number(w, row->mean);
    } else {
        json_write_number(w, row->min);
        json_write_number(w, row->max);
        json_write_number(w, row->mean);
        json_write_u64(w, row->n);
    }
    json_write_array_end(w);
}

/* One series, a row a point. */
static void put_one(struct json_writer *w, struct serve_query *q)
{
    const struct store_samples *s = &q->series[0].samples;
    struct facts f = facts_of(q, 0);
    json_write_object(w);
    put_head(w, s);
    json_write_key(w, "points");
    json_write_array(w);
    for (size_t i = 0; i < s->count; i++) {
        put_row(w, s->tier, &s->rows[i]);
    }
    json_write_array_end(w);
    put_facts(w, &f);
    put_events(w, q);
    put_seq(w, q);
    json_write_object_end(w);
    free(f.gaps);
}

enum member { MEMBER_TIME, MEMBER_VALUE, MEMBER_MIN, MEMBER_MAX, MEMBER_MEAN, MEMBER_N };

static const enum member raw_members[] = {MEMBER_TIME, MEMBER_VALUE};
static const enum member bucket_members[] = {MEMBER_TIME, MEMBER_MIN, MEMBER_MAX, MEMBER_MEAN,
                                             MEMBER_N};
static const char *const member_names[] = {"t", "v", "min", "max", "mean", "n"};

static const enum member *members_of(const struct store_samples *s, size_t *count)
{
    bool raw = s->tier == STORE_RAW;
    *count = raw ? ARRAY_LEN(raw_members) : ARRAY_LEN(bucket_members);
    return raw ? raw_members : bucket_members;
}

static double member_of(const struct store_row *row, enum member m)
{
    switch (m) {
    case MEMBER_TIME:
        return (double)row->time;
    case MEMBER_MIN:
        return row->min;
    case MEMBER_MAX:
        return row->max;
    case MEMBER_VALUE:
    case MEMBER_MEAN:
        return row->mean;
    case MEMBER_N:
        return (double)row->n;
    }
    UNREACHABLE();
}

static void put_column(struct json_writer *w, const struct store_samples *s, enum member m)
{
    json_write_key(w, member_names[m]);
    json_write_array(w);
    for (size_t i = 0; i < s->count; i++) {
        if (m == MEMBER_TIME) {
            json_write_i64(w, s->rows[i].time);
        } else {
            json_write_number(w, member_of(&s->rows[i], m));
        }
    }
    json_write_array_end(w);
}

static void put_series(struct json_writer *w, const struct serve_query *q, size_t index)
{
    const struct serve_series *x = &q->series[index];
    size_t count;
    const enum member *members = members_of(&x->samples, &count);
    struct facts f = facts_of(q, index);
    json_write_object(w);
    json_put_string(w, "device", x->device);
    json_put_string(w, "sensor", x->sensor);
    json_put_string(w, "unit", x->unit);
    put_head(w, &x->samples);
    put_facts(w, &f);
    for (size_t i = 0; i < count; i++) {
        put_column(w, &x->samples, members[i]);
    }
    json_write_object_end(w);
    free(f.gaps);
}

static void put_many(struct json_writer *w, struct serve_query *q)
{
    json_write_object(w);
    json_put_i64(w, "from", q->series[0].query.from);
    json_put_i64(w, "to", q->series[0].query.to);
    json_write_key(w, "series");
    json_write_array(w);
    for (size_t i = 0; i < q->series_count; i++) {
        put_series(w, q, i);
    }
    json_write_array_end(w);
    put_events(w, q);
    put_seq(w, q);
    json_write_object_end(w);
}

static void encode_json(struct serve_query *q)
{
    struct json_writer w;
    json_writer_init(&w, &q->body);
    if (q->many) {
        put_many(&w, q);
    } else {
        put_one(&w, q);
    }
    buf_put_byte(&q->body, '\n');
}

/* ---- CSV ---- */

static void put_csv_number(struct buf *out, double v)
{
    char text[NUMBER_TEXT_MAX];
    buf_put_byte(out, ',');
    buf_put(out, text, number_print(v, text));
}

/* A name in quotes, each quote in it doubled. One that a spreadsheet would take for a formula gets
 * no other form: who reads names of devices as formulas has other troubles. */
static void put_csv_text(struct buf *out, const char *text)
{
    buf_put_byte(out, '"');
    for (; *text; text++) {
        if (*text == '"') {
            buf_put_byte(out, '"');
        }
        buf_put_byte(out, (uint8_t)*text);
    }
    buf_put_text(out, "\",");
}

static void put_csv_rows(struct buf *out, const struct serve_series *x, bool many)
{
    char text[NUMBER_TEXT_MAX];
    const struct store_samples *s = &x->samples;
    bool raw = s->tier == STORE_RAW && !many;
    for (size_t i = 0; i < s->count; i++) {
        const struct store_row *row = &s->rows[i];
        if (many) {
            put_csv_text(out, x->device);
            put_csv_text(out, x->sensor);
        }
        buf_put(out, text, number_print_i64(row->time, text));
        if (raw) {
            put_csv_number(out, row->mean);
        } else {
            put_csv_number(out, row->min);
            put_csv_number(out, row->max);
            put_csv_number(out, row->mean);
            put_csv_number(out, (double)row->n);
        }
        buf_put(out, "\r\n", 2);
    }
}

static void encode_csv(struct serve_query *q)
{
    bool raw = !q->many && q->series[0].samples.tier == STORE_RAW;
    buf_put_text(&q->body, q->many ? "device,sensor," : "");
    buf_put_text(&q->body, raw ? "time_ms,value\r\n" : "time_ms,min,max,mean,n\r\n");
    for (size_t i = 0; i < q->series_count; i++) {
        put_csv_rows(&q->body, &q->series[i], q->many);
    }
    put_tag(q, 0);
}

/* ---- binary columns ---- */

#define COLUMNS_VERSION 1

static void put_u32(struct buf *out, uint32_t v)
{
    le32_store(buf_reserve(out, sizeof v), v);
    out->len += sizeof v;
}

static void put_f64(struct buf *out, double v)
{
    uint64_t bits;
    memcpy(&bits, &v, sizeof bits);
    le64_store(buf_reserve(out, sizeof bits), bits);
    out->len += sizeof bits;
}

static void put_binary_series(struct buf *out, const struct serve_query *q, size_t index)
{
    const struct serve_series *x = &q->series[index];
    const struct store_samples *s = &x->samples;
    struct facts f = facts_of(q, index);
    size_t count;
    const enum member *members = members_of(s, &count);
    put_u32(out, s->tier == STORE_RAW ? 0 : 1);
    put_u32(out, (uint32_t)s->count);
    put_u32(out, (uint32_t)f.gap_count);
    put_u32(out, (uint32_t)f.decimals);
    put_f64(out, (double)s->step);
    put_f64(out, f.interval);
    for (size_t i = 0; i < count; i++) {
        for (size_t row = 0; row < s->count; row++) {
            put_f64(out, member_of(&s->rows[row], members[i]));
        }
    }
    for (size_t i = 0; i < f.gap_count; i++) {
        put_f64(out, (double)f.gaps[i].from);
        put_f64(out, (double)f.gaps[i].to);
    }
    free(f.gaps);
}

static void encode_columns(struct serve_query *q)
{
    struct buf *out = &q->body;
    put_u32(out, COLUMNS_VERSION);
    put_u32(out, (uint32_t)q->series_count);
    put_f64(out, (double)q->series[0].query.from);
    put_f64(out, (double)q->series[0].query.to);
    put_f64(out, (double)q->epoch_ms);
    put_f64(out, (double)q->seq);
    size_t begin = out->len;
    for (size_t i = 0; i < q->series_count; i++) {
        put_binary_series(out, q, i);
    }
    put_tag(q, begin);
}

void serve_encode_samples(struct serve_query *q)
{
    ASSERT(q->series_count > 0);
    switch (q->format) {
    case SERVE_FORMAT_CSV:
        encode_csv(q);
        break;
    case SERVE_FORMAT_COLUMNS:
        encode_columns(q);
        break;
    case SERVE_FORMAT_JSON:
        encode_json(q);
        break;
    }
}
