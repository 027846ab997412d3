/* SPDX-License-Identifier: Apache-2.0 */
/* The stream of clients that never chose: never more than 200 events a second, and told why. */
#include "stage.h"

/* When each sensor-data came, by watching the log after each step. */
struct meter {
    struct viewer *v;
    mono_ns *at;
    size_t count, cap;
};

static void look(struct stage *s, struct meter *m)
{
    while (viewer_next(m->v, "sensor-data")) {
        if (m->count == m->cap) {
            m->cap = m->cap ? m->cap * 2 : 256;
            m->at = realloc(m->at, m->cap * sizeof *m->at);
        }
        m->at[m->count++] = s->now.mono;
    }
}

/* The most events in any one second. */
static size_t busiest_second(const struct meter *m)
{
    size_t most = 0;
    size_t first = 0;
    for (size_t i = 0; i < m->count; i++) {
        while (m->at[i] - m->at[first] >= MONO_MS(1000)) {
            first++;
        }
        most = size_max(most, i - first + 1);
    }
    return most;
}

/* `seconds` of `series` series that change each `gap_ms`. */
static void run_load(struct stage *s, struct meter *m, int seconds, int series, int gap_ms)
{
    char name[32];
    mono_ns end = s->now.mono + MONO_MS((uint64_t)seconds * 1000);
    for (int turn = 0; s->now.mono < end; turn++) {
        for (int i = turn % (gap_ms / 10); i < series; i += gap_ms / 10) {
            snprintf(name, sizeof name, "d%d", i);
            stage_read(s, name, "x", turn, s->now.wall);
        }
        stage_turn(s);
        look(s, m);
        for (int ms = 0; ms < 10; ms++) {
            stage_wait(s, 1);
            look(s, m);
        }
    }
}

static const char *last_level(const struct viewer *v)
{
    for (size_t i = v->count; i-- > 0;) {
        if (is_event(v->log[i], "stream-level")) {
            return v->log[i];
        }
    }
    return NULL;
}

static void a_small_fleet_is_told_in_full(void **state)
{
    (void)state;
    struct stage s;
    stage_init(&s);
    struct meter m = {.v = stage_join(&s)};
    run_load(&s, &m, 5, 15, 100);
    assert_null(last_level(m.v));
    assert_true(m.count >= 15 * 49 && m.count <= 15 * 52);
    free(m.at);
    stage_fini(&s);
}

static void the_interval_widens_with_the_fleet_and_narrows_again(void **state)
{
    (void)state;
    struct stage s;
    stage_init(&s);
    struct meter m = {.v = stage_join(&s)};
    run_load(&s, &m, 6, 150, 100); /* 1500/s at 100 ms, 150/s at 1 s */
    assert_contains(last_level(m.v), "{\"level\":\"conflated\",\"interval\":1000,");
    assert_contains(last_level(m.v), "\"reason\":\"fleet-rate\",\"rate\":15");
    run_load(&s, &m, 12, 900, 200); /* 180/s at 5 s */
    assert_contains(last_level(m.v), "{\"level\":\"summary\",\"interval\":5000,");
    run_load(&s, &m, 8, 1500, 500); /* 300/s at 5 s */
    assert_contains(last_level(m.v), "{\"level\":\"paused\",\"interval\":null,");
    viewer_forget(m.v);
    run_load(&s, &m, 2, 1500, 500);
    assert_int_equal(viewer_count(m.v, "sensor-data"), 0);
    assert_true(viewer_count(m.v, "dashboard:update") >= 2);
    run_load(&s, &m, 40, 10, 100);
    assert_contains(last_level(m.v), "{\"level\":\"full\",\"interval\":100,");
    assert_int_equal(viewer_count(m.v, "stream-level"), 3);
    assert_true(busiest_second(&m) <= LIMIT_FLEET_EVENTS_PER_SECOND);
    free(m.at);
    stage_fini(&s);
}

static void a_level_at_its_edge_does_not_flap(void **state)
{
    (void)state;
    struct stage s;
    stage_init(&s);
    struct meter m = {.v = stage_join(&s)};
    for (int i = 0; i < 15; i++) {
        run_load(&s, &m, 2, 21, 100);
        run_load(&s, &m, 2, 18, 100);
    }
    assert_int_equal(viewer_count(m.v, "stream-level"), 1);
    assert_true(busiest_second(&m) <= LIMIT_FLEET_EVENTS_PER_SECOND);
    free(m.at);
    stage_fini(&s);
}

static void a_burst_is_spread_and_its_newest_values_arrive(void **state)
{
    (void)state;
    struct stage s;
    char name[32];
    stage_init(&s);
    struct meter m = {.v = stage_join(&s)};
    for (int value = 1; value <= 3; value++) {
        for (int i = 0; i < 700; i++) {
            snprintf(name, sizeof name, "d%d", i);
            stage_read(&s, name, "x", value, s.now.wall);
            stage_tell(&s, name, value == 3 ? STATUS_ASLEEP : STATUS_OFFLINE);
        }
        stage_turn(&s);
    }
    look(&s, &m);
    for (int ms = 0; ms < 15000; ms++) {
        stage_wait(&s, 1);
        look(&s, &m);
    }
    assert_true(busiest_second(&m) <= LIMIT_FLEET_EVENTS_PER_SECOND);
    double newest[700] = {0};
    bool asleep[700] = {false};
    m.v->read = 0;
    for (const char *e; (e = viewer_next(m.v, "sensor-data"));) {
        size_t i = strtoul(strstr(e, "\"deviceId\":\"d") + 13, NULL, 10);
        if (strstr(e, "sensorType")) {
            newest[i] = number_of(e, "value");
        } else {
            asleep[i] = strstr(e, "\"asleep\"") != NULL;
        }
    }
    for (size_t i = 0; i < 700; i++) {
        assert_true(newest[i] == 3);
        assert_true(asleep[i]);
    }
    free(m.at);
    stage_fini(&s);
}

static void who_chose_is_not_slowed_and_who_joins_is_told(void **state)
{
    (void)state;
    struct stage s;
    stage_init(&s);
    struct meter m = {.v = stage_join(&s)};
    struct viewer *chose = stage_join(&s);
    viewer_emit(chose, "subscribe-fleet", "[\"subscribe-fleet\",{\"interval\":100}]", LIVE_NO_ACK);
    run_load(&s, &m, 5, 100, 100);
    assert_non_null(last_level(m.v));
    assert_null(last_level(chose));
    assert_true(viewer_count(chose, "sensor-data") >= 4800);
    struct viewer *late = stage_join(&s);
    assert_contains(last_level(late), "{\"level\":\"conflated\",\"interval\":1000,");
    const char *answer =
        viewer_ask(late, "subscribe-fleet", "[\"subscribe-fleet\",{\"dashboard\":true}]");
    assert_contains(answer, "\"interval\":1000,\"format\":\"json\"");
    answer = viewer_ask(late, "subscribe-fleet", "[\"subscribe-fleet\",{}]");
    assert_contains(answer, "\"interval\":100,\"format\":\"json\"");
    free(m.at);
    stage_fini(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_small_fleet_is_told_in_full),
        cmocka_unit_test(the_interval_widens_with_the_fleet_and_narrows_again),
        cmocka_unit_test(a_level_at_its_edge_does_not_flap),
        cmocka_unit_test(a_burst_is_spread_and_its_newest_values_arrive),
        cmocka_unit_test(who_chose_is_not_slowed_and_who_joins_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
