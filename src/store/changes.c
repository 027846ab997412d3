/* SPDX-License-Identifier: Apache-2.0 */
/* Everything in a batch but its readings: devices, series, rules, alerts, tokens, statuses. Rare
 * beside readings, so a copy of the changes waits for the commit and is written row by row then.
 * Statuses come often and replace each other: only the last of a device is written. */
#include "store/state.h"

#include "base/mem.h"

/* ---- tables in memory ---- */

struct device_state *device_at(struct store *s, uint32_t n)
{
    if (n >= s->device_count) {
        if (n >= s->device_cap) {
            s->device_cap = size_max(n + (size_t)1, s->device_cap * 2);
            s->devices = mem_resize(s->devices, s->device_cap, sizeof *s->devices);
        }
        for (size_t i = s->device_count; i <= n; i++) {
            s->devices[i] = (struct device_state){
                .main_group = GROUP_NONE, .since = WALL_NONE, .last_seen = WALL_NONE};
        }
        s->device_count = n + (size_t)1;
    }
    return &s->devices[n];
}

struct series_state *series_at(struct store *s, uint32_t n)
{
    if (n >= s->series_count) {
        if (n >= s->series_cap) {
            s->series_cap = size_max(n + (size_t)1, s->series_cap * 2);
            s->series = mem_resize(s->series, s->series_cap, sizeof *s->series);
        }
        for (size_t i = s->series_count; i <= n; i++) {
            s->series[i] = (struct series_state){.group = GROUP_NONE, .time = WALL_NONE};
        }
        s->series_count = n + (size_t)1;
    }
    return &s->series[n];
}

static void forget_device(struct store *s, uint32_t n)
{
    struct device_state *d = device_at(s, n);
    *d =
        (struct device_state){.main_group = GROUP_NONE, .since = WALL_NONE, .last_seen = WALL_NONE};
    for (size_t i = 0; i < s->group_count; i++) {
        if (s->groups[i].device == n && !s->groups[i].dead) {
            groups_kill(s, (uint32_t)i);
        }
    }
}

static void apply_device(struct store *s, const struct batch *b, const struct device_change *c)
{
    if (c->deleted) {
        forget_device(s, c->device.n);
        return;
    }
    struct device_state *d = device_at(s, c->device.n);
    d->known = true;
    d->kept_ms = lifetime_of(&s->config, batch_text(b, c->id), batch_text(b, c->tags));
    d->status = c->status;
    d->cause = c->cause;
    d->since = c->since;
    d->last_seen = c->last_seen > d->last_seen ? c->last_seen : d->last_seen;
}

/* A new sensor begins in the main group of its device. */
static void apply_series(struct store *s, const struct series_change *c)
{
    struct series_state *state = series_at(s, c->series.n);
    if (state->group != GROUP_NONE) {
        return;
    }
    struct device_state *d = device_at(s, c->device.n);
    if (d->main_group == GROUP_NONE || s->groups[d->main_group].count >= GROUP_COLUMNS_MAX) {
        d->main_group = groups_add(s, c->device.n);
    }
    groups_join(s, d->main_group, c->series.n);
}

static void apply_status(struct store *s, const struct status_change *c)
{
    struct device_state *d = device_at(s, c->device.n);
    if (!d->known) {
        return;
    }
    d->status = c->status;
    d->cause = c->cause;
    d->since = c->since;
    d->last_seen = c->last_seen > d->last_seen ? c->last_seen : d->last_seen;
    struct pending *p = &s->pending;
    if (!c->repeated && c->since != WALL_NONE) {
        p->events = mem_grow(p->events, p->event_count, &p->event_cap, sizeof *p->events);
        p->events[p->event_count++] =
            (struct pending_event){c->device.n, c->status, c->cause, c->since};
    }
    if (!d->dirty) {
        d->dirty = true;
        p->devices = mem_grow(p->devices, p->device_count, &p->device_cap, sizeof *p->devices);
        p->devices[p->device_count++] = c->device.n;
    }
}

/* ---- the copy ---- */

static struct text_ref copy_text(struct batch *into, const struct batch *b, struct text_ref t)
{
    return batch_put_text(into, batch_text(b, t));
}

static void copy_devices(struct batch *into, const struct batch *b)
{
    for (size_t i = 0; i < b->device_count; i++) {
        const struct device_change *from = &b->devices[i];
        struct device_change *c = batch_add_device(into);
        *c = *from;
        c->id = copy_text(into, b, from->id);
        c->name = copy_text(into, b, from->name);
        c->manufacturer = copy_text(into, b, from->manufacturer);
        c->model = copy_text(into, b, from->model);
        c->place = copy_text(into, b, from->place);
        c->tags = copy_text(into, b, from->tags);
        c->attributes = copy_text(into, b, from->attributes);
    }
}

static void copy_series(struct batch *into, const struct batch *b)
{
    for (size_t i = 0; i < b->series_count; i++) {
        const struct series_change *from = &b->series[i];
        struct series_change *c = batch_add_series(into);
        *c = *from;
        c->sensor = copy_text(into, b, from->sensor);
        c->name = copy_text(into, b, from->name);
        c->unit = copy_text(into, b, from->unit);
        c->topic = copy_text(into, b, from->topic);
    }
}

static void copy_rules(struct batch *into, const struct batch *b)
{
    for (size_t i = 0; i < b->rule_count; i++) {
        const struct rule_change *from = &b->rules[i];
        struct rule_change *c = batch_add_rule(into);
        *c = *from;
        c->name = copy_text(into, b, from->name);
        c->definition = copy_text(into, b, from->definition);
    }
}

static void copy_alerts(struct batch *into, const struct batch *b)
{
    for (size_t i = 0; i < b->alert_count; i++) {
        const struct alert_change *from = &b->alerts[i];
        struct alert_change *c = batch_add_alert(into);
        *c = *from;
        c->device = copy_text(into, b, from->device);
        c->sensor = copy_text(into, b, from->sensor);
        c->message = copy_text(into, b, from->message);
        c->acknowledged_by = copy_text(into, b, from->acknowledged_by);
        c->rule_name = copy_text(into, b, from->rule_name);
        c->note = copy_text(into, b, from->note);
        c->muted_by = copy_text(into, b, from->muted_by);
    }
}

static void copy_changes(struct store *s, const struct batch *b)
{
    struct batch *into = batch_pool_take(s->copies);
    into->seq = b->seq;
    copy_devices(into, b);
    copy_series(into, b);
    copy_rules(into, b);
    copy_alerts(into, b);
    for (size_t i = 0; i < b->token_count; i++) {
        *batch_add_token(into) = b->tokens[i];
    }
    accounts_copy(into, b);
    credentials_copy(into, b);
    documents_copy(into, b);
    struct pending *p = &s->pending;
    p->changes = mem_grow(p->changes, p->change_count, &p->change_cap, sizeof(struct batch *));
    p->changes[p->change_count++] = into;
}

void changes_take(struct store *s, const struct batch *b)
{
    for (size_t i = 0; i < b->device_count; i++) {
        apply_device(s, b, &b->devices[i]);
    }
    for (size_t i = 0; i < b->series_count; i++) {
        apply_series(s, &b->series[i]);
    }
    for (size_t i = 0; i < b->status_count; i++) {
        apply_status(s, &b->statuses[i]);
    }
    if (b->device_count + b->series_count + b->rule_count + b->alert_count + b->token_count +
            b->account_count + b->login_count + b->credential_count + b->document_count >
        0) {
        copy_changes(s, b);
    }
}

/* ---- rows ---- */

/* Causes are kept as words, so that a file never depends on the order of an enum. */
static struct bytes status_word(enum device_status status)
{
    return bytes_of_text(status_text(status));
}

static struct bytes cause_word(enum status_cause cause)
{
    return bytes_of_text(cause_text(cause));
}

static enum err write_device(struct store *s, const struct batch *b, const struct device_change *c)
{
    if (c->deleted) {
        sqlite3_stmt *st = db_statement(&s->db, SQL_DEVICE_DELETE);
        bind_u64(st, 1, c->device.n);
        enum err e = db_run(&s->db, st);
        st = db_statement(&s->db, SQL_SERIES_DELETE);
        bind_u64(st, 1, c->device.n);
        e = e == OK ? db_run(&s->db, st) : e;
        st = db_statement(&s->db, SQL_EVENTS_DELETE);
        bind_u64(st, 1, c->device.n);
        return e == OK ? db_run(&s->db, st) : e;
    }
    sqlite3_stmt *st = db_statement(&s->db, SQL_DEVICE_PUT);
    bind_u64(st, 1, c->device.n);
    bind_text(st, 2, batch_text(b, c->id));
    bind_text(st, 3, batch_text(b, c->name));
    bind_text(st, 4, batch_text(b, c->model));
    bind_text(st, 5, batch_text(b, c->place));
    if (st && c->located) {
        (void)sqlite3_bind_double(st, 6, c->lat);
        (void)sqlite3_bind_double(st, 7, c->lng);
    } else if (st) {
        (void)sqlite3_bind_null(st, 6);
        (void)sqlite3_bind_null(st, 7);
    }
    bind_blob(st, 8, batch_text(b, c->tags));
    bind_text(st, 9, batch_text(b, c->attributes));
    bind_text(st, 10, status_word(c->status));
    bind_text(st, 11, cause_word(c->cause));
    bind_wall(st, 12, c->since);
    bind_wall(st, 13, c->last_seen);
    bind_text(st, 14, batch_text(b, c->manufacturer));
    bind_u64(st, 15, c->pinned);
    return db_run(&s->db, st);
}

static enum err write_series(struct store *s, const struct batch *b, const struct series_change *c)
{
    sqlite3_stmt *st = db_statement(&s->db, SQL_SERIES_PUT);
    bind_u64(st, 1, c->series.n);
    bind_u64(st, 2, c->device.n);
    bind_u64(st, 3, series_at(s, c->series.n)->group);
    bind_text(st, 4, batch_text(b, c->sensor));
    bind_text(st, 5, batch_text(b, c->name));
    bind_text(st, 6, batch_text(b, c->unit));
    bind_text(st, 7, batch_text(b, c->topic));
    bind_text(st, 8, c->kind == KIND_BOOLEAN ? BYTES("boolean") : BYTES("number"));
    if (st && c->ranged) {
        (void)sqlite3_bind_double(st, 9, c->min);
        (void)sqlite3_bind_double(st, 10, c->max);
    } else if (st) {
        (void)sqlite3_bind_null(st, 9);
        (void)sqlite3_bind_null(st, 10);
    }
    if (st) {
        (void)sqlite3_bind_int(st, 11, c->decimals);
    }
    bind_u64(st, 12, c->unit_pinned);
    return db_run(&s->db, st);
}

static enum err write_rule(struct store *s, const struct batch *b, const struct rule_change *c)
{
    if (c->deleted) {
        sqlite3_stmt *st = db_statement(&s->db, SQL_RULE_DELETE);
        bind_text(st, 1, bytes_of_text(c->id.text));
        return db_run(&s->db, st);
    }
    sqlite3_stmt *st = db_statement(&s->db, SQL_RULE_PUT);
    bind_text(st, 1, bytes_of_text(c->id.text));
    bind_text(st, 2, batch_text(b, c->name));
    bind_text(st, 3, batch_text(b, c->definition));
    bind_u64(st, 4, c->enabled);
    bind_wall(st, 5, c->created);
    bind_wall(st, 6, c->updated);
    return db_run(&s->db, st);
}

static enum err write_token(struct store *s, const struct token *t)
{
    sqlite3_stmt *st = db_statement(&s->db, t->revoked ? SQL_TOKEN_DELETE : SQL_TOKEN_PUT);
    bind_text(st, 1, bytes_of_text(t->id.text));
    if (!t->revoked) {
        bind_text(st, 2, bytes_of_text(role_text(t->role)));
        bind_blob(st, 3, bytes_of(t->hash, sizeof t->hash));
        bind_wall(st, 4, t->created);
    }
    return db_run(&s->db, st);
}

static enum err write_copy(struct store *s, const struct batch *b)
{
    enum err e = OK;
    for (size_t i = 0; i < b->device_count && e == OK; i++) {
        e = write_device(s, b, &b->devices[i]);
    }
    for (size_t i = 0; i < b->series_count && e == OK; i++) {
        e = write_series(s, b, &b->series[i]);
    }
    for (size_t i = 0; i < b->rule_count && e == OK; i++) {
        e = write_rule(s, b, &b->rules[i]);
    }
    for (size_t i = 0; i < b->alert_count && e == OK; i++) {
        e = alerts_write(&s->db, b, &b->alerts[i]);
        e = e == OK ? unplanned_write(&s->db, b->seq, &b->alerts[i]) : e;
    }
    for (size_t i = 0; i < b->token_count && e == OK; i++) {
        e = write_token(s, &b->tokens[i]);
    }
    e = e == OK ? accounts_write(s, b) : e;
    for (size_t i = 0; i < b->credential_count && e == OK; i++) {
        e = credentials_write(&s->db, b, &b->credentials[i]);
    }
    for (size_t i = 0; i < b->document_count && e == OK; i++) {
        e = documents_write(&s->db, b, &b->documents[i]);
    }
    return e;
}

static enum err write_status(struct store *s, uint32_t device)
{
    const struct device_state *d = &s->devices[device];
    if (!d->known) {
        return OK;
    }
    sqlite3_stmt *st = db_statement(&s->db, SQL_DEVICE_STATUS);
    bind_u64(st, 1, device);
    bind_text(st, 2, status_word(d->status));
    bind_text(st, 3, cause_word(d->cause));
    bind_wall(st, 4, d->since);
    bind_wall(st, 5, d->last_seen);
    return db_run(&s->db, st);
}

/* A group that died before its row was written is written all the same, to be deleted in order. */
static enum err write_groups(struct store *s)
{
    enum err e = OK;
    for (size_t i = s->groups_stored; i < s->group_count && e == OK; i++) {
        e = groups_write(s, (uint32_t)i);
    }
    for (size_t i = 0; i < s->work.dead.count && e == OK; i++) {
        sqlite3_stmt *st = db_statement(&s->db, SQL_GROUP_KILL);
        bind_u64(st, 1, s->work.dead.ids[i]);
        e = db_run(&s->db, st);
    }
    return e;
}

enum err changes_write(struct store *s)
{
    const struct pending *p = &s->pending;
    enum err e = write_groups(s);
    for (size_t i = 0; i < p->change_count && e == OK; i++) {
        e = write_copy(s, p->changes[i]);
    }
    for (size_t i = 0; i < p->device_count && e == OK; i++) {
        e = write_status(s, p->devices[i]);
    }
    for (size_t i = 0; i < p->event_count && e == OK; i++) {
        e = events_write(&s->db, &p->events[i]);
    }
    return e == OK ? outbox_write_pending(s) : e;
}
