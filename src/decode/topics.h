/* SPDX-License-Identifier: Apache-2.0 */
/* What is remembered of each topic: who decodes it, so that the question is asked once, and what a
 * person is shown of it. Bounded in topics and in bytes; the least used goes first, so a flood of
 * new topics displaces itself and not those that keep coming. Private to the folder. */
#ifndef TELLTALE_DECODE_TOPICS_H
#define TELLTALE_DECODE_TOPICS_H

#include "decode/sample.h"

struct topics;

/* A topic, while it is remembered. The decoder reads and sets the first three members; the others
 * belong to topics.c. */
struct topic {
    const struct decode_family *owner; /* by the topic alone; NULL: nobody */
    const struct mapping *mapping;     /* the first one that takes this topic, or NULL */
    bool judged;                       /* whether the two above are known */

    bool taken;         /* this slot holds a topic */
    bool asked;         /* since the hand passed */
    uint16_t len;       /* of the topic's text, which begins the room */
    uint16_t follower;  /* the slot that was asked for behind this one last time; a guess */
    uint32_t in_window; /* messages of the window that began at `window` */
    uint32_t in_previous;
    uint32_t cap;  /* of the room */
    uint8_t *room; /* topic, and what is packed of the sample */
    struct sample sample;
    uint64_t device; /* that its messages were of lately, as heard.c knows it; 0: of none */
    uint64_t messages;
    wall_ms first;
    wall_ms last;
    wall_ms window;
};

struct topics *topics_new(struct hash_key key, struct metrics *metrics);

/* NULL is fine. */
void topics_free(struct topics *t);

/* The topic of a message, remembered from now on; its owner is not judged yet when it is new. NULL:
 * longer than LIMIT_TOPIC_BYTES. Valid until the next call. */
struct topic *topics_take(struct topics *t, struct bytes text);

/* Forgets who decodes what; what people are shown stays. */
void topics_forget_owners(struct topics *t);

/* The topic in slot 0..LIMIT_TOPICS-1, or NULL: none is there, or no message of it came yet. */
const struct topic *topics_at(const struct topics *t, size_t slot);

/* Notes what became of a message of `topic`. */
void topics_note(struct topics *t, struct topic *topic, const struct decode_input *in,
                 const struct decoded *out);

#endif
