/* SPDX-License-Identifier: Apache-2.0 */
/* A dashboard message under construction: `dashboard:data` and `dashboard:update` have the same
 * keys. Rows are written into columns of their own until the message is as large as it may be; what
 * does not fit is taken back and the message says `truncated`. */
#include "live/state.h"

#include "proto/sio/sio.h"

/* What stands around the columns, and a WebSocket head. */
#define AROUND_BYTES 1024u

static struct live_column *columns(struct live_sheet *s, size_t i)
{
    struct live_column *all[] = {&s->devices, &s->alerts, &s->device, &s->sensor, &s->v, &s->t};
    return all[i];
}

#define COLUMNS 6u

void live_sheet_begin(struct live_sheet *s)
{
    s->truncated = false;
    for (size_t i = 0; i < COLUMNS; i++) {
        struct live_column *c = columns(s, i);
        buf_clear(&c->text);
        json_writer_init(&c->json, &c->text);
        json_write_array(&c->json);
    }
}

void live_sheet_fini(struct live_sheet *s)
{
    for (size_t i = 0; i < COLUMNS; i++) {
        buf_fini(&columns(s, i)->text);
    }
}

/* ---- taking back ---- */

struct point {
    size_t len[COLUMNS];
    bool comma[COLUMNS];
};

static struct point point_of(struct live_sheet *s)
{
    struct point p;
    for (size_t i = 0; i < COLUMNS; i++) {
        p.len[i] = columns(s, i)->text.len;
        p.comma[i] = columns(s, i)->json.comma;
    }
    return p;
}

/* Whether the message still fits; takes back all since `p` when it does not. */
static bool fits(struct live_sheet *s, const struct point *p)
{
    size_t total = AROUND_BYTES;
    for (size_t i = 0; i < COLUMNS; i++) {
        total += columns(s, i)->text.len;
    }
    if (total <= LIMIT_SNAPSHOT_BYTES) {
        return true;
    }
    for (size_t i = 0; i < COLUMNS; i++) {
        columns(s, i)->text.len = p->len[i];
        columns(s, i)->json.comma = p->comma[i];
    }
    s->truncated = true;
    return false;
}

/* ---- rows ---- */

static void write_latest(struct live_sheet *s, struct bytes device,
                         const struct registry_series *row)
{
    json_write_text(&s->device.json, device);
    json_write_text(&s->sensor.json, bytes_of_text(row->sensor));
    json_write_number(&s->v.json, row->value);
    json_write_i64(&s->t.json, row->time);
}

bool live_sheet_device(struct live *l, const struct registry_device *d)
{
    struct point p = point_of(&l->sheet);
    live_put_device(&l->sheet.devices.json, l->config.registry, d, LIVE_WITHOUT_VALUES);
    return fits(&l->sheet, &p);
}

bool live_sheet_device_with_latest(struct live *l, const struct registry_device *d)
{
    struct live_sheet *s = &l->sheet;
    struct point p = point_of(s);
    live_put_device(&s->devices.json, l->config.registry, d, LIVE_WITHOUT_VALUES);
    struct bytes key = bytes_of_text(d->key);
    const struct registry_series *row = registry_series(l->config.registry, d->first_series);
    for (; row; row = registry_series(l->config.registry, row->next)) {
        if (row->has_latest) {
            write_latest(s, key, row);
        }
    }
    return fits(s, &p);
}

bool live_sheet_shared_device(struct live *l, const struct registry_device *d,
                              const struct share_scope *scope)
{
    struct point p = point_of(&l->sheet);
    live_put_shared_device(&l->sheet.devices.json, l->config.registry, d, scope);
    return fits(&l->sheet, &p);
}

bool live_sheet_shared_alert(struct live *l, const struct alert *a)
{
    struct point p = point_of(&l->sheet);
    live_put_shared_alert(&l->sheet.alerts.json, a);
    return fits(&l->sheet, &p);
}

bool live_sheet_deleted(struct live *l, const char *key)
{
    struct point p = point_of(&l->sheet);
    struct json_writer *w = &l->sheet.devices.json;
    json_write_object(w);
    json_put_string(w, "id", key);
    json_put_bool(w, "deleted", true);
    json_write_object_end(w);
    return fits(&l->sheet, &p);
}

bool live_sheet_latest(struct live *l, const struct registry_series *row)
{
    struct point p = point_of(&l->sheet);
    const struct registry_device *d = registry_device(l->config.registry, row->device);
    ASSERT(d);
    write_latest(&l->sheet, bytes_of_text(d->key), row);
    return fits(&l->sheet, &p);
}

bool live_sheet_alert(struct live *l, const struct alert *a)
{
    struct point p = point_of(&l->sheet);
    live_put_alert(&l->sheet.alerts.json, a);
    return fits(&l->sheet, &p);
}

/* ---- the message ---- */

static void put_column(struct json_writer *w, const char *key, struct live_column *c)
{
    json_write_array_end(&c->json);
    json_put_raw(w, key, buf_bytes(&c->text));
}

static void put_counts(struct json_writer *w, const struct live_counts *c)
{
    json_write_key(w, "counts");
    json_write_object(w);
    json_put_u64(w, "devices", c->devices);
    json_put_u64(w, "online", c->of_status[STATUS_ONLINE]);
    json_put_u64(w, "offline", c->of_status[STATUS_OFFLINE]);
    json_put_u64(w, "asleep", c->of_status[STATUS_ASLEEP]);
    json_put_u64(w, "unknown", c->of_status[STATUS_UNKNOWN]);
    json_put_u64(w, "alertsOpen", c->alerts_open);
    json_put_number(w, "readingsPerSecond", c->readings_per_second);
    json_write_object_end(w);
}

static struct live_counts counts_of(const struct live *l)
{
    const struct registry *r = l->config.registry;
    struct live_counts c = {
        .devices = registry_device_count(r),
        .alerts_open = alert_firing_count(l->config.alerts),
        .readings_per_second = l->readings_per_second,
    };
    for (unsigned i = 0; i < STATUS_COUNT; i++) {
        c.of_status[i] = registry_status_count(r, (enum device_status)i);
    }
    return c;
}

void live_sheet_put_latest(struct json_writer *w, struct live_sheet *s)
{
    json_write_key(w, "latest");
    json_write_object(w);
    put_column(w, "device", &s->device);
    put_column(w, "sensor", &s->sensor);
    put_column(w, "v", &s->v);
    put_column(w, "t", &s->t);
    json_write_object_end(w);
}

/* Ends the message that was begun in l->scratch. */
static struct frame *end_message(struct live *l, const struct live_counts *c)
{
    struct json_writer w;
    json_writer_init(&w, &l->scratch);
    json_write_object(&w);
    json_put_text(&w, "seq", live_position_text(l));
    json_put_i64(&w, "serverTime", l->now.wall);
    json_put_string(&w, "build", l->config.build);
    put_counts(&w, c);
    put_column(&w, "devices", &l->sheet.devices);
    live_sheet_put_latest(&w, &l->sheet);
    put_column(&w, "alerts", &l->sheet.alerts);
    json_put_u64(&w, "total", c->devices);
    json_put_bool(&w, "truncated", l->sheet.truncated);
    json_write_object_end(&w);
    sio_put_end(&l->scratch);
    return live_frame(l);
}

struct frame *live_sheet_frame(struct live *l, const char *event)
{
    struct live_counts c = counts_of(l);
    (void)live_begin_event(l, event);
    return end_message(l, &c);
}

struct frame *live_sheet_frame_in(struct live *l, const char *nsp, const char *event,
                                  const struct live_counts *c)
{
    struct json_writer w;
    buf_clear(&l->scratch);
    sio_put_head(&l->scratch, &(struct sio_head){.type = SIO_EVENT, .nsp = bytes_of_text(nsp)});
    buf_put_byte(&l->scratch, '[');
    json_writer_init(&w, &l->scratch);
    json_write_text(&w, bytes_of_text(event));
    buf_put_byte(&l->scratch, ',');
    return end_message(l, c);
}
