/* SPDX-License-Identifier: Apache-2.0 */
#include "live/search.h"

#include "base/number.h"

#include <math.h>

/* ---- reading ---- */

static bool is_key_byte(uint8_t c)
{
    uint8_t lower = c | 0x20;
    return (lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.' ||
           c == '-' || c >= 0x80;
}

static enum search_key key_of(struct bytes name)
{
    static const struct {
        const char *name;
        enum search_key key;
    } keys[] = {{"status", SEARCH_STATUS}, {"tag", SEARCH_TAG},        {"model", SEARCH_MODEL},
                {"place", SEARCH_PLACE},   {"location", SEARCH_PLACE}, {"id", SEARCH_ID},
                {"name", SEARCH_NAME},     {"alert", SEARCH_ALERT},    {"seen", SEARCH_SEEN}};
    for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
        if (bytes_equal_nocase(name, bytes_of_text(keys[i].name))) {
            return keys[i].key;
        }
    }
    return SEARCH_SENSOR;
}

static enum search_operator take_operator(struct bytes *value)
{
    static const struct {
        const char *text;
        enum search_operator op;
    } all[] = {
        {">=", SEARCH_AT_LEAST}, {"<=", SEARCH_AT_MOST}, {">", SEARCH_ABOVE}, {"<", SEARCH_BELOW}};
    for (size_t i = 0; i < ARRAY_LEN(all); i++) {
        struct bytes text = bytes_of_text(all[i].text);
        if (value->len > text.len && bytes_start_with(*value, text)) {
            *value = bytes_skip(*value, text.len);
            return all[i].op;
        }
    }
    return SEARCH_IS;
}

/* "10m" in ms; NaN when it is no span. */
static double span_of(struct bytes value)
{
    static const struct {
        const char *unit;
        double ms;
    } units[] = {{"s", 1e3}, {"m", 6e4}, {"min", 6e4}, {"h", 36e5}, {"d", 864e5}, {"w", 6048e5}};
    double n;
    size_t used;
    if (number_parse_prefix(value, &n, &used) != OK) {
        return (double)NAN;
    }
    for (size_t i = 0; i < ARRAY_LEN(units); i++) {
        if (bytes_equal_nocase(bytes_skip(value, used), bytes_of_text(units[i].unit))) {
            return n * units[i].ms;
        }
    }
    return (double)NAN;
}

static double number_of(enum search_key key, struct bytes value)
{
    double n = (double)NAN;
    if (key == SEARCH_SEEN) {
        return span_of(value);
    }
    return number_parse(value, &n) == OK ? n : (double)NAN;
}

/* One token, its quotes taken out already. */
static void add_term(struct search_terms *out, struct bytes token)
{
    size_t at = 0;
    while (at < token.len && is_key_byte(token.ptr[at])) {
        at++;
    }
    if (token.len == 0 || out->count == SEARCH_TERMS_MAX) {
        return;
    }
    struct search_term *t = &out->all[out->count++];
    *t = (struct search_term){.key = SEARCH_WORD, .value = token, .number = (double)NAN};
    if (at > 0 && at + 1 < token.len && token.ptr[at] == ':') {
        t->sensor = bytes_of(token.ptr, at);
        t->key = key_of(t->sensor);
        t->value = bytes_skip(token, at + 1);
        t->op = take_operator(&t->value);
        t->number = number_of(t->key, t->value);
    }
}

void search_read(uint8_t *text, size_t len, struct search_terms *out)
{
    size_t to = 0, begin = 0;
    bool quoted = false;
    *out = (struct search_terms){0};
    for (size_t i = 0; i < len; i++) {
        bool space = text[i] == ' ' || (text[i] >= '\t' && text[i] <= '\r');
        if (text[i] == '"') {
            quoted = !quoted;
        } else if (space && !quoted) {
            add_term(out, bytes_of(text + begin, to - begin));
            begin = to;
        } else {
            text[to++] = text[i];
        }
    }
    add_term(out, bytes_of(text + begin, to - begin));
}

/* ---- fitting ---- */

static bool stands_in(struct bytes word, const char *text)
{
    struct bytes in = bytes_of_text(text);
    for (size_t at = 0; at + word.len <= in.len; at++) {
        if (bytes_equal_nocase(bytes_of(in.ptr + at, word.len), word)) {
            return true;
        }
    }
    return false;
}

static bool is_text(struct bytes value, const char *text)
{
    return bytes_equal_nocase(value, bytes_of_text(text));
}

static bool any_tag(const struct registry_device *d, struct bytes value,
                    bool (*fits)(struct bytes value, const char *text))
{
    for (size_t at = 0; at < d->tags_len; at += strlen(d->tags + at) + 1) {
        if (fits(value, d->tags + at)) {
            return true;
        }
    }
    return false;
}

static bool word_fits(const struct registry_device *d, struct bytes word)
{
    return stands_in(word, d->name) || stands_in(word, d->key) || stands_in(word, d->model) ||
           stands_in(word, d->place) || stands_in(word, status_text(d->status)) ||
           any_tag(d, word, stands_in);
}

static bool compares(double a, enum search_operator op, double b)
{
    switch (op) {
    case SEARCH_IS:
        return a >= b && a <= b;
    case SEARCH_ABOVE:
        return a > b;
    case SEARCH_BELOW:
        return a < b;
    case SEARCH_AT_LEAST:
        return a >= b;
    case SEARCH_AT_MOST:
        return a <= b;
    }
    UNREACHABLE();
}

static bool alert_fits(struct bytes value, unsigned rank)
{
    enum severity severity;
    if (is_text(value, "none")) {
        return rank == 0;
    }
    if (is_text(value, "any")) {
        return rank > 0;
    }
    if (is_text(value, "open")) {
        return rank % 10 > 0;
    }
    return severity_parse(value, &severity) == OK && rank / 10 == (unsigned)severity + 1;
}

static bool sensor_fits(const struct registry *r, const struct registry_device *d,
                        const struct search_term *t)
{
    struct series_id id = d->first_series;
    for (uint32_t i = 0; i < d->series_count && !isnan(t->number); i++) {
        const struct registry_series *s = registry_series(r, id);
        if (!s) {
            break;
        }
        if (s->has_latest && (is_text(t->sensor, s->sensor) || is_text(t->sensor, s->name)) &&
            compares(s->value, t->op, t->number)) {
            return true;
        }
        id = s->next;
    }
    return false;
}

static bool seen_fits(const struct registry_device *d, const struct search_term *t, wall_ms now)
{
    enum search_operator op = t->op == SEARCH_IS ? SEARCH_AT_MOST : t->op;
    return d->last_seen != WALL_NONE && !isnan(t->number) &&
           compares((double)(now - d->last_seen), op, t->number);
}

static bool term_fits(const struct search_term *t, const struct registry *r,
                      const struct registry_device *d, unsigned rank, wall_ms now)
{
    switch (t->key) {
    case SEARCH_WORD:
        return word_fits(d, t->value);
    case SEARCH_STATUS:
        return is_text(t->value, status_text(d->status));
    case SEARCH_TAG:
        return any_tag(d, t->value, is_text);
    case SEARCH_MODEL:
        return is_text(t->value, d->model);
    case SEARCH_PLACE:
        return is_text(t->value, d->place);
    case SEARCH_ID:
        return stands_in(t->value, d->key);
    case SEARCH_NAME:
        return stands_in(t->value, d->name);
    case SEARCH_ALERT:
        return alert_fits(t->value, rank);
    case SEARCH_SEEN:
        return seen_fits(d, t, now);
    case SEARCH_SENSOR:
        return sensor_fits(r, d, t);
    }
    UNREACHABLE();
}

static bool same_key(const struct search_term *a, const struct search_term *b)
{
    return a->key == b->key && a->op == SEARCH_IS && b->op == SEARCH_IS && a->key != SEARCH_WORD &&
           (a->key != SEARCH_SENSOR || bytes_equal_nocase(a->sensor, b->sensor));
}

bool search_fits(const struct search_terms *t, const struct registry *r,
                 const struct registry_device *d, unsigned rank, wall_ms now)
{
    for (size_t i = 0; i < t->count; i++) {
        bool good = term_fits(&t->all[i], r, d, rank, now);
        for (size_t k = 0; k < t->count && !good; k++) {
            good = k != i && same_key(&t->all[i], &t->all[k]) &&
                   term_fits(&t->all[k], r, d, rank, now);
        }
        if (!good) {
            return false;
        }
    }
    return true;
}
