/* SPDX-License-Identifier: Apache-2.0 */
/* What messages tell about a device beside its values: its name and kind, where it stands, behind
 * which bridge it lives. A person's word for any of it stays. */
#include "registry/rows.h"

#include "base/utf8.h"

#include <math.h>

/* About a metre: less is noise of a receiver that stands still. */
#define MOVED_DEGREES 1e-5

enum series_axis registry_axis_of(struct bytes sensor)
{
    return bytes_equal(sensor, BYTES("location.latitude"))    ? AXIS_LATITUDE
           : bytes_equal(sensor, BYTES("location.longitude")) ? AXIS_LONGITUDE
                                                              : AXIS_NONE;
}

/* Returns whether that is somewhere on earth, and elsewhere than before. */
static bool place_at(struct registry_device *d, double lat, double lng)
{
    if ((d->pinned & FIELD_LOCATION) || !(fabs(lat) <= 90 && fabs(lng) <= 180) ||
        (d->located && fabs(d->lat - lat) < MOVED_DEGREES && fabs(d->lng - lng) < MOVED_DEGREES)) {
        return false;
    }
    d->located = true;
    d->lat = lat;
    d->lng = lng;
    return true;
}

static void write_changed(struct registry *r, struct device_row *d, struct batch *out)
{
    d->pub.changed_seq = out->seq;
    r->seq = out->seq;
    registry_write_device(d, out);
}

void registry_move(struct registry *r, struct device_row *d, enum series_axis axis, double degrees,
                   struct batch *out)
{
    ASSERT(axis != AXIS_NONE);
    d->moved_to[axis] = degrees;
    d->moved |= 1u << axis;
    if (d->moved != (1u << AXIS_LATITUDE | 1u << AXIS_LONGITUDE)) {
        return;
    }
    d->moved = 0;
    if (place_at(&d->pub, d->moved_to[AXIS_LATITUDE], d->moved_to[AXIS_LONGITUDE])) {
        write_changed(r, d, out);
    }
}

static bool printable(struct bytes b)
{
    for (size_t i = 0; i < b.len; i++) {
        if (b.ptr[i] < 0x20 || b.ptr[i] == 0x7f) {
            return false;
        }
    }
    return utf8_valid(b);
}

/* Takes a text that was told unless a person set `field`. Returns whether it is new. */
static bool take_text(struct registry *r, const struct device_row *d, uint32_t field, char **text,
                      struct bytes told)
{
    told = utf8_clip(told, LIMIT_NAME_BYTES);
    if (told.len == 0 || (d->pub.pinned & field) || !printable(told) ||
        bytes_equal(told, bytes_of_text(*text))) {
        return false;
    }
    registry_set_text(r, text, told);
    return true;
}

static bool take_description(struct registry *r, struct device_row *d,
                             const struct registry_description *told)
{
    bool changed = take_text(r, d, FIELD_NAME, &d->pub.name, told->name);
    changed |= take_text(r, d, FIELD_MODEL, &d->pub.model, told->model);
    changed |= take_text(r, d, FIELD_MODEL, &d->pub.manufacturer, told->manufacturer);
    changed |= take_text(r, d, FIELD_PLACE, &d->pub.place, told->place);
    if (told->located) {
        changed |= place_at(&d->pub, told->lat, told->lng);
    }
    return changed;
}

/* The device with this id, made when it is new; NULL with `*why`. */
static struct device_row *device_of(struct registry *r, struct bytes key, wall_ms now,
                                    struct batch *out, enum drop *why)
{
    uint32_t n = strmap_find(&r->by_key, key);
    struct device_row *d = registry_device_row(r, (struct device_id){n});
    return d ? d : registry_make_device(r, key, now, out, why);
}

enum drop registry_describe(struct registry *r, const struct registry_description *told,
                            wall_ms now, struct batch *out)
{
    ASSERT(now == out->now);
    enum drop why = DROP_NONE;
    struct device_row *d = device_of(r, told->device, now, out, &why);
    if (!d) {
        return why;
    }
    if (told->parent.len > 0) {
        struct device_row *parent = device_of(r, told->parent, now, out, &why);
        if (!parent) {
            return why;
        }
        registry_adopt(r, d, parent);
    }
    if (take_description(r, d, told)) {
        write_changed(r, d, out);
    }
    return DROP_NONE;
}
