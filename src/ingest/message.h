/* SPDX-License-Identifier: Apache-2.0 */
/* A message that somebody keeps: a session until its peer has acknowledged it, the table of
 * retained ones, a will. Immutable and counted, so that a thousand sessions share one; the counter
 * belongs to the ingest thread. Private to this folder. */
#ifndef TELLTALE_INGEST_MESSAGE_H
#define TELLTALE_INGEST_MESSAGE_H

#include "base/bytes.h"
#include "model/time.h"

struct message {
    uint32_t refs;
    uint32_t properties_len; /* of those that are handed on, without message expiry and alias */
    uint32_t payload_len;
    uint16_t topic_len;
    uint8_t qos;
    bool retain;        /* as it was published */
    mono_ns expires;    /* 0: never */
    uint64_t publisher; /* deliver_publisher; 0: nobody who can be revoked */
    size_t *held;       /* the sum of the sizes of all messages, which this one is part of */
    uint8_t bytes[];    /* topic, properties, payload */
};

/* What a message says; slices are borrowed. */
struct message_parts {
    struct bytes topic;
    struct bytes payload;
    struct bytes properties;
    uint8_t qos;
    bool retain;
    mono_ns expires;
    uint64_t publisher;
};

/* A copy with one reference, counted in `*held`. Requires a topic of at most LIMIT_TOPIC_BYTES. */
struct message *message_new(const struct message_parts *parts, size_t *held);

static inline struct message *message_hold(struct message *m)
{
    m->refs++;
    return m;
}

/* Gives back one reference; NULL is fine. */
void message_release(struct message *m);

/* Slices into `m`. */
struct message_parts message_parts(const struct message *m);

/* Bytes of memory that it takes. */
size_t message_size(const struct message *m);

/* Whether its time is over. */
static inline bool message_expired(const struct message *m, mono_ns now)
{
    return m->expires && m->expires <= now;
}

/* Seconds that a message which expires still has, at least 1; 0 when its time is over. */
uint32_t message_seconds_left(mono_ns expires, mono_ns now);

#endif
