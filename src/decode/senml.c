/* SPDX-License-Identifier: Apache-2.0 */
/* SenML (RFC 8428) in JSON under any topic: an array of records whose first has a name or a base
 * name. Base values hold for the records after them until they are replaced. */
#include "base/utf8.h"
#include "decode/parts.h"

#include <math.h>

/* Times below this are relative to now (RFC 8428, 4.5.3). */
#define FIRST_ABSOLUTE 268435456.0

/* The version of RFC 8428; a pack of a later one must be refused (4.4). */
#define VERSION 10

static bool recognises_senml(struct decoder *d, const struct decode_topic *t,
                             const struct decode_input *in)
{
    struct bytes payload = bytes_trim(in->payload);
    struct json_reader r;
    struct json_text key;
    (void)d;
    (void)t;
    if (payload.len < 2 || payload.ptr[0] != '[') {
        return false;
    }
    json_reader_init(&r, payload);
    if (!json_read_array(&r) || !json_read_item(&r) || json_peek(&r) != JSON_OBJECT ||
        !json_read_object(&r)) {
        return false;
    }
    while (json_read_key(&r, &key)) {
        if ((json_text_is(key, "n") || json_text_is(key, "bn")) && json_peek(&r) == JSON_STRING) {
            return true;
        }
    }
    return false;
}

/* What base fields of records so far say. Empty and 0: nothing. */
struct base {
    struct bytes name, unit;
    double time, value, version;
};

struct entry {
    struct bytes name, unit;
    struct scalar value; /* SCALAR_NOTHING: none that is recorded */
    double time;
    bool foreign; /* holds a field that must be understood, and is not */
};

struct pack {
    struct decoder *d;
    struct json_reader r;
    struct base base;
    wall_ms now;
};

static void read_text(struct pack *p, size_t max, struct bytes *text)
{
    struct json_text found;
    if (json_peek(&p->r) == JSON_STRING && json_read_text(&p->r, &found) &&
        !decode_keep_text(p->d, found, max, text)) {
        *text = (struct bytes){NULL, 0};
        decode_lose(p->d, DROP_BAD_SENSOR_ID);
    }
}

static void read_number(struct pack *p, double *value)
{
    struct scalar s;
    enum json_kind kind = json_peek(&p->r);
    if ((kind == JSON_NUMBER || kind == JSON_STRING) && decode_scalar_read(&p->r, &s) &&
        s.kind == SCALAR_NUMBER) {
        *value = s.value;
    }
}

static void read_base(struct pack *p, struct json_text key)
{
    if (json_text_is(key, "bn")) {
        p->base.name = BYTES("");
        read_text(p, LIMIT_ID_BYTES, &p->base.name);
    } else if (json_text_is(key, "bu")) {
        p->base.unit = BYTES("");
        read_text(p, LIMIT_UNIT_BYTES, &p->base.unit);
    } else if (json_text_is(key, "bt")) {
        p->base.time = 0;
        read_number(p, &p->base.time);
    } else if (json_text_is(key, "bv")) {
        p->base.value = 0;
        read_number(p, &p->base.value);
    } else if (json_text_is(key, "bver")) {
        read_number(p, &p->base.version);
    }
}

static void read_boolean(struct pack *p, struct scalar *value)
{
    enum json_kind kind = json_peek(&p->r);
    if (kind == JSON_TRUE || kind == JSON_FALSE) {
        *value = (struct scalar){SCALAR_BOOLEAN, kind == JSON_TRUE};
    }
}

static void read_field(struct pack *p, struct json_text key, struct entry *e)
{
    double v = (double)NAN;
    if (json_text_is(key, "n")) {
        read_text(p, LIMIT_ID_BYTES, &e->name);
    } else if (json_text_is(key, "u")) {
        read_text(p, LIMIT_UNIT_BYTES, &e->unit);
    } else if (json_text_is(key, "t")) {
        read_number(p, &e->time);
    } else if (json_text_is(key, "v")) {
        read_number(p, &v);
        e->value = isnan(v) ? e->value : (struct scalar){SCALAR_NUMBER, v};
    } else if (json_text_is(key, "vb")) {
        read_boolean(p, &e->value);
    } else if (key.raw.len > 0 && key.raw.ptr[key.raw.len - 1] == '_') {
        e->foreign = true;
    } else {
        read_base(p, key);
    }
}

/* ---- what an entry means ---- */

/* The base name as a device: without the separator that joins names to it. */
static struct bytes device_of_base(struct bytes name)
{
    while (name.len > 0 && strchr(":/;", name.ptr[name.len - 1])) {
        name.len--;
    }
    return name;
}

static wall_ms time_of(const struct pack *p, double seconds)
{
    if (seconds == 0) {
        return WALL_NONE;
    }
    if (seconds >= FIRST_ABSOLUTE) {
        return decode_time_of_number(seconds);
    }
    return seconds > -FIRST_ABSOLUTE ? p->now + (wall_ms)floor(seconds * 1000 + 0.5) : WALL_NONE;
}

/* The sensor, where a name of its own is not the device's: the unit tells series apart. */
static struct bytes sensor_of(struct bytes name, struct bytes unit)
{
    return name.len > 0 ? name : unit.len > 0 ? unit : BYTES("value");
}

static struct bytes sensor_of_position(struct bytes unit)
{
    return bytes_equal(unit, BYTES("lat"))   ? BYTES("location.latitude")
           : bytes_equal(unit, BYTES("lon")) ? BYTES("location.longitude")
                                             : BYTES("");
}

static void add_entry(struct pack *p, const struct entry *e)
{
    struct bytes unit = e->unit.len > 0 ? e->unit : p->base.unit;
    struct bytes device = device_of_base(p->base.name);
    struct bytes name = device.len > 0 ? e->name : BYTES("");
    struct bytes position = sensor_of_position(unit);
    struct scalar value = e->value;
    device = device.len > 0 ? device : e->name;
    if (!decode_id_valid(device)) {
        decode_lose(p->d, DROP_BAD_DEVICE_ID);
        return;
    }
    value.value += value.kind == SCALAR_NUMBER ? p->base.value : 0;
    struct decode_record *r =
        decode_add_reading(p->d, position.len > 0 ? position : sensor_of(name, unit), value);
    if (r) {
        r->device = device;
        r->unit = position.len > 0 ? BYTES("\xc2\xb0") : decode_unit(unit);
        r->time = time_of(p, p->base.time + e->time);
    }
}

static void read_entry(struct pack *p)
{
    struct entry e = {.name = BYTES(""), .unit = BYTES(""), .value = {SCALAR_NOTHING, 0}};
    struct json_text key;
    if (json_peek(&p->r) != JSON_OBJECT || !json_read_object(&p->r)) {
        return;
    }
    while (json_read_key(&p->r, &key)) {
        read_field(p, key, &e);
    }
    if (e.foreign) {
        decode_lose(p->d, DROP_UNDECODED);
    } else if (e.value.kind != SCALAR_NOTHING && p->r.error == JSON_OK) {
        add_entry(p, &e);
    }
}

static enum drop decode_pack(struct decoder *d, const struct decode_topic *t,
                             const struct decode_input *in)
{
    struct pack p = {.d = d, .base = {.name = BYTES(""), .unit = BYTES("")}, .now = in->now};
    (void)t;
    json_reader_init(&p.r, in->payload);
    if (json_read_array(&p.r)) {
        while (json_read_item(&p.r)) {
            read_entry(&p);
        }
    }
    if (!json_finish(&p.r)) {
        return decode_drop_of(&p.r);
    }
    return p.base.version > VERSION ? DROP_WRONG_TYPE : DROP_NONE;
}

const struct decode_family decode_senml = {
    .id = DECODER_SENML, .recognises = recognises_senml, .decode = decode_pack};
