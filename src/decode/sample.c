/* SPDX-License-Identifier: Apache-2.0 */
#include "decode/sample.h"

/* A record as it lies there, unaligned; its text stands behind all of them. */
struct kept_record {
    double value;
    wall_ms time;
    uint16_t device_len;
    uint16_t sensor_len;
    uint8_t unit_len;
    uint8_t kind;
    uint8_t value_kind;
    uint8_t status;
};

static struct kept_record kept_of(const struct decode_record *r)
{
    return (struct kept_record){
        .value = r->value,
        .time = r->time,
        .device_len = (uint16_t)r->device.len,
        .sensor_len = (uint16_t)r->sensor.len,
        .unit_len = (uint8_t)r->unit.len,
        .kind = (uint8_t)r->kind,
        .value_kind = (uint8_t)r->value_kind,
        .status = (uint8_t)r->status,
    };
}

static size_t text_bytes(const struct decode_record *r)
{
    return r->device.len + r->sensor.len + r->unit.len;
}

/* How many of the records are kept, and the bytes that they need. */
static size_t fitting(const struct decoded *out, size_t *bytes)
{
    size_t n = 0;
    *bytes = 0;
    while (n < size_min(out->count, LIMIT_TOPIC_RECORDS)) {
        size_t more = sizeof(struct kept_record) + text_bytes(&out->records[n]);
        if (*bytes + more > LIMIT_TOPIC_RECORD_BYTES) {
            break;
        }
        *bytes += more;
        n++;
    }
    return n;
}

struct sample sample_of(const struct decode_input *in, const struct decoded *out,
                        size_t payload_max)
{
    size_t record_bytes;
    size_t records = fitting(out, &record_bytes);
    size_t payload = size_min(in->payload.len, payload_max);
    return (struct sample){
        .at = in->now,
        .payload_bytes = (uint32_t)in->payload.len,
        .records_total = (uint32_t)out->count,
        .packed = (uint32_t)(payload + out->note.len + record_bytes),
        .payload_len = (uint16_t)payload,
        .note_len = (uint16_t)out->note.len,
        .mapped_by = (uint16_t)out->mapping,
        .record_count = (uint8_t)records,
        .decoder = (uint8_t)out->decoder,
        .drop = (uint8_t)out->drop,
        .qos = in->flags & DECODE_QOS_2 ? 2 : (in->flags & DECODE_QOS_1) != 0,
        .retained = (in->flags & DECODE_RETAINED) != 0,
    };
}

static uint8_t *put(uint8_t *at, struct bytes b)
{
    if (b.len > 0) {
        memcpy(at, b.ptr, b.len);
    }
    return at + b.len;
}

void sample_pack(const struct sample *s, const struct decode_input *in, const struct decoded *out,
                 uint8_t *room)
{
    ASSERT(s->payload_len <= in->payload.len && s->record_count <= out->count);
    uint8_t *at = put(room, bytes_of(in->payload.ptr, s->payload_len));
    at = put(at, out->note);
    for (size_t i = 0; i < s->record_count; i++) {
        struct kept_record kept = kept_of(&out->records[i]);
        at = put(at, bytes_of(&kept, sizeof kept));
    }
    for (size_t i = 0; i < s->record_count; i++) {
        at = put(at, out->records[i].device);
        at = put(put(at, out->records[i].sensor), out->records[i].unit);
    }
    ASSERT(at == room + s->packed);
}

static struct bytes take(const uint8_t **at, size_t len)
{
    struct bytes b = bytes_of(*at, len);
    *at += len;
    return b;
}

static void view_records(const struct sample *s, const uint8_t *at, struct decode_record *records)
{
    const uint8_t *text = at + s->record_count * sizeof(struct kept_record);
    for (size_t i = 0; i < s->record_count; i++) {
        struct kept_record kept;
        memcpy(&kept, at + i * sizeof kept, sizeof kept);
        records[i] = (struct decode_record){
            .kind = (enum decode_kind)kept.kind,
            .time = kept.time,
            .value = kept.value,
            .value_kind = (enum value_kind)kept.value_kind,
            .status = (enum device_status)kept.status,
            .device = take(&text, kept.device_len),
            .sensor = take(&text, kept.sensor_len),
            .unit = take(&text, kept.unit_len),
        };
    }
}

struct decode_sample sample_view(const struct sample *s, const uint8_t *room,
                                 struct decode_record *records)
{
    ASSERT(s->record_count <= LIMIT_TOPIC_RECORDS);
    const uint8_t *at = room;
    struct decode_sample view = {
        .at = s->at,
        .decoder = (enum decoder_id)s->decoder,
        .mapping = s->mapped_by,
        .drop = (enum drop)s->drop,
        .retained = s->retained,
        .qos = s->qos,
        .payload = take(&at, s->payload_len),
        .payload_bytes = s->payload_bytes,
        .note = take(&at, s->note_len),
        .records = records,
        .record_count = s->record_count,
        .records_total = s->records_total,
    };
    view_records(s, at, records);
    return view;
}
