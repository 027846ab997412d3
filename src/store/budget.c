/* SPDX-License-Identifier: Apache-2.0 */
/* The disk budget. From nine tenths of it on a person is warned; what is above it goes: the oldest
 * raw blocks first, whosoever they are, then rollups of minutes, of hours, of days. The newest
 * minutes stay whatever the budget is, so the file is as small as it can be and no smaller.
 *
 * What counts is the file and its log. Pages that nothing uses are given back by and by
 * (retention_shrink), so deleting stops when the pages in use fit together with those that are
 * kept for the journal. */
#include "store/state.h"

#include "sys/log.h"

#define PAGE_BYTES 4096

/* Warned from here, in percent of the budget. Deleted down to the lower mark, so that it is not
 * done for every block that comes. */
#define WARN_PERCENT  90
#define LOWER_PERCENT 95

/* What the log usually grows to before it is copied and begins anew. */
#define LOG_BYTES (4u << 20)

/* Readings of the last minutes are never deleted for room. */
#define NEWEST_KEPT_MS ((wall_ms)10 * 60 * 1000)

static enum err bytes_in_use(struct store *s, uint64_t *bytes)
{
    int64_t unused = 0;
    int64_t all = 0;
    enum err e = db_number(&s->db, db_statement(&s->db, SQL_PAGES_FREE), 0, &unused);
    e = e == OK ? db_number(&s->db, db_statement(&s->db, SQL_PAGES_ALL), 0, &all) : e;
    *bytes = (uint64_t)(all - unused) * PAGE_BYTES;
    return e;
}

/* What the pages in use may take: the free ones that are kept, and the log, need room too. */
static uint64_t goal(const struct store *s)
{
    uint64_t budget = s->config.budget_bytes / 100 * LOWER_PERCENT;
    uint64_t kept = (uint64_t)s->config.journal_bytes * 3 / 2 + LOG_BYTES;
    kept = kept < budget / 2 ? kept : budget / 2;
    return (budget - kept) / 17 * 16;
}

static struct log_gate gate;

static void say(struct store *s, enum budget_state state)
{
    uint64_t mb = s->config.budget_bytes >> 20;
    metrics_set(s->metrics, METRIC_STORE_BUDGET, state);
    if (state == s->work.budget) {
        return;
    }
    if (state == BUDGET_NEAR && s->work.budget == BUDGET_FREE) {
        log_line(LOG_WARN,
                 "the store takes nine tenths of its budget of %llu MB; beyond it the oldest"
                 " readings will be deleted",
                 (unsigned long long)mb);
    }
    if (state == BUDGET_DELETING) {
        log_limited(&gate, LOG_WARN,
                    "the store is above its budget of %llu MB: the oldest readings are deleted",
                    (unsigned long long)mb);
    }
    s->work.budget = state;
}

void budget_measure(struct store *s, uint64_t bytes)
{
    uint64_t budget = s->config.budget_bytes;
    if (budget == 0 || s->work.budget == BUDGET_DELETING) {
        return;
    }
    if (bytes > budget) {
        /* Free pages may be all that is too much. */
        uint64_t used = 0;
        if (s->db.handle && bytes_in_use(s, &used) == OK && used > goal(s)) {
            say(s, BUDGET_DELETING);
            s->work.budget_tier = -1;
            return;
        }
        s->work.vacuuming = true;
    }
    say(s, bytes > budget / 100 * WARN_PERCENT ? BUDGET_NEAR : BUDGET_FREE);
}

struct cut {
    wall_ms now;
    size_t deleted; /* rows */
    bool enough;
};

static enum err delete_rollups(struct store *s, struct cut *c)
{
    sqlite3_stmt *st = db_statement(&s->db, SQL_ROLLUPS_EXPIRED);
    bind_u64(st, 1, (uint64_t)s->work.budget_tier);
    bind_wall(st, 2, c->now - NEWEST_KEPT_MS);
    bind_u64(st, 3, RETENTION_BLOCKS);
    enum err e = db_run(&s->db, st);
    c->deleted = e == OK ? (size_t)sqlite3_changes(s->db.handle) : 0;
    return e;
}

static enum err cut(struct store *s, void *argument)
{
    struct cut *c = argument;
    uint64_t used = 0;
    enum err e = bytes_in_use(s, &used);
    c->enough = e == OK && used <= goal(s);
    if (e != OK || c->enough) {
        return e;
    }
    if (s->work.budget_tier >= 0) {
        return delete_rollups(s, c);
    }
    uint64_t before = s->block_cells_next;
    wall_ms until = WALL_NONE;
    e = retention_delete(s, c->now - NEWEST_KEPT_MS, &c->deleted, &until);
    metrics_add(s->metrics, METRIC_STORE_BUDGET_DELETED, before - s->block_cells_next);
    if (e == OK && until > s->budget_cut) {
        s->budget_cut = until;
        e = commit_write_meta(s, "budget_cut", (uint64_t)until);
    }
    return e;
}

enum err budget_step(struct store *s, wall_ms now, struct store_failure *why)
{
    struct cut c = {.now = now};
    enum err e = commit_with(s, cut, &c, why);
    if (e != OK) {
        return e;
    }
    bool exhausted = c.deleted == 0 && !c.enough;
    if (exhausted) {
        s->work.budget_tier++;
    }
    if (c.enough || s->work.budget_tier >= GROUP_TIERS) {
        say(s, BUDGET_NEAR);
        s->work.vacuuming = true;
    }
    return OK;
}
