/* SPDX-License-Identifier: Apache-2.0 */
/* Silences: from when to when, and which alerts they are about. */
#ifndef TELLTALE_ALERT_SILENCE_H
#define TELLTALE_ALERT_SILENCE_H

#include "alert/state.h"

/* A word of a matcher and what it is compared with. All keys that are given must match; of one key,
 * any of its words. */
enum matcher_key {
    MATCH_ALERT,
    MATCH_DEVICE,
    MATCH_TAG,
    MATCH_MODEL,
    MATCH_PLACE,
    MATCH_RULE, /* id or name */
    MATCH_SEVERITY,
    MATCH_KEY_COUNT,
};

struct matcher {
    enum matcher_key key;
    char *word;
};

struct silence {
    char id[DOCUMENT_ID_MAX + 1];
    struct matcher *matchers;
    size_t matcher_count;
    wall_ms start, end;
    bool recurs;
    struct alert_interval *intervals; /* of one that recurs, in order of time */
    size_t interval_count;
    bool warned; /* it ends soon, and that was told */
};

/* Reads the document. False: it can't be kept, and `why` says so. */
MUST_CHECK bool silence_read(struct bytes body, struct silence *s, struct document_fault *why);
void silence_fini(struct silence *s);

/* The end of the stretch in which it is quiet at `now`; WALL_NONE: it is not. */
wall_ms silence_until(const struct silence *s, wall_ms now);

/* The silence that mutes the alert now and does so longest, or NULL. */
const struct silence *alert_silence_of(const struct alert_engine *e, const struct open_alert *a,
                                       wall_ms now);

/* Once it is time: alerts that are muted or no longer, and a word before a silence ends. */
void alert_silences_tick(struct alert_engine *e, wall_ms now, struct batch *out);

void alert_silences_fini(struct alert_engine *e);

#endif
