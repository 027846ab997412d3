/* SPDX-License-Identifier: Apache-2.0 */
#include "decode/topics.h"

#include "base/mem.h"
#include "base/strmap.h"

/* Rates are counted in windows of this length; the one before fills up the one that runs. */
#define WINDOW_MS 60000
/* A sample is no older than this while messages come. */
#define SAMPLE_MS 1000
/* Rooms grow in these steps, so that payloads of nearly one length need no new one. */
#define ROOM_STEP 128

struct topics {
    struct strmap map; /* text to slot */
    struct metrics *metrics;
    size_t hand;    /* of the clock that looks for the least used */
    uint16_t asked; /* the slot that was asked for last */
    size_t bytes;
    struct topic slots[LIMIT_TOPICS];
};

static struct bytes text_of(const struct topic *t)
{
    return bytes_of(t->room, t->len);
}

static struct bytes key_of(const void *owner, uint32_t slot)
{
    const struct topics *t = owner;
    return text_of(&t->slots[slot]);
}

/* ---- life ---- */

struct topics *topics_new(struct hash_key key, struct metrics *metrics)
{
    struct topics *t = mem_zalloc(1, sizeof *t);
    strmap_init(&t->map, key, key_of, t);
    t->metrics = metrics;
    return t;
}

void topics_free(struct topics *t)
{
    if (t) {
        for (size_t i = 0; i < LIMIT_TOPICS; i++) {
            free(t->slots[i].room);
        }
        strmap_fini(&t->map);
        free(t);
    }
}

void topics_forget_owners(struct topics *t)
{
    for (size_t i = 0; i < LIMIT_TOPICS; i++) {
        if (t->slots[i].taken) { /* a slot that was never written takes no memory yet */
            t->slots[i].judged = false;
        }
    }
}

/* ---- room ---- */

static void show_size(struct topics *t)
{
    if (t->metrics) {
        metrics_set(t->metrics, METRIC_TOPICS, t->map.count);
        metrics_set(t->metrics, METRIC_TOPIC_BYTES, t->bytes);
    }
}

/* Forgets the topic of a slot; its room stays for the next. */
static void evict(struct topics *t, struct topic *slot)
{
    strmap_remove(&t->map, text_of(slot));
    slot->taken = false;
    if (t->metrics) {
        metrics_add(t->metrics, METRIC_TOPICS_FORGOTTEN, 1);
    }
}

/* The next slot that is free or was not asked for since the hand last came by; never `spare`. */
static struct topic *sweep(struct topics *t, const struct topic *spare)
{
    for (;;) {
        struct topic *slot = &t->slots[t->hand];
        t->hand = (t->hand + 1) % LIMIT_TOPICS;
        if (slot != spare && (!slot->taken || !slot->asked)) {
            return slot;
        }
        slot->asked = false;
    }
}

static void give_back(struct topics *t, struct topic *slot)
{
    free(slot->room);
    t->bytes -= slot->cap;
    slot->room = NULL;
    slot->cap = 0;
}

/* Makes a slot's room at least `need` bytes, at the cost of other topics when all is given out. */
static void reserve(struct topics *t, struct topic *slot, size_t need)
{
    if (need <= slot->cap) {
        return;
    }
    size_t cap = (need + ROOM_STEP - 1) / ROOM_STEP * ROOM_STEP;
    while (t->bytes - slot->cap + cap > LIMIT_TOPICS_BYTES) {
        struct topic *other = sweep(t, slot);
        if (other->taken) {
            evict(t, other);
        }
        give_back(t, other);
    }
    slot->room = mem_resize(slot->room, cap, 1);
    t->bytes += cap - slot->cap;
    slot->cap = (uint32_t)cap;
}

static struct topic *remember(struct topics *t, struct bytes text)
{
    struct topic *slot = sweep(t, NULL);
    if (slot->taken) {
        evict(t, slot);
    }
    *slot = (struct topic){.room = slot->room,
                           .cap = slot->cap,
                           .taken = true,
                           .sample = {.decoder = DECODER_NONE, .drop = DROP_NONE},
                           .len = (uint16_t)text.len};
    reserve(t, slot, text.len);
    memcpy(slot->room, text.ptr, text.len);
    strmap_put(&t->map, (uint32_t)(slot - t->slots));
    show_size(t);
    return slot;
}

static struct topic *find_or_remember(struct topics *t, struct bytes text)
{
    uint32_t found = strmap_find(&t->map, text);
    if (found == STRMAP_NONE) {
        return remember(t, text);
    }
    t->slots[found].asked = true;
    return &t->slots[found];
}

/* Devices say their topics in the same order again and again: the one behind the last topic is
 * tried first, which costs no hash. */
struct topic *topics_take(struct topics *t, struct bytes text)
{
    if (text.len == 0 || text.len > LIMIT_TOPIC_BYTES) {
        return NULL;
    }
    struct topic *before = &t->slots[t->asked];
    struct topic *slot = &t->slots[before->follower];
    if (slot->taken && bytes_equal(text_of(slot), text)) {
        slot->asked = true;
    } else {
        slot = find_or_remember(t, text);
        before->follower = (uint16_t)(slot - t->slots);
    }
    t->asked = (uint16_t)(slot - t->slots);
    return slot;
}

/* ---- samples ---- */

static void keep_sample(struct topics *t, struct topic *topic, const struct decode_input *in,
                        const struct decoded *out)
{
    topic->sample = sample_of(in, out, LIMIT_TOPIC_PAYLOAD_BYTES);
    reserve(t, topic, topic->len + topic->sample.packed);
    sample_pack(&topic->sample, in, out, topic->room + topic->len);
}

static void count_message(struct topic *topic, wall_ms now)
{
    if (topic->messages++ == 0) {
        topic->first = topic->window = now;
    }
    topic->last = now;
    if (now - topic->window >= WINDOW_MS || now < topic->window) {
        bool next = now - topic->window < (wall_ms)2 * WINDOW_MS && now >= topic->window;
        topic->in_previous = next ? topic->in_window : 0;
        topic->window = next ? topic->window + WINDOW_MS : now;
        topic->in_window = 0;
    }
    topic->in_window += topic->in_window < UINT32_MAX;
}

void topics_note(struct topics *t, struct topic *topic, const struct decode_input *in,
                 const struct decoded *out)
{
    ASSERT(topic->taken);
    const struct sample *s = &topic->sample;
    bool changed = topic->messages == 0 || s->decoder != (uint8_t)out->decoder ||
                   s->drop != (uint8_t)out->drop || s->mapped_by != out->mapping;
    count_message(topic, in->now);
    if (changed || in->now - s->at >= SAMPLE_MS || in->now < s->at) {
        keep_sample(t, topic, in, out);
    }
}

/* ---- what people are shown ---- */

const struct topic *topics_at(const struct topics *t, size_t slot)
{
    ASSERT(slot < LIMIT_TOPICS);
    return t->slots[slot].taken && t->slots[slot].messages > 0 ? &t->slots[slot] : NULL;
}

/* Messages a second: those of this window and of so much of the one before as makes a whole one. */
static double rate_of(const struct topic *t, wall_ms now)
{
    wall_ms into = now - t->window;
    if (into < 0 || into >= (wall_ms)2 * WINDOW_MS) {
        return 0;
    }
    double current = t->in_window;
    double before = t->in_previous;
    if (into >= WINDOW_MS) {
        into -= WINDOW_MS;
        before = current;
        current = 0;
    }
    double share = 1 - (double)into / WINDOW_MS;
    double over = (double)(now - t->first < WINDOW_MS ? now - t->first : WINDOW_MS);
    return (current + before * share) * 1000 / (over < 1000 ? 1000 : over);
}

static void show(const struct topic *t, const struct decode_topics_query *q)
{
    struct decode_record records[LIMIT_TOPIC_RECORDS];
    struct decode_topic_view view = {
        .topic = text_of(t),
        .messages = t->messages,
        .rate = rate_of(t, q->now),
        .first = t->first,
        .last = t->last,
        .sample = sample_view(&t->sample, t->room + t->len, records),
    };
    q->each(q->ctx, &view);
}

/* Puts `slot` in its place among the `count` first ones found so far, the last of which falls out
 * when there are enough. */
static size_t insert(const struct topics *t, uint16_t *found, size_t count, size_t max,
                     uint16_t slot)
{
    struct bytes text = text_of(&t->slots[slot]);
    size_t low = 0;
    size_t high = count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (bytes_compare(text_of(&t->slots[found[middle]]), text) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if (low == max) {
        return count;
    }
    size_t kept = size_min(count, max - 1);
    memmove(found + low + 1, found + low, (kept - low) * sizeof *found);
    found[low] = slot;
    return kept + 1;
}

_Static_assert(LIMIT_TOPICS <= UINT16_MAX + 1, "slots are numbered in 16 bits");

size_t decode_topics(const struct decoder *d, const struct decode_topics_query *q)
{
    uint16_t found[LIMIT_TOPICS_PAGE];
    const struct topics *t = d->topics;
    size_t max = size_min(q->limit, LIMIT_TOPICS_PAGE);
    size_t count = 0;
    for (size_t i = 0; i < LIMIT_TOPICS && max > 0; i++) {
        struct bytes text = text_of(&t->slots[i]);
        if (t->slots[i].taken && t->slots[i].messages > 0 && bytes_start_with(text, q->prefix) &&
            (q->after.len == 0 || bytes_compare(text, q->after) > 0) &&
            (!q->lost || t->slots[i].sample.drop != (uint8_t)DROP_NONE)) {
            count = insert(t, found, count, max, (uint16_t)i);
        }
    }
    for (size_t i = 0; i < count; i++) {
        show(&t->slots[found[i]], q);
    }
    return count;
}
