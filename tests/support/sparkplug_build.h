/* SPDX-License-Identifier: Apache-2.0 */
/* Sparkplug payloads for tests, field by field. */
#ifndef TELLTALE_TESTS_SPARKPLUG_BUILD_H
#define TELLTALE_TESTS_SPARKPLUG_BUILD_H

#include "decode/protobuf.h"

struct built {
    uint8_t bytes[65536];
    uint8_t *at;
};

static inline void built_begin(struct built *b, uint64_t time, int seq)
{
    b->at = b->bytes;
    if (time > 0) {
        b->at = protobuf_put_varint(b->at, 1, time);
    }
    if (seq >= 0) {
        b->at = protobuf_put_varint(b->at, 3, (uint64_t)seq);
    }
}

static inline struct bytes built_end(const struct built *b)
{
    return bytes_of(b->bytes, (size_t)(b->at - b->bytes));
}

/* Fields of one metric; a NULL name, an alias below 0 and a datatype of 0 are left out. */
struct field {
    const char *name;
    int64_t alias;
    unsigned datatype;
    unsigned value_field; /* 0: is_null */
    uint64_t value;       /* bits */
    struct bytes bytes;
    uint64_t time;
    unsigned flag; /* 5 historical, 6 transient */
    const char *unit;
};

static inline uint8_t *built_fixed(uint8_t *at, unsigned number, uint64_t value)
{
    unsigned size = number == 12 ? 4 : 8;
    *at++ = (uint8_t)(number << 3 | (size == 4 ? PROTOBUF_FIXED32 : PROTOBUF_FIXED64));
    memcpy(at, &value, size);
    return at + size;
}

static inline uint8_t *built_unit(uint8_t *at, const char *unit)
{
    uint8_t set[256], value[128];
    uint8_t *v = protobuf_put_bytes(protobuf_put_varint(value, 1, 12), 8, bytes_of_text(unit));
    uint8_t *s = protobuf_put_bytes(set, 1, BYTES("Quality"));
    s = protobuf_put_bytes(s, 1, BYTES("engUnit"));
    s = protobuf_put_bytes(s, 2, BYTES("\x08\x03\x18\xc0\x01"));
    s = protobuf_put_bytes(s, 2, bytes_of(value, (size_t)(v - value)));
    return protobuf_put_bytes(at, 9, bytes_of(set, (size_t)(s - set)));
}

static inline void built_metric(struct built *b, struct field f)
{
    static uint8_t room[32768];
    uint8_t *m = room;
    m = f.name ? protobuf_put_bytes(m, 1, bytes_of_text(f.name)) : m;
    m = f.alias >= 0 ? protobuf_put_varint(m, 2, (uint64_t)f.alias) : m;
    m = f.time > 0 ? protobuf_put_varint(m, 3, f.time) : m;
    m = f.datatype > 0 ? protobuf_put_varint(m, 4, f.datatype) : m;
    m = f.flag > 0 ? protobuf_put_varint(m, f.flag, 1) : m;
    m = f.unit ? built_unit(m, f.unit) : m;
    if (f.value_field == 0) {
        m = protobuf_put_varint(m, 7, 1);
    } else if (f.value_field >= 15) {
        m = protobuf_put_bytes(m, f.value_field, f.bytes);
    } else if (f.value_field == 12 || f.value_field == 13) {
        m = built_fixed(m, f.value_field, f.value);
    } else {
        m = protobuf_put_varint(m, f.value_field, f.value);
    }
    b->at = protobuf_put_bytes(b->at, 2, bytes_of(room, (size_t)(m - room)));
}

static inline uint64_t bits_of_double(double v)
{
    uint64_t bits;
    memcpy(&bits, &v, sizeof bits);
    return bits;
}

static inline uint64_t bits_of_float(float v)
{
    uint32_t bits;
    memcpy(&bits, &v, sizeof bits);
    return bits;
}

#endif
