/* SPDX-License-Identifier: Apache-2.0 */
/* The promises of decode.h, asked of whatever a fuzz target made a decoder say. */
#ifndef TELLTALE_TESTS_DECODED_CHECKS_H
#define TELLTALE_TESTS_DECODED_CHECKS_H

#include "decode/decode.h"

#include "base/utf8.h"

#include <math.h>

static inline void check_text(struct bytes text, size_t max)
{
    ASSERT(text.len <= max && (text.len == 0 || utf8_valid(text)));
    for (size_t i = 0; i < text.len; i++) {
        ASSERT(text.ptr[i] >= 0x20 && text.ptr[i] != 0x7f);
    }
}

static inline void check_id(struct bytes id)
{
    check_text(id, LIMIT_ID_BYTES);
    ASSERT(id.len > 0 && !bytes_equal(id, BYTES(".")) && !bytes_equal(id, BYTES("..")));
}

static inline void check_record(const struct decode_record *r)
{
    check_id(r->device);
    if (r->kind == DECODE_STATUS) {
        ASSERT(r->status != STATUS_UNKNOWN);
        return;
    }
    check_id(r->sensor);
    check_text(r->unit, LIMIT_UNIT_BYTES);
    ASSERT(isfinite(r->value));
    ASSERT(r->value_kind == KIND_NUMBER || r->value == 0 || r->value == 1);
}

static inline void check_meta(const struct decode_meta *m)
{
    check_id(m->device);
    check_text(m->name, LIMIT_NAME_BYTES);
    check_text(m->model, LIMIT_NAME_BYTES);
    check_text(m->manufacturer, LIMIT_NAME_BYTES);
    check_text(m->place, LIMIT_NAME_BYTES);
    ASSERT(!m->located || (fabs(m->lat) <= 90 && fabs(m->lng) <= 180));
}

static inline void check_requests(const struct decoded *got)
{
    ASSERT(got->request_count <= LIMIT_REQUESTS_PER_MESSAGE);
    for (size_t i = 0; i < got->request_count; i++) {
        struct bytes topic = got->requests[i].topic;
        ASSERT(topic.len > 0 && utf8_valid(topic));
        ASSERT(bytes_index(topic, '#') == topic.len && bytes_index(topic, '+') == topic.len);
    }
}

static inline void check_decoded(const struct decoded *got)
{
    ASSERT(got->count <= LIMIT_RECORDS_PER_MESSAGE);
    ASSERT(got->drop == DROP_NONE || got->count == 0);
    for (size_t i = 0; i < got->count; i++) {
        check_record(&got->records[i]);
    }
    for (size_t i = 0; i < got->meta_count; i++) {
        check_meta(&got->meta[i]);
    }
    check_requests(got);
}

#endif
