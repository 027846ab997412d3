/* SPDX-License-Identifier: Apache-2.0 */
/* Rows as the parts of a batch, for changes and for snapshots alike. */
#include "registry/rows.h"

static struct text_ref put(struct batch *out, const char *text)
{
    return batch_put_text(out, bytes_of_text(text));
}

void registry_write_device(const struct device_row *row, struct batch *out)
{
    const struct registry_device *d = &row->pub;
    struct device_change *c = batch_add_device(out);
    c->device = d->id;
    c->id = put(out, d->key);
    c->name = put(out, d->name);
    c->model = put(out, d->model);
    c->manufacturer = put(out, d->manufacturer);
    c->place = put(out, d->place);
    c->pinned = d->pinned;
    c->located = d->located;
    c->lat = d->lat;
    c->lng = d->lng;
    c->tags = batch_put_text(out, bytes_of(d->tags, d->tags_len));
    c->attributes = put(out, d->attributes);
    c->status = d->status;
    c->cause = d->cause;
    c->since = d->since;
    c->last_seen = d->last_seen;
}

void registry_write_deleted(const struct device_row *row, struct batch *out)
{
    struct device_change *c = batch_add_device(out);
    c->device = row->pub.id;
    c->deleted = true;
    c->id = put(out, row->pub.key);
}

void registry_write_series(const struct series_row *row, enum registry_detail detail,
                           struct batch *out)
{
    const struct registry_series *s = &row->pub;
    struct series_change *c = batch_add_series(out);
    c->series = s->id;
    c->device = s->device;
    c->sensor = put(out, s->sensor);
    c->name = put(out, s->name);
    c->unit = batch_put_text(out, bytes_of(s->unit, row->unit_len));
    c->unit_pinned = s->unit_pinned;
    c->topic = batch_put_text(out, bytes_of(s->topic, row->topic_len));
    c->kind = s->kind;
    c->ranged = s->ranged;
    c->min = s->min;
    c->max = s->max;
    c->decimals = s->decimals;
    if (detail == REGISTRY_WITH_LATEST) {
        c->has_latest = s->has_latest;
        c->time = s->time;
        c->value = s->value;
        c->last_known = s->last_known;
    }
}

void registry_write_status(const struct device_row *row, enum registry_repeated repeated,
                           struct batch *out)
{
    struct status_change *c = batch_add_status(out);
    c->device = row->pub.id;
    c->status = row->pub.status;
    c->cause = row->pub.cause;
    c->since = row->pub.since;
    c->last_seen = row->pub.last_seen;
    c->repeated = repeated == REGISTRY_REPEATED;
}

void registry_change_status(struct registry *r, struct device_row *d, enum device_status status,
                            enum status_cause cause, wall_ms now, struct batch *out)
{
    wall_ms since = d->pub.status == status ? d->pub.since : now;
    registry_set_status(r, d, status, cause, since);
    d->pub.changed_seq = out->seq;
    r->seq = out->seq;
    registry_write_status(d, REGISTRY_CHANGED, out);
}
