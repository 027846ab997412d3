/* SPDX-License-Identifier: Apache-2.0 */
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

static struct bytes target_key(const void *owner, uint32_t value)
{
    const struct alert_engine *e = owner;
    return bytes_of(e->targets[value].key, e->targets[value].key_len);
}

void alert_rules_init(struct alert_engine *e)
{
    strmap_init(&e->rule_by_id, e->hash_key, rule_key, e);
    strmap_init(&e->target_by_names, e->hash_key, target_key, e);
}

void alert_rules_fini(struct alert_engine *e)
{
    for (uint32_t i = 0; i < e->target_slots.end; i++) {
        free(e->targets[i].key);
    }
    free(e->targets);
    free(e->target_slots.free);
    free(e->by_series);
    free(e->rules);
    free(e->rule_slots.free);
    free(e->rule_order);
    strmap_fini(&e->rule_by_id);
    strmap_fini(&e->target_by_names);
}

struct rule *alert_rule_row(const struct alert_engine *e, struct bytes id)
{
    uint32_t slot = strmap_find(&e->rule_by_id, id);
    return slot == STRMAP_NONE ? NULL : &e->rules[slot];
}

/* ---- targets ---- */

static struct bytes names_key(struct alert_engine *e, struct bytes device, struct bytes sensor)
{
    buf_clear(&e->scratch);
    buf_put_bytes(&e->scratch, device);
    buf_put_byte(&e->scratch, 0);
    buf_put_bytes(&e->scratch, sensor);
    return buf_bytes(&e->scratch);
}

static uint32_t find_or_add_target(struct alert_engine *e, struct bytes device, struct bytes sensor)
{
    struct bytes key = names_key(e, device, sensor);
    uint32_t slot = strmap_find(&e->target_by_names, key);
    if (slot != STRMAP_NONE) {
        return slot;
    }
    slot = alert_slots_take(&e->target_slots);
    e->targets = mem_grow(e->targets, slot, &e->target_cap, sizeof *e->targets);
    e->targets[slot] = (struct target){.key = mem_text(key.ptr, key.len),
                                       .key_len = (uint32_t)key.len,
                                       .device_len = (uint32_t)device.len,
                                       .series = SERIES_NONE,
                                       .first = SLOT_NONE,
                                       .last = SLOT_NONE};
    strmap_put(&e->target_by_names, slot);
    return slot;
}

static void set_by_series(struct alert_engine *e, uint32_t series, uint32_t target)
{
    if (series >= e->by_series_cap) {
        size_t cap = size_max((size_t)series + 1, e->by_series_cap * 2);
        e->by_series = mem_resize(e->by_series, cap, sizeof *e->by_series);
        memset(e->by_series + e->by_series_cap, 0xff,
               (cap - e->by_series_cap) * sizeof *e->by_series);
        e->by_series_cap = cap;
    }
    e->by_series[series] = target;
}

void alert_set_series(struct alert_engine *e, uint32_t slot, struct series_id series)
{
    struct target *t = &e->targets[slot];
    if (t->series.n != SERIES_NONE.n) {
        e->by_series[t->series.n] = SLOT_NONE;
    }
    if (series.n != SERIES_NONE.n) {
        set_by_series(e, series.n, slot);
    }
    t->series = series;
    for (uint32_t r = t->first; r != SLOT_NONE; r = e->rules[r].next) {
        e->rules[r].pub.series = series;
    }
}

static void remove_target(struct alert_engine *e, uint32_t slot)
{
    struct target *t = &e->targets[slot];
    alert_set_series(e, slot, SERIES_NONE);
    strmap_remove(&e->target_by_names, bytes_of(t->key, t->key_len));
    free(t->key);
    t->key = NULL;
    alert_slots_give(&e->target_slots, slot);
}

/* ---- rules ---- */

static uint32_t slot_of(const struct alert_engine *e, const struct rule *rule)
{
    return (uint32_t)(rule - e->rules);
}

static void attach(struct alert_engine *e, struct rule *rule, uint32_t target)
{
    struct target *t = &e->targets[target];
    uint32_t slot = slot_of(e, rule);
    if (t->last == SLOT_NONE) {
        t->first = slot;
    } else {
        e->rules[t->last].next = slot;
    }
    t->last = slot;
    rule->next = SLOT_NONE;
    rule->target = target;
    rule->pub.series = t->series;
    rule->pub.device = t->key;
    rule->pub.sensor = t->key + t->device_len + 1;
}

static void detach(struct alert_engine *e, const struct rule *rule)
{
    struct target *t = &e->targets[rule->target];
    uint32_t slot = slot_of(e, rule);
    uint32_t previous = SLOT_NONE;
    for (uint32_t r = t->first; r != slot; r = e->rules[r].next) {
        previous = r;
    }
    if (previous == SLOT_NONE) {
        t->first = rule->next;
    } else {
        e->rules[previous].next = rule->next;
    }
    if (t->last == slot) {
        t->last = previous;
    }
    if (t->first == SLOT_NONE) {
        remove_target(e, rule->target);
    }
}

struct rule *alert_add_rule(struct alert_engine *e, const struct text_id *id, struct bytes device,
                            struct bytes sensor)
{
    uint32_t target = find_or_add_target(e, device, sensor);
    uint32_t slot = alert_slots_take(&e->rule_slots);
    e->rules = mem_grow(e->rules, slot, &e->rule_cap, sizeof *e->rules);
    struct rule *rule = &e->rules[slot];
    *rule = (struct rule){.pub = {.id = *id}};
    attach(e, rule, target);
    strmap_put(&e->rule_by_id, slot);
    e->rule_order =
        mem_grow(e->rule_order, e->rule_count, &e->rule_order_cap, sizeof *e->rule_order);
    e->rule_order[e->rule_count++] = slot;
    return rule;
}

void alert_move_rule(struct alert_engine *e, struct rule *rule, struct bytes device,
                     struct bytes sensor)
{
    if (bytes_equal(device, bytes_of_text(rule->pub.device)) &&
        bytes_equal(sensor, bytes_of_text(rule->pub.sensor))) {
        return;
    }
    /* The new target first: device and sensor may point into the old one. */
    uint32_t target = find_or_add_target(e, device, sensor);
    detach(e, rule);
    attach(e, rule, target);
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
    uint32_t slot = slot_of(e, rule);
    if (rule->pub.open) {
        alert_open_row(e, bytes_of_text(rule->pub.open->id.text))->rule = SLOT_NONE;
    }
    detach(e, rule);
    strmap_remove(&e->rule_by_id, bytes_of_text(rule->pub.id.text));
    forget_order(e, slot);
    rule->target = SLOT_NONE;
    alert_slots_give(&e->rule_slots, slot);
}
