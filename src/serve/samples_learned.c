/* SPDX-License-Identifier: Apache-2.0 */
/* What was learned of series, without their rows: what a page scales gauges and judges gaps by. */
#include "serve/samples_encoder.h"

static void begin(struct serve_encoder *e)
{
    json_write_object(&e->json);
    json_write_key(&e->json, "series");
    json_write_array(&e->json);
}

static void put_series(struct serve_encoder *e)
{
    struct json_writer *w = &e->json;
    const struct samples_facts *f = &e->facts;
    double low, high;
    json_write_object(w);
    json_put_string(w, "device", e->at->device);
    json_put_string(w, "sensor", e->at->sensor);
    json_put_string(w, "unit", e->at->unit);
    if (f->interval > 0) {
        json_put_number(w, "interval", f->interval);
    }
    if (f->decimals >= 0) {
        json_put_i64(w, "decimals", f->decimals);
    }
    if (samples_usual_range(&e->at->samples, &low, &high)) {
        json_write_key(w, "range");
        json_write_array(w);
        json_write_number(w, low);
        json_write_number(w, high);
        json_write_array_end(w);
    }
}

static size_t no_pass(const struct store_samples *s)
{
    (void)s;
    return 0;
}

static void no_row(struct serve_encoder *e, const struct store_row *row)
{
    (void)e;
    (void)row;
    UNREACHABLE();
}

static void nothing(struct serve_encoder *e)
{
    (void)e;
}

static void end_series(struct serve_encoder *e)
{
    json_write_object_end(&e->json);
}

static void end(struct serve_encoder *e)
{
    json_write_array_end(&e->json);
    json_write_object_end(&e->json);
    buf_put_byte(e->out, '\n');
    samples_put_tag(e, 0);
}

const struct samples_form samples_learned = {
    .begin = begin,
    .series = put_series,
    .passes = no_pass,
    .pass = nothing,
    .row = no_row,
    .pass_end = nothing,
    .series_end = end_series,
    .end = end,
};
