/* SPDX-License-Identifier: Apache-2.0 */
/* SUBSCRIBE: packet id, properties of 5.0, then one or more of filter and options, of which 3.1.1
 * knows the QoS only. UNSUBSCRIBE: the same without options. Lists are checked whole and stay where
 * they are. */
#include "proto/mqtt/mqtt.h"

#include "proto/mqtt/field.h"

#define OPTION_QOS      0x03u
#define OPTION_NO_LOCAL 0x04u
#define OPTION_RETAIN   0x08u /* as published */
#define OPTION_HANDLING 0x30u
#define OPTION_RESERVED 0xc0u
#define HANDLING_SHIFT  4

static uint8_t options_of(const struct mqtt_filter *f, uint8_t version)
{
    unsigned options = f->qos;
    if (version == MQTT_V5) {
        options |= f->no_local ? OPTION_NO_LOCAL : 0;
        options |= f->retain_as_published ? OPTION_RETAIN : 0;
        options |= (unsigned)f->retain_handling << HANDLING_SHIFT;
    }
    return (uint8_t)options;
}

static bool take_options(uint8_t options, uint8_t version, struct mqtt_filter *out)
{
    uint8_t known = version == MQTT_V5 ? (uint8_t)~OPTION_RESERVED : OPTION_QOS;
    out->qos = options & OPTION_QOS;
    out->no_local = options & OPTION_NO_LOCAL;
    out->retain_as_published = options & OPTION_RETAIN;
    out->retain_handling = (uint8_t)((options & OPTION_HANDLING) >> HANDLING_SHIFT);
    return !(options & ~known) && out->qos <= 2 && out->retain_handling <= MQTT_RETAIN_DO_NOT_SEND;
}

static bool read_filter(const struct mqtt_filters *list, struct bytes *in, struct mqtt_filter *out)
{
    uint8_t options;
    *out = (struct mqtt_filter){0};
    if (!field_read_binary(in, &out->text)) {
        return false;
    }
    if (list->type == MQTT_UNSUBSCRIBE) {
        return true;
    }
    return field_read_u8(in, &options) && take_options(options, list->version, out);
}

static enum err check_share(const struct mqtt_filter *f)
{
    struct bytes group;
    struct bytes rest;
    enum err e = mqtt_share_split(f->text, &group, &rest);
    return e == OK && group.len && f->no_local ? ERR_PROTOCOL : e;
}

static enum err check_filters(struct mqtt_filters *list, struct bytes in)
{
    while (in.len) {
        struct mqtt_filter filter;
        if (!read_filter(list, &in, &filter) || !mqtt_filter_valid(filter.text)) {
            return ERR_INVALID;
        }
        enum err e = check_share(&filter);
        if (e) {
            return e;
        }
        list->count++;
    }
    return list->count ? OK : ERR_PROTOCOL;
}

enum err mqtt_decode_filters(struct mqtt_frame f, struct mqtt_filters *out)
{
    struct mqtt_filters filters = {.type = f.type, .version = f.version};
    struct bytes in = f.body;
    enum err e = OK;
    if (!field_read_id(&in, &filters.id)) {
        return ERR_INVALID;
    }
    if (f.version == MQTT_V5) {
        e = field_read_properties(&in, f.type, &filters.properties);
    }
    filters.rest = in;
    if (e == OK) {
        e = check_filters(&filters, in);
    }
    if (e == OK) {
        *out = filters;
    }
    return e;
}

bool mqtt_next_filter(struct mqtt_filters *filters, struct mqtt_filter *out)
{
    return filters->rest.len && read_filter(filters, &filters->rest, out);
}

void mqtt_encode_filters(struct buf *b, const struct mqtt_filters *head,
                         const struct mqtt_filter *filters, size_t count)
{
    ASSERT(head->type == MQTT_SUBSCRIBE || head->type == MQTT_UNSUBSCRIBE);
    ASSERT(head->id != 0 && count > 0);
    bool v5 = head->version == MQTT_V5;
    size_t options_size = head->type == MQTT_SUBSCRIBE ? 1 : 0;
    size_t size = 2 + (v5 ? field_properties_size(head->properties) : 0);
    for (size_t i = 0; i < count; i++) {
        size += field_size(filters[i].text) + options_size;
    }
    field_put_head(b, head->type, 2, size);
    field_put_u16(b, head->id);
    if (v5) {
        field_put_properties(b, head->properties);
    }
    for (size_t i = 0; i < count; i++) {
        field_put(b, filters[i].text);
        if (options_size) {
            buf_put_byte(b, options_of(&filters[i], head->version));
        }
    }
}
