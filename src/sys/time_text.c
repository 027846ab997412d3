/* SPDX-License-Identifier: Apache-2.0 */
#include "sys/time_text.h"

#include "base/number.h"

#include <time.h>

#define MAX_TEXT 64

/* .ddd behind the seconds, in ms; moves `*at` on. */
static int64_t take_fraction(const char **at)
{
    int64_t ms = 0;
    if (**at != '.' && **at != ',') {
        return 0;
    }
    int64_t scale = 100;
    for ((*at)++; **at >= '0' && **at <= '9'; (*at)++) {
        ms += (**at - '0') * scale;
        scale /= 10;
    }
    return ms;
}

/* Z, +hh:mm or +hhmm behind the time, in ms east of Greenwich. False: something else. */
static bool take_zone(const char *at, int64_t *offset_ms)
{
    *offset_ms = 0;
    if (*at == '\0' || ((*at == 'Z' || *at == 'z') && at[1] == '\0')) {
        return true;
    }
    struct tm zone = {0};
    const char *end = *at == '+' || *at == '-' ? strptime(at, "%z", &zone) : NULL;
    *offset_ms = zone.tm_gmtoff * 1000;
    return end && *end == '\0';
}

static int64_t time_by_format(const char *text, const char *format)
{
    struct tm tm = {.tm_mday = 1};
    int64_t offset_ms;
    const char *at = strptime(text, format, &tm);
    if (!at) {
        return TIME_TEXT_NONE;
    }
    int64_t inside_ms = tm.tm_gmtoff * 1000;
    int64_t fraction = take_fraction(&at);
    if (!take_zone(at, &offset_ms)) {
        return TIME_TEXT_NONE;
    }
    return (int64_t)timegm(&tm) * 1000 + fraction - inside_ms - offset_ms;
}

static int64_t time_by_size(double v)
{
    if (!(v >= 1e8 && v < 1e20)) {
        return TIME_TEXT_NONE;
    }
    return (int64_t)(v < 1e11 ? v * 1000 + 0.5 : v < 1e14 ? v : v < 1e17 ? v / 1e3 : v / 1e6);
}

int64_t time_text_parse(struct bytes text, const char *format)
{
    static const char *const formats[] = {"%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S",
                                          "%Y-%m-%dT%H:%M",    "%Y-%m-%d %H:%M",
                                          "%Y/%m/%d %H:%M:%S", "%Y-%m-%d"};
    char room[MAX_TEXT];
    double v;
    if (text.len == 0 || text.len >= sizeof room) {
        return TIME_TEXT_NONE;
    }
    memcpy(room, text.ptr, text.len);
    room[text.len] = '\0';
    if (format) {
        return time_by_format(room, format);
    }
    if (number_parse(text, &v) == OK) {
        return time_by_size(v);
    }
    for (size_t i = 0; i < ARRAY_LEN(formats); i++) {
        int64_t t = time_by_format(room, formats[i]);
        if (t != TIME_TEXT_NONE) {
            return t;
        }
    }
    return TIME_TEXT_NONE;
}
