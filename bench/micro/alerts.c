/* SPDX-License-Identifier: Apache-2.0 */
/* What rules cost: a reading over 100,000 rules on 10,000 series, the memory of an instance, and a
 * year of one series through a back-test. Beside it, in the same run, the naive design: the rules
 * of a series looked up in a database for each reading. */
#include "alert/alert.h"

#include "base/mem.h"

#include <inttypes.h>
#include <sqlite3.h>
#include <time.h>

#define SERIES   10000u
#define RULES    100000u
#define ROUNDS   40u
#define START    ((wall_ms)1763950000000)
#define YEAR_MS  ((wall_ms)31536000000)
#define YEAR_N   3153600u
#define LOOK_UPS 20000u

static double seconds(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* ---- a world of devices with one sensor each ---- */

static char ids[SERIES][16];

static uint32_t device_rows(const void *ctx)
{
    (void)ctx;
    return SERIES;
}

static bool device(const void *ctx, struct device_id id, struct alert_device *out)
{
    (void)ctx;
    *out = (struct alert_device){
        .number = id.n, .id = bytes_of_text(ids[id.n]), .first_series = {id.n}};
    return true;
}

static bool find_device(const void *ctx, struct bytes id, struct alert_device *out)
{
    return device(ctx, (struct device_id){(uint32_t)strtoul((const char *)id.ptr + 1, NULL, 10)},
                  out);
}

static bool series(const void *ctx, struct series_id id, struct alert_series *out)
{
    (void)ctx;
    *out = (struct alert_series){.device = {id.n}, .sensor = BYTES("t"), .next = SERIES_NONE};
    return true;
}

static struct series_id find_series(const void *ctx, struct bytes id, struct bytes sensor)
{
    struct alert_device d;
    (void)sensor;
    return find_device(ctx, id, &d) ? d.first_series : SERIES_NONE;
}

static const struct alert_world world = {device_rows, device,      find_device,
                                         series,      find_series, NULL};

/* ---- the engine ---- */

static void make_rules(struct alert_engine *e, struct batch *out)
{
    for (unsigned i = 0; i < RULES; i++) {
        struct command *c = command_new(COMMAND_CREATE_RULE);
        buf_printf(&c->definition,
                   "{\"deviceId\":\"d%u\",\"sensorType\":\"t\",\"condition\":\"%s\","
                   "\"threshold\":%u%s}",
                   i % SERIES, i % 2 ? "greater_than" : "less_than", i % 2 ? 50 + i % 40 : i % 10,
                   i % 4 == 0 ? ",\"for\":\"1m\",\"hysteresis\":1" : "");
        alert_command(e, c, START, out);
        if (c->result != OK) {
            (void)fprintf(stderr, "%s\n", c->message);
            exit(1);
        }
        command_free(c);
    }
}

/* ns a rule and reading; `spread`: how far values go, 100 crosses some limits all the time. */
static double evaluate(struct alert_engine *e, unsigned low, unsigned spread, uint64_t *transitions)
{
    uint64_t random = 88172645463325252u;
    double spent = 0;
    *transitions = 0;
    for (unsigned round = 0; round < ROUNDS; round++) {
        struct batch *out = batch_new(BATCH_CHANGES);
        out->seq = 2 + round;
        out->now = START + 1000 * (wall_ms)round;
        double begin = seconds();
        for (unsigned n = 0; n < SERIES; n++) {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            uint32_t at = (uint32_t)(random >> 20) % SERIES; /* no order that a cache could love */
            alert_evaluate(e, (struct series_id){at},
                           low + (double)(random >> 40 & 1023) * spread / 1024, out->now, out);
        }
        alert_tick(e, out->now, out);
        spent += seconds() - begin;
        *transitions += out->alert_count;
        batch_release(out);
    }
    return spent * 1e9 / ROUNDS / SERIES / (RULES / SERIES);
}

/* ---- the naive design ---- */

static void must(int rc, int want)
{
    if (rc != want) {
        (void)fprintf(stderr, "sqlite: %d\n", rc);
        exit(1);
    }
}

static double look_up(void)
{
    sqlite3 *db;
    sqlite3_stmt *put, *get;
    uint64_t random = 88172645463325252u, held = 0;
    must(sqlite3_open(":memory:", &db), SQLITE_OK);
    must(sqlite3_exec(db,
                      "CREATE TABLE rule(id INTEGER PRIMARY KEY, series INTEGER, over INTEGER,"
                      " threshold REAL); CREATE INDEX by_series ON rule(series); BEGIN",
                      NULL, NULL, NULL),
         SQLITE_OK);
    must(sqlite3_prepare_v2(db, "INSERT INTO rule(series, over, threshold) VALUES(?1, ?2, ?3)", -1,
                            &put, NULL),
         SQLITE_OK);
    for (unsigned i = 0; i < RULES; i++) {
        (void)sqlite3_bind_int(put, 1, (int)(i % SERIES));
        (void)sqlite3_bind_int(put, 2, i % 2);
        (void)sqlite3_bind_double(put, 3, i % 2 ? 50 + i % 40 : i % 10);
        must(sqlite3_step(put), SQLITE_DONE);
        must(sqlite3_reset(put), SQLITE_OK);
    }
    must(sqlite3_exec(db, "COMMIT", NULL, NULL, NULL), SQLITE_OK);
    must(sqlite3_prepare_v2(db, "SELECT over, threshold FROM rule WHERE series = ?1", -1, &get,
                            NULL),
         SQLITE_OK);
    double begin = seconds();
    for (unsigned n = 0; n < LOOK_UPS; n++) {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        (void)sqlite3_bind_int(get, 1, (int)((random >> 20) % SERIES));
        double v = (double)(random >> 40 & 63);
        while (sqlite3_step(get) == SQLITE_ROW) {
            double t = sqlite3_column_double(get, 1);
            held += sqlite3_column_int(get, 0) ? v > t : v < t;
        }
        must(sqlite3_reset(get), SQLITE_OK);
    }
    double spent = seconds() - begin;
    (void)sqlite3_finalize(put);
    (void)sqlite3_finalize(get);
    (void)sqlite3_close(db);
    return held == 0 ? 0 : spent * 1e9 / LOOK_UPS / (RULES / SERIES);
}

/* ---- a year through a back-test ---- */

static void back_test(const char *name, const char *rule)
{
    struct document_fault why;
    wall_ms *times = mem_alloc(YEAR_N * sizeof *times);
    double *values = mem_alloc(YEAR_N * sizeof *values);
    uint64_t random = 88172645463325252u;
    for (unsigned i = 0; i < YEAR_N; i++) {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        times[i] = START - YEAR_MS + 10000 * (wall_ms)i;
        /* A day's wave of 15 around 20, and noise of 2. */
        double day = (double)(i % 8640) / 8640;
        values[i] =
            20 + 60 * (day < 0.5 ? day - 0.25 : 0.75 - day) + (double)(random >> 50 & 1023) / 512;
    }
    struct alert_definition *d = alert_definition_parse(bytes_of_text(rule), &why);
    if (!d) {
        (void)fprintf(stderr, "%s: %s\n", why.field, why.message);
        exit(1);
    }
    struct alert_device at = {.id = BYTES("")};
    struct alert_trial *t = alert_trial_new(d, &at);
    double begin = seconds();
    for (unsigned i = 0; i < YEAR_N; i += 1024) {
        unsigned n = YEAR_N - i < 1024 ? YEAR_N - i : 1024;
        alert_trial_read(t, "t", times + i, values + i, n);
    }
    const struct alert_trial_result *r = alert_trial_end(t, START);
    double ms = (seconds() - begin) * 1e3;
    (void)printf("  %-34s %7.1f ms, %5.1f ns a reading, %" PRIu64 " firings (target 150 ms)\n",
                 name, ms, ms * 1e6 / YEAR_N, r->count);
    alert_trial_free(t);
    alert_definition_free(d);
    free(times);
    free(values);
}

int main(void)
{
    struct alert_config config = alert_defaults;
    struct metrics *metrics = mem_zalloc(1, sizeof *metrics);
    struct batch *out = batch_new(BATCH_CHANGES);
    uint64_t calm, busy;
    config.max_rules = RULES;
    for (unsigned i = 0; i < SERIES; i++) {
        (void)snprintf(ids[i], sizeof ids[i], "d%u", i);
    }
    out->seq = 1;
    out->now = START;
    struct alert_engine *e = alert_new(&config, (struct hash_key){1, 2}, 1, &world, metrics);
    double begin = seconds();
    make_rules(e, out);
    (void)printf("%u rules over %u series, made in %.2f s\n", RULES, SERIES, seconds() - begin);
    double quiet = evaluate(e, 20, 20, &calm);
    double loud = evaluate(e, 0, 60, &busy);
    double naive = look_up();
    (void)printf("  a rule and reading, nothing changes  %6.1f ns (%" PRIu64
                 " transitions; target 60)\n",
                 quiet, calm);
    (void)printf("  a rule and reading, limits crossed   %6.1f ns (%" PRIu64 " transitions)\n",
                 loud, busy);
    (void)printf("  the naive design: SQLite in memory   %6.1f ns (%.0f times as much)\n", naive,
                 naive / quiet);
    (void)printf("  bytes an instance                    %6.1f (target 128)\n",
                 (double)alert_instance_bytes(e) / alert_instance_count(e));
    (void)printf("a year of one series at a reading in 10 s, in the engine\n");
    back_test("above a limit", "{\"deviceId\":\"d\",\"sensorType\":\"t\",\"condition\":\"greater_"
                               "than\",\"threshold\":34}");
    back_test("for 5 min, with hysteresis",
              "{\"deviceId\":\"d\",\"sensorType\":\"t\",\"condition\":\"greater_than\","
              "\"threshold\":30,\"hysteresis\":1,\"for\":\"5m\"}");
    back_test("mean of an hour",
              "{\"deviceId\":\"d\",\"sensorType\":\"t\",\"condition\":\"greater_than\","
              "\"threshold\":30,\"window\":\"1h\",\"function\":\"mean\"}");
    back_test("rate over ten minutes",
              "{\"deviceId\":\"d\",\"sensorType\":\"t\",\"condition\":\"rate_of_change\","
              "\"threshold\":6,\"per\":\"hour\",\"window\":\"10m\"}");
    alert_free(e);
    batch_release(out);
    free(metrics);
    return 0;
}
