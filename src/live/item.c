/* SPDX-License-Identifier: Apache-2.0 */
/* Readings and statuses as frames. A frame is made when the first group asks for it and shared by
 * all: `sensor-data` for the fleet, `device-update` for rooms, whose payload is the other's `data`.
 */
#include "live/state.h"

#include "model/position.h"

#include "proto/sio/sio.h"
#include "proto/ws/ws.h"

/* ---- frames ---- */

struct json_writer live_begin_event(struct live *l, const char *name)
{
    struct json_writer w;
    buf_clear(&l->scratch);
    sio_put_event(&l->scratch, name);
    json_writer_init(&w, &l->scratch);
    return w;
}

size_t live_print_position(uint64_t epoch, uint64_t number, char out[LIVE_POSITION_BYTES])
{
    size_t len = number_print_i64((int64_t)epoch, out);
    out[len++] = '.';
    len += number_print_i64((int64_t)number, out + len);
    ASSERT(len < LIVE_POSITION_BYTES);
    out[len] = '\0';
    return len;
}

static void advance(struct live *l, uint64_t number)
{
    l->number = number;
    l->position_len = live_print_position(live_epoch(l), number, l->position);
}

void live_position_begin(struct live *l, uint64_t steps)
{
    uint64_t number = position_in_batch(registry_seq(l->config.registry), steps);
    if (number > l->number || l->position_len == 0) {
        advance(l, number);
    }
}

struct frame *live_end_event_at(struct live *l, uint64_t number)
{
    char text[LIVE_POSITION_BYTES];
    if (number == 0) {
        return live_end_event(l);
    }
    sio_put_position(&l->scratch, bytes_of(text, live_print_position(live_epoch(l), number, text)));
    return live_frame(l);
}

struct frame *live_end_event(struct live *l)
{
    if (l->number % POSITION_STEPS < POSITION_STEPS - 2) {
        advance(l, l->number + 1);
    }
    sio_put_position(&l->scratch, live_position_text(l));
    return live_frame(l);
}

struct frame *live_frame(struct live *l)
{
    return ws_frame(WS_TEXT, buf_bytes(&l->scratch));
}

/* ---- payloads ---- */

static void write_reading(struct json_writer *w, const struct live_item *item)
{
    json_write_object(w);
    json_put_text(w, "deviceId", item->key);
    json_put_string(w, "sensorType", item->row->sensor);
    json_put_number(w, "value", item->value);
    json_put_i64(w, "timestamp", item->time);
    if (item->row->unit[0]) {
        json_put_string(w, "unit", item->row->unit);
    }
    json_write_object_end(w);
}

static void write_status(struct json_writer *w, const struct live_item *item)
{
    json_write_object(w);
    json_put_text(w, "deviceId", item->key);
    json_put_string(w, "status", status_text(item->status));
    json_put_string(w, "cause", cause_text(item->cause));
    json_write_key(w, "lastSeen");
    if (item->last_seen == WALL_NONE) {
        json_write_null(w);
    } else {
        json_write_i64(w, item->last_seen);
    }
    json_put_i64(w, "timestamp", item->time);
    json_write_object_end(w);
}

static void write_payload(struct json_writer *w, const struct live_item *item)
{
    if (item->kind == LIVE_ITEM_READING) {
        write_reading(w, item);
    } else {
        write_status(w, item);
    }
}

static struct frame *sensor_data(struct live *l, const struct live_item *item)
{
    struct json_writer w = live_begin_event(l, "sensor-data");
    struct bytes topic = item->topic;
    if (item->kind == LIVE_ITEM_READING) {
        topic = bytes_of_text(item->row->topic);
    }
    json_write_object(&w);
    json_write_key(&w, "topic");
    if (topic.len) {
        json_write_text(&w, topic);
    } else {
        json_write_null(&w);
    }
    json_write_key(&w, "data");
    write_payload(&w, item);
    json_put_i64(&w, "timestamp", item->arrival);
    json_write_object_end(&w);
    return live_end_event_at(l, item->number);
}

static struct frame *device_update(struct live *l, const struct live_item *item)
{
    struct json_writer w = live_begin_event(l, "device-update");
    write_payload(&w, item);
    return live_end_event_at(l, item->number ? item->number + 1 : 0);
}

struct frame *live_item_frame(struct live *l, struct live_item *item, const struct live_group *g)
{
    if (g->room || g->watch) {
        if (!item->for_room) {
            item->for_room = device_update(l, item);
        }
        return item->for_room;
    }
    if (!item->for_fleet) {
        item->for_fleet = sensor_data(l, item);
    }
    return item->for_fleet;
}

void live_item_fini(struct live_item *item)
{
    frame_release(item->for_fleet);
    frame_release(item->for_room);
    item->for_fleet = NULL;
    item->for_room = NULL;
}

/* ---- the newest of something ---- */

void live_item_find(const struct live *l, struct live_item *item)
{
    if (item->row) {
        return;
    }
    item->row = registry_series(l->config.registry, (struct series_id){item->series});
    ASSERT(item->row);
    item->key = bytes_of_text(registry_device(l->config.registry, item->row->device)->key);
}

bool live_item_of_series(struct live *l, uint32_t series, struct live_item *item)
{
    const struct live_series *s = live_series(l, series);
    const struct registry_series *row =
        registry_series(l->config.registry, (struct series_id){series});
    if (!s || !s->known || !row) {
        return false;
    }
    const struct registry_device *d = registry_device(l->config.registry, row->device);
    ASSERT(d);
    *item = (struct live_item){.kind = LIVE_ITEM_READING,
                               .no = ++l->clock,
                               .series = series,
                               .device = row->device.n,
                               .key = bytes_of_text(d->key),
                               .row = row,
                               .value = s->value,
                               .time = s->time,
                               .arrival = s->arrival};
    return true;
}

bool live_item_of_device(struct live *l, uint32_t device, struct live_item *item)
{
    const struct live_device *d = live_device(l, device);
    const struct registry_device *row =
        registry_device(l->config.registry, (struct device_id){device});
    if (!d || !d->told || !row) {
        return false;
    }
    *item = (struct live_item){.kind = LIVE_ITEM_STATUS,
                               .no = ++l->clock,
                               .device = device,
                               .key = bytes_of_text(row->key),
                               .time = d->told_at,
                               .arrival = d->told_at,
                               .status = row->status,
                               .cause = row->cause,
                               .last_seen = row->last_seen,
                               .topic = bytes_of_text(d->topic)};
    return true;
}
