/* SPDX-License-Identifier: Apache-2.0 */
#include "store/compressible.h"

/* ---- single bytes ---- */

#define SYMBOLS 256

/* Counts in turns: equal bytes follow each other, and would wait for one counter. */
#define TURNS 4

/* Of many bytes every second turn is enough: fewer look more regular, if anything. */
#define MANY 1024

/* Returns how many were counted. */
static size_t count_bytes(const uint8_t *bytes, size_t n, float *counts)
{
    size_t step = n < MANY ? TURNS : 2 * TURNS;
    uint16_t by_turn[TURNS][SYMBOLS] = {{0}};
    size_t counted = 0;
    for (size_t i = 0; i + TURNS <= n; i += step) {
        for (size_t k = 0; k < TURNS; k++) {
            by_turn[k][bytes[i + k]]++;
        }
        counted += TURNS;
    }
    for (size_t k = 0; k < SYMBOLS; k++) {
        counts[k] = (float)(by_turn[0][k] + by_turn[1][k] + by_turn[2][k] + by_turn[3][k]);
    }
    return counted;
}

/* The exponent of the number, and a parabola over its fraction: wrong by less than 0.01. The
 * product with 0 is 0, as a sum of x * log2(x) needs it. */
static float log2_about(float x)
{
    int32_t bits;
    memcpy(&bits, &x, sizeof bits);
    int32_t fraction_bits = (bits & 0x7fffff) | 0x3f800000;
    float fraction;
    memcpy(&fraction, &fraction_bits, sizeof fraction);
    fraction -= 1.0F;
    return (float)((bits >> 23) - 127) + fraction * (1.3465F - 0.3465F * fraction);
}

/* Least bits of n >= TURNS bytes when each has a code of its own: their entropy. */
static float code_bits(const uint8_t *bytes, size_t n)
{
    float counts[SYMBOLS];
    float sums[TURNS] = {0};
    size_t counted = count_bytes(bytes, n, counts);
    for (size_t k = 0; k < SYMBOLS; k += TURNS) {
        for (size_t t = 0; t < TURNS; t++) {
            sums[t] += counts[k + t] * log2_about(counts[k + t]);
        }
    }
    float whole = (float)counted;
    float bits = whole * log2_about(whole) - (sums[0] + sums[1] + sums[2] + sums[3]);
    return bits * (float)n / whole;
}

/* ---- pieces ---- */

#define PIECE 8

/* Pieces at every eighth place are remembered by their hash, and one stretch in four is looked up
 * byte by byte: in a stretch that came before, one place in eight finds itself. */
#define STRETCH  16
#define LOOK     (4 * STRETCH)
#define SLOTS    1024
#define NO_PLACE UINT16_MAX

static uint64_t piece_at(const uint8_t *p)
{
    uint64_t piece;
    memcpy(&piece, p, sizeof piece);
    return piece;
}

static size_t slot_of(uint64_t piece)
{
    return (size_t)((piece * 0x9e3779b97f4a7c15u) >> 54);
}

/* Bytes that are part of pieces which came before, about. */
static size_t repeated(const uint8_t *bytes, size_t n)
{
    uint16_t places[SLOTS];
    memset(places, 0xff, sizeof places);
    size_t found = 0;
    for (size_t i = 0; i + STRETCH + PIECE <= n; i += STRETCH) {
        for (size_t k = i; k < i + STRETCH && i % LOOK == LOOK - STRETCH; k++) {
            uint64_t piece = piece_at(bytes + k);
            uint16_t place = places[slot_of(piece)];
            found += place != NO_PLACE && piece_at(bytes + place) == piece;
        }
        for (size_t k = i; k < i + STRETCH; k += PIECE) {
            places[slot_of(piece_at(bytes + k))] = (uint16_t)k;
        }
    }
    return found * PIECE * (LOOK / STRETCH);
}

/* What the estimates may be wrong by. */
#define DOUBT 0.98F

bool compressible(const uint8_t *bytes, size_t n, size_t most)
{
    ASSERT(n >= TURNS && n < NO_PLACE);
    return code_bits(bytes, n) * DOUBT < (float)most * 8 || repeated(bytes, n) > n / 16;
}
