/* SPDX-License-Identifier: Apache-2.0 */
/* Decoding: one MQTT message in, readings, statuses and descriptions of devices out.
 *
 * A table of families, one an ecosystem, is asked in order; the first that owns the message decodes
 * it, and no second one sees it. What a family must remember between messages lives in the decoder,
 * bounded by model/limits.h.
 *
 * Workload: two million small messages a second. No allocation once what it must remember is known.
 * Pure: no clock, no I/O. It keeps no registry and judges no time: a record's time is the device's
 * own, however wrong; whether a device may be made is decided behind it. */
#ifndef TELLTALE_DECODE_DECODE_H
#define TELLTALE_DECODE_DECODE_H

#include "model/batch.h"
#include "model/limits.h"
#include "model/metrics.h"

#include "base/hash.h"

#include "decode/mapping.h"

struct decoder;

enum decode_flag {
    DECODE_RETAINED = 1, /* the broker's last-known value, not a message of this moment */
    DECODE_QOS_1 = 2,    /* how it came, for people to see */
    DECODE_QOS_2 = 4,
};

struct decode_input {
    struct bytes topic;   /* valid: UTF-8, without wildcards */
    struct bytes payload; /* anything */
    unsigned flags;       /* enum decode_flag */
    unsigned source;      /* 0: our own listener; n: the n-th dialled broker */
    wall_ms now;          /* arrival */
};

enum decode_kind {
    DECODE_READING,
    DECODE_STATUS,
};

enum decode_record_flag {
    DECODE_HISTORICAL = 1, /* history only, however new: the device sends what it had kept */
    DECODE_TRANSIENT = 2,  /* for show, not for the store */
    DECODE_OF_NOW = 4,     /* retained, but to be taken as a reading of the moment it arrives */
};

/* Ids are valid here: 1..LIMIT_ID_BYTES bytes of UTF-8, no control characters, neither "." nor
 * "..". */
struct decode_record {
    enum decode_kind kind;
    unsigned flags; /* enum decode_record_flag */
    struct bytes device;
    wall_ms time; /* the device's own, unit found by size; WALL_NONE: it told none */
    /* A reading: */
    struct bytes sensor;
    struct bytes unit; /* normalised, at most LIMIT_UNIT_BYTES; empty: not told */
    double value;      /* finite; 0 or 1 for KIND_BOOLEAN */
    enum value_kind value_kind;
    /* A status: online, offline or asleep. */
    enum device_status status;
};

/* What a message tells about a device itself. Text is valid UTF-8 without control characters, at
 * most LIMIT_NAME_BYTES; empty: not told. */
struct decode_meta {
    struct bytes device; /* a valid id */
    struct bytes parent; /* the device (bridge, gateway, node) without which this one is mute */
    struct bytes name;
    struct bytes model;
    struct bytes manufacturer;
    struct bytes place; /* a room, in words */
    bool located;       /* a fixed position; one that moves is readings location.* */
    double lat, lng;    /* degrees */
};

/* What a device or bridge wants to be asked before it tells more. Made only for ecosystems that
 * the settings name, since nothing is published to other people's systems unasked. */
struct decode_request {
    unsigned source; /* whom to publish it to */
    struct bytes topic;
    struct bytes payload;
};

struct decoded {
    const struct decode_record *records; /* in the order of the payload */
    size_t count;                        /* 0..LIMIT_RECORDS_PER_MESSAGE */
    const struct decode_meta *meta;
    size_t meta_count; /* 0..LIMIT_META_PER_MESSAGE */
    const struct decode_request *requests;
    size_t request_count;    /* 0..LIMIT_REQUESTS_PER_MESSAGE */
    enum decoder_id decoder; /* who took the message; DECODER_NONE: nobody */
    size_t mapping;          /* of DECODER_MAPPING: its number in the list, from 1; else 0 */
    /* Why nothing came of the message. DROP_NONE with no record: it was understood and says nothing
     * that is recorded (null, text, a command to a device). */
    enum drop drop;
    /* What a person should know beyond `drop`: "value_template not understood: {{ ... }}". Mostly
     * empty. */
    struct bytes note;
};

/* What a retained reading without a time of its own is. */
enum decode_retained {
    DECODE_RETAINED_LAST,   /* the last known value: shown, no history, no sign of life */
    DECODE_RETAINED_STORE,  /* a reading of the moment it arrives */
    DECODE_RETAINED_IGNORE, /* nothing; counted */
};

/* The words of enum decode_retained in a settings file, in its order, with a NULL behind them. */
#define DECODE_RETAINED_WORDS 3
extern const char *const decode_retained_words[DECODE_RETAINED_WORDS + 1];

/* Which ecosystems may be sent requests, all off by default, and what holds for every message. */
struct decode_config {
    enum decode_retained retained; /* unless a mapping says otherwise */
    bool sparkplug_rebirth;        /* ask a node for its births when something of it is not known */
    bool victron_keepalive;        /* ask a portal to publish, each 50 s */
    bool shelly_announce;          /* ask Gen1 devices who they are, once after start */
    /* Base topics besides the usual ones, each valid to publish to. */
    struct config_list zigbee2mqtt;
    struct config_list home_assistant;
    struct config_list homie;
    struct config_list telegraf;
};

/* Everything that is not taken is counted in `metrics` by the decoder itself: a message that gave
 * nothing, and each value lost out of a message that gave others. NULL counts nothing. `key` is
 * random: tables over what peers choose are hashed with it.
 * Ownership: `config` is copied; `metrics` is borrowed for the decoder's life. */
struct decoder *decoder_new(const struct decode_config *config, struct hash_key key,
                            struct metrics *metrics);

/* NULL is fine. */
void decoder_free(struct decoder *d);

/* Decodes one message.
 * Ownership: what `out` names is borrowed from `in` and `d`, until the next call. */
void decode_message(struct decoder *d, const struct decode_input *in, struct decoded *out);

/* Replaces the user's mappings (NULL: none), between two messages. Nothing that was learned of
 * devices is lost; who decodes which topic is asked anew. */
void decoder_set_mappings(struct decoder *d, struct mappings *take_mappings);

/* ---- what came in lately, topic by topic, for people who look for their device ---- */

/* A message that was kept for people, and what came of it. */
struct decode_sample {
    wall_ms at;
    enum decoder_id decoder;
    size_t mapping; /* as in struct decoded */
    enum drop drop; /* as in struct decoded, or why the pipeline took nothing of it */
    struct bytes note;
    bool retained;
    unsigned qos;
    struct bytes payload;                /* the beginning of it; may end within a character */
    size_t payload_bytes;                /* of all of it */
    const struct decode_record *records; /* up to LIMIT_TOPIC_RECORDS of ... */
    size_t record_count;
    size_t records_total; /* ... this many */
};

/* A topic that is remembered: all of them up to LIMIT_TOPICS, then those used last. The sample is
 * of one message not more than a second older than the newest. */
struct decode_topic_view {
    struct bytes topic;
    uint64_t messages;
    double rate; /* messages a second over the last minute, about */
    wall_ms first;
    wall_ms last;
    struct decode_sample sample;
};

struct decode_topics_query {
    struct bytes prefix; /* empty: any */
    struct bytes after;  /* empty: from the first */
    size_t limit;        /* at most LIMIT_TOPICS_PAGE are given */
    wall_ms now;
    /* Called for each in the order of their bytes; the view is valid during the call. */
    void (*each)(void *ctx, const struct decode_topic_view *view);
    void *ctx;
    bool lost; /* only those of whose sample nothing came, for a reason */
};

/* Shows topics; returns how many. Looks at all that are remembered, so it is for people's
 * questions and not for the path of messages. */
size_t decode_topics(const struct decoder *d, const struct decode_topics_query *q);

/* ---- the last messages ---- */

/* Keeps the last messages from now on, LIMIT_HEARD_BYTES of them at most. */
void decoder_keep_messages(struct decoder *d);

/* Nothing came of the message that was decoded last, for a reason that lies behind the decoder. */
void decoder_refused(struct decoder *d, enum drop why);

struct decode_message_view {
    struct bytes topic;
    uint64_t id;     /* grows with each message; 0: the sample of its topic */
    uint32_t one_in; /* of so many that came then, one was kept */
    struct decode_sample sample;
};

struct decode_messages_query {
    struct bytes device;           /* its messages; empty: of any */
    const struct mapping *mapping; /* those of topics that it is for; NULL: of any */
    size_t limit;                  /* at most LIMIT_HEARD_PAGE are given */
    /* Called for each, the newest first; the view is valid during the call. */
    void (*each)(void *ctx, const struct decode_message_view *view);
    void *ctx;
};

/* Shows messages that are kept; of topics that none is kept of any more, the sample. Returns how
 * many. For people's questions, as decode_topics. */
size_t decode_messages(const struct decoder *d, const struct decode_messages_query *q);

/* Somebody looks at a device until `until`: all its messages are kept. */
void decoder_watch(struct decoder *d, struct bytes device, wall_ms until);

/* What is to be asked for without a message to do it on: portals that fall silent unless someone
 * asks. Call it each second or so. `out` has requests only.
 * Ownership: as decode_message. */
void decode_tick(struct decoder *d, wall_ms now, struct decoded *out);

#endif
