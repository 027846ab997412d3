/* SPDX-License-Identifier: Apache-2.0 */
/* What a person may change: the description of a device or sensor, and whether it exists. A command
 * is checked whole before anything of it is done. Attributes come as JSON that serve has parsed and
 * written anew; only their size is checked here. */
#include "registry/rows.h"

#include "base/utf8.h"

#include <math.h>

/* More decimals than a double holds tell nothing. */
#define DECIMALS_MAX 15

static void fail(struct command *c, enum err result, const char *field, const char *message)
{
    c->result = result;
    c->field = field;
    c->message = message;
}

static bool valid_text(const char *text, size_t max)
{
    struct bytes b = bytes_of_text(text);
    if (b.len > max || !utf8_valid(b)) {
        return false;
    }
    for (size_t i = 0; i < b.len; i++) {
        if (b.ptr[i] < 0x20 || b.ptr[i] == 0x7f) {
            return false;
        }
    }
    return true;
}

static bool valid_tags(const char *tags, size_t len)
{
    size_t count = 0;
    for (size_t at = 0; at < len; count++) {
        size_t tag = strnlen(tags + at, len - at);
        if (tag == 0 || at + tag == len || !valid_text(tags + at, LIMIT_TAG_BYTES)) {
            return false;
        }
        at += tag + 1;
    }
    return count <= LIMIT_TAGS;
}

static bool valid_place_on_earth(double lat, double lng)
{
    return isfinite(lat) && isfinite(lng) && fabs(lat) <= 90 && fabs(lng) <= 180;
}

_Static_assert(LIMIT_NAME_BYTES == 256 && LIMIT_UNIT_BYTES == 32 && LIMIT_TAGS == 32 &&
                   LIMIT_TAG_BYTES == 64 && LIMIT_ATTRIBUTES_BYTES == 4096 && DECIMALS_MAX == 15,
               "the messages below name them");

static const char name_expected[] = "expected text of at most 256 bytes without control characters";
static const char unit_expected[] = "expected text of at most 32 bytes without control characters";

/* ---- devices ---- */

static bool check_device(struct command *c)
{
    if ((c->fields & FIELD_NAME) && !valid_text(c->name, LIMIT_NAME_BYTES)) {
        fail(c, ERR_INVALID, "name", name_expected);
    } else if ((c->fields & FIELD_MODEL) && !valid_text(c->model, LIMIT_NAME_BYTES)) {
        fail(c, ERR_INVALID, "model", name_expected);
    } else if ((c->fields & FIELD_PLACE) && !valid_text(c->place, LIMIT_NAME_BYTES)) {
        fail(c, ERR_INVALID, "place", name_expected);
    } else if ((c->fields & FIELD_LOCATION) && c->located &&
               !valid_place_on_earth(c->lat, c->lng)) {
        fail(c, ERR_INVALID, "location", "expected lat from -90 to 90 and lng from -180 to 180");
    } else if ((c->fields & FIELD_TAGS) && !valid_tags(c->tags, c->tags_len)) {
        fail(c, ERR_INVALID, "tags",
             "expected at most 32 tags of 1 to 64 bytes without control characters");
    } else if ((c->fields & FIELD_ATTRIBUTES) &&
               bytes_of_text(c->attributes).len > LIMIT_ATTRIBUTES_BYTES) {
        fail(c, ERR_INVALID, "attributes", "expected an object of at most 4096 bytes as JSON");
    }
    return c->result == OK;
}

/* What a person sets, the device's messages don't change; what he empties is theirs again. */
static void pin(struct registry_device *d, const struct command *c)
{
    uint32_t set = (c->name && *c->name ? FIELD_NAME : 0u) |
                   (c->model && *c->model ? FIELD_MODEL : 0u) |
                   (c->place && *c->place ? FIELD_PLACE : 0u) | (c->located ? FIELD_LOCATION : 0u);
    d->pinned = (d->pinned & ~c->fields) | (set & c->fields);
}

static void patch_device(struct registry *r, struct command *c, struct device_row *row,
                         struct batch *out)
{
    if (!check_device(c)) {
        return;
    }
    struct registry_device *d = &row->pub;
    pin(d, c);
    if (c->fields & FIELD_NAME) {
        registry_set_text(r, &d->name, bytes_of_text(c->name));
    }
    if (c->fields & FIELD_MODEL) {
        registry_set_text(r, &d->model, bytes_of_text(c->model));
    }
    if (c->fields & FIELD_PLACE) {
        registry_set_text(r, &d->place, bytes_of_text(c->place));
    }
    if (c->fields & FIELD_LOCATION) {
        d->located = c->located;
        d->lat = c->located ? c->lat : 0;
        d->lng = c->located ? c->lng : 0;
    }
    if (c->fields & FIELD_TAGS) {
        registry_set_text(r, &d->tags, bytes_of(c->tags, c->tags_len));
        d->tags_len = c->tags_len;
    }
    if (c->fields & FIELD_ATTRIBUTES) {
        registry_set_text(r, &d->attributes, bytes_of_text(c->attributes));
    }
    d->changed_seq = out->seq;
    registry_write_device(row, out);
}

/* ---- sensors ---- */

static bool check_sensor(struct command *c)
{
    bool range = (c->fields & FIELD_RANGE) && c->ranged;
    if ((c->fields & FIELD_NAME) && !valid_text(c->name, LIMIT_NAME_BYTES)) {
        fail(c, ERR_INVALID, "name", name_expected);
    } else if ((c->fields & FIELD_UNIT) && !valid_text(c->unit, LIMIT_UNIT_BYTES)) {
        fail(c, ERR_INVALID, "unit", unit_expected);
    } else if (range && !isfinite(c->min)) {
        fail(c, ERR_INVALID, "min", "expected a finite number");
    } else if (range && (!isfinite(c->max) || c->max <= c->min)) {
        fail(c, ERR_INVALID, "max", "expected a finite number greater than min");
    } else if ((c->fields & FIELD_DECIMALS) && (c->decimals < -1 || c->decimals > DECIMALS_MAX)) {
        fail(c, ERR_INVALID, "decimals", "expected an integer from 0 to 15, or null");
    }
    return c->result == OK;
}

static void patch_sensor(struct registry *r, struct command *c, struct series_row *row,
                         struct batch *out)
{
    if (!check_sensor(c)) {
        return;
    }
    struct registry_series *s = &row->pub;
    if (c->fields & FIELD_NAME) {
        registry_set_text(r, &s->name, bytes_of_text(c->name));
    }
    if (c->fields & FIELD_UNIT) {
        struct bytes unit = bytes_of_text(c->unit);
        registry_set_unit(r, row, unit);
        s->unit_pinned = unit.len > 0;
    }
    if (c->fields & FIELD_RANGE) {
        s->ranged = c->ranged;
        s->min = c->ranged ? c->min : 0;
        s->max = c->ranged ? c->max : 0;
    }
    if (c->fields & FIELD_DECIMALS) {
        s->decimals = c->decimals;
    }
    s->changed_seq = out->seq;
    registry_write_series(row, REGISTRY_WITHOUT_LATEST, out);
}

static struct series_row *sensor_row(const struct registry *r, const struct command *c)
{
    const struct registry_series *s =
        registry_find_series(r, bytes_of_text(c->device), bytes_of_text(c->sensor));
    return s ? registry_series_row(r, s->id) : NULL;
}

static void sensor_command(struct registry *r, struct command *c, struct batch *out)
{
    struct series_row *s = sensor_row(r, c);
    if (!s) {
        fail(c, ERR_NOT_FOUND, NULL, "no sensor with this id on a device with this id");
        return;
    }
    patch_sensor(r, c, s, out);
}

static void device_command(struct registry *r, struct command *c, struct batch *out)
{
    uint32_t n = strmap_find(&r->by_key, bytes_of_text(c->device));
    struct device_row *d = registry_device_row(r, (struct device_id){n});
    if (!d) {
        fail(c, ERR_NOT_FOUND, NULL, "no device with this id");
    } else if (c->kind == COMMAND_DELETE_DEVICE) {
        registry_write_deleted(d, out);
        registry_remove_device(r, d, out->seq);
        registry_count(r);
    } else {
        patch_device(r, c, d, out);
    }
}

void registry_command(struct registry *r, struct command *c, struct batch *out)
{
    c->result = OK;
    c->field = c->message = NULL;
    if (c->kind == COMMAND_PATCH_SENSOR) {
        sensor_command(r, c, out);
    } else {
        ASSERT(c->kind == COMMAND_PATCH_DEVICE || c->kind == COMMAND_DELETE_DEVICE);
        device_command(r, c, out);
    }
    if (c->result == OK) {
        r->seq = out->seq;
        c->seq = out->seq;
    }
}
