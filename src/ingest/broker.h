/* SPDX-License-Identifier: Apache-2.0 */
/* A link to a broker, as its files see it: broker.c dials and waits, broker_talk.c speaks MQTT.
 * Private to them. */
#ifndef TELLTALE_INGEST_BROKER_H
#define TELLTALE_INGEST_BROKER_H

#include "ingest/aliases.h"
#include "ingest/broker_backoff.h"
#include "ingest/broker_seen.h"
#include "ingest/broker_status.h"
#include "ingest/internal.h"

enum broker_state {
    BROKER_WAITING,
    BROKER_DIALLING,
    BROKER_GREETING,
    BROKER_SUBSCRIBING,
    BROKER_UP,
    BROKER_STOPPED
};

struct broker {
    struct wire wire;
    struct ingest *in;
    struct ingest_broker config;
    unsigned number;
    char made_id[32];
    struct dial dial;
    struct loop_timer retry;
    struct backoff backoff;
    struct broker_status status;
    enum broker_state state;
    mono_ns came_up;
    bool stopping;
    bool dialled_before;
    bool again_at_once; /* the next wait is none: it only wants another version */

    /* What this connection told of itself. */
    struct problem problem; /* why it fails; PROBLEM_NONE while it doesn't */
    struct problem told;    /* what the log was told last; PROBLEM_NONE once it is up */
    bool filter_refused;
    mono_ns pinged;
    unsigned keep_alive_s; /* ours, or what the broker wants instead */
    uint32_t packet_max;   /* that it takes */
    unsigned qos_max;
    struct aliases aliases;

    /* Messages that we send. */
    struct inflight *inflight; /* with the first one of QoS 1 */
    uint32_t unacknowledged;
    uint32_t unacknowledged_max;

    /* Over connections. */
    uint8_t version;    /* that is spoken, or tried next */
    bool settled;       /* the broker took this version once */
    uint8_t unanswered; /* CONNECTs in a row that the broker closed on without a word */
    struct broker_seen seen;
};

static inline struct broker *broker_of(struct wire *w)
{
    return CONTAINER_OF(w, struct broker, wire);
}

/* ---- broker.c ---- */

void broker_set_state(struct broker *b, enum broker_state state);

/* Notes why this connection fails, unless that is known already. `detail` is static, or the
 * configuration's. */
void broker_note(struct broker *b, enum problem_kind kind, const char *detail);

/* CONNACK and SUBACK are there. */
void broker_come_up(struct broker *b);

/* ---- broker_talk.c ---- */

/* Says CONNECT on a fresh connection. */
void broker_greet(struct broker *b);

/* A packet came. */
void broker_packet(struct wire *w, const struct mqtt_frame *f);

/* It did something wrong, which is counted: leaves it. */
void broker_refused(struct wire *w, enum drop why);

void broker_say(struct broker *b, enum mqtt_type type);

/* Forgets what belongs to one connection. */
void broker_connection_ended(struct broker *b);

#endif
