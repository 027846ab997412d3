/* SPDX-License-Identifier: Apache-2.0 */
/* Devices and alerts as JSON, one shape for the stream and for REST. */
#include "live/state.h"

static struct bytes text_of(const char *text)
{
    return bytes_of_text(text);
}

/* Text that was not set is null. */
static void put_optional(struct json_writer *w, const char *key, struct bytes text)
{
    if (text.len) {
        json_put_text(w, key, text);
    } else {
        json_put_null(w, key);
    }
}

static void put_time(struct json_writer *w, const char *key, wall_ms t)
{
    if (t == WALL_NONE) {
        json_put_null(w, key);
    } else {
        json_put_i64(w, key, t);
    }
}

/* ---- devices ---- */

static const char *kind_text(enum value_kind kind)
{
    switch (kind) {
    case KIND_NUMBER:
        return "number";
    case KIND_BOOLEAN:
        return "boolean";
    }
    UNREACHABLE();
}

static void write_sensor(struct json_writer *w, const struct registry_series *s,
                         enum live_values values)
{
    json_write_object(w);
    json_put_string(w, "id", s->sensor);
    put_optional(w, "name", text_of(s->name));
    put_optional(w, "unit", text_of(s->unit));
    json_put_string(w, "kind", kind_text(s->kind));
    if (s->ranged) {
        json_put_number(w, "min", s->min);
        json_put_number(w, "max", s->max);
    } else {
        json_put_null(w, "min");
        json_put_null(w, "max");
    }
    if (s->decimals >= 0) {
        json_put_i64(w, "decimals", s->decimals);
    } else {
        json_put_null(w, "decimals");
    }
    if (values == LIVE_WITH_VALUES && s->has_latest) {
        json_put_number(w, "value", s->value);
        json_put_i64(w, "timestamp", s->time);
    } else if (values == LIVE_WITH_VALUES) {
        json_put_null(w, "value");
        json_put_null(w, "timestamp");
    }
    json_write_object_end(w);
}

static void put_sensors(struct json_writer *w, const struct registry *r,
                        const struct registry_device *d, enum live_values values)
{
    json_write_key(w, "sensors");
    json_write_array(w);
    const struct registry_series *s = registry_series(r, d->first_series);
    for (; s; s = registry_series(r, s->next)) {
        write_sensor(w, s, values);
    }
    json_write_array_end(w);
}

static void put_location(struct json_writer *w, const struct registry_device *d)
{
    json_write_key(w, "location");
    if (!d->located) {
        json_write_null(w);
        return;
    }
    json_write_object(w);
    json_put_number(w, "lat", d->lat);
    json_put_number(w, "lng", d->lng);
    json_write_object_end(w);
}

static void put_tags(struct json_writer *w, const struct registry_device *d)
{
    json_write_key(w, "tags");
    json_write_array(w);
    for (size_t at = 0; at < d->tags_len;) {
        struct bytes tag = text_of(d->tags + at);
        json_write_text(w, tag);
        at += tag.len + 1;
    }
    json_write_array_end(w);
}

static void put_status(struct json_writer *w, const struct registry_device *d)
{
    json_put_string(w, "status", status_text(d->status));
    json_put_string(w, "cause", cause_text(d->cause));
    put_time(w, "since", d->since);
    put_time(w, "lastSeen", d->last_seen);
}

void live_put_device(struct json_writer *w, const struct registry *r,
                     const struct registry_device *d, enum live_values values)
{
    json_write_object(w);
    json_put_string(w, "id", d->key);
    put_optional(w, "name", text_of(d->name));
    put_optional(w, "model", text_of(d->model));
    if (d->manufacturer[0]) {
        json_put_string(w, "manufacturer", d->manufacturer);
    }
    put_status(w, d);
    put_location(w, d);
    put_optional(w, "place", text_of(d->place));
    put_tags(w, d);
    json_put_raw(w, "attributes", d->attributes[0] ? text_of(d->attributes) : BYTES("{}"));
    put_sensors(w, r, d, values);
    json_write_object_end(w);
}

void live_put_shared_device(struct json_writer *w, const struct registry *r,
                            const struct registry_device *d, const struct share_scope *scope)
{
    json_write_object(w);
    json_put_string(w, "id", d->key);
    put_optional(w, "name", text_of(d->name));
    put_optional(w, "model", text_of(d->model));
    put_status(w, d);
    if (scope->places) {
        put_location(w, d);
    } else {
        json_put_null(w, "location");
    }
    json_put_null(w, "place");
    json_put_raw(w, "tags", BYTES("[]"));
    json_put_raw(w, "attributes", BYTES("{}"));
    json_write_key(w, "sensors");
    json_write_array(w);
    const struct registry_series *s = registry_series(r, d->first_series);
    for (; s; s = registry_series(r, s->next)) {
        if (share_scope_has(scope, text_of(d->key), text_of(s->sensor))) {
            write_sensor(w, s, LIVE_WITHOUT_VALUES);
        }
    }
    json_write_array_end(w);
    json_write_object_end(w);
}

/* ---- alerts ---- */

void live_put_alert_view(struct json_writer *w, const struct live_alert_view *a)
{
    json_write_object(w);
    json_put_string(w, "id", a->id);
    json_put_text(w, "deviceId", a->device);
    json_put_text(w, "sensorType", a->sensor);
    json_put_number(w, "value", a->value);
    json_put_string(w, "ruleId", a->rule);
    json_put_string(w, "severity", severity_text(a->severity));
    json_put_text(w, "message", a->message);
    json_put_bool(w, "acknowledged", a->acknowledged);
    put_optional(w, "acknowledgedBy", a->acknowledged_by);
    put_time(w, "acknowledgedAt", a->acknowledged ? a->acknowledged_at : WALL_NONE);
    put_time(w, "createdAt", a->created);
    put_time(w, "updatedAt", a->updated);
    put_time(w, "resolvedAt", a->resolved);
    json_put_string(w, "state", alert_state_text(a->state));
    json_put_string(w, "condition", condition_text(a->condition));
    json_put_number(w, "threshold", a->threshold);
    put_optional(w, "ruleName", a->rule_name);
    put_time(w, "since", a->since);
    put_time(w, "firedAt", a->fired);
    json_put_string(w, "cause", a->cause == CAUSE_NONE ? NULL : cause_text(a->cause));
    json_put_bool(w, "raised", a->raised);
    json_put_bool(w, "late", a->late);
    json_put_string(w, "muted", a->muted == MUTE_NONE ? NULL : alert_mute_text(a->muted));
    put_time(w, "mutedUntil", a->muted_until);
    put_optional(w, "mutedBy", a->muted_by);
    put_optional(w, "note", a->note);
    json_write_object_end(w);
}

struct live_alert_view live_view_alert(const struct alert *a)
{
    return (struct live_alert_view){.id = a->id.text,
                                    .rule = a->rule.text,
                                    .rule_name = text_of(a->rule_name),
                                    .note = text_of(a->note),
                                    .muted_by = text_of(a->muted_by),
                                    .state = a->state,
                                    .cause = a->cause,
                                    .muted = a->muted,
                                    .raised = a->raised,
                                    .late = a->late,
                                    .since = a->since,
                                    .fired = a->fired,
                                    .muted_until = a->muted_until,
                                    .device = text_of(a->device),
                                    .sensor = text_of(a->sensor),
                                    .message = text_of(a->message),
                                    .acknowledged_by = text_of(a->acknowledged_by),
                                    .condition = a->condition,
                                    .severity = a->severity,
                                    .threshold = a->threshold,
                                    .value = a->value,
                                    .acknowledged = a->acknowledged,
                                    .acknowledged_at = a->acknowledged_at,
                                    .created = a->created,
                                    .updated = a->updated,
                                    .resolved = a->resolved};
}

void live_put_alert(struct json_writer *w, const struct alert *a)
{
    struct live_alert_view view = live_view_alert(a);
    live_put_alert_view(w, &view);
}

void live_put_shared_alert(struct json_writer *w, const struct alert *a)
{
    struct live_alert_view view = live_view_alert(a);
    view.acknowledged_by = view.muted_by = view.note = (struct bytes){0};
    live_put_alert_view(w, &view);
}
