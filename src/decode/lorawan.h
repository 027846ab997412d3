/* SPDX-License-Identifier: Apache-2.0 */
/* What LoRaWAN network servers have in common. Private to the folder. */
#ifndef TELLTALE_DECODE_LORAWAN_H
#define TELLTALE_DECODE_LORAWAN_H

#include "decode/parts.h"

/* Whom an uplink is from, and when. */
struct lorawan_device {
    struct bytes id; /* valid */
    wall_ms time;
};

/* Adds lorawan.rssi and lorawan.snr as heard by the strongest of `gateways`, an array of objects.
 * `snr_keys`: the spellings of that key. */
void lorawan_add_radio(struct decoder *d, const struct lorawan_device *of, struct bytes gateways,
                       const char *const *snr_keys, size_t snr_count);

/* Adds the position that `json` holds as latitude, longitude, altitude and accuracy. */
void lorawan_add_position(struct decoder *d, const struct lorawan_device *of, struct bytes json);

/* Sets a fixed position from `json`, where a member that is zero may be left out. */
void lorawan_locate(struct decode_meta *m, struct bytes json);

/* Sets a text of a description to the text at `path`, if there is one. */
void lorawan_describe(struct decoder *d, struct bytes *member, struct bytes json, const char *path);

#endif
