/* SPDX-License-Identifier: Apache-2.0 */
/* Places, boxes of tiles, and the ranges of codes that hold them. */
#include "live/geo.h"

#include "expect.h"

#include <math.h>

static struct geo_box box_of(double south, double west, double north, double east, uint32_t zoom)
{
    struct geo_bounds b = {south, west, north, east};
    struct geo_box box;
    expect_ok(geo_box_of(&b, zoom, &box));
    return box;
}

static bool has(const struct geo_box *box, double lat, double lng)
{
    return geo_box_has(box, geo_place_of(lat, lng));
}

static void places_go_there_and_back(void **state)
{
    (void)state;
    uint64_t random = expect_seed();
    for (int i = 0; i < 10000; i++) {
        double lat = (double)(expect_random(&random) % 170000) / 1000 - 85;
        double lng = (double)(expect_random(&random) % 359999) / 1000 - 180;
        struct geo_place p = geo_place_of(lat, lng);
        assert_true(fabs(geo_lat(p.y / 4294967296.0) - lat) < 1e-6);
        assert_true(fabs(geo_lng(p.x / 4294967296.0) - lng) < 1e-6);
        struct geo_place again = geo_place_of_code(geo_code(p));
        assert_true(again.x == p.x && again.y == p.y);
    }
    assert_int_equal(geo_place_of(0, 540).x, geo_place_of(0, 180).x);
    assert_int_equal(geo_place_of(0, -180).x, 0);
    assert_int_equal(geo_place_of(90, 0).y, geo_place_of(86, 0).y);
    assert_true(geo_place_of(-90, 0).y > geo_place_of(-85, 0).y);
}

static void a_viewport_is_rounded_out_to_tiles(void **state)
{
    (void)state;
    struct geo_box box = box_of(46, 9, 49, 17, 6);
    struct geo_bounds b = geo_box_bounds(&box);
    assert_int_equal(box.level, 6);
    assert_true(b.south <= 46 && b.west <= 9 && b.north >= 49 && b.east >= 17);
    assert_true(has(&box, 48.2, 16.37) && has(&box, 46, 9) && has(&box, 49, 17));
    assert_false(has(&box, 48.2, -16.37) || has(&box, 30, 10));
    struct geo_box same = box_of(46.01, 9.02, 48.95, 16.9, 6);
    assert_memory_equal(&same, &box, sizeof box);
}

static void a_viewport_may_go_over_the_date_line(void **state)
{
    (void)state;
    struct geo_box boxes[] = {box_of(-20, 170, -10, -170, 5), box_of(-20, 170, -10, 190, 5),
                              box_of(-20, -190, -10, -170, 5), box_of(-20, 530, -10, 550, 5)};
    for (size_t i = 0; i < ARRAY_LEN(boxes); i++) {
        assert_memory_equal(&boxes[i], &boxes[0], sizeof boxes[0]);
        assert_true(has(&boxes[i], -15, 179.9) && has(&boxes[i], -15, -179.9));
        assert_true(has(&boxes[i], -15, 180));
        assert_false(has(&boxes[i], -15, 0) || has(&boxes[i], -15, 150) || has(&boxes[i], 15, 180));
    }
}

static void a_turn_or_more_is_the_whole_world(void **state)
{
    (void)state;
    struct geo_box boxes[] = {box_of(-90, -180, 90, 180, 1), box_of(-90, -500, 90, 700, 3),
                              box_of(-90, 10, 90, 370, 0)};
    for (size_t i = 0; i < ARRAY_LEN(boxes); i++) {
        assert_int_equal(boxes[i].nx, 1u << boxes[i].level);
        assert_int_equal(boxes[i].ny, 1u << boxes[i].level);
        assert_int_equal(boxes[i].x, 0);
    }
}

static void bounds_that_are_none_are_refused(void **state)
{
    (void)state;
    const struct geo_bounds wrong[] = {
        {NAN, 0, 1, 1},      {0, NAN, 1, 1},       {0, 0, NAN, 1},   {0, 0, 1, NAN},
        {0, 0, 1, INFINITY}, {0, -INFINITY, 1, 1}, {10, 0, 9.99, 1}, {-90.1, 0, 0, 1},
        {0, 0, 90.1, 1},     {0, -36001, 1, 1},    {0, 0, 1, 1e308},
    };
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
        struct geo_box box;
        expect_err(ERR_INVALID, geo_box_of(&wrong[i], 5, &box));
    }
}

static void no_zoom_makes_a_box_of_many_tiles(void **state)
{
    (void)state;
    uint64_t random = expect_seed();
    for (int i = 0; i < 20000; i++) {
        double south = (double)(expect_random(&random) % 1801) / 10 - 90;
        double north = south + (double)(expect_random(&random) % 1801) / 10 * (i % 2 ? 1 : 0.001);
        double west = (double)(expect_random(&random) % 8000) / 10 - 400;
        double east = west + (double)(expect_random(&random) % 5000) / (i % 3 ? 10 : 100000);
        uint32_t zoom = (uint32_t)expect_random(&random);
        struct geo_box box = box_of(south, west, north < 90 ? north : 90, east, zoom);
        assert_in_range(box.nx, 1, GEO_BOX_TILES);
        assert_in_range(box.ny, 1, GEO_BOX_TILES);
        assert_in_range(box.level, 1, GEO_ZOOM_MAX);
        assert_true(box.y + box.ny <= 1u << box.level && box.x < 1u << box.level);
        assert_true(has(&box, south, west));
        assert_true(has(&box, north < 90 ? north : 90, east));
    }
}

static void ranges_hold_the_box_and_rise(void **state)
{
    (void)state;
    uint64_t random = expect_seed();
    for (int i = 0; i < 2000; i++) {
        double lat = (double)(expect_random(&random) % 160) - 80;
        double lng = (double)(expect_random(&random) % 360) - 180;
        double size = (double)(expect_random(&random) % 1000) / (i % 2 ? 10 : 1000);
        struct geo_box box =
            box_of(lat, lng, lat + size / 10, lng + size, (uint32_t)(expect_random(&random) % 20));
        struct geo_range r[GEO_RANGES_MAX];
        size_t count = geo_box_ranges(&box, r);
        assert_in_range(count, 1, GEO_RANGES_MAX);
        for (size_t n = 1; n < count; n++) {
            assert_true(r[n].first > r[n - 1].last && r[n].last > r[n].first);
        }
        for (int n = 0; n < 20; n++) {
            double a = lat + size / 10 * (double)(expect_random(&random) % 100) / 100;
            double o = lng + size * (double)(expect_random(&random) % 100) / 100;
            uint64_t code = geo_code(geo_place_of(a, o));
            size_t in = 0;
            while (in < count && !(code >= r[in].first && code <= r[in].last)) {
                in++;
            }
            assert_true(in < count);
            struct geo_box coarse = geo_box_coarser(&box, (uint32_t)n + 1);
            assert_true(geo_box_has(&coarse, geo_place_of(a, o)));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(places_go_there_and_back),
        cmocka_unit_test(a_viewport_is_rounded_out_to_tiles),
        cmocka_unit_test(a_viewport_may_go_over_the_date_line),
        cmocka_unit_test(a_turn_or_more_is_the_whole_world),
        cmocka_unit_test(bounds_that_are_none_are_refused),
        cmocka_unit_test(no_zoom_makes_a_box_of_many_tiles),
        cmocka_unit_test(ranges_hold_the_box_and_rise),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
