/* SPDX-License-Identifier: Apache-2.0 */
/* What the registry wrote into the batch, as far as rules care: devices that are new, changed or
 * gone, their series and their statuses. */
#include "alert/state.h"

/* The rule is no longer about the device: its alerts there end. */
static void retire(struct alert_engine *e, uint32_t slot, wall_ms now, struct batch *out)
{
    alert_resolve(e, &e->instances[slot], now, out);
    alert_close_late(e, slot, out);
    alert_remove_instance(e, slot);
}

void alert_retire_rule(struct alert_engine *e, struct rule *rule, wall_ms now, struct batch *out)
{
    uint32_t at = alert_rule_slot(e, rule);
    while (e->rules[at].first != SLOT_NONE) {
        retire(e, e->rules[at].first, now, out);
    }
}

static void delete_device(struct alert_engine *e, uint32_t device, struct batch *out)
{
    struct device_row *row = alert_device_row(e, device);
    while (row->first != SLOT_NONE) {
        retire(e, row->first, out->now, out);
    }
    alert_forget_device(e, device);
}

/* A hash of what scopes, limits and silences look at, never 0. */
static uint64_t looks_of(struct alert_engine *e, const struct alert_device *device)
{
    buf_clear(&e->scratch);
    buf_put_bytes(&e->scratch, device->model);
    buf_put_byte(&e->scratch, 0);
    buf_put_bytes(&e->scratch, device->tags);
    buf_put_byte(&e->scratch, 0);
    buf_put_bytes(&e->scratch, device->place);
    buf_put_byte(&e->scratch, 0);
    buf_put_bytes(&e->scratch, device->attributes);
    return hash_bytes(e->hash_key, buf_bytes(&e->scratch)) | 1;
}

/* Rules over the status of the device. */
static void bind_status(struct alert_engine *e, const struct alert_device *device)
{
    struct bytes of[] = {device->id, BYTES("")};
    for (size_t k = 0; k < ARRAY_LEN(of); k++) {
        const struct interest *wanted = alert_find_interest(e, of[k], BYTES(""));
        for (size_t i = 0; wanted && i < wanted->count; i++) {
            (void)alert_bind_device(e, wanted->items[i].rule, device);
        }
    }
}

static void bind_all_series(struct alert_engine *e, const struct alert_device *device)
{
    struct series_id id = device->first_series;
    struct alert_series s;
    while (id.n != SERIES_NONE.n && e->world.series(e->world.ctx, id, &s)) {
        alert_bind_series(e, id, &s);
        id = s.next;
    }
}

static void regate(struct alert_engine *e, const struct alert_device *device)
{
    for (uint32_t s = e->devices[device->number].watched; s != SLOT_NONE;
         s = e->watched[s].next_of_device) {
        for (uint32_t k = 0; k < e->watched[s].count; k++) {
            alert_set_gate(e, &e->watched[s].items[k], device->attributes);
        }
    }
}

static void drop_uncovered(struct alert_engine *e, const struct alert_device *device,
                           struct batch *out)
{
    uint32_t next;
    for (uint32_t i = e->devices[device->number].first; i != SLOT_NONE; i = next) {
        next = e->instances[i].next_of_device;
        if (!definition_covers(alert_definition_of(e, &e->instances[i]), device)) {
            retire(e, i, out->now, out);
        }
    }
}

void alert_look_at_new(struct alert_engine *e, uint32_t device, struct batch *out)
{
    for (uint32_t i = e->devices[device].first; i != SLOT_NONE;
         i = e->instances[i].next_of_device) {
        if (!e->instances[i].machine.looked) {
            alert_look(e, i, out);
        }
    }
}

void alert_bind_known(struct alert_engine *e, const struct alert_device *device)
{
    alert_device_row(e, device->number)->looks = looks_of(e, device);
    bind_status(e, device);
    bind_all_series(e, device);
}

static bool has_open(const struct alert_engine *e, uint32_t device)
{
    uint32_t i = device < e->device_cap ? e->devices[device].first : SLOT_NONE;
    while (i != SLOT_NONE && !e->instances[i].open) {
        i = e->instances[i].next_of_device;
    }
    return i != SLOT_NONE;
}

static void take_device(struct alert_engine *e, struct device_id id, struct batch *out)
{
    struct alert_device device;
    if (!e->world.device(e->world.ctx, id, &device)) {
        return;
    }
    struct device_row *row = alert_device_row(e, id.n);
    uint64_t looks = looks_of(e, &device);
    bool fresh = row->looks == 0;
    if (row->looks == looks) {
        return;
    }
    row->looks = looks;
    if (!fresh) {
        drop_uncovered(e, &device, out);
        regate(e, &device);
        bind_all_series(e, &device);
    }
    bind_status(e, &device);
    alert_look_at_new(e, id.n, out);
    /* Another tag, model or place: other silences and other rules may mute what is open. */
    if (!fresh && has_open(e, id.n)) {
        alert_mute_all(e, id.n, out->now, out);
    }
}

/* The reading that made it is evaluated behind this, so nothing looks at it here. */
static void take_series(struct alert_engine *e, struct series_id id)
{
    struct alert_series s;
    if (alert_watched_of(e, id) || !e->world.series(e->world.ctx, id, &s)) {
        return;
    }
    alert_bind_series(e, id, &s);
    for (uint32_t i = alert_device_row(e, s.device.n)->first; i != SLOT_NONE;
         i = e->instances[i].next_of_device) {
        e->instances[i].machine.looked = 1;
    }
}

static void take_status(struct alert_engine *e, struct device_id id, struct batch *out)
{
    struct alert_device device;
    bool known = e->world.device(e->world.ctx, id, &device);
    uint32_t i = known && id.n < e->device_cap ? e->devices[id.n].first : SLOT_NONE;
    for (; i != SLOT_NONE; i = e->instances[i].next_of_device) {
        alert_take_status(e, i, &device, out);
    }
    if (known && has_open(e, id.n)) {
        alert_mute_all(e, id.n, out->now, out);
    }
}

void alert_observe(struct alert_engine *e, struct batch *out)
{
    if (e->seen.seq != out->seq) {
        e->seen.seq = out->seq;
        e->seen.devices = e->seen.series = e->seen.statuses = 0;
    }
    if (e->seen.devices == out->device_count && e->seen.series == out->series_count &&
        e->seen.statuses == out->status_count) {
        return;
    }
    alert_watch_clock(e, out->now);
    for (; e->seen.devices < out->device_count; e->seen.devices++) {
        const struct device_change *c = &out->devices[e->seen.devices];
        if (c->deleted) {
            delete_device(e, c->device.n, out);
        } else {
            take_device(e, c->device, out);
        }
    }
    for (; e->seen.series < out->series_count; e->seen.series++) {
        take_series(e, out->series[e->seen.series].series);
    }
    for (; e->seen.statuses < out->status_count; e->seen.statuses++) {
        take_status(e, out->statuses[e->seen.statuses].device, out);
    }
}
