/* SPDX-License-Identifier: Apache-2.0 */
/* A mapping as it is used: its pattern and texts cut into pieces once. Private to the folder. */
#ifndef TELLTALE_DECODE_MAPPING_PARTS_H
#define TELLTALE_DECODE_MAPPING_PARTS_H

#include "decode/parts.h"

/* Captures of one pattern, and pieces of one text: more than a topic of a person's making has. */
#define MAPPING_CAPTURES_MAX 16
#define MAPPING_PIECES_MAX   16

enum level_kind {
    LEVEL_TEXT,
    LEVEL_ANY,  /* + or {name} */
    LEVEL_REST, /* # or {name...}: this level and all behind it */
};

struct mapping_level {
    enum level_kind kind;
    struct bytes text;    /* of LEVEL_TEXT */
    struct bytes capture; /* its name; empty: none */
};

/* A text: a path into the payload, or literal pieces and captures. */
struct mapping_text {
    bool given;
    char *path; /* without "$."; NULL: pieces */
    char *owned;
    size_t count;
    struct mapping_piece {
        int capture; /* index among the captures; -1: literal */
        struct bytes text;
    } pieces[MAPPING_PIECES_MAX];
};

enum mapping_decoder {
    MAPPED_AUTO,
    MAPPED_JSON,
    MAPPED_NUMBER,
    MAPPED_TEXT,
    MAPPED_SENML,
    MAPPED_INFLUX,
    MAPPED_IGNORE,
    MAPPED_NATIVE, /* `native` says which */
};

enum mapping_time {
    TIME_AUTO,
    TIME_S,
    TIME_MS,
    TIME_US,
    TIME_NS,
    TIME_ISO,
};

struct mapping {
    size_t number; /* from 1, in the list */
    char *topic;
    size_t level_count;
    struct mapping_level levels[LIMIT_TOPIC_LEVELS];
    size_t capture_count;
    struct bytes captures[MAPPING_CAPTURES_MAX]; /* their names */
    enum mapping_decoder decoder;
    enum decoder_id native;
    struct mapping_text device, name, model, location, sensor, value, unit, time;
    enum mapping_time time_unit;
    struct config_list include, exclude, on, off, online, offline;
    double scale, offset;
    bool scaled;
    bool has_retained;
    enum decode_retained retained;
    struct buf told; /* see mapping_told.c */
};

struct mappings {
    struct mapping **all;
    size_t count;
    size_t cap;
};

/* What a message's topic put into the captures of a mapping. */
struct captured {
    struct bytes text[MAPPING_CAPTURES_MAX];
};

/* Notes a text that was accepted. */
void mapping_note_told(struct mapping *m, enum mapping_key key, struct bytes text);

/* Whether the mapping is for this topic; fills `c` if it is. */
bool mapping_match(const struct mapping *m, const struct decode_topic *t, struct captured *c);

/* The first mapping for this topic, or NULL. */
const struct mapping *mappings_find(const struct mappings *all, const struct decode_topic *t);

/* Decodes a message by a mapping that matches its topic. Returns as decode_family.decode does. */
enum drop mapping_decode(struct decoder *d, const struct mapping *m, const struct decode_topic *t,
                         const struct decode_input *in);

#endif
