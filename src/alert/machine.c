/* SPDX-License-Identifier: Apache-2.0 */
#include "alert/machine.h"

#include "base/mem.h"

/* Episodes that begin within this of the last one's end belong together, ms. */
#define FLAP_WITHIN_MS (10 * 60 * 1000)
/* How long a flapping alert is held: this, twice as long each time, up to 32 minutes. */
#define FLAP_HOLD_MS   (30 * 1000)
#define FLAP_DOUBLINGS 6
#define FLAPS_MAX      100

/* `for: 5m` is met by what held five minutes, not a millisecond more. A test plants the other
 * comparison here and must see it. */
#ifndef HELD_FOR
#define HELD_FOR(elapsed, asked) ((elapsed) >= (asked))
#endif

void machine_init(struct machine *m)
{
    *m = (struct machine){.calm = INT64_MIN};
}

/* ---- the tree ---- */

static bool node_holds(const struct alert_definition *d, unsigned at, uint16_t on)
{
    const struct node *n = &d->nodes[at];
    if (n->kind == NODE_LEAF) {
        return on >> n->leaf & 1;
    }
    for (unsigned child = at + 1; child < n->end; child = d->nodes[child].end) {
        if (node_holds(d, child, on) != (n->kind == NODE_ALL)) {
            return n->kind == NODE_ANY;
        }
    }
    return n->kind == NODE_ALL;
}

bool machine_tree(const struct alert_definition *d, uint16_t on)
{
    ASSERT(d->node_count > 0);
    return node_holds(d, 0, on);
}

/* ---- n times in m ---- */

static bool held_often(const struct alert_definition *d, struct memory *memory, bool holds,
                       int64_t at)
{
    if (holds) {
        memory->hits[memory->hit_next % d->times] = at;
        memory->hit_next++;
    }
    /* The oldest of the last n, which the next one will take the place of. */
    return memory->hit_next >= d->times &&
           at - memory->hits[memory->hit_next % d->times] <= d->times_in_ms;
}

/* ---- phases ---- */

bool machine_flaps(const struct alert_definition *d, const struct machine *m)
{
    return d->flap_after > 0 && m->flaps >= d->flap_after;
}

int64_t machine_delay(const struct alert_definition *d, const struct machine *m)
{
    int64_t hold = 0;
    if (machine_flaps(d, m)) {
        unsigned doublings = m->flaps - d->flap_after;
        hold = (int64_t)FLAP_HOLD_MS << (doublings < FLAP_DOUBLINGS ? doublings : FLAP_DOUBLINGS);
    }
    return hold > d->clear_for_ms ? hold : d->clear_for_ms;
}

static void count_flap(struct machine *m)
{
    if (m->flaps < FLAPS_MAX) {
        m->flaps++;
    }
}

static enum verdict fire(struct machine *m, int64_t at)
{
    if (m->calm != INT64_MIN && at - m->calm < FLAP_WITHIN_MS) {
        count_flap(m);
    } else {
        m->flaps = 0;
    }
    m->phase = PHASE_FIRING;
    m->since = at;
    return VERDICT_FIRES;
}

static enum verdict resolve(struct machine *m, int64_t at)
{
    m->phase = PHASE_IDLE;
    m->calm = m->since = at;
    return VERDICT_RESOLVES;
}

static enum verdict begin(const struct alert_definition *d, struct machine *m, int64_t at,
                          wall_ms when)
{
    m->since = at;
    m->since_wall = when;
    if (HELD_FOR(0, d->for_ms)) {
        return fire(m, at);
    }
    m->phase = PHASE_PENDING;
    return VERDICT_PENDS;
}

static enum verdict stop(const struct alert_definition *d, struct machine *m, int64_t at)
{
    if (machine_delay(d, m) == 0) {
        return resolve(m, at);
    }
    m->phase = PHASE_CLEARING;
    m->since = at;
    return VERDICT_CLEARS;
}

static enum verdict go_on(const struct alert_definition *d, struct machine *m, int64_t at)
{
    if (machine_flaps(d, m)) {
        count_flap(m);
    }
    m->phase = PHASE_FIRING;
    m->since = at;
    return VERDICT_GOES_ON;
}

enum verdict machine_due(const struct alert_definition *d, struct machine *m, int64_t at)
{
    if (m->phase == PHASE_PENDING && HELD_FOR(at - m->since, d->for_ms)) {
        return fire(m, at);
    }
    if (m->phase == PHASE_CLEARING && HELD_FOR(at - m->since, machine_delay(d, m))) {
        return resolve(m, at);
    }
    return VERDICT_SAME;
}

enum verdict machine_step(const struct alert_definition *d, struct machine *m,
                          struct memory *memory, int64_t at, wall_ms when)
{
    bool holds = machine_tree(d, m->on);
    if (d->times > 0) {
        holds = held_often(d, memory, holds, at);
    }
    switch ((enum phase)m->phase) {
    case PHASE_IDLE:
        return holds ? begin(d, m, at, when) : VERDICT_SAME;
    case PHASE_PENDING:
        if (!holds) {
            m->phase = PHASE_IDLE;
            return VERDICT_DROPS;
        }
        return machine_due(d, m, at);
    case PHASE_FIRING:
        return holds ? VERDICT_SAME : stop(d, m, at);
    case PHASE_CLEARING:
        return holds ? go_on(d, m, at) : machine_due(d, m, at);
    }
    UNREACHABLE();
}

int64_t machine_deadline(const struct alert_definition *d, const struct machine *m)
{
    switch ((enum phase)m->phase) {
    case PHASE_PENDING:
        return m->since + d->for_ms;
    case PHASE_CLEARING:
        return m->since + machine_delay(d, m);
    case PHASE_IDLE:
    case PHASE_FIRING:
        return NEVER;
    }
    UNREACHABLE();
}

/* ---- memory ---- */

static unsigned windows_before(const struct alert_definition *d, unsigned leaf)
{
    unsigned count = 0;
    for (unsigned i = 0; i < leaf; i++) {
        count += leaf_has_window(&d->leaves[i]);
    }
    return count;
}

size_t memory_size(const struct alert_definition *d)
{
    unsigned windows = windows_before(d, d->leaf_count);
    return windows == 0 && d->times == 0 ? 0
                                         : sizeof(struct memory) + windows * sizeof(struct window);
}

struct memory *memory_new(const struct alert_definition *d)
{
    size_t size = memory_size(d);
    if (size == 0) {
        return NULL;
    }
    struct memory *memory = mem_zalloc(1, size);
    for (unsigned i = 0; i < windows_before(d, d->leaf_count); i++) {
        window_init(&memory->windows[i]);
    }
    return memory;
}

struct window *memory_window(const struct alert_definition *d, struct memory *memory, unsigned leaf)
{
    ASSERT(leaf_has_window(&d->leaves[leaf]));
    return &memory->windows[windows_before(d, leaf)];
}
