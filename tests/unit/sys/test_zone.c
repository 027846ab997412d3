/* SPDX-License-Identifier: Apache-2.0 */
#include "sys/zone.h"

#include "expect.h"

static void offsets_are_those_of_the_zone_in_summer_and_winter(void **state)
{
    (void)state;
    static const struct {
        const char *zone;
        int64_t at;
        int32_t offset;
    } cases[] = {
        {"Europe/Berlin", 1763953200, 3600},      {"Europe/Berlin", 1750000000, 7200},
        {"Europe/Berlin", 1743296399, 3600},      {"Europe/Berlin", 1743296400, 7200},
        {"America/New_York", 1763953200, -18000}, {"Asia/Kolkata", 1763953200, 19800},
        {"Australia/Sydney", 1763953200, 39600},  {"UTC", 0, 0},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        int32_t offset = -1;
        expect_ok(zone_offset(cases[i].zone, cases[i].at, &offset));
        assert_int_equal(offset, cases[i].offset);
    }
}

static void names_that_are_no_zone_are_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "", "Nowhere/At_All", "../../../etc/passwd", "/etc/passwd", "Europe", ".hidden"};
    int32_t offset = 7;
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        assert_true(zone_offset(bad[i], 0, &offset) != OK);
    }
    expect_err(ERR_CORRUPT, zone_offset("tzdata.zi", 0, &offset));
    assert_int_equal(offset, 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(offsets_are_those_of_the_zone_in_summer_and_winter),
        cmocka_unit_test(names_that_are_no_zone_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
