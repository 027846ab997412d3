/* SPDX-License-Identifier: Apache-2.0 */
/* What notifications say of devices: name, place, tags. Only devices that have one of them take
 * memory. */
#ifndef TELLTALE_APP_NOTIFY_DEVICES_H
#define TELLTALE_APP_NOTIFY_DEVICES_H

#include "base/strmap.h"
#include "model/batch.h"

struct notify_device {
    struct buf text; /* what the slices are of; empty: the row is free */
    struct bytes id, name, place, tags;
    uint32_t number; /* struct device_id */
};

struct notify_devices {
    struct notify_device *rows;
    size_t count, cap;
    uint32_t *free; /* rows of devices that are gone */
    size_t free_count, free_cap;
    struct strmap by_id;
};

/* Ownership: must not move. */
void notify_devices_init(struct notify_devices *d, struct hash_key key);
void notify_devices_fini(struct notify_devices *d);

/* Follows what a batch says of devices. */
void notify_devices_apply(struct notify_devices *d, const struct batch *b);

/* NULL: nothing is known of it but its id. Borrowed until the next batch. */
const struct notify_device *notify_devices_find(const struct notify_devices *d, struct bytes id);

#endif
