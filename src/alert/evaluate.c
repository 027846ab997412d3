/* SPDX-License-Identifier: Apache-2.0 */
/* From readings to transitions: an alert opens with the first reading that meets its rule, lasts
 * while readings do, and resolves with the first that does not. It keeps the value, threshold and
 * severity that raised it. */
#include "alert/state.h"

#include "base/number.h"

static void put_number(struct buf *b, double v)
{
    char text[NUMBER_TEXT_MAX];
    buf_put(b, text, number_print(v, text));
}

/* "temperature greater_than 30. Current: 35", NUL-terminated in the engine's own buffer. */
static char *message(struct alert_engine *e, const struct alert_rule *rule, double value)
{
    struct buf *b = &e->scratch;
    buf_clear(b);
    buf_put_text(b, rule->sensor);
    buf_put_byte(b, ' ');
    buf_put_text(b, condition_text(rule->condition));
    buf_put_byte(b, ' ');
    put_number(b, rule->threshold);
    buf_put_text(b, ". Current: ");
    put_number(b, value);
    buf_put_byte(b, 0);
    return (char *)b->ptr;
}

static void raise(struct alert_engine *e, const struct rule *row, double value, wall_ms now,
                  struct batch *out)
{
    const struct alert_rule *rule = &row->pub;
    struct alert as = {.id = text_id_next(&e->alert_ids),
                       .rule = rule->id,
                       .rule_name = (char[1]){0},
                       .state = ALERT_STATE_FIRING,
                       .since = now,
                       .fired = now,
                       .muted_until = WALL_NONE,
                       .series = rule->series,
                       .device = rule->device,
                       .sensor = rule->sensor,
                       .message = message(e, rule, value),
                       .condition = rule->condition,
                       .severity = rule->severity,
                       .threshold = rule->threshold,
                       .value = value,
                       .acknowledged_at = WALL_NONE,
                       .created = now,
                       .updated = now,
                       .changed_seq = out->seq};
    alert_write(alert_open(e, &as), ALERT_CREATED, out);
    alert_count(e);
}

void alert_resolve(struct alert_engine *e, struct rule *rule, wall_ms now, struct batch *out)
{
    if (!rule->pub.open) {
        return;
    }
    struct open_alert *a = alert_open_row(e, bytes_of_text(rule->pub.open->id.text));
    alert_close(e, a, now > rule->pub.open->created ? now : rule->pub.open->created, out->seq);
    alert_write(a, ALERT_RESOLVED, out);
    alert_count(e);
}

void alert_consider(struct alert_engine *e, struct rule *rule, double value, wall_ms now,
                    struct batch *out)
{
    if (!rule->pub.enabled) {
        return;
    }
    bool holds = condition_holds(rule->pub.condition, value, rule->pub.threshold);
    if (holds && !rule->pub.open) {
        raise(e, rule, value, now, out);
    } else if (!holds) {
        alert_resolve(e, rule, now, out);
    }
}

void alert_evaluate(struct alert_engine *e, struct series_id series, double value, wall_ms when,
                    struct batch *out)
{
    const struct target *t = alert_target_of(e, series);
    if (!t) {
        return;
    }
    for (uint32_t r = t->first; r != SLOT_NONE; r = e->rules[r].next) {
        alert_consider(e, &e->rules[r], value, when, out);
    }
}

void alert_bind(struct alert_engine *e, struct series_id series, struct bytes device,
                struct bytes sensor)
{
    struct buf *b = &e->scratch;
    buf_clear(b);
    buf_put_bytes(b, device);
    buf_put_byte(b, 0);
    buf_put_bytes(b, sensor);
    uint32_t target = strmap_find(&e->target_by_names, buf_bytes(b));
    if (target != STRMAP_NONE) {
        alert_set_series(e, target, series);
    }
}

void alert_unbind(struct alert_engine *e, struct series_id series, wall_ms now, struct batch *out)
{
    const struct target *t = alert_target_of(e, series);
    if (!t) {
        return;
    }
    for (uint32_t r = t->first; r != SLOT_NONE; r = e->rules[r].next) {
        alert_resolve(e, &e->rules[r], now, out);
    }
    alert_set_series(e, (uint32_t)(t - e->targets), SERIES_NONE);
}
