/* SPDX-License-Identifier: Apache-2.0 */
/* Following batches, and the snapshot that a follower begins from. What a batch says of a device
 * that was deleted in the same batch comes after the deletion here, and is passed over. */
#include "registry/rows.h"

void registry_snapshot(const struct registry *r, struct batch *out)
{
    out->device_ids = r->device_rows;
    out->series_ids = r->series_rows;
    for (uint32_t n = 0; n < r->device_rows; n++) {
        const struct device_row *d = registry_device_row(r, (struct device_id){n});
        if (d) {
            registry_write_device(d, out);
        }
    }
    for (uint32_t n = 0; n < r->series_rows; n++) {
        const struct series_row *s = registry_series_row(r, (struct series_id){n});
        if (s) {
            registry_write_series(s, REGISTRY_WITH_LATEST, out);
        }
    }
}

static void apply_device(struct registry *r, const struct batch *b, const struct device_change *c)
{
    struct device_row *d = registry_device_row(r, c->device);
    registry_reserve_ids(r, c->device.n + 1, 0);
    if (c->deleted) {
        if (d) {
            registry_remove_device(r, d, b->seq);
        }
        return;
    }
    if (!d) {
        d = registry_add_device(r, c->device, batch_text(b, c->id), c->since);
    }
    struct registry_device *p = &d->pub;
    registry_set_text(r, &p->name, batch_text(b, c->name));
    registry_set_text(r, &p->model, batch_text(b, c->model));
    registry_set_text(r, &p->manufacturer, batch_text(b, c->manufacturer));
    registry_set_text(r, &p->place, batch_text(b, c->place));
    p->pinned = c->pinned;
    registry_set_text(r, &p->tags, batch_text(b, c->tags));
    p->tags_len = c->tags.len;
    registry_set_text(r, &p->attributes, batch_text(b, c->attributes));
    p->located = c->located;
    p->lat = c->lat;
    p->lng = c->lng;
    registry_set_status(r, d, c->status, c->cause, c->since);
    p->last_seen = c->last_seen;
    p->changed_seq = b->seq;
}

static void apply_series(struct registry *r, const struct batch *b, const struct series_change *c)
{
    struct device_row *d = registry_device_row(r, c->device);
    struct series_row *s = registry_series_row(r, c->series);
    registry_reserve_ids(r, 0, c->series.n + 1);
    if (!d) {
        return;
    }
    if (!s) {
        s = registry_add_series(r, c->series, d, batch_text(b, c->sensor));
    }
    struct registry_series *p = &s->pub;
    registry_set_text(r, &p->name, batch_text(b, c->name));
    registry_set_unit(r, s, batch_text(b, c->unit));
    p->unit_pinned = c->unit_pinned;
    registry_set_topic(s, batch_text(b, c->topic));
    p->kind = c->kind;
    p->ranged = c->ranged;
    p->min = c->min;
    p->max = c->max;
    p->decimals = c->decimals;
    if (c->has_latest) {
        p->has_latest = true;
        p->time = c->time;
        p->value = c->value;
        p->last_known = c->last_known;
    }
    p->changed_seq = b->seq;
}

static void apply_status(struct registry *r, const struct batch *b, const struct status_change *c)
{
    struct device_row *d = registry_device_row(r, c->device);
    if (!d) {
        return;
    }
    registry_set_status(r, d, c->status, c->cause, c->since);
    d->pub.last_seen = c->last_seen;
    if (!c->repeated) {
        d->pub.changed_seq = b->seq;
    }
}

static void apply_reading(struct registry *r, const struct batch *b, const struct reading *in)
{
    struct series_row *s = registry_series_row(r, (struct series_id){in->series});
    if (!s) {
        return;
    }
    (void)registry_take_latest(&s->pub, in, b->seq);
    if (registry_sign_of_life(in->flags)) {
        struct device_row *d = registry_device_row(r, s->pub.device);
        ASSERT(d);
        d->pub.last_seen = b->now;
    }
}

/* Back to an empty world, which is all that a snapshot builds on. */
static void clear(struct registry *r, uint64_t seq)
{
    registry_rows_fini(r);
    struct registry fresh = {.config = r->config,
                             .hash_key = r->hash_key,
                             .metrics = r->metrics,
                             .deleted_floor = seq,
                             .watching_since = WALL_NONE};
    *r = fresh;
    registry_rows_init(r);
}

void registry_apply(struct registry *r, const struct batch *b)
{
    if (b->kind == BATCH_SNAPSHOT) {
        clear(r, b->seq);
        registry_reserve_ids(r, b->device_ids, b->series_ids);
    }
    for (size_t i = 0; i < b->device_count; i++) {
        apply_device(r, b, &b->devices[i]);
    }
    for (size_t i = 0; i < b->series_count; i++) {
        apply_series(r, b, &b->series[i]);
    }
    for (size_t i = 0; i < b->status_count; i++) {
        apply_status(r, b, &b->statuses[i]);
    }
    for (size_t i = 0; i < b->reading_count; i++) {
        apply_reading(r, b, &b->readings[i]);
    }
    r->seq = b->seq;
    registry_count(r);
}
