/* SPDX-License-Identifier: Apache-2.0 */
#include "store/state.h"

#include "base/mem.h"
#include "sys/folder.h"

const struct store_config store_defaults = {
    .dir = "telltale-data",
    .retention_ms = 0,
    .journal_bytes = 16u << 20,
    .journal_age_ms = 10 * 60 * 1000,
};

/* Free pages are for a journal that goes on; a closed file is as small as it can be without taking
 * long: 64 MB at most are given back. */
#define CLOSING_SQL "PRAGMA incremental_vacuum(16384); PRAGMA wal_checkpoint(TRUNCATE)"

/* Time in which a transaction takes one more group; its commit comes on top. */
#define STEP_NS MONO_MS(4)

static char *join(const char *a, const char *b)
{
    struct buf text = {0};
    buf_printf(&text, "%s%s", a, b);
    char *copy = mem_text(text.ptr, text.len);
    buf_fini(&text);
    return copy;
}

static struct store *new_store(const struct store_config *config, struct metrics *metrics)
{
    struct store *s = mem_zalloc(1, sizeof *s);
    s->config = *config;
    s->config.retention_of = (struct config_list){0};
    for (size_t i = 0; i < config->retention_of.count; i++) {
        config_list_add(&s->config.retention_of, config->retention_of.items[i]);
    }
    s->dir = mem_text(config->dir, strlen(config->dir));
    s->config.dir = s->dir;
    s->path = join(s->dir, "/telltale.db");
    s->wal_path = join(s->path, "-wal");
    s->metrics = metrics;
    s->lock = -1;
    s->copies = batch_pool_new();
    s->work.journal_since = WALL_NONE;
    s->work.expired_at = WALL_NONE;
    s->work.measured_at = WALL_NONE;
    s->work.now = WALL_NONE;
    s->budget_cut = WALL_NONE;
    s->work.step_ns = STEP_NS;
    return s;
}

/* What the settings allow, for who looks at what is used. */
static void tell_limits(const struct store *s)
{
    const struct store_config *c = &s->config;
    const wall_ms kept[STORE_TIERS] = {store_retention_longest(c), c->retention_minutes_ms,
                                       c->retention_hours_ms, c->retention_days_ms};
    metrics_set(s->metrics, METRIC_STORE_BUDGET_BYTES, c->budget_bytes);
    for (size_t i = 0; i < STORE_TIERS; i++) {
        metrics_set_tier(s->metrics, TIER_KEPT_S, i, (uint64_t)(kept[i] / 1000));
    }
}

static void free_work(struct work *w)
{
    free(w->full.ids);
    free(w->patched.ids);
    free(w->dead.ids);
    free(w->flushed.ids);
    free(w->unrolled.ids);
    rollup_fini(&w->rolling);
}

static void free_pending(struct pending *p)
{
    for (size_t i = 0; i < p->change_count; i++) {
        batch_release(p->changes[i]);
    }
    free(p->changes);
    free(p->devices);
    free(p->events);
    free(p->outbox);
    free(p->row);
    buf_fini(&p->rows);
}

static void free_store(struct store *s)
{
    db_close(&s->db);
    folder_unlock(s->lock);
    for (size_t i = 0; i < s->group_count; i++) {
        group_fini(&s->groups[i]);
    }
    free(s->groups);
    free(s->series);
    free(s->devices);
    free_pending(&s->pending);
    free_work(&s->work);
    batch_pool_free(s->copies);
    packer_fini(&s->packer);
    free(s->undo.items);
    columns_fini(&s->fresh);
    columns_fini(&s->merged);
    columns_fini(&s->spare);
    buf_fini(&s->blob);
    buf_fini(&s->latest);
    config_list_clear(&s->config.retention_of);
    free(s->dir);
    free(s->path);
    free(s->wal_path);
    free(s);
}

enum err store_open(const struct store_config *config, struct metrics *metrics,
                    struct store **store, struct store_failure *why)
{
    struct store *s = new_store(config, metrics);
    enum err e = schema_open(s, why);
    e = e == OK ? load_tables(s, why) : e;
    if (e != OK) {
        free_store(s);
        return e;
    }
    work_watch(s);
    commit_publish(s);
    tell_limits(s);
    *store = s;
    return OK;
}

static enum err read_beside(struct store *s, struct store_failure *why)
{
    int flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    enum err e = db_err(&s->db, sqlite3_open_v2(s->path, &s->db.handle, flags, NULL));
    e = e == OK ? db_exec(&s->db, "PRAGMA query_only = ON; PRAGMA busy_timeout = 1000; BEGIN") : e;
    if (e != OK) {
        db_explain(&s->db, s->path, why);
        return ERR_IO;
    }
    e = load_tables(s, why);
    return e == OK ? db_exec(&s->db, "COMMIT") : e;
}

enum err store_open_beside(const char *dir, struct metrics *metrics, struct store **store,
                           struct store_failure *why)
{
    struct store_config config = store_defaults;
    config.dir = dir;
    struct store *s = new_store(&config, metrics);
    enum err e = schema_look(s->path, why);
    e = e == OK ? read_beside(s, why) : e;
    if (e != OK) {
        free_store(s);
        return e;
    }
    *store = s;
    return OK;
}

void store_close(struct store *s)
{
    if (!s) {
        return;
    }
    if (s->lock < 0) {
        free_store(s); /* another process holds it */
        return;
    }
    struct store_failure why;
    enum err e = s->pending.any ? commit_with(s, NULL, NULL, &why) : OK;
    if (e == OK && s->db.handle) {
        e = db_exec(&s->db, CLOSING_SQL);
    }
    /* Whoever closes has made sure of his data by store_commit; a full log costs the next start a
     * little time and nothing else. */
    (void)e;
    free_store(s);
}

void store_append(struct store *s, const struct batch *b)
{
    ASSERT(b->seq > s->appended_seq);
    changes_take(s, b);
    journal_take(s, b);
    s->appended_seq = b->seq;
    s->pending.urgent = s->pending.urgent || b->urgent;
    s->pending.any = true;
    if (s->work.journal_since == WALL_NONE) {
        s->work.journal_since = b->now;
    }
}

bool store_pending_urgent(const struct store *s)
{
    return s->pending.urgent;
}

enum err store_commit(struct store *s, wall_ms now, struct store_failure *why)
{
    (void)now;
    enum err e = s->pending.any ? commit_with(s, NULL, NULL, why) : OK;
    commit_publish(s);
    return e == OK ? OK : ERR_IO;
}

uint64_t store_durable_seq(const struct store *s)
{
    return s->durable_seq;
}

uint64_t store_appended_seq(const struct store *s)
{
    return s->appended_seq;
}
