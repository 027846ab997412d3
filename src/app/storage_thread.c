/* SPDX-License-Identifier: Apache-2.0 */
#include "app/storage_thread.h"

#include "app/mail.h"
#include "app/notify_thread.h"
#include "app/query_thread.h"
#include "app/thread.h"
#include "base/mem.h"
#include "model/limits.h"
#include "sys/clock.h"
#include "sys/log.h"

#include <stdatomic.h>

#define COMMIT_IDLE_NS    1000000000u
#define COMMIT_SPACING_NS 2000000u
#define COMMIT_BYTES      (8u << 20)
#define COMMIT_RETRY_NS   1000000000u
#define WORK_INTERVAL_MS  100
#define NS_PER_MS         1000000u

/* A commit waits for one step of a backup at most; the pause lets what waits be committed. */
#define BACKUP_STEP_NS 2000000u

/* A step that took twice its time met a slow disk or a busy machine: the next ones are shorter,
 * down to this, until it is over. */
#define BACKUP_STEP_LEAST_NS 125000u
#define BACKUP_PAUSE_MS      2

static struct log_gate commit_gate, work_gate;

/* ---- answering ---- */

static void answer_commands(struct storage_thread *t, enum err result)
{
    while (t->commands) {
        struct command *c = t->commands;
        t->commands = c->next;
        c->next = NULL;
        if (result != OK) {
            c->result = result;
            c->message = "the change could not be written to the disk yet";
        }
        give_back_command(t->to_serve, c);
    }
}

static void tell_ingest(struct storage_thread *t)
{
    /* A full box holds a wake-up already, and the state is read when it is opened. */
    enum err e = mailbox_post(t->to_ingest, (struct mail){.kind = MAIL_STORE_STATE});
    (void)e;
}

/* ---- notifications ---- */

/* What nobody could read is read again from the tables. */
static void post_missed(struct storage_thread *t)
{
    struct batch *all = batch_new(BATCH_SNAPSHOT);
    if (t->news_missed && store_news(t->store, all) == OK &&
        mailbox_post(t->to_notify, (struct mail){.kind = MAIL_BATCH, .body = all}) == OK) {
        t->news_missed = false;
    } else {
        batch_release(all);
    }
}

/* The notify thread hears of nothing that is not durable. */
static void pass_on_news(struct storage_thread *t)
{
    for (size_t i = 0; i < t->news_count; i++) {
        struct batch *b = t->news[i];
        if (t->news_missed ||
            mailbox_post(t->to_notify, (struct mail){.kind = MAIL_BATCH, .body = b}) != OK) {
            batch_release(b);
            t->news_missed = true;
        }
    }
    t->news_count = 0;
    if (t->news_missed && mailbox_count(t->to_notify) == 0) {
        post_missed(t);
    }
    while (t->writes) {
        struct outbox_write *w = t->writes;
        t->writes = w->next;
        w->next = NULL;
        post_or_die(t->to_notify_answers, (struct mail){.kind = MAIL_OUTBOX, .body = w});
    }
}

static void note_news(struct storage_thread *t, struct batch *b)
{
    if (b->alert_count + b->document_count + b->device_count + b->rule_count == 0 ||
        !t->to_notify) {
        return;
    }
    t->news = mem_grow(t->news, t->news_count, &t->news_cap, sizeof(struct batch *));
    t->news[t->news_count++] = batch_hold(b);
}

static void begin_waiting(struct storage_thread *t)
{
    if (t->first_pending_ns == 0) {
        t->first_pending_ns = clock_mono_ns();
        atomic_store(&t->state->waiting_since_ns, t->first_pending_ns);
    }
}

static void take_write(struct storage_thread *t, struct outbox_write *take_w)
{
    struct outbox_write **end = &t->writes;
    while (*end) {
        end = &(*end)->next;
    }
    *end = take_w;
    begin_waiting(t);
    store_outbox_append(t->store, take_w);
}

/* ---- committing ---- */

static void committed(struct storage_thread *t)
{
    struct store_state *state = t->state;
    if (atomic_exchange(&state->failing, false)) {
        log_line(LOG_INFO, "the store takes readings again");
    }
    metrics_set(t->metrics, METRIC_STORE_DEGRADED, 0);
    atomic_store(&state->durable_seq, store_durable_seq(t->store));
    metrics_set(t->metrics, METRIC_DURABLE_SEQ, store_durable_seq(t->store));
    atomic_fetch_sub(&state->uncommitted_bytes, t->pending_bytes);
    atomic_store(&state->waiting_since_ns, 0);
    t->pending_bytes = 0;
    t->first_pending_ns = 0;
    answer_commands(t, OK);
    pass_on_news(t);
}

/* What a step of housekeeping wrote along is durable too. */
static void look_at_durable(struct storage_thread *t)
{
    if (store_durable_seq(t->store) > atomic_load(&t->state->durable_seq)) {
        t->last_commit_end_ns = clock_mono_ns();
        committed(t);
        tell_ingest(t);
    }
}

static void commit_failed(struct storage_thread *t, const struct store_failure *why)
{
    log_limited(&commit_gate, LOG_ERROR, "nothing can be stored: %s", why->text);
    atomic_store(&t->state->failing, true);
    metrics_set(t->metrics, METRIC_STORE_DEGRADED, 1);
    answer_commands(t, ERR_IO);
}

static void commit(struct storage_thread *t)
{
    struct store_failure why = {{0}};
    uint64_t begin = clock_mono_ns();
    enum err e = store_commit(t->store, clock_wall_ms(), &why);
    t->last_commit_end_ns = clock_mono_ns();
    if (e == OK) {
        metrics_observe(t->metrics, HISTOGRAM_COMMIT, t->last_commit_end_ns - begin);
        metrics_add(t->metrics, METRIC_STORE_COMMITS, 1);
        committed(t);
    } else {
        commit_failed(t, &why);
    }
    tell_ingest(t);
}

/* When the next commit is due by the rules above; UINT64_MAX when nothing waits. */
static uint64_t commit_due(const struct storage_thread *t)
{
    if (t->first_pending_ns == 0) {
        return UINT64_MAX;
    }
    if (atomic_load(&t->state->failing)) {
        return t->last_commit_end_ns + COMMIT_RETRY_NS;
    }
    if (store_pending_urgent(t->store) || t->commands || t->draining) {
        return t->last_commit_end_ns + COMMIT_SPACING_NS;
    }
    if (t->pending_bytes >= COMMIT_BYTES) {
        return 0;
    }
    return t->first_pending_ns + COMMIT_IDLE_NS;
}

static void finish_drain(struct storage_thread *t)
{
    if (t->draining && (t->first_pending_ns == 0 || atomic_load(&t->state->failing))) {
        t->draining = false;
        post_or_die(t->to_ingest, (struct mail){.kind = MAIL_DRAIN});
    }
}

static void consider_commit(void *ctx)
{
    struct storage_thread *t = ctx;
    uint64_t due = commit_due(t);
    uint64_t now = clock_mono_ns();
    if (due <= now) {
        commit(t);
        due = commit_due(t);
        now = clock_mono_ns();
    }
    if (due != UINT64_MAX) {
        uint64_t wait_ns = due > now ? due - now : 0;
        loop_timer_start(&t->loop, &t->commit_timer, (wait_ns + NS_PER_MS - 1) / NS_PER_MS, 0,
                         consider_commit, t);
    }
    finish_drain(t);
}

static void work(void *ctx)
{
    struct storage_thread *t = ctx;
    struct store_failure why = {{0}};
    bool more = false;
    if (store_work(t->store, t->loop.wall_ms, &more, &why) != OK) {
        log_limited(&work_gate, LOG_ERROR, "the store's housekeeping failed: %s", why.text);
        more = false;
    }
    look_at_durable(t);
    loop_timer_start(&t->loop, &t->work_timer, more ? 1 : WORK_INTERVAL_MS, 0, work, t);
}

/* ---- backup ---- */

static uint64_t next_step_ns(uint64_t step_ns, uint64_t took_ns)
{
    uint64_t next = took_ns > 2 * step_ns ? step_ns / 2 : step_ns * 2;
    return next < BACKUP_STEP_LEAST_NS ? BACKUP_STEP_LEAST_NS
           : next > BACKUP_STEP_NS     ? BACKUP_STEP_NS
                                       : next;
}

static void copy_some(void *ctx)
{
    struct storage_thread *t = ctx;
    struct serve_backup *b = &t->backup;
    uint64_t begin = clock_mono_ns();
    uint64_t cpu_begin = clock_thread_ns();
    enum err e = store_backup_step(t->store, t->backup_step_ns, &b->progress, &b->why);
    uint64_t took = clock_mono_ns() - begin;
    uint64_t worked = clock_thread_ns() - cpu_begin;
    t->backup_step_ns = next_step_ns(t->backup_step_ns, took);
    b->slowest_step_ns = took > b->slowest_step_ns ? took : b->slowest_step_ns;
    b->longest_work_ns = worked > b->longest_work_ns ? worked : b->longest_work_ns;
    if (e == OK && !b->progress.done) {
        loop_timer_start(&t->loop, &t->backup_timer, BACKUP_PAUSE_MS, 0, copy_some, t);
        return;
    }
    b->state = e == OK ? SERVE_BACKUP_DONE : SERVE_BACKUP_FAILED;
}

/* Begins a backup when the query asks for one, and tells how it stands. */
static void take_backup(struct storage_thread *t, struct serve_query *q)
{
    struct serve_backup *asked = &q->backup;
    if (*asked->path && t->backup.state == SERVE_BACKUP_RUNNING) {
        asked->state = SERVE_BACKUP_FAILED;
        (void)snprintf(asked->why.text, sizeof asked->why.text, "a backup is under way already");
        return;
    }
    if (*asked->path) {
        t->backup = *asked;
        enum err e = store_backup_begin(t->store, asked->path, &t->backup.why);
        t->backup.state = e == OK ? SERVE_BACKUP_RUNNING : SERVE_BACKUP_FAILED;
        t->backup_step_ns = BACKUP_STEP_NS;
        if (e == OK) {
            loop_timer_start(&t->loop, &t->backup_timer, BACKUP_PAUSE_MS, 0, copy_some, t);
        }
    }
    *asked = t->backup;
}

/* ---- mail ---- */

static void take_commands(struct storage_thread *t, struct batch *b)
{
    struct command **end = &t->commands;
    while (*end) {
        end = &(*end)->next;
    }
    *end = b->commands;
    b->commands = NULL;
}

static void take_batch(struct storage_thread *t, struct batch *b)
{
    begin_waiting(t);
    t->pending_bytes += batch_bytes(b);
    take_commands(t, b);
    store_append(t->store, b);
    note_news(t, b);
    batch_release(b);
}

/* Tails are taken once, before the first part of the answer. */
static void take_tails(struct storage_thread *t, struct serve_query *q)
{
    for (size_t i = 0; i < q->series_count; i++) {
        struct serve_series *s = &q->series[i];
        store_tail(t->store, s->query.series, s->query.from, s->query.to, &s->tail);
    }
    q->seq = store_appended_seq(t->store);
}

static void take_query(struct storage_thread *t, struct serve_query *q)
{
    if (!q->encoder) {
        take_tails(t, q);
    }
    if (q->kind == SERVE_QUERY_BACKUP) {
        take_backup(t, q);
    }
    struct query_thread *to = &t->query[t->next_query++ % t->query_count];
    post_or_die(to->mailbox, (struct mail){.kind = MAIL_QUERY, .body = q});
}

static void deliver(void *ctx, const struct mail *m)
{
    struct storage_thread *t = ctx;
    switch ((enum mail_kind)m->kind) {
    case MAIL_BATCH:
        take_batch(t, m->body);
        break;
    case MAIL_QUERY:
        take_query(t, m->body);
        break;
    case MAIL_DRAIN:
        t->draining = true;
        break;
    case MAIL_OUTBOX:
        take_write(t, m->body);
        break;
    case MAIL_NOTICE:
    case MAIL_PUBLICATION:
    case MAIL_COMMAND:
    case MAIL_QUESTION:
    case MAIL_STORE_STATE:
    case MAIL_CONNECTION:
    case MAIL_MAPPINGS:
    case MAIL_CERTIFICATE:
        UNREACHABLE();
    }
}

/* ---- life ---- */

enum err storage_thread_init(struct storage_thread *t, struct store *store,
                             struct store_state *state, struct metrics *metrics)
{
    *t = (struct storage_thread){.store = store, .state = state, .metrics = metrics};
    enum err e = loop_init(&t->loop);
    if (e == OK) {
        t->mailbox = mailbox_new(
            &t->loop, STORAGE_MAILBOX + LIMIT_QUERIES + LIMIT_STREAMS + NOTIFY_WRITES + 1, deliver,
            t);
        loop_on_turn(&t->loop, consider_commit, t);
    }
    return e;
}

static void *run(void *ctx)
{
    struct storage_thread *t = ctx;
    loop_timer_start(&t->loop, &t->work_timer, WORK_INTERVAL_MS, 0, work, t);
    loop_run(&t->loop);
    return NULL;
}

void storage_thread_start(struct storage_thread *t)
{
    t->thread = thread_start("storage", run, t);
}

void storage_thread_join(struct storage_thread *t)
{
    loop_stop_from_any(&t->loop);
    (void)pthread_join(t->thread, NULL);
}

static void discard(void *ctx, const struct mail *m)
{
    (void)ctx;
    if (m->kind == MAIL_BATCH) {
        batch_release(m->body);
    } else if (m->kind == MAIL_QUERY) {
        serve_query_free(m->body);
    } else if (m->kind == MAIL_OUTBOX) {
        outbox_write_free(m->body);
    }
}

/* What the notify thread wrote last is still written: a mail that went out is not sent again. */
static void write_last(struct storage_thread *t)
{
    struct store_failure why;
    if (t->writes && store_commit(t->store, clock_wall_ms(), &why) != OK) {
        log_line(LOG_WARN, "some notifications may be sent again: %s", why.text);
    }
    store_outbox_forget(t->store);
    while (t->writes) {
        struct outbox_write *next = t->writes->next;
        outbox_write_free(t->writes);
        t->writes = next;
    }
}

void storage_thread_fini(struct storage_thread *t)
{
    write_last(t);
    loop_fini(&t->loop);
    mailbox_free(t->mailbox, discard);
    for (size_t i = 0; i < t->news_count; i++) {
        batch_release(t->news[i]);
    }
    free(t->news);
    while (t->commands) {
        struct command *c = t->commands;
        t->commands = c->next;
        command_free(c);
    }
}
