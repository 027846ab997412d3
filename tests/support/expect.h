/* SPDX-License-Identifier: Apache-2.0 */
/* What every unit test needs: cmocka in the order it asks for, assertions over our own types, and a
 * random source whose seed is printed, so that a failure can be had again with TELLTALE_SEED. */
#ifndef TELLTALE_TESTS_EXPECT_H
#define TELLTALE_TESTS_EXPECT_H

#include "base/bytes.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define expect_ok(call)        assert_string_equal(err_name(call), "OK")
#define expect_err(code, call) assert_string_equal(err_name(call), #code)

/* The bytes of `got` are those of the string literal `want`. */
#define expect_bytes(got, want) expect_slices((got), BYTES(want))

static inline void expect_slices(struct bytes got, struct bytes want)
{
    assert_int_equal(got.len, want.len);
    if (want.len) {
        assert_memory_equal(got.ptr, want.ptr, want.len);
    }
}

/* The state of a test's own random source: TELLTALE_SEED, else a fixed number. */
static inline uint64_t expect_seed(void)
{
    const char *text = getenv("TELLTALE_SEED");
    uint64_t seed = text ? strtoull(text, NULL, 0) : 0;
    seed = seed ? seed : 0x9e3779b97f4a7c15u;
    printf("# seed %" PRIu64 "\n", seed);
    return seed;
}

/* The next number of a xorshift sequence. */
static inline uint64_t expect_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

#endif
