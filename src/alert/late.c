/* SPDX-License-Identifier: Apache-2.0 */
/* Readings older than the newest of their series: a backlog that comes after the present. Each is
 * evaluated once, by a machine of its own that lives while the backlog comes, on the readings' own
 * time; what it tells is labelled late. The present stays as it is. */
#include "alert/state.h"

#include "base/mem.h"

/* No late reading for this long: the backlog is over, ms. */
#define OVER_MS 60000

struct late {
    struct machine machine;
    struct memory *memory;
    struct open_alert *open;
    wall_ms last;  /* the newest of them */
    int64_t heard; /* when it came, steady */
};

static struct late *late_of(struct alert_engine *e, uint32_t slot)
{
    struct instance *i = &e->instances[slot];
    if (!i->late) {
        i->late = mem_zalloc(1, sizeof *i->late);
        machine_init(&i->late->machine);
        i->late->memory = memory_new(alert_definition_of(e, i));
        i->late->last = WALL_NONE;
    }
    return i->late;
}

void alert_drop_late(struct alert_engine *e, uint32_t slot)
{
    struct late *late = e->instances[slot].late;
    if (late) {
        free(late->memory);
        free(late);
        e->instances[slot].late = NULL;
    }
}

/* The machine of the backlog stands in for the instance's own while something is told. */
static void act(struct alert_engine *e, uint32_t slot, struct late *late, enum verdict v,
                const struct trigger *t, struct batch *out)
{
    struct instance *i = &e->instances[slot];
    struct machine machine = i->machine;
    struct open_alert *open = i->open;
    if (v != VERDICT_FIRES && v != VERDICT_RESOLVES) {
        return;
    }
    i->machine = late->machine;
    i->open = late->open;
    alert_act(e, slot, v, t, out);
    late->open = v == VERDICT_FIRES ? i->open : NULL;
    i->machine = machine;
    i->open = open;
    if (late->open) {
        late->open->instance = SLOT_NONE;
        late->open->of_late = true;
    }
}

static bool leaf_holds(struct alert_engine *e, const struct watch *w, struct late *late,
                       const struct trigger *t, double *value)
{
    const struct instance *i = &e->instances[w->instance];
    const struct alert_definition *d = alert_definition_of(e, i);
    const struct leaf *l = &d->leaves[w->leaf];
    struct alert_device device;
    bool on = late->machine.on >> w->leaf & 1;
    *value = t->value;
    if (!e->world.device(e->world.ctx, (struct device_id){i->device}, &device) ||
        (leaf_has_window(l) &&
         !window_read(l, memory_window(d, late->memory, w->leaf), t->at, t->value, value))) {
        return on;
    }
    struct limits limits = limits_of(l, device.attributes);
    struct gate g = gate_of(l, &limits, on ? GATE_GOES_ON : GATE_BEGINS);
    return gate_holds(g.lo, g.hi, g.invert, *value);
}

static void read_late(struct alert_engine *e, const struct watch *w, struct trigger t,
                      struct batch *out)
{
    uint32_t slot = w->instance;
    const struct alert_definition *d = alert_definition_of(e, &e->instances[slot]);
    struct late *late = late_of(e, slot);
    double value;
    if (late->last != WALL_NONE && t.when < late->last) {
        return;
    }
    struct trigger due = t;
    due.when = due.at = machine_deadline(d, &late->machine);
    act(e, slot, late, machine_due(d, &late->machine, t.at), &due, out);
    bool holds = leaf_holds(e, w, late, &t, &value);
    late->machine.on =
        (uint16_t)(holds ? late->machine.on | 1u << w->leaf : late->machine.on & ~(1u << w->leaf));
    t.value = value;
    act(e, slot, late, machine_step(d, &late->machine, late->memory, t.at, t.when), &t, out);
    late->last = t.when;
    late->heard = e->steady;
    alert_wake_at(e, slot, e->steady + OVER_MS);
}

/* Whether the reading can matter: something of the backlog is being followed, or it begins. */
static bool matters(const struct alert_engine *e, const struct watch *w, double value)
{
    const struct instance *i = &e->instances[w->instance];
    if (alert_definition_of(e, i)->leaves[w->leaf].condition == CONDITION_NO_DATA) {
        return false;
    }
    return i->late || (w->flags & WATCH_EVERY) ||
           gate_holds(w->lo, w->hi, w->flags & WATCH_INVERT, value);
}

void alert_evaluate_late(struct alert_engine *e, struct series_id series, double value,
                         wall_ms when, struct batch *out)
{
    struct watched *row = alert_watched_of(e, series);
    if (!row) {
        return;
    }
    alert_watch_clock(e, out->now);
    for (uint32_t k = 0; k < row->count; k++) {
        const struct watch *w = &row->items[k];
        const struct open_alert *now = e->instances[w->instance].open;
        bool covered = now && when >= now->pub.since;
        if (!covered && matters(e, w, value)) {
            struct trigger t = {
                .leaf = w->leaf, .value = value, .when = when, .at = when, .late = true};
            read_late(e, w, t, out);
        }
    }
}

void alert_close_late(struct alert_engine *e, uint32_t slot, struct batch *out)
{
    const struct late *late = e->instances[slot].late;
    if (late && late->open) {
        alert_end(e, late->open, late->last, out);
    }
    alert_drop_late(e, slot);
}

void alert_end_late(struct alert_engine *e, uint32_t slot, struct batch *out)
{
    const struct late *late = e->instances[slot].late;
    if (!late) {
        return;
    }
    if (e->steady - late->heard < OVER_MS) {
        alert_wake_at(e, slot, late->heard + OVER_MS);
        return;
    }
    alert_close_late(e, slot, out);
}
