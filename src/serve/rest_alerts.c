/* SPDX-License-Identifier: Apache-2.0 */
/* /api/v1/alerts: the open ones from the follower, those of the past from the store. */
#include "serve/request.h"

#include "base/mem.h"

#define PAGE_DEFAULT 100
#define PAGE_MAX     1000

struct page {
    int64_t limit;
    struct text_id after; /* "" for the newest */
};

static bool read_page(struct serve_peer *p, struct page *page)
{
    uint8_t memory[3 * TEXT_ID_MAX];
    struct bytes after;
    *page = (struct page){.limit = PAGE_DEFAULT};
    if (!serve_query_integer(p, "limit", 1, PAGE_MAX, &page->limit) ||
        !serve_query_text(p, "after", memory, sizeof memory, &after)) {
        return false;
    }
    if (after.len >= TEXT_ID_MAX) {
        serve_answer_bad_field(p, BYTES("after"), "no alert has that id");
        return false;
    }
    memcpy(page->after.text, memory, after.len);
    return true;
}

static void begin_list(struct json_writer *w, struct buf *body)
{
    json_writer_init(w, body);
    json_write_object(w);
    json_write_key(w, "alerts");
    json_write_array(w);
}

static void end_list(struct json_writer *w, const char *next)
{
    json_write_array_end(w);
    json_put_string(w, "next", next);
    json_write_object_end(w);
}

/* How many of the open alerts, newest first, come before the page. */
static uint32_t skipped(const struct alert_engine *e, const struct page *page)
{
    uint32_t count = alert_open_count(e);
    for (uint32_t i = 0; page->after.text[0] && i < count; i++) {
        const struct alert *a = alert_open_at(e, count - 1 - i);
        if (strcmp(a->id.text, page->after.text) == 0) {
            return i + 1;
        }
    }
    return 0;
}

static void answer_open(struct serve_peer *p, const struct page *page)
{
    const struct alert_engine *e = p->serve->alerts;
    uint32_t count = alert_open_count(e);
    uint32_t from = skipped(e, page);
    uint32_t to = (uint32_t)size_min(count, from + (size_t)page->limit);
    const char *last = NULL;
    struct buf body = {0};
    struct json_writer w;
    begin_list(&w, &body);
    for (uint32_t i = from; i < to; i++) {
        const struct alert *a = alert_open_at(e, count - 1 - i);
        live_put_alert(&w, a);
        last = a->id.text;
    }
    end_list(&w, to < count ? last : NULL);
    serve_answer_json(p, 200, &body);
    buf_fini(&body);
}

void serve_get_alerts(struct serve_peer *p)
{
    uint8_t memory[16];
    struct bytes state;
    struct page page;
    if (!serve_query_text(p, "state", memory, sizeof memory, &state) || !read_page(p, &page)) {
        return;
    }
    if (state.len == 0 || bytes_equal(state, BYTES("open"))) {
        answer_open(p, &page);
    } else if (bytes_equal(state, BYTES("all"))) {
        struct serve_query *q = mem_zalloc(1, sizeof *q);
        q->kind = SERVE_QUERY_ALERTS;
        q->alert_limit = (size_t)page.limit;
        q->alert_after = page.after;
        serve_query_send(p, q);
    } else {
        serve_answer_bad_field(p, BYTES("state"), "open or all is expected");
    }
}

static const struct serve_member acknowledgement[] = {
    {.name = "note",
     .type = SERVE_MEMBER_TEXT,
     .field = FIELD_NOTE,
     .offset = offsetof(struct command, note)},
};

/* Whether the request has something to say. A form or script that sends an empty body of any type
 * acknowledges all the same. */
static bool says_something(struct serve_peer *p)
{
    const struct http_request *q = serve_request(p);
    return q->body.len > 0 && http_content_type_is(q->content_type, "application/json");
}

/* A command about the alert of the path, or NULL: it was answered. */
static struct command *about_alert(struct serve_peer *p, enum command_kind kind)
{
    struct bytes id = p->http->segments[3];
    if (id.len >= TEXT_ID_MAX || memchr(id.ptr, 0, id.len)) {
        serve_answer_error(p, 404, "not_found", "no open alert has that id");
        return NULL;
    }
    struct command *c = command_new(kind);
    memcpy(c->id.text, id.ptr, id.len);
    return c;
}

void serve_release(struct serve_peer *p)
{
    struct command *c = about_alert(p, COMMAND_RELEASE);
    if (c) {
        serve_command_send(p, c, NULL);
    }
}

void serve_acknowledge(struct serve_peer *p)
{
    struct command *c = about_alert(p, COMMAND_ACKNOWLEDGE);
    if (!c) {
        return;
    }
    if (says_something(p) && !serve_body_read(p, acknowledgement, ARRAY_LEN(acknowledgement), c)) {
        command_free(c);
        return;
    }
    serve_command_send(p, c, NULL);
}

/* ---- the answer of the store ---- */

void serve_encode_alerts(struct serve_query *q, const struct batch *alerts)
{
    struct json_writer w;
    const char *last = NULL;
    begin_list(&w, &q->body);
    for (size_t i = 0; i < alerts->alert_count; i++) {
        live_put_alert_change(&w, alerts, &alerts->alerts[i]);
        last = alerts->alerts[i].id.text;
    }
    end_list(&w, alerts->alert_count == q->alert_limit ? last : NULL);
    buf_put_byte(&q->body, '\n');
}
