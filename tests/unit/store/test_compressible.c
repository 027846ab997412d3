/* SPDX-License-Identifier: Apache-2.0 */
/* What zstd would make smaller is never kept from it, and noise is. */
#include "store/compressible.h"

#include <zstd.h>

#include "../../support/expect.h"

#define BYTES_MAX 8192

static uint64_t seed;

static size_t below(size_t n)
{
    return (size_t)(expect_random(&seed) % n);
}

/* Without the magic bytes, as sequence.c counts. */
static size_t zstd_bytes(const uint8_t *bytes, size_t n)
{
    static uint8_t out[2 * BYTES_MAX];
    size_t got = ZSTD_compress(out, sizeof out, bytes, n, 1);
    assert_false(ZSTD_isError(got));
    return got - 4;
}

/* A random number of symbols, some of them favoured, in a random order or as pieces that return. */
static void fill(uint8_t *bytes, size_t n)
{
    size_t symbols = 1 + below(256);
    size_t favoured = 1 + below(symbols);
    size_t period = below(2) ? 16 + below(1000) : n;
    for (size_t i = 0; i < n; i++) {
        size_t of = below(3) ? favoured : symbols;
        bytes[i] = i < period ? (uint8_t)below(of) : bytes[i - period];
    }
}

static void what_zstd_would_shrink_is_never_kept_from_it(void **state)
{
    (void)state;
    static uint8_t bytes[BYTES_MAX];
    size_t shrunk = 0, refused = 0;
    for (int round = 0; round < 4000; round++) {
        size_t n = 192 + below(BYTES_MAX - 192);
        fill(bytes, n);
        size_t most = n * (40 + below(55)) / 100;
        bool shrinks = zstd_bytes(bytes, n) <= most;
        bool promised = compressible(bytes, n, most);
        assert_true(promised || !shrinks);
        shrunk += shrinks;
        refused += !promised;
    }
    assert_true(shrunk > 1000 && refused > 300);
}

static void noise_is_not_compressible(void **state)
{
    (void)state;
    static uint8_t bytes[BYTES_MAX];
    for (size_t n = 512; n <= BYTES_MAX; n += 500) {
        for (size_t i = 0; i < n; i++) {
            bytes[i] = (uint8_t)below(256);
        }
        assert_false(compressible(bytes, n, n - n / 10));
    }
}

int main(void)
{
    seed = expect_seed();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_zstd_would_shrink_is_never_kept_from_it),
        cmocka_unit_test(noise_is_not_compressible),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
