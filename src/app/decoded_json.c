/* SPDX-License-Identifier: Apache-2.0 */
#include "app/decoded_json.h"

static void put_told(struct json_writer *w, const char *key, struct bytes text)
{
    if (text.len > 0) {
        json_put_text(w, key, text);
    }
}

static void write_record(struct json_writer *w, const struct decode_record *r, wall_ms now)
{
    json_write_object(w);
    json_put_text(w, "device", r->device);
    if (r->kind == DECODE_STATUS) {
        json_put_string(w, "status", status_text(r->status));
    } else {
        json_put_text(w, "sensor", r->sensor);
        json_put_number(w, "value", r->value);
        put_told(w, "unit", r->unit);
    }
    json_write_key(w, "timestamp_ms");
    if (r->time != WALL_NONE && wall_plausible(r->time, now)) {
        json_write_i64(w, r->time);
    } else {
        json_write_null(w);
    }
    json_write_object_end(w);
}

static void write_meta(struct json_writer *w, const struct decode_meta *m)
{
    json_write_object(w);
    json_put_text(w, "device", m->device);
    put_told(w, "parent", m->parent);
    put_told(w, "name", m->name);
    put_told(w, "model", m->model);
    put_told(w, "manufacturer", m->manufacturer);
    put_told(w, "place", m->place);
    if (m->located) {
        json_put_number(w, "lat", m->lat);
        json_put_number(w, "lon", m->lng);
    }
    json_write_object_end(w);
}

void decoded_put_json(struct json_writer *w, const struct decoded *d, wall_ms now)
{
    json_write_key(w, "records");
    json_write_array(w);
    for (size_t i = 0; i < d->count; i++) {
        write_record(w, &d->records[i], now);
    }
    json_write_array_end(w);
    if (d->meta_count > 0) {
        json_write_key(w, "meta");
        json_write_array(w);
        for (size_t i = 0; i < d->meta_count; i++) {
            write_meta(w, &d->meta[i]);
        }
        json_write_array_end(w);
    }
    json_put_string(w, "decoder", decoder_name(d->decoder));
    if (d->drop != DROP_NONE) {
        json_put_string(w, "dropped", drop_reason(d->drop));
    }
    put_told(w, "note", d->note);
}
