/* SPDX-License-Identifier: Apache-2.0 */
/* dashboard:data and dashboard:update: a client that applies them holds what the server holds. */
#include "model.h"

/* ---- shapes ---- */

static void an_empty_world_has_all_keys(void **state)
{
    (void)state;
    struct stage s;
    stage_init(&s);
    struct viewer *v = stage_join(&s);
    assert_string_equal(
        v->log[0],
        "42[\"dashboard:data\",{\"seq\":\"1763949000000.0\",\"serverTime\":1763950000000,"
        "\"build\":\"1.2.3+page\","
        "\"counts\":{\"devices\":0,\"online\":0,\"offline\":0,\"asleep\":0,\"unknown\":0,"
        "\"alertsOpen\":0,\"readingsPerSecond\":0},\"devices\":[],\"latest\":{\"device\":[],"
        "\"sensor\":[],\"v\":[],\"t\":[]},\"alerts\":[],\"total\":0,\"truncated\":false}]");
    stage_fini(&s);
}

static void a_device_is_told_with_all_its_keys(void **state)
{
    (void)state;
    struct stage s;
    stage_init(&s);
    stage_read(&s, "d1", "s1", 20.5, START - 1000);
    struct command *c = command_new(COMMAND_PATCH_DEVICE);
    c->device = strdup("d1");
    c->fields = FIELD_NAME | FIELD_LOCATION | FIELD_TAGS | FIELD_ATTRIBUTES;
    c->name = strdup("Pump \"one\"");
    c->located = true;
    c->lat = 1.5;
    c->lng = -2;
    c->tags = malloc(6);
    memcpy(c->tags, "a\0bc\0", 6);
    c->tags_len = 5;
    c->attributes = strdup("{\"floor\":2}");
    registry_command(s.decider, c, s.out);
    assert_int_equal(c->result, OK);
    command_free(c);
    stage_turn(&s);
    struct viewer *v = stage_join(&s);
    assert_contains(v->log[0],
                    "\"devices\":[{\"id\":\"d1\",\"name\":\"Pump \\\"one\\\"\",\"model\":null,"
                    "\"status\":\"online\",\"cause\":\"data\",\"since\":1763950000000,"
                    "\"lastSeen\":1763950000000,\"location\":{\"lat\":1.5,\"lng\":-2},"
                    "\"place\":null,\"tags\":[\"a\",\"bc\"],\"attributes\":{\"floor\":2},"
                    "\"sensors\":[{\"id\":\"s1\",\"name\":null,\"unit\":null,\"kind\":\"number\","
                    "\"min\":null,\"max\":null,\"decimals\":null}]}],\"latest\":{\"device\":"
                    "[\"d1\"],\"sensor\":[\"s1\"],\"v\":[20.5],\"t\":[1763949999000]}");
    stage_fini(&s);
}

static void an_update_comes_each_second_also_when_nothing_changed(void **state)
{
    (void)state;
    struct stage s;
    stage_init(&s);
    struct viewer *v = stage_join(&s);
    stage_wait(&s, 5000);
    assert_int_equal(viewer_count(v, "dashboard:update"), 5);
    stage_publish(&s, "d1", "s1", 1);
    stage_publish(&s, "d2", "s1", 2);
    stage_wait(&s, 1000);
    stage_publish(&s, "d1", "s1", 3);
    stage_wait(&s, 1000);
    const char *last = v->log[v->count - 1];
    assert_contains(last, "\"devices\":[],\"latest\":{\"device\":[\"d1\"],\"sensor\":[\"s1\"],"
                          "\"v\":[3],");
    assert_contains(last, "\"readingsPerSecond\":1}");
    stage_fini(&s);
}

static void updates_can_be_turned_off_and_on(void **state)
{
    (void)state;
    struct stage s;
    stage_init(&s);
    struct viewer *v = stage_join(&s);
    struct model m;
    model_apply(&m, v->log[0]);
    viewer_emit(v, "subscribe-fleet", "[\"subscribe-fleet\",{\"dashboard\":false}]", LIVE_NO_ACK);
    viewer_forget(v);
    stage_publish(&s, "d1", "s1", 1);
    stage_wait(&s, 10000);
    assert_int_equal(viewer_count(v, "dashboard:update"), 0);
    assert_int_equal(viewer_count(v, "sensor-data"), 1);
    viewer_emit(v, "subscribe-fleet", "[\"subscribe-fleet\",{\"dashboard\":true}]", LIVE_NO_ACK);
    stage_wait(&s, 1000);
    model_apply(&m, viewer_next(v, "dashboard:update"));
    model_compare(&m, &s);
    viewer_emit(v, "subscribe-fleet", "[\"subscribe-fleet\",\"none\"]", LIVE_NO_ACK);
    viewer_forget(v);
    stage_publish(&s, "d1", "s1", 2);
    stage_wait(&s, 100000);
    assert_int_equal(v->count, 0);
    viewer_emit(v, "subscribe-fleet", "[\"subscribe-fleet\",{\"dashboard\":true}]", LIVE_NO_ACK);
    stage_wait(&s, 1000);
    assert_int_equal(v->count, 1);
    assert_true(is_event(v->log[0], "dashboard:data")); /* too long ago for an update */
    model_apply(&m, v->log[0]);
    model_compare(&m, &s);
    stage_fini(&s);
}

/* ---- size and sharing ---- */

static void fill(struct stage *s, int devices, int sensors)
{
    char device[32];
    char sensor[32];
    for (int i = 0; i < devices; i++) {
        snprintf(device, sizeof device, "device-%05d", i);
        for (int k = 0; k < sensors; k++) {
            snprintf(sensor, sizeof sensor, "sensor-%d", k);
            stage_read(s, device, sensor, i + k / 10.0, s->now.wall);
        }
    }
    stage_turn(s);
}

/* Clients come, go, and turn updates on and off at random: each second those who want one get one,
 * and nobody else. */
static void updates_reach_those_who_want_them_alone(void **state)
{
    (void)state;
    static const char on[] = "[\"subscribe-fleet\",{\"dashboard\":true}]";
    static const char off[] = "[\"subscribe-fleet\",{\"dashboard\":false}]";
    struct stage s;
    bool wants[VIEWERS] = {false};
    uint64_t random = expect_seed();
    stage_init(&s);
    for (unsigned round = 0; round < 400; round++) {
        size_t i = expect_random(&random) % VIEWERS;
        struct viewer *v = &s.viewers[i];
        if (i >= s.viewer_count) {
            (void)stage_join(&s);
            wants[s.viewer_count - 1] = true;
        } else if (v->client && expect_random(&random) % 8 == 0) {
            viewer_leave(v);
        } else if (v->client) {
            wants[i] = expect_random(&random) % 2;
            viewer_emit(v, "subscribe-fleet", wants[i] ? on : off, LIVE_NO_ACK);
        }
        for (i = 0; i < s.viewer_count; i++) {
            viewer_forget(&s.viewers[i]);
        }
        stage_wait(&s, 1000);
        for (i = 0; i < s.viewer_count; i++) {
            bool expected = s.viewers[i].client && wants[i];
            assert_int_equal(s.viewers[i].count, expected ? 1 : 0);
        }
    }
    stage_fini(&s);
}

static void a_large_fleet_is_cut_to_what_matters_most(void **state)
{
    (void)state;
    struct stage s;
    stage_init(&s);
    fill(&s, 5000, 4);
    (void)stage_rule(&s, "device-00017", "sensor-0", -1);
    stage_turn(&s);
    stage_wait(&s, 5000);
    stage_publish(&s, "device-00017", "sensor-0", 1); /* raises the alert */
    stage_wait(&s, 5000);
    stage_publish(&s, "device-02500", "sensor-0", 1);
    struct viewer *v = stage_join(&s);
    const char *data = v->log[0];
    assert_true(strlen(data) <= LIMIT_SNAPSHOT_BYTES);
    assert_true(strlen(data) > LIMIT_SNAPSHOT_BYTES * 9 / 10);
    assert_contains(data, "\"total\":5000,\"truncated\":true}");
    assert_contains(data, "\"devices\":[{\"id\":\"device-00017\"");
    assert_contains(data, "]},{\"id\":\"device-02500\"");
    assert_contains(data, "\"ruleId\":");
    viewer_forget(v);
    stage_wait(&s, 1);
    fill(&s, 5000, 4);
    stage_wait(&s, 1000);
    const char *update = viewer_next(v, "dashboard:update");
    assert_non_null(update);
    assert_true(strlen(update) <= LIMIT_SNAPSHOT_BYTES);
    assert_contains(update, "\"truncated\":true}");
    assert_contains(update, "\"device\":[\"device-04999\",\"device-04999\"");
    stage_fini(&s);
}

static void clients_that_connect_in_one_second_share_their_snapshot(void **state)
{
    (void)state;
    struct stage s;
    stage_init(&s);
    stage_publish(&s, "d1", "s1", 1);
    struct viewer *a = stage_join(&s);
    stage_publish(&s, "d1", "s1", 2);
    stage_wait(&s, 300);
    struct viewer *b = stage_join(&s);
    assert_string_equal(a->log[0], b->log[0]);
    stage_wait(&s, 700);
    struct viewer *c = stage_join(&s);
    assert_string_not_equal(a->log[0], c->log[0]);
    struct model m;
    model_apply(&m, b->log[0]);
    model_apply(&m, viewer_next(b, "dashboard:update"));
    model_compare(&m, &s);
    assert_string_equal(a->log[a->count - 1], b->log[b->count - 1]);
    stage_fini(&s);
}

static void more_deletions_than_are_remembered_bring_a_snapshot(void **state)
{
    (void)state;
    struct stage s;
    char name[32];
    stage_init(&s);
    fill(&s, 1100, 1);
    struct viewer *v = stage_join(&s);
    viewer_forget(v);
    for (int i = 0; i < 1100; i++) {
        snprintf(name, sizeof name, "device-%05d", i);
        stage_delete(&s, name);
    }
    stage_turn(&s);
    stage_wait(&s, 1000);
    assert_int_equal(viewer_count(v, "dashboard:update"), 0);
    const char *data = viewer_next(v, "dashboard:data");
    assert_non_null(data);
    assert_contains(data, "\"total\":0,");
    stage_fini(&s);
}

/* ---- the property ---- */

struct watcher {
    struct viewer *v;
    struct model m;
    size_t at;
};

static void catch_up(struct watcher *w)
{
    for (; w->at < w->v->count; w->at++) {
        const char *payload = w->v->log[w->at];
        if (is_event(payload, "dashboard:data") || is_event(payload, "dashboard:update")) {
            model_apply(&w->m, payload);
        }
    }
    viewer_forget(w->v);
    w->at = 0;
}

static void rename_device(struct stage *s, const char *device, uint64_t number)
{
    if (!registry_find_device(s->decider, bytes_of_text(device))) {
        return;
    }
    struct command *c = command_new(COMMAND_PATCH_DEVICE);
    char name[32];
    snprintf(name, sizeof name, "name %u", (unsigned)number % 100);
    c->device = strdup(device);
    c->fields = FIELD_NAME;
    c->name = strdup(name);
    registry_command(s->decider, c, s->out);
    assert_int_equal(c->result, OK);
    command_free(c);
}

static void acknowledge_one(struct stage *s, uint64_t number)
{
    uint32_t open = alert_open_count(s->decides);
    if (open > 0) {
        stage_acknowledge(s, alert_open_at(s->decides, (uint32_t)(number % open))->id);
    }
}

static void do_something(struct stage *s, uint64_t *random)
{
    char device[16];
    char sensor[16];
    snprintf(device, sizeof device, "d%u", (unsigned)(expect_random(random) % MODEL_DEVICES));
    snprintf(sensor, sizeof sensor, "s%u", (unsigned)(expect_random(random) % MODEL_SENSORS));
    uint64_t number = expect_random(random);
    switch (expect_random(random) % 40) {
    case 0:
        if (registry_find_device(s->decider, bytes_of_text(device))) {
            stage_delete(s, device);
        }
        break;
    case 1:
        stage_tell(s, device, number % 2 ? STATUS_OFFLINE : STATUS_ASLEEP);
        break;
    case 2:
        rename_device(s, device, number);
        break;
    case 3:
        acknowledge_one(s, number);
        break;
    case 4:
        if (alert_rule_count(s->decides) < 60) {
            (void)stage_rule(s, device, sensor, 50);
        }
        break;
    case 5:
        stage_read_flagged(s, device, sensor, 70, WALL_NONE, READING_LAST_KNOWN);
        break;
    default:
        stage_read(s, device, sensor, (double)(number % 100),
                   s->now.wall - (wall_ms)(number % 3000));
        break;
    }
}

static void compare_all(struct stage *s, struct watcher *w, size_t count)
{
    stage_turn(s);
    for (size_t i = 0; i < count; i++) {
        viewer_take(w[i].v, SIZE_MAX);
    }
    stage_wait(s, 2500); /* one that was stepped down has its turn each second */
    for (size_t i = 0; i < count; i++) {
        catch_up(&w[i]);
        assert_int_equal(w[i].m.seq, s->seq - 1);
        model_compare(&w[i].m, s);
    }
}

static void a_client_that_applies_what_it_gets_equals_the_server(void **state)
{
    (void)state;
    uint64_t random = expect_seed();
    size_t rounds = getenv("TELLTALE_TEST_LONG") ? 200 : 20;
    for (size_t round = 0; round < rounds; round++) {
        struct stage s;
        struct watcher w[6] = {{0}};
        size_t count = 0;
        stage_init(&s);
        for (int i = 0; i < 1200; i++) {
            do_something(&s, &random);
            uint64_t next = expect_random(&random);
            if (next % 3 == 0) {
                stage_turn(&s);
            } else if (next % 301 == 1) {
                stage_turn_by_snapshot(&s);
            }
            if (next % 5 == 0) {
                stage_wait(&s, next / 5 % 400);
            }
            if (next % 90 == 7 && count < ARRAY_LEN(w)) {
                w[count++] = (struct watcher){.v = stage_join(&s)};
            }
            if (next % 17 == 3 && count > 0) {
                viewer_take(w[next / 17 % count].v, next / 1000 % 4 ? 0 : SIZE_MAX);
            }
            if (next % 211 == 9) {
                stage_wait(&s, 30000);
            }
            if (next % 60 == 11) {
                compare_all(&s, w, count);
            }
        }
        compare_all(&s, w, count);
        stage_fini(&s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_world_has_all_keys),
        cmocka_unit_test(a_device_is_told_with_all_its_keys),
        cmocka_unit_test(an_update_comes_each_second_also_when_nothing_changed),
        cmocka_unit_test(updates_can_be_turned_off_and_on),
        cmocka_unit_test(updates_reach_those_who_want_them_alone),
        cmocka_unit_test(a_large_fleet_is_cut_to_what_matters_most),
        cmocka_unit_test(clients_that_connect_in_one_second_share_their_snapshot),
        cmocka_unit_test(more_deletions_than_are_remembered_bring_a_snapshot),
        cmocka_unit_test(a_client_that_applies_what_it_gets_equals_the_server),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
