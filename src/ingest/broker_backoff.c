/* SPDX-License-Identifier: Apache-2.0 */
#include "ingest/broker_backoff.h"

static const struct {
    uint32_t first_ms, last_ms;
} bounds[] = {
    [BACKOFF_AWAY] = {1000, 60000},
    [BACKOFF_REFUSED] = {30000, 600000},
};

uint32_t backoff_next(struct backoff *b, enum backoff_kind kind, uint64_t random)
{
    uint32_t *next = &b->next_ms[kind];
    uint32_t first = kind == BACKOFF_AWAY && b->first_ms ? b->first_ms : bounds[kind].first_ms;
    uint32_t wait = *next ? *next : first;
    *next = wait < bounds[kind].last_ms / 2 ? wait * 2 : bounds[kind].last_ms;
    return wait / 2 + (uint32_t)(random % (wait + 1));
}

void backoff_was_up(struct backoff *b, mono_ns up)
{
    b->next_ms[BACKOFF_REFUSED] = 0;
    if (up >= BACKOFF_GOOD_NS) {
        b->next_ms[BACKOFF_AWAY] = 0;
    }
}
