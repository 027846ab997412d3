/* SPDX-License-Identifier: Apache-2.0 */
/* What a start reads: the tables (all of them) and the journal. No block: those are read when a
 * query or a merge needs them. */
#include "store/state.h"

/* Numbers are given out one by one; a larger one in the file is damage, and tables are arrays. */
#define NUMBER_MAX (1 << 24)

static enum err corrupt(struct store *s, const char *what, struct store_failure *why)
{
    failure_set(why, "%s: %s is damaged; it was left as it is; restore it from a backup", s->path,
                what);
    return ERR_CORRUPT;
}

static enum err explain(struct store *s, enum err e, struct store_failure *why)
{
    if (e != OK) {
        db_explain(&s->db, s->path, why);
    }
    return e == OK || e == ERR_CORRUPT ? e : ERR_IO;
}

static enum err load_meta(struct store *s, const char *key, uint64_t *value)
{
    sqlite3_stmt *st = db_statement(&s->db, SQL_META_GET);
    int64_t number = 0;
    bind_text(st, 1, bytes_of_text(key));
    enum err e = db_number(&s->db, st, 0, &number);
    *value = (uint64_t)number;
    return e;
}

enum device_status load_status(struct bytes word)
{
    enum device_status status = STATUS_UNKNOWN;
    enum err e = status_parse(word, &status);
    return e == OK ? status : STATUS_UNKNOWN;
}

enum status_cause load_cause(struct bytes word)
{
    for (enum status_cause c = CAUSE_NONE; c < CAUSE_COUNT; c++) {
        if (bytes_equal(word, bytes_of_text(cause_text(c)))) {
            return c;
        }
    }
    return CAUSE_NONE;
}

/* ---- tables here ---- */

static bool number_fits(sqlite3_stmt *st, int column)
{
    int64_t n = sqlite3_column_int64(st, column);
    return n >= 0 && n < NUMBER_MAX;
}

typedef bool (*row_reader)(struct store *s, sqlite3_stmt *st, struct batch *out);

static enum err each_row(struct store *s, enum statement id, row_reader read, struct batch *out)
{
    sqlite3_stmt *st = db_statement(&s->db, id);
    bool row;
    enum err e = db_step(&s->db, st, &row);
    while (e == OK && row) {
        if (!read(s, st, out)) {
            (void)sqlite3_reset(st);
            s->db.code = SQLITE_CORRUPT;
            return ERR_CORRUPT;
        }
        e = db_step(&s->db, st, &row);
    }
    return e;
}

static bool take_device(struct store *s, sqlite3_stmt *st, struct batch *out)
{
    (void)out;
    if (!number_fits(st, 0)) {
        return false;
    }
    struct device_state *d = device_at(s, column_u32(st, 0));
    d->known = true;
    d->kept_ms = lifetime_of(&s->config, column_bytes(st, 1), column_bytes(st, 7));
    d->status = load_status(column_bytes(st, 9));
    d->cause = load_cause(column_bytes(st, 10));
    d->since = column_wall(st, 11);
    d->last_seen = column_wall(st, 12);
    return true;
}

static bool note_series(struct store *s, sqlite3_stmt *st, struct batch *out)
{
    (void)out;
    if (!number_fits(st, 0) || !number_fits(st, 1)) {
        return false;
    }
    (void)series_at(s, column_u32(st, 0));
    return true;
}

static bool join_series(struct store *s, sqlite3_stmt *st, struct batch *out)
{
    (void)out;
    uint32_t group = column_u32(st, 2);
    if (group >= s->group_count || s->groups[group].dead ||
        s->groups[group].count >= GROUP_COLUMNS_MAX) {
        return false;
    }
    groups_join(s, group, column_u32(st, 0));
    return true;
}

static bool replay_row(struct store *s, sqlite3_stmt *st, struct batch *out)
{
    (void)out;
    struct bytes row = column_bytes(st, 1);
    s->journal_bytes += row.len;
    return journal_replay(s, row);
}

/* Makes the tables as long as they ever were; see commit.c. */
static enum err load_next_ids(struct store *s)
{
    uint64_t devices = 0, series = 0;
    enum err e = load_meta(s, "device_ids", &devices);
    e = e == OK ? load_meta(s, "series_ids", &series) : e;
    if (e == OK && (devices > NUMBER_MAX || series > NUMBER_MAX)) {
        return ERR_CORRUPT;
    }
    if (e == OK && devices) {
        (void)device_at(s, (uint32_t)devices - 1);
    }
    if (e == OK && series) {
        (void)series_at(s, (uint32_t)series - 1);
    }
    return e;
}

enum err load_tables(struct store *s, struct store_failure *why)
{
    enum err e = load_meta(s, "last_seq", &s->durable_seq);
    e = e == OK ? load_meta(s, "readings", &s->block_cells) : e;
    uint64_t budget_cut = 0;
    e = e == OK ? load_meta(s, "budget_cut", &budget_cut) : e;
    s->budget_cut = budget_cut ? (wall_ms)budget_cut : WALL_NONE;
    e = e == OK ? load_next_ids(s) : e;
    e = e == OK ? each_row(s, SQL_DEVICE_ALL, take_device, NULL) : e;
    e = e == OK ? each_row(s, SQL_SERIES_ALL, note_series, NULL) : e;
    e = e == OK ? groups_load(s) : e;
    e = e == OK ? each_row(s, SQL_SERIES_ALL, join_series, NULL) : e;
    if (e != OK) {
        return explain(s, e, why);
    }
    s->appended_seq = s->durable_seq;
    e = each_row(s, SQL_JOURNAL_ALL, replay_row, NULL);
    return e == ERR_CORRUPT ? corrupt(s, "the journal", why) : explain(s, e, why);
}

/* ---- the snapshot ---- */

static struct text_ref text_at(sqlite3_stmt *st, int column, struct batch *out)
{
    return batch_put_text(out, column_bytes(st, column));
}

static struct text_id id_at(sqlite3_stmt *st, int column)
{
    struct text_id id = {{0}};
    struct bytes text = column_bytes(st, column);
    if (text.len) {
        memcpy(id.text, text.ptr, size_min(text.len, sizeof id.text - 1));
    }
    return id;
}

static bool put_device(struct store *s, sqlite3_stmt *st, struct batch *out)
{
    struct device_change *c = batch_add_device(out);
    c->device = (struct device_id){column_u32(st, 0)};
    c->id = text_at(st, 1, out);
    c->name = text_at(st, 2, out);
    c->model = text_at(st, 3, out);
    c->place = text_at(st, 4, out);
    c->located = sqlite3_column_type(st, 5) != SQLITE_NULL;
    c->lat = sqlite3_column_double(st, 5);
    c->lng = sqlite3_column_double(st, 6);
    c->tags = text_at(st, 7, out);
    c->attributes = text_at(st, 8, out);
    c->manufacturer = text_at(st, 13, out);
    c->pinned = column_u32(st, 14);
    const struct device_state *d = device_at(s, c->device.n);
    c->status = d->status;
    c->cause = d->cause;
    c->since = d->since;
    c->last_seen = d->last_seen;
    return true;
}

static bool put_series(struct store *s, sqlite3_stmt *st, struct batch *out)
{
    struct series_change *c = batch_add_series(out);
    c->series = (struct series_id){column_u32(st, 0)};
    c->device = (struct device_id){column_u32(st, 1)};
    c->sensor = text_at(st, 3, out);
    c->name = text_at(st, 4, out);
    c->unit = text_at(st, 5, out);
    c->topic = text_at(st, 6, out);
    c->kind = bytes_equal(column_bytes(st, 7), BYTES("boolean")) ? KIND_BOOLEAN : KIND_NUMBER;
    c->ranged = sqlite3_column_type(st, 8) != SQLITE_NULL;
    c->min = sqlite3_column_double(st, 8);
    c->max = sqlite3_column_double(st, 9);
    c->decimals = sqlite3_column_int(st, 10);
    c->unit_pinned = sqlite3_column_int(st, 11) != 0;
    const struct series_state *state = series_at(s, c->series.n);
    c->has_latest = state->time != WALL_NONE;
    c->time = state->time;
    c->value = state->value;
    return true;
}

static bool put_rule(struct store *s, sqlite3_stmt *st, struct batch *out)
{
    (void)s;
    struct rule_change *c = batch_add_rule(out);
    c->id = id_at(st, 0);
    c->name = text_at(st, 1, out);
    c->definition = text_at(st, 2, out);
    c->enabled = sqlite3_column_int(st, 3) != 0;
    c->created = column_wall(st, 4);
    c->updated = column_wall(st, 5);
    return true;
}

static bool put_alert(struct store *s, sqlite3_stmt *st, struct batch *out)
{
    (void)s;
    alerts_read(st, out);
    return true;
}

static bool put_token(struct store *s, sqlite3_stmt *st, struct batch *out)
{
    (void)s;
    struct token *t = batch_add_token(out);
    struct bytes hash = column_bytes(st, 2);
    if (hash.len != sizeof t->hash) {
        return false;
    }
    memcpy(t->hash, hash.ptr, sizeof t->hash);
    t->id = id_at(st, 0);
    t->created = column_wall(st, 3);
    return role_parse(column_bytes(st, 1), &t->role) == OK;
}

static bool put_account(struct store *s, sqlite3_stmt *st, struct batch *out)
{
    (void)s;
    return accounts_read(st, out);
}

static bool put_login(struct store *s, sqlite3_stmt *st, struct batch *out)
{
    (void)s;
    return logins_read(st, out);
}

static bool put_credential(struct store *s, sqlite3_stmt *st, struct batch *out)
{
    (void)s;
    return credentials_read(st, out);
}

static bool put_document(struct store *s, sqlite3_stmt *st, struct batch *out)
{
    (void)s;
    return documents_read(st, out);
}

/* Any reading is a sign of life, and only its group notes when it came. */
static void hear_groups(struct store *s)
{
    for (size_t i = 0; i < s->group_count; i++) {
        const struct group *g = &s->groups[i];
        if (!g->dead) {
            struct device_state *d = device_at(s, g->device);
            d->last_seen = g->heard > d->last_seen ? g->heard : d->last_seen;
        }
    }
}

enum err store_load(struct store *s, struct batch *snapshot)
{
    hear_groups(s);
    snapshot->seq = s->durable_seq;
    snapshot->device_ids = (uint32_t)s->device_count;
    snapshot->series_ids = (uint32_t)s->series_count;
    enum err e = each_row(s, SQL_DEVICE_ALL, put_device, snapshot);
    e = e == OK ? each_row(s, SQL_SERIES_ALL, put_series, snapshot) : e;
    e = e == OK ? each_row(s, SQL_RULE_ALL, put_rule, snapshot) : e;
    e = e == OK ? each_row(s, SQL_ALERT_OPEN, put_alert, snapshot) : e;
    e = e == OK ? each_row(s, SQL_TOKEN_ALL, put_token, snapshot) : e;
    e = e == OK ? each_row(s, SQL_ACCOUNT_ALL, put_account, snapshot) : e;
    e = e == OK ? each_row(s, SQL_LOGIN_ALL, put_login, snapshot) : e;
    uint64_t claimed = 0;
    e = e == OK ? load_meta(s, "claimed", &claimed) : e;
    snapshot->claimed = claimed != 0 || snapshot->token_count + snapshot->account_count > 0;
    e = e == OK ? each_row(s, SQL_CREDENTIAL_ALL, put_credential, snapshot) : e;
    e = e == OK ? each_row(s, SQL_DOCUMENT_ALL, put_document, snapshot) : e;
    return e;
}

enum err store_news(struct store *s, struct batch *out)
{
    enum err e = each_row(s, SQL_DEVICE_ALL, put_device, out);
    e = e == OK ? each_row(s, SQL_RULE_ALL, put_rule, out) : e;
    e = e == OK ? each_row(s, SQL_DOCUMENT_ALL, put_document, out) : e;
    return e == OK ? store_unplanned(s, out) : e;
}
