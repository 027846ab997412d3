/* SPDX-License-Identifier: Apache-2.0 */
/* How a device is: told by itself, by its connection's end, or by its silence. */
#include "world.h"

static struct registry_origin carried(const char *device, uint32_t carrier)
{
    struct registry_origin o = origin(device, "s");
    o.carrier = carrier;
    return o;
}

/* One tick of the registry each second from now until `end`, batches thrown away. */
static void tick_until(struct world *w, wall_ms end)
{
    for (wall_ms t = w->now; t < end; t += 1000) {
        world_turn(w, t);
        registry_tick(w->r, t, w->out);
    }
    world_turn(w, end);
    registry_tick(w->r, end, w->out);
}

static void a_device_may_appear_by_its_status_alone(void **state)
{
    (void)state;
    struct world w;
    world_init(&w, NULL);
    world_tell(&w, origin("d", ""), STATUS_ONLINE, CAUSE_REPORTED);
    expect_status(&w, "d", STATUS_ONLINE, CAUSE_REPORTED);
    assert_true(world_device(&w, "d")->last_seen == START);
    assert_int_equal(world_device(&w, "d")->series_count, 0);
    world_fini(&w);
}

static void a_repeated_status_is_written_as_repeated_and_keeps_its_since(void **state)
{
    (void)state;
    struct world w;
    world_init(&w, NULL);
    world_tell(&w, origin("d", ""), STATUS_ONLINE, CAUSE_REPORTED);
    world_turn(&w, START + 5000);
    world_tell(&w, origin("d", ""), STATUS_ONLINE, CAUSE_REPORTED);
    assert_int_equal(w.out->status_count, 1);
    assert_true(w.out->statuses[0].repeated);
    assert_true(w.out->statuses[0].since == START);
    assert_true(w.out->statuses[0].last_seen == START + 5000);
    assert_int_equal(world_device(&w, "d")->changed_seq, 1);
    world_fini(&w);
}

static void another_cause_for_the_same_status_is_a_change_with_the_old_since(void **state)
{
    (void)state;
    struct world w;
    world_init(&w, NULL);
    (void)world_read(&w, origin("d", "s"), 1, WALL_NONE, 0);
    world_turn(&w, START + 1000);
    world_tell(&w, origin("d", ""), STATUS_ONLINE, CAUSE_REPORTED);
    assert_false(w.out->statuses[0].repeated);
    assert_true(world_device(&w, "d")->since == START);
    world_fini(&w);
}

static void wills_and_retained_statuses_are_no_sign_of_life(void **state)
{
    (void)state;
    struct world w;
    world_init(&w, NULL);
    world_tell(&w, origin("a", ""), STATUS_OFFLINE, CAUSE_WILL);
    world_tell(&w, origin("b", ""), STATUS_ONLINE, CAUSE_NONE);
    expect_status(&w, "a", STATUS_OFFLINE, CAUSE_WILL);
    expect_status(&w, "b", STATUS_ONLINE, CAUSE_REPORTED);
    assert_true(world_device(&w, "a")->last_seen == WALL_NONE);
    assert_true(world_device(&w, "b")->last_seen == WALL_NONE);
    world_fini(&w);
}

static void data_after_an_offline_message_makes_it_online_again(void **state)
{
    (void)state;
    struct world w;
    world_init(&w, NULL);
    world_tell(&w, origin("d", ""), STATUS_OFFLINE, CAUSE_REPORTED);
    world_turn(&w, START + 10);
    (void)world_read(&w, origin("d", "s"), 1, WALL_NONE, 0);
    expect_status(&w, "d", STATUS_ONLINE, CAUSE_DATA);
    assert_true(world_device(&w, "d")->since == START + 10);
    world_fini(&w);
}

static void a_lost_connection_takes_its_one_device_offline(void **state)
{
    (void)state;
    struct world w;
    world_init(&w, NULL);
    (void)world_read(&w, carried("d", 7), 1, WALL_NONE, 0);
    (void)world_read(&w, carried("d", 7), 2, WALL_NONE, 0);
    (void)world_read(&w, carried("other", 8), 2, WALL_NONE, 0);
    registry_carrier_lost(w.r, 7, START, w.out);
    expect_status(&w, "d", STATUS_OFFLINE, CAUSE_CONNECTION_LOST);
    expect_status(&w, "other", STATUS_ONLINE, CAUSE_DATA);
    /* The number is free for another connection. */
    (void)world_read(&w, carried("third", 7), 2, WALL_NONE, 0);
    registry_carrier_lost(w.r, 7, START, w.out);
    expect_status(&w, "third", STATUS_OFFLINE, CAUSE_CONNECTION_LOST);
    world_fini(&w);
}

static void a_lost_gateway_makes_each_of_its_devices_unknown(void **state)
{
    (void)state;
    struct world w;
    world_init(&w, NULL);
    const char *const names[] = {"a", "b", "c"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        (void)world_read(&w, carried(names[i], 3), 1, WALL_NONE, 0);
    }
    world_tell(&w, carried("b", 3), STATUS_OFFLINE, CAUSE_REPORTED);
    /* c moved to a connection of its own: the gateway's loss says nothing about it. */
    (void)world_read(&w, carried("c", 4), 1, WALL_NONE, 0);
    registry_carrier_lost(w.r, 3, START, w.out);
    expect_status(&w, "a", STATUS_UNKNOWN, CAUSE_GATEWAY_LOST);
    expect_status(&w, "b", STATUS_OFFLINE, CAUSE_REPORTED);
    expect_status(&w, "c", STATUS_ONLINE, CAUSE_DATA);
    world_fini(&w);
}

static void a_goodbye_or_an_unknown_carrier_says_nothing(void **state)
{
    (void)state;
    struct world w;
    world_init(&w, NULL);
    (void)world_read(&w, carried("d", 0), 1, WALL_NONE, 0);
    registry_carrier_closed(w.r, 0);
    registry_carrier_lost(w.r, 0, START, w.out);
    registry_carrier_lost(w.r, 99, START, w.out);
    registry_carrier_lost(w.r, CARRIER_NONE, START, w.out);
    registry_carrier_closed(w.r, CARRIER_NONE);
    expect_status(&w, "d", STATUS_ONLINE, CAUSE_DATA);
    world_fini(&w);
}

static void a_deleted_device_leaves_its_carriers_list(void **state)
{
    (void)state;
    struct world w;
    world_init(&w, NULL);
    const char *const names[] = {"a", "b", "c"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        (void)world_read(&w, carried(names[i], 3), 1, WALL_NONE, 0);
    }
    world_command(&w, command_for(COMMAND_DELETE_DEVICE, "b", NULL), OK, NULL);
    registry_carrier_lost(w.r, 3, START, w.out);
    expect_status(&w, "a", STATUS_UNKNOWN, CAUSE_GATEWAY_LOST);
    expect_status(&w, "c", STATUS_UNKNOWN, CAUSE_GATEWAY_LOST);
    world_fini(&w);
}

static void silence_of_five_minutes_makes_a_device_unknown_within_ten_seconds(void **state)
{
    (void)state;
    struct world w;
    world_init(&w, NULL);
    char name[16];
    for (unsigned i = 0; i < 300; i++) {
        (void)snprintf(name, sizeof name, "d%u", i);
        (void)world_read(&w, origin(name, "s"), 1, WALL_NONE, 0);
    }
    world_tell(&w, origin("asleep", ""), STATUS_ASLEEP, CAUSE_REPORTED);
    world_tell(&w, origin("off", ""), STATUS_OFFLINE, CAUSE_REPORTED);
    registry_tick(w.r, START, w.out);
    tick_until(&w, START + 5 * MINUTE_MS);
    assert_int_equal(registry_status_count(w.r, STATUS_ONLINE), 300);
    tick_until(&w, START + 5 * MINUTE_MS + 11000);
    assert_int_equal(registry_status_count(w.r, STATUS_ONLINE), 0);
    expect_status(&w, "d17", STATUS_UNKNOWN, CAUSE_SILENT);
    expect_status(&w, "asleep", STATUS_ASLEEP, CAUSE_REPORTED);
    expect_status(&w, "off", STATUS_OFFLINE, CAUSE_REPORTED);
    world_fini(&w);
}

/* Messages of a device in bursts of five, `gap` apart, ticking all the while. */
static void live_a_while(struct world *w, const char *device, wall_ms gap, unsigned bursts)
{
    for (unsigned i = 0; i < bursts; i++) {
        wall_ms next = w->now + gap;
        for (unsigned k = 0; k < 5; k++) {
            world_turn(w, w->now + 20);
            (void)world_read(w, origin(device, "s"), i, WALL_NONE, 0);
        }
        tick_until(w, next);
    }
}

static void an_hourly_device_is_not_called_silent_once_its_gap_is_known(void **state)
{
    (void)state;
    struct world w;
    world_init(&w, NULL);
    live_a_while(&w, "d", HOUR_MS, 4);
    (void)world_read(&w, origin("d", "s"), 1, WALL_NONE, 0);
    tick_until(&w, w.now + 59 * MINUTE_MS);
    expect_status(&w, "d", STATUS_ONLINE, CAUSE_DATA);
    tick_until(&w, w.now + 6 * HOUR_MS);
    expect_status(&w, "d", STATUS_UNKNOWN, CAUSE_SILENT);
    world_fini(&w);
}

static void one_outage_does_not_spoil_what_is_usual(void **state)
{
    (void)state;
    struct world w;
    world_init(&w, NULL);
    live_a_while(&w, "d", MINUTE_MS, 30);
    tick_until(&w, w.now + 12 * HOUR_MS);
    expect_status(&w, "d", STATUS_UNKNOWN, CAUSE_SILENT);
    live_a_while(&w, "d", MINUTE_MS, 30);
    expect_status(&w, "d", STATUS_ONLINE, CAUSE_DATA);
    tick_until(&w, w.now + 10 * MINUTE_MS);
    expect_status(&w, "d", STATUS_UNKNOWN, CAUSE_SILENT);
    world_fini(&w);
}

static void a_device_is_cut_off_while_its_broker_is_away_and_until_it_is_heard_of(void **state)
{
    (void)state;
    struct world w;
    struct registry_origin behind = origin("behind", "s"), late = origin("late", "s");
    behind.source = late.source = 2;
    world_init(&w, NULL);
    (void)world_read(&w, behind, 1, WALL_NONE, 0);
    (void)world_read(&w, late, 1, WALL_NONE, 0);
    (void)world_read(&w, origin("beside", "s"), 1, WALL_NONE, 0);
    struct device_id id = world_device(&w, "behind")->id, of_late = world_device(&w, "late")->id;
    assert_false(registry_source(w.r, 2, REGISTRY_LINK_UP, START));
    assert_false(registry_cut_off(w.r, id));
    assert_true(registry_source(w.r, 2, REGISTRY_LINK_DOWN, START + 1000));
    assert_false(registry_source(w.r, 2, REGISTRY_LINK_DOWN, START + 2000));
    assert_true(registry_cut_off(w.r, id));
    assert_false(registry_cut_off(w.r, world_device(&w, "beside")->id));
    assert_true(registry_source(w.r, 2, REGISTRY_LINK_UP, START + 60000));
    assert_true(registry_cut_off(w.r, id));
    world_turn(&w, START + 61000);
    (void)world_read(&w, behind, 2, WALL_NONE, 0);
    assert_false(registry_cut_off(w.r, id));
    assert_true(registry_cut_off(w.r, of_late));
    assert_false(registry_source(w.r, 2, REGISTRY_LINK_UP, START + 179999));
    assert_true(registry_source(w.r, 2, REGISTRY_LINK_UP, START + 180000));
    assert_false(registry_cut_off(w.r, of_late));
    world_fini(&w);
}

static void time_before_our_own_start_is_no_silence(void **state)
{
    (void)state;
    struct world before;
    world_init(&before, NULL);
    (void)world_read(&before, origin("d", "s"), 1, WALL_NONE, 0);
    struct batch *snapshot = batch_new(BATCH_SNAPSHOT);
    registry_snapshot(before.r, snapshot);
    world_fini(&before);

    struct world w;
    world_init(&w, NULL);
    registry_apply(w.r, snapshot);
    batch_release(snapshot);
    world_turn(&w, START + HOUR_MS);
    tick_until(&w, START + HOUR_MS + 4 * MINUTE_MS);
    expect_status(&w, "d", STATUS_ONLINE, CAUSE_DATA);
    tick_until(&w, START + HOUR_MS + 6 * MINUTE_MS);
    expect_status(&w, "d", STATUS_UNKNOWN, CAUSE_SILENT);
    world_fini(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_device_may_appear_by_its_status_alone),
        cmocka_unit_test(a_repeated_status_is_written_as_repeated_and_keeps_its_since),
        cmocka_unit_test(another_cause_for_the_same_status_is_a_change_with_the_old_since),
        cmocka_unit_test(wills_and_retained_statuses_are_no_sign_of_life),
        cmocka_unit_test(data_after_an_offline_message_makes_it_online_again),
        cmocka_unit_test(a_lost_connection_takes_its_one_device_offline),
        cmocka_unit_test(a_lost_gateway_makes_each_of_its_devices_unknown),
        cmocka_unit_test(a_goodbye_or_an_unknown_carrier_says_nothing),
        cmocka_unit_test(a_deleted_device_leaves_its_carriers_list),
        cmocka_unit_test(silence_of_five_minutes_makes_a_device_unknown_within_ten_seconds),
        cmocka_unit_test(an_hourly_device_is_not_called_silent_once_its_gap_is_known),
        cmocka_unit_test(one_outage_does_not_spoil_what_is_usual),
        cmocka_unit_test(a_device_is_cut_off_while_its_broker_is_away_and_until_it_is_heard_of),
        cmocka_unit_test(time_before_our_own_start_is_no_silence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
