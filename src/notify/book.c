/* SPDX-License-Identifier: Apache-2.0 */
/* All that people wrote down about telling people. */
#include "notify/parts.h"

#include "base/mem.h"

enum err notify_check(enum document_kind kind, struct bytes body, struct document_fault *fault)
{
    struct bytes id = BYTES("new");
    struct notify_channel *c = NULL;
    struct notify_route *r = NULL;
    struct notify_person *p = NULL;
    struct notify_subscription *s = NULL;
    bool good = true;
    if (kind == DOCUMENT_CHANNEL) {
        good = (c = channel_read(id, body, fault)) != NULL;
    } else if (kind == DOCUMENT_ROUTE) {
        good = (r = route_read(id, body, fault)) != NULL;
    } else if (kind == DOCUMENT_PERSON) {
        good = (p = person_read(id, body, fault)) != NULL;
    } else if (kind == DOCUMENT_SUBSCRIPTION) {
        good = (s = subscription_read(id, body, fault)) != NULL;
    }
    channel_free(c);
    route_free(r);
    person_free(p);
    subscription_free(s);
    return good ? OK : ERR_INVALID;
}

/* Puts `fresh` (NULL: nothing) where the one with `id` stands, or at the end; returns what stood
 * there. All kinds begin with their id. */
static void *replace(void ***items, size_t *count, size_t *cap, struct bytes id, void *fresh)
{
    for (size_t i = 0; i < *count; i++) {
        void *old = (*items)[i];
        if (!bytes_equal(bytes_of_text(*(char **)old), id)) {
            continue;
        }
        if (fresh) {
            (*items)[i] = fresh;
        } else {
            (*items)[i] = (*items)[--*count];
        }
        return old;
    }
    if (fresh) {
        *items = mem_grow(*items, *count, cap, sizeof **items);
        (*items)[(*count)++] = fresh;
    }
    return NULL;
}

#define REPLACE(list, n, room, fresh)                                                              \
    replace((void ***)(void *)&b->list, &b->n, &b->room, id, (fresh))

void notify_book_put(struct notify_book *b, enum document_kind kind, struct bytes id,
                     struct bytes body)
{
    bool is = body.len > 0;
    if (kind == DOCUMENT_CHANNEL) {
        struct notify_channel *c = is ? channel_read(id, body, NULL) : NULL;
        channel_free(REPLACE(channels, channel_count, channel_cap, c));
    } else if (kind == DOCUMENT_ROUTE) {
        struct notify_route *r = is ? route_read(id, body, NULL) : NULL;
        route_free(REPLACE(routes, route_count, route_cap, r));
    } else if (kind == DOCUMENT_PERSON) {
        struct notify_person *p = is ? person_read(id, body, NULL) : NULL;
        person_free(REPLACE(people, person_count, person_cap, p));
    } else if (kind == DOCUMENT_SUBSCRIPTION) {
        struct notify_subscription *s = is ? subscription_read(id, body, NULL) : NULL;
        subscription_free(REPLACE(subscriptions, subscription_count, subscription_cap, s));
    }
}

/* The member `notify` of a rule; empty when it has none. */
static struct bytes notify_of(struct bytes definition)
{
    struct json_reader r;
    struct json_text key;
    struct bytes raw = {0};
    json_reader_init(&r, definition);
    if (definition.len && json_read_object(&r)) {
        while (json_read_key(&r, &key)) {
            if (json_text_is(key, "notify")) {
                return json_read_raw(&r, &raw) ? raw : (struct bytes){0};
            }
        }
    }
    return raw;
}

void notify_book_rule(struct notify_book *b, struct bytes rule, struct bytes definition)
{
    struct bytes id = rule, own = notify_of(definition);
    struct notify_route *r = own.len ? route_read(id, own, NULL) : NULL;
    route_free(REPLACE(rules, rule_count, rule_cap, r));
}

static void forget_documents(struct notify_book *b)
{
    for (size_t i = 0; i < b->channel_count; i++) {
        channel_free(b->channels[i]);
    }
    for (size_t i = 0; i < b->route_count; i++) {
        route_free(b->routes[i]);
    }
    for (size_t i = 0; i < b->person_count; i++) {
        person_free(b->people[i]);
    }
    for (size_t i = 0; i < b->subscription_count; i++) {
        subscription_free(b->subscriptions[i]);
    }
    b->channel_count = b->route_count = b->person_count = b->subscription_count = 0;
}

void notify_book_clear(struct notify_book *b)
{
    forget_documents(b);
    for (size_t i = 0; i < b->rule_count; i++) {
        route_free(b->rules[i]);
    }
    free(b->rules);
    free(b->channels);
    free(b->routes);
    free(b->people);
    free(b->subscriptions);
    *b = (struct notify_book){0};
}

const struct notify_channel *notify_book_channel(const struct notify_book *b, struct bytes id)
{
    for (size_t i = 0; i < b->channel_count; i++) {
        if (bytes_equal(bytes_of_text(b->channels[i]->id), id)) {
            return b->channels[i];
        }
    }
    return NULL;
}

const struct notify_subscription *notify_book_subscription(const struct notify_book *b,
                                                           struct bytes id)
{
    for (size_t i = 0; i < b->subscription_count; i++) {
        if (bytes_equal(bytes_of_text(b->subscriptions[i]->id), id)) {
            return b->subscriptions[i];
        }
    }
    return NULL;
}
