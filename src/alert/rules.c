/* SPDX-License-Identifier: Apache-2.0 */
/* Rules, and who wants to know of what. */
#include "alert/state.h"

#include "base/mem.h"

uint32_t alert_slots_take(struct slots *s)
{
    return s->free_count ? s->free[--s->free_count] : s->end++;
}

void alert_slots_give(struct slots *s, uint32_t slot)
{
    s->free = mem_grow(s->free, s->free_count, &s->free_cap, sizeof *s->free);
    s->free[s->free_count++] = slot;
}

static struct bytes rule_key(const void *owner, uint32_t value)
{
    const struct alert_engine *e = owner;
    return bytes_of_text(e->rules[value].pub.id.text);
}

static struct bytes interest_key(const void *owner, uint32_t value)
{
    const struct alert_engine *e = owner;
    return bytes_of(e->interests[value].key, e->interests[value].key_len);
}

void alert_rules_init(struct alert_engine *e)
{
    strmap_init(&e->rule_by_id, e->hash_key, rule_key, e);
    strmap_init(&e->interest_by_key, e->hash_key, interest_key, e);
}

void alert_rules_fini(struct alert_engine *e)
{
    for (uint32_t i = 0; i < e->rule_slots.end; i++) {
        alert_definition_free(e->rules[i].definition);
    }
    for (uint32_t i = 0; i < e->interest_slots.end; i++) {
        free(e->interests[i].key);
        free(e->interests[i].items);
    }
    free(e->rules);
    free(e->rule_slots.free);
    free(e->rule_order);
    free(e->interests);
    free(e->interest_slots.free);
    free(e->muters);
    strmap_fini(&e->rule_by_id);
    strmap_fini(&e->interest_by_key);
}

struct rule *alert_rule_row(const struct alert_engine *e, struct bytes id)
{
    uint32_t slot = strmap_find(&e->rule_by_id, id);
    return slot == STRMAP_NONE ? NULL : &e->rules[slot];
}

/* ---- interests ---- */

static uint32_t find_interest(struct alert_engine *e, struct bytes device, struct bytes sensor)
{
    buf_clear(&e->scratch);
    buf_put_bytes(&e->scratch, device);
    buf_put_byte(&e->scratch, 0);
    buf_put_bytes(&e->scratch, sensor);
    return strmap_find(&e->interest_by_key, buf_bytes(&e->scratch));
}

const struct interest *alert_find_interest(struct alert_engine *e, struct bytes device,
                                           struct bytes sensor)
{
    uint32_t slot = find_interest(e, device, sensor);
    return slot == STRMAP_NONE ? NULL : &e->interests[slot];
}

static void add_interest(struct alert_engine *e, struct bytes device, struct bytes sensor,
                         uint32_t rule, uint32_t leaf)
{
    uint32_t slot = find_interest(e, device, sensor);
    if (slot == STRMAP_NONE) {
        slot = alert_slots_take(&e->interest_slots);
        e->interests = mem_grow(e->interests, slot, &e->interest_cap, sizeof *e->interests);
        e->interests[slot] = (struct interest){.key = mem_text(e->scratch.ptr, e->scratch.len),
                                               .key_len = (uint32_t)e->scratch.len};
        strmap_put(&e->interest_by_key, slot);
    }
    struct interest *i = &e->interests[slot];
    i->items = mem_grow(i->items, i->count, &i->cap, sizeof *i->items);
    i->items[i->count].rule = rule;
    i->items[i->count++].leaf = leaf;
}

static void drop_interest(struct alert_engine *e, struct bytes device, struct bytes sensor,
                          uint32_t rule, uint32_t leaf)
{
    uint32_t slot = find_interest(e, device, sensor);
    ASSERT(slot != STRMAP_NONE);
    struct interest *i = &e->interests[slot];
    size_t at = 0;
    while (i->items[at].rule != rule || i->items[at].leaf != leaf) {
        at++;
    }
    memmove(&i->items[at], &i->items[at + 1], (i->count - at - 1) * sizeof *i->items);
    if (--i->count == 0) {
        strmap_remove(&e->interest_by_key, bytes_of(i->key, i->key_len));
        free(i->key);
        free(i->items);
        *i = (struct interest){0};
        alert_slots_give(&e->interest_slots, slot);
    }
}

/* Adds or drops all interests of a rule. */
static void each_interest(struct alert_engine *e, uint32_t rule,
                          void (*each)(struct alert_engine *e, struct bytes device,
                                       struct bytes sensor, uint32_t rule, uint32_t leaf))
{
    const struct alert_definition *d = e->rules[rule].definition;
    for (uint32_t leaf = 0; leaf < d->leaf_count; leaf++) {
        struct bytes sensor = bytes_of_text(d->leaves[leaf].sensor);
        if (d->scope != SCOPE_DEVICES) {
            each(e, BYTES(""), sensor, rule, leaf);
            continue;
        }
        for (size_t i = 0; i < d->scoped_count; i++) {
            each(e, bytes_of_text(d->scoped[i]), sensor, rule, leaf);
        }
    }
}

/* ---- rules ---- */

static void adopt(struct alert_engine *e, struct rule *rule, struct alert_definition *definition)
{
    definition->flap_after = e->config.flap_after;
    rule->definition = definition;
    rule->pub.definition = definition;
    rule->pub.name = definition->name;
    rule->pub.enabled = definition->enabled;
    if (e->decides) {
        each_interest(e, alert_rule_slot(e, rule), add_interest);
        if (definition->mutes_rule || definition->mutes_tag) {
            e->muters = mem_grow(e->muters, e->muter_count, &e->muter_cap, sizeof *e->muters);
            e->muters[e->muter_count++] = alert_rule_slot(e, rule);
        }
    }
}

static void forget_muter(struct alert_engine *e, uint32_t slot)
{
    size_t kept = 0;
    for (size_t i = 0; i < e->muter_count; i++) {
        if (e->muters[i] != slot) {
            e->muters[kept++] = e->muters[i];
        }
    }
    e->muter_count = kept;
}

static void disown(struct alert_engine *e, struct rule *rule)
{
    ASSERT(rule->first == SLOT_NONE);
    if (e->decides) {
        forget_muter(e, alert_rule_slot(e, rule));
        each_interest(e, alert_rule_slot(e, rule), drop_interest);
    }
    alert_definition_free(rule->definition);
    rule->definition = NULL;
}

struct rule *alert_add_rule(struct alert_engine *e, const struct text_id *id,
                            struct alert_definition *take_definition)
{
    uint32_t slot = alert_slots_take(&e->rule_slots);
    e->rules = mem_grow(e->rules, slot, &e->rule_cap, sizeof *e->rules);
    struct rule *rule = &e->rules[slot];
    *rule = (struct rule){.pub = {.id = *id}, .first = SLOT_NONE};
    strmap_put(&e->rule_by_id, slot);
    adopt(e, rule, take_definition);
    e->rule_order =
        mem_grow(e->rule_order, e->rule_count, &e->rule_order_cap, sizeof *e->rule_order);
    e->rule_order[e->rule_count++] = slot;
    return rule;
}

void alert_set_definition(struct alert_engine *e, struct rule *rule,
                          struct alert_definition *take_definition)
{
    disown(e, rule);
    adopt(e, rule, take_definition);
}

static void forget_order(struct alert_engine *e, uint32_t slot)
{
    uint32_t i = 0;
    while (e->rule_order[i] != slot) {
        i++;
    }
    e->rule_count--;
    memmove(&e->rule_order[i], &e->rule_order[i + 1], (e->rule_count - i) * sizeof *e->rule_order);
}

void alert_remove_rule(struct alert_engine *e, struct rule *rule)
{
    uint32_t slot = alert_rule_slot(e, rule);
    disown(e, rule);
    strmap_remove(&e->rule_by_id, bytes_of_text(rule->pub.id.text));
    forget_order(e, slot);
    alert_slots_give(&e->rule_slots, slot);
}
