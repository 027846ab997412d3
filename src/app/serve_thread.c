/* SPDX-License-Identifier: Apache-2.0 */
#include "app/serve_thread.h"

#include "app/ingest_thread.h"
#include "app/mail.h"
#include "app/thread.h"
#include "loop/tls.h"
#include "model/limits.h"

#define DRAIN_DEADLINE_MS 3000

/* ---- what serve asks for ---- */

static enum err on_command(void *ctx, struct command *take_c)
{
    struct serve_thread *t = ctx;
    if (t->commands_out == LIMIT_COMMANDS) {
        return ERR_FULL;
    }
    t->commands_out++;
    metrics_set(t->metrics, METRIC_QUEUE_COMMANDS, t->commands_out);
    post_or_die(t->to_ingest, (struct mail){.kind = MAIL_COMMAND, .body = take_c});
    return OK;
}

/* Questions share the room of commands: both go to the ingest thread and come back. */
static enum err on_question(void *ctx, struct serve_question *take_q)
{
    struct serve_thread *t = ctx;
    if (t->commands_out == LIMIT_COMMANDS) {
        return ERR_FULL;
    }
    t->commands_out++;
    post_or_die(t->to_ingest, (struct mail){.kind = MAIL_QUESTION, .body = take_q});
    return OK;
}

static enum err on_query(void *ctx, struct serve_query *take_q)
{
    struct serve_thread *t = ctx;
    if (t->queries_out >= LIMIT_QUERIES && !take_q->streaming) {
        return ERR_FULL;
    }
    t->queries_out++;
    metrics_set(t->metrics, METRIC_QUEUE_QUERIES, t->queries_out);
    post_or_die(t->to_storage, (struct mail){.kind = MAIL_QUERY, .body = take_q});
    return OK;
}

static enum err on_mqtt(void *ctx, struct conn_parcel *take_p)
{
    struct serve_thread *t = ctx;
    return mailbox_post(t->to_ingest_connections,
                        (struct mail){.kind = MAIL_CONNECTION, .body = take_p});
}

static enum err on_notice(void *ctx, struct serve_notice *take_n)
{
    struct serve_thread *t = ctx;
    if (t->commands_out == LIMIT_COMMANDS) {
        return ERR_FULL;
    }
    t->commands_out++;
    post_or_die(t->to_notify, (struct mail){.kind = MAIL_NOTICE, .body = take_n});
    return OK;
}

static bool on_healthy(void *ctx, struct buf *reasons)
{
    struct serve_thread *t = ctx;
    return t->healthy(t->healthy_ctx, reasons);
}

static bool on_link(void *ctx, unsigned number, struct link_view *out)
{
    const struct serve_thread *t = ctx;
    return t->links && ingest_link(t->links, number, out);
}

static const struct serve_events events = {
    .command = on_command,
    .query = on_query,
    .question = on_question,
    .notice = on_notice,
    .mqtt = on_mqtt,
    .healthy = on_healthy,
    .link = on_link,
};

/* ---- mail in ---- */

static void deliver_batch(void *ctx, const struct mail *m)
{
    struct serve_thread *t = ctx;
    serve_batch(t->serve, m->body);
    batch_release(m->body);
}

static void stop_when_idle(void *ctx)
{
    struct serve_thread *t = ctx;
    if (serve_idle(t->serve)) {
        loop_stop(&t->loop);
    }
}

static void stop_anyway(void *ctx)
{
    struct serve_thread *t = ctx;
    loop_stop(&t->loop);
}

static void drain(struct serve_thread *t)
{
    serve_drain(t->serve);
    loop_timer_start(&t->loop, &t->drain_poll, 1, 10, stop_when_idle, t);
    loop_timer_start(&t->loop, &t->drain_deadline, DRAIN_DEADLINE_MS, 0, stop_anyway, t);
}

static void deliver_answer(void *ctx, const struct mail *m)
{
    struct serve_thread *t = ctx;
    switch ((enum mail_kind)m->kind) {
    case MAIL_COMMAND:
        t->commands_out--;
        metrics_set(t->metrics, METRIC_QUEUE_COMMANDS, t->commands_out);
        serve_answer(t->serve, m->body);
        break;
    case MAIL_QUERY:
        t->queries_out--;
        metrics_set(t->metrics, METRIC_QUEUE_QUERIES, t->queries_out);
        serve_result(t->serve, m->body);
        break;
    case MAIL_QUESTION:
        t->commands_out--;
        serve_explained(t->serve, m->body);
        break;
    case MAIL_NOTICE:
        t->commands_out--;
        serve_noticed(t->serve, m->body);
        break;
    case MAIL_DRAIN:
        drain(t);
        break;
    case MAIL_CERTIFICATE:
        tls_context_replace(t->tls, m->body);
        break;
    case MAIL_BATCH:
    case MAIL_STORE_STATE:
    case MAIL_MAPPINGS:
    case MAIL_OUTBOX:
    case MAIL_PUBLICATION:
    case MAIL_CONNECTION:
        UNREACHABLE();
    }
}

/* ---- life ---- */

enum err serve_thread_init(struct serve_thread *t, const struct serve_config *config,
                           bool (*healthy)(void *ctx, struct buf *reasons), void *healthy_ctx)
{
    struct serve_config c = *config;
    *t = (struct serve_thread){
        .metrics = c.metrics, .tls = c.tls, .healthy = healthy, .healthy_ctx = healthy_ctx};
    enum err e = loop_init(&t->loop);
    if (e != OK) {
        return e;
    }
    t->batches = mailbox_new(&t->loop, SERVE_MAILBOX, deliver_batch, t);
    t->answers = mailbox_new(&t->loop, LIMIT_COMMANDS + LIMIT_QUERIES + LIMIT_STREAMS + 1,
                             deliver_answer, t);
    c.events = &events;
    c.ctx = t;
    t->serve = serve_new(&t->loop, &c);
    return OK;
}

static void *run(void *ctx)
{
    struct serve_thread *t = ctx;
    loop_run(&t->loop);
    return NULL;
}

void serve_thread_start(struct serve_thread *t)
{
    t->thread = thread_start("serve", run, t);
}

void serve_thread_join(struct serve_thread *t)
{
    (void)pthread_join(t->thread, NULL);
}

static void discard_batch(void *ctx, const struct mail *m)
{
    (void)ctx;
    batch_release(m->body);
}

static void discard_answer(void *ctx, const struct mail *m)
{
    (void)ctx;
    if (m->kind == MAIL_COMMAND) {
        command_free(m->body);
    } else if (m->kind == MAIL_QUERY) {
        serve_query_free(m->body);
    } else if (m->kind == MAIL_QUESTION) {
        serve_question_free(m->body);
    } else if (m->kind == MAIL_NOTICE) {
        serve_notice_free(m->body);
    } else if (m->kind == MAIL_CERTIFICATE) {
        tls_context_free(m->body);
    }
}

void serve_thread_fini(struct serve_thread *t)
{
    loop_fini(&t->loop);
    mailbox_free(t->batches, discard_batch);
    mailbox_free(t->answers, discard_answer);
    serve_free(t->serve);
}
