/* SPDX-License-Identifier: Apache-2.0 */
/* How each channel is, so that a dead one costs a look now and then, and when each group had its
 * last message. */
#include "notify/outbox.h"

#include "base/mem.h"
#include "model/limits.h"

#define HOUR_MS 3600000
/* A channel that fails for so long, or so often, is dead. */
#define DEAD_AFTER_MS       (10 * 60000)
#define DEAD_AFTER_FAILURES 5
/* Groups that were quiet for a day are forgotten when there are so many. */
#define GROUPS_MAX 4096
/* Gates that are kept whatever they say: channels, and browsers of people. */
#define GATES_MAX 256
#define DAY_MS    (24 * 3600000)

/* ---- gates ---- */

static void put_gate_name(const char *channel, const char *target, char *out, size_t cap)
{
    bool browser = strcmp(channel, NOTIFY_PUSH) == 0;
    (void)snprintf(out, cap, "%s%s%s", channel, browser ? " " : "", browser ? target : "");
}

/* A gate that says nothing any more: no row refers to it, nothing is under way, it is not dead, and
 * none of its last hour counts for a budget. NULL: there is none. */
static struct outbox_gate *idle_gate(const struct notify_outbox *o, wall_ms now)
{
    struct outbox_gate *found = NULL;
    uint8_t *used = mem_zalloc(o->gate_count, 1);
    for (size_t i = 0; i < o->count; i++) {
        used[o->items[i].gate] = 1;
    }
    for (size_t i = 0; i < o->gate_count && !found; i++) {
        struct outbox_gate *g = &o->gates[i];
        bool spoke =
            g->sent_count > 0 && now - g->sent[(g->sent_count - 1) % NOTIFY_BUDGET_MAX] < HOUR_MS;
        found =
            !used[i] && g->busy == 0 && g->failures == 0 && g->told == g->dead && !g->dead && !spoke
                ? g
                : NULL;
    }
    free(used);
    return found;
}

/* Channels and browsers come and go; what they were is forgotten when there are so many. */
static struct outbox_gate *new_gate(struct notify_outbox *o, wall_ms now)
{
    struct outbox_gate *g = o->gate_count >= GATES_MAX ? idle_gate(o, now) : NULL;
    if (g) {
        free(g->name);
        free(g->channel);
        return g;
    }
    o->gates = mem_grow(o->gates, o->gate_count, &o->gate_cap, sizeof *o->gates);
    return &o->gates[o->gate_count++];
}

struct outbox_gate *outbox_gate_of(struct notify_outbox *o, const char *channel, const char *target,
                                   wall_ms now)
{
    char name[2 * DOCUMENT_ID_MAX + 2];
    put_gate_name(channel, target, name, sizeof name);
    for (size_t i = 0; i < o->gate_count; i++) {
        if (strcmp(o->gates[i].name, name) == 0) {
            return &o->gates[i];
        }
    }
    struct outbox_gate *g = new_gate(o, now);
    *g = (struct outbox_gate){.name = mem_text(name, strlen(name)),
                              .channel = mem_text(channel, strlen(channel))};
    return g;
}

/* One message at a time tries a channel that fails. */
bool outbox_gate_open(const struct outbox_gate *g, wall_ms now)
{
    return g->closed_until <= now && g->busy < (g->failures ? 1 : LIMIT_DELIVERIES_PER_CHANNEL);
}

void outbox_gate_sent(struct outbox_gate *g, wall_ms now)
{
    g->failures = 0;
    g->closed_until = 0;
    g->dead = false;
    g->sent[g->sent_count++ % NOTIFY_BUDGET_MAX] = now;
}

void outbox_gate_failed(struct notify_outbox *o, struct outbox_gate *g,
                        const struct notify_result *result, uint32_t random, wall_ms now)
{
    if (result->gone) {
        return;
    }
    g->failing_since = g->failures++ ? g->failing_since : now;
    g->closed_until =
        now + (wall_ms)notify_backoff_ms(o->retry_ms, g->failures, random, result->told_ms);
    (void)snprintf(g->error, sizeof g->error, "%s", result->error);
    bool dead = result->outcome == OUTCOME_REFUSED || g->failures >= DEAD_AFTER_FAILURES ||
                now - g->failing_since >= DEAD_AFTER_MS;
    g->dead = g->dead || dead;
}

wall_ms outbox_gate_budget(const struct outbox_gate *g, uint32_t budget, wall_ms now)
{
    ASSERT(budget > 0 && budget <= NOTIFY_BUDGET_MAX);
    if (g->sent_count < budget) {
        return now;
    }
    return g->sent[(g->sent_count - budget) % NOTIFY_BUDGET_MAX] + HOUR_MS;
}

void notify_outbox_renew_channel(struct notify_outbox *o, struct bytes channel)
{
    for (size_t i = 0; i < o->gate_count; i++) {
        struct outbox_gate *g = &o->gates[i];
        if (bytes_equal(bytes_of_text(g->channel), channel)) {
            g->dead = false;
            g->failures = 0;
            g->closed_until = 0;
        }
    }
    for (size_t i = 0; i < o->count; i++) {
        struct outbox_row *row = o->items[i].row;
        if (row->attempts > 0 && bytes_equal(bytes_of_text(row->channel), channel)) {
            row->due = row->created;
        }
    }
}

bool notify_outbox_trouble(struct notify_outbox *o, struct notify_trouble *t)
{
    for (size_t i = 0; i < o->gate_count; i++) {
        struct outbox_gate *g = &o->gates[i];
        bool first = !g->known && (g->dead || g->sent_count > 0);
        if (g->told == g->dead && !first) {
            continue;
        }
        g->known = true;
        g->told = g->dead;
        *t = (struct notify_trouble){.dead = g->dead};
        (void)snprintf(t->channel, sizeof t->channel, "%s", g->channel);
        (void)snprintf(t->error, sizeof t->error, "%s", g->error);
        return true;
    }
    return false;
}

/* ---- groups ---- */

static void put_group_name(const struct outbox_row *row, struct buf *out)
{
    buf_put_text(out, row->channel);
    buf_put_byte(out, '\n');
    buf_put_text(out, row->target);
    buf_put_byte(out, '\n');
    buf_put_text(out, row->group);
    buf_put_byte(out, 0);
}

static void forget_old_groups(struct notify_outbox *o, wall_ms now)
{
    size_t kept = 0;
    for (size_t i = 0; i < o->group_count; i++) {
        if (now - o->groups[i].last > DAY_MS || kept >= GROUPS_MAX / 2) {
            free(o->groups[i].name);
        } else {
            o->groups[kept++] = o->groups[i];
        }
    }
    o->group_count = kept;
}

static struct outbox_group *find_group(struct notify_outbox *o, const struct outbox_row *row)
{
    struct buf name = {0};
    struct outbox_group *found = NULL;
    put_group_name(row, &name);
    for (size_t i = 0; i < o->group_count && !found; i++) {
        found = strcmp(o->groups[i].name, (const char *)name.ptr) == 0 ? &o->groups[i] : NULL;
    }
    buf_fini(&name);
    return found;
}

static void add_group(struct notify_outbox *o, const struct outbox_row *row, uint64_t interval_ms,
                      wall_ms now)
{
    struct buf name = {0};
    put_group_name(row, &name);
    if (o->group_count >= GROUPS_MAX) {
        forget_old_groups(o, now);
    }
    o->groups = mem_grow(o->groups, o->group_count, &o->group_cap, sizeof *o->groups);
    o->groups[o->group_count++] =
        (struct outbox_group){mem_text(name.ptr, name.len - 1), interval_ms, now};
    buf_fini(&name);
}

wall_ms outbox_group_due(struct notify_outbox *o, const struct outbox_row *row,
                         uint64_t interval_ms, wall_ms now)
{
    if (row->group[0] == 0) {
        return now;
    }
    struct outbox_group *g = find_group(o, row);
    if (!g) {
        add_group(o, row, interval_ms, now);
        return now;
    }
    g->interval_ms = interval_ms ? interval_ms : g->interval_ms;
    wall_ms due = g->last + (wall_ms)g->interval_ms;
    if (due > now) {
        return due;
    }
    g->last = now;
    return now;
}

void outbox_group_sent(struct notify_outbox *o, const struct outbox_row *row, wall_ms now)
{
    struct outbox_group *g = row->group[0] ? find_group(o, row) : NULL;
    if (g) {
        g->last = now;
    }
}
