/* SPDX-License-Identifier: Apache-2.0 */
/* The registry: every device and series that is known, its newest value, and how the device is.
 *
 * Two instances live in a server. The ingest thread's decides: it is handed decoded records and
 * commands, and writes what changed into the batch under construction. The serve thread's follows:
 * it applies batches (or one snapshot) and answers questions. Both hold the same world at the same
 * seq.
 *
 * Pure: no clock, no I/O, no thread. Every text from outside is bounded here once more. */
#ifndef TELLTALE_REGISTRY_REGISTRY_H
#define TELLTALE_REGISTRY_REGISTRY_H

#include "model/batch.h"
#include "model/command.h"
#include "model/metrics.h"

#include "base/config.h"
#include "base/hash.h"

struct registry;

struct registry_config {
    uint32_t max_devices;            /* default LIMIT_DEVICES */
    uint32_t max_series;             /* default LIMIT_SERIES */
    uint32_t max_sensors_per_device; /* default LIMIT_SENSORS_PER_DEVICE */
    wall_ms retention_ms;            /* readings older than this are refused; 0: none are */
    wall_ms silence_ms; /* shortest silence that makes a device unknown; default 5 min */
};

extern const struct registry_config registry_defaults;

/* The settings a person may change, members of struct registry_config. */
extern const struct config_field registry_settings[];
extern const size_t registry_setting_count;

/* Ownership: `metrics` is borrowed for the registry's life; NULL counts nothing (the follower). */
struct registry *registry_new(const struct registry_config *config, struct hash_key key,
                              struct metrics *metrics);
void registry_free(struct registry *r);

/* ---- reading it ---- */

/* A series as it is. Text is NUL-terminated and owned by the registry; never NULL, "" when not set.
 * Borrowed until the next call that changes the registry. */
struct registry_series {
    /* What each message touches comes first. */
    struct series_id id; /* SERIES_NONE: this row is free (its device was deleted) */
    struct device_id device;
    double value;
    wall_ms time;
    uint64_t changed_seq; /* batch that last changed value or description */
    char *topic;
    enum value_kind kind;
    bool has_latest;  /* value and time are set */
    bool last_known;  /* they came from a retained message without a time of its own */
    bool unit_pinned; /* a person set the unit: what the device tells does not change it */
    bool ranged;
    char *unit;
    char *sensor;
    char *name;
    double min, max;
    int decimals;          /* -1: not set */
    struct series_id next; /* the device's next series in order of appearance, or SERIES_NONE */
};

struct registry_device {
    struct device_id id; /* DEVICE_NONE: this row is free */
    enum device_status status;
    enum status_cause cause;
    bool located;
    wall_ms since;
    wall_ms last_seen; /* WALL_NONE: never */
    uint64_t
        changed_seq; /* batch that last changed status or description; new values don't count */
    char *key;       /* the id by which the world knows it */
    char *name;
    char *model;
    char *manufacturer;
    char *place;
    uint32_t pinned; /* enum command_field: what a person set */
    double lat, lng;
    char *tags; /* each followed by a NUL byte, tags_len in all */
    size_t tags_len;
    char *attributes; /* JSON object, or "" */
    struct series_id first_series;
    uint32_t series_count;
};

/* Rows ever given out: ids 0 .. n-1, free rows among them. */
uint32_t registry_device_rows(const struct registry *r);
uint32_t registry_series_rows(const struct registry *r);

/* Devices and series in use. */
uint32_t registry_device_count(const struct registry *r);
uint32_t registry_series_count(const struct registry *r);

/* Devices of each status, counted as they change. */
uint32_t registry_status_count(const struct registry *r, enum device_status status);

/* The row of `id`; NULL when it is free or was never given out. */
const struct registry_device *registry_device(const struct registry *r, struct device_id id);
const struct registry_series *registry_series(const struct registry *r, struct series_id id);

/* By the names of the outside; NULL when not known. */
const struct registry_device *registry_find_device(const struct registry *r, struct bytes key);
const struct registry_series *registry_find_series(const struct registry *r, struct bytes device,
                                                   struct bytes sensor);

/* Newest batch that was applied (follower) or written to (decider). */
uint64_t registry_seq(const struct registry *r);

/* Devices deleted since `seq`, newest last, at most the last 1,024: calls `each` with the key of
 * each. Returns false when more were deleted than are remembered. */
bool registry_deleted_since(const struct registry *r, uint64_t seq,
                            void (*each)(void *ctx, const char *key), void *ctx);

/* ---- deciding: the ingest thread. `out` has its seq and its now set before it comes here, and its
 * now is the `now` of every call that writes to it: a follower knows no other. ---- */

/* What connection a message came over, so that its loss can be told to the devices it carried.
 * Small numbers, reused; CARRIER_NONE for messages of a dialled broker. */
#define CARRIER_NONE UINT32_MAX

/* What a decoded record says about its series. Slices are borrowed for the call. */
struct registry_origin {
    struct bytes device; /* valid ids: 1..LIMIT_ID_BYTES bytes of UTF-8, checked by decode */
    struct bytes sensor;
    struct bytes unit;  /* empty: not told */
    struct bytes topic; /* of the message */
    enum value_kind kind;
    uint32_t carrier;
    unsigned source; /* 0: our listener, or none; n: the n-th dialled broker */
};

/* Finds the series of a record; makes device and series when they are new, and writes what is new
 * or changed (unit, topic, kind) into `out`. No allocation for a series that is known and
 * unchanged. Returns DROP_NONE, or DROP_DEVICE_LIMIT, DROP_SENSOR_LIMIT, DROP_SERIES_LIMIT,
 * DROP_BAD_DEVICE_ID, DROP_BAD_SENSOR_ID (counted by the caller). `*created` tells that a new
 * series was made. */
enum drop registry_resolve(struct registry *r, const struct registry_origin *o, wall_ms now,
                           struct batch *out, struct series_id *series, bool *created);

enum registry_order {
    REGISTRY_NEWEST,     /* now the latest of its series: rules look at it */
    REGISTRY_LATE,       /* stored, but something newer is known */
    REGISTRY_LAST_KNOWN, /* shown at most: written to `out` only while nothing better is known */
    REGISTRY_REFUSED,    /* older than the retention; counted by the caller as DROP_TOO_OLD */
};

/* Takes one reading. `in.time` is the device's own time or WALL_NONE; it is replaced by `now` when
 * it is WALL_NONE, more than 5 minutes ahead or before 2001-01-01 (counted in metrics as
 * corrections). At one and the same time the later arrival wins. Unless READING_LAST_KNOWN or
 * READING_RETAINED the device is alive: seen at `now`, and online with CAUSE_DATA if it was not.
 * Appends the reading, and a status when it changed, to `out`. The newest location.latitude and
 * location.longitude of a device move it on the map, unless a person put it somewhere. */
enum registry_order registry_reading(struct registry *r, struct reading in, wall_ms now,
                                     struct batch *out);

/* Takes a status that a device told (or its will did). When it is offline, the devices that are
 * mute without it and were thought online become unknown (CAUSE_GATEWAY_LOST). The device is made
 * when it is new. A repeated status is written too, as `repeated`. CAUSE_REPORTED is a sign of life
 * and sets last_seen; CAUSE_WILL and a retained message (CAUSE_NONE is written as CAUSE_REPORTED,
 * last_seen stays) are not. Returns as registry_resolve. */
enum drop registry_status(struct registry *r, const struct registry_origin *o,
                          enum device_status status, enum status_cause cause, wall_ms now,
                          struct batch *out);

/* What a device's messages, or those of its bridge, tell about it. Empty text: not told. Borrowed
 * for the call; longer text than the limits is cut, control characters are refused whole. */
struct registry_description {
    struct bytes device; /* a valid id */
    struct bytes parent; /* id of the device without which this one is mute */
    struct bytes name;
    struct bytes model;
    struct bytes manufacturer;
    struct bytes place;
    bool located;
    double lat, lng;
};

/* Takes a description; the device is made when it is new. What a person set stays. Writes the
 * device to `out` when anything changed. Returns as registry_resolve. */
enum drop registry_describe(struct registry *r, const struct registry_description *told,
                            wall_ms now, struct batch *out);

/* The connection `carrier` was lost and no new session came in time: its one device is offline
 * (CAUSE_CONNECTION_LOST), or, when it carried several, each is unknown (CAUSE_GATEWAY_LOST). */
void registry_carrier_lost(struct registry *r, uint32_t carrier, wall_ms now, struct batch *out);

/* The connection said goodbye: it carries nobody any more, and nothing is said about them. */
void registry_carrier_closed(struct registry *r, uint32_t carrier);

enum registry_link {
    REGISTRY_LINK_UP,
    REGISTRY_LINK_DOWN,
};

/* How the link to dialled broker `number`, from 1, is; told about each second. True: what
 * registry_cut_off says of its devices may have changed. */
bool registry_source(struct registry *r, unsigned number, enum registry_link link, wall_ms now);

/* Whether the device last came over a broker that is not connected, or that is back for less than
 * two minutes and did not bring it yet. What is not remembered over a restart: which broker that
 * was, until the device is heard of. */
bool registry_cut_off(const struct registry *r, struct device_id id);

/* Makes devices unknown (CAUSE_SILENT) that were quiet for max(silence_ms, 5 x their usual gap).
 * Call about each second; looks at a slice of the fleet a call, all of it within 10 s. */
void registry_tick(struct registry *r, wall_ms now, struct batch *out);

/* Validates and does COMMAND_PATCH_DEVICE, _DELETE_DEVICE, _PATCH_SENSOR; writes the change to
 * `out`. Sets c->result, and c->field and c->message when the command was not valid. */
void registry_command(struct registry *r, struct command *c, struct batch *out);

/* Everything, as a batch to begin from: devices, series with their latest. */
void registry_snapshot(const struct registry *r, struct batch *out);

/* ---- following: the serve thread, and the decider at start ---- */

/* Applies a batch. A BATCH_SNAPSHOT replaces everything first. */
void registry_apply(struct registry *r, const struct batch *b);

#endif
