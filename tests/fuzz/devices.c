/* SPDX-License-Identifier: Apache-2.0 */
/* A few messages through one decoder, separated by a zero byte, each of an ecosystem: a byte that
 * chooses how the topic begins, the rest of the topic, a line feed, the payload. Whatever comes out
 * keeps the promises of decode.h. */
#include "decode/decode.h"

#include "base/utf8.h"

#include <math.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const beginnings[] = {
    "",
    "tele/",
    "stat/plug/",
    "tasmota/discovery/A/config",
    "shellies/",
    "barn/status/",
    "barn/",
    "v3/app@t/devices/d/",
    "application/",
    "gateway/",
    "owntracks/u/",
    "v1/",
    "$aws/things/",
    "devices/",
    "ruuvi/",
    "N/p/",
    "msh/EU/2/json/",
    "some/topic",
};

static void check_text(struct bytes text, size_t max)
{
    ASSERT(text.len <= max && utf8_valid(text));
    for (size_t i = 0; i < text.len; i++) {
        ASSERT(text.ptr[i] >= 0x20 && text.ptr[i] != 0x7f);
    }
}

static void check_id(struct bytes id)
{
    check_text(id, LIMIT_ID_BYTES);
    ASSERT(id.len > 0 && !bytes_equal(id, BYTES(".")) && !bytes_equal(id, BYTES("..")));
}

static void check_record(const struct decode_record *r)
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

static void check_meta(const struct decode_meta *m)
{
    check_id(m->device);
    check_text(m->name, LIMIT_NAME_BYTES);
    check_text(m->model, LIMIT_NAME_BYTES);
    check_text(m->manufacturer, LIMIT_NAME_BYTES);
    check_text(m->place, LIMIT_NAME_BYTES);
    ASSERT(!m->located || (fabs(m->lat) <= 90 && fabs(m->lng) <= 180));
}

static void check_requests(const struct decoded *got)
{
    ASSERT(got->request_count <= LIMIT_REQUESTS_PER_MESSAGE);
    for (size_t i = 0; i < got->request_count; i++) {
        struct bytes topic = got->requests[i].topic;
        ASSERT(topic.len > 0 && utf8_valid(topic));
        ASSERT(bytes_index(topic, '#') == topic.len && bytes_index(topic, '+') == topic.len);
    }
}

static void feed(struct decoder *d, struct bytes message)
{
    static uint8_t topic[LIMIT_TOPIC_BYTES];
    struct decoded got;
    size_t cut = bytes_index(message, '\n');
    if (cut == message.len || cut == 0) {
        return;
    }
    const char *beginning = beginnings[message.ptr[0] % ARRAY_LEN(beginnings)];
    size_t begins = strlen(beginning);
    if (begins + cut - 1 > sizeof topic) {
        return;
    }
    memcpy(topic, beginning, begins);
    memcpy(topic + begins, message.ptr + 1, cut - 1);
    struct decode_input in = {.topic = bytes_of(topic, begins + cut - 1),
                              .payload = bytes_skip(message, cut + 1),
                              .source = message.ptr[0] / ARRAY_LEN(beginnings),
                              .now = 1704103200000};
    if (!utf8_valid(in.topic) || bytes_index(in.topic, '#') < in.topic.len ||
        bytes_index(in.topic, '+') < in.topic.len) {
        return;
    }
    decode_message(d, &in, &got);
    ASSERT(got.count <= LIMIT_RECORDS_PER_MESSAGE);
    ASSERT(got.drop == DROP_NONE || got.count == 0);
    for (size_t i = 0; i < got.count; i++) {
        check_record(&got.records[i]);
    }
    for (size_t i = 0; i < got.meta_count; i++) {
        check_meta(&got.meta[i]);
    }
    check_requests(&got);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct metrics metrics;
    const struct decode_config config = {
        .sparkplug_rebirth = true, .victron_keepalive = true, .shelly_announce = true};
    struct decoder *d = decoder_new(&config, (struct hash_key){1, 2}, &metrics);
    struct bytes rest = bytes_of(data, size);
    while (rest.len > 0) {
        size_t len = bytes_index(rest, 0);
        feed(d, bytes_of(rest.ptr, len));
        rest = bytes_skip(rest, len < rest.len ? len + 1 : len);
    }
    decoder_free(d);
    return 0;
}
