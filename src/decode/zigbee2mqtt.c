/* SPDX-License-Identifier: Apache-2.0 */
/* Zigbee2MQTT:
 *
 *     <base>/bridge/state, devices, groups, ...
 *     <base>/<friendly name>                a JSON object of attributes
 *     <base>/<friendly name>/availability   online, {"state": "online"}
 *     <base>/<friendly name>/<attribute>    one attribute (output: attribute)
 *
 * Friendly names may hold slashes: only the bridge's list tells them from attributes. The base is
 * zigbee2mqtt, or any under which a bridge showed itself by its list of devices or its state. */
#include "decode/zigbee2mqtt.h"

/* Levels of a base topic that is looked for. */
#define BASE_LEVELS 4

/* A bridge's list of its devices, under any base. */
static bool is_device_list(const struct decode_topic *t)
{
    return t->count >= 3 && decode_level_is(t, t->count - 2, "bridge") &&
           decode_level_is(t, t->count - 1, "devices");
}

static bool owns_zigbee(const struct decode_topic *t)
{
    return t->count >= 2 && (decode_level_is(t, 0, "zigbee2mqtt") || is_device_list(t));
}

/* Levels of the base when this is a message of the bridge itself; 0: it is not. */
static size_t bridge_base(const struct decode_topic *t)
{
    static const char *const words[] = {"state",      "devices",     "groups",    "info",
                                        "logging",    "log",         "event",     "extensions",
                                        "converters", "definitions", "request",   "response",
                                        "health",     "config",      "networkmap"};
    for (size_t i = 1; i <= BASE_LEVELS && i + 1 < t->count; i++) {
        for (size_t w = 0; decode_level_is(t, i, "bridge") && w < ARRAY_LEN(words); w++) {
            if (decode_level_is(t, i + 1, words[w])) {
                return i;
            }
        }
    }
    return 0;
}

/* The topic up to level `end` as it was published: `t` may begin with the usual base where settings
 * name another, and bridges are kept apart by the base that they have. */
static struct bytes published(const struct decode_input *in, const struct decode_topic *t,
                              size_t end)
{
    size_t behind = t->text.len - decode_levels(t, 0, end).len;
    return bytes_of(in->topic.ptr, in->topic.len - size_min(behind, in->topic.len));
}

/* Levels of the longest base that a bridge is known under; 0: none. */
static size_t known_base(struct decoder *d, const struct decode_topic *t,
                         const struct decode_input *in)
{
    if (!d->memory.zigbee.newest) {
        return 0;
    }
    for (size_t i = size_min(BASE_LEVELS, t->count - 1); i > 0; i--) {
        const struct zigbee_item *z = zigbee_find(d, in->source, published(in, t, i));
        if (z && !z->memo.parent) {
            return i;
        }
    }
    return 0;
}

/* The state of a bridge or device: a word, or an object around it. */
static bool read_status(struct decoder *d, struct bytes payload, enum device_status *status)
{
    struct bytes text;
    payload = bytes_trim(payload);
    if (payload.len > 0 && (payload.ptr[0] == '{' || payload.ptr[0] == '"')) {
        const char *path = payload.ptr[0] == '{' ? "state" : "";
        return decode_json_check(payload) == DROP_NONE &&
               decode_find_text(d, payload, path, LIMIT_UNIT_BYTES, &text) &&
               decode_status_of(text, status);
    }
    return decode_status_of(payload, status);
}

static enum drop take_status(struct decoder *d, struct bytes device, struct bytes payload)
{
    enum device_status status;
    if (!decode_id_valid(device)) {
        return DROP_BAD_DEVICE_ID;
    }
    if (bytes_trim(payload).len == 0) {
        return DROP_NONE;
    }
    if (!read_status(d, payload, &status)) {
        return DROP_UNDECODED;
    }
    decode_add_status(d, device, status, WALL_NONE);
    return DROP_NONE;
}

/* Whether a list of devices is one of a bridge, without reading it whole. */
static bool looks_like_devices(struct bytes payload)
{
    payload = bytes_trim(payload);
    return payload.len > 0 && payload.ptr[0] == '[' &&
           memmem(payload.ptr, payload.len, "\"ieee_address\"", 14) != NULL;
}

static bool recognises_zigbee(struct decoder *d, const struct decode_topic *t,
                              const struct decode_input *in)
{
    enum device_status status;
    size_t base = bridge_base(t);
    bool state = base > 0 && base + 2 == t->count && decode_level_is(t, base + 1, "state");
    return (state && read_status(d, in->payload, &status)) || known_base(d, t, in) > 0;
}

static enum drop decode_bridge(struct decoder *d, const struct decode_topic *t,
                               const struct decode_input *in, size_t base_levels)
{
    struct bytes base = published(in, t, base_levels);
    if (base_levels + 2 != t->count || in->payload.len == 0) {
        return DROP_NONE;
    }
    if (decode_level_is(t, base_levels + 1, "devices")) {
        bool its = decode_level_is(t, 0, "zigbee2mqtt") || looks_like_devices(in->payload);
        return its ? zigbee_take_devices(d, in, base) : DROP_UNDECODED;
    }
    if (decode_level_is(t, base_levels + 1, "groups")) {
        return zigbee_take_groups(d, in, base);
    }
    if (decode_level_is(t, base_levels + 1, "state")) {
        (void)zigbee_learn_bridge(d, in, base);
        return take_status(d, base, in->payload);
    }
    return DROP_NONE;
}

/* ---- attributes ---- */

/* Bookkeeping among the attributes. */
static bool is_dropped(struct bytes key)
{
    static const char *const keys[] = {"last_seen", "elapsed", "update", "device"};
    for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
        if (bytes_equal(key, bytes_of_text(keys[i]))) {
            return true;
        }
    }
    return false;
}

static void apply_words(const struct zigbee_property *p, struct bytes text, struct scalar *s)
{
    if (p && p->on.len > 0 && bytes_equal(text, p->on)) {
        *s = (struct scalar){SCALAR_BOOLEAN, 1};
    } else if (p && p->off.len > 0 && bytes_equal(text, p->off)) {
        *s = (struct scalar){SCALAR_BOOLEAN, 0};
    }
}

static void words(struct walk *w, struct bytes text, struct scalar *s)
{
    apply_words(zigbee_property(w->ctx, bytes_of(w->path, w->len)), text, s);
}

static void adds(struct walk *w, struct decode_record *r)
{
    const struct zigbee_property *p = zigbee_property(w->ctx, r->sensor);
    if (p && r->unit.len == 0) {
        r->unit = p->unit;
    }
}

/* A device, and the message about it. */
struct subject {
    struct decoder *d;
    struct zigbee_item *known; /* NULL: not in the bridge's list */
    struct bytes device;
    struct bytes attribute; /* of the topic, with dots; empty: the payload holds them all */
};

static enum drop take_object(struct subject *s, struct bytes payload)
{
    static const struct walk_rules rules = {.words = words, .adds = adds};
    struct json_reader r;
    struct json_text key;
    struct walk w;
    wall_ms time = WALL_NONE;
    json_reader_init(&r, payload);
    decode_walk_init(&w, s->d, &r, s->attribute);
    w.rules = &rules;
    w.ctx = s->known;
    if (json_read_object(&r)) {
        while (json_read_key(&r, &key)) {
            if (s->attribute.len > 0 || key.escaped || !is_dropped(key.raw)) {
                decode_flatten_member(&w, key);
            } else if (json_text_is(key, "last_seen")) {
                time = decode_time_read(&r);
            }
        }
    }
    if (!json_finish(&r)) {
        return decode_drop_of(&r);
    }
    for (size_t i = 0; i < s->d->count; i++) {
        s->d->records[i].device = s->device;
        s->d->records[i].time = time;
    }
    return DROP_NONE;
}

static enum drop take_scalar(struct subject *s, struct bytes text)
{
    struct scalar v = decode_scalar_of_text(text);
    const struct zigbee_property *p = zigbee_property(s->known, s->attribute);
    if (is_dropped(s->attribute)) {
        return DROP_NONE;
    }
    apply_words(p, text, &v);
    if (v.kind == SCALAR_NUMBER || v.kind == SCALAR_BOOLEAN) {
        struct decode_record *r = decode_add_reading(s->d, s->attribute, v);
        if (r) {
            r->device = s->device;
            r->unit = p ? p->unit : r->unit;
        }
    }
    return DROP_NONE;
}

/* ---- topics ---- */

/* Levels of base and friendly name, the longest that is known; 0: none is. */
static size_t known_device(struct decoder *d, const struct decode_topic *t,
                           const struct decode_input *in, size_t base, struct zigbee_item **known)
{
    for (size_t i = t->count; i > base && d->memory.zigbee.newest; i--) {
        *known = zigbee_find(d, in->source, published(in, t, i));
        if (*known && (*known)->memo.parent) {
            return i;
        }
    }
    *known = NULL;
    return 0;
}

static bool is_request(const struct decode_topic *t, size_t from)
{
    for (size_t i = from; i < t->count; i++) {
        if (decode_level_is(t, i, "set") || decode_level_is(t, i, "get")) {
            return true;
        }
    }
    return false;
}

/* Levels of base and name where the list does not tell: attributes are published as scalars, and
 * all of them together as an object. */
static size_t guess_device(const struct decode_topic *t, size_t base, struct bytes payload)
{
    bool whole = payload.ptr[0] == '{' || base + 1 == t->count;
    return whole ? t->count : t->count - 1;
}

static enum drop decode_device(struct decoder *d, const struct decode_topic *t,
                               const struct decode_input *in, size_t base)
{
    struct bytes payload = bytes_trim(in->payload);
    struct subject s = {.d = d};
    size_t end = known_device(d, t, in, base, &s.known);
    size_t name_end = end > 0 ? end : base + 1;
    if (is_request(t, name_end) || payload.len == 0) {
        return DROP_NONE;
    }
    if (name_end < t->count && decode_level_is(t, t->count - 1, "availability")) {
        return take_status(d, decode_levels(t, base, t->count - 1), payload);
    }
    end = end > 0 ? end : guess_device(t, base, payload);
    s.device = decode_levels(t, base, end);
    if (!decode_id_valid(s.device)) {
        return DROP_BAD_DEVICE_ID;
    }
    if (end < t->count && !decode_levels_dotted(d, t, end, t->count, &s.attribute)) {
        return DROP_BAD_SENSOR_ID;
    }
    if (s.known) {
        memo_touch(&d->memory.zigbee, &s.known->memo, in->now);
    }
    if (payload.ptr[0] == '{') {
        return take_object(&s, payload);
    }
    return s.attribute.len > 0 ? take_scalar(&s, payload) : DROP_UNDECODED;
}

static enum drop decode_zigbee(struct decoder *d, const struct decode_topic *t,
                               const struct decode_input *in)
{
    size_t base = bridge_base(t);
    if (base > 0) {
        return decode_bridge(d, t, in, base);
    }
    if (in->payload.len > LIMIT_DECODE_BYTES) {
        return DROP_PAYLOAD_TOO_LARGE; /* no list */
    }
    base = known_base(d, t, in);
    return decode_device(d, t, in, base > 0 ? base : 1);
}

const struct decode_family decode_family_zigbee2mqtt = {.id = DECODER_ZIGBEE2MQTT,
                                                        .documents = true,
                                                        .owns = owns_zigbee,
                                                        .recognises = recognises_zigbee,
                                                        .decode = decode_zigbee};
