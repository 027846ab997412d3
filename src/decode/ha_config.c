/* SPDX-License-Identifier: Apache-2.0 */
/* Messages of discovery: one entity, or a device with all its entities. Keys may be abbreviated. */
#include "decode/home_assistant.h"

/* What components share is some topics and words; each component looks through it. */
#define SHARED_BYTES 4096

/* One config on its way. */
struct discovery {
    struct decoder *d;
    const struct decode_input *in;
    struct ha_config *config;
    struct bytes shared; /* of a device's config: an object of what its components share */
    struct bytes device; /* the id */
    struct bytes told;   /* the `device` object; empty: none */
    struct bytes object; /* the object id of the topic */
    bool described;      /* the device, in this message */
    bool shares;         /* a component takes the shared availability */
};

/* Finds a text by its key or the key's abbreviation. */
static bool text_of(struct discovery *c, struct bytes json, const char *key, const char *brief,
                    struct bytes *text)
{
    return json.len > 0 && (decode_find_text(c->d, json, key, LIMIT_TOPIC_BYTES, text) ||
                            decode_find_text(c->d, json, brief, LIMIT_TOPIC_BYTES, text));
}

static bool raw_of(struct bytes json, const char *key, const char *brief, struct bytes *raw)
{
    return json.len > 0 && (decode_find(json, key, raw) || decode_find(json, brief, raw));
}

/* ---- topics ---- */

/* A topic of the config, with the base topic in place of a `~` at its begin or end. */
static bool topic_of(struct discovery *c, struct bytes own, struct bytes json, const char *key,
                     const char *brief, struct bytes *topic)
{
    struct bytes base = BYTES("");
    struct bytes text;
    if (!text_of(c, json, key, brief, &text) || text.len == 0) {
        return false;
    }
    if (!text_of(c, own, "~", "~", &base)) {
        (void)text_of(c, c->shared, "~", "~", &base);
    }
    struct bytes parts[] = {BYTES(""), text, BYTES("")};
    if (text.ptr[0] == '~') {
        parts[0] = base;
        parts[1] = bytes_skip(parts[1], 1);
    }
    if (parts[1].len > 0 && parts[1].ptr[parts[1].len - 1] == '~') {
        parts[1] = bytes_of(parts[1].ptr, parts[1].len - 1);
        parts[2] = base;
    }
    return decode_join(c->d, parts, 3, BYTES(""), LIMIT_TOPIC_BYTES, topic) && topic->len > 0;
}

/* ---- the device ---- */

/* Text, or a number as it stands. */
static bool id_of(struct discovery *c, struct bytes raw, struct bytes *id)
{
    if (raw.len > 0 && raw.ptr[0] == '"') {
        return decode_find_id(c->d, raw, "", id);
    }
    *id = raw;
    return raw.len > 0 && number_span(raw) == raw.len;
}

static bool first_identifier(struct discovery *c, struct bytes *id)
{
    struct bytes raw;
    if (!raw_of(c->told, "identifiers", "ids", &raw)) {
        return false;
    }
    if (raw.len > 0 && raw.ptr[0] == '[' && !decode_find(raw, "0", &raw)) {
        return false;
    }
    return id_of(c, raw, id);
}

static bool first_connection(struct discovery *c, struct bytes *id)
{
    struct bytes raw;
    return raw_of(c->told, "connections", "cns", &raw) && decode_find(raw, "0.1", &raw) &&
           id_of(c, raw, id);
}

/* The first of: an identifier, a connection's id, the node of the topic, its object. */
static bool name_device(struct discovery *c, const struct decode_topic *t)
{
    if (!first_identifier(c, &c->device) && !first_connection(c, &c->device)) {
        c->device = t->level[2]; /* of four levels it is the object, of five the node */
    }
    return decode_id_valid(c->device);
}

static void describe(struct discovery *c)
{
    struct bytes text;
    bool due = c->told.len > 0 && !c->described;
    struct decode_meta *meta = due ? decode_add_meta(c->d, c->device) : NULL;
    c->described = true;
    if (!meta) {
        return;
    }
    if (text_of(c, c->told, "name", "name", &text)) {
        decode_describe(c->d, &meta->name, text);
    }
    if (text_of(c, c->told, "model", "mdl", &text)) {
        decode_describe(c->d, &meta->model, text);
    }
    if (text_of(c, c->told, "manufacturer", "mf", &text)) {
        decode_describe(c->d, &meta->manufacturer, text);
    }
    if (text_of(c, c->told, "suggested_area", "sa", &text)) {
        decode_describe(c->d, &meta->place, text);
    }
}

/* What a native decoder's device is to be called, kept until that decoder names it. */
static void describe_later(struct discovery *c, struct ha_entity *e)
{
    (void)text_of(c, c->told, "name", "name", &e->text[HA_NAME]);
    (void)text_of(c, c->told, "model", "mdl", &e->text[HA_MODEL]);
    (void)text_of(c, c->told, "manufacturer", "mf", &e->text[HA_MANUFACTURER]);
    (void)text_of(c, c->told, "suggested_area", "sa", &e->text[HA_PLACE]);
}

/* ---- availability ---- */

static void add_availability(struct discovery *c, struct bytes own, struct bytes json,
                             struct bytes component, const char *const keys[4])
{
    struct bytes topic;
    struct ha_entity e = {.role = HA_AVAILABILITY};
    if (!topic_of(c, own, json, keys[0], keys[1], &topic) || decode_is_owned(c->d, topic)) {
        return;
    }
    e.text[HA_COMPONENT] = component;
    e.text[HA_DEVICE] = c->device;
    if (!text_of(c, json, "payload_available", "pl_avail", &e.text[HA_ON])) {
        e.text[HA_ON] = BYTES("online");
    }
    if (!text_of(c, json, "payload_not_available", "pl_not_avail", &e.text[HA_OFF])) {
        e.text[HA_OFF] = BYTES("offline");
    }
    (void)text_of(c, json, keys[2], keys[3], &e.text[HA_TEMPLATE]);
    ha_add_entity(c->d, c->in, c->config, &e, topic);
}

/* The availability of an entity, from `json`: its own object, or the shared one. False: none. */
static bool take_availability(struct discovery *c, struct bytes own, struct bytes json,
                              struct bytes component)
{
    static const char *const item[] = {"topic", "t", "value_template", "val_tpl"};
    static const char *const single[] = {"availability_topic", "avty_t", "availability_template",
                                         "avty_tpl"};
    struct json_reader r;
    struct bytes list, raw;
    if (!raw_of(json, "availability", "avty", &list)) {
        bool told = raw_of(json, single[0], single[1], &raw);
        add_availability(c, own, json, component, single);
        return told;
    }
    if (list.len > 0 && list.ptr[0] == '{') {
        add_availability(c, own, list, component, item);
        return true;
    }
    json_reader_init(&r, list);
    if (json_peek(&r) != JSON_ARRAY || !json_read_array(&r)) {
        return false;
    }
    while (json_read_item(&r)) {
        if (json_peek(&r) == JSON_OBJECT && json_read_raw(&r, &raw)) {
            add_availability(c, own, raw, component, item);
        }
    }
    return true;
}

/* ---- entities ---- */

/* A word for on or off, which may be written as true, 1 or text. */
static bool word_of(struct discovery *c, struct bytes json, const char *key, const char *brief,
                    struct bytes *word)
{
    struct bytes raw;
    if (text_of(c, json, key, brief, word)) {
        return true;
    }
    if (!raw_of(json, key, brief, &raw) || raw.len == 0 || strchr("{[n", raw.ptr[0])) {
        return false;
    }
    *word = raw;
    return true;
}

static void take_words(struct discovery *c, struct bytes json, struct bytes kind,
                       struct ha_entity *e)
{
    bool is_switch = bytes_equal(kind, BYTES("switch"));
    e->boolean = is_switch || bytes_equal(kind, BYTES("binary_sensor"));
    if (!(is_switch && word_of(c, json, "state_on", "stat_on", &e->text[HA_ON])) &&
        !word_of(c, json, "payload_on", "pl_on", &e->text[HA_ON]) && e->boolean) {
        e->text[HA_ON] = BYTES("ON");
    }
    if (!(is_switch && word_of(c, json, "state_off", "stat_off", &e->text[HA_OFF])) &&
        !word_of(c, json, "payload_off", "pl_off", &e->text[HA_OFF]) && e->boolean) {
        e->text[HA_OFF] = BYTES("OFF");
    }
}

/* The template's steps as the path that flattening would give. */
static void take_template(struct discovery *c, struct bytes json, struct ha_entity *e)
{
    struct ha_template t;
    (void)text_of(c, json, "value_template", "val_tpl", &e->text[HA_TEMPLATE]);
    ha_template_read(e->text[HA_TEMPLATE], &t);
    if (t.kind == HA_UNKNOWN) {
        decode_note(c->d, "value_template not understood: ", e->text[HA_TEMPLATE]);
    }
    if (t.kind == HA_JSON && t.step_count > 0) {
        (void)decode_join(c->d, t.steps, t.step_count, BYTES("."), LIMIT_ID_BYTES,
                          &e->text[HA_PATH]);
    }
}

static bool take_sensor(struct discovery *c, struct bytes json, struct bytes component,
                        struct ha_entity *e)
{
    struct bytes sensor;
    if (!text_of(c, json, "unique_id", "uniq_id", &sensor) || sensor.len == 0) {
        sensor = component.len > 0 ? component : c->object;
    }
    e->text[HA_SENSOR] = sensor;
    return decode_id_valid(sensor);
}

/* Takes an entity of a kind (sensor, switch, ...). `component`: its key in a device's config. */
static void take_entity(struct discovery *c, struct bytes json, struct bytes component,
                        struct bytes kind)
{
    struct bytes topic, unit;
    struct ha_entity e = {.role = HA_STATE};
    if (!topic_of(c, json, json, "state_topic", "stat_t", &topic) &&
        !topic_of(c, json, c->shared, "state_topic", "stat_t", &topic)) {
        return;
    }
    if (!take_sensor(c, json, component, &e)) {
        decode_lose(c->d, DROP_BAD_SENSOR_ID);
        return;
    }
    e.native = decode_is_owned(c->d, topic);
    e.text[HA_COMPONENT] = component;
    e.text[HA_DEVICE] = c->device;
    if (text_of(c, json, "unit_of_measurement", "unit_of_meas", &unit)) {
        e.text[HA_UNIT] = decode_unit(unit);
    }
    take_template(c, json, &e);
    take_words(c, json, kind, &e);
    if (e.native) {
        describe_later(c, &e);
    } else {
        describe(c);
        c->shares |= !take_availability(c, json, json, component);
    }
    ha_add_entity(c->d, c->in, c->config, &e, topic);
}

/* ---- a device with its components ---- */

/* Of a device's config, what is neither its device, its origin nor its components; each of those
 * looks into this. False: too long to be looked into so often. */
static bool take_shared(struct discovery *c, struct bytes json)
{
    static const char *const others[] = {"components", "cmps", "device", "dev", "origin", "o"};
    struct json_reader r;
    struct json_text key;
    struct bytes raw;
    struct buf shared = {0};
    json_reader_init(&r, json);
    buf_put_byte(&shared, '{');
    (void)json_read_object(&r);
    while (json_read_key(&r, &key)) {
        bool other = false;
        for (size_t i = 0; i < ARRAY_LEN(others); i++) {
            other |= json_text_is(key, others[i]);
        }
        if (!other && json_read_raw(&r, &raw)) {
            buf_put_text(&shared, shared.len > 1 ? ",\"" : "\"");
            buf_put_bytes(&shared, key.raw);
            buf_put_text(&shared, "\":");
            buf_put_bytes(&shared, raw);
        }
    }
    buf_put_byte(&shared, '}');
    bool kept = shared.len <= SHARED_BYTES && decode_keep(c->d, buf_bytes(&shared), &c->shared);
    buf_fini(&shared);
    return kept;
}

/* A component that names nothing but its platform is taken away. */
static bool is_removal(struct bytes component)
{
    struct json_reader r;
    struct json_text key;
    json_reader_init(&r, component);
    (void)json_read_object(&r);
    while (json_read_key(&r, &key)) {
        if (!json_text_is(key, "p") && !json_text_is(key, "platform")) {
            return false;
        }
    }
    return true;
}

static void take_component(struct discovery *c, struct json_text key, struct bytes raw)
{
    struct bytes component, kind = BYTES("");
    if (!decode_keep_text(c->d, key, LIMIT_ID_BYTES, &component) || component.len == 0) {
        return;
    }
    ha_remove_component(c->d, c->config, component);
    if (!is_removal(raw)) {
        (void)text_of(c, raw, "platform", "p", &kind);
        take_entity(c, raw, component, kind);
    }
}

static void take_components(struct discovery *c, struct bytes json)
{
    struct json_reader r;
    struct json_text key;
    struct bytes list, raw;
    unsigned count = 0;
    if (!raw_of(json, "components", "cmps", &list) || !take_shared(c, json)) {
        return;
    }
    json_reader_init(&r, list);
    if (json_peek(&r) != JSON_OBJECT || !json_read_object(&r)) {
        return;
    }
    while (json_read_key(&r, &key)) {
        if (json_peek(&r) != JSON_OBJECT || !json_read_raw(&r, &raw)) {
            continue;
        }
        if (count++ >= LIMIT_ENTITIES_PER_TOPIC) {
            decode_lose(c->d, DROP_TOO_MANY_VALUES);
            return;
        }
        take_component(c, key, raw);
    }
    if (c->shares) {
        ha_remove_component(c->d, c->config, BYTES(""));
        (void)take_availability(c, c->shared, c->shared, BYTES(""));
    }
}

enum drop ha_take_config(struct decoder *d, const struct decode_topic *t,
                         const struct decode_input *in)
{
    struct discovery c = {.d = d, .in = in, .object = t->level[t->count - 2]};
    struct bytes json = bytes_trim(in->payload);
    struct ha_config *known = ha_find_config(d, in);
    if (json.len == 0) {
        if (known) {
            memo_remove(&d->memory.ha_configs, &known->memo);
        }
        return DROP_NONE;
    }
    enum drop refused = decode_json_check(json);
    if (refused != DROP_NONE || json.ptr[0] != '{') {
        return refused != DROP_NONE ? refused : DROP_WRONG_TYPE;
    }
    if (!decode_find_object(json, "device", &c.told)) {
        (void)decode_find_object(json, "dev", &c.told);
    }
    if (!name_device(&c, t)) {
        return DROP_BAD_DEVICE_ID;
    }
    c.config = ha_learn_config(d, in);
    if (!c.config) {
        return DROP_NONE;
    }
    if (decode_level_is(t, 1, "device")) {
        take_components(&c, json);
    } else {
        ha_remove_component(d, c.config, BYTES(""));
        take_entity(&c, json, BYTES(""), t->level[1]);
    }
    return DROP_NONE;
}
