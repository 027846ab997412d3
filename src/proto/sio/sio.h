/* SPDX-License-Identifier: Apache-2.0 */
/* Engine.IO v4 and Socket.IO v5 packets, sans-I/O: reading what a client sends, writing what we
 * send.
 *
 * Workload: reading is rare and small (a pong every 25 s, a subscribe now and then) and may be
 * hostile; writing is an event built once for thousands of clients. Readers borrow from their input
 * and allocate nothing; writers append to a buffer of the caller.
 *
 * A text packet of Socket.IO travels as an Engine.IO message, so the writers here begin with its
 * `4`: the same bytes are a WebSocket text message or one part of a polling payload. Transports,
 * timers and sessions are serve's, the meaning of events is live's. */
#ifndef TELLTALE_PROTO_SIO_SIO_H
#define TELLTALE_PROTO_SIO_SIO_H

#include "base/buf.h"
#include "base/bytes.h"
#include "proto/json/json.h"

/* ---- Engine.IO ---- */

enum eio_type {
    EIO_OPEN = 0,
    EIO_CLOSE = 1,
    EIO_PING = 2,
    EIO_PONG = 3,
    EIO_MESSAGE = 4,
    EIO_UPGRADE = 5,
    EIO_NOOP = 6,
};

/* Between the packets of a polling payload. */
#define EIO_SEPARATOR 0x1e

struct eio_packet {
    enum eio_type type;
    bool binary;       /* a binary message, still base64 (polling alone) */
    struct bytes data; /* what follows the type */
};

/* Reads one packet: a whole WebSocket text message or one part of a polling payload.
 * Errors: ERR_INVALID  empty, or not a type;  `b` is a binary message and only valid by polling,
 *         which eio_payload_next allows. Ownership: `p` borrows from `text`. */
MUST_CHECK enum err eio_packet_read(struct bytes text, struct eio_packet *p);

/* Takes the next packet off the front of a polling payload; start with the whole body in `*rest`.
 * After the last one `*rest` has ptr NULL.
 * Errors: ERR_INVALID  as above, an empty body or an empty part. */
MUST_CHECK enum err eio_payload_next(struct bytes *rest, struct eio_packet *p);

/* Appends the bytes of base64 text (padding as RFC 4648 has it, required).
 * Errors: ERR_INVALID, and `out` is as before. */
MUST_CHECK enum err eio_base64_decode(struct bytes text, struct buf *out);

/* Appends a binary message as polling carries it: `b` and base64. */
void eio_put_binary(struct buf *out, struct bytes data);

/* The handshake. */
struct eio_open {
    struct bytes sid; /* characters that JSON needs no escape for */
    bool may_upgrade; /* offers "websocket" */
    uint32_t ping_interval_ms;
    uint32_t ping_timeout_ms;
    uint32_t max_payload; /* bytes */
};

/* Appends `0{"sid":...}`. */
void eio_put_open(struct buf *out, const struct eio_open *o);

/* ---- Socket.IO: reading ---- */

enum sio_type {
    SIO_CONNECT = 0,
    SIO_DISCONNECT = 1,
    SIO_EVENT = 2,
    SIO_ACK = 3,
    SIO_CONNECT_ERROR = 4,
    SIO_BINARY_EVENT = 5,
    SIO_BINARY_ACK = 6,
};

/* Attachments of one packet, as in the reference implementation. */
#define SIO_ATTACHMENTS_MAX 10
/* Bytes of a namespace; ours is "/", and longer ones are no one's. */
#define SIO_NAMESPACE_MAX 128
/* Largest acknowledgement id: the largest integer of JavaScript. */
#define SIO_ID_MAX 9007199254740991u

struct sio_packet {
    enum sio_type type;
    uint32_t attachments; /* of the binary types: how many binary messages follow */
    struct bytes nsp;     /* "/" when the packet names none */
    bool has_id;
    uint64_t id;            /* of an event: it wants an ack;  of an ack: which */
    struct bytes payload;   /* strict JSON, or empty: only CONNECT and DISCONNECT may have none */
    struct json_text event; /* of the event types: the name; empty when it is a number */
};

/* Reads the data of an Engine.IO text message. The payload has been checked whole: an object for
 * CONNECT, none for DISCONNECT, an array with a first element that is a name (string, not one of
 * the reserved names) or a number for events, an array for acks, an object or a string for
 * CONNECT_ERROR; each `{"_placeholder":true,"num":n}` of a binary packet has n < attachments.
 *
 * Errors: ERR_INVALID  not a packet;  ERR_TOO_LARGE  too many attachments;  ERR_TOO_DEEP.
 * Ownership: `p` borrows from `text`. */
MUST_CHECK enum err sio_packet_read(struct bytes text, struct sio_packet *p);

/* The arguments of an event or ack, one JSON text after the other. */
struct sio_args {
    struct json_reader reader; /* private */
    bool ended;
};

/* Starts at the first argument after the event's name, or at the first of an ack. `p` has been read
 * without an error. */
struct sio_args sio_args_of(const struct sio_packet *p);

/* The next argument as raw JSON. Errors: ERR_NOT_FOUND after the last. Ownership: borrows as `p`.
 */
MUST_CHECK enum err sio_args_next(struct sio_args *a, struct bytes *json);

/* ---- Socket.IO: writing, for the namespace "/" unless one is named ---- */

/* What stands before the payload of a packet of ours. */
struct sio_head {
    enum sio_type type;   /* SIO_EVENT and SIO_ACK become their binary kin with attachments */
    uint32_t attachments; /* binary messages that will follow */
    struct bytes nsp;
    bool has_id;
    uint64_t id;
};

/* Appends a head, with the Engine.IO message's `4`: the JSON array follows. */
void sio_put_head(struct buf *out, const struct sio_head *h);

/* Appends `42["name",`: JSON of the arguments follows, separated by commas. */
void sio_put_event(struct buf *out, const char *name);

/* Appends `,"position"]`: the last argument of every event of ours except those that carry it in
 * their payload. `position` is "epoch.seq". */
void sio_put_position(struct buf *out, struct bytes position);

/* Appends `]`. */
void sio_put_end(struct buf *out);

/* Appends `43<id>[`: JSON of the arguments and sio_put_end follow. */
void sio_put_ack(struct buf *out, uint64_t id);

/* Appends `40{"sid":"..."}`, or `40/nsp,{...}`; with `,"pid":"..."` behind the sid unless that is
 * empty. All as read or made by us. */
void sio_put_connected(struct buf *out, struct bytes nsp, struct bytes sid, struct bytes pid);

/* Appends `44{"message":"..."}`, or `44/nsp,{...}`. `message` needs no JSON escape. */
void sio_put_connect_error(struct buf *out, struct bytes nsp, const char *message);

/* Appends `41`, or `41/nsp,`. */
void sio_put_disconnect(struct buf *out, struct bytes nsp);

#endif
