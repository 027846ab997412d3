/* SPDX-License-Identifier: Apache-2.0 */
/* One condition: its limits, the interval where it holds, and what it compares. */
#include "alert/machine.h"

#include "proto/json/json.h"

#include <math.h>

bool attribute_number(struct bytes attributes, const char *name, double *value)
{
    struct json_reader r;
    struct json_text key;
    json_reader_init(&r, attributes);
    if (attributes.len == 0 || json_peek(&r) != JSON_OBJECT || !json_read_object(&r)) {
        return false;
    }
    while (json_read_key(&r, &key)) {
        if (json_text_is(key, name)) {
            return json_peek(&r) == JSON_NUMBER && json_read_number(&r, value) && isfinite(*value);
        }
    }
    return false;
}

static double limit_value(const struct limit *l, struct bytes attributes, bool *known)
{
    double v = l->value;
    if (l->attribute && !attribute_number(attributes, l->attribute, &v)) {
        *known = false;
    }
    return v;
}

struct limits limits_of(const struct leaf *l, struct bytes attributes)
{
    struct limits limits = {.known = true};
    limits.low = limit_value(&l->low, attributes, &limits.known);
    limits.high = limit_value(&l->high, attributes, &limits.known);
    limits.clear = limit_value(&l->clear, attributes, &limits.known);
    return limits;
}

static struct gate above(double t, bool at_it)
{
    double inf = (double)INFINITY;
    return (struct gate){at_it ? t : nextafter(t, inf), inf, false};
}

static struct gate below(double t, bool at_it)
{
    double inf = (double)INFINITY;
    return (struct gate){-inf, at_it ? t : nextafter(t, -inf), false};
}

/* Outside of the limits, moved inwards; to their middle at most. */
static struct gate outside(const struct limits *limits, double inwards)
{
    double middle = limits->low + (limits->high - limits->low) / 2;
    double low = limits->low + inwards;
    double high = limits->high - inwards;
    return (struct gate){low < middle ? low : middle, high > middle ? high : middle, true};
}

static const struct gate nowhere = {1, 0, false};

struct gate gate_of(const struct leaf *l, const struct limits *limits, enum gate_side side)
{
    bool back = side == GATE_GOES_ON;
    double h = back ? l->hysteresis : 0;
    double t = back && l->clear.given ? limits->clear : limits->low;
    if (!limits->known) {
        return nowhere;
    }
    switch (l->condition) {
    case CONDITION_GREATER_THAN:
        return above(t - h, false);
    case CONDITION_GREATER_OR_EQUAL:
        return above(t - h, true);
    case CONDITION_LESS_THAN:
        return below(t + h, false);
    case CONDITION_LESS_OR_EQUAL:
        return below(t + h, true);
    case CONDITION_EQUALS:
        return (struct gate){t, t, false};
    case CONDITION_NOT_EQUALS:
        return (struct gate){t, t, true};
    case CONDITION_BETWEEN:
        return (struct gate){limits->low - h, limits->high + h, false};
    case CONDITION_OUTSIDE:
        return outside(limits, h);
    case CONDITION_RATE:
        return l->high.given      ? outside(limits, h)
               : limits->low >= 0 ? above(t - h, false)
                                  : below(t + h, false);
    case CONDITION_NO_DATA: /* a reading ends the silence */
    case CONDITION_STATUS:
    case CONDITION_COUNT:
        return nowhere;
    }
    UNREACHABLE();
}

/* ---- windows ---- */

void window_init(struct window *w)
{
    *w = (struct window){.newest = INT64_MIN};
}

static int64_t part_width(const struct leaf *l)
{
    return l->window_ms > WINDOW_PARTS ? l->window_ms / WINDOW_PARTS : 1;
}

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

/* Makes the part of `number` the newest, and empties those between. */
static void advance(struct window *w, int64_t number)
{
    int64_t from = w->newest == INT64_MIN || number - w->newest > WINDOW_PARTS
                       ? number - WINDOW_PARTS + 1
                       : w->newest + 1;
    for (int64_t n = from; n <= number; n++) {
        w->parts[(uint64_t)n % WINDOW_PARTS].n = 0;
    }
    w->newest = number > w->newest ? number : w->newest;
}

static void add(struct window *w, int64_t at, double v)
{
    size_t i = (uint64_t)w->newest % WINDOW_PARTS;
    if (w->parts[i].n == 0) {
        w->parts[i].first_at = at;
        w->parts[i].first = w->parts[i].min = w->parts[i].max = v;
        w->parts[i].sum = 0;
    }
    w->parts[i].sum += v;
    w->parts[i].min = v < w->parts[i].min ? v : w->parts[i].min;
    w->parts[i].max = v > w->parts[i].max ? v : w->parts[i].max;
    w->parts[i].n++;
}

/* Mean, least or largest of what is in the window, which is never empty here. */
static double of_all(const struct window *w, enum window_function f)
{
    double sum = 0, min = (double)INFINITY, max = -(double)INFINITY;
    uint64_t n = 0;
    for (size_t i = 0; i < WINDOW_PARTS; i++) {
        if (w->parts[i].n > 0) {
            sum += w->parts[i].sum;
            n += w->parts[i].n;
            min = w->parts[i].min < min ? w->parts[i].min : min;
            max = w->parts[i].max > max ? w->parts[i].max : max;
        }
    }
    return f == WINDOW_MIN ? min : f == WINDOW_MAX ? max : sum / (double)n;
}

/* The oldest reading that the window still knows. */
static void oldest(const struct window *w, int64_t *at, double *v)
{
    for (int64_t n = w->newest - WINDOW_PARTS + 1; n <= w->newest; n++) {
        size_t i = (uint64_t)n % WINDOW_PARTS;
        if (w->parts[i].n > 0) {
            *at = w->parts[i].first_at;
            *v = w->parts[i].first;
            return;
        }
    }
}

/* Over a window a rate is known once readings reach back over half of it: the change between the
 * first two would be noise. */
static bool rate(const struct leaf *l, const struct window *w, int64_t at, double v, double *out)
{
    static const double per_ms[] = {1000, 60000, 3600000};
    int64_t from = w->last_at;
    double first = w->last;
    if (l->window_ms > 0) {
        oldest(w, &from, &first);
    }
    if (at - from <= 0 || at - from < l->window_ms / 2) {
        return false;
    }
    *out = (v - first) / (double)(at - from) * per_ms[l->per];
    return isfinite(*out);
}

bool window_read(const struct leaf *l, struct window *w, int64_t at, double in, double *value)
{
    bool first = w->newest == INT64_MIN;
    at = !first && at < w->last_at ? w->last_at : at;
    if (first || at >= w->next) {
        advance(w, floor_div(at, part_width(l)));
        w->next = (w->newest + 1) * part_width(l);
    }
    add(w, at, in);
    bool known = true;
    if (l->condition == CONDITION_RATE) {
        known = !first && rate(l, w, at, in, value);
    } else {
        *value = of_all(w, l->function);
    }
    w->last_at = at;
    w->last = in;
    return known;
}

/* Parts are numbered by the line: they move by whole ones, so the window may begin up to an eighth
 * of it late. */
void window_shift(const struct leaf *l, struct window *w, int64_t ms)
{
    int64_t by = floor_div(ms, part_width(l));
    struct window old = *w;
    if (w->newest == INT64_MIN) {
        return;
    }
    w->newest += by;
    w->next += by * part_width(l);
    w->last_at += ms;
    for (int64_t n = old.newest - WINDOW_PARTS + 1; n <= old.newest; n++) {
        size_t to = (uint64_t)(n + by) % WINDOW_PARTS;
        w->parts[to] = old.parts[(uint64_t)n % WINDOW_PARTS];
        w->parts[to].first_at += ms;
    }
}
