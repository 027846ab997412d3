/* SPDX-License-Identifier: Apache-2.0 */
#include "ingest/acks.h"

#include "base/mem.h"

#define FIRST_CAP 64

void acks_fini(struct acks *a)
{
    free(a->runs);
    free(a->ids);
    *a = (struct acks){0};
}

static struct ack_run *run_at(const struct acks *a, size_t i)
{
    return &a->runs[(a->runs_first + i) & (a->runs_cap - 1)];
}

static uint16_t *id_at(const struct acks *a, size_t i)
{
    return &a->ids[(a->ids_first + i) & (a->ids_cap - 1)];
}

static void grow_runs(struct acks *a)
{
    size_t cap = a->runs_cap ? a->runs_cap * 2 : FIRST_CAP;
    struct ack_run *wider = mem_zalloc(cap, sizeof *wider);
    for (size_t i = 0; i < a->runs_count; i++) {
        wider[i] = *run_at(a, i);
    }
    free(a->runs);
    a->runs = wider;
    a->runs_cap = cap;
    a->runs_first = 0;
}

static void grow_ids(struct acks *a)
{
    size_t cap = a->ids_cap ? a->ids_cap * 2 : FIRST_CAP;
    uint16_t *wider = mem_zalloc(cap, sizeof *wider);
    for (size_t i = 0; i < a->ids_count; i++) {
        wider[i] = *id_at(a, i);
    }
    free(a->ids);
    a->ids = wider;
    a->ids_cap = cap;
    a->ids_first = 0;
}

static bool belongs_to(const struct ack_run *run, const struct ack_run *to)
{
    return run->seq == to->seq && run->since == to->since && run->kind.qos == to->kind.qos &&
           run->kind.code == to->kind.code && run->owner.slot == to->owner.slot &&
           run->owner.generation == to->owner.generation;
}

static void push_run(struct acks *a, struct ack_run run)
{
    if (a->runs_count) {
        struct ack_run *last = run_at(a, a->runs_count - 1);
        run.seq = run.seq > last->seq ? run.seq : last->seq;
        if (belongs_to(&run, last)) {
            last->count++;
            return;
        }
    }
    if (a->runs_count == a->runs_cap) {
        grow_runs(a);
    }
    *run_at(a, a->runs_count++) = run;
}

void acks_push(struct acks *a, struct ack_owner owner, uint64_t seq, mono_ns now, uint16_t id,
               struct ack_kind kind)
{
    ASSERT(kind.qos == 1 || kind.qos == 2);
    push_run(a, (struct ack_run){seq, now, owner, 1, kind});
    if (a->ids_count == a->ids_cap) {
        grow_ids(a);
    }
    *id_at(a, a->ids_count++) = id;
}

bool acks_ready(const struct acks *a, uint64_t durable, struct ack_run *run)
{
    if (a->runs_count == 0 || run_at(a, 0)->seq > durable) {
        return false;
    }
    *run = *run_at(a, 0);
    return true;
}

size_t acks_take(struct acks *a, uint16_t *ids, size_t max)
{
    ASSERT(a->runs_count > 0);
    struct ack_run *run = run_at(a, 0);
    size_t n = size_min(run->count, max);
    for (size_t i = 0; i < n; i++) {
        ids[i] = *id_at(a, i);
    }
    a->ids_first = (a->ids_first + n) & (a->ids_cap - 1);
    a->ids_count -= n;
    run->count -= (uint32_t)n;
    if (run->count == 0) {
        a->runs_first = (a->runs_first + 1) & (a->runs_cap - 1);
        a->runs_count--;
    }
    return n;
}
