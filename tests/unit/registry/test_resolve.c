/* SPDX-License-Identifier: Apache-2.0 */
/* Devices and series appear by themselves, within their caps. */
#include "world.h"

static void a_first_message_makes_device_and_series(void **state)
{
    (void)state;
    struct world w;
    world_init(&w, NULL);
    struct registry_origin o = origin("pump-1", "pressure");
    o.unit = BYTES("bar");
    struct series_id series;
    assert_int_equal(world_resolve(&w, o, &series), DROP_NONE);
    assert_int_equal(series.n, 0);
    const struct registry_series *s = world_series(&w, "pump-1", "pressure");
    assert_string_equal(s->sensor, "pressure");
    assert_string_equal(s->unit, "bar");
    assert_string_equal(s->topic, "sensors/x");
    assert_int_equal(s->decimals, -1);
    assert_false(s->has_latest);
    const struct registry_device *d = world_device(&w, "pump-1");
    assert_int_equal(d->first_series.n, s->id.n);
    assert_int_equal(d->series_count, 1);
    assert_string_equal(d->name, "");
    assert_true(d->last_seen == WALL_NONE);
    expect_status(&w, "pump-1", STATUS_UNKNOWN, CAUSE_NONE);
    assert_int_equal(w.out->device_count, 1);
    assert_int_equal(w.out->series_count, 1);
    assert_int_equal(metrics_get(&w.metrics, METRIC_DEVICES), 1);
    assert_int_equal(metrics_get(&w.metrics, METRIC_SERIES), 1);
    assert_int_equal(registry_seq(w.r), 1);
    world_fini(&w);
}

static void a_known_series_writes_nothing(void **state)
{
    (void)state;
    struct world w;
    world_init(&w, NULL);
    struct registry_origin o = origin("pump-1", "pressure");
    struct series_id first;
    struct series_id again;
    assert_int_equal(world_resolve(&w, o, &first), DROP_NONE);
    world_turn(&w, START + 1000);
    assert_int_equal(world_resolve(&w, o, &again), DROP_NONE);
    assert_int_equal(first.n, again.n);
    assert_true(batch_empty(w.out));
    world_fini(&w);
}

static void a_new_unit_topic_or_kind_is_a_change(void **state)
{
    (void)state;
    struct world w;
    world_init(&w, NULL);
    struct series_id series;
    struct registry_origin o = origin("pump-1", "running");
    assert_int_equal(world_resolve(&w, o, &series), DROP_NONE);
    world_turn(&w, START + 1);
    o.topic = BYTES("plant/pump-1/running/value");
    o.kind = KIND_BOOLEAN;
    o.unit = BYTES("on");
    assert_int_equal(world_resolve(&w, o, &series), DROP_NONE);
    assert_int_equal(w.out->series_count, 1);
    const struct registry_series *s = world_series(&w, "pump-1", "running");
    assert_string_equal(s->topic, "plant/pump-1/running/value");
    assert_string_equal(s->unit, "on");
    assert_int_equal(s->kind, KIND_BOOLEAN);
    assert_int_equal(s->changed_seq, 2);
    /* A shorter topic takes the place of the longer one; a message without a unit leaves it. */
    o.topic = BYTES("a/b");
    o.unit = BYTES("");
    assert_int_equal(world_resolve(&w, o, &series), DROP_NONE);
    assert_string_equal(world_series(&w, "pump-1", "running")->topic, "a/b");
    assert_string_equal(world_series(&w, "pump-1", "running")->unit, "on");
    world_fini(&w);
}

static void a_persons_unit_outlives_what_the_device_tells(void **state)
{
    (void)state;
    struct world w;
    world_init(&w, NULL);
    struct series_id series;
    struct registry_origin o = origin("pump-1", "t");
    o.unit = BYTES("C");
    assert_int_equal(world_resolve(&w, o, &series), DROP_NONE);
    struct command *c = command_for(COMMAND_PATCH_SENSOR, "pump-1", "t");
    c->fields = FIELD_UNIT;
    c->unit = strdup("\xc2\xb0"
                     "C");
    world_command(&w, c, OK, NULL);
    world_turn(&w, START + 1);
    assert_int_equal(world_resolve(&w, o, &series), DROP_NONE);
    assert_string_equal(world_series(&w, "pump-1", "t")->unit, "\xc2\xb0"
                                                               "C");
    assert_true(batch_empty(w.out));
    c = command_for(COMMAND_PATCH_SENSOR, "pump-1", "t");
    c->fields = FIELD_UNIT;
    c->unit = strdup("");
    world_command(&w, c, OK, NULL);
    assert_int_equal(world_resolve(&w, o, &series), DROP_NONE);
    assert_string_equal(world_series(&w, "pump-1", "t")->unit, "C");
    world_fini(&w);
}

static void each_cap_refuses_with_its_own_reason_and_makes_nothing(void **state)
{
    (void)state;
    struct world w;
    struct registry_config config = registry_defaults;
    config.max_devices = 2;
    config.max_sensors_per_device = 2;
    config.max_series = 3;
    world_init(&w, &config);
    struct series_id series;
    assert_int_equal(world_resolve(&w, origin("a", "1"), &series), DROP_NONE);
    assert_int_equal(world_resolve(&w, origin("a", "2"), &series), DROP_NONE);
    assert_int_equal(world_resolve(&w, origin("a", "3"), &series), DROP_SENSOR_LIMIT);
    assert_int_equal(world_resolve(&w, origin("b", "1"), &series), DROP_NONE);
    assert_int_equal(world_resolve(&w, origin("b", "2"), &series), DROP_SERIES_LIMIT);
    assert_int_equal(world_resolve(&w, origin("c", "1"), &series), DROP_DEVICE_LIMIT);
    struct registry_origin o = origin("c", "");
    assert_int_equal(registry_status(w.r, &o, STATUS_ONLINE, CAUSE_REPORTED, w.now, w.out),
                     DROP_DEVICE_LIMIT);
    assert_int_equal(registry_device_count(w.r), 2);
    assert_int_equal(registry_series_count(w.r), 3);
    assert_int_equal(w.out->device_count, 2);
    assert_int_equal(w.out->series_count, 3);
    /* Room again once a device is gone. */
    world_command(&w, command_for(COMMAND_DELETE_DEVICE, "a", NULL), OK, NULL);
    assert_int_equal(world_resolve(&w, origin("c", "1"), &series), DROP_NONE);
    world_fini(&w);
}

static void what_can_not_be_a_name_is_refused(void **state)
{
    (void)state;
    struct world w;
    world_init(&w, NULL);
    char at_limit[LIMIT_ID_BYTES + 1];
    char too_long[LIMIT_ID_BYTES + 2];
    memset(at_limit, 'x', sizeof at_limit);
    at_limit[LIMIT_ID_BYTES] = '\0';
    memset(too_long, 'x', sizeof too_long);
    too_long[LIMIT_ID_BYTES + 1] = '\0';
    const char *const bad[] = {"", ".", "..", "a\nb", "\x7f", "\xff", too_long};
    struct series_id series;
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        assert_int_equal(world_resolve(&w, origin(bad[i], "s"), &series), DROP_BAD_DEVICE_ID);
        assert_int_equal(world_resolve(&w, origin("d", bad[i]), &series), DROP_BAD_SENSOR_ID);
        struct registry_origin o = origin(bad[i], "");
        assert_int_equal(registry_status(w.r, &o, STATUS_ONLINE, CAUSE_REPORTED, w.now, w.out),
                         DROP_BAD_DEVICE_ID);
        assert_null(registry_find_series(w.r, bytes_of_text(bad[i]), BYTES("s")));
    }
    assert_true(batch_empty(w.out));
    const char *const good[] = {"../../x", "<img src=x onerror=alert(1)>", "...", at_limit,
                                "\xe6\xb8\xa9\xe5\xba\xa6"};
    for (size_t i = 0; i < ARRAY_LEN(good); i++) {
        assert_int_equal(world_resolve(&w, origin(good[i], good[i]), &series), DROP_NONE);
        assert_int_equal(world_series(&w, good[i], good[i])->id.n, series.n);
    }
    world_fini(&w);
}

static void a_nul_in_a_name_can_not_pass_for_two_names(void **state)
{
    (void)state;
    struct world w;
    world_init(&w, NULL);
    struct series_id series;
    assert_int_equal(world_resolve(&w, origin("a", "bc"), &series), DROP_NONE);
    struct registry_origin o = origin("a", "c");
    o.device = BYTES("a\0b");
    assert_int_equal(world_resolve(&w, o, &series), DROP_BAD_DEVICE_ID);
    assert_null(registry_find_series(w.r, BYTES("ab"), BYTES("c")));
    world_fini(&w);
}

static void ids_are_never_used_twice_and_empty_pages_can_be_left(void **state)
{
    (void)state;
    struct world w;
    world_init(&w, NULL);
    struct series_id series = SERIES_NONE;
    char name[16];
    for (unsigned i = 0; i < 3000; i++) {
        (void)snprintf(name, sizeof name, "d%u", i);
        assert_int_equal(world_resolve(&w, origin(name, "s"), &series), DROP_NONE);
        assert_int_equal(series.n, i);
        if (i % 3) {
            world_command(&w, command_for(COMMAND_DELETE_DEVICE, name, NULL), OK, NULL);
        }
    }
    for (unsigned i = 0; i < 1500; i += 3) {
        (void)snprintf(name, sizeof name, "d%u", i);
        world_command(&w, command_for(COMMAND_DELETE_DEVICE, name, NULL), OK, NULL);
    }
    assert_int_equal(registry_device_count(w.r), 500);
    assert_int_equal(registry_device_rows(w.r), 3000);
    assert_int_equal(registry_series_rows(w.r), 3000);
    assert_null(registry_device(w.r, (struct device_id){0}));
    assert_null(registry_series(w.r, (struct series_id){0}));
    assert_non_null(registry_series(w.r, (struct series_id){1500}));
    assert_null(registry_device(w.r, (struct device_id){3000}));
    assert_null(registry_device(w.r, DEVICE_NONE));
    assert_null(registry_series(w.r, SERIES_NONE));
    assert_int_equal(world_resolve(&w, origin("d0", "s"), &series), DROP_NONE);
    assert_int_equal(series.n, 3000);
    world_fini(&w);
}

static void sensors_of_a_device_are_listed_as_they_appeared(void **state)
{
    (void)state;
    struct world w;
    world_init(&w, NULL);
    const char *const names[] = {"z", "a", "m"};
    struct series_id series;
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        assert_int_equal(world_resolve(&w, origin("other", names[i]), &series), DROP_NONE);
        assert_int_equal(world_resolve(&w, origin("d", names[i]), &series), DROP_NONE);
    }
    series = world_device(&w, "d")->first_series;
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        const struct registry_series *s = registry_series(w.r, series);
        assert_string_equal(s->sensor, names[i]);
        series = s->next;
    }
    assert_int_equal(series.n, SERIES_NONE.n);
    world_fini(&w);
}

static void long_units_and_topics_are_clipped_between_characters(void **state)
{
    (void)state;
    struct world w;
    world_init(&w, NULL);
    struct series_id series;
    struct registry_origin o = origin("d", "s");
    char topic[LIMIT_TOPIC_BYTES + 10];
    memset(topic, 't', sizeof topic);
    o.topic = bytes_of(topic, sizeof topic);
    o.unit = BYTES("0123456789012345678901234567890\xc2\xb5g"); /* 31 bytes, then two for one */
    assert_int_equal(world_resolve(&w, o, &series), DROP_NONE);
    assert_string_equal(world_series(&w, "d", "s")->unit, "0123456789012345678901234567890");
    assert_int_equal(strlen(world_series(&w, "d", "s")->topic), LIMIT_TOPIC_BYTES);
    world_turn(&w, START + 1);
    assert_int_equal(world_resolve(&w, o, &series), DROP_NONE);
    assert_true(batch_empty(w.out));
    world_fini(&w);
}

static uint32_t id_of(struct world *w, const char *device, const char *sensor)
{
    struct series_id series;
    assert_int_equal(world_resolve(w, origin(device, sensor), &series), DROP_NONE);
    return series.n;
}

/* What came behind what is only a guess: another order, names alike and deletions don't matter. */
static void a_series_is_the_same_in_whatever_order_it_is_asked_for(void **state)
{
    (void)state;
    struct world w;
    world_init(&w, NULL);
    static const char *const names[][2] = {{"a", "x"}, {"a", "y"}, {"ax", "x"}, {"b", "xx"}};
    uint32_t ids[ARRAY_LEN(names)];
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        ids[i] = id_of(&w, names[i][0], names[i][1]);
    }
    for (size_t i = 0; i < 64; i++) {
        size_t n = i * i % ARRAY_LEN(names) + i / 32;
        n %= ARRAY_LEN(names);
        assert_int_equal(id_of(&w, names[n][0], names[n][1]), ids[n]);
    }
    (void)id_of(&w, "a", "x");
    (void)id_of(&w, "a", "y");
    world_command(&w, command_for(COMMAND_DELETE_DEVICE, "a", NULL), OK, NULL);
    assert_int_equal(id_of(&w, "b", "xx"), ids[3]);
    uint32_t anew = id_of(&w, "a", "x");
    assert_true(anew > ids[3]);
    assert_int_equal(id_of(&w, "a", "x"), anew);
    world_fini(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_first_message_makes_device_and_series),
        cmocka_unit_test(a_known_series_writes_nothing),
        cmocka_unit_test(a_new_unit_topic_or_kind_is_a_change),
        cmocka_unit_test(a_persons_unit_outlives_what_the_device_tells),
        cmocka_unit_test(each_cap_refuses_with_its_own_reason_and_makes_nothing),
        cmocka_unit_test(what_can_not_be_a_name_is_refused),
        cmocka_unit_test(a_nul_in_a_name_can_not_pass_for_two_names),
        cmocka_unit_test(ids_are_never_used_twice_and_empty_pages_can_be_left),
        cmocka_unit_test(sensors_of_a_device_are_listed_as_they_appeared),
        cmocka_unit_test(a_series_is_the_same_in_whatever_order_it_is_asked_for),
        cmocka_unit_test(long_units_and_topics_are_clipped_between_characters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
