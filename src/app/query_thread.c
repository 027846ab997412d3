/* SPDX-License-Identifier: Apache-2.0 */
#include "app/query_thread.h"

#include "app/mail.h"
#include "app/thread.h"
#include "model/limits.h"
#include "sys/clock.h"

static void answer_samples(struct query_thread *t, struct serve_query *q)
{
    mono_ns until = clock_mono_ns() + MONO_MS(LIMIT_QUERY_MS);
    for (size_t i = 0; i < q->series_count && q->result == OK; i++) {
        struct serve_series *s = &q->series[i];
        s->query.until = until;
        q->result = store_query(t->reader, &s->query, &s->tail, &s->samples, &q->why);
        store_points_fini(&s->tail);
        bool first = i == 0 || s[-1].device_id.n != s->device_id.n;
        if (q->result == OK && first) {
            q->result = store_events(t->reader, s->device_id, s->query.from, s->query.to,
                                     &s->events, &q->why);
        }
    }
    if (q->result == OK) {
        serve_encode_samples(q);
    }
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
    t->mailbox = mailbox_new(&t->loop, LIMIT_QUERIES, deliver, t);
    return store_reader_open(dir, &t->reader, why);
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
