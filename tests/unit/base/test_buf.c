/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"

#include "base/frame.h"
#include "base/mem.h"
#include "expect.h"

static void buffer_holds_what_was_put_in_order(void **state)
{
    (void)state;
    struct buf b = {0};
    buf_put_text(&b, "seq ");
    buf_printf(&b, "%d.%s", 42, "x");
    buf_put_byte(&b, '!');
    buf_put(&b, NULL, 0);
    buf_put_bytes(&b, BYTES("\0\1"));
    expect_bytes(buf_bytes(&b), "seq 42.x!\0\1");
    buf_fini(&b);
    assert_int_equal(buf_bytes(&b).len, 0);
}

static void cleared_buffer_keeps_its_memory(void **state)
{
    (void)state;
    struct buf b = {0};
    for (int i = 0; i < 1000; i++) {
        buf_put_byte(&b, (uint8_t)i);
    }
    const uint8_t *before = b.ptr;
    size_t cap = b.cap;
    buf_clear(&b);
    for (int i = 0; i < 1000; i++) {
        buf_put_byte(&b, 7);
    }
    assert_ptr_equal(b.ptr, before);
    assert_int_equal(b.cap, cap);
    buf_fini(&b);
}

static void reserve_makes_room_and_adds_nothing(void **state)
{
    (void)state;
    struct buf b = {0};
    buf_put_text(&b, "ab");
    uint8_t *at = buf_reserve(&b, 5000);
    assert_ptr_equal(at, b.ptr + 2);
    assert_int_equal(b.len, 2);
    assert_true(b.cap - b.len >= 5000);
    buf_fini(&b);
}

static void printing_grows_beyond_the_first_guess(void **state)
{
    (void)state;
    struct buf b = {0};
    buf_printf(&b, "%0*d", 3000, 1);
    assert_int_equal(b.len, 3000);
    assert_int_equal(b.ptr[2999], '1');
    buf_fini(&b);
}

static void frame_shows_its_payload_without_its_head(void **state)
{
    (void)state;
    struct frame *f = frame_of(BYTES("\x81\x02"), BYTES("hi"));
    struct frame *again = frame_hold(f);
    expect_bytes(frame_payload(f), "hi");
    expect_bytes(bytes_of(f->data, f->len), "\x81\x02hi");
    frame_release(f);
    expect_bytes(frame_payload(again), "hi");
    frame_release(again);
    frame_release(NULL);
}

static void growing_array_keeps_its_elements(void **state)
{
    (void)state;
    uint32_t *array = NULL;
    size_t cap = 0;
    for (uint32_t i = 0; i < 1000; i++) {
        array = mem_grow(array, i, &cap, sizeof *array);
        array[i] = i;
    }
    for (uint32_t i = 0; i < 1000; i++) {
        assert_int_equal(array[i], i);
    }
    assert_true(cap >= 1000 && cap < 2100);
    free(array);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(buffer_holds_what_was_put_in_order),
        cmocka_unit_test(cleared_buffer_keeps_its_memory),
        cmocka_unit_test(reserve_makes_room_and_adds_nothing),
        cmocka_unit_test(printing_grows_beyond_the_first_guess),
        cmocka_unit_test(frame_shows_its_payload_without_its_head),
        cmocka_unit_test(growing_array_keeps_its_elements),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
