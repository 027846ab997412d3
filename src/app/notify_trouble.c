/* SPDX-License-Identifier: Apache-2.0 */
#include "app/notify_trouble.h"

#include "alert/alert.h"
#include "app/mail.h"
#include "base/mem.h"

#define DEVICE "telltale"
#define PREFIX "channel."

void notify_rules_fini(struct notify_rules *r)
{
    free(r->rows);
    *r = (struct notify_rules){0};
}

static void forget(struct notify_rules *r, const struct notify_rule *row)
{
    size_t kept = 0;
    for (size_t i = 0; i < r->count; i++) {
        const struct notify_rule *old = &r->rows[i];
        bool same = strcmp(old->rule.text, row->rule.text) == 0;
        bool asked = old->rule.text[0] == 0 && strcmp(old->channel, row->channel) == 0;
        if (!same && !asked) {
            r->rows[kept++] = *old;
        }
    }
    r->count = kept;
}

static void add(struct notify_rules *r, const struct notify_rule *row)
{
    r->rows = mem_grow(r->rows, r->count, &r->cap, sizeof *r->rows);
    r->rows[r->count++] = *row;
}

/* The channel whose state a rule looks at; false when it is not of ours. */
static bool channel_of(struct bytes definition, char channel[DOCUMENT_ID_MAX + 1])
{
    struct document_fault why;
    const struct alert_device us = {.id = BYTES(DEVICE)};
    const char *sensors[LIMIT_RULE_CONDITIONS];
    struct alert_definition *d = alert_definition_parse(definition, &why);
    size_t count = d && alert_definition_covers(d, &us) ? alert_definition_sensors(d, sensors) : 0;
    bool found = false;
    for (size_t i = 0; i < count && !found; i++) {
        found = strncmp(sensors[i], PREFIX, strlen(PREFIX)) == 0 &&
                strlen(sensors[i]) - strlen(PREFIX) <= DOCUMENT_ID_MAX;
        if (found) {
            (void)snprintf(channel, DOCUMENT_ID_MAX + 1, "%s", sensors[i] + strlen(PREFIX));
        }
    }
    alert_definition_free(d);
    return found;
}

void notify_rules_apply(struct notify_rules *r, const struct batch *b)
{
    if (b->kind == BATCH_SNAPSHOT && b->rule_count) {
        r->count = 0;
    }
    for (size_t i = 0; i < b->rule_count; i++) {
        const struct rule_change *c = &b->rules[i];
        struct notify_rule row = {.rule = c->id};
        bool ours = !c->deleted && channel_of(batch_text(b, c->definition), row.channel);
        forget(r, &row);
        if (ours) {
            add(r, &row);
        }
    }
}

static bool has_rule(const struct notify_rules *r, const char *channel)
{
    for (size_t i = 0; i < r->count; i++) {
        if (strcmp(r->rows[i].channel, channel) == 0) {
            return true;
        }
    }
    return false;
}

static void post(struct mailbox *to, struct command *take_c)
{
    if (mailbox_post(to, (struct mail){.kind = MAIL_COMMAND, .body = take_c}) != OK) {
        command_free(take_c);
    }
}

static struct command *make_rule(const char *channel)
{
    struct command *c = command_new(COMMAND_CREATE_RULE);
    struct json_writer w;
    char text[DOCUMENT_ID_MAX + 32];
    json_writer_init(&w, &c->definition);
    json_write_object(&w);
    (void)snprintf(text, sizeof text, "Channel %s can't be used", channel);
    json_put_string(&w, "name", text);
    json_put_string(&w, "deviceId", DEVICE);
    (void)snprintf(text, sizeof text, PREFIX "%s", channel);
    json_put_string(&w, "sensorType", text);
    json_put_string(&w, "condition", "greater_than");
    json_put_number(&w, "threshold", 0);
    json_put_string(&w, "severity", "warning");
    json_write_object_end(&w);
    return c;
}

static struct command *make_reading(const struct notify_trouble *t)
{
    struct command *c = command_new(COMMAND_WRITE);
    struct written_text none = {0};
    char sensor[DOCUMENT_ID_MAX + 16];
    (void)snprintf(sensor, sizeof sensor, PREFIX "%s", t->channel);
    c->write = written_new();
    struct written_reading reading = {.time = WALL_NONE, .value = t->dead};
    reading.device = written_put_text(c->write, BYTES(DEVICE), none);
    reading.sensor = written_put_text(c->write, bytes_of_text(sensor), none);
    written_add(c->write, reading);
    return c;
}

bool notify_trouble_tell(struct notify_rules *r, const struct notify_trouble *t,
                         struct mailbox *to_ingest)
{
    if (!has_rule(r, t->channel)) {
        if (!t->dead) {
            return false; /* nobody ever heard of trouble */
        }
        struct notify_rule asked = {.channel = ""};
        (void)snprintf(asked.channel, sizeof asked.channel, "%s", t->channel);
        add(r, &asked);
        post(to_ingest, make_rule(t->channel));
    }
    post(to_ingest, make_reading(t));
    return true;
}
