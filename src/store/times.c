/* SPDX-License-Identifier: Apache-2.0 */
#include "store/times.h"

#include "store/bitpack.h"

enum mode {
    MODE_STEP,
    MODE_LINE,
    MODE_DELTA,
    MODE_DELTA2,
};

/* Beyond this span the line's arithmetic could overflow; real blocks stay far below. */
#define LINE_SPAN_MAX ((uint64_t)1 << 50)

#define MEDIAN_SAMPLES 33

size_t times_bound(size_t n)
{
    return 1 + 2 * VARINT_MAX_BYTES + bitpack_bound(n);
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

/* Fills `out` with the residuals of a mode and returns how many there are. */
static size_t residuals(enum mode mode, const wall_ms *times, size_t n, uint64_t parameter,
                        uint64_t *out)
{
    if (mode == MODE_LINE) {
        for (size_t i = 0; i < n; i++) {
            uint64_t d = distance(times[0], times[i]);
            out[i] = zigzag((int64_t)(d - on_line(parameter, i, n)));
        }
        return n;
    }
    uint64_t expected = parameter;
    for (size_t i = 1; i < n; i++) {
        uint64_t d = distance(times[i - 1], times[i]);
        out[i - 1] = zigzag((int64_t)(d - expected));
        expected = mode == MODE_DELTA2 ? d : expected;
    }
    return n - 1;
}

struct choice {
    enum mode mode;
    uint64_t parameter;
    size_t bytes;
};

static struct choice choose(const wall_ms *times, size_t n, uint64_t *scratch)
{
    uint64_t span = distance(times[0], times[n - 1]);
    uint64_t usual = usual_distance(times, n);
    struct choice options[] = {
        {MODE_LINE, span, 0},
        {MODE_DELTA, usual, 0},
        {MODE_DELTA2, usual, 0},
    };
    struct choice best = {MODE_DELTA, usual, SIZE_MAX};
    for (size_t i = 0; i < ARRAY_LEN(options); i++) {
        if (options[i].mode == MODE_LINE && span >= LINE_SPAN_MAX) {
            continue;
        }
        size_t count = residuals(options[i].mode, times, n, options[i].parameter, scratch);
        options[i].bytes = bitpack_size(scratch, count);
        if (options[i].bytes < best.bytes) {
            best = options[i];
        }
    }
    return best;
}

uint8_t *times_put(const wall_ms *times, size_t n, uint64_t *scratch, uint8_t *out)
{
    ASSERT(n > 0);
    if (n == 1 || is_regular(times, n)) {
        *out++ = MODE_STEP;
        out = varint_put(out, zigzag(times[0]));
        return varint_put(out, n > 1 ? distance(times[0], times[1]) : 0);
    }
    struct choice c = choose(times, n, scratch);
    *out++ = (uint8_t)c.mode;
    out = varint_put(out, zigzag(times[0]));
    out = varint_put(out, c.parameter);
    size_t count = residuals(c.mode, times, n, c.parameter, scratch);
    return bitpack_put(scratch, count, out);
}

/* Residuals are unpacked into the place of the times, one word each. */
static bool get_line(struct reader *r, size_t n, wall_ms first, uint64_t span, wall_ms *times)
{
    if (n < 2 || span >= LINE_SPAN_MAX || !bitpack_get(r, n, (uint64_t *)times)) {
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        times[i] = add(first, on_line(span, i, n) + (uint64_t)unzigzag((uint64_t)times[i]));
    }
    return true;
}

static bool get_deltas(struct reader *r, size_t n, enum mode mode, uint64_t step, wall_ms *times)
{
    if (n < 2 || !bitpack_get(r, n - 1, (uint64_t *)times + 1)) {
        return false;
    }
    uint64_t expected = step;
    for (size_t i = 1; i < n; i++) {
        uint64_t d = expected + (uint64_t)unzigzag((uint64_t)times[i]);
        times[i] = add(times[i - 1], d);
        expected = mode == MODE_DELTA2 ? d : expected;
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
    case MODE_DELTA:
    case MODE_DELTA2:
        return get_deltas(r, n, (enum mode)mode, parameter, times) && rising(times, n);
    default:
        return false;
    }
}
