/* SPDX-License-Identifier: Apache-2.0 */
/* The store as its callers see it: what was appended is there, before and after blocks, restarts,
 * deletions and refusals. */
#include "fixture.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>

static void assert_rows(struct fixture *f, uint32_t series, const double *values, size_t count)
{
    struct store_samples got = fx_query(f, series, INT64_MIN, INT64_MAX, 1000);
    assert_int_equal(got.tier, STORE_RAW);
    assert_int_equal(got.count, count);
    for (size_t i = 0; i < count; i++) {
        assert_true(got.rows[i].mean == values[i]);
        assert_int_equal(got.rows[i].n, 1);
    }
    store_samples_fini(&got);
}

static void appended_readings_are_there_before_and_after_a_restart(void **state)
{
    struct fixture *f = *state;
    fx_open(f);
    fx_fleet(f, 2, 2);
    struct batch *b = fx_batch(f);
    fx_add_reading(b, 0, T0, 1.5);
    fx_add_reading(b, 1, T0, 2.5);
    fx_add_reading(b, 3, T0 + 10, -0.25);
    fx_append(f, b);
    static const double first[] = {1.5};
    assert_rows(f, 0, first, 1);
    assert_int_equal(fx_readings(f), 0);
    fx_commit(f);
    assert_int_equal(fx_readings(f), 3);

    fx_close(f);
    fx_open(f);
    assert_int_equal(fx_readings(f), 3);
    assert_rows(f, 0, first, 1);
    assert_rows(f, 2, NULL, 0);
    static const double last[] = {-0.25};
    assert_rows(f, 3, last, 1);
}

static void old_journal_rows_become_blocks_and_replay_adds_nothing(void **state)
{
    struct fixture *f = *state;
    f->config.journal_age_ms = 1000;
    fx_open(f);
    fx_fleet(f, 1, 2);
    double values[600];
    for (int i = 0; i < 600; i++) {
        struct batch *b = fx_batch(f);
        values[i] = i / 10.0;
        fx_add_reading(b, 0, T0 + i * 1000, values[i]);
        fx_add_reading(b, 1, T0 + i * 1000, -values[i]);
        fx_append(f, b);
    }
    fx_commit(f);
    f->now += 2000;
    fx_work(f);
    struct store_points tail = {0};
    store_tail(f->store, (struct series_id){0}, INT64_MIN, INT64_MAX, &tail);
    assert_int_equal(tail.count, 0);
    store_points_fini(&tail);
    assert_rows(f, 0, values, 600);
    assert_int_equal(fx_readings(f), 1200);
    fx_close(f);
    fx_open(f);
    assert_int_equal(fx_readings(f), 1200);
    assert_rows(f, 0, values, 600);
}

static void a_reading_told_twice_counts_once_and_the_later_wins(void **state)
{
    struct fixture *f = *state;
    f->config.journal_age_ms = 1000;
    fx_open(f);
    fx_fleet(f, 1, 1);
    for (int i = 0; i < 3; i++) {
        struct batch *b = fx_batch(f);
        fx_add_reading(b, 0, T0, i);
        fx_append(f, b);
        fx_commit(f);
        assert_int_equal(fx_readings(f), 1);
    }
    static const double two[] = {2};
    assert_rows(f, 0, two, 1);
    f->now += 2000;
    fx_work(f);
    struct batch *b = fx_batch(f);
    fx_add_reading(b, 0, T0, 7);
    fx_append(f, b);
    fx_commit(f);
    static const double seven[] = {7};
    assert_rows(f, 0, seven, 1);
    f->now += 2000;
    fx_work(f);
    assert_int_equal(fx_readings(f), 1);
    assert_rows(f, 0, seven, 1);
}

static void last_known_and_unstored_readings_leave_no_trace(void **state)
{
    struct fixture *f = *state;
    fx_open(f);
    fx_fleet(f, 1, 1);
    struct batch *b = fx_batch(f);
    batch_add_reading(b, (struct reading){0, READING_LAST_KNOWN, T0, 1});
    batch_add_reading(b, (struct reading){0, READING_NOT_STORED, T0 + 1, 2});
    fx_append(f, b);
    fx_commit(f);
    assert_int_equal(fx_readings(f), 0);
    assert_rows(f, 0, NULL, 0);
}

static void a_range_with_too_many_readings_comes_in_buckets(void **state)
{
    struct fixture *f = *state;
    f->config.journal_age_ms = 1000;
    fx_open(f);
    fx_fleet(f, 1, 1);
    struct batch *b = fx_batch(f);
    for (int i = 0; i < 3600; i++) {
        fx_add_reading(b, 0, T0 + i * 1000, i == 1234 ? 1e6 : i % 60);
    }
    fx_append(f, b);
    fx_commit(f);
    for (int pass = 0; pass < 2; pass++) {
        struct store_samples got = fx_query(f, 0, T0, T0 + 3600 * 1000, 60);
        assert_int_equal(got.tier, STORE_BUCKETS);
        assert_int_equal(got.step, 60000);
        assert_int_equal(got.count, 60);
        uint64_t n = 0;
        double highest = 0;
        for (size_t i = 0; i < got.count; i++) {
            assert_int_equal(got.rows[i].time, T0 + (wall_ms)i * 60000);
            assert_true(got.rows[i].min == 0);
            n += got.rows[i].n;
            highest = got.rows[i].max > highest ? got.rows[i].max : highest;
        }
        assert_int_equal(n, 3600);
        assert_true(highest == 1e6);
        assert_true(got.rows[0].mean == 29.5);
        store_samples_fini(&got);
        got = fx_query(f, 0, INT64_MIN, INT64_MAX, 1);
        assert_int_equal(got.count, 1);
        assert_int_equal(got.rows[0].n, 3600);
        store_samples_fini(&got);
        f->now += 2000;
        fx_work(f);
    }
}

static void sensors_of_one_device_share_times_however_they_come(void **state)
{
    struct fixture *f = *state;
    f->config.journal_age_ms = 1000;
    fx_open(f);
    fx_fleet(f, 1, 3);
    double values[3][500];
    for (int i = 0; i < 500; i++) {
        for (uint32_t sensor = 0; sensor < 3; sensor++) {
            struct batch *b = fx_batch(f);
            values[sensor][i] = i + sensor / 4.0;
            fx_add_reading(b, sensor, T0 + i * 500, values[sensor][i]);
            fx_append(f, b);
        }
    }
    fx_commit(f);
    f->now += 2000;
    fx_work(f);
    for (uint32_t sensor = 0; sensor < 3; sensor++) {
        assert_rows(f, sensor, values[sensor], 500);
    }
    assert_int_equal(fx_readings(f), 1500);
}

static void sensors_that_share_no_times_part_and_stay_whole(void **state)
{
    struct fixture *f = *state;
    f->config.journal_age_ms = 1000;
    fx_open(f);
    fx_fleet(f, 1, 3);
    for (int round = 0; round < 4; round++) {
        for (int i = 0; i < 100; i++) {
            struct batch *b = fx_batch(f);
            for (uint32_t sensor = 0; sensor < 3; sensor++) {
                int at = round * 100 + i;
                fx_add_reading(b, sensor, T0 + at * 1000 + (wall_ms)sensor * 300,
                               at + (double)sensor);
            }
            fx_append(f, b);
        }
        fx_commit(f);
        f->now += 2000;
        if (round < 3) {
            fx_work(f);
        }
        if (round == 1) {
            fx_close(f);
            fx_open(f);
        }
    }
    double values[400];
    for (uint32_t sensor = 0; sensor < 3; sensor++) {
        for (int i = 0; i < 400; i++) {
            values[i] = i + (double)sensor;
        }
        assert_rows(f, sensor, values, 400);
    }
    assert_int_equal(fx_readings(f), 1200);
}

/* ---- tables ---- */

static void add_credential(struct batch *b)
{
    struct credential_change *gone = batch_add_credential(b);
    gone->id = batch_put_text(b, BYTES("gone"));
    gone->revoked = gone->last_used = WALL_NONE;
    struct credential_change *c = batch_add_credential(b);
    c->id = batch_put_text(b, BYTES("pump"));
    c->name = batch_put_text(b, BYTES("The pump"));
    c->common_name = batch_put_text(b, BYTES("cn"));
    c->speaks_for = batch_put_text(b, BYTES("pump\0pump-*\0"));
    c->subscribe = batch_put_text(b, BYTES("#\0"));
    c->has_fingerprint = true;
    memset(c->fingerprint, 0x5a, sizeof c->fingerprint);
    c->created = T0;
    c->revoked = T0 + 1;
    c->last_used = WALL_NONE;
    struct credential_change *forgotten = batch_add_credential(b);
    forgotten->forgotten = true;
    forgotten->id = b->credentials[0].id;
}

static void expect_credential(const struct batch *b)
{
    assert_int_equal(b->credential_count, 1);
    const struct credential_change *c = &b->credentials[0];
    assert_true(bytes_equal(batch_text(b, c->id), BYTES("pump")));
    assert_true(bytes_equal(batch_text(b, c->name), BYTES("The pump")));
    assert_true(bytes_equal(batch_text(b, c->common_name), BYTES("cn")));
    assert_true(bytes_equal(batch_text(b, c->speaks_for), BYTES("pump\0pump-*\0")));
    assert_true(bytes_equal(batch_text(b, c->publish), BYTES("")));
    assert_true(bytes_equal(batch_text(b, c->subscribe), BYTES("#\0")));
    assert_true(c->has_fingerprint && !c->has_secret);
    assert_int_equal(c->fingerprint[31], 0x5a);
    assert_true(c->created == T0 && c->revoked == T0 + 1 && c->last_used == WALL_NONE);
}

static void add_rule_and_alert(struct batch *b)
{
    struct rule_change *r = batch_add_rule(b);
    (void)snprintf(r->id.text, sizeof r->id.text, "r-1");
    r->name = batch_put_text(b, BYTES("<img src=x>"));
    r->definition = batch_put_text(b, BYTES("{\"threshold\":30.1}"));
    r->enabled = true;
    r->created = r->updated = T0;
    struct alert_change *a = batch_add_alert(b);
    (void)snprintf(a->id.text, sizeof a->id.text, "a-1");
    a->rule = r->id;
    a->rule_name = batch_put_text(b, BYTES("hot"));
    a->note = batch_put_text(b, BYTES("on it"));
    a->condition = CONDITION_NO_DATA;
    a->severity = SEVERITY_CRITICAL;
    a->cause = CAUSE_SILENT;
    a->late = a->raised = true;
    a->muted = MUTE_SILENCE;
    a->muted_until = T0 + 5;
    a->muted_by = batch_put_text(b, BYTES("s-1"));
    a->since = T0 - 9;
    a->fired = T0;
    a->threshold = 30.1;
    a->value = 35;
    a->message = batch_put_text(b, BYTES("temperature greater_or_equal 30.1. Current: 35"));
    a->acknowledged_at = a->resolved = WALL_NONE;
    a->created = a->updated = T0;
}

static struct batch *snapshot_of(struct fixture *f)
{
    fx_close(f);
    struct store_failure why;
    assert_int_equal(store_open(&f->config, &f->metrics, &f->store, &why), OK);
    struct batch *b = batch_new(BATCH_SNAPSHOT);
    assert_int_equal(store_load(f->store, b), OK);
    assert_int_equal(store_reader_open(f->dir, &f->reader, &why), OK);
    return b;
}

static void who_missed_news_reads_devices_and_rules_anew(void **state)
{
    struct fixture *f = *state;
    fx_open(f);
    struct batch *b = fx_batch(f);
    fx_add_device(b, 0, "pump");
    add_rule_and_alert(b);
    fx_append(f, b);
    fx_commit(f);
    struct batch *news = batch_new(BATCH_SNAPSHOT);
    assert_int_equal(store_news(f->store, news), OK);
    assert_int_equal(news->device_count, 1);
    assert_true(bytes_equal(batch_text(news, news->devices[0].id), BYTES("pump")));
    assert_int_equal(news->rule_count, 1);
    assert_string_equal(news->rules[0].id.text, "r-1");
    assert_int_equal(news->alert_count, 1);
    batch_release(news);
}

static void what_people_made_comes_back_whole(void **state)
{
    struct fixture *f = *state;
    fx_open(f);
    struct batch *b = fx_batch(f);
    fx_add_device(b, 0, "<img src=x>");
    b->devices[0].tags = batch_put_text(b, BYTES("north\0wet\0"));
    b->devices[0].located = true;
    b->devices[0].lat = 47.5;
    b->devices[0].lng = -0.1;
    fx_add_series(b, 0, 0, "sensor-0");
    b->series[0].ranged = true;
    b->series[0].max = 100;
    b->series[0].decimals = 2;
    b->series[0].unit_pinned = true;
    add_rule_and_alert(b);
    struct token *t = batch_add_token(b);
    (void)snprintf(t->id.text, sizeof t->id.text, "t-1");
    t->role = ROLE_ADMIN;
    t->created = T0;
    memset(t->hash, 0xa5, sizeof t->hash);
    add_credential(b);
    fx_add_reading(b, 0, T0 + 5, 35);
    fx_append(f, b);
    b = fx_batch(f);
    struct status_change *c = batch_add_status(b);
    c->status = STATUS_OFFLINE;
    c->cause = CAUSE_GATEWAY_LOST;
    c->since = c->last_seen = T0 + 7;
    fx_append(f, b);
    fx_commit(f);

    b = snapshot_of(f);
    assert_int_equal(b->seq, f->seq);
    assert_int_equal(b->device_count, 1);
    assert_true(bytes_equal(batch_text(b, b->devices[0].id), BYTES("<img src=x>")));
    assert_true(bytes_equal(batch_text(b, b->devices[0].tags), BYTES("north\0wet\0")));
    assert_true(b->devices[0].located && b->devices[0].lat == 47.5);
    assert_int_equal(b->devices[0].status, STATUS_OFFLINE);
    assert_int_equal(b->devices[0].cause, CAUSE_GATEWAY_LOST);
    assert_int_equal(b->devices[0].last_seen, T0 + 7);
    assert_int_equal(b->series_count, 1);
    assert_true(b->series[0].has_latest && b->series[0].value == 35);
    assert_int_equal(b->series[0].time, T0 + 5);
    assert_true(b->series[0].ranged && b->series[0].max == 100);
    assert_int_equal(b->series[0].decimals, 2);
    assert_true(b->series[0].unit_pinned);
    assert_int_equal(b->rule_count, 1);
    assert_true(bytes_equal(batch_text(b, b->rules[0].definition), BYTES("{\"threshold\":30.1}")));
    assert_true(bytes_equal(batch_text(b, b->rules[0].name), BYTES("<img src=x>")));
    assert_int_equal(b->alert_count, 1);
    const struct alert_change *a = &b->alerts[0];
    assert_int_equal(a->state, ALERT_STATE_FIRING);
    assert_int_equal(a->condition, CONDITION_NO_DATA);
    assert_int_equal(a->cause, CAUSE_SILENT);
    assert_int_equal(a->muted, MUTE_SILENCE);
    assert_true(a->late && a->raised && a->threshold == 30.1);
    assert_true(a->muted_until == T0 + 5 && a->since == T0 - 9 && a->fired == T0);
    assert_true(bytes_equal(batch_text(b, a->note), BYTES("on it")));
    assert_true(bytes_equal(batch_text(b, a->rule_name), BYTES("hot")));
    assert_true(bytes_equal(batch_text(b, a->muted_by), BYTES("s-1")));
    assert_int_equal(b->token_count, 1);
    assert_int_equal(b->tokens[0].role, ROLE_ADMIN);
    assert_int_equal(b->tokens[0].hash[31], 0xa5);
    expect_credential(b);
    batch_release(b);
}

static struct account *add_account(struct batch *b, const char *name, enum role role)
{
    struct account *a = batch_add_account(b);
    (void)snprintf(a->name.text, sizeof a->name.text, "%s", name);
    (void)snprintf(a->hash, sizeof a->hash, "$argon2id$of %s", name);
    a->role = role;
    a->created = T0;
    a->changed = T0 + 1;
    return a;
}

static struct login *add_login(struct batch *b, const char *id, const char *account)
{
    struct login *l = batch_add_login(b);
    (void)snprintf(l->id.text, sizeof l->id.text, "%s", id);
    (void)snprintf(l->account.text, sizeof l->account.text, "%s", account);
    memset(l->hash, 0x5a, sizeof l->hash);
    l->created = T0;
    l->until = T0 + 7;
    return l;
}

static void accounts_and_logins_come_back_until_they_are_gone(void **state)
{
    struct fixture *f = *state;
    fx_open(f);
    struct batch *b = snapshot_of(f);
    assert_false(b->claimed);
    batch_release(b);
    b = fx_batch(f);
    (void)add_account(b, "Zo\xc3\xab", ROLE_OPERATOR);
    (void)add_account(b, "Ben", ROLE_VIEWER);
    (void)add_login(b, "l-1", "Zo\xc3\xab");
    (void)add_login(b, "l-2", "Ben");
    fx_append(f, b);
    b = fx_batch(f);
    add_account(b, "Ben", ROLE_VIEWER)->removed = true;
    add_login(b, "l-2", "Ben")->ended = true;
    fx_append(f, b);
    fx_commit(f);
    fx_close(f);
    fx_open(f);
    b = snapshot_of(f);
    assert_int_equal(b->account_count, 1);
    assert_string_equal(b->accounts[0].name.text, "Zo\xc3\xab");
    assert_string_equal(b->accounts[0].hash, "$argon2id$of Zo\xc3\xab");
    assert_int_equal(b->accounts[0].role, ROLE_OPERATOR);
    assert_true(b->accounts[0].created == T0 && b->accounts[0].changed == T0 + 1);
    assert_int_equal(b->login_count, 1);
    assert_string_equal(b->logins[0].id.text, "l-1");
    assert_string_equal(b->logins[0].account.text, "Zo\xc3\xab");
    assert_int_equal(b->logins[0].hash[31], 0x5a);
    assert_true(b->logins[0].created == T0 && b->logins[0].until == T0 + 7);
    batch_release(b);
}

/* What was claimed once stays so when nobody is left. */
static void that_somebody_had_access_is_never_forgotten(void **state)
{
    struct fixture *f = *state;
    fx_open(f);
    struct batch *b = fx_batch(f);
    struct token *t = batch_add_token(b);
    (void)snprintf(t->id.text, sizeof t->id.text, "t-1");
    t->role = ROLE_ADMIN;
    fx_append(f, b);
    fx_commit(f);
    b = fx_batch(f);
    t = batch_add_token(b);
    (void)snprintf(t->id.text, sizeof t->id.text, "t-1");
    t->revoked = true;
    fx_append(f, b);
    fx_commit(f);
    fx_close(f);
    fx_open(f);
    b = snapshot_of(f);
    assert_int_equal(b->token_count, 0);
    assert_true(b->claimed);
    batch_release(b);
}

static void resolved_alerts_are_listed_newest_first_in_pages(void **state)
{
    struct fixture *f = *state;
    fx_open(f);
    struct batch *b = fx_batch(f);
    for (int i = 0; i < 5; i++) {
        struct alert_change *a = batch_add_alert(b);
        (void)snprintf(a->id.text, sizeof a->id.text, "a-%d", i);
        a->acknowledged_at = WALL_NONE;
        a->created = a->updated = T0;
        a->resolved = i % 2 ? T0 + 1 : WALL_NONE;
    }
    fx_append(f, b);
    fx_commit(f);
    struct store_failure why;
    struct text_id after = {{0}};
    static const char *const expected[] = {"a-4", "a-3", "a-2", "a-1", "a-0"};
    for (size_t page = 0; page < 3; page++) {
        struct batch *out = batch_new(BATCH_SNAPSHOT);
        assert_int_equal(store_alerts(f->reader, 2, after, out, &why), OK);
        assert_int_equal(out->alert_count, page < 2 ? 2 : 1);
        for (size_t i = 0; i < out->alert_count; i++) {
            assert_string_equal(out->alerts[i].id.text, expected[page * 2 + i]);
            after = out->alerts[i].id;
            enum alert_transition is = (page * 2 + i) % 2 ? ALERT_RESOLVED : ALERT_CREATED;
            assert_int_equal(out->alerts[i].transition, is);
        }
        batch_release(out);
    }
    struct batch *open = snapshot_of(f);
    assert_int_equal(open->alert_count, 3);
    batch_release(open);
}

static void a_deleted_device_takes_its_readings_along(void **state)
{
    struct fixture *f = *state;
    f->config.journal_age_ms = 1000;
    fx_open(f);
    fx_fleet(f, 2, 2);
    for (int i = 0; i < 200; i++) {
        struct batch *b = fx_batch(f);
        for (uint32_t s = 0; s < 4; s++) {
            fx_add_reading(b, s, T0 + i, i);
        }
        fx_append(f, b);
        fx_commit(f);
        if (i == 100) {
            f->now += 2000;
            fx_work(f);
        }
    }
    struct batch *b = fx_batch(f);
    struct device_change *d = batch_add_device(b);
    d->device.n = 0;
    d->deleted = true;
    fx_append(f, b);
    b = fx_batch(f);
    fx_add_reading(b, 1, T0 + 900, 1);
    fx_append(f, b);
    fx_commit(f);
    fx_work(f);
    assert_int_equal(fx_readings(f), 400);
    b = snapshot_of(f);
    assert_int_equal(b->device_count, 1);
    assert_int_equal(b->series_count, 2);
    batch_release(b);
    assert_int_equal(fx_readings(f), 400);
    assert_rows(f, 0, NULL, 0);
    f->now += 5000;
    fx_work(f);
    assert_int_equal(fx_readings(f), 400);
}

static void numbers_of_the_deleted_are_not_given_out_again(void **state)
{
    struct fixture *f = *state;
    fx_open(f);
    fx_fleet(f, 2, 3);
    struct batch *b = fx_batch(f);
    struct device_change *d = batch_add_device(b);
    d->device.n = 1;
    d->deleted = true;
    fx_append(f, b);
    fx_commit(f);
    b = snapshot_of(f);
    assert_int_equal(b->device_count, 1);
    assert_int_equal(b->device_ids, 2);
    assert_int_equal(b->series_ids, 6);
    batch_release(b);
}

static void become(struct fixture *f, uint32_t device, enum device_status status,
                   enum status_cause cause, bool repeated)
{
    struct batch *b = fx_batch(f);
    struct status_change *c = batch_add_status(b);
    c->device.n = device;
    c->status = status;
    c->cause = cause;
    c->since = c->last_seen = f->now;
    c->repeated = repeated;
    fx_append(f, b);
    fx_commit(f);
}

static struct store_events events_of(struct fixture *f, uint32_t device, wall_ms from, wall_ms to)
{
    struct store_events events = {0};
    struct store_failure why = {{0}};
    struct device_id id = {device};
    assert_int_equal(store_events(f->reader, id, from, to, &events, &why), OK);
    return events;
}

static void what_a_device_became_is_remembered_and_bounded(void **state)
{
    struct fixture *f = *state;
    fx_open(f);
    fx_fleet(f, 2, 1);
    for (int i = 0; i < 6; i++) {
        f->now = T0 + i * 1000;
        bool online = i % 2 == 0;
        become(f, 0, online ? STATUS_ONLINE : STATUS_OFFLINE, online ? CAUSE_DATA : CAUSE_WILL,
               i == 4);
    }
    struct store_events got = events_of(f, 0, T0 + 2500, T0 + 5000);
    assert_int_equal(got.count, 2); /* the one before the range, and one in it; one was repeated */
    assert_int_equal(got.items[0].time, T0 + 2000);
    assert_int_equal(got.items[1].time, T0 + 3000);
    assert_int_equal(got.items[1].status, STATUS_OFFLINE);
    assert_int_equal(got.items[1].cause, CAUSE_WILL);
    free(got.items);
    for (int i = 0; i < 700; i++) {
        f->now += 10;
        become(f, 1, i % 2 ? STATUS_ONLINE : STATUS_OFFLINE, CAUSE_WILL, false);
    }
    got = events_of(f, 1, INT64_MIN, INT64_MAX);
    assert_true(got.count >= 512 && got.count <= 512 + 16);
    assert_int_equal(got.items[got.count - 1].time, f->now);
    free(got.items);
    fx_close(f);
    fx_open(f);
    got = events_of(f, 0, INT64_MIN, INT64_MAX);
    assert_int_equal(got.count, 5);
    free(got.items);
}

/* A hundred devices with five sensors of 0 to 3 decimals, every ten seconds with some jitter. */
static void typical_readings_take_less_than_two_and_a_half_bytes(void **state)
{
    struct fixture *f = *state;
    static const double steps[] = {1, 10, 100, 1000, 10};
    int rounds = 1500;
    double values[500] = {0};
    f->config.journal_bytes = 1u << 20;
    fx_open(f);
    fx_fleet(f, 100, 5);
    struct batch *b = fx_batch(f);
    for (int round = 0; round < rounds; round++) {
        for (uint32_t device = 0; device < 100; device++) {
            wall_ms time = T0 + round * 10000 + (wall_ms)fx_below(f, 27) - 13;
            for (uint32_t i = 0; i < 5; i++) {
                double *v = &values[device * 5 + i];
                *v += (double)((int64_t)fx_below(f, 9) - 4);
                fx_add_reading(b, device * 5 + i, time, *v / steps[i]);
            }
        }
        if (b->reading_count >= 4000) {
            fx_append(f, b);
            fx_commit(f);
            fx_work(f);
            b = fx_batch(f);
        }
    }
    fx_append(f, b);
    fx_close(f);
    char path[128];
    (void)snprintf(path, sizeof path, "%s/telltale.db", f->dir);
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    double each = (double)st.st_size / (rounds * 500.0);
    print_message("%.2f bytes a reading, file and all\n", each);
    assert_true(each <= 2.5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define STORE_TEST(name) cmocka_unit_test_setup_teardown(name, fx_setup, fx_teardown)
        STORE_TEST(appended_readings_are_there_before_and_after_a_restart),
        STORE_TEST(old_journal_rows_become_blocks_and_replay_adds_nothing),
        STORE_TEST(a_reading_told_twice_counts_once_and_the_later_wins),
        STORE_TEST(last_known_and_unstored_readings_leave_no_trace),
        STORE_TEST(a_range_with_too_many_readings_comes_in_buckets),
        STORE_TEST(sensors_of_one_device_share_times_however_they_come),
        STORE_TEST(sensors_that_share_no_times_part_and_stay_whole),
        STORE_TEST(who_missed_news_reads_devices_and_rules_anew),
        STORE_TEST(what_people_made_comes_back_whole),
        STORE_TEST(accounts_and_logins_come_back_until_they_are_gone),
        STORE_TEST(that_somebody_had_access_is_never_forgotten),
        STORE_TEST(resolved_alerts_are_listed_newest_first_in_pages),
        STORE_TEST(a_deleted_device_takes_its_readings_along),
        STORE_TEST(numbers_of_the_deleted_are_not_given_out_again),
        STORE_TEST(what_a_device_became_is_remembered_and_bounded),
        STORE_TEST(typical_readings_take_less_than_two_and_a_half_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
