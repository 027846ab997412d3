/* SPDX-License-Identifier: Apache-2.0 */
/* /a/<token>: a signed link of a message. It works without a log-in and does only what it was made
 * for. Mail programs and scanners follow links, so reading it never acts: the page shows the alert
 * and one button, and only the button's POST does something, once: an alert that somebody has in
 * hand, or that is over, is left as it is. */
#include "serve/request.h"

#include "model/limits.h"
#include "notify/notify.h"

#define SNOOZE_MS 3600000

static const char *const titles[] = {
    [NOTIFY_ACKNOWLEDGE] = "Acknowledge", [NOTIFY_SNOOZE] = "Snooze for an hour"};

/* ---- the page ---- */

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

static void answer_page(struct serve_peer *p, unsigned status, const struct alert *a,
                        const char *sentence, const char *button)
{
    struct buf body = {0};
    buf_put_text(&body, "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
                        "<meta name=\"viewport\" content=\"width=device-width\">"
                        "<meta name=\"robots\" content=\"noindex\">"
                        "<title>Telltale</title></head><body>\n<h1>Telltale</h1>\n");
    if (a) {
        buf_printf(&body, "<p><b>%s</b> <b>", severity_text(a->severity));
        put_escaped(&body, bytes_of_text(a->device));
        buf_put_text(&body, "</b>: ");
        put_escaped(&body, bytes_of_text(a->message));
        buf_put_text(&body, "</p>\n");
    }
    buf_printf(&body, "<p>%s</p>\n", sentence);
    if (button) {
        buf_printf(&body, "<form method=\"post\"><button>%s</button></form>\n", button);
    }
    buf_put_text(&body, "<p><a href=\"/alerts\">All alerts</a></p>\n</body></html>\n");
    serve_answer_send(
        p, &(struct serve_answer){.status = status, .type = SERVE_HTML, .body = buf_bytes(&body)});
    buf_fini(&body);
}

void serve_answer_link(struct serve_peer *p, enum err result)
{
    if (result == OK) {
        answer_page(p, 200, NULL, "Done. Others see that you have it in hand.", NULL);
    } else if (result == ERR_NOT_FOUND) {
        answer_page(p, 200, NULL, "This alert is over. There is nothing left to do.", NULL);
    } else {
        answer_page(p, 503, NULL, "It could not be done just now: try again in a moment.", NULL);
    }
}

/* ---- what the link says ---- */

/* False: it was answered. `*a` is the alert that it is about. */
static bool read_link(struct serve_peer *p, struct notify_link *l, const struct alert **a)
{
    wall_ms now = p->serve->loop->wall_ms;
    enum err e = p->serve->config.link_key
                     ? notify_link_read(p->serve->config.link_key, p->http->segments[1], now, l)
                     : ERR_INVALID;
    if (e != OK) {
        answer_page(p, e == ERR_CLOSED ? 410 : 404, NULL,
                    e == ERR_CLOSED ? "This link is no longer valid."
                                    : "This is no link of ours, or a part of it is missing.",
                    NULL);
        return false;
    }
    *a = alert_find_open(p->serve->alerts, bytes_of_text(l->alert.text));
    if (!*a) {
        answer_page(p, 200, NULL, "This alert is over. There is nothing left to do.", NULL);
        return false;
    }
    return true;
}

static bool in_hand(const struct alert *a)
{
    return a->acknowledged || a->muted != MUTE_NONE;
}

void serve_get_link_page(struct serve_peer *p)
{
    struct notify_link l;
    const struct alert *a;
    if (!read_link(p, &l, &a)) {
        return;
    }
    if (in_hand(a)) {
        answer_page(p, 200, a, "Somebody has it in hand already.", NULL);
    } else {
        answer_page(p, 200, a, "Nothing has been done yet.", titles[l.action]);
    }
}

/* To snooze is a silence of one alert for an hour. */
static struct command *make_command(struct serve_peer *p, const struct notify_link *l)
{
    if (l->action == NOTIFY_ACKNOWLEDGE) {
        struct command *c = command_new(COMMAND_ACKNOWLEDGE);
        c->id = l->alert;
        return c;
    }
    struct command *c = command_new(COMMAND_PUT_DOCUMENT);
    struct json_writer w;
    c->document.kind = DOCUMENT_SILENCE;
    json_writer_init(&w, &c->document.body);
    json_write_object(&w);
    json_write_key(&w, "matchers");
    json_write_object(&w);
    json_put_string(&w, "alert", l->alert.text);
    json_write_object_end(&w);
    json_put_i64(&w, "end", p->serve->loop->wall_ms + SNOOZE_MS);
    json_put_string(&w, "reason", "snoozed by a link");
    json_write_object_end(&w);
    return c;
}

void serve_post_link_page(struct serve_peer *p)
{
    struct notify_link l;
    const struct alert *a;
    if (!read_link(p, &l, &a)) {
        return;
    }
    if (in_hand(a)) {
        answer_page(p, 200, a, "Somebody has it in hand already.", NULL);
        return;
    }
    serve_link_command_send(p, make_command(p, &l), l.person);
}
