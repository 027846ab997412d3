/* SPDX-License-Identifier: Apache-2.0 */
/* Templates are JSON, and what they make is JSON, whatever is in the names of devices.
 *
 *     "... {{name}} ..."      in any text, a value; {{name:80}} its first 80 bytes
 *     "{{name}}"              alone, a number where the value is one, null where there is none
 *     {"$each": X}            an array with X for each alert of the message
 *     {"$case": "{{state}}", "firing": X, "resolved": Y, "else": Z}   one of them, or null
 *
 * Names that belong to an alert mean the first one outside of $each. docs/protocol/notify.md lists
 * them. There is nothing else: no loops, no arithmetic, no calls. */
#include "notify/parts.h"

#include "base/civil.h"
#include "base/utf8.h"
#include "model/limits.h"

#define DEPTH_MAX 24
#define DAY_MS    86400000

struct scope {
    const struct notify_message *m; /* NULL: the template is only checked */
    struct bytes params;            /* a JSON object; empty: not known */
    struct document_fault *fault;
    size_t alert; /* index of the one that is meant */
    bool in_each;
    unsigned depth;
};

/* ---- values ---- */

struct value {
    enum { VALUE_NONE, VALUE_TEXT, VALUE_NUMBER } kind;
    double number;
};

static const struct notify_alert *alert_of(const struct scope *s)
{
    return &s->m->alerts[s->alert];
}

static struct value put_bytes(struct buf *out, struct bytes text)
{
    buf_put_bytes(out, text);
    return (struct value){text.len ? VALUE_TEXT : VALUE_NONE, 0};
}

static struct value put_time(struct buf *out, wall_ms at)
{
    if (at == WALL_NONE) {
        return (struct value){VALUE_NONE, 0};
    }
    civil_put_iso(out, at);
    return (struct value){VALUE_TEXT, 0};
}

static struct value put_number(struct buf *out, double v)
{
    char text[NUMBER_TEXT_MAX];
    buf_put(out, text, number_print(v, text));
    return (struct value){VALUE_NUMBER, v};
}

/* The word of the message: its alerts' when they agree, else that of what still fires. */
static enum alert_state state_of(const struct notify_message *m)
{
    for (size_t i = 0; i < m->count; i++) {
        if (m->alerts[i].state != ALERT_STATE_RESOLVED) {
            return m->alerts[i].state;
        }
    }
    return ALERT_STATE_RESOLVED;
}

static enum severity worst_of(const struct notify_message *m)
{
    enum severity worst = SEVERITY_INFO;
    for (size_t i = 0; i < m->count; i++) {
        worst = m->alerts[i].severity > worst ? m->alerts[i].severity : worst;
    }
    return worst;
}

static struct value put_action(const struct scope *s, enum notify_action action, struct buf *out)
{
    const struct notify_alert *a = alert_of(s);
    if (!notify_can_act(s->m, a)) {
        return (struct value){VALUE_NONE, 0};
    }
    notify_put_link(s->m, a, action, out);
    return (struct value){VALUE_TEXT, 0};
}

enum name {
    NAME_TITLE,
    NAME_TEXT,
    NAME_COUNT,
    NAME_URL,
    NAME_SENT,
    NAME_SENT_S,
    NAME_IN_A_DAY,
    NAME_ID,
    NAME_RULE,
    NAME_RULE_NAME,
    NAME_DEVICE,
    NAME_DEVICE_NAME,
    NAME_PLACE,
    NAME_SENSOR,
    NAME_SEVERITY,
    NAME_STATE,
    NAME_MESSAGE,
    NAME_NOTE,
    NAME_VALUE,
    NAME_THRESHOLD,
    NAME_STARTED,
    NAME_ENDED,
    NAME_ACKNOWLEDGED_BY,
    NAME_ACKNOWLEDGE_URL,
    NAME_SNOOZE_URL,
    NAME_END
};

static const char *const names[NAME_END] = {
    [NAME_TITLE] = "title",
    [NAME_TEXT] = "text",
    [NAME_COUNT] = "count",
    [NAME_URL] = "url",
    [NAME_SENT] = "sent",
    [NAME_SENT_S] = "sent_s",
    [NAME_IN_A_DAY] = "in_a_day",
    [NAME_ID] = "id",
    [NAME_RULE] = "rule",
    [NAME_RULE_NAME] = "rule_name",
    [NAME_DEVICE] = "device",
    [NAME_DEVICE_NAME] = "device_name",
    [NAME_PLACE] = "place",
    [NAME_SENSOR] = "sensor",
    [NAME_SEVERITY] = "severity",
    [NAME_STATE] = "state",
    [NAME_MESSAGE] = "message",
    [NAME_NOTE] = "note",
    [NAME_VALUE] = "value",
    [NAME_THRESHOLD] = "threshold",
    [NAME_STARTED] = "started",
    [NAME_ENDED] = "ended",
    [NAME_ACKNOWLEDGED_BY] = "acknowledged_by",
    [NAME_ACKNOWLEDGE_URL] = "acknowledge_url",
    [NAME_SNOOZE_URL] = "snooze_url",
};

static enum name name_find(struct bytes text)
{
    unsigned i = 0;
    while (i < NAME_END && !bytes_equal(text, bytes_of_text(names[i]))) {
        i++;
    }
    return (enum name)i;
}

static struct value put_message_value(const struct scope *s, enum name name, struct buf *out)
{
    const struct notify_message *m = s->m;
    wall_ms at_s = 0;
    size_t before = out->len;
    switch ((unsigned)name) {
    case NAME_TITLE:
        notify_put_title(m, out);
        break;
    case NAME_TEXT:
        notify_put_text(m, out);
        break;
    case NAME_COUNT:
        return put_number(out, (double)(m->count + m->left_out));
    case NAME_URL:
        buf_put_text(out, m->public_url ? m->public_url : "");
        break;
    case NAME_SENT:
        return put_time(out, m->now);
    case NAME_SENT_S:
        at_s = m->now / 1000;
        return put_number(out, (double)at_s);
    default:
        return put_time(out, m->now + DAY_MS);
    }
    return (struct value){out->len > before ? VALUE_TEXT : VALUE_NONE, 0};
}

static struct value put_alert_value(const struct scope *s, enum name name, struct buf *out)
{
    const struct notify_alert *a = alert_of(s);
    switch ((unsigned)name) {
    case NAME_ID:
        return put_bytes(out, a->id);
    case NAME_RULE:
        return put_bytes(out, a->rule);
    case NAME_RULE_NAME:
        return put_bytes(out, a->rule_name.len ? a->rule_name : a->rule);
    case NAME_DEVICE:
        return put_bytes(out, a->device);
    case NAME_DEVICE_NAME:
        return put_bytes(out, a->device_name.len ? a->device_name : a->device);
    case NAME_PLACE:
        return put_bytes(out, a->place);
    case NAME_SENSOR:
        return put_bytes(out, a->sensor);
    case NAME_MESSAGE:
        return put_bytes(out, a->message);
    case NAME_NOTE:
        return put_bytes(out, a->note);
    case NAME_ACKNOWLEDGED_BY:
        return put_bytes(out, a->acknowledged_by);
    case NAME_VALUE:
        return put_number(out, a->value);
    case NAME_THRESHOLD:
        return put_number(out, a->threshold);
    case NAME_STARTED:
        return put_time(out, a->started);
    default:
        return put_time(out, a->ended);
    }
}

/* Appends what a name stands for. */
static struct value put_name(const struct scope *s, enum name name, struct buf *out)
{
    enum severity severity = s->in_each ? alert_of(s)->severity : worst_of(s->m);
    enum alert_state state = s->in_each ? alert_of(s)->state : state_of(s->m);
    if (name == NAME_SEVERITY) {
        return put_bytes(out, bytes_of_text(severity_text(severity)));
    }
    if (name == NAME_STATE) {
        return put_bytes(out, bytes_of_text(alert_state_text(state)));
    }
    if (name == NAME_ACKNOWLEDGE_URL) {
        return put_action(s, NOTIFY_ACKNOWLEDGE, out);
    }
    if (name == NAME_SNOOZE_URL) {
        return put_action(s, NOTIFY_SNOOZE, out);
    }
    return name < NAME_ID ? put_message_value(s, name, out) : put_alert_value(s, name, out);
}

/* Appends a parameter of the channel. False: there is none of that name. */
static bool put_param(const struct scope *s, struct bytes name, struct buf *out)
{
    struct json_reader r;
    struct json_text key, text;
    json_reader_init(&r, s->params);
    bool found = false;
    if (json_read_object(&r)) {
        while (!found && json_read_key(&r, &key)) {
            found = json_text_equal(key, name) && json_read_text(&r, &text);
        }
    }
    if (found) {
        json_text_append(text, out);
    }
    return found;
}

/* ---- texts ---- */

/* {{name}}, {{name:80}} or {{param.name}} at the begin of `text`; its length, or 0 when there is
 * none. */
struct placeholder {
    size_t len;
    struct bytes name;
    size_t max;
    bool param;
};

static enum err read_placeholder(const struct scope *s, struct bytes text, struct placeholder *out)
{
    size_t end = 2;
    uint64_t max = SIZE_MAX;
    while (end + 1 < text.len && !(text.ptr[end] == '}' && text.ptr[end + 1] == '}')) {
        end++;
    }
    if (end + 1 >= text.len) {
        return fault_set(s->fault, "template", "{{ without }}");
    }
    struct bytes name = bytes_trim(bytes_of(text.ptr + 2, end - 2));
    size_t colon = bytes_index(name, ':');
    if (colon < name.len && bytes_to_u64(bytes_skip(name, colon + 1), 100000, &max) != OK) {
        return fault_set(s->fault, "template", "a number of bytes is expected after the colon");
    }
    name.len = colon;
    struct placeholder p = {.len = end + 2, .name = name, .max = max};
    p.param = bytes_start_with(name, BYTES("param."));
    if (p.param) {
        p.name = bytes_skip(name, strlen("param."));
    } else if (name_find(name) == NAME_END) {
        return fault_set(s->fault, "template", "there is no {{%.*s}}", (int)size_min(name.len, 40),
                         (const char *)name.ptr);
    }
    *out = p;
    return OK;
}

static struct value put_placeholder(const struct scope *s, const struct placeholder *p,
                                    struct buf *out)
{
    struct buf text = {0};
    struct value v = {VALUE_TEXT, 0};
    if (p->param) {
        (void)put_param(s, p->name, &text);
    } else {
        v = put_name(s, name_find(p->name), &text);
    }
    if (out->len + text.len <= LIMIT_RENDERED_BYTES) {
        buf_put_bytes(out, utf8_clip(buf_bytes(&text), p->max));
    }
    buf_fini(&text);
    return v;
}

/* Checks a parameter when the channel's are known. */
static enum err check_placeholder(const struct scope *s, const struct placeholder *p)
{
    struct buf text = {0};
    bool known = !p->param || s->params.len == 0 || put_param(s, p->name, &text);
    buf_fini(&text);
    return known ? OK
                 : fault_set(s->fault, "params", "%.*s is needed", (int)size_min(p->name.len, 40),
                             (const char *)p->name.ptr);
}

/* Expands an unescaped text. `v` is what it is when it is one placeholder and nothing else. */
static enum err expand(const struct scope *s, struct bytes text, struct buf *out, struct value *v)
{
    struct placeholder p = {0};
    *v = (struct value){VALUE_TEXT, 0};
    for (size_t i = 0; i < text.len;) {
        struct bytes rest = bytes_skip(text, i);
        if (!bytes_start_with(rest, BYTES("{{"))) {
            buf_put_byte(out, text.ptr[i++]);
            continue;
        }
        enum err e = read_placeholder(s, rest, &p);
        e = e == OK && !s->m ? check_placeholder(s, &p) : e;
        if (e != OK) {
            return e;
        }
        if (s->m) {
            struct value one = put_placeholder(s, &p, out);
            *v = p.len == text.len ? one : *v;
        }
        i += p.len;
    }
    return OK;
}

/* ---- JSON ---- */

static enum err render(struct scope *s, struct bytes json, struct json_writer *w);

static enum err render_text(struct scope *s, struct json_reader *r, struct json_writer *w)
{
    struct json_text text;
    struct buf plain = {0}, out = {0};
    struct value v;
    (void)json_read_text(r, &text);
    json_text_append(text, &plain);
    enum err e = expand(s, buf_bytes(&plain), &out, &v);
    if (e == OK && v.kind == VALUE_NUMBER) {
        json_write_number(w, v.number);
    } else if (e == OK && v.kind == VALUE_NONE) {
        json_write_null(w);
    } else if (e == OK) {
        json_write_text(w, buf_bytes(&out));
    }
    buf_fini(&plain);
    buf_fini(&out);
    return e;
}

static enum err render_each(struct scope *s, struct bytes body, struct json_writer *w)
{
    if (s->in_each) {
        return fault_set(s->fault, "template", "$each can't stand within another");
    }
    enum err e = OK;
    size_t count = s->m ? s->m->count : 1;
    json_write_array(w);
    s->in_each = true;
    for (size_t i = 0; i < count && e == OK; i++) {
        s->alert = i;
        e = render(s, body, w);
    }
    s->alert = 0;
    s->in_each = false;
    json_write_array_end(w);
    return e;
}

/* The rest of the object holds the cases. All are checked; the one that fits is written. */
static enum err render_case(struct scope *s, struct bytes subject, struct json_reader *r,
                            struct json_writer *w)
{
    struct json_reader inner;
    struct json_text text, key;
    struct buf plain = {0}, value = {0};
    struct bytes raw, chosen = BYTES("null");
    struct value v;
    json_reader_init(&inner, subject);
    if (!json_read_text(&inner, &text)) {
        return fault_set(s->fault, "template", "$case needs a text");
    }
    json_text_append(text, &plain);
    enum err e = expand(s, buf_bytes(&plain), &value, &v);
    bool found = false;
    while (e == OK && json_read_key(r, &key) && json_read_raw(r, &raw)) {
        if (!s->m) {
            e = render(s, raw, w);
        } else if (!found && json_text_equal(key, buf_bytes(&value))) {
            chosen = raw;
            found = true;
        } else if (!found && json_text_is(key, "else")) {
            chosen = raw;
        }
    }
    if (e == OK && s->m) {
        e = render(s, chosen, w);
    }
    buf_fini(&plain);
    buf_fini(&value);
    return e;
}

static enum err render_member(struct scope *s, struct json_text key, struct bytes raw,
                              struct json_writer *w)
{
    struct buf name = {0};
    json_text_append(key, &name);
    json_write_key_bytes(w, buf_bytes(&name));
    buf_fini(&name);
    return render(s, raw, w);
}

static enum err render_object(struct scope *s, struct json_reader *r, struct json_writer *w)
{
    struct json_text key;
    struct bytes raw;
    bool first = true;
    enum err e = OK;
    (void)json_read_object(r);
    while (e == OK && json_read_key(r, &key) && json_read_raw(r, &raw)) {
        if (first && json_text_is(key, "$each")) {
            return render_each(s, raw, w);
        }
        if (first && json_text_is(key, "$case")) {
            return render_case(s, raw, r, w);
        }
        if (first) {
            json_write_object(w);
        }
        first = false;
        if (key.raw.len && key.raw.ptr[0] == '$') {
            return fault_set(s->fault, "template",
                             "$each and $case stand alone or first in their object");
        }
        e = render_member(s, key, raw, w);
    }
    if (first) {
        json_write_object(w);
    }
    json_write_object_end(w);
    return e;
}

static enum err render_array(struct scope *s, struct json_reader *r, struct json_writer *w)
{
    struct bytes raw;
    enum err e = OK;
    (void)json_read_array(r);
    json_write_array(w);
    while (e == OK && json_read_item(r) && json_read_raw(r, &raw)) {
        e = render(s, raw, w);
    }
    json_write_array_end(w);
    return e;
}

/* Renders one value that was found to be JSON. */
static enum err render(struct scope *s, struct bytes json, struct json_writer *w)
{
    struct json_reader r;
    if (s->depth == DEPTH_MAX) {
        return fault_set(s->fault, "template", "nested more than %d deep", DEPTH_MAX);
    }
    enum err e = OK;
    s->depth++;
    json_reader_init(&r, json);
    enum json_kind kind = json_peek(&r);
    if (kind == JSON_OBJECT) {
        e = render_object(s, &r, w);
    } else if (kind == JSON_ARRAY) {
        e = render_array(s, &r, w);
    } else if (kind == JSON_STRING) {
        e = render_text(s, &r, w);
    } else {
        json_write_raw(w, json);
    }
    s->depth--;
    return e;
}

enum err notify_template_check(struct bytes text, struct bytes params, struct document_fault *fault)
{
    struct scope s = {.params = params, .fault = fault};
    struct json_reader r;
    struct json_writer w;
    struct buf nothing = {0};
    if (text.len > LIMIT_TEMPLATE_BYTES) {
        return fault_set(fault, "template", "longer than %u bytes", LIMIT_TEMPLATE_BYTES);
    }
    json_reader_init(&r, text);
    enum json_kind kind = json_peek(&r);
    if (!json_finish(&r)) {
        return fault_set(fault, "template", "at byte %zu: %s", json_offset(&r),
                         json_error_text(r.error));
    }
    if (kind != JSON_OBJECT && kind != JSON_ARRAY) {
        return fault_set(fault, "template", "an object or array is expected");
    }
    json_writer_init(&w, &nothing);
    enum err e = render(&s, text, &w);
    buf_fini(&nothing);
    return e;
}

void notify_template_render(struct bytes text, struct bytes params, const struct notify_message *m,
                            struct buf *out)
{
    struct scope s = {.m = m, .params = params};
    struct json_writer w;
    ASSERT(m->count > 0);
    json_writer_init(&w, out);
    enum err e = render(&s, text, &w);
    ASSERT(e == OK); /* it was checked */
}
