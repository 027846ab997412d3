/* SPDX-License-Identifier: Apache-2.0 */
/* The map against a naive model: an array of flags over a small universe of keys, driven by seeded
 * random programs of put, find and remove. A second run aims all keys at few buckets. */
#include "base/strmap.h"

#include "expect.h"

#define KEYS 400

struct universe {
    char text[KEYS][12];
    uint32_t present[KEYS];
};

static struct bytes key_of(const void *owner, uint32_t value)
{
    const struct universe *u = owner;
    return bytes_of_text(u->text[value]);
}

static void fill(struct universe *u)
{
    memset(u, 0, sizeof *u);
    for (unsigned i = 0; i < KEYS; i++) {
        (void)snprintf(u->text[i], sizeof u->text[i], "%s%u", i % 3 ? "device-" : "", i);
    }
}

static size_t model_count(const struct universe *u)
{
    size_t n = 0;
    for (unsigned i = 0; i < KEYS; i++) {
        n += u->present[i];
    }
    return n;
}

static void expect_same(const struct strmap *m, const struct universe *u)
{
    assert_int_equal(m->count, model_count(u));
    for (uint32_t i = 0; i < KEYS; i++) {
        assert_int_equal(strmap_find(m, key_of(u, i)), u->present[i] ? i : STRMAP_NONE);
    }
}

static void step(struct strmap *m, struct universe *u, uint64_t r)
{
    uint32_t value = (uint32_t)(r >> 16) % KEYS;
    if (r % 5 < 3) {
        if (!u->present[value]) {
            strmap_put(m, value);
            u->present[value] = 1;
        }
    } else {
        strmap_remove(m, key_of(u, value));
        u->present[value] = 0;
    }
}

static void random_programs_end_as_the_model_says(void **state)
{
    (void)state;
    uint64_t random = expect_seed();
    for (int program = 0; program < 40; program++) {
        struct universe u;
        fill(&u);
        struct strmap m;
        struct hash_key key = {expect_random(&random), expect_random(&random)};
        strmap_init(&m, key, key_of, &u);
        unsigned steps = (unsigned)(expect_random(&random) % 2000);
        for (unsigned i = 0; i < steps; i++) {
            step(&m, &u, expect_random(&random));
            if (i % 97 == 0) {
                expect_same(&m, &u);
            }
        }
        expect_same(&m, &u);
        strmap_fini(&m);
    }
}

static void an_empty_map_finds_and_removes_nothing(void **state)
{
    (void)state;
    struct universe u;
    fill(&u);
    struct strmap m;
    strmap_init(&m, (struct hash_key){1, 2}, key_of, &u);
    assert_int_equal(strmap_find(&m, BYTES("device-1")), STRMAP_NONE);
    strmap_remove(&m, BYTES("device-1"));
    strmap_fini(&m);
}

static void removing_from_long_runs_loses_no_neighbour(void **state)
{
    (void)state;
    struct universe u;
    fill(&u);
    struct strmap m;
    strmap_init(&m, (struct hash_key){3, 4}, key_of, &u);
    /* 11 of 16 slots: as full as it gets, so runs wrap around the end. */
    for (uint32_t first = 0; first + 11 < KEYS; first++) {
        for (uint32_t i = first; i < first + 11; i++) {
            strmap_put(&m, i);
        }
        assert_int_equal(m.cap, 16);
        for (uint32_t i = first; i < first + 11; i++) {
            strmap_remove(&m, key_of(&u, i));
            for (uint32_t j = first; j < first + 11; j++) {
                assert_int_equal(strmap_find(&m, key_of(&u, j)), j > i ? j : STRMAP_NONE);
            }
        }
    }
    strmap_fini(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_programs_end_as_the_model_says),
        cmocka_unit_test(an_empty_map_finds_and_removes_nothing),
        cmocka_unit_test(removing_from_long_runs_loses_no_neighbour),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
