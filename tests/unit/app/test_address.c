/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses to listen on, as people write them. */
#include "app/address.h"

#include "expect.h"

#include <arpa/inet.h>

static void expect_address(const struct net_address *a, const char *host, uint16_t port)
{
    struct net_address want;
    expect_ok(net_address_parse(host, port, &want));
    assert_int_equal(a->len, want.len);
    assert_memory_equal(&a->socket, &want.socket, want.len);
}

static void numeric_addresses_are_one(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *host;
        uint16_t port;
    } table[] = {
        {"127.0.0.1:3000", "127.0.0.1", 3000},
        {"0.0.0.0:0", "0.0.0.0", 0},
        {"[::1]:65535", "::1", 65535},
        {"[::]:1883", "::", 1883},
        {"[::ffff:10.0.0.1]:80", "::ffff:10.0.0.1", 80},
    };
    for (size_t i = 0; i < ARRAY_LEN(table); i++) {
        struct addresses a;
        expect_ok(addresses_parse(table[i].text, &a));
        assert_int_equal(a.count, 1);
        assert_false(a.second_optional);
        expect_address(&a.at[0], table[i].host, table[i].port);
    }
}

static void localhost_is_both_loopbacks_and_the_second_is_optional(void **state)
{
    (void)state;
    struct addresses a;
    expect_ok(addresses_parse("localhost:3000", &a));
    assert_int_equal(a.count, 2);
    assert_true(a.second_optional);
    expect_address(&a.at[0], "127.0.0.1", 3000);
    expect_address(&a.at[1], "::1", 3000);
}

static void everything_else_is_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {"",
                                        ":",
                                        ":3000",
                                        "3000",
                                        "localhost",
                                        "localhost:",
                                        "localhost:65536",
                                        "localhost:-1",
                                        "localhost:3000 ",
                                        " localhost:3000",
                                        "[localhost]:3000",
                                        "[127.0.0.1]:3000",
                                        "::1:3000",
                                        "[::1]",
                                        "[::1:3000",
                                        "::1]:3000",
                                        "example.org:3000",
                                        "127.0.0.1:http",
                                        "127.0.0.1:030000",
                                        "256.0.0.1:1",
                                        "[]:1",
                                        "[fe80::1%lo]:1",
                                        "1.2.3:80",
                                        "http://localhost:3000"};
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
        struct addresses a = {.count = 7};
        expect_err(ERR_INVALID, addresses_parse(wrong[i], &a));
        assert_int_equal(a.count, 7);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numeric_addresses_are_one),
        cmocka_unit_test(localhost_is_both_loopbacks_and_the_second_is_optional),
        cmocka_unit_test(everything_else_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
