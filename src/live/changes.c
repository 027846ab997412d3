/* SPDX-License-Identifier: Apache-2.0 */
/* What live knows of each series and device beside the registry, and the list of both in order of
 * their last change. Rows lie in pages, so they never move and a page is given back when the last
 * of its devices was deleted: ids are never used again. */
#include "live/state.h"

#include "base/mem.h"

/* ---- the list ---- */

void live_node_remove(struct live_node *n)
{
    if (n->next) {
        n->prev->next = n->next;
        n->next->prev = n->prev;
        n->prev = NULL;
        n->next = NULL;
    }
}

void live_node_insert_after(struct live_node *at, struct live_node *n)
{
    live_node_remove(n);
    n->prev = at;
    n->next = at->next;
    at->next->prev = n;
    at->next = n;
}

void live_changes_touch(struct live *l, struct live_node *n, uint64_t order)
{
    live_node_insert_after(l->changes.prev == n ? n->prev : l->changes.prev, n);
    n->order = order;
}

void live_changes_touch_series(struct live *l, struct live_series *s, uint64_t order)
{
    if (s->node.order < l->marks[l->tick % LIVE_MARKS].node.order || !s->node.next) {
        live_changes_touch(l, &s->node, order);
    } else {
        s->node.order = order;
    }
}

void live_changes_mark(struct live *l)
{
    l->tick++;
    struct live_mark *m = &l->marks[l->tick % LIVE_MARKS];
    m->node.kind = LIVE_NODE_MARK;
    m->seq = registry_seq(l->config.registry);
    live_changes_touch(l, &m->node, ++l->clock);
}

/* ---- rows ---- */

struct live_series *live_series(const struct live *l, uint32_t id)
{
    size_t page = id / LIVE_PAGE_ROWS;
    if (page >= l->series_page_count || !l->series_pages[page]) {
        return NULL;
    }
    struct live_series *s = &l->series_pages[page]->rows[id % LIVE_PAGE_ROWS];
    return s->present ? s : NULL;
}

struct live_device *live_device(const struct live *l, uint32_t id)
{
    size_t page = id / LIVE_PAGE_ROWS;
    if (page >= l->device_page_count || !l->device_pages[page]) {
        return NULL;
    }
    struct live_device *d = &l->device_pages[page]->rows[id % LIVE_PAGE_ROWS];
    return d->present ? d : NULL;
}

/* Makes the table of pages reach `page`. */
static void *reach(void *pages, size_t *count, size_t page)
{
    if (page < *count) {
        return pages;
    }
    size_t grown = size_max(page + 1, *count * 2);
    void **table = mem_resize(pages, grown, sizeof *table);
    memset(table + *count, 0, (grown - *count) * sizeof *table);
    *count = grown;
    return table;
}

struct live_device *live_device_add(struct live *l, uint32_t id)
{
    struct live_device *d = live_device(l, id);
    if (d) {
        return d;
    }
    size_t page = id / LIVE_PAGE_ROWS;
    l->device_pages = reach(l->device_pages, &l->device_page_count, page);
    if (!l->device_pages[page]) {
        l->device_pages[page] = mem_zalloc(1, sizeof *l->device_pages[page]);
    }
    l->device_pages[page]->used++;
    d = &l->device_pages[page]->rows[id % LIVE_PAGE_ROWS];
    *d = (struct live_device){
        .node = {.kind = LIVE_NODE_DEVICE, .id = id}, .first = UINT32_MAX, .present = true};
    if (id >= l->device_rows) {
        l->device_rows = id + 1;
    }
    return d;
}

struct live_series *live_series_add(struct live *l, uint32_t id, uint32_t device)
{
    struct live_series *s = live_series(l, id);
    if (s) {
        return s;
    }
    struct live_device *d = live_device(l, device);
    ASSERT(d);
    size_t page = id / LIVE_PAGE_ROWS;
    l->series_pages = reach(l->series_pages, &l->series_page_count, page);
    if (!l->series_pages[page]) {
        l->series_pages[page] = mem_zalloc(1, sizeof *l->series_pages[page]);
    }
    l->series_pages[page]->used++;
    s = &l->series_pages[page]->rows[id % LIVE_PAGE_ROWS];
    *s = (struct live_series){.node = {.kind = LIVE_NODE_SERIES, .id = id},
                              .device = device,
                              .next = d->first,
                              .slot = d->slots++,
                              .present = true};
    d->first = id;
    return s;
}

static void remove_series(struct live *l, uint32_t id, struct live_series *s)
{
    size_t page = id / LIVE_PAGE_ROWS;
    ASSERT(!s->watchers);
    live_node_remove(&s->node);
    s->present = false;
    if (--l->series_pages[page]->used == 0) {
        free(l->series_pages[page]);
        l->series_pages[page] = NULL;
    }
}

void live_device_remove(struct live *l, uint32_t id)
{
    struct live_device *d = live_device(l, id);
    ASSERT(d && !d->room);
    for (uint32_t n = d->first; n != UINT32_MAX;) {
        struct live_series *s = live_series(l, n);
        ASSERT(s);
        uint32_t next = s->next;
        remove_series(l, n, s);
        n = next;
    }
    live_node_remove(&d->node);
    free(d->topic);
    d->topic = NULL;
    d->present = false;
    size_t page = id / LIVE_PAGE_ROWS;
    if (--l->device_pages[page]->used == 0) {
        free(l->device_pages[page]);
        l->device_pages[page] = NULL;
    }
}

/* ---- life ---- */

void live_changes_init(struct live *l)
{
    l->changes.kind = LIVE_NODE_LIST;
    l->changes.next = &l->changes;
    l->changes.prev = &l->changes;
    live_changes_mark(l);
}

void live_changes_fini(struct live *l)
{
    for (uint32_t id = 0; id < l->device_rows; id++) {
        if (live_device(l, id)) {
            live_device_remove(l, id);
        }
    }
    free(l->series_pages);
    free(l->device_pages);
}
