/* SPDX-License-Identifier: Apache-2.0 */
/* A query thread: history and other slow reads, by its own read-only connection. */
#ifndef TELLTALE_APP_QUERY_THREAD_H
#define TELLTALE_APP_QUERY_THREAD_H

#include "loop/loop.h"
#include "serve/serve.h"
#include "store/store.h"

#include <pthread.h>

struct query_thread {
    struct loop loop;
    pthread_t thread;
    struct mailbox *mailbox;
    struct store_reader *reader;
    struct mailbox *to_serve;
    struct loop_timer check_timer;
    struct store_check check; /* where the walk over all blocks is */
    struct loop_timer measure_timer;
    struct store_measure measure; /* where the walk over their sizes is */
    struct metrics *metrics;      /* of these walks */
};

/* Opens its connection to the store in `dir`. Errors: ERR_IO, with `why`. */
MUST_CHECK enum err query_thread_init(struct query_thread *t, const char *dir,
                                      struct store_failure *why);
/* Makes this one walk over all blocks and their sizes, slowly, for ever. Before query_thread_start.
 */
void query_thread_check(struct query_thread *t, struct metrics *metrics);
void query_thread_start(struct query_thread *t);
void query_thread_join(struct query_thread *t);
void query_thread_fini(struct query_thread *t);

#endif
