/* SPDX-License-Identifier: Apache-2.0 */
/* The made-up fleet: the same at the same time, smooth, within its ranges, and two that misbehave.
 */
#include "simulate/fleet.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define START ((wall_ms)1763953200000)
#define DAY   ((wall_ms)86400000)

static const struct fleet fleet = {1, 50};

static void a_moment_says_the_same_again(void **state)
{
    (void)state;
    const struct fleet other = {2, 50};
    int differing = 0;
    for (unsigned d = 0; d < fleet.devices; d++) {
        for (unsigned s = 0; s < FLEET_SENSORS; s++) {
            double v = fleet_value(&fleet, d, s, START);
            assert_true(v == fleet_value(&fleet, d, s, START));
            differing += v != fleet_value(&other, d, s, START);
        }
    }
    assert_true(differing > 150);
}

static void values_keep_their_ranges_and_decimals(void **state)
{
    (void)state;
    static const double scale[] = {1, 10, 100, 1000};
    for (unsigned d = 0; d < fleet.devices; d++) {
        struct fleet_device device = fleet_device(&fleet, d);
        for (unsigned s = 0; s < FLEET_SENSORS; s++) {
            const struct fleet_sensor *sensor = &device.kind->sensors[s];
            for (wall_ms t = START; t < START + DAY; t += 613000) {
                double v = fleet_value(&fleet, d, s, t);
                double scaled = v * scale[sensor->decimals];
                assert_true(v >= sensor->min && v <= sensor->max && !(v == 0 && signbit(v)));
                assert_true(fabs(scaled - round(scaled)) < 1e-6);
            }
        }
    }
}

static void signals_are_smooth_but_not_flat(void **state)
{
    (void)state;
    for (unsigned d = 5; d < 10; d++) {
        struct fleet_device device = fleet_device(&fleet, d);
        for (unsigned s = 0; s < FLEET_SENSORS - 1; s++) {
            const struct fleet_sensor *sensor = &device.kind->sensors[s];
            double low = INFINITY;
            double high = -INFINITY;
            double before = fleet_value(&fleet, d, s, START);
            for (wall_ms t = START; t < START + DAY; t += 2000) {
                double v = fleet_value(&fleet, d, s, t);
                assert_true(fabs(v - before) < (sensor->max - sensor->min) / 20);
                before = v;
                low = fmin(low, v);
                high = fmax(high, v);
            }
            assert_true(high - low > sensor->jitter);
        }
    }
}

/* How often a day the device's rule begins to hold. */
static int crossings(unsigned d)
{
    struct fleet_device device = fleet_device(&fleet, d);
    const struct fleet_rule *rule = &device.kind->rule;
    unsigned s = 0;
    while (strcmp(device.kind->sensors[s].id, rule->sensor) != 0) {
        s++;
    }
    int count = 0;
    bool held = false;
    for (wall_ms t = START; t < START + DAY; t += 10000) {
        double v = fleet_value(&fleet, d, s, t);
        assert_true(rule->condition == CONDITION_GREATER_THAN ||
                    rule->condition == CONDITION_LESS_THAN);
        bool holds =
            rule->condition == CONDITION_LESS_THAN ? v < rule->threshold : v > rule->threshold;
        count += holds && !held;
        held = holds;
    }
    return count;
}

static void two_devices_misbehave_every_few_minutes_and_no_other_does(void **state)
{
    (void)state;
    int bad = 0;
    for (unsigned d = 0; d < fleet.devices; d++) {
        struct fleet_device device = fleet_device(&fleet, d);
        int count = crossings(d);
        if (device.misbehaves) {
            bad++;
            assert_true(count > 100 && count < 400);
        } else if (count != 0) {
            fail_msg("%s crossed its rule %d times", device.id, count);
        }
    }
    assert_int_equal(bad, 2);
    assert_string_equal(fleet_device(&fleet, 15).id, "cold-store-4");
    assert_true(fleet_device(&fleet, 15).misbehaves);
    assert_string_equal(fleet_device(&fleet, 32).id, "pump-7");
    assert_true(fleet_device(&fleet, 32).misbehaves);
    const struct fleet small = {1, 1};
    assert_true(fleet_device(&small, 0).misbehaves);
}

static void trucks_go_their_way_and_come_back(void **state)
{
    (void)state;
    const unsigned truck = 4;
    const wall_ms hour = 3600000;
    struct fleet_device d = fleet_device(&fleet, truck);
    assert_true(d.kind->moves && !fleet_device(&fleet, 0).kind->moves);
    struct fleet_position before = fleet_position(&fleet, truck, START);
    double most = 0;
    for (wall_ms t = START; t < START + DAY; t += 10000) {
        struct fleet_position p = fleet_position(&fleet, truck, t);
        /* Ten seconds: some 400 m at most. */
        assert_true(fabs(p.lat - before.lat) < 0.006 && fabs(p.lng - before.lng) < 0.006);
        most = fmax(most, hypot(p.lat - d.lat, p.lng - d.lng));
        before = p;
    }
    double whole = hypot(d.site->road_lat - d.lat, d.site->road_lng - d.lng);
    assert_true(most > whole * 0.98 && most < whole + 0.3);
    struct fleet_position now = fleet_position(&fleet, truck, START);
    struct fleet_position again = fleet_position(&fleet, truck, START + 8 * hour);
    assert_true(now.lat == again.lat && now.lng == again.lng);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_moment_says_the_same_again),
        cmocka_unit_test(values_keep_their_ranges_and_decimals),
        cmocka_unit_test(signals_are_smooth_but_not_flat),
        cmocka_unit_test(trucks_go_their_way_and_come_back),
        cmocka_unit_test(two_devices_misbehave_every_few_minutes_and_no_other_does),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
