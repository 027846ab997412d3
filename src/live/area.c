/* SPDX-License-Identifier: Apache-2.0 */
/* Areas and who looks at them. */
#include "live/area.h"

#include "base/mem.h"

#define GRID_MS 250u
/* Cells of levels that nobody looks at any more are freed after this. */
#define TIDY_MS 10000u

/* ---- finding ---- */

static struct bytes key_of(const void *owner, uint32_t value)
{
    const struct live *l = owner;
    return bytes_of(l->areas[value]->name, l->areas[value]->name_len);
}

static void put_name(struct buf *out, const struct geo_box *box, const struct live_area_key *key)
{
    buf_printf(out, "%u/%u/%u/%u/%u/%u/%u/%u/%u", key->zoom, box->level, box->x, box->y, box->nx,
               box->ny, key->ceiling, live_interval_ms(key->step), (unsigned)key->role);
}

static size_t bytes_reserved(const struct live_area *a)
{
    return sizeof *a + a->name_len + a->ceiling * sizeof *a->sent.all;
}

/* ---- making ---- */

static void list(struct live *l, struct live_area *a)
{
    l->areas = mem_grow(l->areas, l->area_count, &l->area_cap, sizeof(struct live_area *));
    a->index = (uint32_t)l->area_count;
    l->areas[l->area_count++] = a;
    strmap_put(&l->areas_by_name, a->index);
    l->area_bytes += bytes_reserved(a);
    metrics_set(l->config.metrics, METRIC_LIVE_AREAS, l->area_count);
}

static void unlist(struct live *l, struct live_area *a)
{
    struct live_area *last = l->areas[l->area_count - 1];
    strmap_remove(&l->areas_by_name, bytes_of(a->name, a->name_len));
    if (last != a) {
        strmap_remove(&l->areas_by_name, bytes_of(last->name, last->name_len));
        last->index = a->index;
        l->areas[a->index] = last;
        strmap_put(&l->areas_by_name, last->index);
    }
    l->area_count--;
    l->area_bytes -= bytes_reserved(a);
    metrics_set(l->config.metrics, METRIC_LIVE_AREAS, l->area_count);
}

static void begin(struct live *l, struct live_area *a)
{
    if (!l->map) {
        l->map = live_map_new();
        l->area_next_ms = (live_now_ms(l) / GRID_MS + 1) * GRID_MS;
    }
    live_map_update(l);
    a->reset = true;
    (void)live_area_change(l, a);
    a->reset = false;
    a->version = l->map->version;
    a->reset_ms = live_now_ms(l);
    /* Areas of one pace take turns, so that no tick has them all. */
    a->next_ms = l->area_next_ms + a->index % (live_interval_ms(a->step) / GRID_MS) * GRID_MS;
}

static struct live_area *make(struct live *l, const struct geo_box *box,
                              const struct live_area_key *key, struct bytes name)
{
    struct live_area *a = mem_zalloc(1, sizeof *a);
    a->name = mem_text(name.ptr, name.len);
    a->name_len = name.len;
    a->box = *box;
    a->zoom = key->zoom;
    a->ceiling = key->ceiling;
    a->step = key->step;
    a->role = key->role;
    list(l, a);
    begin(l, a);
    return a;
}

static void drop(struct live *l, struct live_area *a)
{
    unlist(l, a);
    free(a->sent.all);
    free(a->members);
    free(a->name);
    free(a);
    if (l->area_count == 0) {
        live_map_free(l->map);
        l->map = NULL;
    }
}

/* NULL: the server holds too many. */
static struct live_area *area_of(struct live *l, const struct geo_box *box,
                                 const struct live_area_key *key)
{
    struct buf name = {0};
    struct live_area *a = NULL;
    if (!l->areas_by_name.key_of) {
        strmap_init(&l->areas_by_name, l->config.key, key_of, l);
    }
    put_name(&name, box, key);
    uint32_t n = strmap_find(&l->areas_by_name, buf_bytes(&name));
    size_t more = sizeof *a + name.len + key->ceiling * sizeof *a->sent.all;
    if (n != STRMAP_NONE) {
        a = l->areas[n];
    } else if (l->area_bytes + more <= LIMIT_AREA_BYTES) {
        a = make(l, box, key, buf_bytes(&name));
    }
    buf_fini(&name);
    return a;
}

/* ---- members ---- */

void live_area_leave(struct live *l, struct live_client *c)
{
    struct live_area *a = c->area;
    if (!a) {
        return;
    }
    struct live_client *last = a->members[--a->member_count];
    a->members[c->area_at] = last;
    last->area_at = c->area_at;
    c->area = NULL;
    c->area_stale = false;
    if (a->member_count == 0) {
        drop(l, a);
    }
}

enum err live_area_enter(struct live *l, struct live_client *c, const struct live_area_key *key)
{
    struct geo_box box;
    if (geo_box_of(&key->bounds, key->zoom, &box) != OK) {
        return ERR_INVALID;
    }
    struct live_area *a = area_of(l, &box, key);
    if (!a) {
        return ERR_FULL;
    }
    /* After it found the next one: the map stays while there is an area. */
    if (c->area != a) {
        a->members = mem_grow(a->members, a->member_count, &a->member_cap, sizeof(void *));
        uint32_t at = (uint32_t)a->member_count;
        a->members[a->member_count++] = c;
        live_area_leave(l, c);
        c->area = a;
        c->area_at = at;
    }
    c->area_stale = true;
    return OK;
}

/* ---- telling ---- */

static void put_whole(struct live *l, const struct live_area *a)
{
    live_area_begin(l);
    for (size_t i = 0; i < a->sent.count; i++) {
        live_area_put(l, a, &a->sent.all[i]);
    }
}

void live_area_answer(struct live *l, struct live_client *c, struct json_writer *w)
{
    const struct live_area *a = c->area;
    struct geo_bounds b = geo_box_bounds(&a->box);
    json_put_text(w, "area", bytes_of(a->name, a->name_len));
    json_put_i64(w, "interval", live_interval_ms(a->step));
    json_put_u64(w, "zoom", a->zoom);
    json_put_u64(w, "ceiling", a->ceiling);
    json_write_key(w, "bounds");
    json_write_object(w);
    json_put_number(w, "south", b.south);
    json_put_number(w, "west", b.west);
    json_put_number(w, "north", b.north);
    json_put_number(w, "east", b.east);
    json_write_object_end(w);
    put_whole(l, a);
    live_area_write(l, a, w);
    c->area_stale = false;
}

static void send_whole(struct live *l, struct live_client *c)
{
    struct live_area *a = c->area;
    put_whole(l, a);
    struct frame *f = live_area_frame(l, a, true);
    live_send(l, c, f);
    frame_release(f);
    c->area_stale = false;
}

bool live_area_catch_up(struct live *l, struct live_client *c)
{
    if (!c->area_stale) {
        return true;
    }
    if (!live_client_ready(l, c)) {
        return false;
    }
    send_whole(l, c);
    return true;
}

static void send_changes(struct live *l, struct live_area *a)
{
    struct frame *f = live_area_frame(l, a, a->reset);
    uint64_t no = ++l->clock;
    for (size_t i = 0; i < a->member_count; i++) {
        struct live_client *c = a->members[i];
        if (c->behind || c->area_stale) {
            c->area_stale = true;
            continue;
        }
        live_send(l, c, f);
        if (!live_client_ready(l, c)) {
            live_fall_behind(l, c, no);
        }
    }
    frame_release(f);
}

/* Those who entered without asking for an answer, or whose answer was dropped. */
static void send_to_stale(struct live *l, struct live_area *a)
{
    for (size_t i = 0; i < a->member_count; i++) {
        struct live_client *c = a->members[i];
        if (c->area_stale && !c->behind && c->reply_count == 0 && !live_area_catch_up(l, c)) {
            live_fall_behind(l, c, ++l->clock);
        }
    }
}

static void refresh(struct live *l, struct live_area *a)
{
    if (!a->unsent && live_map_changed(l->map, &a->box) <= a->version) {
        return;
    }
    a->version = l->map->version;
    size_t told = live_area_change(l, a);
    if (told > 0 || a->reset) {
        send_changes(l, a);
    }
    if (a->reset) {
        a->reset_ms = live_now_ms(l);
        a->reset = false;
    }
}

void live_areas_tick(struct live *l)
{
    uint64_t now_ms = live_now_ms(l);
    if (l->area_count == 0 || now_ms < l->area_next_ms) {
        return;
    }
    live_map_update(l);
    for (size_t i = 0; i < l->area_count; i++) {
        struct live_area *a = l->areas[i];
        send_to_stale(l, a);
        if (now_ms >= a->next_ms) {
            a->next_ms = (now_ms / GRID_MS) * GRID_MS + live_interval_ms(a->step);
            refresh(l, a);
        }
    }
    uint64_t next_ms = (now_ms / GRID_MS + 1) * GRID_MS;
    if (next_ms / TIDY_MS != l->area_next_ms / TIDY_MS) {
        live_map_tidy(l->map);
    }
    l->area_next_ms = next_ms;
}

uint64_t live_areas_next_ms(const struct live *l)
{
    return l->area_count > 0 ? l->area_next_ms : UINT64_MAX;
}

void live_areas_fini(struct live *l)
{
    ASSERT(l->area_count == 0);
    strmap_fini(&l->areas_by_name);
    free(l->areas);
    for (size_t i = 0; i < LIVE_AREA_COLUMNS; i++) {
        buf_fini(&l->area_columns[i].text);
    }
}
