/* SPDX-License-Identifier: Apache-2.0 */
#include "ingest/retained.h"

#include "base/mem.h"
#include "model/limits.h"
#include "proto/mqtt/mqtt.h"

static struct bytes topic_of(const void *owner, uint32_t n)
{
    const struct retained *r = owner;
    return message_parts(r->slots[n]).topic;
}

void retained_init(struct retained *r, struct hash_key key)
{
    *r = (struct retained){0};
    strmap_init(&r->by_topic, key, topic_of, r);
}

void retained_fini(struct retained *r)
{
    for (uint32_t i = 0; i < r->slots_count; i++) {
        message_release(r->slots[i]);
    }
    free(r->slots);
    free(r->free_slots);
    strmap_fini(&r->by_topic);
    *r = (struct retained){0};
}

static void forget(struct retained *r, uint32_t n)
{
    struct message *m = r->slots[n];
    strmap_remove(&r->by_topic, message_parts(m).topic);
    r->bytes -= message_size(m);
    r->count--;
    r->slots[n] = NULL;
    message_release(m);
    r->free_slots = mem_grow(r->free_slots, r->free_count, &r->free_cap, sizeof *r->free_slots);
    r->free_slots[r->free_count++] = n;
}

static uint32_t take_slot(struct retained *r)
{
    if (r->free_count) {
        return r->free_slots[--r->free_count];
    }
    r->slots = mem_grow(r->slots, r->slots_count, &r->slots_cap, sizeof(struct message *));
    return r->slots_count++;
}

static bool fits(const struct retained *r, size_t size)
{
    return size <= LIMIT_RETAINED_MESSAGE_BYTES && r->count < LIMIT_RETAINED &&
           r->bytes + size <= LIMIT_RETAINED_BYTES;
}

void retained_forget(struct retained *r, struct bytes topic)
{
    uint32_t n = strmap_find(&r->by_topic, topic);
    if (n != STRMAP_NONE) {
        forget(r, n);
    }
}

size_t retained_expire(struct retained *r, uint32_t budget, mono_ns now)
{
    size_t before = r->count;
    for (uint32_t left = budget < r->slots_count ? budget : r->slots_count; left; left--) {
        r->swept = r->swept < r->slots_count ? r->swept : 0;
        const struct message *m = r->slots[r->swept];
        if (m && message_expired(m, now)) {
            forget(r, r->swept);
        }
        r->swept++;
    }
    return before - r->count;
}

size_t retained_forget_publisher(struct retained *r, uint64_t publisher)
{
    ASSERT(publisher != 0);
    size_t before = r->count;
    for (uint32_t n = 0; n < r->slots_count; n++) {
        if (r->slots[n] && r->slots[n]->publisher == publisher) {
            forget(r, n);
        }
    }
    return before - r->count;
}

enum err retained_put(struct retained *r, struct message *m)
{
    struct message_parts parts = message_parts(m);
    size_t size = message_size(m);
    retained_forget(r, parts.topic);
    if (parts.payload.len == 0) {
        return OK;
    }
    if (!fits(r, size)) {
        return ERR_FULL;
    }
    uint32_t n = take_slot(r);
    r->slots[n] = message_hold(m);
    r->bytes += size;
    r->count++;
    strmap_put(&r->by_topic, n);
    return OK;
}

struct message *retained_find(const struct retained *r, struct bytes topic)
{
    uint32_t n = strmap_find(&r->by_topic, topic);
    return n == STRMAP_NONE ? NULL : r->slots[n];
}

struct message *retained_next(const struct retained *r, struct bytes filter, uint32_t *at,
                              uint32_t *budget)
{
    while (*at < r->slots_count && *budget) {
        struct message *m = r->slots[(*at)++];
        (*budget)--;
        if (m && mqtt_match(filter, message_parts(m).topic)) {
            return m;
        }
    }
    return NULL;
}
