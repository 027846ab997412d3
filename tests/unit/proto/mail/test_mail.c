/* SPDX-License-Identifier: Apache-2.0 */
/* C16: nothing that a device or a person is called can add a header, a recipient or an end. */
#include "proto/mail/mail.h"
#include "proto/mail/parts.h"

#include "expect.h"

static void addresses_are_those_that_every_server_takes(void **state)
{
    (void)state;
    static const char *const good[] = {"a@b", "ops@example.org", "a.b+tag@x-y.example.org",
                                       "o'neil@example.org", "1@2.3"};
    static const char *const bad[] = {"",
                                      "a",
                                      "@b",
                                      "a@",
                                      "a@b@c",
                                      "a b@c",
                                      "a@b c",
                                      ".a@b",
                                      "a.@b",
                                      "a..b@c",
                                      "a@b..c",
                                      "a@.b",
                                      "a@b.",
                                      "a@-b",
                                      "a@b-",
                                      "<a@b>",
                                      "a@[127.0.0.1]",
                                      "\"a\"@b",
                                      "a@b\r\nBcc: c@d",
                                      "a\n@b",
                                      "a@b\t",
                                      "a,b@c",
                                      "\xc3\xa4@b",
                                      "a@b;c@d"};
    for (size_t i = 0; i < ARRAY_LEN(good); i++) {
        assert_true(mail_address_valid(bytes_of_text(good[i])));
    }
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        assert_false(mail_address_valid(bytes_of_text(bad[i])));
    }
    assert_false(mail_address_valid(BYTES("a@b\0c")));
    char longest[300];
    memset(longest, 'a', sizeof longest);
    longest[64] = '@';
    longest[100] = longest[150] = longest[200] = '.';
    assert_true(mail_address_valid(bytes_of(longest, MAIL_ADDRESS_MAX)));
    assert_false(mail_address_valid(bytes_of(longest, MAIL_ADDRESS_MAX + 1)));
    longest[64] = 'a';
    longest[65] = '@';
    assert_false(mail_address_valid(bytes_of(longest, 200)));
}

static void words(const char *text, const char *want)
{
    struct buf out = {0};
    mail_put_words(&out, bytes_of_text(text), strlen("Subject: "));
    expect_slices(buf_bytes(&out), bytes_of_text(want));
    buf_fini(&out);
}

static void subjects_are_plain_or_encoded_words_that_cut_no_character(void **state)
{
    (void)state;
    words("boiler is hot", "boiler is hot");
    words("", "");
    words("22 \xc2\xb0"
          "C",
          "=?UTF-8?B?MjIgwrBD?=");
    words("x\r\nBcc: a@b", "=?UTF-8?B?eCAgQmNjOiBhQGI=?=");
    words("=?UTF-8?B?eA==?=", "=?UTF-8?B?PT9VVEYtOD9CP2VBPT0/PQ==?=");
    words(" led by a space", "=?UTF-8?B?IGxlZCBieSBhIHNwYWNl?=");
    /* 23 characters of two bytes: 22 in the first word, the last in the next. */
    words("\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4"
          "\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4"
          "\xc3\xa4",
          "=?UTF-8?B?w6TDpMOkw6TDpMOkw6TDpMOkw6TDpMOkw6TDpMOkw6TDpMOkw6TDpMOkw6Q=?=\r\n "
          "=?UTF-8?B?w6Q=?=");
}

static void quoted(struct bytes text, const char *want)
{
    struct buf out = {0};
    mail_put_quoted(&out, text);
    expect_slices(buf_bytes(&out), bytes_of_text(want));
    buf_fini(&out);
}

static void bodies_are_lines_of_76_with_every_line_end_made_one(void **state)
{
    (void)state;
    quoted(BYTES("a\nb\r\nc\rd"), "a\r\nb\r\nc\r\nd\r\n");
    quoted(BYTES(".\n.."), ".\r\n..\r\n");
    quoted(BYTES("a=b \xc2\xb0\0"), "a=3Db =C2=B0=00\r\n");
    quoted(BYTES("end \nend\t"), "end=20\r\nend=09\r\n");
    quoted(BYTES("0123456789012345678901234567890123456789012345678901234567890123456789012345x"),
           "012345678901234567890123456789012345678901234567890123456789012345678901234=\r\n"
           "5x\r\n");
}

static void message_holds_nothing_but_its_own_headers(void **state)
{
    (void)state;
    static const struct bytes to[] = {{(const uint8_t *)"ops@example.org", 15},
                                      {(const uint8_t *)"night@example.org", 17}};
    struct mail_message m = {
        .from = BYTES("telltale@example.net"),
        .from_name = BYTES("Tell\r\nX-Evil: 1"),
        .to = to,
        .to_count = 2,
        .subject = BYTES("x\r\nBcc: a@b"),
        .text = BYTES("first\n.\n--=_m1\nlast"),
        .html = BYTES("<p>x</p>"),
        .id = BYTES("m1"),
        .thread = BYTES("m0"),
        .date_ms = 1763953200000,
    };
    struct buf out = {0};
    mail_write(&m, &out);
    expect_bytes(buf_bytes(&out),
                 "Date: Mon, 24 Nov 2025 03:00:00 +0000\r\n"
                 "From: =?UTF-8?B?VGVsbCAgWC1FdmlsOiAx?=\r\n <telltale@example.net>\r\n"
                 "To: <ops@example.org>,\r\n <night@example.org>\r\n"
                 "Subject: =?UTF-8?B?eCAgQmNjOiBhQGI=?=\r\n"
                 "Message-ID: <m1@example.net>\r\n"
                 "In-Reply-To: <m0@example.net>\r\n"
                 "References: <m0@example.net>\r\n"
                 "Auto-Submitted: auto-generated\r\n"
                 "MIME-Version: 1.0\r\n"
                 "Content-Type: multipart/alternative;\r\n boundary=\"=_m1\"\r\n"
                 "\r\n--=_m1\r\n"
                 "Content-Type: text/plain; charset=utf-8\r\n"
                 "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
                 "first\r\n.\r\n--=3D_m1\r\nlast\r\n"
                 "\r\n--=_m1\r\n"
                 "Content-Type: text/html; charset=utf-8\r\n"
                 "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
                 "<p>x</p>\r\n"
                 "\r\n--=_m1--\r\n");
    buf_fini(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_are_those_that_every_server_takes),
        cmocka_unit_test(subjects_are_plain_or_encoded_words_that_cut_no_character),
        cmocka_unit_test(bodies_are_lines_of_76_with_every_line_end_made_one),
        cmocka_unit_test(message_holds_nothing_but_its_own_headers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
