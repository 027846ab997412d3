/* SPDX-License-Identifier: Apache-2.0 */
/* Which routes an alert takes, and whom they reach. */
#include "notify/parts.h"

#define DAY_MINUTES  1440
#define WEEK_MINUTES 10080

/* ---- does a route match? ---- */

static bool listed(const struct config_list *list, struct bytes word)
{
    for (size_t i = 0; i < list->count; i++) {
        if (bytes_equal(bytes_of_text(list->items[i]), word)) {
            return true;
        }
    }
    return list->count == 0;
}

static bool any_tag(const struct config_list *list, struct bytes tags)
{
    while (list->count && tags.len) {
        size_t end = bytes_index(tags, 0);
        if (listed(list, bytes_of(tags.ptr, end))) {
            return true;
        }
        tags = bytes_skip(tags, size_min(end + 1, tags.len));
    }
    return list->count == 0;
}

/* A window over midnight belongs to the day on which it began. */
static bool within(const struct notify_hours *h, uint32_t minutes)
{
    uint32_t day = minutes / DAY_MINUTES, minute = minutes % DAY_MINUTES;
    bool over = h->from_minute > h->to_minute;
    bool in = h->from_minute == h->to_minute ||
              (over ? minute >= h->from_minute || minute < h->to_minute
                    : minute >= h->from_minute && minute < h->to_minute);
    if (over && minute < h->to_minute) {
        day = (day + 6) % 7;
    }
    return in && (h->days == 0 || (h->days >> day & 1));
}

/* A zone that nobody knows is no reason to be silent. */
static bool in_hours(const struct notify_plan *p, const struct notify_hours *h)
{
    uint32_t minutes = 0;
    if (h->from_minute == h->to_minute && h->days == 0) {
        return true;
    }
    return !p->local || p->local(h->zone, p->wall, &minutes) != OK || within(h, minutes);
}

static bool matches(const struct notify_plan *p, const struct notify_route *r)
{
    const struct notify_alert *a = p->alert;
    return r->enabled && listed(&r->severities, bytes_of_text(severity_text(a->severity))) &&
           listed(&r->rules, a->rule) && listed(&r->devices, a->device) &&
           any_tag(&r->tags, a->tags) && in_hours(p, &r->hours);
}

/* ---- whom does it reach? ---- */

static void want(const struct notify_plan *p, struct notify_want w, const char *channel,
                 const char *target)
{
    w.channel = channel;
    w.target = target;
    p->want(p->ctx, &w);
}

static void want_channel(const struct notify_plan *p, const struct notify_want *w,
                         const struct notify_channel *c)
{
    struct notify_want one = *w;
    if (!c->enabled) {
        return;
    }
    if (c->type == CHANNEL_MQTT || c->single) {
        one.group = "";
    }
    want(p, one, c->id, "");
}

/* NULL: of everybody. */
static void want_browsers(const struct notify_plan *p, const struct notify_want *w,
                          const char *person)
{
    for (size_t i = 0; i < p->book->subscription_count; i++) {
        const struct notify_subscription *s = p->book->subscriptions[i];
        if (!person || (s->person && strcmp(s->person, person) == 0)) {
            want(p, *w, NOTIFY_PUSH, s->id);
        }
    }
}

static void want_type(const struct notify_plan *p, const struct notify_want *w,
                      enum notify_channel_type type)
{
    for (size_t i = 0; i < p->book->channel_count; i++) {
        if (p->book->channels[i]->type == type) {
            want_channel(p, w, p->book->channels[i]);
        }
    }
}

static void want_document(const struct notify_plan *p, const struct notify_want *w, struct bytes id)
{
    const struct notify_channel *c = notify_book_channel(p->book, id);
    if (c && c->type == CHANNEL_PUSH && c->enabled) {
        want_browsers(p, w, NULL);
    } else if (c) {
        want_channel(p, w, c);
    }
}

/* His mail goes by the first channel that can send one. */
static void want_mail(const struct notify_plan *p, const struct notify_want *w, const char *address)
{
    for (size_t i = 0; i < p->book->channel_count; i++) {
        const struct notify_channel *c = p->book->channels[i];
        if (c->type == CHANNEL_EMAIL && c->enabled) {
            want(p, *w, c->id, address);
            return;
        }
    }
}

static void want_person(const struct notify_plan *p, const struct notify_want *w, const char *id)
{
    for (size_t i = 0; i < p->book->person_count; i++) {
        const struct notify_person *one = p->book->people[i];
        if (strcmp(one->id, id) != 0) {
            continue;
        }
        for (size_t k = 0; k < one->channels.count; k++) {
            want_document(p, w, bytes_of_text(one->channels.items[k]));
        }
        if (one->email) {
            want_mail(p, w, one->email);
        }
        want_browsers(p, w, id);
    }
}

static void want_to(const struct notify_plan *p, const struct notify_want *w, const char *to)
{
    if (strcmp(to, "push") == 0) {
        want_browsers(p, w, NULL);
    } else if (strcmp(to, "email") == 0) {
        want_type(p, w, CHANNEL_EMAIL);
    } else if (strncmp(to, "channel:", 8) == 0) {
        want_document(p, w, bytes_of_text(to + 8));
    } else {
        want_person(p, w, to + strlen("person:"));
    }
}

/* ---- groups ---- */

static struct bytes first_tag(const struct notify_alert *a)
{
    return bytes_of(a->tags.ptr, bytes_index(a->tags, 0));
}

/* What is worse never waits for what is less bad: severity is part of the group. */
static void put_group(const struct notify_plan *p, enum notify_group by, const char *route,
                      struct buf *out)
{
    const struct notify_alert *a = p->alert;
    struct bytes value = by == GROUP_BY_DEVICE ? a->device
                         : by == GROUP_BY_TAG  ? first_tag(a)
                                               : a->rule;
    if (by != GROUP_BY_NOTHING) {
        buf_printf(out, "%s/%s/", route, severity_text(a->severity));
        buf_put_bytes(out, value);
    }
    buf_put_byte(out, 0);
}

static void take_route(const struct notify_plan *p, const struct notify_route *r)
{
    struct buf group = {0};
    put_group(p, (enum notify_group)r->group, r->id, &group);
    for (uint32_t i = 0; i < r->step_count; i++) {
        const struct notify_step *s = &r->steps[i];
        struct notify_want w = {
            .route = r->id,
            .group = i == 0 ? (const char *)group.ptr : "",
            .step = i,
            .after_ms = s->after_ms,
            .interval_ms = r->interval_ms,
            .repeat_ms = i == 0 ? r->repeat_ms : 0,
        };
        for (size_t k = 0; k < s->to.count; k++) {
            want_to(p, &w, s->to.items[k]);
        }
    }
    buf_fini(&group);
}

/* Where nobody said otherwise: critical alerts by e-mail, every alert by push and to the webhooks.
 */
static void take_default(const struct notify_plan *p)
{
    struct buf group = {0};
    put_group(p, GROUP_BY_RULE, "", &group);
    struct notify_want w = {
        .route = "", .group = (const char *)group.ptr, .interval_ms = NOTIFY_INTERVAL_MS};
    if (p->alert->severity == SEVERITY_CRITICAL) {
        want_type(p, &w, CHANNEL_EMAIL);
    }
    want_browsers(p, &w, NULL);
    want_type(p, &w, CHANNEL_WEBHOOK);
    buf_fini(&group);
}

/* The route that the alert's rule brings, unless it does not match now. */
static bool take_own(const struct notify_plan *p)
{
    for (size_t i = 0; i < p->book->rule_count; i++) {
        const struct notify_route *r = p->book->rules[i];
        if (bytes_equal(bytes_of_text(r->id), p->alert->rule) && matches(p, r)) {
            take_route(p, r);
            return true;
        }
    }
    return false;
}

void notify_plan_firing(const struct notify_plan *p)
{
    struct notify_want all = {.route = "", .group = ""};
    bool taken = take_own(p), own = taken;
    for (size_t i = 0; i < p->book->route_count && !own; i++) {
        if (matches(p, p->book->routes[i])) {
            take_route(p, p->book->routes[i]);
            taken = true;
        }
    }
    if (!taken) {
        take_default(p);
    }
    /* A topic is no news but the state of things: it has every alert. */
    want_type(p, &all, CHANNEL_MQTT);
}
