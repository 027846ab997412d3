/* SPDX-License-Identifier: Apache-2.0 */
/* What a Zigbee2MQTT bridge tells of its devices: their names, and the units and words of what they
 * publish. Private to the folder. */
#ifndef TELLTALE_DECODE_ZIGBEE2MQTT_H
#define TELLTALE_DECODE_ZIGBEE2MQTT_H

#include "decode/parts.h"

/* Properties of a device that are remembered. */
#define ZIGBEE_PROPERTIES_MAX 128

/* A property that has a unit, or words for on and off. Without them it needs no memory. */
struct zigbee_property {
    struct bytes path; /* keys joined with dots, without indices of arrays */
    struct bytes unit;
    struct bytes on; /* empty: none */
    struct bytes off;
};

/* A bridge, and below it its devices and groups. */
struct zigbee_item {
    struct memo_item memo; /* its name: base topic, or base topic / friendly name */
    bool group;
    uint32_t property_count;
    struct zigbee_property *properties; /* one block with their text, or NULL */
};

void zigbee_forget(struct memo_item *item);

/* The bridge of a base topic, or the device or group of a base topic and a name; NULL: not known.
 */
struct zigbee_item *zigbee_find(struct decoder *d, unsigned source, struct bytes topic);

/* The bridge of a base topic, made when it is not there; NULL: refused, counted. */
struct zigbee_item *zigbee_learn_bridge(struct decoder *d, const struct decode_input *in,
                                        struct bytes base);

/* What the bridge told of a path; NULL: nothing. `device` may be NULL. */
const struct zigbee_property *zigbee_property(const struct zigbee_item *device, struct bytes path);

/* Takes <base>/bridge/devices or, as groups, <base>/bridge/groups in place of what was known. */
enum drop zigbee_take_devices(struct decoder *d, const struct decode_input *in, struct bytes base);
enum drop zigbee_take_groups(struct decoder *d, const struct decode_input *in, struct bytes base);

#endif
