/* SPDX-License-Identifier: Apache-2.0 */
/* Mappings, a topic and a payload, each part before a NUL byte: what is read from the first decodes
 * the others, and keeps the promises of decode.h. */
#include "app/config_mappings.h"

#include "base/utf8.h"

#include <math.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct bytes take_part(struct bytes *rest)
{
    size_t len = bytes_index(*rest, 0);
    struct bytes part = bytes_of(rest->ptr, len);
    *rest = bytes_skip(*rest, size_min(len + 1, rest->len));
    return part;
}

static void check_id(struct bytes id)
{
    ASSERT(id.len > 0 && id.len <= LIMIT_ID_BYTES && utf8_valid(id));
}

static void check(const struct decode_record *r)
{
    check_id(r->device);
    if (r->kind == DECODE_READING) {
        check_id(r->sensor);
        ASSERT(isfinite(r->value) && r->unit.len <= LIMIT_UNIT_BYTES && utf8_valid(r->unit));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct decoder *d;
    static struct metrics metrics;
    struct bytes rest = bytes_of(data, size);
    struct bytes text = take_part(&rest);
    struct bytes topic = take_part(&rest);
    struct mappings *mappings;
    struct config_error why;
    if (!d) {
        d = decoder_new(&(struct decode_config){0}, (struct hash_key){1, 2}, &metrics);
    }
    if (!utf8_valid(topic) || mappings_parse(text, &mappings, &why) != OK) {
        return 0;
    }
    decoder_set_mappings(d, mappings);
    struct decode_input in = {topic, rest, 0, 0, 1704103200000};
    struct decoded got;
    decode_message(d, &in, &got);
    for (size_t i = 0; i < got.count; i++) {
        check(&got.records[i]);
    }
    for (size_t i = 0; i < got.meta_count; i++) {
        check_id(got.meta[i].device);
    }
    decoder_set_mappings(d, NULL);
    return 0;
}
