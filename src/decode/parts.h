/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of decode/ share: the decoder's memory, the rules that every family follows (ids,
 * scalars, times, units, flattening) and the shape of a family. Private to the folder. */
#ifndef TELLTALE_DECODE_PARTS_H
#define TELLTALE_DECODE_PARTS_H

#include "decode/decode.h"
#include "decode/memo.h"
#include "proto/json/json.h"

/* ---- the decoder ---- */

struct recent;
struct heard_ring;

/* The last messages; see heard.h. */
struct hearing {
    uint32_t skip;           /* messages until the next one that is kept, it included */
    uint32_t watched;        /* devices that somebody looks at */
    bool held;               /* whether the message at hand was kept */
    struct heard_ring *ring; /* NULL: nothing is kept */
};

/* What families remember between messages; each is defined in its family's file, made by
 * decoder_new and owned by the decoder. */
struct decode_memory {
    struct hash_key key;
    struct memo sparkplug;
    struct memo tasmota;    /* topics that discovery told */
    bool tasmota_has_words; /* some of these devices have words of their own for on and off */
    struct memo portals;    /* Victron portals that are kept awake */
    /* The next ones are NULL until the first note. */
    struct recent *packets;  /* Meshtastic packets and Ruuvi measurements that were taken */
    struct recent *shadows;  /* AWS shadows whose accepted changes are heard */
    struct recent *named;    /* Victron devices that have a name of their own */
    uint64_t shellies_asked; /* bit n: source n was asked to announce its Gen1 devices */
    struct memo zigbee;
    struct memo homie;
    struct memo ha_configs; /* entities, by the topic that announced them */
    struct memo ha_topics;  /* the same entities, by the topics that they publish to */
};

/* Makes it empty, and gives back all that families put in. */
void decode_memory_init(struct decode_memory *m, struct hash_key key);
void decode_memory_fini(struct decode_memory *m);

/* Base topics other than the usual; see bases.h. */
struct decode_bases {
    struct base *all;
    size_t count;
    size_t cap;
};

struct decoder {
    struct decode_config config; /* without its lists */
    struct decode_bases bases;
    struct metrics *metrics; /* NULL: nothing is counted */
    struct decode_memory memory;
    struct topics *topics;
    struct hearing heard;
    struct mappings *mappings; /* may be NULL */
    unsigned source;           /* of the message, or of what is asked without one */
    size_t count;
    size_t meta_count;
    size_t request_count;
    enum drop first_lost; /* DROP_NONE: `lost` is all zero */
    uint32_t lost[DROP_COUNT];
    struct bytes note;
    size_t text_used;
    struct decode_record records[LIMIT_RECORDS_PER_MESSAGE];
    struct decode_meta meta[LIMIT_META_PER_MESSAGE];
    struct decode_request requests[LIMIT_REQUESTS_PER_MESSAGE];
    /* Text that is not a slice of the message: joined paths and unescaped strings. */
    uint8_t text[LIMIT_DECODE_TEXT_BYTES];
};

/* Takes back the records, descriptions and losses of this message so far; kept text stays. */
void decode_forget(struct decoder *d);

/* Counts one value of this message that is not taken. */
void decode_lose(struct decoder *d, enum drop reason);

/* A copy of `b` that lives until the next message. False: no room, which only a message that
 * repeats its keys can bring about. */
bool decode_keep(struct decoder *d, struct bytes b, struct bytes *kept);

/* The unescaped text if it is at most `max` bytes, borrowed or kept. False: longer, or no room. */
bool decode_keep_text(struct decoder *d, struct json_text text, size_t max, struct bytes *value);

/* `count` parts joined by `between` (may be empty), as text that lives until the next message.
 * False: longer than `max`, or no room. */
bool decode_join(struct decoder *d, const struct bytes *parts, size_t count, struct bytes between,
                 size_t max, struct bytes *joined);

/* Tells a person more than a drop's reason says; the first one of a message stays. Both are copied,
 * shortened where they are long; `detail` may be anything. */
void decode_note(struct decoder *d, const char *words, struct bytes detail);

/* Whether `id`, which is valid UTF-8, may name a device or a sensor. */
bool decode_id_valid(struct bytes id);

/* ---- scalars ---- */

enum scalar_kind {
    SCALAR_NOTHING, /* null, "", nan, none, unknown, unavailable: nothing is recorded, never 0 */
    SCALAR_TEXT,    /* a state in words */
    SCALAR_NUMBER,  /* infinite when no double holds it */
    SCALAR_BOOLEAN, /* 0 or 1 */
};

struct scalar {
    enum scalar_kind kind;
    double value;
};

/* Reads text by the JSON number grammar, on/off/true/false, and the words for nothing. */
struct scalar decode_scalar_of_text(struct bytes text);

/* Reads the scalar that comes next in `r`: anything but an object or an array. False: an error. */
bool decode_scalar_read(struct json_reader *r, struct scalar *s);

/* Whether `text` begins with a way to write what is not a finite number: NaN, -inf, Infinity. */
bool decode_starts_not_finite(struct bytes text);

/* Adds a reading, which must be a number or a boolean, without device, unit and time. NULL: it was
 * lost, and counted. */
struct decode_record *decode_add_reading(struct decoder *d, struct bytes sensor, struct scalar s);

/* Adds a number with all that is known of it. `unit`: NULL, or static and normalised; `device`: a
 * valid id. */
void decode_add_number(struct decoder *d, struct bytes device, struct bytes sensor, double value,
                       const char *unit, wall_ms time);

/* Adds a status. `device` is a valid id. */
void decode_add_status(struct decoder *d, struct bytes device, enum device_status status,
                       wall_ms time);

/* Adds a description without a word in it, or finds the one that this message already gave of
 * `device`, a valid id. NULL: too many, counted. Its text must outlive the message: use
 * decode_describe. */
struct decode_meta *decode_add_meta(struct decoder *d, struct bytes device);

/* Sets a text of a description to a copy of `text`, trimmed; what is empty, no UTF-8, or holds
 * control characters is left out, what is too long is cut at a character. */
void decode_describe(struct decoder *d, struct bytes *member, struct bytes text);

/* Asks for a message to be published to d->source. Both texts are copied. */
void decode_add_request(struct decoder *d, struct bytes topic, struct bytes payload);

/* ---- times and units ---- */

/* A time by its size: seconds, ms, us or ns since 1970. WALL_NONE: too small to be one. */
wall_ms decode_time_of_number(double v);

/* The same of an integer. */
wall_ms decode_time_of_i64(int64_t v);

/* A time in ISO 8601 with Z or an offset, or a number as text. WALL_NONE: neither. */
wall_ms decode_time_of_text(struct bytes text);

/* Reads whatever comes next in `r` as a time; WALL_NONE when it is none that can be used. */
wall_ms decode_time_read(struct json_reader *r);

/* The one spelling of a unit that has several; empty when it is none. */
struct bytes decode_unit(struct bytes unit);

/* ---- JSON ---- */

enum key {
    KEY_OTHER,
    KEY_DEVICE,
    KEY_SENSOR,
    KEY_VALUE,
    KEY_UNIT,
    KEY_TIME,
    KEY_STATUS,
    KEY_ID,
    KEY_LOCATION,
};

/* What a key of generic JSON stands for. Of several of one kind in an object, the one of the lowest
 * rank counts; KEY_OTHER has none. */
enum key decode_key(struct json_text key, unsigned *rank);

struct walk;

/* What a family does otherwise than generic JSON while its payload is flattened. Members may be
 * NULL. */
struct walk_rules {
    /* Whether the member `key` of what stands at w->path is left out, whatever it holds. */
    bool (*skips)(const struct walk *w, struct bytes key);
    /* Completes a reading that was just added: unit, time, device. */
    void (*adds)(struct walk *w, struct decode_record *r);
    /* Words of the ecosystem for a value: turns text, of which generic rules made `s`, into another
     * scalar. `text` is the unescaped string, at most 64 bytes. */
    void (*words)(struct walk *w, struct bytes text, struct scalar *s);
};

/* Where a walk through nested JSON is: `path` joins the keys with dots. */
struct walk {
    struct decoder *d;
    struct json_reader *r;
    const struct walk_rules *rules; /* NULL: generic */
    void *ctx;                      /* the family's */
    unsigned depth;                 /* keys and indices in the path */
    unsigned leaves;                /* readings that may still be added */
    size_t len; /* of the path; beyond LIMIT_ID_BYTES no reading is named any more */
    uint8_t path[LIMIT_ID_BYTES];
};

/* Reads a scalar, by the words of the walk's rules where it has some. False: an error. */
bool decode_walk_scalar(struct walk *w, struct scalar *s);

/* Begins a walk below `prefix`, a valid id or empty. Set `rules` and `ctx` afterwards. */
void decode_walk_init(struct walk *w, struct decoder *d, struct json_reader *r,
                      struct bytes prefix);

/* Adds every number and boolean of the value that comes next, below the path reached. */
void decode_flatten_value(struct walk *w);

/* The same below `key` of that path, unless the rules skip it. An error stays in the reader. */
void decode_flatten_member(struct walk *w, struct json_text key);

/* What an object is flattened as. */
struct flatten_as {
    struct bytes prefix;            /* empty: none */
    const struct walk_rules *rules; /* NULL: generic */
    void *ctx;
    struct bytes device; /* of readings that the rules give none; a NULL pointer: set afterwards */
    wall_ms time;        /* of readings that have none of their own */
};

/* The common case: flattens the object `json`, checked by decode_json_check. */
void decode_flatten_object(struct decoder *d, struct bytes json, const struct flatten_as *as);

/* ---- one member of a document ---- */

/* Whether `text` is JSON as a whole; DROP_NONE or why not. */
enum drop decode_json_check(struct bytes text);

/* These look into JSON that decode_json_check passed, by a path of keys and indices joined with
 * dots ("uplink_message.rx_metadata.0.rssi"; a key with a dot in it can't be named). The first of
 * equal keys counts. False: not there, or of another kind. */
bool decode_find(struct bytes json, const char *path, struct bytes *raw);
bool decode_find_object(struct bytes json, const char *path, struct bytes *raw);
bool decode_find_number(struct bytes json, const char *path, double *value); /* or numeric text */
bool decode_find_time(struct bytes json, const char *path, wall_ms *time);
/* The unescaped text, kept; at most `max` bytes. */
bool decode_find_text(struct decoder *d, struct bytes json, const char *path, size_t max,
                      struct bytes *text);
/* As decode_find_text, for what may name a device or sensor. */
bool decode_find_id(struct decoder *d, struct bytes json, const char *path, struct bytes *id);

/* Why the text that `r` failed on is not taken. */
enum drop decode_drop_of(const struct json_reader *r);

/* ---- generic messages ---- */

/* Whether `text` is online, offline or asleep. */
bool decode_status_of(struct bytes text, enum device_status *status);

/* Decodes a JSON object. `device` and `sensor` are what the topic names; a NULL pointer: nothing.
 * Returns as decode_family.decode does. */
enum drop decode_object(struct decoder *d, struct bytes payload, struct bytes device,
                        struct bytes sensor);

/* The same with rules of the caller's own for what is flattened, and for `value`. */
enum drop decode_object_by(struct decoder *d, struct bytes payload, struct bytes device,
                           struct bytes sensor, const struct walk_rules *rules, void *ctx);

/* The text of a payload that is one JSON string, or of one that is not JSON at all. */
enum drop decode_bare_text(struct decoder *d, struct bytes payload, struct bytes *text);

/* Why text that means nothing to us is refused. */
enum drop decode_drop_of_text(struct bytes text);

/* ---- families ---- */

struct decode_topic {
    struct bytes text;
    size_t count;
    struct bytes level[LIMIT_TOPIC_LEVELS];
};

/* Cuts a topic into its levels. False: more than the limit. */
bool decode_topic_split(struct bytes text, struct decode_topic *t);

struct decode_family {
    enum decoder_id id;
    /* Whether the family takes payloads up to LIMIT_DOCUMENT_BYTES of the topics that it owns. */
    bool documents;
    /* Whether the family, and no later one, decodes what is published to `t`. Judged by the topic
     * alone, once a topic: the answer is remembered. NULL: never. */
    bool (*owns)(const struct decode_topic *t);
    /* Whether the family decodes a message whose topic nobody owns, by what was learned from others
     * or by the payload's shape; cheap to say no. NULL: never. */
    bool (*recognises)(struct decoder *d, const struct decode_topic *t,
                       const struct decode_input *in);
    /* Adds records to `d`; returns why nothing could be taken, or DROP_NONE. */
    enum drop (*decode)(struct decoder *d, const struct decode_topic *t,
                        const struct decode_input *in);
};

/* The family with this id that takes the message if it is asked, or NULL. */
const struct decode_family *decode_family_for(struct decoder *d, enum decoder_id id,
                                              const struct decode_topic *t,
                                              const struct decode_input *in);

/* Whether level `i` is there and equals `word`. */
bool decode_level_is(const struct decode_topic *t, size_t i, const char *word);

/* Levels from..to-1 of the topic as they stand, slashes between. */
struct bytes decode_levels(const struct decode_topic *t, size_t from, size_t to);

/* The same with dots for slashes, kept. False: too long or no room. */
bool decode_levels_dotted(struct decoder *d, const struct decode_topic *t, size_t from, size_t to,
                          struct bytes *dotted);

/* Whether a family owns what is published to `topic`, judged by the topic alone. */
bool decode_is_owned(struct decoder *d, struct bytes topic);

/* Gives the readings of a native family the units, and their device the name, that discovery told
 * for their topic. */
void decode_add_discovered(struct decoder *d, const struct decode_input *in);

/* Topics that carry requests to devices: owned, so that nobody records them as data. */
extern const struct decode_family decode_commands;

/* spBv1.0/...: Sparkplug B. */
extern const struct decode_family decode_family_sparkplug;

/* zigbee2mqtt/..., or under the base that a bridge showed itself by. */
extern const struct decode_family decode_family_zigbee2mqtt;

/* .../<component>/<object>/state */
extern const struct decode_family decode_family_esphome;

/* homie/..., .../5/... */
extern const struct decode_family decode_family_homie;

/* homeassistant/.../config, and the topics that such messages named. */
extern const struct decode_family decode_family_home_assistant;

/* telegraf/..., and what looks like Telegraf's output under any topic. */
extern const struct decode_family decode_family_telegraf;

/* sensors/<device>, sensors/<device>/<sensor> */
extern const struct decode_family decode_plain_sensors;

/* devices/<device>/status */
extern const struct decode_family decode_plain_status;

/* One file each, which says whose topics and payloads they are. */
extern const struct decode_family decode_tasmota;
extern const struct decode_family decode_shelly_gen1;
extern const struct decode_family decode_shelly_gen2;
extern const struct decode_family decode_things_stack;
extern const struct decode_family decode_chirpstack;
extern const struct decode_family decode_owntracks;
extern const struct decode_family decode_senml;
extern const struct decode_family decode_thingsboard;
extern const struct decode_family decode_aws_shadow;
extern const struct decode_family decode_azure_iot;
extern const struct decode_family decode_ruuvi;
extern const struct decode_family decode_victron;
extern const struct decode_family decode_meshtastic;

/* Asks Victron portals that were heard of to go on publishing. */
void victron_tick(struct decoder *d, wall_ms now);

/* Any topic, with a JSON object or one scalar. The last of all. */
extern const struct decode_family decode_plain_any;

#endif
