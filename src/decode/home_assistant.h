/* SPDX-License-Identifier: Apache-2.0 */
/* Entities that Home Assistant's discovery announced, by the topics that they publish to. Private
 * to the folder. */
#ifndef TELLTALE_DECODE_HOME_ASSISTANT_H
#define TELLTALE_DECODE_HOME_ASSISTANT_H

#include "decode/parts.h"

/* ---- templates (ha_template.c) ---- */

#define HA_FILTERS_MAX    6
#define HA_TEMPLATE_STEPS LIMIT_FLATTEN_DEPTH

/* A value on its way through a template. */
enum ha_kind {
    HA_UNDEFINED, /* the path leads nowhere, or a filter could not do its work */
    HA_NOTHING,   /* null, or an object or array */
    HA_TEXT,
    HA_NUMBER,
    HA_BOOLEAN,
};

struct ha_value {
    enum ha_kind kind;
    struct bytes text; /* of a text; of a number from JSON, as it stands there, else empty */
    double number;
};

enum ha_filter_kind {
    HA_FLOAT,
    HA_INT,
    HA_ROUND,
    HA_DEFAULT,
    HA_IS_DEFINED,
};

struct ha_filter {
    enum ha_filter_kind kind;
    bool has_argument;
    struct ha_value argument; /* text: a slice of the template */
};

enum ha_template_kind {
    HA_RAW,     /* no template: the payload itself */
    HA_VALUE,   /* {{ value }} */
    HA_JSON,    /* {{ value_json... }} */
    HA_UNKNOWN, /* a template that is not understood */
};

struct ha_template {
    enum ha_template_kind kind;
    unsigned step_count;
    unsigned filter_count;
    struct bytes steps[HA_TEMPLATE_STEPS]; /* keys and indices, slices of the template */
    struct ha_filter filters[HA_FILTERS_MAX];
};

/* Reads a template; empty text is none. Ownership: `t` borrows from `text`. */
void ha_template_read(struct bytes text, struct ha_template *t);

/* What the template makes of a payload. `json`: the payload is JSON as a whole. Text is kept in
 * `d` where it can't be borrowed from the payload. */
struct ha_value ha_template_apply(struct decoder *d, const struct ha_template *t,
                                  struct bytes payload, bool json);

/* Whether a value is the word; both as Home Assistant would print them, or as equal numbers. */
bool ha_value_is(const struct ha_value *v, struct bytes word);

/* ---- memory (ha_memory.c) ---- */

enum ha_role {
    HA_STATE,
    HA_AVAILABILITY,
};

/* The words of an entity. Slices of its own block once it is remembered. */
enum ha_text {
    HA_COMPONENT, /* which of its config; empty when there is but one */
    HA_DEVICE,
    HA_SENSOR,
    HA_UNIT,
    HA_ON, /* empty: none; of an availability: the word for online */
    HA_OFF,
    HA_TEMPLATE, /* text; empty: none */
    HA_PATH,     /* of the template's steps, joined with dots */
    HA_NAME,     /* of the device, as the next three; only of what a native decoder owns */
    HA_MODEL,
    HA_MANUFACTURER,
    HA_PLACE,
    HA_TEXTS,
};

struct ha_topic;

/* One thing that an entity does with one topic. */
struct ha_entity {
    struct ha_entity *next_of_config;
    struct ha_entity *next_of_topic;
    struct ha_topic *topic;
    struct ha_config *config;
    enum ha_role role;
    bool native;  /* the topic is of a decoder of its own: only its units and names are taken */
    bool told;    /* the device's name was given to the registry */
    bool boolean; /* a value that is none of its words is not recorded */
    size_t bytes;
    struct bytes text[HA_TEXTS];
    struct ha_template template;
};

struct ha_config {
    struct memo_item memo; /* its name: the topic of the config */
    struct memo *topics;
    struct ha_entity *first;
};

struct ha_topic {
    struct memo_item memo; /* its name: the topic */
    struct ha_entity *first;
    unsigned count;
};

void ha_forget_config(struct memo_item *item);

struct ha_topic *ha_find_topic(struct decoder *d, const struct decode_input *in);

struct ha_config *ha_find_config(struct decoder *d, const struct decode_input *in);
struct ha_config *ha_learn_config(struct decoder *d, const struct decode_input *in);

/* Remembers a copy of `e` under the config and its topic. A refusal is counted. */
void ha_add_entity(struct decoder *d, const struct decode_input *in, struct ha_config *config,
                   const struct ha_entity *e, struct bytes topic);

/* Forgets what the config told of a component. */
void ha_remove_component(struct decoder *d, struct ha_config *config, struct bytes component);

/* ---- configs (ha_config.c) ---- */

/* Takes a message to homeassistant/.../config. */
enum drop ha_take_config(struct decoder *d, const struct decode_topic *t,
                         const struct decode_input *in);

#endif
