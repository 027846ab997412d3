/* SPDX-License-Identifier: Apache-2.0 */
/* Alerts, one row each, numbered in the order in which they were created; a transition replaces
 * what can change. A row is open while `resolved` is NULL. */
#include "store/state.h"

static void bind_place(sqlite3_stmt *st, const struct batch *b, const struct alert_change *a)
{
    bind_text(st, 1, bytes_of_text(a->id.text));
    bind_text(st, 2, bytes_of_text(a->rule.text));
    bind_u64(st, 3, a->series.n);
    bind_text(st, 4, batch_text(b, a->device));
    bind_text(st, 5, batch_text(b, a->sensor));
    bind_text(st, 6, bytes_of_text(condition_text(a->condition)));
    bind_text(st, 7, bytes_of_text(severity_text(a->severity)));
}

enum err alerts_write(struct db *db, const struct batch *b, const struct alert_change *a)
{
    sqlite3_stmt *st = db_statement(db, SQL_ALERT_PUT);
    bind_place(st, b, a);
    if (st) {
        (void)sqlite3_bind_double(st, 8, a->threshold);
        (void)sqlite3_bind_double(st, 9, a->value);
    }
    bind_text(st, 10, batch_text(b, a->message));
    bind_text(st, 11, batch_text(b, a->acknowledged_by));
    bind_wall(st, 12, a->acknowledged ? a->acknowledged_at : WALL_NONE);
    bind_wall(st, 13, a->created);
    bind_wall(st, 14, a->updated);
    bind_wall(st, 15, a->resolved);
    return db_run(db, st);
}

static struct text_id text_id_of(struct bytes text)
{
    struct text_id id = {{0}};
    if (text.len) {
        memcpy(id.text, text.ptr, size_min(text.len, sizeof id.text - 1));
    }
    return id;
}

static void read_state(sqlite3_stmt *st, struct alert_change *a)
{
    a->acknowledged_at = column_wall(st, 11);
    a->acknowledged = a->acknowledged_at != WALL_NONE;
    a->created = column_wall(st, 12);
    a->updated = column_wall(st, 13);
    a->resolved = column_wall(st, 14);
    a->transition = a->resolved == WALL_NONE ? ALERT_CREATED : ALERT_RESOLVED;
}

void alerts_read(sqlite3_stmt *st, struct batch *out)
{
    struct alert_change *a = batch_add_alert(out);
    a->id = text_id_of(column_bytes(st, 0));
    a->rule = text_id_of(column_bytes(st, 1));
    a->series = (struct series_id){column_u32(st, 2)};
    a->device = batch_put_text(out, column_bytes(st, 3));
    a->sensor = batch_put_text(out, column_bytes(st, 4));
    /* A word that is not ours keeps the zero of the enum: an old alert is shown all the same. */
    enum err e = condition_parse(column_bytes(st, 5), &a->condition);
    e = e == OK ? severity_parse(column_bytes(st, 6), &a->severity) : e;
    (void)e;
    a->threshold = sqlite3_column_double(st, 7);
    a->value = sqlite3_column_double(st, 8);
    a->message = batch_put_text(out, column_bytes(st, 9));
    a->acknowledged_by = batch_put_text(out, column_bytes(st, 10));
    read_state(st, a);
}
