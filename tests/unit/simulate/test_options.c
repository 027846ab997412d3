/* SPDX-License-Identifier: Apache-2.0 */
/* What people write on the command line. */
#include "simulate/simulate.h"

#include "base/base.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void targets_are_hosts_with_or_without_a_port(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *host;
        uint16_t port;
    } good[] = {
        {"localhost:1884", "localhost", 1884},
        {"127.0.0.1", "127.0.0.1", 1883},
        {"[::1]:1885", "::1", 1885},
        {"[::1]", "::1", 1883},
    };
    static const char *const bad[] = {"",     ":1883",   "h:",
                                      "h:0",  "h:65536", "h:1x",
                                      "[::1", "[::1]x",  "a-host-name-beyond-the-room-for-it:1"};
    char room[16];
    struct simulate_target t = {0};
    for (size_t i = 0; i < ARRAY_LEN(good); i++) {
        assert_int_equal(simulate_target_parse(good[i].text, room, sizeof room, &t), OK);
        assert_string_equal(t.host, good[i].host);
        assert_int_equal(t.port, good[i].port);
    }
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        assert_int_equal(simulate_target_parse(bad[i], room, sizeof room, &t), ERR_INVALID);
    }
}

static void durations_have_a_unit(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t ms;
    } good[] = {{"1d", 86400000},   {"10 s", 10000}, {"500ms", 500}, {"1.5h", 5400000},
                {"2w", 1209600000}, {"0", 0},        {"3m", 180000}};
    static const char *const bad[] = {"", "5", "-1s", "1y", "s", "1e9d", "1 d x"};
    int64_t ms = -1;
    for (size_t i = 0; i < ARRAY_LEN(good); i++) {
        assert_int_equal(simulate_duration_parse(good[i].text, &ms), OK);
        assert_true(ms == good[i].ms);
    }
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        assert_int_equal(simulate_duration_parse(bad[i], &ms), ERR_INVALID);
    }
}

static void speeds_are_factors_or_max(void **state)
{
    (void)state;
    double v = -1;
    assert_int_equal(replay_speed_parse("max", &v), OK);
    assert_true(v == 0);
    assert_int_equal(replay_speed_parse("10x", &v), OK);
    assert_true(v == 10);
    assert_int_equal(replay_speed_parse("0.5", &v), OK);
    assert_true(v == 0.5);
    static const char *const bad[] = {"", "0", "-1x", "fast", "1y", "1e400"};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        assert_int_equal(replay_speed_parse(bad[i], &v), ERR_INVALID);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(targets_are_hosts_with_or_without_a_port),
        cmocka_unit_test(durations_have_a_unit),
        cmocka_unit_test(speeds_are_factors_or_max),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
