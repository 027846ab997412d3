/* SPDX-License-Identifier: Apache-2.0 */
/* The live stream of a shared dashboard: the keys of `dashboard:data` and `dashboard:update` within
 * a scope. It looks at the few series of the scope each second instead of taking part in groups:
 * what is not in the scope can't come into a frame by any way of those. */
#include "live/state.h"

#include "base/mem.h"

struct told_series {
    bool told;
    wall_ms time;
    double value;
};

struct live_shared {
    const struct share_scope *scope;
    uint64_t *devices; /* hash of what each was told to be; 0: it is not there */
    struct told_series *series;
    uint64_t seq; /* alerts are told up to this batch */
};

struct live_shared *live_shared_new(const struct share_scope *scope)
{
    struct live_shared *sh = mem_zalloc(1, sizeof *sh);
    sh->scope = scope;
    sh->devices = mem_zalloc(scope->device_count + 1, sizeof *sh->devices);
    sh->series = mem_zalloc(scope->count + 1, sizeof *sh->series);
    return sh;
}

void live_shared_free(struct live_shared *sh)
{
    if (sh) {
        free(sh->devices);
        free(sh->series);
        free(sh);
    }
}

/* ---- parts ---- */

static const struct registry_device *device_at(const struct live *l, const struct live_shared *sh,
                                               size_t i)
{
    return registry_find_device(l->config.registry, bytes_of_text(sh->scope->devices[i]));
}

static const struct registry_series *series_at(const struct live *l, const struct live_shared *sh,
                                               size_t i)
{
    const struct share_series *s = &sh->scope->series[i];
    return registry_find_series(l->config.registry, bytes_of_text(s->device),
                                bytes_of_text(s->sensor));
}

static bool in_scope(const struct live_shared *sh, const struct alert *a)
{
    struct bytes device = bytes_of_text(a->device), sensor = bytes_of_text(a->sensor);
    return sensor.len ? share_scope_has(sh->scope, device, sensor)
                      : share_scope_has_device(sh->scope, device);
}

static struct live_counts count(const struct live *l, const struct live_shared *sh)
{
    struct live_counts c = {0};
    for (size_t i = 0; i < sh->scope->device_count; i++) {
        const struct registry_device *d = device_at(l, sh, i);
        if (d) {
            c.devices++;
            c.of_status[d->status]++;
        }
    }
    for (uint32_t i = 0; i < alert_open_count(l->config.alerts); i++) {
        const struct alert *a = alert_open_at(l->config.alerts, i);
        c.alerts_open += a->state != ALERT_STATE_PENDING && in_scope(sh, a);
    }
    return c;
}

/* Alerts that changed after batch `seq`. */
static void put_alerts(struct live *l, const struct live_shared *sh, uint64_t seq)
{
    for (uint32_t i = 0; i < alert_open_count(l->config.alerts); i++) {
        const struct alert *a = alert_open_at(l->config.alerts, i);
        if ((seq == 0 || a->changed_seq > seq) && in_scope(sh, a)) {
            (void)!live_sheet_shared_alert(l, a);
        }
    }
}

/* ---- everything ---- */

struct frame *live_shared_data(struct live *l, const struct live_shared *sh, struct moment now)
{
    l->now = now;
    live_sheet_begin(&l->sheet);
    put_alerts(l, sh, 0);
    for (size_t i = 0; i < sh->scope->device_count; i++) {
        const struct registry_device *d = device_at(l, sh, i);
        if (d) {
            (void)!live_sheet_shared_device(l, d, sh->scope);
        }
    }
    for (size_t i = 0; i < sh->scope->count; i++) {
        const struct registry_series *s = series_at(l, sh, i);
        if (s && s->has_latest) {
            (void)!live_sheet_latest(l, s);
        }
    }
    struct live_counts c = count(l, sh);
    return live_sheet_frame_in(l, LIVE_SHARED_NAMESPACE, "dashboard:data", &c);
}

/* ---- what changed ---- */

/* The key hides nothing here: two texts only have to differ. */
static uint64_t look_of(struct live *l, const struct live_shared *sh,
                        const struct registry_device *d)
{
    struct json_writer w;
    buf_clear(&l->scratch);
    json_writer_init(&w, &l->scratch);
    live_put_shared_device(&w, l->config.registry, d, sh->scope);
    return hash_bytes(l->config.key, buf_bytes(&l->scratch)) | 1;
}

static void put_device(struct live *l, struct live_shared *sh, size_t i)
{
    const struct registry_device *d = device_at(l, sh, i);
    uint64_t look = d ? look_of(l, sh, d) : 0;
    if (look == sh->devices[i]) {
        return;
    }
    sh->devices[i] = look;
    if (d) {
        (void)!live_sheet_shared_device(l, d, sh->scope);
    } else {
        (void)!live_sheet_deleted(l, sh->scope->devices[i]);
    }
}

static void put_series(struct live *l, struct live_shared *sh, size_t i)
{
    const struct registry_series *s = series_at(l, sh, i);
    struct told_series *t = &sh->series[i];
    if (!s || !s->has_latest || (t->told && t->time == s->time && t->value == s->value)) {
        return;
    }
    *t = (struct told_series){true, s->time, s->value};
    (void)!live_sheet_latest(l, s);
}

struct resolved {
    struct live *live;
    const struct live_shared *shared;
};

static void put_resolved(void *ctx, const struct alert *a)
{
    struct resolved *r = ctx;
    if (in_scope(r->shared, a)) {
        (void)!live_sheet_shared_alert(r->live, a);
    }
}

struct frame *live_shared_update(struct live *l, struct live_shared *sh, struct moment now)
{
    struct resolved r = {l, sh};
    uint64_t since = sh->seq;
    l->now = now;
    sh->seq = registry_seq(l->config.registry);
    live_sheet_begin(&l->sheet);
    put_alerts(l, sh, since);
    if (since == 0 || !alert_resolved_since(l->config.alerts, since, put_resolved, &r)) {
        return NULL;
    }
    for (size_t i = 0; i < sh->scope->device_count; i++) {
        put_device(l, sh, i);
    }
    for (size_t i = 0; i < sh->scope->count; i++) {
        put_series(l, sh, i);
    }
    struct live_counts c = count(l, sh);
    return live_sheet_frame_in(l, LIVE_SHARED_NAMESPACE, "dashboard:update", &c);
}
