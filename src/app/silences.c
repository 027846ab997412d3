/* SPDX-License-Identifier: Apache-2.0 */
#include "app/silences.h"

#include "base/mem.h"
#include "proto/json/json.h"
#include "sys/zone.h"

#define DAY_MS     86400000
#define DAYS_AHEAD 62

struct window {
    uint32_t days; /* bit 0: Sunday */
    int64_t time;  /* of the day, ms */
    int64_t duration_ms;
    char zone[64]; /* "": UTC */
};

static bool wrong(struct document_fault *why, const char *field, const char *message)
{
    (void)snprintf(why->field, sizeof why->field, "%s", field);
    (void)snprintf(why->message, sizeof why->message, "%s", message);
    return false;
}

static bool read_days(struct json_reader *r, struct window *w, struct document_fault *why)
{
    static const char *const names[] = {"sun", "mon", "tue", "wed", "thu", "fri", "sat"};
    struct json_text text;
    if (json_peek(r) != JSON_ARRAY || !json_read_array(r)) {
        return wrong(why, "window.days", "expected a list of sun, mon, tue, wed, thu, fri, sat");
    }
    w->days = 0;
    while (json_read_item(r)) {
        unsigned day = 0;
        bool is = json_peek(r) == JSON_STRING && json_read_text(r, &text);
        while (is && day < 7 && !json_text_is(text, names[day])) {
            day++;
        }
        if (!is || day == 7) {
            return wrong(why, "window.days",
                         "expected a list of sun, mon, tue, wed, thu, fri, sat");
        }
        w->days |= 1u << day;
    }
    return w->days != 0 || wrong(why, "window.days", "is empty");
}

/* "22:00" */
static bool read_time(struct json_reader *r, struct window *w, struct document_fault *why)
{
    struct json_text t;
    uint64_t h, m;
    if (json_peek(r) != JSON_STRING || !json_read_text(r, &t) || t.raw.len != 5 ||
        t.raw.ptr[2] != ':' || bytes_to_u64(bytes_of(t.raw.ptr, 2), 23, &h) != OK ||
        bytes_to_u64(bytes_of(t.raw.ptr + 3, 2), 59, &m) != OK) {
        return wrong(why, "window.time", "expected a time of day as 22:00");
    }
    w->time = (int64_t)(h * 60 + m) * 60000;
    return true;
}

static bool read_duration(struct json_reader *r, struct window *w, struct document_fault *why)
{
    struct json_text t;
    if (json_peek(r) != JSON_STRING || !json_read_text(r, &t) || t.escaped ||
        alert_duration_parse(t.raw, &w->duration_ms) != OK || w->duration_ms < 60000 ||
        w->duration_ms > 7 * (int64_t)DAY_MS) {
        return wrong(why, "window.duration", "expected 1m to 7d, as 8h");
    }
    return true;
}

static bool read_zone(struct json_reader *r, struct window *w, struct document_fault *why)
{
    struct json_text t;
    int32_t offset;
    w->zone[0] = '\0';
    if (json_peek(r) == JSON_STRING && json_read_text(r, &t) && !t.escaped && t.raw.len > 0 &&
        t.raw.len < sizeof w->zone) {
        memcpy(w->zone, t.raw.ptr, t.raw.len);
        w->zone[t.raw.len] = '\0';
    }
    if (!w->zone[0] || zone_offset(w->zone, 0, &offset) != OK) {
        return wrong(why, "window.zone",
                     "no zone of that name is on this system, as Europe/Berlin");
    }
    return true;
}

static bool read_members(struct json_reader *r, struct window *w, struct document_fault *why)
{
    struct json_text key;
    bool timed = false;
    (void)json_read_object(r);
    while (json_read_key(r, &key)) {
        bool time = json_text_is(key, "time");
        bool good = time                            ? read_time(r, w, why)
                    : json_text_is(key, "days")     ? read_days(r, w, why)
                    : json_text_is(key, "duration") ? read_duration(r, w, why)
                    : json_text_is(key, "zone")
                        ? read_zone(r, w, why)
                        : wrong(why, "window", "expected days, time, duration and zone");
        if (!good) {
            return false;
        }
        timed |= time;
    }
    if (!timed) {
        return wrong(why, "window.time", "is missing: when it begins, as 22:00");
    }
    return w->duration_ms > 0 || wrong(why, "window.duration", "is missing: how long, as 8h");
}

/* Leaves the reader before the value of `window`. False: there is none. */
static bool find_window(struct json_reader *r, struct bytes body)
{
    struct json_text key;
    json_reader_init(r, body);
    if (json_peek(r) != JSON_OBJECT || !json_read_object(r)) {
        return false;
    }
    while (json_read_key(r, &key)) {
        if (json_text_is(key, "window")) {
            return json_peek(r) == JSON_OBJECT;
        }
    }
    return false;
}

bool silence_recurs(struct bytes body)
{
    struct json_reader r;
    return find_window(&r, body);
}

enum err silence_check(struct bytes body, struct document_fault *why)
{
    struct json_reader r;
    struct window w = {.days = 127};
    enum err e = alert_silence_check(body, why);
    if (e == OK && find_window(&r, body)) {
        e = read_members(&r, &w, why) ? OK : ERR_INVALID;
    }
    return e;
}

static int64_t floor_days(int64_t ms)
{
    return ms / DAY_MS - (ms % DAY_MS < 0);
}

/* The moment at which clocks there show `local`, seconds. Of one that they show twice the first; of
 * one that they skip, as if they had not been put forward yet. */
static int64_t to_utc(const char *zone, int64_t local)
{
    int32_t before = 0, after = 0, there = 0;
    if (!*zone || zone_offset(zone, local - DAY_MS / 1000, &before) != OK ||
        zone_offset(zone, local + DAY_MS / 1000, &after) != OK) {
        return local;
    }
    int64_t first = local - (before > after ? before : after);
    int64_t second = local - (before > after ? after : before);
    if (zone_offset(zone, first, &there) == OK && there == local - first) {
        return first;
    }
    return zone_offset(zone, second, &there) == OK && there == local - second ? second
                                                                              : local - before;
}

/* The stretches that begin from a week ago on; returns how many. */
static size_t stretch(const struct window *w, wall_ms now, struct alert_interval *out)
{
    size_t count = 0;
    int64_t today = floor_days(now);
    for (int64_t day = today - 8; day < today + DAYS_AHEAD; day++) {
        int64_t weekday = (day % 7 + 7 + 4) % 7; /* 1970-01-01 was a Thursday */
        if (w->days >> weekday & 1) {
            int64_t local = day * DAY_MS + w->time;
            wall_ms from = to_utc(w->zone, local / 1000) * 1000;
            out[count++] = (struct alert_interval){from, from + w->duration_ms};
        }
    }
    return count;
}

void silence_put(struct alert_engine *e, struct bytes id, struct bytes body, wall_ms now,
                 struct batch *out)
{
    struct json_reader r;
    struct document_fault why;
    struct window w = {.days = 127};
    struct alert_interval intervals[DAYS_AHEAD + 8];
    struct alert_silence silence = {.id = id, .body = body, .intervals = intervals};
    if (find_window(&r, body) && read_members(&r, &w, &why)) {
        silence.interval_count = stretch(&w, now, intervals);
    }
    alert_put_silence(e, &silence, now, out);
}
