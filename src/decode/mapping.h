/* SPDX-License-Identifier: Apache-2.0 */
/* Mappings: what a user says about topics that no decoder understands as he means it. Asked before
 * all decoders, in the order of the file; the first whose topic matches has the message.
 *
 * A mapping is filled key by key as its reader comes across them, so that what is wrong is refused
 * at its place. Texts hold captures of the topic in braces ("{site}-{device}"), or are a path into
 * the payload ("$.node.id"). Part of decode/decode.h. */
#ifndef TELLTALE_DECODE_MAPPING_H
#define TELLTALE_DECODE_MAPPING_H

#include "base/config.h"

/* id, key of the file, whether it takes several texts, help */
#define MAPPING_KEY_LIST(X)                                                                        \
    X(MAPPING_TOPIC, "topic", false,                                                               \
      "What it is for: an MQTT filter; {name} for a level that the texts below may use,\n"         \
      "{name...} for all that are left. Captures named device, sensor, name, model,\n"             \
      "location or unit are those.")                                                               \
    X(MAPPING_DECODER, "decoder", false,                                                           \
      "auto, json, number, text, senml, influx, ignore, or a decoder by its name.")                \
    X(MAPPING_FORMAT, "format", false, "The same as decoder.")                                     \
    X(MAPPING_DEVICE, "device", false, "Whose reading it is.")                                     \
    X(MAPPING_NAME, "name", false, "The device's name for people.")                                \
    X(MAPPING_MODEL, "model", false, "Its model.")                                                 \
    X(MAPPING_LOCATION, "location", false, "Where it stands, in words.")                           \
    X(MAPPING_SENSOR, "sensor", false, "What is measured; of many values, what is before them.")   \
    X(MAPPING_VALUE, "value", false, "Where the payload has the value: a path such as $.v.")       \
    X(MAPPING_UNIT, "unit", false, "The unit of all its readings.")                                \
    X(MAPPING_TIME, "time", false, "Where the payload has the time: a path such as $.t.")          \
    X(MAPPING_TIME_UNIT, "time_unit", false, "auto (by its size), s, ms, us, ns or iso.")          \
    X(MAPPING_INCLUDE, "include", true, "Paths of values to take, * for any characters.")          \
    X(MAPPING_EXCLUDE, "exclude", true, "Paths of values to leave out.")                           \
    X(MAPPING_SCALE, "scale", false, "Numbers are multiplied by this ...")                         \
    X(MAPPING_OFFSET, "offset", false, "... and then this is added.")                              \
    X(MAPPING_TRUE, "true", true, "Words for 1.")                                                  \
    X(MAPPING_FALSE, "false", true, "Words for 0.")                                                \
    X(MAPPING_STATUS_ONLINE, "status_online", true, "Words that say that the device is online.")   \
    X(MAPPING_STATUS_OFFLINE, "status_offline", true, "Words that say that it is not.")            \
    X(MAPPING_RETAINED, "retained", false,                                                         \
      "What a retained message without a time is: last (known value), store or ignore.")

enum mapping_key {
#define MAPPING_ENUM(id, name, many, help) id,
    MAPPING_KEY_LIST(MAPPING_ENUM)
#undef MAPPING_ENUM
        MAPPING_KEY_COUNT
};

struct mapping_key_info {
    const char *name;
    bool many;
    const char *help;
};

extern const struct mapping_key_info mapping_keys[MAPPING_KEY_COUNT];

struct mapping;

/* Ownership: the caller's, mapping_free, until mappings_add takes it. */
struct mapping *mapping_new(void);

/* NULL is fine. */
void mapping_free(struct mapping *m);

/* Takes a key's text, or one more of a key that takes many; `topic` must come first or be set by
 * mapping_finish's time. `text` is copied. Errors: ERR_INVALID, with what was expected in `why`. */
MUST_CHECK enum err mapping_set(struct mapping *m, enum mapping_key key, struct bytes text,
                                char why[CONFIG_WHY_MAX]);

/* Checks what only the whole of a mapping can be wrong in. Errors: ERR_INVALID, with `why` and the
 * key that it is about. */
MUST_CHECK enum err mapping_finish(struct mapping *m, enum mapping_key *key,
                                   char why[CONFIG_WHY_MAX]);

/* A list of mappings, in order. */
struct mappings;

struct mappings *mappings_new(void);

/* NULL is fine. */
void mappings_free(struct mappings *all);

/* Appends a finished mapping. Errors: ERR_FULL beyond what a file and people may have, and it stays
 * the caller's. */
MUST_CHECK enum err mappings_add(struct mappings *all, struct mapping *take_m);

/* Borrowed; `index` from 0. */
const struct mapping *mappings_at(const struct mappings *all, size_t index);

/* What a finished mapping was told, key by key as it was set: words of one key come together. `at`
 * begins at 0. False: that was all. */
bool mapping_told(const struct mapping *m, size_t *at, enum mapping_key *key, struct bytes *text);

/* Another one that was told the same. Ownership: the caller's. */
struct mapping *mapping_copy(const struct mapping *m);

/* NULL has none. */
size_t mappings_count(const struct mappings *all);

#endif
