/* SPDX-License-Identifier: Apache-2.0 */
/* Private to live: areas of the map. Clients that look at the same tiles at the same zoom share an
 * area. It remembers the marks that its members have, and tells them what became different. */
#ifndef TELLTALE_LIVE_AREA_H
#define TELLTALE_LIVE_AREA_H

#include "live/map.h"

/* What stands on a map in one place: a device, or a cluster of them. Positions and extents are in
 * pixels of the area's zoom, so that a move that nobody could see is none. */
struct live_mark_shown {
    uint64_t key; /* device id; of a cluster the code of its tile */
    uint32_t x, y;
    uint32_t count;    /* of devices; 0: a device itself */
    uint32_t affected; /* of a cluster: devices that have its severity */
    uint32_t status[STATUS_COUNT];
    uint16_t w, h; /* of a cluster */
    uint16_t described;
    uint16_t bytes; /* that it may take in a message, once it was sent */
    uint8_t state;  /* of a device: enum device_status */
    int8_t severity;
};

enum live_area_mode {
    LIVE_AREA_DEVICES,
    LIVE_AREA_CLUSTERS,
};

struct live_marks {
    struct live_mark_shown *all;
    size_t count, cap;
};

struct live_area {
    char *name; /* its key, which clients are told too */
    size_t name_len;
    uint32_t index;
    struct geo_box box;
    uint32_t zoom, ceiling, step;
    enum role role;
    enum live_area_mode mode;
    uint32_t level;         /* of its clusters' tiles */
    struct live_marks sent; /* what members have; clusters in the order of their keys */
    size_t turn;            /* where the next message begins to look for what changed */
    uint64_t version;       /* of the map when it last looked */
    uint64_t next_ms;
    uint64_t reset_ms; /* when it last began anew */
    bool unsent;       /* something did not fit */
    bool reset;        /* the next message replaces what members have */
    struct live_client **members;
    size_t member_count, member_cap;
};

/* ---- area.c ---- */

struct live_area_key {
    struct geo_bounds bounds;
    uint32_t zoom, ceiling, step;
    enum role role;
};

/* Puts the client into the area, out of the one where it was. Errors: ERR_INVALID bounds;
 * ERR_FULL */
MUST_CHECK enum err live_area_enter(struct live *l, struct live_client *c,
                                    const struct live_area_key *key);
void live_area_leave(struct live *l, struct live_client *c);

/* Sends the client all of its area's marks if it does not have them. False: it takes no more. */
bool live_area_catch_up(struct live *l, struct live_client *c);

/* Sends what changed in areas whose turn it is. */
void live_areas_tick(struct live *l);

/* The area as the members of an answer. */
void live_area_answer(struct live *l, struct live_client *c, struct json_writer *w);
uint64_t live_areas_next_ms(const struct live *l);
void live_areas_fini(struct live *l);

/* ---- area_marks.c ---- */

/* What is in the area now; chooses mode and level, and says by area->reset that they changed. */
void live_area_look(struct live *l, struct live_area *a, struct live_marks *now);

/* ---- area_changes.c ---- */

/* Puts what became different into the columns of area_message.c and takes it for sent. With
 * a->reset, which it may set, that is everything. Returns how many marks it told. */
size_t live_area_change(struct live *l, struct live_area *a);

/* ---- area_message.c ---- */

/* Columns of marks under construction. */
void live_area_begin(struct live *l);
void live_area_put(struct live *l, const struct live_area *a, const struct live_mark_shown *m);
void live_area_put_gone(struct live *l, const struct live_area *a, uint64_t key);
size_t live_area_bytes(const struct live *l);
size_t live_area_row_bytes(const struct live *l, const struct live_mark_shown *m);

/* Writes the columns as members of an object: `devices` or `clusters`, and `gone`. */
void live_area_write(struct live *l, const struct live_area *a, struct json_writer *w);

/* The columns as an event. Ownership: the caller's reference. */
struct frame *live_area_frame(struct live *l, const struct live_area *a, bool replaces);

#endif
