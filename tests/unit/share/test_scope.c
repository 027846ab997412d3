/* SPDX-License-Identifier: Apache-2.0 */
/* What a link lets see of a dashboard, and what its own record says. */
#include "expect.h"
#include "share/share.h"

static bool sees(const struct share_scope *s, const char *device, const char *sensor)
{
    return share_scope_has(s, bytes_of_text(device), bytes_of_text(sensor));
}

static struct share_scope scope_of(const char *board, const char *devices)
{
    struct share_scope s;
    share_scope_init(&s, bytes_of_text(board), bytes_of_text(devices));
    return s;
}

static void the_series_of_widgets_are_seen_once_each(void **state)
{
    (void)state;
    struct share_scope s = scope_of(
        "{\"widgets\":[{\"series\":[\"b/x\",\"a%2Fc/y%20z\",\"b/x\"]},{\"series\":[\"b/w\"]},3]}",
        "[\"other\"]");
    assert_int_equal(s.count, 3);
    assert_int_equal(s.device_count, 2);
    assert_true(sees(&s, "b", "x") && sees(&s, "b", "w") && sees(&s, "a/c", "y z"));
    assert_false(sees(&s, "b", "y") || sees(&s, "a", "x") || sees(&s, "other", "x"));
    assert_false(share_scope_has_device(&s, BYTES("other")));
    assert_false(s.places);
    share_scope_fini(&s);
}

static void a_variable_stands_for_the_devices_that_were_named(void **state)
{
    (void)state;
    const char *board = "{\"variables\":[\"device\"],\"widgets\":[{\"type\":\"map\",\"series\":"
                        "[\"$device/x\",\"$tag/y\",\"$devices/z\"]},{\"plan\":\"hall\"}]}";
    struct share_scope s = scope_of(board, "[\"a\",\"b\"]");
    assert_int_equal(s.count, 2);
    assert_true(sees(&s, "a", "x") && sees(&s, "b", "x"));
    assert_true(s.places && share_scope_has_plan(&s, BYTES("hall")));
    share_scope_fini(&s);
    s = scope_of(board, "[]");
    assert_int_equal(s.count + s.device_count, 0);
    share_scope_fini(&s);
}

static void what_is_no_dashboard_shows_nothing(void **state)
{
    (void)state;
    static const char *const odd[] = {
        "",
        "[]",
        "{",
        "{\"widgets\":{}}",
        "{\"widgets\":[{\"series\":\"a/b\"}]}",
        "{\"widgets\":[{\"series\":[\"a\",\"/\",7,\"\\u0000/x\"]}]}",
    };
    for (size_t i = 0; i < ARRAY_LEN(odd); i++) {
        struct share_scope s = scope_of(odd[i], "{}");
        assert_int_equal(s.count + s.plan_count, 0);
        share_scope_fini(&s);
    }
}

static void more_series_than_the_limit_are_left_out_and_told(void **state)
{
    (void)state;
    struct buf board = {0};
    buf_put_text(&board, "{\"widgets\":[{\"series\":[");
    for (unsigned i = 0; i <= LIMIT_SHARE_SERIES; i++) {
        buf_printf(&board, "%s\"d/%u\"", i ? "," : "", i);
    }
    buf_put_text(&board, "]}]}");
    struct share_scope s;
    share_scope_init(&s, buf_bytes(&board), BYTES("[]"));
    assert_int_equal(s.count, LIMIT_SHARE_SERIES);
    assert_true(s.truncated);
    share_scope_fini(&s);
    buf_fini(&board);
}

static void a_share_is_of_one_dashboard_as_it_was_made(void **state)
{
    (void)state;
    struct share made = {.dashboard = "d", .hash = {7}, .made = 5, .expires = 9}, read;
    struct document board = {.kind = DOCUMENT_DASHBOARD, .id = BYTES("d"), .created = 5};
    struct buf body = {0};
    share_put(&body, &made);
    assert_int_equal(share_read(buf_bytes(&body), &read), OK);
    assert_int_equal(hash_difference(made.hash, read.hash), 0);
    assert_int_equal(read.expires, 9);
    assert_true(share_is_of(&read, &board));
    board.created = 6;
    assert_false(share_is_of(&read, &board));
    assert_false(share_is_of(&read, NULL));
    buf_fini(&body);
    static const char *const odd[] = {
        "",
        "{}",
        "{\"dashboard\":\"d\",\"made\":1,\"expiresAt\":2}",
        "{\"dashboard\":\"../"
        "d\",\"hash\":\"AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\",\"made\":1,"
        "\"expiresAt\":2}",
    };
    for (size_t i = 0; i < ARRAY_LEN(odd); i++) {
        assert_int_equal(share_read(bytes_of_text(odd[i]), &read), ERR_INVALID);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_series_of_widgets_are_seen_once_each),
        cmocka_unit_test(a_variable_stands_for_the_devices_that_were_named),
        cmocka_unit_test(what_is_no_dashboard_shows_nothing),
        cmocka_unit_test(more_series_than_the_limit_are_left_out_and_told),
        cmocka_unit_test(a_share_is_of_one_dashboard_as_it_was_made),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
