/* SPDX-License-Identifier: Apache-2.0 */
/* From readings, statuses and time to verdicts.
 *
 * Time passes before a reading is looked at: what had lasted long enough by then has fired, whether
 * or not a tick came in between. So a device's backlog, which comes all at once, gives the alerts
 * that it would have given then. */
#include "alert/silence.h"

#include <math.h>

/* ---- the steady line ---- */

void alert_watch_clock(struct alert_engine *e, wall_ms now)
{
    int64_t passed = e->wall == WALL_NONE ? 0 : now - e->wall;
    int64_t counts = passed < 0 ? 0 : passed > STEADY_STEP_MS ? 1000 : passed;
    e->skew += passed - counts;
    e->skew = e->skew < 0 ? 0 : e->skew;
    e->steady += counts;
    e->wall = now;
}

/* How long ago a reading was taken. A clock that jumped forwards makes no reading late. */
static int64_t age_of(const struct alert_engine *e, wall_ms when)
{
    int64_t age = e->wall - when - e->skew;
    return age > 0 ? age : 0;
}

static wall_ms wall_of(const struct alert_engine *e, int64_t at)
{
    return at >= e->steady ? e->wall : e->wall - (e->steady - at);
}

/* ---- timers ---- */

/* When the silence of a leaf is long enough, or NEVER. */
static int64_t silent_at(struct alert_engine *e, const struct instance *i, unsigned leaf)
{
    const struct leaf *l = &alert_definition_of(e, i)->leaves[leaf];
    struct watched *at;
    if (l->condition != CONDITION_NO_DATA || (i->machine.on >> leaf & 1) ||
        !alert_find_watch(e, i, leaf, &at)) {
        return NEVER;
    }
    return at->heard + l->window_ms;
}

void alert_arm(struct alert_engine *e, uint32_t slot)
{
    const struct instance *i = &e->instances[slot];
    const struct alert_definition *d = alert_definition_of(e, i);
    int64_t due = machine_deadline(d, &i->machine);
    if (i->machine.phase == PHASE_PENDING && !i->open &&
        i->machine.since + PENDING_SHOWN_MS < due) {
        due = i->machine.since + PENDING_SHOWN_MS;
    }
    if (i->open && i->open->held_until != WALL_NONE && i->machine.phase == PHASE_FIRING) {
        int64_t left = i->open->held_until - e->wall;
        due = e->steady + (left > 1 ? left : 1);
    }
    for (unsigned leaf = 0; leaf < d->leaf_count; leaf++) {
        int64_t silent = silent_at(e, i, leaf);
        due = silent < due ? silent : due;
    }
    /* Never at once: who is woken in a tick would be woken in it again. */
    alert_wake_at(e, slot, due <= e->steady ? e->steady + 1 : due);
}

/* ---- steps ---- */

/* What is told when nothing but time passed: the condition that holds, and its newest value. */
static struct trigger trigger_now(struct alert_engine *e, const struct instance *i, int64_t at)
{
    const struct alert_definition *d = alert_definition_of(e, i);
    unsigned leaf = 0;
    while (leaf + 1 < d->leaf_count && !(i->machine.on >> leaf & 1)) {
        leaf++;
    }
    struct watched *row = NULL;
    bool known = alert_find_watch(e, i, leaf, &row) != NULL;
    return (struct trigger){
        .leaf = leaf, .value = known ? row->value : 0, .when = wall_of(e, at), .at = at};
}

static void pass_time(struct alert_engine *e, uint32_t slot, int64_t at, struct batch *out)
{
    struct instance *i = &e->instances[slot];
    const struct alert_definition *d = alert_definition_of(e, i);
    int64_t due = machine_deadline(d, &i->machine);
    enum verdict v = due <= at ? machine_due(d, &i->machine, at) : VERDICT_SAME;
    if (v != VERDICT_SAME) {
        struct trigger t = trigger_now(e, i, due);
        t.late = age_of(e, t.when) > LATE_MS;
        alert_act(e, slot, v, &t, out);
    }
}

static void step(struct alert_engine *e, uint32_t slot, const struct trigger *t, struct batch *out)
{
    struct instance *i = &e->instances[slot];
    const struct alert_definition *d = alert_definition_of(e, i);
    enum verdict v = machine_step(d, &i->machine, i->memory, t->at, t->when);
    if (v != VERDICT_SAME) {
        alert_act(e, slot, v, t, out);
    } else if (i->machine.phase == PHASE_FIRING) {
        alert_keep_firing(e, slot, t, out);
    }
    alert_arm(e, slot);
}

static bool names_attribute(const struct leaf *l)
{
    return l->low.attribute || l->high.attribute || l->clear.attribute;
}

/* Sets the bit of the watch's leaf, and the gate that follows from it. */
static void set_on(struct alert_engine *e, struct watch *w, bool on)
{
    struct instance *i = &e->instances[w->instance];
    const struct leaf *l = &alert_definition_of(e, i)->leaves[w->leaf];
    struct alert_device device = {0};
    i->machine.on =
        (uint16_t)(on ? i->machine.on | 1u << w->leaf : i->machine.on & ~(1u << w->leaf));
    if (names_attribute(l) &&
        !e->world.device(e->world.ctx, (struct device_id){i->device}, &device)) {
        device.attributes = BYTES("");
    }
    alert_set_gate(e, w, device.attributes);
}

/* A reading of a leaf that changes something, or of one that each reading matters to. False: it is
 * not known yet what it means. */
static bool take_leaf(struct alert_engine *e, struct watch *w, struct trigger *t, struct batch *out)
{
    struct instance *i = &e->instances[w->instance];
    const struct alert_definition *d = alert_definition_of(e, i);
    const struct leaf *l = &d->leaves[w->leaf];
    double value = t->value;
    pass_time(e, w->instance, t->at, out);
    if (leaf_has_window(l) &&
        !window_read(l, memory_window(d, i->memory, w->leaf), t->at, t->value, &value)) {
        return false;
    }
    bool holds = gate_holds(w->lo, w->hi, w->flags & WATCH_INVERT, value);
    if (holds != ((w->flags & WATCH_ON) != 0)) {
        set_on(e, w, holds);
    }
    t->leaf = w->leaf;
    t->value = value;
    return true;
}

static void read_leaf(struct alert_engine *e, struct watch *w, const struct trigger *read,
                      struct batch *out)
{
    struct trigger t = *read;
    if (take_leaf(e, w, &t, out)) {
        step(e, w->instance, &t, out);
    }
}

/* Conditions of one instance over one sensor, which stand side by side, are all looked at before
 * anything follows: between `above 30` and `below 0` there is no moment without either. Returns
 * the index of the last of them. */
static uint32_t read_side_by_side(struct alert_engine *e, struct watched *row, uint32_t k,
                                  const struct trigger *read, struct batch *out)
{
    uint32_t instance = row->items[k].instance;
    struct trigger told = *read;
    bool known = false;
    for (;; k++) {
        struct trigger t = *read;
        bool took = take_leaf(e, &row->items[k], &t, out);
        if (took && (!known || (row->items[k].flags & WATCH_ON))) {
            told = t;
        }
        known |= took;
        if (k + 1 == row->count || row->items[k + 1].instance != instance) {
            break;
        }
    }
    if (known) {
        step(e, instance, &told, out);
    }
    return k;
}

void alert_evaluate(struct alert_engine *e, struct series_id series, double value, wall_ms when,
                    struct batch *out)
{
    struct watched *row = alert_watched_of(e, series);
    if (!row) {
        return;
    }
    if (out->now != e->wall) {
        alert_watch_clock(e, out->now);
    }
    int64_t age = age_of(e, when);
    struct trigger t = {.value = value, .when = when, .at = e->steady - age, .late = age > LATE_MS};
    for (uint32_t k = 0; k < row->count; k++) {
        struct watch *w = &row->items[k];
        bool holds = gate_holds(w->lo, w->hi, w->flags & WATCH_INVERT, value);
        if (holds == ((w->flags & WATCH_ON) != 0) && !(w->flags & WATCH_EVERY)) {
            continue;
        }
        /* What stands before it of the same instance did not change. */
        if (k + 1 < row->count && row->items[k + 1].instance == w->instance) {
            k = read_side_by_side(e, row, k, &t, out);
        } else {
            read_leaf(e, w, &t, out);
        }
    }
    row->value = value;
    row->heard = e->steady;
}

/* ---- looking at what is known already ---- */

static void look_at_leaf(struct alert_engine *e, uint32_t slot, unsigned leaf, struct batch *out)
{
    const struct instance *i = &e->instances[slot];
    struct watched *row = NULL;
    struct watch *w = alert_find_watch(e, i, leaf, &row);
    struct alert_series s;
    if (w && alert_definition_of(e, i)->leaves[leaf].condition != CONDITION_NO_DATA &&
        e->world.series(e->world.ctx, (struct series_id){row->series}, &s) && s.has_latest) {
        struct trigger t = {.value = s.value, .when = out->now, .at = e->steady};
        row->value = s.value;
        read_leaf(e, w, &t, out);
    }
}

void alert_look(struct alert_engine *e, uint32_t slot, struct batch *out)
{
    const struct instance *i = &e->instances[slot];
    const struct alert_definition *d = alert_definition_of(e, i);
    struct alert_device device;
    if (e->world.device(e->world.ctx, (struct device_id){i->device}, &device)) {
        alert_take_status(e, slot, &device, out);
    }
    for (unsigned leaf = 0; leaf < d->leaf_count; leaf++) {
        look_at_leaf(e, slot, leaf, out);
    }
    e->instances[slot].machine.looked = 1;
    alert_arm(e, slot);
}

void alert_take_status(struct alert_engine *e, uint32_t slot, const struct alert_device *device,
                       struct batch *out)
{
    struct instance *i = &e->instances[slot];
    const struct alert_definition *d = alert_definition_of(e, i);
    for (unsigned leaf = 0; leaf < d->leaf_count; leaf++) {
        bool is = d->leaves[leaf].statuses >> device->status & 1;
        if (d->leaves[leaf].condition != CONDITION_STATUS ||
            is == ((i->machine.on >> leaf & 1) != 0)) {
            continue;
        }
        pass_time(e, slot, e->steady, out);
        i->machine.on = (uint16_t)(i->machine.on ^ 1u << leaf);
        struct trigger t = {.leaf = leaf, .when = out->now, .at = e->steady};
        step(e, slot, &t, out);
    }
}

/* ---- ticks ---- */

static void hear_silence(struct alert_engine *e, uint32_t slot, struct batch *out)
{
    struct instance *i = &e->instances[slot];
    const struct alert_definition *d = alert_definition_of(e, i);
    for (unsigned leaf = 0; leaf < d->leaf_count; leaf++) {
        int64_t since = silent_at(e, i, leaf);
        if (since > e->steady) {
            continue;
        }
        struct watched *row;
        struct watch *w = alert_find_watch(e, i, leaf, &row);
        i->machine.on = (uint16_t)(i->machine.on | 1u << leaf);
        w->flags |= WATCH_ON;
        struct trigger t = {.leaf = leaf, .when = wall_of(e, since), .at = e->steady};
        step(e, slot, &t, out);
    }
}

/* What flapped and now stays is news again. */
static void release(struct alert_engine *e, uint32_t slot, struct batch *out)
{
    const struct instance *i = &e->instances[slot];
    if (i->open && i->open->held_until != WALL_NONE && i->machine.phase == PHASE_FIRING &&
        i->open->held_until <= e->wall) {
        i->open->held_until = WALL_NONE;
        struct trigger t = trigger_now(e, i, e->steady);
        alert_keep_firing(e, slot, &t, out);
    }
}

static void wake(struct alert_engine *e, uint32_t slot, struct batch *out)
{
    pass_time(e, slot, e->steady, out);
    hear_silence(e, slot, out);
    const struct instance *i = &e->instances[slot];
    if (i->machine.phase == PHASE_PENDING && !i->open &&
        e->steady - i->machine.since >= PENDING_SHOWN_MS) {
        struct trigger t = trigger_now(e, i, e->steady);
        alert_show_pending(e, slot, &t, out);
    }
    release(e, slot, out);
    alert_end_late(e, slot, out);
    alert_arm(e, slot);
}

/* Alerts that were loaded and have nothing any more that could end them. */
static void end_orphans(struct alert_engine *e, wall_ms now, struct batch *out)
{
    for (uint32_t i = e->open_count; i-- > 0;) {
        if (e->open[i]->instance == SLOT_NONE && !e->open[i]->of_late) {
            alert_end(e, e->open[i], now, out);
        }
    }
    e->orphans = false;
}

void alert_tick(struct alert_engine *e, wall_ms now, struct batch *out)
{
    ASSERT(e->decides);
    alert_watch_clock(e, now);
    if (e->orphans) {
        end_orphans(e, now, out);
    }
    if (e->mutes_loaded) {
        e->mutes_loaded = false;
        alert_mute_all(e, SLOT_NONE, now, out);
    }
    uint32_t slot;
    while ((slot = alert_next_due(e)) != SLOT_NONE) {
        wake(e, slot, out);
    }
    alert_silences_tick(e, now, out);
    alert_count(e);
}
