/* SPDX-License-Identifier: Apache-2.0 */
#include "app/ingest_thread.h"

#include "app/version.h"

#include "app/explain.h"
#include "app/mail.h"
#include "app/notify_thread.h"
#include "app/thread.h"
#include "loop/tls.h"
#include "model/limits.h"
#include "sys/log.h"
#include "sys/secret.h"

#include <stdatomic.h>

#define DEGRADED_AFTER_NS 2000000000u
#define DRAIN_DEADLINE_MS 3000
#define WATCH_MS          100
/* Connections on their way from serve: those of a turn of it, in a storm. */
#define CONNECTIONS_MAILBOX 256

/* ---- batches out ---- */

static void post_snapshot(struct ingest_thread *t)
{
    struct batch *all = pipeline_snapshot(t->pipeline);
    if (mailbox_post(t->to_serve, (struct mail){.kind = MAIL_BATCH, .body = all}) == OK) {
        t->serve_behind = false;
    } else {
        batch_release(all);
    }
}

/* Serve is told everything or, once its box overflowed, nothing until half of it is empty. */
static void give_serve(struct ingest_thread *t, struct batch *b)
{
    if (t->serve_behind) {
        return;
    }
    if (mailbox_post(t->to_serve, (struct mail){.kind = MAIL_BATCH, .body = batch_hold(b)}) != OK) {
        batch_release(b);
        t->serve_behind = true;
        metrics_add(t->metrics, METRIC_QUEUE_SERVE_OVERFLOWS, 1);
    }
}

static void batch_closed(void *ctx, struct batch *take_b)
{
    struct ingest_thread *t = ctx;
    take_b->urgent = take_b->urgent || take_b->alert_count > 0; /* somebody may have to be told */
    give_serve(t, take_b);
    atomic_fetch_add(&t->state->uncommitted_bytes, batch_bytes(take_b));
    post_or_die(t->to_storage, (struct mail){.kind = MAIL_BATCH, .body = take_b});
}

/* ---- requests to devices ---- */

static void request(void *ctx, unsigned source, struct bytes topic, struct bytes payload)
{
    struct ingest_thread *t = ctx;
    if (source > 0) {
        ingest_publish_to_link(t->ingest, source, topic, payload, 0);
    } else {
        ingest_publish(t->ingest, topic, payload, 0, 0);
    }
}

/* An alert for lamps and other systems: kept for whoever subscribes later. */
static void publish(struct ingest_thread *t, struct notify_publication *take_p)
{
    struct bytes topic = buf_bytes(&take_p->topic), payload = buf_bytes(&take_p->payload);
    struct link_view v;
    ingest_publish(t->ingest, topic, payload, 1, MESSAGE_RETAINED);
    for (unsigned i = 1; take_p->links && ingest_link(t->ingest, i, &v); i++) {
        ingest_publish_to_link(t->ingest, i, topic, payload, 1);
    }
    notify_publication_free(take_p);
}

/* ---- backpressure ---- */

static void set_storing(struct ingest_thread *t, enum pipeline_storing storing)
{
    if (t->storing == storing) {
        return;
    }
    if (t->storing == PIPELINE_STORES_ALL) {
        log_line(LOG_WARN, "degraded: readings are shown and watched, but not all are stored");
    } else if (storing == PIPELINE_STORES_ALL) {
        log_line(LOG_INFO, "everything is stored again");
        ingest_redeliver(t->ingest);
    }
    t->storing = storing;
    pipeline_set_storing(t->pipeline, storing);
}

static void set_paused(struct ingest_thread *t, bool paused)
{
    if (t->paused == paused) {
        return;
    }
    t->paused = paused;
    metrics_set(t->metrics, METRIC_INGEST_PAUSED, paused);
    if (paused) {
        t->paused_since_ns = t->loop.mono_ns;
        ingest_pause(t->ingest);
    } else if (!t->draining) {
        ingest_resume(t->ingest);
    }
}

/* Looks at how far the store is behind, and decides what is read and what of it is stored. */
static void balance(struct ingest_thread *t)
{
    uint64_t waiting = atomic_load(&t->state->uncommitted_bytes);
    size_t boxed = mailbox_count(t->to_storage);
    bool failing = atomic_load(&t->state->failing);
    bool over = waiting > LIMIT_UNCOMMITTED_HIGH_BYTES || boxed > STORAGE_MAILBOX / 2;
    bool under = waiting < LIMIT_UNCOMMITTED_LOW_BYTES && boxed < STORAGE_MAILBOX / 4;
    bool too_long = t->paused && t->loop.mono_ns - t->paused_since_ns > DEGRADED_AFTER_NS;
    bool degraded = failing || too_long || (t->storing != PIPELINE_STORES_ALL && !under);

    metrics_set(t->metrics, METRIC_QUEUE_STORE, waiting);
    metrics_set(t->metrics, METRIC_QUEUE_SERVE, mailbox_count(t->to_serve));
    if (degraded) {
        set_storing(t, over ? PIPELINE_STORES_NOTHING : PIPELINE_STORES_ACKNOWLEDGED);
        set_paused(t, boxed > STORAGE_MAILBOX / 2 || waiting / 2 > LIMIT_UNCOMMITTED_HIGH_BYTES);
        return;
    }
    set_storing(t, PIPELINE_STORES_ALL);
    if (over || under) {
        set_paused(t, over);
    }
}

static void turn_ends(void *ctx)
{
    struct ingest_thread *t = ctx;
    pipeline_close_batch(t->pipeline);
    if (t->serve_behind && mailbox_count(t->to_serve) < SERVE_MAILBOX / 2) {
        post_snapshot(t);
    }
    balance(t);
}

/* ---- what MQTT tells ---- */

static uint64_t on_message(void *ctx, const struct ingest_message *m)
{
    struct ingest_thread *t = ctx;
    struct pipeline_message in = {
        .topic = m->topic,
        .payload = m->payload,
        .qos = m->qos,
        .retained = (m->flags & MESSAGE_RETAINED) != 0,
        .will = (m->flags & MESSAGE_WILL) != 0,
        .carrier = m->carrier,
        .source = m->source,
        .by = m->by,
    };
    return pipeline_message(t->pipeline, &in, t->loop.wall_ms);
}

static enum err on_authenticate(void *ctx, const struct ingest_login *shown,
                                struct principal *principal)
{
    struct ingest_thread *t = ctx;
    uint8_t hash[TOKEN_HASH_BYTES];
    if (t->no_auth) {
        *principal = (struct principal){.role = ROLE_ADMIN};
        return OK;
    }
    struct pipeline_login login = {
        .user = shown->user,
        .hash = shown->password.ptr ? hash : NULL,
        .fingerprint = shown->fingerprint,
        .common_name = shown->common_name,
    };
    if (login.hash) {
        secret_hash(shown->password, hash);
    }
    enum err e = pipeline_authenticate(t->pipeline, &login, t->loop.wall_ms, principal);
    if (e == OK && !authorize(principal, ACTION_PUBLISH, BYTES(""))) {
        e = ERR_DENIED;
    }
    return e;
}

static bool on_knows(void *ctx, const struct principal *principal)
{
    struct ingest_thread *t = ctx;
    return pipeline_knows(t->pipeline, principal);
}

static void on_carrier_lost(void *ctx, uint32_t carrier)
{
    struct ingest_thread *t = ctx;
    pipeline_carrier_lost(t->pipeline, carrier, t->loop.wall_ms);
}

static void on_carrier_closed(void *ctx, uint32_t carrier)
{
    struct ingest_thread *t = ctx;
    pipeline_carrier_closed(t->pipeline, carrier);
}

static const struct ingest_events events = {
    .message = on_message,
    .authenticate = on_authenticate,
    .knows = on_knows,
    .carrier_lost = on_carrier_lost,
    .carrier_closed = on_carrier_closed,
};

/* ---- mail in ---- */

static void do_command(struct ingest_thread *t, struct command *c)
{
    if (c->kind == COMMAND_WRITE && t->paused) {
        c->result = ERR_BUSY;
        c->message = "the store is behind: try again in a moment";
        give_back_command(t->to_answers, c);
        return;
    }
    if (!pipeline_command(t->pipeline, c, t->loop.wall_ms)) {
        give_back_command(t->to_answers, c);
    } else if (c->kind == COMMAND_REVOKE_TOKEN) {
        ingest_revoke(t->ingest, INGEST_TOKEN, bytes_of_text(c->id.text));
    } else if (c->kind == COMMAND_REVOKE_CREDENTIAL) {
        ingest_revoke(t->ingest, INGEST_CREDENTIAL, bytes_of_text(c->device));
    }
}

static void command_of_links(void *ctx, struct command *take_c)
{
    do_command(ctx, take_c);
}

static void give_up_waiting(void *ctx)
{
    struct ingest_thread *t = ctx;
    loop_stop(&t->loop);
}

static void stop_when_idle(void *ctx)
{
    struct ingest_thread *t = ctx;
    if (ingest_idle(t->ingest)) {
        loop_stop(&t->loop);
    }
}

/* The first time main asks: nothing is read any more, and storage is asked to write what there is.
 * The second time storage says that it did: the last acknowledgements leave, and the connections
 * close. */
static void drain(struct ingest_thread *t)
{
    if (!t->draining) {
        t->draining = true;
        ingest_drain(t->ingest);
        pipeline_close_batch(t->pipeline);
        post_or_die(t->to_storage, (struct mail){.kind = MAIL_DRAIN});
        return;
    }
    ingest_durable(t->ingest, atomic_load(&t->state->durable_seq));
    ingest_close(t->ingest);
    loop_timer_start(&t->loop, &t->watch, 1, 10, stop_when_idle, t);
    loop_timer_start(&t->loop, &t->second, DRAIN_DEADLINE_MS, 0, give_up_waiting, t);
}

static void deliver(void *ctx, const struct mail *m)
{
    struct ingest_thread *t = ctx;
    switch ((enum mail_kind)m->kind) {
    case MAIL_COMMAND:
        do_command(t, m->body);
        break;
    case MAIL_QUESTION:
        explain(t->pipeline, m->body, t->loop.wall_ms);
        post_or_die(t->to_answers, *m);
        break;
    case MAIL_STORE_STATE:
        ingest_durable(t->ingest, atomic_load(&t->state->durable_seq));
        break;
    case MAIL_DRAIN:
        drain(t);
        break;
    case MAIL_CERTIFICATE:
        tls_context_replace(t->tls, m->body);
        break;
    case MAIL_MAPPINGS:
        pipeline_set_mappings(t->pipeline, m->body);
        break;
    case MAIL_PUBLICATION:
        publish(t, m->body);
        break;
    case MAIL_BATCH:
    case MAIL_CONNECTION:
    case MAIL_OUTBOX:
    case MAIL_NOTICE:
    case MAIL_QUERY:
        UNREACHABLE();
    }
}

static void deliver_connection(void *ctx, const struct mail *m)
{
    struct ingest_thread *t = ctx;
    ASSERT(m->kind == MAIL_CONNECTION);
    ingest_take(t->ingest, m->body);
}

static void each_second(void *ctx)
{
    struct ingest_thread *t = ctx;
    pipeline_tick(t->pipeline, t->loop.wall_ms);
    if (!t->draining) {
        link_watch_tick(&t->links, t->ingest, t->pipeline, t->loop.wall_ms);
    }
}

/* Its firing makes a turn, and the turn's end looks at the store. */
static void watch_store(void *ctx)
{
    (void)ctx;
}

/* ---- life ---- */

enum err ingest_thread_init(struct ingest_thread *t, const struct ingest_thread_config *config)
{
    struct pipeline_config pipeline = config->pipeline;
    *t = (struct ingest_thread){.metrics = pipeline.metrics,
                                .state = config->state,
                                .no_auth = config->no_auth,
                                .tls = config->tls};
    enum err e = loop_init(&t->loop);
    if (e != OK) {
        return e;
    }
    pipeline.closed = batch_closed;
    pipeline.request = request;
    pipeline.ctx = t;
    t->pipeline = pipeline_new(&pipeline, config->loaded);
    t->mailbox = mailbox_new(&t->loop, LIMIT_COMMANDS + 64, deliver, t);
    t->connections = mailbox_new(&t->loop, CONNECTIONS_MAILBOX, deliver_connection, t);
    struct ingest_config ingest = {
        .max_connections = config->max_connections,
        .limits = config->limits,
        .events = &events,
        .ctx = t,
        .metrics = pipeline.metrics,
        .version = "telltale " TELLTALE_VERSION,
        .key = {pipeline.key.k0, pipeline.key.k1},
    };
    t->ingest = ingest_new(&t->loop, &ingest);
    t->links = (struct link_watch){
        .away_ms = 3 * config->limits.grace_ms, .command = command_of_links, .ctx = t};
    loop_on_turn(&t->loop, turn_ends, t);
    return OK;
}

static void *run(void *ctx)
{
    struct ingest_thread *t = ctx;
    loop_timer_start(&t->loop, &t->second, 1000, 1000, each_second, t);
    loop_timer_start(&t->loop, &t->watch, WATCH_MS, WATCH_MS, watch_store, t);
    loop_run(&t->loop);
    return NULL;
}

void ingest_thread_start(struct ingest_thread *t)
{
    t->thread = thread_start("ingest", run, t);
}

void ingest_thread_join(struct ingest_thread *t)
{
    (void)pthread_join(t->thread, NULL);
}

static void discard(void *ctx, const struct mail *m)
{
    (void)ctx;
    if (m->kind == MAIL_QUESTION) {
        serve_question_free(m->body);
    } else if (m->kind == MAIL_COMMAND) {
        command_free(m->body);
    } else if (m->kind == MAIL_CERTIFICATE) {
        tls_context_free(m->body);
    } else if (m->kind == MAIL_PUBLICATION) {
        notify_publication_free(m->body);
    } else if (m->kind == MAIL_MAPPINGS) {
        mappings_free(m->body);
    }
}

static void discard_connection(void *ctx, const struct mail *m)
{
    (void)ctx;
    conn_parcel_fini(m->body, CONN_PARCEL_UNWANTED);
    free(m->body);
}

void ingest_thread_fini(struct ingest_thread *t)
{
    loop_fini(&t->loop);
    mailbox_free(t->mailbox, discard);
    mailbox_free(t->connections, discard_connection);
    ingest_free(t->ingest);
    pipeline_free(t->pipeline);
    link_watch_fini(&t->links);
}
