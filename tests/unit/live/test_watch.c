/* SPDX-License-Identifier: Apache-2.0 */
/* watch: one message that replaces the set of series that a client watches. */
#include "stage.h"

#define DEVICES 12
#define SENSORS 4

static struct viewer *join_quietly(struct stage *s)
{
    struct viewer *v = stage_join(s);
    viewer_emit(v, "subscribe-fleet", "[\"subscribe-fleet\",\"none\"]", LIVE_NO_ACK);
    viewer_forget(v);
    return v;
}

static const char *watch(struct viewer *v, const char *options)
{
    static char args[90000];
    snprintf(args, sizeof args, "[\"watch\",%s]", options);
    const char *answer = viewer_ask(v, "watch", args);
    v->read = v->count;
    return answer;
}

static void the_watched_set_is_replaced_by_the_next_one(void **state)
{
    (void)state;
    struct stage s;
    stage_init(&s);
    struct viewer *v = join_quietly(&s);
    assert_contains(watch(v, "{\"series\":[[\"a\",\"x\"],{\"device\":\"b\",\"sensor\":\"y\"}],"
                             "\"interval\":0,\"format\":\"json\"}"),
                    "{\"ok\":true,\"series\":2,\"interval\":0,\"format\":\"json\",\"latest\":{"
                    "\"device\":[],\"sensor\":[],\"v\":[],\"t\":[]},\"seq\":");
    stage_publish(&s, "a", "x", 1);
    stage_publish(&s, "a", "y", 2);
    stage_publish(&s, "b", "y", 3);
    assert_contains(viewer_next(v, "device-update"), "\"deviceId\":\"a\",\"sensorType\":\"x\"");
    assert_contains(viewer_next(v, "device-update"), "\"deviceId\":\"b\",\"sensorType\":\"y\"");
    assert_null(viewer_next(v, "device-update"));
    assert_contains(
        watch(v, "{\"series\":[[\"a\",\"y\"]],\"interval\":0}"),
        "\"format\":\"batch\",\"latest\":{\"device\":[\"a\"],\"sensor\":[\"y\"],\"v\":[2],");
    stage_publish(&s, "a", "x", 4);
    stage_publish(&s, "b", "y", 5);
    stage_publish(&s, "a", "y", 6);
    assert_contains(viewer_next(v, "sensor-batch"), "\"devices\":[\"a\"],\"sensors\":[\"y\"]");
    assert_null(viewer_next(v, "sensor-batch"));
    assert_contains(watch(v, "{\"series\":[]}"),
                    "\"series\":0,\"interval\":null,\"format\":\"none\"");
    stage_publish(&s, "a", "y", 7);
    assert_null(viewer_next(v, "sensor-batch"));
    stage_fini(&s);
}

static void clients_that_watch_the_same_set_share_frames(void **state)
{
    (void)state;
    struct stage s;
    stage_init(&s);
    struct viewer *a = join_quietly(&s), *b = join_quietly(&s), *c = join_quietly(&s);
    watch(a, "{\"series\":[[\"d\",\"x\"],[\"e\",\"x\"]],\"interval\":100}");
    watch(b, "{\"interval\":100,\"series\":[[\"e\",\"x\"],[\"d\",\"x\"],[\"d\",\"x\"]]}");
    watch(c, "{\"series\":[[\"d\",\"x\"],[\"e\",\"x\"]],\"interval\":250}");
    stage_read(&s, "d", "x", 1, START);
    stage_read(&s, "e", "x", 2, START);
    stage_turn(&s);
    assert_int_equal(viewer_count(a, "sensor-batch"), 1);
    assert_ptr_equal(a->last, b->last);
    assert_ptr_not_equal(a->last, c->last);
    viewer_leave(a);
    stage_wait(&s, 200);
    stage_publish(&s, "e", "x", 3);
    assert_int_equal(viewer_count(a, "sensor-batch"), 1);
    assert_int_equal(viewer_count(b, "sensor-batch"), 2);
    assert_contains(b->log[b->count - 1], "\"v\":[3]");
    stage_fini(&s);
}

static void a_watched_series_waits_for_its_device_and_outlives_it(void **state)
{
    (void)state;
    struct stage s;
    stage_init(&s);
    struct viewer *v = join_quietly(&s);
    watch(v, "{\"series\":[[\"d\",\"x\"]],\"interval\":1000}");
    stage_publish(&s, "d", "other", 0);
    stage_publish(&s, "d", "x", 1);
    assert_int_equal(viewer_count(v, "sensor-batch"), 1);
    stage_publish(&s, "d", "x", 2);
    stage_delete(&s, "d");
    stage_turn(&s);
    stage_wait(&s, 5000);
    assert_int_equal(viewer_count(v, "sensor-batch"), 1);
    stage_publish(&s, "d", "x", 3);
    assert_int_equal(viewer_count(v, "sensor-batch"), 2);
    stage_fini(&s);
}

static void a_value_that_waits_survives_its_device_being_made_anew(void **state)
{
    (void)state;
    struct stage s;
    stage_init(&s);
    struct viewer *v = join_quietly(&s);
    watch(v, "{\"series\":[[\"d\",\"x\"]],\"interval\":1000}");
    stage_publish(&s, "d", "x", 1);
    stage_delete(&s, "d");
    stage_turn(&s);
    stage_publish(&s, "d", "x", 2);
    stage_publish(&s, "d", "x", 3);
    stage_wait(&s, 1500);
    assert_contains(v->log[v->count - 1], "\"v\":[3]");
    stage_fini(&s);
}

static void wrong_sets_are_refused_and_change_nothing(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "null",
        "7",
        "\"none\"",
        "{}",
        "{\"series\":null}",
        "{\"series\":[7]}",
        "{\"series\":[\"d\"]}",
        "{\"series\":[[\"d\"]]}",
        "{\"series\":[[\"d\",\"x\",\"y\"]]}",
        "{\"series\":[[\"d\",\"..\"]]}",
        "{\"series\":[[\"\",\"x\"]]}",
        "{\"series\":[{\"device\":\"d\"}]}",
        "{\"series\":[{\"sensor\":\"x\"}]}",
        "{\"series\":[[\"d\\u0000e\",\"x\"]]}",
        "{\"series\":[[\"d\",\"x\"]],\"series\":[]}",
        "{\"series\":[[\"d\",\"x\"]],\"interval\":-1}",
        "{\"series\":[[\"d\",\"x\"]],\"interval\":\"fast\"}",
        "{\"series\":[[\"d\",\"x\"]],\"format\":\"none\"}",
    };
    struct stage s;
    stage_init(&s);
    struct viewer *v = join_quietly(&s);
    watch(v, "{\"series\":[[\"kept\",\"x\"]],\"interval\":0}");
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
        assert_contains(watch(v, wrong[i]), "437[{\"error\":{\"code\":\"invalid\",");
    }
    stage_publish(&s, "kept", "x", 1);
    assert_contains(viewer_next(v, "sensor-batch"), "\"kept\"");
    stage_fini(&s);
}

static void a_set_has_a_size_and_a_length_of_names(void **state)
{
    (void)state;
    static char text[90000];
    struct stage s;
    stage_init(&s);
    struct viewer *v = join_quietly(&s);
    for (int too_many = 0; too_many < 2; too_many++) {
        size_t at = (size_t)snprintf(text, sizeof text, "{\"series\":[");
        for (int i = 0; i < LIMIT_WATCHED_SERIES + too_many; i++) {
            at +=
                (size_t)snprintf(text + at, sizeof text - at, "%s[\"d%d\",\"x\"]", i ? "," : "", i);
        }
        snprintf(text + at, sizeof text - at, "]}");
        assert_contains(watch(v, text), too_many ? "\"code\":\"invalid\"" : "\"series\":1000");
    }
    size_t at = (size_t)snprintf(text, sizeof text, "{\"series\":[");
    for (int i = 0; i < 300; i++) {
        at +=
            (size_t)snprintf(text + at, sizeof text - at, "%s[\"d%0250d\",\"x\"]", i ? "," : "", i);
    }
    snprintf(text + at, sizeof text - at, "]}");
    assert_contains(watch(v, text), "\"code\":\"full\"");
    stage_fini(&s);
}

static void who_may_not_read_watches_nothing(void **state)
{
    (void)state;
    struct stage s;
    struct principal nobody = {.role = ROLE_NONE}, operator= {.role = ROLE_OPERATOR};
    stage_init(&s);
    struct viewer *v = join_quietly(&s);
    watch(v, "{\"series\":[[\"d\",\"x\"]],\"interval\":0}");
    live_set_principal(s.live, v->client, &operator);
    stage_publish(&s, "d", "x", 1);
    assert_non_null(viewer_next(v, "sensor-batch"));
    live_set_principal(s.live, v->client, &nobody);
    stage_publish(&s, "d", "x", 2);
    assert_null(viewer_next(v, "sensor-batch"));
    assert_contains(watch(v, "{\"series\":[[\"d\",\"x\"]]}"), "\"code\":\"denied\"");
    stage_fini(&s);
}

/* ---- against a simple model: what each viewer was told last must be what it should know ---- */

struct watcher {
    struct viewer *viewer;
    bool wants[DEVICES][SENSORS];
    double told[DEVICES][SENSORS];
};

static size_t digits_at(const char *payload, const char *key)
{
    const char *at = strstr(payload, key);
    assert_non_null(at);
    return strtoul(at + strlen(key), NULL, 10);
}

static void hear(struct watcher *w)
{
    for (const char *p; (p = viewer_next(w->viewer, "device-update"));) {
        size_t d = digits_at(p, "\"deviceId\":\"d"), n = digits_at(p, "\"sensorType\":\"s");
        assert_true(w->wants[d][n]);
        w->told[d][n] = number_of(p, "value");
    }
}

static void wish_anew(struct watcher *w, uint64_t *random)
{
    char text[2048];
    size_t at =
        (size_t)snprintf(text, sizeof text, "{\"format\":\"json\",\"interval\":%d,\"series\":[",
                         expect_random(random) % 2 ? 0 : 250);
    hear(w);
    memset(w->wants, 0, sizeof w->wants);
    for (size_t i = 0; i < 6; i++) {
        size_t d = expect_random(random) % DEVICES, n = expect_random(random) % SENSORS;
        w->wants[d][n] = true;
        at += (size_t)snprintf(text + at, sizeof text - at, "%s[\"d%zu\",\"s%zu\"]", i ? "," : "",
                               d, n);
    }
    snprintf(text + at, sizeof text - at, "]}");
    assert_contains(watch(w->viewer, text), "\"ok\":true");
    /* What it holds from earlier sets is not what it was told for this one. */
    memset(w->told, 0, sizeof w->told);
}

static void check(const struct watcher *w, double newest[DEVICES][SENSORS],
                  const uint64_t since[DEVICES][SENSORS], uint64_t wished)
{
    for (size_t d = 0; d < DEVICES; d++) {
        for (size_t n = 0; n < SENSORS; n++) {
            if (w->wants[d][n] && since[d][n] > wished) {
                assert_true(w->told[d][n] == newest[d][n]);
            }
        }
    }
}

static void watchers_always_end_with_the_newest_of_their_sets(void **state)
{
    (void)state;
    struct stage s;
    static struct watcher all[8];
    static double newest[DEVICES][SENSORS];
    static uint64_t since[DEVICES][SENSORS], wished[8];
    uint64_t random = expect_seed();
    stage_init(&s);
    for (size_t i = 0; i < 8; i++) {
        all[i] = (struct watcher){.viewer = join_quietly(&s)};
        wish_anew(&all[i], &random);
    }
    for (uint64_t round = 1; round < 3000; round++) {
        size_t d = expect_random(&random) % DEVICES, n = expect_random(&random) % SENSORS;
        size_t i = expect_random(&random) % 8;
        char device[16], sensor[16];
        snprintf(device, sizeof device, "d%zu", d);
        snprintf(sensor, sizeof sensor, "s%zu", n);
        if (expect_random(&random) % 50 == 0) {
            wish_anew(&all[i], &random);
            wished[i] = round;
        }
        if (expect_random(&random) % 100 == 0 &&
            registry_find_device(s.decider, bytes_of_text(device))) {
            stage_delete(&s, device);
            stage_turn(&s);
            memset(since[d], 0, sizeof since[d]);
        }
        newest[d][n] = (double)round;
        since[d][n] = round;
        all[i].viewer->takes = expect_random(&random) % 3 ? SIZE_MAX : 0;
        stage_publish(&s, device, sensor, newest[d][n]);
        stage_wait(&s, expect_random(&random) % 40);
        viewer_take(all[i].viewer, SIZE_MAX);
    }
    stage_wait(&s, 2000);
    for (size_t i = 0; i < 8; i++) {
        hear(&all[i]);
        check(&all[i], newest, since, wished[i]);
    }
    stage_fini(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_watched_set_is_replaced_by_the_next_one),
        cmocka_unit_test(clients_that_watch_the_same_set_share_frames),
        cmocka_unit_test(a_watched_series_waits_for_its_device_and_outlives_it),
        cmocka_unit_test(a_value_that_waits_survives_its_device_being_made_anew),
        cmocka_unit_test(wrong_sets_are_refused_and_change_nothing),
        cmocka_unit_test(a_set_has_a_size_and_a_length_of_names),
        cmocka_unit_test(who_may_not_read_watches_nothing),
        cmocka_unit_test(watchers_always_end_with_the_newest_of_their_sets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
