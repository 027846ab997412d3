/* SPDX-License-Identifier: Apache-2.0 */
/* Runs the tables of tests/unit/alert/tables: a rule, readings at their times, and when it must
 * fire and resolve. The whole engine runs, second by second, as the program does it.
 *
 *     rule {"sensorType": "t", ...}        a new engine, with this rule over device d (unless it
 *                                          names a scope); rows follow
 *     0     t 31                           at second 0 sensor t of d reads 31
 *     5     e.t 31                         of another device
 *     60    late 10 t 31                   a reading that comes at 60 and was taken at 10
 *     60    fires 60                       an alert has begun, and did so in second 60 ..
 *     60    fires 60 62                    .. or between these
 *     90    resolves 88 90                 it has ended
 *     30    pending | idle | firing [n]    how it is then, and how many are open
 *     30    muted flapping | muted none    of the open alert
 *     30    severity critical
 *     40    status offline will            of device d
 *     50    clock +3600                    the wall clock jumps; seconds go on
 *     50    attribute {"max": 3}           of d
 *
 * Each line but `rule`, readings and changes is a row that is checked. */
#ifndef TELLTALE_TESTS_ALERT_TABLE_H
#define TELLTALE_TESTS_ALERT_TABLE_H

#include "engine.h"

struct table {
    struct bench b;
    const char *file;
    unsigned line;
    long second;    /* of the table's own time */
    wall_ms jumped; /* of the wall clock */
    unsigned rows, failed;
    bool quiet; /* failures are counted only */
    long fired[64], resolved[64];
    unsigned fired_count, resolved_count;
};

static inline long second_of(const struct table *t, wall_ms when)
{
    return (long)((when - t->jumped - START) / 1000);
}

/* Looks at what the engine wrote, and begins the next batch. */
static inline void table_collect(struct table *t)
{
    const struct batch *out = t->b.out;
    for (size_t i = 0; i < out->alert_count; i++) {
        const struct alert_change *a = &out->alerts[i];
        if (a->transition == ALERT_CREATED) {
            assert_true(t->fired_count < 64);
            t->fired[t->fired_count++] = second_of(t, a->created);
        } else if (a->transition == ALERT_RESOLVED) {
            assert_true(t->resolved_count < 64);
            t->resolved[t->resolved_count++] = second_of(t, a->resolved);
        }
    }
    bench_turn(&t->b, START + t->second * 1000 + t->jumped);
}

static inline void table_advance(struct table *t, long second)
{
    table_collect(t);
    while (t->second < second) {
        t->second++;
        table_collect(t);
        alert_tick(t->b.e, t->b.now, t->b.out);
    }
    table_collect(t);
}

static inline void table_check(struct table *t, bool good, const char *row)
{
    t->rows++;
    if (!good) {
        t->failed++;
        if (!t->quiet) {
            print_message("%s:%u: %s", t->file, t->line, row);
        }
    }
}

/* The oldest of `seconds` that is not taken yet lies in [from, to]; it is taken. */
static inline void table_expect(struct table *t, long *seconds, unsigned *count, const char *args,
                                const char *row)
{
    long from = 0, to = 0;
    int n = sscanf(args, "%ld %ld", &from, &to);
    assert_true(n >= 1);
    to = n == 2 ? to : from;
    table_check(t, *count > 0 && seconds[0] >= from && seconds[0] <= to, row);
    if (*count > 0) {
        --*count;
        memmove(seconds, seconds + 1, *count * sizeof *seconds);
    }
}

static inline void table_read(struct table *t, const char *name, double value)
{
    char device[32] = "d", sensor[32];
    const char *dot = strchr(name, '.');
    if (dot) {
        snprintf(device, sizeof device, "%.*s", (int)(dot - name), name);
    }
    snprintf(sensor, sizeof sensor, "%s", dot ? dot + 1 : name);
    struct series_id id =
        world_find_series(&t->b.world, bytes_of_text(device), bytes_of_text(sensor));
    if (id.n == SERIES_NONE.n) {
        uint32_t n = 0;
        while (t->b.world.series[n].there) {
            n++;
        }
        bench_series(&t->b, n, device, sensor);
        id.n = n;
    }
    bench_read(&t->b, id.n, value);
}

static inline void table_late(struct table *t, long taken, const char *sensor, double value)
{
    struct series_id id = world_find_series(&t->b.world, BYTES("d"), bytes_of_text(sensor));
    assert_true(id.n != SERIES_NONE.n);
    alert_evaluate_late(t->b.e, id, value, START + taken * 1000 + t->jumped, t->b.out);
}

static inline void table_rule(struct table *t, const char *json)
{
    bool scoped = strstr(json, "\"scope\"") || strstr(json, "\"deviceId\"");
    char text[2048];
    snprintf(text, sizeof text, "%s%s", scoped ? "{" : "{\"deviceId\":\"d\",",
             strchr(json, '{') + 1);
    bench_fini(&t->b);
    bench_init(&t->b);
    t->b.config.flap_after = strstr(json, "\"name\":\"flaps\"") ? 3 : 0;
    bench_renew(&t->b);
    t->second = 0;
    t->jumped = 0;
    t->fired_count = t->resolved_count = 0;
    (void)bench_device(&t->b, "d");
    table_collect(t);
    struct command *c = rule_of(text);
    alert_command(t->b.e, c, t->b.now, t->b.out);
    if (c->result != OK) {
        print_message("%s:%u: %s: %s\n", t->file, t->line, c->field, c->message);
    }
    assert_int_equal(c->result, OK);
    command_free(c);
}

static inline const char *table_state(const struct table *t)
{
    uint32_t open = alert_open_count(t->b.e);
    return open == 0 ? "idle" : alert_firing_count(t->b.e) > 0 ? "firing" : "pending";
}

static inline void table_status(struct table *t, const char *args)
{
    char status[16], cause[32];
    enum device_status s;
    assert_int_equal(sscanf(args, "%15s %31[^\n]", status, cause), 2);
    expect_ok(status_parse(bytes_of_text(status), &s));
    unsigned c = 0;
    while (strcmp(cause_text((enum status_cause)c), cause) != 0) {
        c++;
    }
    bench_set_status(&t->b, "d", s, (enum status_cause)c);
}

static inline const struct alert *table_open(const struct table *t)
{
    return alert_open_at(t->b.e, 0);
}

static inline void table_row(struct table *t, const char *row)
{
    long at;
    char word[32];
    int used = 0;
    assert_int_equal(sscanf(row, "%ld %31s%n", &at, word, &used), 2);
    const char *args = row + used;
    table_advance(t, at);
    const struct alert *a = table_open(t);
    char text[32] = "";
    long number = 0;
    (void)sscanf(args, " %31s", text);
    if (strcmp(word, "fires") == 0) {
        table_expect(t, t->fired, &t->fired_count, args, row);
    } else if (strcmp(word, "resolves") == 0) {
        table_expect(t, t->resolved, &t->resolved_count, args, row);
    } else if (strcmp(word, "idle") == 0 || strcmp(word, "pending") == 0 ||
               strcmp(word, "firing") == 0) {
        bool counted = sscanf(args, "%ld", &number) == 1;
        table_check(t,
                    strcmp(word, table_state(t)) == 0 &&
                        (!counted || alert_open_count(t->b.e) == (uint32_t)number),
                    row);
    } else if (strcmp(word, "muted") == 0) {
        table_check(t, a && strcmp(alert_mute_text(a->muted), text) == 0, row);
    } else if (strcmp(word, "severity") == 0) {
        table_check(t, a && strcmp(severity_text(a->severity), text) == 0, row);
    } else if (strcmp(word, "clock") == 0) {
        assert_int_equal(sscanf(args, "%ld", &number), 1);
        t->jumped += number * 1000;
        table_collect(t);
    } else if (strcmp(word, "status") == 0) {
        table_status(t, args);
    } else if (strcmp(word, "attribute") == 0) {
        char json[120];
        snprintf(json, sizeof json, "%.*s", (int)strcspn(args + 1, "\n"), args + 1);
        bench_set_attributes(&t->b, "d", json);
    } else if (strcmp(word, "late") == 0) {
        double v;
        assert_int_equal(sscanf(args, "%ld %31s %lf", &number, text, &v), 3);
        table_late(t, number, text, v);
    } else {
        double v;
        assert_int_equal(sscanf(args, "%lf", &v), 1);
        table_read(t, word, v);
    }
}

/* Runs a file; what was fired or resolved and no row asked for is a failure too. */
static inline void table_run(struct table *t, const char *path)
{
    char line[2048];
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    bench_init(&t->b);
    t->file = path;
    t->line = 0;
    while (fgets(line, sizeof line, f)) {
        t->line++;
        size_t blank = strspn(line, " \n");
        if (line[blank] == '\0' || line[blank] == '#') {
            continue;
        }
        if (strncmp(line, "rule ", 5) == 0) {
            table_check(t, t->fired_count == 0 && t->resolved_count == 0,
                        "the rule before fired or resolved unasked\n");
            t->rows--;
            table_rule(t, line);
        } else {
            table_row(t, line);
        }
    }
    table_check(t, t->fired_count == 0 && t->resolved_count == 0, "fired or resolved unasked\n");
    t->rows--;
    (void)fclose(f);
    bench_fini(&t->b);
}

#endif
