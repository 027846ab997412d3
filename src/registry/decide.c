/* SPDX-License-Identifier: Apache-2.0 */
/* What the ingest thread asks for each message: resolve, then reading. A known series costs one
 * hash, a comparison of its topic, and two rows touched; no hash when it comes behind the one that
 * it came behind last time, as the values of a message do. */
#include "registry/rows.h"

#include "base/utf8.h"

/* Refused readings show that their device lives; telling it this often is enough. */
#define REFUSED_SEEN_MS 1000

/* ---- resolve ---- */

/* Ids of a row hold no NUL, so the one in its key tells where the device's ends. */
static bool is_of(const struct series_row *s, const struct registry_origin *o)
{
    size_t len = o->device.len + 1 + o->sensor.len;
    return s->key_len == len && s->key[o->device.len] == '\0' &&
           bytes_equal(bytes_of(s->key, o->device.len), o->device) &&
           bytes_equal(bytes_of(s->key + o->device.len + 1, o->sensor.len), o->sensor);
}

static struct series_row *look_up(const struct registry *r, const struct registry_origin *o)
{
    uint8_t text[SERIES_KEY_MAX];
    if (o->device.len == 0 || o->device.len > LIMIT_ID_BYTES || o->sensor.len == 0 ||
        o->sensor.len > LIMIT_ID_BYTES) {
        return NULL;
    }
    struct bytes key = registry_series_key(o->device, o->sensor, text);
    return registry_series_row(r, (struct series_id){strmap_find(&r->by_names, key)});
}

static struct series_row *find_series(struct registry *r, const struct registry_origin *o)
{
    struct series_row *before = registry_series_row(r, r->asked);
    struct series_row *s =
        before ? registry_series_row(r, (struct series_id){before->follower}) : NULL;
    if (!s || !is_of(s, o)) {
        s = look_up(r, o);
        if (before && s) {
            before->follower = s->pub.id.n;
        }
    }
    r->asked = s ? s->pub.id : SERIES_NONE;
    return s;
}

static struct device_row *find_device(const struct registry *r, struct bytes key)
{
    return registry_device_row(r, (struct device_id){strmap_find(&r->by_key, key)});
}

/* Why no device with this id may be made, or DROP_NONE. */
static enum drop refuse_device(const struct registry *r, struct bytes key)
{
    return !name_id_valid(key)                        ? DROP_BAD_DEVICE_ID
           : r->device_count >= r->config.max_devices ? DROP_DEVICE_LIMIT
                                                      : DROP_NONE;
}

struct device_row *registry_make_device(struct registry *r, struct bytes key, wall_ms now,
                                        struct batch *out, enum drop *why)
{
    *why = refuse_device(r, key);
    if (*why != DROP_NONE) {
        return NULL;
    }
    struct device_row *d = registry_add_device(r, (struct device_id){r->device_rows}, key, now);
    d->pub.changed_seq = out->seq;
    r->seq = out->seq;
    registry_write_device(d, out);
    registry_count(r);
    return d;
}

static enum drop make_series(struct registry *r, const struct registry_origin *o, wall_ms now,
                             struct batch *out, struct series_row **made)
{
    struct device_row *d = find_device(r, o->device);
    enum drop why = d ? DROP_NONE : refuse_device(r, o->device);
    if (why != DROP_NONE) {
        return why;
    }
    if (!name_id_valid(o->sensor)) {
        return DROP_BAD_SENSOR_ID;
    }
    if (d && d->pub.series_count >= r->config.max_sensors_per_device) {
        return DROP_SENSOR_LIMIT;
    }
    if (r->series_count >= r->config.max_series) {
        return DROP_SERIES_LIMIT;
    }
    d = d ? d : registry_make_device(r, o->device, now, out, &why);
    ASSERT(d);
    *made = registry_add_series(r, (struct series_id){r->series_rows}, d, o->sensor);
    registry_count(r);
    return DROP_NONE;
}

/* Takes what the message tells about its series; returns whether anything is new. */
static bool describe(struct registry *r, struct series_row *s, const struct registry_origin *o)
{
    struct bytes unit = utf8_clip(o->unit, LIMIT_UNIT_BYTES);
    struct bytes topic = utf8_clip(o->topic, LIMIT_TOPIC_BYTES);
    bool changed = false;
    if (unit.len && !s->pub.unit_pinned && !bytes_equal(unit, bytes_of(s->pub.unit, s->unit_len))) {
        registry_set_unit(r, s, unit);
        changed = true;
    }
    if (!bytes_equal(topic, bytes_of(s->pub.topic, s->topic_len))) {
        registry_set_topic(s, topic);
        changed = true;
    }
    if (s->pub.kind != o->kind) {
        s->pub.kind = o->kind;
        changed = true;
    }
    return changed;
}

enum drop registry_resolve(struct registry *r, const struct registry_origin *o, wall_ms now,
                           struct batch *out, struct series_id *series, bool *created)
{
    struct series_row *s = find_series(r, o);
    *created = false;
    if (!s) {
        enum drop drop = make_series(r, o, now, out, &s);
        if (drop != DROP_NONE) {
            return drop;
        }
        *created = true;
    }
    if (describe(r, s, o) || *created) {
        s->pub.changed_seq = out->seq;
        r->seq = out->seq;
        registry_write_series(s, REGISTRY_WITHOUT_LATEST, out);
    }
    struct device_row *d = registry_device_row(r, s->pub.device);
    ASSERT(d);
    d->source = o->source;
    registry_carry(r, d, o->carrier);
    *series = s->pub.id;
    return DROP_NONE;
}

/* ---- life ---- */

/* Learns the usual gap between signs of life. Each gap weighs as much as it is long, so that a
 * burst of messages once an hour is an hour's gap; one outage counts as at most four usual gaps. */
static void learn_gap(const struct registry *r, struct device_row *d, wall_ms now)
{
    double gap = (double)(now - d->pub.last_seen);
    double most = 4 * d->gap_ms;
    if (most < (double)r->config.silence_ms) {
        most = (double)r->config.silence_ms;
    }
    if (gap > most) {
        gap = most;
    }
    d->gap_ms += gap / (gap + 4 * d->gap_ms) * (gap - d->gap_ms);
}

static void seen(const struct registry *r, struct device_row *d, wall_ms now)
{
    if (now == d->pub.last_seen) {
        return;
    }
    if (d->gap_following && now > d->pub.last_seen) {
        learn_gap(r, d, now);
    }
    d->gap_following = true;
    d->pub.last_seen = now;
}

static void alive(struct registry *r, struct device_row *d, wall_ms now, struct batch *out)
{
    seen(r, d, now);
    if (d->pub.status != STATUS_ONLINE) {
        registry_change_status(r, d, STATUS_ONLINE, CAUSE_DATA, now, out);
    }
}

/* ---- reading ---- */

static void correct(const struct registry *r, enum correction reason)
{
    if (r->metrics) {
        metrics_correct(r->metrics, reason, 1);
    }
}

/* Gives the reading a time that can be used. */
static void date(const struct registry *r, struct reading *in, wall_ms now)
{
    if (in->time != WALL_NONE) {
        if (wall_plausible(in->time, now)) {
            return;
        }
        correct(r, in->time < WALL_UNSET_BEFORE ? CORRECTION_TIME_UNSET : CORRECTION_TIME_AHEAD);
    }
    in->time = now;
    in->flags |= READING_ARRIVAL_TIME;
}

/* A refused reading is in no batch; its sign of life travels as a status. */
static void refuse(struct registry *r, struct device_row *d, wall_ms now, struct batch *out)
{
    if (d->pub.status != STATUS_ONLINE) {
        alive(r, d, now, out);
    } else if (d->pub.last_seen == WALL_NONE || now - d->pub.last_seen >= REFUSED_SEEN_MS) {
        seen(r, d, now);
        registry_write_status(d, REGISTRY_REPEATED, out);
    }
}

enum registry_order registry_reading(struct registry *r, struct reading in, wall_ms now,
                                     struct batch *out)
{
    ASSERT(now == out->now);
    struct series_row *s = registry_series_row(r, (struct series_id){in.series});
    ASSERT(s);
    struct device_row *d = registry_device_row(r, s->pub.device);
    ASSERT(d);
    bool life = registry_sign_of_life(in.flags);
    r->seq = out->seq;
    date(r, &in, now);
    if (r->config.retention_ms > 0 && in.time < now - r->config.retention_ms) {
        if (life) {
            refuse(r, d, now, out);
        }
        return REGISTRY_REFUSED;
    }
    bool superseded = (in.flags & READING_LAST_KNOWN) && s->pub.has_latest && !s->pub.last_known;
    enum registry_order order = registry_take_latest(&s->pub, &in, out->seq);
    if (order == REGISTRY_LATE) {
        correct(r, CORRECTION_OUT_OF_ORDER);
    }
    if (!superseded) {
        batch_add_reading(out, in);
    }
    if (life) {
        alive(r, d, now, out);
    }
    if (s->axis != AXIS_NONE && order == REGISTRY_NEWEST) {
        registry_move(r, d, s->axis, in.value, out);
    }
    return order;
}

/* ---- status ---- */

static void told(struct registry *r, struct device_row *d, enum device_status status,
                 enum status_cause cause, wall_ms now, struct batch *out)
{
    if (status != STATUS_ONLINE) {
        d->gap_following = false;
    }
    if (d->pub.status == status && d->pub.cause == cause) {
        registry_write_status(d, REGISTRY_REPEATED, out);
    } else {
        registry_change_status(r, d, status, cause, now, out);
    }
}

enum drop registry_status(struct registry *r, const struct registry_origin *o,
                          enum device_status status, enum status_cause cause, wall_ms now,
                          struct batch *out)
{
    ASSERT(now == out->now);
    struct device_row *d = find_device(r, o->device);
    enum drop why;
    d = d ? d : registry_make_device(r, o->device, now, out, &why);
    if (!d) {
        return why;
    }
    r->seq = out->seq;
    if (cause == CAUSE_REPORTED) {
        seen(r, d, now);
        d->source = o->source;
        registry_carry(r, d, o->carrier);
    }
    told(r, d, status, cause == CAUSE_NONE ? CAUSE_REPORTED : cause, now, out);
    out->statuses[out->status_count - 1].topic = batch_put_text(out, o->topic);
    if (status == STATUS_OFFLINE) {
        registry_parent_lost(r, d, now, out);
    }
    return DROP_NONE;
}

/* ---- silence ---- */

static bool silent(const struct registry *r, const struct device_row *d, wall_ms now)
{
    double allowed = 5 * d->gap_ms;
    if (allowed < (double)r->config.silence_ms) {
        allowed = (double)r->config.silence_ms;
    }
    wall_ms from = d->pub.last_seen;
    if (from < r->watching_since) {
        from = r->watching_since;
    }
    return d->pub.status == STATUS_ONLINE && (double)(now - from) > allowed;
}

void registry_tick(struct registry *r, wall_ms now, struct batch *out)
{
    if (r->watching_since == WALL_NONE) {
        r->watching_since = now;
    }
    for (uint32_t left = (r->device_rows + 9) / 10; left > 0; left--) {
        if (r->tick_cursor >= r->device_rows) {
            r->tick_cursor = 0;
        }
        struct device_row *d = registry_device_row(r, (struct device_id){r->tick_cursor++});
        if (d && silent(r, d, now)) {
            registry_change_status(r, d, STATUS_UNKNOWN, CAUSE_SILENT, now, out);
        }
    }
}
