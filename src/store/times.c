/* SPDX-License-Identifier: Apache-2.0 */
#include "store/times.h"

#include "store/bitpack.h"

#include <math.h>

enum mode {
    MODE_STEP,
    MODE_LINE, /* these three of version 1 */
    MODE_DELTA_1,
    MODE_DELTA2_1,
    MODE_GRID,
    MODE_GAPS,
    MODE_DELTA,
};

/* Beyond this span the line's arithmetic could overflow; real blocks stay far below. */
#define LINE_SPAN_MAX ((uint64_t)1 << 50)

#define MEDIAN_SAMPLES 33

size_t times_bound(size_t n)
{
    return 1 + 2 * VARINT_MAX_BYTES + 2 * sequence_bound(n);
}

/* Sums and distances wrap on purpose: whatever is read must not overflow. */
static uint64_t distance(wall_ms from, wall_ms to)
{
    return (uint64_t)to - (uint64_t)from;
}

static wall_ms add(wall_ms t, uint64_t d)
{
    return (wall_ms)((uint64_t)t + d);
}

static uint64_t on_line(uint64_t span, size_t i, size_t n)
{
    return span * i / (n - 1);
}

/* A usual distance: the median of some, so that gaps don't count. */
static uint64_t usual_distance(const wall_ms *times, size_t n)
{
    uint64_t sample[MEDIAN_SAMPLES];
    size_t count = size_min(n - 1, MEDIAN_SAMPLES);
    for (size_t i = 0; i < count; i++) {
        size_t at = i * (n - 1) / count;
        uint64_t d = distance(times[at], times[at + 1]);
        size_t k = i;
        for (; k > 0 && sample[k - 1] > d; k--) {
            sample[k] = sample[k - 1];
        }
        sample[k] = d;
    }
    return sample[count / 2];
}

static bool is_regular(const wall_ms *times, size_t n)
{
    uint64_t step = distance(times[0], times[1]);
    for (size_t i = 2; i < n; i++) {
        if (distance(times[i - 1], times[i]) != step) {
            return false;
        }
    }
    return true;
}

/* ---- the grid ---- */

#define SLOPE_ONE 65536.0

/* A drift of less than this over the whole block is none. */
#define DRIFT_MS 4.0

/* Longer steps are not told in sixteenths of a bit. */
#define SLOPE_STEP_MAX ((uint64_t)1 << 36)

/* Steps of the grid that a distance spans, at least one. */
static uint64_t steps_of(uint64_t d, uint64_t usual)
{
    return d < usual + usual / 2 ? 1 : (d + usual / 2) / usual;
}

static wall_ms on_grid(wall_ms first, uint64_t k, uint64_t slope)
{
    return add(first, (k * slope) >> 16);
}

/* Fills jumps[n - 1]; returns the number of steps in all. */
static uint64_t find_jumps(const wall_ms *times, size_t n, uint64_t usual, uint64_t *jumps)
{
    uint64_t k = 0;
    for (size_t i = 1; i < n; i++) {
        jumps[i - 1] = steps_of(distance(times[i - 1], times[i]), usual) - 1;
        k += jumps[i - 1] + 1;
    }
    return k;
}

/* Sums of the least squares: of steps k, and of what the times are beyond k usual distances. */
struct sums {
    double k, x, kk, kx;
};

static double beyond(const wall_ms *times, size_t i, uint64_t k, uint64_t usual)
{
    return (double)(int64_t)(distance(times[0], times[i]) - k * usual);
}

static struct sums sum_up(const wall_ms *times, size_t n, uint64_t usual, const uint64_t *jumps)
{
    struct sums s = {0};
    uint64_t k = 0;
    for (size_t i = 0; i < n; i++) {
        k += i > 0 ? jumps[i - 1] + 1 : 0;
        double x = beyond(times, i, k, usual);
        double dk = (double)(int64_t)k;
        s.k += dk;
        s.x += x;
        s.kk += dk * dk;
        s.kx += dk * x;
    }
    return s;
}

/* The same without jumps, where k counts the rows. By turns, since additions to one sum would wait
 * for each other. */
static struct sums sum_up_rows(const wall_ms *times, size_t n, uint64_t usual)
{
    double even = 0, odd = 0, k_even = 0, k_odd = 0;
    size_t i = 0;
    for (; i + 2 <= n; i += 2) {
        double x = beyond(times, i, i, usual);
        double y = beyond(times, i + 1, i + 1, usual);
        even += x;
        odd += y;
        k_even += (double)(int64_t)i * x;
        k_odd += (double)(int64_t)(i + 1) * y;
    }
    if (i < n) {
        even += beyond(times, i, i, usual);
        k_even += (double)(int64_t)i * beyond(times, i, i, usual);
    }
    double last = (double)n - 1;
    double k = last * (last + 1) / 2;
    return (struct sums){k, even + odd, k * (2 * last + 1) / 3, k_even + k_odd};
}

/* The slope of the line that fits the times best, in 1/65536 ms. */
static uint64_t fit(const wall_ms *times, size_t n, uint64_t usual, uint64_t steps,
                    const uint64_t *jumps)
{
    struct sums s = steps == n - 1 ? sum_up_rows(times, n, usual) : sum_up(times, n, usual, jumps);
    double count = (double)n;
    double apart = count * s.kk - s.k * s.k;
    double slope = (double)usual + (apart > 0 ? (count * s.kx - s.k * s.x) / apart : 0);
    double whole = nearbyint(slope);
    if (fabs(slope - whole) * (double)steps < DRIFT_MS) {
        slope = whole;
    }
    return slope > 0 && slope < (double)SLOPE_STEP_MAX ? (uint64_t)(slope * SLOPE_ONE)
                                                       : usual << 16;
}

/* Values at a time in a loop that the compiler turns into vectors. */
#define CHUNK 16

static void take_from_all(uint64_t *words, size_t n, uint64_t amount)
{
    size_t i = 0;
    for (; i + CHUNK <= n; i += CHUNK) {
        for (size_t k = i; k < i + CHUNK; k++) {
            words[k] -= amount;
        }
    }
    for (; i < n; i++) {
        words[i] -= amount;
    }
}

/* Fills distances to the grid, none of them negative, and returns the first time of that grid. */
static wall_ms off_grid(const wall_ms *times, size_t n, uint64_t slope, const uint64_t *jumps,
                        uint64_t *residuals)
{
    int64_t least = 0;
    uint64_t k = 0;
    for (size_t i = 0; i < n; i++) {
        k += i > 0 ? jumps[i - 1] + 1 : 0;
        int64_t r = (int64_t)distance(on_grid(times[0], k, slope), times[i]);
        residuals[i] = (uint64_t)r;
        least = r < least ? r : least;
    }
    take_from_all(residuals, n, (uint64_t)least);
    return add(times[0], (uint64_t)least);
}

struct grid {
    wall_ms first;
    uint64_t slope;
    bool gaps;
    struct bitpack_plan residuals;
    struct bitpack_plan jumps;
};

/* Fills s->words: residuals, then jumps. */
static void make_grid(const wall_ms *times, size_t n, uint64_t usual, const struct times_scratch *s,
                      struct grid *g)
{
    uint64_t *jumps = s->words + n;
    uint64_t steps = find_jumps(times, n, usual, jumps);
    g->slope = fit(times, n, usual, steps, jumps);
    g->first = off_grid(times, n, g->slope, jumps, s->words);
    g->gaps = steps != n - 1;
    bitpack_plan(s->words, n, &g->residuals);
    g->jumps.bytes = 0;
    if (g->gaps) {
        bitpack_plan(jumps, n - 1, &g->jumps);
    }
}

static uint8_t *put_grid(const struct grid *g, size_t n, const struct times_scratch *s,
                         uint8_t *out)
{
    *out++ = g->gaps ? MODE_GAPS : MODE_GRID;
    out = varint_put(out, zigzag(g->first));
    out = varint_put(out, g->slope);
    if (g->gaps) {
        out = sequence_put(s->words + n, n - 1, &g->jumps, s->sequence, out);
    }
    return sequence_put(s->words, n, &g->residuals, s->sequence, out);
}

/* ---- distances ---- */

static void fill_distances(const wall_ms *times, size_t n, uint64_t step, uint64_t *out)
{
    for (size_t i = 1; i < n; i++) {
        out[i - 1] = zigzag((int64_t)(distance(times[i - 1], times[i]) - step));
    }
}

static unsigned bit_length(uint64_t v)
{
    return 64 - (unsigned)__builtin_clzll(v | 1);
}

#define LOOK_MAX 256

/* Whether distances promise to take less than the places on the grid in s->words. */
static bool distances_promise(const wall_ms *times, size_t n, uint64_t usual,
                              const struct times_scratch *s)
{
    uint64_t grid_bits = 0;
    uint64_t distance_bits = 0;
    for (size_t i = 1; i < n && i < LOOK_MAX; i++) {
        grid_bits += bit_length(s->words[i]) + bit_length(2 * s->words[n + i - 1]) - 1;
        distance_bits += bit_length(zigzag((int64_t)(distance(times[i - 1], times[i]) - usual)));
    }
    return distance_bits < grid_bits;
}

uint8_t *times_put(const wall_ms *times, size_t n, const struct times_scratch *s, uint8_t *out)
{
    ASSERT(n > 0);
    if (n == 1 || is_regular(times, n)) {
        *out++ = MODE_STEP;
        out = varint_put(out, zigzag(times[0]));
        return varint_put(out, n > 1 ? distance(times[0], times[1]) : 0);
    }
    uint64_t usual = usual_distance(times, n);
    struct grid g;
    make_grid(times, n, usual, s, &g);
    size_t grid_size = g.residuals.bytes + g.jumps.bytes;
    if (grid_size > n / 8 && distances_promise(times, n, usual, s)) {
        struct bitpack_plan plan;
        fill_distances(times, n, usual, s->words);
        bitpack_plan(s->words, n - 1, &plan);
        if (plan.bytes < grid_size) {
            *out++ = MODE_DELTA;
            out = varint_put(out, zigzag(times[0]));
            out = varint_put(out, usual);
            return sequence_put(s->words, n - 1, &plan, s->sequence, out);
        }
        make_grid(times, n, usual, s, &g);
    }
    return put_grid(&g, n, s, out);
}

/* ---- version 1 ---- */

/* Residuals are unpacked into the place of the times, one word each. */
static bool get_line(struct reader *r, size_t n, wall_ms first, uint64_t span, wall_ms *times)
{
    if (n < 2 || span >= LINE_SPAN_MAX || !bitpack_get(r, n, BITPACK_IN_LINE, (uint64_t *)times)) {
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        times[i] = add(first, on_line(span, i, n) + (uint64_t)unzigzag((uint64_t)times[i]));
    }
    return true;
}

static bool get_deltas_1(struct reader *r, size_t n, enum mode mode, uint64_t step, wall_ms *times)
{
    if (n < 2 || !bitpack_get(r, n - 1, BITPACK_IN_LINE, (uint64_t *)times + 1)) {
        return false;
    }
    uint64_t expected = step;
    for (size_t i = 1; i < n; i++) {
        uint64_t d = expected + (uint64_t)unzigzag((uint64_t)times[i]);
        times[i] = add(times[i - 1], d);
        expected = mode == MODE_DELTA2_1 ? d : expected;
    }
    return true;
}

/* ---- reading ---- */

static bool get_deltas(struct reader *r, size_t n, uint64_t step, wall_ms *times)
{
    if (n < 2 || !sequence_get(r, n - 1, (uint64_t *)times + 1)) {
        return false;
    }
    for (size_t i = 1; i < n; i++) {
        times[i] = add(times[i - 1], step + (uint64_t)unzigzag((uint64_t)times[i]));
    }
    return true;
}

static bool get_grid(struct reader *r, size_t n, wall_ms first, uint64_t slope, wall_ms *times)
{
    if (!sequence_get(r, n, (uint64_t *)times)) {
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        times[i] = (wall_ms)((uint64_t)times[i] + (uint64_t)on_grid(first, i, slope));
    }
    return true;
}

static bool get_gaps(struct reader *r, size_t n, wall_ms first, uint64_t slope, wall_ms *times)
{
    uint64_t jumps[SEQUENCE_MAX];
    if (n < 2 || n > SEQUENCE_MAX || !sequence_get(r, n - 1, jumps) ||
        !sequence_get(r, n, (uint64_t *)times)) {
        return false;
    }
    uint64_t k = 0;
    for (size_t i = 0; i < n; i++) {
        k += i > 0 ? jumps[i - 1] + 1 : 0;
        times[i] = (wall_ms)((uint64_t)times[i] + (uint64_t)on_grid(first, k, slope));
    }
    return true;
}

static bool rising(const wall_ms *times, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        if (times[i] <= times[i - 1]) {
            return false;
        }
    }
    return true;
}

bool times_get(struct reader *r, size_t n, wall_ms *times)
{
    uint8_t mode = read_byte(r);
    wall_ms first = read_zigzag(r);
    uint64_t parameter = read_varint(r);
    if (r->failed || n == 0) {
        return false;
    }
    times[0] = first;
    switch (mode) {
    case MODE_STEP:
        for (size_t i = 1; i < n; i++) {
            times[i] = add(times[i - 1], parameter);
        }
        return rising(times, n);
    case MODE_LINE:
        return get_line(r, n, first, parameter, times) && rising(times, n);
    case MODE_DELTA_1:
    case MODE_DELTA2_1:
        return get_deltas_1(r, n, (enum mode)mode, parameter, times) && rising(times, n);
    case MODE_GRID:
        return get_grid(r, n, first, parameter, times) && rising(times, n);
    case MODE_GAPS:
        return get_gaps(r, n, first, parameter, times) && rising(times, n);
    case MODE_DELTA:
        return get_deltas(r, n, parameter, times) && rising(times, n);
    default:
        return false;
    }
}
