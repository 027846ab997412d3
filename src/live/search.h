/* SPDX-License-Identifier: Apache-2.0 */
/* The grammar of the search over devices, as the page has it: words, and terms such as
 * `status:offline tag:roof model:"TH 100" alert:critical seen:>10m temperature:>30`. Words stand in
 * a text of the device; terms of one key are alternatives, those of different keys, and those with
 * a comparison, all hold. ASCII letters are compared without case. */
#ifndef TELLTALE_LIVE_SEARCH_H
#define TELLTALE_LIVE_SEARCH_H

#include "live/live.h"

#define SEARCH_TERMS_MAX 32

enum search_key {
    SEARCH_WORD,
    SEARCH_STATUS,
    SEARCH_TAG,
    SEARCH_MODEL,
    SEARCH_PLACE,
    SEARCH_ID,
    SEARCH_NAME,
    SEARCH_ALERT,
    SEARCH_SEEN,
    SEARCH_SENSOR
};

enum search_operator { SEARCH_IS, SEARCH_ABOVE, SEARCH_BELOW, SEARCH_AT_LEAST, SEARCH_AT_MOST };

struct search_term {
    enum search_key key;
    enum search_operator op;
    struct bytes sensor; /* of SEARCH_SENSOR */
    struct bytes value;  /* a word or a value, without quotes */
    double number;       /* of SEARCH_SENSOR, and of SEARCH_SEEN in ms; NaN: none, it never holds */
};

/* Texts are borrowed from the question's own copy. */
struct search_terms {
    struct search_term all[SEARCH_TERMS_MAX];
    size_t count;
};

/* The worst open alert of a device as one number: ten times its severity from 1, and 5 more when
 * nobody acknowledged it; 0: there is none. */
static inline unsigned search_rank(enum severity severity, bool acknowledged)
{
    return ((unsigned)severity + 1) * 10 + (acknowledged ? 0 : 5);
}

/* Reads `text`, whose quotes are taken out in place; terms beyond SEARCH_TERMS_MAX are passed over.
 */
void search_read(uint8_t *text, size_t len, struct search_terms *out);

/* Whether the device fits. `rank` is search_rank of its worst alert. */
bool search_fits(const struct search_terms *t, const struct registry *r,
                 const struct registry_device *d, unsigned rank, wall_ms now);

#endif
