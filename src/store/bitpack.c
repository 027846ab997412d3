/* SPDX-License-Identifier: Apache-2.0 */
#include "store/bitpack.h"

#define EXCEPTIONS_FLAG 0x80
#define EXCEPTIONS_MAX  127

#define LANES      4
#define LANE_STEPS (BITPACK_RUN / LANES)
#define LANE_BITS  32

static unsigned bit_length(uint64_t v)
{
    return v ? 64 - (unsigned)__builtin_clzll(v) : 0;
}

static uint64_t low_mask(unsigned width)
{
    return width >= 64 ? UINT64_MAX : ((uint64_t)1 << width) - 1;
}

/* How the values of a run are best cut into common width and exceptions. */
struct run_plan {
    unsigned width;
    unsigned exceptions;
    unsigned longest; /* bits of its longest value */
    size_t bytes;     /* of the run, its width byte included */
};

/* Values by their number of significant bits. */
struct lengths {
    uint8_t counts[65];
    unsigned longest;
};

/* Counts in turns: values of one length follow each other, and would wait for one counter. */
#define TURNS 4

static void measure_wide(const uint64_t *values, size_t n, struct lengths *l)
{
    uint8_t counts[TURNS][65] = {{0}};
    size_t i = 0;
    for (; i + TURNS <= n; i += TURNS) {
        for (size_t k = 0; k < TURNS; k++) {
            counts[k][bit_length(values[i + k])]++;
        }
    }
    for (; i < n; i++) {
        counts[0][bit_length(values[i])]++;
    }
    for (unsigned k = 0; k <= l->longest; k++) {
        l->counts[k] = (uint8_t)(counts[0][k] + counts[1][k] + counts[2][k] + counts[3][k]);
    }
}

/* Values of fewer bits than this are counted as signed words of 16 bits, eight at once. */
#define NARROW_BITS 16

static unsigned count_above(const int16_t *values, int16_t most)
{
    int16_t above = 0;
    for (size_t i = 0; i < BITPACK_RUN; i++) {
        above = (int16_t)(above + (values[i] > most));
    }
    return (unsigned)above;
}

/* What lacks to a full run counts as zeros, whose number nobody asks for. */
static void measure_narrow(const uint64_t *values, size_t n, struct lengths *l)
{
    uint64_t padded[BITPACK_RUN];
    int16_t narrow[BITPACK_RUN];
    if (n < BITPACK_RUN) {
        memcpy(padded, values, n * sizeof *values);
        memset(padded + n, 0, (BITPACK_RUN - n) * sizeof *values);
        values = padded;
    }
    for (size_t i = 0; i < BITPACK_RUN; i++) {
        narrow[i] = (int16_t)values[i];
    }
    unsigned above = 0;
    for (unsigned k = l->longest; k > 0; k--) {
        unsigned more = count_above(narrow, (int16_t)low_mask(k - 1));
        l->counts[k] = (uint8_t)(more - above);
        above = more;
    }
}

static uint64_t any_bits(const uint64_t *values, size_t n)
{
    uint64_t all[2] = {0, 0};
    size_t i = 0;
    for (; i + 2 <= n; i += 2) {
        all[0] |= values[i];
        all[1] |= values[i + 1];
    }
    return all[0] | all[1] | (i < n ? values[i] : 0);
}

static void measure(const uint64_t *values, size_t n, struct lengths *l)
{
    l->longest = bit_length(any_bits(values, n));
    if (l->longest < NARROW_BITS) {
        measure_narrow(values, n, l);
    } else {
        measure_wide(values, n, l);
    }
}

/* Tries every width from the widest value's down. An exception costs its index and a varint of the
 * bits above; one bit less makes exceptions of the values that are now too long (two bytes each),
 * and lengthens the varints of those whose bits above were a multiple of seven. */
static struct run_plan plan_run(const uint64_t *values, size_t n)
{
    struct lengths l;
    measure(values, n, &l);
    struct run_plan best = {l.longest, 0, l.longest, 1 + (n * l.longest + 7) / 8};
    unsigned above = 0;
    size_t cost = 1; /* the count */
    for (unsigned width = l.longest; width-- > 0;) {
        above += l.counts[width + 1];
        cost += 2 * (size_t)l.counts[width + 1];
        for (unsigned b = width + 8; b <= l.longest; b += 7) {
            cost += l.counts[b];
        }
        if (above > EXCEPTIONS_MAX || cost >= best.bytes) {
            break;
        }
        size_t bytes = 1 + (n * width + 7) / 8 + cost;
        if (bytes < best.bytes) {
            best = (struct run_plan){width, above, l.longest, bytes};
        }
    }
    return best;
}

void bitpack_plan(const uint64_t *values, size_t n, struct bitpack_plan *plan)
{
    ASSERT(n <= BITPACK_VALUES_MAX);
    plan->bytes = 0;
    plan->longest = 0;
    for (size_t i = 0; i < n; i += BITPACK_RUN) {
        struct run_plan p = plan_run(values + i, size_min(n - i, BITPACK_RUN));
        plan->runs[i / BITPACK_RUN].width = (uint8_t)p.width;
        plan->runs[i / BITPACK_RUN].exceptions = (uint8_t)p.exceptions;
        plan->bytes += p.bytes;
        plan->longest = p.longest > plan->longest ? p.longest : plan->longest;
    }
}

/* Packs through words on the stack, so that `out` needs no slack. */
static uint8_t *put_packed(const uint64_t *values, size_t n, unsigned width, uint8_t *out)
{
    uint64_t words[BITPACK_RUN + 1];
    uint64_t word = 0;
    unsigned used = 0;
    size_t at = 0;
    uint64_t mask = low_mask(width);
    for (size_t i = 0; i < n; i++) {
        uint64_t v = values[i] & mask;
        word |= v << used;
        used += width;
        if (used >= 64) {
            words[at++] = word;
            used -= 64;
            word = used ? v >> (width - used) : 0;
        }
    }
    words[at] = word;
    size_t bytes = (n * width + 7) / 8;
    memcpy(out, words, bytes);
    return out + bytes;
}

static bool goes_in_lanes(size_t n, unsigned width)
{
    return n == BITPACK_RUN && width >= 1 && width <= LANE_BITS;
}

static uint8_t *put_lanes(const uint64_t *values, unsigned width, uint8_t *out)
{
    uint32_t words[LANE_BITS + 1][LANES] = {{0}};
    uint32_t mask = (uint32_t)low_mask(width);
    for (unsigned k = 0; k < LANE_STEPS; k++) {
        unsigned shift = k * width % LANE_BITS;
        uint32_t *low = words[k * width / LANE_BITS];
        uint32_t *high = low + LANES;
        for (unsigned l = 0; l < LANES; l++) {
            uint32_t v = (uint32_t)values[k * LANES + l] & mask;
            low[l] |= v << shift;
            high[l] |= v >> 1 >> (LANE_BITS - 1 - shift);
        }
    }
    for (size_t i = 0; i < (size_t)width * LANES; i++) {
        le32_store(out + i * 4, words[i / LANES][i % LANES]);
    }
    return out + (size_t)width * LANES * 4;
}

static uint8_t *put_exceptions(const uint64_t *values, size_t n, unsigned width, uint8_t *out)
{
    uint64_t mask = low_mask(width);
    for (size_t i = 0; i < n; i++) {
        if (values[i] > mask) {
            *out++ = (uint8_t)i;
        }
    }
    for (size_t i = 0; i < n; i++) {
        if (values[i] > mask) {
            out = varint_put(out, values[i] >> width);
        }
    }
    return out;
}

uint8_t *bitpack_put(const uint64_t *values, size_t n, const struct bitpack_plan *plan,
                     uint8_t *out)
{
    for (size_t i = 0; i < n; i += BITPACK_RUN) {
        size_t run = size_min(n - i, BITPACK_RUN);
        unsigned width = plan->runs[i / BITPACK_RUN].width;
        uint8_t exceptions = plan->runs[i / BITPACK_RUN].exceptions;
        *out++ = (uint8_t)(width | (exceptions ? EXCEPTIONS_FLAG : 0));
        if (goes_in_lanes(run, width)) {
            out = put_lanes(values + i, width, out);
        } else if (width) {
            out = put_packed(values + i, run, width, out);
        }
        if (exceptions) {
            *out++ = exceptions;
            out = put_exceptions(values + i, run, width, out);
        }
    }
    return out;
}

/* Unpacks by unaligned words from a padded copy, so that no load leaves the input. */
static void get_packed(const uint8_t *in, size_t n, unsigned width, uint64_t *values)
{
    uint8_t padded[BITPACK_RUN * 8 + 16];
    size_t bytes = (n * width + 7) / 8;
    memcpy(padded, in, bytes);
    memset(padded + bytes, 0, 16);
    uint64_t mask = low_mask(width);
    size_t bit = 0;
    if (width <= 56) {
        for (size_t i = 0; i < n; i++, bit += width) {
            values[i] = (le64_load(padded + bit / 8) >> (bit % 8)) & mask;
        }
        return;
    }
    for (size_t i = 0; i < n; i++, bit += width) {
        uint64_t low = le64_load(padded + bit / 8) >> (bit % 8);
        uint64_t high = bit % 8 ? (uint64_t)padded[bit / 8 + 8] << (64 - bit % 8) : 0;
        values[i] = (low | high) & mask;
    }
}

/* The loads of a step may reach one row too far, so the words stand in a longer place. */
static void get_lanes(const uint8_t *in, unsigned width, uint64_t *values)
{
    uint32_t words[LANE_BITS + 1][LANES];
    uint32_t mask = (uint32_t)low_mask(width);
    for (size_t i = 0; i < (size_t)width * LANES; i++) {
        words[i / LANES][i % LANES] = le32_load(in + i * 4);
    }
    memset(words[width], 0, sizeof words[width]);
    for (unsigned k = 0; k < LANE_STEPS; k++) {
        unsigned shift = k * width % LANE_BITS;
        const uint32_t *low = words[k * width / LANE_BITS];
        const uint32_t *high = low + LANES;
        for (unsigned l = 0; l < LANES; l++) {
            uint32_t v = low[l] >> shift | high[l] << 1 << (LANE_BITS - 1 - shift);
            values[k * LANES + l] = v & mask;
        }
    }
}

static void get_exceptions(struct reader *r, size_t n, unsigned width, uint64_t *values)
{
    size_t count = read_byte(r);
    const uint8_t *index = read_span(r, count);
    for (size_t i = 0; i < count && !r->failed; i++) {
        uint64_t high = read_varint(r);
        if (index[i] >= n || width >= 64 || high > UINT64_MAX >> width) {
            r->failed = true;
        } else {
            values[index[i]] |= high << width;
        }
    }
}

static void get_run(struct reader *r, size_t n, enum bitpack_layout layout, uint64_t *values)
{
    uint8_t head = read_byte(r);
    unsigned width = head & 0x7f;
    if (width > 64) {
        r->failed = true;
        return;
    }
    const uint8_t *packed = read_span(r, (n * width + 7) / 8);
    if (!packed) {
        return;
    }
    if (layout == BITPACK_IN_LANES && goes_in_lanes(n, width)) {
        get_lanes(packed, width, values);
    } else if (width) {
        get_packed(packed, n, width, values);
    } else {
        memset(values, 0, n * sizeof *values);
    }
    if (head & EXCEPTIONS_FLAG) {
        get_exceptions(r, n, width, values);
    }
}

bool bitpack_get(struct reader *r, size_t n, enum bitpack_layout layout, uint64_t *values)
{
    for (size_t i = 0; i < n && !r->failed; i += BITPACK_RUN) {
        get_run(r, size_min(n - i, BITPACK_RUN), layout, values + i);
    }
    return !r->failed;
}
