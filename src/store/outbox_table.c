/* SPDX-License-Identifier: Apache-2.0 */
/* What is owed to people, and which transitions of alerts nobody made rows of yet.
 *
 * Every transition that is written leaves its alert in `unplanned` in the same transaction. The
 * write that brings the rows of it takes it away again, in one transaction too: what is found there
 * at a start was durable and never planned. */
#include "store/reader.h"
#include "store/state.h"

#include "base/mem.h"
#include "model/limits.h"

/* ---- writing ---- */

void store_outbox_append(struct store *s, const struct outbox_write *w)
{
    struct pending *p = &s->pending;
    p->outbox = mem_grow(p->outbox, p->outbox_count, &p->outbox_cap, sizeof(void *));
    p->outbox[p->outbox_count++] = w;
    p->any = true;
    p->urgent = true;
}

void store_outbox_forget(struct store *s)
{
    s->pending.outbox_count = 0;
}

enum err unplanned_write(struct db *db, uint64_t seq, const struct alert_change *a)
{
    sqlite3_stmt *st = db_statement(db, SQL_UNPLANNED_PUT);
    bind_u64(st, 1, seq);
    bind_text(st, 2, bytes_of_text(a->id.text));
    return db_run(db, st);
}

static enum err add_row(struct db *db, const struct outbox_row *row)
{
    sqlite3_stmt *st = db_statement(db, SQL_OUTBOX_ADD);
    bind_text(st, 1, bytes_of_text(row->key));
    bind_text(st, 2, bytes_of_text(row->alert));
    bind_text(st, 3, bytes_of_text(row->channel));
    bind_text(st, 4, bytes_of_text(row->target));
    bind_text(st, 5, bytes_of_text(row->event));
    bind_text(st, 6, bytes_of_text(row->group));
    bind_u64(st, 7, row->step);
    bind_text(st, 8, bytes_of_text(outbox_state_text(row->state)));
    bind_u64(st, 9, row->attempts);
    bind_wall(st, 10, row->due);
    bind_wall(st, 11, row->created);
    bind_wall(st, 12, row->updated);
    bind_text(st, 13, bytes_of_text(row->error));
    bind_text(st, 14, bytes_of_text(row->payload));
    bind_u64(st, 15, row->hushed);
    bind_u64(st, 16, row->repeat_ms);
    return db_run(db, st);
}

static enum err change_row(struct db *db, const struct outbox_row *row)
{
    sqlite3_stmt *st = db_statement(db, SQL_OUTBOX_CHANGE);
    bind_text(st, 1, bytes_of_text(row->key));
    bind_text(st, 2, bytes_of_text(outbox_state_text(row->state)));
    bind_u64(st, 3, row->attempts);
    bind_wall(st, 4, row->due);
    bind_wall(st, 5, row->updated);
    bind_text(st, 6, bytes_of_text(row->error));
    bind_text(st, 7, bytes_of_text(row->payload));
    bind_u64(st, 8, row->hushed);
    return db_run(db, st);
}

static enum err with_number(struct db *db, enum statement id, uint64_t number)
{
    sqlite3_stmt *st = db_statement(db, id);
    bind_u64(st, 1, number);
    return db_run(db, st);
}

static enum err write_one(struct db *db, const struct outbox_write *w)
{
    enum err e = OK;
    for (const struct outbox_row *row = w->added; row && e == OK; row = row->next) {
        e = add_row(db, row);
    }
    for (const struct outbox_row *row = w->changed; row && e == OK; row = row->next) {
        e = change_row(db, row);
    }
    if (e == OK && w->planned_seq) {
        e = with_number(db, SQL_UNPLANNED_DONE, w->planned_seq);
    }
    return e == OK && w->added ? with_number(db, SQL_OUTBOX_PRUNE, LIMIT_OUTBOX_HISTORY) : e;
}

enum err outbox_write_pending(struct store *s)
{
    enum err e = OK;
    for (size_t i = 0; i < s->pending.outbox_count && e == OK; i++) {
        e = write_one(&s->db, s->pending.outbox[i]);
    }
    return e;
}

/* ---- reading ---- */

static char *text_at(sqlite3_stmt *st, int i)
{
    struct bytes text = column_bytes(st, i);
    return mem_text(text.ptr, text.len);
}

static struct outbox_row *read_row(sqlite3_stmt *st)
{
    struct outbox_row *row = mem_zalloc(1, sizeof *row);
    row->key = text_at(st, 0);
    row->alert = text_at(st, 1);
    row->channel = text_at(st, 2);
    row->target = text_at(st, 3);
    row->event = text_at(st, 4);
    row->group = text_at(st, 5);
    row->step = column_u32(st, 6);
    /* A word that is not ours is no reason to tell anybody anything. */
    row->state = OUTBOX_FAILED;
    enum err e = outbox_state_parse(column_bytes(st, 7), &row->state);
    (void)e;
    row->attempts = column_u32(st, 8);
    row->due = column_wall(st, 9);
    row->created = column_wall(st, 10);
    row->updated = column_wall(st, 11);
    row->error = text_at(st, 12);
    row->payload = text_at(st, 13);
    row->open = sqlite3_column_int(st, 14) != 0;
    row->number = (uint64_t)sqlite3_column_int64(st, 15);
    row->hushed = sqlite3_column_int(st, 16) != 0;
    row->repeat_ms = (uint64_t)sqlite3_column_int64(st, 17);
    return row;
}

/* Appends the rows of a bound statement to a list. */
static enum err read_rows(struct db *db, sqlite3_stmt *st, struct outbox_row **list)
{
    bool row = true;
    enum err e = OK;
    while (row && e == OK) {
        e = db_step(db, st, &row);
        if (row && e == OK) {
            *list = read_row(st);
            list = &(*list)->next;
        }
    }
    return e;
}

enum err store_outbox_load(struct store *s, struct outbox_row **rows)
{
    *rows = NULL;
    return read_rows(&s->db, db_statement(&s->db, SQL_OUTBOX_OPEN), rows);
}

enum err store_unplanned(struct store *s, struct batch *out)
{
    sqlite3_stmt *st = db_statement(&s->db, SQL_UNPLANNED_ALL);
    bool row = true;
    enum err e = OK;
    while (row && e == OK) {
        e = db_step(&s->db, st, &row);
        if (row && e == OK) {
            alerts_read(st, out);
        }
    }
    out->seq = s->durable_seq;
    return e;
}

enum err store_outbox_page(struct store_reader *r, size_t limit, uint64_t before,
                           struct outbox_row **rows, struct store_failure *why)
{
    *rows = NULL;
    sqlite3_stmt *st = reader_statement(r, READ_OUTBOX);
    bind_u64(st, 1, before ? before : INT64_MAX);
    bind_u64(st, 2, limit);
    enum err e = read_rows(&r->db, st, rows);
    if (e != OK) {
        db_explain(&r->db, r->path, why);
        e = ERR_IO;
    }
    return e;
}

/* ---- secrets ---- */

enum err store_secret(struct store *s, const char *name, const uint8_t fresh[STORE_SECRET_BYTES],
                      uint8_t out[STORE_SECRET_BYTES])
{
    bool row = false;
    sqlite3_stmt *st = db_statement(&s->db, SQL_SECRET_PUT);
    bind_text(st, 1, bytes_of_text(name));
    bind_blob(st, 2, bytes_of(fresh, STORE_SECRET_BYTES));
    enum err e = db_run(&s->db, st);
    st = db_statement(&s->db, SQL_SECRET_GET);
    bind_text(st, 1, bytes_of_text(name));
    e = e == OK ? db_step(&s->db, st, &row) : e;
    struct bytes value = e == OK && row ? column_bytes(st, 0) : (struct bytes){0};
    if (value.len == STORE_SECRET_BYTES) {
        memcpy(out, value.ptr, STORE_SECRET_BYTES);
    } else {
        e = e == OK ? ERR_CORRUPT : e;
    }
    if (st) {
        (void)sqlite3_reset(st);
    }
    return e;
}
