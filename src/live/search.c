/* SPDX-License-Identifier: Apache-2.0 */
/* Which devices of the fleet fit a search, in an order: looked through and sorted a little at a
 * time, since a fleet of 100,000 takes longer than a turn of the loop may. The fleet goes on
 * changing meanwhile: a device that is deleted is passed over by whoever reads the answer, and one
 * that changes its name while it is sorted may stand where it stood before. */
#include "live/search.h"

#include "base/mem.h"

#include <math.h>
#include <strings.h>

enum order_by { BY_WORST, BY_NAME, BY_STATUS, BY_MODEL, BY_PLACE, BY_SEEN, BY_ALERT, BY_SENSOR };

struct found {
    double key; /* NaN: it has none, and stands last whichever way */
    uint32_t device;
};

struct live_search {
    uint8_t *text; /* the question, to which the terms refer */
    struct search_terms terms;
    enum order_by by;
    bool down;
    char *sensor; /* of BY_SENSOR */
    wall_ms now;

    uint8_t *ranks; /* by row of the device: search_rank of its worst alert */
    uint32_t rows;
    uint32_t next_alert, next_row;

    struct found *found, *other;
    size_t count, cap;
    size_t width;           /* of the runs that are sorted; 0: not gathered yet */
    size_t to, left, right; /* where the merge of two of them goes on */
    bool done;
};

static bool order_of(struct live_search *s, struct bytes sort)
{
    static const char *const names[] = {"worst", "name", "status", "model",
                                        "place", "seen", "alert"};
    struct bytes prefix = BYTES("sensor:");
    s->down = sort.len > 0 && sort.ptr[0] == '-';
    sort = s->down ? bytes_skip(sort, 1) : sort;
    s->down = s->down || sort.len == 0;
    if (bytes_start_with(sort, prefix) && sort.len > prefix.len) {
        s->by = BY_SENSOR;
        s->sensor = mem_text(sort.ptr + prefix.len, sort.len - prefix.len);
        return true;
    }
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        if (sort.len == 0 || bytes_equal(sort, bytes_of_text(names[i]))) {
            s->by = (enum order_by)i;
            return true;
        }
    }
    return false;
}

struct live_search *live_search_new(struct bytes filter, struct bytes sort, wall_ms now)
{
    struct live_search *s = mem_zalloc(1, sizeof *s);
    s->text = mem_alloc(filter.len + 1);
    if (filter.len > 0) {
        memcpy(s->text, filter.ptr, filter.len);
    }
    s->now = now;
    search_read(s->text, filter.len, &s->terms);
    if (!order_of(s, sort)) {
        live_search_free(s);
        return NULL;
    }
    return s;
}

void live_search_free(struct live_search *s)
{
    if (s) {
        free(s->text);
        free(s->sensor);
        free(s->ranks);
        free(s->found);
        free(s->other);
        free(s);
    }
}

/* ---- gathering ---- */

static size_t gather_alerts(struct live_search *s, const struct registry *r,
                            const struct alert_engine *e, size_t steps)
{
    const struct alert *a;
    while (steps > 0 && (a = alert_open_at(e, s->next_alert))) {
        const struct registry_device *d = registry_find_device(r, bytes_of_text(a->device));
        unsigned rank = search_rank(a->severity, a->acknowledged);
        if (d && d->id.n < s->rows && a->state != ALERT_STATE_PENDING && rank > s->ranks[d->id.n]) {
            s->ranks[d->id.n] = (uint8_t)rank;
        }
        s->next_alert++;
        steps--;
    }
    return steps;
}

static double value_of(const struct registry *r, const struct registry_device *d,
                       const char *sensor)
{
    const struct registry_series *s =
        registry_find_series(r, bytes_of_text(d->key), bytes_of_text(sensor));
    return s && s->has_latest ? s->value : (double)NAN;
}

static double key_of(const struct live_search *s, const struct registry *r,
                     const struct registry_device *d)
{
    static const double trouble[] = {
        [STATUS_ONLINE] = 0, [STATUS_ASLEEP] = 1, [STATUS_UNKNOWN] = 2, [STATUS_OFFLINE] = 3};
    switch (s->by) {
    case BY_WORST:
        return s->ranks[d->id.n] + trouble[d->status];
    case BY_ALERT:
        return s->ranks[d->id.n] > 0 ? s->ranks[d->id.n] : (double)NAN;
    case BY_SEEN:
        return d->last_seen == WALL_NONE ? (double)NAN : (double)d->last_seen;
    case BY_SENSOR:
        return value_of(r, d, s->sensor);
    case BY_MODEL:
        return d->model[0] ? 0 : (double)NAN;
    case BY_PLACE:
        return d->place[0] ? 0 : (double)NAN;
    case BY_NAME:
    case BY_STATUS:
        return 0;
    }
    UNREACHABLE();
}

static size_t gather_devices(struct live_search *s, const struct registry *r, size_t steps)
{
    while (steps > 0 && s->next_row < s->rows) {
        const struct registry_device *d = registry_device(r, (struct device_id){s->next_row++});
        steps--;
        if (d && search_fits(&s->terms, r, d, s->ranks[d->id.n], s->now)) {
            s->found = mem_grow(s->found, s->count, &s->cap, sizeof *s->found);
            s->found[s->count++] = (struct found){key_of(s, r, d), d->id.n};
        }
    }
    return steps;
}

/* ---- sorting: runs of twice the length each time, a piece of a merge a step ---- */

static const char *text_of(const struct live_search *s, const struct registry_device *d)
{
    switch (s->by) {
    case BY_MODEL:
        return d->model;
    case BY_PLACE:
        return d->place;
    case BY_STATUS:
        return status_text(d->status);
    case BY_NAME:
        return d->name;
    case BY_WORST:
    case BY_SEEN:
    case BY_ALERT:
    case BY_SENSOR:
        break;
    }
    return "";
}

/* By name, then by id: what equals else. */
static int compare_names(const struct registry_device *a, const struct registry_device *b)
{
    int order = strcasecmp(a->name, b->name);
    return order != 0 ? order : strcmp(a->key, b->key);
}

static bool is_before(const struct live_search *s, const struct registry *r, const struct found *x,
                      const struct found *y)
{
    const struct registry_device *a = registry_device(r, (struct device_id){x->device});
    const struct registry_device *b = registry_device(r, (struct device_id){y->device});
    if (!a || !b || isnan(x->key) != isnan(y->key)) {
        return a && (!b || isnan(y->key));
    }
    int order = isnan(x->key) ? 0 : (x->key > y->key) - (x->key < y->key);
    order = order != 0 || isnan(x->key) ? order : strcasecmp(text_of(s, a), text_of(s, b));
    if (order != 0) {
        return s->down ? order > 0 : order < 0;
    }
    /* Going down by name, ids go down too, so that the order is the other one turned. */
    order = compare_names(a, b);
    return s->by == BY_NAME && s->down ? order > 0 : order < 0;
}

/* The runs of this width are through: what was written is what is merged next. */
static void widen(struct live_search *s)
{
    struct found *sorted = s->other;
    s->other = s->found;
    s->found = sorted;
    s->to = 0;
    s->width *= 2;
}

static void sort_some(struct live_search *s, const struct registry *r, size_t steps)
{
    for (; s->width < s->count && steps > 0; steps--) {
        size_t base = s->to / (2 * s->width) * (2 * s->width);
        size_t middle = size_min(base + s->width, s->count);
        size_t end = size_min(middle + s->width, s->count);
        if (s->to == base) {
            s->left = base;
            s->right = middle;
        }
        bool left = s->left < middle &&
                    (s->right == end || !is_before(s, r, &s->found[s->right], &s->found[s->left]));
        s->other[s->to++] = s->found[left ? s->left++ : s->right++];
        if (s->to == s->count) {
            widen(s);
        }
    }
    s->done = s->width >= s->count;
}

bool live_search_step(struct live_search *s, const struct registry *r, const struct alert_engine *e,
                      size_t steps)
{
    if (!s->ranks) {
        s->rows = registry_device_rows(r);
        s->ranks = mem_zalloc(s->rows + 1, 1);
    }
    steps = gather_alerts(s, r, e, steps);
    steps = steps > 0 ? gather_devices(s, r, steps) : 0;
    if (steps > 0 && s->width == 0) {
        s->width = 1;
        s->other = mem_alloc((s->count + 1) * sizeof *s->other);
    }
    if (s->width > 0 && !s->done) {
        sort_some(s, r, steps);
    }
    if (s->done) {
        free(s->other);
        s->other = NULL;
    }
    return s->done;
}

uint32_t live_search_count(const struct live_search *s)
{
    ASSERT(s->done);
    return (uint32_t)s->count;
}

struct device_id live_search_at(const struct live_search *s, uint32_t index)
{
    ASSERT(s->done && index < s->count);
    return (struct device_id){s->found[index].device};
}
