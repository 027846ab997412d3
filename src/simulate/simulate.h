/* SPDX-License-Identifier: Apache-2.0 */
/* Devices that aren't there: a made-up fleet, and recordings played back. Both are plain MQTT 3.1.1
 * clients that publish with QoS 1 and know when everything is acknowledged, so they work against
 * any broker. Each function here runs a whole command in the caller's thread, prints progress and
 * failures to standard error, ends cleanly on SIGINT and SIGTERM, and returns the exit code: 0 done
 * or stopped, 1 failed with one line that says why. */
#ifndef TELLTALE_SIMULATE_SIMULATE_H
#define TELLTALE_SIMULATE_SIMULATE_H

#include "model/time.h"
#include "simulate/recording.h"

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

/* Where to publish. Text is borrowed for the call. */
struct simulate_target {
    const char *host; /* a name or a numeric address */
    uint16_t port;
    const char *user;  /* NULL: "telltale" when there is a token */
    const char *token; /* sent as the password; NULL: none */
};

/* Reads "HOST:PORT", "HOST" or "[IPv6]:PORT" into `target`; `room` holds the host afterwards.
 * Errors: ERR_INVALID. */
MUST_CHECK enum err simulate_target_parse(const char *text, char *room, size_t cap,
                                          struct simulate_target *target);

/* Reads "90s", "10m", "6h", "1d", "500ms" (or "0") as milliseconds. Errors: ERR_INVALID, also above
 * ten years. */
MUST_CHECK enum err simulate_duration_parse(const char *text, int64_t *ms);

/* ---- telltale simulate ---- */

#define SIMULATE_DEVICES_MAX 100000

struct simulate_options {
    struct simulate_target target;
    unsigned devices;            /* 1..SIMULATE_DEVICES_MAX */
    uint64_t seed;               /* the same seed tells the same values at the same times */
    int64_t interval_ms;         /* between two messages of a device; at least 1 */
    int64_t history_ms;          /* publish this much of the past first; 0: none */
    int64_t history_interval_ms; /* between two messages of a device in the past; at least 1 */
    const char *state_path;      /* remembers what was acknowledged; NULL: nothing is remembered */
    int64_t run_ms;              /* end after that long; 0: when told to */
};

/* localhost:1883, 50 devices, seed 1, every 2 s, no history (10 s apart when asked for). */
extern const struct simulate_options simulate_defaults;

/* Publishes the past as far as it isn't acknowledged yet, as fast as the broker takes it, then goes
 * on in real time. */
int simulate_run(const struct simulate_options *options);

/* Prints to standard output what is known about the fleet, as one JSON document:
 *   {"devices":[{"id","name","model","place","location":{"lat","lng"},"tags":[..],
 *                "sensors":[{"id","name","unit","min","max","decimals"}]}],
 *    "rules":[{"deviceId","sensorType","condition","threshold","severity"}]} */
int simulate_describe(const struct simulate_options *options);

/* ---- telltale replay ---- */

enum replay_times {
    REPLAY_TIMES_OWN, /* as recorded */
    REPLAY_TIMES_NOW, /* moved: each reading has the moment it is published, or, at full speed, the
                         newest has the moment of the start */
};

/* Text is borrowed for the call; NULL asks for the default. */
struct replay_options {
    struct simulate_target target;
    const char *path;
    char separator;          /* 0: found in the first line (semicolon, comma, tab, bar) */
    const char *time_column; /* default: the first one whose first value is a time */
    const char *time_format; /* of strptime, UTC where it has no zone; default: ISO 8601 or a number
                                of seconds, ms, us or ns since 1970 */
    const char *columns;     /* names of value columns, separated by commas; default: all in which
                                the first rows hold a number */
    const char *device;      /* default: the file's name without folder and extension */
    const char *sensor_prefix; /* in front of each column's name; default: none */
    const char *topic;         /* default: sensors/<device> */
    double speed; /* 1: as recorded; 60: a minute in a second; 0: as fast as possible */
    enum replay_times times;
};

/* localhost:1883, speed 1, own times. */
extern const struct replay_options replay_defaults;

/* Reads "max", "10x" or "0.5" as a speed. Errors: ERR_INVALID. */
MUST_CHECK enum err replay_speed_parse(const char *text, double *speed);

/* Publishes the file's rows in its order; each value is sent as the text that the file holds. A
 * file that begins with `{` holds messages, one a line as `telltale record` writes them: they are
 * published as they were, and of the options only target and speed have a meaning. */
int replay_run(const struct replay_options *options);

/* ---- telltale record ---- */

struct record_options {
    struct simulate_target target;
    const char *const *filters; /* of topics */
    size_t filter_count;        /* 1..RECORD_FILTERS_MAX */
    uint64_t count;             /* end after so many messages; 0: no end */
    int64_t run_ms;             /* end after that long; 0: no end */
};

#define RECORD_FILTERS_MAX 64

/* Subscribes with QoS 1 and writes what comes to standard output, a message a line (recording.h).
 * After a lost connection it goes on with what comes then. */
int record_run(const struct record_options *options);

#endif
