/* SPDX-License-Identifier: Apache-2.0 */
/* A history as binary columns, which a page hands to its charts as they are. The layout is
 * specified in docs/protocol/history.md. */
#include "serve/samples_encoder.h"

#include "model/position.h"

#define VERSION    1
#define HEAD_BYTES 40

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

static void begin(struct serve_encoder *e)
{
    const struct serve_query *q = e->query;
    size_t at = e->out->len;
    put_u32(e->out, VERSION);
    put_u32(e->out, (uint32_t)q->series_count);
    put_f64(e->out, (double)q->series[0].query.from);
    put_f64(e->out, (double)q->series[0].query.to);
    put_f64(e->out, (double)q->epoch_ms);
    put_f64(e->out, (double)position_after_batch(q->seq));
    ASSERT(e->out->len == at + HEAD_BYTES);
}

static void begin_series(struct serve_encoder *e)
{
    const struct store_samples *s = &e->at->samples;
    put_u32(e->out, s->tier == STORE_RAW ? 0 : 1);
    put_u32(e->out, (uint32_t)s->count);
    put_u32(e->out, (uint32_t)e->facts.gap_count);
    put_u32(e->out, (uint32_t)e->facts.decimals);
    put_f64(e->out, (double)s->step);
    put_f64(e->out, e->facts.interval);
}

static void put_row(struct serve_encoder *e, const struct store_row *row)
{
    put_f64(e->out, samples_member_of(row, samples_member(&e->at->samples, e->pass)));
}

static void end_series(struct serve_encoder *e)
{
    for (size_t i = 0; i < e->facts.gap_count; i++) {
        put_f64(e->out, (double)e->facts.gaps[i].from);
        put_f64(e->out, (double)e->facts.gaps[i].to);
    }
}

static void nothing(struct serve_encoder *e)
{
    (void)e;
}

static void end(struct serve_encoder *e)
{
    samples_put_tag(e, HEAD_BYTES);
}

const struct samples_form samples_columns = {
    .begin = begin,
    .series = begin_series,
    .passes = samples_members,
    .pass = nothing,
    .row = put_row,
    .pass_end = nothing,
    .series_end = end_series,
    .end = end,
};
