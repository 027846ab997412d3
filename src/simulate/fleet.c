/* SPDX-License-Identifier: Apache-2.0 */
/* Kinds of devices as a table, and a signal made of a mean, a day, two slow swings, and noise, all
 * of them hashed from (seed, device, sensor, time) so that nothing has to be remembered. */
#include "simulate/fleet.h"

#include <math.h>

#define SECOND ((int64_t)1000)
#define MINUTE (60 * SECOND)
#define HOUR   (60 * MINUTE)
#define DAY    (24 * HOUR)
#define TURN   6.283185307179586

/* ---- what there is --------------------------------------------------------------------------- */

static const struct fleet_kind
    kinds[] =
        {
            {
                .id = "cold-store",
                .name = "Cold store",
                .model = "Polar 240",
                .tag = "cold",
                .sensors =
                    {
                        {"temperature",
                         "Temperature",
                         "°C",
                         -30,
                         10,
                         1,
                         -20,
                         3,
                         0.6,
                         14,
                         {{1.2, 40 * MINUTE}, {0.5, 7 * MINUTE}},
                         0.05,
                         0},
                        {"humidity",
                         "Humidity",
                         "%",
                         0,
                         100,
                         1,
                         62,
                         8,
                         3,
                         5,
                         {{6, 2 * HOUR}, {2, 9 * MINUTE}},
                         0.2,
                         0},
                        {"current",
                         "Compressor current",
                         "A",
                         0,
                         16,
                         2,
                         6.4,
                         1,
                         0.8,
                         14,
                         {{1.6, 40 * MINUTE}, {0.6, 3 * MINUTE}},
                         0.08,
                         0},
                        {"suction",
                         "Suction pressure",
                         "bar",
                         0,
                         6,
                         2,
                         1.9,
                         0.3,
                         0.05,
                         14,
                         {{0.25, 40 * MINUTE}, {0.1, 4 * MINUTE}},
                         0.01,
                         0},
                        {"battery",
                         "Logger battery",
                         "%",
                         0,
                         100,
                         0,
                         100,
                         0,
                         0,
                         0,
                         {{0, HOUR}, {0, HOUR}},
                         0,
                         4},
                    },
                .rule = {"temperature", CONDITION_GREATER_THAN, -12, SEVERITY_CRITICAL},
                .fault = {0, 14, 6 * MINUTE, 100 * SECOND},
            },
            {
                .id = "greenhouse",
                .name = "Greenhouse",
                .model = "Flora G3",
                .tag = "growing",
                .sensors =
                    {
                        {"temperature",
                         "Temperature",
                         "°C",
                         5,
                         45,
                         1,
                         22,
                         3,
                         4.5,
                         14,
                         {{1.5, 3 * HOUR}, {0.4, 11 * MINUTE}},
                         0.05,
                         0},
                        {"humidity",
                         "Humidity",
                         "%",
                         20,
                         100,
                         1,
                         68,
                         8,
                         -9,
                         14,
                         {{5, 2 * HOUR}, {1.5, 8 * MINUTE}},
                         0.2,
                         0},
                        {"light",
                         "Light",
                         "lx",
                         0,
                         60000,
                         0,
                         24000,
                         3000,
                         21000,
                         12,
                         {{1800, 50 * MINUTE}, {700, 4 * MINUTE}},
                         20,
                         0},
                        {"soil",
                         "Soil moisture",
                         "%",
                         0,
                         100,
                         1,
                         41,
                         8,
                         1.5,
                         6,
                         {{5, 16 * HOUR}, {1, 90 * MINUTE}},
                         0.05,
                         0},
                        {"co2",
                         "Carbon dioxide",
                         "ppm",
                         300,
                         1400,
                         0,
                         640,
                         80,
                         -120,
                         13,
                         {{70, 80 * MINUTE}, {25, 6 * MINUTE}},
                         2,
                         0},
                    },
                .rule = {"temperature", CONDITION_GREATER_THAN, 38, SEVERITY_WARNING},
                .fault = {0, 18, 9 * MINUTE, 150 * SECOND},
            },
            {
                .id = "pump",
                .name = "Pump",
                .model = "Hydra 55",
                .tag = "water",
                .sensors =
                    {
                        {"pressure",
                         "Pressure",
                         "bar",
                         0,
                         10,
                         2,
                         5.2,
                         0.8,
                         0.5,
                         19,
                         {{0.6, 70 * MINUTE}, {0.2, 5 * MINUTE}},
                         0.02,
                         0},
                        {"flow",
                         "Flow",
                         "m³/h",
                         0,
                         160,
                         1,
                         92,
                         15,
                         18,
                         19,
                         {{9, 70 * MINUTE}, {3, 5 * MINUTE}},
                         0.4,
                         0},
                        {"current",
                         "Motor current",
                         "A",
                         0,
                         60,
                         1,
                         31,
                         4,
                         4,
                         19,
                         {{3, 70 * MINUTE}, {0.9, 5 * MINUTE}},
                         0.1,
                         0},
                        {"vibration",
                         "Vibration",
                         "mm/s",
                         0,
                         18,
                         2,
                         2.4,
                         0.6,
                         0.2,
                         19,
                         {{0.5, 30 * MINUTE}, {0.2, 2 * MINUTE}},
                         0.06,
                         0},
                        {"bearing",
                         "Bearing temperature",
                         "°C",
                         0,
                         110,
                         1,
                         54,
                         5,
                         4,
                         20,
                         {{3, 2 * HOUR}, {0.6, 13 * MINUTE}},
                         0.05,
                         0},
                    },
                .rule = {"vibration", CONDITION_GREATER_THAN, 7.1, SEVERITY_WARNING},
                .fault = {3, 9, 7 * MINUTE, 120 * SECOND},
            },
            {
                .id = "air",
                .name = "Air station",
                .model = "Breeze AQ",
                .tag = "city",
                .sensors =
                    {
                        {"pm25",
                         "Fine dust PM2.5",
                         "µg/m³",
                         0,
                         80,
                         1,
                         14,
                         4,
                         4,
                         8,
                         {{5, 4 * HOUR}, {1.5, 20 * MINUTE}},
                         0.2,
                         0},
                        {"no2",
                         "Nitrogen dioxide",
                         "µg/m³",
                         0,
                         120,
                         1,
                         28,
                         8,
                         9,
                         17,
                         {{7, 3 * HOUR}, {2, 15 * MINUTE}},
                         0.3,
                         0},
                        {"temperature",
                         "Temperature",
                         "°C",
                         -15,
                         45,
                         1,
                         14,
                         4,
                         5,
                         15,
                         {{1.5, 5 * HOUR}, {0.3, 18 * MINUTE}},
                         0.05,
                         0},
                        {"pressure",
                         "Air pressure",
                         "hPa",
                         950,
                         1050,
                         1,
                         1014,
                         3,
                         0.8,
                         10,
                         {{7, 31 * HOUR}, {0.4, 2 * HOUR}},
                         0.05,
                         0},
                        {"battery",
                         "Battery",
                         "%",
                         0,
                         100,
                         0,
                         100,
                         0,
                         0,
                         0,
                         {{0, HOUR}, {0, HOUR}},
                         0,
                         6},
                    },
                .rule = {"no2", CONDITION_GREATER_THAN, 100, SEVERITY_INFO},
                .fault = {1, 95, 12 * MINUTE, 200 * SECOND},
            },
            {
                .id = "truck",
                .name = "Truck",
                .model = "Road Link 2",
                .tag = "transport",
                .sensors =
                    {
                        {"temperature",
                         "Load temperature",
                         "°C",
                         -10,
                         30,
                         1,
                         4.2,
                         1.2,
                         0.7,
                         15,
                         {{0.9, 55 * MINUTE}, {0.3, 6 * MINUTE}},
                         0.05,
                         0},
                        {"humidity",
                         "Load humidity",
                         "%",
                         0,
                         100,
                         1,
                         71,
                         6,
                         2,
                         5,
                         {{5, 2 * HOUR}, {1.5, 9 * MINUTE}},
                         0.2,
                         0},
                        {"speed",
                         "Speed",
                         "km/h",
                         0,
                         100,
                         0,
                         44,
                         6,
                         20,
                         12,
                         {{24, 35 * MINUTE}, {9, 3 * MINUTE}},
                         1,
                         0},
                        {"vibration",
                         "Vibration",
                         "g",
                         0,
                         4,
                         3,
                         0.62,
                         0.1,
                         0.2,
                         12,
                         {{0.25, 35 * MINUTE}, {0.1, 90 * SECOND}},
                         0.04,
                         0},
                        {"battery",
                         "Battery",
                         "V",
                         22,
                         30,
                         2,
                         27.2,
                         0.4,
                         0.4,
                         12,
                         {{0.5, 35 * MINUTE}, {0.1, 6 * MINUTE}},
                         0.02,
                         0},
                    },
                .rule = {"temperature", CONDITION_GREATER_THAN, 12, SEVERITY_WARNING},
                .fault = {0, 13, 8 * MINUTE, 130 * SECOND},
                .moves = true,
            },
};

#define KINDS ((unsigned)ARRAY_LEN(kinds))

static const struct fleet_site sites[] = {
    {"Rotterdam", "rotterdam", 51.9244, 4.4777, 50.9375, 6.9603},
    {"Hamburg", "hamburg", 53.5511, 9.9937, 52.52, 13.405},
    {"Lyon", "lyon", 45.7640, 4.8357, 46.2044, 6.1432},
    {"Gdańsk", "gdansk", 54.3520, 18.6466, 52.4064, 16.9252},
    {"Barcelona", "barcelona", 41.3874, 2.1686, 41.6488, -0.8891},
    {"Milano", "milano", 45.4642, 9.1900, 44.4949, 11.3426},
    {"København", "kobenhavn", 55.6761, 12.5683, 55.4038, 10.4024},
    {"Wien", "wien", 48.2082, 16.3738, 48.3069, 14.2858},
    {"Dublin", "dublin", 53.3498, -6.2603, 53.2707, -9.0568},
    {"Porto", "porto", 41.1579, -8.6291, 39.7436, -8.8071},
    {"Praha", "praha", 50.0755, 14.4378, 51.0504, 13.7373},
    {"Helsinki", "helsinki", 60.1699, 24.9384, 61.4978, 23.761},
};

/* ---- chance without state -------------------------------------------------------------------- */

/* Stirs a number so that neighbours have nothing in common (splitmix64's last step). */
static uint64_t stir(uint64_t x)
{
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

/* A number of its own for each (seed, device, sensor, purpose). */
static uint64_t key_of(const struct fleet *f, unsigned index, unsigned sensor, unsigned purpose)
{
    uint64_t place = (uint64_t)index << 16 | sensor << 8 | purpose;
    return stir(stir(f->seed + 0x9e3779b97f4a7c15u) + place * 0x9e3779b97f4a7c15u);
}

/* Between -1 and 1, for step `n` of the stream `key`. */
static double chance(uint64_t key, int64_t n)
{
    uint64_t x = stir(key + (uint64_t)n * 0x9e3779b97f4a7c15u);
    return (double)(x >> 11) / 4503599627370496.0 - 1;
}

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

/* A smooth line through a random height at each multiple of half the period. */
static double swing(uint64_t key, const struct fleet_swing *s, wall_ms t)
{
    int64_t step = s->period_ms / 2;
    int64_t n = floor_div(t, step);
    double x = (double)(t - n * step) / (double)step;
    double ease = x * x * (3 - 2 * x);
    return s->by * (chance(key, n) * (1 - ease) + chance(key, n + 1) * ease);
}

/* ---- what it shows --------------------------------------------------------------------------- */

/* How far the fault moves its sensor at `t`: a smooth hill somewhere in each period. */
static double fault_at(const struct fleet_fault *fault, uint64_t key, wall_ms t)
{
    int64_t n = floor_div(t, fault->every_ms);
    double room = (double)(fault->every_ms - fault->lasts_ms) / 2;
    double start = room * (1 + 0.9 * chance(key, n));
    double x = ((double)(t - n * fault->every_ms) - start) / (double)fault->lasts_ms;
    if (x <= 0 || x >= 1) {
        return 0;
    }
    double hill = sin(x * TURN / 2);
    return fault->by * hill * hill * (1 + 0.1 * chance(key + 1, n));
}

/* Among fifty, cold-store-4 and pump-7; in a small fleet the first of each. */
static bool misbehaves(const struct fleet *f, unsigned index)
{
    unsigned cold = f->devices > 3 * KINDS ? 3 * KINDS : 0;
    unsigned pump = f->devices > 6 * KINDS + 2 ? 6 * KINDS + 2 : 2;
    return index == cold || index == pump;
}

static double clamp(double v, double low, double high)
{
    return v < low ? low : v > high ? high : v;
}

/* Loses charge evenly down to a fifth, then is charged in one go. */
static double battery(const struct fleet_sensor *s, uint64_t key, wall_ms t)
{
    double cycle_ms = 80 / s->falls_per_day * (double)DAY;
    double x = (double)t / cycle_ms + chance(key, 0);
    return 100 - 80 * (x - floor(x));
}

double fleet_value(const struct fleet *f, unsigned index, unsigned sensor, wall_ms t)
{
    static const double scale[] = {1, 10, 100, 1000};
    const struct fleet_kind *kind = &kinds[index % KINDS];
    const struct fleet_sensor *s = &kind->sensors[sensor];
    double v;
    if (s->falls_per_day > 0) {
        v = battery(s, key_of(f, index, sensor, 0), t);
    } else {
        double day = (double)(t - floor_div(t, DAY) * DAY) / (double)DAY - s->peak_hour / 24;
        v = s->mean + s->spread * chance(key_of(f, index, sensor, 0), 0) / 2;
        v += s->daily * cos(day * TURN);
        v += swing(key_of(f, index, sensor, 1), &s->swings[0], t);
        v += swing(key_of(f, index, sensor, 2), &s->swings[1], t);
        v += s->jitter * chance(key_of(f, index, sensor, 3), t);
    }
    if (kind->fault.sensor == sensor && misbehaves(f, index)) {
        v += fault_at(&kind->fault, key_of(f, index, sensor, 4), t);
    }
    v = clamp(v, s->min, s->max);
    return round(v * scale[s->decimals]) / scale[s->decimals] + 0.0; /* never -0 */
}

struct fleet_device fleet_device(const struct fleet *f, unsigned index)
{
    const struct fleet_kind *kind = &kinds[index % KINDS];
    const struct fleet_site *site = &sites[index * 7 % ARRAY_LEN(sites)];
    struct fleet_device d = {
        .kind = kind, .site = site, .first = index < KINDS, .misbehaves = misbehaves(f, index)};
    unsigned number = index / KINDS + 1;
    (void)snprintf(d.id, sizeof d.id, "%s-%u", kind->id, number);
    (void)snprintf(d.name, sizeof d.name, "%s %u", kind->name, number);
    d.lat = round((site->lat + 0.06 * chance(key_of(f, index, 0, 5), 0)) * 1e4) / 1e4;
    d.lng = round((site->lng + 0.09 * chance(key_of(f, index, 0, 6), 0)) * 1e4) / 1e4;
    return d;
}

/* ---- where it is ----------------------------------------------------------------------------- */

#define ROUND       (8 * HOUR)
#define WIND        0.18 /* degrees beside the straight way, at most */
#define METRE_STEPS 1e5

struct fleet_position fleet_position(const struct fleet *f, unsigned index, wall_ms t)
{
    struct fleet_device d = fleet_device(f, index);
    static const struct fleet_swing bends = {WIND, 90 * MINUTE};
    int64_t late = (int64_t)((chance(key_of(f, index, 0, 7), 0) + 1) / 2 * (double)ROUND);
    int64_t within = (t + late) - floor_div(t + late, ROUND) * ROUND;
    double turn = (double)within / (double)ROUND;
    double far = (1 - cos(turn * TURN)) / 2;
    /* The way is the same there and back, and straight where it begins and ends. */
    wall_ms on_the_way = (wall_ms)(far * (double)ROUND / 2);
    double free = 4 * far * (1 - far);
    struct fleet_position p = {
        .lat = d.lat + far * (d.site->road_lat - d.lat) +
               free * swing(key_of(f, index, 0, 8), &bends, on_the_way),
        .lng = d.lng + far * (d.site->road_lng - d.lng) +
               free * swing(key_of(f, index, 0, 9), &bends, on_the_way),
    };
    p.lat = round(p.lat * METRE_STEPS) / METRE_STEPS;
    p.lng = round(p.lng * METRE_STEPS) / METRE_STEPS;
    return p;
}
