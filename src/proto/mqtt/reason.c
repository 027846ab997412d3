/* SPDX-License-Identifier: Apache-2.0 */
/* What the reason codes of MQTT 5.0 mean, and which packets may carry which. */
#include "proto/mqtt/mqtt.h"

#define CODES 256

static const char *const words_of[CODES] = {
#define WORDS(id, code, packets, words) [code] = (words),
    MQTT_REASON_LIST(WORDS)
#undef WORDS
};

static const uint16_t packets_of[CODES] = {
#define PACKETS(id, code, packets, words) [code] = (packets),
    MQTT_REASON_LIST(PACKETS)
#undef PACKETS
};

const char *mqtt_reason_text(uint8_t code)
{
    return words_of[code] ? words_of[code] : "unknown reason";
}

bool mqtt_reason_valid(enum mqtt_type type, uint8_t code)
{
    return packets_of[code] & MQTT_IN(type);
}
