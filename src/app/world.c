/* SPDX-License-Identifier: Apache-2.0 */
#include "app/world.h"

static void describe(const struct registry *r, const struct registry_device *d,
                     struct alert_device *out)
{
    *out = (struct alert_device){
        .number = d->id.n,
        .id = bytes_of_text(d->key),
        .model = bytes_of_text(d->model),
        .place = bytes_of_text(d->place),
        .tags = bytes_of(d->tags, d->tags_len),
        .attributes = bytes_of_text(d->attributes),
        .status = d->status,
        .cause = d->cause,
        .first_series = d->first_series,
        .cut_off = registry_cut_off(r, d->id),
    };
}

static uint32_t device_rows(const void *ctx)
{
    return registry_device_rows(ctx);
}

static bool device(const void *ctx, struct device_id id, struct alert_device *out)
{
    const struct registry_device *d = registry_device(ctx, id);
    if (d) {
        describe(ctx, d, out);
    }
    return d != NULL;
}

static bool find_device(const void *ctx, struct bytes id, struct alert_device *out)
{
    const struct registry_device *d = registry_find_device(ctx, id);
    if (d) {
        describe(ctx, d, out);
    }
    return d != NULL;
}

static bool series(const void *ctx, struct series_id id, struct alert_series *out)
{
    const struct registry_series *s = registry_series(ctx, id);
    if (!s) {
        return false;
    }
    *out = (struct alert_series){
        .device = s->device,
        .sensor = bytes_of_text(s->sensor),
        .has_latest = s->has_latest && !s->last_known,
        .value = s->value,
        .time = s->time,
        .next = s->next,
    };
    return true;
}

static struct series_id find_series(const void *ctx, struct bytes device_id, struct bytes sensor)
{
    const struct registry_series *s = registry_find_series(ctx, device_id, sensor);
    return s ? s->id : SERIES_NONE;
}

struct alert_world world_of(const struct registry *r)
{
    return (struct alert_world){.device_rows = device_rows,
                                .device = device,
                                .find_device = find_device,
                                .series = series,
                                .find_series = find_series,
                                .ctx = r};
}
