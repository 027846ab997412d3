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

static void bind_more(sqlite3_stmt *st, const struct batch *b, const struct alert_change *a)
{
    bind_text(st, 16, batch_text(b, a->rule_name));
    bind_text(st, 17, batch_text(b, a->note));
    bind_wall(st, 18, a->since);
    bind_wall(st, 19, a->fired);
    bind_text(st, 20, bytes_of_text(cause_text(a->cause)));
    bind_u64(st, 21, a->raised);
    bind_u64(st, 22, a->late);
    bind_text(st, 23, bytes_of_text(alert_mute_text(a->muted)));
    bind_wall(st, 24, a->muted_until);
    bind_text(st, 25, batch_text(b, a->muted_by));
}

/* A pending alert that never fired leaves no trace. */
static enum err delete_alert(struct db *db, const struct alert_change *a)
{
    sqlite3_stmt *st = db_statement(db, SQL_ALERT_DELETE);
    bind_text(st, 1, bytes_of_text(a->id.text));
    return db_run(db, st);
}

enum err alerts_write(struct db *db, const struct batch *b, const struct alert_change *a)
{
    if (a->transition == ALERT_DROPPED) {
        return delete_alert(db, a);
    }
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
    bind_more(st, b, a);
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
    a->since = column_wall(st, 17) == WALL_NONE ? a->created : column_wall(st, 17);
    a->fired = column_wall(st, 18);
    bool pending = a->fired == WALL_NONE;
    a->transition = a->resolved != WALL_NONE ? ALERT_RESOLVED
                    : pending                ? ALERT_PENDING
                                             : ALERT_CREATED;
    a->state = a->resolved != WALL_NONE ? ALERT_STATE_RESOLVED
               : pending                ? ALERT_STATE_PENDING
               : a->acknowledged        ? ALERT_STATE_ACKNOWLEDGED
                                        : ALERT_STATE_FIRING;
}

/* A word that is not ours keeps the zero of its enum: an old alert is shown all the same. */
static void read_words(sqlite3_stmt *st, struct alert_change *a)
{
    enum err e = condition_parse(column_bytes(st, 5), &a->condition);
    e = e == OK ? severity_parse(column_bytes(st, 6), &a->severity) : e;
    e = e == OK ? alert_mute_parse(column_bytes(st, 22), &a->muted) : e;
    (void)e;
    a->cause = load_cause(column_bytes(st, 19));
    a->raised = sqlite3_column_int(st, 20) != 0;
    a->late = sqlite3_column_int(st, 21) != 0;
    a->muted_until = column_wall(st, 23);
}

void alerts_read(sqlite3_stmt *st, struct batch *out)
{
    struct alert_change *a = batch_add_alert(out);
    a->id = text_id_of(column_bytes(st, 0));
    a->rule = text_id_of(column_bytes(st, 1));
    a->series = (struct series_id){column_u32(st, 2)};
    a->device = batch_put_text(out, column_bytes(st, 3));
    a->sensor = batch_put_text(out, column_bytes(st, 4));
    read_words(st, a);
    a->threshold = sqlite3_column_double(st, 7);
    a->value = sqlite3_column_double(st, 8);
    a->message = batch_put_text(out, column_bytes(st, 9));
    a->acknowledged_by = batch_put_text(out, column_bytes(st, 10));
    a->rule_name = batch_put_text(out, column_bytes(st, 15));
    a->note = batch_put_text(out, column_bytes(st, 16));
    a->muted_by = batch_put_text(out, column_bytes(st, 24));
    read_state(st, a);
}
