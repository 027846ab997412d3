/* SPDX-License-Identifier: Apache-2.0 */
/* Routes, people and the subscriptions of browsers, as they are written down. */
#include "notify/parts.h"

#include "base/mem.h"
#include "proto/mail/mail.h"

#define HOUR_MS 3600000ull
#define DAY_MS  86400000ull

/* ---- to whom ---- */

static bool valid_to(const char *text)
{
    const char *colon = strchr(text, ':');
    if (!colon) {
        return strcmp(text, "push") == 0 || strcmp(text, "email") == 0;
    }
    size_t kind = (size_t)(colon - text);
    bool known = (kind == 7 && memcmp(text, "channel", 7) == 0) ||
                 (kind == 6 && memcmp(text, "person", 6) == 0);
    return known && document_id_valid(bytes_of_text(colon + 1));
}

static const char to_expected[] = "channel:ID, person:ID, push or email";

static bool valid_severity(const char *text)
{
    enum severity s;
    return severity_parse(bytes_of_text(text), &s) == OK;
}

/* ---- hours ---- */

static const char *const day_names[] = {"sun", "mon", "tue", "wed", "thu", "fri", "sat"};

static bool parse_clock(const char *text, uint32_t *minute)
{
    uint64_t h, m;
    if (strlen(text) != 5 || text[2] != ':' || bytes_to_u64(bytes_of(text, 2), 24, &h) != OK ||
        bytes_to_u64(bytes_of(text + 3, 2), 59, &m) != OK || h * 60 + m > 1440) {
        return false;
    }
    *minute = (uint32_t)(h * 60 + m);
    return true;
}

static bool valid_clock(const char *text)
{
    uint32_t minute;
    return parse_clock(text, &minute);
}

static bool valid_day(const char *text)
{
    for (size_t i = 0; i < ARRAY_LEN(day_names); i++) {
        if (strcmp(text, day_names[i]) == 0) {
            return true;
        }
    }
    return false;
}

/* Names of the zone database: it is looked up in a folder, so nothing may climb out of that. */
static bool valid_zone(const char *text)
{
    size_t len = strlen(text);
    return len <= 64 && text[0] != '/' && text[0] != '.' && !strstr(text, "..") &&
           strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/_+-") ==
               len;
}

struct written_hours {
    char *from, *to, *zone;
    struct config_list days;
};

#define HOURS(member, kind) .type = kind, CONFIG_MEMBER(struct written_hours, member)

static const struct config_field hours_fields[] = {
    {.name = "from",
     HOURS(from, CONFIG_STRING),
     .valid = valid_clock,
     .expected = "a time of day, such as 08:30"},
    {.name = "to",
     HOURS(to, CONFIG_STRING),
     .valid = valid_clock,
     .expected = "a time of day, such as 17:00"},
    {.name = "zone",
     HOURS(zone, CONFIG_STRING),
     .valid = valid_zone,
     .expected = "a time zone, such as Europe/Berlin"},
    {.name = "days",
     HOURS(days, CONFIG_LIST),
     .valid = valid_day,
     .expected = "days: mon, tue, wed, thu, fri, sat, sun"},
};

static uint32_t days_of(const struct config_list *list)
{
    uint32_t days = 0;
    for (size_t i = 0; i < list->count; i++) {
        for (unsigned d = 0; d < ARRAY_LEN(day_names); d++) {
            days |= strcmp(list->items[i], day_names[d]) == 0 ? 1u << d : 0;
        }
    }
    return days;
}

static enum err read_hours(struct notify_hours *h, struct json_reader *r,
                           struct document_fault *fault)
{
    struct written_hours w = {0};
    const struct fields f = {hours_fields, ARRAY_LEN(hours_fields), &w, NULL, fault};
    enum err e = fields_read(&f, r);
    if (e == OK && !w.from != !w.to) {
        e = fault_set(fault, "hours", "from and to belong together");
    }
    if (e == OK && w.from && w.to) {
        bool good = parse_clock(w.from, &h->from_minute) && parse_clock(w.to, &h->to_minute);
        ASSERT(good);
    }
    h->days = days_of(&w.days);
    free(h->zone);
    h->zone = w.zone;
    free(w.from);
    free(w.to);
    config_list_clear(&w.days);
    return e;
}

/* ---- steps ---- */

static const struct config_field step_fields[] = {
    {.name = "after",
     .type = CONFIG_DURATION,
     CONFIG_MEMBER(struct notify_step, after_ms),
     .max = 7 * DAY_MS},
    {.name = "to",
     .type = CONFIG_LIST,
     CONFIG_MEMBER(struct notify_step, to),
     .valid = valid_to,
     .expected = to_expected},
};

static enum err read_steps(struct notify_route *route, struct json_reader *r,
                           struct document_fault *fault)
{
    if (json_peek(r) != JSON_ARRAY || !json_read_array(r)) {
        return fault_set(fault, "steps", "a list is expected");
    }
    while (json_read_item(r)) {
        if (route->step_count == NOTIFY_STEPS_MAX) {
            return fault_set(fault, "steps", "at most %d are possible", NOTIFY_STEPS_MAX);
        }
        struct notify_step *s = &route->steps[route->step_count++];
        const struct fields f = {step_fields, ARRAY_LEN(step_fields), s, NULL, fault};
        enum err e = fields_read(&f, r);
        if (e != OK) {
            return e;
        }
        if (s->after_ms == 0 || s->to.count == 0) {
            return fault_set(fault, "steps", "each needs `after`, above 0, and `to`");
        }
    }
    return OK;
}

/* ---- routes ---- */

#define ROUTE(member, kind) .type = kind, CONFIG_MEMBER(struct notify_route, member)

static const char *const groups[] = {"rule", "device", "tag", "none", NULL};

static const struct config_field match_fields[] = {
    {.name = "severity",
     ROUTE(severities, CONFIG_LIST),
     .valid = valid_severity,
     .expected = "info, warning or critical"},
    {.name = "rules", ROUTE(rules, CONFIG_LIST), .expected = "ids of rules"},
    {.name = "devices", ROUTE(devices, CONFIG_LIST), .expected = "ids of devices"},
    {.name = "tags", ROUTE(tags, CONFIG_LIST), .expected = "tags"},
};

static const struct config_field route_fields[] = {
    {.name = "name", ROUTE(name, CONFIG_STRING), .expected = "a text"},
    {.name = "enabled", ROUTE(enabled, CONFIG_BOOL)},
    {.name = "match", ROUTE(severities, CONFIG_ITEMS)},
    {.name = "hours", ROUTE(hours, CONFIG_ITEMS)},
    {.name = "group", ROUTE(group, CONFIG_WORD), .words = groups},
    {.name = "interval", ROUTE(interval_ms, CONFIG_DURATION), .max = DAY_MS},
    {.name = "repeat", ROUTE(repeat_ms, CONFIG_DURATION), .min = 60000, .max = 7 * DAY_MS},
    {.name = "to", ROUTE(steps[0].to, CONFIG_LIST), .valid = valid_to, .expected = to_expected},
    {.name = "steps", ROUTE(steps, CONFIG_ITEMS)},
};

static enum err route_items(void *base, const char *name, struct json_reader *r,
                            struct document_fault *fault)
{
    struct notify_route *route = base;
    if (strcmp(name, "hours") == 0) {
        return read_hours(&route->hours, r, fault);
    }
    if (strcmp(name, "steps") == 0) {
        return read_steps(route, r, fault);
    }
    const struct fields f = {match_fields, ARRAY_LEN(match_fields), route, NULL, fault};
    return fields_read(&f, r);
}

struct notify_route *route_read(struct bytes id, struct bytes body, struct document_fault *fault)
{
    struct notify_route *route = mem_zalloc(1, sizeof *route);
    const struct fields f = {route_fields, ARRAY_LEN(route_fields), route, route_items, fault};
    *route = (struct notify_route){.id = mem_text(id.ptr, id.len),
                                   .enabled = true,
                                   .interval_ms = NOTIFY_INTERVAL_MS,
                                   .step_count = 1};
    enum err e = fields_read_all(&f, body);
    if (e == OK && route->steps[0].to.count == 0 && route->step_count == 1) {
        e = fault_set(fault, "to", "%s is expected", to_expected);
    }
    if (e != OK) {
        route_free(route);
        return NULL;
    }
    return route;
}

void route_free(struct notify_route *route)
{
    if (route) {
        free(route->id);
        free(route->name);
        free(route->hours.zone);
        config_list_clear(&route->severities);
        config_list_clear(&route->rules);
        config_list_clear(&route->devices);
        config_list_clear(&route->tags);
        for (size_t i = 0; i < ARRAY_LEN(route->steps); i++) {
            config_list_clear(&route->steps[i].to);
        }
        free(route);
    }
}

/* ---- people ---- */

static bool valid_address(const char *text)
{
    return mail_address_valid(bytes_of_text(text));
}

static bool valid_id(const char *text)
{
    return document_id_valid(bytes_of_text(text));
}

static const struct config_field person_fields[] = {
    {.name = "name",
     .type = CONFIG_STRING,
     CONFIG_MEMBER(struct notify_person, name),
     .expected = "a text"},
    {.name = "email",
     .type = CONFIG_STRING,
     CONFIG_MEMBER(struct notify_person, email),
     .valid = valid_address,
     .expected = "an e-mail address, such as ops@example.org"},
    {.name = "channels",
     .type = CONFIG_LIST,
     CONFIG_MEMBER(struct notify_person, channels),
     .valid = valid_id,
     .expected = "ids of channels"},
};

struct notify_person *person_read(struct bytes id, struct bytes body, struct document_fault *fault)
{
    struct notify_person *p = mem_zalloc(1, sizeof *p);
    const struct fields f = {person_fields, ARRAY_LEN(person_fields), p, NULL, fault};
    p->id = mem_text(id.ptr, id.len);
    if (fields_read_all(&f, body) != OK) {
        person_free(p);
        return NULL;
    }
    return p;
}

void person_free(struct notify_person *p)
{
    if (p) {
        free(p->id);
        free(p->name);
        free(p->email);
        config_list_clear(&p->channels);
        free(p);
    }
}

/* ---- browsers ---- */

/* Push services are told a secret of the person's browser: encrypted, whatever the settings say. */
static bool valid_endpoint(const char *text)
{
    size_t len = strlen(text);
    return len > 9 && strncmp(text, "https://", 8) == 0 && !strpbrk(text, " #\\<>\"@") &&
           text[8] != '/' && text[8] != ':';
}

struct written_subscription {
    struct notify_subscription *to;
    char *endpoint, *person, *name, *p256dh, *auth;
    bool private;
};

#define BROWSER(member, kind) .type = kind, CONFIG_MEMBER(struct written_subscription, member)

static const struct config_field key_fields[] = {
    {.name = "p256dh", BROWSER(p256dh, CONFIG_STRING), .expected = "a text"},
    {.name = "auth", BROWSER(auth, CONFIG_STRING), .expected = "a text"},
};

static const struct config_field subscription_fields[] = {
    {.name = "endpoint",
     BROWSER(endpoint, CONFIG_STRING),
     .valid = valid_endpoint,
     .expected = "a URL that begins with https://"},
    {.name = "person",
     BROWSER(person, CONFIG_STRING),
     .valid = valid_id,
     .expected = "the id of a person"},
    {.name = "name", BROWSER(name, CONFIG_STRING), .expected = "a text"},
    {.name = "private", BROWSER(private, CONFIG_BOOL)},
    {.name = "keys", BROWSER(p256dh, CONFIG_ITEMS)},
    /* What browsers give with it, and nobody needs. */
    {.name = "expirationTime", BROWSER(auth, CONFIG_ITEMS)},
};

static enum err subscription_items(void *base, const char *name, struct json_reader *r,
                                   struct document_fault *fault)
{
    if (strcmp(name, "keys") != 0) {
        return json_skip(r) ? OK : ERR_INVALID;
    }
    const struct fields f = {key_fields, ARRAY_LEN(key_fields), base, NULL, fault};
    return fields_read(&f, r);
}

static enum err finish_subscription(struct written_subscription *w, struct document_fault *fault)
{
    if (!w->endpoint) {
        return fault_set(fault, "endpoint", "a subscription needs it");
    }
    if (push_keys_read(bytes_of_text(w->p256dh), bytes_of_text(w->auth), &w->to->keys) != OK) {
        return fault_set(fault, "keys", "p256dh and auth are not what a browser gives");
    }
    w->to->endpoint = w->endpoint;
    w->to->person = w->person;
    w->to->name = w->name;
    w->to->private = w->private;
    w->endpoint = w->person = w->name = NULL;
    return OK;
}

struct notify_subscription *subscription_read(struct bytes id, struct bytes body,
                                              struct document_fault *fault)
{
    struct notify_subscription *s = mem_zalloc(1, sizeof *s);
    struct written_subscription w = {.to = s};
    const struct fields f = {subscription_fields, ARRAY_LEN(subscription_fields), &w,
                             subscription_items, fault};
    s->id = mem_text(id.ptr, id.len);
    enum err e = fields_read_all(&f, body);
    e = e == OK ? finish_subscription(&w, fault) : e;
    free(w.endpoint);
    free(w.person);
    free(w.name);
    free(w.p256dh);
    free(w.auth);
    if (e != OK) {
        subscription_free(s);
        return NULL;
    }
    return s;
}

void subscription_free(struct notify_subscription *s)
{
    if (s) {
        free(s->id);
        free(s->endpoint);
        free(s->person);
        free(s->name);
        free(s);
    }
}
