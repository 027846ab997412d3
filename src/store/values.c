/* SPDX-License-Identifier: Apache-2.0 */
#include "store/values.h"

#include "store/bitpack.h"

#include "base/mem.h"

enum mode {
    MODE_CONSTANT,
    MODE_DECIMAL_1, /* of version 1 */
    MODE_XOR_1,
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
    return 2 + VARINT_MAX_BYTES + sequence_bound(n);
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
    sequence_scratch_fini(&s->sequence);
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

/* Values at a time in loops that the compiler turns into vectors. */
#define CHUNK 16

/* 1.5 * 2^52: a double of that size counts in ones, so adding it rounds to the nearest integer,
 * and its low bits are that integer. */
#define MAGIC      6755399441055744.0
#define MAGIC_BITS ((int64_t)0x4338000000000000)

/* Below this no sum with MAGIC leaves its binade. */
#define WHOLE_MAX 2251799813685248.0

/* values_decimal for CHUNK values at once; true when all are decimal. */
static bool scale_chunk(const double *values, double power, int64_t *integers)
{
    double turned[CHUNK];
    double scaled[CHUNK];
    for (size_t i = 0; i < CHUNK; i++) {
        scaled[i] = values[i] * power;
        turned[i] = scaled[i] + MAGIC;
        scaled[i] = scaled[i] < 0 ? -scaled[i] : scaled[i];
    }
    uint64_t differ = 0;
    double largest = 0;
    for (size_t i = 0; i < CHUNK; i++) {
        uint64_t bits = bits_of(turned[i]);
        double back = (turned[i] - MAGIC) / power;
        integers[i] = (int64_t)(bits - (uint64_t)MAGIC_BITS);
        differ |= bits_of(back) ^ bits_of(values[i]);
        largest = scaled[i] > largest ? scaled[i] : largest;
    }
    return differ == 0 && largest < WHOLE_MAX;
}

static size_t scale_slowly(const double *values, size_t from, size_t to, unsigned e,
                           size_t exceptions, struct values_scratch *s)
{
    int64_t last = from > 0 ? s->integers[from - 1] : 0;
    for (size_t i = from; i < to; i++) {
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

/* Scales all values; what is not decimal repeats the integer before it and is noted. Returns the
 * number of exceptions. */
static size_t scale(const double *values, size_t n, unsigned e, struct values_scratch *s)
{
    size_t exceptions = 0;
    size_t i = 0;
    for (; i + CHUNK <= n; i += CHUNK) {
        if (!scale_chunk(values + i, values_power[e], s->integers + i)) {
            exceptions = scale_slowly(values, i, i + CHUNK, e, exceptions, s);
        }
    }
    return scale_slowly(values, i, n, e, exceptions, s);
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

/* By turns, since one comparison would wait for the other. */
static int64_t least_of(const int64_t *x, size_t n)
{
    int64_t even = x[0];
    int64_t odd = x[0];
    size_t i = 1;
    for (; i + 2 <= n; i += 2) {
        even = x[i] < even ? x[i] : even;
        odd = x[i + 1] < odd ? x[i + 1] : odd;
    }
    even = i < n && x[i] < even ? x[i] : even;
    return even < odd ? even : odd;
}

static void differences(const int64_t *x, int64_t *out)
{
    for (size_t i = 0; i < CHUNK; i++) {
        out[i] = x[i + 1] - x[i];
    }
}

/* Zig-zag of the n - 1 changes, or of the changes of these, the first one's against zero. */
static void form_changes(enum form form, const int64_t *x, size_t n, uint64_t *out)
{
    int64_t before = 0;
    size_t i = 0;
    for (; i + CHUNK < n; i += CHUNK) {
        int64_t d[CHUNK + 1];
        differences(x + i, d + 1);
        d[0] = before;
        for (size_t k = 0; k < CHUNK; k++) {
            out[i + k] = zigzag(d[k + 1] - (form == FORM_DELTA2 ? d[k] : 0));
        }
        before = d[CHUNK];
    }
    for (; i + 1 < n; i++) {
        int64_t d = x[i + 1] - x[i];
        out[i] = zigzag(d - (form == FORM_DELTA2 ? before : 0));
        before = d;
    }
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
    form_changes(form, x, n, out);
    return n - 1;
}

static unsigned bit_length(uint64_t v)
{
    return 64 - (unsigned)__builtin_clzll(v | 1);
}

/* One stretch in four is looked at to choose a form. */
#define LOOK_STRETCH 32
#define LOOK_EVERY   (4 * LOOK_STRETCH)

struct form_bits {
    uint64_t plain, delta, delta2;
};

static void look(const int64_t *x, size_t n, int64_t least, struct form_bits *bits)
{
    int64_t before = 0;
    for (size_t i = 1; i < n; i++) {
        int64_t d = x[i] - x[i - 1];
        bits->plain += bit_length((uint64_t)(x[i] - least));
        bits->delta += bit_length(zigzag(d));
        bits->delta2 += bit_length(zigzag(d - before));
        before = d;
    }
}

/* The form whose residuals have the fewest bits, by what some stretches tell. Integers are below
 * 2^51, so no difference overflows. */
static enum form smallest_form(const int64_t *x, size_t n, int64_t least)
{
    struct form_bits bits = {0, 0, 0};
    for (size_t i = 0; i < n; i += LOOK_EVERY) {
        look(x + i, size_min(n - i, LOOK_STRETCH), least, &bits);
    }
    if (bits.plain <= bits.delta && bits.plain <= bits.delta2) {
        return FORM_PLAIN;
    }
    return bits.delta <= bits.delta2 ? FORM_DELTA : FORM_DELTA2;
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

/* Whether bits that differ from the value before promise, by what some stretches tell, to take not
 * much more than `bytes`: less than one and a half of them. */
static bool xor_promises(const double *values, size_t n, size_t bytes)
{
    uint64_t any = 0;
    uint64_t bits = 0;
    size_t count = 0;
    for (size_t i = 1; i < n; i += LOOK_EVERY) {
        size_t end = size_min(i + LOOK_STRETCH, n);
        for (size_t k = i; k < end; k++) {
            uint64_t differ = bits_of(values[k]) ^ bits_of(values[k - 1]);
            any |= differ;
            bits += bit_length(differ);
        }
        count += end - i;
    }
    bits -= any ? count * (size_t)__builtin_ctzll(any) : 0;
    return count == 0 || bits * n / count / 8 < bytes + bytes / 2;
}

static uint8_t *put_xor(const double *values, size_t n, struct values_scratch *s, uint8_t *out)
{
    unsigned shift = fill_xor(values, n, s->bits);
    *out++ = MODE_XOR;
    *out++ = (uint8_t)shift;
    struct bitpack_plan plan;
    bitpack_plan(s->bits, n, &plan);
    return sequence_put(s->bits, n, &plan, &s->sequence, out);
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
    int64_t first;    /* or the least */
    size_t residuals; /* in the scratch */
    struct bitpack_plan plan;
};

static uint8_t *put_decimal(const double *values, const struct decimal *d, struct values_scratch *s,
                            uint8_t *out)
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
    return sequence_put(s->residuals, d->residuals, &d->plan, &s->sequence, out);
}

uint8_t *values_put(const double *values, size_t n, struct values_scratch *s, uint8_t *out)
{
    ASSERT(n > 0 && n <= s->cap);
    s->decimals = -1;
    if (all_equal(values, n)) {
        *out++ = MODE_CONSTANT;
        return put_f64(out, values[0]);
    }
    struct decimal d;
    d.exponent = 0;
    d.exceptions = 0;
    if (!scale_all(values, n, s, &d.exponent, &d.exceptions)) {
        return put_xor(values, n, s, out);
    }
    int64_t least = least_of(s->integers, n);
    d.form = smallest_form(s->integers, n, least);
    d.first = d.form == FORM_PLAIN ? least : s->integers[0];
    d.residuals = form_residuals(d.form, s->integers, n, d.first, s->residuals);
    bitpack_plan(s->residuals, d.residuals, &d.plan);
    size_t decimal_bytes = 4 + varint_length(d.exceptions) + d.exceptions * (8 + varint_length(n)) +
                           varint_length(zigzag(d.first)) + d.plan.bytes;
    if (decimal_bytes >= n * 2 && xor_promises(values, n, decimal_bytes)) {
        struct bitpack_plan plan;
        (void)fill_xor(values, n, s->bits);
        bitpack_plan(s->bits, n, &plan);
        if (plan.bytes + 3 <= decimal_bytes) {
            return put_xor(values, n, s, out);
        }
    }
    s->decimals = d.exceptions == 0 ? (int)d.exponent : -1;
    return put_decimal(values, &d, s, out);
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

static bool get_residuals(struct reader *r, size_t n, enum mode mode, uint64_t *out)
{
    bool old = mode == MODE_DECIMAL_1 || mode == MODE_XOR_1;
    return old ? bitpack_get(r, n, BITPACK_IN_LINE, out) : sequence_get(r, n, out);
}

static bool get_xor(struct reader *r, size_t n, enum mode mode, double *values)
{
    unsigned shift = read_byte(r);
    uint64_t *bits = (uint64_t *)values;
    if (shift > 63 || !get_residuals(r, n, mode, bits)) {
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

/* Sums of residuals in their own place; they wrap on purpose. */
static void add_up(int64_t *x, size_t n)
{
    uint64_t sum = (uint64_t)x[0];
    for (size_t i = 1; i < n; i++) {
        sum += (uint64_t)unzigzag((uint64_t)x[i]);
        x[i] = (int64_t)sum;
    }
}

static void add_up_twice(int64_t *x, size_t n)
{
    uint64_t sum = (uint64_t)x[0];
    uint64_t step = 0;
    for (size_t i = 1; i < n; i++) {
        step += (uint64_t)unzigzag((uint64_t)x[i]);
        sum += step;
        x[i] = (int64_t)sum;
    }
}

/* Rebuilds integers from residuals that stand in the values' own place. */
static bool get_integers(struct reader *r, size_t n, enum mode mode, double *values)
{
    uint8_t form = read_byte(r);
    int64_t first = read_zigzag(r);
    int64_t *x = (int64_t *)(void *)values;
    if (r->failed || form > FORM_DELTA2) {
        return false;
    }
    if (form == FORM_PLAIN) {
        if (!get_residuals(r, n, mode, (uint64_t *)(void *)x)) {
            return false;
        }
        for (size_t i = 0; i < n; i++) {
            x[i] = (int64_t)((uint64_t)x[i] + (uint64_t)first);
        }
        return true;
    }
    if (!get_residuals(r, n - 1, mode, (uint64_t *)(void *)x + 1)) {
        return false;
    }
    x[0] = first;
    if (form == FORM_DELTA) {
        add_up(x, n);
    } else {
        add_up_twice(x, n);
    }
    return true;
}

static void unscale(double *values, size_t n, double power)
{
    size_t i = 0;
    for (; i + CHUNK <= n; i += CHUNK) {
        for (size_t k = i; k < i + CHUNK; k++) {
            double turned = from_bits(bits_of(values[k]) + (uint64_t)MAGIC_BITS);
            values[k] = (turned - MAGIC) / power;
        }
    }
    for (; i < n; i++) {
        values[i] = (from_bits(bits_of(values[i]) + (uint64_t)MAGIC_BITS) - MAGIC) / power;
    }
}

static bool get_decimal(struct reader *r, size_t n, enum mode mode, double *values)
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
    if (r->failed || !get_integers(r, n, mode, values)) {
        return false;
    }
    unscale(values, n, values_power[e]);
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
    case MODE_DECIMAL_1:
    case MODE_DECIMAL:
        return get_decimal(r, n, (enum mode)mode, values);
    case MODE_XOR_1:
    case MODE_XOR:
        return get_xor(r, n, (enum mode)mode, values);
    default:
        return false;
    }
}
