/* SPDX-License-Identifier: Apache-2.0 */
/* Payloads and metrics of Sparkplug B as they stand, without what earlier messages told. */
#include "decode/sparkplug.h"

#include "base/utf8.h"

/* Fields of a payload. */
enum {
    PAYLOAD_TIME = 1,
    PAYLOAD_METRIC = 2,
    PAYLOAD_SEQ = 3,
    PAYLOAD_UUID = 4,
};

/* Fields of a metric beside its value. */
enum {
    METRIC_NAME = 1,
    METRIC_ALIAS = 2,
    METRIC_TIME = 3,
    METRIC_DATATYPE = 4,
    METRIC_HISTORICAL = 5,
    METRIC_TRANSIENT = 6,
    METRIC_NULL = 7,
    METRIC_PROPERTIES = 9,
    METRIC_EXTENSION = 19,
};

enum {
    PROPERTIES_KEY = 1,
    PROPERTIES_VALUE = 2,
    PROPERTY_STRING = 8,
};

static wall_ms time_of(uint64_t value)
{
    return decode_time_of_number((double)value);
}

bool sparkplug_read(struct bytes payload, struct sparkplug_payload *p)
{
    struct protobuf_reader r = protobuf_reader_of(payload);
    struct protobuf_field f;
    *p = (struct sparkplug_payload){.bytes = payload, .time = WALL_NONE};
    while (protobuf_next(&r, &f)) {
        if (f.number == PAYLOAD_METRIC && f.wire == PROTOBUF_BYTES) {
            p->metrics++;
        } else if (f.number == PAYLOAD_TIME && f.wire == PROTOBUF_VARINT) {
            p->time = time_of(f.value);
        } else if (f.number == PAYLOAD_SEQ && f.wire == PROTOBUF_VARINT) {
            p->has_seq = true;
            p->seq = f.value;
        } else if (f.number == PAYLOAD_UUID && f.wire == PROTOBUF_BYTES) {
            p->uuid = f.bytes;
        }
    }
    return !r.failed;
}

/* ---- metrics ---- */

static void take_varint(struct sparkplug_metric *m, const struct protobuf_field *f)
{
    switch (f->number) {
    case METRIC_ALIAS:
        m->aliased = true;
        m->alias = f->value;
        break;
    case METRIC_TIME:
        m->time = time_of(f->value);
        break;
    case METRIC_DATATYPE:
        m->datatype = f->value <= SPARKPLUG_DATETIME_ARRAY ? (uint8_t)f->value : 0;
        break;
    case METRIC_HISTORICAL:
        m->historical = f->value != 0;
        break;
    case METRIC_TRANSIENT:
        m->transient = f->value != 0;
        break;
    case METRIC_NULL:
        m->null = f->value != 0;
        break;
    case SPARKPLUG_AS_INT:
    case SPARKPLUG_AS_LONG:
    case SPARKPLUG_AS_BOOLEAN:
        m->field = (enum sparkplug_field)f->number;
        m->value = f->value;
        break;
    default:
        break;
    }
}

static void take_bytes(struct sparkplug_metric *m, const struct protobuf_field *f)
{
    switch (f->number) {
    case METRIC_NAME:
        m->name = f->bytes;
        break;
    case METRIC_PROPERTIES:
        m->properties = f->bytes;
        break;
    case SPARKPLUG_AS_STRING:
    case SPARKPLUG_AS_BYTES:
        m->field = (enum sparkplug_field)f->number;
        m->bytes = f->bytes;
        break;
    default:
        if (f->number >= SPARKPLUG_AS_OTHER && f->number <= METRIC_EXTENSION) {
            m->field = SPARKPLUG_AS_OTHER;
        }
        break;
    }
}

static bool read_metric(struct bytes raw, struct sparkplug_metric *m)
{
    struct protobuf_reader r = protobuf_reader_of(raw);
    struct protobuf_field f;
    *m = (struct sparkplug_metric){.time = WALL_NONE};
    while (protobuf_next(&r, &f)) {
        if (f.wire == PROTOBUF_VARINT) {
            take_varint(m, &f);
        } else if (f.wire == PROTOBUF_BYTES) {
            take_bytes(m, &f);
        } else if ((f.number == SPARKPLUG_AS_FLOAT && f.wire == PROTOBUF_FIXED32) ||
                   (f.number == SPARKPLUG_AS_DOUBLE && f.wire == PROTOBUF_FIXED64)) {
            m->field = (enum sparkplug_field)f.number;
            m->value = f.value;
        }
    }
    return !r.failed;
}

bool sparkplug_next(struct protobuf_reader *r, struct sparkplug_metric *m)
{
    struct protobuf_field f;
    while (protobuf_next(r, &f)) {
        if (f.number == PAYLOAD_METRIC && f.wire == PROTOBUF_BYTES) {
            r->failed = !read_metric(f.bytes, m);
            return !r->failed;
        }
    }
    return false;
}

/* ---- properties ---- */

/* The place of `key` among the keys; SIZE_MAX: not there. */
static size_t place_of(struct bytes properties, struct bytes key)
{
    struct protobuf_reader r = protobuf_reader_of(properties);
    struct protobuf_field f;
    size_t place = 0;
    while (protobuf_next(&r, &f)) {
        if (f.number == PROPERTIES_KEY && f.wire == PROTOBUF_BYTES) {
            if (bytes_equal(f.bytes, key)) {
                return place;
            }
            place++;
        }
    }
    return SIZE_MAX;
}

static struct bytes text_at(struct bytes properties, size_t place)
{
    struct protobuf_reader r = protobuf_reader_of(properties);
    struct protobuf_field f;
    while (protobuf_next(&r, &f)) {
        if (f.number != PROPERTIES_VALUE || f.wire != PROTOBUF_BYTES || place-- > 0) {
            continue;
        }
        struct protobuf_reader value = protobuf_reader_of(f.bytes);
        while (protobuf_next(&value, &f)) {
            if (f.number == PROPERTY_STRING && f.wire == PROTOBUF_BYTES) {
                return f.bytes;
            }
        }
        break;
    }
    return (struct bytes){NULL, 0};
}

struct bytes sparkplug_unit(const struct sparkplug_metric *m)
{
    size_t place = place_of(m->properties, BYTES("engUnit"));
    if (place == SIZE_MAX) {
        return (struct bytes){NULL, 0};
    }
    struct bytes text = text_at(m->properties, place);
    return utf8_valid(text) ? decode_unit(text) : (struct bytes){NULL, 0};
}

/* ---- values ---- */

/* Bits of the integers that are so many; 0 for what is no integer. */
static unsigned width_of(unsigned datatype)
{
    switch (datatype) {
    case SPARKPLUG_INT8:
    case SPARKPLUG_UINT8:
        return 8;
    case SPARKPLUG_INT16:
    case SPARKPLUG_UINT16:
        return 16;
    case SPARKPLUG_INT32:
    case SPARKPLUG_UINT32:
        return 32;
    case SPARKPLUG_INT64:
    case SPARKPLUG_UINT64:
    case SPARKPLUG_DATETIME:
        return 64;
    default:
        return 0;
    }
}

/* Signed integers travel in unsigned fields: some clients add 2^width, others extend the sign to 32
 * or 64 bits. Cut to the width and then extended, both come out right. */
static double integer_of(uint64_t bits, unsigned datatype)
{
    unsigned width = width_of(datatype);
    ASSERT(width > 0);
    unsigned unused = 64 - width;
    if (datatype <= SPARKPLUG_INT64) {
        return (double)((int64_t)(bits << unused) >> unused);
    }
    return (double)(bits << unused >> unused);
}

static double float_of(uint32_t bits)
{
    float v;
    memcpy(&v, &bits, sizeof v);
    return (double)v;
}

static double double_of(uint64_t bits)
{
    double v;
    memcpy(&v, &bits, sizeof v);
    return v;
}

/* The number that a field holds by itself. */
static double number_of(const struct sparkplug_metric *m)
{
    return m->field == SPARKPLUG_AS_FLOAT    ? float_of((uint32_t)m->value)
           : m->field == SPARKPLUG_AS_DOUBLE ? double_of(m->value)
           : m->field == SPARKPLUG_AS_INT    ? (double)(uint32_t)m->value
                                             : (double)m->value;
}

bool sparkplug_scalar(const struct sparkplug_metric *m, unsigned datatype, struct scalar *s)
{
    if (m->field < SPARKPLUG_AS_INT || m->field > SPARKPLUG_AS_BOOLEAN) {
        return false;
    }
    if (datatype == SPARKPLUG_BOOLEAN || (datatype == 0 && m->field == SPARKPLUG_AS_BOOLEAN)) {
        *s = (struct scalar){SCALAR_BOOLEAN, number_of(m) != 0 ? 1 : 0};
        return true;
    }
    if (width_of(datatype) > 0 && m->field <= SPARKPLUG_AS_LONG) {
        *s = (struct scalar){SCALAR_NUMBER, integer_of(m->value, datatype)};
        return true;
    }
    *s = (struct scalar){SCALAR_NUMBER, number_of(m)};
    return datatype == 0 || datatype == SPARKPLUG_FLOAT || datatype == SPARKPLUG_DOUBLE ||
           width_of(datatype) > 0;
}

/* ---- arrays ---- */

/* The datatype of an array's elements; 0: no array of numbers. */
static unsigned element_of(unsigned datatype)
{
    if (datatype >= SPARKPLUG_INT8_ARRAY && datatype <= SPARKPLUG_DOUBLE_ARRAY) {
        return datatype - SPARKPLUG_INT8_ARRAY + SPARKPLUG_INT8;
    }
    return datatype == SPARKPLUG_DATETIME_ARRAY ? SPARKPLUG_DATETIME : 0;
}

static size_t element_bytes(unsigned element)
{
    return element == SPARKPLUG_FLOAT ? 4 : element == SPARKPLUG_DOUBLE ? 8 : width_of(element) / 8;
}

size_t sparkplug_array_count(const struct sparkplug_metric *m, unsigned datatype)
{
    if (m->field != SPARKPLUG_AS_BYTES) {
        return 0;
    }
    if (datatype == SPARKPLUG_BOOLEAN_ARRAY) {
        size_t room = m->bytes.len >= 4 ? (m->bytes.len - 4) * 8 : 0;
        return m->bytes.len >= 4 ? size_min(le32_load(m->bytes.ptr), room) : 0;
    }
    size_t size = element_bytes(element_of(datatype));
    return size > 0 ? m->bytes.len / size : 0;
}

struct scalar sparkplug_array_item(const struct sparkplug_metric *m, unsigned datatype, size_t i)
{
    if (datatype == SPARKPLUG_BOOLEAN_ARRAY) {
        unsigned bit = m->bytes.ptr[4 + i / 8] >> (7 - i % 8) & 1;
        return (struct scalar){SCALAR_BOOLEAN, bit};
    }
    unsigned element = element_of(datatype);
    size_t size = element_bytes(element);
    uint64_t bits = 0;
    ASSERT((i + 1) * size <= m->bytes.len);
    memcpy(&bits, m->bytes.ptr + i * size, size);
    double v = element == SPARKPLUG_FLOAT    ? float_of((uint32_t)bits)
               : element == SPARKPLUG_DOUBLE ? double_of(bits)
                                             : integer_of(bits, element);
    return (struct scalar){SCALAR_NUMBER, v};
}
