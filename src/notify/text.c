/* SPDX-License-Identifier: Apache-2.0 */
/* What people read: a title, a text, the same as HTML, and the payload of a push message. Names
 * come from devices, so everything is escaped where it stands. */
#include "notify/parts.h"

#include "base/civil.h"
#include "base/utf8.h"

static const char *const words[] = {"info", "warning", "critical"};
static const char *const loud[] = {"INFO", "WARNING", "CRITICAL"};

static struct bytes name_of(const struct notify_alert *a)
{
    return a->device_name.len ? a->device_name : a->device;
}

const char *event_word(const struct notify_alert *a)
{
    if (a->state == ALERT_STATE_RESOLVED) {
        return "RESOLVED";
    }
    return a->state == ALERT_STATE_ACKNOWLEDGED ? "ACKNOWLEDGED" : loud[a->severity];
}

static void put_one_line(const struct notify_alert *a, struct buf *out)
{
    buf_printf(out, "%s ", event_word(a));
    buf_put_bytes(out, name_of(a));
    buf_put_text(out, ": ");
    buf_put_bytes(out, a->message);
}

/* How many of a message's alerts are in a state. */
static size_t count_state(const struct notify_message *m, enum alert_state state)
{
    size_t n = 0;
    for (size_t i = 0; i < m->count; i++) {
        n += m->alerts[i].state == state;
    }
    return n;
}

void notify_put_title(const struct notify_message *m, struct buf *out)
{
    size_t over = count_state(m, ALERT_STATE_RESOLVED);
    if (m->test) {
        buf_put_text(out, "Test: ");
    }
    if (m->count == 1 && !m->digest) {
        put_one_line(&m->alerts[0], out);
        return;
    }
    size_t open = m->count - over + m->left_out;
    buf_printf(out, "%s%zu alert%s", m->digest ? "Digest: " : "", open + over,
               open + over == 1 ? "" : "s");
    if (over) {
        buf_printf(out, ", %zu resolved", over);
    }
    buf_put_text(out, ": ");
    buf_put_bytes(out, name_of(&m->alerts[0]));
    if (m->count + m->left_out > 1) {
        buf_put_text(out, " and others");
    }
}

/* ---- text ---- */

static void put_lines(const struct notify_alert *a, struct buf *out)
{
    put_one_line(a, out);
    buf_put_text(out, "\n  since ");
    civil_put_iso(out, a->started);
    if (a->ended != WALL_NONE) {
        buf_put_text(out, ", until ");
        civil_put_iso(out, a->ended);
    }
    if (a->place.len) {
        buf_put_text(out, "\n  at ");
        buf_put_bytes(out, a->place);
    }
    if (a->acknowledged_by.len) {
        buf_put_text(out, "\n  acknowledged by ");
        buf_put_bytes(out, a->acknowledged_by);
    }
    if (a->note.len) {
        buf_put_text(out, "\n  ");
        buf_put_bytes(out, a->note);
    }
    buf_put_byte(out, '\n');
}

bool notify_can_act(const struct notify_message *m, const struct notify_alert *a)
{
    return m->public_url && m->link_key && !m->test && a->state == ALERT_STATE_FIRING;
}

void notify_put_link(const struct notify_message *m, const struct notify_alert *a,
                     enum notify_action action, struct buf *out)
{
    struct notify_link l = {.action = action, .expires = m->now + NOTIFY_LINK_LIFE_MS};
    memcpy(l.alert.text, a->id.ptr, size_min(a->id.len, TEXT_ID_MAX - 1));
    memcpy(l.person, m->person.ptr ? m->person.ptr : (const uint8_t *)"",
           size_min(m->person.len, DOCUMENT_ID_MAX));
    buf_printf(out, "%s/a/", m->public_url);
    notify_link_put(m->link_key, &l, out);
}

void notify_put_text(const struct notify_message *m, struct buf *out)
{
    for (size_t i = 0; i < m->count; i++) {
        const struct notify_alert *a = &m->alerts[i];
        put_lines(a, out);
        if (notify_can_act(m, a)) {
            buf_put_text(out, "  acknowledge: ");
            notify_put_link(m, a, NOTIFY_ACKNOWLEDGE, out);
            buf_put_text(out, "\n  snooze for an hour: ");
            notify_put_link(m, a, NOTIFY_SNOOZE, out);
            buf_put_byte(out, '\n');
        }
        buf_put_byte(out, '\n');
    }
    if (m->left_out) {
        buf_printf(out, "... and %zu more.\n\n", m->left_out);
    }
    if (m->public_url) {
        buf_printf(out, "%s/alerts\n", m->public_url);
    }
}

/* ---- HTML ---- */

static void put_escaped(struct buf *out, struct bytes text)
{
    for (size_t i = 0; i < text.len; i++) {
        uint8_t c = text.ptr[i];
        if (c == '<' || c == '>' || c == '&' || c == '"' || c == '\'') {
            buf_printf(out, "&#%d;", c);
        } else {
            buf_put_byte(out, c);
        }
    }
}

static void put_html_link(const struct notify_message *m, const struct notify_alert *a,
                          enum notify_action action, const char *word, struct buf *out)
{
    buf_put_text(out, " <a href=\"");
    notify_put_link(m, a, action, out);
    buf_printf(out, "\">%s</a>", word);
}

static void put_html_alert(const struct notify_message *m, const struct notify_alert *a,
                           struct buf *out)
{
    buf_printf(out, "<p><b>%s</b> <b>", event_word(a));
    put_escaped(out, name_of(a));
    buf_put_text(out, "</b>: ");
    put_escaped(out, a->message);
    buf_put_text(out, "<br>\nsince ");
    civil_put_iso(out, a->started);
    if (a->ended != WALL_NONE) {
        buf_put_text(out, ", until ");
        civil_put_iso(out, a->ended);
    }
    if (a->place.len) {
        buf_put_text(out, "<br>\nat ");
        put_escaped(out, a->place);
    }
    if (a->acknowledged_by.len) {
        buf_put_text(out, "<br>\nacknowledged by ");
        put_escaped(out, a->acknowledged_by);
    }
    if (a->note.len) {
        buf_put_text(out, "<br>\n");
        put_escaped(out, a->note);
    }
    if (notify_can_act(m, a)) {
        buf_put_text(out, "<br>\n");
        put_html_link(m, a, NOTIFY_ACKNOWLEDGE, "Acknowledge", out);
        put_html_link(m, a, NOTIFY_SNOOZE, "Snooze for an hour", out);
    }
    buf_put_text(out, "</p>\n");
}

void notify_put_html(const struct notify_message *m, struct buf *out)
{
    buf_put_text(out, "<!doctype html><meta charset=\"utf-8\">\n");
    for (size_t i = 0; i < m->count; i++) {
        put_html_alert(m, &m->alerts[i], out);
    }
    if (m->left_out) {
        buf_printf(out, "<p>... and %zu more.</p>\n", m->left_out);
    }
    if (m->public_url) {
        buf_put_text(out, "<p><a href=\"");
        put_escaped(out, bytes_of_text(m->public_url));
        buf_put_text(out, "/alerts\">All alerts</a></p>\n");
    }
}

/* ---- push ---- */

static void put_action(struct json_writer *w, const char *key, const struct notify_message *m,
                       enum notify_action action)
{
    struct buf link = {0};
    notify_put_link(m, &m->alerts[0], action, &link);
    json_put_text(w, key, buf_bytes(&link));
    buf_fini(&link);
}

static void put_body(struct json_writer *w, const struct notify_message *m,
                     const struct notify_subscription *to, size_t text_max)
{
    const struct notify_alert *a = &m->alerts[0];
    if (to->private) {
        json_put_string(w, "body", "Open Telltale to see it.");
    } else {
        json_put_text(w, "body", utf8_clip(a->message, text_max));
    }
}

static void put_push(const struct notify_message *m, const struct notify_subscription *to,
                     size_t text_max, struct buf *out)
{
    const struct notify_alert *a = &m->alerts[0];
    struct json_writer w;
    struct buf title = {0};
    json_writer_init(&w, out);
    json_write_object(&w);
    if (m->count + m->left_out > 1) {
        notify_put_title(m, &title);
    } else {
        buf_printf(&title, "%s%s ", m->test ? "Test: " : "", event_word(a));
        buf_put_bytes(&title, name_of(a));
    }
    json_put_text(&w, "title", utf8_clip(buf_bytes(&title), text_max));
    put_body(&w, m, to, text_max);
    json_put_text(&w, "tag", a->id);
    json_put_text(&w, "alert", a->id);
    json_put_text(&w, "device", utf8_clip(a->device, text_max));
    json_put_string(&w, "severity", words[a->severity]);
    json_put_string(&w, "state", alert_state_text(a->state));
    json_put_u64(&w, "count", m->count + m->left_out);
    json_put_i64(&w, "timestamp", a->ended != WALL_NONE ? a->ended : a->started);
    if (m->public_url) {
        json_put_string(&w, "url", m->public_url);
    }
    if (m->count == 1 && notify_can_act(m, a)) {
        put_action(&w, "acknowledge", m, NOTIFY_ACKNOWLEDGE);
        put_action(&w, "snooze", m, NOTIFY_SNOOZE);
    }
    json_write_object_end(&w);
    buf_fini(&title);
}

void notify_put_push(const struct notify_message *m, const struct notify_subscription *to,
                     size_t max, struct buf *out)
{
    size_t begin = out->len;
    for (size_t text_max = 1024; text_max >= 16; text_max /= 2) {
        out->len = begin;
        put_push(m, to, text_max, out);
        if (out->len - begin <= max) {
            return;
        }
    }
}
