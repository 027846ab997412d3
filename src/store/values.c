/* SPDX-License-Identifier: Apache-2.0 */
#include "store/values.h"

#include "store/bitpack.h"

#include "base/mem.h"

enum mode {
    MODE_CONSTANT,
    MODE_DECIMAL,
    MODE_XOR,
};

enum form {
    FORM_PLAIN,
    FORM_DELTA,
    FORM_DELTA2,
};

#define SAMPLES 32

/* An exception costs about ten bytes: above one value in EXCEPTION_SHARE another exponent or form
 * does better. */
#define EXCEPTION_SHARE 12

const double values_power[VALUES_EXPONENT_MAX + 1] = {1e0, 1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                                      1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};

size_t values_bound(size_t n)
{
    /* DECIMAL with every exception allowed is only taken when it is smaller than XOR. */
    return 2 + VARINT_MAX_BYTES + bitpack_bound(n);
}

void values_scratch_reserve(struct values_scratch *s, size_t n)
{
    if (n > s->cap) {
        s->integers = mem_resize(s->integers, n, sizeof *s->integers);
        s->residuals = mem_resize(s->residuals, n, sizeof *s->residuals);
        s->bits = mem_resize(s->bits, n, sizeof *s->bits);
        s->exceptions = mem_resize(s->exceptions, n, sizeof *s->exceptions);
        s->cap = n;
    }
}

void values_scratch_fini(struct values_scratch *s)
{
    free(s->integers);
    free(s->residuals);
    free(s->bits);
    free(s->exceptions);
    *s = (struct values_scratch){0};
}

/* ---- decimal integers ---- */

/* Fewest decimals that give v, or VALUES_EXPONENT_MAX + 1 when none do. */
static unsigned decimals_of(double v)
{
    int64_t integer;
    unsigned e = 0;
    while (e <= VALUES_EXPONENT_MAX && !values_decimal(v, e, &integer)) {
        e++;
    }
    return e;
}

/* The exponent that most of some values need. False when few of them are decimal at all. */
static bool sample_exponent(const double *values, size_t n, unsigned *exponent)
{
    unsigned counts[VALUES_EXPONENT_MAX + 2] = {0};
    size_t samples = size_min(n, SAMPLES);
    for (size_t i = 0; i < samples; i++) {
        counts[decimals_of(values[i * n / samples])]++;
    }
    if (counts[VALUES_EXPONENT_MAX + 1] > samples / 4) {
        return false;
    }
    unsigned e = VALUES_EXPONENT_MAX;
    size_t above = counts[VALUES_EXPONENT_MAX + 1];
    while (e > 0 && above + counts[e] <= samples / 16) {
        above += counts[e];
        e--;
    }
    *exponent = e;
    return true;
}

/* Scales all values; what is not decimal repeats the integer before it and is noted. Returns the
 * number of exceptions. */
static size_t scale(const double *values, size_t n, unsigned e, struct values_scratch *s)
{
    size_t exceptions = 0;
    int64_t last = 0;
    for (size_t i = 0; i < n; i++) {
        int64_t integer;
        if (values_decimal(values[i], e, &integer)) {
            last = integer;
        } else {
            s->exceptions[exceptions++] = (uint32_t)i;
        }
        s->integers[i] = last;
    }
    return exceptions;
}

/* The most decimals among the exceptions that are decimal at all. */
static unsigned widest(const double *values, const uint32_t *exceptions, size_t count)
{
    unsigned most = 0;
    for (size_t i = 0; i < count; i++) {
        unsigned e = decimals_of(values[exceptions[i]]);
        most = e <= VALUES_EXPONENT_MAX && e > most ? e : most;
    }
    return most;
}

static bool scale_all(const double *values, size_t n, struct values_scratch *s, unsigned *exponent,
                      size_t *exceptions)
{
    if (!sample_exponent(values, n, exponent)) {
        return false;
    }
    *exceptions = scale(values, n, *exponent, s);
    if (*exceptions <= n / EXCEPTION_SHARE) {
        return true;
    }
    unsigned wider = widest(values, s->exceptions, *exceptions);
    if (wider > *exponent) {
        *exponent = wider;
        *exceptions = scale(values, n, wider, s);
    }
    return *exceptions <= n / EXCEPTION_SHARE;
}

static int64_t least_of(const int64_t *x, size_t n)
{
    int64_t least = x[0];
    for (size_t i = 1; i < n; i++) {
        least = x[i] < least ? x[i] : least;
    }
    return least;
}

static size_t form_residuals(enum form form, const int64_t *x, size_t n, int64_t first,
                             uint64_t *out)
{
    if (form == FORM_PLAIN) {
        for (size_t i = 0; i < n; i++) {
            out[i] = (uint64_t)(x[i] - first);
        }
        return n;
    }
    int64_t before = 0;
    for (size_t i = 1; i < n; i++) {
        int64_t d = x[i] - x[i - 1];
        out[i - 1] = zigzag(d - before);
        before = form == FORM_DELTA2 ? d : 0;
    }
    return n - 1;
}

/* Integers are below 2^51, so no difference overflows. */
static enum form smallest_form(const struct values_scratch *s, size_t n, int64_t least,
                               size_t *bytes)
{
    enum form best = FORM_PLAIN;
    *bytes = SIZE_MAX;
    for (enum form f = FORM_PLAIN; f <= FORM_DELTA2; f++) {
        size_t count = form_residuals(f, s->integers, n, least, s->residuals);
        size_t size = bitpack_size(s->residuals, count);
        if (size < *bytes) {
            *bytes = size;
            best = f;
        }
    }
    return best;
}

/* ---- encoding ---- */

static bool all_equal(const double *values, size_t n)
{
    uint64_t first = bits_of(values[0]);
    for (size_t i = 1; i < n; i++) {
        if (bits_of(values[i]) != first) {
            return false;
        }
    }
    return true;
}

static unsigned fill_xor(const double *values, size_t n, uint64_t *out)
{
    uint64_t before = 0;
    uint64_t any = 0;
    for (size_t i = 0; i < n; i++) {
        uint64_t b = bits_of(values[i]);
        out[i] = b ^ before;
        any |= out[i];
        before = b;
    }
    unsigned shift = any ? (unsigned)__builtin_ctzll(any) : 0;
    for (size_t i = 0; i < n && shift; i++) {
        out[i] >>= shift;
    }
    return shift;
}

static uint8_t *put_xor(const double *values, size_t n, struct values_scratch *s, uint8_t *out)
{
    unsigned shift = fill_xor(values, n, s->bits);
    *out++ = MODE_XOR;
    *out++ = (uint8_t)shift;
    return bitpack_put(s->bits, n, out);
}

static uint8_t *put_f64(uint8_t *out, double v)
{
    le64_store(out, bits_of(v));
    return out + 8;
}

/* A decimal column that is about to be written. */
struct decimal {
    unsigned exponent;
    size_t exceptions;
    enum form form;
    int64_t first; /* or the least */
};

static uint8_t *put_decimal(const double *values, size_t n, const struct decimal *d,
                            struct values_scratch *s, uint8_t *out)
{
    *out++ = MODE_DECIMAL;
    *out++ = (uint8_t)d->exponent;
    out = varint_put(out, d->exceptions);
    for (size_t i = 0; i < d->exceptions; i++) {
        out = varint_put(out, s->exceptions[i]);
        out = put_f64(out, values[s->exceptions[i]]);
    }
    *out++ = (uint8_t)d->form;
    out = varint_put(out, zigzag(d->first));
    size_t count = form_residuals(d->form, s->integers, n, d->first, s->residuals);
    return bitpack_put(s->residuals, count, out);
}

uint8_t *values_put(const double *values, size_t n, struct values_scratch *s, uint8_t *out)
{
    ASSERT(n > 0 && n <= s->cap);
    if (all_equal(values, n)) {
        *out++ = MODE_CONSTANT;
        return put_f64(out, values[0]);
    }
    struct decimal d = {0};
    if (!scale_all(values, n, s, &d.exponent, &d.exceptions)) {
        return put_xor(values, n, s, out);
    }
    int64_t least = least_of(s->integers, n);
    size_t bytes;
    d.form = smallest_form(s, n, least, &bytes);
    d.first = d.form == FORM_PLAIN ? least : s->integers[0];
    size_t decimal_bytes = 3 + varint_length(d.exceptions) + d.exceptions * (8 + varint_length(n)) +
                           varint_length(zigzag(d.first)) + bytes;
    if (decimal_bytes >= n * 2) {
        (void)fill_xor(values, n, s->bits);
        if (bitpack_size(s->bits, n) + 2 <= decimal_bytes) {
            return put_xor(values, n, s, out);
        }
    }
    return put_decimal(values, n, &d, s, out);
}

/* ---- decoding ---- */

static bool get_constant(struct reader *r, size_t n, double *values)
{
    double v = from_bits(read_le64(r));
    for (size_t i = 0; i < n; i++) {
        values[i] = v;
    }
    return !r->failed;
}

static bool get_xor(struct reader *r, size_t n, double *values)
{
    unsigned shift = read_byte(r);
    uint64_t *bits = (uint64_t *)values;
    if (shift > 63 || !bitpack_get(r, n, bits)) {
        return false;
    }
    uint64_t before = 0;
    for (size_t i = 0; i < n; i++) {
        uint64_t b;
        memcpy(&b, &values[i], sizeof b);
        before ^= b << shift;
        memcpy(&values[i], &before, sizeof before);
    }
    return true;
}

/* Rebuilds integers from residuals that stand in the values' own place; sums wrap on purpose. */
static bool get_integers(struct reader *r, size_t n, double *values)
{
    uint8_t form = read_byte(r);
    int64_t first = read_zigzag(r);
    int64_t *x = (int64_t *)(void *)values;
    if (r->failed || form > FORM_DELTA2) {
        return false;
    }
    if (form == FORM_PLAIN) {
        if (!bitpack_get(r, n, (uint64_t *)(void *)x)) {
            return false;
        }
        for (size_t i = 0; i < n; i++) {
            x[i] = (int64_t)((uint64_t)x[i] + (uint64_t)first);
        }
        return true;
    }
    if (!bitpack_get(r, n - 1, (uint64_t *)(void *)x + 1)) {
        return false;
    }
    x[0] = first;
    uint64_t before = 0;
    for (size_t i = 1; i < n; i++) {
        uint64_t d = (uint64_t)unzigzag((uint64_t)x[i]) + before;
        x[i] = (int64_t)((uint64_t)x[i - 1] + d);
        before = form == FORM_DELTA2 ? d : 0;
    }
    return true;
}

static bool get_decimal(struct reader *r, size_t n, double *values)
{
    unsigned e = read_byte(r);
    uint64_t exceptions = read_varint(r);
    struct reader noted = *r;
    if (e > VALUES_EXPONENT_MAX || exceptions > n) {
        return false;
    }
    for (uint64_t i = 0; i < exceptions; i++) {
        (void)read_varint(r);
        (void)read_le64(r);
    }
    if (r->failed || !get_integers(r, n, values)) {
        return false;
    }
    double power = values_power[e];
    for (size_t i = 0; i < n; i++) {
        int64_t integer;
        memcpy(&integer, &values[i], sizeof integer);
        values[i] = (double)integer / power;
    }
    for (uint64_t i = 0; i < exceptions; i++) {
        uint64_t index = read_varint(&noted);
        double v = from_bits(read_le64(&noted));
        if (index >= n) {
            return false;
        }
        values[index] = v;
    }
    return true;
}

bool values_get(struct reader *r, size_t n, double *values)
{
    uint8_t mode = read_byte(r);
    if (r->failed || n == 0) {
        return false;
    }
    switch (mode) {
    case MODE_CONSTANT:
        return get_constant(r, n, values);
    case MODE_DECIMAL:
        return get_decimal(r, n, values);
    case MODE_XOR:
        return get_xor(r, n, values);
    default:
        return false;
    }
}
