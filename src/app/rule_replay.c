/* SPDX-License-Identifier: Apache-2.0 */
#include "app/rule_replay.h"

#include "app/rule_test.h"
#include "base/mem.h"
#include "sys/clock.h"

/* A start must not wait for the past for longer. */
#define BUDGET_MS 3000

/* The end of the past: the newest reading of what the rule looks at. */
static wall_ms newest_of(const struct alert_world *world, const struct alert_history *h)
{
    wall_ms newest = WALL_NONE;
    for (size_t i = 0; i < h->count; i++) {
        struct alert_series s;
        if (world->series(world->ctx, h->series[i], &s) && s.has_latest && s.time > newest) {
            newest = s.time;
        }
    }
    return newest;
}

/* A question about the end of the past, as a back-test asks it. Ownership: the caller's. */
static struct serve_query *question(const struct alert_history *h, const struct store *store,
                                    wall_ms newest)
{
    struct serve_query *q = mem_zalloc(1, sizeof *q);
    q->trial = mem_zalloc(1, sizeof *q->trial);
    q->trial->from = newest - h->ms;
    q->trial->to = newest + 1;
    q->trial->devices = mem_zalloc(1, sizeof *q->trial->devices);
    q->trial->devices[0] = (struct serve_trial_device){.id = h->device, .count = h->count};
    q->trial->device_count = 1;
    q->series = mem_zalloc(h->count, sizeof *q->series);
    for (size_t i = 0; i < h->count; i++) {
        struct serve_series *s = &q->series[q->series_count++];
        s->query = (struct store_query){
            .series = h->series[i], .from = q->trial->from, .to = q->trial->to};
        s->sensor = mem_text(h->sensors[i], strlen(h->sensors[i]));
        store_tail(store, s->query.series, s->query.from, s->query.to, &s->tail);
    }
    return q;
}

struct past {
    const struct alert_world *world;
    const struct store *store;
    struct store_reader *reader;
    mono_ns until;
};

/* False: the past could not be read, or not in time. */
static bool replay(struct alert_engine *e, const struct past *p, const struct alert_history *h)
{
    const struct alert_world *world = p->world;
    wall_ms newest = newest_of(world, h);
    struct alert_device device;
    if (newest == WALL_NONE || !world->device(world->ctx, h->device, &device)) {
        return true;
    }
    struct serve_query *q = question(h, p->store, newest);
    struct alert_trial *t = alert_trial_new(h->definition, &device);
    wall_ms read = rule_feed(p->reader, q, t, p->until);
    bool whole = q->result == OK;
    if (whole && read != WALL_NONE) {
        alert_history_take(e, h, t, read);
    }
    alert_trial_free(t);
    serve_query_free(q);
    return whole;
}

void rule_replay(struct alert_engine *e, const struct alert_world *world, const struct store *store,
                 struct store_reader *reader, struct metrics *metrics)
{
    struct alert_history h;
    uint32_t cursor = 0;
    struct past p = {world, store, reader, clock_mono_ns() + MONO_MS(BUDGET_MS)};
    while (alert_history_next(e, &cursor, &h)) {
        if (h.count > 0 && (clock_mono_ns() > p.until || !replay(e, &p, &h))) {
            metrics_add(metrics, METRIC_RULES_UNREPLAYED, 1);
        }
    }
}
