/* SPDX-License-Identifier: Apache-2.0 */
/* The table of groups: which sensors belong together, and what the file knows of each group.
 *
 * Table grp, one row a group. `latest` holds the newest reading of each of its series, so that a
 * start needs no block: count varint, then {series varint, time zigzag, value f64}. The sensors of
 * a group are those whose series row names it. A group of one sensor that left another has that one
 * as its `origin`: the sensor's readings up to origin_until are there, also those that come late.
 */
#include "store/state.h"

#include "base/mem.h"

/* Numbers are given out one by one; a larger one in the file is damage, and tables are arrays. */
#define GROUPS_MAX (1 << 24)

void id_list_add(struct id_list *list, uint32_t id)
{
    list->ids = mem_grow(list->ids, list->count, &list->cap, sizeof *list->ids);
    list->ids[list->count++] = id;
}

void id_list_remove(struct id_list *list, uint32_t id)
{
    for (size_t i = 0; i < list->count; i++) {
        if (list->ids[i] == id) {
            list->ids[i] = list->ids[--list->count];
            return;
        }
    }
}

uint32_t groups_add(struct store *s, uint32_t device)
{
    s->groups = mem_grow(s->groups, s->group_count, &s->group_cap, sizeof *s->groups);
    s->groups[s->group_count] = (struct group){
        .device = device,
        .origin = GROUP_NONE,
        .origin_until = WALL_NONE,
        .heard = WALL_NONE,
        .file = {.sealed = WALL_NONE,
                 .next_number = 1,
                 .rolled = {WALL_NONE, WALL_NONE, WALL_NONE},
                 .stale_from = WALL_NONE,
                 .stale_to = WALL_NONE},
    };
    return (uint32_t)s->group_count++;
}

void groups_join(struct store *s, uint32_t group, uint32_t series)
{
    struct group *g = &s->groups[group];
    struct series_state *state = series_at(s, series);
    size_t cap = g->cap;
    g->series = mem_grow(g->series, g->count, &cap, sizeof *g->series);
    g->cap = (uint32_t)cap;
    state->group = group;
    state->column = g->count;
    g->series[g->count++] = series;
}

void groups_kill(struct store *s, uint32_t group)
{
    struct group *g = &s->groups[group];
    for (uint32_t i = 0; i < g->count; i++) {
        if (s->series[g->series[i]].group == group) {
            s->series[g->series[i]].group = GROUP_NONE;
        }
    }
    s->open_cells -= g->cells;
    s->pending_cells = s->pending_cells < s->open_cells ? s->pending_cells : s->open_cells;
    group_fini(g);
    g->count = g->cap = 0;
    g->dead = true;
    id_list_add(&s->work.dead, group);
}

/* ---- rows ---- */

static void put_latest(const struct store *s, const struct group *g, struct buf *out)
{
    buf_clear(out);
    uint8_t *begin = buf_reserve(out, VARINT_MAX_BYTES + g->count * (2 * VARINT_MAX_BYTES + 8));
    uint8_t *p = varint_put(begin, g->count);
    for (uint32_t i = 0; i < g->count; i++) {
        const struct series_state *state = &s->series[g->series[i]];
        p = varint_put(p, g->series[i]);
        p = varint_put(p, zigzag(state->time));
        le64_store(p, bits_of(state->value));
        p += 8;
    }
    out->len = (size_t)(p - begin);
}

static bool get_latest(struct store *s, struct bytes blob)
{
    struct reader r = reader_of(blob);
    uint64_t count = blob.len ? read_varint(&r) : 0;
    for (uint64_t i = 0; i < count; i++) {
        uint64_t n = read_varint(&r);
        wall_ms time = read_zigzag(&r);
        double value = from_bits(read_le64(&r));
        if (r.failed) {
            return false;
        }
        struct series_state *state = n < s->series_count ? &s->series[n] : NULL;
        if (state && time > state->time) {
            state->time = time;
            state->value = value;
        }
    }
    return !r.failed;
}

void groups_leave(struct store *s, uint32_t group, uint32_t series)
{
    struct group *g = &s->groups[group];
    ASSERT(!g->open && g->packed.len == 0);
    uint32_t kept = 0;
    for (uint32_t i = 0; i < g->count; i++) {
        if (g->series[i] != series) {
            g->series[kept] = g->series[i];
            s->series[g->series[kept]].column = kept;
            kept++;
        }
    }
    g->count = kept;
    s->series[series].group = GROUP_NONE;
}

struct group_file *groups_change(struct store *s, uint32_t group)
{
    struct undo_list *u = &s->undo;
    u->items = mem_grow(u->items, u->count, &u->cap, sizeof *u->items);
    u->items[u->count++] = (struct undo){group, s->groups[group].file};
    return &s->groups[group].file;
}

void groups_undo(struct store *s)
{
    struct undo_list *u = &s->undo;
    while (u->count > 0) {
        const struct undo *last = &u->items[--u->count];
        s->groups[last->group].file = last->file;
    }
}

enum err groups_write(struct store *s, uint32_t group)
{
    const struct group *g = &s->groups[group];
    sqlite3_stmt *st = db_statement(&s->db, SQL_GROUP_PUT);
    put_latest(s, g, &s->latest);
    bind_u64(st, 1, group);
    bind_u64(st, 2, g->device);
    bind_u64(st, 3, g->dead);
    bind_u64(st, 4, g->file.flushed);
    bind_wall(st, 5, g->file.sealed);
    bind_u64(st, 6, (uint64_t)g->file.open_block);
    bind_u64(st, 7, g->file.patches);
    bind_u64(st, 8, g->file.next_number);
    bind_wall(st, 9, g->file.span);
    bind_wall(st, 10, g->heard);
    bind_blob(st, 11, buf_bytes(&s->latest));
    if (st && g->origin == GROUP_NONE) {
        (void)sqlite3_bind_null(st, 12);
    } else {
        bind_u64(st, 12, g->origin);
    }
    bind_wall(st, 13, g->origin_until);
    for (int i = 0; i < GROUP_TIERS; i++) {
        bind_wall(st, 14 + i, g->file.rolled[i]);
    }
    bind_wall(st, 17, g->file.stale_from);
    bind_wall(st, 18, g->file.stale_to);
    return db_run(&s->db, st);
}

/* Numbers without a row are groups that were deleted: they stay dead and get no blocks. */
static struct group *load_slot(struct store *s, uint32_t id)
{
    while (s->group_count <= id) {
        uint32_t unused = groups_add(s, UINT32_MAX);
        s->groups[unused].dead = true;
    }
    return &s->groups[id];
}

static bool load_group(struct store *s, sqlite3_stmt *st)
{
    if (sqlite3_column_int64(st, 0) < 0 || sqlite3_column_int64(st, 0) >= GROUPS_MAX ||
        column_u32(st, 1) >= GROUPS_MAX) {
        return false;
    }
    uint32_t id = column_u32(st, 0);
    struct group *g = load_slot(s, id);
    g->device = column_u32(st, 1);
    g->dead = sqlite3_column_int(st, 2) != 0;
    g->file.flushed = (uint64_t)sqlite3_column_int64(st, 3);
    g->file.sealed = column_wall(st, 4);
    g->file.open_block = sqlite3_column_int64(st, 5);
    g->file.patches = column_u32(st, 6);
    g->file.next_number = column_u32(st, 7);
    g->file.span = column_wall(st, 8);
    g->heard = column_wall(st, 9);
    g->origin = sqlite3_column_type(st, 11) == SQLITE_NULL ? GROUP_NONE : column_u32(st, 11);
    g->origin_until = column_wall(st, 12);
    for (int i = 0; i < GROUP_TIERS; i++) {
        g->file.rolled[i] = column_wall(st, 13 + i);
    }
    g->file.stale_from = column_wall(st, 16);
    g->file.stale_to = column_wall(st, 17);
    if (g->dead) {
        id_list_add(&s->work.dead, id);
        return true;
    }
    struct device_state *d = device_at(s, g->device);
    d->main_group = d->main_group == GROUP_NONE ? id : d->main_group;
    if (g->file.patches > 0) {
        id_list_add(&s->work.patched, id);
    }
    return get_latest(s, column_bytes(st, 10));
}

enum err groups_load(struct store *s)
{
    sqlite3_stmt *st = db_statement(&s->db, SQL_GROUP_ALL);
    bool row;
    enum err e = db_step(&s->db, st, &row);
    while (e == OK && row) {
        if (!load_group(s, st)) {
            (void)sqlite3_reset(st);
            s->db.code = SQLITE_CORRUPT;
            return ERR_CORRUPT;
        }
        e = db_step(&s->db, st, &row);
    }
    s->groups_stored = s->group_count;
    for (size_t i = 0; i < s->group_count && e == OK; i++) {
        struct group *g = &s->groups[i];
        if (g->origin != GROUP_NONE && g->origin >= s->group_count) {
            s->db.code = SQLITE_CORRUPT;
            e = ERR_CORRUPT;
        }
        rollup_note(s, (uint32_t)i);
    }
    return e;
}
