/* SPDX-License-Identifier: Apache-2.0 */
/* The ingest thread: MQTT sockets and the pipeline behind them. It never touches the disk or a
 * browser's socket and never waits: a slow store is met by not reading, a slow live side by one
 * snapshot when it is ready. */
#ifndef TELLTALE_APP_INGEST_THREAD_H
#define TELLTALE_APP_INGEST_THREAD_H

#include "app/link_watch.h"
#include "app/pipeline.h"
#include "app/storage_thread.h"
#include "ingest/ingest.h"
#include "loop/loop.h"

#include <pthread.h>

struct ingest_thread {
    struct loop loop;
    pthread_t thread;
    struct mailbox *mailbox;
    struct mailbox *connections; /* upgraded by serve; may be full */
    struct ingest *ingest;
    struct pipeline *pipeline;
    struct metrics *metrics;
    struct store_state *state;
    struct mailbox *to_storage;
    struct mailbox *to_serve;   /* batches; may be full */
    struct mailbox *to_answers; /* commands that were refused */
    bool no_auth;
    struct tls_context *tls; /* of mqtts listeners; NULL: there are none */

    struct link_watch links;
    struct loop_timer second;
    struct loop_timer watch; /* while paused or draining */
    bool serve_behind;       /* serve's box overflowed: it gets a snapshot when there is room */
    bool paused;
    uint64_t paused_since_ns;
    enum pipeline_storing storing;
    bool draining;
};

/* Batches that may wait for serve before it gets a snapshot instead. */
#define SERVE_MAILBOX 256

struct ingest_thread_config {
    struct pipeline_config pipeline; /* `closed` and `ctx` are set here */
    uint32_t max_connections;
    struct ingest_limits limits;
    bool no_auth;
    struct tls_context *tls; /* of mqtts listeners, borrowed; NULL: none */
    const struct batch *loaded;
    struct store_state *state;
};

MUST_CHECK enum err ingest_thread_init(struct ingest_thread *t,
                                       const struct ingest_thread_config *config);
void ingest_thread_start(struct ingest_thread *t);
/* Waits for its end, which a MAIL_DRAIN brings about. */
void ingest_thread_join(struct ingest_thread *t);
void ingest_thread_fini(struct ingest_thread *t);

#endif
