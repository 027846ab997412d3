/* SPDX-License-Identifier: Apache-2.0 */
/* The silences that are kept: which of them mutes what, and when that changes. They go by the wall
 * clock, since people set them by it. */
#include "alert/silence.h"

#include "base/mem.h"

/* A word before a silence ends, ms. */
#define WARN_MS (15 * 60 * 1000)

/* ---- when ---- */

wall_ms silence_until(const struct silence *s, wall_ms now)
{
    if (now < s->start || (s->end != WALL_NONE && now >= s->end)) {
        return WALL_NONE;
    }
    if (!s->recurs) {
        return s->end;
    }
    for (size_t i = 0; i < s->interval_count; i++) {
        if (now >= s->intervals[i].from && now < s->intervals[i].to) {
            return s->intervals[i].to;
        }
    }
    return WALL_NONE;
}

/* The next moment at which something about the silence changes, later than `now`. */
static wall_ms next_change(const struct silence *s, wall_ms now)
{
    wall_ms next = INT64_MAX;
    const wall_ms plain[] = {s->start, s->end, s->end == WALL_NONE ? WALL_NONE : s->end - WARN_MS};
    for (size_t i = 0; i < ARRAY_LEN(plain); i++) {
        next = plain[i] > now && plain[i] < next ? plain[i] : next;
    }
    for (size_t i = 0; i < s->interval_count; i++) {
        const wall_ms of[] = {s->intervals[i].from, s->intervals[i].to - WARN_MS,
                              s->intervals[i].to};
        for (size_t k = 0; k < ARRAY_LEN(of); k++) {
            next = of[k] > now && of[k] < next ? of[k] : next;
        }
    }
    return next;
}

static void plan(struct alert_engine *e, wall_ms now)
{
    e->silence_next = INT64_MAX;
    for (size_t i = 0; i < e->silence_count; i++) {
        wall_ms next = next_change(&e->silences[i], now);
        e->silence_next = next < e->silence_next ? next : e->silence_next;
    }
}

/* ---- what ---- */

static bool matches_word(const struct matcher *m, const struct alert *a,
                         const struct alert_device *device)
{
    struct bytes word = bytes_of_text(m->word);
    switch (m->key) {
    case MATCH_ALERT:
        return strcmp(m->word, a->id.text) == 0;
    case MATCH_DEVICE:
        return strcmp(m->word, a->device) == 0;
    case MATCH_TAG:
        return alert_tags_have(device->tags, word);
    case MATCH_MODEL:
        return bytes_equal(device->model, word);
    case MATCH_PLACE:
        return bytes_equal(device->place, word);
    case MATCH_RULE:
        return strcmp(m->word, a->rule.text) == 0 || strcmp(m->word, a->rule_name) == 0;
    case MATCH_SEVERITY:
        return strcmp(m->word, severity_text(a->severity)) == 0;
    case MATCH_KEY_COUNT:
        break;
    }
    UNREACHABLE();
}

/* All keys that are given match, each by any of its words. */
static bool matches(const struct silence *s, const struct alert *a,
                    const struct alert_device *device)
{
    unsigned given = 0, met = 0;
    for (size_t i = 0; i < s->matcher_count; i++) {
        unsigned bit = 1u << s->matchers[i].key;
        given |= bit;
        if (!(met & bit) && matches_word(&s->matchers[i], a, device)) {
            met |= bit;
        }
    }
    return given == met;
}

const struct silence *alert_silence_of(const struct alert_engine *e, const struct open_alert *a,
                                       wall_ms now)
{
    const struct silence *longest = NULL;
    struct alert_device device = {0};
    if (e->silence_count > 0 && a->device != SLOT_NONE &&
        !e->world.device(e->world.ctx, (struct device_id){a->device}, &device)) {
        device = (struct alert_device){0};
    }
    for (size_t i = 0; i < e->silence_count; i++) {
        const struct silence *s = &e->silences[i];
        wall_ms until = silence_until(s, now);
        if (until != WALL_NONE && (!longest || until > silence_until(longest, now)) &&
            matches(s, &a->pub, &device)) {
            longest = s;
        }
    }
    return longest;
}

/* ---- keeping them ---- */

static struct silence *find(struct alert_engine *e, struct bytes id)
{
    for (size_t i = 0; i < e->silence_count; i++) {
        if (bytes_equal(bytes_of_text(e->silences[i].id), id)) {
            return &e->silences[i];
        }
    }
    return NULL;
}

static void remove_silence(struct alert_engine *e, struct silence *s)
{
    silence_fini(s);
    size_t at = (size_t)(s - e->silences);
    e->silence_count--;
    memmove(&e->silences[at], &e->silences[at + 1], (e->silence_count - at) * sizeof *e->silences);
}

void alert_put_silence(struct alert_engine *e, const struct alert_silence *given, wall_ms now,
                       struct batch *out)
{
    struct silence fresh;
    struct document_fault why;
    struct silence *old = find(e, given->id);
    if (old) {
        remove_silence(e, old);
    }
    if (given->id.len <= DOCUMENT_ID_MAX && silence_read(given->body, &fresh, &why)) {
        memcpy(fresh.id, given->id.ptr, given->id.len);
        fresh.interval_count = given->interval_count;
        fresh.intervals = mem_alloc((given->interval_count + 1) * sizeof *fresh.intervals);
        if (given->interval_count > 0) {
            memcpy(fresh.intervals, given->intervals,
                   given->interval_count * sizeof *fresh.intervals);
        }
        e->silences = mem_grow(e->silences, e->silence_count, &e->silence_cap, sizeof *e->silences);
        e->silences[e->silence_count++] = fresh;
    }
    plan(e, now);
    if (out) {
        alert_mute_all(e, SLOT_NONE, now, out);
    }
}

void alert_drop_silence(struct alert_engine *e, struct bytes id, wall_ms now, struct batch *out)
{
    struct silence *s = find(e, id);
    if (s) {
        remove_silence(e, s);
        plan(e, now);
        alert_mute_all(e, SLOT_NONE, now, out);
    }
}

/* Alerts that it mutes are told once more before it ends. */
static void warn(struct alert_engine *e, struct silence *s, wall_ms now, struct batch *out)
{
    wall_ms until = silence_until(s, now);
    bool soon = until != WALL_NONE && until - now <= WARN_MS;
    for (uint32_t i = 0; soon && !s->warned && i < e->open_count; i++) {
        struct open_alert *a = e->open[i];
        if (a->pub.state != ALERT_STATE_PENDING && strcmp(a->pub.muted_by, s->id) == 0) {
            a->pub.updated = now > a->pub.updated ? now : a->pub.updated;
            a->pub.changed_seq = out->seq;
            alert_write(a, ALERT_UPDATED, out);
        }
    }
    s->warned = soon;
}

void alert_silences_tick(struct alert_engine *e, wall_ms now, struct batch *out)
{
    if (e->silence_count == 0 || (now < e->silence_next && now >= e->silence_seen)) {
        e->silence_seen = now;
        return;
    }
    e->silence_seen = now;
    for (size_t i = 0; i < e->silence_count; i++) {
        warn(e, &e->silences[i], now, out);
    }
    plan(e, now);
    alert_mute_all(e, SLOT_NONE, now, out);
}

void alert_silences_fini(struct alert_engine *e)
{
    for (size_t i = 0; i < e->silence_count; i++) {
        silence_fini(&e->silences[i]);
    }
    free(e->silences);
}
