/* SPDX-License-Identifier: Apache-2.0 */
/* Clients that take less than they are sent.
 *
 * Such a client stays in its groups, but instead of a frame it gets a bit: this series (or device's
 * status) was missed. A bit set twice is a reading that nobody needs any more. When the client
 * takes more, it gets what waited: replies, alerts, its dashboard, then the newest value of each
 * series it missed, in the order of their last change, for as long as it is ready. With the last
 * bit it is back on the beat and the bits are freed. They are all that such a client costs beside
 * the frames in its queue: a bit a series, for the parts of the fleet that it watches. */
#include "live/area.h"

#include "base/mem.h"

/* Up to so many missed things are sorted; more are found along the change list, which is in order
 * of seconds and holds the rest of the fleet too. */
#define SORT_MAX 1024u

void live_fall_behind(struct live *l, struct live_client *c, uint64_t no)
{
    ASSERT(!c->behind);
    c->behind = true;
    c->fell = no;
    c->fell_ms = live_now_ms(l);
    c->idle = 0;
    l->behind = mem_grow(l->behind, l->behind_count, &l->behind_cap, sizeof(struct live_client *));
    c->behind_at = l->behind_count;
    l->behind[l->behind_count++] = c;
    live_count_clients(l);
}

void live_behind_fini(struct live *l, struct live_client *c)
{
    live_node_remove(&c->cursor);
    live_bits_fini(&c->series);
    live_bits_fini(&c->devices);
    if (c->behind) {
        struct live_client *last = l->behind[--l->behind_count];
        l->behind[c->behind_at] = last;
        last->behind_at = c->behind_at;
        c->behind = false;
        live_count_clients(l);
    }
}

void live_missed(struct live *l, struct live_client *c, const struct live_item *item)
{
    bool first = item->kind == LIVE_ITEM_READING ? live_bits_set(&c->series, item->series)
                                                 : live_bits_set(&c->devices, item->device);
    if (!first) {
        l->conflated++;
    }
}

/* ---- one thing that was missed ---- */

/* Whether it is in that group, and got there all that is older. */
static bool takes(const struct live_client *c, const struct live_group *g)
{
    return g && !(c->resumes && live_resume_holds(c, g));
}

static const struct live_group *room_group(struct live *l, struct live_client *c,
                                           const struct live_item *item)
{
    const struct live_device *d = live_device(l, item->device);
    const struct live_membership *m = d && d->room ? live_membership_find(c, d->room) : NULL;
    if (!m || (item->kind == LIVE_ITEM_READING && !live_group_wants(l, m->group, item->series))) {
        return NULL;
    }
    return m->group;
}

/* Sends the columns that gathered in l->columns. */
static void send_columns(struct live *l, struct live_client *c)
{
    if (l->columns.count > 0) {
        struct frame *f = live_columns_frame(l, 0);
        live_send(l, c, f);
        frame_release(f);
        live_columns_begin(l);
    }
}

/* True: it is one for columns. */
static bool send_as(struct live *l, struct live_client *c, struct live_item *item,
                    const struct live_group *g)
{
    if (g->format == LIVE_FORMAT_BATCH && item->kind == LIVE_ITEM_READING) {
        return true;
    }
    live_send(l, c, live_item_frame(l, item, g));
    return false;
}

/* What goes into columns goes there once, in however many groups the client is. */
static void send_item(struct live *l, struct live_client *c, struct live_item *item)
{
    const struct live_group *room = room_group(l, c, item);
    bool gathers = false;
    if (takes(c, c->fleet.group) && live_item_is_message(item) &&
        live_may_read(&c->principal, item->key)) {
        gathers = send_as(l, c, item, c->fleet.group);
    }
    if (takes(c, room)) {
        gathers = send_as(l, c, item, room) || gathers;
    }
    if (takes(c, c->watch.group) && item->kind == LIVE_ITEM_READING &&
        live_watch_wants(l, c->watch.group, item->series)) {
        gathers = send_as(l, c, item, c->watch.group) || gathers;
    }
    live_item_fini(item);
    if (gathers) {
        live_columns_put(l, item);
    }
    if (gathers && live_columns_full(&l->columns)) {
        send_columns(l, c);
    }
}

static void send_series(struct live *l, struct live_client *c, uint32_t id)
{
    struct live_item item;
    live_bits_clear(&c->series, id);
    if (live_item_of_series(l, id, &item)) {
        send_item(l, c, &item);
    }
}

static void send_device(struct live *l, struct live_client *c, uint32_t id)
{
    struct live_item item;
    live_bits_clear(&c->devices, id);
    if (live_item_of_device(l, id, &item)) {
        send_item(l, c, &item);
    }
}

/* ---- few: sorted ---- */

struct missed {
    uint64_t order;
    uint32_t id;
    enum live_node_kind kind;
};

struct collection {
    const struct live *l;
    struct missed *all;
    size_t count;
};

static void collect_series(void *ctx, uint32_t id)
{
    struct collection *k = ctx;
    const struct live_series *s = live_series(k->l, id);
    k->all[k->count++] = (struct missed){s ? s->node.order : 0, id, LIVE_NODE_SERIES};
}

static void collect_device(void *ctx, uint32_t id)
{
    struct collection *k = ctx;
    const struct live_device *d = live_device(k->l, id);
    k->all[k->count++] = (struct missed){d ? d->told : 0, id, LIVE_NODE_DEVICE};
}

static int by_order(const void *a, const void *b)
{
    uint64_t x = ((const struct missed *)a)->order;
    uint64_t y = ((const struct missed *)b)->order;
    return x < y ? -1 : x > y;
}

static size_t missed_count(const struct live_client *c)
{
    return (size_t)c->series.count + c->devices.count;
}

static bool send_sorted(struct live *l, struct live_client *c)
{
    struct collection k = {.l = l};
    k.all = mem_alloc(missed_count(c) * sizeof *k.all);
    live_bits_each(&c->series, collect_series, &k);
    live_bits_each(&c->devices, collect_device, &k);
    qsort(k.all, k.count, sizeof *k.all, by_order);
    size_t i = 0;
    for (; i < k.count && live_client_ready(l, c); i++) {
        if (k.all[i].kind == LIVE_NODE_SERIES) {
            send_series(l, c, k.all[i].id);
        } else {
            send_device(l, c, k.all[i].id);
        }
    }
    free(k.all);
    return i == k.count;
}

/* ---- many: along the change list ---- */

static bool was_missed(const struct live_client *c, const struct live_node *n)
{
    return (n->kind == LIVE_NODE_SERIES && live_bits_has(&c->series, n->id)) ||
           (n->kind == LIVE_NODE_DEVICE && live_bits_has(&c->devices, n->id));
}

/* Goes on from the cursor, or from the front. False: the client takes no more. */
static bool send_along_list(struct live *l, struct live_client *c)
{
    bool whole = !c->cursor.next;
    size_t before = missed_count(c);
    struct live_node *n = whole ? l->changes.next : c->cursor.next;
    for (; n != &l->changes && missed_count(c) > SORT_MAX; n = n->next) {
        if (!was_missed(c, n)) {
            continue;
        }
        if (!live_client_ready(l, c)) {
            live_node_insert_after(n->prev, &c->cursor);
            return false;
        }
        if (n->kind == LIVE_NODE_SERIES) {
            send_series(l, c, n->id);
        } else {
            send_device(l, c, n->id);
        }
    }
    live_node_remove(&c->cursor);
    if (whole && missed_count(c) == before) {
        /* What is left was deleted meanwhile. */
        live_bits_fini(&c->series);
        live_bits_fini(&c->devices);
    }
    return true;
}

static bool send_missed(struct live *l, struct live_client *c)
{
    while (missed_count(c) > SORT_MAX) {
        if (!send_along_list(l, c)) {
            return false;
        }
    }
    return missed_count(c) == 0 || send_sorted(l, c);
}

static bool send_values(struct live *l, struct live_client *c)
{
    live_columns_begin(l);
    bool all = send_missed(l, c);
    send_columns(l, c);
    return all;
}

/* ---- catching up ---- */

bool live_catch_up(struct live *l, struct live_client *c)
{
    if (c->needs_data || !live_alerts_kept(l, c->alert_next)) {
        if (!live_client_ready(l, c)) {
            return false;
        }
        live_send_data(l, c);
    }
    return live_alerts_catch_up(l, c) && live_dashboard_catch_up(l, c) &&
           live_area_catch_up(l, c) && send_values(l, c);
}

void live_ready(struct live *l, struct live_client *c, struct moment now)
{
    l->now = now;
    if (!live_replies_catch_up(l, c) || (c->behind && !live_ladder_ready(l, c))) {
        return;
    }
    live_resume(l, c);
}
