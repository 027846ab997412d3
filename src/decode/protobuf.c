/* SPDX-License-Identifier: Apache-2.0 */
#include "decode/protobuf.h"

/* Groups inside groups that are passed over; more is no message of anybody. */
#define GROUP_DEPTH 16

enum {
    GROUP_BEGIN = 3,
    GROUP_END = 4,
};

static bool fail(struct protobuf_reader *r)
{
    r->failed = true;
    r->at = r->end;
    return false;
}

static bool read_long_varint(struct protobuf_reader *r, uint64_t *value)
{
    uint64_t v = 0;
    for (unsigned shift = 0; shift < 70 && r->at < r->end; shift += 7) {
        uint8_t c = *r->at++;
        if (shift == 63 && c > 1) {
            break; /* beyond 64 bits */
        }
        v |= (uint64_t)(c & 0x7f) << shift;
        if (c < 0x80) {
            *value = v;
            return true;
        }
    }
    return fail(r);
}

static bool read_varint(struct protobuf_reader *r, uint64_t *value)
{
    if (r->at < r->end && *r->at < 0x80) {
        *value = *r->at++;
        return true;
    }
    return read_long_varint(r, value);
}

static bool read_bytes(struct protobuf_reader *r, uint64_t len, struct bytes *b)
{
    if (len > (size_t)(r->end - r->at)) {
        return fail(r);
    }
    *b = bytes_of(r->at, (size_t)len);
    r->at += len;
    return true;
}

/* Reads a field's value by its wire type; false for a group's ends too. */
static bool read_value(struct protobuf_reader *r, unsigned wire, struct protobuf_field *f)
{
    switch (wire) {
    case PROTOBUF_VARINT:
        return read_varint(r, &f->value);
    case PROTOBUF_BYTES:
        return read_varint(r, &f->value) && read_bytes(r, f->value, &f->bytes);
    case PROTOBUF_FIXED64:
        if (!read_bytes(r, 8, &f->bytes)) {
            return false;
        }
        f->value = le64_load(f->bytes.ptr);
        return true;
    case PROTOBUF_FIXED32:
        if (!read_bytes(r, 4, &f->bytes)) {
            return false;
        }
        f->value = le32_load(f->bytes.ptr);
        return true;
    default:
        return fail(r);
    }
}

static bool read_tag(struct protobuf_reader *r, uint32_t *number, unsigned *wire)
{
    uint64_t tag;
    if (!read_varint(r, &tag)) {
        return false;
    }
    if (tag > UINT32_MAX || tag >> 3 == 0) {
        return fail(r);
    }
    *number = (uint32_t)(tag >> 3);
    *wire = tag & 7;
    return true;
}

/* Passes over a group that has begun, with all in it. */
static bool skip_group(struct protobuf_reader *r, uint32_t number)
{
    uint32_t open[GROUP_DEPTH] = {number};
    unsigned depth = 1;
    struct protobuf_field f;
    unsigned wire;
    while (depth > 0) {
        if (!read_tag(r, &number, &wire)) {
            return fail(r);
        }
        if (wire == GROUP_BEGIN) {
            if (depth == GROUP_DEPTH) {
                return fail(r);
            }
            open[depth++] = number;
        } else if (wire == GROUP_END) {
            if (open[--depth] != number) {
                return fail(r);
            }
        } else if (!read_value(r, wire, &f)) {
            return false;
        }
    }
    return true;
}

bool protobuf_next(struct protobuf_reader *r, struct protobuf_field *f)
{
    unsigned wire;
    while (r->at < r->end) {
        if (!read_tag(r, &f->number, &wire)) {
            return false;
        }
        if (wire == GROUP_BEGIN) {
            if (!skip_group(r, f->number)) {
                return false;
            }
            continue;
        }
        f->wire = (enum protobuf_wire)wire;
        return read_value(r, wire, f);
    }
    return false;
}

/* ---- writing ---- */

static uint8_t *put(uint8_t *at, uint64_t v)
{
    while (v >= 0x80) {
        *at++ = (uint8_t)(v | 0x80);
        v >>= 7;
    }
    *at++ = (uint8_t)v;
    return at;
}

uint8_t *protobuf_put_varint(uint8_t *at, uint32_t number, uint64_t value)
{
    return put(put(at, (uint64_t)number << 3 | PROTOBUF_VARINT), value);
}

uint8_t *protobuf_put_bytes(uint8_t *at, uint32_t number, struct bytes value)
{
    at = put(put(at, (uint64_t)number << 3 | PROTOBUF_BYTES), value.len);
    if (value.len > 0) {
        memcpy(at, value.ptr, value.len);
    }
    return at + value.len;
}
