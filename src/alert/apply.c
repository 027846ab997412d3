/* SPDX-License-Identifier: Apache-2.0 */
/* Rules and alerts as parts of a batch, both ways. */
#include "alert/silence.h"

#include "base/mem.h"
#include "proto/json/json.h"

static struct text_ref put(struct batch *out, const char *text)
{
    return batch_put_text(out, bytes_of_text(text));
}

void alert_write_rule(struct alert_engine *e, const struct rule *row, struct batch *out)
{
    const struct alert_rule *rule = &row->pub;
    struct json_writer w;
    buf_clear(&e->scratch);
    json_writer_init(&w, &e->scratch);
    json_write_object(&w);
    alert_definition_put(&w, rule->definition);
    json_write_object_end(&w);
    struct rule_change *c = batch_add_rule(out);
    c->id = rule->id;
    c->name = put(out, rule->name);
    c->definition = batch_put_text(out, buf_bytes(&e->scratch));
    c->enabled = rule->enabled;
    c->created = rule->created;
    c->updated = rule->updated;
}

void alert_write(const struct open_alert *row, enum alert_transition transition, struct batch *out)
{
    const struct alert *a = &row->pub;
    struct alert_change *c = batch_add_alert(out);
    out->urgent = true; /* what people are told must not be forgotten by a crash */
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
        metrics_set(e->metrics, METRIC_RULES_BOUND, e->instance_count);
        metrics_set(e->metrics, METRIC_ALERTS_OPEN, e->firing_count);
        metrics_set(e->metrics, METRIC_ALERTS_PENDING, e->open_count - e->firing_count);
    }
}

void alert_snapshot(struct alert_engine *e, struct batch *out)
{
    for (uint32_t i = 0; i < e->rule_count; i++) {
        alert_write_rule(e, &e->rules[e->rule_order[i]], out);
    }
    for (uint32_t i = 0; i < e->open_count; i++) {
        bool pending = e->open[i]->pub.state == ALERT_STATE_PENDING;
        alert_write(e->open[i], pending ? ALERT_PENDING : ALERT_CREATED, out);
    }
}

/* ---- following ---- */

/* A rule that can't be read was kept by a newer version, or by a bug: it is left out, and told. */
static void apply_rule(struct alert_engine *e, const struct batch *b, const struct rule_change *c)
{
    struct rule *rule = alert_rule_row(e, bytes_of_text(c->id.text));
    if (c->deleted) {
        if (rule) {
            alert_remove_rule(e, rule);
        }
        return;
    }
    struct document_fault why;
    struct alert_definition *d = alert_definition_parse(batch_text(b, c->definition), &why);
    if (!d) {
        if (e->metrics) {
            metrics_add(e->metrics, METRIC_RULES_UNREAD, 1);
        }
        return;
    }
    if (rule) {
        alert_set_definition(e, rule, d);
    } else {
        rule = alert_add_rule(e, &c->id, d);
    }
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

static void apply_message(const struct batch *b, struct open_alert *a, const struct alert_change *c)
{
    struct bytes message = batch_text(b, c->message);
    if (!bytes_equal(message, bytes_of_text(a->pub.message))) {
        char *text = mem_text(message.ptr, message.len);
        alert_set_message(a, text);
        free(text);
    }
}

static void apply_alert(struct alert_engine *e, const struct batch *b, const struct alert_change *c)
{
    struct open_alert *a = alert_open_row(e, bytes_of_text(c->id.text));
    if (!a) {
        a = open_from(e, b, c);
    }
    if (a->pub.state == ALERT_STATE_PENDING && c->state != ALERT_STATE_PENDING &&
        c->transition != ALERT_DROPPED) {
        alert_set_fired(e, a);
    }
    alert_set_severity(e, a, c->severity);
    apply_message(b, a, c);
    if (c->acknowledged) {
        alert_set_acknowledged(a, batch_text(b, c->acknowledged_by), batch_text(b, c->note),
                               c->acknowledged_at);
    } else if (a->pub.acknowledged) {
        alert_set_released(a);
    }
    a->pub.value = c->value;
    a->pub.threshold = c->threshold;
    a->pub.condition = c->condition;
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
    if (c->transition == ALERT_RESOLVED || c->transition == ALERT_DROPPED) {
        alert_close(e, a, c->resolved, b->seq);
    }
}

/* Back to nothing, which is all that a snapshot builds on. */
static void clear(struct alert_engine *e, uint64_t seq)
{
    alert_opened_fini(e);
    alert_silences_fini(e);
    alert_instances_fini(e);
    alert_rules_fini(e);
    buf_fini(&e->scratch);
    *e = (struct alert_engine){.config = e->config,
                               .hash_key = e->hash_key,
                               .metrics = e->metrics,
                               .world = e->world,
                               .decides = e->decides,
                               .rule_ids = e->rule_ids,
                               .alert_ids = e->alert_ids,
                               .wall = WALL_NONE,
                               .resolved_floor = seq};
    alert_rules_init(e);
    alert_opened_init(e);
}

void alert_apply(struct alert_engine *e, const struct batch *b)
{
    bool whole = b->kind == BATCH_SNAPSHOT;
    ASSERT(whole || !e->decides);
    if (whole) {
        clear(e, b->seq);
    }
    for (size_t i = 0; i < b->rule_count; i++) {
        apply_rule(e, b, &b->rules[i]);
    }
    for (size_t i = 0; i < b->alert_count; i++) {
        apply_alert(e, b, &b->alerts[i]);
    }
    if (e->decides) {
        alert_bind_world(e);
        alert_adopt_loaded(e);
    }
    alert_count(e);
}
