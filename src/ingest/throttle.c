/* SPDX-License-Identifier: Apache-2.0 */
/* Wires that sent more than they may: not read until their time comes. What they send meanwhile
 * waits in the kernel, and the kernel tells the peer; nothing is dropped. */
#include "ingest/internal.h"

#define STEP_MS 20

static void release_ready(void *ctx)
{
    struct ingest *in = ctx;
    struct wire **at = &in->throttled;
    while (*at) {
        struct wire *w = *at;
        if (w->throttled_until > in->loop->mono_ns) {
            at = &w->next_throttled;
            continue;
        }
        *at = w->next_throttled;
        w->throttled_until = 0;
        wire_update_reading(w);
    }
    if (in->throttled) {
        loop_timer_start(in->loop, &in->throttle, STEP_MS, 0, release_ready, in);
    }
}

void wire_throttle(struct wire *w, mono_ns until)
{
    struct ingest *in = w->in;
    if (w->over) {
        return;
    }
    bool is_listed = w->throttled_until != 0;
    w->throttled_until = until;
    if (is_listed) {
        return;
    }
    metrics_add(in->config.metrics, METRIC_MQTT_THROTTLED, 1);
    if (!in->throttled) {
        loop_timer_start(in->loop, &in->throttle, STEP_MS, 0, release_ready, in);
    }
    w->next_throttled = in->throttled;
    in->throttled = w;
    wire_update_reading(w);
}

void wire_unthrottle(struct wire *w)
{
    struct wire **at = &w->in->throttled;
    while (w->throttled_until && *at) {
        if (*at == w) {
            *at = w->next_throttled;
            w->throttled_until = 0;
            return;
        }
        at = &(*at)->next_throttled;
    }
}
