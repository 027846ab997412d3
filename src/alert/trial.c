/* SPDX-License-Identifier: Apache-2.0 */
/* A back-test: the state machine of a rule over one device, run over readings of the past as fast
 * as they can be read. A year of a series at one reading in ten seconds is three million of them,
 * so one that changes nothing costs two comparisons, as in the engine. */
#include "alert/trial.h"

#include "base/mem.h"

#include <math.h>

struct alert_trial *alert_trial_new(const struct alert_definition *d,
                                    const struct alert_device *device)
{
    struct alert_trial *t = mem_zalloc(1, sizeof *t);
    t->d = d;
    machine_init(&t->machine);
    t->memory = memory_new(d);
    t->due = NEVER;
    for (unsigned i = 0; i < d->leaf_count; i++) {
        const struct leaf *l = &d->leaves[i];
        t->limits[i] = limits_of(l, device->attributes);
        t->gates[i] = gate_of(l, &t->limits[i], GATE_BEGINS);
        t->every[i] = leaf_has_window(l) || d->times > 0 || l->condition == CONDITION_NO_DATA;
        t->heard[i] = WALL_NONE;
    }
    return t;
}

void alert_trial_free(struct alert_trial *t)
{
    if (t) {
        free(t->memory);
        free(t->result.firings);
        free(t);
    }
}

/* ---- what fired ---- */

static void begin(struct alert_trial *t, wall_ms at, double value)
{
    struct alert_trial_result *r = &t->result;
    t->open = true;
    t->result.count++;
    r->last = (struct alert_firing){.from = at, .to = at, .peak = value};
}

static void end(struct alert_trial *t, wall_ms at)
{
    struct alert_trial_result *r = &t->result;
    t->open = false;
    r->last.to = at;
    r->total_ms += at - r->last.from;
    r->longest_ms = at - r->last.from > r->longest_ms ? at - r->last.from : r->longest_ms;
    if (r->kept < LIMIT_TRIAL_FIRINGS) {
        r->firings = mem_grow(r->firings, r->kept, &r->cap, sizeof *r->firings);
        r->firings[r->kept++] = r->last;
    }
}

static void act(struct alert_trial *t, enum verdict v, wall_ms at, double value)
{
    if (v == VERDICT_FIRES) {
        begin(t, at, value);
    } else if (v == VERDICT_RESOLVES) {
        end(t, at);
    }
}

/* Farther from what is good than the peak so far. */
static void raise_peak(struct alert_trial *t, unsigned leaf, double value)
{
    const struct gate *g = &t->gates[leaf];
    double *peak = &t->result.last.peak;
    bool down = !g->invert && isinf(g->lo);
    bool farther = g->invert ? fabs(value - (g->lo + g->hi) / 2) > fabs(*peak - (g->lo + g->hi) / 2)
                   : down    ? value < *peak
                             : value > *peak;
    *peak = farther ? value : *peak;
}

/* ---- time and readings ---- */

static void plan(struct alert_trial *t)
{
    t->due = machine_deadline(t->d, &t->machine);
    for (unsigned i = 0; i < t->d->leaf_count; i++) {
        const struct leaf *l = &t->d->leaves[i];
        if (l->condition == CONDITION_NO_DATA && t->heard[i] != WALL_NONE &&
            !(t->machine.on >> i & 1) && t->heard[i] + l->window_ms < t->due) {
            t->due = t->heard[i] + l->window_ms;
        }
    }
}

static void hear_silence(struct alert_trial *t, wall_ms at)
{
    for (unsigned i = 0; i < t->d->leaf_count; i++) {
        const struct leaf *l = &t->d->leaves[i];
        if (l->condition == CONDITION_NO_DATA && t->heard[i] != WALL_NONE &&
            t->heard[i] + l->window_ms <= at && !(t->machine.on >> i & 1)) {
            t->machine.on = (uint16_t)(t->machine.on | 1u << i);
            act(t, machine_step(t->d, &t->machine, t->memory, at, at), at, 0);
        }
    }
}

static void pass_time(struct alert_trial *t, wall_ms until)
{
    while (t->due <= until) {
        wall_ms at = t->due;
        act(t, machine_due(t->d, &t->machine, at), at, t->result.value);
        hear_silence(t, at);
        plan(t);
        ASSERT(t->due > at);
    }
}

/* A reading of one leaf. False: nothing follows from it. */
static bool take_leaf(struct alert_trial *t, unsigned i, wall_ms at, double *value)
{
    const struct leaf *l = &t->d->leaves[i];
    if (l->condition == CONDITION_NO_DATA) {
        t->heard[i] = at;
    } else if (leaf_has_window(l) &&
               !window_read(l, memory_window(t->d, t->memory, i), at, *value, value)) {
        return false;
    }
    bool holds = gate_holds(t->gates[i].lo, t->gates[i].hi, t->gates[i].invert, *value);
    if (holds != (t->machine.on >> i & 1)) {
        t->machine.on = (uint16_t)(t->machine.on ^ 1u << i);
        t->gates[i] = gate_of(l, &t->limits[i], holds ? GATE_GOES_ON : GATE_BEGINS);
    }
    return true;
}

static void step(struct alert_trial *t, uint32_t mask, wall_ms at, double value)
{
    bool known = false;
    double told = value;
    pass_time(t, at);
    for (unsigned i = 0; i < t->d->leaf_count; i++) {
        double v = value;
        if ((mask >> i & 1) && take_leaf(t, i, at, &v)) {
            told = !known || (t->machine.on >> i & 1) ? v : told;
            known = true;
        }
    }
    if (known) {
        act(t, machine_step(t->d, &t->machine, t->memory, at, at), at, told);
    }
    t->result.value = told;
    plan(t);
}

/* Whether the reading changes anything: it crosses a gate, or each of them matters. */
static inline bool matters(const struct alert_trial *t, const unsigned *leaves, unsigned count,
                           double value)
{
    for (unsigned k = 0; k < count; k++) {
        unsigned i = leaves[k];
        bool holds = gate_holds(t->gates[i].lo, t->gates[i].hi, t->gates[i].invert, value);
        if (t->every[i] || holds != (t->machine.on >> i & 1)) {
            return true;
        }
    }
    return false;
}

void alert_trial_read(struct alert_trial *t, const char *sensor, const wall_ms *times,
                      const double *values, size_t count)
{
    unsigned leaves[LEAVES_MAX], n = 0;
    uint32_t mask = 0;
    for (unsigned i = 0; i < t->d->leaf_count; i++) {
        if (t->d->leaves[i].sensor && strcmp(t->d->leaves[i].sensor, sensor) == 0) {
            leaves[n++] = i;
            mask |= 1u << i;
        }
    }
    t->result.readings += count;
    for (size_t k = 0; k < count && n > 0; k++) {
        if (times[k] >= t->due || matters(t, leaves, n, values[k])) {
            step(t, mask, times[k], values[k]);
        }
        if (t->open) {
            raise_peak(t, leaves[0], values[k]);
        }
    }
}

void alert_trial_status(struct alert_trial *t, enum device_status status, wall_ms at)
{
    pass_time(t, at);
    for (unsigned i = 0; i < t->d->leaf_count; i++) {
        bool is = t->d->leaves[i].statuses >> status & 1;
        if (t->d->leaves[i].condition == CONDITION_STATUS && is != (t->machine.on >> i & 1)) {
            t->machine.on = (uint16_t)(t->machine.on ^ 1u << i);
            act(t, machine_step(t->d, &t->machine, t->memory, at, at), at, 0);
        }
    }
    plan(t);
}

const struct alert_trial_result *alert_trial_end(struct alert_trial *t, wall_ms at)
{
    pass_time(t, at - 1);
    if (t->open) {
        end(t, at);
    }
    return &t->result;
}

void trial_shift(struct alert_trial *t, int64_t ms)
{
    for (unsigned n = 0; t->memory && n < t->d->times; n++) {
        t->memory->hits[n] += ms;
    }
    for (unsigned i = 0; i < t->d->leaf_count; i++) {
        if (leaf_has_window(&t->d->leaves[i])) {
            window_shift(&t->d->leaves[i], memory_window(t->d, t->memory, i), ms);
        }
    }
}
