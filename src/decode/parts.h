/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of decode/ share: the decoder's memory, the rules that every family follows (ids,
 * scalars, times, units, flattening) and the shape of a family. Private to the folder. */
#ifndef TELLTALE_DECODE_PARTS_H
#define TELLTALE_DECODE_PARTS_H

#include "decode/decode.h"
#include "proto/json/json.h"

/* ---- the decoder ---- */

/* Text that is not a slice of the message: joined paths and unescaped strings. Each record may need
 * a sensor and a unit, the message a device and a prefix. */
#define DECODE_TEXT_BYTES                                                                          \
    (LIMIT_RECORDS_PER_MESSAGE * (LIMIT_ID_BYTES + LIMIT_UNIT_BYTES) + 4 * LIMIT_ID_BYTES)

struct decoder {
    struct metrics *metrics; /* NULL: nothing is counted */
    size_t count;
    enum drop first_lost; /* DROP_NONE: `lost` is all zero */
    uint32_t lost[DROP_COUNT];
    size_t text_used;
    struct decode_record records[LIMIT_RECORDS_PER_MESSAGE + 1]; /* and one status */
    uint8_t text[DECODE_TEXT_BYTES];
};

/* Takes back the records and losses of this message so far; kept text stays. */
void decode_forget(struct decoder *d);

/* Counts one value of this message that is not taken. */
void decode_lose(struct decoder *d, enum drop reason);

/* A copy of `b` that lives until the next message. False: no room, which only a message that
 * repeats its keys can bring about. */
bool decode_keep(struct decoder *d, struct bytes b, struct bytes *kept);

/* The unescaped text if it is at most `max` bytes, borrowed or kept. False: longer, or no room. */
bool decode_keep_text(struct decoder *d, struct json_text text, size_t max, struct bytes *value);

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

/* Adds a reading without device, unit and time. NULL: it was lost, and counted. */
struct decode_record *decode_add_reading(struct decoder *d, struct bytes sensor, struct scalar s);

/* ---- times and units ---- */

/* A time by its size: seconds, ms, us or ns since 1970. WALL_NONE: too small to be one. */
wall_ms decode_time_of_number(double v);

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

/* What a key of generic JSON stands for. */
enum key decode_key(struct json_text key);

/* Where a walk through nested JSON is: `path` joins the keys with dots. */
struct walk {
    struct decoder *d;
    struct json_reader *r;
    unsigned depth; /* keys and indices in the path */
    size_t len;     /* of the path; beyond LIMIT_ID_BYTES no reading is named any more */
    uint8_t path[LIMIT_ID_BYTES];
};

/* Begins a walk below `prefix`, a valid id or empty. */
void decode_walk_init(struct walk *w, struct decoder *d, struct json_reader *r,
                      struct bytes prefix);

/* Adds every number and boolean of the value that comes next, below `key`. An error stays in the
 * reader. */
void decode_flatten(struct walk *w, struct json_text key);

/* Why the text that `r` failed on is not taken. */
enum drop decode_drop_of(const struct json_reader *r);

/* ---- generic messages ---- */

/* Whether `text` is online, offline or asleep. */
bool decode_status_of(struct bytes text, enum device_status *status);

/* Adds a status; at most one a message. */
void decode_add_status(struct decoder *d, struct bytes device, enum device_status status,
                       wall_ms time);

/* Decodes a JSON object. `device` and `sensor` are what the topic names; NULL pointers: nothing.
 * Returns as decode_family.decode does. */
enum drop decode_object(struct decoder *d, struct bytes payload, struct bytes device,
                        struct bytes sensor);

/* ---- families ---- */

struct decode_topic {
    struct bytes text;
    size_t count;
    struct bytes level[LIMIT_TOPIC_LEVELS];
};

struct decode_family {
    const char *name;
    /* Whether the family, and no later one, decodes what is published to `t`. */
    bool (*owns)(const struct decode_topic *t);
    /* Adds records to `d`; returns why nothing could be taken, or DROP_NONE. */
    enum drop (*decode)(struct decoder *d, const struct decode_topic *t,
                        const struct decode_input *in);
};

/* Topics that carry requests to devices: owned, so that nobody records them as data. */
extern const struct decode_family decode_commands;

/* sensors/<device>, sensors/<device>/<sensor> */
extern const struct decode_family decode_plain_sensors;

/* devices/<device>/status */
extern const struct decode_family decode_plain_status;

/* Any topic, with a JSON object that names its device. The last of all. */
extern const struct decode_family decode_plain_object;

#endif
