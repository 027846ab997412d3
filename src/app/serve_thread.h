/* SPDX-License-Identifier: Apache-2.0 */
/* The serve thread: browsers and programs. What it needs of others it asks for by mail, and it
 * never waits. */
#ifndef TELLTALE_APP_SERVE_THREAD_H
#define TELLTALE_APP_SERVE_THREAD_H

#include "loop/loop.h"
#include "serve/serve.h"

#include <pthread.h>

struct serve_thread {
    struct loop loop;
    pthread_t thread;
    struct mailbox *batches; /* from ingest; may overflow */
    struct mailbox *answers; /* commands and queries that come back, and main's MAIL_DRAIN */
    struct serve *serve;
    struct metrics *metrics;
    struct tls_context *tls; /* of https listeners; NULL: there are none */
    struct mailbox *to_ingest;
    struct mailbox *to_ingest_connections; /* may be full */
    struct mailbox *to_storage;
    struct mailbox *to_notify;
    size_t commands_out; /* posted and not back yet */
    size_t queries_out;
    bool (*healthy)(void *ctx, struct buf *reasons);
    void *healthy_ctx;
    const struct ingest *links; /* asked how each link is; set before the start */
    struct loop_timer drain_poll;
    struct loop_timer drain_deadline;
};

/* `config` without events and ctx, which are set here. `healthy` answers /healthz. */
MUST_CHECK enum err serve_thread_init(struct serve_thread *t, const struct serve_config *config,
                                      bool (*healthy)(void *ctx, struct buf *reasons),
                                      void *healthy_ctx);
void serve_thread_start(struct serve_thread *t);
/* Waits for its end, which a MAIL_DRAIN brings about. */
void serve_thread_join(struct serve_thread *t);
void serve_thread_fini(struct serve_thread *t);

#endif
