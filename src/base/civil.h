/* SPDX-License-Identifier: Apache-2.0 */
/* Days and hours of the proleptic Gregorian calendar, UTC, for times as texts. */
#ifndef TELLTALE_BASE_CIVIL_H
#define TELLTALE_BASE_CIVIL_H

#include "base/buf.h"

struct civil {
    int64_t year;
    int month;   /* 1..12 */
    int day;     /* 1..31 */
    int weekday; /* 0: Sunday */
    int hour, minute, second, ms;
};

/* Of milliseconds since 1970-01-01T00:00:00Z, before it too. */
struct civil civil_of(int64_t ms);

/* Appends "2026-11-24T11:30:00Z", the form of RFC 3339. */
void civil_put_iso(struct buf *out, int64_t ms);

/* Appends "Tue, 24 Nov 2026 11:30:00 +0000", the form of RFC 5322. */
void civil_put_mail(struct buf *out, int64_t ms);

#endif
