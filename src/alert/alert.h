/* SPDX-License-Identifier: Apache-2.0 */
/* Rules and alerts: a function from readings to transitions, and nothing else. It notifies nobody,
 * reads no clock and knows no device but by the names in its rules.
 *
 * As with the registry there are two instances: the ingest thread's evaluates and decides, the
 * serve thread's follows batches. A rule has at most one open alert, which lasts while its
 * condition does.
 *
 * Workload: 10,000 rules over 200,000 series; a reading of a series without rules costs one look
 * into an array. No allocation while evaluating, but for the text of a transition. */
#ifndef TELLTALE_ALERT_ALERT_H
#define TELLTALE_ALERT_ALERT_H

#include "model/batch.h"
#include "model/command.h"
#include "model/metrics.h"

#include "base/config.h"
#include "base/hash.h"

struct alert_engine;

struct alert_config {
    uint32_t max_rules; /* default LIMIT_RULES */
};

extern const struct alert_config alert_defaults;

/* The settings a person may change, members of struct alert_config. */
extern const struct config_field alert_settings[];
extern const size_t alert_setting_count;

/* `epoch_ms`: start of this process, part of the ids it makes. `metrics` is borrowed; NULL counts
 * nothing (the follower). */
struct alert_engine *alert_new(const struct alert_config *config, struct hash_key key,
                               int64_t epoch_ms, struct metrics *metrics);
void alert_free(struct alert_engine *e);

/* ---- reading it; text as in the registry: NUL-terminated, borrowed until the next change ---- */

struct alert;

struct alert_rule {
    struct text_id id;
    char *device;
    char *sensor;
    enum condition condition;
    enum severity severity;
    double threshold;
    bool enabled;
    wall_ms created;
    wall_ms updated;
    /* SERIES_NONE until the series appears. Only the deciding side always knows it; a follower
     * knows what its last snapshot told and is still there. */
    struct series_id series;
    const struct alert *open; /* its open alert, or NULL */
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

/* Open alerts in order of creation, and by id; NULL when there is none. */
uint32_t alert_open_count(const struct alert_engine *e);
const struct alert *alert_open_at(const struct alert_engine *e, uint32_t index);
const struct alert *alert_find_open(const struct alert_engine *e, struct bytes id);

/* Worst severity among the open alerts of a device, or -1 when it has none. */
int alert_worst_of_device(const struct alert_engine *e, struct bytes device);

/* Alerts resolved since batch `seq`, oldest first, of the last 1,024 that were: calls `each`.
 * Returns false when more were resolved than are remembered. */
bool alert_resolved_since(const struct alert_engine *e, uint64_t seq,
                          void (*each)(void *ctx, const struct alert *a), void *ctx);

/* ---- deciding: the ingest thread ---- */

/* A series appeared or went: rules over it are bound or unbound; an open alert of an unbound rule
 * resolves. */
void alert_bind(struct alert_engine *e, struct series_id series, struct bytes device,
                struct bytes sensor);
void alert_unbind(struct alert_engine *e, struct series_id series, wall_ms now, struct batch *out);

/* Looks at the newest reading of a series; writes alerts that begin or end to `out`. They do so at
 * `when`, the reading's time, so that history which comes late tells when it happened; an alert
 * never ends before it began. The message of an alert is "<sensor> <condition> <threshold>.
 * Current: <value>", numbers shortest exact. */
void alert_evaluate(struct alert_engine *e, struct series_id series, double value, wall_ms when,
                    struct batch *out);

/* Where a rule's command points in the registry, found by the caller. */
struct alert_target {
    struct series_id series; /* SERIES_NONE while it has not appeared */
    bool has_latest; /* `value` is the series' newest: a new or changed rule looks at it at once */
    double value;
};

/* `out` has its seq and its now set, here as in the registry.
 *
 * Validates and does COMMAND_CREATE_RULE, _PATCH_RULE, _DELETE_RULE and _ACKNOWLEDGE; writes the
 * change and the transitions that follow from it to `out` (a rule deleted, disabled or no longer
 * met resolves its alert; acknowledging twice changes nothing and succeeds). Sets c->result,
 * c->made, and c->field with c->message when the command was not valid. */
void alert_command(struct alert_engine *e, struct command *c, const struct alert_target *target,
                   wall_ms now, struct batch *out);

/* The device and sensor that c's rule would have after it: the rule's own, overridden by what the
 * command gives. Errors: ERR_NOT_FOUND no such rule. Ownership: borrowed from c or the rule. */
MUST_CHECK enum err alert_command_series(const struct alert_engine *e, const struct command *c,
                                         struct bytes *device, struct bytes *sensor);

/* All rules and open alerts, as a batch to begin from. */
void alert_snapshot(const struct alert_engine *e, struct batch *out);

/* ---- following ---- */

/* Applies a batch. A BATCH_SNAPSHOT replaces everything first. Series in a snapshot bind rules. */
void alert_apply(struct alert_engine *e, const struct batch *b);

#endif
