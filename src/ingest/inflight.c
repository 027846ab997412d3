/* SPDX-License-Identifier: Apache-2.0 */
#include "ingest/inflight.h"

/* Message n has the id n % IDS + 1. */
#define IDS 65535u

static uint64_t *word_of(struct inflight *f, uint64_t n)
{
    return &f->waiting[n % INFLIGHT_WINDOW / 64];
}

static uint64_t bit_of(uint64_t n)
{
    return 1ull << (n % 64);
}

bool inflight_begin(struct inflight *f, uint16_t *id)
{
    if (f->next - f->oldest == INFLIGHT_WINDOW) {
        return false;
    }
    uint64_t n = f->next++;
    *word_of(f, n) |= bit_of(n);
    *id = (uint16_t)(n % IDS + 1);
    return true;
}

bool inflight_end(struct inflight *f, uint16_t id)
{
    if (id == 0) {
        return false;
    }
    uint64_t behind = (id - 1 + IDS - f->oldest % IDS) % IDS;
    uint64_t n = f->oldest + behind;
    if (n >= f->next || !(*word_of(f, n) & bit_of(n))) {
        return false;
    }
    *word_of(f, n) &= ~bit_of(n);
    while (f->oldest < f->next && !(*word_of(f, f->oldest) & bit_of(f->oldest))) {
        f->oldest++;
    }
    return true;
}
