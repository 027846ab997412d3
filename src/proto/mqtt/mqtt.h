/* SPDX-License-Identifier: Apache-2.0 */
/* MQTT 3.1.1 (OASIS standard, 29 October 2014) and 5.0 (OASIS standard, 7 March 2019) as bytes:
 * every packet, both ways. Sans-I/O: slices come in, structs over the same slices come out, so
 * decoding neither copies nor allocates.
 *
 * What a receiver does: mqtt_frame finds the next packet in what was received, its `type` says
 * which decoder reads the body. The frame carries the version that the connection speaks, which
 * the receiver sets after CONNECT. Decoders check everything that one packet can violate by itself;
 * the order of packets and what their ids refer to belong to the session.
 *
 * Every struct with a `version` may leave it 0, which is 3.1.1. What 5.0 adds (`properties`,
 * reason codes, options of a filter) is empty or 0 in a packet of 3.1.1 that was decoded, and not
 * looked at in one that is encoded.
 *
 * Errors of all decoders: ERR_INVALID    malformed: cut short, reserved bits, not UTF-8, no such
 *                                        property or code (reason 0x81 of 5.0);
 *                         ERR_PROTOCOL   well formed but against the protocol: a property twice or
 *                                        in the wrong packet, 0 where it has no meaning (0x82);
 *                         ERR_TOO_LARGE  more than MQTT_USER_PROPERTIES_MAX (0x97). */
#ifndef TELLTALE_PROTO_MQTT_MQTT_H
#define TELLTALE_PROTO_MQTT_MQTT_H

#include "base/buf.h"
#include "base/bytes.h"

enum mqtt_version {
    MQTT_V311 = 4, /* the level that CONNECT names */
    MQTT_V5 = 5
};

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
    MQTT_DISCONNECT,
    MQTT_AUTH /* 5.0 only */
};

/* Largest remaining length that four bytes can say; also the largest of any variable integer. */
#define MQTT_REMAINING_MAX 268435455u
/* Longest fixed header. */
#define MQTT_HEAD_MAX 5u
/* Longest string or binary field. */
#define MQTT_STRING_MAX 65535u

struct mqtt_frame {
    enum mqtt_type type;
    uint8_t flags;     /* low four bits of the first byte, valid for `type` */
    struct bytes body; /* what follows the fixed header */
    uint8_t version;   /* MQTT_V311 from mqtt_frame; the receiver says otherwise */
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

/* PINGREQ and PINGRESP: nothing but a fixed header. Errors: ERR_INVALID it has a body. */
MUST_CHECK enum err mqtt_decode_empty(struct mqtt_frame f);
/* The same, and the DISCONNECT without a reason, which both versions know. */
void mqtt_encode_empty(struct buf *b, enum mqtt_type type);

/* ---- reason codes of 5.0 ---- */

#define MQTT_IN(type) (1u << (type))

#define MQTT_IN_RECEIPTS (MQTT_IN(MQTT_PUBACK) | MQTT_IN(MQTT_PUBREC))
#define MQTT_IN_RELEASES (MQTT_IN(MQTT_PUBREL) | MQTT_IN(MQTT_PUBCOMP))
#define MQTT_IN_ENDS     (MQTT_IN(MQTT_CONNACK) | MQTT_IN(MQTT_DISCONNECT))
#define MQTT_IN_LISTS    (MQTT_IN(MQTT_SUBACK) | MQTT_IN(MQTT_UNSUBACK))

/* id, code, the packets that may carry it, words */
#define MQTT_REASON_LIST(X)                                                                        \
    X(MQTT_SUCCESS, 0x00,                                                                          \
      MQTT_IN_ENDS | MQTT_IN_RECEIPTS | MQTT_IN_RELEASES | MQTT_IN_LISTS | MQTT_IN(MQTT_AUTH),     \
      "success")                                                                                   \
    X(MQTT_GRANTED_QOS_1, 0x01, MQTT_IN(MQTT_SUBACK), "granted QoS 1")                             \
    X(MQTT_GRANTED_QOS_2, 0x02, MQTT_IN(MQTT_SUBACK), "granted QoS 2")                             \
    X(MQTT_DISCONNECT_WITH_WILL, 0x04, MQTT_IN(MQTT_DISCONNECT), "disconnect with will")           \
    X(MQTT_NO_SUBSCRIBERS, 0x10, MQTT_IN_RECEIPTS, "no matching subscribers")                      \
    X(MQTT_NO_SUBSCRIPTION, 0x11, MQTT_IN(MQTT_UNSUBACK), "no subscription existed")               \
    X(MQTT_CONTINUE_AUTH, 0x18, MQTT_IN(MQTT_AUTH), "continue authentication")                     \
    X(MQTT_REAUTHENTICATE, 0x19, MQTT_IN(MQTT_AUTH), "re-authenticate")                            \
    X(MQTT_UNSPECIFIED, 0x80, MQTT_IN_ENDS | MQTT_IN_RECEIPTS | MQTT_IN_LISTS,                     \
      "unspecified error")                                                                         \
    X(MQTT_MALFORMED, 0x81, MQTT_IN_ENDS, "malformed packet")                                      \
    X(MQTT_PROTOCOL_ERROR, 0x82, MQTT_IN_ENDS, "protocol error")                                   \
    X(MQTT_IMPLEMENTATION, 0x83, MQTT_IN_ENDS | MQTT_IN_RECEIPTS | MQTT_IN_LISTS,                  \
      "implementation specific error")                                                             \
    X(MQTT_UNSUPPORTED_VERSION, 0x84, MQTT_IN(MQTT_CONNACK), "unsupported protocol version")       \
    X(MQTT_BAD_CLIENT_ID, 0x85, MQTT_IN(MQTT_CONNACK), "client identifier not valid")              \
    X(MQTT_BAD_CREDENTIALS, 0x86, MQTT_IN(MQTT_CONNACK), "bad user name or password")              \
    X(MQTT_NOT_AUTHORIZED, 0x87, MQTT_IN_ENDS | MQTT_IN_RECEIPTS | MQTT_IN_LISTS,                  \
      "not authorized")                                                                            \
    X(MQTT_UNAVAILABLE, 0x88, MQTT_IN(MQTT_CONNACK), "server unavailable")                         \
    X(MQTT_BUSY, 0x89, MQTT_IN_ENDS, "server busy")                                                \
    X(MQTT_BANNED, 0x8A, MQTT_IN(MQTT_CONNACK), "banned")                                          \
    X(MQTT_SHUTTING_DOWN, 0x8B, MQTT_IN(MQTT_DISCONNECT), "server shutting down")                  \
    X(MQTT_BAD_AUTH_METHOD, 0x8C, MQTT_IN_ENDS, "bad authentication method")                       \
    X(MQTT_KEEP_ALIVE_TIMEOUT, 0x8D, MQTT_IN(MQTT_DISCONNECT), "keep alive timeout")               \
    X(MQTT_TAKEN_OVER, 0x8E, MQTT_IN(MQTT_DISCONNECT), "session taken over")                       \
    X(MQTT_FILTER_INVALID, 0x8F, MQTT_IN_LISTS | MQTT_IN(MQTT_DISCONNECT), "topic filter invalid") \
    X(MQTT_TOPIC_INVALID, 0x90, MQTT_IN_ENDS | MQTT_IN_RECEIPTS, "topic name invalid")             \
    X(MQTT_ID_IN_USE, 0x91, MQTT_IN_RECEIPTS | MQTT_IN_LISTS, "packet identifier in use")          \
    X(MQTT_ID_NOT_FOUND, 0x92, MQTT_IN_RELEASES, "packet identifier not found")                    \
    X(MQTT_RECEIVE_EXCEEDED, 0x93, MQTT_IN(MQTT_DISCONNECT), "receive maximum exceeded")           \
    X(MQTT_ALIAS_INVALID, 0x94, MQTT_IN(MQTT_DISCONNECT), "topic alias invalid")                   \
    X(MQTT_TOO_LARGE, 0x95, MQTT_IN_ENDS, "packet too large")                                      \
    X(MQTT_RATE_TOO_HIGH, 0x96, MQTT_IN(MQTT_DISCONNECT), "message rate too high")                 \
    X(MQTT_QUOTA_EXCEEDED, 0x97, MQTT_IN_ENDS | MQTT_IN_RECEIPTS | MQTT_IN(MQTT_SUBACK),           \
      "quota exceeded")                                                                            \
    X(MQTT_ADMINISTRATIVE, 0x98, MQTT_IN(MQTT_DISCONNECT), "administrative action")                \
    X(MQTT_PAYLOAD_INVALID, 0x99, MQTT_IN_ENDS | MQTT_IN_RECEIPTS, "payload format invalid")       \
    X(MQTT_NO_RETAIN, 0x9A, MQTT_IN_ENDS, "retain not supported")                                  \
    X(MQTT_QOS_UNSUPPORTED, 0x9B, MQTT_IN_ENDS, "QoS not supported")                               \
    X(MQTT_USE_ANOTHER, 0x9C, MQTT_IN_ENDS, "use another server")                                  \
    X(MQTT_MOVED, 0x9D, MQTT_IN_ENDS, "server moved")                                              \
    X(MQTT_NO_SHARED, 0x9E, MQTT_IN(MQTT_SUBACK) | MQTT_IN(MQTT_DISCONNECT),                       \
      "shared subscriptions not supported")                                                        \
    X(MQTT_CONNECTION_RATE, 0x9F, MQTT_IN_ENDS, "connection rate exceeded")                        \
    X(MQTT_CONNECT_TIME, 0xA0, MQTT_IN(MQTT_DISCONNECT), "maximum connect time")                   \
    X(MQTT_NO_SUBSCRIPTION_IDS, 0xA1, MQTT_IN(MQTT_SUBACK) | MQTT_IN(MQTT_DISCONNECT),             \
      "subscription identifiers not supported")                                                    \
    X(MQTT_NO_WILDCARDS, 0xA2, MQTT_IN(MQTT_SUBACK) | MQTT_IN(MQTT_DISCONNECT),                    \
      "wildcard subscriptions not supported")

enum mqtt_reason {
#define MQTT_REASON_ENUM(id, code, packets, words) id = (code),
    MQTT_REASON_LIST(MQTT_REASON_ENUM)
#undef MQTT_REASON_ENUM
};

/* Codes from here on say that something failed. */
#define MQTT_FAILURES 0x80u

/* The reason in plain words, static storage; "unknown reason" for a code that isn't in the list. */
const char *mqtt_reason_text(uint8_t code);

/* Whether packets of `type` may carry `code`. */
bool mqtt_reason_valid(enum mqtt_type type, uint8_t code);

/* ---- properties of 5.0 ---- */

/* A section of properties stays where it is in the packet: `struct bytes properties`, checked by
 * the packet's decoder, read by the functions here. For encoding, a section is built in a buffer by
 * mqtt_put_*, or one that was decoded is handed on. */

/* Those of a will, beside MQTT_IN of the packet types. */
#define MQTT_WILL        0
#define MQTT_IN_WILL     (1u << MQTT_WILL)
#define MQTT_IN_CHECKS   (MQTT_IN(MQTT_CONNECT) | MQTT_IN(MQTT_CONNACK))
#define MQTT_IN_MESSAGES (MQTT_IN(MQTT_PUBLISH) | MQTT_IN_WILL)
#define MQTT_IN_REPLIES                                                                            \
    (MQTT_IN_ENDS | MQTT_IN_RECEIPTS | MQTT_IN_RELEASES | MQTT_IN_LISTS | MQTT_IN(MQTT_AUTH))
#define MQTT_IN_ALL                                                                                \
    (MQTT_IN_REPLIES | MQTT_IN_MESSAGES | MQTT_IN(MQTT_CONNECT) | MQTT_IN(MQTT_SUBSCRIBE) |        \
     MQTT_IN(MQTT_UNSUBSCRIBE))

/* How a property's value is written. */
enum mqtt_kind {
    MQTT_KIND_BOOL, /* a byte, 0 or 1 */
    MQTT_KIND_U16,
    MQTT_KIND_U16_POSITIVE,
    MQTT_KIND_U32,
    MQTT_KIND_U32_POSITIVE,
    MQTT_KIND_VARINT_POSITIVE,
    MQTT_KIND_STRING,
    MQTT_KIND_TOPIC,
    MQTT_KIND_BINARY,
    MQTT_KIND_PAIR
};

/* id, number, kind, the packets that may carry it */
#define MQTT_PROPERTY_LIST(X)                                                                      \
    X(MQTT_PAYLOAD_FORMAT, 0x01, MQTT_KIND_BOOL, MQTT_IN_MESSAGES)                                 \
    X(MQTT_MESSAGE_EXPIRY, 0x02, MQTT_KIND_U32, MQTT_IN_MESSAGES)                                  \
    X(MQTT_CONTENT_TYPE, 0x03, MQTT_KIND_STRING, MQTT_IN_MESSAGES)                                 \
    X(MQTT_RESPONSE_TOPIC, 0x08, MQTT_KIND_TOPIC, MQTT_IN_MESSAGES)                                \
    X(MQTT_CORRELATION_DATA, 0x09, MQTT_KIND_BINARY, MQTT_IN_MESSAGES)                             \
    X(MQTT_SUBSCRIPTION_ID, 0x0B, MQTT_KIND_VARINT_POSITIVE,                                       \
      MQTT_IN(MQTT_PUBLISH) | MQTT_IN(MQTT_SUBSCRIBE))                                             \
    X(MQTT_SESSION_EXPIRY, 0x11, MQTT_KIND_U32, MQTT_IN_CHECKS | MQTT_IN(MQTT_DISCONNECT))         \
    X(MQTT_ASSIGNED_CLIENT_ID, 0x12, MQTT_KIND_STRING, MQTT_IN(MQTT_CONNACK))                      \
    X(MQTT_SERVER_KEEP_ALIVE, 0x13, MQTT_KIND_U16, MQTT_IN(MQTT_CONNACK))                          \
    X(MQTT_AUTH_METHOD, 0x15, MQTT_KIND_STRING, MQTT_IN_CHECKS | MQTT_IN(MQTT_AUTH))               \
    X(MQTT_AUTH_DATA, 0x16, MQTT_KIND_BINARY, MQTT_IN_CHECKS | MQTT_IN(MQTT_AUTH))                 \
    X(MQTT_REQUEST_PROBLEM, 0x17, MQTT_KIND_BOOL, MQTT_IN(MQTT_CONNECT))                           \
    X(MQTT_WILL_DELAY, 0x18, MQTT_KIND_U32, MQTT_IN_WILL)                                          \
    X(MQTT_REQUEST_RESPONSE, 0x19, MQTT_KIND_BOOL, MQTT_IN(MQTT_CONNECT))                          \
    X(MQTT_RESPONSE_INFORMATION, 0x1A, MQTT_KIND_STRING, MQTT_IN(MQTT_CONNACK))                    \
    X(MQTT_SERVER_REFERENCE, 0x1C, MQTT_KIND_STRING, MQTT_IN_ENDS)                                 \
    X(MQTT_REASON_STRING, 0x1F, MQTT_KIND_STRING, MQTT_IN_REPLIES)                                 \
    X(MQTT_RECEIVE_MAXIMUM, 0x21, MQTT_KIND_U16_POSITIVE, MQTT_IN_CHECKS)                          \
    X(MQTT_ALIAS_MAXIMUM, 0x22, MQTT_KIND_U16, MQTT_IN_CHECKS)                                     \
    X(MQTT_TOPIC_ALIAS, 0x23, MQTT_KIND_U16_POSITIVE, MQTT_IN(MQTT_PUBLISH))                       \
    X(MQTT_MAXIMUM_QOS, 0x24, MQTT_KIND_BOOL, MQTT_IN(MQTT_CONNACK))                               \
    X(MQTT_RETAIN_AVAILABLE, 0x25, MQTT_KIND_BOOL, MQTT_IN(MQTT_CONNACK))                          \
    X(MQTT_USER_PROPERTY, 0x26, MQTT_KIND_PAIR, MQTT_IN_ALL)                                       \
    X(MQTT_MAXIMUM_PACKET, 0x27, MQTT_KIND_U32_POSITIVE, MQTT_IN_CHECKS)                           \
    X(MQTT_WILDCARDS_AVAILABLE, 0x28, MQTT_KIND_BOOL, MQTT_IN(MQTT_CONNACK))                       \
    X(MQTT_IDS_AVAILABLE, 0x29, MQTT_KIND_BOOL, MQTT_IN(MQTT_CONNACK))                             \
    X(MQTT_SHARED_AVAILABLE, 0x2A, MQTT_KIND_BOOL, MQTT_IN(MQTT_CONNACK))

enum mqtt_property_id {
#define MQTT_PROPERTY_ENUM(id, number, kind, packets) id = (number),
    MQTT_PROPERTY_LIST(MQTT_PROPERTY_ENUM)
#undef MQTT_PROPERTY_ENUM
};

/* User properties in one section: they are handed on to every subscriber, and nobody uses more. */
#define MQTT_USER_PROPERTIES_MAX 64u

struct mqtt_property {
    enum mqtt_property_id id;
    uint32_t number;    /* of the kinds that are numbers, else 0 */
    struct bytes text;  /* of a string, topic or binary; the name of a user property */
    struct bytes value; /* of a user property */
    struct bytes whole; /* as it is written, its number included */
};

/* Takes the next property from the front of a section; false when it is empty. Requires a section
 * that a decoder checked, or mqtt_put_* built. */
bool mqtt_next_property(struct bytes *section, struct mqtt_property *out);

/* The value of the first property `id` of a checked section; `otherwise`, or a slice with a NULL
 * ptr, when it has none. */
uint32_t mqtt_property_number(struct bytes section, enum mqtt_property_id id, uint32_t otherwise);
struct bytes mqtt_property_bytes(struct bytes section, enum mqtt_property_id id);

/* Append a property to a section. Values must be such as the kind allows. */
void mqtt_put_number(struct buf *section, enum mqtt_property_id id, uint32_t number);
void mqtt_put_bytes(struct buf *section, enum mqtt_property_id id, struct bytes value);
void mqtt_put_user_property(struct buf *section, struct bytes name, struct bytes value);

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

/* Takes `$share/GROUP/FILTER` apart. A filter that does not begin with `$share/` has an empty group
 * and is its own rest. Requires a valid filter.
 * Errors: ERR_PROTOCOL  it begins so, and group or filter is missing or the group has a wildcard.
 */
MUST_CHECK enum err mqtt_share_split(struct bytes filter, struct bytes *group, struct bytes *rest);

/* ---- CONNECT, CONNACK ---- */

struct mqtt_connect {
    struct bytes client_id; /* may be empty */
    struct bytes user;
    struct bytes password;
    struct bytes will_topic;
    struct bytes will_payload;
    uint16_t keep_alive_s; /* 0 = none */
    uint8_t will_qos;
    bool clean; /* clean session; clean start in 5.0 */
    bool has_will;
    bool will_retain;
    bool has_user;
    bool has_password; /* 3.1.1 wants a user with it */
    uint8_t version;
    struct bytes properties;
    struct bytes will_properties;
};

/* Errors: as all decoders, and
 *         ERR_UNSUPPORTED  a protocol or level that is neither; `out->version` is the level it
 *                          named and nothing else is set. To be answered with
 *                          MQTT_CONNACK_VERSION, above level 5 with MQTT_UNSUPPORTED_VERSION. */
MUST_CHECK enum err mqtt_decode_connect(struct mqtt_frame f, struct mqtt_connect *out);
void mqtt_encode_connect(struct buf *b, const struct mqtt_connect *c);

/* Codes of 3.1.1; 5.0 has its reasons. */
enum mqtt_connack_code {
    MQTT_CONNACK_ACCEPTED = 0,
    MQTT_CONNACK_VERSION = 1,
    MQTT_CONNACK_CLIENT_ID = 2,
    MQTT_CONNACK_UNAVAILABLE = 3,
    MQTT_CONNACK_BAD_CREDENTIALS = 4,
    MQTT_CONNACK_NOT_AUTHORIZED = 5
};

struct mqtt_connack {
    uint8_t code; /* enum mqtt_connack_code; in 5.0 enum mqtt_reason */
    bool session_present;
    uint8_t version;
    struct bytes properties;
};

MUST_CHECK enum err mqtt_decode_connack(struct mqtt_frame f, struct mqtt_connack *out);
void mqtt_encode_connack(struct buf *b, const struct mqtt_connack *c);

/* ---- PUBLISH and its acknowledgements ---- */

struct mqtt_publish {
    struct bytes topic; /* empty only in 5.0, with a topic alias */
    struct bytes payload;
    uint16_t id; /* 0 when qos is 0, else not 0 */
    uint8_t qos;
    bool dup;
    bool retain;
    uint8_t version;
    struct bytes properties;
};

MUST_CHECK enum err mqtt_decode_publish(struct mqtt_frame f, struct mqtt_publish *out);
void mqtt_encode_publish(struct buf *b, const struct mqtt_publish *p);

/* PUBACK, PUBREC, PUBREL, PUBCOMP. */
struct mqtt_ack {
    enum mqtt_type type;
    uint16_t id;  /* never 0 */
    uint8_t code; /* enum mqtt_reason; MQTT_SUCCESS in 3.1.1 */
    uint8_t version;
    struct bytes properties;
};

MUST_CHECK enum err mqtt_decode_ack(struct mqtt_frame f, struct mqtt_ack *out);
/* Leaves out what may be left out: a success without properties is four bytes in both versions. */
void mqtt_encode_ack(struct buf *b, const struct mqtt_ack *a);

/* ---- SUBSCRIBE, UNSUBSCRIBE and their answers ---- */

/* The filters of one packet, still in place: walked by mqtt_next_filter. */
struct mqtt_filters {
    enum mqtt_type type; /* MQTT_SUBSCRIBE or MQTT_UNSUBSCRIBE */
    uint16_t id;
    uint8_t version;
    struct bytes properties;
    uint32_t count;    /* at least 1; not looked at when encoding */
    struct bytes rest; /* likewise */
};

/* What to do with retained messages when a subscription is made. */
enum mqtt_retain_handling {
    MQTT_RETAIN_SEND = 0,
    MQTT_RETAIN_SEND_IF_NEW = 1,
    MQTT_RETAIN_DO_NOT_SEND = 2
};

struct mqtt_filter {
    struct bytes text;
    uint8_t qos;              /* asked for; 0 in UNSUBSCRIBE */
    bool no_local;            /* 5.0: not what this client itself published */
    bool retain_as_published; /* 5.0: the retain flag stays as the publisher set it */
    uint8_t retain_handling;  /* 5.0: enum mqtt_retain_handling */
};

/* Reads SUBSCRIBE or UNSUBSCRIBE and checks all of it, so that the walk can't fail. A packet
 * without any filter, and one that wants no_local of a shared subscription, is ERR_PROTOCOL. */
MUST_CHECK enum err mqtt_decode_filters(struct mqtt_frame f, struct mqtt_filters *out);

/* The next filter; false after the last. */
bool mqtt_next_filter(struct mqtt_filters *filters, struct mqtt_filter *out);

/* Writes `count` filters, at least one, behind what `head` says. */
void mqtt_encode_filters(struct buf *b, const struct mqtt_filters *head,
                         const struct mqtt_filter *filters, size_t count);

/* In a SUBACK of 3.1.1: the QoS granted (0..2), or this. */
#define MQTT_SUBACK_FAILURE 0x80u

/* SUBACK or UNSUBACK. */
struct mqtt_suback {
    enum mqtt_type type;
    uint16_t id;
    uint8_t version;
    struct bytes codes; /* one a filter, in the order of the request; none in a 3.1.1 UNSUBACK */
    struct bytes properties;
};

MUST_CHECK enum err mqtt_decode_suback(struct mqtt_frame f, struct mqtt_suback *out);
void mqtt_encode_suback(struct buf *b, const struct mqtt_suback *s);

/* ---- DISCONNECT, AUTH ---- */

struct mqtt_end {
    enum mqtt_type type; /* MQTT_DISCONNECT, or MQTT_AUTH, which is of 5.0 */
    uint8_t code;        /* enum mqtt_reason; MQTT_SUCCESS in 3.1.1 */
    uint8_t version;
    struct bytes properties;
};

MUST_CHECK enum err mqtt_decode_end(struct mqtt_frame f, struct mqtt_end *out);
void mqtt_encode_end(struct buf *b, const struct mqtt_end *e);

#endif
