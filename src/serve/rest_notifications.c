/* SPDX-License-Identifier: Apache-2.0 */
/* What was sent, failed and waits; tests of channels; and the browsers that want to be told. */
#include "serve/request.h"

#include "base/mem.h"
#include "model/limits.h"

#define PAGE_DEFAULT 100

void serve_get_notifications(struct serve_peer *p)
{
    int64_t limit = PAGE_DEFAULT, after = 0;
    if (!serve_query_integer(p, "limit", 1, LIMIT_NOTIFICATIONS_PAGE, &limit) ||
        !serve_query_integer(p, "after", 1, INT64_MAX, &after)) {
        return;
    }
    struct serve_query *q = mem_zalloc(1, sizeof *q);
    q->kind = SERVE_QUERY_NOTIFICATIONS;
    q->alert_limit = (size_t)limit;
    q->outbox_before = (uint64_t)after;
    serve_query_send(p, q);
}

static void put_row(struct json_writer *w, const struct outbox_row *row)
{
    json_write_object(w);
    json_put_string(w, "state", outbox_state_text(row->state));
    json_put_string(w, "event", row->event);
    json_put_string(w, "channel", row->channel);
    json_put_string(w, "target", row->target[0] ? row->target : NULL);
    json_put_string(w, "alertId", row->alert);
    json_put_u64(w, "step", row->step);
    json_put_u64(w, "attempts", row->attempts);
    json_put_i64(w, "createdAt", row->created);
    json_put_i64(w, "updatedAt", row->updated);
    json_put_i64(w, "dueAt", row->due);
    json_put_string(w, "error", row->error[0] ? row->error : NULL);
    json_put_raw(w, "alert", bytes_of_text(row->payload[0] ? row->payload : "null"));
    json_write_object_end(w);
}

void serve_encode_notifications(struct serve_query *q, const struct outbox_row *rows)
{
    struct json_writer w;
    size_t count = 0;
    char next[24];
    json_writer_init(&w, &q->body);
    json_write_object(&w);
    json_write_key(&w, "notifications");
    json_write_array(&w);
    next[0] = 0;
    for (const struct outbox_row *row = rows; row; row = row->next) {
        put_row(&w, row);
        count++;
        (void)snprintf(next, sizeof next, "%llu", (unsigned long long)row->number);
    }
    json_write_array_end(&w);
    json_put_string(&w, "next", count == q->alert_limit ? next : NULL);
    json_write_object_end(&w);
    buf_put_byte(&q->body, '\n');
}

/* ---- tests ---- */

static void send_test(struct serve_peer *p, struct bytes channel, struct bytes target)
{
    struct serve_notice *n = mem_zalloc(1, sizeof *n);
    if (channel.len > DOCUMENT_ID_MAX || target.len > DOCUMENT_ID_MAX) {
        serve_notice_free(n);
        serve_answer_error(p, 404, "not_found", "there is none with that id");
        return;
    }
    (void)snprintf(n->channel, sizeof n->channel, "%.*s", (int)channel.len,
                   (const char *)channel.ptr);
    (void)snprintf(n->target, sizeof n->target, "%.*s", (int)target.len, (const char *)target.ptr);
    serve_notice_send(p, n);
}

void serve_post_channel_test(struct serve_peer *p)
{
    send_test(p, p->http->segments[3], BYTES(""));
}

/* ---- browsers ---- */

void serve_get_push_key(struct serve_peer *p)
{
    struct buf body = {0};
    struct json_writer w;
    json_writer_init(&w, &body);
    json_write_object(&w);
    json_put_string(&w, "key", p->serve->config.push_key);
    json_write_object_end(&w);
    serve_answer_json(p, 200, &body);
    buf_fini(&body);
}

void serve_post_subscription(struct serve_peer *p)
{
    serve_keep_document(p, DOCUMENT_SUBSCRIPTION, (struct bytes){0});
}

/* One's own, or any for who may change others. */
static bool may_have(const struct serve_peer *p, const struct document *d)
{
    const struct principal *who = &p->http->who;
    return bytes_equal(d->by, bytes_of_text(who->token.text)) ||
           authorize(who, ACTION_MANAGE_TOKENS, BYTES(""));
}

/* The id that the path names. False: it is somebody else's, and the request is answered. */
static bool take_subscription(struct serve_peer *p, struct bytes *id)
{
    *id = p->http->segments[4];
    const struct document *d = document_find(&p->serve->documents, DOCUMENT_SUBSCRIPTION, *id);
    if (d && !may_have(p, d)) {
        serve_answer_error(p, 403, "forbidden", "it is not yours");
        return false;
    }
    return true;
}

void serve_post_subscription_test(struct serve_peer *p)
{
    struct bytes id;
    if (take_subscription(p, &id)) {
        send_test(p, BYTES("push"), id);
    }
}

void serve_delete_subscription(struct serve_peer *p)
{
    struct bytes id;
    if (take_subscription(p, &id)) {
        serve_drop_document(p, DOCUMENT_SUBSCRIPTION, id);
    }
}

void serve_get_subscriptions(struct serve_peer *p)
{
    const struct document_table *t = &p->serve->documents;
    struct buf body = {0};
    struct json_writer w;
    json_writer_init(&w, &body);
    json_write_object(&w);
    json_write_key(&w, "subscriptions");
    json_write_array(&w);
    for (size_t i = 0; i < t->count; i++) {
        const struct document *d = t->rows[i];
        if (d->id.len && d->kind == DOCUMENT_SUBSCRIPTION && may_have(p, d)) {
            serve_write_document(&w, d);
        }
    }
    json_write_array_end(&w);
    json_write_object_end(&w);
    serve_answer_json(p, 200, &body);
    buf_fini(&body);
}
