/* SPDX-License-Identifier: Apache-2.0 */
/* Properties of MQTT 5.0: a length, then pairs of a number and a value whose form the number tells.
 * A section is checked once, whole, and read where it lies from then on. */
#include "proto/mqtt/mqtt.h"

#include "proto/mqtt/field.h"

#define NUMBERS 0x2Bu

/* By number; `packets` is 0 for those that don't exist. */
static const struct form {
    uint16_t packets;
    uint8_t kind;
} forms[NUMBERS] = {
#define FORM(id, number, kind, packets) [number] = {(packets), (kind)},
    MQTT_PROPERTY_LIST(FORM)
#undef FORM
};

/* ---- variable integers ---- */

bool field_read_varint(struct bytes *in, uint32_t *value)
{
    uint32_t sum = 0;
    size_t end = size_min(in->len, MQTT_HEAD_MAX - 1);
    for (size_t i = 0; i < end; i++) {
        sum |= (uint32_t)(in->ptr[i] & 0x7f) << (7 * i);
        if (in->ptr[i] < 0x80) {
            *value = sum;
            *in = bytes_skip(*in, i + 1);
            return i == 0 || in->ptr[-1] != 0;
        }
    }
    return false;
}

size_t field_varint_size(uint32_t value)
{
    ASSERT(value <= MQTT_REMAINING_MAX);
    return value < 1u << 7 ? 1 : value < 1u << 14 ? 2 : value < 1u << 21 ? 3 : 4;
}

void field_put_varint(struct buf *b, uint32_t value)
{
    ASSERT(value <= MQTT_REMAINING_MAX);
    do {
        uint8_t more = value > 0x7f ? 0x80 : 0;
        buf_put_byte(b, (uint8_t)((value & 0x7f) | more));
        value >>= 7;
    } while (value);
}

/* ---- reading ---- */

static bool read_small(struct bytes *in, uint32_t *number)
{
    uint16_t value;
    bool ok = field_read_u16(in, &value);
    *number = ok ? value : 0;
    return ok;
}

static bool read_byte(struct bytes *in, uint32_t *number)
{
    uint8_t value;
    bool ok = field_read_u8(in, &value);
    *number = ok ? value : 0;
    return ok;
}

/* The value as its kind is written; what it may say is another question. */
static bool read_value(struct bytes *in, struct mqtt_property *p)
{
    switch ((enum mqtt_kind)forms[p->id].kind) {
    case MQTT_KIND_BOOL:
        return read_byte(in, &p->number);
    case MQTT_KIND_U16:
    case MQTT_KIND_U16_POSITIVE:
        return read_small(in, &p->number);
    case MQTT_KIND_U32:
    case MQTT_KIND_U32_POSITIVE:
        return field_read_u32(in, &p->number);
    case MQTT_KIND_VARINT_POSITIVE:
        return field_read_varint(in, &p->number);
    case MQTT_KIND_STRING:
    case MQTT_KIND_TOPIC:
    case MQTT_KIND_BINARY:
        return field_read_binary(in, &p->text);
    case MQTT_KIND_PAIR:
        return field_read_binary(in, &p->text) && field_read_binary(in, &p->value);
    }
    return false;
}

/* Numbers are variable integers on paper; all that exist take one byte. */
static bool read_property(struct bytes *in, struct mqtt_property *p)
{
    struct bytes begin = *in;
    uint8_t number;
    if (!field_read_u8(in, &number) || number >= NUMBERS || !forms[number].packets) {
        return false;
    }
    *p = (struct mqtt_property){.id = (enum mqtt_property_id)number};
    if (!read_value(in, p)) {
        return false;
    }
    p->whole = bytes_of(begin.ptr, begin.len - in->len);
    return true;
}

static enum err check_value(const struct mqtt_property *p)
{
    switch ((enum mqtt_kind)forms[p->id].kind) {
    case MQTT_KIND_BOOL:
        return p->number <= 1 ? OK : ERR_PROTOCOL;
    case MQTT_KIND_U16_POSITIVE:
    case MQTT_KIND_U32_POSITIVE:
    case MQTT_KIND_VARINT_POSITIVE:
        return p->number ? OK : ERR_PROTOCOL;
    case MQTT_KIND_STRING:
        return mqtt_string_valid(p->text) ? OK : ERR_INVALID;
    case MQTT_KIND_TOPIC:
        return mqtt_topic_valid(p->text) ? OK : ERR_PROTOCOL;
    case MQTT_KIND_PAIR:
        return mqtt_string_valid(p->text) && mqtt_string_valid(p->value) ? OK : ERR_INVALID;
    case MQTT_KIND_U16:
    case MQTT_KIND_U32:
    case MQTT_KIND_BINARY:
        break;
    }
    return OK;
}

/* Several may come only of user properties, and of subscription ids in PUBLISH. */
static bool repeats(enum mqtt_property_id id, unsigned type)
{
    return id == MQTT_USER_PROPERTY || (id == MQTT_SUBSCRIPTION_ID && type == MQTT_PUBLISH);
}

static enum err check_section(struct bytes section, unsigned type)
{
    uint64_t seen = 0;
    unsigned repeated = 0;
    while (section.len) {
        struct mqtt_property p;
        if (!read_property(&section, &p)) {
            return ERR_INVALID;
        }
        bool again = seen & 1ull << p.id;
        bool may_repeat = repeats(p.id, type);
        if (!(forms[p.id].packets & 1u << type) || (again && !may_repeat)) {
            return ERR_PROTOCOL;
        }
        enum err e = check_value(&p);
        repeated += may_repeat;
        if (e || repeated > MQTT_USER_PROPERTIES_MAX) {
            return e ? e : ERR_TOO_LARGE;
        }
        seen |= 1ull << p.id;
    }
    return OK;
}

enum err field_read_properties(struct bytes *in, unsigned type, struct bytes *section)
{
    uint32_t len;
    if (!field_read_varint(in, &len) || in->len < len) {
        return ERR_INVALID;
    }
    *section = bytes_of(in->ptr, len);
    *in = bytes_skip(*in, len);
    return len ? check_section(*section, type) : OK;
}

bool mqtt_next_property(struct bytes *section, struct mqtt_property *out)
{
    return section->len && read_property(section, out);
}

uint32_t mqtt_property_number(struct bytes section, enum mqtt_property_id id, uint32_t otherwise)
{
    struct mqtt_property p;
    while (mqtt_next_property(&section, &p)) {
        if (p.id == id) {
            return p.number;
        }
    }
    return otherwise;
}

struct bytes mqtt_property_bytes(struct bytes section, enum mqtt_property_id id)
{
    struct mqtt_property p;
    while (mqtt_next_property(&section, &p)) {
        if (p.id == id) {
            return p.text;
        }
    }
    return bytes_of(NULL, 0);
}

/* ---- writing ---- */

void mqtt_put_number(struct buf *section, enum mqtt_property_id id, uint32_t number)
{
    buf_put_byte(section, (uint8_t)id);
    switch ((enum mqtt_kind)forms[id].kind) {
    case MQTT_KIND_BOOL:
        ASSERT(number <= 1);
        buf_put_byte(section, (uint8_t)number);
        return;
    case MQTT_KIND_U16_POSITIVE:
    case MQTT_KIND_U16:
        ASSERT(number <= UINT16_MAX);
        field_put_u16(section, (uint16_t)number);
        return;
    case MQTT_KIND_U32_POSITIVE:
    case MQTT_KIND_U32:
        field_put_u16(section, (uint16_t)(number >> 16));
        field_put_u16(section, (uint16_t)number);
        return;
    case MQTT_KIND_VARINT_POSITIVE:
        field_put_varint(section, number);
        return;
    case MQTT_KIND_STRING:
    case MQTT_KIND_TOPIC:
    case MQTT_KIND_BINARY:
    case MQTT_KIND_PAIR:
        break;
    }
    UNREACHABLE();
}

void mqtt_put_bytes(struct buf *section, enum mqtt_property_id id, struct bytes value)
{
    ASSERT(forms[id].kind >= MQTT_KIND_STRING && forms[id].kind <= MQTT_KIND_BINARY);
    buf_put_byte(section, (uint8_t)id);
    field_put(section, value);
}

void mqtt_put_user_property(struct buf *section, struct bytes name, struct bytes value)
{
    buf_put_byte(section, MQTT_USER_PROPERTY);
    field_put(section, name);
    field_put(section, value);
}
