/* SPDX-License-Identifier: Apache-2.0 */
/* A silence or maintenance window from its document:
 *
 *     {"matchers": {"tag": "cold", "severity": ["info", "warning"]}, "start": ms, "end": ms,
 *      "reason": "...", "author": "..."}
 *     {"matchers": {..}, "window": {"days": ["mon", ..], "time": "22:00", "duration": "8h",
 *      "zone": "Europe/Berlin"}, ..} */
#include "alert/silence.h"

#include "base/mem.h"
#include "proto/json/json.h"

#define WORDS_MAX 256

static const char *const keys[MATCH_KEY_COUNT] = {"alert", "device", "tag",     "model",
                                                  "place", "rule",   "severity"};

static bool wrong(struct document_fault *why, const char *field, const char *message)
{
    (void)snprintf(why->field, sizeof why->field, "%s", field);
    (void)snprintf(why->message, sizeof why->message, "%s", message);
    return false;
}

static bool add_word(struct json_reader *r, struct silence *s, enum matcher_key key)
{
    struct json_text text;
    struct buf b = {0};
    if (json_peek(r) != JSON_STRING || !json_read_text(r, &text) || s->matcher_count == WORDS_MAX) {
        return false;
    }
    json_text_append(text, &b);
    enum severity severity;
    bool good = b.len > 0 && b.len <= LIMIT_ID_BYTES && text_is_printable(buf_bytes(&b)) &&
                (key != MATCH_SEVERITY || severity_parse(buf_bytes(&b), &severity) == OK);
    if (good) {
        s->matchers = mem_resize(s->matchers, s->matcher_count + 1, sizeof *s->matchers);
        s->matchers[s->matcher_count++] = (struct matcher){key, mem_text(b.ptr, b.len)};
    }
    buf_fini(&b);
    return good;
}

static bool read_words(struct json_reader *r, struct silence *s, enum matcher_key key)
{
    if (json_peek(r) != JSON_ARRAY) {
        return add_word(r, s, key);
    }
    size_t before = s->matcher_count;
    (void)json_read_array(r);
    while (json_read_item(r)) {
        if (!add_word(r, s, key)) {
            return false;
        }
    }
    return s->matcher_count > before;
}

static bool read_matchers(struct json_reader *r, struct silence *s, struct document_fault *why)
{
    struct json_text name;
    if (json_peek(r) != JSON_OBJECT || !json_read_object(r)) {
        return wrong(why, "matchers",
                     "expected an object: device, tag, model, place, rule, "
                     "severity or alert, each a text or a list");
    }
    while (json_read_key(r, &name)) {
        unsigned key = 0;
        while (key < MATCH_KEY_COUNT && !json_text_is(name, keys[key])) {
            key++;
        }
        if (key == MATCH_KEY_COUNT || !read_words(r, s, (enum matcher_key)key)) {
            return wrong(why, "matchers",
                         "expected device, tag, model, place, rule, severity or alert, each a text "
                         "or a list of texts, 256 in all");
        }
    }
    return true;
}

static bool read_time(struct json_reader *r, wall_ms *t)
{
    int64_t ms;
    if (json_peek(r) != JSON_NUMBER || !json_read_i64(r, &ms) || ms < 0 || ms > 8640000000000000) {
        return false;
    }
    *t = ms;
    return true;
}

static bool read_member(struct json_reader *r, struct json_text name, struct silence *s,
                        struct document_fault *why)
{
    if (json_text_is(name, "matchers")) {
        return read_matchers(r, s, why);
    }
    if (json_text_is(name, "start")) {
        return read_time(r, &s->start) || wrong(why, "start", "expected a time in ms");
    }
    if (json_text_is(name, "end")) {
        return read_time(r, &s->end) || wrong(why, "end", "expected a time in ms");
    }
    if (json_text_is(name, "window")) {
        s->recurs = json_peek(r) == JSON_OBJECT;
        return s->recurs || wrong(why, "window", "expected {days, time, duration, zone}");
    }
    return true;
}

static bool read_all(struct bytes body, struct silence *s, struct document_fault *why)
{
    struct json_reader r;
    struct json_text name;
    json_reader_init(&r, body);
    if (json_peek(&r) != JSON_OBJECT || !json_read_object(&r)) {
        return wrong(why, "body", "expected an object");
    }
    while (json_read_key(&r, &name)) {
        if (!read_member(&r, name, s, why)) {
            return false;
        }
    }
    return json_finish(&r) || wrong(why, "body", json_error_text(r.error));
}

bool silence_read(struct bytes body, struct silence *s, struct document_fault *why)
{
    *s = (struct silence){.start = 0, .end = WALL_NONE};
    bool good = read_all(body, s, why);
    if (good && s->matcher_count == 0) {
        good = wrong(why, "matchers", "is missing: what is to be quiet");
    } else if (good && !s->recurs && s->end == WALL_NONE) {
        good = wrong(why, "end", "is missing: when it ends, ms, or `window`");
    } else if (good && s->end != WALL_NONE && s->end <= s->start) {
        good = wrong(why, "end", "lies before the start");
    }
    if (!good) {
        silence_fini(s);
    }
    return good;
}

void silence_fini(struct silence *s)
{
    for (size_t i = 0; i < s->matcher_count; i++) {
        free(s->matchers[i].word);
    }
    free(s->matchers);
    free(s->intervals);
    *s = (struct silence){0};
}

enum err alert_silence_check(struct bytes body, struct document_fault *why)
{
    struct silence s;
    if (!silence_read(body, &s, why)) {
        return ERR_INVALID;
    }
    silence_fini(&s);
    return OK;
}
