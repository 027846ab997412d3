/* SPDX-License-Identifier: Apache-2.0 */
/* Why nobody is told of an alert that is shown: somebody asked for quiet, it follows from something
 * else, it flaps, or it is history. The first reason that holds is the one that is told. */
#include "alert/silence.h"

struct mute {
    enum alert_mute why;
    wall_ms until;
    const char *by;
};

static const struct mute not_muted = {MUTE_NONE, WALL_NONE, ""};

static bool device_of(const struct alert_engine *e, const struct open_alert *a,
                      struct alert_device *out)
{
    return a->device != SLOT_NONE &&
           e->world.device(e->world.ctx, (struct device_id){a->device}, out);
}

/* A device behind a lost gateway is not known to be bad; its gateway's own alert tells. */
static bool gateway_is_lost(const struct alert_device *d)
{
    return d->status == STATUS_UNKNOWN && d->cause == CAUSE_GATEWAY_LOST;
}

/* Nothing is heard of a device behind a broker that is away, whatever it does; what it said before
 * still holds. */
static bool is_silence_of_link(const struct open_alert *a, const struct alert_device *d)
{
    return d->cut_off &&
           (a->pub.condition == CONDITION_NO_DATA || a->pub.condition == CONDITION_STATUS);
}

bool alert_fires_beside(const struct alert_engine *e, const struct rule *rule,
                        const struct open_alert *but)
{
    for (uint32_t i = rule->first; i != SLOT_NONE; i = e->instances[i].next_of_rule) {
        const struct open_alert *open = e->instances[i].open;
        if (open && open != but && open->pub.state != ALERT_STATE_PENDING) {
            return true;
        }
    }
    return false;
}

/* The rule that fires and says that it mutes this alert, or NULL. */
static const struct rule *muter_of(const struct alert_engine *e, const struct open_alert *a,
                                   const struct alert_device *device)
{
    for (size_t i = 0; i < e->muter_count; i++) {
        const struct rule *rule = &e->rules[e->muters[i]];
        const struct alert_definition *d = rule->definition;
        if (strcmp(rule->pub.id.text, a->pub.rule.text) == 0) {
            continue; /* nobody mutes himself */
        }
        bool meant =
            (d->mutes_rule && strcmp(d->mutes_rule, a->pub.rule.text) == 0) ||
            (d->mutes_tag && device && alert_tags_have(device->tags, bytes_of_text(d->mutes_tag)));
        if (meant && alert_fires_beside(e, rule, NULL)) {
            return rule;
        }
    }
    return NULL;
}

static struct mute reason(struct alert_engine *e, const struct open_alert *a, wall_ms now)
{
    const struct rule *rule = alert_rule_row(e, bytes_of_text(a->pub.rule.text));
    const struct silence *silence = alert_silence_of(e, a, now);
    if (silence) {
        return (struct mute){silence->recurs ? MUTE_MAINTENANCE : MUTE_SILENCE,
                             silence_until(silence, now), silence->id};
    }
    struct alert_device device;
    bool known = device_of(e, a, &device);
    const struct rule *muter = muter_of(e, a, known ? &device : NULL);
    if (muter) {
        return (struct mute){MUTE_INHIBITED, WALL_NONE, muter->pub.id.text};
    }
    if (known && gateway_is_lost(&device)) {
        return (struct mute){MUTE_INHIBITED, WALL_NONE, cause_text(CAUSE_GATEWAY_LOST)};
    }
    if (known && is_silence_of_link(a, &device)) {
        return (struct mute){MUTE_INHIBITED, WALL_NONE, "link down"};
    }
    if (a->held_until != WALL_NONE) {
        return (struct mute){MUTE_FLAPPING, a->held_until, ""};
    }
    if (a->pub.late && rule && !rule->definition->notifies_late) {
        return (struct mute){MUTE_LATE, WALL_NONE, ""};
    }
    return not_muted;
}

bool alert_mute(struct alert_engine *e, struct open_alert *a, wall_ms now)
{
    struct mute m = reason(e, a, now);
    if (m.why == a->pub.muted && m.until == a->pub.muted_until &&
        strcmp(m.by, a->pub.muted_by) == 0) {
        return false;
    }
    a->pub.muted = m.why;
    a->pub.muted_until = m.until;
    alert_set_text(&a->pub.muted_by, bytes_of_text(m.by));
    return true;
}

void alert_renew_mutes(struct alert_engine *e, wall_ms now, struct batch *out)
{
    alert_mute_all(e, SLOT_NONE, now, out);
}

void alert_mute_all(struct alert_engine *e, uint32_t device, wall_ms now, struct batch *out)
{
    for (uint32_t i = 0; i < e->open_count; i++) {
        struct open_alert *a = e->open[i];
        bool meant = device == SLOT_NONE || a->device == device;
        if (meant && a->pub.state != ALERT_STATE_PENDING && alert_mute(e, a, now)) {
            a->pub.updated = now > a->pub.updated ? now : a->pub.updated;
            a->pub.changed_seq = out->seq;
            alert_write(a, ALERT_UPDATED, out);
        }
    }
}
