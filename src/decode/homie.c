/* SPDX-License-Identifier: Apache-2.0 */
/* Homie, versions 3 to 5:
 *
 *     homie/<device>/<node>/<property>        and attributes as topics: $state, $name, $stats/...,
 *                                             <property>/$unit, <property>/$datatype
 *     <domain>/5/<device>/<node>/<property>   and one document, $description
 *
 * All is retained, and all is text. */
#include "decode/homie.h"

#include "base/utf8.h"

/* A name as the convention has it: lower-case letters, digits, hyphens. */
static bool is_homie_id(struct bytes level)
{
    for (size_t i = 0; i < level.len; i++) {
        uint8_t c = level.ptr[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-')) {
            return false;
        }
    }
    return level.len > 0;
}

static bool is_attribute(struct bytes level)
{
    return level.len > 0 && level.ptr[0] == '$';
}

/* Version 5 under a domain of one's own: the second level is the version. */
static bool is_other_domain(const struct decode_topic *t)
{
    if (t->count < 4 || !decode_level_is(t, 1, "5") || !is_homie_id(t->level[0]) ||
        !(is_homie_id(t->level[2]) || is_attribute(t->level[2]))) {
        return false;
    }
    return is_attribute(t->level[3]) ||
           (t->count == 5 && is_homie_id(t->level[3]) && is_homie_id(t->level[4]));
}

static bool owns_homie(const struct decode_topic *t)
{
    return (t->count >= 2 && decode_level_is(t, 0, "homie")) || is_other_domain(t);
}

/* ---- the state of a device ---- */

static bool state_of(struct bytes word, enum device_status *status)
{
    static const struct {
        const char *word;
        enum device_status status;
    } words[] = {
        {"ready", STATUS_ONLINE}, {"init", STATUS_ONLINE},          {"alert", STATUS_ONLINE},
        {"lost", STATUS_OFFLINE}, {"disconnected", STATUS_OFFLINE}, {"sleeping", STATUS_ASLEEP},
    };
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        if (bytes_equal(word, bytes_of_text(words[i].word))) {
            *status = words[i].status;
            return true;
        }
    }
    return false;
}

/* All devices below one that is lost are lost with it. Recurses to LIMIT_MEMO_DEPTH. */
static void lose_children(struct decoder *d, struct homie_item *device)
{
    for (struct memo_item *c = device->memo.first; c; c = c->next) {
        struct homie_item *child = CONTAINER_OF(c, struct homie_item, memo);
        if (child->property) {
            continue;
        }
        struct bytes id = memo_name(c);
        for (size_t at = bytes_index(id, '/'); at < id.len; at = bytes_index(id, '/')) {
            id = bytes_skip(id, at + 1);
        }
        decode_add_status(d, id, STATUS_OFFLINE, WALL_NONE);
        lose_children(d, child);
    }
}

static enum drop take_state(struct decoder *d, const struct decode_input *in, struct bytes topic,
                            struct bytes device)
{
    struct homie_item *item = homie_find(d, in->source, topic);
    enum device_status status;
    if (in->payload.len == 0) {
        if (item) {
            memo_remove(&d->memory.homie, &item->memo); /* the device was taken away */
        }
        return DROP_NONE;
    }
    if (!state_of(in->payload, &status)) {
        return DROP_UNDECODED;
    }
    decode_add_status(d, device, status, WALL_NONE);
    if (item && !item->memo.parent && bytes_equal(in->payload, BYTES("lost"))) {
        lose_children(d, item);
    }
    return DROP_NONE;
}

/* ---- values ---- */

static enum drop add_value(struct decoder *d, struct bytes device, struct bytes sensor,
                           struct scalar s, struct bytes unit)
{
    if (s.kind == SCALAR_NUMBER || s.kind == SCALAR_BOOLEAN) {
        struct decode_record *r = decode_add_reading(d, sensor, s);
        if (r) {
            r->device = device;
            r->unit = unit;
        }
    }
    return DROP_NONE;
}

/* Reads text as the datatype has it. DROP_NONE: `s` is set. */
static enum drop read_value(struct bytes text, enum homie_datatype datatype, struct scalar *s)
{
    *s = (struct scalar){SCALAR_NOTHING, 0};
    if (!utf8_valid(text)) {
        return DROP_INVALID_UTF8;
    }
    if (text.len == 0 || (text.len == 1 && text.ptr[0] == 0) || datatype == HOMIE_TEXT) {
        return DROP_NONE;
    }
    *s = decode_scalar_of_text(text);
    if (datatype == HOMIE_BOOLEAN) {
        bool told = bytes_equal(text, BYTES("true")) || bytes_equal(text, BYTES("false"));
        return told ? DROP_NONE : DROP_WRONG_TYPE;
    }
    if (datatype == HOMIE_NUMBER && s->kind != SCALAR_NUMBER) {
        return decode_starts_not_finite(text) ? DROP_NOT_FINITE : DROP_WRONG_TYPE;
    }
    return DROP_NONE;
}

/* The level without the index of a node of version 3's arrays: lights_0. */
static struct bytes without_index(struct bytes level)
{
    size_t len = level.len;
    while (len > 0 && level.ptr[len - 1] >= '0' && level.ptr[len - 1] <= '9') {
        len--;
    }
    bool indexed = len > 1 && len < level.len && level.ptr[len - 1] == '_';
    return indexed ? bytes_of(level.ptr, len - 1) : level;
}

/* What was told of a property; an array's is told once, for all its nodes. NULL: nothing. */
static struct homie_item *property_of(struct decoder *d, const struct decode_input *in,
                                      const struct decode_topic *t, size_t device)
{
    struct homie_item *p = homie_find(d, in->source, decode_levels(t, 0, device + 3));
    struct bytes node = without_index(t->level[device + 1]);
    if (!p && node.len < t->level[device + 1].len) {
        struct bytes parts[] = {decode_levels(t, 0, device + 1), node, t->level[device + 2]};
        struct bytes topic;
        if (decode_join(d, parts, 3, BYTES("/"), LIMIT_TOPIC_BYTES, &topic)) {
            p = homie_find(d, in->source, topic);
        }
    }
    return p;
}

static enum drop take_value(struct decoder *d, const struct decode_topic *t,
                            const struct decode_input *in, size_t device)
{
    struct homie_item *p = property_of(d, in, t, device);
    struct bytes unit = {NULL, 0};
    struct bytes sensor;
    struct scalar s;
    enum homie_datatype datatype = HOMIE_UNTOLD;
    if (p) {
        memo_touch(&d->memory.homie, &p->memo, in->now);
        unit = bytes_of(p->unit, p->unit_len);
        datatype = (enum homie_datatype)p->datatype;
    }
    if (!decode_levels_dotted(d, t, device + 1, device + 3, &sensor) || !decode_id_valid(sensor)) {
        return DROP_BAD_SENSOR_ID;
    }
    enum drop refused = read_value(in->payload, datatype, &s);
    return refused != DROP_NONE ? refused : add_value(d, t->level[device], sensor, s, unit);
}

/* ---- attributes ---- */

static enum drop take_property_attribute(struct decoder *d, const struct decode_topic *t,
                                         const struct decode_input *in, size_t device)
{
    bool unit = decode_level_is(t, device + 3, "$unit");
    if (t->count != device + 4 || !(unit || decode_level_is(t, device + 3, "$datatype"))) {
        return DROP_NONE;
    }
    struct homie_item *h = homie_learn(d, in, NULL, decode_levels(t, 0, device + 1));
    struct homie_item *p = h ? homie_learn(d, in, h, decode_levels(t, 0, device + 3)) : NULL;
    if (p) {
        p->property = true;
        if (unit) {
            homie_set_unit(p, in->payload);
        } else {
            p->datatype = (uint8_t)homie_datatype_of(in->payload);
        }
    }
    return DROP_NONE;
}

static struct bytes unit_of_stat(struct bytes name)
{
    static const struct {
        const char *name;
        const char *unit;
    } stats[] = {{"uptime", "s"},  {"signal", "%"}, {"cputemp", "°C"}, {"cpuload", "%"},
                 {"battery", "%"}, {"supply", "V"}, {"interval", "s"}};
    for (size_t i = 0; i < ARRAY_LEN(stats); i++) {
        if (bytes_equal(name, bytes_of_text(stats[i].name))) {
            return bytes_of_text(stats[i].unit);
        }
    }
    return (struct bytes){NULL, 0};
}

static enum drop take_stat(struct decoder *d, const struct decode_topic *t,
                           const struct decode_input *in, size_t device)
{
    struct bytes sensor;
    struct scalar s;
    if (t->count != device + 3) {
        return DROP_NONE; /* $stats itself: the list of their names */
    }
    if (!decode_levels_dotted(d, t, device + 1, t->count, &sensor) || !decode_id_valid(sensor)) {
        return DROP_BAD_SENSOR_ID;
    }
    enum drop refused = read_value(in->payload, HOMIE_UNTOLD, &s);
    return refused != DROP_NONE
               ? refused
               : add_value(d, t->level[device], sensor, s, unit_of_stat(t->level[device + 2]));
}

static enum drop take_attribute(struct decoder *d, const struct decode_topic *t,
                                const struct decode_input *in, size_t device)
{
    struct bytes topic = decode_levels(t, 0, device + 1);
    struct bytes id = t->level[device];
    if (decode_level_is(t, device + 1, "$stats")) {
        return take_stat(d, t, in, device);
    }
    if (t->count != device + 2) {
        return DROP_NONE; /* $fw/..., $alert/..., $log/... */
    }
    if (decode_level_is(t, device + 1, "$state")) {
        return take_state(d, in, topic, id);
    }
    if (in->payload.len > 0 && decode_level_is(t, device + 1, "$description")) {
        return homie_take_description(d, in, topic);
    }
    if (in->payload.len > 0 && decode_level_is(t, device + 1, "$name")) {
        struct decode_meta *meta = decode_add_meta(d, id);
        if (meta) {
            decode_describe(d, &meta->name, in->payload);
        }
    }
    return DROP_NONE;
}

static enum drop decode_homie(struct decoder *d, const struct decode_topic *t,
                              const struct decode_input *in)
{
    size_t device = decode_level_is(t, 1, "5") && t->count > 3 ? 2 : 1;
    if (is_attribute(t->level[device])) {
        return DROP_NONE; /* $broadcast */
    }
    if (!decode_id_valid(t->level[device])) {
        return DROP_BAD_DEVICE_ID;
    }
    if (t->count < device + 2) {
        return DROP_UNDECODED;
    }
    if (is_attribute(t->level[device + 1])) {
        return take_attribute(d, t, in, device);
    }
    if (t->count < device + 3) {
        return DROP_UNDECODED;
    }
    if (is_attribute(t->level[device + 2])) {
        return DROP_NONE; /* of a node */
    }
    if (t->count == device + 3) {
        return take_value(d, t, in, device);
    }
    return is_attribute(t->level[device + 3]) ? take_property_attribute(d, t, in, device)
                                              : DROP_UNDECODED;
}

const struct decode_family decode_family_homie = {
    .id = DECODER_HOMIE, .owns = owns_homie, .decode = decode_homie};
