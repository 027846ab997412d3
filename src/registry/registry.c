/* SPDX-License-Identifier: Apache-2.0 */
#include "registry/registry.h"

#include "registry/rows.h"

#include "base/mem.h"

const struct registry_config registry_defaults = {
    .max_devices = LIMIT_DEVICES,
    .max_series = LIMIT_SERIES,
    .max_sensors_per_device = LIMIT_SENSORS_PER_DEVICE,
    .retention_ms = 0,
    .silence_ms = 5 * 60 * 1000,
};

#define SETTING(field, kind)                                                                       \
    .name = #field, .type = kind, CONFIG_MEMBER(struct registry_config, field)

const struct config_field registry_settings[] = {
    {SETTING(max_devices, CONFIG_INTEGER), .min = 1, .max = 10000000,
     .help = "Devices known at once; messages of more are dropped and counted as device_limit."},
    {SETTING(max_series, CONFIG_INTEGER), .min = 1, .max = 10000000,
     .help = "Sensors of all devices together; more are dropped and counted as series_limit."},
    {SETTING(max_sensors_per_device, CONFIG_INTEGER), .min = 1, .max = 1000000,
     .help = "Sensors of one device; more are dropped and counted as sensor_limit."},
    {.name = "silence",
     .type = CONFIG_DURATION,
     CONFIG_MEMBER(struct registry_config, silence_ms),
     .min = 1000,
     .max = 365 * 86400000ull,
     .help = "How long an online device may say nothing before its status is unknown: this, or\n"
             "five times its usual gap when that is longer."},
};

const size_t registry_setting_count = ARRAY_LEN(registry_settings);

struct registry *registry_new(const struct registry_config *config, struct hash_key key,
                              struct metrics *metrics)
{
    struct registry *r = mem_zalloc(1, sizeof *r);
    r->config = *config;
    r->hash_key = key;
    r->metrics = metrics;
    r->watching_since = WALL_NONE;
    registry_rows_init(r);
    return r;
}

void registry_free(struct registry *r)
{
    if (r) {
        registry_rows_fini(r);
        free(r);
    }
}

uint32_t registry_device_rows(const struct registry *r)
{
    return r->device_rows;
}

uint32_t registry_series_rows(const struct registry *r)
{
    return r->series_rows;
}

uint32_t registry_device_count(const struct registry *r)
{
    return r->device_count;
}

uint32_t registry_series_count(const struct registry *r)
{
    return r->series_count;
}

uint32_t registry_status_count(const struct registry *r, enum device_status status)
{
    ASSERT(status < STATUS_COUNT);
    return r->status_count[status];
}

const struct registry_device *registry_device(const struct registry *r, struct device_id id)
{
    const struct device_row *d = registry_device_row(r, id);
    return d ? &d->pub : NULL;
}

const struct registry_series *registry_series(const struct registry *r, struct series_id id)
{
    const struct series_row *s = registry_series_row(r, id);
    return s ? &s->pub : NULL;
}

const struct registry_device *registry_find_device(const struct registry *r, struct bytes key)
{
    return registry_device(r, (struct device_id){strmap_find(&r->by_key, key)});
}

const struct registry_series *registry_find_series(const struct registry *r, struct bytes device,
                                                   struct bytes sensor)
{
    uint8_t text[SERIES_KEY_MAX];
    if (device.len == 0 || device.len > LIMIT_ID_BYTES || sensor.len == 0 ||
        sensor.len > LIMIT_ID_BYTES) {
        return NULL;
    }
    struct bytes key = registry_series_key(device, sensor, text);
    return registry_series(r, (struct series_id){strmap_find(&r->by_names, key)});
}

uint64_t registry_seq(const struct registry *r)
{
    return r->seq;
}

bool registry_deleted_since(const struct registry *r, uint64_t seq,
                            void (*each)(void *ctx, const char *key), void *ctx)
{
    for (uint32_t i = 0; i < r->deleted_count; i++) {
        const struct deletion *gone = &r->deleted[(r->deleted_first + i) % DELETED_MAX];
        if (gone->seq > seq) {
            each(ctx, gone->key);
        }
    }
    return seq >= r->deleted_floor;
}
