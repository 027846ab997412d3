/* SPDX-License-Identifier: Apache-2.0 */
/* Times that devices tell. Whether one is plausible is not judged here. */
#include "decode/parts.h"

#define MAX_TIME_TEXT 64

wall_ms decode_time_of_number(double v)
{
    double ms;
    if (!(v >= 1e8 && v < 1e21)) {
        return WALL_NONE; /* seconds since it was switched on, or no time at all */
    }
    if (v < 1e11) {
        ms = v * 1000 + 0.5; /* a fraction in binary may lie just below its millisecond */
    } else if (v < 1e14) {
        ms = v;
    } else if (v < 1e17) {
        ms = v / 1e3;
    } else {
        ms = (v + 500) / 1e6; /* a double holds these to 256 ns */
    }
    return (wall_ms)ms;
}

wall_ms decode_time_of_i64(int64_t v)
{
    return v >= (int64_t)1e17 ? v / 1000000 : decode_time_of_number((double)v);
}

/* ---- ISO 8601 ---- */

/* Takes exactly `n` digits off the front of `b`. */
static bool take_digits(struct bytes *b, size_t n, int *value)
{
    uint64_t v;
    if (b->len < n || bytes_to_u64(bytes_of(b->ptr, n), UINT32_MAX, &v) != OK) {
        return false;
    }
    *value = (int)v;
    *b = bytes_skip(*b, n);
    return true;
}

static bool take_one_of(struct bytes *b, const char *any)
{
    if (b->len == 0 || b->ptr[0] == '\0' || !strchr(any, b->ptr[0])) {
        return false;
    }
    *b = bytes_skip(*b, 1);
    return true;
}

/* Days since 1970-01-01 in the proleptic Gregorian calendar, counting years from March so that the
 * leap day is the last of its year. */
static int64_t days_of(int year, int month, int day)
{
    int64_t y = month > 2 ? year : year - 1;
    int64_t era = (y >= 0 ? y : y - 399) / 400;
    int64_t year_of_era = y - era * 400;
    int64_t day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

static int days_in_month(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return days[month - 1] + (month == 2 && leap);
}

/* The fraction of a second behind the point, cut to milliseconds. */
static bool take_fraction(struct bytes *b, int *ms)
{
    *ms = 0;
    if (!take_one_of(b, ".,")) {
        return true;
    }
    int scale = 100;
    size_t digits = 0;
    for (; digits < b->len && b->ptr[digits] >= '0' && b->ptr[digits] <= '9'; digits++) {
        *ms += (b->ptr[digits] - '0') * scale;
        scale /= 10;
    }
    *b = bytes_skip(*b, digits);
    return digits > 0;
}

/* Z, +hh:mm, +hhmm or +hh, in minutes; without one the time is of an unknown place. */
static bool take_offset(struct bytes *b, int *minutes)
{
    int hours = 0;
    int rest = 0;
    *minutes = 0;
    if (take_one_of(b, "Zz")) {
        return true;
    }
    bool west = b->len > 0 && b->ptr[0] == '-';
    if (!take_one_of(b, "+-") || !take_digits(b, 2, &hours)) {
        return false;
    }
    bool colon = take_one_of(b, ":");
    if ((colon || b->len > 0) && !take_digits(b, 2, &rest)) {
        return false;
    }
    *minutes = (west ? -1 : 1) * (hours * 60 + rest);
    return hours <= 23 && rest <= 59;
}

static wall_ms time_of_iso(struct bytes b)
{
    int year, month, day, hour, minute, second = 0, ms = 0, offset;
    if (!take_digits(&b, 4, &year) || !take_one_of(&b, "-") || !take_digits(&b, 2, &month) ||
        !take_one_of(&b, "-") || !take_digits(&b, 2, &day) || !take_one_of(&b, "Tt ") ||
        !take_digits(&b, 2, &hour) || !take_one_of(&b, ":") || !take_digits(&b, 2, &minute)) {
        return WALL_NONE;
    }
    if (take_one_of(&b, ":") && (!take_digits(&b, 2, &second) || !take_fraction(&b, &ms))) {
        return WALL_NONE;
    }
    if (!take_offset(&b, &offset) || b.len > 0) {
        return WALL_NONE;
    }
    /* Year 1 is how Go and protobuf write "no time". */
    if (year <= 1 || month < 1 || month > 12 || day < 1 || day > days_in_month(year, month) ||
        hour > 23 || minute > 59 || second > 60) {
        return WALL_NONE;
    }
    int64_t minutes = (days_of(year, month, day) * 24 + hour) * 60 + minute - offset;
    return (minutes * 60 + second) * 1000 + ms;
}

wall_ms decode_time_of_text(struct bytes text)
{
    double v;
    text = bytes_trim(text);
    if (number_parse(text, &v) == OK) {
        return decode_time_of_number(v);
    }
    return time_of_iso(text);
}

wall_ms decode_time_read(struct json_reader *r)
{
    struct json_text text;
    uint8_t room[MAX_TIME_TEXT];
    struct bytes plain;
    double v;
    switch (json_peek(r)) {
    case JSON_NUMBER:
        return json_read_any_number(r, &v) ? decode_time_of_number(v) : WALL_NONE;
    case JSON_STRING:
        return json_read_text(r, &text) && json_text_get(text, room, sizeof room, &plain) == OK
                   ? decode_time_of_text(plain)
                   : WALL_NONE;
    case JSON_NONE:
    case JSON_OBJECT:
    case JSON_ARRAY:
    case JSON_TRUE:
    case JSON_FALSE:
    case JSON_NULL:
        break;
    }
    return WALL_NONE; /* what was not read is skipped by the next key */
}
