/* SPDX-License-Identifier: Apache-2.0 */
/* The one state machine of a rule over one device: from the conditions that hold to pending, firing
 * and resolved. The engine runs one for each instance, a back-test one over the past; neither adds
 * anything to when it fires.
 *
 *            holds                      held for `for`
 *     idle ─────────► pending ───────────────────────────► firing ◄────────┐ holds again
 *      ▲                │ stops                              │ stops       │
 *      ├────────────────┘                                    ▼             │
 *      └───────────────────────────────────────────────── clearing ────────┘
 *                     stopped for `clear_for`, and longer each time it flaps
 *
 * Times are those of one steady line, ms: whoever runs it decides what that is, and it never jumps.
 * Pure, and without allocation. */
#ifndef TELLTALE_ALERT_MACHINE_H
#define TELLTALE_ALERT_MACHINE_H

#include "alert/definition.h"

#define NEVER INT64_MAX

enum phase {
    PHASE_IDLE,
    PHASE_PENDING,
    PHASE_FIRING,
    PHASE_CLEARING,
};

struct machine {
    int64_t since;      /* when the phase began */
    int64_t calm;       /* when it last resolved; INT64_MIN: never */
    wall_ms since_wall; /* when the condition began to hold, by the readings' own time */
    uint16_t on;        /* bit i: leaf i holds */
    uint8_t phase;
    uint8_t flaps;  /* episodes that followed each other closely */
    uint8_t looked; /* for whoever runs it: it has seen what was known already */
};

/* ---- one condition ---- */

/* Holds where lo <= value <= hi, or, inverted, where not. */
struct gate {
    double lo, hi;
    bool invert;
};

static inline bool gate_holds(double lo, double hi, bool invert, double value)
{
    return (value >= lo && value <= hi) != invert;
}

/* The limits of a leaf for one device. */
struct limits {
    bool known; /* every attribute that it names is there and a number */
    double low, high, clear;
};

struct limits limits_of(const struct leaf *l, struct bytes attributes);

/* The attribute of that name as a number. False: it is not there, or no number. */
MUST_CHECK bool attribute_number(struct bytes attributes, const char *name, double *value);

/* Where it begins to hold, or, once it does, where it goes on to. Limits that are not known never
 * hold. */
enum gate_side {
    GATE_BEGINS,
    GATE_GOES_ON,
};
struct gate gate_of(const struct leaf *l, const struct limits *limits, enum gate_side side);

/* ---- windows: what a function or rate looks back at ---- */

#define WINDOW_PARTS 8

/* Readings of the last window in eighths of it, so that its size does not depend on how many there
 * are; the oldest eighth goes at once. */
struct window {
    int64_t newest; /* number of the newest part; INT64_MIN before the first reading */
    int64_t next;   /* when the part behind it begins */
    int64_t last_at;
    double last;
    struct {
        int64_t first_at;
        double first, sum, min, max;
        uint32_t n;
    } parts[WINDOW_PARTS];
};

void window_init(struct window *w);

/* Whether readings of the leaf go through a window. */
static inline bool leaf_has_window(const struct leaf *l)
{
    return l->function != WINDOW_NONE || l->condition == CONDITION_RATE;
}

/* Takes a reading; `*value` is what the leaf compares. False: not known yet. */
MUST_CHECK bool window_read(const struct leaf *l, struct window *w, int64_t at, double in,
                            double *value);

/* Moves it along the line of time. */
void window_shift(const struct leaf *l, struct window *w, int64_t ms);

/* ---- the machine ---- */

/* What rules need besides that look back; the size depends on the rule. */
struct memory {
    int64_t hits[LIMIT_RULE_TIMES]; /* when it held, a ring */
    unsigned hit_next;
    struct window windows[];
};

/* NULL when the rule needs none. Ownership: the caller's, free(). */
struct memory *memory_new(const struct alert_definition *d);

/* Bytes of it; 0: none. */
size_t memory_size(const struct alert_definition *d);

/* The window of a leaf that has one. */
struct window *memory_window(const struct alert_definition *d, struct memory *memory,
                             unsigned leaf);

enum verdict {
    VERDICT_SAME,
    VERDICT_PENDS,
    VERDICT_DROPS, /* was pending and stopped */
    VERDICT_FIRES,
    VERDICT_CLEARS,  /* stopped, and resolves if it stays so */
    VERDICT_GOES_ON, /* holds again before it resolved */
    VERDICT_RESOLVES,
};

void machine_init(struct machine *m);

/* Whether the conditions hold together. */
bool machine_tree(const struct alert_definition *d, uint16_t on);

/* A reading, status or silence set m->on. `when` is the reading's own time. */
enum verdict machine_step(const struct alert_definition *d, struct machine *m,
                          struct memory *memory, int64_t at, wall_ms when);

/* Time passed. */
enum verdict machine_due(const struct alert_definition *d, struct machine *m, int64_t at);

/* When machine_due has something to say, or NEVER. */
int64_t machine_deadline(const struct alert_definition *d, const struct machine *m);

/* How long it must have stopped before it resolves, ms. */
int64_t machine_delay(const struct alert_definition *d, const struct machine *m);

/* Whether it is held because it flaps. */
bool machine_flaps(const struct alert_definition *d, const struct machine *m);

#endif
