/* SPDX-License-Identifier: Apache-2.0 */
/* `sensor-batch`: many readings in one event, as columns. Each frame names the devices and sensors
 * that occur in it once and tells its readings by their numbers in those lists, so it can be read
 * without any other (ADR 0031).
 *
 * Readings of a turn gather as rows, a chain a group, in one array that all groups share; at the
 * end of the turn each group's chain becomes a frame for all its members. */
#include "live/state.h"

#include "base/mem.h"

/* A frame ends at the first reading beyond this: two of them fit into what may wait for a client.
 */
#define FRAME_BYTES 16384u
/* Rows of all groups that gather before they leave. */
#define ROWS_MAX 8192u

/* ---- one frame ---- */

enum column { DEVICES, SENSORS, D, S, V, T };

static const char *const keys[LIVE_BATCH_COLUMNS] = {"devices", "sensors", "d", "s", "v", "t"};

void live_columns_begin(struct live *l)
{
    struct live_columns *k = &l->columns;
    k->count = 0;
    k->device_count = 0;
    k->sensor_count = 0;
    k->mark++;
    for (size_t i = 0; i < LIVE_BATCH_COLUMNS; i++) {
        buf_clear(&k->column[i].text);
        json_writer_init(&k->column[i].json, &k->column[i].text);
        json_write_array(&k->column[i].json);
    }
}

void live_columns_fini(struct live_columns *k)
{
    for (size_t i = 0; i < LIVE_BATCH_COLUMNS; i++) {
        buf_fini(&k->column[i].text);
    }
}

static uint32_t device_number(struct live *l, const struct live_item *item)
{
    struct live_columns *k = &l->columns;
    struct live_device *d = live_device(l, item->device);
    ASSERT(d);
    if (d->column_mark != k->mark) {
        d->column_mark = k->mark;
        d->column = k->device_count++;
        json_write_text(&k->column[DEVICES].json, item->key);
    }
    return d->column;
}

/* Sensors of a fleet repeat in the same order, device after device: the one after the last is
 * looked at first. */
static uint32_t sensor_number(struct live *l, const struct live_item *item)
{
    struct live_columns *k = &l->columns;
    struct bytes sensor = bytes_of_text(item->row->sensor);
    for (uint32_t i = 0; i < k->sensor_count; i++) {
        uint32_t n = (k->last_sensor + 1 + i) % k->sensor_count;
        if (bytes_equal(k->sensors[n], sensor)) {
            return n;
        }
    }
    k->sensors[k->sensor_count] = sensor;
    json_write_text(&k->column[SENSORS].json, sensor);
    return k->sensor_count++;
}

void live_columns_put(struct live *l, struct live_item *item)
{
    struct live_columns *k = &l->columns;
    ASSERT(!live_columns_full(k));
    live_item_find(l, item);
    if (k->count == 0) {
        k->t0 = item->time;
    }
    k->last_sensor = sensor_number(l, item);
    json_write_u64(&k->column[D].json, device_number(l, item));
    json_write_u64(&k->column[S].json, k->last_sensor);
    json_write_number(&k->column[V].json, item->value);
    json_write_i64(&k->column[T].json, item->time - k->t0);
    k->number = item->number;
    k->count++;
}

bool live_columns_full(const struct live_columns *k)
{
    size_t bytes = 0;
    for (size_t i = 0; i < LIVE_BATCH_COLUMNS; i++) {
        bytes += k->column[i].text.len;
    }
    return bytes >= FRAME_BYTES || k->sensor_count == ARRAY_LEN(k->sensors);
}

struct frame *live_columns_frame(struct live *l, uint64_t number)
{
    struct live_columns *k = &l->columns;
    struct json_writer w = live_begin_event(l, "sensor-batch");
    ASSERT(k->count > 0);
    json_write_object(&w);
    for (size_t i = 0; i < LIVE_BATCH_COLUMNS; i++) {
        if (i == T) {
            json_put_i64(&w, "t0", k->t0);
        }
        json_write_array_end(&k->column[i].json);
        json_put_raw(&w, keys[i], buf_bytes(&k->column[i].text));
    }
    json_write_object_end(&w);
    return live_end_event_at(l, number);
}

/* ---- rows of a turn ---- */

void live_rows_add(struct live *l, struct live_group *g, const struct live_item *item)
{
    struct live_rows *r = &l->rows;
    if (r->count == ROWS_MAX) {
        live_rows_flush(l);
    }
    r->all = mem_grow(r->all, r->count, &r->cap, sizeof *r->all);
    uint32_t at = (uint32_t)r->count++;
    r->all[at] = (struct live_row){.series = item->series,
                                   .next = LIVE_NO_ROW,
                                   .number = item->number,
                                   .value = item->value,
                                   .time = item->time};
    if (g->row_first == LIVE_NO_ROW) {
        r->groups = mem_grow(r->groups, r->group_count, &r->group_cap, sizeof(struct live_group *));
        r->groups[r->group_count++] = g;
        g->row_first = at;
    } else {
        r->all[g->row_last].next = at;
    }
    g->row_last = at;
}

static struct live_item item_of(const struct live *l, const struct live_row *row)
{
    const struct live_series *s = live_series(l, row->series);
    ASSERT(s);
    return (struct live_item){.kind = LIVE_ITEM_READING,
                              .series = row->series,
                              .number = row->number,
                              .device = s->device,
                              .value = row->value,
                              .time = row->time};
}

/* The rows from `first` up to `end` were not sent to a client that is behind. */
static void miss(struct live *l, struct live_client *c, uint32_t first, uint32_t end)
{
    for (uint32_t at = first; at != end; at = l->rows.all[at].next) {
        struct live_item item = item_of(l, &l->rows.all[at]);
        live_missed(l, c, &item);
    }
}

/* Ends at the position of its last row, so that a client that gets no further goes on there. */
static void send_frame(struct live *l, struct live_group *g, uint32_t first, uint32_t end)
{
    uint64_t number = l->columns.number;
    struct frame *f = live_columns_frame(l, number && (g->room || g->watch) ? number + 1 : number);
    uint64_t no = ++l->clock;
    for (size_t i = 0; i < g->member_count; i++) {
        struct live_client *c = g->members[i].client;
        if (c->resumes && live_resume_holds(c, g)) {
            continue;
        }
        if (c->behind) {
            miss(l, c, first, end);
            continue;
        }
        live_send(l, c, f);
        if (!live_client_ready(l, c)) {
            live_fall_behind(l, c, no);
        }
    }
    frame_release(f);
}

static void flush_group(struct live *l, struct live_group *g)
{
    uint32_t first = g->row_first;
    live_columns_begin(l);
    for (uint32_t at = first; at != LIVE_NO_ROW; at = l->rows.all[at].next) {
        struct live_item item = item_of(l, &l->rows.all[at]);
        if (live_columns_full(&l->columns)) {
            send_frame(l, g, first, at);
            live_columns_begin(l);
            first = at;
        }
        live_columns_put(l, &item);
    }
    send_frame(l, g, first, LIVE_NO_ROW);
    g->row_first = LIVE_NO_ROW;
}

void live_rows_flush(struct live *l)
{
    struct live_rows *r = &l->rows;
    for (size_t i = 0; i < r->group_count; i++) {
        flush_group(l, r->groups[i]);
    }
    r->group_count = 0;
    r->count = 0;
}

void live_rows_fini(struct live_rows *r)
{
    free(r->all);
    free(r->groups);
}
