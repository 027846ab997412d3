/* SPDX-License-Identifier: Apache-2.0 */
/* Histories as bytes, part by part: what is not written yet stays as rows, of one series at a time,
 * so an answer of any length takes the memory of a part. docs/protocol/history.md describes the
 * forms.
 *
 * Thread: a query thread. */
#include "serve/samples_encoder.h"

#include "base/hash.h"
#include "base/mem.h"

/* Rows between two looks at how long the part is: some 64 KiB of JSON at most. */
#define ROWS_STEP 1024

static const enum samples_member raw_members[] = {SAMPLES_TIME, SAMPLES_VALUE};
static const enum samples_member bucket_members[] = {SAMPLES_TIME, SAMPLES_MIN, SAMPLES_MAX,
                                                     SAMPLES_MEAN, SAMPLES_N};

size_t samples_members(const struct store_samples *s)
{
    return s->tier == STORE_RAW ? ARRAY_LEN(raw_members) : ARRAY_LEN(bucket_members);
}

enum samples_member samples_member(const struct store_samples *s, size_t index)
{
    ASSERT(index < samples_members(s));
    return s->tier == STORE_RAW ? raw_members[index] : bucket_members[index];
}

double samples_member_of(const struct store_row *row, enum samples_member m)
{
    switch (m) {
    case SAMPLES_TIME:
        return (double)row->time;
    case SAMPLES_MIN:
        return row->min;
    case SAMPLES_MAX:
        return row->max;
    case SAMPLES_VALUE:
    case SAMPLES_MEAN:
        return row->mean;
    case SAMPLES_N:
        return (double)row->n;
    }
    UNREACHABLE();
}

void samples_put_tag(struct serve_encoder *e, size_t at)
{
    static const struct hash_key key = {0x74656c6c, 0x74616c65};
    if (at < e->out->len) {
        e->query->tag = hash_bytes(key, bytes_of(e->out->ptr + at, e->out->len - at));
    }
}

static const struct samples_form *form_of(const struct serve_query *q)
{
    switch (q->format) {
    case SERVE_FORMAT_CSV:
        return &samples_csv;
    case SERVE_FORMAT_COLUMNS:
        return &samples_columns;
    case SERVE_FORMAT_LEARNED:
        return &samples_learned;
    case SERVE_FORMAT_JSON:
        return q->many ? &samples_json_many : &samples_json_one;
    }
    UNREACHABLE();
}

static struct serve_encoder *encoder_new(struct serve_query *q)
{
    struct serve_encoder *e = mem_zalloc(1, sizeof *e);
    e->query = q;
    e->form = form_of(q);
    e->out = &q->body;
    json_writer_init(&e->json, &q->body);
    return e;
}

void serve_encoder_free(struct serve_encoder *e)
{
    if (e) {
        samples_facts_fini(&e->facts);
        free(e);
    }
}

/* ---- one step on ---- */

static enum samples_place begin_series(struct serve_encoder *e)
{
    if (e->series == e->query->series_count) {
        e->form->end(e);
        return SAMPLES_DONE;
    }
    e->at = &e->query->series[e->series];
    e->facts = samples_facts_of(e->query, e->series);
    e->form->series(e);
    e->pass = 0;
    return SAMPLES_PASS;
}

static enum samples_place end_series(struct serve_encoder *e)
{
    e->form->series_end(e);
    samples_facts_fini(&e->facts);
    store_samples_fini(&e->at->samples);
    e->series++;
    e->loaded = false;
    return SAMPLES_SERIES;
}

static enum samples_place begin_pass(struct serve_encoder *e)
{
    if (e->pass == e->form->passes(&e->at->samples)) {
        return end_series(e);
    }
    e->form->pass(e);
    e->row = 0;
    return SAMPLES_ROWS;
}

static enum samples_place put_rows(struct serve_encoder *e)
{
    const struct store_samples *s = &e->at->samples;
    size_t to = size_min(e->row + ROWS_STEP, s->count);
    for (; e->row < to; e->row++) {
        e->form->row(e, &s->rows[e->row]);
    }
    if (to < s->count) {
        return SAMPLES_ROWS;
    }
    e->form->pass_end(e);
    e->pass++;
    return SAMPLES_PASS;
}

static enum samples_place step(struct serve_encoder *e)
{
    switch (e->place) {
    case SAMPLES_BEGIN:
        e->form->begin(e);
        return SAMPLES_SERIES;
    case SAMPLES_SERIES:
        return begin_series(e);
    case SAMPLES_PASS:
        return begin_pass(e);
    case SAMPLES_ROWS:
        return put_rows(e);
    case SAMPLES_DONE:
        return SAMPLES_DONE;
    }
    UNREACHABLE();
}

enum serve_encoded serve_encode_samples(struct serve_query *q, size_t *series)
{
    ASSERT(q->series_count > 0);
    q->encoder = q->encoder ? q->encoder : encoder_new(q);
    struct serve_encoder *e = q->encoder;
    while (e->place != SAMPLES_DONE) {
        if (!e->loaded && e->series < q->series_count) {
            *series = e->series;
            e->loaded = true;
            return SERVE_ENCODED_UP_TO_SERIES;
        }
        /* One event of the live stream can't come in parts, and is bounded by its rows. */
        if (q->body.len >= SERVE_PART_BYTES && !q->resync) {
            return SERVE_ENCODED_PART;
        }
        e->place = step(e);
    }
    return SERVE_ENCODED_ALL;
}
