/* SPDX-License-Identifier: Apache-2.0 */
/* Who subscribed to what: a trie of filter levels, so that finding the subscribers of a topic costs
 * a few look-ups a level, however many filters there are, and nothing when there are none.
 *
 * Subscribers are small numbers (those of sessions). A shared subscription ($share/GROUP/FILTER)
 * gives each message to one of its members, in turn, to live ones as long as there are any.
 * Sans-I/O. Private to this folder. */
#ifndef TELLTALE_INGEST_SUBS_H
#define TELLTALE_INGEST_SUBS_H

#include "base/strmap.h"

#define SUBS_NOBODY UINT32_MAX

struct subs;

struct subs_options {
    uint32_t id; /* subscription identifier; 0: none */
    uint8_t qos;
    bool no_local;
    bool retain_as_published;
};

/* One delivery: all that a subscriber's own filters ask for together, or a share. */
struct subs_hit {
    uint32_t subscriber;
    uint32_t ids; /* where its subscription identifiers begin, for subs_next_id; 0: none */
    uint8_t qos;  /* the highest of its filters that match */
    bool retain_as_published;
};

struct subs *subs_new(struct hash_key key);
void subs_free(struct subs *s);

/* Subscriptions in all. */
size_t subs_count(const struct subs *s);

/* Subscribes, or changes the options of a subscription that is there; `is_new` tells which.
 * Requires a valid filter. Errors: ERR_TOO_LARGE above LIMIT_TOPIC_BYTES;  ERR_TOO_DEEP above
 * LIMIT_TOPIC_LEVELS;  ERR_FULL too many of this subscriber or in all;  ERR_PROTOCOL a shared one
 * without group or filter. */
MUST_CHECK enum err subs_add(struct subs *s, uint32_t subscriber, struct bytes filter,
                             const struct subs_options *options, bool *is_new);

/* Ends a subscription; false when it is not there. */
bool subs_remove(struct subs *s, uint32_t subscriber, struct bytes filter);
void subs_remove_all(struct subs *s, uint32_t subscriber);

/* Whether the subscriber has a connection; a new one has. */
void subs_set_live(struct subs *s, uint32_t subscriber, bool live);

/* All who get what `publisher` (or SUBS_NOBODY) sends to `topic`, in no order: each subscriber once
 * for its own filters, and once more for each share that chose it. Requires a valid topic of at
 * most LIMIT_TOPIC_BYTES. Ownership: `hits` is borrowed until the next call on `s`. */
size_t subs_match(struct subs *s, struct bytes topic, uint32_t publisher,
                  const struct subs_hit **hits);

/* The identifiers of a hit, from `*at` = hit->ids on; false behind the last. */
bool subs_next_id(const struct subs *s, uint32_t *at, uint32_t *id);

#endif
