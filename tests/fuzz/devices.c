/* SPDX-License-Identifier: Apache-2.0 */
/* A few messages through one decoder, separated by a zero byte, each of an ecosystem: a byte that
 * chooses how the topic begins, the rest of the topic, a line feed, the payload. Whatever comes out
 * keeps the promises of decode.h. */
#include "decode/decode.h"

#include "decoded_checks.h"

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
    check_decoded(&got);
}

/* A decoder of at most RUNS inputs: a new one for each would take most of the time. */
#define RUNS 64

static struct decoder *take_decoder(void)
{
    static struct metrics metrics;
    static struct decoder *d;
    static unsigned runs;
    const struct decode_config config = {
        .sparkplug_rebirth = true, .victron_keepalive = true, .shelly_announce = true};
    if (!d || ++runs == RUNS) {
        decoder_free(d);
        d = decoder_new(&config, (struct hash_key){1, 2}, &metrics);
        runs = 0;
    }
    return d;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct decoder *d = take_decoder();
    struct bytes rest = bytes_of(data, size);
    while (rest.len > 0) {
        size_t len = bytes_index(rest, 0);
        feed(d, bytes_of(rest.ptr, len));
        rest = bytes_skip(rest, len < rest.len ? len + 1 : len);
    }
    return 0;
}
