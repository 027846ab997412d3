/* SPDX-License-Identifier: Apache-2.0 */
/* Clients that come back: what they get after `since` is what they would have got, once. */
#include "stage.h"

#include "base/mem.h"

/* What one viewer got of one event, over all its lives. */
struct diary {
    char **all;
    size_t count, cap;
};

static void note_all(struct diary *d, struct viewer *v, const char *event)
{
    const char *payload;
    while ((payload = viewer_next(v, event))) {
        d->all = mem_grow(d->all, d->count, &d->cap, sizeof *d->all);
        d->all[d->count++] = strdup(payload);
    }
}

static void forget_diary(struct diary *d)
{
    for (size_t i = 0; i < d->count; i++) {
        free(d->all[i]);
    }
    free(d->all);
}

/* The position that a payload ends with. */
static void position_of(const char *payload, char out[LIVE_POSITION_BYTES])
{
    const char *end = strrchr(payload, '"');
    const char *begin = end - 1;
    while (*begin != '"') {
        begin--;
    }
    snprintf(out, LIVE_POSITION_BYTES, "%.*s", (int)(end - begin - 1), begin + 1);
}

static struct viewer *quiet_viewer(struct stage *s)
{
    struct viewer *v = stage_join(s);
    viewer_emit(v, "subscribe-fleet", "[\"subscribe-fleet\",\"none\"]", LIVE_NO_ACK);
    return v;
}

static const char *resume(struct viewer *v, const char *event, const char *args)
{
    char text[256];
    snprintf(text, sizeof text, "[\"%s\",%s]", event, args);
    const char *answer = viewer_ask(v, event, text);
    (void)live_tick(v->stage->live, v->stage->now);
    return answer;
}

/* Readings of three devices with two sensors, and a status now and then. */
static void random_batch(struct stage *s, uint64_t *random, int *value)
{
    size_t readings = expect_random(random) % 9;
    for (size_t i = 0; i < readings; i++) {
        char device[2] = {(char)('a' + expect_random(random) % 3), '\0'};
        const char *sensor = expect_random(random) % 2 ? "x" : "y";
        stage_read(s, device, sensor, *value, s->now.wall + *value);
        ++*value;
    }
    if (expect_random(random) % 4 == 0) {
        stage_tell(s, "a", expect_random(random) % 2 ? STATUS_OFFLINE : STATUS_ONLINE);
    }
    stage_turn(s);
    stage_wait(s, expect_random(random) % 50);
}

static void compare(const struct diary *got, const struct diary *want)
{
    for (size_t i = 0; i < got->count && i < want->count; i++) {
        assert_string_equal(got->all[i], want->all[i]);
    }
    assert_int_equal(got->count, want->count);
}

/* A client that is cut off between any two events and comes back gets, all lives together, byte for
 * byte what one got that stayed: also when the cut is inside a batch, and when it takes little. */
static void cut_again_and_again(const char *event, const char *plain)
{
    uint64_t random = expect_seed();
    for (size_t round = 0; round < 30; round++) {
        struct stage s;
        struct diary got = {0}, want = {0};
        int value = 0;
        char args[200];
        const char *told = strcmp(event, "subscribe-fleet") == 0 ? "sensor-data" : "device-update";
        stage_init(&s);
        struct viewer *stays = quiet_viewer(&s);
        struct viewer *v = quiet_viewer(&s);
        snprintf(args, sizeof args, "%s}", plain);
        (void)resume(stays, event, args);
        const char *answer = resume(v, event, args);
        char at[LIVE_POSITION_BYTES];
        snprintf(at, sizeof at, "%.*s", (int)strcspn(strstr(answer, "17639490"), "\""),
                 strstr(answer, "17639490"));
        for (size_t life = 0; life < 20; life++) {
            for (size_t n = expect_random(&random) % 6; n > 0; n--) {
                random_batch(&s, &random, &value);
            }
            /* What it has of what was sent to it: any number of events. */
            size_t before = got.count;
            note_all(&got, v, told);
            while (got.count > before && expect_random(&random) % 3 == 0) {
                free(got.all[--got.count]);
            }
            if (got.count > 0) {
                position_of(got.all[got.count - 1], at);
            }
            viewer_leave(v);
            viewer_fini(v);
            s.viewer_count--;
            random_batch(&s, &random, &value);
            v = quiet_viewer(&s);
            snprintf(args, sizeof args, "%s,\"since\":\"%s\"}", plain, at);
            v->takes = 1 + expect_random(&random) % 8;
            assert_contains(resume(v, event, args), "\"resume\":\"exact\"");
            while (v->asked) {
                viewer_take(v, 1 + expect_random(&random) % 8);
            }
            viewer_take(v, SIZE_MAX);
        }
        note_all(&got, v, told);
        note_all(&want, stays, told);
        compare(&got, &want);
        forget_diary(&got);
        forget_diary(&want);
        stage_fini(&s);
    }
}

static void a_room_goes_on_where_the_client_was(void **state)
{
    (void)state;
    cut_again_and_again("subscribe-device", "\"a\",{\"interval\":0");
}

static void the_fleet_goes_on_where_the_client_was(void **state)
{
    (void)state;
    cut_again_and_again("subscribe-fleet", "{\"interval\":0");
}

static void several_rooms_go_on_in_one_order(void **state)
{
    (void)state;
    struct stage s;
    stage_init(&s);
    struct viewer *v = quiet_viewer(&s);
    const char *devices[] = {"a", "b", "a", "c", "b", "a"};
    for (size_t i = 0; i < ARRAY_LEN(devices); i++) {
        stage_publish(&s, devices[i], "x", (double)i);
    }
    viewer_emit(v, "subscribe-device",
                "[\"subscribe-device\",\"a\",{\"interval\":0,\"since\":\"1763949000000.0\"}]",
                LIVE_NO_ACK);
    viewer_emit(v, "subscribe-device",
                "[\"subscribe-device\",\"b\",{\"interval\":0,\"since\":\"1763949000000.0\"}]",
                LIVE_NO_ACK);
    stage_publish(&s, "a", "x", 6);
    assert_null(viewer_next(v, "device-update"));
    (void)live_tick(s.live, s.now);
    const double order[] = {0, 1, 2, 4, 5, 6};
    for (size_t i = 0; i < ARRAY_LEN(order); i++) {
        char want[32];
        snprintf(want, sizeof want, "\"value\":%g,", order[i]);
        assert_contains(viewer_next_reading(v, "device-update"), want);
    }
    assert_null(viewer_next_reading(v, "device-update"));
    stage_fini(&s);
}

static void what_comes_meanwhile_waits_for_what_was_missed(void **state)
{
    (void)state;
    struct stage s;
    stage_init(&s);
    for (int i = 0; i < 100; i++) {
        stage_publish(&s, "a", "x", i);
    }
    struct viewer *v = quiet_viewer(&s);
    v->takes = 10;
    (void)resume(v, "subscribe-device", "\"a\",{\"interval\":0,\"since\":\"1763949000000.0\"}");
    for (int i = 100; i < 200; i++) {
        stage_publish(&s, "a", "x", i);
        (void)live_tick(s.live, s.now);
        if (i % 10 == 0) {
            viewer_take(v, 7);
        }
    }
    viewer_take(v, SIZE_MAX);
    v->read = 0;
    for (int i = 0; i < 200; i++) {
        char want[32];
        snprintf(want, sizeof want, "\"value\":%d,", i);
        assert_contains(viewer_next_reading(v, "device-update"), want);
    }
    assert_null(viewer_next_reading(v, "device-update"));
    stage_fini(&s);
}

static void at_an_interval_the_newest_of_each_comes(void **state)
{
    (void)state;
    struct stage s;
    stage_init(&s);
    struct viewer *v = quiet_viewer(&s);
    for (int i = 0; i < 40; i++) {
        stage_publish(&s, "a", "x", i);
        stage_wait(&s, 100);
    }
    assert_contains(
        resume(v, "subscribe-device", "\"a\",{\"interval\":1000,\"since\":\"1763949000000.0\"}"),
        "\"resume\":\"exact\"");
    const double newest[] = {9, 19, 29, 39};
    for (size_t i = 0; i < ARRAY_LEN(newest); i++) {
        char want[32];
        snprintf(want, sizeof want, "\"value\":%g,", newest[i]);
        assert_contains(viewer_next_reading(v, "device-update"), want);
    }
    assert_null(viewer_next_reading(v, "device-update"));
    stage_fini(&s);
}

static void what_waited_for_its_interval_when_the_client_left_still_comes(void **state)
{
    (void)state;
    struct stage s;
    char at[LIVE_POSITION_BYTES], args[128];
    stage_init(&s);
    struct viewer *v = quiet_viewer(&s);
    (void)viewer_ask(v, "subscribe-device", "[\"subscribe-device\",\"a\",{\"interval\":1000}]");
    (void)viewer_ask(v, "subscribe-device", "[\"subscribe-device\",\"b\",{\"interval\":1000}]");
    stage_publish(&s, "a", "x", 1);
    stage_wait(&s, 100);
    stage_publish(&s, "a", "x", 2);
    stage_publish(&s, "b", "x", 7);
    assert_contains(viewer_next_reading(v, "device-update"), "\"value\":1,");
    const char *last = viewer_next_reading(v, "device-update");
    assert_contains(last, "\"value\":7,");
    position_of(last, at);
    viewer_leave(v);
    stage_wait(&s, 2000);
    v = quiet_viewer(&s);
    snprintf(args, sizeof args, "\"a\",{\"interval\":1000,\"since\":\"%s\"}", at);
    assert_contains(resume(v, "subscribe-device", args), "\"resume\":\"exact\"");
    assert_contains(viewer_next_reading(v, "device-update"), "\"value\":2,");
    assert_null(viewer_next_reading(v, "device-update"));
    stage_fini(&s);
}

static void a_client_that_is_stepped_down_gets_what_it_missed_and_its_alerts(void **state)
{
    (void)state;
    struct stage s;
    stage_init(&s);
    for (int i = 0; i < 3; i++) {
        stage_publish(&s, "a", "x", i);
    }
    struct viewer *v = stage_join(&s);
    viewer_emit(v, "subscribe-fleet", "[\"subscribe-fleet\",{\"interval\":0,\"dashboard\":false}]",
                LIVE_NO_ACK);
    for (int i = 0; i < 60; i++) {
        viewer_take(v, i % 10 == 0);
        stage_publish(&s, "d", "x", i);
        stage_wait(&s, 100);
    }
    assert_int_equal(metrics_get(&s.metrics, METRIC_CLIENTS_FULL), 0);
    viewer_emit(v, "subscribe-device",
                "[\"subscribe-device\",\"a\",{\"interval\":0,\"since\":\"1763949000000.0\"}]", 7);
    (void)stage_rule(&s, "d", "x", 50);
    stage_publish(&s, "d", "x", 99);
    for (int i = 0; i < 20; i++) {
        viewer_take(v, SIZE_MAX);
        stage_wait(&s, 100);
    }
    assert_int_equal(metrics_get(&s.metrics, METRIC_CLIENTS_FULL), 0);
    for (int i = 0; i < 3; i++) {
        char want[32];
        snprintf(want, sizeof want, "\"value\":%d,", i);
        assert_contains(viewer_next_reading(v, "device-update"), want);
    }
    v->read = 0;
    assert_non_null(viewer_next(v, "alert-created"));
    stage_fini(&s);
}

static void columns_go_on_as_columns(void **state)
{
    (void)state;
    struct stage s;
    stage_init(&s);
    struct viewer *v = quiet_viewer(&s);
    for (int i = 0; i < 5; i++) {
        stage_publish(&s, "a", "x", i);
    }
    (void)resume(v, "subscribe-device",
                 "\"a\",{\"interval\":0,\"format\":\"batch\",\"since\":\"1763949000000.0\"}");
    /* After the first reading comes a status: the device is online. */
    assert_contains(viewer_next(v, "sensor-batch"), "\"v\":[0]");
    assert_contains(viewer_next(v, "sensor-batch"), "\"v\":[1,2,3,4]");
    (void)resume(v, "watch",
                 "{\"series\":[[\"a\",\"x\"]],\"interval\":0,\"since\":\"1763949000000.131074\"}");
    const char *all = viewer_next(v, "sensor-batch");
    assert_contains(all, "\"v\":[2,3,4]");
    assert_contains(all, ".327682\"]");
    stage_fini(&s);
}

/* ---- what the ring does not hold ---- */

static void another_epoch_brings_history_and_goes_on_behind_it(void **state)
{
    (void)state;
    struct stage s;
    stage_init(&s);
    stage_publish(&s, "a", "x", 1);
    struct viewer *v = quiet_viewer(&s);
    const char *answer =
        resume(v, "subscribe-device",
               "\"a\",{\"interval\":0,\"since\":\"1763000000000.77\",\"last\":500}");
    assert_contains(answer,
                    "\"resume\":\"resync\",\"reason\":\"epoch\",\"seq\":\"1763000000000.77\"");
    assert_int_equal(s.questions, 1);
    assert_int_equal(s.asked.from, 500);
    /* The answer holds batch 2; 3 came after it. */
    stage_publish(&s, "a", "x", 2);
    stage_publish(&s, "a", "x", 3);
    (void)live_tick(s.live, s.now);
    assert_null(viewer_next_reading(v, "device-update"));
    live_history(s.live, v->client, s.asked.number, BYTES("{\"series\":[]}"), 2, s.now);
    (void)live_tick(s.live, s.now);
    v->read = 0;
    assert_contains(
        viewer_next(v, "resync"),
        "42[\"resync\",{\"deviceId\":\"a\",\"reason\":\"epoch\",\"seq\":"
        "\"1763949000000.196607\",\"history\":{\"series\":[]}},\"1763949000000.196607\"]");
    assert_contains(viewer_next_reading(v, "device-update"), "\"value\":3,");
    stage_publish(&s, "a", "x", 4);
    assert_contains(viewer_next_reading(v, "device-update"), "\"value\":4,");
    stage_fini(&s);
}

/* The store may have taken a batch before the live side did. */
static void what_history_was_ahead_with_is_not_told_again(void **state)
{
    (void)state;
    struct stage s;
    stage_init(&s);
    stage_publish(&s, "a", "x", 1);
    struct viewer *v = quiet_viewer(&s);
    (void)resume(v, "subscribe-device", "\"a\",{\"interval\":0,\"since\":\"1.1\",\"last\":500}");
    live_history(s.live, v->client, s.asked.number, BYTES("{}"), 3, s.now);
    for (int i = 2; i < 5; i++) {
        stage_publish(&s, "a", "x", i);
        (void)live_tick(s.live, s.now);
    }
    assert_contains(viewer_next_reading(v, "device-update"), "\"value\":4,");
    stage_fini(&s);
}

static void without_a_last_reading_or_a_store_it_goes_on_from_now(void **state)
{
    (void)state;
    struct stage s;
    stage_init(&s);
    stage_publish(&s, "a", "x", 1);
    struct viewer *v = quiet_viewer(&s);
    (void)resume(v, "subscribe-device", "\"a\",{\"interval\":0,\"since\":\"1.1\"}");
    assert_contains(viewer_next(v, "resync"), "\"history\":null}");
    s.no_store = true;
    (void)resume(v, "subscribe-device", "\"a\",{\"interval\":0,\"since\":\"1.1\",\"last\":5}");
    assert_contains(viewer_next(v, "resync"), "\"history\":null}");
    stage_publish(&s, "a", "x", 2);
    assert_contains(viewer_next_reading(v, "device-update"), "\"value\":2,");
    stage_fini(&s);
}

static void a_client_that_leaves_takes_its_question_with_it(void **state)
{
    (void)state;
    struct stage s;
    stage_init(&s);
    stage_publish(&s, "a", "x", 1);
    struct viewer *v = quiet_viewer(&s);
    (void)resume(v, "subscribe-device", "\"a\",{\"since\":\"1.1\",\"last\":500}");
    viewer_emit(v, "unsubscribe-device", "[\"unsubscribe-device\",\"a\"]", LIVE_NO_ACK);
    live_history(s.live, v->client, s.asked.number, BYTES("{}"), 1, s.now);
    assert_null(viewer_next(v, "resync"));
    (void)resume(v, "subscribe-device", "\"a\",{\"since\":\"1.1\",\"last\":500}");
    viewer_leave(v);
    live_history_lost(s.live);
    stage_publish(&s, "a", "x", 2);
    stage_fini(&s);
}

static void the_ring_is_bounded_and_says_how_far_it_reaches(void **state)
{
    (void)state;
    struct stage s;
    stage_init(&s);
    struct viewer *v = quiet_viewer(&s);
    uint64_t held = LIMIT_LIVE_RING_BYTES / 40;
    for (uint64_t n = 0; n < held + 4 * LIMIT_BATCH_READINGS;) {
        for (size_t i = 0; i < LIMIT_BATCH_READINGS; i++, n++) {
            stage_read(&s, i < 8 ? "a" : "b", "x", (double)n, START);
        }
        stage_turn(&s);
    }
    assert_in_range(metrics_get(&s.metrics, METRIC_LIVE_RING_BYTES), LIMIT_LIVE_RING_BYTES / 2,
                    LIMIT_LIVE_RING_BYTES);
    assert_contains(resume(v, "subscribe-device", "\"a\",{\"since\":\"1763949000000.65538\"}"),
                    "\"reason\":\"age\"");
    /* Most of what the ring holds is b's, and that is too much to tell one by one. */
    char args[128];
    snprintf(args, sizeof args, "\"b\",{\"interval\":0,\"since\":\"1763949000000.%" PRIu64 "\"}",
             position_in_batch(10, 0));
    assert_contains(resume(v, "subscribe-device", args), "\"resume\":\"exact\"");
    assert_contains(viewer_next(v, "resync"), "\"reason\":\"age\"");
    assert_contains(viewer_next(v, "resync"), "\"reason\":\"many\"");
    snprintf(args, sizeof args, "\"a\",{\"interval\":0,\"since\":\"1763949000000.%" PRIu64 "\"}",
             position_in_batch(s.seq - 2, 0));
    viewer_forget(v);
    assert_contains(resume(v, "subscribe-device", args), "\"resume\":\"exact\"");
    assert_int_equal(viewer_count(v, "device-update"), 16);
    stage_fini(&s);
}

static void a_live_side_that_fell_behind_says_that_some_is_missing(void **state)
{
    (void)state;
    struct stage s;
    stage_init(&s);
    stage_publish(&s, "a", "x", 1);
    struct viewer *v = quiet_viewer(&s);
    (void)resume(v, "subscribe-device", "\"a\",{\"interval\":0}");
    viewer_forget(v);
    stage_read(&s, "a", "x", 2, START + 1);
    stage_turn_by_snapshot(&s);
    (void)live_tick(s.live, s.now);
    assert_contains(viewer_next(v, "resync"), "{\"deviceId\":null,\"reason\":\"overflow\",");
    assert_contains(resume(v, "subscribe-device", "\"a\",{\"since\":\"1763949000000.65540\"}"),
                    "\"reason\":\"age\"");
    stage_fini(&s);
}

static void a_position_that_is_none_is_refused(void **state)
{
    (void)state;
    struct stage s;
    stage_init(&s);
    struct viewer *v = quiet_viewer(&s);
    const char *wrong[] = {"\"\"",    "\"1\"",    "\"1.\"", "\".1\"", "\"1.1.1\"",
                           "\"a.b\"", "\"-1.1\"", "5",      "null",   "\"1.99999999999999999999\""};
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
        char args[100];
        snprintf(args, sizeof args, "\"a\",{\"since\":%s}", wrong[i]);
        assert_contains(resume(v, "subscribe-device", args), "\"field\":\"since\"");
    }
    assert_contains(resume(v, "subscribe-device", "\"a\",{\"last\":\"x\"}"), "\"field\":\"last\"");
    /* A position that was never told is no reason to refuse. */
    assert_contains(resume(v, "subscribe-device", "\"a\",{\"since\":\"1763949000000.999999\"}"),
                    "\"reason\":\"age\"");
    stage_fini(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_room_goes_on_where_the_client_was),
        cmocka_unit_test(the_fleet_goes_on_where_the_client_was),
        cmocka_unit_test(several_rooms_go_on_in_one_order),
        cmocka_unit_test(what_comes_meanwhile_waits_for_what_was_missed),
        cmocka_unit_test(at_an_interval_the_newest_of_each_comes),
        cmocka_unit_test(what_waited_for_its_interval_when_the_client_left_still_comes),
        cmocka_unit_test(a_client_that_is_stepped_down_gets_what_it_missed_and_its_alerts),
        cmocka_unit_test(columns_go_on_as_columns),
        cmocka_unit_test(another_epoch_brings_history_and_goes_on_behind_it),
        cmocka_unit_test(what_history_was_ahead_with_is_not_told_again),
        cmocka_unit_test(without_a_last_reading_or_a_store_it_goes_on_from_now),
        cmocka_unit_test(a_client_that_leaves_takes_its_question_with_it),
        cmocka_unit_test(the_ring_is_bounded_and_says_how_far_it_reaches),
        cmocka_unit_test(a_live_side_that_fell_behind_says_that_some_is_missing),
        cmocka_unit_test(a_position_that_is_none_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
