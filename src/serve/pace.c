/* SPDX-License-Identifier: Apache-2.0 */
/* The tick adapts: while a turn takes less than 2 ms, each batch is told as it comes. A turn that
 * took longer is followed by twice its time in which batches gather, so that the events of many
 * share a send, and the thread has time for everybody else. Alerts don't wait, nor does what
 * somebody's command waits for. */
#include "serve/state.h"

static void learn(struct serve *s)
{
    struct serve_pace *p = &s->pace;
    if (p->worked == 0 || p->worked == s->loop->mono_ns) {
        return;
    }
    uint64_t busy = s->loop->busy_ns;
    uint64_t tick = busy < LIMIT_LIVE_TURN_US * 1000u ? 0 : 2 * busy;
    tick = tick < MONO_MS(LIMIT_LIVE_TICK_MS) ? tick : MONO_MS(LIMIT_LIVE_TICK_MS);
    p->due = tick ? p->worked + busy + tick : 0;
    p->worked = 0;
    metrics_set(s->config.metrics, METRIC_LIVE_TICK, tick / 1000);
}

bool serve_pace_open(struct serve *s)
{
    learn(s);
    return s->loop->mono_ns >= s->pace.due;
}

void serve_pace_works(struct serve *s)
{
    learn(s);
    s->pace.worked = s->loop->mono_ns;
}

static bool can_wait(const struct serve *s, const struct batch *b)
{
    return b->kind == BATCH_CHANGES && b->alert_count == 0 && b->token_count == 0 &&
           b->account_count == 0 && b->login_count == 0 && b->credential_count == 0 &&
           b->document_count == 0 && !s->waiting && s->pace.count < LIMIT_GATHERED_BATCHES;
}

bool serve_pace_gather(struct serve *s, const struct batch *b)
{
    if (!can_wait(s, b) || serve_pace_open(s)) {
        return false;
    }
    s->pace.gathered[s->pace.count++] = batch_hold((struct batch *)(uintptr_t)b);
    metrics_add(s->config.metrics, METRIC_LIVE_GATHERED, 1);
    return true;
}

void serve_pace_release(struct serve *s, void (*apply)(struct serve *s, const struct batch *b))
{
    struct serve_pace *p = &s->pace;
    for (size_t i = 0; i < p->count; i++) {
        apply(s, p->gathered[i]);
        batch_release(p->gathered[i]);
    }
    p->count = 0;
}

void serve_pace_drop(struct serve *s)
{
    for (size_t i = 0; i < s->pace.count; i++) {
        batch_release(s->pace.gathered[i]);
    }
    s->pace.count = 0;
}

mono_ns serve_pace_next(const struct serve *s)
{
    return s->pace.count > 0 ? s->pace.due : UINT64_MAX;
}
