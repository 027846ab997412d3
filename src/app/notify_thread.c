/* SPDX-License-Identifier: Apache-2.0 */
#include "app/notify_thread.h"

#include "app/local_time.h"
#include "app/mail.h"
#include "app/thread.h"
#include "base/mem.h"
#include "model/limits.h"
#include "sys/clock.h"
#include "sys/log.h"
#include "sys/secret.h"

#define DRAIN_DEADLINE_MS 2000
/* It turns at least this often: a loop that has not turned for a second is taken for stuck. */
#define IDLE_MS 500

wall_ms notify_now(const struct notify_thread *t)
{
    return t->start_wall + (wall_ms)((clock_mono_ns() - t->start_ns) / 1000000u);
}

/* ---- rows on their way to the store ---- */

static void post_write(struct notify_thread *t, struct outbox_write *take_w)
{
    t->writes_out++;
    post_or_die(t->to_storage, (struct mail){.kind = MAIL_OUTBOX, .body = take_w});
}

/* The store must get them in order: a change of a row comes after the row. */
static void keep(struct notify_thread *t, struct outbox_write *take_w)
{
    if (!take_w) {
        return;
    }
    struct outbox_write **end = &t->writes;
    if (!t->writes && t->writes_out < NOTIFY_WRITES) {
        post_write(t, take_w);
        return;
    }
    while (*end) {
        end = &(*end)->next;
    }
    *end = take_w;
}

static void written(struct notify_thread *t, struct outbox_write *take_w)
{
    t->writes_out--;
    notify_outbox_saved(&t->outbox, take_w->number);
    outbox_write_free(take_w);
    if (t->writes) {
        struct outbox_write *next = t->writes;
        t->writes = next->next;
        next->next = NULL;
        post_write(t, next);
    }
}

/* ---- what happened ---- */

static struct notify_alert describe(const struct notify_thread *t, const struct batch *b,
                                    const struct alert_change *c)
{
    struct notify_alert a = {
        .id = bytes_of_text(c->id.text),
        .rule = bytes_of_text(c->rule.text),
        .rule_name = batch_text(b, c->rule_name),
        .device = batch_text(b, c->device),
        .sensor = batch_text(b, c->sensor),
        .message = batch_text(b, c->message),
        .note = batch_text(b, c->note),
        .acknowledged_by = batch_text(b, c->acknowledged_by),
        .severity = c->severity,
        .state = c->state,
        .quiet = c->state == ALERT_STATE_PENDING || c->muted != MUTE_NONE,
        .value = c->value,
        .threshold = c->threshold,
        .started = c->since != WALL_NONE ? c->since : c->created,
        .ended = c->resolved,
    };
    const struct notify_device *d = notify_devices_find(&t->devices, a.device);
    if (d) {
        a.device_name = d->name;
        a.place = d->place;
        a.tags = d->tags;
    }
    return a;
}

/* Makes rows of the alerts of a batch. The last write says that all of them are planned. */
static void plan_alerts(struct notify_thread *t, const struct batch *b)
{
    struct outbox_write *last = NULL;
    for (size_t i = 0; i < b->alert_count; i++) {
        const struct alert_change *c = &b->alerts[i];
        if (c->transition == ALERT_DROPPED) {
            continue;
        }
        struct notify_alert a = describe(t, b, c);
        struct notify_plan plan = {
            .book = &t->book, .alert = &a, .wall = t->loop.wall_ms, .local = local_time_minutes};
        struct outbox_write *w = notify_outbox_alert(&t->outbox, &plan, notify_now(t));
        if (w) {
            keep(t, last);
            last = w;
        }
    }
    if (b->alert_count) {
        last = last ? last : outbox_write_new();
        last->planned_seq = b->seq;
        keep(t, last);
    }
}

/* A snapshot holds all devices, rules and documents: what it lacks is gone. */
static void forget_all(struct notify_thread *t)
{
    struct hash_key key = t->devices.by_id.key;
    notify_book_clear(&t->book);
    notify_devices_fini(&t->devices);
    notify_devices_init(&t->devices, key);
}

static void follow(struct notify_thread *t, const struct batch *b)
{
    if (b->kind == BATCH_SNAPSHOT) {
        forget_all(t);
    }
    notify_devices_apply(&t->devices, b);
    notify_rules_apply(&t->rules, b);
    for (size_t i = 0; i < b->rule_count; i++) {
        const struct rule_change *r = &b->rules[i];
        notify_book_rule(&t->book, bytes_of_text(r->id.text),
                         r->deleted ? (struct bytes){0} : batch_text(b, r->definition));
    }
    for (size_t i = 0; i < b->document_count; i++) {
        const struct document_change *c = &b->documents[i];
        struct bytes body = c->deleted ? (struct bytes){0} : batch_text(b, c->body);
        notify_book_put(&t->book, (enum document_kind)c->kind, batch_text(b, c->id), body);
        if (c->kind == DOCUMENT_CHANNEL && b->kind == BATCH_CHANGES) {
            notify_outbox_renew_channel(&t->outbox, batch_text(b, c->id));
        }
    }
}

static void deliver_batch(void *ctx, const struct mail *m)
{
    struct notify_thread *t = ctx;
    struct batch *b = m->body;
    follow(t, b);
    plan_alerts(t, b);
    batch_release(b);
}

/* ---- sending ---- */

static void raise_trouble(struct notify_thread *t)
{
    struct notify_trouble trouble;
    while (notify_outbox_trouble(&t->outbox, &trouble)) {
        if (notify_trouble_tell(&t->rules, &trouble, t->to_ingest)) {
            log_line(LOG_WARN, "channel %s %s%s", trouble.channel,
                     trouble.dead ? "fails: " : "works", trouble.dead ? trouble.error : "");
        }
    }
}

static void show_metrics(struct notify_thread *t)
{
    metrics_set(t->metrics, METRIC_OUTBOX, t->outbox.waiting);
    metrics_set(t->metrics, METRIC_NOTIFY_SENT, t->outbox.sent);
    metrics_set(t->metrics, METRIC_NOTIFY_RETRIED, t->outbox.retried);
    metrics_set(t->metrics, METRIC_NOTIFY_FAILED, t->outbox.failed);
    metrics_set(t->metrics, METRIC_NOTIFY_DIGESTED, t->outbox.digested);
    if (t->outbox.dropped) {
        metrics_drop(t->metrics, DROP_OUTBOX_FULL, t->outbox.dropped);
        t->outbox.dropped = 0;
    }
}

static void wake_up(void *ctx)
{
    (void)ctx; /* the end of the turn does the rest */
}

static void set_timer(struct notify_thread *t)
{
    wall_ms now = notify_now(t);
    wall_ms at = notify_outbox_wake(&t->outbox, now);
    bool full = t->under_way >= LIMIT_DELIVERIES;
    uint64_t wait = at == INT64_MAX || full ? IDLE_MS : at > now ? (uint64_t)(at - now) : 1;
    loop_timer_start(&t->loop, &t->wake, wait < IDLE_MS ? wait : IDLE_MS, 0, wake_up, t);
}

static void turn_ends(void *ctx)
{
    struct notify_thread *t = ctx;
    struct notify_due due;
    while (!t->draining && t->under_way < LIMIT_DELIVERIES &&
           notify_outbox_next(&t->outbox, &t->book, notify_now(t), &due)) {
        t->under_way++;
        notify_send(t, &due);
    }
    raise_trouble(t);
    show_metrics(t);
    set_timer(t);
    if (t->draining && t->under_way == 0 && t->writes_out == 0 && !t->writes) {
        loop_stop(&t->loop);
    }
}

void notify_ended(struct notify_sending *s, const struct notify_result *result)
{
    struct notify_thread *t = s->t;
    t->random ^= t->random << 13;
    t->random ^= t->random >> 7;
    t->random ^= t->random << 17;
    t->under_way--;
    keep(t, notify_outbox_done(&t->outbox, s->number, result, (uint32_t)t->random, notify_now(t)));
    if (result->outcome == OUTCOME_SENT) {
        metrics_observe(t->metrics, HISTOGRAM_NOTIFY, clock_mono_ns() - s->begin_ns);
    }
    free(s);
}

/* ---- mail ---- */

static void stop_anyway(void *ctx)
{
    struct notify_thread *t = ctx;
    loop_stop(&t->loop);
}

static void deliver_answer(void *ctx, const struct mail *m)
{
    struct notify_thread *t = ctx;
    if (m->kind == MAIL_OUTBOX) {
        written(t, m->body);
    } else if (m->kind == MAIL_NOTICE) {
        notify_test(t, m->body);
    } else {
        ASSERT(m->kind == MAIL_DRAIN);
        t->draining = true;
        loop_timer_start(&t->loop, &t->drain_deadline, DRAIN_DEADLINE_MS, 0, stop_anyway, t);
    }
}

/* ---- life ---- */

static void load_rows(struct notify_thread *t, struct outbox_row *row)
{
    while (row) {
        struct outbox_row *next = row->next;
        row->next = NULL;
        notify_outbox_load(&t->outbox, row);
        row = next;
    }
}

enum err notify_thread_init(struct notify_thread *t, const struct notify_thread_config *config)
{
    const struct notify_settings *s = config->settings;
    *t = (struct notify_thread){
        .settings = s,
        .metrics = config->metrics,
        .deliver_config = {.allow = &s->allow, .ca = s->ca, .timeout_ms = s->timeout_ms},
        .outbox.retry_ms = s->retry_ms,
        .start_wall = clock_wall_ms(),
        .start_ns = clock_mono_ns(),
        .unplanned = config->unplanned,
        .push_max = PUSH_PLAIN_MAX,
    };
    memcpy(t->vapid, config->vapid, sizeof t->vapid);
    memcpy(t->link_key, config->link_key, sizeof t->link_key);
    secret_random(&t->random, sizeof t->random);
    t->random |= 1;
    notify_devices_init(&t->devices, config->key);
    enum err e = loop_init(&t->loop);
    if (e != OK) {
        return e;
    }
    t->batches = mailbox_new(&t->loop, NOTIFY_MAILBOX, deliver_batch, t);
    t->answers = mailbox_new(&t->loop, NOTIFY_WRITES + LIMIT_COMMANDS + 1, deliver_answer, t);
    t->deliver = deliver_new(&t->loop, &t->deliver_config);
    loop_on_turn(&t->loop, turn_ends, t);
    follow(t, config->loaded);
    load_rows(t, config->rows);
    return OK;
}

/* What the last process told nobody is planned now. */
static void plan_left_over(void *ctx)
{
    struct notify_thread *t = ctx;
    plan_alerts(t, t->unplanned);
    notify_outbox_renew_topics(&t->outbox, &t->book);
    batch_release(t->unplanned);
    t->unplanned = NULL;
}

static void *run(void *ctx)
{
    struct notify_thread *t = ctx;
    loop_timer_start(&t->loop, &t->first, 1, 0, plan_left_over, t);
    loop_run(&t->loop);
    return NULL;
}

void notify_thread_start(struct notify_thread *t)
{
    t->thread = thread_start("notify", run, t);
}

void notify_thread_join(struct notify_thread *t)
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
    if (m->kind == MAIL_OUTBOX) {
        outbox_write_free(m->body);
    } else if (m->kind == MAIL_NOTICE) {
        serve_notice_free(m->body);
    }
}

void notify_thread_fini(struct notify_thread *t)
{
    deliver_free(t->deliver);
    loop_fini(&t->loop);
    mailbox_free(t->batches, discard_batch);
    mailbox_free(t->answers, discard_answer);
    while (t->writes) {
        struct outbox_write *next = t->writes->next;
        outbox_write_free(t->writes);
        t->writes = next;
    }
    batch_release(t->unplanned);
    notify_outbox_fini(&t->outbox);
    notify_book_clear(&t->book);
    notify_devices_fini(&t->devices);
    notify_rules_fini(&t->rules);
}
