/* SPDX-License-Identifier: Apache-2.0 */
/* Private to the alert engine: its tables, and the few functions that its files share.
 *
 * Rules over the same sensor of the same device share a target, which knows the series once it has
 * appeared; an array by series number leads a reading to its target. An open alert is a heap object
 * that moves to the ring of the resolved when it ends. */
#ifndef TELLTALE_ALERT_STATE_H
#define TELLTALE_ALERT_STATE_H

#include "alert/alert.h"

#include "model/limits.h"

#include "base/strmap.h"

#define SLOT_NONE UINT32_MAX

/* Resolved alerts that alert_resolved_since remembers. */
#define RESOLVED_MAX 1024u

/* Numbers of table rows: given out from 0, taken again once given back. */
struct slots {
    uint32_t *free;
    size_t free_count;
    size_t free_cap;
    uint32_t end; /* rows below it were given out */
};

struct rule {
    struct alert_rule pub; /* device and sensor point into its target's key */
    uint32_t target;       /* SLOT_NONE: the row is free */
    uint32_t next;         /* the next rule of the same target */
};

struct target {
    char *key; /* device id, NUL, sensor id, NUL; NULL: the row is free */
    uint32_t key_len;
    uint32_t device_len;
    struct series_id series;
    uint32_t first; /* rule */
    uint32_t last;
};

struct open_alert {
    struct alert pub; /* device, sensor, message and rule_name point into text */
    char *text;
    char by[TEXT_ID_MAX];
    uint32_t slot;
    uint32_t rule; /* SLOT_NONE once the rule is gone */
};

/* How many open alerts a device has, by severity; the row lives while there is one. */
struct tally {
    char *device;
    uint32_t count[SEVERITY_COUNT];
};

struct alert_engine {
    struct alert_config config;
    struct hash_key hash_key;
    struct metrics *metrics; /* NULL: a follower */
    struct text_id_source rule_ids;
    struct text_id_source alert_ids;

    struct rule *rules;
    size_t rule_cap;
    struct slots rule_slots;
    struct strmap rule_by_id;
    uint32_t *rule_order; /* slots in order of creation */
    size_t rule_order_cap;
    uint32_t rule_count;

    struct target *targets;
    size_t target_cap;
    struct slots target_slots;
    struct strmap target_by_names;
    uint32_t *by_series; /* series number -> target, SLOT_NONE */
    size_t by_series_cap;

    struct open_alert **alerts; /* by slot */
    size_t alert_cap;
    struct slots alert_slots;
    struct strmap alert_by_id;
    struct open_alert **open; /* in order of creation */
    size_t open_cap;
    uint32_t open_count;

    struct tally *tallies;
    size_t tally_cap;
    struct slots tally_slots;
    struct strmap tally_by_device;

    struct open_alert **resolved; /* a ring of RESOLVED_MAX, made with the first */
    uint32_t resolved_first;
    uint32_t resolved_count;
    uint64_t resolved_floor; /* those resolved up to this seq may be forgotten */

    struct buf scratch;
};

uint32_t alert_slots_take(struct slots *s);
void alert_slots_give(struct slots *s, uint32_t slot);

/* ---- rules (rules.c) ---- */

void alert_rules_init(struct alert_engine *e);
void alert_rules_fini(struct alert_engine *e);

/* The rule with this id, or NULL. */
struct rule *alert_rule_row(const struct alert_engine *e, struct bytes id);

/* Appends a rule over the sensor; only id, target, device and sensor are set. */
struct rule *alert_add_rule(struct alert_engine *e, const struct text_id *id, struct bytes device,
                            struct bytes sensor);

/* Moves the rule to another sensor; nothing happens when it is the same. */
void alert_move_rule(struct alert_engine *e, struct rule *rule, struct bytes device,
                     struct bytes sensor);

/* Its open alert, if any, stays without a rule. */
void alert_remove_rule(struct alert_engine *e, struct rule *rule);

/* Tells the target, and its rules, which series it is; SERIES_NONE: none any more. */
void alert_set_series(struct alert_engine *e, uint32_t target, struct series_id series);

/* The target of a series, or NULL. */
static inline struct target *alert_target_of(const struct alert_engine *e, struct series_id series)
{
    uint32_t slot = series.n < e->by_series_cap ? e->by_series[series.n] : SLOT_NONE;
    return slot == SLOT_NONE ? NULL : &e->targets[slot];
}

/* ---- alerts (opened.c) ---- */

void alert_opened_init(struct alert_engine *e);
void alert_opened_fini(struct alert_engine *e);

struct open_alert *alert_open_row(const struct alert_engine *e, struct bytes id);

/* Adds the alert that `as` describes, at the end, and ties it to its rule when that is known.
 * Copies the text of `as`. */
struct open_alert *alert_open(struct alert_engine *e, const struct alert *as);

/* Who acknowledged it, when, and what he said with it. */
void alert_set_acknowledged(struct open_alert *a, struct bytes by, struct bytes note, wall_ms at);

void alert_set_text(char **text, struct bytes value);

/* Takes the alert from the open ones to the resolved. */
void alert_close(struct alert_engine *e, struct open_alert *a, wall_ms now, uint64_t seq);

/* The alert among the resolved that are remembered, or NULL. */
const struct open_alert *alert_find_resolved(const struct alert_engine *e, struct bytes id);

/* ---- transitions (evaluate.c) ---- */

/* Opens, keeps or resolves the rule's alert as `value` demands, and writes what happened. */
void alert_consider(struct alert_engine *e, struct rule *rule, double value, wall_ms now,
                    struct batch *out);

/* Resolves the rule's alert, if it has one, and writes that. */
void alert_resolve(struct alert_engine *e, struct rule *rule, wall_ms now, struct batch *out);

/* ---- writing into a batch (apply.c) ---- */

void alert_write_rule(const struct rule *rule, struct batch *out);
void alert_write(const struct open_alert *a, enum alert_transition transition, struct batch *out);

/* Tells the metrics how many there are. */
void alert_count(const struct alert_engine *e);

#endif
