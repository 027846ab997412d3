/* SPDX-License-Identifier: Apache-2.0 */
/* The storage thread: the only one that writes to the disk. Decides when to commit.
 *
 * While somebody waits for durability it commits at once, 2 ms after the last commit's end (ADR
 * 0027); else each second or at 8 MB. Between commits it does the store's housekeeping in steps and
 * answers "tail of this series". */
#ifndef TELLTALE_APP_STORAGE_THREAD_H
#define TELLTALE_APP_STORAGE_THREAD_H

#include "loop/loop.h"
#include "model/command.h"
#include "model/metrics.h"
#include "serve/serve.h"
#include "store/store.h"

#include <pthread.h>

struct query_thread;

/* What storage tells the others without a message. Written by storage, but `uncommitted`. */
struct store_state {
    _Atomic uint64_t durable_seq;
    _Atomic uint64_t
        uncommitted_bytes; /* raised by ingest as it posts, lowered by storage's commits */
    _Atomic bool failing;  /* the last commit failed */
    _Atomic uint64_t
        waiting_since_ns; /* monotonic; when the oldest uncommitted batch came, 0: none */
};

struct storage_thread {
    struct loop loop;
    pthread_t thread;
    struct mailbox *mailbox;
    struct store *store;
    struct metrics *metrics;
    struct store_state *state;
    struct mailbox *to_ingest;
    struct mailbox *to_serve; /* answers */
    struct query_thread *query;
    size_t query_count;
    size_t next_query;

    struct loop_timer commit_timer;
    struct loop_timer work_timer;
    uint64_t first_pending_ns; /* when the oldest uncommitted batch came; 0: none waits */
    uint64_t last_commit_end_ns;
    uint64_t pending_bytes;   /* batch_bytes of what waits */
    struct command *commands; /* wait for the next commit */
    struct batch **news;      /* what the notify thread hears of after the next commit */
    size_t news_count, news_cap;
    bool news_missed;            /* its box was full: it gets all of it once it is empty */
    struct outbox_write *writes; /* go back after the next commit */
    struct mailbox *to_notify;   /* may be full */
    struct mailbox *to_notify_answers;
    bool draining;
    struct serve_backup backup; /* the one that runs, or ran last */
    uint64_t backup_step_ns;    /* what its next step may take */
    struct loop_timer backup_timer;
};

/* Batches that may wait in its mailbox. */
#define STORAGE_MAILBOX 256

/* Prepares loop and mailbox; `store` is open, and becomes this thread's when it starts. The other
 * mailboxes are set by the caller before storage_thread_start. */
MUST_CHECK enum err storage_thread_init(struct storage_thread *t, struct store *store,
                                        struct store_state *state, struct metrics *metrics);
void storage_thread_start(struct storage_thread *t);

/* Stops the loop and waits for the thread. Then the store may be closed. */
void storage_thread_join(struct storage_thread *t);
void storage_thread_fini(struct storage_thread *t);

#endif
