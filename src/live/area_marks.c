/* SPDX-License-Identifier: Apache-2.0 */
/* What an area shows now: its devices one by one where they are few enough, else clusters of those
 * that lie in one tile, of the smallest tiles whose clusters are few enough. */
#include "live/area.h"

#include "base/mem.h"

/* Up to so many points in its ranges an area looks through them itself; above, the cells that all
 * areas of a level share are cheaper. */
#define DIRECT_MAX 4096u
/* A cluster's tile is a quarter of the 256 pixels that a tile of the map has. */
#define CLUSTER_LEVELS 2u

struct span {
    size_t first, end;
};

struct look {
    struct live *l;
    struct live_area *area;
    struct geo_range ranges[GEO_RANGES_MAX];
    struct span spans[GEO_RANGES_MAX]; /* of points */
    size_t range_count;
    size_t points; /* in all spans */
};

static uint32_t pixel_shift(const struct live_area *a)
{
    return 32 - (a->zoom + 8);
}

static void find_spans(struct look *k)
{
    const struct live_map *m = k->l->map;
    k->range_count = geo_box_ranges(&k->area->box, k->ranges);
    for (size_t i = 0; i < k->range_count; i++) {
        struct span *s = &k->spans[i];
        s->first = live_map_find(m, k->ranges[i].first);
        s->end =
            k->ranges[i].last == UINT64_MAX ? m->count : live_map_find(m, k->ranges[i].last + 1);
        k->points += s->end - s->first;
    }
}

static void add_mark(struct live_marks *to, struct live_mark_shown mark)
{
    to->all = mem_grow(to->all, to->count, &to->cap, sizeof *to->all);
    to->all[to->count++] = mark;
}

/* ---- devices ---- */

static struct live_mark_shown mark_of_device(const struct look *k, const struct live_point *p)
{
    const struct live_device *d = live_device(k->l, p->device);
    uint32_t shift = pixel_shift(k->area);
    ASSERT(d);
    return (struct live_mark_shown){.key = p->device,
                                    .x = p->place.x >> shift,
                                    .y = p->place.y >> shift,
                                    .described = d->described,
                                    .state = p->status,
                                    .severity = p->severity};
}

static bool has_more_than(const struct look *k, size_t most)
{
    const struct live_map *m = k->l->map;
    size_t count = 0;
    for (size_t i = 0; i < k->range_count; i++) {
        for (size_t at = k->spans[i].first; at < k->spans[i].end && count <= most; at++) {
            count += geo_box_has(&k->area->box, m->points[at].place);
        }
    }
    return count > most;
}

static void take_devices(const struct look *k, struct live_marks *to)
{
    const struct live_map *m = k->l->map;
    for (size_t i = 0; i < k->range_count; i++) {
        for (size_t at = k->spans[i].first; at < k->spans[i].end; at++) {
            const struct live_point *p = &m->points[at];
            if (geo_box_has(&k->area->box, p->place)) {
                add_mark(to, mark_of_device(k, p));
            }
        }
    }
}

/* ---- clusters ---- */

static struct live_mark_shown mark_of_cell(const struct look *k, const struct live_cell *c)
{
    uint32_t level = k->area->level, shift = pixel_shift(k->area);
    struct geo_place p = geo_place_of_code(c->code);
    uint32_t x0 = (p.x + (uint32_t)(((uint64_t)c->x0 << 16) >> level)) >> shift;
    uint32_t y0 = (p.y + (uint32_t)(((uint64_t)c->y0 << 16) >> level)) >> shift;
    uint32_t x1 = (p.x + (uint32_t)(((uint64_t)c->x1 << 16) >> level)) >> shift;
    uint32_t y1 = (p.y + (uint32_t)(((uint64_t)c->y1 << 16) >> level)) >> shift;
    struct live_mark_shown mark = {.key = c->code,
                                   .x = x0,
                                   .y = y0,
                                   .count = c->count,
                                   .affected = c->affected,
                                   .severity = c->severity};
    mark.w = (uint16_t)(x1 - x0 < UINT16_MAX ? x1 - x0 : UINT16_MAX);
    mark.h = (uint16_t)(y1 - y0 < UINT16_MAX ? y1 - y0 : UINT16_MAX);
    memcpy(mark.status, c->status, sizeof mark.status);
    return mark;
}

/* Adds those of the cells that lie in the box. False: there are more than the ceiling. */
static bool take_cells(const struct look *k, const struct live_cell *cells, size_t count,
                       struct live_marks *to)
{
    struct geo_box box = geo_box_coarser(&k->area->box, k->area->level);
    for (size_t i = 0; i < count; i++) {
        if (!geo_box_has(&box, geo_place_of_code(cells[i].code))) {
            continue;
        }
        if (to->count == k->area->ceiling) {
            return false;
        }
        add_mark(to, mark_of_cell(k, &cells[i]));
    }
    return true;
}

/* Ranges of whole tiles of the area's level, since a cell may begin before a range of its points
 * does. */
static bool take_shared_clusters(const struct look *k, struct live_marks *to)
{
    const struct live_layer *layer = live_map_layer(k->l->map, k->area->level);
    struct geo_box box = geo_box_coarser(&k->area->box, k->area->level);
    struct geo_range ranges[GEO_RANGES_MAX];
    size_t count = geo_box_ranges(&box, ranges);
    to->count = 0;
    for (size_t i = 0; i < count; i++) {
        size_t first = live_layer_find(layer, ranges[i].first);
        size_t end = ranges[i].last == UINT64_MAX ? layer->count
                                                  : live_layer_find(layer, ranges[i].last + 1);
        if (!take_cells(k, layer->cells + first, end - first, to)) {
            return false;
        }
    }
    return true;
}

static bool take_clusters(const struct look *k, struct live_marks *to)
{
    struct geo_box box = geo_box_coarser(&k->area->box, k->area->level);
    bool straddles = box.level < k->area->box.level;
    if (k->points > DIRECT_MAX || straddles) {
        return take_shared_clusters(k, to);
    }
    struct live_layer own = {0};
    for (size_t i = 0; i < k->range_count; i++) {
        live_cells_add(&own, k->area->level, k->l->map->points + k->spans[i].first,
                       k->spans[i].end - k->spans[i].first);
    }
    to->count = 0;
    bool fits = take_cells(k, own.cells, own.count, to);
    free(own.cells);
    return fits;
}

/* ---- choosing ---- */

static uint32_t finest(const struct live_area *a)
{
    return a->zoom + CLUSTER_LEVELS < GEO_LEVEL_MAX ? a->zoom + CLUSTER_LEVELS : GEO_LEVEL_MAX;
}

static void show_clusters(const struct look *k, struct live_marks *now)
{
    struct live_area *a = k->area;
    if (a->mode == LIVE_AREA_DEVICES) {
        a->mode = LIVE_AREA_CLUSTERS;
        a->level = finest(a);
        a->reset = true;
    }
    while (!take_clusters(k, now)) {
        a->level--;
        a->reset = true;
    }
    /* Tiles of half the side hold four times as many clusters at most: there is room for them. */
    if (now->count * 5 <= a->ceiling && a->level < finest(a)) {
        a->level++;
        a->reset = true;
        bool fits = take_clusters(k, now);
        ASSERT(fits);
    }
}

void live_area_look(struct live *l, struct live_area *a, struct live_marks *now)
{
    struct look k = {.l = l, .area = a};
    find_spans(&k);
    /* A few less before it shows devices again, so that one that comes and goes changes nothing. */
    size_t most = a->mode == LIVE_AREA_DEVICES ? a->ceiling : a->ceiling - a->ceiling / 8;
    if (has_more_than(&k, most)) {
        show_clusters(&k, now);
        return;
    }
    if (a->mode == LIVE_AREA_CLUSTERS) {
        a->mode = LIVE_AREA_DEVICES;
        a->reset = true;
    }
    take_devices(&k, now);
}
