/* SPDX-License-Identifier: Apache-2.0 */
/* Doubles to text and back, exact both ways, and quick for what sensors send.
 *
 * Printing: a double is m * 2^e. For k decimals the nearest text is D = m * 5^k / 2^(-e-k),
 * rounded, and it reads back as the same double when it lies within half a unit of m, which is 5^k
 * / 2 in the same scale. With m below 2^53 and k up to 27 all of that fits in 128 bits, so the
 * smallest k that passes is found with integers alone. Parsing: up to 19 digits over a power of ten
 * that is a double (Clinger, 1990), or over one of 64 bits by one long division with its remainder
 * as sticky bit. Everything else, far from the sizes of measurements, goes through libc, in forms
 * without a decimal point, so that no locale matters. Layout follows ECMAScript's Number::toString.
 */
#include "base/number.h"

#include <math.h>

#define MANTISSA_BITS 52
#define EXPONENT_BIAS 1075
#define MAX_POWER_5   27
#define MAX_SCALE     110 /* -e of the smallest double that the integer path prints */
#define MAX_DIGITS    17
#define MAX_TEXT      400

/* From here on exponents are beyond any double, whatever the digits (at most MAX_TEXT) say. */
#define EXPONENT_CLAMP 100000

typedef unsigned __int128 u128;

static const char digit_pairs[] =
    "00010203040506070809101112131415161718192021222324252627282930313233"
    "34353637383940414243444546474849505152535455565758596061626364656667"
    "6869707172737475767778798081828384858687888990919293949596979899";

static const uint64_t powers_of_5[MAX_POWER_5 + 1] = {
    1u,
    5u,
    25u,
    125u,
    625u,
    3125u,
    15625u,
    78125u,
    390625u,
    1953125u,
    9765625u,
    48828125u,
    244140625u,
    1220703125u,
    6103515625u,
    30517578125u,
    152587890625u,
    762939453125u,
    3814697265625u,
    19073486328125u,
    95367431640625u,
    476837158203125u,
    2384185791015625u,
    11920928955078125u,
    59604644775390625u,
    298023223876953125u,
    1490116119384765625u,
    7450580596923828125u,
};

static const double powers_of_10[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                      1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                      1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

/* ---- printing -------------------------------------------------------------------------------- */

/* Writes the digits of `v` so that they end before `end`; returns where they begin. */
static char *digits_before(char *end, uint64_t v)
{
    while (v >= 100) {
        end -= 2;
        memcpy(end, digit_pairs + v % 100 * 2, 2);
        v /= 100;
    }
    if (v >= 10) {
        end -= 2;
        memcpy(end, digit_pairs + v * 2, 2);
    } else {
        *--end = (char)('0' + v);
    }
    return end;
}

static size_t print_u64(uint64_t v, char *out)
{
    char room[20];
    char *end = room + sizeof room;
    char *begin = digits_before(end, v);
    memcpy(out, begin, (size_t)(end - begin));
    return (size_t)(end - begin);
}

size_t number_print_i64(int64_t v, char out[NUMBER_TEXT_MAX])
{
    size_t sign = v < 0;
    out[0] = '-';
    return sign + print_u64(sign ? 0 - (uint64_t)v : (uint64_t)v, out + sign);
}

/* A positive decimal number: digits * 10^exponent. */
struct decimal {
    uint64_t digits;
    int exponent;
};

/* Whether the decimal `scaled` stands for mantissa `m`, both in units in which m is exactly `exact`
 * and one step of m is `step`. Below a power of two the neighbour is only half as far. */
static bool reads_back(u128 scaled, u128 exact, uint64_t step, uint64_t m)
{
    u128 away = scaled < exact ? exact - scaled : scaled - exact;
    unsigned half = scaled < exact && m == (uint64_t)1 << MANTISSA_BITS ? 4 : 2;
    return away * half < step || (away * half == step && !(m & 1));
}

/* The shortest decimal that reads back as m * 2^-scale, for scale 0..MAX_SCALE. False: more than
 * MAX_POWER_5 decimals are needed. */
static bool shortest_by_integers(uint64_t m, int scale, struct decimal *d)
{
    for (int k = 0; k <= MAX_POWER_5; k++) {
        u128 exact = (u128)m * powers_of_5[k];
        int shift = scale - k;
        if (shift <= 0) {
            *d = (struct decimal){(uint64_t)(exact << -shift), -k};
            return true;
        }
        u128 odd = exact >> shift & 1; /* ties go to the even digit */
        u128 nearest = (exact + ((u128)1 << (shift - 1)) - 1 + odd) >> shift;
        for (u128 try = nearest; try <= nearest + (m == (uint64_t)1 << MANTISSA_BITS); try++) {
            if (reads_back(try << shift, exact, powers_of_5[k], m)) {
                *d = (struct decimal){(uint64_t)try, -k};
                return true;
            }
        }
    }
    return false;
}

/* What libc makes of digits * 10^exponent. */
static double decimal_value(struct decimal d)
{
    char text[48];
    (void)snprintf(text, sizeof text, "%llue%d", (unsigned long long)d.digits, d.exponent);
    return strtod(text, NULL);
}

/* The shortest decimal of any positive double: the nearest one of 1, 2, ... 17 digits that reads
 * back; at powers of two also the one above the nearest, since the gap below is narrower. */
static struct decimal shortest_by_libc(double v)
{
    struct decimal d = {0, 0};
    for (int precision = 0; precision < MAX_DIGITS; precision++) {
        char text[40];
        (void)snprintf(text, sizeof text, "%.*e", precision, v);
        d.digits = 0;
        const char *p = text;
        for (; *p != 'e'; p++) {
            if (*p >= '0' && *p <= '9') {
                d.digits = d.digits * 10 + (uint64_t)(*p - '0');
            }
        }
        d.exponent = (int)strtol(p + 1, NULL, 10) - precision;
        if (decimal_value(d) == v) {
            break;
        }
        struct decimal above = {d.digits + 1, d.exponent};
        if (decimal_value(above) == v) {
            d = above;
            break;
        }
    }
    return d;
}

static struct decimal shortest(double v)
{
    uint64_t bits;
    memcpy(&bits, &v, sizeof bits);
    int biased = (int)(bits >> MANTISSA_BITS);
    uint64_t m = (bits & (((uint64_t)1 << MANTISSA_BITS) - 1)) | (uint64_t)1 << MANTISSA_BITS;
    int scale = EXPONENT_BIAS - biased;
    struct decimal d;
    if (biased > 0 && scale >= 0 && scale <= MAX_SCALE && shortest_by_integers(m, scale, &d)) {
        return d;
    }
    return shortest_by_libc(v);
}

/* Drops zeros at the end, which an exponent says as well. */
static void trim_zeros(struct decimal *d)
{
    while (d->digits % 10 == 0) {
        d->digits /= 10;
        d->exponent++;
    }
}

/* d.ddde[+-]x */
static size_t layout_exponent(const char *digits, size_t n, int exponent, char *out)
{
    size_t len = 0;
    out[len++] = digits[0];
    if (n > 1) {
        out[len++] = '.';
        memcpy(out + len, digits + 1, n - 1);
        len += n - 1;
    }
    out[len++] = 'e';
    out[len++] = exponent < 0 ? '-' : '+';
    return len + print_u64((uint64_t)(exponent < 0 ? -exponent : exponent), out + len);
}

/* Lays out `n` digits of which `point` stand before the decimal point (it may lie outside them). */
static size_t layout(const char *digits, size_t n, int point, char *out)
{
    if (point > 21 || point <= -6) {
        return layout_exponent(digits, n, point - 1, out);
    }
    if (point <= 0) {
        size_t zeros = (size_t)-point;
        memcpy(out, "0.000000", 8);
        memcpy(out + 2 + zeros, digits, n);
        return 2 + zeros + n;
    }
    size_t before = (size_t)point;
    if (before >= n) {
        memcpy(out, digits, n);
        memset(out + n, '0', before - n);
        return before;
    }
    memcpy(out, digits, before);
    out[before] = '.';
    memcpy(out + before + 1, digits + before, n - before);
    return n + 1;
}

size_t number_print(double v, char out[NUMBER_TEXT_MAX])
{
    ASSERT(isfinite(v));
    size_t sign = signbit(v) != 0;
    out[0] = '-';
    v = fabs(v);
    if (v < 9007199254740992.0 && v == (double)(uint64_t)v) {
        return sign + print_u64((uint64_t)v, out + sign);
    }
    struct decimal d = shortest(v);
    trim_zeros(&d);
    char room[20];
    char *end = room + sizeof room;
    char *digits = digits_before(end, d.digits);
    size_t n = (size_t)(end - digits);
    return sign + layout(digits, n, (int)n + d.exponent, out + sign);
}

/* ---- parsing --------------------------------------------------------------------------------- */

/* A number as the grammar splits it. */
struct scanned {
    bool negative;
    uint64_t mantissa; /* its first 19 digits, but for one 0 before the point */
    size_t kept;       /* how many those are */
    size_t dropped;    /* digits beyond them, not all of them behind the point */
    long exponent;     /* of the mantissa, the dropped digits counted in */
};

static bool is_digit(uint8_t c)
{
    return (uint8_t)(c - '0') < 10;
}

/* Reads digits at `p` into `s`; `behind` is 1 behind the decimal point, else 0. */
static const uint8_t *scan_digits(struct scanned *s, const uint8_t *p, const uint8_t *end,
                                  long behind)
{
    const uint8_t *begin = p;
    const uint8_t *room = p + size_min((size_t)(end - p), 19 - s->kept);
    uint64_t mantissa = s->mantissa;
    for (; p < room && is_digit(*p); p++) {
        mantissa = mantissa * 10 + (uint64_t)(*p - '0');
    }
    s->mantissa = mantissa;
    s->kept += (size_t)(p - begin);
    s->exponent -= behind * (p - begin);
    for (; p < end && is_digit(*p); p++) {
        s->dropped++;
        s->exponent += 1 - behind;
    }
    return p;
}

/* Reads [+-]?digits behind an `e`; NULL without a digit. */
static const uint8_t *scan_exponent(struct scanned *s, const uint8_t *p, const uint8_t *end)
{
    bool negative = p < end && *p == '-';
    if (p < end && (*p == '-' || *p == '+')) {
        p++;
    }
    if (p == end || !is_digit(*p)) {
        return NULL;
    }
    long e = 0;
    for (; p < end && is_digit(*p); p++) {
        e = e < EXPONENT_CLAMP ? e * 10 + (*p - '0') : e;
    }
    s->exponent += negative ? -e : e;
    return p;
}

/* Reads the longest number at the start of `b`; NULL when there is none. */
static const uint8_t *scan(struct bytes b, struct scanned *s)
{
    const uint8_t *p = b.ptr;
    const uint8_t *end = b.ptr + b.len;
    s->negative = p < end && *p == '-';
    p += s->negative;
    if (p == end || !is_digit(*p)) {
        return NULL;
    }
    if (*p == '0') {
        p++;
    } else {
        p = scan_digits(s, p, end, 0);
    }
    if (end - p >= 2 && *p == '.' && is_digit(p[1])) {
        p = scan_digits(s, p + 1, end, 1);
    }
    if (p < end && (*p | 0x20) == 'e') {
        const uint8_t *after = scan_exponent(s, p + 1, end);
        p = after ? after : p;
    }
    return p;
}

/* mantissa / 10^decimals, correctly rounded, for 1 <= decimals <= 19: the quotient has at least 63
 * bits, and what the division left over breaks ties. */
static double divide(uint64_t mantissa, unsigned decimals)
{
    int up = __builtin_clzll(mantissa);
    uint64_t divisor = powers_of_5[decimals] << decimals;
    u128 dividend = (u128)(mantissa << up) << 64;
    u128 quotient = dividend / divisor;
    uint64_t high = (uint64_t)(quotient >> 64);
    int extra = high ? 64 - __builtin_clzll(high) : 0;
    bool sticky = quotient * divisor != dividend || (quotient & (((u128)1 << extra) - 1)) != 0;
    /* The lowest of the eleven bits that a double can't hold stands for all that is below it. */
    uint64_t top = (uint64_t)(quotient >> extra) | sticky;
    uint64_t kept = top >> 11;
    uint64_t rest = top & 0x7ff;
    kept += rest > 0x400 || (rest == 0x400 && (kept & 1));
    return ldexp((double)kept, 11 + extra - up - 64);
}

/* Any number by libc, from its text without the decimal point. */
static double value_by_libc(struct bytes b, const struct scanned *s)
{
    char text[MAX_TEXT + 32];
    size_t len = 0;
    for (size_t i = s->negative; i < b.len && (b.ptr[i] | 0x20) != 'e'; i++) {
        if (b.ptr[i] != '.') {
            text[len++] = (char)b.ptr[i];
        }
    }
    /* The exponent counts from the last digit that was kept; libc counts from the last of all. */
    (void)snprintf(text + len, sizeof text - len, "e%ld", s->exponent - (long)s->dropped);
    return strtod(text, NULL);
}

static double value_of(struct bytes b, const struct scanned *s)
{
    if (s->dropped == 0) {
        if (s->mantissa == 0) {
            return 0.0;
        }
        if (s->mantissa <= (uint64_t)1 << 53 && s->exponent >= -22 && s->exponent <= 22) {
            double m = (double)s->mantissa;
            return s->exponent < 0 ? m / powers_of_10[-s->exponent] : m * powers_of_10[s->exponent];
        }
        if (s->exponent == 0) {
            return (double)s->mantissa;
        }
        if (s->exponent < 0 && s->exponent >= -19) {
            return divide(s->mantissa, (unsigned)-s->exponent);
        }
    }
    return value_by_libc(b, s);
}

size_t number_span(struct bytes b)
{
    struct scanned s = {0};
    const uint8_t *end = scan(b, &s);
    return end ? (size_t)(end - b.ptr) : 0;
}

enum err number_parse_prefix(struct bytes b, double *value, size_t *used)
{
    struct scanned s = {0};
    const uint8_t *end = scan(b, &s);
    if (!end) {
        return ERR_INVALID;
    }
    size_t len = (size_t)(end - b.ptr);
    if (len > MAX_TEXT) {
        return ERR_TOO_LARGE;
    }
    double v = value_of(bytes_of(b.ptr, len), &s);
    if (!isfinite(v)) {
        return ERR_TOO_LARGE;
    }
    *value = s.negative ? -v : v;
    *used = len;
    return OK;
}

enum err number_parse(struct bytes b, double *value)
{
    double v;
    size_t used;
    enum err e = number_parse_prefix(b, &v, &used);
    if (e == OK && used != b.len) {
        return ERR_INVALID;
    }
    if (e == OK) {
        *value = v;
    }
    return e;
}
