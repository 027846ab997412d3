/* SPDX-License-Identifier: Apache-2.0 */
/* Rules and alerts as parts of a batch, both ways. */
#include "alert/state.h"

#include "base/mem.h"

static struct text_ref put(struct batch *out, const char *text)
{
    return batch_put_text(out, bytes_of_text(text));
}

void alert_write_rule(const struct rule *row, struct batch *out)
{
    const struct alert_rule *rule = &row->pub;
    struct rule_change *c = batch_add_rule(out);
    c->id = rule->id;
    c->device = put(out, rule->device);
    c->sensor = put(out, rule->sensor);
    c->condition = rule->condition;
    c->severity = rule->severity;
    c->threshold = rule->threshold;
    c->enabled = rule->enabled;
    c->created = rule->created;
    c->updated = rule->updated;
}

void alert_write(const struct open_alert *row, enum alert_transition transition, struct batch *out)
{
    const struct alert *a = &row->pub;
    struct alert_change *c = batch_add_alert(out);
    c->transition = transition;
    c->state = a->state;
    c->rule_name = put(out, a->rule_name);
    c->cause = a->cause;
    c->raised = a->raised;
    c->late = a->late;
    c->note = put(out, a->note);
    c->muted = a->muted;
    c->muted_until = a->muted_until;
    c->muted_by = put(out, a->muted_by);
    c->since = a->since;
    c->fired = a->fired;
    c->id = a->id;
    c->rule = a->rule;
    c->series = a->series;
    c->device = put(out, a->device);
    c->sensor = put(out, a->sensor);
    c->condition = a->condition;
    c->severity = a->severity;
    c->threshold = a->threshold;
    c->value = a->value;
    c->message = put(out, a->message);
    c->acknowledged = a->acknowledged;
    c->acknowledged_by = put(out, a->acknowledged_by);
    c->acknowledged_at = a->acknowledged_at;
    c->created = a->created;
    c->updated = a->updated;
    c->resolved = a->resolved;
}

void alert_count(const struct alert_engine *e)
{
    if (e->metrics) {
        metrics_set(e->metrics, METRIC_RULES, e->rule_count);
        metrics_set(e->metrics, METRIC_ALERTS_OPEN, e->open_count);
    }
}

void alert_snapshot(const struct alert_engine *e, struct batch *out)
{
    for (uint32_t i = 0; i < e->rule_count; i++) {
        alert_write_rule(&e->rules[e->rule_order[i]], out);
    }
    for (uint32_t i = 0; i < e->open_count; i++) {
        alert_write(e->open[i], ALERT_CREATED, out);
    }
}

/* ---- following ---- */

static void apply_rule(struct alert_engine *e, const struct batch *b, const struct rule_change *c)
{
    struct rule *rule = alert_rule_row(e, bytes_of_text(c->id.text));
    if (c->deleted) {
        if (rule) {
            alert_remove_rule(e, rule);
        }
        return;
    }
    if (rule) {
        alert_move_rule(e, rule, batch_text(b, c->device), batch_text(b, c->sensor));
    } else {
        rule = alert_add_rule(e, &c->id, batch_text(b, c->device), batch_text(b, c->sensor));
    }
    rule->pub.condition = c->condition;
    rule->pub.severity = c->severity;
    rule->pub.threshold = c->threshold;
    rule->pub.enabled = c->enabled;
    rule->pub.created = c->created;
    rule->pub.updated = c->updated;
}

/* Opens the alert, with the texts of the batch NUL-terminated for the while. */
static struct open_alert *open_from(struct alert_engine *e, const struct batch *b,
                                    const struct alert_change *c)
{
    struct bytes texts[] = {batch_text(b, c->device), batch_text(b, c->sensor),
                            batch_text(b, c->message), batch_text(b, c->rule_name)};
    struct alert as = {.id = c->id,
                       .rule = c->rule,
                       .series = c->series,
                       .device = mem_text(texts[0].ptr, texts[0].len),
                       .sensor = mem_text(texts[1].ptr, texts[1].len),
                       .message = mem_text(texts[2].ptr, texts[2].len),
                       .rule_name = mem_text(texts[3].ptr, texts[3].len),
                       .state = c->state,
                       .cause = c->cause,
                       .late = c->late,
                       .muted_until = WALL_NONE,
                       .since = c->since,
                       .condition = c->condition,
                       .severity = c->severity,
                       .threshold = c->threshold,
                       .value = c->value,
                       .acknowledged_at = WALL_NONE,
                       .created = c->created};
    struct open_alert *a = alert_open(e, &as);
    free(as.device);
    free(as.sensor);
    free(as.message);
    free(as.rule_name);
    return a;
}

static void apply_alert(struct alert_engine *e, const struct batch *b, const struct alert_change *c)
{
    struct open_alert *a = alert_open_row(e, bytes_of_text(c->id.text));
    if (!a) {
        a = open_from(e, b, c);
    }
    if (c->acknowledged) {
        alert_set_acknowledged(a, batch_text(b, c->acknowledged_by), batch_text(b, c->note),
                               c->acknowledged_at);
    }
    a->pub.state = c->state;
    a->pub.severity = c->severity;
    a->pub.value = c->value;
    a->pub.cause = c->cause;
    a->pub.raised = c->raised;
    a->pub.late = c->late;
    a->pub.muted = c->muted;
    a->pub.muted_until = c->muted_until;
    alert_set_text(&a->pub.muted_by, batch_text(b, c->muted_by));
    a->pub.fired = c->fired;
    a->pub.created = c->created;
    a->pub.updated = c->updated;
    a->pub.changed_seq = b->seq;
    if (c->transition == ALERT_RESOLVED) {
        alert_close(e, a, c->resolved, b->seq);
    }
}

static void unbind_device(struct alert_engine *e, struct bytes device)
{
    for (uint32_t i = 0; i < e->target_slots.end; i++) {
        const struct target *t = &e->targets[i];
        if (t->key && bytes_equal(device, bytes_of(t->key, t->device_len))) {
            alert_set_series(e, i, SERIES_NONE);
        }
    }
}

/* ---- binding: a snapshot tells the name of each series' device ---- */

/* Where the device with each number stands in the batch, SLOT_NONE for those that do not; `*count`
 * numbers. Ownership: the caller's, free(). */
static uint32_t *index_devices(const struct batch *b, size_t *count)
{
    uint32_t highest = 0;
    for (size_t i = 0; i < b->device_count; i++) {
        highest = b->devices[i].device.n > highest ? b->devices[i].device.n : highest;
    }
    *count = (size_t)highest + 1;
    uint32_t *index = mem_alloc(*count * sizeof *index);
    memset(index, 0xff, *count * sizeof *index);
    for (size_t i = 0; i < b->device_count; i++) {
        index[b->devices[i].device.n] = (uint32_t)i;
    }
    return index;
}

static void bind_all(struct alert_engine *e, const struct batch *b)
{
    size_t count;
    uint32_t *index = index_devices(b, &count);
    for (size_t i = 0; i < b->series_count; i++) {
        const struct series_change *c = &b->series[i];
        uint32_t at = c->device.n < count ? index[c->device.n] : SLOT_NONE;
        if (at != SLOT_NONE) {
            alert_bind(e, c->series, batch_text(b, b->devices[at].id), batch_text(b, c->sensor));
        }
    }
    free(index);
}

/* Back to nothing, which is all that a snapshot builds on. */
static void clear(struct alert_engine *e, uint64_t seq)
{
    alert_opened_fini(e);
    alert_rules_fini(e);
    buf_fini(&e->scratch);
    *e = (struct alert_engine){.config = e->config,
                               .hash_key = e->hash_key,
                               .metrics = e->metrics,
                               .rule_ids = e->rule_ids,
                               .alert_ids = e->alert_ids,
                               .resolved_floor = seq};
    alert_rules_init(e);
    alert_opened_init(e);
}

void alert_apply(struct alert_engine *e, const struct batch *b)
{
    if (b->kind == BATCH_SNAPSHOT) {
        clear(e, b->seq);
    }
    for (size_t i = 0; i < b->device_count; i++) {
        if (b->devices[i].deleted) {
            unbind_device(e, batch_text(b, b->devices[i].id));
        }
    }
    for (size_t i = 0; i < b->rule_count; i++) {
        apply_rule(e, b, &b->rules[i]);
    }
    if (b->kind == BATCH_SNAPSHOT && e->rule_count > 0) {
        bind_all(e, b);
    }
    for (size_t i = 0; i < b->alert_count; i++) {
        apply_alert(e, b, &b->alerts[i]);
    }
    alert_count(e);
}
