/* SPDX-License-Identifier: Apache-2.0 */
/* What follows from a verdict: alerts that begin, change and end, and the rows that tell it. An
 * alert keeps the value, threshold and severity that raised it. */
#include "alert/state.h"

/* ---- what an alert tells ---- */

static struct alert_device device_of(const struct alert_engine *e, const struct instance *i)
{
    struct alert_device device = {.id = BYTES("")};
    bool known = e->world.device(e->world.ctx, (struct device_id){i->device}, &device);
    ASSERT(known);
    return device;
}

/* Why nothing comes: what is wrong with the device, or with the sensor alone. */
static enum status_cause cause_of(const struct leaf *l, const struct alert_device *device)
{
    if (leaf_is_numeric(l)) {
        return CAUSE_NONE;
    }
    bool alive = device->status == STATUS_ONLINE || device->status == STATUS_ASLEEP;
    return l->condition == CONDITION_NO_DATA && alive ? CAUSE_SILENT : device->cause;
}

/* Whether the value is beyond the second threshold. */
static bool is_beyond(const struct alert_definition *d, const struct alert_device *device,
                      const struct trigger *t)
{
    struct leaf second = d->leaves[0];
    second.low = d->escalate;
    second.hysteresis = 0;
    struct limits limits = limits_of(&second, device->attributes);
    struct gate g = gate_of(&second, &limits, GATE_BEGINS);
    return d->escalate.given && gate_holds(g.lo, g.hi, g.invert, t->value);
}

static enum severity severity_of(const struct alert_definition *d, bool beyond)
{
    return beyond ? SEVERITY_CRITICAL : d->severity;
}

/* The message, in the engine's own buffer. */
static char *message_of(struct alert_engine *e, const struct alert_definition *d,
                        const struct alert_device *device, const struct trigger *t,
                        const struct limits *limits)
{
    char name[LIMIT_ID_BYTES + 1];
    memcpy(name, device->id.ptr, size_min(device->id.len, LIMIT_ID_BYTES));
    name[size_min(device->id.len, LIMIT_ID_BYTES)] = '\0';
    struct message_values v = {
        .device = name,
        .leaf = t->leaf,
        .low = limits->low,
        .high = limits->high,
        .value = t->value,
        .cause = cause_of(&d->leaves[t->leaf], device),
        .status = device->status,
        .severity = severity_of(d, is_beyond(d, device, t)),
    };
    definition_message(d, &v, &e->scratch);
    return (char *)e->scratch.ptr;
}

/* The alert of an instance as it is now, in texts that stand elsewhere for the while. */
static struct open_alert *make(struct alert_engine *e, uint32_t slot, const struct trigger *t,
                               enum alert_state state, const struct batch *out)
{
    struct instance *i = &e->instances[slot];
    const struct alert_definition *d = alert_definition_of(e, i);
    const struct leaf *l = &d->leaves[t->leaf];
    struct alert_device device = device_of(e, i);
    struct limits limits = limits_of(l, device.attributes);
    bool beyond = is_beyond(d, &device, t);
    struct watched *row = NULL;
    bool watched = alert_find_watch(e, i, t->leaf, &row) != NULL;
    char id[LIMIT_ID_BYTES + 1] = {0};
    memcpy(id, device.id.ptr, size_min(device.id.len, LIMIT_ID_BYTES));
    struct alert as = {
        .id = text_id_next(&e->alert_ids),
        .rule = e->rules[i->rule].pub.id,
        .rule_name = d->name,
        .state = state,
        .series = watched ? (struct series_id){row->series} : SERIES_NONE,
        .device = id,
        .sensor = l->sensor ? l->sensor : (char[]){""},
        .message = message_of(e, d, &device, t, &limits),
        .condition = l->condition,
        .severity = severity_of(d, beyond),
        .raised = beyond,
        .threshold = limits.low,
        .value = t->value,
        .cause = cause_of(l, &device),
        .late = t->late,
        .acknowledged_at = WALL_NONE,
        .muted_until = WALL_NONE,
        .since = i->machine.since_wall < t->when ? i->machine.since_wall : t->when,
        .fired = state == ALERT_STATE_PENDING ? WALL_NONE : t->when,
        .created = t->when,
        .updated = t->when,
        .changed_seq = out->seq,
    };
    struct open_alert *a = alert_open(e, &as);
    a->instance = slot;
    a->device = i->device;
    return a;
}

/* ---- beginnings ---- */

/* What was pending in sight goes on under its id. */
static void promote(struct alert_engine *e, uint32_t slot, const struct trigger *t)
{
    struct instance *i = &e->instances[slot];
    struct open_alert *a = i->open;
    const struct alert_definition *d = alert_definition_of(e, i);
    struct alert_device device = device_of(e, i);
    struct limits limits = limits_of(&d->leaves[t->leaf], device.attributes);
    alert_set_fired(e, a);
    a->pub.raised = is_beyond(d, &device, t);
    alert_set_severity(e, a, severity_of(d, a->pub.raised));
    alert_set_message(a, message_of(e, d, &device, t, &limits));
    a->pub.value = t->value;
    a->pub.threshold = limits.low;
    a->pub.condition = d->leaves[t->leaf].condition;
    a->pub.cause = cause_of(&d->leaves[t->leaf], &device);
    a->pub.late = t->late;
    a->pub.fired = a->pub.created = t->when;
}

/* A rule that mutes others began or ended to fire. While it fires on another device too, nothing
 * changes for them: a storm of it costs a look at its own devices, not at all alerts each time. */
static void mute_others(struct alert_engine *e, const struct open_alert *a, struct batch *out)
{
    const struct rule *rule = alert_rule_row(e, bytes_of_text(a->pub.rule.text));
    if (rule && (rule->definition->mutes_rule || rule->definition->mutes_tag) &&
        !alert_fires_beside(e, rule, a)) {
        alert_mute_all(e, SLOT_NONE, out->now, out);
    }
}

static void fire(struct alert_engine *e, uint32_t slot, const struct trigger *t, struct batch *out)
{
    struct instance *i = &e->instances[slot];
    if (i->open) {
        promote(e, slot, t);
    } else {
        i->open = make(e, slot, t, ALERT_STATE_FIRING, out);
    }
    struct open_alert *a = i->open;
    (void)alert_mute(e, a, out->now);
    a->pub.updated = t->when > a->pub.created ? t->when : a->pub.created;
    a->pub.changed_seq = out->seq;
    alert_write(a, ALERT_CREATED, out);
    if (e->metrics) {
        metrics_add(e->metrics, METRIC_ALERTS_FIRED, 1);
        metrics_add(e->metrics, METRIC_ALERTS_LATE, t->late);
    }
    mute_others(e, a, out);
    alert_count(e);
}

void alert_show_pending(struct alert_engine *e, uint32_t slot, const struct trigger *t,
                        struct batch *out)
{
    struct instance *i = &e->instances[slot];
    ASSERT(!i->open);
    i->open = make(e, slot, t, ALERT_STATE_PENDING, out);
    i->open->pub.created = i->open->pub.since;
    alert_write(i->open, ALERT_PENDING, out);
    alert_count(e);
}

/* ---- changes ---- */

static void tell_update(struct open_alert *a, struct batch *out)
{
    a->pub.updated = out->now > a->pub.updated ? out->now : a->pub.updated;
    a->pub.changed_seq = out->seq;
    alert_write(a, ALERT_UPDATED, out);
}

void alert_keep_firing(struct alert_engine *e, uint32_t slot, const struct trigger *t,
                       struct batch *out)
{
    struct instance *i = &e->instances[slot];
    const struct alert_definition *d = alert_definition_of(e, i);
    struct open_alert *a = i->open;
    bool changed = false;
    if (!a) {
        return;
    }
    if (a->pub.late && !t->late) {
        a->pub.late = false;
        changed = true;
    }
    if (d->escalate.given && !a->pub.raised) {
        struct alert_device device = device_of(e, i);
        if (is_beyond(d, &device, t)) {
            struct limits limits = limits_of(&d->leaves[0], device.attributes);
            a->pub.raised = true;
            a->pub.value = t->value;
            alert_set_severity(e, a, SEVERITY_CRITICAL);
            alert_set_message(a, message_of(e, d, &device, t, &limits));
            changed = true;
        }
    }
    /* What mutes it is judged where that changes, not with each reading: silences and rules that
     * mute others renew all alerts, a device its own, and what was held is released here. */
    bool released = a->pub.muted == MUTE_FLAPPING && a->held_until == WALL_NONE;
    if (changed || released) {
        changed |= alert_mute(e, a, out->now);
    }
    if (changed) {
        tell_update(a, out);
    }
}

/* It stopped, but is held for a while. Told once, and when it is held for longer. */
static void hold(struct alert_engine *e, uint32_t slot, struct batch *out)
{
    struct instance *i = &e->instances[slot];
    const struct alert_definition *d = alert_definition_of(e, i);
    if (!i->open || !machine_flaps(d, &i->machine)) {
        return;
    }
    bool first = i->open->held_until == WALL_NONE;
    wall_ms until = out->now + machine_delay(d, &i->machine);
    bool longer = !first && until - i->open->held_until > i->open->held_until - out->now + 60000;
    i->open->held_until = until;
    if ((alert_mute(e, i->open, out->now) && first) || longer) {
        tell_update(i->open, out);
    }
}

/* ---- ends ---- */

void alert_end(struct alert_engine *e, struct open_alert *a, wall_ms now, struct batch *out)
{
    bool fired = a->pub.state != ALERT_STATE_PENDING;
    a->held_until = WALL_NONE;
    (void)alert_mute(e, a, now);
    alert_close(e, a, now > a->pub.created ? now : a->pub.created, out->seq);
    alert_write(a, fired ? ALERT_RESOLVED : ALERT_DROPPED, out);
    if (fired) {
        mute_others(e, a, out);
    }
    alert_count(e);
}

void alert_resolve(struct alert_engine *e, struct instance *i, wall_ms now, struct batch *out)
{
    if (i->open) {
        alert_end(e, i->open, now, out);
    }
}

void alert_act(struct alert_engine *e, uint32_t slot, enum verdict verdict, const struct trigger *t,
               struct batch *out)
{
    switch (verdict) {
    case VERDICT_FIRES:
        fire(e, slot, t, out);
        break;
    case VERDICT_DROPS:
    case VERDICT_RESOLVES:
        alert_resolve(e, &e->instances[slot], t->when, out);
        break;
    case VERDICT_CLEARS:
        hold(e, slot, out);
        break;
    case VERDICT_SAME:
    case VERDICT_PENDS:
    case VERDICT_GOES_ON:
        break;
    }
}
