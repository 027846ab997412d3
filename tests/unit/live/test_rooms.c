/* SPDX-License-Identifier: Apache-2.0 */
/* Rooms of devices: what is asked, how it is answered, and what comes. */
#include "stage.h"

static struct viewer *quiet_viewer(struct stage *s)
{
    struct viewer *v = stage_join(s);
    viewer_emit(v, "subscribe-fleet", "[\"subscribe-fleet\",\"none\"]", LIVE_NO_ACK);
    viewer_forget(v);
    return v;
}

static void subscribe(struct viewer *v, const char *rest)
{
    char args[512];
    snprintf(args, sizeof args, "[\"subscribe-device\",%s]", rest);
    viewer_emit(v, "subscribe-device", args, LIVE_NO_ACK);
}

static void a_room_brings_its_device_and_no_other(void **state)
{
    (void)state;
    struct stage s;
    stage_init(&s);
    struct viewer *v = quiet_viewer(&s);
    subscribe(v, "\"a\",{\"interval\":0}");
    stage_publish(&s, "b", "x", 1);
    assert_int_equal(v->count, 0);
    stage_read(&s, "a", "x", 2.5, START);
    stage_turn(&s);
    char want[256];
    snprintf(want, sizeof want,
             "42[\"device-update\",{\"deviceId\":\"a\",\"sensorType\":\"x\",\"value\":2.5,"
             "\"timestamp\":%" PRId64 "},\"%" PRId64 ".131074\"]",
             START, EPOCH);
    assert_string_equal(viewer_next_reading(v, "device-update"), want);
    stage_fini(&s);
}

static void the_fleet_gets_topic_data_and_arrival(void **state)
{
    (void)state;
    struct stage s;
    stage_init(&s);
    struct viewer *v = stage_join(&s);
    stage_read(&s, "a", "x", 2.5, START - 5000);
    stage_turn(&s);
    char want[256];
    snprintf(want, sizeof want,
             "42[\"sensor-data\",{\"topic\":\"sensors/a/x\",\"data\":{\"deviceId\":\"a\","
             "\"sensorType\":\"x\",\"value\":2.5,\"timestamp\":%" PRId64 "},\"timestamp\":%" PRId64
             "},\"%" PRId64 ".65537\"]",
             START - 5000, START, EPOCH);
    assert_string_equal(viewer_next_reading(v, "sensor-data"), want);
    stage_fini(&s);
}

static void the_fleet_is_told_statuses_that_a_message_brought(void **state)
{
    (void)state;
    struct stage s;
    stage_init(&s);
    struct viewer *v = stage_join(&s);
    struct viewer *room = quiet_viewer(&s);
    subscribe(room, "\"a\",{\"interval\":0}");
    stage_publish(&s, "a", "x", 1); /* which makes it online */
    assert_int_equal(viewer_count(v, "sensor-data"), 1);
    assert_non_null(viewer_next_reading(room, "device-update"));
    assert_contains(viewer_next(room, "device-update"), "\"status\":\"online\"");
    stage_read(&s, "a", "x", 2, START);
    stage_tell(&s, "a", STATUS_OFFLINE);
    stage_turn(&s);
    assert_contains(
        v->log[v->count - 1],
        "{\"topic\":\"devices/x/status\",\"data\":{\"deviceId\":\"a\",\"status\":\"offline\",");
    assert_contains(room->log[room->count - 1], "\"status\":\"offline\"");
    stage_fini(&s);
}

static void statuses_come_at_once_and_when_repeated(void **state)
{
    (void)state;
    struct stage s;
    stage_init(&s);
    struct viewer *v = quiet_viewer(&s);
    subscribe(v, "\"a\",{\"interval\":60000,\"sensors\":[\"other\"]}");
    for (int i = 0; i < 3; i++) {
        stage_tell(&s, "a", STATUS_OFFLINE);
        stage_turn(&s);
        stage_wait(&s, 10);
    }
    assert_int_equal(viewer_count(v, "device-update"), 3);
    char want[256];
    snprintf(want, sizeof want,
             "42[\"device-update\",{\"deviceId\":\"a\",\"status\":\"offline\",\"cause\":"
             "\"reported\",\"lastSeen\":%" PRId64 ",\"timestamp\":%" PRId64 "},\"%" PRId64
             ".65538\"]",
             START, START, EPOCH);
    assert_string_equal(viewer_next(v, "device-update"), want);
    stage_fini(&s);
}

static void the_answer_carries_the_device_with_its_latest_values(void **state)
{
    (void)state;
    struct stage s;
    stage_init(&s);
    stage_read(&s, "a", "x", 4.5, START);
    stage_turn(&s);
    struct viewer *v = stage_join(&s);
    const char *answer =
        viewer_ask(v, "subscribe-device", "[\"subscribe-device\",\"a\",{\"interval\":1000}]");
    assert_contains(answer, "437[{\"ok\":true,\"device\":{\"id\":\"a\",\"name\":null,");
    assert_contains(answer, "\"value\":4.5,\"timestamp\":1763950000000}]}");
    assert_contains(answer,
                    "\"interval\":1000,\"format\":\"json\",\"seq\":\"1763949000000.65540\"}]");
    answer = viewer_ask(v, "subscribe-device", "[\"subscribe-device\",\"later\",null]");
    assert_contains(answer, "{\"ok\":true,\"device\":null,\"interval\":100,");
    answer = viewer_ask(v, "unsubscribe-device", "[\"unsubscribe-device\",\"later\"]");
    assert_contains(answer, "{\"ok\":true,\"seq\":");
    stage_fini(&s);
}

static void a_room_waits_for_its_device_and_outlives_it(void **state)
{
    (void)state;
    struct stage s;
    stage_init(&s);
    struct viewer *v = quiet_viewer(&s);
    subscribe(v, "\"new\",{\"interval\":1000}");
    for (int round = 0; round < 3; round++) {
        viewer_forget(v);
        stage_publish(&s, "new", "x", round);
        assert_true(number_of(viewer_next_reading(v, "device-update"), "value") == round);
        stage_publish(&s, "new", "y", 10);
        stage_publish(&s, "new", "x", 20 + round); /* waits in the group when it is deleted */
        stage_delete(&s, "new");
        stage_turn(&s);
        viewer_forget(v);
        stage_wait(&s, 2000);
        assert_int_equal(viewer_count(v, "device-update"), 0);
    }
    stage_fini(&s);
}

static void sensors_are_chosen_by_id(void **state)
{
    (void)state;
    struct stage s;
    stage_init(&s);
    struct viewer *v = quiet_viewer(&s);
    struct viewer *same = quiet_viewer(&s);
    subscribe(v, "\"a\",{\"interval\":0,\"sensors\":[\"y\",\"x\",\"y\"]}");
    subscribe(same, "\"a\",{\"interval\":0,\"sensors\":[\"x\",\"y\"]}");
    stage_read(&s, "a", "x", 1, START);
    stage_read(&s, "a", "z", 2, START);
    stage_turn(&s);
    stage_read(&s, "a", "y", 3, START);
    stage_read(&s, "a", "z", 4, START);
    stage_turn(&s);
    assert_true(number_of(viewer_next_reading(v, "device-update"), "value") == 1);
    assert_true(number_of(viewer_next_reading(v, "device-update"), "value") == 3);
    assert_null(viewer_next_reading(v, "device-update"));
    assert_int_equal(same->count, v->count);
    stage_fini(&s);
}

static void subscribing_again_replaces_and_unsubscribing_ends(void **state)
{
    (void)state;
    struct stage s;
    stage_init(&s);
    struct viewer *v = quiet_viewer(&s);
    subscribe(v, "\"a\",{\"interval\":0}");
    subscribe(v, "\"b\",{\"interval\":0}");
    subscribe(v, "\"c\",{\"interval\":0}");
    subscribe(v, "\"a\",{\"interval\":0,\"sensors\":[\"y\"]}");
    stage_publish(&s, "a", "x", 1);
    assert_null(viewer_next_reading(v, "device-update"));
    stage_publish(&s, "a", "y", 2);
    assert_non_null(viewer_next_reading(v, "device-update"));
    viewer_emit(v, "unsubscribe-device", "[\"unsubscribe-device\",\"a\"]", LIVE_NO_ACK);
    viewer_emit(v, "unsubscribe-device", "[\"unsubscribe-device\",\"a\"]", LIVE_NO_ACK);
    viewer_emit(v, "unsubscribe-device", "[\"unsubscribe-device\",\"never\"]", LIVE_NO_ACK);
    stage_publish(&s, "a", "y", 3);
    assert_null(viewer_next_reading(v, "device-update"));
    stage_publish(&s, "b", "x", 4);
    stage_publish(&s, "c", "x", 5);
    assert_true(number_of(viewer_next_reading(v, "device-update"), "value") == 4);
    assert_true(number_of(viewer_next_reading(v, "device-update"), "value") == 5);
    stage_fini(&s);
}

static void wrong_arguments_are_named_and_change_nothing(void **state)
{
    (void)state;
    static const struct {
        const char *event;
        const char *args;
        const char *field;
    } cases[] = {
        {"subscribe-device", "", "deviceId"},
        {"subscribe-device", ",\"\"", "deviceId"},
        {"subscribe-device", ",42", "deviceId"},
        {"subscribe-device", ",null", "deviceId"},
        {"subscribe-device", ",[\"a\"]", "deviceId"},
        {"subscribe-device", ",\".\"", "deviceId"},
        {"subscribe-device", ",\"..\"", "deviceId"},
        {"subscribe-device", ",\"a\\u0000b\"", "deviceId"},
        {"subscribe-device", ",\"a\\nb\"", "deviceId"},
        {"subscribe-device", ",\"a\",7", "options"},
        {"subscribe-device", ",\"a\",[]", "options"},
        {"subscribe-device", ",\"a\",{\"interval\":-1}", "interval"},
        {"subscribe-device", ",\"a\",{\"interval\":\"1\"}", "interval"},
        {"subscribe-device", ",\"a\",{\"interval\":1e999}", "interval"},
        {"subscribe-device", ",\"a\",{\"interval\":null}", "interval"},
        {"subscribe-device", ",\"a\",{\"sensors\":\"x\"}", "sensors"},
        {"subscribe-device", ",\"a\",{\"sensors\":[]}", "sensors"},
        {"subscribe-device", ",\"a\",{\"sensors\":[\"x\",1]}", "sensors"},
        {"subscribe-device", ",\"a\",{\"sensors\":[\"x\",\"\"]}", "sensors"},
        {"unsubscribe-device", ",{}", "deviceId"},
        {"subscribe-fleet", "", "options"},
        {"subscribe-fleet", ",null", "options"},
        {"subscribe-fleet", ",\"all\"", "options"},
        {"subscribe-fleet", ",{\"format\":\"xml\"}", "format"},
        {"subscribe-fleet", ",{\"format\":3}", "format"},
        {"subscribe-fleet", ",{\"format\":\"xml\"}", "format"},
        {"subscribe-fleet", ",{\"interval\":null}", "interval"},
        {"subscribe-fleet", ",{\"dashboard\":1}", "dashboard"},
    };
    struct stage s;
    stage_init(&s);
    struct viewer *v = stage_join(&s);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        char args[256];
        char want[64];
        snprintf(args, sizeof args, "[\"%s\"%s]", cases[i].event, cases[i].args);
        snprintf(want, sizeof want, "\"field\":\"%s\"", cases[i].field);
        const char *answer = viewer_ask(v, cases[i].event, args);
        assert_contains(answer, "437[{\"error\":{\"code\":\"");
        assert_contains(answer, want);
    }
    assert_contains(viewer_ask(v, "nothing", "[\"nothing\",1]"), "\"code\":\"not_found\"");
    viewer_forget(v);
    viewer_emit(v, "nothing", "[\"nothing\"]", LIVE_NO_ACK);
    assert_int_equal(v->count, 0);
    stage_publish(&s, "a", "x", 1);
    assert_non_null(viewer_next_reading(v, "sensor-data"));
    assert_int_equal(viewer_count(v, "device-update"), 0);
    stage_fini(&s);
}

static void long_ids_are_refused(void **state)
{
    (void)state;
    struct stage s;
    stage_init(&s);
    struct viewer *v = stage_join(&s);
    char args[400];
    char id[258];
    memset(id, 'i', sizeof id);
    id[256] = '\0';
    snprintf(args, sizeof args, "[\"subscribe-device\",\"%s\"]", id);
    assert_contains(viewer_ask(v, "subscribe-device", args), "\"ok\":true");
    id[256] = 'i';
    id[257] = '\0';
    snprintf(args, sizeof args, "[\"subscribe-device\",\"%s\"]", id);
    assert_contains(viewer_ask(v, "subscribe-device", args), "\"deviceId\"");
    stage_fini(&s);
}

static void hostile_ids_are_escaped_and_found(void **state)
{
    (void)state;
    static const struct {
        const char *id;
        const char *json;
    } cases[] = {
        {"<img src=x onerror=alert(1)>", "<img src=x onerror=alert(1)>"},
        {"../../x", "../../x"},
        {"say \"hi\"\\", "say \\\"hi\\\"\\\\"},
        {"gr\xc3\xbc\xc3\x9f \xf0\x9f\x94\xa5", "gr\xc3\xbc\xc3\x9f \xf0\x9f\x94\xa5"},
    };
    struct stage s;
    stage_init(&s);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        char args[256];
        char want[256];
        struct viewer *v = quiet_viewer(&s);
        snprintf(args, sizeof args, "\"%s\",{\"interval\":0,\"sensors\":[\"%s\"]}", cases[i].json,
                 cases[i].json);
        subscribe(v, args);
        stage_publish(&s, cases[i].id, cases[i].id, 1);
        const char *e = viewer_next_reading(v, "device-update");
        assert_non_null(e);
        snprintf(want, sizeof want, "{\"deviceId\":\"%s\",\"sensorType\":\"%s\",\"value\":1,",
                 cases[i].json, cases[i].json);
        assert_contains(e, want);
    }
    /* The same id written with escapes is the same room. */
    struct viewer *v = quiet_viewer(&s);
    subscribe(v, "\"\\u002e\\u002e\\/..\\/x\",{\"interval\":0}");
    stage_publish(&s, "../../x", "x", 2);
    assert_non_null(viewer_next_reading(v, "device-update"));
    stage_fini(&s);
}

static void rooms_of_a_client_are_capped(void **state)
{
    (void)state;
    struct stage s;
    stage_init(&s);
    struct viewer *v = stage_join(&s);
    char args[128];
    for (int i = 0; i < LIMIT_ROOMS_PER_CLIENT; i++) {
        snprintf(args, sizeof args, "\"d%d\"", i);
        subscribe(v, args);
    }
    assert_contains(viewer_ask(v, "subscribe-device", "[\"subscribe-device\",\"more\"]"),
                    "\"code\":\"full\"");
    assert_contains(viewer_ask(v, "subscribe-device", "[\"subscribe-device\",\"d7\",{}]"),
                    "\"ok\":true");
    viewer_emit(v, "unsubscribe-device", "[\"unsubscribe-device\",\"d0\"]", LIVE_NO_ACK);
    assert_contains(viewer_ask(v, "subscribe-device", "[\"subscribe-device\",\"more\"]"),
                    "\"ok\":true");
    viewer_leave(v);
    stage_fini(&s);
}

static void rights_are_asked_for_and_may_be_taken(void **state)
{
    (void)state;
    struct stage s;
    stage_init(&s);
    struct viewer *nobody = stage_join_as(&s, ROLE_NONE);
    assert_int_equal(nobody->count, 0);
    assert_contains(viewer_ask(nobody, "subscribe-device", "[\"subscribe-device\",\"d\"]"),
                    "\"code\":\"denied\"");
    assert_contains(viewer_ask(nobody, "subscribe-fleet", "[\"subscribe-fleet\",{}]"),
                    "\"code\":\"denied\"");
    struct viewer *v = stage_join_as(&s, ROLE_ADMIN);
    viewer_emit(v, "subscribe-fleet", "[\"subscribe-fleet\",{\"interval\":0}]", LIVE_NO_ACK);
    subscribe(v, "\"d\",{\"interval\":0}");
    subscribe(v, "\"e\",{\"interval\":0}");
    live_set_principal(s.live, v->client, &(struct principal){.role = ROLE_VIEWER});
    stage_publish(&s, "d", "x", 1);
    stage_publish(&s, "e", "x", 1);
    assert_non_null(viewer_next_reading(v, "device-update"));
    assert_non_null(viewer_next_reading(v, "device-update"));
    live_set_principal(s.live, v->client, &(struct principal){.role = ROLE_NONE});
    viewer_forget(v);
    viewer_forget(nobody);
    (void)stage_rule(&s, "d", "x", 0);
    stage_publish(&s, "d", "x", 2);
    stage_wait(&s, 3000);
    assert_int_equal(v->count, 0);
    assert_int_equal(nobody->count, 0);
    stage_fini(&s);
}

static void positions_never_go_back(void **state)
{
    (void)state;
    struct stage s;
    stage_init(&s);
    struct viewer *v = stage_join(&s);
    subscribe(v, "\"d1\",{\"interval\":250}");
    for (int i = 0; i < 200; i++) {
        stage_publish(&s, i % 2 ? "d1" : "d2", "x", i);
        stage_wait(&s, 7);
    }
    uint64_t last = 0;
    for (size_t i = 0; i < v->count; i++) {
        const char *at = strstr(v->log[i], "1763949000000.");
        assert_non_null(at);
        uint64_t seq = strtoull(at + 14, NULL, 10);
        assert_true(seq >= last);
        last = seq;
    }
    char position[LIVE_POSITION_BYTES];
    live_position(s.live, position);
    assert_int_equal(position_seq(strtoull(position + 14, NULL, 10)), 200);
    stage_fini(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_room_brings_its_device_and_no_other),
        cmocka_unit_test(the_fleet_gets_topic_data_and_arrival),
        cmocka_unit_test(the_fleet_is_told_statuses_that_a_message_brought),
        cmocka_unit_test(statuses_come_at_once_and_when_repeated),
        cmocka_unit_test(the_answer_carries_the_device_with_its_latest_values),
        cmocka_unit_test(a_room_waits_for_its_device_and_outlives_it),
        cmocka_unit_test(sensors_are_chosen_by_id),
        cmocka_unit_test(subscribing_again_replaces_and_unsubscribing_ends),
        cmocka_unit_test(wrong_arguments_are_named_and_change_nothing),
        cmocka_unit_test(long_ids_are_refused),
        cmocka_unit_test(hostile_ids_are_escaped_and_found),
        cmocka_unit_test(rooms_of_a_client_are_capped),
        cmocka_unit_test(rights_are_asked_for_and_may_be_taken),
        cmocka_unit_test(positions_never_go_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
