/* SPDX-License-Identifier: Apache-2.0 */
/* The fleet in words, as the REST interface takes them. */
#include "proto/json/json.h"
#include "simulate/fleet.h"
#include "simulate/simulate.h"

static void write_sensor(struct json_writer *w, const struct fleet_sensor *s)
{
    json_write_object(w);
    json_put_string(w, "id", s->id);
    json_put_string(w, "name", s->name);
    json_put_string(w, "unit", s->unit);
    json_put_number(w, "min", s->min);
    json_put_number(w, "max", s->max);
    json_put_i64(w, "decimals", s->decimals);
    json_write_object_end(w);
}

static void write_axis(struct json_writer *w, const char *id, const char *name, double most)
{
    const struct fleet_sensor s = {
        .id = id, .name = name, .unit = "\xc2\xb0", .min = -most, .max = most, .decimals = 5};
    write_sensor(w, &s);
}

static void write_device(struct json_writer *w, const struct fleet_device *d)
{
    json_write_object(w);
    json_put_string(w, "id", d->id);
    json_put_string(w, "name", d->name);
    json_put_string(w, "model", d->kind->model);
    json_put_string(w, "place", d->site->place);
    /* A place that a person gives stays; who moves tells his own. */
    if (!d->kind->moves) {
        json_write_key(w, "location");
        json_write_object(w);
        json_put_number(w, "lat", d->lat);
        json_put_number(w, "lng", d->lng);
        json_write_object_end(w);
    }
    json_write_key(w, "tags");
    json_write_array(w);
    json_write_text(w, bytes_of_text(d->kind->tag));
    json_write_text(w, bytes_of_text(d->site->tag));
    json_write_text(w, BYTES("simulated"));
    json_write_array_end(w);
    json_write_key(w, "sensors");
    json_write_array(w);
    for (unsigned i = 0; i < FLEET_SENSORS; i++) {
        write_sensor(w, &d->kind->sensors[i]);
    }
    if (d->kind->moves) {
        write_axis(w, "location.latitude", "Latitude", 90);
        write_axis(w, "location.longitude", "Longitude", 180);
    }
    json_write_array_end(w);
    json_write_object_end(w);
}

static void write_rule(struct json_writer *w, const struct fleet_device *d)
{
    const struct fleet_rule *rule = &d->kind->rule;
    json_write_object(w);
    json_put_string(w, "deviceId", d->id);
    json_put_string(w, "sensorType", rule->sensor);
    json_put_string(w, "condition", condition_text(rule->condition));
    json_put_number(w, "threshold", rule->threshold);
    json_put_string(w, "severity", severity_text(rule->severity));
    json_write_object_end(w);
}

/* A rule for each device that misbehaves, and for the first of each kind, which behaves. */
static void write_rules(struct json_writer *w, const struct fleet *f)
{
    json_write_array(w);
    for (unsigned i = 0; i < f->devices; i++) {
        struct fleet_device d = fleet_device(f, i);
        if (d.misbehaves || d.first) {
            write_rule(w, &d);
        }
    }
    json_write_array_end(w);
}

int simulate_describe(const struct simulate_options *options)
{
    struct fleet f = {options->seed, options->devices};
    struct buf out = {0};
    struct json_writer w;
    json_writer_init(&w, &out);
    json_write_object(&w);
    json_write_key(&w, "devices");
    json_write_array(&w);
    for (unsigned i = 0; i < f.devices; i++) {
        struct fleet_device d = fleet_device(&f, i);
        write_device(&w, &d);
    }
    json_write_array_end(&w);
    json_write_key(&w, "rules");
    write_rules(&w, &f);
    json_write_object_end(&w);
    buf_put_byte(&out, '\n');
    bool ok = fwrite(out.ptr, 1, out.len, stdout) == out.len && fflush(stdout) == 0;
    buf_fini(&out);
    if (!ok) {
        (void)fprintf(stderr, "simulate: standard output takes nothing\n");
    }
    return ok ? 0 : 1;
}
