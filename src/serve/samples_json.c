/* SPDX-License-Identifier: Apache-2.0 */
/* A history as JSON: of one series a row a point, of many a column a member. */
#include "serve/samples_encoder.h"

#include "model/position.h"

#include "aggregate/aggregate.h"
#include "live/live.h"

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

static void put_gaps(struct json_writer *w, const struct samples_facts *f)
{
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

static void put_facts(struct json_writer *w, const struct samples_facts *f)
{
    if (f->interval > 0) {
        json_put_number(w, "interval", f->interval);
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
    put_gaps(w, f);
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

/* Alerts of the devices that were open at some time in the range. */
static void put_alerts(struct json_writer *w, const struct serve_query *q)
{
    json_write_key(w, "alerts");
    json_write_array(w);
    for (size_t i = 0; !q->shared && i < q->series_count; i++) {
        const struct batch *b = q->series[i].alerts;
        for (size_t k = 0; b && k < b->alert_count; k++) {
            live_put_alert_change(w, b, &b->alerts[k]);
        }
    }
    json_write_array_end(w);
}

/* What ends the answer; all before it stands in its tag. */
static void put_end(struct serve_encoder *e)
{
    const struct serve_query *q = e->query;
    char position[48];
    put_events(&e->json, q);
    put_alerts(&e->json, q);
    samples_put_tag(e, 0);
    (void)snprintf(position, sizeof position, "%lld.%llu", (long long)q->epoch_ms,
                   (unsigned long long)position_after_batch(q->seq));
    json_put_string(&e->json, "seq", position);
    json_write_object_end(&e->json);
    buf_put_byte(e->out, '\n');
}

/* ---- one series ---- */

static void begin_one(struct serve_encoder *e)
{
    json_write_object(&e->json);
}

static void begin_points(struct serve_encoder *e)
{
    put_head(&e->json, &e->at->samples);
    json_write_key(&e->json, "points");
    json_write_array(&e->json);
}

static size_t one_pass(const struct store_samples *s)
{
    (void)s;
    return 1;
}

static void nothing(struct serve_encoder *e)
{
    (void)e;
}

static void put_point(struct serve_encoder *e, const struct store_row *row)
{
    struct json_writer *w = &e->json;
    json_write_array(w);
    json_write_i64(w, row->time);
    if (e->at->samples.tier == STORE_RAW) {
        json_write_number(w, row->mean);
    } else {
        json_write_number(w, row->min);
        json_write_number(w, row->max);
        json_write_number(w, row->mean);
        json_write_u64(w, row->n);
    }
    json_write_array_end(w);
}

static void end_points(struct serve_encoder *e)
{
    json_write_array_end(&e->json);
    put_facts(&e->json, &e->facts);
}

const struct samples_form samples_json_one = {
    .begin = begin_one,
    .series = begin_points,
    .passes = one_pass,
    .pass = nothing,
    .row = put_point,
    .pass_end = nothing,
    .series_end = end_points,
    .end = put_end,
};

/* ---- many ---- */

static void begin_many(struct serve_encoder *e)
{
    json_write_object(&e->json);
    json_put_i64(&e->json, "from", e->query->series[0].query.from);
    json_put_i64(&e->json, "to", e->query->series[0].query.to);
    json_write_key(&e->json, "series");
    json_write_array(&e->json);
}

static void begin_series(struct serve_encoder *e)
{
    json_write_object(&e->json);
    json_put_string(&e->json, "device", e->at->device);
    json_put_string(&e->json, "sensor", e->at->sensor);
    json_put_string(&e->json, "unit", e->at->unit);
    put_head(&e->json, &e->at->samples);
    put_facts(&e->json, &e->facts);
}

static void begin_column(struct serve_encoder *e)
{
    static const char *const names[] = {"t", "v", "min", "max", "mean", "n"};
    json_write_key(&e->json, names[samples_member(&e->at->samples, e->pass)]);
    json_write_array(&e->json);
}

static void put_cell(struct serve_encoder *e, const struct store_row *row)
{
    enum samples_member m = samples_member(&e->at->samples, e->pass);
    if (m == SAMPLES_TIME) {
        json_write_i64(&e->json, row->time);
    } else {
        json_write_number(&e->json, samples_member_of(row, m));
    }
}

static void end_column(struct serve_encoder *e)
{
    json_write_array_end(&e->json);
}

static void end_series(struct serve_encoder *e)
{
    json_write_object_end(&e->json);
}

static void end_many(struct serve_encoder *e)
{
    json_write_array_end(&e->json);
    put_end(e);
}

const struct samples_form samples_json_many = {
    .begin = begin_many,
    .series = begin_series,
    .passes = samples_members,
    .pass = begin_column,
    .row = put_cell,
    .pass_end = end_column,
    .series_end = end_series,
    .end = end_many,
};
