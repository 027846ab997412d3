/* SPDX-License-Identifier: Apache-2.0 */
/* An engine that decides, the batch it writes into, and short words for rules and readings. */
#ifndef TELLTALE_TESTS_ALERT_ENGINE_H
#define TELLTALE_TESTS_ALERT_ENGINE_H

#include "alert/alert.h"

#include "model/limits.h"

#include "expect.h"

#define START ((wall_ms)1763950000000)

struct bench {
    struct alert_config config;
    struct metrics metrics;
    struct alert_engine *e;
    struct batch *out;
    wall_ms now;
    uint64_t seq;
};

static inline void bench_turn(struct bench *b, wall_ms now)
{
    batch_release(b->out);
    b->out = batch_new(BATCH_CHANGES);
    b->now = now;
    b->out->now = now;
    b->out->seq = ++b->seq;
}

static inline void bench_init(struct bench *b)
{
    memset(b, 0, sizeof *b);
    b->config = alert_defaults;
    b->e = alert_new(&b->config, (struct hash_key){3, 4}, 0x1234, &b->metrics);
    bench_turn(b, START);
}

static inline void bench_fini(struct bench *b)
{
    batch_release(b->out);
    alert_free(b->e);
}

static const struct alert_target nowhere = {.series = {UINT32_MAX}};

static inline struct alert_target at_series(uint32_t n)
{
    return (struct alert_target){.series = {n}};
}

static inline struct alert_target at_value(uint32_t n, double value)
{
    return (struct alert_target){.series = {n}, .has_latest = true, .value = value};
}

/* A command that makes a rule, complete, to be changed and given to bench_command. */
static inline struct command *rule_for(const char *device, const char *sensor,
                                       enum condition condition, double threshold)
{
    struct command *c = command_new(COMMAND_CREATE_RULE);
    c->fields = FIELD_DEVICE | FIELD_SENSOR | FIELD_CONDITION | FIELD_THRESHOLD;
    c->device = strdup(device);
    c->sensor = strdup(sensor);
    c->condition = condition;
    c->threshold = threshold;
    return c;
}

static inline struct command *change_of(enum command_kind kind, struct text_id id)
{
    struct command *c = command_new(kind);
    c->id = id;
    return c;
}

/* Does the command and frees it; returns the id of what it made. */
static inline struct text_id bench_command(struct bench *b, struct command *c,
                                           struct alert_target target, enum err result,
                                           const char *field)
{
    alert_command(b->e, c, &target, b->now, b->out);
    assert_string_equal(err_name(c->result), err_name(result));
    assert_int_equal(c->message != NULL, result != OK);
    if (field) {
        assert_string_equal(c->field, field);
    } else {
        assert_null(c->field);
    }
    struct text_id made = c->made;
    command_free(c);
    return made;
}

/* A rule over series `n`, which has no reading yet. */
static inline struct text_id bench_rule(struct bench *b, uint32_t n, enum condition condition,
                                        double threshold)
{
    return bench_command(b, rule_for("pump", "temperature", condition, threshold), at_series(n), OK,
                         NULL);
}

static inline void bench_read(struct bench *b, uint32_t n, double value)
{
    alert_evaluate(b->e, (struct series_id){n}, value, b->now, b->out);
}

static inline const struct alert_rule *bench_find(const struct bench *b, struct text_id id)
{
    const struct alert_rule *rule = alert_find_rule(b->e, bytes_of_text(id.text));
    assert_non_null(rule);
    return rule;
}

#endif
