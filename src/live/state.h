/* SPDX-License-Identifier: Apache-2.0 */
/* Private to live: its state, and what its files share.
 *
 *     batch ─► live.c ─► item (frames made once) ─► groups ─► members in step ─► sink
 *                │                                     │
 *                └─► change list (newest last)         └─► members behind: a bit a series missed
 *                      └─► snapshot, update
 *
 * Everything that is sent has a number, `clock`, which only rises. The change list holds each
 * series and device once, in order of the second of its last change; marks in it stand where each
 * second began, so that "what changed since" is a walk over just that.
 *
 * Thread: serve's. */
#ifndef TELLTALE_LIVE_STATE_H
#define TELLTALE_LIVE_STATE_H

#include "live/live.h"

#include "live/resume.h"
#include "live/ring.h"

#include "model/limits.h"

#include "base/buf.h"
#include "base/strmap.h"

/* ---- the change list: changes.c ---- */

enum live_node_kind {
    LIVE_NODE_LIST, /* the list itself: before the first and after the last */
    LIVE_NODE_SERIES,
    LIVE_NODE_DEVICE,
    LIVE_NODE_MARK,
    LIVE_NODE_CURSOR, /* how far a client that was behind has come */
};

struct live_node {
    struct live_node *prev, *next; /* NULL: in no list */
    uint64_t order;                /* clock of its last change */
    enum live_node_kind kind;
    uint32_t id; /* of the series or device */
};

/* Levels of the stream of clients that chose nothing, from the narrowest interval on. */
#define LIVE_LEVELS 3

struct live_series {
    struct live_node node;
    wall_ms time; /* of the newest reading; valid when `known` */
    wall_ms arrival;
    double value;
    uint32_t device;
    uint32_t next;                 /* the device's next series, or UINT32_MAX */
    uint32_t slot;                 /* its number among the device's series */
    uint32_t counted[LIVE_LEVELS]; /* the interval in which a level last counted it */
    uint64_t ring;                 /* place after its last item in the ring, or 0 */
    struct live_watch_entry *watchers;
    bool present;
    bool known;
    bool last_known;
};

struct live_device {
    struct live_node node;
    uint64_t told;   /* clock of its last status event, 0 before the first */
    uint64_t ring;   /* place after its last status in the ring, or 0 */
    wall_ms told_at; /* when that came */
    char *topic;     /* of the last message that said one, or NULL */
    struct live_room *room;
    uint32_t first; /* its newest series, or UINT32_MAX */
    uint32_t slots; /* series it ever had */
    uint32_t alert_mark;
    uint64_t code; /* of its place on the map, when it is there; see map.h */
    uint32_t worst_stamp;
    uint16_t described; /* changes with each change of its description */
    int8_t worst;       /* severity of its alerts, valid while worst_stamp is live's */
    bool mapped;
    bool map_dirty;
    uint32_t column_mark; /* the sensor-batch that last named it, and its number there */
    uint32_t column;
    bool present;
};

#define LIVE_PAGE_ROWS 256u

struct live_series_page {
    uint32_t used;
    struct live_series rows[LIVE_PAGE_ROWS];
};

struct live_device_page {
    uint32_t used;
    struct live_device rows[LIVE_PAGE_ROWS];
};

/* Where a second began. */
struct live_mark {
    struct live_node node;
    uint64_t seq;
};

/* Seconds that a client may miss and still get what changed instead of everything. */
#define LIVE_MARKS 64u

/* ---- sets: bits.c ---- */

/* A set of numbers of which few are in use: pages of bits made when first needed. */
struct live_bits {
    uint64_t **pages;
    uint32_t page_count;
    uint32_t count;
};

/* False: it was in the set already. */
bool live_bits_set(struct live_bits *b, uint32_t n);
bool live_bits_clear(struct live_bits *b, uint32_t n);
bool live_bits_has(const struct live_bits *b, uint32_t n);

/* Calls `each` with all that are in the set, in rising order. */
void live_bits_each(const struct live_bits *b, void (*each)(void *ctx, uint32_t n), void *ctx);
void live_bits_fini(struct live_bits *b);

/* ---- groups: group.c, conflate.c ---- */

/* Steps of the interval, and the grid on which a group of each sends what waits. */
#define LIVE_INTERVALS 9u

struct live_turn {
    uint32_t series;
    uint32_t slot;
    uint32_t sent_ms; /* low half of the loop's milliseconds */
};

struct live_member {
    struct live_client *client;
    uint32_t at; /* the client's membership: of a room, or one of these */
};

#define LIVE_FLEET UINT32_MAX
#define LIVE_WATCH (UINT32_MAX - 1)

/* What the members of a group get: an event a reading, or columns once a turn. */
enum live_format {
    LIVE_FORMAT_JSON,
    LIVE_FORMAT_BATCH,
};

#define LIVE_RATE_BUCKETS 11u

/* What keeps a group of clients that chose nothing within its events a second. */
struct live_budget {
    uint32_t bucket[LIVE_RATE_BUCKETS]; /* events sent, a tenth of a second each */
    uint64_t bucket_no;
    uint32_t *waiting; /* devices whose status waits, oldest first from `waiting_head` */
    size_t waiting_head, waiting_count, waiting_cap;
    struct live_bits queued; /* the same as a set */
};

struct live_group {
    struct live_room *room;   /* NULL: the fleet, or */
    struct live_watch *watch; /* a set of series */
    struct principal rights;
    uint32_t step; /* of LIVE_INTERVALS */
    enum live_format format;
    struct live_budget *budget; /* NULL unless members chose nothing: then fleet_rate sets `step` */
    char *sensors;              /* wanted ones, sorted, each followed by a NUL byte; NULL: all */
    size_t sensors_len;
    struct live_member *members;
    size_t member_count, member_cap;
    uint32_t row_first, row_last; /* what gathers for the next sensor-batch, or LIVE_NO_ROW */

    /* Conflation: a series that was sent takes its turn in the ring and is not sent again before
     * it comes round. `slots` has LIVE_SLOT_ bits; index: series id, in a room the device's slot,
     * in a watched set the place there. */
    uint8_t *slots;
    size_t slot_count;
    struct live_turn *ring;
    uint32_t ring_head, ring_count, ring_cap;
    uint32_t active_at; /* in its step's list of groups whose ring is not empty */
    size_t charged;     /* bytes counted in live->subscription_bytes */
};

#define LIVE_INACTIVE UINT32_MAX

enum live_slot {
    LIVE_SLOT_RESTING = 1, /* in the ring */
    LIVE_SLOT_DIRTY = 2,   /* changed since it was sent */
    LIVE_SLOT_JUDGED = 4,  /* whether it is wanted has been found out */
    LIVE_SLOT_WANTED = 8,
};

struct live_step {
    struct live_group **active;
    size_t count, cap;
    uint64_t next_ms; /* when its grid comes round; valid while count > 0 */
};

/* ---- rooms: rooms.c ---- */

struct live_room {
    char *key; /* the device's id */
    size_t key_len;
    struct device_id device; /* DEVICE_NONE until it appears */
    uint32_t index;
    struct live_watch_entry *watchers;
    struct live_group **groups;
    size_t group_count, group_cap;
};

/* One series of a watched set; its group's watch owns it. */
struct live_watch_entry {
    struct live_group *group;
    struct live_room *room;
    const char *sensor;
    uint32_t slot;
    uint32_t series; /* UINT32_MAX until it appears */
    struct live_watch_entry *next_of_series, **link_of_series;
    struct live_watch_entry *next_in_room, **link_in_room;
};

/* Text of the series that one client may watch. */
#define LIVE_WATCH_TEXT_MAX (64u << 10)

struct live_membership {
    struct live_room *room;
    struct live_group *group;
    uint32_t at; /* in group->members */
};

/* ---- clients: clients.c, behind.c ---- */

enum live_reply_kind {
    LIVE_REPLY_ERROR,
    LIVE_REPLY_OK,
    LIVE_REPLY_DEVICE,
    LIVE_REPLY_FLEET,
    LIVE_REPLY_WATCH,
    LIVE_REPLY_AREA,
};

struct live_reply {
    int64_t ack;
    enum live_reply_kind kind;
    struct live_room *room; /* of LIVE_REPLY_DEVICE; NULL once it was left again */
    enum live_resumption resumption;
    uint64_t epoch, since; /* of a resumption: where the client said it was */
    const char *code;      /* of LIVE_REPLY_ERROR, static */
    const char *field;     /* or NULL */
    const char *message;
};

/* Replies that wait for a client that takes nothing; more are dropped and counted. */
#define LIVE_REPLIES_MAX 64u
/* Text of sensor ids that one client's rooms may hold. */
#define LIVE_SENSORS_TEXT_MAX (64u << 10)
#define LIVE_SENSORS_MAX      256u

/* How much of its stream a client gets that can't keep up; see ladder.c. */
enum live_rung {
    LIVE_RUNG_FULL,
    LIVE_RUNG_CONFLATED,
    LIVE_RUNG_SUMMARY,
    LIVE_RUNG_PAUSED,
};

struct live_client {
    void *owner;
    struct principal principal;
    struct live_membership fleet; /* group NULL: no sensor-data */
    struct live_membership watch; /* group NULL: no watched set */
    struct live_area *area;       /* of the map, or NULL */
    uint32_t area_at;             /* in its members */
    bool area_stale;              /* it does not have what the other members have */
    struct live_membership *rooms;
    size_t room_count, room_cap;
    size_t sensors_bytes;
    uint32_t index; /* in live->clients */
    uint32_t fleet_step;
    enum live_format fleet_format;
    uint32_t level_told; /* of the stream of those who chose nothing */
    bool chose;
    bool dashboard; /* set by live_set_dashboard */

    /* Behind: in its groups, but off their beat. */
    bool behind;
    bool needs_data;         /* a dashboard:data, whatever else */
    uint64_t fell;           /* clock of the last thing that it was sent */
    uint64_t tick;           /* its dashboard is complete up to the mark of this second */
    uint64_t alert_next;     /* number of the first alert event that it was not sent */
    struct live_bits series; /* missed */
    struct live_bits devices;
    struct live_node cursor; /* where a long catching up goes on */

    enum live_rung rung;    /* above the first it stays behind */
    uint32_t behind_at;     /* in live->behind */
    uint64_t next_catch_ms; /* not before does it catch up */
    uint64_t fell_ms;
    uint64_t strained_ms;                  /* when `strain` last rose */
    uint32_t strain, calm, idle, patience; /* seconds */
    bool late, kept_up; /* in this second: not ready when it was due; took all of it */

    struct live_reply *replies;
    uint32_t reply_count;

    struct live_resumes *resumes; /* what it missed and is to get first, or NULL */
    uint64_t returned;            /* position at which it returned to its session, or 0 */
    bool away;                    /* its connection was lost, and it may come back */
    bool missed_some;             /* what nobody remembers: it is told with its next data */
};

/* ---- columns of sensor-batch: columns.c ---- */

#define LIVE_BATCH_COLUMNS 6u
/* Sensor names of one frame, which are looked through for each reading. */
#define LIVE_BATCH_SENSORS 64u

struct live_column {
    struct buf text;
    struct json_writer json;
};

/* A sensor-batch under construction. */
struct live_columns {
    struct live_column column[LIVE_BATCH_COLUMNS];
    struct bytes sensors[LIVE_BATCH_SENSORS]; /* borrowed from the registry */
    uint32_t mark;
    uint32_t count, device_count, sensor_count, last_sensor;
    uint64_t number; /* of the last reading */
    wall_ms t0;
};

#define LIVE_NO_ROW UINT32_MAX

struct live_row {
    uint32_t series;
    uint32_t next;
    uint64_t number;
    double value;
    wall_ms time;
};

/* Readings of this turn for groups that take columns. */
struct live_rows {
    struct live_row *all;
    size_t count, cap;
    struct live_group **groups;
    size_t group_count, group_cap;
};

/* Columns of an area's message; see area_message.c. */
#define LIVE_AREA_COLUMNS 13u

/* ---- alerts: alerts.c ---- */

struct live_alert_event {
    struct frame *frame;
    char *device;
    uint64_t number; /* its position */
};

/* ---- dashboards: sheet.c, snapshot.c, update.c ---- */

/* A dashboard message under construction; see sheet.c. */
struct live_sheet {
    struct live_column devices, alerts;
    struct live_column device, sensor, v, t; /* `latest` */
    bool truncated;
};

/* Since 1, 2, 4 ... 32, 63 seconds: clients that missed about as much share a frame. */
#define LIVE_UPDATES 7u

/* ---- the stream of clients that chose nothing: fleet_rate.c ---- */

struct live_rate {
    uint32_t level;                 /* LIVE_LEVELS: paused */
    uint32_t calm;                  /* seconds in which a narrower level would have fitted */
    uint32_t interval[LIVE_LEVELS]; /* the one that this moment is in, counted from 1 */
    uint64_t period[LIVE_LEVELS];   /* number of the one being counted */
    uint32_t current[LIVE_LEVELS];  /* events that the level would have brought in it */
    uint32_t last[LIVE_LEVELS];     /* and in the one before */
};

/* ---- all of it ---- */

struct live {
    struct live_config config;
    struct moment now; /* of the call under way */
    uint64_t clock;
    uint64_t number; /* position of what was told last */
    char position[LIVE_POSITION_BYTES];
    size_t position_len;
    struct live_ring ring;
    struct live_client **resuming; /* those with `resumes` */
    size_t resuming_count, resuming_cap;
    uint32_t histories; /* questions under way */
    uint32_t history_number;
    struct buf scratch;
    struct buf sensors_text;

    struct live_node changes;
    struct live_mark marks[LIVE_MARKS];
    uint64_t tick; /* number of the newest mark */
    mono_ns next_second;
    struct live_series_page **series_pages;
    size_t series_page_count;
    struct live_device_page **device_pages;
    size_t device_page_count;
    uint32_t device_rows;

    struct live_client **clients; /* those who want dashboard:update first */
    size_t client_count, client_cap;
    uint32_t updated_count; /* of them */
    struct live_client **behind;
    uint32_t behind_count; /* those who are away included */
    size_t behind_cap;
    uint32_t away_count;
    uint64_t ladder_next_ms;
    size_t subscription_bytes;

    struct live_room **rooms;
    size_t room_count, room_cap;
    uint32_t *free_rooms;
    size_t free_room_count, free_room_cap;
    struct strmap rooms_by_key;

    struct live_group **watches; /* NULL: free */
    size_t watch_count, watch_cap;
    uint32_t watch_search; /* none before this is free */
    struct strmap watches_by_text;

    struct live_group **fleet;
    size_t fleet_count, fleet_cap;
    struct live_step steps[LIVE_INTERVALS];
    struct live_rate rate;

    struct live_alert_event alerts[LIMIT_ALERTS_BEHIND];
    uint64_t alert_end;

    struct live_map *map; /* NULL while nobody looks at an area */
    struct live_area **areas;
    size_t area_count, area_cap;
    size_t area_bytes;
    uint32_t map_stamp;
    uint64_t area_next_ms;
    struct strmap areas_by_name;
    struct live_column area_columns[LIVE_AREA_COLUMNS];

    struct live_columns columns;
    struct live_rows rows;

    struct live_sheet sheet;
    uint32_t alert_mark;
    uint64_t readings;  /* since the last second began */
    uint64_t conflated; /* not in the metric yet */
    double readings_per_second;
    mono_ns second_began;
    struct frame *server_time;
    wall_ms server_time_of;
    struct frame *data;
    uint64_t data_tick; /* second in which `data` was made */
    uint64_t data_alerts;
    struct frame *updates[LIVE_UPDATES];
    bool update_impossible[LIVE_UPDATES]; /* more was deleted or resolved than is remembered */
};

static inline void live_count_conflated(struct live *l)
{
    if (l->conflated) {
        metrics_add(l->config.metrics, METRIC_LIVE_CONFLATED, l->conflated);
        l->conflated = 0;
    }
}

static inline uint64_t live_now_ms(const struct live *l)
{
    return l->now.mono / 1000000u;
}

static inline bool live_may_read(const struct principal *p, struct bytes device)
{
    return authorize(p, ACTION_READ, device);
}

/* ---- changes.c ---- */

void live_changes_init(struct live *l);
void live_changes_fini(struct live *l);

/* The row of a series or device; NULL when it is not known. */
struct live_series *live_series(const struct live *l, uint32_t id);
struct live_device *live_device(const struct live *l, uint32_t id);

/* Makes the row if there is none. `device` must be known. */
struct live_device *live_device_add(struct live *l, uint32_t id);
struct live_series *live_series_add(struct live *l, uint32_t id, uint32_t device);

/* Forgets a device and its series. */
void live_device_remove(struct live *l, uint32_t id);

/* Puts a node last, as changed at `order`. */
void live_changes_touch(struct live *l, struct live_node *n, uint64_t order);

/* The same for a series that has a new value, which happens far more often: within one second it
 * stays where its first change put it, and its neighbours in the list are left alone. */
void live_changes_touch_series(struct live *l, struct live_series *s, uint64_t order);
void live_node_remove(struct live_node *n);
void live_node_insert_after(struct live_node *at, struct live_node *n);

/* Begins a new second. */
void live_changes_mark(struct live *l);

/* ---- encode.c, item.c ---- */

/* An alert whose text may lie anywhere. */
struct live_alert_view {
    const char *id, *rule;
    struct bytes rule_name, device, sensor, message, acknowledged_by, note, muted_by;
    enum alert_state state;
    enum condition condition;
    enum severity severity;
    enum status_cause cause;
    enum alert_mute muted;
    double threshold, value;
    bool acknowledged, raised, late;
    wall_ms acknowledged_at, since, fired, created, updated, resolved, muted_until;
};

void live_put_alert_view(struct json_writer *w, const struct live_alert_view *a);
/* Without what tells of people: who acknowledged or muted it, and what they said. */
void live_put_shared_alert(struct json_writer *w, const struct alert *a);
/* As far as a scope goes: sensors outside it, tags and attributes are left out. */
void live_put_shared_device(struct json_writer *w, const struct registry *r,
                            const struct registry_device *d, const struct share_scope *scope);
struct live_alert_view live_view_alert(const struct alert *a);

enum live_item_kind {
    LIVE_ITEM_READING,
    LIVE_ITEM_STATUS,
};

/* One thing that is told to groups. Its two frames are made when first needed. */
struct live_item {
    enum live_item_kind kind;
    uint64_t no;     /* clock */
    uint64_t number; /* its position as told to the fleet, rooms get the next; 0: a new one */
    uint32_t series;
    uint32_t slot; /* of the series in the group that it is told to */
    uint32_t device;
    struct bytes key; /* the device's id; of a reading both are found when first needed */
    const struct registry_series *row;
    double value; /* of a reading */
    wall_ms time; /* of the reading, or when the status was told */
    wall_ms arrival;
    enum device_status status;
    enum status_cause cause;
    wall_ms last_seen;
    struct bytes topic; /* of a status: empty when no message said so */
    struct frame *for_fleet;
    struct frame *for_room;
};

/* The newest of a series or device, as an item with the next number. False: it is gone, or has
 * nothing to tell. End each with live_item_fini. */
bool live_item_of_series(struct live *l, uint32_t series, struct live_item *item);
bool live_item_of_device(struct live *l, uint32_t device, struct live_item *item);
void live_item_fini(struct live_item *item);

/* Whether a message brought it. What we concluded ourselves (it sends, so it is online; it is
 * silent, so who knows) is told to rooms and in dashboard:update, not as `sensor-data`. */
static inline bool live_item_is_message(const struct live_item *item)
{
    return item->kind == LIVE_ITEM_READING || item->cause == CAUSE_REPORTED ||
           item->cause == CAUSE_WILL;
}

/* Finds key and row, which cost a look into the registry that a resting series is spared. */
void live_item_find(const struct live *l, struct live_item *item);

/* The frame of an item for a group's members. Ownership: the item's. */
struct frame *live_item_frame(struct live *l, struct live_item *item, const struct live_group *g);

/* A text frame of what is in l->scratch, counted once for its maker. */
struct frame *live_frame(struct live *l);

/* Begins a frame in l->scratch. */
struct json_writer live_begin_event(struct live *l, const char *name);
/* Ends it with a new position, or with one that is known (0: a new one). */
struct frame *live_end_event(struct live *l);
struct frame *live_end_event_at(struct live *l, uint64_t number);

static inline struct bytes live_position_text(const struct live *l)
{
    return bytes_of(l->position, l->position_len);
}

/* Writes a position as text; returns its length. */
size_t live_print_position(uint64_t epoch, uint64_t number, char out[LIVE_POSITION_BYTES]);

static inline uint64_t live_epoch(const struct live *l)
{
    return (uint64_t)l->config.epoch_ms;
}

/* A new batch, by the registry's seq: positions go on behind the `steps` of it. */
void live_position_begin(struct live *l, uint64_t steps);

/* ---- group.c ---- */

uint32_t live_interval_ms(uint32_t step);

/* The step for an interval that a client asked for: the next one up, the last one for all above. */
uint32_t live_step_of(double interval_ms);

struct live_group_key {
    struct live_room *room;
    struct principal rights;
    uint32_t step;
    enum live_format format;
    bool automatic;
    struct bytes sensors; /* sorted, each followed by a NUL byte; empty: all */
    struct bytes series;  /* of a watched set: "device", "sensor" and so on, sorted as pairs */
};

/* The group of those who want this, made if there is none. */
struct live_group *live_group_get(struct live *l, const struct live_group_key *key);

/* A group that is in no list yet. */
struct live_group *live_group_new(struct live *l, const struct live_group_key *key);

/* Adds a member and sets m->group and m->at. `at` as in struct live_member. */
void live_group_enter(struct live *l, struct live_group *g, struct live_client *c,
                      struct live_membership *m, uint32_t at);

/* Takes the member out; frees the group when it was the last. */
void live_group_leave(struct live *l, struct live_membership *m);

/* Tells an item to all members: at once, and at their pace. */
void live_group_status(struct live *l, struct live_group *g, struct live_item *item);
void live_group_reading(struct live *l, struct live_group *g, struct live_item *item);

/* Sends an item to every member in step. */
void live_group_send(struct live *l, struct live_group *g, struct live_item *item);

/* Whether the group's members want this series of their device. */
bool live_group_wants(struct live *l, struct live_group *g, uint32_t series);

/* ---- conflate.c ---- */

uint32_t live_slot_of(const struct live *l, const struct live_group *g, uint32_t series);
uint8_t *live_slot(struct live *l, struct live_group *g, uint32_t slot);

/* Takes a reading of a series into the group's pace, if it rests there. */
bool live_conflate_rests(struct live *l, struct live_group *g, const struct live_item *item);

/* Sends a reading of a series that does not rest, which does from now on. */
void live_conflate(struct live *l, struct live_group *g, struct live_item *item);

/* Forgets what rests and waits. */
void live_conflate_reset(struct live *l, struct live_group *g);

/* Moves a group to another step; what rests keeps its turn. */
void live_conflate_pace(struct live *l, struct live_group *g, uint32_t step);

/* Sends what is due in groups of all steps. */
void live_conflate_tick(struct live *l);

/* When the next is due, UINT64_MAX if nothing waits. */
uint64_t live_conflate_next_ms(const struct live *l);

/* ---- watch.c ---- */

/* Replaces the client's watched set by key->series, which may be empty. */
void live_watch_enter(struct live *l, struct live_client *c, const struct live_group_key *key);

/* What a set may cost at most before conflation begins. */
size_t live_watch_bytes(size_t text_len, size_t count);

/* Frees what a group's set takes. */
void live_watch_free(struct live *l, struct live_group *g);
void live_watches_fini(struct live *l);

/* A series appeared; the device of a room went. */
void live_watch_series_seen(struct live *l, uint32_t series, struct bytes sensor);
void live_watch_room_unbound(struct live_room *room);

/* The set as in live_group_key; its size; the series in a slot, UINT32_MAX until it appears. */
struct bytes live_watch_text(const struct live_group *g);
uint32_t live_watch_count(const struct live_group *g);
uint32_t live_watch_series(const struct live_group *g, uint32_t slot);
bool live_watch_wants(const struct live *l, const struct live_group *g, uint32_t series);

/* ---- columns.c ---- */

/* Begins a frame; adds a reading to it, which must not be full; ends it. */
void live_columns_begin(struct live *l);
void live_columns_put(struct live *l, struct live_item *item);
bool live_columns_full(const struct live_columns *k);
struct frame *live_columns_frame(struct live *l, uint64_t number);
void live_columns_fini(struct live_columns *k);

/* Lets a reading gather for the group's next frame; sends what gathered, a frame a group. Ends
 * before live returns to its caller: nothing gathers from turn to turn. */
void live_rows_add(struct live *l, struct live_group *g, const struct live_item *item);
void live_rows_flush(struct live *l);
void live_rows_fini(struct live_rows *r);

/* ---- rooms.c ---- */

struct live_room *live_room_find(const struct live *l, struct bytes key);
struct live_room *live_room_get(struct live *l, struct bytes key);

/* Frees it if it has no group. */
void live_room_drop_if_empty(struct live *l, struct live_room *room);
void live_rooms_fini(struct live *l);

/* A device appeared, or went. */
void live_room_bind(struct live *l, uint32_t device, struct bytes key);
void live_room_unbind(struct live *l, struct live_room *room);

/* The client's membership in a room, or NULL. */
struct live_membership *live_membership_find(struct live_client *c, const struct live_room *room);

/* Joins or changes; replaces the client's earlier wish for this room. */
void live_room_enter(struct live *l, struct live_client *c, const struct live_group_key *key);
void live_room_leave(struct live *l, struct live_client *c, struct live_membership *m);

/* ---- clients.c ---- */

/* Sends a frame to one client and counts it. */
void live_send(struct live *l, struct live_client *c, struct frame *f);
bool live_client_ready(const struct live *l, const struct live_client *c);

/* Puts the client into the fleet group that its choices ask for. */
void live_fleet_enter(struct live *l, struct live_client *c);

/* ---- away.c ---- */

void live_count_clients(const struct live *l);

/* ---- behind.c ---- */

/* Takes the client off the beat: `no` is the last thing that it was sent. */
void live_fall_behind(struct live *l, struct live_client *c, uint64_t no);

/* Remembers that a client that is behind missed an item. */
void live_missed(struct live *l, struct live_client *c, const struct live_item *item);

/* Frees what a client that is behind remembers. */
void live_behind_fini(struct live *l, struct live_client *c);

/* Sends what it missed, as far as it takes it. False: it takes no more. */
bool live_catch_up(struct live *l, struct live_client *c);

/* ---- ladder.c ---- */

void live_ladder_enter(struct live *l, struct live_client *c);
void live_ladder_leave(struct live *l, struct live_client *c);

/* A client that is behind takes more again. True: it is back in step. */
bool live_ladder_ready(struct live *l, struct live_client *c);

/* Lets clients that are stepped down catch up whose turn it is. */
void live_ladder_tick(struct live *l);
uint64_t live_ladder_next_ms(const struct live *l);

/* Steps clients down and up. */
void live_ladder_second(struct live *l);

/* ---- alerts.c ---- */

void live_alerts_batch(struct live *l, const struct batch *b);

/* Sends events from c->alert_next on. False: the client takes no more. */
bool live_alerts_catch_up(struct live *l, struct live_client *c);

/* Whether all alerts since c->alert_next are still kept. */
static inline bool live_alerts_kept(const struct live *l, uint64_t next)
{
    return l->alert_end - next <= LIMIT_ALERTS_BEHIND;
}

void live_alerts_fini(struct live *l);

/* ---- sheet.c ---- */

void live_sheet_begin(struct live_sheet *s);
void live_sheet_fini(struct live_sheet *s);

/* Each adds one row if it fits; false, and nothing added, when it does not. */
MUST_CHECK bool live_sheet_device(struct live *l, const struct registry_device *d);
MUST_CHECK bool live_sheet_device_with_latest(struct live *l, const struct registry_device *d);
MUST_CHECK bool live_sheet_deleted(struct live *l, const char *key);
MUST_CHECK bool live_sheet_latest(struct live *l, const struct registry_series *s);
MUST_CHECK bool live_sheet_alert(struct live *l, const struct alert *a);

MUST_CHECK bool live_sheet_shared_device(struct live *l, const struct registry_device *d,
                                         const struct share_scope *scope);
MUST_CHECK bool live_sheet_shared_alert(struct live *l, const struct alert *a);

/* Writes the member `latest` alone. */
void live_sheet_put_latest(struct json_writer *w, struct live_sheet *s);

struct live_counts {
    uint64_t devices;
    uint64_t of_status[STATUS_COUNT];
    uint64_t alerts_open;
    double readings_per_second;
};

/* The finished message. Ownership: the caller's reference. */
struct frame *live_sheet_frame(struct live *l, const char *event);
/* Likewise in a namespace, with counts of its own. */
struct frame *live_sheet_frame_in(struct live *l, const char *nsp, const char *event,
                                  const struct live_counts *c);

/* ---- snapshot.c, update.c ---- */

/* The dashboard:data of this second. Ownership: live's. */
struct frame *live_snapshot(struct live *l);
void live_snapshot_forget(struct live *l);

/* Sends dashboard:data, and the alerts that came after it was made. */
void live_send_data(struct live *l, struct live_client *c);

/* A new second: marks it, and sends dashboard:update to everybody in step. */
void live_second(struct live *l);

/* Whether the client wants dashboard:update. A second walks over those who do and nobody else: an
 * idle client costs it nothing. */
void live_set_dashboard(struct live *l, struct live_client *c, bool wanted);

/* Sends what the dashboard of a client lacks, if anything. False: it takes no more. */
bool live_dashboard_catch_up(struct live *l, struct live_client *c);
void live_updates_forget(struct live *l);

/* ---- fleet_rate.c ---- */

struct live_budget *live_budget_new(void);
void live_budget_free(struct live_budget *b);

/* The step that groups of clients that chose nothing have now. */
uint32_t live_rate_step(const struct live *l);

static inline bool live_rate_paused(const struct live *l)
{
    return l->rate.level == LIVE_LEVELS;
}

/* Counts an event of a series for each level; live_rate_now comes first, once a batch. */
void live_rate_now(struct live *l);
void live_rate_count(struct live *l, struct live_series *s);

/* Whether one more event may go to the group's members now; counts it if so. */
bool live_budget_take(struct live *l, struct live_group *g);

/* A status for which there was no room. */
void live_budget_later(struct live_group *g, uint32_t device);

/* Sends statuses that waited, as far as there is room. */
void live_budget_tick(struct live *l);
bool live_budget_waits(const struct live *l);

/* Chooses the level for the next second and tells it. */
void live_rate_second(struct live *l);

/* Tells one client the level, unless it is the usual one. */
void live_rate_greet(struct live *l, struct live_client *c);

/* ---- acks.c ---- */

void live_reply(struct live *l, struct live_client *c, const struct live_reply *r);

/* Sends replies that waited. False: the client takes no more. */
bool live_replies_catch_up(struct live *l, struct live_client *c);

/* A room was left: replies about it say no more than ok. */
void live_replies_forget_room(struct live_client *c, const struct live_room *room);

#endif
