/* SPDX-License-Identifier: Apache-2.0 */
/* Devices by place. What changed is noted with each batch and applied once, before areas look: a
 * change in place is two steps of a binary search, moves of any number are one pass. */
#include "live/map.h"

#include "base/mem.h"

struct live_map *live_map_new(void)
{
    struct live_map *m = mem_zalloc(1, sizeof *m);
    m->rebuild = true;
    m->alerts_changed = true;
    return m;
}

void live_map_free(struct live_map *m)
{
    if (!m) {
        return;
    }
    for (size_t i = 0; i < ARRAY_LEN(m->layers); i++) {
        free(m->layers[i].cells);
    }
    free(m->points);
    free(m->fresh);
    free(m->dirty);
    free(m->place_of);
    free(m);
}

/* ---- what changed ---- */

void live_map_touch(struct live *l, uint32_t device)
{
    struct live_map *m = l->map;
    struct live_device *d = m ? live_device(l, device) : NULL;
    if (!d || d->map_dirty) {
        return;
    }
    d->map_dirty = true;
    m->dirty = mem_grow(m->dirty, m->dirty_count, &m->dirty_cap, sizeof *m->dirty);
    m->dirty[m->dirty_count++] = device;
}

void live_map_forget(struct live *l)
{
    if (l->map) {
        l->map->rebuild = true;
        l->map->alerts_changed = true;
    }
}

static void touch_key(struct live *l, struct bytes key)
{
    const struct registry_device *d = registry_find_device(l->config.registry, key);
    if (d) {
        live_map_touch(l, d->id.n);
    }
}

void live_map_batch(struct live *l, const struct batch *b)
{
    if (!l->map) {
        return;
    }
    for (size_t i = 0; i < b->status_count; i++) {
        live_map_touch(l, b->statuses[i].device.n);
    }
    for (size_t i = 0; i < b->alert_count; i++) {
        l->map->alerts_changed = true;
        touch_key(l, batch_text(b, b->alerts[i].device));
    }
}

/* ---- alerts ---- */

static struct live_device *device_of(const struct live *l, const struct alert *a)
{
    const struct live_series *s = live_series(l, a->series.n);
    if (s) {
        return live_device(l, s->device);
    }
    const struct registry_device *d =
        registry_find_device(l->config.registry, bytes_of_text(a->device));
    return d ? live_device(l, d->id.n) : NULL;
}

/* Looks through all open alerts once, however many devices changed. */
static void weigh_alerts(struct live *l)
{
    struct live_map *m = l->map;
    if (!m->alerts_changed) {
        return;
    }
    m->alerts_changed = false;
    l->map_stamp++;
    for (uint32_t i = 0; i < alert_open_count(l->config.alerts); i++) {
        const struct alert *a = alert_open_at(l->config.alerts, i);
        struct live_device *d = a->state == ALERT_STATE_PENDING ? NULL : device_of(l, a);
        if (!d) {
            continue;
        }
        if (d->worst_stamp != l->map_stamp || d->worst < (int)a->severity) {
            d->worst_stamp = l->map_stamp;
            d->worst = (int8_t)a->severity;
        }
    }
}

static int8_t severity_of(const struct live *l, const struct live_device *d)
{
    return d->worst_stamp == l->map_stamp ? d->worst : LIVE_NO_SEVERITY;
}

/* ---- points ---- */

size_t live_map_find(const struct live_map *m, uint64_t code)
{
    size_t low = 0, high = m->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (m->points[middle].code < code) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static struct live_point *point_of(struct live_map *m, uint64_t code, uint32_t device)
{
    for (size_t i = live_map_find(m, code); i < m->count && m->points[i].code == code; i++) {
        if (m->points[i].device == device) {
            return &m->points[i];
        }
    }
    return NULL;
}

static void note_change(struct live_map *m, uint64_t code)
{
    m->changed[code >> (64 - 2 * LIVE_MAP_COARSE)] = m->version;
}

static bool describe(const struct live *l, uint32_t device, struct live_point *p)
{
    const struct registry_device *row =
        registry_device(l->config.registry, (struct device_id){device});
    const struct live_device *d = live_device(l, device);
    if (!row || !d || !row->located) {
        return false;
    }
    struct geo_place place = geo_place_of(row->lat, row->lng);
    *p = (struct live_point){.code = geo_code(place),
                             .place = place,
                             .device = device,
                             .status = (uint8_t)row->status,
                             .severity = severity_of(l, d)};
    return true;
}

static void add_fresh(struct live_map *m, struct live_point p)
{
    m->fresh = mem_grow(m->fresh, m->fresh_count, &m->fresh_cap, sizeof *m->fresh);
    m->fresh[m->fresh_count++] = p;
}

static void renew(struct live *l, uint32_t device, struct live_device *d)
{
    struct live_map *m = l->map;
    struct live_point p;
    bool located = describe(l, device, &p);
    struct live_point *old = d->mapped ? point_of(m, d->code, device) : NULL;
    ASSERT((old != NULL) == d->mapped);
    d->map_dirty = false;
    if (old) {
        note_change(m, old->code);
    }
    if (located) {
        note_change(m, p.code);
        d->code = p.code;
    }
    d->mapped = located;
    if (old && located && old->code == p.code) {
        *old = p;
        return;
    }
    if (located) {
        add_fresh(m, p);
    }
    if (old) {
        old->device = UINT32_MAX;
        m->removed = true;
    }
}

static int by_code(const void *a, const void *b)
{
    const struct live_point *x = a;
    const struct live_point *y = b;
    if (x->code != y->code) {
        return x->code < y->code ? -1 : 1;
    }
    return (x->device > y->device) - (x->device < y->device);
}

static void compact(struct live_map *m)
{
    size_t kept = 0;
    m->removed = false;
    for (size_t i = 0; i < m->count; i++) {
        if (m->points[i].device != UINT32_MAX) {
            m->points[kept++] = m->points[i];
        }
    }
    m->count = kept;
}

/* From the back, so that the points move in place. */
static void merge_fresh(struct live_map *m)
{
    qsort(m->fresh, m->fresh_count, sizeof *m->fresh, by_code);
    size_t total = m->count + m->fresh_count;
    if (total > m->cap) {
        m->cap = total + total / 8;
        m->points = mem_resize(m->points, m->cap, sizeof *m->points);
    }
    size_t a = m->count, b = m->fresh_count;
    for (size_t to = total; b > 0; to--) {
        bool old = a > 0 && by_code(&m->points[a - 1], &m->fresh[b - 1]) > 0;
        m->points[to - 1] = old ? m->points[--a] : m->fresh[--b];
    }
    m->count = total;
    m->fresh_count = 0;
}

static void forget_all(struct live *l)
{
    struct live_map *m = l->map;
    for (uint32_t id = 0; id < l->device_rows; id++) {
        struct live_device *d = live_device(l, id);
        if (d) {
            d->mapped = false;
            d->map_dirty = false;
        }
    }
    m->rebuild = m->removed = false;
    m->count = m->dirty_count = 0;
    for (size_t i = 0; i < ARRAY_LEN(m->changed); i++) {
        m->changed[i] = m->version;
    }
    for (uint32_t id = 0; id < l->device_rows; id++) {
        live_map_touch(l, id);
    }
}

void live_map_update(struct live *l)
{
    struct live_map *m = l->map;
    if (!m->rebuild && !m->removed && m->dirty_count == 0) {
        return;
    }
    m->version++;
    if (m->rebuild) {
        forget_all(l);
    }
    weigh_alerts(l);
    for (size_t i = 0; i < m->dirty_count; i++) {
        struct live_device *d = live_device(l, m->dirty[i]);
        if (d) {
            renew(l, m->dirty[i], d);
        }
    }
    m->dirty_count = 0;
    if (m->removed) {
        compact(m);
    }
    if (m->fresh_count > 0) {
        merge_fresh(m);
    }
}

void live_map_device_gone(struct live *l, uint32_t device)
{
    struct live_map *m = l->map;
    const struct live_device *d = m ? live_device(l, device) : NULL;
    if (!d || !d->mapped || m->rebuild) {
        return;
    }
    struct live_point *p = point_of(m, d->code, device);
    ASSERT(p);
    m->version++;
    note_change(m, p->code);
    p->device = UINT32_MAX;
    m->removed = true;
}

/* ---- cells ---- */

/* A place within its tile of a level, as 2^-16 of the side. */
static uint16_t offset_in(uint32_t v, uint32_t level)
{
    uint32_t within = (uint32_t)((uint64_t)v << level);
    return (uint16_t)(within >> 16);
}

static uint64_t code_of_tile(uint64_t code, uint32_t level)
{
    return code >> (64 - 2 * level) << (64 - 2 * level);
}

static void begin_cell(struct live_layer *to, uint64_t code)
{
    to->cells = mem_grow(to->cells, to->count, &to->cap, sizeof *to->cells);
    to->cells[to->count++] = (struct live_cell){
        .code = code, .x0 = UINT16_MAX, .y0 = UINT16_MAX, .severity = LIVE_NO_SEVERITY};
}

/* Takes the worse severity, and how many have it. */
static void weigh(struct live_cell *c, int8_t severity, uint32_t affected)
{
    if (severity > c->severity) {
        c->severity = severity;
        c->affected = affected;
    } else if (severity == c->severity && severity != LIVE_NO_SEVERITY) {
        c->affected += affected;
    }
}

static void count_point(struct live_cell *c, const struct live_point *p, uint32_t level)
{
    uint16_t x = offset_in(p->place.x, level), y = offset_in(p->place.y, level);
    c->count++;
    c->status[p->status]++;
    weigh(c, p->severity, 1);
    c->x0 = x < c->x0 ? x : c->x0;
    c->x1 = x > c->x1 ? x : c->x1;
    c->y0 = y < c->y0 ? y : c->y0;
    c->y1 = y > c->y1 ? y : c->y1;
}

void live_cells_add(struct live_layer *to, uint32_t level, const struct live_point *points,
                    size_t count)
{
    for (size_t i = 0; i < count; i++) {
        uint64_t code = code_of_tile(points[i].code, level);
        if (to->count == 0 || to->cells[to->count - 1].code != code) {
            begin_cell(to, code);
        }
        count_point(&to->cells[to->count - 1], &points[i], level);
    }
}

/* Adds a cell of a finer level. */
static void count_cell(struct live_cell *c, const struct live_cell *p, uint32_t finer,
                       uint32_t level)
{
    struct geo_place at = geo_place_of_code(p->code);
    uint16_t x0 = offset_in(at.x + (uint32_t)(((uint64_t)p->x0 << 16) >> finer), level);
    uint16_t x1 = offset_in(at.x + (uint32_t)(((uint64_t)p->x1 << 16) >> finer), level);
    uint16_t y0 = offset_in(at.y + (uint32_t)(((uint64_t)p->y0 << 16) >> finer), level);
    uint16_t y1 = offset_in(at.y + (uint32_t)(((uint64_t)p->y1 << 16) >> finer), level);
    c->count += p->count;
    for (size_t i = 0; i < STATUS_COUNT; i++) {
        c->status[i] += p->status[i];
    }
    weigh(c, p->severity, p->affected);
    c->x0 = x0 < c->x0 ? x0 : c->x0;
    c->x1 = x1 > c->x1 ? x1 : c->x1;
    c->y0 = y0 < c->y0 ? y0 : c->y0;
    c->y1 = y1 > c->y1 ? y1 : c->y1;
}

static void add_finer(struct live_layer *to, uint32_t level, const struct live_layer *from,
                      uint32_t finer)
{
    for (size_t i = 0; i < from->count; i++) {
        uint64_t code = code_of_tile(from->cells[i].code, level);
        if (to->count == 0 || to->cells[to->count - 1].code != code) {
            begin_cell(to, code);
        }
        count_cell(&to->cells[to->count - 1], &from->cells[i], finer, level);
    }
}

/* From the cells of the next finer level that is made already, which are fewer than the points. */
static void make_layer(struct live_map *m, uint32_t level)
{
    struct live_layer *layer = &m->layers[level];
    uint32_t finer = level + 1;
    while (finer <= GEO_LEVEL_MAX && m->layers[finer].version != m->version) {
        finer++;
    }
    layer->version = m->version;
    layer->count = 0;
    if (finer <= GEO_LEVEL_MAX) {
        add_finer(layer, level, &m->layers[finer], finer);
    } else {
        live_cells_add(layer, level, m->points, m->count);
    }
}

/* The layers that areas asked for lately, the finest first. */
static void make_layers(struct live_map *m)
{
    for (uint32_t level = GEO_LEVEL_MAX; level >= 1; level--) {
        if (m->layers[level].cells) {
            make_layer(m, level);
        }
    }
}

const struct live_layer *live_map_layer(struct live_map *m, uint32_t level)
{
    struct live_layer *layer = &m->layers[level];
    ASSERT(level >= 1 && level <= GEO_LEVEL_MAX);
    layer->used = true;
    if (layer->version != m->version && layer->cells) {
        make_layers(m);
    } else if (layer->version != m->version) {
        make_layer(m, level);
    }
    return layer;
}

size_t live_layer_find(const struct live_layer *layer, uint64_t code)
{
    size_t low = 0, high = layer->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (layer->cells[middle].code < code) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

void live_map_tidy(struct live_map *m)
{
    for (size_t i = 0; i < ARRAY_LEN(m->layers); i++) {
        struct live_layer *layer = &m->layers[i];
        if (!layer->used && layer->cells) {
            free(layer->cells);
            *layer = (struct live_layer){0};
        }
        layer->used = false;
    }
}

uint64_t live_map_changed(const struct live_map *m, const struct geo_box *box)
{
    struct geo_box b = geo_box_coarser(box, LIVE_MAP_COARSE);
    uint32_t shift = LIVE_MAP_COARSE - (b.level < LIVE_MAP_COARSE ? b.level : LIVE_MAP_COARSE);
    uint64_t newest = 0;
    for (uint32_t i = 0; i < (b.nx << shift) * (b.ny << shift); i++) {
        uint32_t x = ((b.x << shift) + i % (b.nx << shift)) << (32 - LIVE_MAP_COARSE);
        uint32_t y = ((b.y << shift) + i / (b.nx << shift)) << (32 - LIVE_MAP_COARSE);
        uint64_t at = m->changed[geo_code((struct geo_place){x, y}) >> (64 - 2 * LIVE_MAP_COARSE)];
        newest = at > newest ? at : newest;
    }
    return newest;
}
