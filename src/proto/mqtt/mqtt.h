/* SPDX-License-Identifier: Apache-2.0 */
/* MQTT 3.1.1 (OASIS standard, 29 October 2014) as bytes: every packet, both ways. Sans-I/O: slices
 * come in, structs over the same slices come out, so decoding neither copies nor allocates.
 *
 * What a receiver does: mqtt_frame finds the next packet in what was received, its `type` says
 * which decoder reads the body. Decoders check everything that one packet can violate by itself;
 * the order of packets and what their ids refer to belong to the session.
 *
 * Only protocol level 4 is spoken. Level 5 differs by properties behind most variable headers and
 * by reason codes in the answers; the fixed header, strings, topics and the walk over frames stay,
 * which is why each packet has its reader apart. */
#ifndef TELLTALE_PROTO_MQTT_MQTT_H
#define TELLTALE_PROTO_MQTT_MQTT_H

#include "base/buf.h"
#include "base/bytes.h"

/* ---- frames ---- */

enum mqtt_type {
    MQTT_CONNECT = 1,
    MQTT_CONNACK,
    MQTT_PUBLISH,
    MQTT_PUBACK,
    MQTT_PUBREC,
    MQTT_PUBREL,
    MQTT_PUBCOMP,
    MQTT_SUBSCRIBE,
    MQTT_SUBACK,
    MQTT_UNSUBSCRIBE,
    MQTT_UNSUBACK,
    MQTT_PINGREQ,
    MQTT_PINGRESP,
    MQTT_DISCONNECT
};

/* Largest remaining length that four bytes can say. */
#define MQTT_REMAINING_MAX 268435455u
/* Longest fixed header. */
#define MQTT_HEAD_MAX 5u
/* Longest string or binary field. */
#define MQTT_STRING_MAX 65535u

struct mqtt_frame {
    enum mqtt_type type;
    uint8_t flags;     /* low four bits of the first byte, valid for `type` */
    struct bytes body; /* what follows the fixed header */
};

/* Finds the packet that `in` begins with; `used` is its whole length, fixed header included.
 *
 * Errors:    ERR_AGAIN      `in` ends before the packet does;
 *            ERR_INVALID    unknown type, flags that the type forbids, a length of over four bytes;
 *            ERR_TOO_LARGE  the packet is longer than `max` bytes, known from its header alone.
 * Ownership: `out->body` borrows from `in`. */
MUST_CHECK enum err mqtt_frame(struct bytes in, size_t max, struct mqtt_frame *out, size_t *used);

/* The whole length of the packet that `in` begins with, as soon as its fixed header is complete, so
 * that a receiver of a part knows how much room the rest wants. Errors: as mqtt_frame. */
MUST_CHECK enum err mqtt_frame_size(struct bytes in, size_t max, size_t *size);

/* PINGREQ, PINGRESP and DISCONNECT: nothing but a fixed header. Errors: ERR_INVALID it has a body.
 */
MUST_CHECK enum err mqtt_decode_empty(struct mqtt_frame f);
void mqtt_encode_empty(struct buf *b, enum mqtt_type type);

/* ---- topics ---- */

/* Whether `s` may be a string of MQTT: at most 65,535 bytes of UTF-8 without U+0000. */
bool mqtt_string_valid(struct bytes s);

/* Whether `topic` may be published to: a string, not empty, no wildcards. */
bool mqtt_topic_valid(struct bytes topic);

/* Whether `filter` may be subscribed to: a string, not empty, `+` and `#` only as whole levels, `#`
 * only as the last. */
bool mqtt_filter_valid(struct bytes filter);

/* Whether `filter` has a `+` or `#`. Requires a valid filter. */
bool mqtt_filter_is_wild(struct bytes filter);

/* Whether a subscription to `filter` gets what is published to `topic`; a wildcard in first place
 * never matches a topic that begins with `$`. Requires both to be valid. */
bool mqtt_match(struct bytes filter, struct bytes topic);

/* ---- CONNECT, CONNACK ---- */

#define MQTT_LEVEL_311 4u

struct mqtt_connect {
    struct bytes client_id; /* may be empty */
    struct bytes user;
    struct bytes password;
    struct bytes will_topic;
    struct bytes will_payload;
    uint16_t keep_alive_s; /* 0 = none */
    uint8_t will_qos;
    bool clean;
    bool has_will;
    bool will_retain;
    bool has_user;
    bool has_password;
};

/* Errors: ERR_INVALID      against the protocol, to be closed without an answer;
 *         ERR_UNSUPPORTED  a protocol or level that isn't 3.1.1, to be answered with
 *                          MQTT_CONNACK_VERSION. */
MUST_CHECK enum err mqtt_decode_connect(struct mqtt_frame f, struct mqtt_connect *out);
void mqtt_encode_connect(struct buf *b, const struct mqtt_connect *c);

enum mqtt_connack_code {
    MQTT_CONNACK_ACCEPTED = 0,
    MQTT_CONNACK_VERSION = 1,
    MQTT_CONNACK_CLIENT_ID = 2,
    MQTT_CONNACK_UNAVAILABLE = 3,
    MQTT_CONNACK_BAD_CREDENTIALS = 4,
    MQTT_CONNACK_NOT_AUTHORIZED = 5
};

struct mqtt_connack {
    enum mqtt_connack_code code;
    bool session_present;
};

MUST_CHECK enum err mqtt_decode_connack(struct mqtt_frame f, struct mqtt_connack *out);
void mqtt_encode_connack(struct buf *b, struct mqtt_connack c);

/* ---- PUBLISH and its acknowledgements ---- */

struct mqtt_publish {
    struct bytes topic;
    struct bytes payload;
    uint16_t id; /* 0 when qos is 0, else not 0 */
    uint8_t qos;
    bool dup;
    bool retain;
};

/* Errors: ERR_INVALID. */
MUST_CHECK enum err mqtt_decode_publish(struct mqtt_frame f, struct mqtt_publish *out);
void mqtt_encode_publish(struct buf *b, const struct mqtt_publish *p);

/* PUBACK, PUBREC, PUBREL, PUBCOMP and UNSUBACK: a packet id and nothing else.
 * Errors: ERR_INVALID, also for id 0. */
MUST_CHECK enum err mqtt_decode_ack(struct mqtt_frame f, uint16_t *id);
void mqtt_encode_ack(struct buf *b, enum mqtt_type type, uint16_t id);

/* ---- SUBSCRIBE, UNSUBSCRIBE and their answers ---- */

/* The filters of one packet, still in place: walked by mqtt_next_filter. */
struct mqtt_filters {
    enum mqtt_type type; /* MQTT_SUBSCRIBE or MQTT_UNSUBSCRIBE */
    uint16_t id;
    uint32_t count; /* at least 1 */
    struct bytes rest;
};

struct mqtt_filter {
    struct bytes text;
    uint8_t qos; /* asked for; 0 in UNSUBSCRIBE */
};

/* Reads SUBSCRIBE or UNSUBSCRIBE and checks all of it, so that the walk can't fail.
 * Errors: ERR_INVALID, also for no filter at all and for QoS 3. */
MUST_CHECK enum err mqtt_decode_filters(struct mqtt_frame f, struct mqtt_filters *out);

/* The next filter; false after the last. */
bool mqtt_next_filter(struct mqtt_filters *filters, struct mqtt_filter *out);

void mqtt_encode_filters(struct buf *b, enum mqtt_type type, uint16_t id,
                         const struct mqtt_filter *filters, size_t count);

/* In SUBACK: the QoS granted (0..2), or this. */
#define MQTT_SUBACK_FAILURE 0x80u

struct mqtt_suback {
    uint16_t id;
    struct bytes codes; /* one a filter, in the order of the request */
};

/* Errors: ERR_INVALID, also for a code that is neither 0, 1, 2 nor MQTT_SUBACK_FAILURE. */
MUST_CHECK enum err mqtt_decode_suback(struct mqtt_frame f, struct mqtt_suback *out);
void mqtt_encode_suback(struct buf *b, struct mqtt_suback s);

#endif
