/* SPDX-License-Identifier: Apache-2.0 */
/* The two clocks. Wall time dates what people see; monotonic time measures waits. Pure code is
 * handed both and reads neither. */
#ifndef TELLTALE_MODEL_TIME_H
#define TELLTALE_MODEL_TIME_H

#include <stdbool.h>
#include <stdint.h>

typedef int64_t wall_ms;  /* milliseconds since 1970-01-01T00:00:00Z, leap seconds not counted */
typedef uint64_t mono_ns; /* nanoseconds since some moment before the process began */

#define MONO_MS(ms) ((mono_ns)(ms)*1000000u)

/* No time known. Real times are after 2001. */
#define WALL_NONE INT64_MIN

/* A device's clock may run this far ahead of ours. */
#define WALL_AHEAD_MS (5 * 60 * 1000)
/* 2001-01-01T00:00:00Z: clocks that were never set stand before it. */
#define WALL_UNSET_BEFORE 978307200000

/* Whether a device's time can be taken for a fact; arrival time is taken instead of others. */
static inline bool wall_plausible(wall_ms time, wall_ms now)
{
    return time >= WALL_UNSET_BEFORE && time <= now + WALL_AHEAD_MS;
}

/* The moment the two clocks were read together, once a loop turn. */
struct moment {
    wall_ms wall;
    mono_ns mono;
};

#endif
