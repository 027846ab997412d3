/* SPDX-License-Identifier: Apache-2.0 */
#include "app/local_time.h"

#include "base/civil.h"
#include "sys/zone.h"

#define DAY_MINUTES 1440

enum err local_time_minutes(const char *zone, wall_ms now, uint32_t *minutes)
{
    int32_t offset_s = 0;
    if (zone && zone_offset(zone, now / 1000, &offset_s) != OK) {
        return ERR_NOT_FOUND;
    }
    struct civil c = civil_of(now + offset_s * (int64_t)1000);
    *minutes = (uint32_t)(c.weekday * DAY_MINUTES + c.hour * 60 + c.minute);
    return OK;
}
