/* SPDX-License-Identifier: Apache-2.0 */
/* Topic aliases of one connection and direction: numbers from 1 that stand for topics. Sans-I/O.
 * Private to this folder. */
#ifndef TELLTALE_INGEST_ALIASES_H
#define TELLTALE_INGEST_ALIASES_H

#include "base/buf.h"
#include "model/limits.h"

struct aliases {
    struct buf topics[LIMIT_TOPIC_ALIASES]; /* empty: not given yet */
};

/* Starts zeroed. */
void aliases_fini(struct aliases *a);

/* What `alias` stands for; empty when it stands for nothing. */
struct bytes aliases_topic(const struct aliases *a, uint32_t alias);

/* From now on `alias` stands for `topic`. False when it is above LIMIT_TOPIC_ALIASES. */
bool aliases_set(struct aliases *a, uint32_t alias, struct bytes topic);

/* The alias of `topic` among the first `max`, given to it now if there is one left (`is_new`); 0:
 * there is none. */
uint32_t aliases_of(struct aliases *a, uint32_t max, struct bytes topic, bool *is_new);

#endif
