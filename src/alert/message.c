/* SPDX-License-Identifier: Apache-2.0 */
/* What an alert says: the condition in words and the value that met it, or what the rule's template
 * makes of them. */
#include "alert/definition.h"

#include "base/number.h"

static void put_number(struct buf *b, double v)
{
    char text[NUMBER_TEXT_MAX];
    buf_put(b, text, number_print(v, text));
}

/* ---- templates: {name} is filled in, {{ is a brace ---- */

static const char *const names[] = {"device", "sensor", "value",    "threshold", "low",
                                    "high",   "rule",   "severity", "cause"};

enum name {
    NAME_DEVICE,
    NAME_SENSOR,
    NAME_VALUE,
    NAME_THRESHOLD,
    NAME_LOW,
    NAME_HIGH,
    NAME_RULE,
    NAME_SEVERITY,
    NAME_CAUSE,
    NAME_COUNT,
};

/* The name at the start of `b`, which begins with a brace; `*len` bytes in all. */
static enum name name_at(struct bytes b, size_t *len)
{
    size_t end = bytes_index(b, '}');
    *len = size_min(end + 1, b.len);
    for (unsigned i = 0; end < b.len && i < NAME_COUNT; i++) {
        if (bytes_equal(bytes_of(b.ptr + 1, end - 1), bytes_of_text(names[i]))) {
            return (enum name)i;
        }
    }
    return NAME_COUNT;
}

bool template_is_valid(struct bytes text, struct bytes *unknown)
{
    while (text.len > 0) {
        size_t len = 1;
        if (bytes_start_with(text, BYTES("{{"))) {
            len = 2;
        } else if (text.ptr[0] == '{' && name_at(text, &len) == NAME_COUNT) {
            *unknown = bytes_of(text.ptr + 1, len > 2 ? len - 2 : 0);
            return false;
        }
        text = bytes_skip(text, len);
    }
    return true;
}

static void put_name(const struct alert_definition *d, const struct message_values *v,
                     enum name name, struct buf *out)
{
    const struct leaf *l = &d->leaves[v->leaf];
    switch (name) {
    case NAME_DEVICE:
        buf_put_text(out, v->device);
        break;
    case NAME_SENSOR:
        buf_put_text(out, l->sensor ? l->sensor : "status");
        break;
    case NAME_VALUE:
        put_number(out, v->value);
        break;
    case NAME_THRESHOLD:
    case NAME_LOW:
        put_number(out, v->low);
        break;
    case NAME_HIGH:
        put_number(out, v->high);
        break;
    case NAME_RULE:
        buf_put_text(out, d->name);
        break;
    case NAME_SEVERITY:
        buf_put_text(out, severity_text(v->severity));
        break;
    case NAME_CAUSE:
        buf_put_text(out, cause_text(v->cause));
        break;
    case NAME_COUNT:
        UNREACHABLE();
    }
}

static void fill_in(const struct alert_definition *d, const struct message_values *v,
                    struct buf *out)
{
    struct bytes text = bytes_of_text(d->message);
    while (text.len > 0) {
        size_t len = 1;
        if (bytes_start_with(text, BYTES("{{"))) {
            buf_put_byte(out, '{');
            len = 2;
        } else if (text.ptr[0] == '{') {
            put_name(d, v, name_at(text, &len), out);
        } else {
            buf_put_byte(out, text.ptr[0]);
        }
        text = bytes_skip(text, len);
    }
}

/* ---- without one ---- */

static void put_duration(struct buf *out, int64_t ms)
{
    char text[DURATION_TEXT_MAX];
    duration_print(ms, text);
    buf_put_text(out, text);
}

static void put_limits(const struct leaf *l, const struct message_values *v, struct buf *out)
{
    buf_put_byte(out, ' ');
    put_number(out, v->low);
    if (l->high.given) {
        buf_put_text(out, l->condition == CONDITION_BETWEEN ? " and " : " to ");
        put_number(out, v->high);
    }
    if (l->condition == CONDITION_RATE) {
        buf_put_text(out, " per ");
        buf_put_text(out, per_text(l->per));
    }
}

static void put_comparison(const struct leaf *l, const struct message_values *v, struct buf *out)
{
    if (l->function != WINDOW_NONE) {
        buf_put_text(out, window_function_text(l->function));
        buf_put_text(out, " of ");
    }
    buf_put_text(out, l->sensor);
    if (l->function != WINDOW_NONE) {
        buf_put_text(out, " over ");
        put_duration(out, l->window_ms);
    }
    buf_put_byte(out, ' ');
    buf_put_text(out, condition_text(l->condition));
    put_limits(l, v, out);
    buf_put_text(out, ". Current: ");
    put_number(out, v->value);
}

static void put_cause(const struct message_values *v, struct buf *out)
{
    if (v->cause != CAUSE_NONE) {
        buf_put_text(out, ". Cause: ");
        buf_put_text(out, cause_text(v->cause));
    }
}

void definition_message(const struct alert_definition *d, const struct message_values *v,
                        struct buf *out)
{
    const struct leaf *l = &d->leaves[v->leaf];
    buf_clear(out);
    if (d->message) {
        fill_in(d, v, out);
    } else if (l->condition == CONDITION_NO_DATA) {
        buf_put_text(out, l->sensor);
        buf_put_text(out, " no_data for ");
        put_duration(out, l->window_ms);
        put_cause(v, out);
    } else if (l->condition == CONDITION_STATUS) {
        buf_put_text(out, "status ");
        buf_put_text(out, status_text(v->status));
        put_cause(v, out);
    } else {
        put_comparison(l, v, out);
    }
    buf_put_byte(out, 0);
}
