/* SPDX-License-Identifier: Apache-2.0 */
/* What all families remember, made and given back as one. Tables allocate with their first item, so
 * a server without an ecosystem pays nothing for it. */
#include "decode/home_assistant.h"
#include "decode/homie.h"
#include "decode/recent.h"
#include "decode/sparkplug.h"
#include "decode/zigbee2mqtt.h"

void decode_memory_init(struct decode_memory *m, struct hash_key key)
{
    m->key = key;
    memo_init(&m->sparkplug, key, LIMIT_MEMO_BYTES, sparkplug_forget);
    memo_init(&m->portals, key, LIMIT_PORTALS_BYTES, NULL);
    memo_init(&m->tasmota, key, LIMIT_TASMOTA_BYTES, NULL);
    memo_init(&m->zigbee, key, LIMIT_MEMO_BYTES, zigbee_forget);
    memo_init(&m->homie, key, LIMIT_MEMO_BYTES, NULL);
    memo_init(&m->ha_configs, key, LIMIT_MEMO_BYTES, ha_forget_config);
    memo_init(&m->ha_topics, key, LIMIT_MEMO_BYTES, NULL);
}

void decode_memory_fini(struct decode_memory *m)
{
    memo_fini(&m->sparkplug);
    memo_fini(&m->portals);
    memo_fini(&m->tasmota);
    recent_free(m->packets);
    recent_free(m->shadows);
    recent_free(m->named);
    memo_fini(&m->zigbee);
    memo_fini(&m->homie);
    memo_fini(&m->ha_configs); /* takes its topics along */
    memo_fini(&m->ha_topics);
}
