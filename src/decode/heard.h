/* SPDX-License-Identifier: Apache-2.0 */
/* The last messages of the whole fleet, for people who look at one device: a ring of bytes, and a
 * list of which device each message in it is of. All of them while few come; under load one in so
 * many, chosen at random, so that what is kept a second has a bound; of devices that somebody looks
 * at, all. The path of messages pays for it with a count. See docs/adr/0048. Private to the folder.
 */
#ifndef TELLTALE_DECODE_HEARD_H
#define TELLTALE_DECODE_HEARD_H

#include "decode/topics.h"

/* Begins to keep messages. */
void heard_start(struct hearing *h, struct hash_key key, struct metrics *metrics);
void heard_fini(struct hearing *h);

/* Notes a message and what came of it, if it is its turn. */
void heard_take(struct hearing *h, struct topic *topic, const struct decode_input *in,
                const struct decoded *out);

/* Each message, as cheap as it can be. `topic` may be NULL. */
static inline void heard_note(struct hearing *h, struct topic *topic, const struct decode_input *in,
                              const struct decoded *out)
{
    h->held = false;
    if (--h->skip == 0 || h->watched > 0) {
        heard_take(h, topic, in, out);
    }
}

/* Each second or so: how many are kept follows how many came. */
void heard_tick(struct hearing *h, wall_ms now);

#endif
