/* SPDX-License-Identifier: Apache-2.0 */
/* Who is told what, when and how: channels, routes, people and subscriptions as people write them
 * down, the plan that is made of them for each alert, and what a mail, a push message or a webhook
 * then says. Pure: the notify thread keeps the rows and sends them. */
#ifndef TELLTALE_NOTIFY_NOTIFY_H
#define TELLTALE_NOTIFY_NOTIFY_H

#include "model/command.h"
#include "model/document.h"
#include "model/outbox.h"
#include "proto/json/json.h"
#include "proto/push/push.h"

#include "base/config.h"
#include "model/rule.h"

/* ---- alerts as they are told ---- */

/* An alert at one moment, with what is known of its device. Texts are borrowed from `memory`. */
struct notify_alert {
    struct buf memory;
    struct bytes id, rule, rule_name;
    struct bytes device, device_name, place;
    struct bytes tags; /* each followed by a NUL byte */
    struct bytes sensor, message, note, acknowledged_by;
    enum severity severity;
    enum alert_state state;
    bool quiet; /* pending or muted: nobody is told */
    double value, threshold;
    wall_ms started, ended; /* WALL_NONE while it is open */
};

/* As JSON, for the outbox and back. Errors: ERR_INVALID it is not what was written. */
void notify_alert_write(const struct notify_alert *a, struct buf *out);
MUST_CHECK enum err notify_alert_read(struct bytes json, struct notify_alert *a);
void notify_alert_fini(struct notify_alert *a);

/* ---- what people write down ---- */

enum notify_channel_type {
    CHANNEL_EMAIL,
    CHANNEL_WEBHOOK,
    CHANNEL_MQTT,
    CHANNEL_PUSH, /* all browsers that were subscribed */
    CHANNEL_TYPE_COUNT
};

enum notify_security { SECURITY_STARTTLS, SECURITY_TLS, SECURITY_NONE };

/* A way to tell somebody. Texts are owned; NULL when not given. */
struct notify_channel {
    char *id;
    char *name;
    enum notify_channel_type type;
    bool enabled;
    bool resolved;     /* tell the end too */
    bool acknowledged; /* ... and who has it in hand */
    uint32_t budget;   /* messages an hour; the rest in a digest */
    /* e-mail */
    struct config_list to;
    char *from;
    char *server; /* NULL: that of the settings */
    uint32_t port;
    enum notify_security security;
    char *user;
    char *password;
    /* webhook */
    char *url;
    char *preset;
    char *template_text; /* JSON */
    char *params;        /* a JSON object of strings */
    char *headers;       /* likewise */
    char *secret;
    bool single; /* an alert a request */
    /* MQTT */
    char *topic;
    bool links;
};

/* To whom it goes when, and what happens while nobody acknowledges. */
struct notify_step {
    uint64_t after_ms;
    struct config_list to; /* channel:ID, person:ID, push, email */
};

#define NOTIFY_STEPS_MAX 8

struct notify_route {
    char *id;
    char *name;
    bool enabled;
    struct config_list severities; /* each list matches all when it is empty */
    struct config_list rules;
    struct config_list devices;
    struct config_list tags;
    struct notify_hours {
        uint32_t from_minute, to_minute; /* of the day; equal: all day */
        uint32_t days;                   /* a bit a weekday, Sunday first; 0: all */
        char *zone;                      /* NULL: UTC */
    } hours;
    uint32_t group; /* enum notify_group */
    uint64_t interval_ms;
    uint64_t repeat_ms; /* 0: told once */
    struct notify_step steps[NOTIFY_STEPS_MAX];
    size_t step_count;
};

enum notify_group { GROUP_BY_RULE, GROUP_BY_DEVICE, GROUP_BY_TAG, GROUP_BY_NOTHING };

struct notify_person {
    char *id;
    char *name;
    char *email;
    struct config_list channels;
};

/* A browser. */
struct notify_subscription {
    char *id;
    char *endpoint;
    char *person; /* NULL: nobody's in particular */
    char *name;
    bool private; /* values are not shown on a lock screen */
    struct push_keys keys;
};

/* Whether a document of these kinds can be kept; others always can. Errors: ERR_INVALID, with the
 * member and why. */
MUST_CHECK enum err notify_check(enum document_kind kind, struct bytes body,
                                 struct document_fault *fault);

/* All of them. Zeroed is empty. */
struct notify_book {
    struct notify_channel **channels;
    size_t channel_count, channel_cap;
    struct notify_route **routes;
    size_t route_count, route_cap;
    struct notify_route **rules; /* what a rule says of its own alerts; by the rule's id */
    size_t rule_count, rule_cap;
    struct notify_person **people;
    size_t person_count, person_cap;
    struct notify_subscription **subscriptions;
    size_t subscription_count, subscription_cap;
};

/* Takes a document, or forgets it when `body` is empty. Other kinds, and what an earlier version
 * kept and this one does not understand, are passed over. */
void notify_book_put(struct notify_book *b, enum document_kind kind, struct bytes id,
                     struct bytes body);
/* Takes what a rule says under `notify`: a route of its own, which its alerts take instead of all
 * others. Empty: the rule is gone. What can't be read is passed over. */
void notify_book_rule(struct notify_book *b, struct bytes rule, struct bytes definition);
void notify_book_clear(struct notify_book *b);
const struct notify_channel *notify_book_channel(const struct notify_book *b, struct bytes id);
const struct notify_subscription *notify_book_subscription(const struct notify_book *b,
                                                           struct bytes id);

/* The template that a webhook renders: its own, or that of its preset. */
struct bytes notify_channel_template(const struct notify_channel *c);

/* The channel that reaches every browser; it needs no document. */
#define NOTIFY_PUSH "push"

/* ---- the plan ---- */

/* Minutes since Sunday 0:00 at `now` in a time zone; NULL is UTC. Errors: ERR_NOT_FOUND no such
 * zone. */
typedef enum err (*notify_local_time)(const char *zone, wall_ms now, uint32_t *minutes);

/* One thing to tell. Texts are borrowed for the call. */
struct notify_want {
    const char *channel;
    const char *target; /* a subscription's id or an address; "" all that the channel has */
    const char *route;  /* id; "" of no route */
    const char *group;  /* "": it shares a message with nobody */
    uint32_t step;
    uint64_t after_ms;
    uint64_t interval_ms; /* of the group */
    uint64_t repeat_ms;
};

struct notify_plan {
    const struct notify_book *book;
    const struct notify_alert *alert;
    wall_ms wall; /* for routes with hours */
    notify_local_time local;
    void (*want)(void *ctx, const struct notify_want *w);
    void *ctx;
};

/* Says who is to be told that the alert fires: at once, and step by step while nobody acknowledges.
 * The same channel and target may come more than once. */
void notify_plan_firing(const struct notify_plan *p);

/* ---- the outbox ---- */

/* Messages of a channel that are remembered for its budget, and the largest budget. */
#define NOTIFY_BUDGET_MAX 64
/* Alerts of one message; a digest says how many more there are. */
#define NOTIFY_ALERTS_MAX  50
#define NOTIFY_INTERVAL_MS 300000u
#define NOTIFY_MAIL_BUDGET 20

struct outbox_item;
struct outbox_gate;
struct outbox_group;

/* Rows that wait, and those of open alerts, which tell who is to hear of their end. Time here never
 * jumps: `now` is the wall time of the start and what passed since. Zeroed is empty. */
struct notify_outbox {
    struct outbox_item *items;
    size_t count, cap;
    size_t waiting;
    struct outbox_group *groups;
    size_t group_count, group_cap;
    struct outbox_gate *gates; /* one a channel and target */
    size_t gate_count, gate_cap;
    uint64_t written;  /* number of the last write that was handed out */
    uint64_t messages; /* number of the last one */
    uint64_t retry_ms; /* first pause after a failure */
    uint64_t dropped;  /* rows beyond LIMIT_OUTBOX_ROWS */
    uint64_t sent;     /* messages that were taken */
    uint64_t failed;   /* ... that never will be */
    uint64_t retried;  /* messages that will be tried again */
    uint64_t digested; /* rows that a budget moved into a digest */
};

void notify_outbox_fini(struct notify_outbox *o);

/* Takes a row that the store held at start. Ownership: taken over. */
void notify_outbox_load(struct notify_outbox *o, struct outbox_row *take_row);

/* Makes rows of open alerts due again whose channel keeps nothing over a restart: topics. They are
 * sent as they were, and the store need not know. */
void notify_outbox_renew_topics(struct notify_outbox *o, const struct notify_book *book);

/* What an alert became: rows are added for those who are to know, and taken back from those who
 * need not any more. Returns what the store must keep, or NULL. Ownership of it: the caller's. */
struct outbox_write *notify_outbox_alert(struct notify_outbox *o, const struct notify_plan *plan,
                                         wall_ms now);

/* The store has the write with this number, and those before it. */
void notify_outbox_saved(struct notify_outbox *o, uint64_t number);

/* A message that is due: rows of one channel, target and group, or of a channel beyond its budget.
 */
struct notify_due {
    const struct notify_channel *channel; /* NULL: the one of all browsers */
    const char *channel_id;
    const char *target;
    const struct outbox_row *rows[NOTIFY_ALERTS_MAX];
    size_t count;
    size_t left_out; /* rows that go with it and have no place in it */
    bool digest;
    uint64_t number; /* of the message under way */
};

/* The next one; its rows are under way then until notify_outbox_done. Borrowed until the next call
 * of anything here. False: nothing is due. */
bool notify_outbox_next(struct notify_outbox *o, const struct notify_book *book, wall_ms now,
                        struct notify_due *due);

/* When notify_outbox_next is to be asked again; INT64_MAX: not before something changes. */
wall_ms notify_outbox_wake(const struct notify_outbox *o, wall_ms now);

enum notify_outcome {
    OUTCOME_SENT,
    OUTCOME_RETRY,  /* nobody there, or not now */
    OUTCOME_REFUSED /* it will never be taken */
};

struct notify_result {
    enum notify_outcome outcome;
    bool gone;        /* with OUTCOME_REFUSED: the target is no more, and that is no trouble */
    uint64_t told_ms; /* not before this has passed, as the peer said; 0: it said nothing */
    char error[160];
};

/* How the message `number` went. Returns what the store must keep, or NULL. */
struct outbox_write *notify_outbox_done(struct notify_outbox *o, uint64_t number,
                                        const struct notify_result *result, uint32_t random,
                                        wall_ms now);

/* A channel changed or went: how the one before it failed says nothing any more, and what waits to
 * be tried again is tried at once. */
void notify_outbox_renew_channel(struct notify_outbox *o, struct bytes channel);

/* The channel that a message could not be sent on for a long time, or not at all: found once a
 * change of its state, and when the first message of this process went. False: none. */
struct notify_trouble {
    char channel[DOCUMENT_ID_MAX + 1];
    bool dead; /* false: it works again */
    char error[160];
};
bool notify_outbox_trouble(struct notify_outbox *o, struct notify_trouble *t);

/* ---- what is said ---- */

/* A message: one alert, or some of one group, the worst and newest first. */
struct notify_message {
    struct notify_alert *alerts;
    size_t count;
    size_t left_out; /* of a digest: more than fit */
    bool digest;
    bool test;
    const char *public_url;  /* of the page, without a slash at its end; NULL: no links */
    const uint8_t *link_key; /* of signed links */
    struct bytes person;     /* whom it is for; may be empty */
    wall_ms now;
};

/* Appends "CRITICAL boiler-1: temperature 92.1 above 90" or "RESOLVED ...". */
void notify_put_title(const struct notify_message *m, struct buf *out);
void notify_put_text(const struct notify_message *m, struct buf *out);
void notify_put_html(const struct notify_message *m, struct buf *out);
/* The payload of a push message, see docs/protocol/notify.md; at most `max` bytes. */
void notify_put_push(const struct notify_message *m, const struct notify_subscription *to,
                     size_t max, struct buf *out);

/* ---- templates ---- */

/* The template of a preset, or an empty slice. Static storage. */
struct bytes notify_preset(const char *name);

/* `params` is a JSON object of texts, in which those that the template names must be; empty: they
 * are not known. Errors: ERR_INVALID, with the place and why. */
MUST_CHECK enum err notify_template_check(struct bytes text, struct bytes params,
                                          struct document_fault *fault);

/* Appends the JSON that a checked template makes of a message. */
void notify_template_render(struct bytes text, struct bytes params, const struct notify_message *m,
                            struct buf *out);

/* ---- signed links ---- */

#define NOTIFY_LINK_KEY_BYTES 32
#define NOTIFY_LINK_MAX       256
#define NOTIFY_LINK_LIFE_MS   (7 * 86400000ll)

enum notify_action { NOTIFY_ACKNOWLEDGE, NOTIFY_SNOOZE, NOTIFY_ACTION_COUNT };

struct notify_link {
    enum notify_action action;
    wall_ms expires;
    struct text_id alert;
    char person[DOCUMENT_ID_MAX + 1];
};

/* Appends the token of a link. */
void notify_link_put(const uint8_t key[NOTIFY_LINK_KEY_BYTES], const struct notify_link *l,
                     struct buf *out);

/* Errors: ERR_INVALID it is not ours;  ERR_CLOSED it is over. */
MUST_CHECK enum err notify_link_read(const uint8_t key[NOTIFY_LINK_KEY_BYTES], struct bytes token,
                                     wall_ms now, struct notify_link *l);

/* ---- trying again ---- */

#define NOTIFY_GIVE_UP_MS (24 * 3600 * 1000ll)

/* When attempt number `attempts` (from 1) failed: ms until the next, doubled each time up to an
 * hour, by up to a quarter more or less as `random` says. `told_ms` is what the peer asked for. */
uint64_t notify_backoff_ms(uint64_t first_ms, uint32_t attempts, uint32_t random, uint64_t told_ms);

#endif
