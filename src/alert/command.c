/* SPDX-License-Identifier: Apache-2.0 */
/* What a person may do with rules and alerts. A command is checked whole before anything of it is
 * done. An open alert shows the rule as it was when it was raised: a change of the rule that is
 * still met leaves it as it is. */
#include "alert/state.h"

#include "base/mem.h"
#include "proto/json/json.h"

static void fail(struct command *c, enum err result, const char *field, const char *message)
{
    c->result = result;
    c->field = field;
    c->message = message;
}

static void fail_definition(struct command *c)
{
    fail(c, ERR_INVALID, c->document.fault.field, c->document.fault.message);
}

/* ---- rules ---- */

/* Everything that the rule is bound to looks at what is known. */
static void look_at_all(struct alert_engine *e, uint32_t rule, struct batch *out)
{
    uint32_t next;
    for (uint32_t i = e->rules[rule].first; i != SLOT_NONE; i = next) {
        next = e->instances[i].next_of_rule;
        alert_look(e, i, out);
    }
}

static void create_rule(struct alert_engine *e, struct command *c, wall_ms now, struct batch *out)
{
    struct alert_definition *d =
        alert_definition_parse(buf_bytes(&c->definition), &c->document.fault);
    if (!d) {
        fail_definition(c);
        return;
    }
    if (e->rule_count >= e->config.max_rules) {
        alert_definition_free(d);
        fail(c, ERR_FULL, NULL, "the limit on rules is reached");
        return;
    }
    c->made = text_id_next(&e->rule_ids);
    struct rule *rule = alert_add_rule(e, &c->made, d);
    rule->pub.created = rule->pub.updated = now;
    alert_write_rule(e, rule, out);
    uint32_t slot = alert_rule_slot(e, rule);
    alert_bind_rule(e, slot);
    look_at_all(e, slot, out);
}

/* The rule as it is, with what the command gives read over it; NULL when that can't be. */
static struct alert_definition *changed(struct alert_engine *e, const struct rule *rule,
                                        struct command *c)
{
    struct json_writer w;
    struct buf text = {0};
    json_writer_init(&w, &text);
    json_write_object(&w);
    alert_definition_put(&w, rule->definition);
    json_write_object_end(&w);
    struct alert_definition *d = alert_definition_parse(buf_bytes(&text), &c->document.fault);
    buf_fini(&text);
    ASSERT(d); /* what is written reads back */
    (void)e;
    if (alert_definition_read(buf_bytes(&c->definition), d, &c->document.fault) != OK) {
        alert_definition_free(d);
        return NULL;
    }
    return d;
}

/* Takes the open alerts of the rule away from its instances, which go. Returns them in `kept`.
 * Ownership: the array is the caller's. */
static struct open_alert **set_aside(struct alert_engine *e, uint32_t rule, size_t *kept,
                                     struct batch *out)
{
    struct open_alert **aside = NULL;
    size_t cap = 0;
    *kept = 0;
    while (e->rules[rule].first != SLOT_NONE) {
        uint32_t slot = e->rules[rule].first;
        alert_close_late(e, slot, out);
        if (e->instances[slot].open) {
            aside = mem_grow(aside, *kept, &cap, sizeof *aside);
            aside[(*kept)++] = e->instances[slot].open;
        }
        alert_remove_instance(e, slot);
    }
    return aside;
}

static bool looks_at(const struct alert_definition *d, const char *sensor)
{
    for (unsigned i = 0; i < d->leaf_count; i++) {
        const char *of = d->leaves[i].sensor ? d->leaves[i].sensor : "";
        if (strcmp(of, sensor) == 0) {
            return true;
        }
    }
    return false;
}

/* Alerts of what the rule was go on as alerts of what it is, where it is about the same. */
static void take_back(struct alert_engine *e, uint32_t rule, struct open_alert **aside,
                      size_t count, wall_ms now, struct batch *out)
{
    for (size_t i = 0; i < count; i++) {
        struct open_alert *a = aside[i];
        uint32_t slot = alert_find_instance(e, rule, a->device);
        if (slot != SLOT_NONE && looks_at(e->rules[rule].definition, a->pub.sensor)) {
            alert_adopt(e, slot, a);
        } else {
            alert_end(e, a, now, out);
        }
    }
}

static void patch_rule(struct alert_engine *e, struct command *c, uint32_t slot, wall_ms now,
                       struct batch *out)
{
    struct alert_definition *d = changed(e, &e->rules[slot], c);
    if (!d) {
        fail_definition(c);
        return;
    }
    size_t count;
    struct open_alert **aside = set_aside(e, slot, &count, out);
    struct rule *rule = &e->rules[slot];
    alert_set_definition(e, rule, d);
    rule->pub.updated = now;
    alert_write_rule(e, rule, out);
    alert_bind_rule(e, slot);
    take_back(e, slot, aside, count, now, out);
    free(aside);
    look_at_all(e, slot, out);
}

static void delete_rule(struct alert_engine *e, struct rule *rule, wall_ms now, struct batch *out)
{
    struct rule_change *gone = batch_add_rule(out);
    gone->id = rule->pub.id;
    gone->deleted = true;
    alert_retire_rule(e, rule, now, out);
    alert_remove_rule(e, rule);
}

static void change_rule(struct alert_engine *e, struct command *c, wall_ms now, struct batch *out)
{
    struct rule *rule = alert_rule_row(e, bytes_of_text(c->id.text));
    if (!rule) {
        fail(c, ERR_NOT_FOUND, NULL, "no rule with this id");
    } else if (c->kind == COMMAND_DELETE_RULE) {
        delete_rule(e, rule, now, out);
    } else {
        patch_rule(e, c, alert_rule_slot(e, rule), now, out);
    }
}

/* ---- alerts ---- */

_Static_assert(LIMIT_NOTE_BYTES == 1024, "the message below names it");

static bool note_is_good(struct command *c)
{
    struct bytes note = bytes_of_text(c->note);
    if (note.len > LIMIT_NOTE_BYTES || !text_is_printable(note)) {
        fail(c, ERR_INVALID, "note", "expected at most 1024 bytes without control characters");
        return false;
    }
    return true;
}

static void acknowledge_open(struct open_alert *a, const struct command *c, wall_ms now,
                             struct batch *out)
{
    const char *by = c->by.text[0] ? c->by.text : "local";
    alert_set_acknowledged(a, bytes_of_text(by), bytes_of_text(c->note), now);
    a->pub.updated = now;
    a->pub.changed_seq = out->seq;
    alert_write(a, ALERT_UPDATED, out);
}

static void acknowledge(struct alert_engine *e, struct command *c, wall_ms now, struct batch *out)
{
    struct bytes id = bytes_of_text(c->id.text);
    if (!note_is_good(c)) {
        return;
    }
    struct open_alert *a = alert_open_row(e, id);
    const struct open_alert *over = a ? NULL : alert_find_resolved(e, id);
    bool says = (c->fields & FIELD_NOTE) && a && strcmp(a->pub.note, c->note) != 0;
    if (a && a->pub.state == ALERT_STATE_PENDING) {
        fail(c, ERR_EXISTS, NULL, "it is pending: nobody was told of it yet");
    } else if (a && (!a->pub.acknowledged || says)) {
        acknowledge_open(a, c, now, out);
    } else if (!a && !(over && over->pub.acknowledged)) {
        fail(c, ERR_NOT_FOUND, NULL, "no open alert with this id");
    }
}

static void release(struct alert_engine *e, struct command *c, wall_ms now, struct batch *out)
{
    struct open_alert *a = alert_open_row(e, bytes_of_text(c->id.text));
    if (!a) {
        fail(c, ERR_NOT_FOUND, NULL, "no open alert with this id");
    } else if (a->pub.acknowledged) {
        alert_set_released(a);
        a->pub.updated = now;
        a->pub.changed_seq = out->seq;
        alert_write(a, ALERT_UPDATED, out);
    }
}

void alert_command(struct alert_engine *e, struct command *c, wall_ms now, struct batch *out)
{
    c->result = OK;
    c->field = c->message = NULL;
    alert_watch_clock(e, out->now);
    if (c->kind == COMMAND_ACKNOWLEDGE) {
        acknowledge(e, c, now, out);
    } else if (c->kind == COMMAND_RELEASE) {
        release(e, c, now, out);
    } else if (c->kind == COMMAND_CREATE_RULE) {
        create_rule(e, c, now, out);
    } else {
        ASSERT(c->kind == COMMAND_PATCH_RULE || c->kind == COMMAND_DELETE_RULE);
        change_rule(e, c, now, out);
    }
    bool of_rules = c->kind != COMMAND_ACKNOWLEDGE && c->kind != COMMAND_RELEASE;
    if (of_rules && c->result == OK) {
        alert_mute_all(e, SLOT_NONE, now, out); /* it may mute others, or no longer */
    }
    alert_count(e);
    if (c->result == OK) {
        c->seq = out->seq;
    }
}
