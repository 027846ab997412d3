/* SPDX-License-Identifier: Apache-2.0 */
/* Whether the server does its work: what /healthz answers. */
#ifndef TELLTALE_APP_HEALTH_H
#define TELLTALE_APP_HEALTH_H

#include "app/storage_thread.h"
#include "loop/loop.h"

#define HEALTH_LOOPS 4

struct health {
    const struct loop *loops[HEALTH_LOOPS];
    const char *names[HEALTH_LOOPS];
    const struct store_state *state;
    const struct metrics *metrics;
};

/* Writes a line for each reason why not, and what else a person should know; true when there is no
 * reason: every loop turned in the last
 * second, and a commit succeeded or nothing waited in the last five. Thread: any. */
bool health_check(void *ctx, struct buf *reasons);

#endif
