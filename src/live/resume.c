/* SPDX-License-Identifier: Apache-2.0 */
#include "live/state.h"

#include "base/mem.h"
#include "model/position.h"

enum resume_state {
    RESUME_REPLAY, /* from the ring, beyond `after` */
    RESUME_ASK,    /* history is needed */
    RESUME_ASKED,  /* and on its way */
};

struct live_resume {
    struct live_room *room; /* NULL: the fleet, or */
    bool watch;             /* the watched set */
    enum resume_state state;
    enum live_resumption reason; /* of the history */
    uint32_t question;           /* number of the one that was asked */
    uint64_t since;              /* where it went on */
    uint64_t after;              /* the client has all of the room up to this position */
    wall_ms last;                /* and this reading, or WALL_NONE */
};

struct live_resumes {
    struct live_resume *all;
    size_t count, cap;
    uint32_t at; /* in live->resuming */
};

const char *live_resync_reason(enum live_resumption r)
{
    switch (r) {
    case LIVE_NOT_RESUMED:
    case LIVE_RESUMED_EXACTLY:
        return NULL;
    case LIVE_RESYNC_EPOCH:
        return "epoch";
    case LIVE_RESYNC_AGE:
        return "age";
    case LIVE_RESYNC_MANY:
        return "many";
    }
    UNREACHABLE();
}

/* ---- positions ---- */

/* 18 digits: what we never reach, and what is never longer than our own. */
#define PART_MAX 999999999999999999u

/* What a value waits beyond its interval at most: for the group's grid, and for a slow tick. */
#define GRIDS_MS 500

bool live_since_read(struct bytes text, struct live_since *since)
{
    size_t point = bytes_index(text, '.');
    since->given = point < text.len &&
                   bytes_to_u64(bytes_of(text.ptr, point), PART_MAX, &since->epoch) == OK &&
                   bytes_to_u64(bytes_skip(text, point + 1), PART_MAX, &since->number) == OK;
    return since->given;
}

/* ---- what is held ---- */

static struct live_resume *find(const struct live_client *c, const struct live_group *g)
{
    for (size_t i = 0; c->resumes && i < c->resumes->count; i++) {
        struct live_resume *r = &c->resumes->all[i];
        if (r->room == g->room && r->watch == (g->watch != NULL)) {
            return r;
        }
    }
    return NULL;
}

bool live_resume_holds(const struct live_client *c, const struct live_group *g)
{
    return find(c, g) != NULL;
}

void live_resumes_fini(struct live *l, struct live_client *c)
{
    if (!c->resumes) {
        return;
    }
    struct live_client *last = l->resuming[--l->resuming_count];
    l->resuming[c->resumes->at] = last;
    last->resumes->at = c->resumes->at;
    free(c->resumes->all);
    free(c->resumes);
    c->resumes = NULL;
}

void live_resume_forget(struct live_client *c, const struct live_group *g)
{
    struct live_resume *r = find(c, g);
    if (r) {
        *r = c->resumes->all[--c->resumes->count];
    }
}

void live_resume_hold(struct live *l, struct live_client *c)
{
    if (!c->resumes) {
        c->resumes = mem_zalloc(1, sizeof *c->resumes);
        c->resumes->at = (uint32_t)l->resuming_count;
        l->resuming = mem_grow(l->resuming, l->resuming_count, &l->resuming_cap,
                               sizeof(struct live_client *));
        l->resuming[l->resuming_count++] = c;
    }
}

static struct live_resume *add(struct live *l, struct live_client *c, const struct live_group *g)
{
    struct live_resume *r = find(c, g);
    if (r) {
        return r;
    }
    live_resume_hold(l, c);
    struct live_resumes *all = c->resumes;
    all->all = mem_grow(all->all, all->count, &all->cap, sizeof *all->all);
    r = &all->all[all->count++];
    *r = (struct live_resume){.room = g->room, .watch = g->watch != NULL};
    return r;
}

static enum live_resumption judge(const struct live *l, const struct live_since *since)
{
    if (since->epoch != live_epoch(l)) {
        return LIVE_RESYNC_EPOCH;
    }
    bool told = since->number <= l->number;
    return told && live_ring_covers(&l->ring, since->number) ? LIVE_RESUMED_EXACTLY
                                                             : LIVE_RESYNC_AGE;
}

bool live_resumable(const struct live *l, const struct live_since *since)
{
    return judge(l, since) == LIVE_RESUMED_EXACTLY;
}

enum live_resumption live_resume_begin(struct live *l, struct live_client *c,
                                       const struct live_group *g, const struct live_since *since)
{
    if (!since->given) {
        live_resume_forget(c, g);
        return LIVE_NOT_RESUMED;
    }
    enum live_resumption how = judge(l, since);
    bool exact = how == LIVE_RESUMED_EXACTLY;
    if (exact && c->returned && since->number <= c->returned) {
        return how; /* it got, or is getting, the same by returning to its session */
    }
    struct live_resume *r = add(l, c, g);
    r->state = exact ? RESUME_REPLAY : RESUME_ASK;
    r->reason = how;
    r->after = r->since = exact ? since->number : l->number;
    r->last = since->last;
    metrics_add(l->config.metrics, exact ? METRIC_RESUMES : METRIC_RESYNCS, 1);
    return how;
}

/* ---- what the ring holds for one client ---- */

struct found {
    uint64_t number; /* as this client gets it */
    uint64_t place;
    const struct live_resume *resume;
};

struct search {
    struct live *l;
    struct live_group *group;
    const struct live_resume *resume;
    uint64_t from; /* place */
    struct found *all;
    size_t count;
    bool full;
};

static bool is_fleet(const struct live_resume *r)
{
    return !r->room && !r->watch;
}

/* What lies before the client's position is told as of that. */
static void note(struct search *k, uint64_t place)
{
    k->full = k->full || k->count == LIMIT_RESUME_EVENTS;
    if (!k->full) {
        uint64_t number = live_ring_at(&k->l->ring, place)->number + !is_fleet(k->resume);
        k->all[k->count++] =
            (struct found){number > k->resume->after ? number : k->resume->after, place, k->resume};
    }
}

/* Every reading of a series, from the newest on. */
static void search_all_readings(struct search *k, uint64_t last)
{
    while (last > k->from && !k->full) {
        const struct live_ring_item *item = live_ring_at(&k->l->ring, last - 1);
        note(k, last - 1);
        last = item->back ? last - item->back : 0;
    }
}

/* Whether the reading could still have waited for its interval to pass when the client's position
 * was told: nobody knows any more, and twice is better than never. */
static bool may_have_waited(const struct search *k, uint64_t place)
{
    const struct live_ring *ring = &k->l->ring;
    if (k->resume->after != k->resume->since || place < ring->first || k->from == ring->first) {
        return false;
    }
    wall_ms left = live_ring_at(ring, k->from - 1)->arrival;
    return live_ring_at(ring, place)->arrival + live_interval_ms(k->group->step) + GRIDS_MS >= left;
}

/* The newest reading of each interval, which count from 1970. If the newest of all is `due`, it
 * leaves with a tick of the group anyway. */
static void search_some_readings(struct search *k, uint64_t last, bool due)
{
    const struct live_ring *ring = &k->l->ring;
    wall_ms interval = live_interval_ms(k->group->step);
    bool held = last > ring->first;
    wall_ms told = due && held ? live_ring_at(ring, last - 1)->arrival / interval : -1;
    while (last > k->from && !k->full) {
        const struct live_ring_item *item = live_ring_at(ring, last - 1);
        if (item->arrival / interval != told) {
            note(k, last - 1);
            told = item->arrival / interval;
        }
        last = item->back ? last - item->back : 0;
    }
    if (last > 0 && !k->full && may_have_waited(k, last - 1) &&
        live_ring_at(ring, last - 1)->arrival / interval != told) {
        note(k, last - 1);
    }
}

/* `slot` is the one of the series in the group. */
static void search_series(struct search *k, uint32_t series, uint32_t slot)
{
    const struct live_series *s = live_series(k->l, series);
    if (!s || s->ring == 0) {
        return;
    }
    if (k->group->step == 0) {
        search_all_readings(k, s->ring);
    } else {
        search_some_readings(k, s->ring, *live_slot(k->l, k->group, slot) & LIVE_SLOT_DIRTY);
    }
}

/* The fleet gets statuses that somebody said, rooms get all. */
static void search_statuses(struct search *k, uint64_t last)
{
    while (last > k->from && !k->full) {
        const struct live_ring_item *item = live_ring_at(&k->l->ring, last - 1);
        if (!is_fleet(k->resume) || item->told.cause == CAUSE_REPORTED ||
            item->told.cause == CAUSE_WILL) {
            note(k, last - 1);
        }
        last = item->back ? last - item->back : 0;
    }
}

static void search_device(struct search *k, uint32_t id)
{
    const struct live_device *d = live_device(k->l, id);
    const struct live_series *s = NULL;
    for (uint32_t n = d ? d->first : UINT32_MAX; n != UINT32_MAX && !k->full; n = s->next) {
        s = live_series(k->l, n);
        ASSERT(s);
        if (!k->resume->room || live_group_wants(k->l, k->group, n)) {
            search_series(k, n, live_slot_of(k->l, k->group, n));
        }
    }
    if (d) {
        search_statuses(k, d->ring);
    }
}

static void search_fleet(struct search *k)
{
    for (uint32_t id = 0; id < k->l->device_rows && !k->full; id++) {
        const struct registry_device *d =
            registry_device(k->l->config.registry, (struct device_id){id});
        if (d && live_may_read(&k->group->rights, bytes_of_text(d->key))) {
            search_device(k, id);
        }
    }
}

static void search_watch(struct search *k)
{
    for (uint32_t slot = 0; slot < live_watch_count(k->group) && !k->full; slot++) {
        search_series(k, live_watch_series(k->group, slot), slot);
    }
}

static struct live_group *group_of(struct live_client *c, const struct live_resume *r)
{
    if (r->room) {
        return live_membership_find(c, r->room)->group;
    }
    return r->watch ? c->watch.group : c->fleet.group;
}

static void search_group(struct search *k)
{
    if (k->resume->room) {
        search_device(k, k->resume->room->device.n);
    } else if (k->resume->watch) {
        search_watch(k);
    } else {
        search_fleet(k);
    }
}

/* False: it is too much, or not held any more, and what is asked for instead is history. */
static bool search_resume(struct search *k, struct live_client *c, struct live_resume *r)
{
    k->resume = r;
    k->group = group_of(c, r);
    size_t before = k->count;
    bool held = live_ring_covers(&k->l->ring, r->after);
    if (held) {
        /* A room's position is one beyond the fleet's of the same item. */
        k->from = live_ring_find(&k->l->ring, is_fleet(r) ? r->after + 1 : r->after);
        search_group(k);
    }
    if (held && !k->full) {
        return true;
    }
    r->reason = held ? LIVE_RESYNC_MANY : LIVE_RESYNC_AGE;
    r->after = k->l->number;
    k->count = before;
    k->full = false;
    return false;
}

static int by_number(const void *a, const void *b)
{
    uint64_t x = ((const struct found *)a)->number;
    uint64_t y = ((const struct found *)b)->number;
    return x < y ? -1 : x > y;
}

/* Fills `all`, room for LIMIT_RESUME_EVENTS, in order of positions. */
static size_t search_all(struct live *l, struct live_client *c, struct found *all)
{
    struct search k = {.l = l, .all = all};
    for (size_t i = 0; i < c->resumes->count; i++) {
        struct live_resume *r = &c->resumes->all[i];
        if (r->state == RESUME_REPLAY && !search_resume(&k, c, r)) {
            r->state = RESUME_ASK;
            metrics_add(l->config.metrics, METRIC_RESYNCS, 1);
        }
    }
    qsort(all, k.count, sizeof *all, by_number);
    return k.count;
}

/* ---- telling it ---- */

/* False: the device or series is gone. */
static bool item_of(struct live *l, const struct live_ring_item *kept, struct live_item *item)
{
    *item = (struct live_item){.no = ++l->clock, .number = kept->number, .arrival = kept->arrival};
    if (kept->id & LIVE_RING_STATUS) {
        item->kind = LIVE_ITEM_STATUS;
        item->device = kept->id & ~LIVE_RING_STATUS;
        item->time = kept->arrival;
        item->status = (enum device_status)kept->told.status;
        item->cause = (enum status_cause)kept->told.cause;
        item->last_seen = kept->time;
        item->topic = bytes_of_text(live_device(l, item->device)->topic);
    } else {
        item->kind = LIVE_ITEM_READING;
        item->series = kept->id;
        item->device = live_series(l, kept->id)->device;
        item->time = kept->time;
        item->value = kept->value;
    }
    const struct registry_device *d =
        registry_device(l->config.registry, (struct device_id){item->device});
    item->key = bytes_of_text(d ? d->key : NULL);
    item->row = registry_series(l->config.registry, (struct series_id){item->series});
    return d && (item->kind == LIVE_ITEM_STATUS || item->row);
}

static void send_columns(struct live *l, struct live_client *c, uint64_t number)
{
    if (l->columns.count > 0) {
        struct frame *f = live_columns_frame(l, number);
        live_send(l, c, f);
        frame_release(f);
        live_columns_begin(l);
    }
}

/* `before` is the position of what went before it. */
static void send_found(struct live *l, struct live_client *c, const struct found *f,
                       uint64_t before)
{
    struct live_item item;
    const struct live_group *g = group_of(c, f->resume);
    if (!item_of(l, live_ring_at(&l->ring, f->place), &item)) {
        return;
    }
    bool gathers = g->format == LIVE_FORMAT_BATCH && item.kind == LIVE_ITEM_READING;
    if (!gathers || live_columns_full(&l->columns)) {
        send_columns(l, c, before);
    }
    if (gathers) {
        live_columns_put(l, &item);
    } else {
        live_send(l, c, live_item_frame(l, &item, g));
        live_item_fini(&item);
    }
}

/* All that lie before `number` are out for every room. */
static void advance(struct live_client *c, uint64_t number)
{
    for (size_t i = 0; i < c->resumes->count; i++) {
        struct live_resume *r = &c->resumes->all[i];
        if (r->state == RESUME_REPLAY && r->after < number) {
            r->after = number;
        }
    }
}

/* False: the client takes no more. */
static bool replay(struct live *l, struct live_client *c)
{
    if (c->resumes->count == 0) {
        return true;
    }
    struct found *all = mem_alloc(LIMIT_RESUME_EVENTS * sizeof *all);
    size_t count = search_all(l, c, all);
    size_t i = 0;
    live_columns_begin(l);
    for (; i < count && live_client_ready(l, c); i++) {
        send_found(l, c, &all[i], i ? all[i - 1].number : 0);
    }
    if (i > 0) {
        send_columns(l, c, all[i - 1].number);
        advance(c, all[i - 1].number);
    }
    free(all);
    return i == count;
}

/* ---- history ---- */

/* `resync`: what the store has of a device, or that nothing is known of what went. */
static void tell_resync(struct live *l, struct live_client *c, const struct live_resume *r,
                        struct bytes history)
{
    struct json_writer w = live_begin_event(l, "resync");
    char seq[LIVE_POSITION_BYTES];
    size_t len = live_print_position(live_epoch(l), r->after, seq);
    json_write_object(&w);
    json_write_key(&w, "deviceId");
    if (r->room) {
        json_write_text(&w, bytes_of(r->room->key, r->room->key_len));
    } else {
        json_write_null(&w);
    }
    const char *reason = live_resync_reason(r->reason);
    json_put_string(&w, "reason", reason ? reason : "overflow");
    json_put_text(&w, "seq", bytes_of(seq, len));
    json_put_raw(&w, "history", history.len ? history : BYTES("null"));
    json_write_object_end(&w);
    struct frame *f = live_end_event_at(l, r->after);
    live_send(l, c, f);
    frame_release(f);
}

void live_tell_overflow(struct live *l, struct live_client *c)
{
    struct live_resume nowhere = {.after = l->number, .reason = LIVE_NOT_RESUMED};
    c->missed_some = false;
    if (c->room_count > 0 || c->fleet.group || c->watch.group) {
        tell_resync(l, c, &nowhere, (struct bytes){0});
    }
}

static enum live_history_answer ask_store(struct live *l, struct live_client *c,
                                          struct live_resume *r)
{
    const struct live_sink *sink = &l->config.sink;
    const struct live_group *g = group_of(c, r);
    if (!r->room || !registry_device(l->config.registry, r->room->device) || r->last == WALL_NONE ||
        !sink->history) {
        return LIVE_HISTORY_NONE;
    }
    if (l->histories >= LIMIT_RESUME_QUERIES) {
        return LIVE_HISTORY_LATER;
    }
    struct live_history h = {.device = r->room->device,
                             .sensors = bytes_of(g->sensors, g->sensors_len),
                             .from = r->last,
                             .number = l->history_number + 1};
    return sink->history(sink->ctx, c->owner, &h);
}

/* False: history has to be waited for. The fleet's is its snapshot. */
static bool ask(struct live *l, struct live_client *c, struct live_resume *r)
{
    switch (ask_store(l, c, r)) {
    case LIVE_HISTORY_ASKED:
        l->histories++;
        r->question = ++l->history_number;
        r->state = RESUME_ASKED;
        return false;
    case LIVE_HISTORY_LATER:
        return false;
    case LIVE_HISTORY_NONE:
        break;
    }
    if (is_fleet(r)) {
        live_send_data(l, c);
        r->after = l->number;
    }
    tell_resync(l, c, r, (struct bytes){0});
    r->state = RESUME_REPLAY;
    return true;
}

/* One question of a client at a time. False: one is under way, or the client takes no more. */
static bool ask_next(struct live *l, struct live_client *c)
{
    for (size_t i = 0; i < c->resumes->count; i++) {
        if (c->resumes->all[i].state == RESUME_ASKED) {
            return false;
        }
    }
    for (size_t i = 0; i < c->resumes->count; i++) {
        struct live_resume *r = &c->resumes->all[i];
        if (r->state == RESUME_ASK && (!live_client_ready(l, c) || !ask(l, c, r))) {
            return false;
        }
    }
    return true;
}

static struct live_resume *find_question(const struct live_client *c, uint32_t number)
{
    for (size_t i = 0; c->resumes && i < c->resumes->count; i++) {
        struct live_resume *r = &c->resumes->all[i];
        if (r->state == RESUME_ASKED && r->question == number) {
            return r;
        }
    }
    return NULL;
}

void live_history_lost(struct live *l)
{
    ASSERT(l->histories > 0);
    l->histories--;
}

void live_history(struct live *l, struct live_client *c, uint32_t number, struct bytes json,
                  uint64_t seq, struct moment now)
{
    l->now = now;
    live_history_lost(l);
    struct live_resume *r = find_question(c, number);
    if (!r) {
        return;
    }
    r->state = RESUME_REPLAY;
    r->after = json.len ? position_after_batch(seq) : l->number;
    tell_resync(l, c, r, json);
}

/* ---- going on ---- */

/* The store may have been ahead of us: what it told is not told again. */
static bool reached(const struct live *l, const struct live_client *c)
{
    for (size_t i = 0; i < c->resumes->count; i++) {
        if (position_seq(c->resumes->all[i].after) > position_seq(l->number)) {
            return false;
        }
    }
    return true;
}

/* Everything is out: the client is in step, and gets the alerts that waited. */
static bool in_step(struct live *l, struct live_client *c)
{
    live_resumes_fini(l, c);
    if (!live_alerts_kept(l, c->alert_next)) {
        live_send_data(l, c);
    }
    return live_alerts_catch_up(l, c) && live_client_ready(l, c);
}

/* What was resumed of a group that the client left meanwhile. */
static void drop_left(struct live_client *c)
{
    size_t kept = 0;
    for (size_t i = 0; i < c->resumes->count; i++) {
        if (group_of(c, &c->resumes->all[i])) {
            c->resumes->all[kept++] = c->resumes->all[i];
        }
    }
    c->resumes->count = kept;
}

/* False: the client takes no more. */
static bool go_on(struct live *l, struct live_client *c)
{
    if (!live_client_ready(l, c)) {
        return false;
    }
    if (!ask_next(l, c)) {
        return true;
    }
    if (!replay(l, c)) {
        return false;
    }
    return !reached(l, c) || !ask_next(l, c) || in_step(l, c);
}

static bool has_something(struct live_client *c)
{
    if (c->resumes) {
        drop_left(c);
    }
    return c->resumes && c->reply_count == 0;
}

bool live_resume_behind(struct live *l, struct live_client *c)
{
    ASSERT(c->behind);
    return !has_something(c) || go_on(l, c);
}

void live_resume(struct live *l, struct live_client *c)
{
    if (!c->behind && has_something(c) && !go_on(l, c)) {
        live_fall_behind(l, c, ++l->clock);
    }
}

void live_resume_tick(struct live *l)
{
    for (size_t i = l->resuming_count; i-- > 0;) {
        live_resume(l, l->resuming[i]);
    }
}
