/* SPDX-License-Identifier: Apache-2.0 */
/* A history as CSV (RFC 4180): one series has times and values or buckets, many have their names in
 * front and always buckets. */
#include "serve/samples_encoder.h"

static void put_number(struct buf *out, double v)
{
    char text[NUMBER_TEXT_MAX];
    buf_put_byte(out, ',');
    buf_put(out, text, number_print(v, text));
}

/* A name in quotes, each quote in it doubled. One that a spreadsheet would take for a formula gets
 * no other form: who reads names of devices as formulas has other troubles. */
static void put_text(struct buf *out, const char *text)
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

static bool only_values(const struct serve_encoder *e)
{
    return !e->query->many && e->query->series[0].samples.tier == STORE_RAW;
}

static void begin(struct serve_encoder *e)
{
    buf_put_text(e->out, e->query->many ? "device,sensor," : "");
    buf_put_text(e->out, only_values(e) ? "time_ms,value\r\n" : "time_ms,min,max,mean,n\r\n");
}

static void put_row(struct serve_encoder *e, const struct store_row *row)
{
    char text[NUMBER_TEXT_MAX];
    if (e->query->many) {
        put_text(e->out, e->at->device);
        put_text(e->out, e->at->sensor);
    }
    buf_put(e->out, text, number_print_i64(row->time, text));
    if (only_values(e)) {
        put_number(e->out, row->mean);
    } else {
        put_number(e->out, row->min);
        put_number(e->out, row->max);
        put_number(e->out, row->mean);
        put_number(e->out, (double)row->n);
    }
    buf_put(e->out, "\r\n", 2);
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

static void end(struct serve_encoder *e)
{
    samples_put_tag(e, 0);
}

const struct samples_form samples_csv = {
    .begin = begin,
    .series = nothing,
    .passes = one_pass,
    .pass = nothing,
    .row = put_row,
    .pass_end = nothing,
    .series_end = nothing,
    .end = end,
};
