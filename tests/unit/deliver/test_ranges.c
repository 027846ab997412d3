/* SPDX-License-Identifier: Apache-2.0 */
/* C15: addresses that nobody outside may have us connect to. */
#include "deliver/deliver.h"

#include "expect.h"

#include <arpa/inet.h>

static bool blocked(const char *text, const struct config_list *allow)
{
    struct sockaddr_in v4 = {.sin_family = AF_INET};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};
    if (inet_pton(AF_INET, text, &v4.sin_addr) == 1) {
        return deliver_blocked((struct sockaddr *)&v4, allow);
    }
    assert_int_equal(inet_pton(AF_INET6, text, &v6.sin6_addr), 1);
    return deliver_blocked((struct sockaddr *)&v6, allow);
}

static void addresses_inside_are_blocked_in_every_guise(void **state)
{
    (void)state;
    static const char *const inside[] = {
        "127.0.0.1",
        "127.255.255.255",
        "0.0.0.0",
        "10.1.2.3",
        "100.64.0.1",
        "100.127.255.255",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.168.1.1",
        "192.0.2.1",
        "198.18.0.1",
        "198.19.255.255",
        "203.0.113.9",
        "224.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "::127.0.0.1",
        "64:ff9b::a00:1",
        "64:ff9b:1::1",
        "2002:7f00:1::",
        "2002:a00:1::1",
        "fe80::1",
        "febf::1",
        "fc00::1",
        "fdff::1",
        "fec0::1",
        "ff02::1",
        "2001:db8::1",
        "2001:0:1::1",
        "100::1",
        "::ffff:169.254.169.254",
    };
    static const char *const outside[] = {
        "1.1.1.1",         "9.255.255.255", "11.0.0.0",       "100.63.255.255",
        "100.128.0.0",     "126.0.0.1",     "128.0.0.1",      "169.253.0.1",
        "172.15.0.1",      "172.32.0.1",    "192.167.0.1",    "223.255.255.255",
        "2606:4700::1111", "2a00::1",       "::ffff:8.8.8.8", "64:ff9b::808:808",
        "2002:808:808::1",
    };
    for (size_t i = 0; i < ARRAY_LEN(inside); i++) {
        if (!blocked(inside[i], NULL)) {
            fail_msg("%s passes", inside[i]);
        }
    }
    for (size_t i = 0; i < ARRAY_LEN(outside); i++) {
        if (blocked(outside[i], NULL)) {
            fail_msg("%s is blocked", outside[i]);
        }
    }
}

static void ranges_of_the_settings_pass_and_no_more(void **state)
{
    (void)state;
    struct config_list allow = {0};
    config_list_add(&allow, "10.1.0.0/16");
    config_list_add(&allow, "127.0.0.1");
    config_list_add(&allow, "fd00::/9");
    assert_false(blocked("10.1.255.255", &allow));
    assert_true(blocked("10.2.0.0", &allow));
    assert_false(blocked("127.0.0.1", &allow));
    assert_false(blocked("::ffff:127.0.0.1", &allow));
    assert_true(blocked("127.0.0.2", &allow));
    assert_false(blocked("fd7f::1", &allow));
    assert_true(blocked("fd80::1", &allow));
    config_list_clear(&allow);
}

static void ranges_are_checked(void **state)
{
    (void)state;
    static const char *const good[] = {"10.0.0.0/8", "::/0", "0.0.0.0/0", "::1", "1.2.3.4/32"};
    static const char *const bad[] = {"",         "10.0.0.0/33", "::/129",     "x",
                                      "10.0.0/8", "1.2.3.4/",    "1.2.3.4/-1", "1.2.3.4/8/8"};
    for (size_t i = 0; i < ARRAY_LEN(good); i++) {
        assert_true(deliver_range_valid(good[i]));
    }
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        assert_false(deliver_range_valid(bad[i]));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_inside_are_blocked_in_every_guise),
        cmocka_unit_test(ranges_of_the_settings_pass_and_no_more),
        cmocka_unit_test(ranges_are_checked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
