/* SPDX-License-Identifier: Apache-2.0 */
/* Links to dialled brokers, looked at each second. Alerts of silence of devices behind one that is
 * not connected are muted; instead, once it is away for `away_ms`, the link itself is in trouble
 * (own_trouble.h): sensor link.<name>. Thread: ingest. */
#ifndef TELLTALE_APP_LINK_WATCH_H
#define TELLTALE_APP_LINK_WATCH_H

#include "app/pipeline.h"
#include "ingest/ingest.h"

struct link_watch {
    struct watched_link *links;
    size_t count;
    uint64_t away_ms;
    void (*command)(void *ctx, struct command *take_c);
    void *ctx;
};

void link_watch_tick(struct link_watch *w, const struct ingest *in, struct pipeline *p,
                     wall_ms now);
void link_watch_fini(struct link_watch *w);

#endif
