/* SPDX-License-Identifier: Apache-2.0 */
/* What a message decoded to, as lines that a test can compare. */
#ifndef TELLTALE_TESTS_DESCRIBE_DECODED_H
#define TELLTALE_TESTS_DESCRIBE_DECODED_H

#include "decode/decode.h"

#include "base/number.h"

/* A record: "device/sensor=value[unit][ bool][@time]" or "device is online[@time]". */
static inline void describe_record(const struct decode_record *r, struct buf *out)
{
    buf_put_bytes(out, r->device);
    if (r->kind == DECODE_STATUS) {
        buf_put_text(out, " is ");
        buf_put_text(out, status_text(r->status));
    } else {
        char number[NUMBER_TEXT_MAX];
        buf_put_text(out, "/");
        buf_put_bytes(out, r->sensor);
        buf_put_text(out, "=");
        buf_put(out, number, number_print(r->value, number));
        buf_put_bytes(out, r->unit);
        buf_put_text(out, r->value_kind == KIND_BOOLEAN ? " bool" : "");
    }
    if (r->time != WALL_NONE) {
        buf_printf(out, "@%lld", (long long)r->time);
    }
}

/* All records, a line each. */
static inline void describe(const struct decoded *got, struct buf *out)
{
    buf_clear(out);
    for (size_t i = 0; i < got->count; i++) {
        buf_put_text(out, i > 0 ? "\n" : "");
        describe_record(&got->records[i], out);
    }
    buf_put_byte(out, 0);
}

#endif
