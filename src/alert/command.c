/* SPDX-License-Identifier: Apache-2.0 */
/* What a person may do with rules and alerts. A command is checked whole before anything of it is
 * done. An open alert shows the rule as it was when it was raised: a change of the rule that is
 * still met leaves it as it is. */
#include "alert/state.h"

#include <math.h>

static void fail(struct command *c, enum err result, const char *field, const char *message)
{
    c->result = result;
    c->field = field;
    c->message = message;
}

_Static_assert(LIMIT_ID_BYTES == 256, "the message below names it");

static const char id_expected[] =
    "expected an id of 1 to 256 bytes without control characters, and neither . nor ..";

/* Whether what the command gives can be taken. */
static bool check_given(struct command *c)
{
    if ((c->fields & FIELD_DEVICE) && !name_id_valid(bytes_of_text(c->device))) {
        fail(c, ERR_INVALID, "deviceId", id_expected);
    } else if ((c->fields & FIELD_SENSOR) && !name_id_valid(bytes_of_text(c->sensor))) {
        fail(c, ERR_INVALID, "sensorType", id_expected);
    } else if ((c->fields & FIELD_CONDITION) && c->condition >= CONDITION_COUNT) {
        fail(c, ERR_INVALID, "condition",
             "expected greater_than, less_than, equals, not_equals, greater_or_equal or "
             "less_or_equal");
    } else if ((c->fields & FIELD_THRESHOLD) && !isfinite(c->threshold)) {
        fail(c, ERR_INVALID, "threshold", "expected a finite number");
    } else if ((c->fields & FIELD_SEVERITY) && c->severity >= SEVERITY_COUNT) {
        fail(c, ERR_INVALID, "severity", "expected info, warning or critical");
    }
    return c->result == OK;
}

/* Whether everything is given that a new rule needs. */
static bool check_complete(struct command *c)
{
    static const struct {
        enum command_field field;
        const char *name;
        const char *message;
    } needed[] = {
        {FIELD_DEVICE, "deviceId", "is missing: the id of a device"},
        {FIELD_SENSOR, "sensorType", "is missing: the id of a sensor"},
        {FIELD_CONDITION, "condition",
         "is missing: greater_than, less_than, equals, not_equals, greater_or_equal or "
         "less_or_equal"},
        {FIELD_THRESHOLD, "threshold", "is missing: a finite number"},
    };
    for (size_t i = 0; i < ARRAY_LEN(needed); i++) {
        if (!(c->fields & needed[i].field)) {
            fail(c, ERR_INVALID, needed[i].name, needed[i].message);
            return false;
        }
    }
    return true;
}

static void take_given(struct alert_rule *rule, const struct command *c)
{
    if (c->fields & FIELD_CONDITION) {
        rule->condition = c->condition;
    }
    if (c->fields & FIELD_THRESHOLD) {
        rule->threshold = c->threshold;
    }
    if (c->fields & FIELD_SEVERITY) {
        rule->severity = c->severity;
    }
    if (c->fields & FIELD_ENABLED) {
        rule->enabled = c->enabled;
    }
}

/* Writes the rule as it is now, then what follows from it for its alert. */
static void settle(struct alert_engine *e, struct rule *rule, const struct alert_target *target,
                   wall_ms now, struct batch *out)
{
    if (target->series.n != SERIES_NONE.n) {
        alert_set_series(e, rule->target, target->series);
    }
    rule->pub.updated = now;
    alert_write_rule(rule, out);
    if (!rule->pub.enabled) {
        alert_resolve(e, rule, now, out);
    } else if (target->has_latest) {
        alert_consider(e, rule, target->value, now, out);
    }
}

static void create_rule(struct alert_engine *e, struct command *c,
                        const struct alert_target *target, wall_ms now, struct batch *out)
{
    if (!check_given(c) || !check_complete(c)) {
        return;
    }
    if (e->rule_count >= e->config.max_rules) {
        fail(c, ERR_FULL, NULL, "the limit on rules is reached");
        return;
    }
    c->made = text_id_next(&e->rule_ids);
    struct rule *rule =
        alert_add_rule(e, &c->made, bytes_of_text(c->device), bytes_of_text(c->sensor));
    rule->pub.severity = SEVERITY_WARNING;
    rule->pub.enabled = true;
    rule->pub.created = now;
    take_given(&rule->pub, c);
    settle(e, rule, target, now, out);
    alert_count(e);
}

static void patch_rule(struct alert_engine *e, struct command *c, struct rule *rule,
                       const struct alert_target *target, wall_ms now, struct batch *out)
{
    struct bytes device;
    struct bytes sensor;
    if (!check_given(c) || alert_command_series(e, c, &device, &sensor) != OK) {
        return;
    }
    if (!bytes_equal(device, bytes_of_text(rule->pub.device)) ||
        !bytes_equal(sensor, bytes_of_text(rule->pub.sensor))) {
        alert_resolve(e, rule, now, out);
        alert_move_rule(e, rule, device, sensor);
    }
    take_given(&rule->pub, c);
    settle(e, rule, target, now, out);
}

static void delete_rule(struct alert_engine *e, struct rule *rule, wall_ms now, struct batch *out)
{
    struct rule_change *gone = batch_add_rule(out);
    gone->id = rule->pub.id;
    gone->deleted = true;
    alert_resolve(e, rule, now, out);
    alert_remove_rule(e, rule);
    alert_count(e);
}

static void change_rule(struct alert_engine *e, struct command *c,
                        const struct alert_target *target, wall_ms now, struct batch *out)
{
    struct rule *rule = alert_rule_row(e, bytes_of_text(c->id.text));
    if (!rule) {
        fail(c, ERR_NOT_FOUND, NULL, "no rule with this id");
    } else if (c->kind == COMMAND_DELETE_RULE) {
        delete_rule(e, rule, now, out);
    } else {
        patch_rule(e, c, rule, target, now, out);
    }
}

_Static_assert(LIMIT_NOTE_BYTES == 1024, "the message below names it");

static void acknowledge(struct alert_engine *e, struct command *c, wall_ms now, struct batch *out)
{
    struct bytes id = bytes_of_text(c->id.text);
    if (bytes_of_text(c->note).len > LIMIT_NOTE_BYTES ||
        !text_is_printable(bytes_of_text(c->note))) {
        fail(c, ERR_INVALID, "note", "expected at most 1024 bytes without control characters");
        return;
    }
    struct open_alert *a = alert_open_row(e, id);
    const struct open_alert *over = a ? NULL : alert_find_resolved(e, id);
    bool says = (c->fields & FIELD_NOTE) && a && strcmp(a->pub.note, c->note) != 0;
    if (a && (!a->pub.acknowledged || says)) {
        const char *by = c->by.text[0] ? c->by.text : "local";
        alert_set_acknowledged(a, bytes_of_text(by), bytes_of_text(c->note), now);
        a->pub.updated = now;
        a->pub.changed_seq = out->seq;
        alert_write(a, ALERT_UPDATED, out);
    } else if (!a && !(over && over->pub.acknowledged)) {
        fail(c, ERR_NOT_FOUND, NULL, "no open alert with this id");
    }
}

void alert_command(struct alert_engine *e, struct command *c, const struct alert_target *target,
                   wall_ms now, struct batch *out)
{
    c->result = OK;
    c->field = c->message = NULL;
    if (c->kind == COMMAND_ACKNOWLEDGE) {
        acknowledge(e, c, now, out);
    } else if (c->kind == COMMAND_CREATE_RULE) {
        create_rule(e, c, target, now, out);
    } else {
        ASSERT(c->kind == COMMAND_PATCH_RULE || c->kind == COMMAND_DELETE_RULE);
        change_rule(e, c, target, now, out);
    }
    if (c->result == OK) {
        c->seq = out->seq;
    }
}

enum err alert_command_series(const struct alert_engine *e, const struct command *c,
                              struct bytes *device, struct bytes *sensor)
{
    if (c->kind == COMMAND_CREATE_RULE) {
        *device = bytes_of_text(c->device);
        *sensor = bytes_of_text(c->sensor);
        return OK;
    }
    const struct rule *rule = alert_rule_row(e, bytes_of_text(c->id.text));
    if (!rule || c->kind == COMMAND_ACKNOWLEDGE) {
        return ERR_NOT_FOUND;
    }
    *device = bytes_of_text(c->fields & FIELD_DEVICE ? c->device : rule->pub.device);
    *sensor = bytes_of_text(c->fields & FIELD_SENSOR ? c->sensor : rule->pub.sensor);
    return OK;
}
