/* SPDX-License-Identifier: Apache-2.0 */
/* Every counter of the program, with the words that /metrics prints. Written by the thread that
 * owns the fact, read by any. A new queue, drop, retry or refusal gets its row here first. */
#ifndef TELLTALE_MODEL_METRICS_H
#define TELLTALE_MODEL_METRICS_H

#include "model/time.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

/* id, name, type, help */
#define METRIC_LIST(X)                                                                             \
    X(METRIC_MESSAGES, "telltale_messages_total", "counter", "MQTT messages received.")            \
    X(METRIC_READINGS, "telltale_readings_total", "counter", "Readings decoded and accepted.")     \
    X(METRIC_TOPICS, "telltale_topics", "gauge", "Topics remembered with their decoder.")          \
    X(METRIC_TOPIC_BYTES, "telltale_topic_bytes", "gauge", "Bytes of remembered topics.")          \
    X(METRIC_TOPICS_FORGOTTEN, "telltale_topics_forgotten_total", "counter",                       \
      "Topics forgotten to make room for others.")                                                 \
    X(METRIC_MESSAGES_KEPT_BYTES, "telltale_messages_kept_bytes", "gauge",                         \
      "Memory of the last messages that are kept for people to look at.")                          \
    X(METRIC_MESSAGES_UNLISTED, "telltale_messages_unlisted_total", "counter",                     \
      "Messages that a device's list of its last ones leaves out because too many came.")          \
    X(METRIC_MQTT_CONNECTIONS, "telltale_mqtt_connections", "gauge", "MQTT connections open now.") \
    X(METRIC_MQTT_DELIVERED, "telltale_mqtt_delivered_total", "counter",                           \
      "Messages written to MQTT subscribers.")                                                     \
    X(METRIC_TLS_HANDSHAKES, "telltale_tls_handshakes_total", "counter",                           \
      "TLS handshakes with clients that ended well.")                                              \
    X(METRIC_TLS_RESUMED, "telltale_tls_resumed_total", "counter",                                 \
      "Those of them that resumed an earlier session.")                                            \
    X(METRIC_TLS_EXPIRES, "telltale_tls_certificate_expires_seconds", "gauge",                     \
      "When the listeners' certificate ends to be valid, seconds since 1970; 0: none.")            \
    X(METRIC_MQTT_BYTES_IN, "telltale_mqtt_received_bytes_total", "counter",                       \
      "Bytes received over MQTT.")                                                                 \
    X(METRIC_MQTT_BYTES_OUT, "telltale_mqtt_sent_bytes_total", "counter",                          \
      "Bytes handed to MQTT connections.")                                                         \
    X(METRIC_MQTT_SESSIONS, "telltale_mqtt_sessions", "gauge",                                     \
      "MQTT sessions, those without a connection included.")                                       \
    X(METRIC_MQTT_RETAINED, "telltale_mqtt_retained", "gauge", "Retained messages kept.")          \
    X(METRIC_MQTT_SUBSCRIPTIONS, "telltale_mqtt_subscriptions", "gauge",                           \
      "Subscriptions of MQTT sessions.")                                                           \
    X(METRIC_QUEUE_SESSIONS, "telltale_queue_sessions", "gauge",                                   \
      "Messages of QoS 1 and 2 that sessions still owe their clients.")                            \
    X(METRIC_KEPT_BYTES, "telltale_mqtt_kept_bytes", "gauge",                                      \
      "Memory of messages kept for sessions and as retained ones.")                                \
    X(METRIC_MQTT_THROTTLED, "telltale_mqtt_throttled_total", "counter",                           \
      "Times a device's connection was not read for a while because it sent too fast.")            \
    X(METRIC_MQTT_LOGINS_SLOWED, "telltale_mqtt_logins_slowed_total", "counter",                   \
      "Wrong MQTT log-ins whose answer was held back.")                                            \
    X(METRIC_BROKERS_UP, "telltale_brokers_connected", "gauge", "Dialled brokers connected now.")  \
    X(METRIC_BROKER_RECONNECTS, "telltale_broker_reconnects_total", "counter",                     \
      "Attempts to reach a dialled broker again.")                                                 \
    X(METRIC_DEVICES, "telltale_devices", "gauge", "Devices known.")                               \
    X(METRIC_SERIES, "telltale_series", "gauge", "Series (sensors of devices) known.")             \
    X(METRIC_RULES, "telltale_rules", "gauge", "Alert rules.")                                     \
    X(METRIC_RULES_BOUND, "telltale_rule_instances", "gauge",                                      \
      "Rules times the devices that they watch.")                                                  \
    X(METRIC_RULES_UNBOUND, "telltale_rule_instances_refused_total", "counter",                    \
      "Devices that a rule does not watch because there are too many such pairs.")                 \
    X(METRIC_RULES_UNREAD, "telltale_rules_unread_total", "counter",                               \
      "Rules in the store that this version can't read, and leaves out.")                          \
    X(METRIC_RULES_UNREPLAYED, "telltale_rule_instances_unreplayed_total", "counter",              \
      "Rules times devices that began without their past, since the start took too long.")         \
    X(METRIC_ALERTS_PENDING, "telltale_alerts_pending", "gauge",                                   \
      "Conditions that hold, but not yet for as long as their rule asks.")                         \
    X(METRIC_ALERTS_FIRED, "telltale_alerts_fired_total", "counter", "Alerts that began.")         \
    X(METRIC_ALERTS_LATE, "telltale_alerts_late_total", "counter",                                 \
      "Those of them that readings told which came late.")                                         \
    X(METRIC_ALERTS_OPEN, "telltale_alerts_open", "gauge", "Alerts that are not resolved.")        \
    X(METRIC_CLIENTS, "telltale_clients", "gauge", "Live clients connected (Socket.IO).")          \
    X(METRIC_CLIENTS_AWAY, "telltale_clients_away", "gauge",                                       \
      "Live clients whose connection was lost and that may still return to their session.")        \
    X(METRIC_CLIENTS_RETURNED, "telltale_clients_returned_total", "counter",                       \
      "Live clients that did.")                                                                    \
    X(METRIC_CLIENTS_BEHIND, "telltale_clients_behind", "gauge",                                   \
      "Live clients that take less than they are sent and get the newest values only.")            \
    X(METRIC_CLIENTS_FULL, "telltale_clients_full", "gauge",                                       \
      "Live clients that get all that they asked for.")                                            \
    X(METRIC_CLIENTS_CONFLATED, "telltale_clients_conflated", "gauge",                             \
      "Slow live clients that get the newest values each 250 ms.")                                 \
    X(METRIC_CLIENTS_SUMMARY, "telltale_clients_summary", "gauge",                                 \
      "Slow live clients that get the newest values each second.")                                 \
    X(METRIC_CLIENTS_PAUSED, "telltale_clients_paused", "gauge",                                   \
      "Live clients that take nothing and are sent nothing.")                                      \
    X(METRIC_LIVE_AREAS, "telltale_live_areas", "gauge",                                           \
      "Different areas of the map that live clients look at.")                                     \
    X(METRIC_LIVE_TICK, "telltale_live_tick_microseconds", "gauge",                                \
      "How long the live side gathers what comes before it sends; 0: not at all.")                 \
    X(METRIC_LIVE_GATHERED, "telltale_live_gathered_total", "counter",                             \
      "Batches that waited for the live side's next tick.")                                        \
    X(METRIC_LIVE_EVENTS, "telltale_live_events_total", "counter", "Events handed to clients.")    \
    X(METRIC_LIVE_CONFLATED, "telltale_live_conflated_total", "counter",                           \
      "Readings that a client did not get because a newer one took their place.")                  \
    X(METRIC_LIVE_RING_BYTES, "telltale_live_ring_bytes", "gauge",                                 \
      "Memory of what was told last, kept for clients that come back.")                            \
    X(METRIC_RESUMES, "telltale_live_resumes_total", "counter",                                    \
      "Subscriptions of clients that came back and got exactly what they missed.")                 \
    X(METRIC_RESYNCS, "telltale_live_resyncs_total", "counter",                                    \
      "Those that got a snapshot and history instead.")                                            \
    X(METRIC_HTTP_REQUESTS, "telltale_http_requests_total", "counter", "HTTP requests answered.")  \
    X(METRIC_HTTP_REFUSED, "telltale_http_refused_total", "counter",                               \
      "HTTP requests refused before they reached a route.")                                        \
    X(METRIC_LOGINS, "telltale_logins_total", "counter", "People that logged in by a password.")   \
    X(METRIC_LOGINS_WRONG, "telltale_logins_wrong_total", "counter",                               \
      "Passwords that were wrong, or of nobody.")                                                  \
    X(METRIC_LOGINS_HELD, "telltale_logins_held_total", "counter",                                 \
      "Passwords not looked at, since too many before were wrong.")                                \
    X(METRIC_LOGINS_BUSY, "telltale_logins_busy_total", "counter",                                 \
      "Passwords not looked at, since too many waited for that.")                                  \
    X(METRIC_STORE_READINGS, "telltale_store_readings", "gauge",                                   \
      "Readings stored; one of a time that is in a block already counts again.")                   \
    X(METRIC_STORE_BYTES, "telltale_store_bytes", "gauge", "Size of the store's files.")           \
    X(METRIC_STORE_ROOM, "telltale_store_room_bytes", "gauge",                                     \
      "What the store may still grow by: to its budget, or what the disk has left.")               \
    X(METRIC_STORE_BUDGET, "telltale_store_budget_state", "gauge",                                 \
      "The disk budget: 0 free, 1 nearly used, 2 used up, the oldest readings are deleted.")       \
    X(METRIC_STORE_BUDGET_BYTES, "telltale_store_budget_bytes", "gauge",                           \
      "What the store's files may take; 0: there is no budget.")                                   \
    X(METRIC_STORE_MEASURED, "telltale_store_measured_total", "counter",                           \
      "Times that the sizes of the tiers were measured.")                                          \
    X(METRIC_STORE_BUDGET_DELETED, "telltale_store_budget_deleted_total", "counter",               \
      "Readings deleted because of the disk budget.")                                              \
    X(METRIC_STORE_COMMITS, "telltale_store_commits_total", "counter", "Commits of the store.")    \
    X(METRIC_STORE_BLOCKS_CHECKED, "telltale_store_blocks_checked_total", "counter",               \
      "Blocks read and verified in the background.")                                               \
    X(METRIC_STORE_BLOCKS_DAMAGED, "telltale_store_blocks_damaged_total", "counter",               \
      "Those of them that were damaged.")                                                          \
    X(METRIC_STORE_CHECKS, "telltale_store_checks_total", "counter",                               \
      "Times that the background came to the last block.")                                         \
    X(METRIC_STORE_DEGRADED, "telltale_store_degraded", "gauge",                                   \
      "1 while readings can't be made durable.")                                                   \
    X(METRIC_DURABLE_SEQ, "telltale_store_durable_seq", "gauge", "Newest batch that is durable.")  \
    X(METRIC_SENDS_BATCHED, "telltale_sends_batched_total", "counter",                             \
      "Sends that shared a system call by io_uring.")                                              \
    X(METRIC_SEND_BATCHES, "telltale_send_batches_total", "counter", "Those system calls.")        \
    X(METRIC_QUEUE_STORE, "telltale_queue_store_bytes", "gauge",                                   \
      "Bytes of batches that wait for their commit.")                                              \
    X(METRIC_QUEUE_SERVE, "telltale_queue_serve", "gauge", "Batches that wait for the live side.") \
    X(METRIC_QUEUE_SERVE_OVERFLOWS, "telltale_queue_serve_overflows_total", "counter",             \
      "Times the live side fell behind and took a snapshot instead.")                              \
    X(METRIC_QUEUE_ACKS, "telltale_queue_acks", "gauge",                                           \
      "QoS 1 messages that wait for their acknowledgement.")                                       \
    X(METRIC_QUEUE_COMMANDS, "telltale_queue_commands", "gauge",                                   \
      "Changes by users that wait for their commit.")                                              \
    X(METRIC_QUEUE_QUERIES, "telltale_queue_queries", "gauge",                                     \
      "History queries waiting or running.")                                                       \
    X(METRIC_INGEST_PAUSED, "telltale_ingest_paused", "gauge",                                     \
      "1 while ingest reads nothing because the store is behind.")                                 \
    X(METRIC_OUTBOX, "telltale_outbox", "gauge", "Notifications that wait.")                       \
    X(METRIC_NOTIFY_SENT, "telltale_notifications_sent_total", "counter",                          \
      "Messages to people and programs that were taken.")                                          \
    X(METRIC_NOTIFY_FAILED, "telltale_notifications_failed_total", "counter",                      \
      "Messages that were refused and are not tried again.")                                       \
    X(METRIC_NOTIFY_RETRIED, "telltale_notifications_retried_total", "counter",                    \
      "Messages that were not taken and are tried again.")                                         \
    X(METRIC_NOTIFY_DIGESTED, "telltale_notifications_digested_total", "counter",                  \
      "Notifications that a budget moved into a digest.")

/* Why something was not taken: telltale_dropped_total{reason="..."} */
#define DROP_LIST(X)                                                                               \
    X(DROP_UNDECODED, "undecoded", "No decoder takes this payload.")                               \
    X(DROP_INVALID_JSON, "invalid_json", "Starts like JSON and is not.")                           \
    X(DROP_INVALID_UTF8, "invalid_utf8", "Text that is not UTF-8.")                                \
    X(DROP_WRONG_TYPE, "wrong_type", "A known key holds the wrong type.")                          \
    X(DROP_NOT_FINITE, "not_finite", "NaN, infinite or beyond a double.")                          \
    X(DROP_PAYLOAD_TOO_LARGE, "payload_too_large", "Above the decode limit.")                      \
    X(DROP_TOO_DEEP, "too_deep", "JSON nested too deeply.")                                        \
    X(DROP_TOO_MANY_VALUES, "too_many_values", "More readings in one message than the limit.")     \
    X(DROP_BAD_DEVICE_ID, "bad_device_id", "Empty, `.`, `..`, too long, or control characters.")   \
    X(DROP_BAD_SENSOR_ID, "bad_sensor_id", "Empty, `.`, `..`, too long, or control characters.")   \
    X(DROP_INVALID_PROTOBUF, "invalid_protobuf", "Binary payload that is cut off or malformed.")   \
    X(DROP_UNKNOWN_ALIAS, "unknown_alias", "Value under an alias that no birth announced.")        \
    X(DROP_TEMPLATE, "template", "Value behind a template that is not understood.")                \
    X(DROP_MEMORY_FULL, "memory_full", "Names, units or aliases beyond a decoder's memory.")       \
    X(DROP_BAD_TOPIC, "bad_topic", "Topic too long, too deep, or not allowed in a PUBLISH.")       \
    X(DROP_INVALID_LINE, "invalid_line", "A line that is not line protocol, among others.")        \
    X(DROP_MISSING_PATH, "missing_path", "The payload lacks a path that a mapping names.")         \
    X(DROP_RETAINED, "retained", "A retained reading without a time, ignored by settings.")        \
    X(DROP_DEVICE_LIMIT, "device_limit", "The cap on devices is reached.")                         \
    X(DROP_SENSOR_LIMIT, "sensor_limit", "The cap on sensors of a device is reached.")             \
    X(DROP_SERIES_LIMIT, "series_limit", "The cap on series is reached.")                          \
    X(DROP_TOO_OLD, "too_old", "Older than the configured retention.")                             \
    X(DROP_DEGRADED, "degraded", "QoS 0 reading not stored while the store can't commit.")         \
    X(DROP_MQTT_PROTOCOL, "mqtt_protocol", "An MQTT packet against the protocol.")                 \
    X(DROP_MQTT_TOO_LARGE, "mqtt_too_large", "An MQTT packet above the limit.")                    \
    X(DROP_NOT_ITS_DEVICE, "not_its_device", "Of a device that its sender may not speak for.")     \
    X(DROP_MQTT_UNAUTHORIZED, "mqtt_unauthorized", "An MQTT connection or publish not permitted.") \
    X(DROP_MQTT_QOS2, "mqtt_qos2", "A QoS 2 PUBLISH of a broker that was asked for less.")         \
    X(DROP_MQTT_TIMEOUT, "mqtt_timeout", "An MQTT connection that sent no CONNECT in time.")       \
    X(DROP_MQTT_SUBSCRIPTION, "mqtt_subscription", "A subscription beyond the limits.")            \
    X(DROP_MQTT_CONNECTION_LIMIT, "mqtt_connection_limit", "The cap on MQTT connections.")         \
    X(DROP_SESSION_FULL, "session_full", "QoS 1 and 2 messages beyond what a session may owe.")    \
    X(DROP_SESSION_EVICTED, "session_evicted", "Offline MQTT sessions that made room for others.") \
    X(DROP_MESSAGE_EXPIRED, "message_expired", "Messages whose expiry passed before delivery.")    \
    X(DROP_MESSAGE_TOO_LARGE, "message_too_large",                                                 \
      "Messages above the packet size that an MQTT subscriber takes.")                             \
    X(DROP_RETAINED_FULL, "retained_full", "Messages not retained: too large or too many.")        \
    X(DROP_MQTT_DUPLICATE, "mqtt_duplicate", "Messages sent again that had arrived before.")       \
    X(DROP_SYSTEM_TOPIC, "system_topic", "Messages that a client published to $SYS.")              \
    X(DROP_PAYLOAD_FORMAT, "payload_format", "Messages said to be UTF-8 that are not.")            \
    X(DROP_SUBSCRIBER_SLOW, "subscriber_slow", "Messages an MQTT subscriber did not read.")        \
    X(DROP_LINK_DUPLICATE, "link_duplicate", "A message that a dialled broker sent again.")        \
    X(DROP_LINK_UNSENT, "link_unsent", "Messages for a dialled broker that was not connected.")    \
    X(DROP_TLS_HANDSHAKE, "tls_handshake", "A TLS handshake that came to no agreement.")           \
    X(DROP_TLS_PLAIN, "tls_plain", "A connection to a TLS listener that speaks no TLS.")           \
    X(DROP_TLS_CERTIFICATE, "tls_certificate", "A client without a certificate that we trust.")    \
    X(DROP_TLS_REFUSED, "tls_refused", "A client that refused our certificate or TLS.")            \
    X(DROP_TLS_TIMEOUT, "tls_timeout", "A TLS handshake that did not end in time.")                \
    X(DROP_TLS_LIMIT, "tls_limit", "A connection beyond the limit of handshakes at once.")         \
    X(DROP_TLS_RECORD, "tls_record", "Bytes on a TLS connection that are no record of it.")        \
    X(DROP_TLS_FLOOD, "tls_flood", "A TLS client that asks on without reading answers.")           \
    X(DROP_HTTP_MALFORMED, "http_malformed", "An HTTP request against the protocol.")              \
    X(DROP_HTTP_TOO_LARGE, "http_too_large", "An HTTP head or body above the limit.")              \
    X(DROP_HTTP_TIMEOUT, "http_timeout", "An HTTP request that did not end in time.")              \
    X(DROP_HTTP_CUT, "http_cut", "A long answer that its reader took too slowly, or that failed.") \
    X(DROP_HTTP_HOST, "http_host", "A Host or Origin that is not allowed.")                        \
    X(DROP_HTTP_UNAUTHORIZED, "http_unauthorized", "A request without the rights it needs.")       \
    X(DROP_CONNECTION_LIMIT, "connection_limit", "The cap on HTTP connections or clients.")        \
    X(DROP_WS_PROTOCOL, "ws_protocol", "A WebSocket frame against the protocol.")                  \
    X(DROP_WS_TOO_LARGE, "ws_too_large", "A WebSocket message above the limit.")                   \
    X(DROP_SIO_PROTOCOL, "sio_protocol", "An Engine.IO or Socket.IO packet out of order.")         \
    X(DROP_CLIENT_OVERFLOW, "client_overflow", "A live client closed because too much waited.")    \
    X(DROP_OUTBOX_FULL, "outbox_full", "Notifications beyond what may wait.")                      \
    X(DROP_ACK_UNREAD, "ack_unread", "An answer for a live client that asks on without reading.")

/* Who may take a message: the decoder's name in /metrics and to people. */
#define DECODER_LIST(X)                                                                            \
    X(DECODER_NONE, "none")                                                                        \
    X(DECODER_MAPPING, "mapping")                                                                  \
    X(DECODER_COMMANDS, "commands")                                                                \
    X(DECODER_PLAIN, "plain")                                                                      \
    X(DECODER_SPARKPLUG, "sparkplug-b")                                                            \
    X(DECODER_ZIGBEE2MQTT, "zigbee2mqtt")                                                          \
    X(DECODER_TASMOTA, "tasmota")                                                                  \
    X(DECODER_SHELLY_GEN1, "shelly-gen1")                                                          \
    X(DECODER_SHELLY_GEN2, "shelly-gen2")                                                          \
    X(DECODER_ESPHOME, "esphome")                                                                  \
    X(DECODER_HOMIE, "homie")                                                                      \
    X(DECODER_HOME_ASSISTANT, "ha-discovery")                                                      \
    X(DECODER_THINGS_STACK, "ttn-v3")                                                              \
    X(DECODER_CHIRPSTACK, "chirpstack")                                                            \
    X(DECODER_OWNTRACKS, "owntracks")                                                              \
    X(DECODER_SENML, "senml")                                                                      \
    X(DECODER_THINGSBOARD, "thingsboard")                                                          \
    X(DECODER_AWS_SHADOW, "aws-shadow")                                                            \
    X(DECODER_AZURE_IOT, "azure-iot")                                                              \
    X(DECODER_TELEGRAF, "telegraf")                                                                \
    X(DECODER_RUUVI, "ruuvi")                                                                      \
    X(DECODER_VICTRON, "victron")                                                                  \
    X(DECODER_MESHTASTIC, "meshtastic")

enum decoder_id {
#define DECODER_ENUM(id, name) id,
    DECODER_LIST(DECODER_ENUM)
#undef DECODER_ENUM
        DECODER_COUNT
};

/* Not drops, but corrections worth a counter: telltale_corrected_total{reason="..."} */
#define CORRECTION_LIST(X)                                                                         \
    X(CORRECTION_TIME_AHEAD, "time_ahead", "More than 5 minutes ahead; arrival time taken.")       \
    X(CORRECTION_TIME_UNSET, "time_unset", "Before 2001; arrival time taken.")                     \
    X(CORRECTION_OUT_OF_ORDER, "out_of_order", "Older than the series' newest reading.")

#define HISTOGRAM_LIST(X)                                                                          \
    X(HISTOGRAM_COMMIT, "telltale_commit_seconds", "Time a commit of the store took.")             \
    X(HISTOGRAM_ACK, "telltale_ack_seconds", "Time from a QoS 1 message to its acknowledgement.")  \
    X(HISTOGRAM_NOTIFY, "telltale_notification_seconds", "Time that sending a message took.")      \
    X(HISTOGRAM_TICK, "telltale_tick_seconds", "Time a live tick took.")

enum metric {
#define METRIC_ENUM(id, name, type, help) id,
    METRIC_LIST(METRIC_ENUM)
#undef METRIC_ENUM
        METRIC_COUNT
};

enum drop {
#define DROP_ENUM(id, name, help) id,
    DROP_LIST(DROP_ENUM)
#undef DROP_ENUM
        DROP_COUNT,
    DROP_NONE = DROP_COUNT /* nothing was dropped */
};

enum correction {
#define CORRECTION_ENUM(id, name, help) id,
    CORRECTION_LIST(CORRECTION_ENUM)
#undef CORRECTION_ENUM
        CORRECTION_COUNT
};

enum histogram {
#define HISTOGRAM_ENUM(id, name, help) id,
    HISTOGRAM_LIST(HISTOGRAM_ENUM)
#undef HISTOGRAM_ENUM
        HISTOGRAM_COUNT
};

/* Upper bounds: 100 us x 2^i, i = 0..15 (3.3 s), then +Inf. */
#define HISTOGRAM_BUCKETS 17

/* Tiers of the store: raw readings, then rollups of minutes, hours and days. */
#define STORE_TIERS 4

/* id, name, help; each printed with its tier */
#define TIER_FIGURE_LIST(X)                                                                        \
    X(TIER_BYTES, "telltale_store_tier_bytes", "Bytes of a tier's blocks, when last measured.")    \
    X(TIER_DAY_BYTES, "telltale_store_tier_day_bytes", "Those of them of the last 24 hours.")      \
    X(TIER_OLDEST_S, "telltale_store_tier_oldest_seconds",                                         \
      "The oldest time in a tier, seconds since 1970; 0: it is empty.")                            \
    X(TIER_KEPT_S, "telltale_store_tier_kept_seconds",                                             \
      "How long a tier is kept, by the settings; 0: there is no limit.")

enum tier_figure {
#define TIER_FIGURE_ENUM(id, name, help) id,
    TIER_FIGURE_LIST(TIER_FIGURE_ENUM)
#undef TIER_FIGURE_ENUM
        TIER_FIGURE_COUNT
};

struct metrics {
    _Atomic uint64_t value[METRIC_COUNT];
    _Atomic uint64_t dropped[DROP_COUNT];
    /* Written by the decoder alone: messages taken, and what was not, by who had them. */
    _Atomic uint64_t decoded[DECODER_COUNT];
    _Atomic uint64_t undecoded[DECODER_COUNT][DROP_COUNT];
    _Atomic uint64_t corrected[CORRECTION_COUNT];
    _Atomic uint64_t tier[TIER_FIGURE_COUNT][STORE_TIERS];
    struct {
        _Atomic uint64_t bucket[HISTOGRAM_BUCKETS];
        _Atomic uint64_t sum_ns;
    } histogram[HISTOGRAM_COUNT];
};

static inline void metrics_add(struct metrics *m, enum metric id, uint64_t n)
{
    atomic_fetch_add_explicit(&m->value[id], n, memory_order_relaxed);
}

static inline void metrics_sub(struct metrics *m, enum metric id, uint64_t n)
{
    atomic_fetch_sub_explicit(&m->value[id], n, memory_order_relaxed);
}

static inline void metrics_set(struct metrics *m, enum metric id, uint64_t n)
{
    atomic_store_explicit(&m->value[id], n, memory_order_relaxed);
}

static inline void metrics_set_tier(struct metrics *m, enum tier_figure id, size_t tier, uint64_t n)
{
    atomic_store_explicit(&m->tier[id][tier], n, memory_order_relaxed);
}

static inline uint64_t metrics_get(const struct metrics *m, enum metric id)
{
    return atomic_load_explicit(&m->value[id], memory_order_relaxed);
}

static inline void metrics_drop(struct metrics *m, enum drop reason, uint64_t n)
{
    atomic_fetch_add_explicit(&m->dropped[reason], n, memory_order_relaxed);
}

static inline void metrics_correct(struct metrics *m, enum correction reason, uint64_t n)
{
    atomic_fetch_add_explicit(&m->corrected[reason], n, memory_order_relaxed);
}

/* The words of /metrics for a reason and a decoder. Static storage. */
const char *drop_reason(enum drop reason);
const char *decoder_name(enum decoder_id id);

/* Adds to a counter that only one thread writes: no locked instruction, and readers still see whole
 * numbers. */
static inline void metrics_own(_Atomic uint64_t *counter, uint64_t n)
{
    uint64_t now = atomic_load_explicit(counter, memory_order_relaxed);
    atomic_store_explicit(counter, now + n, memory_order_relaxed);
}

/* Counts one duration. */
void metrics_observe(struct metrics *m, enum histogram id, mono_ns duration);

#endif
