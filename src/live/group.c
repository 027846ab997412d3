/* SPDX-License-Identifier: Apache-2.0 */
/* Groups: clients that want the same. Members stand in one dense array, so a reading for a thousand
 * of them is one frame and a walk. */
#include "live/state.h"

#include "base/mem.h"

static const uint32_t intervals_ms[LIVE_INTERVALS] = {0,    100,  250,   500,  1000,
                                                      2000, 5000, 10000, 60000};

uint32_t live_interval_ms(uint32_t step)
{
    ASSERT(step < LIVE_INTERVALS);
    return intervals_ms[step];
}

uint32_t live_step_of(double interval_ms)
{
    uint32_t step = 0;
    while (step < LIVE_INTERVALS - 1 && interval_ms > (double)intervals_ms[step]) {
        step++;
    }
    return step;
}

/* ---- making and finding ---- */

static bool is_group(const struct live_group *g, const struct live_group_key *key)
{
    return (g->budget != NULL) == key->automatic && (g->step == key->step || key->automatic) &&
           g->format == key->format && g->rights.role == key->rights.role &&
           bytes_equal(bytes_of(g->sensors, g->sensors_len), key->sensors);
}

struct live_group *live_group_new(struct live *l, const struct live_group_key *key)
{
    struct live_group *g = mem_zalloc(1, sizeof *g);
    g->room = key->room;
    g->rights = key->rights;
    g->step = key->automatic ? live_rate_step(l) : key->step;
    g->format = key->format;
    g->row_first = LIVE_NO_ROW;
    g->active_at = LIVE_INACTIVE;
    if (key->automatic) {
        g->budget = live_budget_new();
    }
    if (key->sensors.len) {
        g->sensors = mem_text(key->sensors.ptr, key->sensors.len);
        g->sensors_len = key->sensors.len;
    }
    g->charged = sizeof *g + g->sensors_len;
    l->subscription_bytes += g->charged;
    return g;
}

struct live_group *live_group_get(struct live *l, const struct live_group_key *key)
{
    struct live_room *room = key->room;
    struct live_group ***list = room ? &room->groups : &l->fleet;
    size_t *count = room ? &room->group_count : &l->fleet_count;
    size_t *cap = room ? &room->group_cap : &l->fleet_cap;
    for (size_t i = 0; i < *count; i++) {
        if (is_group((*list)[i], key)) {
            return (*list)[i];
        }
    }
    *list = mem_grow(*list, *count, cap, sizeof **list);
    struct live_group *g = live_group_new(l, key);
    (*list)[(*count)++] = g;
    return g;
}

static void unlist(struct live *l, const struct live_group *g)
{
    struct live_group **list = g->room ? g->room->groups : l->fleet;
    size_t *count = g->room ? &g->room->group_count : &l->fleet_count;
    for (size_t i = 0; i < *count; i++) {
        if (list[i] == g) {
            list[i] = list[--*count];
            return;
        }
    }
    UNREACHABLE();
}

static void free_group(struct live *l, struct live_group *g)
{
    ASSERT(g->row_first == LIVE_NO_ROW);
    live_conflate_reset(l, g);
    if (g->watch) {
        live_watch_free(l, g);
    } else {
        unlist(l, g);
    }
    l->subscription_bytes -= g->charged;
    live_budget_free(g->budget);
    free(g->sensors);
    free(g->members);
    free(g);
}

/* ---- members ---- */

#define MEMBER_BYTES (sizeof(struct live_member) + sizeof(struct live_membership))

void live_group_enter(struct live *l, struct live_group *g, struct live_client *c,
                      struct live_membership *m, uint32_t at)
{
    g->members = mem_grow(g->members, g->member_count, &g->member_cap, sizeof *g->members);
    m->room = g->room;
    m->group = g;
    m->at = (uint32_t)g->member_count;
    g->members[g->member_count++] = (struct live_member){c, at};
    c->sensors_bytes += g->sensors_len;
    l->subscription_bytes += MEMBER_BYTES;
}

static struct live_membership *membership_at(struct live_client *c, uint32_t at)
{
    if (at == LIVE_FLEET) {
        return &c->fleet;
    }
    return at == LIVE_WATCH ? &c->watch : &c->rooms[at];
}

void live_group_leave(struct live *l, struct live_membership *m)
{
    struct live_group *g = m->group;
    ASSERT(m->at < g->member_count);
    g->members[m->at].client->sensors_bytes -= g->sensors_len;
    l->subscription_bytes -= MEMBER_BYTES;
    struct live_member last = g->members[--g->member_count];
    if (m->at < g->member_count) {
        g->members[m->at] = last;
        struct live_client *c = last.client;
        membership_at(c, last.at)->at = m->at;
    }
    m->group = NULL;
    if (g->member_count == 0) {
        free_group(l, g);
    }
}

/* ---- telling ---- */

static void send_frame(struct live *l, struct live_group *g, struct live_item *item)
{
    const struct live_sink *sink = &l->config.sink;
    struct frame *f = live_item_frame(l, item, g);
    uint64_t sent = 0;
    for (size_t i = 0; i < g->member_count; i++) {
        struct live_client *c = g->members[i].client;
        if (c->resumes && live_resume_holds(c, g)) {
            continue;
        }
        if (c->behind && c->fell != item->no) {
            live_missed(l, c, item);
            continue;
        }
        sink->send(sink->ctx, c->owner, f);
        sent++;
        if (!c->behind && !sink->ready(sink->ctx, c->owner)) {
            live_fall_behind(l, c, item->no);
        }
    }
    metrics_add(l->config.metrics, METRIC_LIVE_EVENTS, sent);
}

void live_group_send(struct live *l, struct live_group *g, struct live_item *item)
{
    if (g->format == LIVE_FORMAT_BATCH && item->kind == LIVE_ITEM_READING) {
        live_rows_add(l, g, item);
    } else {
        send_frame(l, g, item);
    }
}

/* Whether the sensor is one of the group's, which are few and looked at once a series. */
static bool is_wanted(const struct live_group *g, struct bytes sensor)
{
    for (size_t at = 0; at < g->sensors_len;) {
        struct bytes name = bytes_of_text(g->sensors + at);
        if (bytes_equal(name, sensor)) {
            return true;
        }
        at += name.len + 1;
    }
    return false;
}

bool live_group_wants(struct live *l, struct live_group *g, uint32_t series)
{
    if (!g->sensors) {
        return true;
    }
    uint8_t *slot = live_slot(l, g, live_slot_of(l, g, series));
    if (!(*slot & LIVE_SLOT_JUDGED)) {
        const struct registry_series *s =
            registry_series(l->config.registry, (struct series_id){series});
        if (!s) {
            return false;
        }
        *slot |= LIVE_SLOT_JUDGED;
        *slot |= is_wanted(g, bytes_of_text(s->sensor)) ? LIVE_SLOT_WANTED : 0;
    }
    return *slot & LIVE_SLOT_WANTED;
}

void live_group_status(struct live *l, struct live_group *g, struct live_item *item)
{
    if (!g->room && (!live_item_is_message(item) || !live_may_read(&g->rights, item->key))) {
        return;
    }
    if (g->budget && !live_budget_take(l, g)) {
        live_budget_later(g, item->device);
        return;
    }
    live_group_send(l, g, item);
}

void live_group_reading(struct live *l, struct live_group *g, struct live_item *item)
{
    if (g->step > 0 && live_conflate_rests(l, g, item)) {
        return;
    }
    if (g->budget && live_rate_paused(l)) {
        return;
    }
    live_item_find(l, item);
    bool theirs =
        g->room ? live_group_wants(l, g, item->series) : live_may_read(&g->rights, item->key);
    if (!theirs) {
        return;
    }
    if (g->step > 0) {
        live_conflate(l, g, item);
    } else {
        live_group_send(l, g, item);
    }
}
