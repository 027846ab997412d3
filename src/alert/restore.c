/* SPDX-License-Identifier: Apache-2.0 */
/* A decider that begins: its rules bound to the world as the store knew it, and each open alert
 * tied to the instance that goes on with it, so that nothing fires twice and nothing is lost. */
#include "alert/state.h"

void alert_bind_world(struct alert_engine *e)
{
    for (uint32_t n = 0; n < e->world.device_rows(e->world.ctx); n++) {
        struct alert_device device;
        if (e->world.device(e->world.ctx, (struct device_id){n}, &device)) {
            alert_bind_known(e, &device);
        }
    }
}

/* What held when it was left: limits are looked at as those of a condition that goes on. */
static void hold_on(struct alert_engine *e, uint32_t slot)
{
    struct instance *i = &e->instances[slot];
    const struct alert_definition *d = alert_definition_of(e, i);
    struct alert_device device = {0};
    if (!e->world.device(e->world.ctx, (struct device_id){i->device}, &device)) {
        return;
    }
    for (unsigned leaf = 0; leaf < d->leaf_count; leaf++) {
        const struct leaf *l = &d->leaves[leaf];
        struct watched *row = NULL;
        struct watch *w = alert_find_watch(e, i, leaf, &row);
        struct limits limits = limits_of(l, device.attributes);
        struct gate g = gate_of(l, &limits, GATE_GOES_ON);
        bool plain = leaf_is_numeric(l) && !leaf_has_window(l);
        bool on = l->condition == CONDITION_STATUS ? d->leaves[leaf].statuses >> device.status & 1
                  : plain ? w && gate_holds(g.lo, g.hi, g.invert, row->value)
                          : w != NULL;
        i->machine.on = (uint16_t)(on ? i->machine.on | 1u << leaf : i->machine.on);
        if (w) {
            alert_set_gate(e, w, device.attributes);
        }
    }
}

/* How long it had been pending when the program last knew of it: the newest reading counts, the
 * time in between does not. */
static int64_t pending_for(const struct alert_engine *e, const struct open_alert *a,
                           const struct alert_definition *d)
{
    struct alert_series s;
    int64_t ms = 0;
    if (a->pub.series.n != SERIES_NONE.n && e->world.series(e->world.ctx, a->pub.series, &s)) {
        ms = s.time - a->pub.since;
    }
    return ms < 0 ? 0 : ms > d->for_ms ? d->for_ms : ms;
}

void alert_adopt(struct alert_engine *e, uint32_t slot, struct open_alert *a)
{
    struct instance *i = &e->instances[slot];
    const struct alert_definition *d = alert_definition_of(e, i);
    bool pending = a->pub.state == ALERT_STATE_PENDING;
    a->instance = slot;
    a->device = i->device;
    i->open = a;
    i->machine.phase = pending ? PHASE_PENDING : PHASE_FIRING;
    i->machine.since = pending ? e->steady - pending_for(e, a, d) : e->steady;
    i->machine.since_wall = a->pub.since;
    i->machine.looked = 1;
    hold_on(e, slot);
    for (unsigned n = 0; n < d->times; n++) {
        i->memory->hits[n] = e->steady;
    }
    if (d->times > 0) {
        i->memory->hit_next = d->times;
    } else if (!machine_tree(d, i->machine.on)) {
        i->machine.phase = PHASE_CLEARING; /* it had stopped already, or stops with the change */
        i->machine.since = e->steady;
    }
    alert_arm(e, slot);
}

void alert_adopt_loaded(struct alert_engine *e)
{
    e->mutes_loaded = e->open_count > 0;
    for (uint32_t k = 0; k < e->open_count; k++) {
        struct open_alert *a = e->open[k];
        const struct rule *rule = alert_rule_row(e, bytes_of_text(a->pub.rule.text));
        struct alert_device device;
        uint32_t slot = SLOT_NONE;
        if (rule && e->world.find_device(e->world.ctx, bytes_of_text(a->pub.device), &device)) {
            slot = alert_find_instance(e, alert_rule_slot(e, rule), device.number);
        }
        if (slot != SLOT_NONE && !e->instances[slot].open) {
            alert_adopt(e, slot, a);
        } else {
            e->orphans = true;
        }
    }
    for (uint32_t i = 0; i < e->instance_slots.end; i++) {
        if (e->instances[i].rule != SLOT_NONE) {
            e->instances[i].machine.looked = 1;
            alert_arm(e, i);
        }
    }
}
