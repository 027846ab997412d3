/* SPDX-License-Identifier: Apache-2.0 */
/* Seeded random programs drive a deciding engine; a follower of its batches and a third that begins
 * from a snapshot must hold the same rules and alerts, and the third goes on evaluating. */
#include "engine.h"

#define SERIES  6u
#define SENSORS 3u

/* Series n is sensor n % SENSORS of device n / SENSORS, while it is there. */
struct program {
    struct bench b;
    bool present[SERIES];
    double value[SERIES];
    uint64_t random;
};

static const char *const devices[] = {"pump", "valve"};
static const char *const sensors[] = {"t", "p", "flow"};

static void expect_same_rule(const struct alert_rule *x, const struct alert_rule *y)
{
    assert_string_equal(x->id.text, y->id.text);
    assert_string_equal(x->device, y->device);
    assert_string_equal(x->sensor, y->sensor);
    assert_int_equal(x->condition, y->condition);
    assert_int_equal(x->severity, y->severity);
    assert_true(x->threshold == y->threshold);
    assert_int_equal(x->enabled, y->enabled);
    assert_true(x->created == y->created && x->updated == y->updated);
    assert_int_equal(!x->open, !y->open);
    if (x->open && y->open) {
        assert_string_equal(x->open->id.text, y->open->id.text);
    }
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

static struct alert_target target_of(const struct program *p, uint32_t n)
{
    return p->present[n] ? at_value(n, p->value[n]) : nowhere;
}

static uint32_t series_named(const char *device, const char *sensor)
{
    for (uint32_t n = 0; n < SERIES; n++) {
        if (strcmp(devices[n / SENSORS], device) == 0 &&
            strcmp(sensors[n % SENSORS], sensor) == 0) {
            return n;
        }
    }
    fail();
    return 0;
}

static void random_values(struct command *c, uint64_t r)
{
    c->condition = (enum condition)(r % CONDITION_COUNT);
    c->threshold = (double)(r >> 8 & 7);
    c->severity = (enum severity)((r >> 16) % SEVERITY_COUNT);
    c->enabled = (r >> 24) % 4 > 0;
}

static void create_rule(struct program *p, uint64_t r)
{
    uint32_t n = (uint32_t)(r >> 32) % SERIES;
    struct command *c = rule_for(devices[n / SENSORS], sensors[n % SENSORS], CONDITION_EQUALS, 0);
    c->fields |= FIELD_SEVERITY | FIELD_ENABLED;
    random_values(c, r);
    (void)bench_command(&p->b, c, target_of(p, n), OK, NULL);
}

static void change_rule(struct program *p, uint64_t r)
{
    uint32_t count = alert_rule_count(p->b.e);
    if (count == 0) {
        return;
    }
    struct text_id id = alert_rule_at(p->b.e, (uint32_t)(r >> 40) % count)->id;
    if (r % 3 == 0) {
        (void)bench_command(&p->b, change_of(COMMAND_DELETE_RULE, id), nowhere, OK, NULL);
        return;
    }
    struct command *c = change_of(COMMAND_PATCH_RULE, id);
    c->fields = (uint32_t)(r >> 16) & (FIELD_DEVICE | FIELD_SENSOR | FIELD_CONDITION |
                                       FIELD_THRESHOLD | FIELD_SEVERITY | FIELD_ENABLED);
    c->device = strdup(devices[(r >> 5) % 2]);
    c->sensor = strdup(sensors[(r >> 7) % 3]);
    random_values(c, r >> 3);
    struct bytes device;
    struct bytes sensor;
    expect_ok(alert_command_series(p->b.e, c, &device, &sensor));
    uint32_t n = series_named((const char *)device.ptr, (const char *)sensor.ptr);
    (void)bench_command(&p->b, c, target_of(p, n), OK, NULL);
}

static void acknowledge(struct program *p, uint64_t r)
{
    uint32_t count = alert_open_count(p->b.e);
    if (count) {
        struct text_id id = alert_open_at(p->b.e, (uint32_t)(r >> 8) % count)->id;
        (void)bench_command(&p->b, change_of(COMMAND_ACKNOWLEDGE, id), nowhere, OK, NULL);
    }
}

/* As the pipeline does it: series are unbound one by one, then the device is told gone. */
static void delete_device(struct program *p, uint64_t r)
{
    uint32_t device = (uint32_t)(r >> 8) % ARRAY_LEN(devices);
    for (uint32_t n = device * SENSORS; n < (device + 1) * SENSORS; n++) {
        if (p->present[n]) {
            alert_unbind(p->b.e, (struct series_id){n}, p->b.now, p->b.out);
            p->present[n] = false;
        }
    }
    struct device_change *c = batch_add_device(p->b.out);
    c->device = (struct device_id){device};
    c->deleted = true;
    c->id = batch_put_text(p->b.out, bytes_of_text(devices[device]));
}

static void read_value(struct program *p, uint64_t r)
{
    uint32_t n = (uint32_t)(r >> 8) % SERIES;
    if (!p->present[n]) {
        alert_bind(p->b.e, (struct series_id){n}, bytes_of_text(devices[n / SENSORS]),
                   bytes_of_text(sensors[n % SENSORS]));
        p->present[n] = true;
    }
    p->value[n] = (double)(r >> 20 & 7);
    bench_read(&p->b, n, p->value[n]);
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
    case 3:
        if (arguments % 8 == 0) {
            delete_device(p, arguments);
        }
        break;
    default:
        read_value(p, arguments);
    }
}

/* Everything as the store would load it: devices and series besides rules and alerts. */
static struct batch *load(const struct program *p)
{
    struct batch *all = batch_new(BATCH_SNAPSHOT);
    all->seq = p->b.seq;
    for (uint32_t i = 0; i < ARRAY_LEN(devices); i++) {
        struct device_change *c = batch_add_device(all);
        c->device = (struct device_id){i};
        c->id = batch_put_text(all, bytes_of_text(devices[i]));
    }
    for (uint32_t n = 0; n < SERIES; n++) {
        if (p->present[n]) {
            struct series_change *c = batch_add_series(all);
            c->series = (struct series_id){n};
            c->device = (struct device_id){n / SENSORS};
            c->sensor = batch_put_text(all, bytes_of_text(sensors[n % SENSORS]));
        }
    }
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
        struct alert_engine *follower = alert_new(&p.b.config, (struct hash_key){9, 9}, 0x77, NULL);
        for (unsigned turn = 0; turn < 100; turn++) {
            unsigned count = (unsigned)(expect_random(&p.random) % 20);
            for (unsigned i = 0; i < count; i++) {
                operate(&p);
            }
            alert_apply(follower, p.b.out);
            expect_same(p.b.e, follower);
            expect_same_resolved(p.b.e, follower);
            bench_turn(&p.b, p.b.now + 1000);
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
        struct alert_engine *again = alert_new(&p.b.config, (struct hash_key){9, 9}, 0x77, NULL);
        /* What it held before is gone. */
        struct command *c = rule_for("old", "t", CONDITION_EQUALS, 1);
        struct alert_target old = at_value(2, 1);
        alert_command(again, c, &old, START, p.b.out);
        command_free(c);
        alert_apply(again, all);
        batch_release(all);
        expect_same(p.b.e, again);
        for (uint32_t i = 0; i < alert_rule_count(again); i++) {
            assert_int_equal(alert_rule_at(p.b.e, i)->series.n, alert_rule_at(again, i)->series.n);
        }
        /* The same readings again begin and end nothing. */
        bench_turn(&p.b, p.b.now + 1000);
        for (uint32_t n = 0; n < SERIES; n++) {
            if (p.present[n]) {
                alert_evaluate(again, (struct series_id){n}, p.value[n], p.b.now, p.b.out);
            }
        }
        assert_int_equal(p.b.out->alert_count, 0);
        /* And readings that meet no more than one value resolve as they would have. */
        for (uint32_t n = 0; n < SERIES; n++) {
            if (p.present[n]) {
                alert_evaluate(again, (struct series_id){n}, 3, p.b.now, p.b.out);
                bench_read(&p.b, n, 3);
            }
        }
        assert_int_equal(alert_open_count(again), alert_open_count(p.b.e));
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
