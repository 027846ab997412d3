/* SPDX-License-Identifier: Apache-2.0 */
/* What Homie devices tell of their properties, and of each other. Private to the folder. */
#ifndef TELLTALE_DECODE_HOMIE_H
#define TELLTALE_DECODE_HOMIE_H

#include "decode/parts.h"

enum homie_datatype {
    HOMIE_UNTOLD,
    HOMIE_NUMBER, /* integer, float */
    HOMIE_BOOLEAN,
    HOMIE_TEXT, /* string, enum, color, datetime, duration, json: also when it looks numeric */
};

/* A device, or below it one of its properties or another device that has it for a root. */
struct homie_item {
    struct memo_item memo; /* its name: the topic up to the device or the property */
    bool property;
    uint8_t datatype; /* enum homie_datatype */
    uint8_t unit_len;
    uint8_t unit[LIMIT_UNIT_BYTES];
};

struct homie_item *homie_find(struct decoder *d, unsigned source, struct bytes topic);

/* The item of a topic, made below `parent` when it is not there. NULL: refused, counted. */
struct homie_item *homie_learn(struct decoder *d, const struct decode_input *in,
                               struct homie_item *parent, struct bytes topic);

enum homie_datatype homie_datatype_of(struct bytes word);
void homie_set_unit(struct homie_item *property, struct bytes unit);

/* Takes version 5's description of the device whose topic begins with `topic` (domain/5/device),
 * in place of an earlier one. */
enum drop homie_take_description(struct decoder *d, const struct decode_input *in,
                                 struct bytes topic);

#endif
