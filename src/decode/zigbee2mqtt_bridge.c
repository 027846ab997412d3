/* SPDX-License-Identifier: Apache-2.0 */
/* The list of devices that a Zigbee2MQTT bridge publishes: whole, at each change, so that each one
 * takes the place of the one before it. */
#include "base/mem.h"
#include "base/utf8.h"
#include "decode/zigbee2mqtt.h"

/* Composites inside composites; the definitions that there are nest to three. */
#define FEATURE_DEPTH 8

void zigbee_forget(struct memo_item *item)
{
    struct zigbee_item *z = CONTAINER_OF(item, struct zigbee_item, memo);
    free(z->properties);
}

struct zigbee_item *zigbee_find(struct decoder *d, unsigned source, struct bytes topic)
{
    struct memo_key key;
    memo_key_begin(&key, source);
    memo_key_put(&key, topic);
    struct memo_item *item = memo_find(&d->memory.zigbee, memo_key_bytes(&key));
    return item ? CONTAINER_OF(item, struct zigbee_item, memo) : NULL;
}

struct zigbee_item *zigbee_learn_bridge(struct decoder *d, const struct decode_input *in,
                                        struct bytes base)
{
    struct zigbee_item *bridge = zigbee_find(d, in->source, base);
    if (!bridge) {
        struct memo_key key;
        memo_key_begin(&key, in->source);
        memo_key_put(&key, base);
        struct memo_item *item =
            memo_add(&d->memory.zigbee, NULL, memo_key_bytes(&key), sizeof *bridge, in->now);
        if (!item) {
            decode_lose(d, DROP_MEMORY_FULL);
            return NULL;
        }
        bridge = CONTAINER_OF(item, struct zigbee_item, memo);
    }
    memo_touch(&d->memory.zigbee, &bridge->memo, in->now);
    return bridge;
}

/* ---- properties ---- */

/* Whether `path` is `known` when its steps that are numbers are left out. */
static bool equal_without_indices(struct bytes path, struct bytes known)
{
    while (path.len > 0) {
        size_t len = bytes_index(path, '.');
        struct bytes step = bytes_of(path.ptr, len);
        uint64_t index;
        path = bytes_skip(path, size_min(len + 1, path.len));
        if (bytes_to_u64(step, UINT32_MAX, &index) == OK) {
            continue;
        }
        if (!bytes_start_with(known, step) || (known.len > len && known.ptr[len] != '.')) {
            return false;
        }
        known = bytes_skip(known, size_min(len + 1, known.len));
    }
    return known.len == 0;
}

const struct zigbee_property *zigbee_property(const struct zigbee_item *device, struct bytes path)
{
    for (size_t i = 0; device && i < device->property_count; i++) {
        if (bytes_equal(device->properties[i].path, path)) {
            return &device->properties[i];
        }
    }
    for (size_t i = 0; device && i < device->property_count; i++) {
        if (equal_without_indices(path, device->properties[i].path)) {
            return &device->properties[i];
        }
    }
    return NULL;
}

/* The properties of one device as they are gathered. */
struct gathered {
    struct decoder *d;
    size_t count;
    struct zigbee_property list[ZIGBEE_PROPERTIES_MAX];
};

static void add_property(struct gathered *g, struct bytes feature, struct bytes path)
{
    struct zigbee_property p = {.path = path};
    struct bytes unit;
    if (decode_find_text(g->d, feature, "unit", LIMIT_UNIT_BYTES, &unit)) {
        p.unit = decode_unit(unit);
    }
    (void)decode_find_text(g->d, feature, "value_on", LIMIT_UNIT_BYTES, &p.on);
    (void)decode_find_text(g->d, feature, "value_off", LIMIT_UNIT_BYTES, &p.off);
    if (path.len == 0 || p.unit.len + p.on.len + p.off.len == 0) {
        return;
    }
    if (g->count == ARRAY_LEN(g->list)) {
        decode_lose(g->d, DROP_MEMORY_FULL);
        return;
    }
    g->list[g->count++] = p;
}

static void gather(struct gathered *g, struct bytes features, struct bytes prefix, unsigned depth);

/* A list's items stand under the list's own path, whatever they are called. */
static void gather_items(struct gathered *g, struct bytes feature, struct bytes path,
                         unsigned depth)
{
    struct bytes item, features;
    if (decode_find_object(feature, "item_type", &item)) {
        add_property(g, item, path);
        if (decode_find(item, "features", &features)) {
            gather(g, features, path, depth);
        }
    }
}

static void gather_feature(struct gathered *g, struct bytes feature, struct bytes prefix,
                           unsigned depth)
{
    struct bytes parts[] = {prefix, {NULL, 0}};
    struct bytes path = prefix, features;
    if (decode_find_text(g->d, feature, "property", LIMIT_ID_BYTES, &parts[1]) &&
        parts[1].len > 0) {
        path = parts[1];
        if (prefix.len > 0 && !decode_join(g->d, parts, 2, BYTES("."), LIMIT_ID_BYTES, &path)) {
            return;
        }
        add_property(g, feature, path);
    }
    if (decode_find(feature, "features", &features)) {
        gather(g, features, path, depth);
    }
    gather_items(g, feature, path, depth);
}

/* Gathers the features of an array, and theirs. Recurses to FEATURE_DEPTH. */
static void gather(struct gathered *g, struct bytes features, struct bytes prefix, unsigned depth)
{
    struct json_reader r;
    struct bytes raw;
    json_reader_init(&r, features);
    if (depth == FEATURE_DEPTH || json_peek(&r) != JSON_ARRAY || !json_read_array(&r)) {
        return;
    }
    while (json_read_item(&r)) {
        if (json_peek(&r) == JSON_OBJECT && json_read_raw(&r, &raw)) {
            gather_feature(g, raw, prefix, depth + 1);
        }
    }
}

static void keep_properties(struct decoder *d, struct zigbee_item *device, const struct gathered *g,
                            wall_ms now)
{
    size_t bytes = g->count * sizeof g->list[0];
    for (size_t i = 0; i < g->count; i++) {
        const struct zigbee_property *p = &g->list[i];
        bytes += p->path.len + p->unit.len + p->on.len + p->off.len;
    }
    if (g->count == 0) {
        return;
    }
    if (!memo_charge(&d->memory.zigbee, &device->memo, bytes, now)) {
        decode_lose(d, DROP_MEMORY_FULL);
        return;
    }
    device->properties = mem_zalloc(1, bytes);
    device->property_count = (uint32_t)g->count;
    uint8_t *text = (uint8_t *)(device->properties + g->count);
    for (size_t i = 0; i < g->count; i++) {
        const struct zigbee_property *p = &g->list[i];
        device->properties[i] =
            (struct zigbee_property){memo_copy(&text, p->path), memo_copy(&text, p->unit),
                                     memo_copy(&text, p->on), memo_copy(&text, p->off)};
    }
}

/* ---- devices and groups ---- */

/* Makes room for a device or group of the bridge. NULL: refused, counted, or there already. */
static struct zigbee_item *learn(struct decoder *d, const struct decode_input *in,
                                 struct zigbee_item *bridge, struct bytes name)
{
    struct memo_key key;
    memo_key_begin(&key, in->source);
    memo_key_put(&key, memo_name(&bridge->memo));
    memo_key_put(&key, BYTES("/"));
    memo_key_put(&key, name);
    if (memo_find(&d->memory.zigbee, memo_key_bytes(&key))) {
        return NULL;
    }
    struct memo_item *item = memo_add(&d->memory.zigbee, &bridge->memo, memo_key_bytes(&key),
                                      sizeof(struct zigbee_item), in->now);
    if (!item) {
        decode_lose(d, DROP_MEMORY_FULL);
        return NULL;
    }
    return CONTAINER_OF(item, struct zigbee_item, memo);
}

/* Forgets the bridge's devices or its groups. */
static void clear(struct decoder *d, struct zigbee_item *bridge, bool group)
{
    struct memo_item *next;
    for (struct memo_item *c = bridge->memo.first; c; c = next) {
        next = c->next;
        if (CONTAINER_OF(c, struct zigbee_item, memo)->group == group) {
            memo_remove(&d->memory.zigbee, c);
        }
    }
}

static void describe(struct decoder *d, struct bytes device, struct bytes name, struct bytes base)
{
    struct decode_meta *meta = decode_add_meta(d, name);
    struct bytes text;
    if (!meta) {
        return;
    }
    decode_describe(d, &meta->name, name);
    if (decode_id_valid(base)) {
        meta->parent = base;
    }
    if (decode_find_text(d, device, "definition.model", LIMIT_ID_BYTES, &text)) {
        decode_describe(d, &meta->model, text);
    }
    if (decode_find_text(d, device, "definition.vendor", LIMIT_ID_BYTES, &text)) {
        decode_describe(d, &meta->manufacturer, text);
    }
}

static void take_device(struct decoder *d, const struct decode_input *in,
                        struct zigbee_item *bridge, struct bytes device)
{
    struct bytes name, type, exposes;
    struct gathered g = {.d = d};
    if (!decode_find_id(d, device, "friendly_name", &name)) {
        decode_lose(d, DROP_BAD_DEVICE_ID);
        return;
    }
    if (decode_find_text(d, device, "type", LIMIT_ID_BYTES, &type) &&
        bytes_equal(type, BYTES("Coordinator"))) {
        return; /* the bridge itself, which publishes under its own name */
    }
    describe(d, device, name, memo_name(&bridge->memo));
    struct zigbee_item *item = learn(d, in, bridge, name);
    if (item && decode_find(device, "definition.exposes", &exposes)) {
        gather(&g, exposes, BYTES(""), 0);
        keep_properties(d, item, &g, in->now);
    }
}

static void take_group(struct decoder *d, const struct decode_input *in, struct zigbee_item *bridge,
                       struct bytes group)
{
    struct bytes name;
    struct zigbee_item *item = NULL;
    if (decode_find_id(d, group, "friendly_name", &name)) {
        item = learn(d, in, bridge, name);
    }
    if (item) {
        item->group = true;
    }
}

typedef void (*take_entry)(struct decoder *d, const struct decode_input *in,
                           struct zigbee_item *bridge, struct bytes entry);

static enum drop take_list(struct decoder *d, const struct decode_input *in,
                           struct zigbee_item *bridge, take_entry take)
{
    struct json_reader r;
    struct bytes raw;
    json_reader_init(&r, in->payload);
    if (!json_read_array(&r)) {
        return DROP_WRONG_TYPE;
    }
    while (json_read_item(&r)) {
        if (json_peek(&r) == JSON_OBJECT && json_read_raw(&r, &raw)) {
            take(d, in, bridge, raw);
        }
    }
    return DROP_NONE;
}

enum drop zigbee_take_devices(struct decoder *d, const struct decode_input *in, struct bytes base)
{
    enum drop refused = decode_json_check(in->payload);
    struct zigbee_item *bridge = refused == DROP_NONE ? zigbee_learn_bridge(d, in, base) : NULL;
    if (!bridge) {
        return refused;
    }
    clear(d, bridge, false);
    return take_list(d, in, bridge, take_device);
}

enum drop zigbee_take_groups(struct decoder *d, const struct decode_input *in, struct bytes base)
{
    enum drop refused = decode_json_check(in->payload);
    struct zigbee_item *bridge = refused == DROP_NONE ? zigbee_learn_bridge(d, in, base) : NULL;
    if (!bridge) {
        return refused;
    }
    clear(d, bridge, true);
    return take_list(d, in, bridge, take_group);
}
