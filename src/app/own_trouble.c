/* SPDX-License-Identifier: Apache-2.0 */
#include "app/own_trouble.h"

#include "proto/json/json.h"

#define DEVICE "telltale"

bool own_trouble_of(const struct alert_definition *d, const char *prefix, char *out, size_t cap)
{
    const struct alert_device us = {.id = BYTES(DEVICE)};
    const char *sensors[LIMIT_RULE_CONDITIONS];
    size_t count = alert_definition_covers(d, &us) ? alert_definition_sensors(d, sensors) : 0;
    for (size_t i = 0; i < count; i++) {
        if (strncmp(sensors[i], prefix, strlen(prefix)) == 0) {
            (void)snprintf(out, cap, "%s", sensors[i] + strlen(prefix));
            return true;
        }
    }
    return false;
}

struct command *own_trouble_rule(const char *sensor, const char *name)
{
    struct command *c = command_new(COMMAND_CREATE_RULE);
    struct json_writer w;
    json_writer_init(&w, &c->definition);
    json_write_object(&w);
    json_put_string(&w, "name", name);
    json_put_string(&w, "deviceId", DEVICE);
    json_put_string(&w, "sensorType", sensor);
    json_put_string(&w, "condition", "greater_than");
    json_put_number(&w, "threshold", 0);
    json_put_string(&w, "severity", "warning");
    json_write_object_end(&w);
    return c;
}

struct command *own_trouble_reading(const char *sensor, bool lasts)
{
    struct command *c = command_new(COMMAND_WRITE);
    struct written_text none = {0};
    c->write = written_new();
    struct written_reading reading = {.time = WALL_NONE, .value = lasts};
    reading.device = written_put_text(c->write, BYTES(DEVICE), none);
    reading.sensor = written_put_text(c->write, bytes_of_text(sensor), none);
    written_add(c->write, reading);
    return c;
}
