/* SPDX-License-Identifier: Apache-2.0 */
#include "decode/heard.h"

#include "base/mem.h"
#include "decode/mapping_parts.h"

/* Devices of one message that it is listed under: what a person looks at is mostly of one. */
#define DEVICES_MAX 16

/* A message in the ring: behind it its topic, then what is packed of the sample. */
struct entry {
    uint32_t size;   /* with all that, to the next one; 0: the next one is at the ring's begin */
    uint32_t one_in; /* of so many, at its time */
    struct sample sample;
    uint16_t topic_len;
};

/* That a message is of a device. A position counts bytes since the start. */
struct place {
    uint64_t device; /* 0: of none that is known */
    uint64_t at;
};

struct watch {
    size_t len;
    uint8_t id[LIMIT_ID_BYTES];
    uint64_t device;
    wall_ms until;
};

struct heard_ring {
    struct hash_key key;
    struct metrics *metrics;
    uint64_t random;
    uint32_t one_in;     /* how many come for one that is kept */
    uint32_t kept;       /* since `one_in` was set */
    uint64_t assigned;   /* messages that passed or will have when it is the next one's turn */
    uint64_t ticked;     /* of those, at the last tick */
    uint64_t taken;      /* messages kept since then */
    uint64_t tail, head; /* positions: from the oldest entry to where the next one goes */
    uint64_t last;       /* the newest entry */
    uint64_t places;     /* ever written; the newest LIMIT_HEARD_PLACES are there */
    struct watch watches[LIMIT_HEARD_WATCHED];
    struct place *place;
    uint8_t *bytes;
};

void heard_start(struct hearing *h, struct hash_key key, struct metrics *metrics)
{
    ASSERT(!h->ring);
    struct heard_ring *r = mem_zalloc(1, sizeof *r);
    r->key = key;
    r->metrics = metrics;
    r->random = key.k0 | 1;
    r->one_in = 1;
    r->assigned = 1;
    r->place = mem_zalloc(LIMIT_HEARD_PLACES, sizeof *r->place);
    r->bytes = mem_zalloc(LIMIT_HEARD_BYTES, 1); /* untouched pages take no memory */
    h->ring = r;
    h->skip = 1;
}

void heard_fini(struct hearing *h)
{
    if (h->ring) {
        free(h->ring->place);
        free(h->ring->bytes);
        free(h->ring);
        h->ring = NULL;
    }
}

/* ---- which ones ---- */

/* Marsaglia's xorshift: who sends in step with us can't be always or never kept. */
static uint64_t random_next(struct heard_ring *r)
{
    r->random ^= r->random << 13;
    r->random ^= r->random >> 7;
    r->random ^= r->random << 17;
    return r->random;
}

static void choose_next(struct hearing *h)
{
    struct heard_ring *r = h->ring;
    uint32_t one_in = r->one_in;
    h->skip = one_in == 1 ? 1 : 1 + (uint32_t)(random_next(r) % (2 * (uint64_t)one_in - 1));
    r->assigned += h->skip;
}

/* More than a second's worth came within a second: fewer of the rest. */
static void slow_down(struct heard_ring *r)
{
    if (++r->kept > LIMIT_HEARD_PER_SECOND) {
        r->kept = 0;
        r->one_in = r->one_in < 1u << 20 ? r->one_in * 2 : r->one_in;
    }
}

/* What was ever written to: the rest takes no memory. */
static uint64_t memory_taken(const struct heard_ring *r)
{
    uint64_t bytes = r->head < LIMIT_HEARD_BYTES ? r->head : LIMIT_HEARD_BYTES;
    uint64_t places = r->places < LIMIT_HEARD_PLACES ? r->places : LIMIT_HEARD_PLACES;
    return bytes + places * sizeof(struct place);
}

void heard_tick(struct hearing *h, wall_ms now)
{
    struct heard_ring *r = h->ring;
    if (!r) {
        return;
    }
    if (r->metrics) {
        metrics_set(r->metrics, METRIC_MESSAGES_KEPT_BYTES, memory_taken(r));
    }
    uint64_t passed = r->assigned - h->skip;
    uint64_t came = passed - r->ticked;
    r->one_in = 1 + (uint32_t)(came / (LIMIT_HEARD_PER_SECOND + 1));
    r->kept = 0;
    if (r->metrics && came > r->taken) {
        metrics_add(r->metrics, METRIC_MESSAGES_UNLISTED, came - r->taken);
    }
    r->ticked = passed;
    r->taken = 0;
    if (h->skip > r->one_in) {
        r->assigned -= h->skip - r->one_in;
        h->skip = r->one_in;
    }
    h->watched = 0;
    for (size_t i = 0; i < LIMIT_HEARD_WATCHED; i++) {
        h->watched += r->watches[i].until > now;
    }
}

/* ---- who looks ---- */

void decoder_watch(struct decoder *d, struct bytes device, wall_ms until)
{
    struct heard_ring *r = d->heard.ring;
    if (!r || device.len == 0 || device.len > LIMIT_ID_BYTES) {
        return;
    }
    struct watch *oldest = &r->watches[0];
    struct watch *w = NULL;
    for (size_t i = 0; i < LIMIT_HEARD_WATCHED && !w; i++) {
        struct watch *at = &r->watches[i];
        w = bytes_equal(bytes_of(at->id, at->len), device) ? at : NULL;
        oldest = at->until < oldest->until ? at : oldest;
    }
    w = w ? w : oldest;
    memcpy(w->id, device.ptr, device.len);
    w->len = device.len;
    w->device = hash_bytes(r->key, device) | 1;
    w->until = until;
    d->heard.watched += d->heard.watched == 0;
}

static bool is_watched_id(const struct heard_ring *r, struct bytes device, wall_ms now)
{
    for (size_t i = 0; i < LIMIT_HEARD_WATCHED; i++) {
        const struct watch *w = &r->watches[i];
        if (w->until > now && bytes_equal(bytes_of(w->id, w->len), device)) {
            return true;
        }
    }
    return false;
}

static bool is_watched_hash(const struct heard_ring *r, uint64_t device, wall_ms now)
{
    for (size_t i = 0; i < LIMIT_HEARD_WATCHED; i++) {
        if (r->watches[i].until > now && r->watches[i].device == device) {
            return true;
        }
    }
    return false;
}

/* Whether somebody looks at a device of the message: one that it tells of, or, when nothing came of
 * it, the one that its topic told of before. */
static bool is_watched(const struct heard_ring *r, const struct topic *topic,
                       const struct decode_input *in, const struct decoded *out)
{
    struct bytes before = {0};
    for (size_t i = 0; i < out->count; i++) {
        struct bytes device = out->records[i].device;
        if (device.ptr != before.ptr && is_watched_id(r, device, in->now)) {
            return true;
        }
        before = device;
    }
    return out->count == 0 && topic && topic->device && is_watched_hash(r, topic->device, in->now);
}

/* ---- keeping ---- */

static struct entry *entry_at(const struct heard_ring *r, uint64_t at)
{
    return (struct entry *)(void *)(r->bytes + at % LIMIT_HEARD_BYTES);
}

static uint64_t round_begin(uint64_t at)
{
    return (at + LIMIT_HEARD_BYTES - 1) / LIMIT_HEARD_BYTES * LIMIT_HEARD_BYTES;
}

/* Forgets the oldest entries until everything before `end` is free. */
static void make_room(struct heard_ring *r, uint64_t end)
{
    while (r->tail < r->head && end - r->tail > LIMIT_HEARD_BYTES) {
        const struct entry *oldest = entry_at(r, r->tail);
        bool fits = LIMIT_HEARD_BYTES - r->tail % LIMIT_HEARD_BYTES >= sizeof *oldest;
        r->tail = fits && oldest->size > 0 ? r->tail + oldest->size : round_begin(r->tail + 1);
    }
}

/* A new entry of `size` bytes, in one piece. */
static struct entry *append(struct heard_ring *r, uint32_t size)
{
    uint64_t left = LIMIT_HEARD_BYTES - r->head % LIMIT_HEARD_BYTES;
    uint64_t at = left >= size ? r->head : r->head + left;
    make_room(r, at + size);
    if (at != r->head && left >= sizeof(struct entry)) {
        entry_at(r, r->head)->size = 0;
    }
    if (r->tail == r->head) {
        r->tail = at;
    }
    r->head = at + size;
    r->last = at;
    return entry_at(r, at);
}

static void add_place(struct heard_ring *r, uint64_t device)
{
    r->place[r->places++ % LIMIT_HEARD_PLACES] = (struct place){device, r->last};
}

/* Adds `id` to the `count` devices found so far. */
static size_t add_device(const struct heard_ring *r, struct bytes id, uint64_t *devices,
                         size_t count)
{
    uint64_t device = hash_bytes(r->key, id) | 1;
    for (size_t i = 0; i < count; i++) {
        if (devices[i] == device) {
            return count;
        }
    }
    if (count < DEVICES_MAX) {
        devices[count++] = device;
    }
    return count;
}

/* Lists the newest message under its devices. What gave nothing is taken for the device that its
 * topic was of before. */
static void add_places(struct heard_ring *r, struct topic *topic, const struct decoded *out)
{
    uint64_t devices[DEVICES_MAX];
    size_t count = 0;
    struct bytes before = {0};
    for (size_t i = 0; i < out->count && count < DEVICES_MAX; i++) {
        if (out->records[i].device.ptr != before.ptr) {
            count = add_device(r, out->records[i].device, devices, count);
        }
        before = out->records[i].device;
    }
    for (size_t i = 0; i < out->meta_count && count < DEVICES_MAX; i++) {
        count = add_device(r, out->meta[i].device, devices, count);
    }
    if (count == 0) {
        devices[count++] = topic ? topic->device : 0;
    } else if (topic) {
        topic->device = devices[0];
    }
    for (size_t i = 0; i < count; i++) {
        add_place(r, devices[i]);
    }
}

static void keep(struct hearing *h, struct topic *topic, const struct decode_input *in,
                 const struct decoded *out)
{
    struct heard_ring *r = h->ring;
    struct sample s = sample_of(in, out, LIMIT_HEARD_PAYLOAD_BYTES);
    size_t topic_len = size_min(in->topic.len, LIMIT_TOPIC_BYTES);
    size_t need = sizeof(struct entry) + topic_len + s.packed;
    uint32_t size = (uint32_t)((need + 7) / 8 * 8);
    struct entry *e = append(r, size);
    uint8_t *behind = (uint8_t *)(e + 1);
    *e = (struct entry){size, r->one_in, s, (uint16_t)topic_len};
    memcpy(behind, in->topic.ptr, topic_len);
    sample_pack(&s, in, out, behind + topic_len);
    add_places(r, topic, out);
    r->taken++;
    h->held = true;
}

void heard_take(struct hearing *h, struct topic *topic, const struct decode_input *in,
                const struct decoded *out)
{
    struct heard_ring *r = h->ring;
    bool turn = h->skip == 0;
    if (!r || in->topic.len == 0) {
        h->skip = r ? h->skip : UINT32_MAX;
        return;
    }
    if (turn) {
        choose_next(h);
    }
    if (turn || (r->taken < 2 * LIMIT_HEARD_PER_SECOND && is_watched(r, topic, in, out))) {
        slow_down(r);
        keep(h, topic, in, out);
    }
}

void decoder_keep_messages(struct decoder *d)
{
    heard_start(&d->heard, d->memory.key, d->metrics);
}

void decoder_refused(struct decoder *d, enum drop why)
{
    if (d->heard.held) {
        entry_at(d->heard.ring, d->heard.ring->last)->sample.drop = (uint8_t)why;
    }
}

/* ---- showing ---- */

/* A message that was found, in the ring or as the sample of its topic. */
struct found {
    const struct sample *sample;
    struct bytes topic;
    const uint8_t *packed;
    uint64_t id;
    uint32_t one_in;
};

struct search {
    const struct decode_messages_query *query;
    uint64_t device;
    size_t count, max;
    struct found found[LIMIT_HEARD_PAGE];
};

/* Puts it in its place, the newest first; the oldest falls out when there are too many. */
static void insert(struct search *s, struct found f)
{
    size_t at = s->count;
    while (at > 0 && s->found[at - 1].sample->at < f.sample->at) {
        at--;
    }
    if (at < s->max) {
        size_t moved = size_min(s->count, s->max - 1) - at;
        memmove(&s->found[at + 1], &s->found[at], moved * sizeof f);
        s->found[at] = f;
        s->count += s->count < s->max;
    }
}

static bool names_device(struct bytes topic, struct bytes device)
{
    struct decode_topic t;
    bool split = decode_topic_split(topic, &t);
    for (size_t i = 0; split && i < t.count; i++) {
        if (bytes_equal(t.level[i], device)) {
            return true;
        }
    }
    return false;
}

/* Whether a message listed under `device` is asked for. */
static bool is_asked_for(const struct search *s, uint64_t device, struct bytes topic)
{
    const struct decode_messages_query *q = s->query;
    struct decode_topic t;
    struct captured captured;
    if (q->device.len > 0 && device != s->device &&
        (device != 0 || !names_device(topic, q->device))) {
        return false;
    }
    return !q->mapping ||
           (decode_topic_split(topic, &t) && mapping_match(q->mapping, &t, &captured));
}

static void search_ring(struct search *s, const struct heard_ring *r)
{
    uint64_t oldest = r->places - size_min(r->places, LIMIT_HEARD_PLACES);
    uint64_t before = UINT64_MAX;
    for (uint64_t i = r->places; i > oldest && s->count < s->max; i--) {
        struct place p = r->place[(i - 1) % LIMIT_HEARD_PLACES];
        if (p.at < r->tail) {
            return;
        }
        if (s->query->device.len > 0 && p.device != s->device && p.device != 0) {
            continue;
        }
        const struct entry *e = entry_at(r, p.at);
        const uint8_t *behind = (const uint8_t *)(e + 1);
        struct bytes topic = bytes_of(behind, e->topic_len);
        if (p.at != before && is_asked_for(s, p.device, topic)) {
            insert(s,
                   (struct found){&e->sample, topic, behind + e->topic_len, p.at + 1, e->one_in});
            before = p.at;
        }
    }
}

static bool is_found(const struct search *s, struct bytes topic)
{
    for (size_t i = 0; i < s->count; i++) {
        if (bytes_equal(s->found[i].topic, topic)) {
            return true;
        }
    }
    return false;
}

/* The last message of a topic that the ring has none of any more. */
static void search_topics(struct search *s, const struct topics *topics)
{
    for (size_t i = 0; i < LIMIT_TOPICS; i++) {
        const struct topic *t = topics_at(topics, i);
        if (!t) {
            continue;
        }
        struct bytes text = bytes_of(t->room, t->len);
        if (is_asked_for(s, t->device, text) && !is_found(s, text)) {
            insert(s, (struct found){&t->sample, text, t->room + t->len, 0, 1});
        }
    }
}

size_t decode_messages(const struct decoder *d, const struct decode_messages_query *q)
{
    struct search s = {.query = q, .max = size_min(q->limit, LIMIT_HEARD_PAGE)};
    struct decode_record records[LIMIT_TOPIC_RECORDS];
    const struct heard_ring *r = d->heard.ring;
    if (!r || s.max == 0) {
        return 0;
    }
    s.device = hash_bytes(r->key, q->device) | 1;
    search_ring(&s, r);
    if (s.count < s.max) {
        search_topics(&s, d->topics);
    }
    for (size_t i = 0; i < s.count; i++) {
        const struct found *f = &s.found[i];
        struct decode_message_view view = {f->topic, f->id, f->one_in,
                                           sample_view(f->sample, f->packed, records)};
        q->each(q->ctx, &view);
    }
    return s.count;
}
