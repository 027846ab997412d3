/* SPDX-License-Identifier: Apache-2.0 */
/* Any topic and payload through the decoder: topic, a line feed, payload. Whatever comes out keeps
 * the promises of decode.h. */
#include "decode/decode.h"

#include "base/utf8.h"

#include <math.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_id(struct bytes id)
{
    ASSERT(id.len > 0 && id.len <= LIMIT_ID_BYTES && utf8_valid(id));
    ASSERT(!bytes_equal(id, BYTES(".")) && !bytes_equal(id, BYTES("..")));
    for (size_t i = 0; i < id.len; i++) {
        ASSERT(id.ptr[i] >= 0x20 && id.ptr[i] != 0x7f);
    }
}

static void check(const struct decode_record *r)
{
    check_id(r->device);
    if (r->kind == DECODE_STATUS) {
        ASSERT(r->status != STATUS_UNKNOWN);
        return;
    }
    check_id(r->sensor);
    ASSERT(isfinite(r->value) && r->unit.len <= LIMIT_UNIT_BYTES && utf8_valid(r->unit));
    ASSERT(r->value_kind == KIND_NUMBER || r->value == 0 || r->value == 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct decoder *d;
    static struct metrics metrics;
    if (!d) {
        d = decoder_new(&(struct decode_config){0}, (struct hash_key){1, 2}, &metrics);
    }
    size_t cut = bytes_index(bytes_of(data, size), '\n');
    struct bytes topic = bytes_of(data, cut);
    if (cut == size || !utf8_valid(topic)) {
        return 0;
    }
    struct decode_input in = {topic, bytes_of(data + cut + 1, size - cut - 1), 0, 0, 1704103200000};
    struct decoded got;
    decode_message(d, &in, &got);
    ASSERT(got.count <= LIMIT_RECORDS_PER_MESSAGE + 1);
    ASSERT(got.drop == DROP_NONE || got.count == 0);
    for (size_t i = 0; i < got.count; i++) {
        check(&got.records[i]);
    }
    return 0;
}
