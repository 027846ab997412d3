/* SPDX-License-Identifier: Apache-2.0 */
/* The side that browsers and programs see: HTTP, the page, REST under /api/v1, Socket.IO under
 * /socket.io/, /healthz and /metrics. Holds a follower's registry and alert engine, fed by batches
 * alone, and the live stream. It changes nothing itself: a change is a command to the ingest
 * thread, a slow read a query job.
 *
 * Thread: the serve loop, but serve_query_encode (query threads). */
#ifndef TELLTALE_SERVE_SERVE_H
#define TELLTALE_SERVE_SERVE_H

#include "alert/alert.h"
#include "loop/loop.h"
#include "model/command.h"
#include "model/link.h"
#include "model/metrics.h"
#include "proto/json/json.h"
#include "registry/registry.h"
#include "store/store.h"

struct serve;
struct tls_context;

#define SERVE_PATH_BYTES 512

/* How a backup stands. `path` is where a new one is to go; empty: only tell. The rest is filled by
 * the storage thread. */
struct serve_encoder;

struct serve_backup {
    enum serve_backup_state {
        SERVE_BACKUP_NONE,
        SERVE_BACKUP_RUNNING,
        SERVE_BACKUP_DONE,
        SERVE_BACKUP_FAILED,
    } state;
    char path[SERVE_PATH_BYTES];
    struct store_backup progress;
    uint64_t slowest_step_ns; /* how long a commit may have waited for it */
    uint64_t longest_work_ns; /* how much of the processor a step took at most */
    struct store_failure why;
};

/* One series of a history question: the question, what is told of the series beside its readings,
 * and what the other threads fill. */
struct serve_series {
    struct store_query query;
    struct device_id device_id;
    char *device;
    char *sensor;
    char *unit;
    int decimals; /* -1: not set */

    struct store_points tail;     /* filled by the storage thread */
    struct store_samples samples; /* by the query thread */
    struct store_events events;   /* of the device, with its first series */
    struct batch *alerts;         /* likewise; NULL before and with the others */
};

/* A device that a rule is tried on, and its series among those of the question. */
struct serve_trial_device {
    struct device_id id;
    char *device;
    char *attributes;
    size_t first, count;
};

/* A rule, and what of the past it is run over. */
struct serve_trial {
    struct alert_definition *definition;
    struct alert_definition *saved; /* to compare with, or NULL */
    wall_ms from, to;
    struct serve_trial_device *devices;
    size_t device_count, device_cap;
};

/* NULL is fine. */
void serve_trial_free(struct serve_trial *t);

/* A history question on its way: serve makes it, the storage thread adds the tails, a query thread
 * answers and encodes, serve sends the body and frees it. An answer of several parts goes between
 * the last two until all are sent. Ownership moves with the message. */
struct serve_resync;
struct serve_query {
    enum serve_query_kind {
        SERVE_QUERY_SAMPLES,
        SERVE_QUERY_ALERTS,
        SERVE_QUERY_NOTIFICATIONS,
        SERVE_QUERY_BACKUP, /* begins one or asks how it stands */
        SERVE_QUERY_TRIAL,  /* a rule over the past */
    } kind;
    enum serve_query_format {
        SERVE_FORMAT_JSON,
        SERVE_FORMAT_CSV,
        SERVE_FORMAT_COLUMNS,
        SERVE_FORMAT_LEARNED /* JSON without rows: what is usual for each series */
    } format;
    bool many;   /* answered as a list of series, not as one */
    bool closed; /* the range ended long ago */
    bool shared; /* for somebody who follows a link: without alerts, which tell of people */
    struct serve_series *series;
    size_t series_count;
    int64_t epoch_ms;
    size_t alert_limit;
    struct text_id alert_after;
    uint64_t outbox_before; /* number of a row; 0: the newest */
    struct serve_backup backup;
    struct serve_trial *trial;

    struct serve_encoder *encoder; /* where the answer is; NULL before its first part */
    bool more;                     /* `body` is not the last part */
    bool streaming;                /* serve's: the head of the answer is out */
    mono_ns cut_at;                /* serve's: the end of a peer's patience with `streaming` */
    mono_ns spent_ns;              /* of a query thread, by all parts */

    uint64_t tag;    /* of the answer without its position; by the query thread */
    uint64_t seq;    /* the answer holds everything up to here; by the storage thread */
    enum err result; /* filled by the query thread, with `why` when not OK */
    struct store_failure why;
    struct buf body;
    void *owner;                 /* serve's: the request that waits, or */
    struct serve_resync *resync; /* the live client */
};

/* A part of an answer ends when it is about this long. */
#define SERVE_PART_BYTES (256u << 10)

enum serve_encoded {
    SERVE_ENCODED_UP_TO_SERIES, /* the samples of `*series` are needed; then call again */
    SERVE_ENCODED_PART,         /* q->body holds a part; clear it and call again */
    SERVE_ENCODED_ALL           /* q->body holds the last part */
};

/* Appends what follows to q->body, and frees the samples of a series that is written. Thread: any;
 * touches only its arguments. */
enum serve_encoded serve_encode_samples(struct serve_query *q, size_t *series);
void serve_encoder_free(struct serve_encoder *e);

/* Writes q->body. Thread: likewise. */
void serve_encode_alerts(struct serve_query *q, const struct batch *alerts);
void serve_encode_notifications(struct serve_query *q, const struct outbox_row *rows);

void serve_encode_backup(struct serve_query *q);

void serve_query_free(struct serve_query *q);

/* A question to the ingest thread, which alone knows what came in: serve makes it, ingest answers
 * it, serve sends the body and frees it. Ownership moves with the message. */
struct serve_question {
    enum serve_question_kind {
        SERVE_QUESTION_TOPICS,   /* the topics that came in: `subject` a prefix, from `after` on */
        SERVE_QUESTION_MESSAGES, /* the last `limit` messages of device `subject` */
        SERVE_QUESTION_MAPPINGS, /* the mappings in use */
        SERVE_QUESTION_TRIAL,    /* `mapping` tried on messages that are kept; `after`: its id */
        SERVE_QUESTION_TRY       /* `mapping` tried on `payload` published to `subject` */
    } kind;
    struct buf subject;
    struct buf after;
    struct buf mapping;
    struct buf payload;
    size_t limit; /* of topics or messages */
    bool lost;    /* only topics of whose last message nothing came */

    enum err result; /* filled by the ingest thread; ERR_INVALID: the mapping, with `why` */
    char field[64];  /* of the mapping; empty: `mapping` itself */
    char why[320];
    struct buf body; /* JSON */
    void *owner;     /* serve's: the request that waits */
};

void serve_question_free(struct serve_question *q);

/* Whether a channel works: goes to the notify thread, which sends a message on it, and comes back
 * with how that went. */
struct serve_notice {
    char channel[DOCUMENT_ID_MAX + 1];
    char target[DOCUMENT_ID_MAX + 1]; /* a browser's subscription; empty: the channel is meant */
    enum err result;                  /* ERR_NOT_FOUND there is none;  ERR_UNSUPPORTED not alone */
    struct buf body;                  /* JSON */
    void *owner;                      /* serve's: the request that waits */
};

void serve_notice_free(struct serve_notice *n);

/* ---- what stands behind the sockets ---- */

struct serve_session; /* an Engine.IO client */
struct serve_peer;    /* a connection */

/* An event as a client of a namespace sent it. */
struct serve_event {
    struct bytes name; /* unescaped; empty when it is longer than any that could be meant */
    struct bytes args; /* the JSON array: name and arguments, placeholders as they came */
    bool wants_ack;
    uint64_t ack;                    /* number of the acknowledgement */
    const struct bytes *attachments; /* binary parts; none where takes_binary is false */
    uint32_t attachment_count;
};

/* A namespace of Socket.IO. Who may enter has been asked before `joined`. Slices are borrowed for
 * the call; none of these may end the session. */
struct serve_namespace {
    const char *name;  /* "/" or "/name" */
    bool takes_binary; /* else what belongs to an event is passed over as it comes */
    /* Judges who brings this `token` in CONNECT, whoever he is elsewhere: NULL when he may enter,
     * else what he is told. No function: a role that may read is needed. */
    const char *(*enter)(struct serve_session *ss, struct json_text token);
    void (*joined)(struct serve_session *ss, struct bytes payload); /* of CONNECT, or empty */
    void (*event)(struct serve_session *ss, const struct serve_event *e);
    void (*left)(struct serve_session *ss);
    /* A ping was sent to a session that is in it and takes more. NULL: nothing goes with it. */
    void (*pinged)(struct serve_session *ss);
    bool recovers; /* the client may return to it, by Socket.IO's connection state recovery */
};

#define SERVE_NAMESPACES_MAX 8

enum serve_data { SERVE_DATA_TEXT, SERVE_DATA_BINARY };

/* What a program puts behind its sockets. */
struct serve_sockets {
    const struct serve_namespace *namespaces; /* of /socket.io/, at most SERVE_NAMESPACES_MAX */
    size_t namespace_count;
    /* A message of an Engine.IO session under /engine.io/. NULL: the path is not served. */
    void (*engine)(struct serve_session *ss, enum serve_data kind, struct bytes data);
    /* A message of a WebSocket under /echo, of at most `websocket_max` bytes. NULL: likewise. */
    void (*websocket)(struct serve_peer *p, enum serve_data kind, struct bytes data);
    size_t websocket_max;
};

/* The live stream, which is what Telltale serves. */
extern const struct serve_sockets serve_live_sockets;

/* Send to one client: a packet of Engine.IO as text, or a binary message. */
void serve_session_send_text(struct serve_session *ss, struct bytes packet);
void serve_session_send_binary(struct serve_session *ss, struct bytes data);
/* Send on a plain WebSocket. */
void serve_peer_send(struct serve_peer *p, enum serve_data kind, struct bytes data);

/* ---- the server ---- */

/* What serve asks of the program; `ctx` is serve_config.ctx. */
struct serve_events {
    /* Takes over a command. Errors: ERR_FULL too many wait (503); the command stays serve's. */
    enum err (*command)(void *ctx, struct command *take_c);
    /* Takes over a query. Errors: ERR_FULL; the query stays serve's. */
    enum err (*query)(void *ctx, struct serve_query *take_q);
    /* Takes over a question. Errors: ERR_FULL; the question stays serve's. */
    enum err (*question)(void *ctx, struct serve_question *take_q);
    /* Takes over the test of a channel. Errors: ERR_FULL; it stays serve's. */
    enum err (*notice)(void *ctx, struct serve_notice *take_n);
    /* Takes over a connection that was upgraded to MQTT over WebSocket. Errors: ERR_FULL too many
     * are on their way; it stays serve's. */
    enum err (*mqtt)(void *ctx, struct conn_parcel *take_p);
    /* Whether every loop turned in the last second and a commit succeeded or nothing waited in the
     * last five. Writes each reason why not as one line of text into `reasons`. */
    bool (*healthy)(void *ctx, struct buf *reasons);
    /* How the link to dialled broker `number` (from 1) is; false when there is none. May be NULL.
     */
    bool (*link)(void *ctx, unsigned number, struct link_view *out);
};

struct serve_config {
    bool no_auth;             /* everybody is admin; only with every listener on loopback */
    bool all_loopback;        /* every listener of the program is on loopback */
    const char *const *hosts; /* allowed Host names beside loopback and listening addresses */
    size_t host_count;
    const char *const *origins; /* allowed http.origins, "https://host[:port]" */
    size_t origin_count;
    uint32_t max_clients;        /* default LIMIT_CLIENTS */
    uint64_t ping_interval_ms;   /* default 25,000 */
    uint64_t ping_timeout_ms;    /* default 20,000 */
    uint64_t connect_timeout_ms; /* default 45,000 */
    uint32_t max_payload;        /* default 1,000,000 bytes, one Engine.IO message */
    int64_t epoch_ms;            /* start of the process */
    const char *version;
    struct tls_context *tls;         /* of https listeners; NULL: there are none */
    const char *push_key;            /* by which push services know us, base64url */
    const uint8_t *link_key;         /* of signed links, NOTIFY_LINK_KEY_BYTES */
    uint16_t mqtt_port;              /* where devices connect, told on the page; 0: nowhere */
    struct registry_config registry; /* of the follower */
    struct alert_config alert;
    uint64_t key[2]; /* random, for tables over peers' strings */
    struct metrics *metrics;
    const struct serve_sockets *sockets; /* NULL: serve_live_sockets */
    const struct serve_events *events;
    void *ctx;
};

/* Ownership: `l` and what config points to are borrowed for serve's life. */
struct serve *serve_new(struct loop *l, const struct serve_config *config);

/* Serves HTTP on a listening socket whose address is `host` (as text, for the Host rule) and
 * `port`; takes over `fd`. */
void serve_listen(struct serve *s, int fd, const char *host, uint16_t port);

/* As serve_listen for HTTPS. */
void serve_listen_tls(struct serve *s, int fd, const char *host, uint16_t port);

/* Serves the same REST on the control socket in the data folder (mode 0600): whoever can open it is
 * admin. */
void serve_listen_control(struct serve *s, int fd);

/* Applies a batch or a snapshot, and sends what it means for the live clients. Borrowed for the
 * call. */
void serve_batch(struct serve *s, const struct batch *b);

/* A command came back, done and durable or refused. Takes it over. It is answered once the follower
 * has reached c->seq, so that the answer shows the change. */
void serve_answer(struct serve *s, struct command *take_c);

/* A query came back. Takes it over. */
void serve_result(struct serve *s, struct serve_query *take_q);

/* A question came back. Takes it over. */
void serve_explained(struct serve *s, struct serve_question *take_q);

/* A test of a channel came back. Takes it over. */
void serve_noticed(struct serve *s, struct serve_notice *take_n);

/* Stops listening, answers what is under way, closes WebSockets with 1001. Then run the loop until
 * serve_idle (or a deadline), then serve_free. */
void serve_drain(struct serve *s);
bool serve_idle(const struct serve *s);
void serve_free(struct serve *s);

#endif
