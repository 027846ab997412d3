/* SPDX-License-Identifier: Apache-2.0 */
/* What a message gives, as it is gathered: records, descriptions, requests, losses, and the text
 * that they name. All of it lives until the next message. */
#include "base/utf8.h"
#include "decode/parts.h"

void decode_forget(struct decoder *d)
{
    d->count = 0;
    d->meta_count = 0;
    d->request_count = 0;
    d->note = BYTES("");
    if (d->first_lost != DROP_NONE) {
        memset(d->lost, 0, sizeof d->lost);
        d->first_lost = DROP_NONE;
    }
}

void decode_lose(struct decoder *d, enum drop reason)
{
    ASSERT(reason < DROP_COUNT);
    d->lost[reason]++;
    if (d->first_lost == DROP_NONE) {
        d->first_lost = reason;
    }
}

/* ---- text ---- */

static uint8_t *take_text(struct decoder *d, size_t len)
{
    ASSERT(d->text_used <= sizeof d->text);
    if (len > sizeof d->text - d->text_used) {
        return NULL;
    }
    uint8_t *at = d->text + d->text_used;
    d->text_used += len;
    return at;
}

bool decode_keep(struct decoder *d, struct bytes b, struct bytes *kept)
{
    uint8_t *to = take_text(d, b.len);
    if (!to) {
        return false;
    }
    if (b.len > 0) {
        memcpy(to, b.ptr, b.len);
    }
    *kept = bytes_of(to, b.len);
    return true;
}

bool decode_keep_text(struct decoder *d, struct json_text text, size_t max, struct bytes *value)
{
    if (!text.escaped) {
        *value = text.raw;
        return text.raw.len <= max;
    }
    uint8_t room[LIMIT_ID_BYTES];
    struct bytes plain;
    if (json_text_get(text, room, size_min(max, sizeof room), &plain) != OK) {
        return false;
    }
    return decode_keep(d, plain, value);
}

bool decode_join(struct decoder *d, const struct bytes *parts, size_t count, struct bytes between,
                 size_t max, struct bytes *joined)
{
    ASSERT(count > 0);
    size_t len = (count - 1) * between.len;
    for (size_t i = 0; i < count; i++) {
        len += parts[i].len;
    }
    uint8_t *at = len <= max ? take_text(d, len) : NULL;
    if (!at) {
        return false;
    }
    *joined = bytes_of(at, len);
    for (size_t i = 0; i < count; i++) {
        if (i > 0 && between.len > 0) {
            memcpy(at, between.ptr, between.len);
            at += between.len;
        }
        if (parts[i].len > 0) {
            memcpy(at, parts[i].ptr, parts[i].len);
            at += parts[i].len;
        }
    }
    return true;
}

void decode_note(struct decoder *d, const char *words, struct bytes detail)
{
    struct bytes parts[] = {bytes_of_text(words), utf8_clip(detail, 160)};
    if (d->note.len == 0 && utf8_valid(parts[1])) {
        (void)decode_join(d, parts, ARRAY_LEN(parts), BYTES(""), 256, &d->note);
    }
}

#define ONES 0x0101010101010101u
#define TOPS 0x8080808080808080u

/* Whether one of eight bytes is 0; a byte above a true one may be mistaken for one. */
static uint64_t zero_bytes(uint64_t v)
{
    return (v - ONES) & ~v & TOPS;
}

/* Whether eight bytes are to be looked at one by one: below a space, DEL, or what begins C1. */
static bool is_suspicious(uint64_t v)
{
    uint64_t low = (v - ONES * 0x20) & ~v & TOPS;
    return (low | zero_bytes(v ^ ONES * 0x7f) | zero_bytes(v ^ ONES * 0xc2)) != 0;
}

/* The last eight bytes of at least four, or all of them; some twice. */
static uint64_t last_bytes(struct bytes b)
{
    ASSERT(b.len >= 4);
    if (b.len >= 8) {
        return le64_load(b.ptr + b.len - 8);
    }
    return le32_load(b.ptr) | (uint64_t)le32_load(b.ptr + b.len - 4) << 32;
}

/* C0 and C1 control characters and DEL, in text that is valid UTF-8. */
static bool has_control(struct bytes b)
{
    size_t i = 0;
    while (b.len - i >= 8 && !is_suspicious(le64_load(b.ptr + i))) {
        i += 8;
    }
    if (b.len >= 4 && b.len - i < 8 && !is_suspicious(last_bytes(b))) {
        return false;
    }
    for (; i < b.len; i++) {
        uint8_t c = b.ptr[i];
        if (c < 0x20 || c == 0x7f || (c == 0xc2 && b.ptr[i + 1] < 0xa0)) {
            return true;
        }
    }
    return false;
}

bool decode_id_valid(struct bytes id)
{
    return id.len > 0 && id.len <= LIMIT_ID_BYTES && !bytes_equal(id, BYTES(".")) &&
           !bytes_equal(id, BYTES("..")) && !has_control(id);
}

/* ---- records ---- */

struct decode_record *decode_add_reading(struct decoder *d, struct bytes sensor, struct scalar s)
{
    ASSERT(s.kind == SCALAR_NUMBER || s.kind == SCALAR_BOOLEAN);
    enum drop reason = s.value - s.value != 0                  ? DROP_NOT_FINITE
                       : !decode_id_valid(sensor)              ? DROP_BAD_SENSOR_ID
                       : d->count >= LIMIT_RECORDS_PER_MESSAGE ? DROP_TOO_MANY_VALUES
                                                               : DROP_NONE;
    if (reason != DROP_NONE) {
        decode_lose(d, reason);
        return NULL;
    }
    struct decode_record *r = &d->records[d->count++];
    *r = (struct decode_record){
        .kind = DECODE_READING,
        .time = WALL_NONE,
        .sensor = sensor,
        .value = s.value,
        .value_kind = s.kind == SCALAR_BOOLEAN ? KIND_BOOLEAN : KIND_NUMBER,
    };
    return r;
}

void decode_add_number(struct decoder *d, struct bytes device, struct bytes sensor, double value,
                       const char *unit, wall_ms time)
{
    struct decode_record *r = decode_add_reading(d, sensor, (struct scalar){SCALAR_NUMBER, value});
    if (r) {
        r->device = device;
        r->unit = bytes_of_text(unit);
        r->time = time;
    }
}

void decode_add_status(struct decoder *d, struct bytes device, enum device_status status,
                       wall_ms time)
{
    ASSERT(status != STATUS_UNKNOWN);
    if (d->count >= LIMIT_RECORDS_PER_MESSAGE) {
        decode_lose(d, DROP_TOO_MANY_VALUES);
        return;
    }
    d->records[d->count++] = (struct decode_record){
        .kind = DECODE_STATUS, .device = device, .time = time, .status = status};
}

/* ---- descriptions and requests ---- */

struct decode_meta *decode_add_meta(struct decoder *d, struct bytes device)
{
    ASSERT(decode_id_valid(device));
    if (d->meta_count > 0 && bytes_equal(d->meta[d->meta_count - 1].device, device)) {
        return &d->meta[d->meta_count - 1];
    }
    if (d->meta_count >= LIMIT_META_PER_MESSAGE) {
        decode_lose(d, DROP_TOO_MANY_VALUES);
        return NULL;
    }
    struct decode_meta *m = &d->meta[d->meta_count++];
    *m = (struct decode_meta){.device = device};
    return m;
}

void decode_describe(struct decoder *d, struct bytes *member, struct bytes text)
{
    text = bytes_trim(text);
    if (text.len == 0 || !utf8_valid(text)) {
        return;
    }
    text = utf8_clip(text, LIMIT_NAME_BYTES);
    if (!has_control(text)) {
        (void)decode_keep(d, text, member);
    }
}

void decode_add_request(struct decoder *d, struct bytes topic, struct bytes payload)
{
    struct decode_request r = {.source = d->source};
    if (d->request_count < ARRAY_LEN(d->requests) && decode_keep(d, topic, &r.topic) &&
        decode_keep(d, payload, &r.payload)) {
        d->requests[d->request_count++] = r;
    }
}
