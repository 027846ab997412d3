/* SPDX-License-Identifier: Apache-2.0 */
/* What an answer tells of a series beside its rows, learned from these. Pure. */
#ifndef TELLTALE_SERVE_SAMPLES_FACTS_H
#define TELLTALE_SERVE_SAMPLES_FACTS_H

#include "serve/serve.h"

struct samples_gap {
    wall_ms from;                  /* the last reading before, or the end of its bucket */
    wall_ms to;                    /* the first one after */
    const struct store_event *why; /* what the device was meanwhile; NULL: nothing is known */
};

struct samples_facts {
    double interval; /* usual ms between readings; 0: not known */
    int decimals;    /* -1: not known */
    double min, max; /* of all rows; min > max when there are none */
    struct samples_gap *gaps;
    size_t gap_count, gap_cap;
};

/* Of series `index`, whose samples are there. Borrows the events of the question. */
struct samples_facts samples_facts_of(const struct serve_query *q, size_t index);
void samples_facts_fini(struct samples_facts *f);

/* What is usual: the range that all but the lowest and highest half percent of the readings are in,
 * by what buckets tell of them, rounded outward to about a tenth of its width. False: there are
 * none. */
bool samples_usual_range(const struct store_samples *s, double *low, double *high);

#endif
