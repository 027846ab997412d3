/* SPDX-License-Identifier: Apache-2.0 */
/* Rules and alerts: a function from readings, statuses and time to transitions, and nothing else.
 * It notifies nobody, reads no clock, and asks the world about devices only through a table that it
 * is handed.
 *
 * As with the registry there are two instances: the ingest thread's decides, the serve thread's
 * follows batches. A rule over a device has at most one open alert, which lasts while its condition
 * does. A back-test runs the same state machine over the past, on any thread.
 *
 * Workload: 100,000 rules over 10,000 series; a reading of a series without rules costs one look
 * into an array, one that changes nothing two comparisons a rule. No allocation while evaluating,
 * but for a transition. */
#ifndef TELLTALE_ALERT_ALERT_H
#define TELLTALE_ALERT_ALERT_H

#include "model/batch.h"
#include "model/command.h"
#include "model/limits.h"
#include "model/metrics.h"

#include "base/config.h"
#include "base/hash.h"

struct alert_engine;
struct json_writer;

struct alert_config {
    uint32_t max_rules; /* default LIMIT_RULES */
    /* Episodes that follow each other within ten minutes before an alert counts as flapping and is
     * held; 0: never. Default 3. */
    uint32_t flap_after;
};

extern const struct alert_config alert_defaults;

/* The settings a person may change, members of struct alert_config. */
extern const struct config_field alert_settings[];
extern const size_t alert_setting_count;

/* ---- what rules say ---- */

struct alert_definition;

/* What rules look at of a device. Slices are borrowed. */
struct alert_device {
    uint32_t number;
    struct bytes id;
    struct bytes model;
    struct bytes place;
    struct bytes tags;       /* each followed by a NUL byte */
    struct bytes attributes; /* a JSON object, or empty */
    enum device_status status;
    enum status_cause cause;
    struct series_id first_series;
    bool cut_off; /* the broker that it comes over is not connected, or was not just now */
};

/* "90s", "5m", "2h", "7d", "250ms". Errors: ERR_INVALID. */
MUST_CHECK enum err alert_duration_parse(struct bytes text, int64_t *ms);

/* Reads a rule's JSON; NULL when it can't be valid, with the member and the reason in `why`.
 * Ownership: the caller's. */
struct alert_definition *alert_definition_parse(struct bytes json, struct document_fault *why);

/* Reads members over what `d` says, and checks the whole. On an error `d` is good for nothing but
 * to be freed. Errors: ERR_INVALID, with the member and the reason in `why`. */
MUST_CHECK enum err alert_definition_read(struct bytes json, struct alert_definition *d,
                                          struct document_fault *why);

void alert_definition_free(struct alert_definition *d);

/* Writes its members into the open object of `w`: the short form where that says all. */
void alert_definition_put(struct json_writer *w, const struct alert_definition *d);

/* The sensor for which it is one limit, a number that each reading is compared with; NULL when it
 * is anything else or off. Borrowed. */
const char *alert_definition_limits(const struct alert_definition *d);

/* Writes such a limit for one device into the open object of `w`, and nothing else of the rule. */
void alert_definition_put_limit(struct json_writer *w, const struct alert_definition *d,
                                const char *device);

/* The sensors that it looks at, each once; returns how many. Borrowed. */
size_t alert_definition_sensors(const struct alert_definition *d,
                                const char *sensors[LIMIT_RULE_CONDITIONS]);

/* Whether it is about the device. */
bool alert_definition_covers(const struct alert_definition *d, const struct alert_device *device);

/* Whether `tag` is one of `tags`, each of which is followed by a NUL byte. */
bool alert_tags_have(struct bytes tags, struct bytes tag);

/* ---- a rule over the past: any thread; touches only its arguments ---- */

struct alert_firing {
    wall_ms from, to;
    double peak; /* the value farthest from where the condition does not hold */
};

struct alert_trial_result {
    uint64_t count; /* firings in all */
    int64_t total_ms, longest_ms;
    uint64_t readings;
    struct alert_firing *firings; /* the first LIMIT_TRIAL_FIRINGS */
    size_t kept, cap;
    struct alert_firing last;
    double value;
};

/* One rule over one device. Ownership: the definition is borrowed for the trial's life. */
struct alert_trial *alert_trial_new(const struct alert_definition *d,
                                    const struct alert_device *device);
void alert_trial_free(struct alert_trial *t);

/* Readings and statuses in order of time, over all calls. */
void alert_trial_read(struct alert_trial *t, const char *sensor, const wall_ms *times,
                      const double *values, size_t count);
void alert_trial_status(struct alert_trial *t, enum device_status status, wall_ms at);

/* The past ends at `at`; what fires then is cut off there. Borrowed. */
const struct alert_trial_result *alert_trial_end(struct alert_trial *t, wall_ms at);

/* ---- the world, as whoever decides knows it ---- */

/* What the engine looks at of a series. */
struct alert_series {
    struct device_id device;
    struct bytes sensor;
    bool has_latest; /* a reading that rules may look at */
    double value;
    wall_ms time;
    struct series_id next; /* of the same device, or SERIES_NONE */
};

/* Asked when rules or devices change, never for a reading. False: not there. */
struct alert_world {
    uint32_t (*device_rows)(const void *ctx); /* numbers ever given out */
    bool (*device)(const void *ctx, struct device_id id, struct alert_device *out);
    bool (*find_device)(const void *ctx, struct bytes id, struct alert_device *out);
    bool (*series)(const void *ctx, struct series_id id, struct alert_series *out);
    struct series_id (*find_series)(const void *ctx, struct bytes device, struct bytes sensor);
    const void *ctx;
};

/* `epoch_ms`: start of this process, part of the ids it makes. `world` is copied; NULL makes a
 * follower. `metrics` is borrowed; NULL counts nothing. */
struct alert_engine *alert_new(const struct alert_config *config, struct hash_key key,
                               int64_t epoch_ms, const struct alert_world *world,
                               struct metrics *metrics);
void alert_free(struct alert_engine *e);

/* ---- reading it; text as in the registry: NUL-terminated, borrowed until the next change ---- */

struct alert_rule {
    struct text_id id;
    const struct alert_definition *definition;
    const char *name; /* "" when it has none */
    bool enabled;
    wall_ms created;
    wall_ms updated;
};

struct alert {
    enum alert_state state;
    struct text_id id;
    struct text_id rule;
    char *rule_name;
    struct series_id series;
    char *device;
    char *sensor;
    char *message;
    enum condition condition;
    enum severity severity;
    double threshold;
    double value;
    enum status_cause cause;
    bool raised;
    bool late;
    bool acknowledged;
    char *acknowledged_by;
    wall_ms acknowledged_at;
    char *note;
    enum alert_mute muted;
    wall_ms muted_until;
    char *muted_by;
    wall_ms since;
    wall_ms fired;
    wall_ms created;
    wall_ms updated;
    wall_ms resolved;     /* WALL_NONE: open */
    uint64_t changed_seq; /* batch of its last transition */
};

/* Rules in order of creation, 0 .. count-1; NULL beyond. */
uint32_t alert_rule_count(const struct alert_engine *e);
const struct alert_rule *alert_rule_at(const struct alert_engine *e, uint32_t index);
const struct alert_rule *alert_find_rule(const struct alert_engine *e, struct bytes id);

/* Open alerts, pending ones included, in order of creation, and by id; NULL when there is none. */
uint32_t alert_open_count(const struct alert_engine *e);
const struct alert *alert_open_at(const struct alert_engine *e, uint32_t index);
const struct alert *alert_find_open(const struct alert_engine *e, struct bytes id);

/* Those of them that are not pending. */
uint32_t alert_firing_count(const struct alert_engine *e);

/* Rules times devices that are watched now, and the bytes that all of them take. */
uint32_t alert_instance_count(const struct alert_engine *e);
size_t alert_instance_bytes(const struct alert_engine *e);

/* Worst severity among the firing alerts of a device, or -1 when it has none. */
int alert_worst_of_device(const struct alert_engine *e, struct bytes device);

/* Alerts resolved since batch `seq`, oldest first, of the last 1,024 that were: calls `each`.
 * Returns false when more were resolved than are remembered. */
bool alert_resolved_since(const struct alert_engine *e, uint64_t seq,
                          void (*each)(void *ctx, const struct alert *a), void *ctx);

/* ---- a decider that begins: what rules would know that look back. Before anything else. ---- */

struct alert_history {
    uint32_t instance;
    const struct alert_definition *definition;
    struct device_id device;
    int64_t ms; /* how far it looks back */
    struct series_id series[LIMIT_RULE_CONDITIONS];
    const char *sensors[LIMIT_RULE_CONDITIONS];
    size_t count;
};

/* The next pair of rule and device that looks back, from `*cursor` (0 first) on. False: none. */
bool alert_history_next(struct alert_engine *e, uint32_t *cursor, struct alert_history *out);

/* Goes on where a trial over that past ended, whose newest reading was taken at `newest`. */
void alert_history_take(struct alert_engine *e, const struct alert_history *h,
                        struct alert_trial *t, wall_ms newest);

/* ---- deciding: the ingest thread. `out` has its seq and its now set. ---- */

/* Looks at the devices, series and statuses that were written to `out` since the last call: rules
 * are bound to what is new and let go of what is deleted, and alerts follow. Call it behind
 * everything that may write some. */
void alert_observe(struct alert_engine *e, struct batch *out);

/* Looks at the newest reading of a series; writes what begins or ends to `out`. It does so at
 * `when`, the reading's time, at most out->now, so that history which comes late tells when it
 * happened; an alert never ends before it began. */
void alert_evaluate(struct alert_engine *e, struct series_id series, double value, wall_ms when,
                    struct batch *out);

/* A reading older than the newest of its series: it changes nothing about now, and tells once what
 * it means for then. */
void alert_evaluate_late(struct alert_engine *e, struct series_id series, double value,
                         wall_ms when, struct batch *out);

/* Call about each second: what must have lasted, silences, and what is over.
 *
 * Durations are counted in the seconds between calls and readings, so that a clock that jumps, or a
 * process that was stopped for a while, ends no silence and completes no `for`. */
void alert_tick(struct alert_engine *e, wall_ms now, struct batch *out);

/* Validates and does COMMAND_CREATE_RULE, _PATCH_RULE, _DELETE_RULE, _ACKNOWLEDGE and _RELEASE;
 * writes the change and the transitions that follow from it to `out` (a rule deleted, disabled or
 * no longer met resolves its alerts; acknowledging twice changes nothing but the note and
 * succeeds). A new or changed rule looks at the newest values at once. Sets c->result, c->made, and
 * c->field with c->message when the command was not valid. */
void alert_command(struct alert_engine *e, struct command *c, wall_ms now, struct batch *out);

/* ---- silences: documents, each a JSON object ---- */

/* Whether the document can be kept. Errors: ERR_INVALID, explained in `why`. */
MUST_CHECK enum err alert_silence_check(struct bytes body, struct document_fault *why);

struct alert_interval {
    wall_ms from, to;
};

struct alert_silence {
    struct bytes id;
    struct bytes body; /* checked */
    /* Of one that recurs: its stretches, in order of time. Copied. */
    const struct alert_interval *intervals;
    size_t interval_count;
};

/* Makes or replaces a silence; alerts that it mutes or no longer does are written to `out`. NULL,
 * at start: nothing is told. */
void alert_put_silence(struct alert_engine *e, const struct alert_silence *silence, wall_ms now,
                       struct batch *out);
void alert_drop_silence(struct alert_engine *e, struct bytes id, wall_ms now, struct batch *out);

/* The world says something else of devices that mutes their alerts (alert_device.cut_off): finds
 * out anew for all. */
void alert_renew_mutes(struct alert_engine *e, wall_ms now, struct batch *out);

/* All rules and open alerts, as a batch to begin from. */
void alert_snapshot(struct alert_engine *e, struct batch *out);

/* ---- following, and the decider at start ---- */

/* Applies a batch. A BATCH_SNAPSHOT replaces everything first; the world of a decider holds it
 * already. */
void alert_apply(struct alert_engine *e, const struct batch *b);

#endif
