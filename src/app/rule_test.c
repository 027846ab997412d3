/* SPDX-License-Identifier: Apache-2.0 */
#include "app/rule_test.h"

#include "base/mem.h"
#include "proto/json/json.h"
#include "sys/clock.h"

/* One series of the device, and the run of it that is being read. */
struct source {
    struct store_walk *walk;
    const char *sensor;
    const wall_ms *times;
    const double *values;
    size_t count;
};

struct run {
    struct store_reader *reader;
    struct serve_query *query;
    mono_ns until;
    struct source sources[LIMIT_RULE_CONDITIONS];
    size_t source_count;
    struct store_events events;
    size_t event; /* the next */
    wall_ms newest;
};

/* Over all devices. */
struct sums {
    uint64_t count, readings;
    int64_t total_ms, longest_ms;
};

static void refill(struct run *r, struct source *s)
{
    if (s->count > 0 || !s->walk) {
        return;
    }
    struct serve_query *q = r->query;
    q->result = store_walk_next(s->walk, &s->times, &s->values, &s->count, &q->why);
    if (s->count == 0 || q->result != OK) {
        store_walk_end(s->walk);
        s->walk = NULL;
        s->count = 0;
    }
    if (q->result == OK && clock_mono_ns() > r->until) {
        q->result = ERR_FULL;
        (void)snprintf(q->why.text, sizeof q->why.text,
                       "the test took longer than ten seconds: ask for less");
    }
}

/* The source whose next reading is the oldest, or NULL at the end; `*before` is when another one
 * has its next. */
static struct source *oldest(struct run *r, wall_ms *before)
{
    struct source *first = NULL;
    *before = INT64_MAX;
    for (size_t i = 0; i < r->source_count; i++) {
        struct source *s = &r->sources[i];
        refill(r, s);
        if (s->count == 0) {
            continue;
        }
        if (!first || s->times[0] < first->times[0]) {
            *before = first ? first->times[0] : *before;
            first = s;
        } else if (s->times[0] < *before) {
            *before = s->times[0];
        }
    }
    return first;
}

/* How many of the source's readings come before `limit`, at least one. */
static size_t before_limit(const struct source *s, wall_ms limit)
{
    size_t low = 1, high = s->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (s->times[middle] < limit) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static void feed_events(struct run *r, struct alert_trial *trial, wall_ms until)
{
    for (; r->event < r->events.count && r->events.items[r->event].time <= until; r->event++) {
        const struct store_event *e = &r->events.items[r->event];
        alert_trial_status(trial, e->status,
                           e->time > r->query->trial->from ? e->time : r->query->trial->from);
    }
}

static void feed(struct run *r, struct alert_trial *trial)
{
    wall_ms before;
    struct source *s;
    while (r->query->result == OK && (s = oldest(r, &before))) {
        feed_events(r, trial, s->times[0]);
        if (r->event < r->events.count && r->events.items[r->event].time < before) {
            before = r->events.items[r->event].time;
        }
        size_t n = before_limit(s, before);
        alert_trial_read(trial, s->sensor, s->times, s->values, n);
        r->newest = s->times[n - 1];
        s->times += n;
        s->values += n;
        s->count -= n;
    }
    feed_events(r, trial, INT64_MAX);
}

static void open_sources(struct run *r, const struct serve_trial_device *d)
{
    struct serve_query *q = r->query;
    r->source_count = 0;
    r->event = 0;
    for (size_t i = 0; i < d->count && q->result == OK; i++) {
        struct serve_series *s = &q->series[d->first + i];
        struct source *to = &r->sources[r->source_count++];
        *to = (struct source){.sensor = s->sensor};
        q->result = store_walk_begin(r->reader, &s->query, &s->tail, &to->walk, &q->why);
    }
    r->events.count = 0;
    if (q->result == OK) {
        q->result =
            store_events(r->reader, d->id, q->trial->from, q->trial->to, &r->events, &q->why);
    }
}

static void close_sources(struct run *r)
{
    for (size_t i = 0; i < r->source_count; i++) {
        store_walk_end(r->sources[i].walk);
    }
}

static void put_firings(struct json_writer *w, const char *device,
                        const struct alert_trial_result *result)
{
    for (size_t i = 0; i < result->kept; i++) {
        json_write_object(w);
        json_put_string(w, "device", device);
        json_put_i64(w, "from", result->firings[i].from);
        json_put_i64(w, "to", result->firings[i].to);
        json_put_number(w, "peak", result->firings[i].peak);
        json_write_object_end(w);
    }
}

/* Runs one definition over one device; `w` NULL: only the sums are wanted. */
static void test_device(struct run *r, const struct alert_definition *definition,
                        const struct serve_trial_device *d, struct sums *sums,
                        struct json_writer *w)
{
    struct alert_device device = {.attributes = bytes_of_text(d->attributes)};
    struct alert_trial *trial = alert_trial_new(definition, &device);
    open_sources(r, d);
    feed(r, trial);
    close_sources(r);
    const struct alert_trial_result *result = alert_trial_end(trial, r->query->trial->to);
    sums->count += result->count;
    sums->readings += result->readings;
    sums->total_ms += result->total_ms;
    sums->longest_ms =
        result->longest_ms > sums->longest_ms ? result->longest_ms : sums->longest_ms;
    if (w) {
        put_firings(w, d->device, result);
    }
    alert_trial_free(trial);
}

static void put_sums(struct json_writer *w, const struct sums *s)
{
    json_put_u64(w, "count", s->count);
    json_put_i64(w, "total_ms", s->total_ms);
    json_put_i64(w, "longest_ms", s->longest_ms);
    json_put_u64(w, "readings", s->readings);
}

static void test_all(struct run *r, struct json_writer *w)
{
    const struct serve_trial *t = r->query->trial;
    struct sums sums = {0}, saved = {0};
    json_write_key(w, "firings");
    json_write_array(w);
    for (size_t i = 0; i < t->device_count && r->query->result == OK; i++) {
        test_device(r, t->definition, &t->devices[i], &sums, w);
    }
    json_write_array_end(w);
    put_sums(w, &sums);
    json_put_u64(w, "devices", t->device_count);
    json_write_key(w, "saved");
    if (!t->saved) {
        json_write_null(w);
        return;
    }
    for (size_t i = 0; i < t->device_count && r->query->result == OK; i++) {
        test_device(r, t->saved, &t->devices[i], &saved, NULL);
    }
    json_write_object(w);
    put_sums(w, &saved);
    json_write_object_end(w);
}

wall_ms rule_feed(struct store_reader *reader, struct serve_query *q, struct alert_trial *trial,
                  mono_ns until)
{
    struct run r = {.reader = reader, .query = q, .until = until, .newest = WALL_NONE};
    open_sources(&r, &q->trial->devices[0]);
    feed(&r, trial);
    close_sources(&r);
    free(r.events.items);
    return r.newest;
}

void rule_test(struct store_reader *reader, struct serve_query *q, mono_ns until)
{
    struct run r = {.reader = reader, .query = q, .until = until};
    struct json_writer w;
    json_writer_init(&w, &q->body);
    json_write_object(&w);
    test_all(&r, &w);
    json_put_string(&w, "tier", "raw");
    json_write_object_end(&w);
    buf_put_byte(&q->body, '\n');
    free(r.events.items);
}
