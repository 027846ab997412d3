/* SPDX-License-Identifier: Apache-2.0 */
/* MQTT at the edge: our own listener and clients to brokers that a user already has. (topic,
 * payload) goes out to the pipeline by a callback; acknowledgements come back as a durable seq.
 *
 * Workload: 600,000 small messages a second from few connections, or 20,000 idle ones. One large
 * read, frames walked in place, no allocation a message after warm-up. Thread: the ingest loop. It
 * decodes no payload and knows no device. */
#ifndef TELLTALE_INGEST_INGEST_H
#define TELLTALE_INGEST_INGEST_H

#include "loop/loop.h"
#include "model/access.h"
#include "model/link.h"
#include "model/metrics.h"

struct ingest;
struct tls_context;

enum message_flag {
    MESSAGE_RETAINED = 1,  /* came with the retain flag from a broker: a last-known value */
    MESSAGE_WILL = 2,      /* published by us for a client that went */
    MESSAGE_DUPLICATE = 4, /* DUP was set */
};

/* A message on its way in. Slices are borrowed for the call. */
struct ingest_message {
    struct bytes topic; /* valid: UTF-8, no wildcard, within the limits */
    struct bytes payload;
    unsigned qos;
    unsigned flags;
    uint32_t carrier;           /* the session that it came over; UINT32_MAX for a dialled broker */
    const struct principal *by; /* who sent it; NULL: a dialled broker */
    unsigned
        source; /* 0: our listener; 1 and up: the dialled brokers, in the order of ingest_dial */
};

/* What somebody who connects shows. Slices are borrowed for the call. */
struct ingest_login {
    struct bytes user;
    struct bytes password;      /* ptr NULL: none was sent */
    const uint8_t *fingerprint; /* SHA-256 of the client certificate; NULL: none */
    struct bytes common_name;   /* of it, may be empty */
};

/* What ingest asks of the program. Called on its thread; `ctx` is ingest_config.ctx. */
struct ingest_events {
    /* Takes a message. Returns the seq of the batch that holds it: its acknowledgement waits until
     * that batch is durable. 0: nothing to wait for, it is acknowledged in its turn. UINT64_MAX: it
     * can't be made durable now and is never acknowledged; see ingest_redeliver. */
    uint64_t (*message)(void *ctx, const struct ingest_message *m);
    /* Says who somebody is. Errors: ERR_UNAUTHORIZED nothing was shown (CONNACK 5); ERR_DENIED it
     * was wrong (CONNACK 4). */
    enum err (*authenticate)(void *ctx, const struct ingest_login *login,
                             struct principal *principal);
    /* Whether somebody who was let in may stay. */
    bool (*knows)(void *ctx, const struct principal *principal);
    /* The session's connection was lost (no DISCONNECT, or its keep-alive ran out), and no
     * connection of the same client id came within the grace period (10 s). The number is free for
     * reuse afterwards. */
    void (*carrier_lost)(void *ctx, uint32_t carrier);
    /* It said DISCONNECT. The number is free for reuse afterwards. */
    void (*carrier_closed)(void *ctx, uint32_t carrier);
};

/* An existing broker that we dial. What it points to is borrowed for ingest's life. */
struct ingest_broker {
    const char *name; /* for people; NULL: "broker" */
    const char *host;
    uint16_t port;
    struct tls_context *tls; /* NULL: plain */
    const char *client_id;   /* NULL: one is made, and the session is clean */
    const char *user;        /* NULL: none */
    const char *password;
    const char *const *filters;
    size_t filter_count;
    uint8_t qos;               /* asked for in subscriptions, 0 to 2 */
    uint8_t version;           /* of MQTT: 5, 4 for 3.1.1; 0: 5, and 3.1.1 where that is refused */
    bool clean;                /* the broker keeps nothing for us between connections */
    uint32_t session_expiry_s; /* else it keeps it this long; MQTT 5 only */
    unsigned keep_alive_s;     /* 1 to 65,535; 0: 30 */
};

/* What one client may take; 0 gives the default, unless said otherwise. */
struct ingest_limits {
    uint64_t grace_ms;           /* until a lost device is offline; default 10,000 */
    uint32_t packet_bytes;       /* default LIMIT_MQTT_PACKET_BYTES */
    uint32_t inflight;           /* messages unacknowledged; default LIMIT_MQTT_INFLIGHT */
    uint32_t device_rate;        /* messages a second of a device; 0: no limit */
    uint32_t device_connections; /* of one credential; default LIMIT_DEVICE_CONNECTIONS */
};

struct ingest_config {
    uint32_t max_connections; /* default LIMIT_MQTT_CONNECTIONS */
    struct ingest_limits limits;
    uint32_t redial_ms; /* the first wait for a dialled broker; default 1,000 */
    const struct ingest_events *events;
    void *ctx;
    struct metrics *metrics;
    const char *version; /* told under $SYS; NULL: the name alone */
    uint64_t key[2];     /* random; for tables over client ids and topics */
};

/* Ownership: `l` and what config points to are borrowed for ingest's life. */
struct ingest *ingest_new(struct loop *l, const struct ingest_config *config);

/* Serves MQTT on a listening socket, over TLS unless `tls` is NULL; takes over `fd`. */
void ingest_listen(struct ingest *in, int fd, struct tls_context *tls);

/* Goes on with a connection that was upgraded to WebSocket elsewhere. Takes the parcel over. */
void ingest_take(struct ingest *in, struct conn_parcel *take_p);

/* Dials a broker, and again whenever it is lost, after 1 s doubling to 60 s, each +- 50 % jitter;
 * one that refuses us after 30 s doubling to 10 min. All before loop_run. */
void ingest_dial(struct ingest *in, const struct ingest_broker *broker);

/* Publishes to dialled broker number `link` (see ingest_message.source). While the broker is not
 * connected, or when too much waits for it, the message is dropped and counted (`link_unsent`).
 * `qos` is 0 or 1; the broker's acknowledgement is not waited for by anybody. */
void ingest_publish_to_link(struct ingest *in, unsigned link, struct bytes topic,
                            struct bytes payload, unsigned qos);

/* Publishes to those who subscribed to our listener; nothing of it comes back by `message`. With
 * MESSAGE_RETAINED in `flags` it is kept for later subscribers, or forgotten when the payload is
 * empty. Requires a valid topic of at most LIMIT_TOPIC_BYTES and a QoS of 0 to 2. May be called
 * from within `message`. */
void ingest_publish(struct ingest *in, struct bytes topic, struct bytes payload, unsigned qos,
                    unsigned flags);

/* Batches up to `seq` are durable: acknowledgements that waited for them leave, in the order of the
 * messages of each connection. */
void ingest_durable(struct ingest *in, uint64_t seq);

/* Stops or resumes reading from every publisher (backpressure). Pings are still answered late: the
 * keep-alive does not run while we do not read. */
void ingest_pause(struct ingest *in);
void ingest_resume(struct ingest *in);

/* The store takes everything again: closes each connection that waits for an acknowledgement that
 * will never come (message answered UINT64_MAX), so that its client connects anew and sends those
 * messages again. */
void ingest_redeliver(struct ingest *in);

/* Tokens or credentials were revoked: closes the connections of those who may not stay. */
void ingest_recheck(struct ingest *in);

enum ingest_revocable { INGEST_TOKEN, INGEST_CREDENTIAL };

/* The one with this id was revoked: also forgets the retained messages that came by it. */
void ingest_revoke(struct ingest *in, enum ingest_revocable kind, struct bytes id);

/* Stops listening and reading, for the drain. Acknowledgements still leave by ingest_durable. */
void ingest_drain(struct ingest *in);

/* Closes every connection (DISCONNECT to brokers) and frees once loop's handles are gone: call it
 * before loop_stop, then run the loop until ingest_idle, then ingest_free. */
void ingest_close(struct ingest *in);
bool ingest_idle(const struct ingest *in);
void ingest_free(struct ingest *in);

/* Whether every dialled broker is connected. Thread: any. */
bool ingest_brokers_up(const struct ingest *in);

/* How link `number` (1 and up) is; false when there is none. Thread: any, while ingest lives. */
bool ingest_link(const struct ingest *in, unsigned number, struct link_view *out);

#endif
