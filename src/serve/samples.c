/* SPDX-License-Identifier: Apache-2.0 */
/* A series' history: the question as a query job, and its answer as JSON or CSV. */
#include "serve/request.h"

#include "base/mem.h"
#include "model/limits.h"

#define POINTS_DEFAULT 1000
#define HOUR_MS        3600000

/* Times that a client may ask for: what a double and every tool still handles, years -100,000 to
 * 100,000 and more. */
#define TIME_MAX 8640000000000000

static bool read_range(struct serve_peer *p, struct store_query *q)
{
    int64_t to = p->serve->loop->wall_ms + 1;
    int64_t points = POINTS_DEFAULT;
    if (!serve_query_integer(p, "to", -TIME_MAX, TIME_MAX, &to)) {
        return false;
    }
    int64_t from = to - HOUR_MS;
    if (!serve_query_integer(p, "from", -TIME_MAX, TIME_MAX, &from) ||
        !serve_query_integer(p, "points", 1, LIMIT_SAMPLE_POINTS, &points)) {
        return false;
    }
    if (from > to) {
        serve_answer_bad_field(p, BYTES("from"), "must not be after `to`");
        return false;
    }
    q->from = from;
    q->to = to;
    q->points = (size_t)points;
    return true;
}

static void ask(struct serve_peer *p, struct bytes device, struct bytes sensor)
{
    const struct registry_series *s = registry_find_series(p->serve->registry, device, sensor);
    if (!s) {
        serve_answer_error(p, 404, "not_found", "no such device or sensor");
        return;
    }
    struct store_query range = {.series = s->id};
    if (!read_range(p, &range)) {
        return;
    }
    struct serve_query *q = mem_zalloc(1, sizeof *q);
    q->kind = SERVE_QUERY_SAMPLES;
    q->samples = range;
    if (http_accepts_type(http_request_header(serve_request(p), "accept"), "text/csv")) {
        q->format = SERVE_FORMAT_CSV;
    }
    serve_query_send(p, q);
}

void serve_get_samples(struct serve_peer *p)
{
    ask(p, p->http->segments[3], p->http->segments[5]);
}

void serve_find_samples(struct serve_peer *p)
{
    uint8_t device_memory[3 * LIMIT_ID_BYTES];
    uint8_t sensor_memory[3 * LIMIT_ID_BYTES];
    struct bytes device, sensor;
    if (serve_query_text(p, "device", device_memory, sizeof device_memory, &device) &&
        serve_query_text(p, "sensor", sensor_memory, sizeof sensor_memory, &sensor)) {
        ask(p, device, sensor);
    }
}

/* ---- the answer ---- */

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

static void encode_json(struct serve_query *q, const struct store_samples *s)
{
    struct json_writer w;
    json_writer_init(&w, &q->body);
    json_write_object(&w);
    json_put_string(&w, "tier", s->tier == STORE_RAW ? "raw" : "buckets");
    if (s->tier != STORE_RAW) {
        json_put_i64(&w, "step", s->step);
    }
    json_write_key(&w, "points");
    json_write_array(&w);
    for (size_t i = 0; i < s->count; i++) {
        put_row(&w, s->tier, &s->rows[i]);
    }
    json_write_array_end(&w);
    json_write_object_end(&w);
    buf_put_byte(&q->body, '\n');
}

static void put_csv_number(struct buf *out, double v)
{
    char text[NUMBER_TEXT_MAX];
    buf_put_byte(out, ',');
    buf_put(out, text, number_print(v, text));
}

static void encode_csv(struct serve_query *q, const struct store_samples *s)
{
    char text[NUMBER_TEXT_MAX];
    bool raw = s->tier == STORE_RAW;
    buf_put_text(&q->body, raw ? "time_ms,value\r\n" : "time_ms,min,max,mean,n\r\n");
    for (size_t i = 0; i < s->count; i++) {
        const struct store_row *row = &s->rows[i];
        buf_put(&q->body, text, number_print_i64(row->time, text));
        if (raw) {
            put_csv_number(&q->body, row->mean);
        } else {
            put_csv_number(&q->body, row->min);
            put_csv_number(&q->body, row->max);
            put_csv_number(&q->body, row->mean);
            buf_put_byte(&q->body, ',');
            buf_put(&q->body, text, number_print_i64((int64_t)row->n, text));
        }
        buf_put(&q->body, "\r\n", 2);
    }
}

void serve_encode_samples(struct serve_query *q, const struct store_samples *s)
{
    if (q->format == SERVE_FORMAT_CSV) {
        encode_csv(q, s);
    } else {
        encode_json(q, s);
    }
}
