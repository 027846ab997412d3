/* SPDX-License-Identifier: Apache-2.0 */
/* Private to the alert engine: its tables, and the few functions that its files share.
 *
 *     series ──► watched ──► watch, watch, ..          one a condition and instance
 *                                │
 *     rule ──► instance ◄────────┘  ◄── device         one a rule and device
 *                 │
 *                 └──► open_alert
 *
 * A rule is found by what it is about: its interests are keyed by device and sensor, the device
 * empty for rules over a tag, a model or all. An open alert is a heap object that moves to the ring
 * of the resolved when it ends. A follower has rules and alerts only. */
#ifndef TELLTALE_ALERT_STATE_H
#define TELLTALE_ALERT_STATE_H

#include "alert/machine.h"

#include "base/strmap.h"

#define SLOT_NONE UINT32_MAX

/* Resolved alerts that alert_resolved_since remembers. */
#define RESOLVED_MAX 1024u

/* A pending alert is shown after this, ms: what comes and goes with each reading is no news. */
#define PENDING_SHOWN_MS 1000

/* Readings taken longer ago than this came late, ms. */
#define LATE_MS (5 * 60 * 1000)

/* More between two looks at the clock is no passing of time but a jump or a stop, ms. */
#define STEADY_STEP_MS 5000

/* Numbers of table rows: given out from 0, taken again once given back. */
struct slots {
    uint32_t *free;
    size_t free_count;
    size_t free_cap;
    uint32_t end; /* rows below it were given out */
};

struct rule {
    struct alert_rule pub;
    struct alert_definition *definition; /* NULL: the row is free */
    uint32_t first;                      /* instance */
};

/* Who wants to know of a sensor of a device. */
struct interest {
    char *key; /* device id or nothing, NUL, sensor id or nothing; NULL: the row is free */
    uint32_t key_len;
    struct {
        uint32_t rule;
        uint32_t leaf;
    } * items;
    size_t count, cap;
};

enum watch_flag {
    WATCH_ON = 1,     /* the condition holds, as far as this one knows */
    WATCH_INVERT = 2, /* of the gate */
    WATCH_EVERY = 4,  /* each reading matters, not only one that changes something */
};

/* One condition of an instance, at the series that it looks at. */
struct watch {
    double lo, hi;
    uint32_t instance;
    uint8_t leaf;
    uint8_t flags;
};

struct watched {
    struct watch *items;
    uint32_t count, cap;
    uint32_t series; /* SLOT_NONE: the row is free */
    uint32_t device;
    uint32_t next_of_device;
    double value;  /* the newest */
    int64_t heard; /* when it came, steady */
};

struct instance {
    struct machine machine;
    struct memory *memory;   /* NULL when the rule needs none */
    struct open_alert *open; /* or NULL */
    struct late *late;       /* what late readings are telling, or NULL */
    uint32_t rule;           /* SLOT_NONE: the row is free */
    uint32_t device;
    uint32_t previous_of_rule, next_of_rule;
    uint32_t next_of_device;
    uint32_t timer; /* place in the heap, or SLOT_NONE */
};

/* The promise of docs: an instance of the usual rule, with its one watch and its place among the
 * timers. */
_Static_assert(sizeof(struct instance) + sizeof(struct watch) + 16 <= 128, "see bench-alerts");

struct device_row {
    uint32_t first;   /* instance */
    uint32_t watched; /* first */
    uint64_t looks;   /* hash of what scopes and limits look at */
};

struct timer {
    int64_t due; /* steady */
    uint32_t instance;
};

struct open_alert {
    struct alert pub; /* device, sensor, message and rule_name point into text */
    char *text;
    char by[TEXT_ID_MAX];
    uint32_t slot;
    uint32_t instance;  /* SLOT_NONE: of a follower, or of late readings */
    uint32_t device;    /* number; SLOT_NONE when not known */
    bool of_late;       /* told by late readings, and ended by them */
    wall_ms held_until; /* it flaps and is held; WALL_NONE: it is not */
};

/* How many firing alerts a device has, by severity; the row lives while there is one. */
struct tally {
    char *device;
    uint32_t count[SEVERITY_COUNT];
};

/* What a transition is told with. */
struct trigger {
    unsigned leaf;
    double value;
    wall_ms when;
    int64_t at; /* steady */
    bool late;
};

struct alert_engine {
    struct alert_config config;
    struct hash_key hash_key;
    struct metrics *metrics; /* NULL: counts nothing */
    struct alert_world world;
    bool decides;
    struct text_id_source rule_ids;
    struct text_id_source alert_ids;

    /* The steady line: ms that passed while somebody looked. */
    int64_t steady;
    wall_ms wall; /* when it was looked at last; WALL_NONE: never */
    int64_t skew; /* how far the clock jumped forwards, all together */

    struct rule *rules;
    size_t rule_cap;
    struct slots rule_slots;
    struct strmap rule_by_id;
    uint32_t *rule_order; /* slots in order of creation */
    size_t rule_order_cap;
    uint32_t rule_count;

    struct interest *interests;
    size_t interest_cap;
    struct slots interest_slots;
    struct strmap interest_by_key;

    struct instance *instances;
    size_t instance_cap;
    struct slots instance_slots;
    uint32_t instance_count;
    size_t memory_bytes; /* of struct memory */

    uint32_t *by_series; /* series number -> watched, SLOT_NONE */
    size_t by_series_cap;
    struct watched *watched;
    size_t watched_cap;
    struct slots watched_slots;
    size_t watch_count;

    struct device_row *devices; /* by number */
    size_t device_cap;

    struct timer *timers; /* a heap, the earliest first; room for every instance */
    size_t timer_count, timer_cap;

    struct {
        uint64_t seq;
        size_t devices, series, statuses;
    } seen; /* of the batch under construction */

    struct open_alert **alerts; /* by slot */
    size_t alert_cap;
    struct slots alert_slots;
    struct strmap alert_by_id;
    struct open_alert **open; /* in order of creation */
    size_t open_cap;
    uint32_t open_count;
    uint32_t firing_count;
    bool orphans;      /* alerts without an instance may be among the open ones */
    bool mutes_loaded; /* what muted them may have ended while nobody looked */

    struct silence *silences;
    size_t silence_count, silence_cap;
    wall_ms silence_next; /* when something about them changes */
    wall_ms silence_seen; /* the last tick */

    uint32_t *muters; /* rules that mute others */
    size_t muter_count, muter_cap;

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

/* ---- rules and their interests (rules.c) ---- */

void alert_rules_init(struct alert_engine *e);
void alert_rules_fini(struct alert_engine *e);

/* The rule with this id, or NULL. */
struct rule *alert_rule_row(const struct alert_engine *e, struct bytes id);

/* Appends a rule; takes over its definition. */
struct rule *alert_add_rule(struct alert_engine *e, const struct text_id *id,
                            struct alert_definition *take_definition);

/* Gives the rule another definition, and takes that over. It has no instance. */
void alert_set_definition(struct alert_engine *e, struct rule *rule,
                          struct alert_definition *take_definition);

/* It has no instance. Open alerts, if any, stay without a rule. */
void alert_remove_rule(struct alert_engine *e, struct rule *rule);

/* Those that want to know of this sensor of this device, or NULL. Empty: of any device; of the
 * device itself. */
const struct interest *alert_find_interest(struct alert_engine *e, struct bytes device,
                                           struct bytes sensor);

static inline uint32_t alert_rule_slot(const struct alert_engine *e, const struct rule *rule)
{
    return (uint32_t)(rule - e->rules);
}

/* ---- instances and what they watch (instances.c) ---- */

void alert_instances_fini(struct alert_engine *e);

/* Binds the rule to a device, where it covers it and the device has any of what it looks at.
 * Returns the instance, or SLOT_NONE. */
uint32_t alert_bind_device(struct alert_engine *e, uint32_t rule,
                           const struct alert_device *device);

/* Binds the rule to all devices. */
void alert_bind_rule(struct alert_engine *e, uint32_t rule);

/* A series is there: rules that want it watch it. */
void alert_bind_series(struct alert_engine *e, struct series_id id, const struct alert_series *s);

/* The instance of a rule over a device, or SLOT_NONE. */
uint32_t alert_find_instance(const struct alert_engine *e, uint32_t rule, uint32_t device);

/* Takes the instance away; its alert, if any, is left without one. */
void alert_remove_instance(struct alert_engine *e, uint32_t slot);

/* Forgets a device, which has no instance any more. */
void alert_forget_device(struct alert_engine *e, uint32_t device);

struct device_row *alert_device_row(struct alert_engine *e, uint32_t device);

/* The watch of a leaf of an instance and the series that it is at; NULL: it has none. */
struct watch *alert_find_watch(struct alert_engine *e, const struct instance *i, unsigned leaf,
                               struct watched **at);

/* Sets the watch's gate as the instance and its device are now. */
void alert_set_gate(struct alert_engine *e, struct watch *w, struct bytes attributes);

/* The watched row of a series, or NULL. */
static inline struct watched *alert_watched_of(const struct alert_engine *e,
                                               struct series_id series)
{
    uint32_t slot = series.n < e->by_series_cap ? e->by_series[series.n] : SLOT_NONE;
    return slot == SLOT_NONE ? NULL : &e->watched[slot];
}

static inline struct alert_definition *alert_definition_of(const struct alert_engine *e,
                                                           const struct instance *i)
{
    return e->rules[i->rule].definition;
}

/* ---- what the registry wrote (observe.c) ---- */

/* Ends what the rule has open, and takes its instances away. */
void alert_retire_rule(struct alert_engine *e, struct rule *rule, wall_ms now, struct batch *out);

/* Binds rules to a device and its series, without looking at any value. */
void alert_bind_known(struct alert_engine *e, const struct alert_device *device);

/* Instances of the device that have looked at nothing yet do so. */
void alert_look_at_new(struct alert_engine *e, uint32_t device, struct batch *out);

/* ---- a decider that begins (restore.c) ---- */

void alert_bind_world(struct alert_engine *e);

/* The instance goes on with an open alert. */
void alert_adopt(struct alert_engine *e, uint32_t slot, struct open_alert *a);

/* Every alert finds its instance. */
void alert_adopt_loaded(struct alert_engine *e);

/* ---- timers (timers.c) ---- */

/* Wakes the instance at `due` or earlier; NEVER leaves it as it is. */
void alert_wake_at(struct alert_engine *e, uint32_t instance, int64_t due);
void alert_wake_never(struct alert_engine *e, uint32_t instance);

/* Takes the earliest instance that is due. SLOT_NONE: none is. */
uint32_t alert_next_due(struct alert_engine *e);

/* ---- alerts (opened.c) ---- */

void alert_opened_init(struct alert_engine *e);
void alert_opened_fini(struct alert_engine *e);

struct open_alert *alert_open_row(const struct alert_engine *e, struct bytes id);

/* Adds the alert that `as` describes, at the end. Copies the text of `as`. */
struct open_alert *alert_open(struct alert_engine *e, const struct alert *as);

/* A pending alert fires. */
void alert_set_fired(struct alert_engine *e, struct open_alert *a);

void alert_set_severity(struct alert_engine *e, struct open_alert *a, enum severity severity);

void alert_set_message(struct open_alert *a, const char *message);

/* Who acknowledged it, when, and what he said with it. */
void alert_set_acknowledged(struct open_alert *a, struct bytes by, struct bytes note, wall_ms at);

/* Nobody has it any more. */
void alert_set_released(struct open_alert *a);

void alert_set_text(char **text, struct bytes value);

/* Takes the alert from the open ones to the resolved. */
void alert_close(struct alert_engine *e, struct open_alert *a, wall_ms now, uint64_t seq);

/* The alert among the resolved that are remembered, or NULL. */
const struct open_alert *alert_find_resolved(const struct alert_engine *e, struct bytes id);

/* ---- from readings to verdicts (evaluate.c) ---- */

/* Moves the steady line on to `now`. */
void alert_watch_clock(struct alert_engine *e, wall_ms now);

/* Looks at everything that the instance watches, as it is now. */
void alert_look(struct alert_engine *e, uint32_t slot, struct batch *out);

/* The status of the instance's device is this now. */
void alert_take_status(struct alert_engine *e, uint32_t slot, const struct alert_device *device,
                       struct batch *out);

/* Sets the timer of the instance. */
void alert_arm(struct alert_engine *e, uint32_t slot);

/* ---- what follows from a verdict (transitions.c) ---- */

void alert_act(struct alert_engine *e, uint32_t slot, enum verdict verdict, const struct trigger *t,
               struct batch *out);

/* Shows an alert that is pending. */
void alert_show_pending(struct alert_engine *e, uint32_t slot, const struct trigger *t,
                        struct batch *out);

/* A reading of a firing instance: its severity may rise, and what was late may be news. */
void alert_keep_firing(struct alert_engine *e, uint32_t slot, const struct trigger *t,
                       struct batch *out);

/* Ends an alert, whatever it is, and writes that; `now` is when. */
void alert_end(struct alert_engine *e, struct open_alert *a, wall_ms now, struct batch *out);

/* Ends the instance's alert, if it has one, and writes that. */
void alert_resolve(struct alert_engine *e, struct instance *i, wall_ms now, struct batch *out);

/* ---- why nobody is told (mute.c) ---- */

/* Whether the rule has a firing alert beside `but`, which may be NULL. */
bool alert_fires_beside(const struct alert_engine *e, const struct rule *rule,
                        const struct open_alert *but);

/* Works out anew why the alert is muted. True: something changed. */
bool alert_mute(struct alert_engine *e, struct open_alert *a, wall_ms now);

/* The same for all alerts of a device, or of every one with SLOT_NONE; writes those that changed.
 */
void alert_mute_all(struct alert_engine *e, uint32_t device, wall_ms now, struct batch *out);

/* ---- readings that came late (late.c) ---- */

/* Forgets what late readings of the instance were telling; an alert of theirs is left alone. */
void alert_drop_late(struct alert_engine *e, uint32_t slot);

/* Ends it, and forgets. */
void alert_close_late(struct alert_engine *e, uint32_t slot, struct batch *out);

/* Ends what no late reading has gone on with for a while. */
void alert_end_late(struct alert_engine *e, uint32_t slot, struct batch *out);

/* ---- writing into a batch (apply.c) ---- */

void alert_write_rule(struct alert_engine *e, const struct rule *rule, struct batch *out);
void alert_write(const struct open_alert *a, enum alert_transition transition, struct batch *out);

/* Tells the metrics how many there are. */
void alert_count(const struct alert_engine *e);

#endif
