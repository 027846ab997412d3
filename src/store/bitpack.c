/* SPDX-License-Identifier: Apache-2.0 */
#include "store/bitpack.h"

#define EXCEPTIONS_FLAG 0x80
#define EXCEPTIONS_MAX  127

static unsigned bit_length(uint64_t v)
{
    return v ? 64 - (unsigned)__builtin_clzll(v) : 0;
}

static uint64_t low_mask(unsigned width)
{
    return width >= 64 ? UINT64_MAX : ((uint64_t)1 << width) - 1;
}

/* How the values of a run are best cut into common width and exceptions. */
struct plan {
    unsigned width;
    unsigned exceptions;
    size_t bytes; /* of the run, its width byte included */
};

/* Values by their number of significant bits. */
struct lengths {
    uint8_t counts[65];
    unsigned longest;
};

static void measure(const uint64_t *values, size_t n, struct lengths *l)
{
    memset(l, 0, sizeof *l);
    for (size_t i = 0; i < n; i++) {
        unsigned b = bit_length(values[i]);
        l->counts[b]++;
        l->longest = b > l->longest ? b : l->longest;
    }
}

/* Tries every width from the widest value's down. An exception costs its index and a varint of the
 * bits above; one bit less makes exceptions of the values that are now too long (two bytes each),
 * and lengthens the varints of those whose bits above were a multiple of seven. */
static struct plan plan_run(const uint64_t *values, size_t n)
{
    struct lengths l;
    measure(values, n, &l);
    struct plan best = {l.longest, 0, 1 + (n * l.longest + 7) / 8};
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
            best = (struct plan){width, above, bytes};
        }
    }
    return best;
}

size_t bitpack_size(const uint64_t *values, size_t n)
{
    size_t bytes = 0;
    for (size_t i = 0; i < n; i += BITPACK_RUN) {
        bytes += plan_run(values + i, size_min(n - i, BITPACK_RUN)).bytes;
    }
    return bytes;
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

static uint8_t *put_exceptions(const uint64_t *values, size_t n, const struct plan *p, uint8_t *out)
{
    uint64_t mask = low_mask(p->width);
    *out++ = (uint8_t)p->exceptions;
    for (size_t i = 0; i < n; i++) {
        if (values[i] > mask) {
            *out++ = (uint8_t)i;
        }
    }
    for (size_t i = 0; i < n; i++) {
        if (values[i] > mask) {
            out = varint_put(out, values[i] >> p->width);
        }
    }
    return out;
}

uint8_t *bitpack_put(const uint64_t *values, size_t n, uint8_t *out)
{
    for (size_t i = 0; i < n; i += BITPACK_RUN) {
        size_t run = size_min(n - i, BITPACK_RUN);
        struct plan p = plan_run(values + i, run);
        *out++ = (uint8_t)(p.width | (p.exceptions ? EXCEPTIONS_FLAG : 0));
        if (p.width) {
            out = put_packed(values + i, run, p.width, out);
        }
        if (p.exceptions) {
            out = put_exceptions(values + i, run, &p, out);
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

static void get_run(struct reader *r, size_t n, uint64_t *values)
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
    if (width) {
        get_packed(packed, n, width, values);
    } else {
        memset(values, 0, n * sizeof *values);
    }
    if (head & EXCEPTIONS_FLAG) {
        get_exceptions(r, n, width, values);
    }
}

bool bitpack_get(struct reader *r, size_t n, uint64_t *values)
{
    for (size_t i = 0; i < n && !r->failed; i += BITPACK_RUN) {
        get_run(r, size_min(n - i, BITPACK_RUN), values + i);
    }
    return !r->failed;
}
