/* SPDX-License-Identifier: Apache-2.0 */
/* Protocol Buffers' wire format, field by field, over a borrowed slice. A message inside a message
 * is a slice of its own, so nothing here recurses. Groups, which proto2 has and nobody uses, are
 * passed over. Source of the format: protobuf.dev, "Encoding". Private to the folder. */
#ifndef TELLTALE_DECODE_PROTOBUF_H
#define TELLTALE_DECODE_PROTOBUF_H

#include "base/bytes.h"

enum protobuf_wire {
    PROTOBUF_VARINT = 0,
    PROTOBUF_FIXED64 = 1,
    PROTOBUF_BYTES = 2,
    PROTOBUF_FIXED32 = 5,
};

struct protobuf_reader {
    const uint8_t *at;
    const uint8_t *end;
    bool failed; /* cut off, or against the format; sticks */
};

struct protobuf_field {
    uint32_t number; /* 1..2^29-1 */
    enum protobuf_wire wire;
    uint64_t value;     /* of a varint or a fixed field, zero-extended */
    struct bytes bytes; /* of PROTOBUF_BYTES, borrowed */
};

static inline struct protobuf_reader protobuf_reader_of(struct bytes message)
{
    const uint8_t *end = message.len > 0 ? message.ptr + message.len : message.ptr;
    return (struct protobuf_reader){message.ptr, end, false};
}

/* Reads the next field. False: the end, or r->failed. */
bool protobuf_next(struct protobuf_reader *r, struct protobuf_field *f);

/* Bytes of the longest varint. */
#define PROTOBUF_VARINT_MAX 10

/* Writes a varint, and a field of bytes; each returns how far it wrote. `at` has room. */
uint8_t *protobuf_put_varint(uint8_t *at, uint32_t number, uint64_t value);
uint8_t *protobuf_put_bytes(uint8_t *at, uint32_t number, struct bytes value);

#endif
