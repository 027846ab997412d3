/* SPDX-License-Identifier: Apache-2.0 */
/* Retained messages to those who subscribe. A filter without wildcards is answered at once. One
 * with them walks the table, a part at a time, and only as fast as the client takes what it finds:
 * the whole of a large table fits no queue. */
#include "ingest/client.h"

#include "base/mem.h"
#include "model/limits.h"

/* Slots looked at in one go, for all clients together: about a millisecond. */
#define BUDGET    16384u
#define PERIOD_MS 5

static void give_retained(struct client *c, const struct message_parts *parts,
                          const struct subs_options *o)
{
    struct ingest *in = c->wire.in;
    struct delivery d = {.parts = *parts};
    d.parts.retain = true;
    const struct terms terms = {o->qos, true, &o->id, o->id ? 1 : 0};
    client_give(in, c->session, &d, &terms);
    delivery_fini(&d);
}

/* Whether the time of a retained message is over. Then nobody gets it any more. */
static bool forget_expired(struct ingest *in, const struct message *m)
{
    if (!message_expired(m, in->loop->mono_ns)) {
        return false;
    }
    retained_forget(&in->retained, message_parts(m).topic);
    metrics_drop(in->config.metrics, DROP_MESSAGE_EXPIRED, 1);
    return true;
}

struct receiver {
    struct client *client;
    const struct subs_options *options;
};

static void give_system(void *ctx, const struct message_parts *parts)
{
    struct receiver *r = ctx;
    give_retained(r->client, parts, r->options);
}

static void send_backlogs(void *ctx);

static void list_backlogged(struct client *c)
{
    struct ingest *in = c->wire.in;
    if (!c->is_backlogged) {
        c->is_backlogged = true;
        c->next_backlogged = in->backlogged;
        in->backlogged = c;
        loop_timer_start(in->loop, &in->backlog, 0, 0, send_backlogs, in);
    }
}

/* The walk of `filter`, which begins anew if it was under way; NULL when there are too many. */
static struct backlog *find_or_add(struct client *c, struct bytes filter)
{
    struct backlog **at = &c->backlog;
    size_t count = 0;
    for (; *at; at = &(*at)->next, count++) {
        if (bytes_equal(bytes_of((*at)->filter, (*at)->len), filter)) {
            return *at;
        }
    }
    if (count >= LIMIT_SUBSCRIPTIONS_PER_SESSION) {
        metrics_drop(c->wire.in->config.metrics, DROP_MQTT_SUBSCRIPTION, 1);
        return NULL;
    }
    struct backlog *b = mem_alloc(sizeof *b + filter.len);
    *b = (struct backlog){.len = (uint32_t)filter.len};
    memcpy(b->filter, filter.ptr, filter.len);
    *at = b;
    return b;
}

void client_begin_backlog(struct client *c, struct bytes filter, const struct subs_options *options)
{
    struct ingest *in = c->wire.in;
    struct receiver r = {c, options};
    system_retained(in, filter, give_system, &r);
    if (!mqtt_filter_is_wild(filter)) {
        struct message *m = retained_find(&in->retained, filter);
        if (m && !forget_expired(in, m)) {
            struct message_parts parts = message_parts(m);
            give_retained(c, &parts, options);
        }
        return;
    }
    struct backlog *b = in->retained.count ? find_or_add(c, filter) : NULL;
    if (b) {
        b->at = 0;
        b->options = *options;
        list_backlogged(c);
    }
}

static void drop_first(struct client *c)
{
    struct backlog *b = c->backlog;
    c->backlog = b->next;
    free(b);
}

/* Sends until the budget, the client's room or its walks are used up. */
static void walk(struct client *c, uint32_t *budget)
{
    struct ingest *in = c->wire.in;
    while (c->backlog && *budget && client_has_room(c)) {
        struct backlog *b = c->backlog;
        struct bytes filter = bytes_of(b->filter, b->len);
        struct message *m = retained_next(&in->retained, filter, &b->at, budget);
        if (m && !forget_expired(in, m)) {
            struct message_parts parts = message_parts(m);
            give_retained(c, &parts, &b->options);
        } else if (b->at >= in->retained.slots_count) {
            drop_first(c);
        }
    }
}

static void unlist(struct client *c)
{
    struct client **at = &c->wire.in->backlogged;
    while (*at && *at != c) {
        at = &(*at)->next_backlogged;
    }
    if (*at) {
        *at = c->next_backlogged;
    }
    c->is_backlogged = false;
}

void client_drop_backlog(struct client *c)
{
    while (c->backlog) {
        drop_first(c);
    }
    if (c->is_backlogged) {
        unlist(c);
    }
}

static void send_backlogs(void *ctx)
{
    struct ingest *in = ctx;
    uint32_t budget = BUDGET;
    struct client *c = in->backlogged;
    while (c) {
        struct client *next = c->next_backlogged;
        walk(c, &budget);
        if (!c->backlog) {
            unlist(c);
        }
        c = next;
    }
    if (in->backlogged && !in->closing) {
        loop_timer_start(in->loop, &in->backlog, PERIOD_MS, 0, send_backlogs, in);
    }
    ingest_settle(in);
}
