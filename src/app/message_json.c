/* SPDX-License-Identifier: Apache-2.0 */
#include "app/message_json.h"

#include "base/utf8.h"

#include <sodium.h>

/* The payload as text, or in base64 when it is none; what is kept of it may end within a character.
 */
static void put_payload(struct json_writer *w, const struct decode_sample *s)
{
    struct bytes text =
        s->payload_bytes > s->payload.len ? utf8_clip(s->payload, s->payload.len - 1) : s->payload;
    if (utf8_valid(text)) {
        json_put_text(w, "payload", text);
    } else {
        struct buf base64 = {0};
        size_t room = sodium_base64_encoded_len(s->payload.len, sodium_base64_VARIANT_ORIGINAL);
        (void)sodium_bin2base64((char *)buf_reserve(&base64, room), room, s->payload.ptr,
                                s->payload.len, sodium_base64_VARIANT_ORIGINAL);
        base64.len = room - 1;
        json_put_text(w, "payload_b64", buf_bytes(&base64));
        buf_fini(&base64);
    }
    json_put_u64(w, "payloadBytes", s->payload_bytes);
}

void sample_put_json(struct json_writer *w, const struct decode_sample *s, wall_ms now)
{
    struct decoded decoded = {
        .records = s->records,
        .count = s->record_count,
        .decoder = s->decoder,
        .mapping = s->mapping,
        .drop = s->drop,
        .note = s->note,
    };
    json_put_bool(w, "retained", s->retained);
    json_put_u64(w, "qos", s->qos);
    put_payload(w, s);
    json_put_u64(w, "recordsTotal", s->records_total);
    decoded_put_json(w, &decoded, now);
}

void message_put_json(struct json_writer *w, const struct decode_message_view *v, wall_ms now)
{
    json_put_u64(w, "id", v->id);
    json_put_i64(w, "at", v->sample.at);
    json_put_text(w, "topic", v->topic);
    json_put_u64(w, "oneIn", v->one_in);
    sample_put_json(w, &v->sample, now);
}
