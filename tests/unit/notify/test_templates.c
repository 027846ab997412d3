/* SPDX-License-Identifier: Apache-2.0 */
/* What templates make: JSON, whatever devices are called. And the texts of mails and pushes. */
#include "notify_world.h"

static struct notify_message message_of(struct notify_alert *alerts, size_t count)
{
    return (struct notify_message){
        .alerts = alerts, .count = count, .now = WORLD_BEGIN, .public_url = "https://t.example"};
}

static void renders(const char *template, const struct notify_message *m, const char *want)
{
    struct document_fault fault = {0};
    struct buf out = {0};
    struct bytes params = BYTES("{\"key\":\"k\\\"1\"}");
    if (notify_template_check(bytes_of_text(template), params, &fault) != OK) {
        fail_msg("%s: %s", template, fault.message);
    }
    notify_template_render(bytes_of_text(template), params, m, &out);
    expect_slices(buf_bytes(&out), bytes_of_text(want));
    buf_fini(&out);
}

static void values_stand_where_their_names_are(void **state)
{
    (void)state;
    struct notify_alert a[2] = {world_alert("a1", SEVERITY_WARNING, ALERT_STATE_FIRING),
                                world_alert("a2", SEVERITY_CRITICAL, ALERT_STATE_RESOLVED)};
    struct notify_message one = message_of(a, 1), two = message_of(a, 2);
    a[0].device_name = BYTES("Boiler \"1\"\n</script>");
    renders("{\"a\":\"x {{device_name}} y\"}", &one,
            "{\"a\":\"x Boiler \\\"1\\\"\\n</script> y\"}");
    renders("{\"a\":\"{{value}}\",\"b\":\"v={{value}}\",\"c\":\"{{ended}}\",\"d\":\"{{ended}}!\"}",
            &one, "{\"a\":92.5,\"b\":\"v=92.5\",\"c\":null,\"d\":\"!\"}");
    renders("{\"a\":\"{{device:4}}\",\"b\":[1,true,null,\"{{ rule }}\"]}", &one,
            "{\"a\":\"boil\",\"b\":[1,true,null,\"r1\"]}");
    renders("{\"a\":\"{{param.key}}\"}", &one, "{\"a\":\"k\\\"1\"}");
    renders("{\"{{not a key}}\":\"{{started}}\"}", &one,
            "{\"{{not a key}}\":\"2025-11-24T03:00:00Z\"}");
    renders(
        "{\"$each\":{\"id\":\"{{id}}\",\"s\":\"{{state}} {{severity}}\"}}", &two,
        "[{\"id\":\"a1\",\"s\":\"firing warning\"},{\"id\":\"a2\",\"s\":\"resolved critical\"}]");
    renders("{\"s\":\"{{state}} {{severity}} {{count}}\"}", &two, "{\"s\":\"firing critical 2\"}");
    renders("{\"c\":{\"$case\":\"{{state}}\",\"firing\":5,\"else\":1}}", &one, "{\"c\":5}");
    renders("{\"c\":{\"$case\":\"{{severity}}\",\"x\":5,\"else\":{\"t\":\"{{title}}\"}}}", &two,
            "{\"c\":{\"t\":\"2 alerts, 1 resolved: Boiler \\\"1\\\"\\n</script> and others\"}}");
    renders("{\"c\":{\"$case\":\"{{severity}}\",\"x\":5}}", &one, "{\"c\":null}");
}

static void mistakes_are_found_when_the_template_is_saved(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        "\"text\"",
        "{\"a\":}",
        "{\"a\":\"{{}}\"}",
        "{\"a\":\"{{unknown}}\"}",
        "{\"a\":\"{{title\"}",
        "{\"a\":\"{{title:x}}\"}",
        "{\"a\":\"{{param.missing}}\"}",
        "{\"$each\":{\"b\":{\"$each\":1}}}",
        "{\"a\":1,\"$each\":2}",
        "{\"$case\":1,\"else\":2}",
        "{\"$case\":\"{{state}}\",\"firing\":\"{{unknown}}\"}",
        "{\"a\":1} x",
        "[[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]]",
    };
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        struct document_fault fault = {0};
        if (notify_template_check(bytes_of_text(bad[i]), BYTES("{\"key\":\"\"}"), &fault) == OK) {
            fail_msg("taken: %s", bad[i]);
        }
        assert_true(fault.field[0] && fault.message[0]);
    }
    struct buf big = {0};
    buf_put_text(&big, "{\"a\":\"");
    for (int i = 0; i < 20000; i++) {
        buf_put_byte(&big, 'x');
    }
    buf_put_text(&big, "\"}");
    expect_err(ERR_INVALID, notify_template_check(buf_bytes(&big), (struct bytes){0}, NULL));
    buf_fini(&big);
}

/* Each preset makes valid JSON of one alert and of many, firing and resolved. */
static void presets_are_valid_and_make_json(void **state)
{
    (void)state;
    static const char *const names[] = {"generic", "slack",     "mattermost",
                                        "discord", "telegram",  "ntfy",
                                        "gotify",  "pagerduty", "alertmanager"};
    static struct notify_alert a[NOTIFY_ALERTS_MAX];
    static const uint8_t key[NOTIFY_LINK_KEY_BYTES] = {1};
    for (size_t i = 0; i < NOTIFY_ALERTS_MAX; i++) {
        a[i] = world_alert("a1", (enum severity)(i % SEVERITY_COUNT),
                           i % 2 ? ALERT_STATE_RESOLVED : ALERT_STATE_FIRING);
        a[i].device_name = BYTES("\xf0\x9f\x94\xa5\"\\\x01");
    }
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        struct document_fault fault = {0};
        struct bytes template = notify_preset(names[i]);
        assert_true(template.len > 0);
        expect_ok(notify_template_check(template, (struct bytes){0}, &fault));
        for (size_t count = 1; count <= NOTIFY_ALERTS_MAX; count += NOTIFY_ALERTS_MAX - 1) {
            struct notify_message m = message_of(a, count);
            struct buf out = {0};
            struct json_reader r;
            m.link_key = key;
            notify_template_render(template, BYTES("{}"), &m, &out);
            json_reader_init(&r, buf_bytes(&out));
            assert_true(json_finish(&r));
            buf_fini(&out);
        }
    }
    assert_int_equal(notify_preset("nobody").len, 0);
}

static void html_of_a_mail_holds_names_as_text(void **state)
{
    (void)state;
    struct notify_alert a = world_alert("a1", SEVERITY_CRITICAL, ALERT_STATE_FIRING);
    struct notify_message m = message_of(&a, 1);
    struct buf out = {0};
    a.device_name = BYTES("<img src=x onerror=alert(1)>");
    a.message = BYTES("a & b < \"c\" 'd'");
    m.public_url = NULL;
    notify_put_html(&m, &out);
    expect_bytes(buf_bytes(&out),
                 "<!doctype html><meta charset=\"utf-8\">\n<p><b>CRITICAL</b> <b>"
                 "&#60;img src=x onerror=alert(1)&#62;</b>: a &#38; b &#60; &#34;c&#34; &#39;d&#39;"
                 "<br>\nsince 2025-11-24T03:00:00Z</p>\n");
    buf_fini(&out);
}

static void push_payload_fits_and_hides_what_is_private(void **state)
{
    (void)state;
    static char longest[3000];
    struct notify_alert a = world_alert("a1", SEVERITY_CRITICAL, ALERT_STATE_FIRING);
    struct notify_message m = message_of(&a, 1);
    struct notify_subscription to = {0};
    struct buf out = {0};
    memset(longest, '"', sizeof longest);
    a.message = bytes_of(longest, sizeof longest);
    notify_put_push(&m, &to, 1000, &out);
    assert_in_range(out.len, 300, 1000);
    out.len = 0;
    a.message = BYTES("secret value 42");
    notify_put_push(&m, &to, PUSH_PLAIN_MAX, &out);
    buf_put_byte(&out, 0);
    assert_non_null(strstr((char *)out.ptr, "secret value 42"));
    out.len = 0;
    to.private = true;
    notify_put_push(&m, &to, PUSH_PLAIN_MAX, &out);
    buf_put_byte(&out, 0);
    assert_null(strstr((char *)out.ptr, "42"));
    buf_fini(&out);
}

static void alert_comes_back_from_the_outbox_as_it_was(void **state)
{
    (void)state;
    struct notify_alert a = world_alert("a1", SEVERITY_CRITICAL, ALERT_STATE_RESOLVED), b;
    struct buf first = {0}, second = {0};
    a.tags = BYTES("cold\0b\"c\0");
    a.place = BYTES("Hall \xc3\xa4");
    notify_alert_write(&a, &first);
    expect_ok(notify_alert_read(buf_bytes(&first), &b));
    notify_alert_write(&b, &second);
    expect_slices(buf_bytes(&second), buf_bytes(&first));
    expect_slices(b.tags, a.tags);
    expect_err(ERR_INVALID, notify_alert_read(BYTES("{\"severity\":\"x\"}"), &b));
    expect_err(ERR_INVALID, notify_alert_read(BYTES("[]"), &b));
    notify_alert_fini(&b);
    buf_fini(&first);
    buf_fini(&second);
}

static void link_does_its_one_thing_until_it_ends_and_nothing_else(void **state)
{
    (void)state;
    static const uint8_t key[NOTIFY_LINK_KEY_BYTES] = {1, 2, 3}, other[NOTIFY_LINK_KEY_BYTES] = {9};
    struct notify_link l = {NOTIFY_SNOOZE, WORLD_BEGIN + 60000, {"19ab-7"}, "ann"}, back;
    struct buf token = {0};
    notify_link_put(key, &l, &token);
    expect_ok(notify_link_read(key, buf_bytes(&token), WORLD_BEGIN, &back));
    assert_string_equal(back.alert.text, "19ab-7");
    assert_string_equal(back.person, "ann");
    assert_int_equal(back.action, NOTIFY_SNOOZE);
    expect_err(ERR_CLOSED, notify_link_read(key, buf_bytes(&token), WORLD_BEGIN + 60000, &back));
    expect_err(ERR_INVALID, notify_link_read(other, buf_bytes(&token), WORLD_BEGIN, &back));
    for (size_t i = 0; i + 1 < token.len; i++) {
        token.ptr[i] ^= 1;
        expect_err(ERR_INVALID, notify_link_read(key, buf_bytes(&token), WORLD_BEGIN, &back));
        token.ptr[i] ^= 1;
    }
    for (size_t len = 0; len < token.len; len++) {
        expect_err(ERR_INVALID,
                   notify_link_read(key, bytes_of(token.ptr, len), WORLD_BEGIN, &back));
    }
    buf_fini(&token);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_stand_where_their_names_are),
        cmocka_unit_test(mistakes_are_found_when_the_template_is_saved),
        cmocka_unit_test(presets_are_valid_and_make_json),
        cmocka_unit_test(html_of_a_mail_holds_names_as_text),
        cmocka_unit_test(push_payload_fits_and_hides_what_is_private),
        cmocka_unit_test(alert_comes_back_from_the_outbox_as_it_was),
        cmocka_unit_test(link_does_its_one_thing_until_it_ends_and_nothing_else),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
