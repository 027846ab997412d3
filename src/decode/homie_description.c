/* SPDX-License-Identifier: Apache-2.0 */
/* Version 5 of Homie describes a device in one document: its nodes, their properties, the device
 * above it and those below. */
#include "base/utf8.h"
#include "decode/homie.h"

struct homie_item *homie_find(struct decoder *d, unsigned source, struct bytes topic)
{
    struct memo_key key;
    memo_key_begin(&key, source);
    memo_key_put(&key, topic);
    struct memo_item *item = memo_find(&d->memory.homie, memo_key_bytes(&key));
    return item ? CONTAINER_OF(item, struct homie_item, memo) : NULL;
}

struct homie_item *homie_learn(struct decoder *d, const struct decode_input *in,
                               struct homie_item *parent, struct bytes topic)
{
    struct homie_item *h = homie_find(d, in->source, topic);
    if (!h) {
        struct memo_key key;
        memo_key_begin(&key, in->source);
        memo_key_put(&key, topic);
        struct memo_item *item = memo_add(&d->memory.homie, parent ? &parent->memo : NULL,
                                          memo_key_bytes(&key), sizeof *h, in->now);
        if (!item) {
            decode_lose(d, DROP_MEMORY_FULL);
            return NULL;
        }
        h = CONTAINER_OF(item, struct homie_item, memo);
    }
    memo_touch(&d->memory.homie, &h->memo, in->now);
    return h;
}

enum homie_datatype homie_datatype_of(struct bytes word)
{
    static const struct {
        const char *word;
        enum homie_datatype datatype;
    } words[] = {
        {"integer", HOMIE_NUMBER}, {"float", HOMIE_NUMBER},  {"boolean", HOMIE_BOOLEAN},
        {"string", HOMIE_TEXT},    {"enum", HOMIE_TEXT},     {"color", HOMIE_TEXT},
        {"datetime", HOMIE_TEXT},  {"duration", HOMIE_TEXT}, {"json", HOMIE_TEXT},
    };
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        if (bytes_equal(word, bytes_of_text(words[i].word))) {
            return words[i].datatype;
        }
    }
    return HOMIE_UNTOLD;
}

void homie_set_unit(struct homie_item *property, struct bytes unit)
{
    unit = utf8_valid(unit) ? decode_unit(unit) : (struct bytes){NULL, 0};
    property->unit_len = (uint8_t)unit.len;
    if (unit.len > 0) {
        memcpy(property->unit, unit.ptr, unit.len);
    }
}

/* ---- the document ---- */

struct description {
    struct decoder *d;
    const struct decode_input *in;
    struct bytes topic; /* of the device */
    struct homie_item *device;
};

/* The topic of another device beside this one. False: no room. */
static bool sibling(struct description *desc, struct bytes id, struct bytes *topic)
{
    size_t at = desc->topic.len;
    while (desc->topic.ptr[at - 1] != '/') {
        at--;
    }
    struct bytes parts[] = {bytes_of(desc->topic.ptr, at), id};
    return decode_join(desc->d, parts, 2, BYTES(""), LIMIT_TOPIC_BYTES, topic);
}

static void take_property(struct description *desc, struct bytes node, struct json_text name,
                          struct bytes raw)
{
    struct bytes parts[] = {desc->topic, node, {NULL, 0}};
    struct bytes topic, unit = BYTES(""), word = BYTES("");
    if (!decode_keep_text(desc->d, name, LIMIT_ID_BYTES, &parts[2]) ||
        !decode_join(desc->d, parts, 3, BYTES("/"), LIMIT_TOPIC_BYTES, &topic)) {
        return;
    }
    (void)decode_find_text(desc->d, raw, "unit", LIMIT_UNIT_BYTES, &unit);
    (void)decode_find_text(desc->d, raw, "datatype", LIMIT_UNIT_BYTES, &word);
    enum homie_datatype datatype = homie_datatype_of(word);
    if (unit.len == 0 && datatype == HOMIE_UNTOLD) {
        return;
    }
    struct homie_item *property = homie_learn(desc->d, desc->in, desc->device, topic);
    if (property) {
        property->property = true;
        property->datatype = (uint8_t)datatype;
        homie_set_unit(property, unit);
    }
}

static void take_node(struct description *desc, struct json_text name, struct bytes raw)
{
    struct json_reader r;
    struct json_text key;
    struct bytes node, properties, property;
    if (!decode_keep_text(desc->d, name, LIMIT_ID_BYTES, &node) ||
        !decode_find_object(raw, "properties", &properties)) {
        return;
    }
    json_reader_init(&r, properties);
    (void)json_read_object(&r);
    while (json_read_key(&r, &key)) {
        if (json_peek(&r) == JSON_OBJECT && json_read_raw(&r, &property)) {
            take_property(desc, node, key, property);
        }
    }
}

static void take_nodes(struct description *desc, struct bytes json)
{
    struct json_reader r;
    struct json_text key;
    struct bytes nodes, node;
    if (!decode_find_object(json, "nodes", &nodes)) {
        return;
    }
    json_reader_init(&r, nodes);
    (void)json_read_object(&r);
    while (json_read_key(&r, &key)) {
        if (json_peek(&r) == JSON_OBJECT && json_read_raw(&r, &node)) {
            take_node(desc, key, node);
        }
    }
}

static void take_children(struct description *desc, struct bytes json)
{
    struct json_reader r;
    struct json_text text;
    struct bytes children, id, topic;
    if (!decode_find(json, "children", &children)) {
        return;
    }
    json_reader_init(&r, children);
    if (json_peek(&r) != JSON_ARRAY || !json_read_array(&r)) {
        return;
    }
    while (json_read_item(&r)) {
        if (json_peek(&r) != JSON_STRING || !json_read_text(&r, &text) ||
            !decode_keep_text(desc->d, text, LIMIT_ID_BYTES, &id) || !decode_id_valid(id) ||
            !sibling(desc, id, &topic)) {
            continue;
        }
        struct homie_item *child = homie_learn(desc->d, desc->in, desc->device, topic);
        if (child && !child->memo.parent) {
            memo_move(&desc->d->memory.homie, &child->memo, &desc->device->memo);
        }
    }
}

/* Puts the device below the one that it names, and says so. */
static void take_parent(struct description *desc, struct bytes json, struct decode_meta *meta)
{
    struct bytes id, topic;
    if (!decode_find_id(desc->d, json, "parent", &id) &&
        !decode_find_id(desc->d, json, "root", &id)) {
        return;
    }
    struct homie_item *parent =
        sibling(desc, id, &topic) ? homie_learn(desc->d, desc->in, NULL, topic) : NULL;
    if (parent) {
        memo_move(&desc->d->memory.homie, &desc->device->memo, &parent->memo);
    }
    if (meta) {
        meta->parent = id;
    }
}

static void forget_properties(struct description *desc)
{
    struct memo_item *next;
    for (struct memo_item *c = desc->device->memo.first; c; c = next) {
        next = c->next;
        if (CONTAINER_OF(c, struct homie_item, memo)->property) {
            memo_remove(&desc->d->memory.homie, c);
        }
    }
}

enum drop homie_take_description(struct decoder *d, const struct decode_input *in,
                                 struct bytes topic)
{
    struct description desc = {.d = d, .in = in, .topic = topic};
    struct bytes name, json = in->payload;
    enum drop refused = decode_json_check(json);
    if (refused != DROP_NONE) {
        return refused;
    }
    size_t at = topic.len;
    while (topic.ptr[at - 1] != '/') {
        at--;
    }
    struct decode_meta *meta = decode_add_meta(d, bytes_skip(topic, at));
    if (meta && decode_find_text(d, json, "name", LIMIT_ID_BYTES, &name)) {
        decode_describe(d, &meta->name, name);
    }
    desc.device = homie_learn(d, in, NULL, topic);
    if (desc.device) {
        forget_properties(&desc);
        take_parent(&desc, json, meta);
        take_nodes(&desc, json);
        take_children(&desc, json);
    }
    return DROP_NONE;
}
