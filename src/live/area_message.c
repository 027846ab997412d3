/* SPDX-License-Identifier: Apache-2.0 */
/* The marks of an area as columns. Degrees have as many decimals as a tenth of a pixel needs. */
#include "live/area.h"

#include <math.h>

enum column {
    NUMBER,
    ID,
    NAME,
    SOUTH,
    WEST,
    NORTH,
    EAST,
    COUNT,
    STATUS,
    PARTS,
    SEVERITY,
    AFFECTED,
    GONE
};

_Static_assert(GONE + 1 == LIVE_AREA_COLUMNS, "a column is missing");

static struct json_writer *column(struct live *l, enum column c)
{
    return &l->area_columns[c].json;
}

void live_area_begin(struct live *l)
{
    for (size_t i = 0; i < LIVE_AREA_COLUMNS; i++) {
        buf_clear(&l->area_columns[i].text);
        json_writer_init(&l->area_columns[i].json, &l->area_columns[i].text);
        json_write_array(&l->area_columns[i].json);
    }
}

size_t live_area_bytes(const struct live *l)
{
    size_t bytes = 0;
    for (size_t i = 0; i < LIVE_AREA_COLUMNS; i++) {
        bytes += l->area_columns[i].text.len;
    }
    return bytes;
}

/* ---- one mark ---- */

/* By which later messages name a mark: a number that JavaScript holds. */
static uint64_t number_of(const struct live_area *a, uint64_t key)
{
    return a->mode == LIVE_AREA_CLUSTERS ? key >> (64 - 2 * a->level) : key;
}

static void put_degrees(struct json_writer *w, const struct live_area *a, double degrees)
{
    static const double powers[] = {10, 100, 1e3, 1e4, 1e5, 1e6, 1e7};
    size_t decimals = (size_t)((a->zoom + 8) * 0.30103 - 0.556);
    double p = powers[decimals > 0 ? decimals - 1 < 6 ? decimals - 1 : 6 : 0];
    json_write_number(w, round(degrees * p) / p);
}

static double side_of(const struct live_area *a)
{
    return (double)((uint64_t)1 << (a->zoom + 8));
}

static void put_severity(struct json_writer *w, int8_t severity)
{
    if (severity == LIVE_NO_SEVERITY) {
        json_write_null(w);
    } else {
        json_write_text(w, bytes_of_text(severity_text((enum severity)severity)));
    }
}

static void put_device(struct live *l, const struct live_area *a, const struct live_mark_shown *m)
{
    const struct registry_device *d =
        registry_device(l->config.registry, (struct device_id){(uint32_t)m->key});
    if (!d) {
        return; /* deleted since it was sent; `gone` follows */
    }
    json_write_u64(column(l, NUMBER), m->key);
    json_write_text(column(l, ID), bytes_of_text(d->key));
    if (d->name[0]) {
        json_write_text(column(l, NAME), bytes_of_text(d->name));
    } else {
        json_write_null(column(l, NAME));
    }
    put_degrees(column(l, NORTH), a, geo_lat((m->y + 0.5) / side_of(a)));
    put_degrees(column(l, EAST), a, geo_lng((m->x + 0.5) / side_of(a)));
    json_write_text(column(l, STATUS), bytes_of_text(status_text((enum device_status)m->state)));
    put_severity(column(l, SEVERITY), m->severity);
}

/* The state that wants attention most. */
static enum device_status worst_of(const uint32_t count[STATUS_COUNT])
{
    static const enum device_status order[] = {STATUS_OFFLINE, STATUS_UNKNOWN, STATUS_ASLEEP};
    for (size_t i = 0; i < ARRAY_LEN(order); i++) {
        if (count[order[i]] > 0) {
            return order[i];
        }
    }
    return STATUS_ONLINE;
}

static void put_cluster(struct live *l, const struct live_area *a, const struct live_mark_shown *m)
{
    struct json_writer *parts = column(l, PARTS);
    json_write_u64(column(l, NUMBER), number_of(a, m->key));
    put_degrees(column(l, SOUTH), a, geo_lat((m->y + m->h + 1) / side_of(a)));
    put_degrees(column(l, WEST), a, geo_lng(m->x / side_of(a)));
    put_degrees(column(l, NORTH), a, geo_lat(m->y / side_of(a)));
    put_degrees(column(l, EAST), a, geo_lng((m->x + m->w + 1) / side_of(a)));
    json_write_u64(column(l, COUNT), m->count);
    json_write_text(column(l, STATUS), bytes_of_text(status_text(worst_of(m->status))));
    json_write_array(parts);
    json_write_u64(parts, m->status[STATUS_ONLINE]);
    json_write_u64(parts, m->status[STATUS_OFFLINE]);
    json_write_u64(parts, m->status[STATUS_ASLEEP]);
    json_write_u64(parts, m->status[STATUS_UNKNOWN]);
    json_write_array_end(parts);
    put_severity(column(l, SEVERITY), m->severity);
    json_write_u64(column(l, AFFECTED), m->affected);
}

void live_area_put(struct live *l, const struct live_area *a, const struct live_mark_shown *m)
{
    if (m->count > 0) {
        put_cluster(l, a, m);
    } else {
        put_device(l, a, m);
    }
}

void live_area_put_gone(struct live *l, const struct live_area *a, uint64_t key)
{
    json_write_u64(column(l, GONE), number_of(a, key));
}

/* Ids and names hold no control characters: only these are escaped. */
static size_t text_bytes(const char *text)
{
    size_t bytes = 0;
    for (; *text; text++) {
        bytes += *text == '"' || *text == '\\' ? 2 : 1;
    }
    return bytes;
}

/* At most, with commas. */
size_t live_area_row_bytes(const struct live *l, const struct live_mark_shown *m)
{
    if (m->count > 0) {
        return 160;
    }
    const struct registry_device *d =
        registry_device(l->config.registry, (struct device_id){(uint32_t)m->key});
    return d ? 80 + text_bytes(d->key) + text_bytes(d->name) : 0;
}

/* ---- the message ---- */

static void put_column(struct live *l, struct json_writer *w, const char *key, enum column c)
{
    json_write_array_end(column(l, c));
    json_put_raw(w, key, buf_bytes(&l->area_columns[c].text));
}

static void put_devices(struct live *l, struct json_writer *w)
{
    put_column(l, w, "n", NUMBER);
    put_column(l, w, "id", ID);
    put_column(l, w, "name", NAME);
    put_column(l, w, "lat", NORTH);
    put_column(l, w, "lng", EAST);
    put_column(l, w, "status", STATUS);
    put_column(l, w, "severity", SEVERITY);
}

static void put_clusters(struct live *l, struct json_writer *w)
{
    put_column(l, w, "n", NUMBER);
    put_column(l, w, "south", SOUTH);
    put_column(l, w, "west", WEST);
    put_column(l, w, "north", NORTH);
    put_column(l, w, "east", EAST);
    put_column(l, w, "count", COUNT);
    put_column(l, w, "worst", STATUS);
    put_column(l, w, "states", PARTS);
    put_column(l, w, "severity", SEVERITY);
    put_column(l, w, "affected", AFFECTED);
}

void live_area_write(struct live *l, const struct live_area *a, struct json_writer *w)
{
    bool clusters = a->mode == LIVE_AREA_CLUSTERS;
    json_write_key(w, clusters ? "clusters" : "devices");
    json_write_object(w);
    if (clusters) {
        put_clusters(l, w);
    } else {
        put_devices(l, w);
    }
    json_write_object_end(w);
    put_column(l, w, "gone", GONE);
    json_put_bool(w, "complete", !a->unsent);
}

struct frame *live_area_frame(struct live *l, const struct live_area *a, bool replaces)
{
    struct json_writer w = live_begin_event(l, "area-update");
    json_write_object(&w);
    json_put_text(&w, "area", bytes_of(a->name, a->name_len));
    json_put_bool(&w, "reset", replaces);
    live_area_write(l, a, &w);
    json_write_object_end(&w);
    return live_end_event(l);
}
