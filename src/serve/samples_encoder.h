/* SPDX-License-Identifier: Apache-2.0 */
/* A history answer in one of its forms, written some rows at a time. Private to the samples_*.c. */
#ifndef TELLTALE_SERVE_SAMPLES_ENCODER_H
#define TELLTALE_SERVE_SAMPLES_ENCODER_H

#include "proto/json/json.h"
#include "serve/samples_facts.h"

/* What a form writes, all to the encoder's `out`, in this order: begin; for each series its head,
 * its rows as often as it has passes (a column a pass), its end; end. */
struct samples_form {
    void (*begin)(struct serve_encoder *e);
    void (*series)(struct serve_encoder *e);
    size_t (*passes)(const struct store_samples *s);
    void (*pass)(struct serve_encoder *e);
    void (*row)(struct serve_encoder *e, const struct store_row *row);
    void (*pass_end)(struct serve_encoder *e);
    void (*series_end)(struct serve_encoder *e);
    void (*end)(struct serve_encoder *e);
};

enum samples_place {
    SAMPLES_BEGIN,
    SAMPLES_SERIES, /* before one, or before the end */
    SAMPLES_PASS,   /* before one, or before the end of a series */
    SAMPLES_ROWS,
    SAMPLES_DONE
};

struct serve_encoder {
    const struct samples_form *form;
    struct serve_query *query;
    struct buf *out;
    struct json_writer json; /* to the same */
    enum samples_place place;
    size_t series, pass, row; /* the next */
    struct serve_series *at;  /* the series at hand, whose facts follow */
    struct samples_facts facts;
    bool loaded; /* its samples are there */
};

extern const struct samples_form samples_json_one;
extern const struct samples_form samples_json_many;
extern const struct samples_form samples_csv;
extern const struct samples_form samples_columns;
extern const struct samples_form samples_learned;

/* Columns of a series: times and values, or all that is kept of buckets. */
enum samples_member {
    SAMPLES_TIME,
    SAMPLES_VALUE,
    SAMPLES_MIN,
    SAMPLES_MAX,
    SAMPLES_MEAN,
    SAMPLES_N
};

size_t samples_members(const struct store_samples *s);
enum samples_member samples_member(const struct store_samples *s, size_t index);
double samples_member_of(const struct store_row *row, enum samples_member m);

/* The tag of what was written from `at` on: the same readings have the same tag, also after a
 * restart. Means something only for an answer of one part. */
void samples_put_tag(struct serve_encoder *e, size_t at);

#endif
