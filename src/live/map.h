/* SPDX-License-Identifier: Apache-2.0 */
/* Private to live: where the devices are, for the areas of the map that clients look at. It is
 * there only while somebody looks at an area.
 *
 *     batch ─► dirty devices ─► points, in the order of their codes ─► cells of a level
 *                                         └────────┬────────────────────────┘
 *     areas (area.c), each 250 ms or slower: what is in the box now, beside what its members have
 */
#ifndef TELLTALE_LIVE_MAP_H
#define TELLTALE_LIVE_MAP_H

#include "live/geo.h"
#include "live/state.h"

#define LIVE_NO_SEVERITY (-1)

/* A device that has a place. */
struct live_point {
    uint64_t code;
    struct geo_place place;
    uint32_t device; /* UINT32_MAX: gone, and taken out with the next update */
    uint8_t status;  /* enum device_status */
    int8_t severity; /* worst open alert, or LIVE_NO_SEVERITY */
};

/* All devices of one tile. Offsets are 2^-16 of the tile's side. */
struct live_cell {
    uint64_t code; /* of its first place */
    uint32_t count;
    uint32_t status[STATUS_COUNT];
    uint32_t affected;       /* of them have that severity */
    uint16_t x0, y0, x1, y1; /* around its devices */
    int8_t severity;
};

struct live_layer {
    struct live_cell *cells;
    size_t count, cap;
    uint64_t version; /* of the points that it was made of; 0: never */
    bool used;        /* since the last live_map_tidy */
};

/* When something last changed in each tile of this level: an area looks there before it looks at
 * its devices. */
#define LIVE_MAP_COARSE 6u

struct live_map {
    struct live_point *points;
    size_t count, cap;
    uint64_t version; /* rises with each change */
    struct live_point *fresh;
    size_t fresh_count, fresh_cap;
    uint32_t *dirty;
    size_t dirty_count, dirty_cap;
    bool alerts_changed;
    bool removed; /* a point is gone */
    bool rebuild;
    struct live_layer layers[GEO_LEVEL_MAX + 1];
    uint64_t changed[1u << (2 * LIVE_MAP_COARSE)];
    uint32_t *place_of; /* scratch of areas: by device, 0 when not in use */
    size_t place_cap;
};

struct live_map *live_map_new(void);
void live_map_free(struct live_map *m);

/* A device's place, status, name or alerts may have changed. Nothing happens without a map. */
void live_map_touch(struct live *l, uint32_t device);

/* A device is about to be removed. */
void live_map_device_gone(struct live *l, uint32_t device);

/* The world was replaced. */
void live_map_forget(struct live *l);

/* Notes what a batch changed. */
void live_map_batch(struct live *l, const struct batch *b);

/* Brings the points up to date. */
void live_map_update(struct live *l);

/* The first point whose code is `code` or more. */
size_t live_map_find(const struct live_map *m, uint64_t code);

/* The cells of a level, in the order of their codes. Borrowed until the next update. */
const struct live_layer *live_map_layer(struct live_map *m, uint32_t level);
size_t live_layer_find(const struct live_layer *layer, uint64_t code);

/* Adds points that follow each other to the cells of a level; the first one may belong to the last
 * cell. */
void live_cells_add(struct live_layer *to, uint32_t level, const struct live_point *points,
                    size_t count);

/* Frees the cells of levels that nobody asked for since it was last called. */
void live_map_tidy(struct live_map *m);

/* When something last changed in the box, as a version. */
uint64_t live_map_changed(const struct live_map *m, const struct geo_box *box);

#endif
