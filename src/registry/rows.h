/* SPDX-License-Identifier: Apache-2.0 */
/* Private to the registry: its tables, and the few functions that its files share.
 *
 * Rows live in pages, so a fleet grows without a copy of everything, and a page whose devices were
 * all deleted is given back though ids are never reused. A series is found by its device's id, a
 * NUL and its own id in one hash: neither id holds a NUL, which is checked where one is made. */
#ifndef TELLTALE_REGISTRY_ROWS_H
#define TELLTALE_REGISTRY_ROWS_H

#include "registry/registry.h"

#include "model/limits.h"

#include "base/strmap.h"

#define PAGE_ROWS 256u

/* Deletions that registry_deleted_since remembers. */
#define DELETED_MAX 1024u

/* Topics up to this length, with their NUL, live beside the key of their series. */
#define TOPIC_ROOM 64u

#define SERIES_KEY_MAX (2 * LIMIT_ID_BYTES + 1)

struct device_row {
    /* The connection that carried it last, and its neighbours in that connection's list. */
    uint32_t carrier;
    struct device_id carrier_previous;
    struct device_id carrier_next;
    unsigned source; /* the dialled broker that it came over last; 0: none */

    /* What is usual for it; see learn_gap. */
    bool gap_following; /* last_seen began a gap that may be learned from */
    double gap_ms;      /* 0: not known yet */

    /* The device without which it is mute, and its neighbours among that one's children. */
    struct device_id parent;
    struct device_id first_child;
    struct device_id sibling_previous;
    struct device_id sibling_next;

    /* Where it is, as its newest readings say; it is moved once both came. */
    unsigned moved; /* bit of each enum series_axis that came since it was moved */
    double moved_to[2];

    struct registry_device pub;
    struct series_id last_series;
};

/* Whether a series tells where its device is. */
enum series_axis {
    AXIS_LATITUDE,
    AXIS_LONGITUDE,
    AXIS_NONE,
};

struct series_row {
    /* Device id, NUL, sensor id, NUL; then TOPIC_ROOM bytes for a topic, since each message is
     * compared with both. */
    char *key;
    uint32_t key_len; /* without the last NUL */
    uint32_t topic_len;
    enum series_axis axis;
    struct registry_series pub; /* pub.sensor points into key */
    uint32_t unit_len;
    uint32_t follower; /* the series that was asked for behind this one last time; a guess */
};

struct device_page {
    uint32_t used;
    struct device_row rows[PAGE_ROWS];
};

struct series_page {
    uint32_t used;
    struct series_row rows[PAGE_ROWS];
};

struct carrier {
    struct device_id first; /* DEVICE_NONE: carries nobody */
    struct device_id one;   /* the first that it ever carried */
    bool several;           /* it carried others too */
};

struct source {
    bool down;
    wall_ms back; /* since when it is up again; WALL_NONE: its devices had their time */
};

struct deletion {
    uint64_t seq;
    char *key;
};

struct registry {
    struct registry_config config;
    struct series_id
        asked; /* last, by registry_resolve; a guess at what comes next is kept there */
    struct hash_key hash_key;
    struct metrics *metrics; /* NULL: a follower */
    uint64_t seq;

    struct device_page **device_pages;
    size_t device_page_cap;
    uint32_t device_rows;
    uint32_t device_count;
    struct strmap by_key;

    struct series_page **series_pages;
    size_t series_page_cap;
    uint32_t series_rows;
    uint32_t series_count;
    struct strmap by_names;

    uint32_t status_count[STATUS_COUNT];

    struct carrier *carriers;
    size_t carrier_cap;

    struct source *sources; /* dialled broker n is at n - 1 */
    size_t source_count;

    struct deletion *deleted; /* a ring of DELETED_MAX, made with the first deletion */
    uint32_t deleted_first;
    uint32_t deleted_count;
    uint64_t deleted_floor; /* deletions up to this seq may be forgotten */

    uint32_t tick_cursor;
    wall_ms
        watching_since; /* silence is counted from here at the earliest; WALL_NONE: no tick yet */

    char empty[1]; /* what text that is not set points at */
};

/* ---- rows (rows.c) ---- */

static inline struct device_row *registry_device_row(const struct registry *r, struct device_id id)
{
    struct device_page *page = id.n < r->device_rows ? r->device_pages[id.n / PAGE_ROWS] : NULL;
    struct device_row *d = page ? &page->rows[id.n % PAGE_ROWS] : NULL;
    return d && d->pub.id.n == id.n ? d : NULL;
}

static inline struct series_row *registry_series_row(const struct registry *r, struct series_id id)
{
    struct series_page *page = id.n < r->series_rows ? r->series_pages[id.n / PAGE_ROWS] : NULL;
    struct series_row *s = page ? &page->rows[id.n % PAGE_ROWS] : NULL;
    return s && s->pub.id.n == id.n ? s : NULL;
}

void registry_rows_init(struct registry *r);
void registry_rows_fini(struct registry *r);

/* Counts ids below `devices` and `series` as given out. */
void registry_reserve_ids(struct registry *r, uint32_t devices, uint32_t series);

/* A new row in use, unknown to the world since `now`. Requires that neither id nor key is in use.
 */
struct device_row *registry_add_device(struct registry *r, struct device_id id, struct bytes key,
                                       wall_ms now);
struct series_row *registry_add_series(struct registry *r, struct series_id id,
                                       struct device_row *d, struct bytes sensor);

/* Tells the metrics how many there are. */
void registry_count(const struct registry *r);

/* Frees the row with all its series and remembers that it is gone. */
void registry_remove_device(struct registry *r, struct device_row *d, uint64_t seq);

/* Replaces text of a row by a copy of `value`. */
void registry_set_text(struct registry *r, char **text, struct bytes value);
void registry_set_unit(struct registry *r, struct series_row *s, struct bytes unit);
void registry_set_topic(struct series_row *s, struct bytes topic);

/* Changes the status and the counts of both. */
void registry_set_status(struct registry *r, struct device_row *d, enum device_status status,
                         enum status_cause cause, wall_ms since);

/* Writes the key of a series into `out` and returns it. Requires lengths of at most
 * LIMIT_ID_BYTES. */
static inline struct bytes registry_series_key(struct bytes device, struct bytes sensor,
                                               uint8_t out[SERIES_KEY_MAX])
{
    memcpy(out, device.ptr, device.len);
    out[device.len] = 0;
    memcpy(out + device.len + 1, sensor.ptr, sensor.len);
    return bytes_of(out, device.len + 1 + sensor.len);
}

/* Takes a reading as the latest of its series if it is that: the one rule that the decider and its
 * followers share. */
static inline enum registry_order registry_take_latest(struct registry_series *s,
                                                       const struct reading *in, uint64_t seq)
{
    bool last_known = (in->flags & READING_LAST_KNOWN) != 0;
    if (in->flags & READING_HISTORICAL) {
        return REGISTRY_LATE;
    }
    if (last_known && s->has_latest && !s->last_known) {
        return REGISTRY_LAST_KNOWN;
    }
    if (!last_known && s->has_latest && !s->last_known && in->time < s->time) {
        return REGISTRY_LATE;
    }
    s->has_latest = true;
    s->last_known = last_known;
    s->value = in->value;
    s->time = in->time;
    s->changed_seq = seq;
    return last_known ? REGISTRY_LAST_KNOWN : REGISTRY_NEWEST;
}

/* Whether a reading with these flags says that its device is alive. */
static inline bool registry_sign_of_life(uint32_t flags)
{
    return (flags & (READING_LAST_KNOWN | READING_RETAINED)) == 0;
}

/* ---- writing rows into a batch (changes.c) ---- */

enum registry_repeated {
    REGISTRY_CHANGED,
    REGISTRY_REPEATED,
};

enum registry_detail {
    REGISTRY_WITHOUT_LATEST, /* a change: readings bring the values */
    REGISTRY_WITH_LATEST,    /* a snapshot */
};

void registry_write_device(const struct device_row *d, struct batch *out);
void registry_write_deleted(const struct device_row *d, struct batch *out);
void registry_write_series(const struct series_row *s, enum registry_detail detail,
                           struct batch *out);
void registry_write_status(const struct device_row *d, enum registry_repeated repeated,
                           struct batch *out);

/* Gives the device another status, or another cause for it, and writes it; `since` stays when only
 * the cause is another. */
void registry_change_status(struct registry *r, struct device_row *d, enum device_status status,
                            enum status_cause cause, wall_ms now, struct batch *out);

/* ---- carriers (carriers.c) ---- */

/* Puts the device on the list of its connection; CARRIER_NONE leaves it where it is. */
void registry_carry(struct registry *r, struct device_row *d, uint32_t carrier);

/* Takes the device off the list that it is on, if any. */
void registry_uncarry(struct registry *r, struct device_row *d);

/* ---- families (parents.c) ---- */

/* Makes `parent` the device's parent, unless that would close a circle. */
void registry_adopt(struct registry *r, struct device_row *d, struct device_row *parent);

/* Takes the device from its parent, and its children from it. */
void registry_orphan(struct registry *r, struct device_row *d);

/* The parent went: what lies below it and was thought online is unknown now. */
void registry_parent_lost(struct registry *r, const struct device_row *parent, wall_ms now,
                          struct batch *out);

/* ---- descriptions (describe.c) ---- */

enum series_axis registry_axis_of(struct bytes sensor);

/* Moves the device by a reading of an axis that is its newest. */
void registry_move(struct registry *r, struct device_row *d, enum series_axis axis, double degrees,
                   struct batch *out);

/* Makes a device that is not known, in the batch too. NULL with `*why` when it may not be. */
struct device_row *registry_make_device(struct registry *r, struct bytes key, wall_ms now,
                                        struct batch *out, enum drop *why);
#endif
