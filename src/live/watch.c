/* SPDX-License-Identifier: Apache-2.0 */
/* Groups of clients that watch the same set of series. Such a group is found by its set, pace,
 * format and rights as one text. Each entry of the set waits in the room of its device until its
 * series appears, then in the list of that series: a reading finds the groups that want it there,
 * with the slot that it has in each. */
#include "live/state.h"

#include "base/mem.h"

/* Before the series: pace, format, rights. */
#define HEAD_BYTES 3u

struct live_watch {
    char *text;
    size_t text_len;
    uint32_t index; /* in live->watches */
    uint32_t count;
    struct live_watch_entry entries[];
};

size_t live_watch_bytes(size_t text_len, size_t count)
{
    size_t entry = sizeof(struct live_watch_entry) + sizeof(struct live_room) + 2;
    return sizeof(struct live_group) + sizeof(struct live_watch) + 2 * text_len + count * entry;
}

static size_t bytes_of_watch(const struct live_watch *w)
{
    return sizeof *w + w->text_len + w->count * sizeof w->entries[0];
}

static struct bytes key_of(const void *owner, uint32_t value)
{
    const struct live *l = owner;
    const struct live_watch *w = l->watches[value]->watch;
    return bytes_of(w->text, w->text_len);
}

/* ---- the lists of series and rooms ---- */

static void link_series(struct live *l, struct live_watch_entry *e, uint32_t series)
{
    struct live_series *s = live_series(l, series);
    ASSERT(s && e->series == UINT32_MAX);
    e->series = series;
    e->next_of_series = s->watchers;
    e->link_of_series = &s->watchers;
    if (s->watchers) {
        s->watchers->link_of_series = &e->next_of_series;
    }
    s->watchers = e;
}

static void unlink_series(struct live_watch_entry *e)
{
    if (e->series == UINT32_MAX) {
        return;
    }
    *e->link_of_series = e->next_of_series;
    if (e->next_of_series) {
        e->next_of_series->link_of_series = e->link_of_series;
    }
    e->series = UINT32_MAX;
}

static void link_room(struct live_watch_entry *e, struct live_room *room)
{
    e->room = room;
    e->next_in_room = room->watchers;
    e->link_in_room = &room->watchers;
    if (room->watchers) {
        room->watchers->link_in_room = &e->next_in_room;
    }
    room->watchers = e;
}

static void unlink_room(struct live *l, struct live_watch_entry *e)
{
    *e->link_in_room = e->next_in_room;
    if (e->next_in_room) {
        e->next_in_room->link_in_room = e->link_in_room;
    }
    live_room_drop_if_empty(l, e->room);
}

void live_watch_series_seen(struct live *l, uint32_t series, struct bytes sensor)
{
    const struct live_series *s = live_series(l, series);
    const struct live_room *room = s ? live_device(l, s->device)->room : NULL;
    for (struct live_watch_entry *e = room ? room->watchers : NULL; e; e = e->next_in_room) {
        if (e->series == UINT32_MAX && bytes_equal(bytes_of_text(e->sensor), sensor)) {
            link_series(l, e, series);
        }
    }
}

/* What rests in a group's ring for a series that went stays there until its turn comes, and then
 * stands for the series that took its place, or for none. */
void live_watch_room_unbound(struct live_room *room)
{
    for (struct live_watch_entry *e = room->watchers; e; e = e->next_in_room) {
        unlink_series(e);
    }
}

/* ---- making and freeing ---- */

static void make_entry(struct live *l, struct live_group *g, uint32_t slot, struct bytes device,
                       char *sensor)
{
    struct live_watch_entry *e = &g->watch->entries[slot];
    *e =
        (struct live_watch_entry){.group = g, .slot = slot, .series = UINT32_MAX, .sensor = sensor};
    link_room(e, live_room_get(l, device));
    const struct registry_series *s =
        registry_find_series(l->config.registry, device, bytes_of_text(sensor));
    if (s && live_series(l, s->id.n)) {
        link_series(l, e, s->id.n);
    }
}

static void make_entries(struct live *l, struct live_group *g)
{
    struct live_watch *w = g->watch;
    uint32_t slot = 0;
    for (size_t at = HEAD_BYTES; at < w->text_len; slot++) {
        struct bytes device = bytes_of_text(w->text + at);
        char *sensor = w->text + at + device.len + 1;
        make_entry(l, g, slot, device, sensor);
        at += device.len + strlen(sensor) + 2;
    }
    ASSERT(slot == w->count);
}

static uint32_t count_series(struct bytes series)
{
    uint32_t ends = 0;
    for (size_t i = 0; i < series.len; i++) {
        ends += series.ptr[i] == '\0';
    }
    return ends / 2;
}

static uint32_t free_index(struct live *l)
{
    for (uint32_t i = l->watch_search; i < l->watch_count; i++) {
        if (!l->watches[i]) {
            l->watch_search = i + 1;
            return i;
        }
    }
    l->watches = mem_grow(l->watches, l->watch_count, &l->watch_cap, sizeof(struct live_group *));
    l->watch_search = (uint32_t)l->watch_count + 1;
    return (uint32_t)l->watch_count++;
}

static struct live_group *make(struct live *l, const struct live_group_key *key, struct buf *text)
{
    uint32_t count = count_series(key->series);
    struct live_group *g = live_group_new(l, key);
    struct live_watch *w = mem_zalloc(1, sizeof *w + count * sizeof w->entries[0]);
    w->text_len = text->len;
    w->text = (char *)text->ptr;
    *text = (struct buf){0};
    w->count = count;
    w->index = free_index(l);
    l->watches[w->index] = g;
    g->watch = w;
    g->charged += bytes_of_watch(w);
    l->subscription_bytes += bytes_of_watch(w);
    strmap_put(&l->watches_by_text, w->index);
    make_entries(l, g);
    return g;
}

void live_watch_free(struct live *l, struct live_group *g)
{
    struct live_watch *w = g->watch;
    strmap_remove(&l->watches_by_text, bytes_of(w->text, w->text_len));
    l->watches[w->index] = NULL;
    l->watch_search = w->index < l->watch_search ? w->index : l->watch_search;
    for (uint32_t i = 0; i < w->count; i++) {
        unlink_series(&w->entries[i]);
        unlink_room(l, &w->entries[i]);
    }
    free(w->text);
    free(w);
    g->watch = NULL;
}

void live_watches_fini(struct live *l)
{
    strmap_fini(&l->watches_by_text);
    free(l->watches);
}

/* ---- members ---- */

static struct live_group *group_of(struct live *l, const struct live_group_key *key)
{
    struct buf text = {0};
    if (!l->watches_by_text.key_of) {
        strmap_init(&l->watches_by_text, l->config.key, key_of, l);
    }
    buf_put_byte(&text, (uint8_t)key->step);
    buf_put_byte(&text, (uint8_t)key->format);
    buf_put_byte(&text, (uint8_t)key->rights.role);
    buf_put_bytes(&text, key->series);
    uint32_t index = strmap_find(&l->watches_by_text, buf_bytes(&text));
    struct live_group *g = index == STRMAP_NONE ? make(l, key, &text) : l->watches[index];
    buf_fini(&text);
    return g;
}

void live_watch_enter(struct live *l, struct live_client *c, const struct live_group_key *key)
{
    struct live_group *old = c->watch.group;
    struct live_group *g = key->series.len ? group_of(l, key) : NULL;
    if (old == g) {
        return;
    }
    if (old) {
        live_group_leave(l, &c->watch);
    }
    if (g) {
        live_group_enter(l, g, c, &c->watch, LIVE_WATCH);
    }
}

struct bytes live_watch_text(const struct live_group *g)
{
    return bytes_of(g->watch->text + HEAD_BYTES, g->watch->text_len - HEAD_BYTES);
}

uint32_t live_watch_series(const struct live_group *g, uint32_t slot)
{
    ASSERT(slot < g->watch->count);
    return g->watch->entries[slot].series;
}

uint32_t live_watch_count(const struct live_group *g)
{
    return g->watch->count;
}

bool live_watch_wants(const struct live *l, const struct live_group *g, uint32_t series)
{
    const struct live_series *s = live_series(l, series);
    const struct live_watch_entry *e = s ? s->watchers : NULL;
    while (e && e->group != g) {
        e = e->next_of_series;
    }
    return e != NULL;
}
