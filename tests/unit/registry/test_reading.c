/* SPDX-License-Identifier: Apache-2.0 */
/* The newest value of a series by the device's own time, and what becomes of odd times. */
#include "world.h"

static uint64_t corrected(const struct world *w, enum correction reason)
{
    return w->metrics.corrected[reason];
}

static void latest_goes_by_the_devices_time_and_never_back(void **state)
{
    (void)state;
    struct world w;
    world_init(&w, NULL);
    struct registry_origin o = origin("d", "s");
    assert_int_equal(world_read(&w, o, 1, START - 2000, 0), REGISTRY_NEWEST);
    assert_int_equal(world_read(&w, o, 2, START - 1000, 0), REGISTRY_NEWEST);
    assert_int_equal(world_read(&w, o, 3, START - 1500, 0), REGISTRY_LATE);
    const struct registry_series *s = world_series(&w, "d", "s");
    assert_true(s->value == 2 && s->time == START - 1000);
    assert_int_equal(corrected(&w, CORRECTION_OUT_OF_ORDER), 1);
    /* At one and the same time the later arrival wins. */
    assert_int_equal(world_read(&w, o, 4, START - 1000, 0), REGISTRY_NEWEST);
    assert_true(s->value == 4);
    assert_int_equal(w.out->reading_count, 4);
    world_fini(&w);
}

static void odd_clocks_get_the_arrival_time(void **state)
{
    (void)state;
    const struct {
        wall_ms time;
        wall_ms taken;
        enum correction reason; /* CORRECTION_COUNT: none */
    } table[] = {
        {WALL_NONE, START, CORRECTION_COUNT},
        {START + 5 * MINUTE_MS, START + 5 * MINUTE_MS, CORRECTION_COUNT},
        {START + 5 * MINUTE_MS + 1, START, CORRECTION_TIME_AHEAD},
        {INT64_MAX, START, CORRECTION_TIME_AHEAD},
        {978307200000, 978307200000, CORRECTION_COUNT},
        {978307199999, START, CORRECTION_TIME_UNSET},
        {0, START, CORRECTION_TIME_UNSET},
        {-1, START, CORRECTION_TIME_UNSET},
    };
    for (size_t i = 0; i < ARRAY_LEN(table); i++) {
        struct world w;
        world_init(&w, NULL);
        assert_int_equal(world_read(&w, origin("d", "s"), 1, table[i].time, 0), REGISTRY_NEWEST);
        assert_true(w.out->readings[0].time == table[i].taken);
        assert_int_equal(w.out->readings[0].flags,
                         table[i].taken == table[i].time ? 0 : READING_ARRIVAL_TIME);
        for (unsigned c = 0; c < CORRECTION_COUNT; c++) {
            assert_int_equal(w.metrics.corrected[c], c == table[i].reason);
        }
        world_fini(&w);
    }
}

static void older_than_the_retention_is_refused_but_shows_life(void **state)
{
    (void)state;
    struct world w;
    struct registry_config config = registry_defaults;
    config.retention_ms = HOUR_MS;
    world_init(&w, &config);
    struct registry_origin o = origin("d", "s");
    assert_int_equal(world_read(&w, o, 1, START - HOUR_MS, 0), REGISTRY_NEWEST);
    world_turn(&w, START + 2000);
    assert_int_equal(world_read(&w, o, 2, START - HOUR_MS, 0), REGISTRY_REFUSED);
    assert_int_equal(world_read(&w, o, 3, START - HOUR_MS, 0), REGISTRY_REFUSED);
    assert_int_equal(w.out->reading_count, 0);
    assert_int_equal(w.out->status_count, 1);
    assert_true(w.out->statuses[0].repeated);
    assert_true(world_device(&w, "d")->last_seen == START + 2000);
    assert_true(world_series(&w, "d", "s")->value == 1);
    world_fini(&w);
}

static void a_last_known_value_is_shown_only_until_something_better_comes(void **state)
{
    (void)state;
    struct world w;
    world_init(&w, NULL);
    struct registry_origin o = origin("d", "s");
    assert_int_equal(world_read(&w, o, 1, WALL_NONE, READING_LAST_KNOWN), REGISTRY_LAST_KNOWN);
    const struct registry_series *s = world_series(&w, "d", "s");
    assert_true(s->has_latest && s->last_known && s->value == 1);
    expect_status(&w, "d", STATUS_UNKNOWN, CAUSE_NONE);
    assert_true(world_device(&w, "d")->last_seen == WALL_NONE);
    assert_int_equal(w.out->reading_count, 1);
    assert_int_equal(world_read(&w, o, 2, WALL_NONE, READING_LAST_KNOWN), REGISTRY_LAST_KNOWN);
    assert_true(s->value == 2);
    /* A reading proper wins even when its device's clock is behind ours. */
    assert_int_equal(world_read(&w, o, 3, START - 5000, 0), REGISTRY_NEWEST);
    assert_true(s->value == 3 && !s->last_known && s->time == START - 5000);
    size_t written = w.out->reading_count;
    assert_int_equal(world_read(&w, o, 4, WALL_NONE, READING_LAST_KNOWN), REGISTRY_LAST_KNOWN);
    assert_true(s->value == 3);
    assert_int_equal(w.out->reading_count, written);
    world_fini(&w);
}

static void a_retained_reading_with_its_own_time_is_history_without_life(void **state)
{
    (void)state;
    struct world w;
    world_init(&w, NULL);
    struct registry_origin o = origin("d", "s");
    assert_int_equal(world_read(&w, o, 1, START - 1000, READING_RETAINED), REGISTRY_NEWEST);
    assert_int_equal(w.out->reading_count, 1);
    expect_status(&w, "d", STATUS_UNKNOWN, CAUSE_NONE);
    world_fini(&w);
}

static void a_reading_makes_its_device_online_once(void **state)
{
    (void)state;
    struct world w;
    world_init(&w, NULL);
    (void)world_read(&w, origin("d", "s"), 1, START - HOUR_MS, 0);
    expect_status(&w, "d", STATUS_ONLINE, CAUSE_DATA);
    assert_true(world_device(&w, "d")->last_seen == START);
    assert_true(world_device(&w, "d")->since == START);
    assert_int_equal(w.out->status_count, 1);
    world_turn(&w, START + 700);
    (void)world_read(&w, origin("d", "s"), 2, WALL_NONE, 0);
    assert_int_equal(w.out->status_count, 0);
    assert_true(world_device(&w, "d")->last_seen == START + 700);
    assert_true(world_device(&w, "d")->since == START);
    assert_int_equal(world_device(&w, "d")->changed_seq, 1);
    assert_int_equal(world_series(&w, "d", "s")->changed_seq, 2);
    assert_int_equal(registry_status_count(w.r, STATUS_ONLINE), 1);
    assert_int_equal(registry_status_count(w.r, STATUS_UNKNOWN), 0);
    world_fini(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(latest_goes_by_the_devices_time_and_never_back),
        cmocka_unit_test(odd_clocks_get_the_arrival_time),
        cmocka_unit_test(older_than_the_retention_is_refused_but_shows_life),
        cmocka_unit_test(a_last_known_value_is_shown_only_until_something_better_comes),
        cmocka_unit_test(a_retained_reading_with_its_own_time_is_history_without_life),
        cmocka_unit_test(a_reading_makes_its_device_online_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
