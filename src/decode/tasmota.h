/* SPDX-License-Identifier: Apache-2.0 */
/* What a Tasmota device says about its own topics and words when it is discovered. Private to the
 * folder. */
#ifndef TELLTALE_DECODE_TASMOTA_H
#define TELLTALE_DECODE_TASMOTA_H

#include "decode/parts.h"

enum tasmota_prefix {
    TASMOTA_COMMAND,
    TASMOTA_STATE,
    TASMOTA_TELEMETRY,
};

/* One of a device's three topics up to its last level. Empty words: the usual ones. */
struct tasmota_topic {
    struct memo_item item; /* its key is the topic without the last level */
    enum tasmota_prefix prefix;
    struct bytes device; /* the base without the level of the prefix */
    struct bytes online, offline;
    struct bytes on, off;
};

/* Reads tasmota/discovery/<mac>/config: describes the device and remembers its topics. */
enum drop tasmota_learn(struct decoder *d, const struct decode_input *in);

/* What was learned of the topics that begin with `base`, or NULL; valid until the next call of
 * tasmota_learn. */
const struct tasmota_topic *tasmota_topic_find(struct decoder *d, const struct decode_input *in,
                                               struct bytes base);

#endif
