/* SPDX-License-Identifier: Apache-2.0 */
#include "base/civil.h"

#include <inttypes.h>

#define DAY_MS 86400000

/* Years are counted from March 1st, so that the leap day is the last of its year. */
static void put_date(struct civil *c, int64_t days)
{
    int64_t shifted = days + 719468; /* days from 0000-03-01 to 1970-01-01 */
    int64_t era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
    int64_t of_era = shifted - era * 146097;
    int64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * year + year / 4 - year / 100);
    int64_t month = (5 * of_year + 2) / 153;
    c->day = (int)(of_year - (153 * month + 2) / 5 + 1);
    c->month = (int)(month < 10 ? month + 3 : month - 9);
    c->year = year + era * 400 + (c->month <= 2);
    c->weekday = (int)(((days + 4) % 7 + 7) % 7);
}

struct civil civil_of(int64_t ms)
{
    struct civil c = {0};
    int64_t days = ms >= 0 ? ms / DAY_MS : -((-(ms + 1)) / DAY_MS) - 1;
    int64_t rest = ms - days * DAY_MS;
    put_date(&c, days);
    c.hour = (int)(rest / 3600000);
    c.minute = (int)(rest / 60000 % 60);
    c.second = (int)(rest / 1000 % 60);
    c.ms = (int)(rest % 1000);
    return c;
}

void civil_put_iso(struct buf *out, int64_t ms)
{
    struct civil c = civil_of(ms);
    buf_printf(out, "%04" PRId64 "-%02d-%02dT%02d:%02d:%02dZ", c.year, c.month, c.day, c.hour,
               c.minute, c.second);
}

void civil_put_mail(struct buf *out, int64_t ms)
{
    static const char days[][4] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char months[][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    struct civil c = civil_of(ms);
    buf_printf(out, "%s, %02d %s %04" PRId64 " %02d:%02d:%02d +0000", days[c.weekday], c.day,
               months[c.month - 1], c.year, c.hour, c.minute, c.second);
}
