/* SPDX-License-Identifier: Apache-2.0 */
/* Bits, columns and blocks: what goes in comes out bit for bit, and damage is seen. */
#include "store/bitpack.h"
#include "store/block.h"
#include "store/crc32c.h"
#include "store/times.h"

#include "base/mem.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static uint64_t seed = 88172645463325252u;

#define T_BASE INT64_C(1763953200000)

static uint64_t random_u64(void)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed;
}

static uint64_t below(uint64_t n)
{
    return random_u64() % n;
}

/* ---- crc and bits ---- */

static void crc_is_that_of_the_published_check_value(void **state)
{
    (void)state;
    assert_int_equal(crc32c(BYTES("123456789")), 0xe3069283);
}

static void packed_integers_come_back_whatever_their_width(void **state)
{
    (void)state;
    static uint64_t in[1000];
    static uint64_t out[1000];
    static uint8_t bytes[1000 * 8 + 100];
    for (int round = 0; round < 2000; round++) {
        size_t n = 1 + below(round % 10 == 0 ? 1000 : 140);
        unsigned width = (unsigned)below(65);
        for (size_t i = 0; i < n; i++) {
            in[i] = width ? random_u64() >> (64 - width) : 0;
            if (below(20) == 0) {
                in[i] = random_u64() >> below(64);
            }
        }
        struct bitpack_plan plan;
        bitpack_plan(in, n, &plan);
        size_t written = (size_t)(bitpack_put(in, n, &plan, bytes) - bytes);
        assert_int_equal(plan.bytes, written);
        assert_true(written <= bitpack_bound(n));
        uint8_t *exact = mem_alloc(written);
        memcpy(exact, bytes, written);
        struct reader r = reader_of(bytes_of(exact, written));
        assert_true(bitpack_get(&r, n, BITPACK_IN_LANES, out));
        assert_int_equal(reader_left(&r), 0);
        assert_memory_equal(in, out, n * sizeof in[0]);
        r = reader_of(bytes_of(exact, below(written)));
        (void)bitpack_get(&r, n, BITPACK_IN_LANES, out);
        free(exact);
    }
}

static void check_sequence(const uint64_t *in, size_t n, struct sequence_scratch *scratch)
{
    static uint64_t out[SEQUENCE_MAX];
    static uint8_t bytes[SEQUENCE_MAX * 9 + 100];
    struct bitpack_plan plan;
    bitpack_plan(in, n, &plan);
    size_t written = (size_t)(sequence_put(in, n, &plan, scratch, bytes) - bytes);
    assert_true(written <= plan.bytes + 1);
    uint8_t *exact = mem_alloc(written);
    memcpy(exact, bytes, written);
    struct reader r = reader_of(bytes_of(exact, written));
    assert_true(sequence_get(&r, n, out));
    assert_int_equal(reader_left(&r), 0);
    assert_memory_equal(in, out, n * sizeof in[0]);
    exact[below(written)] ^= (uint8_t)(1u << below(8));
    r = reader_of(bytes_of(exact, written));
    (void)sequence_get(&r, n, out);
    free(exact);
}

/* Values that repeat or favour some numbers are compressed, whatever stands among them. */
static void sequences_of_every_kind_come_back(void **state)
{
    (void)state;
    static uint64_t in[SEQUENCE_MAX];
    struct sequence_scratch scratch = {0};
    size_t kinds[3] = {0};
    for (int round = 0; round < 600; round++) {
        size_t n = 1 + below(SEQUENCE_MAX);
        uint64_t favoured = 1 + below(6);
        uint64_t seldom = below(3);
        for (size_t i = 0; i < n; i++) {
            in[i] = round % 3 == 0 ? below(favoured) : round % 3 == 1 ? i % 50 * 700 : below(2000);
            if (seldom && below(100 * seldom) == 0) {
                in[i] = random_u64() >> below(64);
            }
        }
        check_sequence(in, n, &scratch);
        uint8_t first[SEQUENCE_MAX * 9 + 100];
        struct bitpack_plan plan;
        bitpack_plan(in, n, &plan);
        (void)sequence_put(in, n, &plan, &scratch, first);
        kinds[first[0]]++;
    }
    assert_true(kinds[0] > 10 && kinds[1] > 10 && kinds[2] > 10);
    sequence_scratch_fini(&scratch);
}

/* ---- columns ---- */

static void check_times(const wall_ms *times, size_t n)
{
    uint8_t *bytes = mem_alloc(times_bound(n));
    uint64_t *words = mem_zalloc(2 * n, sizeof *words);
    struct sequence_scratch sequence = {0};
    struct times_scratch scratch = {words, &sequence};
    wall_ms *back = mem_zalloc(n, sizeof *back);
    uint8_t *end = times_put(times, n, &scratch, bytes);
    assert_true((size_t)(end - bytes) <= times_bound(n));
    struct reader r = reader_of(bytes_of(bytes, (size_t)(end - bytes)));
    assert_true(times_get(&r, n, back));
    assert_memory_equal(times, back, n * sizeof *times);
    free(bytes);
    free(words);
    sequence_scratch_fini(&sequence);
    free(back);
}

static void times_of_every_kind_come_back(void **state)
{
    (void)state;
    static wall_ms times[2000];
    for (int round = 0; round < 500; round++) {
        size_t n = 1 + below(2000);
        wall_ms step = (wall_ms)(1 + (random_u64() >> (20 + below(43))));
        wall_ms t = (wall_ms)(random_u64() >> 3) - (INT64_C(1) << 60);
        size_t count = 0;
        for (size_t i = 0; i < n; i++) {
            wall_ms jitter = round % 3 ? (wall_ms)below((uint64_t)step) : 0;
            wall_ms next = t + step + jitter + (below(300) == 0 ? step * 50 : 0);
            if (next <= t) {
                break;
            }
            t = next;
            times[count++] = t;
        }
        if (count) {
            check_times(times, count);
        }
    }
    for (int round = 0; round < 200; round++) {
        size_t n = 2 + below(1900);
        wall_ms period = 1 + (wall_ms)below(100000);
        wall_ms k = 0;
        for (size_t i = 0; i < n; i++) {
            wall_ms jitter = (wall_ms)below((uint64_t)period);
            times[i] = T_BASE + k * period + k * (round % 7) / 3 + jitter / (1 + round % 9);
            k += below(40) == 0 ? 2 + (wall_ms)below(50) : 1 + (round % 2);
        }
        size_t rising = 1;
        while (rising < n && times[rising] > times[rising - 1]) {
            rising++;
        }
        check_times(times, rising);
    }
    wall_ms extremes[] = {INT64_MIN, -1, 0, 1, INT64_MAX};
    check_times(extremes, 5);
    check_times(extremes, 1);
}

static double random_value(int kind, size_t i)
{
    static const double special[] = {0.0, -0.0, 5e-324, -2.2e-308, 1.0 / 3, 1e300, 0.1, 1e15};
    switch (kind) {
    case 0:
        return (double)(int64_t)(below(2000) - 1000) / 10;
    case 1:
        return from_bits(random_u64());
    case 2:
        return 20.0 + (double)(int64_t)below(7) / 100 + (double)i / 1000;
    case 3:
        return special[below(ARRAY_LEN(special))];
    case 4:
        return (double)(i * 1000);
    case 5:
        return below(30) == 0 ? special[below(ARRAY_LEN(special))] : (double)below(100) / 4;
    case 6:
        return (double)(int64_t)random_u64();
    default:
        return 7.25;
    }
}

static void fill_columns(struct columns *c, size_t rows, size_t cols)
{
    columns_clear(c);
    columns_reserve(c, rows);
    wall_ms t = 1763953200000;
    for (size_t row = 0; row < rows; row++) {
        t += 9987 + (wall_ms)below(27);
        (void)columns_add_row(c, t);
    }
    for (size_t i = 0; i < cols; i++) {
        uint32_t series = (uint32_t)((cols - i) * 3 + below(3));
        struct column *col = columns_find_or_add(c, series);
        int kind = (int)below(9);
        uint64_t gaps = below(4);
        for (size_t row = 0; row < rows; row++) {
            bool present = gaps == 0   ? true
                           : gaps == 1 ? below(3) > 0
                           : gaps == 2 ? row / 50 % 2 == 0
                                       : row % 7 == 0;
            if (present || i == 0) {
                column_set(col, row, random_value(kind, row));
            }
        }
    }
}

static void assert_same(const struct columns *a, const struct columns *b)
{
    assert_int_equal(a->rows, b->rows);
    assert_memory_equal(a->times, b->times, a->rows * sizeof(wall_ms));
    assert_int_equal(columns_cells(a), columns_cells(b));
    for (size_t i = 0; i < a->count; i++) {
        const struct column *x = &a->cols[i];
        const struct column *y = NULL;
        for (size_t k = 0; k < b->count; k++) {
            y = b->cols[k].series == x->series ? &b->cols[k] : y;
        }
        for (size_t row = 0; row < a->rows; row++) {
            if (column_has(x, row)) {
                assert_non_null(y);
                assert_true(column_has(y, row));
                assert_true(bits_of(x->values[row]) == bits_of(y->values[row]));
            }
        }
    }
}

static void a_block_gives_back_every_double_bit_for_bit(void **state)
{
    (void)state;
    struct columns in = {0};
    struct columns out = {0};
    struct block_scratch scratch = {0};
    struct buf bytes = {0};
    for (int round = 0; round < 300; round++) {
        fill_columns(&in, 1 + below(round % 10 == 0 ? 3000 : 200), 1 + below(8));
        buf_clear(&bytes);
        block_encode(&in, 0, in.rows, &scratch, &bytes);
        struct block_view view;
        assert_int_equal(block_open(buf_bytes(&bytes), &view), OK);
        columns_clear(&out);
        assert_int_equal(block_decode(&view, &out), OK);
        assert_same(&in, &out);
    }
    columns_fini(&in);
    columns_fini(&out);
    block_scratch_fini(&scratch);
    buf_fini(&bytes);
}

static void check_stats(const struct columns *c, const struct block_view *view)
{
    for (size_t i = 0; i < c->count; i++) {
        const struct column *col = &c->cols[i];
        struct stats s;
        double min = INFINITY, max = -INFINITY, last = 0;
        long double sum = 0;
        uint64_t n = 0;
        for (size_t row = 0; row < c->rows; row++) {
            if (column_has(col, row)) {
                last = col->values[row];
                min = last < min ? last : min;
                max = last > max ? last : max;
                sum += (long double)last;
                n++;
            }
        }
        if (n == 0) {
            assert_int_equal(block_stats(view, col->series, &s), ERR_NOT_FOUND);
            continue;
        }
        assert_int_equal(block_stats(view, col->series, &s), OK);
        if (s.known) {
            assert_true(s.n == n && s.min == min && s.max == max && s.last == last);
            assert_true(fabs(s.sum - (double)sum) <= 1e-9 * fabs((double)sum) + 1e-9);
        }
        assert_true(s.known == (c->rows >= 64 && isfinite((double)sum)));
    }
}

static void a_block_says_what_its_columns_hold(void **state)
{
    (void)state;
    struct columns in = {0};
    struct block_scratch scratch = {0};
    struct buf bytes = {0};
    for (int round = 0; round < 200; round++) {
        fill_columns(&in, 1 + below(1000), 1 + below(6));
        buf_clear(&bytes);
        block_encode(&in, 0, in.rows, &scratch, &bytes);
        struct block_view view;
        assert_int_equal(block_open(buf_bytes(&bytes), &view), OK);
        check_stats(&in, &view);
    }
    columns_fini(&in);
    block_scratch_fini(&scratch);
    buf_fini(&bytes);
}

static void a_part_of_the_rows_makes_a_block_of_its_own(void **state)
{
    (void)state;
    struct columns in = {0};
    struct columns out = {0};
    struct columns part = {0};
    struct block_scratch scratch = {0};
    struct buf bytes = {0};
    fill_columns(&in, 500, 3);
    block_encode(&in, 130, 333, &scratch, &bytes);
    struct block_view view;
    assert_int_equal(block_open(buf_bytes(&bytes), &view), OK);
    assert_int_equal(block_decode(&view, &out), OK);
    columns_copy(&in, 130, 333, &part);
    assert_same(&part, &out);
    assert_int_equal(columns_cells_of(&in, 130, 333), columns_cells(&out));
    columns_fini(&in);
    columns_fini(&out);
    columns_fini(&part);
    block_scratch_fini(&scratch);
    buf_fini(&bytes);
}

static void a_changed_bit_anywhere_in_a_block_is_seen(void **state)
{
    (void)state;
    struct columns in = {0};
    struct block_scratch scratch = {0};
    struct buf bytes = {0};
    fill_columns(&in, 100, 3);
    block_encode(&in, 0, in.rows, &scratch, &bytes);
    struct block_view view;
    for (size_t i = 0; i < bytes.len; i++) {
        bytes.ptr[i] ^= (uint8_t)(1u << (i % 8));
        assert_int_equal(block_open(buf_bytes(&bytes), &view), ERR_CORRUPT);
        bytes.ptr[i] ^= (uint8_t)(1u << (i % 8));
        assert_int_equal(block_open(bytes_of(bytes.ptr, i), &view), ERR_CORRUPT);
    }
    columns_fini(&in);
    block_scratch_fini(&scratch);
    buf_fini(&bytes);
}

static void a_damaged_block_without_its_checksum_never_reads_beyond_itself(void **state)
{
    (void)state;
    struct columns in = {0};
    struct columns out = {0};
    struct block_scratch scratch = {0};
    struct buf bytes = {0};
    for (int round = 0; round < 3000; round++) {
        if (round % 50 == 0) {
            fill_columns(&in, 1 + below(120), 1 + below(4));
        }
        buf_clear(&bytes);
        block_encode(&in, 0, in.rows, &scratch, &bytes);
        size_t len = bytes.len - 4;
        uint8_t *copy = mem_alloc(len);
        memcpy(copy, bytes.ptr, len);
        for (size_t i = 0; i <= below(4); i++) {
            copy[below(len)] = (uint8_t)random_u64();
        }
        struct block_view view;
        columns_clear(&out);
        if (block_parse(bytes_of(copy, len), &view) == OK) {
            enum err e = block_decode(&view, &out);
            assert_true(e == OK || e == ERR_CORRUPT);
        }
        free(copy);
    }
    columns_fini(&in);
    columns_fini(&out);
    block_scratch_fini(&scratch);
    buf_fini(&bytes);
}

static void rows_of_one_time_are_joined_and_the_later_value_wins(void **state)
{
    (void)state;
    struct columns c = {0};
    struct columns spare = {0};
    columns_reserve(&c, 8);
    static const wall_ms times[] = {50, 10, 50, 30, 10};
    for (size_t i = 0; i < 5; i++) {
        size_t row = columns_add_row(&c, times[i]);
        column_set(columns_find_or_add(&c, i % 2 ? 7 : 3), row, (double)i);
    }
    columns_sort(&c, &spare);
    assert_int_equal(c.rows, 3);
    assert_int_equal(columns_cells(&c), 4);
    const struct column *three = columns_find_or_add(&c, 3);
    const struct column *seven = columns_find_or_add(&c, 7);
    assert_true(three->values[2] == 2.0);
    assert_true(three->values[0] == 4.0);
    assert_true(seven->values[0] == 1.0);
    columns_fini(&c);
    columns_fini(&spare);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(crc_is_that_of_the_published_check_value),
        cmocka_unit_test(packed_integers_come_back_whatever_their_width),
        cmocka_unit_test(sequences_of_every_kind_come_back),
        cmocka_unit_test(times_of_every_kind_come_back),
        cmocka_unit_test(a_block_gives_back_every_double_bit_for_bit),
        cmocka_unit_test(a_block_says_what_its_columns_hold),
        cmocka_unit_test(a_part_of_the_rows_makes_a_block_of_its_own),
        cmocka_unit_test(a_changed_bit_anywhere_in_a_block_is_seen),
        cmocka_unit_test(a_damaged_block_without_its_checksum_never_reads_beyond_itself),
        cmocka_unit_test(rows_of_one_time_are_joined_and_the_later_value_wins),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
