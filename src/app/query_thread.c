/* SPDX-License-Identifier: Apache-2.0 */
#include "app/query_thread.h"

#include "app/mail.h"
#include "app/rule_test.h"
#include "app/thread.h"
#include "model/limits.h"
#include "sys/clock.h"
#include "sys/log.h"

/* The walk over all blocks: 5 ms of each second, so that a query hardly notices, and a gigabyte in
 * some minutes; a day later again. */
#define CHECK_STEP_NS  5000000u
#define CHECK_EVERY_MS 1000
#define CHECK_AGAIN_MS (24 * 3600 * 1000)

/* The walk over their sizes: a few steps after the start, then again so that a page shows what the
 * last minutes added. */
#define MEASURE_STEP_NS  5000000u
#define MEASURE_EVERY_MS 100
#define MEASURE_AGAIN_MS (2 * 60 * 1000)
/* A store that begins grows from nothing within a minute, and costs nothing to look at. */
#define MEASURE_SOON_MS   10000
#define MEASURE_SOON_ROWS 1000

static struct log_gate check_gate;
static struct log_gate measure_gate;

/* What the device of a series became in the range, and its alerts there. */
static enum err load_device(struct query_thread *t, struct serve_series *s,
                            struct store_failure *why)
{
    const struct store_query *range = &s->query;
    enum err e = store_events(t->reader, s->device_id, range->from, range->to, &s->events, why);
    s->alerts = batch_new(BATCH_SNAPSHOT);
    return e == OK ? store_device_alerts(t->reader, bytes_of_text(s->device), range,
                                         LIMIT_HISTORY_ALERTS, s->alerts, why)
                   : e;
}

/* The samples of a series, and with the first of a device what is told of that. */
static enum err load_series(struct query_thread *t, struct serve_query *q, size_t index,
                            mono_ns until)
{
    struct serve_series *s = &q->series[index];
    s->query.until = until;
    enum err e = store_query(t->reader, &s->query, &s->tail, &s->samples, &q->why);
    store_points_fini(&s->tail);
    bool first = index == 0 || s[-1].device_id.n != s->device_id.n;
    return e == OK && first ? load_device(t, s, &q->why) : e;
}

static mono_ns time_left(const struct serve_query *q)
{
    return q->spent_ns < MONO_MS(LIMIT_QUERY_MS) ? MONO_MS(LIMIT_QUERY_MS) - q->spent_ns : 0;
}

/* The next part of the answer. */
static void answer_samples(struct query_thread *t, struct serve_query *q)
{
    mono_ns begin = clock_mono_ns();
    mono_ns until = begin + time_left(q);
    enum serve_encoded done = SERVE_ENCODED_UP_TO_SERIES;
    while (q->result == OK && done == SERVE_ENCODED_UP_TO_SERIES) {
        size_t series;
        done = serve_encode_samples(q, &series);
        if (done == SERVE_ENCODED_UP_TO_SERIES) {
            q->result = load_series(t, q, series, until);
        }
    }
    q->more = done == SERVE_ENCODED_PART;
    q->spent_ns += clock_mono_ns() - begin;
}

static void answer_alerts(struct query_thread *t, struct serve_query *q)
{
    struct batch *alerts = batch_new(BATCH_SNAPSHOT);
    q->result = store_alerts(t->reader, q->alert_limit, q->alert_after, alerts, &q->why);
    if (q->result == OK) {
        serve_encode_alerts(q, alerts);
    }
    batch_release(alerts);
}

static void answer_notifications(struct query_thread *t, struct serve_query *q)
{
    struct outbox_row *rows = NULL;
    q->result = store_outbox_page(t->reader, q->alert_limit, q->outbox_before, &rows, &q->why);
    if (q->result == OK) {
        serve_encode_notifications(q, rows);
    }
    while (rows) {
        struct outbox_row *next = rows->next;
        outbox_row_free(rows);
        rows = next;
    }
}

static void deliver(void *ctx, const struct mail *m)
{
    struct query_thread *t = ctx;
    struct serve_query *q = m->body;
    switch (q->kind) {
    case SERVE_QUERY_SAMPLES:
        answer_samples(t, q);
        break;
    case SERVE_QUERY_ALERTS:
        answer_alerts(t, q);
        break;
    case SERVE_QUERY_NOTIFICATIONS:
        answer_notifications(t, q);
        break;
    case SERVE_QUERY_TRIAL:
        rule_test(t->reader, q, clock_mono_ns() + MONO_MS(LIMIT_QUERY_MS));
        break;
    case SERVE_QUERY_BACKUP:
        serve_encode_backup(q);
        break;
    }
    post_or_die(t->to_serve, (struct mail){.kind = MAIL_QUERY, .body = q});
}

enum err query_thread_init(struct query_thread *t, const char *dir, struct store_failure *why)
{
    *t = (struct query_thread){0};
    enum err e = loop_init(&t->loop);
    if (e != OK) {
        return e;
    }
    t->mailbox = mailbox_new(&t->loop, LIMIT_QUERIES + LIMIT_STREAMS, deliver, t);
    return store_reader_open(dir, &t->reader, why);
}

/* A step of the slow walk over all blocks; from the beginning again when it came to the end. */
static void check_some(void *ctx)
{
    struct query_thread *t = ctx;
    struct store_failure why = {{0}};
    uint64_t blocks = t->check.blocks, damaged = t->check.damaged;
    if (t->check.done) {
        t->check = (struct store_check){0};
        metrics_add(t->metrics, METRIC_STORE_CHECKS, 1);
        loop_timer_start(&t->loop, &t->check_timer, CHECK_AGAIN_MS, CHECK_EVERY_MS, check_some, t);
        return;
    }
    if (store_check_step(t->reader, &t->check, CHECK_STEP_NS, &why) != OK) {
        log_limited(&check_gate, LOG_ERROR, "%s; restore it from a backup", why.text);
    }
    metrics_add(t->metrics, METRIC_STORE_BLOCKS_CHECKED, t->check.blocks - blocks);
    metrics_add(t->metrics, METRIC_STORE_BLOCKS_DAMAGED, t->check.damaged - damaged);
}

static void tell_tiers(struct query_thread *t)
{
    for (size_t i = 0; i < STORE_TIERS; i++) {
        const struct store_tier_size *s = &t->measure.tiers[i];
        uint64_t oldest = s->rows && s->oldest > 0 ? (uint64_t)(s->oldest / 1000) : 0;
        metrics_set_tier(t->metrics, TIER_BYTES, i, s->bytes);
        metrics_set_tier(t->metrics, TIER_DAY_BYTES, i, s->day_bytes);
        metrics_set_tier(t->metrics, TIER_OLDEST_S, i, oldest);
    }
    metrics_add(t->metrics, METRIC_STORE_MEASURED, 1);
}

/* A step of the walk over sizes. What can't be read now is walked anew later. */
static void measure_some(void *ctx)
{
    struct query_thread *t = ctx;
    if (t->measure.now == 0 || t->measure.done) {
        t->measure = (struct store_measure){.now = clock_wall_ms()};
    }
    enum err e = store_measure_step(t->reader, &t->measure, MEASURE_STEP_NS);
    if (e != OK) {
        log_limited(&measure_gate, LOG_WARN, "the store's tiers could not be measured");
        t->measure.done = true;
    } else if (t->measure.done) {
        tell_tiers(t);
    }
    if (t->measure.done) {
        bool small = t->measure.tiers[0].rows < MEASURE_SOON_ROWS;
        loop_timer_start(&t->loop, &t->measure_timer, small ? MEASURE_SOON_MS : MEASURE_AGAIN_MS,
                         MEASURE_EVERY_MS, measure_some, t);
    }
}

void query_thread_check(struct query_thread *t, struct metrics *metrics)
{
    t->metrics = metrics;
    loop_timer_start(&t->loop, &t->measure_timer, MEASURE_EVERY_MS, MEASURE_EVERY_MS, measure_some,
                     t);
    loop_timer_start(&t->loop, &t->check_timer, CHECK_EVERY_MS, CHECK_EVERY_MS, check_some, t);
}

static void *run(void *ctx)
{
    struct query_thread *t = ctx;
    loop_run(&t->loop);
    return NULL;
}

void query_thread_start(struct query_thread *t)
{
    t->thread = thread_start("query", run, t);
}

void query_thread_join(struct query_thread *t)
{
    loop_stop_from_any(&t->loop);
    (void)pthread_join(t->thread, NULL);
}

static void discard(void *ctx, const struct mail *m)
{
    (void)ctx;
    serve_query_free(m->body);
}

void query_thread_fini(struct query_thread *t)
{
    loop_fini(&t->loop);
    mailbox_free(t->mailbox, discard);
    store_reader_close(t->reader);
}
