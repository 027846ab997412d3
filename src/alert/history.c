/* SPDX-License-Identifier: Apache-2.0 */
/* At start: what rules that look back would know, had the program never been away. Each runs over
 * the stored past as a back-test does; nothing is told, and what its machine knows in the end is
 * where the instance goes on. */
#include "alert/state.h"

#include "alert/trial.h"

/* How far a rule looks back, ms; 0: not at all. */
static int64_t looks_back(const struct alert_definition *d)
{
    int64_t ms = d->for_ms > d->times_in_ms ? d->for_ms : d->times_in_ms;
    for (unsigned i = 0; i < d->leaf_count; i++) {
        const struct leaf *l = &d->leaves[i];
        if (l->condition != CONDITION_NO_DATA && l->window_ms > ms) {
            ms = l->window_ms;
        }
    }
    return ms;
}

static bool is_there(const struct alert_history *h, uint32_t series)
{
    for (size_t i = 0; i < h->count; i++) {
        if (h->series[i].n == series) {
            return true;
        }
    }
    return false;
}

bool alert_history_next(struct alert_engine *e, uint32_t *cursor, struct alert_history *out)
{
    for (; *cursor < e->instance_slots.end; ++*cursor) {
        const struct instance *i = &e->instances[*cursor];
        if (i->rule == SLOT_NONE || looks_back(alert_definition_of(e, i)) == 0) {
            continue;
        }
        const struct alert_definition *d = alert_definition_of(e, i);
        *out = (struct alert_history){
            .instance = (*cursor)++, .ms = looks_back(d), .definition = d, .device = {i->device}};
        for (unsigned leaf = 0; leaf < d->leaf_count; leaf++) {
            struct watched *row;
            if (alert_find_watch(e, i, leaf, &row) && !is_there(out, row->series)) {
                out->series[out->count] = (struct series_id){row->series};
                out->sensors[out->count++] = d->leaves[leaf].sensor;
            }
        }
        return true;
    }
    return false;
}

void alert_history_take(struct alert_engine *e, const struct alert_history *h,
                        struct alert_trial *t, wall_ms newest)
{
    struct instance *i = &e->instances[h->instance];
    const struct alert_definition *d = h->definition;
    size_t size = memory_size(d);
    if (size > 0) {
        trial_shift(t, e->steady - newest);
        memcpy(i->memory, t->memory, size);
    }
    if (i->open) {
        return; /* what fires or is pending was kept as such */
    }
    i->machine.on = t->machine.on;
    for (unsigned leaf = 0; leaf < d->leaf_count; leaf++) {
        struct watched *row;
        struct watch *w = alert_find_watch(e, i, leaf, &row);
        struct alert_device device = {0};
        if (w && e->world.device(e->world.ctx, (struct device_id){i->device}, &device)) {
            alert_set_gate(e, w, device.attributes);
        }
    }
    if (t->machine.phase == PHASE_PENDING || t->machine.phase == PHASE_FIRING) {
        /* What should fire and is not among the kept was lost with the last breath: the next tick
         * tells it. The time in between does not count. */
        int64_t held = t->machine.phase == PHASE_FIRING ? d->for_ms : newest - t->machine.since;
        i->machine.phase = PHASE_PENDING;
        i->machine.since = e->steady - held;
        i->machine.since_wall = t->machine.since_wall;
    }
    alert_arm(e, h->instance);
}
