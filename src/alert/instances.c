/* SPDX-License-Identifier: Apache-2.0 */
/* Rules over devices, and the series that they watch. An instance is made when a device that its
 * rule covers has any of the sensors that the rule looks at (or when it looks at the status). */
#include "alert/state.h"

#include "base/mem.h"

/* ---- devices ---- */

struct device_row *alert_device_row(struct alert_engine *e, uint32_t device)
{
    if (device >= e->device_cap) {
        size_t cap = size_max((size_t)device + 1, e->device_cap * 2);
        e->devices = mem_resize(e->devices, cap, sizeof *e->devices);
        for (size_t i = e->device_cap; i < cap; i++) {
            e->devices[i] = (struct device_row){SLOT_NONE, SLOT_NONE, 0};
        }
        e->device_cap = cap;
    }
    return &e->devices[device];
}

/* ---- watched series ---- */

static void set_by_series(struct alert_engine *e, uint32_t series, uint32_t slot)
{
    if (series >= e->by_series_cap) {
        size_t cap = size_max((size_t)series + 1, e->by_series_cap * 2);
        e->by_series = mem_resize(e->by_series, cap, sizeof *e->by_series);
        memset(e->by_series + e->by_series_cap, 0xff,
               (cap - e->by_series_cap) * sizeof *e->by_series);
        e->by_series_cap = cap;
    }
    e->by_series[series] = slot;
}

/* Silence counts from now on, or from the newest reading that is known. */
static int64_t heard_at(const struct alert_engine *e, const struct alert_series *s)
{
    if (!s->has_latest || e->wall == WALL_NONE || s->time > e->wall) {
        return e->steady;
    }
    return e->steady - (e->wall - s->time);
}

static struct watched *watched_row(struct alert_engine *e, uint32_t series,
                                   const struct alert_series *s)
{
    struct watched *known = alert_watched_of(e, (struct series_id){series});
    if (known) {
        return known;
    }
    uint32_t slot = alert_slots_take(&e->watched_slots);
    e->watched = mem_grow(e->watched, slot, &e->watched_cap, sizeof *e->watched);
    struct device_row *device = alert_device_row(e, s->device.n);
    e->watched[slot] = (struct watched){.series = series,
                                        .device = s->device.n,
                                        .next_of_device = device->watched,
                                        .value = s->value,
                                        .heard = heard_at(e, s)};
    device->watched = slot;
    set_by_series(e, series, slot);
    return &e->watched[slot];
}

/* Whether each reading of the leaf matters, not only one that crosses its gate. */
static bool matters_always(const struct alert_definition *d, const struct leaf *l)
{
    return leaf_has_window(l) || d->times > 0 || d->escalate.given;
}

void alert_set_gate(struct alert_engine *e, struct watch *w, struct bytes attributes)
{
    const struct instance *i = &e->instances[w->instance];
    const struct alert_definition *d = alert_definition_of(e, i);
    const struct leaf *l = &d->leaves[w->leaf];
    bool on = i->machine.on >> w->leaf & 1;
    struct limits limits = limits_of(l, attributes);
    struct gate g = gate_of(l, &limits, on ? GATE_GOES_ON : GATE_BEGINS);
    w->lo = g.lo;
    w->hi = g.hi;
    w->flags = (uint8_t)((on ? WATCH_ON : 0) | (g.invert ? WATCH_INVERT : 0) |
                         (matters_always(d, l) ? WATCH_EVERY : 0));
}

static void add_watch(struct alert_engine *e, struct watched *at, uint32_t instance, unsigned leaf,
                      struct bytes attributes)
{
    if (at->count == at->cap) {
        at->cap = at->cap ? at->cap + at->cap / 2 + 1 : 1;
        at->items = mem_resize(at->items, at->cap, sizeof *at->items);
    }
    struct watch *w = &at->items[at->count++];
    *w = (struct watch){.instance = instance, .leaf = (uint8_t)leaf};
    alert_set_gate(e, w, attributes);
    e->watch_count++;
}

static void drop_watches(struct alert_engine *e, struct watched *at, uint32_t instance)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < at->count; i++) {
        if (at->items[i].instance != instance) {
            at->items[kept++] = at->items[i];
        }
    }
    e->watch_count -= at->count - kept;
    at->count = kept;
}

struct watch *alert_find_watch(struct alert_engine *e, const struct instance *i, unsigned leaf,
                               struct watched **at)
{
    uint32_t slot = (uint32_t)(i - e->instances);
    for (uint32_t s = e->devices[i->device].watched; s != SLOT_NONE;
         s = e->watched[s].next_of_device) {
        struct watched *row = &e->watched[s];
        for (uint32_t k = 0; k < row->count; k++) {
            if (row->items[k].instance == slot && row->items[k].leaf == leaf) {
                *at = row;
                return &row->items[k];
            }
        }
    }
    return NULL;
}

/* ---- instances ---- */

uint32_t alert_find_instance(const struct alert_engine *e, uint32_t rule, uint32_t device)
{
    uint32_t i = device < e->device_cap ? e->devices[device].first : SLOT_NONE;
    while (i != SLOT_NONE && e->instances[i].rule != rule) {
        i = e->instances[i].next_of_device;
    }
    return i;
}

static void link_instance(struct alert_engine *e, uint32_t slot)
{
    struct instance *i = &e->instances[slot];
    struct rule *rule = &e->rules[i->rule];
    struct device_row *device = alert_device_row(e, i->device);
    i->next_of_rule = rule->first;
    i->previous_of_rule = SLOT_NONE;
    if (rule->first != SLOT_NONE) {
        e->instances[rule->first].previous_of_rule = slot;
    }
    rule->first = slot;
    i->next_of_device = device->first;
    device->first = slot;
}

static uint32_t make_instance(struct alert_engine *e, uint32_t rule, uint32_t device)
{
    if (e->instance_count >= LIMIT_RULE_INSTANCES) {
        if (e->metrics) {
            metrics_add(e->metrics, METRIC_RULES_UNBOUND, 1);
        }
        return SLOT_NONE;
    }
    uint32_t slot = alert_slots_take(&e->instance_slots);
    e->instances = mem_grow(e->instances, slot, &e->instance_cap, sizeof *e->instances);
    e->timers = mem_grow(e->timers, e->instance_count, &e->timer_cap, sizeof *e->timers);
    struct instance *i = &e->instances[slot];
    *i = (struct instance){.rule = rule, .device = device, .timer = SLOT_NONE};
    machine_init(&i->machine);
    i->memory = memory_new(e->rules[rule].definition);
    e->memory_bytes += memory_size(e->rules[rule].definition);
    link_instance(e, slot);
    e->instance_count++;
    return slot;
}

static void unlink_instance(struct alert_engine *e, uint32_t slot)
{
    struct instance *i = &e->instances[slot];
    if (i->previous_of_rule != SLOT_NONE) {
        e->instances[i->previous_of_rule].next_of_rule = i->next_of_rule;
    } else {
        e->rules[i->rule].first = i->next_of_rule;
    }
    if (i->next_of_rule != SLOT_NONE) {
        e->instances[i->next_of_rule].previous_of_rule = i->previous_of_rule;
    }
    uint32_t *at = &e->devices[i->device].first;
    while (*at != slot) {
        at = &e->instances[*at].next_of_device;
    }
    *at = i->next_of_device;
}

void alert_remove_instance(struct alert_engine *e, uint32_t slot)
{
    struct instance *i = &e->instances[slot];
    ASSERT(i->rule != SLOT_NONE);
    if (i->open) {
        i->open->instance = SLOT_NONE;
    }
    alert_drop_late(e, slot);
    for (uint32_t s = e->devices[i->device].watched; s != SLOT_NONE;
         s = e->watched[s].next_of_device) {
        drop_watches(e, &e->watched[s], slot);
    }
    alert_wake_never(e, slot);
    unlink_instance(e, slot);
    e->memory_bytes -= memory_size(e->rules[i->rule].definition);
    free(i->memory);
    *i = (struct instance){.rule = SLOT_NONE};
    alert_slots_give(&e->instance_slots, slot);
    e->instance_count--;
}

void alert_forget_device(struct alert_engine *e, uint32_t device)
{
    struct device_row *row = alert_device_row(e, device);
    ASSERT(row->first == SLOT_NONE);
    while (row->watched != SLOT_NONE) {
        uint32_t slot = row->watched;
        struct watched *w = &e->watched[slot];
        row->watched = w->next_of_device;
        e->by_series[w->series] = SLOT_NONE;
        free(w->items);
        *w = (struct watched){.series = SLOT_NONE};
        alert_slots_give(&e->watched_slots, slot);
    }
    row->looks = 0;
}

void alert_instances_fini(struct alert_engine *e)
{
    for (uint32_t i = 0; i < e->instance_slots.end; i++) {
        if (e->instances[i].rule != SLOT_NONE) {
            alert_drop_late(e, i);
            free(e->instances[i].memory);
        }
    }
    for (uint32_t i = 0; i < e->watched_slots.end; i++) {
        free(e->watched[i].items);
    }
    free(e->instances);
    free(e->instance_slots.free);
    free(e->watched);
    free(e->watched_slots.free);
    free(e->by_series);
    free(e->devices);
    free(e->timers);
}

/* ---- binding ---- */

static uint32_t instance_of(struct alert_engine *e, uint32_t rule, uint32_t device)
{
    uint32_t i = alert_find_instance(e, rule, device);
    return i == SLOT_NONE ? make_instance(e, rule, device) : i;
}

static bool watches(const struct watched *at, uint32_t instance, unsigned leaf)
{
    for (uint32_t k = 0; k < at->count; k++) {
        if (at->items[k].instance == instance && at->items[k].leaf == leaf) {
            return true;
        }
    }
    return false;
}

/* Binds one leaf that has a sensor. Returns the instance, or SLOT_NONE. */
static uint32_t bind_leaf(struct alert_engine *e, uint32_t rule, unsigned leaf, struct series_id id,
                          const struct alert_series *s, struct bytes attributes)
{
    uint32_t i = instance_of(e, rule, s->device.n);
    if (i != SLOT_NONE) {
        struct watched *at = watched_row(e, id.n, s);
        if (!watches(at, i, leaf)) {
            add_watch(e, at, i, leaf, attributes);
        }
        alert_arm(e, i);
    }
    return i;
}

static uint32_t bind_if_there(struct alert_engine *e, uint32_t rule, unsigned leaf,
                              const struct alert_device *device)
{
    const struct leaf *l = &e->rules[rule].definition->leaves[leaf];
    if (!l->sensor) {
        return instance_of(e, rule, device->number);
    }
    struct series_id id = e->world.find_series(e->world.ctx, device->id, bytes_of_text(l->sensor));
    struct alert_series s;
    if (id.n == SERIES_NONE.n || !e->world.series(e->world.ctx, id, &s)) {
        return SLOT_NONE;
    }
    return bind_leaf(e, rule, leaf, id, &s, device->attributes);
}

uint32_t alert_bind_device(struct alert_engine *e, uint32_t rule, const struct alert_device *device)
{
    uint32_t instance = SLOT_NONE;
    const struct alert_definition *d = e->rules[rule].definition;
    if (!d->enabled || !definition_covers(d, device)) {
        return SLOT_NONE;
    }
    for (unsigned leaf = 0; leaf < d->leaf_count; leaf++) {
        uint32_t i = bind_if_there(e, rule, leaf, device);
        instance = i == SLOT_NONE ? instance : i;
    }
    return instance;
}

void alert_bind_rule(struct alert_engine *e, uint32_t rule)
{
    const struct alert_definition *d = e->rules[rule].definition;
    struct alert_device device;
    if (d->scope == SCOPE_DEVICES) {
        for (size_t i = 0; i < d->scoped_count; i++) {
            if (e->world.find_device(e->world.ctx, bytes_of_text(d->scoped[i]), &device)) {
                (void)alert_bind_device(e, rule, &device);
            }
        }
        return;
    }
    for (uint32_t n = 0; n < e->world.device_rows(e->world.ctx); n++) {
        if (e->world.device(e->world.ctx, (struct device_id){n}, &device)) {
            (void)alert_bind_device(e, rule, &device);
        }
    }
}

static void bind_wanted(struct alert_engine *e, const struct interest *wanted, struct series_id id,
                        const struct alert_series *s, const struct alert_device *device)
{
    for (size_t k = 0; wanted && k < wanted->count; k++) {
        const struct alert_definition *d = e->rules[wanted->items[k].rule].definition;
        if (d->enabled && definition_covers(d, device)) {
            (void)bind_leaf(e, wanted->items[k].rule, wanted->items[k].leaf, id, s,
                            device->attributes);
        }
    }
}

void alert_bind_series(struct alert_engine *e, struct series_id id, const struct alert_series *s)
{
    struct alert_device device;
    if (!e->world.device(e->world.ctx, s->device, &device)) {
        return;
    }
    bind_wanted(e, alert_find_interest(e, device.id, s->sensor), id, s, &device);
    bind_wanted(e, alert_find_interest(e, BYTES(""), s->sensor), id, s, &device);
}
