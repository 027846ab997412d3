/* SPDX-License-Identifier: Apache-2.0 */
#include "loop/handshakes.h"

#include "expect.h"

static struct peer_address named(const char *text)
{
    struct peer_address a = {{0}};
    (void)snprintf(a.text, sizeof a.text, "%s", text);
    return a;
}

static void an_address_is_capped_and_others_are_not(void **state)
{
    (void)state;
    struct handshakes a;
    struct peer_address one = named("192.0.2.1"), two = named("::1");
    uint32_t slot[3], other = NO_HANDSHAKE;
    handshakes_init(&a, (struct hash_key){1, 2}, 3);
    for (size_t i = 0; i < 3; i++) {
        expect_ok(handshakes_enter(&a, &one, &slot[i]));
    }
    expect_err(ERR_FULL, handshakes_enter(&a, &one, &other));
    assert_int_equal(other, NO_HANDSHAKE);
    expect_ok(handshakes_enter(&a, &two, &other));
    handshakes_leave(&a, &slot[1]);
    assert_int_equal(slot[1], NO_HANDSHAKE);
    handshakes_leave(&a, &slot[1]);
    expect_ok(handshakes_enter(&a, &one, &slot[1]));
    expect_err(ERR_FULL, handshakes_enter(&a, &one, &other));
    handshakes_fini(&a);
}

static void slots_of_addresses_that_left_are_used_again(void **state)
{
    (void)state;
    struct handshakes a;
    handshakes_init(&a, (struct hash_key){1, 2}, 3);
    for (int i = 0; i < 1000; i++) {
        char text[32];
        (void)snprintf(text, sizeof text, "192.0.2.%d", i);
        struct peer_address from = named(text);
        uint32_t slot;
        expect_ok(handshakes_enter(&a, &from, &slot));
        handshakes_leave(&a, &slot);
    }
    assert_int_equal(a.count, 1);
    handshakes_fini(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_address_is_capped_and_others_are_not),
        cmocka_unit_test(slots_of_addresses_that_left_are_used_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
