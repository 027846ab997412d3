/* SPDX-License-Identifier: Apache-2.0 */
/* Seeded random programs drive a deciding engine; a follower of its batches and a third that begins
 * from a snapshot must hold the same rules and alerts, and the third goes on evaluating. */
#include "engine.h"

#define SERIES  6u
#define SENSORS 3u

/* Series n is sensor n % SENSORS of device n / SENSORS, while it is there. */
struct program {
    struct bench b;
    uint32_t born; /* how often the devices were deleted */
    uint64_t random;
};

static const char *const devices[] = {"pump", "valve"};
static const char *const sensors[] = {"t", "p", "flow"};

static void expect_same_rule(const struct alert_rule *x, const struct alert_rule *y)
{
    char text[4096];
    assert_string_equal(x->id.text, y->id.text);
    snprintf(text, sizeof text, "%s", bench_print(x));
    assert_string_equal(text, bench_print(y));
    assert_int_equal(x->enabled, y->enabled);
    assert_true(x->created == y->created && x->updated == y->updated);
}

static void expect_same_alert(const struct alert *x, const struct alert *y)
{
    assert_string_equal(x->id.text, y->id.text);
    assert_string_equal(x->rule.text, y->rule.text);
    assert_int_equal(x->series.n, y->series.n);
    assert_string_equal(x->device, y->device);
    assert_string_equal(x->sensor, y->sensor);
    assert_string_equal(x->message, y->message);
    assert_int_equal(x->condition, y->condition);
    assert_int_equal(x->severity, y->severity);
    assert_true(x->threshold == y->threshold && x->value == y->value);
    assert_int_equal(x->state, y->state);
    assert_int_equal(x->muted, y->muted);
    assert_int_equal(x->late, y->late);
    assert_int_equal(x->raised, y->raised);
    assert_true(x->since == y->since && x->fired == y->fired);
    assert_string_equal(x->rule_name, y->rule_name);
    assert_int_equal(x->acknowledged, y->acknowledged);
    assert_string_equal(x->acknowledged_by, y->acknowledged_by);
    assert_true(x->acknowledged_at == y->acknowledged_at);
    assert_true(x->created == y->created && x->updated == y->updated);
    assert_true(x->resolved == y->resolved);
}

static void expect_same(const struct alert_engine *x, const struct alert_engine *y)
{
    assert_int_equal(alert_rule_count(x), alert_rule_count(y));
    for (uint32_t i = 0; i < alert_rule_count(x); i++) {
        expect_same_rule(alert_rule_at(x, i), alert_rule_at(y, i));
    }
    assert_int_equal(alert_open_count(x), alert_open_count(y));
    assert_int_equal(alert_firing_count(x), alert_firing_count(y));
    for (uint32_t i = 0; i < alert_open_count(x); i++) {
        expect_same_alert(alert_open_at(x, i), alert_open_at(y, i));
    }
    for (size_t i = 0; i < ARRAY_LEN(devices); i++) {
        struct bytes device = bytes_of_text(devices[i]);
        assert_int_equal(alert_worst_of_device(x, device), alert_worst_of_device(y, device));
    }
}

struct resolved {
    uint32_t count;
    uint64_t sum;
};

static void add_resolved(void *ctx, const struct alert *a)
{
    struct resolved *r = ctx;
    r->count++;
    r->sum = r->sum * 31 + a->changed_seq + strlen(a->message) + (uint64_t)a->resolved;
}

static void expect_same_resolved(const struct alert_engine *x, const struct alert_engine *y)
{
    struct resolved a = {0, 0};
    struct resolved b = {0, 0};
    assert_int_equal(alert_resolved_since(x, 0, add_resolved, &a),
                     alert_resolved_since(y, 0, add_resolved, &b));
    assert_int_equal(a.count, b.count);
    assert_int_equal(a.sum, b.sum);
}

/* ---- operations ---- */

static struct command *random_rule(uint64_t r, const char *extra)
{
    char json[512];
    snprintf(json, sizeof json,
             "{\"deviceId\":\"%s\",\"sensorType\":\"%s\",\"condition\":\"%s\","
             "\"threshold\":%d,\"severity\":\"%s\",\"enabled\":%s%s}",
             devices[(r >> 32) % 2], sensors[(r >> 36) % 3],
             condition_text((enum condition)(r % CONDITION_COMPARISONS)), (int)(r >> 8 & 7),
             severity_text((enum severity)((r >> 16) % SEVERITY_COUNT)),
             (r >> 24) % 4 > 0 ? "true" : "false", extra);
    return rule_of(json);
}

static void create_rule(struct program *p, uint64_t r)
{
    static const char *const extras[] = {"", ",\"for\":\"2s\"", ",\"hysteresis\":1",
                                         ",\"name\":\"n\",\"clear_for\":\"2s\""};
    bool ordered = r % CONDITION_COMPARISONS != CONDITION_EQUALS &&
                   r % CONDITION_COMPARISONS != CONDITION_NOT_EQUALS;
    (void)bench_command(&p->b, random_rule(r, extras[ordered ? (r >> 50) % 4 : (r >> 50) % 2]), OK,
                        NULL);
}

static void change_rule(struct program *p, uint64_t r)
{
    uint32_t count = alert_rule_count(p->b.e);
    if (count == 0) {
        return;
    }
    struct text_id id = alert_rule_at(p->b.e, (uint32_t)(r >> 40) % count)->id;
    if (r % 3 == 0) {
        (void)bench_command(&p->b, change_of(COMMAND_DELETE_RULE, id), OK, NULL);
        return;
    }
    static const char *const changes[] = {
        "{\"threshold\":3}",           "{\"deviceId\":\"valve\"}", "{\"sensorType\":\"flow\"}",
        "{\"severity\":\"critical\"}", "{\"enabled\":false}",      "{\"enabled\":true}",
    };
    (void)bench_command(&p->b, patch_of(id, changes[(r >> 5) % ARRAY_LEN(changes)]), OK, NULL);
}

static void acknowledge(struct program *p, uint64_t r)
{
    uint32_t count = alert_open_count(p->b.e);
    if (count) {
        const struct alert *a = alert_open_at(p->b.e, (uint32_t)(r >> 8) % count);
        bool pending = a->state == ALERT_STATE_PENDING;
        (void)bench_command(&p->b, change_of(COMMAND_ACKNOWLEDGE, a->id), pending ? ERR_EXISTS : OK,
                            NULL);
    }
}

static void release(struct program *p, uint64_t r)
{
    uint32_t count = alert_open_count(p->b.e);
    if (count) {
        const struct alert *a = alert_open_at(p->b.e, (uint32_t)(r >> 8) % count);
        (void)bench_command(&p->b, change_of(COMMAND_RELEASE, a->id), OK, NULL);
    }
}

static void read_value(struct program *p, uint64_t r)
{
    uint32_t n = (uint32_t)(r >> 8) % SERIES;
    bench_series(&p->b, n + p->born * SERIES, devices[n / SENSORS], sensors[n % SENSORS]);
    bench_read(&p->b, n + p->born * SERIES, (double)(r >> 20 & 7));
}

/* Numbers are given out once: those that come back get others. */
static void delete_device(struct program *p)
{
    if (p->born + 1 < WORLD_SERIES / SERIES && p->born + 1 < WORLD_DEVICES / 2) {
        bench_delete_device(&p->b, devices[0]);
        bench_delete_device(&p->b, devices[1]);
        p->born++;
    }
}

static void operate(struct program *p)
{
    uint64_t r = expect_random(&p->random);
    uint64_t arguments = expect_random(&p->random);
    switch (r % 16) {
    case 0:
        create_rule(p, arguments);
        break;
    case 1:
        change_rule(p, arguments);
        break;
    case 2:
        acknowledge(p, arguments);
        break;
    case 4:
        release(p, arguments);
        break;
    case 3:
        if (arguments % 32 == 0) {
            delete_device(p);
        }
        break;
    default:
        read_value(p, arguments);
    }
}

/* Everything as the store would load it; the world stands in for devices and series. */
static struct batch *load(struct program *p)
{
    struct batch *all = batch_new(BATCH_SNAPSHOT);
    all->seq = p->b.seq;
    alert_snapshot(p->b.e, all);
    return all;
}

static void a_follower_ends_where_the_decider_is(void **state)
{
    (void)state;
    uint64_t seed = expect_seed();
    for (unsigned round = 0; round < 20; round++) {
        struct program p = {.random = seed + round};
        bench_init(&p.b);
        struct alert_engine *follower =
            alert_new(&p.b.config, (struct hash_key){9, 9}, 0x77, NULL, NULL);
        for (unsigned turn = 0; turn < 100; turn++) {
            unsigned count = (unsigned)(expect_random(&p.random) % 20);
            for (unsigned i = 0; i < count; i++) {
                operate(&p);
            }
            alert_apply(follower, p.b.out);
            expect_same(p.b.e, follower);
            expect_same_resolved(p.b.e, follower);
            bench_turn(&p.b, p.b.now + 1000);
            alert_tick(p.b.e, p.b.now, p.b.out);
        }
        alert_free(follower);
        bench_fini(&p.b);
    }
}

static void an_engine_restarted_from_a_snapshot_goes_on_without_a_duplicate(void **state)
{
    (void)state;
    uint64_t seed = expect_seed();
    for (unsigned round = 0; round < 20; round++) {
        struct program p = {.random = seed + round};
        bench_init(&p.b);
        for (unsigned i = 0; i < 300; i++) {
            operate(&p);
        }
        struct batch *all = load(&p);
        struct alert_world world = world_table(&p.b.world);
        struct alert_engine *again =
            alert_new(&p.b.config, (struct hash_key){9, 9}, 0x77, &world, NULL);
        /* What it held before is gone. */
        struct command *c = rule_for("old", "t", CONDITION_EQUALS, 1);
        alert_command(again, c, START, p.b.out);
        command_free(c);
        alert_apply(again, all);
        batch_release(all);
        expect_same(p.b.e, again);
        assert_int_equal(alert_instance_count(p.b.e), alert_instance_count(again));
        /* The same readings again begin and end nothing. */
        bench_turn(&p.b, p.b.now + 1);
        for (uint32_t n = 0; n < WORLD_SERIES; n++) {
            if (p.b.world.series[n].there && p.b.world.series[n].has_latest) {
                alert_evaluate(again, (struct series_id){n}, p.b.world.series[n].value, p.b.now,
                               p.b.out);
            }
        }
        assert_int_equal(p.b.out->alert_count, 0);
        /* And readings that meet no more than one value resolve as they would have. */
        for (uint32_t n = 0; n < WORLD_SERIES; n++) {
            if (p.b.world.series[n].there) {
                alert_evaluate(again, (struct series_id){n}, 3, p.b.now, p.b.out);
                bench_read(&p.b, n, 3);
            }
        }
        for (unsigned tick = 1; tick < 5; tick++) {
            alert_tick(again, p.b.now + 1000 * tick, p.b.out);
            alert_tick(p.b.e, p.b.now + 1000 * tick, p.b.out);
        }
        assert_int_equal(alert_firing_count(again), alert_firing_count(p.b.e));
        alert_free(again);
        bench_fini(&p.b);
    }
}

static void resolved_before_a_snapshot_is_not_remembered(void **state)
{
    (void)state;
    struct program p = {.random = 1};
    bench_init(&p.b);
    bench_turn(&p.b, START + 1);
    struct batch *all = load(&p);
    alert_apply(p.b.e, all);
    batch_release(all);
    struct resolved r = {0, 0};
    assert_false(alert_resolved_since(p.b.e, p.b.seq - 1, add_resolved, &r));
    assert_true(alert_resolved_since(p.b.e, p.b.seq, add_resolved, &r));
    bench_fini(&p.b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_follower_ends_where_the_decider_is),
        cmocka_unit_test(an_engine_restarted_from_a_snapshot_goes_on_without_a_duplicate),
        cmocka_unit_test(resolved_before_a_snapshot_is_not_remembered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
