/* SPDX-License-Identifier: Apache-2.0 */
/* Messages by which a decoder learns what later ones mean (births, lists of devices, descriptions,
 * discovery), and those that make use of it. Each is a byte that chooses how the topic begins, the
 * rest of the topic, a line feed, two bytes of length, the payload; so payloads may be binary.
 * Whatever comes out keeps the promises of decode.h, and a day passes with each message, so that
 * what was learned is forgotten again. */
#include "decode/decode.h"

#include "decoded_checks.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const beginnings[] = {
    "spBv1.0/g/NBIRTH/n",
    "spBv1.0/g/NDATA/n",
    "spBv1.0/g/NDEATH/n",
    "spBv1.0/g/DBIRTH/n/",
    "spBv1.0/g/DDATA/n/",
    "spBv1.0/g/DDEATH/n/",
    "spBv1.0/STATE/",
    "zigbee2mqtt/bridge/devices",
    "zigbee2mqtt/bridge/groups",
    "zigbee2mqtt/",
    "home/zb/bridge/devices",
    "home/zb/",
    "hall/sensor/",
    "esphome/discover/",
    "homie/car/",
    "homie/5/car/",
    "homie/5/car/$description",
    "homie/5/",
    "homeassistant/sensor/",
    "homeassistant/sensor/s/config",
    "homeassistant/device/d/config",
    "x/",
    "",
};

/* Cuts one message off `rest`. False: nothing that could be one. */
static bool cut(struct bytes *rest, struct decode_input *in, uint8_t *topic)
{
    size_t end = bytes_index(*rest, '\n');
    if (end == 0 || rest->len - end < 3) {
        return false;
    }
    const char *beginning = beginnings[rest->ptr[0] % ARRAY_LEN(beginnings)];
    size_t begins = strlen(beginning);
    size_t len = begins + end - 1;
    if (len > LIMIT_TOPIC_BYTES || len == 0) {
        return false;
    }
    memcpy(topic, beginning, begins);
    memcpy(topic + begins, rest->ptr + 1, end - 1);
    size_t payload = size_min(be16_load(rest->ptr + end + 1), rest->len - end - 3);
    in->topic = bytes_of(topic, len);
    in->payload = bytes_of(rest->ptr + end + 3, payload);
    in->source = rest->ptr[0] / ARRAY_LEN(beginnings);
    *rest = bytes_skip(*rest, end + 3 + payload);
    return true;
}

static bool is_allowed(struct bytes topic)
{
    return utf8_valid(topic) && bytes_index(topic, '#') == topic.len &&
           bytes_index(topic, '+') == topic.len && bytes_index(topic, 0) == topic.len;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct metrics metrics;
    const struct decode_config config = {.sparkplug_rebirth = true};
    struct decoder *d = decoder_new(&config, (struct hash_key){1, 2}, &metrics);
    struct bytes rest = bytes_of(data, size);
    struct decode_input in = {.now = 1704103200000};
    uint8_t topic[LIMIT_TOPIC_BYTES];
    while (cut(&rest, &in, topic)) {
        struct decoded got;
        if (is_allowed(in.topic)) {
            /* From a copy of its own, so that a sanitizer sees what is read beyond it. */
            uint8_t *copy = malloc(in.payload.len + (in.payload.len == 0));
            memcpy(copy, in.payload.ptr, in.payload.len);
            in.payload.ptr = copy;
            decode_message(d, &in, &got);
            check_decoded(&got);
            free(copy);
        }
        in.now += LIMIT_MEMO_IDLE_MS;
    }
    decoder_free(d);
    return 0;
}
