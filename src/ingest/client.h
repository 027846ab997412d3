/* SPDX-License-Identifier: Apache-2.0 */
/* A device or tool at our listener, as the files client*.c share it:
 *
 *     client.c            its states, the packets that each takes, time, the end
 *     client_connect.c    CONNECT, and which session it gets
 *     client_login.c      who it is, and how much of us it may have
 *     client_publish.c    messages in, and acknowledgements of both directions
 *     client_subscribe.c  SUBSCRIBE and UNSUBSCRIBE
 *     client_send.c       messages out
 *     client_backlog.c    retained messages to those who subscribe
 *     client_leave.c      how connections, sessions and wills end
 *
 * Private to this folder. */
#ifndef TELLTALE_INGEST_CLIENT_H
#define TELLTALE_INGEST_CLIENT_H

#include "ingest/aliases.h"
#include "ingest/internal.h"

/* A filter whose retained messages are being sent. */
struct backlog {
    struct backlog *next;
    struct subs_options options;
    uint32_t at;  /* next slot of the table to look at */
    uint32_t len; /* of the filter */
    uint8_t filter[];
};

struct client {
    struct wire wire; /* first, so that a wire of this role is the client */
    enum { CLIENT_NEW, CLIENT_HELD, CLIENT_CONNECTED, CLIENT_OVER } state;
    uint32_t handshake;      /* in ingest.handshakes, until it is known */
    mono_ns answer_at;       /* while HELD: when it is refused */
    mono_ns full_at;         /* of what it may send, see rate.h */
    struct session *session; /* while CONNECTED */
    mono_ns patience;        /* 1.5 x keep-alive; 0: none */
    uint32_t packet_max;     /* that it takes */
    uint16_t window;         /* messages of QoS 1 and 2 that it takes unacknowledged */
    uint16_t aliases_max;    /* that we may use; 0 in 3.1.1 */
    uint16_t new_alias;      /* that the letter being made gives; 0: none */
    struct aliases *heard;   /* of its messages; NULL until it uses one */
    struct aliases *said;    /* of ours; NULL until we use one */
    struct backlog *backlog; /* in the order of the subscriptions */
    struct client *next_backlogged;
    struct frame *gathered; /* messages of this read for it */
    uint32_t gathered_room;
    struct client *next_gathered;
    struct client *next_slow;
    uint8_t reason; /* why it is refused, once it is */
    bool is_gathering;
    bool is_slow;
    bool is_backlogged;
};

/* How a connection ends for its session. */
enum leave {
    LEAVE_GOODBYE,  /* it said DISCONNECT: no will */
    LEAVE_LOST,     /* it ended in any other way: its will, and the number kept a while */
    LEAVE_REPLACED, /* another connection takes its session: likewise, but the number is taken */
    LEAVE_SENT      /* we sent it away to come back at once: no will */
};

/* ---- client.c ---- */

static inline struct client *client_of(struct wire *w)
{
    return CONTAINER_OF(w, struct client, wire);
}

static inline bool client_speaks_5(const struct client *c)
{
    return c->wire.version == MQTT_V5;
}

/* Messages that a 5.0 client may have unacknowledged. */
static inline uint32_t client_receive_maximum(const struct client *c)
{
    return (uint32_t)size_min(c->wire.in->config.limits.inflight, LIMIT_MQTT_RECEIVE_MAXIMUM);
}

struct permit client_permit(const struct client *c);

/* Ends the connection with what 5.0 can say about it. */
void client_end(struct client *c, enum mqtt_reason reason);

/* The same for what the peer did wrong, which is counted. */
void client_refuse(struct client *c, enum drop why, enum mqtt_reason reason);

/* Likewise for a packet that its decoder refused. */
void client_refuse_packet(struct client *c, enum err e);

/* ---- client_connect.c ---- */

void client_on_connect(struct client *c, const struct mqtt_frame *f);

/* The time of one that is held has come: it is refused. */
void client_refuse_held(struct client *c);

/* ---- client_login.c ---- */

/* Counts its handshake; false when its address has too many. */
bool client_enter(struct client *c, struct ingest *in, const struct peer_address *peer);
/* Its handshake is over, whatever came of it. */
void client_is_known(struct client *c);

enum client_login {
    CLIENT_LOGGED_IN,
    CLIENT_NOT_PERMITTED,
    CLIENT_WRONG, /* c->answer_at tells when to say so */
};
enum client_login client_log_in(struct client *c, const struct mqtt_connect *m,
                                struct principal *who);

/* Whether what a session keeps is for him. */
bool client_owns(const struct principal *who, const struct session *s);

/* Whether he may have the client id of a session that another made: a device may not. */
bool client_may_take(const struct ingest *in, const struct principal *who, const struct session *s);

/* Whether his credential may have one connection more; `s` is the session that it would take, or
 * NULL. */
bool client_has_connection_left(struct ingest *in, const struct principal *who,
                                const struct session *s);
/* Counts a connection of his: 1 more, or -1. */
void client_count_connection(struct ingest *in, const struct principal *who, int change);

/* One message came: a device that sends too many is not read for a while. */
void client_spend(struct client *c);

/* ---- client_publish.c ---- */

void client_on_publish(struct client *c, const struct mqtt_frame *f);
/* PUBACK, PUBREC, PUBREL, PUBCOMP */
void client_on_ack(struct client *c, const struct mqtt_frame *f);

/* ---- client_subscribe.c ---- */

void client_on_filters(struct client *c, const struct mqtt_frame *f);

/* ---- client_send.c ---- */

/* Sends what its session owes it, as much as it takes. `d` is the message in delivery or NULL. */
void client_pump(struct client *c, struct delivery *d);

/* How a subscriber gets a message. */
struct terms {
    uint8_t qos;         /* that it asked for; the message's own may be lower */
    bool retain;         /* the flag stays as it is in the message */
    const uint32_t *ids; /* subscription identifiers */
    uint32_t ids_count;
};

/* Gives a session one message that it subscribed to: sent now, or kept until it can be. */
void client_give(struct ingest *in, struct session *s, struct delivery *d,
                 const struct terms *terms);

/* Whether more may be queued for it without making it slow. */
bool client_has_room(const struct client *c);

/* ---- client_backlog.c ---- */

/* Begins to send what is retained and `filter` matches. */
void client_begin_backlog(struct client *c, struct bytes filter,
                          const struct subs_options *options);
void client_drop_backlog(struct client *c);

/* ---- client_leave.c ---- */

/* What must happen when a client goes, once, whichever way it goes. */
void client_leave(struct client *c, enum leave how);

/* Publishes the session's will, if it has one, and forgets it. */
void session_publish_will(struct ingest *in, struct session *s);

/* Ends what MQTT keeps of a session: subscriptions and messages. */
void session_end_state(struct ingest *in, struct session *s);

/* Ends an offline session so that another finds a place; its will is published first. */
void session_evict(struct ingest *in, struct session *s);

#endif
