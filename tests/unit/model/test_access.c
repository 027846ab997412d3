/* SPDX-License-Identifier: Apache-2.0 */
#include "expect.h"
#include "model/access.h"

static struct token token_of(const char *id, enum role role, uint8_t fill)
{
    struct token t = {.role = role};
    (void)snprintf(t.id.text, sizeof t.id.text, "%s", id);
    memset(t.hash, fill, sizeof t.hash);
    return t;
}

static void each_role_may_do_what_the_ones_before_it_may(void **state)
{
    static const struct {
        enum role role;
        enum action action;
        bool allowed;
    } rows[] = {
        {ROLE_NONE, ACTION_READ, false},
        {ROLE_VIEWER, ACTION_READ, true},
        {ROLE_VIEWER, ACTION_ACKNOWLEDGE, false},
        {ROLE_VIEWER, ACTION_CHANGE, false},
        {ROLE_VIEWER, ACTION_PUBLISH, false},
        {ROLE_OPERATOR, ACTION_READ, true},
        {ROLE_OPERATOR, ACTION_CHANGE, true},
        {ROLE_OPERATOR, ACTION_PUBLISH, true},
        {ROLE_OPERATOR, ACTION_MANAGE_TOKENS, false},
        {ROLE_ADMIN, ACTION_MANAGE_TOKENS, true},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct principal p = {.role = rows[i].role};
        assert_int_equal(authorize(&p, rows[i].action, BYTES("any")), rows[i].allowed);
    }
}

static void a_revoked_token_is_nobody_any_more(void **state)
{
    struct token_table table = {0};
    struct token a = token_of("a-1", ROLE_VIEWER, 1), b = token_of("b-1", ROLE_ADMIN, 2);
    struct principal p = {0};
    (void)state;
    token_table_apply(&table, &a);
    token_table_apply(&table, &b);
    expect_ok(token_table_authenticate(&table, b.hash, &p));
    assert_int_equal(p.role, ROLE_ADMIN);
    b.revoked = true;
    token_table_apply(&table, &b);
    expect_err(ERR_DENIED, token_table_authenticate(&table, b.hash, &p));
    expect_ok(token_table_authenticate(&table, a.hash, &p));
    assert_string_equal(p.token.text, "a-1");
    token_table_fini(&table);
}

static void only_three_words_are_roles(void **state)
{
    enum role r;
    (void)state;
    expect_ok(role_parse(BYTES("operator"), &r));
    assert_int_equal(r, ROLE_OPERATOR);
    expect_err(ERR_INVALID, role_parse(BYTES("none"), &r));
    expect_err(ERR_INVALID, role_parse(BYTES("Admin"), &r));
    expect_err(ERR_INVALID, role_parse(BYTES(""), &r));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_role_may_do_what_the_ones_before_it_may),
        cmocka_unit_test(a_revoked_token_is_nobody_any_more),
        cmocka_unit_test(only_three_words_are_roles),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
