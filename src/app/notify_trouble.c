/* SPDX-License-Identifier: Apache-2.0 */
#include "app/notify_trouble.h"

#include "alert/alert.h"
#include "app/mail.h"
#include "app/own_trouble.h"
#include "base/mem.h"

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
    struct alert_definition *d = alert_definition_parse(definition, &why);
    bool found = d && own_trouble_of(d, PREFIX, channel, DOCUMENT_ID_MAX + 1);
    alert_definition_free(d);
    return found;
}

void notify_rules_apply(struct notify_rules *r, const struct batch *b)
{
    if (b->kind == BATCH_SNAPSHOT) {
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

bool notify_trouble_tell(struct notify_rules *r, const struct notify_trouble *t,
                         struct mailbox *to_ingest)
{
    char sensor[DOCUMENT_ID_MAX + 16], name[DOCUMENT_ID_MAX + 32];
    (void)snprintf(sensor, sizeof sensor, PREFIX "%s", t->channel);
    if (!has_rule(r, t->channel)) {
        if (!t->dead) {
            return false; /* nobody ever heard of trouble */
        }
        struct notify_rule asked = {.channel = ""};
        (void)snprintf(asked.channel, sizeof asked.channel, "%s", t->channel);
        add(r, &asked);
        (void)snprintf(name, sizeof name, "Channel %s can't be used", t->channel);
        post(to_ingest, own_trouble_rule(sensor, name));
    }
    post(to_ingest, own_trouble_reading(sensor, t->dead));
    return true;
}
