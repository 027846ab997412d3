/* SPDX-License-Identifier: Apache-2.0 */
/* The made-up fleet: what devices there are and what their sensors show. Everything is a function
 * of (seed, device, sensor, time), so publishing a moment again says the same again. Pure. */
#ifndef TELLTALE_SIMULATE_FLEET_H
#define TELLTALE_SIMULATE_FLEET_H

#include "model/rule.h"
#include "model/time.h"

#include "base/bytes.h"

#define FLEET_SENSORS 5

/* A slow swing of up to `by` on either side, once in `period_ms`. */
struct fleet_swing {
    double by;
    int64_t period_ms;
};

struct fleet_sensor {
    const char *id;
    const char *name;
    const char *unit;
    double min, max; /* what a gauge shows; values stay within */
    int decimals;    /* 0..3 */
    double mean;
    double spread;    /* how far the means of two devices may lie apart */
    double daily;     /* half the difference between day and night */
    double peak_hour; /* UTC hour at which the daily swing is highest */
    struct fleet_swing swings[2];
    double jitter;        /* noise of a single reading, on either side */
    double falls_per_day; /* batteries: lost a day, until they are charged again */
};

struct fleet_rule {
    const char *sensor;
    enum condition condition;
    double threshold;
    enum severity severity;
};

/* What a misbehaving device does: one sensor leaves its range for a while and comes back. */
struct fleet_fault {
    unsigned sensor;  /* index */
    double by;        /* how far it goes */
    int64_t every_ms; /* once in this time */
    int64_t lasts_ms;
};

struct fleet_kind {
    const char *id; /* start of the device's id: "cold-store" */
    const char *name;
    const char *model;
    const char *tag;
    struct fleet_sensor sensors[FLEET_SENSORS];
    struct fleet_rule rule;   /* what a device of the kind should not do */
    struct fleet_fault fault; /* what one that misbehaves does */
    bool moves;               /* tells where it is */
};

struct fleet_site {
    const char *place;
    const char *tag;
    double lat, lng;
    double road_lat, road_lng; /* where those that move go from there and come back from */
};

struct fleet {
    uint64_t seed;
    unsigned devices;
};

#define FLEET_ID_MAX 48

struct fleet_device {
    const struct fleet_kind *kind;
    const struct fleet_site *site;
    char id[FLEET_ID_MAX];   /* "cold-store-4" */
    char name[FLEET_ID_MAX]; /* "Cold store 4" */
    double lat, lng;         /* near the site */
    bool first;              /* of its kind */
    bool misbehaves;
};

/* The device of index 0 .. devices - 1. */
struct fleet_device fleet_device(const struct fleet *f, unsigned index);

/* What sensor 0 .. FLEET_SENSORS - 1 of device `index` shows at `t`, rounded to its decimals. */
double fleet_value(const struct fleet *f, unsigned index, unsigned sensor, wall_ms t);

/* Where a device that moves is at `t`, degrees: it goes from its site along a winding way and comes
 * back, once in eight hours. */
struct fleet_position {
    double lat, lng;
};
struct fleet_position fleet_position(const struct fleet *f, unsigned index, wall_ms t);

#endif
