/* SPDX-License-Identifier: Apache-2.0 */
#include "ingest/broker_seen.h"

#include "base/mem.h"

void broker_seen_fini(struct broker_seen *s)
{
    free(s->recent);
    free(s->ids);
    *s = (struct broker_seen){0};
}

void broker_seen_add(struct broker_seen *s, uint64_t hash, uint64_t seq)
{
    if (!s->recent) {
        s->recent = mem_zalloc(SEEN_RECENT, sizeof *s->recent);
    }
    s->recent[s->next] = (struct seen_message){hash, seq};
    s->next = (s->next + 1) % SEEN_RECENT;
}

bool broker_seen_find(const struct broker_seen *s, uint64_t hash, uint64_t *seq)
{
    for (size_t i = 0; s->recent && i < SEEN_RECENT; i++) {
        if (s->recent[i].hash == hash && hash != 0) {
            *seq = s->recent[i].seq;
            return true;
        }
    }
    return false;
}

void broker_seen_receive(struct broker_seen *s, uint16_t id)
{
    if (!s->ids) {
        s->ids = mem_zalloc(SEEN_IDS / 64, sizeof *s->ids);
    }
    s->ids[id / 64] |= (uint64_t)1 << id % 64;
}

bool broker_seen_has(const struct broker_seen *s, uint16_t id)
{
    return s->ids && (s->ids[id / 64] >> id % 64 & 1) != 0;
}

bool broker_seen_release(struct broker_seen *s, uint16_t id)
{
    bool had = broker_seen_has(s, id);
    if (had) {
        s->ids[id / 64] &= ~((uint64_t)1 << id % 64);
    }
    return had;
}
