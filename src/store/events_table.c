/* SPDX-License-Identifier: Apache-2.0 */
/* What devices became, and when: the table `event`, a row a change of status. */
#include "store/state.h"

#include "store/reader.h"

#include "base/mem.h"
#include "model/limits.h"

/* The table is looked over for a device's oldest at each so many rows: seldom enough to cost
 * nothing, often enough that nothing grows. */
#define PRUNE_EVERY 16

enum err events_write(struct db *db, const struct pending_event *event)
{
    sqlite3_stmt *st = db_statement(db, SQL_EVENT_PUT);
    bind_u64(st, 1, event->device);
    bind_wall(st, 2, event->time);
    bind_text(st, 3, bytes_of_text(status_text(event->status)));
    bind_text(st, 4, bytes_of_text(cause_text(event->cause)));
    enum err e = db_run(db, st);
    if (e != OK || sqlite3_last_insert_rowid(db->handle) % PRUNE_EVERY != 0) {
        return e;
    }
    st = db_statement(db, SQL_EVENTS_PRUNE);
    bind_u64(st, 1, event->device);
    bind_u64(st, 2, LIMIT_EVENTS_PER_DEVICE);
    return db_run(db, st);
}

enum err store_events(struct store_reader *r, struct device_id device, wall_ms from, wall_ms to,
                      struct store_events *out, struct store_failure *why)
{
    sqlite3_stmt *st = reader_statement(r, READ_EVENTS);
    bind_u64(st, 1, device.n);
    if (st) {
        (void)sqlite3_bind_int64(st, 2, from);
        (void)sqlite3_bind_int64(st, 3, to);
    }
    bind_u64(st, 4, 2 * LIMIT_EVENTS_PER_DEVICE);
    bool row;
    enum err e = db_step(&r->db, st, &row);
    for (; e == OK && row; e = db_step(&r->db, st, &row)) {
        out->items = mem_grow(out->items, out->count, &out->cap, sizeof *out->items);
        out->items[out->count++] = (struct store_event){
            .time = sqlite3_column_int64(st, 0),
            .status = load_status(column_bytes(st, 1)),
            .cause = load_cause(column_bytes(st, 2)),
        };
    }
    if (e != OK) {
        db_explain(&r->db, r->path, why);
        return ERR_IO;
    }
    return OK;
}
