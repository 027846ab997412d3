/* SPDX-License-Identifier: Apache-2.0 */
#include "ingest/broker_status.h"

#include <stdio.h>

static const struct {
    const char *words;
    enum backoff_kind wait;
} kinds[] = {
#define PROBLEM_ROW(id, words, wait) [id] = {words, wait},
    PROBLEM_LIST(PROBLEM_ROW)
#undef PROBLEM_ROW
};

void broker_status_set(struct broker_status *s, enum link_state state, wall_ms now)
{
    bool connected = state == LINK_CONNECTED || state == LINK_SUBSCRIBE_REFUSED;
    if (connected != atomic_load(&s->connected) || atomic_load(&s->since) == 0) {
        atomic_store(&s->since, now);
    }
    atomic_store(&s->connected, connected);
    atomic_store(&s->state, (uint32_t)state);
}

void broker_status_problem(struct broker_status *s, struct problem p, wall_ms now)
{
    atomic_store(&s->detail, p.detail);
    atomic_store(&s->problem, (uint32_t)p.kind);
    atomic_store(&s->problem_at, now);
}

void problem_text(struct problem p, char out[LINK_PROBLEM_BYTES])
{
    (void)snprintf(out, LINK_PROBLEM_BYTES, "%s%s%.*s", kinds[p.kind].words, p.detail ? ": " : "",
                   LINK_PROBLEM_BYTES / 2, p.detail ? p.detail : "");
}

enum backoff_kind problem_backoff(enum problem_kind kind)
{
    return kinds[kind].wait;
}

void broker_status_view(const struct broker_status *s, struct link_view *out)
{
    const struct problem p = {(enum problem_kind)atomic_load(&s->problem), atomic_load(&s->detail)};
    out->state = (enum link_state)atomic_load(&s->state);
    out->connected = atomic_load(&s->connected);
    out->since = atomic_load(&s->since);
    out->version = atomic_load(&s->version);
    out->session_present = atomic_load(&s->session_present);
    out->reconnects = atomic_load(&s->reconnects);
    out->messages = atomic_load(&s->messages);
    out->problem_at = atomic_load(&s->problem_at);
    problem_text(p, out->problem);
}
