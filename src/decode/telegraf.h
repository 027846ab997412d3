/* SPDX-License-Identifier: Apache-2.0 */
/* One metric of Telegraf, however it is written. Begin it, add its tags, name it once they are all
 * known, then add its fields. Private to the folder. */
#ifndef TELLTALE_DECODE_TELEGRAF_H
#define TELLTALE_DECODE_TELEGRAF_H

#include "decode/parts.h"

/* Tags of one metric that name its sensors. */
#define TELEGRAF_TAGS_MAX 32

struct telegraf_tag {
    struct bytes key;
    struct bytes value;
};

/* Slices are borrowed until the message is decoded. */
struct telegraf_metric {
    struct decoder *d;
    struct bytes device;
    struct bytes place; /* NULL pointer: not told */
    struct bytes name;  /* what all its sensors begin with */
    wall_ms time;
    size_t tag_count;
    struct telegraf_tag tags[TELEGRAF_TAGS_MAX];
};

/* The device is what the topic says until a tag says otherwise. */
void telegraf_begin(struct telegraf_metric *m, struct decoder *d, const struct decode_topic *t);
void telegraf_tag(struct telegraf_metric *m, struct bytes key, struct bytes value);

/* False: no id can be made of device or measurement, which is counted. */
bool telegraf_name(struct telegraf_metric *m, struct bytes measurement);

/* `value` is a number or a boolean. */
void telegraf_field(struct telegraf_metric *m, struct bytes key, struct scalar value);

/* Decodes text in line protocol. False: the first line of `payload` is none, and nothing was added.
 */
bool telegraf_decode_lines(struct decoder *d, const struct decode_topic *t, struct bytes payload);

/* Whether telegraf_decode_lines takes it; cheap to say no. */
bool telegraf_is_lines(struct bytes payload);

#endif
