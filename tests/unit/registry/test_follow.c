/* SPDX-License-Identifier: Apache-2.0 */
/* Seeded random programs drive a decider; a follower that applies its batches, and at times a third
 * that begins from a snapshot of it, must hold the same world. */
#include "world.h"

#define DEVICES 12u
#define SENSORS 5u

/* What a comparison of two instances looks at. */
enum compare {
    COMPARE_ALL,
    COMPARE_BUT_SEQ, /* a snapshot can't tell when each row last changed */
};

static void expect_same_device(const struct registry_device *a, const struct registry_device *b,
                               enum compare how)
{
    assert_string_equal(a->key, b->key);
    assert_string_equal(a->name, b->name);
    assert_string_equal(a->model, b->model);
    assert_string_equal(a->manufacturer, b->manufacturer);
    assert_string_equal(a->place, b->place);
    assert_int_equal(a->pinned, b->pinned);
    assert_int_equal(a->located, b->located);
    assert_true(a->lat == b->lat && a->lng == b->lng);
    assert_int_equal(a->tags_len, b->tags_len);
    assert_memory_equal(a->tags, b->tags, a->tags_len + 1);
    assert_string_equal(a->attributes, b->attributes);
    assert_int_equal(a->status, b->status);
    assert_int_equal(a->cause, b->cause);
    assert_true(a->since == b->since && a->last_seen == b->last_seen);
    assert_int_equal(a->first_series.n, b->first_series.n);
    assert_int_equal(a->series_count, b->series_count);
    if (how == COMPARE_ALL) {
        assert_int_equal(a->changed_seq, b->changed_seq);
    }
}

static void expect_same_series(const struct registry_series *a, const struct registry_series *b,
                               enum compare how)
{
    assert_int_equal(a->device.n, b->device.n);
    assert_int_equal(a->next.n, b->next.n);
    assert_string_equal(a->sensor, b->sensor);
    assert_string_equal(a->name, b->name);
    assert_string_equal(a->unit, b->unit);
    assert_int_equal(a->unit_pinned, b->unit_pinned);
    assert_string_equal(a->topic, b->topic);
    assert_int_equal(a->kind, b->kind);
    assert_int_equal(a->ranged, b->ranged);
    assert_true(a->min == b->min && a->max == b->max);
    assert_int_equal(a->decimals, b->decimals);
    assert_int_equal(a->has_latest, b->has_latest);
    assert_int_equal(a->last_known, b->last_known);
    assert_true(a->value == b->value && a->time == b->time);
    if (how == COMPARE_ALL) {
        assert_int_equal(a->changed_seq, b->changed_seq);
    }
}

static void count_deleted(void *ctx, const char *key)
{
    *(uint64_t *)ctx = *(uint64_t *)ctx * 31 + strlen(key) + (uint8_t)key[1];
}

static void expect_same(const struct registry *a, const struct registry *b, enum compare how)
{
    assert_int_equal(registry_device_rows(a), registry_device_rows(b));
    assert_int_equal(registry_series_rows(a), registry_series_rows(b));
    assert_int_equal(registry_device_count(a), registry_device_count(b));
    assert_int_equal(registry_series_count(a), registry_series_count(b));
    for (unsigned s = 0; s < STATUS_COUNT; s++) {
        assert_int_equal(registry_status_count(a, s), registry_status_count(b, s));
    }
    for (uint32_t n = 0; n < registry_device_rows(a); n++) {
        const struct registry_device *d = registry_device(a, (struct device_id){n});
        const struct registry_device *e = registry_device(b, (struct device_id){n});
        assert_int_equal(!d, !e);
        if (d && e) {
            expect_same_device(d, e, how);
            assert_ptr_equal(registry_find_device(b, bytes_of_text(d->key)), e);
        }
    }
    for (uint32_t n = 0; n < registry_series_rows(a); n++) {
        const struct registry_series *s = registry_series(a, (struct series_id){n});
        const struct registry_series *t = registry_series(b, (struct series_id){n});
        assert_int_equal(!s, !t);
        if (s && t) {
            expect_same_series(s, t, how);
            const char *key = registry_device(a, s->device)->key;
            assert_ptr_equal(registry_find_series(b, bytes_of_text(key), bytes_of_text(s->sensor)),
                             t);
        }
    }
    if (how == COMPARE_ALL) {
        uint64_t x = 0;
        uint64_t y = 0;
        assert_int_equal(registry_deleted_since(a, 0, count_deleted, &x),
                         registry_deleted_since(b, 0, count_deleted, &y));
        assert_int_equal(x, y);
        assert_int_equal(registry_seq(a), registry_seq(b));
    }
}

/* ---- one random operation each ---- */

static struct registry_origin random_origin(uint64_t *random, char device[8], char sensor[8])
{
    static const char *const units[] = {"", "", "", "C", "bar"};
    static const char *const topics[] = {"sensors/x", "sensors/x", "sensors/longer/topic"};
    uint64_t n = expect_random(random);
    (void)snprintf(device, 8, "d%u", (unsigned)(n % DEVICES));
    (void)snprintf(sensor, 8, "s%u", (unsigned)(n >> 8) % SENSORS);
    return (struct registry_origin){.device = bytes_of_text(device),
                                    .sensor = bytes_of_text(sensor),
                                    .unit = bytes_of_text(units[(n >> 16) % ARRAY_LEN(units)]),
                                    .topic = bytes_of_text(topics[(n >> 24) % ARRAY_LEN(topics)]),
                                    .kind = (n >> 32) % 50 ? KIND_NUMBER : KIND_BOOLEAN,
                                    .carrier = (n >> 40) % 3 ? CARRIER_NONE : (n >> 44) % 4};
}

static void random_reading(struct world *w, uint64_t *random)
{
    char device[8];
    char sensor[8];
    struct registry_origin o = random_origin(random, device, sensor);
    struct series_id series;
    bool created;
    if (registry_resolve(w->r, &o, w->now, w->out, &series, &created) != DROP_NONE) {
        return;
    }
    uint64_t n = expect_random(random);
    const wall_ms times[] = {WALL_NONE, w->now - 10, w->now - (wall_ms)(n >> 40), 5,
                             w->now + HOUR_MS};
    const uint32_t flags[] = {0, 0, 0, 0, READING_LAST_KNOWN, READING_RETAINED, READING_HISTORICAL};
    struct reading in = {series.n, flags[(n >> 8) % ARRAY_LEN(flags)], times[n % ARRAY_LEN(times)],
                         (double)(n >> 50)};
    (void)registry_reading(w->r, in, w->now, w->out);
}

static void random_status(struct world *w, uint64_t *random)
{
    static const enum status_cause causes[] = {CAUSE_REPORTED, CAUSE_REPORTED, CAUSE_WILL,
                                               CAUSE_NONE};
    char device[8];
    char sensor[8];
    struct registry_origin o = random_origin(random, device, sensor);
    uint64_t n = expect_random(random);
    (void)registry_status(w->r, &o, (enum device_status)(n % STATUS_COUNT),
                          causes[(n >> 8) % ARRAY_LEN(causes)], w->now, w->out);
}

static void random_command(struct world *w, uint64_t *random)
{
    static const enum command_kind kinds[] = {COMMAND_PATCH_DEVICE, COMMAND_PATCH_SENSOR,
                                              COMMAND_DELETE_DEVICE};
    char device[8];
    char sensor[8];
    (void)random_origin(random, device, sensor);
    uint64_t n = expect_random(random);
    struct command *c = command_for(kinds[n % ARRAY_LEN(kinds)], device, sensor);
    c->fields = (uint32_t)(n >> 8) & 0x1ff;
    c->name = strdup((n >> 20) % 2 ? "name" : "other");
    c->unit = strdup((n >> 21) % 2 ? "" : "K");
    c->model = strdup("model");
    c->tags = (n >> 22) % 2 ? strdup("tag") : NULL;
    c->tags_len = c->tags ? 4 : 0;
    c->located = (n >> 23) % 2;
    c->lat = (double)(n >> 58);
    c->ranged = (n >> 24) % 2;
    c->max = (double)(n >> 60); /* 0 at times, which is not a range */
    registry_command(w->r, c, w->out);
    command_free(c);
}

static void random_description(struct world *w, uint64_t *random)
{
    char device[8], parent[8], sensor[8];
    (void)random_origin(random, device, sensor);
    (void)random_origin(random, parent, sensor);
    uint64_t n = expect_random(random);
    struct registry_description told = {
        .device = bytes_of_text(device),
        .parent = n % 2 ? bytes_of_text(parent) : BYTES(""),
        .name = (n >> 8) % 2 ? BYTES("told") : BYTES(""),
        .manufacturer = (n >> 9) % 2 ? BYTES("maker") : BYTES("smith"),
        .located = (n >> 10) % 2,
        .lat = (double)(n >> 58),
    };
    (void)registry_describe(w->r, &told, w->now, w->out);
}

static void random_operation(struct world *w, uint64_t *random)
{
    uint64_t n = expect_random(random);
    switch (n % 32) {
    case 0:
    case 1:
        random_command(w, random);
        break;
    case 2:
        registry_carrier_lost(w->r, (n >> 8) % 4, w->now, w->out);
        break;
    case 3:
        registry_carrier_closed(w->r, (n >> 8) % 4);
        break;
    case 4:
    case 5:
    case 6:
        random_status(w, random);
        break;
    case 8:
        random_description(w, random);
        break;
    case 7:
        registry_tick(w->r, w->now, w->out);
        break;
    default:
        random_reading(w, random);
    }
}

static void expect_snapshot_same(const struct world *w)
{
    struct batch *snapshot = batch_new(BATCH_SNAPSHOT);
    snapshot->seq = w->seq;
    registry_snapshot(w->r, snapshot);
    struct registry *third = registry_new(&w->config, (struct hash_key){5, 6}, NULL);
    /* What it held before is gone. */
    struct batch *before = batch_new(BATCH_CHANGES);
    before->now = START;
    struct registry_origin o = origin("old", "s");
    struct series_id series;
    bool created;
    assert_int_equal(registry_resolve(third, &o, START, before, &series, &created), DROP_NONE);
    batch_release(before);
    registry_apply(third, snapshot);
    batch_release(snapshot);
    expect_same(w->r, third, COMPARE_BUT_SEQ);
    registry_free(third);
}

static void a_follower_ends_where_the_decider_is(void **state)
{
    (void)state;
    uint64_t random = expect_seed();
    for (unsigned round = 0; round < 30; round++) {
        struct world w;
        struct registry_config config = registry_defaults;
        config.max_devices = DEVICES - 2;
        config.max_series = DEVICES * SENSORS - 20;
        config.max_sensors_per_device = SENSORS - 1;
        config.retention_ms = round % 2 ? HOUR_MS : 0;
        world_init(&w, &config);
        struct registry *follower = registry_new(&config, (struct hash_key){7, 8}, NULL);
        for (unsigned turn = 0; turn < 120; turn++) {
            unsigned operations = (unsigned)(expect_random(&random) % 30);
            for (unsigned i = 0; i < operations; i++) {
                random_operation(&w, &random);
            }
            if (!batch_empty(w.out)) {
                registry_apply(follower, w.out);
                expect_same(w.r, follower, COMPARE_ALL);
            }
            if (turn % 40 == 39) {
                expect_snapshot_same(&w);
            }
            world_turn(&w, w.now + (wall_ms)(expect_random(&random) % 60000));
        }
        registry_free(follower);
        world_fini(&w);
    }
}

static void a_follower_goes_on_from_a_snapshot(void **state)
{
    (void)state;
    uint64_t random = expect_seed();
    struct world w;
    world_init(&w, NULL);
    struct registry *follower = registry_new(&w.config, (struct hash_key){7, 8}, NULL);
    for (unsigned turn = 0; turn < 300; turn++) {
        for (unsigned i = 0; i < 10; i++) {
            random_operation(&w, &random);
        }
        if (turn % 100 == 50) {
            struct batch *snapshot = batch_new(BATCH_SNAPSHOT);
            snapshot->seq = w.seq;
            registry_snapshot(w.r, snapshot);
            registry_apply(follower, snapshot);
            batch_release(snapshot);
        } else {
            registry_apply(follower, w.out);
        }
        expect_same(w.r, follower, COMPARE_BUT_SEQ);
        world_turn(&w, w.now + (wall_ms)(expect_random(&random) % 60000));
    }
    registry_free(follower);
    world_fini(&w);
}

static void a_snapshot_remembers_the_ids_of_the_deleted(void **state)
{
    (void)state;
    struct world w;
    world_init(&w, NULL);
    (void)world_read(&w, origin("a", "s"), 1, WALL_NONE, 0);
    (void)world_read(&w, origin("b", "s"), 1, WALL_NONE, 0);
    world_command(&w, command_for(COMMAND_DELETE_DEVICE, "b", NULL), OK, NULL);
    struct batch *snapshot = batch_new(BATCH_SNAPSHOT);
    registry_snapshot(w.r, snapshot);
    world_fini(&w);
    world_init(&w, NULL);
    registry_apply(w.r, snapshot);
    batch_release(snapshot);
    (void)world_read(&w, origin("c", "s"), 1, WALL_NONE, 0);
    assert_int_equal(world_device(&w, "c")->id.n, 2);
    assert_int_equal(world_series(&w, "c", "s")->id.n, 2);
    assert_int_equal(metrics_get(&w.metrics, METRIC_DEVICES), 2);
    world_fini(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_follower_ends_where_the_decider_is),
        cmocka_unit_test(a_follower_goes_on_from_a_snapshot),
        cmocka_unit_test(a_snapshot_remembers_the_ids_of_the_deleted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
