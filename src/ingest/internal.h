/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of ingest/ share.
 *
 *     wire.c     a connection that speaks MQTT: bytes to packets, acknowledgements out
 *     client*.c  a device or tool at our listener (client.h)
 *     broker.c   a broker that we dial; broker_talk.c what is said to it
 *     deliver.c  a message to the program, and to those who subscribed to it
 *     system.c   the topics in which we tell about ourselves
 *     ingest.c   all of them together: listening, pausing, the clock, the end
 *
 * The other files are sans-I/O parts of these. */
#ifndef TELLTALE_INGEST_INTERNAL_H
#define TELLTALE_INGEST_INTERNAL_H

#include "ingest/acks.h"
#include "ingest/frame_pool.h"
#include "ingest/inflight.h"
#include "ingest/ingest.h"
#include "ingest/permit.h"
#include "ingest/rate.h"
#include "ingest/retained.h"
#include "ingest/sessions.h"
#include "ingest/subs.h"
#include "ingest/websocket.h"
#include "loop/handshakes.h"
#include "loop/tls.h"
#include "model/guard.h"
#include "proto/mqtt/mqtt.h"
#include "sys/log.h"

#include <stdatomic.h>

/* Carrier of what a dialled broker sends. */
#define CARRIER_NONE UINT32_MAX
/* What ingest_events.message answers for a message that can't be made durable now. */
#define SEQ_NEVER UINT64_MAX

/* ---- wire.c ---- */

struct wire;

/* What a client and a broker do differently. */
struct wire_role {
    /* A packet came; may close the wire. */
    void (*packet)(struct wire *w, const struct mqtt_frame *f);
    /* Once a second, about. */
    void (*tick)(struct wire *w, mono_ns now);
    /* The connection is over; the wire's memory is its owner's again. */
    void (*closed)(struct wire *w);
    /* Somebody's rights were revoked: whether it may stay. NULL: it always may. */
    void (*recheck)(struct wire *w);
    /* It did something wrong, which is counted: say so if the protocol can, and close. NULL: it is
     * closed at once. */
    void (*refused)(struct wire *w, enum drop why);
    /* It takes more, after it did not. May be NULL. */
    void (*drained)(struct wire *w);
    /* The program ends: say what the protocol wants said. */
    void (*goodbye)(struct wire *w);
};

struct wire {
    struct conn conn;
    struct websocket *ws; /* NULL: MQTT lies bare on the connection */
    struct ingest *in;
    const struct wire_role *role;
    struct ack_owner owner; /* its slot in ingest.wires */
    mono_ns started;
    mono_ns received; /* when bytes came last, or reading was resumed */
    size_t packet_max;
    struct buf partial; /* a packet that has begun; without memory while none has */
    struct frame *acks; /* being filled */
    uint32_t acks_room;
    struct wire *next_with_acks;
    struct wire *next_throttled;
    mono_ns throttled_until;  /* not read until then; 0: it is not in ingest.throttled */
    uint32_t acks_waiting;    /* entries in ingest.acks */
    uint32_t pubacks_waiting; /* those of them that are of QoS 1 */
    uint8_t version;          /* enum mqtt_version; the role sets it */
    bool with_acks;           /* in ingest.with_acks */
    bool stalled;             /* not read: too many messages wait for their acknowledgement */
    bool withheld;            /* a message of it will never be acknowledged */
    bool sent_away;           /* closed by us so that it comes back */
    bool over;                /* closed or closing: no packet is looked at any more */
};

struct wire_slot {
    struct wire *wire; /* NULL when free */
    uint32_t generation;
    uint32_t next_free;
};

/* The TLS of a wire; a NULL context: none. */
struct wire_tls {
    struct tls_context *context;
    const char *server_name; /* whom we dialled; NULL for a listener's */
};

/* Starts on a connected socket; takes over `fd`. `w` is zeroed by it. Reading begins at once. */
void wire_start(struct wire *w, struct ingest *in, int fd, const struct wire_role *role,
                struct wire_tls tls);

/* As wire_start for a connection over WebSocket that another thread accepted. What is unread is
 * looked at by wire_read_on, when the owner is ready. */
void wire_start_websocket(struct wire *w, struct ingest *in, const struct conn_parcel *p,
                          const struct wire_role *role);
void wire_read_on(struct wire *w, const struct conn_parcel *p);

/* Queues MQTT bytes of ours, framed as the connection wants it; takes over the reference. */
void wire_queue(struct wire *w, struct frame *take_f);

/* Closes at once, or when what was sent is out. Nothing is received any more. */
void wire_close(struct wire *w);
void wire_finish(struct wire *w);

/* Says that nothing more comes once what was sent is out, and waits for the peer to close: to close
 * first while it is still sending would take our last words from it. */
void wire_end(struct wire *w);

/* Says that nothing more comes, and lets the peer close. What it still sends is read and dropped: a
 * close with bytes unread would be a reset, which can take our last words from the peer's hands. */
void wire_linger(struct wire *w);

/* As wire_close for what the peer did wrong, which is counted. */
void wire_refuse(struct wire *w, enum drop why);

/* Sends one small packet. */
void wire_send(struct wire *w, struct bytes packet);

/* Acknowledges message `id` of QoS 1 (PUBACK) or 2 (PUBREC) in its turn: when batch `seq` is
 * durable, with what waits before it when seq is 0, never when it is SEQ_NEVER. */
void wire_ack(struct wire *w, uint8_t qos, uint16_t id, uint64_t seq);
void wire_ack_kind(struct wire *w, struct ack_kind kind, uint16_t id, uint64_t seq);

/* Sends one of PUBACK to PUBCOMP at the end of this read, with others. `code` is 0 in 3.1.1. */
void wire_put_ack(struct wire *w, enum mqtt_type type, uint16_t id, uint8_t code);

/* Sends what is in ingest.answer, and empties that. */
void wire_answer(struct wire *w);

/* Whether it is read now: while it isn't, silence means nothing. */
bool wire_is_read(const struct wire *w);

/* Reads nothing of it until then. */
void wire_throttle(struct wire *w, mono_ns until);
void wire_unthrottle(struct wire *w);

/* Ends a wire whose connection the loop has closed without a word. */
void wire_abandon(struct wire *w);

/* Reads or not, as pause, drain and stall say now. */
void wire_update_reading(struct wire *w);

/* ---- client.c ---- */

struct client;

/* Takes a fresh connection; closes it when there are too many. */
void client_accept(struct ingest *in, int fd, const struct peer_address *peer,
                   struct tls_context *tls);

/* As client_accept, for one that came by WebSocket. The parcel stays the caller's. */
enum conn_parcel_end client_take(struct ingest *in, const struct conn_parcel *p);

/* A message on its way to subscribers. Encodings are made when first needed and shared. */
struct delivery {
    struct message_parts parts;
    struct message *kept;      /* NULL until somebody keeps it */
    struct frame *large[2][2]; /* by version and retain flag, for QoS 0 */
    bool encoded[2][3][2];     /* by version, QoS and retain flag: what is in ingest.encoded */
};

/* The message as something to keep; the reference stays the delivery's. */
struct message *delivery_kept(struct ingest *in, struct delivery *d);
void delivery_fini(struct delivery *d);

/* Hands a message to a subscriber, connected or not. */
void client_deliver(struct ingest *in, struct delivery *d, const struct subs_hit *hit);

/* Sends what client_deliver gathered. */
void client_send_gathered(struct ingest *in);

/* Ends the connections of those who owe too many acknowledgements; their sessions stay. */
void client_send_away_the_slow(struct ingest *in);

/* Looks after the sessions that have no connection: wills, grace, expiry. */
void session_tick(struct ingest *in, mono_ns now);

/* Ends the offline sessions of those who may not stay. */
void session_recheck(struct ingest *in);

/* ---- broker.c ---- */

struct broker;

/* `number` is what ingest_message.source says of its messages. */
struct broker *broker_new(struct ingest *in, const struct ingest_broker *config, unsigned number);
/* As ingest_publish_to_link. */
void broker_publish(struct broker *b, const struct ingest_message *m);
/* Stops dialling; its connection is closed by others. */
void broker_stop(struct broker *b);
bool broker_is_idle(const struct broker *b);
/* Thread: any. */
void broker_view(const struct broker *b, struct link_view *out);
void broker_free(struct broker *b);

/* ---- deliver.c ---- */

/* Gives a message of a dialled broker to the program alone. Returns what its acknowledgement waits
 * for, as ingest_events.message. */
uint64_t deliver(struct ingest *in, const struct ingest_message *m);

/* Gives a message of a client of ours, whose topic fits, to the program and to subscribers, and
 * keeps it if it is to be retained. `reached` tells whether anybody subscribes to it. */
uint64_t deliver_published(struct ingest *in, const struct ingest_message *m,
                           const struct message_parts *parts, bool *reached);

/* Gives a message to subscribers only, and keeps it if it is to be retained. */
bool deliver_to_subscribers(struct ingest *in, const struct message_parts *parts,
                            uint32_t publisher);

/* Appends those properties of a PUBLISH or will that are handed on to subscribers as they are. */
void deliver_forward(struct buf *b, struct bytes properties);

/* Whether `topic` is within our limits, which are narrower than MQTT's. */
bool deliver_topic_fits(struct bytes topic);

/* What a retained message is marked with, so that it goes when its publisher is revoked: a number
 * of his token or credential, the same as long as the program runs; 0 for who has neither. */
uint64_t deliver_publisher(const struct ingest *in, const struct principal *p);

/* ---- system.c ---- */

/* Each ten seconds: what we tell about ourselves, to those who subscribed. */
void system_tick(struct ingest *in, mono_ns now);

/* Calls `each` for every topic of ours that `filter` matches. */
void system_retained(struct ingest *in, struct bytes filter,
                     void (*each)(void *ctx, const struct message_parts *parts), void *ctx);

/* Whether `topic` is one in which only we speak. */
bool system_owns(struct bytes topic);

/* Whether nobody may publish there: that, and what MQTT says of shared subscriptions. */
bool system_reserves(struct bytes topic);

/* ---- ingest.c ---- */

struct ingest_listener {
    struct listener listener;
    struct ingest *in;
    struct tls_context *tls; /* NULL: plain */
    struct ingest_listener *next;
};

#define SPARE_BUFFERS 16

struct ingest {
    struct loop *loop;
    struct ingest_config config;
    struct ingest_listener *listeners;
    struct broker **brokers; /* link number less one is the index */
    size_t broker_count;
    struct wire_slot *wires;
    size_t wires_count, wires_cap; /* slots ever used */
    uint32_t free_slot;
    size_t wires_open;
    size_t clients_open;
    struct sessions sessions;
    struct subs *subs;
    struct acks acks;
    struct frame_pool frames;
    struct wire *with_acks;
    struct retained retained;
    size_t kept_bytes;           /* of all struct message */
    struct client *gathered;     /* subscribers with messages of this read */
    struct client *slow;         /* subscribers to be sent away */
    struct client *backlogged;   /* subscribers that are being sent retained messages */
    struct buf encoded[2][3][2]; /* the message in delivery, as struct delivery tells */
    struct buf packet;           /* a PUBLISH for one subscriber */
    struct buf section;          /* its properties */
    struct buf forwarded;        /* properties of a PUBLISH that are handed on */
    struct buf answer;           /* a packet being made, and the codes of a SUBACK */
    struct buf codes;
    struct buf spare[SPARE_BUFFERS]; /* memory for partial packets */
    size_t spare_count;
    size_t partial_bytes; /* in all wires */
    uint64_t messages;    /* received and delivered since they were counted */
    uint64_t delivered;
    uint64_t bytes_received, bytes_sent;
    uint64_t durable; /* newest batch that is */
    uint64_t turn;    /* counts reads: what comes in one read comes at once */
    mono_ns started;
    mono_ns told; /* when $SYS was last published */
    struct loop_timer backlog;
    size_t stalled; /* wires */
    struct wire *throttled;
    struct loop_timer throttle;
    struct handshakes handshakes; /* connections that are not known yet */
    struct guard guard;
    uint32_t *by_credential; /* connections of each, by its slot */
    size_t by_credential_count;
    struct loop_timer tick;
    size_t tick_part;
    uint64_t random;
    struct log_gate refused_gate;
    bool paused;
    bool draining;
    bool closing;
    bool tick_closed;
    _Atomic uint32_t brokers_dialled;
    _Atomic uint32_t brokers_up;
};

/* Ends a piece of work on the loop: sends what it gathered, counts what it did. */
void ingest_settle(struct ingest *in);

/* A number nobody can foresee, for jitter and names. */
uint64_t ingest_random(struct ingest *in);

#endif
