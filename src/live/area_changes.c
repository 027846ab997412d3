/* SPDX-License-Identifier: Apache-2.0 */
/* What became different in an area since its members were told, as much of it as a message may
 * hold: what wants attention first, and of the rest each in its turn. */
#include "live/area.h"

#include "base/mem.h"

/* What stands around the columns. */
#define AROUND_BYTES 512u
/* A message that replaces all that members have may be as large as a snapshot, this often. */
#define RESET_MS 10000u

/* A mark as members have it and as it is; one of them may be NULL. */
struct change {
    const struct live_mark_shown *was;
    const struct live_mark_shown *is;
    size_t bytes;
    bool told;
};

struct changes {
    struct change *all;
    size_t count;
};

static bool is_same(const struct change *c)
{
    const struct live_mark_shown *a = c->was;
    const struct live_mark_shown *b = c->is;
    return a && b && a->x == b->x && a->y == b->y && a->count == b->count && a->w == b->w &&
           a->h == b->h && a->described == b->described && a->state == b->state &&
           a->severity == b->severity && a->affected == b->affected &&
           memcmp(a->status, b->status, sizeof a->status) == 0;
}

static bool is_urgent(const struct change *c)
{
    const struct live_mark_shown *a = c->was;
    const struct live_mark_shown *b = c->is;
    if (!a || !b) {
        return !b || b->severity != LIVE_NO_SEVERITY;
    }
    return a->severity != b->severity || a->affected != b->affected || a->state != b->state ||
           a->status[STATUS_OFFLINE] != b->status[STATUS_OFFLINE];
}

/* ---- finding them ---- */

static void add(struct changes *k, const struct live_mark_shown *was,
                const struct live_mark_shown *is)
{
    ASSERT(k->all);
    k->all[k->count++] = (struct change){.was = was, .is = is};
}

/* Both are in the order of their keys. */
static void match_clusters(const struct live_marks *sent, const struct live_marks *now,
                           struct changes *k)
{
    size_t i = 0, n = 0;
    while (i < sent->count || n < now->count) {
        const struct live_mark_shown *was = i < sent->count ? &sent->all[i] : NULL;
        const struct live_mark_shown *is = n < now->count ? &now->all[n] : NULL;
        bool takes_was = was && (!is || was->key <= is->key);
        bool takes_is = is && (!was || is->key <= was->key);
        add(k, takes_was ? was : NULL, takes_is ? is : NULL);
        i += takes_was;
        n += takes_is;
    }
}

static uint32_t *places(struct live *l)
{
    struct live_map *m = l->map;
    if (m->place_cap < l->device_rows) {
        m->place_of = mem_resize(m->place_of, l->device_rows, sizeof *m->place_of);
        memset(m->place_of + m->place_cap, 0,
               (l->device_rows - m->place_cap) * sizeof *m->place_of);
        m->place_cap = l->device_rows;
    }
    return m->place_of;
}

static void match_devices(struct live *l, const struct live_marks *sent,
                          const struct live_marks *now, struct changes *k)
{
    uint32_t *place_of = places(l);
    for (size_t i = 0; i < sent->count; i++) {
        place_of[sent->all[i].key] = (uint32_t)i + 1;
    }
    for (size_t n = 0; n < now->count; n++) {
        uint32_t place = place_of[now->all[n].key];
        place_of[now->all[n].key] = 0;
        add(k, place ? &sent->all[place - 1] : NULL, &now->all[n]);
    }
    for (size_t i = 0; i < sent->count; i++) {
        if (place_of[sent->all[i].key]) {
            place_of[sent->all[i].key] = 0;
            add(k, &sent->all[i], NULL);
        }
    }
}

/* ---- telling them ---- */

struct room_left {
    size_t message; /* bytes */
    size_t marks;   /* of all that members would have */
};

static void tell(struct live *l, const struct live_area *a, struct change *c,
                 struct room_left *left)
{
    size_t bytes = c->is ? live_area_row_bytes(l, c->is) : 0;
    size_t had = c->was ? c->was->bytes : 0;
    if (c->told || is_same(c) || live_area_bytes(l) + bytes > left->message ||
        bytes > left->marks + had) {
        return;
    }
    c->told = true;
    c->bytes = bytes;
    left->marks = left->marks + had - bytes;
    if (c->is) {
        live_area_put(l, a, c->is);
    } else {
        live_area_put_gone(l, a, c->was->key);
    }
}

static void tell_all(struct live *l, struct live_area *a, struct changes *k, size_t budget)
{
    struct room_left left = {budget - AROUND_BYTES, LIMIT_SNAPSHOT_BYTES - 4 * AROUND_BYTES};
    for (size_t i = 0; i < a->sent.count; i++) {
        left.marks -= a->sent.all[i].bytes;
    }
    for (size_t i = 0; i < k->count; i++) {
        if (is_urgent(&k->all[i])) {
            tell(l, a, &k->all[i], &left);
        }
    }
    for (size_t i = 0; i < k->count; i++) {
        tell(l, a, &k->all[(a->turn + i) % k->count], &left);
    }
}

/* What members have now. Returns how many they were told. */
static size_t settle(struct live_area *a, const struct changes *k)
{
    struct live_marks sent = {.cap = k->count};
    size_t told = 0;
    sent.all = k->count ? mem_alloc(k->count * sizeof *sent.all) : NULL;
    a->unsent = false;
    for (size_t i = 0; i < k->count; i++) {
        const struct change *c = &k->all[i];
        bool same = is_same(c);
        const struct live_mark_shown *has = c->told || same ? c->is : c->was;
        told += c->told;
        if (has) {
            struct live_mark_shown *to = &sent.all[sent.count++];
            *to = *has;
            to->bytes = (uint16_t)(c->told ? c->bytes : c->was->bytes);
        }
        if (!c->told && !same && !a->unsent) {
            a->unsent = true;
            a->turn = i;
        }
    }
    free(a->sent.all);
    a->sent = sent;
    return told;
}

static size_t budget_of(const struct live *l, const struct live_area *a)
{
    uint32_t interval = live_interval_ms(a->step);
    if (a->reset && (a->version == 0 || live_now_ms(l) - a->reset_ms >= RESET_MS)) {
        return LIMIT_SNAPSHOT_BYTES;
    }
    return (size_t)LIMIT_AREA_BYTES_PER_SECOND * (interval < 1000 ? interval : 1000) / 1000;
}

size_t live_area_change(struct live *l, struct live_area *a)
{
    struct live_marks now = {0};
    struct changes k = {0};
    live_area_look(l, a, &now);
    if (a->reset) {
        a->sent.count = 0;
        a->turn = 0;
    }
    size_t most = a->sent.count + now.count;
    k.all = most ? mem_alloc(most * sizeof *k.all) : NULL;
    if (a->mode == LIVE_AREA_CLUSTERS) {
        match_clusters(&a->sent, &now, &k);
    } else {
        match_devices(l, &a->sent, &now, &k);
    }
    live_area_begin(l);
    tell_all(l, a, &k, budget_of(l, a));
    size_t told = settle(a, &k);
    free(k.all);
    free(now.all);
    return told;
}
