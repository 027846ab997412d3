/* SPDX-License-Identifier: Apache-2.0 */
#include "store/stats.h"

#include <math.h>

#define KIND_DOUBLES (VALUES_EXPONENT_MAX + 1)
#define KIND_NONE    (VALUES_EXPONENT_MAX + 2)

/* Integers below this can be summed up 4096 times, and told apart from each other. */
#define INTEGER_MAX ((int64_t)1 << 50)

struct whole {
    int64_t first, min, max, last, sum;
};

static bool sum_up_integers(const int64_t *x, size_t n, struct whole *w)
{
    *w = (struct whole){x[0], x[0], x[0], x[n - 1], 0};
    for (size_t i = 0; i < n; i++) {
        w->min = x[i] < w->min ? x[i] : w->min;
        w->max = x[i] > w->max ? x[i] : w->max;
        w->sum = (int64_t)((uint64_t)w->sum + (uint64_t)x[i]);
    }
    return w->min > -INTEGER_MAX && w->max < INTEGER_MAX;
}

static uint8_t *put_integers(const struct whole *w, size_t n, unsigned exponent, uint8_t *out)
{
    *out++ = (uint8_t)exponent;
    out = varint_put(out, n);
    out = varint_put(out, zigzag(w->first));
    out = varint_put(out, (uint64_t)(w->first - w->min));
    out = varint_put(out, (uint64_t)(w->max - w->first));
    out = varint_put(out, zigzag(w->last - w->first));
    return varint_put(out, zigzag(w->sum - (int64_t)n * w->first));
}

static uint8_t *put_f64(uint8_t *out, double v)
{
    le64_store(out, bits_of(v));
    return out + 8;
}

uint8_t *stats_put_none(uint8_t *out)
{
    *out++ = KIND_NONE;
    return out;
}

uint8_t *stats_put(const double *values, size_t n, const struct values_scratch *s, uint8_t *out)
{
    struct whole w;
    if (s->decimals >= 0 && sum_up_integers(s->integers, n, &w)) {
        return put_integers(&w, n, (unsigned)s->decimals, out);
    }
    double min = values[0];
    double max = values[0];
    long double sum = 0;
    for (size_t i = 0; i < n; i++) {
        min = values[i] < min ? values[i] : min;
        max = values[i] > max ? values[i] : max;
        sum += (long double)values[i];
    }
    if (!isfinite((double)sum)) {
        return stats_put_none(out);
    }
    *out++ = KIND_DOUBLES;
    out = varint_put(out, n);
    out = put_f64(out, values[0]);
    out = put_f64(out, min);
    out = put_f64(out, max);
    out = put_f64(out, values[n - 1]);
    return put_f64(out, (double)sum);
}

static void get_integers(struct reader *r, unsigned exponent, struct stats *s)
{
    double power = values_power[exponent];
    uint64_t first = (uint64_t)read_zigzag(r);
    uint64_t min = first - read_varint(r);
    uint64_t max = first + read_varint(r);
    uint64_t last = first + (uint64_t)read_zigzag(r);
    uint64_t sum = (uint64_t)read_zigzag(r) + s->n * first;
    s->first = (double)(int64_t)first / power;
    s->min = (double)(int64_t)min / power;
    s->max = (double)(int64_t)max / power;
    s->last = (double)(int64_t)last / power;
    s->sum = (double)(int64_t)sum / power;
}

bool stats_get(struct reader *r, struct stats *s)
{
    uint8_t kind = read_byte(r);
    *s = (struct stats){.known = kind < KIND_NONE};
    if (r->failed || kind > KIND_NONE) {
        return false;
    }
    if (kind == KIND_NONE) {
        return true;
    }
    s->n = read_varint(r);
    if (kind < KIND_DOUBLES) {
        get_integers(r, kind, s);
    } else {
        s->first = from_bits(read_le64(r));
        s->min = from_bits(read_le64(r));
        s->max = from_bits(read_le64(r));
        s->last = from_bits(read_le64(r));
        s->sum = from_bits(read_le64(r));
    }
    return !r->failed && s->n > 0;
}
