/* SPDX-License-Identifier: Apache-2.0 */
/* The table of families and the memory that they fill. */
#include "decode/decode.h"

#include "base/mem.h"
#include "decode/parts.h"

static const struct decode_family *const families[] = {
    &decode_commands,
    &decode_plain_sensors,
    &decode_plain_status,
    &decode_plain_object,
};

struct decoder *decoder_new(struct metrics *metrics)
{
    struct decoder *d = mem_zalloc(1, sizeof *d);
    d->metrics = metrics;
    d->first_lost = DROP_NONE;
    return d;
}

void decoder_free(struct decoder *d)
{
    free(d);
}

void decode_forget(struct decoder *d)
{
    d->count = 0;
    if (d->first_lost != DROP_NONE) {
        memset(d->lost, 0, sizeof d->lost);
        d->first_lost = DROP_NONE;
    }
}

void decode_lose(struct decoder *d, enum drop reason)
{
    d->lost[reason]++;
    if (d->first_lost == DROP_NONE) {
        d->first_lost = reason;
    }
}

bool decode_keep(struct decoder *d, struct bytes b, struct bytes *kept)
{
    if (b.len > sizeof d->text - d->text_used) {
        return false;
    }
    uint8_t *to = d->text + d->text_used;
    memcpy(to, b.ptr, b.len);
    d->text_used += b.len;
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

/* C0 and C1 control characters and DEL, in text that is valid UTF-8. */
static bool has_control(struct bytes b)
{
    for (size_t i = 0; i < b.len; i++) {
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

/* Cuts a topic into its levels. False: more than the limit. */
static bool split(struct bytes text, struct decode_topic *t)
{
    t->text = text;
    t->count = 0;
    for (;;) {
        if (t->count == ARRAY_LEN(t->level)) {
            return false;
        }
        size_t len = bytes_index(text, '/');
        t->level[t->count++] = bytes_of(text.ptr, len);
        if (len == text.len) {
            return true;
        }
        text = bytes_skip(text, len + 1);
    }
}

static enum drop decode_by_family(struct decoder *d, const struct decode_input *in)
{
    struct decode_topic t;
    if (in->payload.len > LIMIT_DECODE_BYTES) {
        return DROP_PAYLOAD_TOO_LARGE;
    }
    if (!split(in->topic, &t)) {
        return DROP_BAD_TOPIC;
    }
    for (size_t i = 0; i < ARRAY_LEN(families); i++) {
        if (families[i]->owns(&t)) {
            return families[i]->decode(d, &t, in);
        }
    }
    return DROP_UNDECODED;
}

/* Counts the message when it is refused, else the values that it lost. */
static void count_losses(struct decoder *d, enum drop refused)
{
    if (!d->metrics) {
        return;
    }
    if (refused != DROP_NONE) {
        metrics_drop(d->metrics, refused, 1);
        return;
    }
    for (size_t i = 0; d->first_lost != DROP_NONE && i < DROP_COUNT; i++) {
        if (d->lost[i] > 0) {
            metrics_drop(d->metrics, (enum drop)i, d->lost[i]);
        }
    }
}

void decode_message(struct decoder *d, const struct decode_input *in, struct decoded *out)
{
    decode_forget(d);
    d->text_used = 0;
    enum drop refused = decode_by_family(d, in);
    count_losses(d, refused);
    if (refused != DROP_NONE) {
        d->count = 0;
    } else if (d->count == 0) {
        refused = d->first_lost;
    }
    *out = (struct decoded){d->records, d->count, refused};
}
