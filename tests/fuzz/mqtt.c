/* SPDX-License-Identifier: Apache-2.0 */
/* A stream of MQTT packets of the version that its last CONNECT names, 3.1.1 without one: each is
 * found, decoded, encoded again and decoded once more, and what is encoded the second time must
 * equal the first. */
#include "mqtt_transcode.h"

#include "proto/mqtt/mqtt.h"

#define FUZZ_PACKET_MAX 65536u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_again(struct bytes once, uint8_t version)
{
    struct mqtt_frame f;
    size_t used;
    struct buf twice = {0};
    ASSERT(mqtt_frame(once, SIZE_MAX, &f, &used) == OK && used == once.len);
    f.version = version;
    ASSERT(transcode(f, &twice) == OK);
    ASSERT(bytes_equal(once, buf_bytes(&twice)));
    buf_fini(&twice);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes in = bytes_of(data, size);
    struct mqtt_frame f;
    size_t used;
    uint8_t version = MQTT_V311;
    while (in.len && mqtt_frame(in, FUZZ_PACKET_MAX, &f, &used) == OK) {
        size_t told;
        ASSERT(mqtt_frame_size(in, FUZZ_PACKET_MAX, &told) == OK && told == used);
        struct buf once = {0};
        struct mqtt_connect c;
        f.version = version;
        if (transcode(f, &once) == OK) {
            check_again(buf_bytes(&once), version);
            version = f.type == MQTT_CONNECT && !mqtt_decode_connect(f, &c) ? c.version : version;
        }
        buf_fini(&once);
        in = bytes_skip(in, used);
    }
    /* The rest serves as a filter and a topic, cut at its first zero byte. */
    size_t cut = bytes_index(in, 0);
    struct bytes filter = bytes_of(in.ptr, cut);
    struct bytes topic = cut < in.len ? bytes_skip(in, cut + 1) : BYTES("a/b");
    if (mqtt_filter_valid(filter) && mqtt_topic_valid(topic)) {
        bool hit = mqtt_match(filter, topic);
        ASSERT(mqtt_filter_is_wild(filter) || hit == bytes_equal(filter, topic));
    }
    return 0;
}
