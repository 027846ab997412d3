/* SPDX-License-Identifier: Apache-2.0 */
/* What messages tell about devices: names, places, bridges they live behind, and movement. */
#include "world.h"

static struct registry_description about(const char *device)
{
    return (struct registry_description){.device = bytes_of_text(device)};
}

static void describe(struct world *w, const struct registry_description *told)
{
    assert_int_equal(registry_describe(w->r, told, w->now, w->out), DROP_NONE);
}

static void a_description_makes_the_device_and_is_told_once(void **state)
{
    (void)state;
    struct world w;
    world_init(&w, NULL);
    struct registry_description told = about("plug");
    told.name = BYTES("Coffee");
    told.model = BYTES("ZNCZ02LM");
    told.manufacturer = BYTES("Xiaomi");
    told.place = BYTES("Kitchen");
    told.located = true;
    told.lat = 52.5;
    told.lng = 13.4;
    describe(&w, &told);
    const struct registry_device *d = world_device(&w, "plug");
    assert_string_equal(d->name, "Coffee");
    assert_string_equal(d->model, "ZNCZ02LM");
    assert_string_equal(d->manufacturer, "Xiaomi");
    assert_string_equal(d->place, "Kitchen");
    assert_true(d->located && d->lat == 52.5 && d->lng == 13.4);
    assert_int_equal(d->status, STATUS_UNKNOWN);
    world_turn(&w, START + 1);
    describe(&w, &told);
    assert_true(batch_empty(w.out));
    world_fini(&w);
}

static void a_persons_word_stays_until_it_is_taken_back(void **state)
{
    (void)state;
    struct world w;
    world_init(&w, NULL);
    struct registry_description told = about("d");
    told.name = BYTES("told");
    describe(&w, &told);
    struct command *c = command_for(COMMAND_PATCH_DEVICE, "d", NULL);
    c->fields = FIELD_NAME;
    c->name = strdup("mine");
    world_command(&w, c, OK, NULL);
    describe(&w, &told);
    assert_string_equal(world_device(&w, "d")->name, "mine");
    c = command_for(COMMAND_PATCH_DEVICE, "d", NULL);
    c->fields = FIELD_NAME;
    c->name = strdup("");
    world_command(&w, c, OK, NULL);
    describe(&w, &told);
    assert_string_equal(world_device(&w, "d")->name, "told");
    world_fini(&w);
}

static void bad_descriptions_change_nothing(void **state)
{
    (void)state;
    struct world w;
    world_init(&w, NULL);
    struct registry_description told = about("d");
    told.name = BYTES("a\nb");
    told.model = BYTES("\xff\xfe");
    told.located = true;
    told.lat = 91;
    describe(&w, &told);
    const struct registry_device *d = world_device(&w, "d");
    assert_string_equal(d->name, "");
    assert_string_equal(d->model, "");
    assert_false(d->located);
    assert_int_equal(
        registry_describe(w.r, &(struct registry_description){.device = BYTES("")}, w.now, w.out),
        DROP_BAD_DEVICE_ID);
    world_fini(&w);
}

static void the_newest_position_moves_the_device(void **state)
{
    (void)state;
    struct world w;
    world_init(&w, NULL);
    (void)world_read(&w, origin("car", "location.latitude"), 48.1, START, 0);
    assert_false(world_device(&w, "car")->located);
    (void)world_read(&w, origin("car", "location.longitude"), 11.5, START, 0);
    assert_true(world_device(&w, "car")->located);
    assert_true(world_device(&w, "car")->lat == 48.1 && world_device(&w, "car")->lng == 11.5);

    /* An older one is history, and a metre is noise. */
    world_turn(&w, START + 1);
    (void)world_read(&w, origin("car", "location.latitude"), 40, START - 5000, 0);
    (void)world_read(&w, origin("car", "location.longitude"), 10, START - 5000, 0);
    (void)world_read(&w, origin("car", "location.latitude"), 48.100001, START + 1, 0);
    (void)world_read(&w, origin("car", "location.longitude"), 11.500001, START + 1, 0);
    assert_int_equal(w.out->device_count, 0);
    assert_true(world_device(&w, "car")->lat == 48.1);
    world_fini(&w);
}

static void kept_readings_that_come_late_are_never_the_latest(void **state)
{
    (void)state;
    struct world w;
    world_init(&w, NULL);
    (void)world_read(&w, origin("d", "s"), 1, START - 1000, 0);
    assert_int_equal(world_read(&w, origin("d", "s"), 2, START, READING_HISTORICAL), REGISTRY_LATE);
    assert_true(world_series(&w, "d", "s")->value == 1);
    assert_int_equal(w.out->reading_count, 2);
    world_fini(&w);
}

static void put_behind(struct world *w, const char *device, const char *parent)
{
    struct registry_description told = about(device);
    told.parent = bytes_of_text(parent);
    describe(w, &told);
}

static void the_death_of_a_bridge_reaches_all_below_it(void **state)
{
    (void)state;
    struct world w;
    world_init(&w, NULL);
    put_behind(&w, "plug", "router");
    put_behind(&w, "lamp", "bridge");
    put_behind(&w, "router", "bridge");
    put_behind(&w, "asleep", "bridge");
    (void)world_read(&w, origin("plug", "s"), 1, WALL_NONE, 0);
    (void)world_read(&w, origin("lamp", "s"), 1, WALL_NONE, 0);
    (void)world_read(&w, origin("other", "s"), 1, WALL_NONE, 0);
    world_tell(&w, origin("asleep", ""), STATUS_ASLEEP, CAUSE_REPORTED);
    world_tell(&w, origin("bridge", ""), STATUS_OFFLINE, CAUSE_WILL);
    assert_int_equal(world_device(&w, "plug")->status, STATUS_UNKNOWN);
    assert_int_equal(world_device(&w, "plug")->cause, CAUSE_GATEWAY_LOST);
    assert_int_equal(world_device(&w, "lamp")->status, STATUS_UNKNOWN);
    assert_int_equal(world_device(&w, "asleep")->status, STATUS_ASLEEP);
    assert_int_equal(world_device(&w, "other")->status, STATUS_ONLINE);
    (void)world_read(&w, origin("lamp", "s"), 2, WALL_NONE, 0);
    assert_int_equal(world_device(&w, "lamp")->status, STATUS_ONLINE);
    world_fini(&w);
}

static void bridges_in_a_circle_are_no_circle_here(void **state)
{
    (void)state;
    struct world w;
    world_init(&w, NULL);
    put_behind(&w, "a", "a");
    put_behind(&w, "a", "b");
    put_behind(&w, "b", "c");
    put_behind(&w, "c", "a");
    world_tell(&w, origin("c", ""), STATUS_OFFLINE, CAUSE_REPORTED);
    world_command(&w, command_for(COMMAND_DELETE_DEVICE, "b", NULL), OK, NULL);
    world_tell(&w, origin("c", ""), STATUS_OFFLINE, CAUSE_REPORTED);
    put_behind(&w, "c", "a");
    world_tell(&w, origin("a", ""), STATUS_OFFLINE, CAUSE_REPORTED);
    world_fini(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_description_makes_the_device_and_is_told_once),
        cmocka_unit_test(a_persons_word_stays_until_it_is_taken_back),
        cmocka_unit_test(bad_descriptions_change_nothing),
        cmocka_unit_test(the_newest_position_moves_the_device),
        cmocka_unit_test(kept_readings_that_come_late_are_never_the_latest),
        cmocka_unit_test(the_death_of_a_bridge_reaches_all_below_it),
        cmocka_unit_test(bridges_in_a_circle_are_no_circle_here),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
