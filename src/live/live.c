/* SPDX-License-Identifier: Apache-2.0 */
#include "live/live.h"

#include "live/area.h"

#include "base/mem.h"
#include "model/position.h"

#define SECOND_NS      MONO_MS(1000)
#define BUDGET_TICK_NS MONO_MS(100)

/* ---- life ---- */

struct live *live_new(const struct live_config *config)
{
    struct live *l = mem_zalloc(1, sizeof *l);
    l->config = *config;
    live_changes_init(l);
    live_position_begin(l, 0);
    return l;
}

void live_free(struct live *l)
{
    if (!l) {
        return;
    }
    while (l->client_count > 0) {
        live_leave(l, l->clients[l->client_count - 1]);
    }
    live_updates_forget(l);
    live_snapshot_forget(l);
    live_alerts_fini(l);
    live_rooms_fini(l);
    live_watches_fini(l);
    live_areas_fini(l);
    live_changes_fini(l);
    frame_release(l->server_time);
    live_sheet_fini(&l->sheet);
    live_columns_fini(&l->columns);
    live_rows_fini(&l->rows);
    for (size_t i = 0; i < LIVE_INTERVALS; i++) {
        free(l->steps[i].active);
    }
    live_ring_fini(&l->ring);
    free(l->resuming);
    free(l->fleet);
    free(l->clients);
    free(l->behind);
    buf_fini(&l->scratch);
    buf_fini(&l->sensors_text);
    free(l);
}

void live_position(const struct live *l, char out[LIVE_POSITION_BYTES])
{
    memcpy(out, l->position, l->position_len + 1);
}

/* ---- devices and series ---- */

static void device_seen(struct live *l, const struct registry_device *row)
{
    struct live_device *d = live_device_add(l, row->id.n);
    d->described++;
    live_map_touch(l, row->id.n);
    live_changes_touch(l, &d->node, ++l->clock);
    live_room_bind(l, row->id.n, bytes_of_text(row->key));
}

static void device_gone(struct live *l, uint32_t id)
{
    const struct live_device *d = live_device(l, id);
    if (!d) {
        return;
    }
    if (d->room) {
        live_room_unbind(l, d->room);
    }
    live_map_device_gone(l, id);
    live_device_remove(l, id);
}

static void series_seen(struct live *l, const struct registry_series *row)
{
    struct live_device *d = live_device(l, row->device.n);
    ASSERT(d);
    (void)live_series_add(l, row->id.n, row->device.n);
    live_watch_series_seen(l, row->id.n, bytes_of_text(row->sensor));
    live_changes_touch(l, &d->node, ++l->clock);
}

static void apply_devices(struct live *l, const struct batch *b)
{
    for (size_t i = 0; i < b->device_count; i++) {
        const struct registry_device *row =
            registry_device(l->config.registry, b->devices[i].device);
        if (row) {
            device_seen(l, row);
        } else {
            device_gone(l, b->devices[i].device.n);
        }
    }
    for (size_t i = 0; i < b->series_count; i++) {
        const struct registry_series *row =
            registry_series(l->config.registry, b->series[i].series);
        if (row) {
            series_seen(l, row);
        }
    }
}

/* ---- statuses ---- */

static void told(struct live_device *d, uint64_t no, wall_ms at, struct bytes topic)
{
    d->told = no;
    d->told_at = at;
    if (topic.len && !bytes_equal(bytes_of_text(d->topic), topic)) {
        free(d->topic);
        d->topic = mem_text(topic.ptr, topic.len);
    }
}

/* Positions that the items of a batch take. */
static uint64_t steps_of(const struct batch *b)
{
    return 2 * (b->reading_count + b->status_count);
}

/* The position of item `i` of a batch as it is told to the fleet. */
static uint64_t number_of(const struct batch *b, size_t i)
{
    return position_in_batch(b->seq, 2 * i + 1);
}

static void remember_status(struct live *l, struct live_device *d, const struct live_item *item)
{
    struct live_ring_item kept = {.number = item->number,
                                  .id = item->device | LIVE_RING_STATUS,
                                  .time = item->last_seen,
                                  .arrival = item->arrival,
                                  .told = {item->status, item->cause}};
    live_ring_put(&l->ring, kept, &d->ring, l->config.metrics);
}

static void tell_status(struct live *l, const struct batch *b, const struct status_change *s)
{
    struct live_device *d = live_device(l, s->device.n);
    const struct registry_device *row = registry_device(l->config.registry, s->device);
    if (!d || !row) {
        return;
    }
    struct live_item item = {.kind = LIVE_ITEM_STATUS,
                             .no = ++l->clock,
                             .number = number_of(b, b->reading_count + (size_t)(s - b->statuses)),
                             .device = s->device.n,
                             .key = bytes_of_text(row->key),
                             .time = b->now,
                             .arrival = b->now,
                             .status = s->status,
                             .cause = s->cause,
                             .last_seen = s->last_seen,
                             .topic = batch_text(b, s->topic)};
    told(d, item.no, b->now, item.topic);
    remember_status(l, d, &item);
    if (!s->repeated) {
        live_changes_touch(l, &d->node, item.no);
    }
    for (size_t i = 0; i < l->fleet_count; i++) {
        live_group_status(l, l->fleet[i], &item);
    }
    for (size_t i = 0; d->room && i < d->room->group_count; i++) {
        live_group_status(l, d->room->groups[i], &item);
    }
    live_item_fini(&item);
}

/* ---- readings ---- */

/* Whether a reading is now the newest of its series, by the registry's own rule. */
static bool is_newest(const struct live_series *s, const struct reading *in)
{
    if (in->flags & READING_HISTORICAL) {
        return false;
    }
    if (!s->known || s->last_known) {
        return true;
    }
    return !(in->flags & READING_LAST_KNOWN) && in->time >= s->time;
}

static bool anybody_chose_nothing(const struct live *l)
{
    for (size_t i = 0; i < l->fleet_count; i++) {
        if (l->fleet[i]->budget) {
            return true;
        }
    }
    return false;
}

static void tell_groups(struct live *l, const struct live_series *s, struct live_item *item)
{
    item->slot = item->series;
    for (size_t i = 0; i < l->fleet_count; i++) {
        live_group_reading(l, l->fleet[i], item);
    }
    const struct live_room *room = live_device(l, s->device)->room;
    item->slot = s->slot;
    for (size_t i = 0; room && i < room->group_count; i++) {
        live_group_reading(l, room->groups[i], item);
    }
    for (const struct live_watch_entry *e = s->watchers; e; e = e->next_of_series) {
        item->slot = e->slot;
        live_group_reading(l, e->group, item);
    }
    live_item_fini(item);
}

static void remember_reading(struct live *l, struct live_series *s, const struct live_item *item)
{
    struct live_ring_item kept = {.number = item->number,
                                  .id = item->series,
                                  .time = item->time,
                                  .arrival = item->arrival,
                                  .value = item->value};
    live_ring_put(&l->ring, kept, &s->ring, l->config.metrics);
}

/* `number` 0: it is of a snapshot, and has no place in the ring. */
static void take_reading(struct live *l, struct live_series *s, const struct reading *in,
                         wall_ms arrival, uint64_t number)
{
    s->known = true;
    s->last_known = (in->flags & READING_LAST_KNOWN) != 0;
    s->time = in->time;
    s->value = in->value;
    s->arrival = arrival;
    live_changes_touch_series(l, s, ++l->clock);
    struct live_item item = {.kind = LIVE_ITEM_READING,
                             .no = l->clock,
                             .number = number,
                             .series = in->series,
                             .device = s->device,
                             .value = in->value,
                             .time = in->time,
                             .arrival = arrival};
    if (number) {
        remember_reading(l, s, &item);
    }
    tell_groups(l, s, &item);
}

static void apply_readings(struct live *l, const struct batch *b)
{
    bool counts = anybody_chose_nothing(l);
    live_rate_now(l);
    for (size_t i = 0; i < b->reading_count; i++) {
        const struct reading *in = &b->readings[i];
        struct live_series *s = live_series(l, in->series);
        l->readings += (in->flags & READING_LAST_KNOWN) == 0;
        if (!s || !is_newest(s, in)) {
            continue;
        }
        if (counts) {
            live_rate_count(l, s);
        }
        take_reading(l, s, in, b->now, number_of(b, i));
    }
    live_rows_flush(l);
}

/* ---- a new world ---- */

/* What the snapshot says is newest, as a reading if we did not know it. */
static void take_latest(struct live *l, const struct registry_series *row, wall_ms arrival)
{
    struct live_series *s = live_series(l, row->id.n);
    if (!row->has_latest || (s->known && s->time == row->time && s->value == row->value)) {
        return;
    }
    struct reading in = {.series = row->id.n,
                         .flags = row->last_known ? READING_LAST_KNOWN : 0,
                         .time = row->time,
                         .value = row->value};
    take_reading(l, s, &in, arrival, 0);
}

static void apply_world(struct live *l, const struct batch *b)
{
    const struct registry *r = l->config.registry;
    uint32_t rows =
        l->device_rows > registry_device_rows(r) ? l->device_rows : registry_device_rows(r);
    for (uint32_t id = 0; id < rows; id++) {
        const struct registry_device *row = registry_device(r, (struct device_id){id});
        if (row) {
            device_seen(l, row);
        } else {
            device_gone(l, id);
        }
    }
    for (uint32_t id = 0; id < registry_series_rows(r); id++) {
        const struct registry_series *row = registry_series(r, (struct series_id){id});
        if (row) {
            series_seen(l, row);
            take_latest(l, row, b->now);
        }
    }
    live_rows_flush(l);
}

/* Nobody can say what went in between, so everybody begins anew. */
static void begin_anew(struct live *l)
{
    live_snapshot_forget(l);
    live_updates_forget(l);
    for (size_t i = 0; i < l->client_count; i++) {
        struct live_client *c = l->clients[i];
        c->needs_data = true;
        c->missed_some = true;
        if (c->behind || !live_may_read(&c->principal, BYTES(""))) {
            continue;
        }
        if (live_client_ready(l, c)) {
            live_send_data(l, c);
        } else {
            live_fall_behind(l, c, ++l->clock);
        }
    }
}

/* ---- batches and ticks ---- */

void live_batch(struct live *l, const struct batch *b, struct moment now)
{
    l->now = now;
    live_position_begin(l, b->kind == BATCH_SNAPSHOT ? 0 : steps_of(b));
    if (b->kind == BATCH_SNAPSHOT) {
        live_ring_begin(&l->ring, l->number);
        apply_world(l, b);
        live_map_forget(l);
        begin_anew(l);
        live_count_conflated(l);
        return;
    }
    apply_devices(l, b);
    apply_readings(l, b);
    /* After the readings: a device that is online because it sent something is told so after it. */
    for (size_t i = 0; i < b->status_count; i++) {
        tell_status(l, b, &b->statuses[i]);
    }
    live_alerts_batch(l, b);
    live_map_batch(l, b);
    live_count_conflated(l);
}

mono_ns live_tick(struct live *l, struct moment now)
{
    l->now = now;
    live_conflate_tick(l);
    live_budget_tick(l);
    live_resume_tick(l);
    if (now.mono >= l->next_second) {
        live_second(l);
    }
    live_areas_tick(l);
    live_ladder_tick(l);
    live_count_conflated(l);
    mono_ns next = l->next_second;
    uint64_t due_ms = live_conflate_next_ms(l);
    uint64_t areas_ms = live_areas_next_ms(l), ladder_ms = live_ladder_next_ms(l);
    due_ms = areas_ms < due_ms ? areas_ms : due_ms;
    due_ms = ladder_ms < due_ms ? ladder_ms : due_ms;
    if (due_ms < next / 1000000u) {
        next = MONO_MS(due_ms);
    }
    if (live_budget_waits(l) && now.mono + BUDGET_TICK_NS < next) {
        next = now.mono + BUDGET_TICK_NS;
    }
    return next;
}
