/* SPDX-License-Identifier: Apache-2.0 */
/* A rule as JSON: the short form when that says all, else every member that is not as it would be
 * without it. What is written reads back as the same rule. */
#include "alert/definition.h"

#include "proto/json/json.h"

static void put_limit(struct json_writer *w, const char *key, const struct limit *l)
{
    if (!l->given) {
        return;
    }
    json_write_key(w, key);
    if (l->attribute) {
        json_write_object(w);
        json_put_string(w, "attribute", l->attribute);
        json_write_object_end(w);
    } else {
        json_write_number(w, l->value);
    }
}

static void put_duration(struct json_writer *w, const char *key, int64_t ms)
{
    char text[DURATION_TEXT_MAX];
    if (ms > 0) {
        duration_print(ms, text);
        json_put_string(w, key, text);
    }
}

static void put_statuses(struct json_writer *w, uint32_t statuses)
{
    json_write_key(w, "status");
    json_write_array(w);
    for (enum device_status s = 0; s < STATUS_COUNT; s++) {
        if (statuses & 1u << s) {
            json_write_text(w, bytes_of_text(status_text(s)));
        }
    }
    json_write_array_end(w);
}

static void write_leaf(struct json_writer *w, const struct leaf *l)
{
    json_write_object(w);
    if (l->sensor) {
        json_put_string(w, "sensor", l->sensor);
    }
    json_put_string(w, "condition", condition_text(l->condition));
    put_limit(w, l->high.given ? "low" : "threshold", &l->low);
    put_limit(w, "high", &l->high);
    if (l->condition == CONDITION_RATE) {
        json_put_string(w, "per", per_text(l->per));
    }
    put_duration(w, "window", l->window_ms);
    if (l->function != WINDOW_NONE) {
        json_put_string(w, "function", window_function_text(l->function));
    }
    if (l->statuses) {
        put_statuses(w, l->statuses);
    }
    if (l->hysteresis > 0) {
        json_put_number(w, "hysteresis", l->hysteresis);
    }
    put_limit(w, "clear", &l->clear);
    json_write_object_end(w);
}

/* Writes the node at `at` and returns the one behind it. */
static unsigned write_node(struct json_writer *w, const struct alert_definition *d, unsigned at)
{
    const struct node *n = &d->nodes[at];
    if (n->kind == NODE_LEAF) {
        write_leaf(w, &d->leaves[n->leaf]);
        return at + 1;
    }
    json_write_object(w);
    json_write_key(w, n->kind == NODE_ALL ? "all" : "any");
    json_write_array(w);
    for (unsigned child = at + 1; child < n->end;) {
        child = write_node(w, d, child);
    }
    json_write_array_end(w);
    json_write_object_end(w);
    return n->end;
}

static void put_scope(struct json_writer *w, const struct alert_definition *d)
{
    json_write_key(w, "scope");
    json_write_object(w);
    if (d->scope == SCOPE_ALL) {
        json_put_bool(w, "all", true);
    } else if (d->scope == SCOPE_DEVICES && d->scoped_count > 1) {
        json_write_key(w, "devices");
        json_write_array(w);
        for (size_t i = 0; i < d->scoped_count; i++) {
            json_write_text(w, bytes_of_text(d->scoped[i]));
        }
        json_write_array_end(w);
    } else {
        const char *key = d->scope == SCOPE_DEVICES ? "device"
                          : d->scope == SCOPE_TAG   ? "tag"
                                                    : "model";
        json_put_string(w, key, d->scoped[0]);
    }
    json_write_object_end(w);
}

static void put_times(struct json_writer *w, const struct alert_definition *d)
{
    if (d->times > 0) {
        json_write_key(w, "times");
        json_write_object(w);
        json_put_u64(w, "n", d->times);
        put_duration(w, "in", d->times_in_ms);
        json_write_object_end(w);
    }
}

static void put_mutes(struct json_writer *w, const struct alert_definition *d)
{
    if (d->mutes_rule || d->mutes_tag) {
        json_write_key(w, "mutes");
        json_write_object(w);
        if (d->mutes_rule) {
            json_put_string(w, "rule", d->mutes_rule);
        }
        if (d->mutes_tag) {
            json_put_string(w, "tag", d->mutes_tag);
        }
        json_write_object_end(w);
    }
}

static void put_raw(struct json_writer *w, const char *key, const char *json)
{
    if (json) {
        json_put_raw(w, key, bytes_of_text(json));
    }
}

static void put_whole(struct json_writer *w, const struct alert_definition *d)
{
    put_scope(w, d);
    json_write_key(w, "when");
    (void)write_node(w, d, 0);
    put_duration(w, "for", d->for_ms);
    put_duration(w, "clear_for", d->clear_for_ms);
    put_times(w, d);
    put_limit(w, "escalate_at", &d->escalate);
    if (d->notifies_late) {
        json_put_bool(w, "notify_late", true);
    }
    put_mutes(w, d);
    if (d->message) {
        json_put_string(w, "message", d->message);
    }
    put_raw(w, "notify", d->notify);
    put_raw(w, "labels", d->labels);
}

const char *alert_definition_limits(const struct alert_definition *d)
{
    const struct leaf *l = &d->leaves[0];
    bool one = d->enabled && d->leaf_count == 1 && l->sensor && l->compares && l->low.given &&
               !l->low.attribute && !l->high.given && l->function == WINDOW_NONE &&
               l->condition != CONDITION_RATE;
    return one ? l->sensor : NULL;
}

void alert_definition_put_limit(struct json_writer *w, const struct alert_definition *d,
                                const char *device)
{
    ASSERT(alert_definition_limits(d));
    json_put_string(w, "deviceId", device);
    json_put_string(w, "sensorType", d->leaves[0].sensor);
    json_put_string(w, "condition", condition_text(d->leaves[0].condition));
    json_put_number(w, "threshold", d->leaves[0].low.value);
    json_put_string(w, "severity", severity_text(d->severity));
    json_put_bool(w, "enabled", true);
}

void alert_definition_put(struct json_writer *w, const struct alert_definition *d)
{
    if (*d->name) {
        json_put_string(w, "name", d->name);
    }
    if (definition_is_simple(d)) {
        json_put_string(w, "deviceId", d->scoped[0]);
        json_put_string(w, "sensorType", d->leaves[0].sensor);
        json_put_string(w, "condition", condition_text(d->leaves[0].condition));
        json_put_number(w, "threshold", d->leaves[0].low.value);
    } else {
        put_whole(w, d);
    }
    json_put_string(w, "severity", severity_text(d->severity));
    json_put_bool(w, "enabled", d->enabled);
}
