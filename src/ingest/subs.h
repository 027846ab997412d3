/* SPDX-License-Identifier: Apache-2.0 */
/* Who subscribed to what: a trie of filter levels, so that finding the subscribers of a topic costs
 * a few look-ups a level, however many filters there are, and nothing when there are none.
 *
 * Subscribers are small numbers (slots of connections). Sans-I/O. Private to this folder. */
#ifndef TELLTALE_INGEST_SUBS_H
#define TELLTALE_INGEST_SUBS_H

#include "base/strmap.h"

struct subs;

struct subs_hit {
    uint32_t subscriber;
    uint8_t qos; /* the highest of its filters that match */
};

struct subs *subs_new(struct hash_key key);
void subs_free(struct subs *s);

/* Subscriptions in all. */
size_t subs_count(const struct subs *s);

/* Subscribes, or changes the QoS of a subscription that is there. Requires a valid filter.
 * Errors: ERR_TOO_LARGE above LIMIT_TOPIC_BYTES;  ERR_TOO_DEEP above LIMIT_TOPIC_LEVELS;  ERR_FULL
 * too many of this subscriber or in all. */
MUST_CHECK enum err subs_add(struct subs *s, uint32_t subscriber, struct bytes filter, uint8_t qos);

/* Ends a subscription; nothing happens when it is not there. */
void subs_remove(struct subs *s, uint32_t subscriber, struct bytes filter);
void subs_remove_all(struct subs *s, uint32_t subscriber);

/* All subscribers whose filters match `topic`, each once, in no order. Requires a valid topic of at
 * most LIMIT_TOPIC_BYTES. Ownership: `hits` is borrowed until the next call on `s`. */
size_t subs_match(struct subs *s, struct bytes topic, const struct subs_hit **hits);

#endif
