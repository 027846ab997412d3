/* SPDX-License-Identifier: Apache-2.0 */
/* A channel or route that can't be is refused when it is saved, with the member that is wrong. */
#include "notify/notify.h"

#include "expect.h"

static const struct {
    enum document_kind kind;
    const char *body;
    const char *field; /* NULL: it is taken */
} rows[] = {
    {DOCUMENT_CHANNEL, "{\"type\":\"email\",\"to\":[\"ops@example.org\"]}", NULL},
    {DOCUMENT_CHANNEL, "{\"type\":\"email\",\"to\":[]}", "to"},
    {DOCUMENT_CHANNEL, "{\"type\":\"email\"}", "to"},
    {DOCUMENT_CHANNEL, "{\"to\":[\"ops@example.org\"]}", "type"},
    {DOCUMENT_CHANNEL, "{\"type\":\"carrier pigeon\"}", "type"},
    {DOCUMENT_CHANNEL, "{\"type\":\"email\",\"to\":[\"a@b\\r\\nBcc: c@d\"]}", "to"},
    {DOCUMENT_CHANNEL, "{\"type\":\"email\",\"to\":[\"a@b\"],\"from\":\"x\"}", "from"},
    {DOCUMENT_CHANNEL, "{\"type\":\"email\",\"to\":[\"a@b\"],\"server\":\"a b\"}", "server"},
    {DOCUMENT_CHANNEL, "{\"type\":\"email\",\"to\":[\"a@b\"],\"server\":\"mx\"}", "from"},
    {DOCUMENT_CHANNEL, "{\"type\":\"email\",\"to\":[\"a@b\"],\"port\":65536}", "port"},
    {DOCUMENT_CHANNEL, "{\"type\":\"email\",\"to\":[\"a@b\"],\"security\":\"ssl\"}", "security"},
    {DOCUMENT_CHANNEL,
     "{\"type\":\"email\",\"to\":[\"a@b\"],\"security\":\"none\",\"password\":\"x\"}", "security"},
    {DOCUMENT_CHANNEL, "{\"type\":\"email\",\"to\":[\"a@b\"],\"budget\":0}", "budget"},
    {DOCUMENT_CHANNEL, "{\"type\":\"email\",\"to\":[\"a@b\"],\"colour\":1}", "colour"},
    {DOCUMENT_CHANNEL, "{\"type\":\"webhook\",\"url\":\"https://example.org/x\"}", NULL},
    {DOCUMENT_CHANNEL, "{\"type\":\"webhook\"}", "url"},
    {DOCUMENT_CHANNEL, "{\"type\":\"webhook\",\"url\":\"file:///etc/passwd\"}", "url"},
    {DOCUMENT_CHANNEL, "{\"type\":\"webhook\",\"url\":\"gopher://x\"}", "url"},
    {DOCUMENT_CHANNEL, "{\"type\":\"webhook\",\"url\":\"https://a:b@example.org/\"}", "url"},
    {DOCUMENT_CHANNEL, "{\"type\":\"webhook\",\"url\":\"https://\"}", "url"},
    {DOCUMENT_CHANNEL, "{\"type\":\"webhook\",\"url\":\"https://x\",\"preset\":\"icq\"}", "preset"},
    {DOCUMENT_CHANNEL, "{\"type\":\"webhook\",\"url\":\"https://x\",\"preset\":\"slack\"}", NULL},
    {DOCUMENT_CHANNEL, "{\"type\":\"webhook\",\"url\":\"https://x\",\"preset\":\"telegram\"}",
     "params"},
    {DOCUMENT_CHANNEL,
     "{\"type\":\"webhook\",\"url\":\"https://x\",\"preset\":\"telegram\","
     "\"params\":{\"chat_id\":\"42\"}}",
     NULL},
    {DOCUMENT_CHANNEL,
     "{\"type\":\"webhook\",\"url\":\"https://x\",\"template\":{\"a\":\"{{nobody}}\"}}",
     "template"},
    {DOCUMENT_CHANNEL,
     "{\"type\":\"webhook\",\"url\":\"https://x\",\"template\":{\"a\":\"{{title\"}}", "template"},
    {DOCUMENT_CHANNEL, "{\"type\":\"webhook\",\"url\":\"https://x\",\"template\":\"text\"}",
     "template"},
    {DOCUMENT_CHANNEL,
     "{\"type\":\"webhook\",\"url\":\"https://x\",\"headers\":{\"X-Key\":\"a\\r\\nb\"}}",
     "headers"},
    {DOCUMENT_CHANNEL,
     "{\"type\":\"webhook\",\"url\":\"https://x\",\"headers\":{\"Host\":\"evil\"}}", "headers"},
    {DOCUMENT_CHANNEL,
     "{\"type\":\"webhook\",\"url\":\"https://x\",\"headers\":{\"Authorization\":\"Bearer x\"}}",
     NULL},
    {DOCUMENT_CHANNEL, "{\"type\":\"mqtt\"}", NULL},
    {DOCUMENT_CHANNEL, "{\"type\":\"mqtt\",\"topic\":\"a/+\"}", "topic"},
    {DOCUMENT_CHANNEL, "{\"type\":\"push\"}", NULL},
    {DOCUMENT_ROUTE, "{\"to\":[\"push\",\"email\",\"channel:a\",\"person:b\"]}", NULL},
    {DOCUMENT_ROUTE, "{}", "to"},
    {DOCUMENT_ROUTE, "{\"to\":[\"nobody\"]}", "to"},
    {DOCUMENT_ROUTE, "{\"to\":[\"channel:\"]}", "to"},
    {DOCUMENT_ROUTE, "{\"to\":[\"push\"],\"match\":{\"severity\":[\"loud\"]}}", "severity"},
    {DOCUMENT_ROUTE, "{\"to\":[\"push\"],\"hours\":{\"from\":\"25:00\",\"to\":\"26:00\"}}", "from"},
    {DOCUMENT_ROUTE, "{\"to\":[\"push\"],\"hours\":{\"from\":\"08:00\"}}", "hours"},
    {DOCUMENT_ROUTE,
     "{\"to\":[\"push\"],\"hours\":{\"from\":\"08:00\",\"to\":\"17:00\",\"zone\":\"../../etc\"}}",
     "zone"},
    {DOCUMENT_ROUTE, "{\"to\":[\"push\"],\"steps\":[{\"after\":\"5m\",\"to\":[\"email\"]}]}", NULL},
    {DOCUMENT_ROUTE, "{\"to\":[\"push\"],\"steps\":[{\"to\":[\"email\"]}]}", "steps"},
    {DOCUMENT_ROUTE, "{\"to\":[\"push\"],\"interval\":\"soon\"}", "interval"},
    {DOCUMENT_PERSON, "{\"name\":\"Ann\",\"email\":\"ann@example.org\"}", NULL},
    {DOCUMENT_PERSON, "{\"email\":\"ann\"}", "email"},
    {DOCUMENT_SUBSCRIPTION, "{\"endpoint\":\"http://push.example.org/x\"}", "endpoint"},
    {DOCUMENT_SUBSCRIPTION, "{\"endpoint\":\"https://push.example.org/x\"}", "keys"},
    {DOCUMENT_SUBSCRIPTION,
     "{\"endpoint\":\"https://push.example.org/x\",\"expirationTime\":null,\"keys\":{\"p256dh\":"
     "\"BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4\","
     "\"auth\":\"BTBZMqHH6r4Tts7J_aSIgg\"}}",
     NULL},
    {DOCUMENT_DASHBOARD, "{\"whatever\":1}", NULL},
};

static void each_document_is_taken_or_its_member_named(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct document_fault fault = {0};
        enum err e = notify_check(rows[i].kind, bytes_of_text(rows[i].body), &fault);
        if ((e == OK) != (rows[i].field == NULL)) {
            fail_msg("%s: %s (%s: %s)", rows[i].body, err_name(e), fault.field, fault.message);
        }
        if (e != OK) {
            assert_string_equal(fault.field, rows[i].field);
            assert_true(fault.message[0] != 0);
        }
    }
}

static void book_replaces_and_forgets(void **state)
{
    (void)state;
    struct notify_book b = {0};
    notify_book_put(&b, DOCUMENT_CHANNEL, BYTES("a"), BYTES("{\"type\":\"mqtt\"}"));
    notify_book_put(&b, DOCUMENT_CHANNEL, BYTES("b"), BYTES("{\"type\":\"push\"}"));
    notify_book_put(&b, DOCUMENT_CHANNEL, BYTES("a"),
                    BYTES("{\"type\":\"webhook\",\"url\":\"https://x\"}"));
    assert_int_equal(b.channel_count, 2);
    assert_int_equal(notify_book_channel(&b, BYTES("a"))->type, CHANNEL_WEBHOOK);
    notify_book_put(&b, DOCUMENT_CHANNEL, BYTES("a"), (struct bytes){0});
    assert_null(notify_book_channel(&b, BYTES("a")));
    assert_non_null(notify_book_channel(&b, BYTES("b")));
    notify_book_clear(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_document_is_taken_or_its_member_named),
        cmocka_unit_test(book_replaces_and_forgets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
