/* SPDX-License-Identifier: Apache-2.0 */
/* Accounts through their life: made, logged in with, changed, removed. */
#include "expect.h"
#include "model/account.h"
#include "model/limits.h"

#include "base/mem.h"

#define NOW 1795550000000

struct world {
    struct account_table table;
    struct token_table tokens;
    struct text_id_source ids;
    struct batch *batch;
};

static int set_up(void **state)
{
    struct world *w = mem_zalloc(1, sizeof *w);
    w->ids.epoch_ms = NOW;
    w->batch = batch_new(BATCH_CHANGES);
    w->batch->now = NOW;
    *state = w;
    return 0;
}

static int tear_down(void **state)
{
    struct world *w = *state;
    account_table_fini(&w->table);
    token_table_fini(&w->tokens);
    batch_release(w->batch);
    free(w);
    return 0;
}

static struct command *ask_for(enum command_kind kind, const char *name)
{
    struct command *c = command_new(kind);
    c->name = mem_text(name, strlen(name));
    return c;
}

static enum err run(struct world *w, struct command *c)
{
    account_command(&w->table, &w->tokens, c, &w->ids, w->batch);
    enum err e = c->result;
    command_free(c);
    return e;
}

static enum err make(struct world *w, const char *name, enum role role)
{
    struct command *c = ask_for(COMMAND_CREATE_ACCOUNT, name);
    c->account.role = role;
    (void)snprintf(c->account.hash, sizeof c->account.hash, "hash of %s", name);
    return run(w, c);
}

static enum err log_in(struct world *w, const char *name, uint8_t secret)
{
    struct command *c = ask_for(COMMAND_LOG_IN, name);
    memset(c->account.login_hash, secret, sizeof c->account.login_hash);
    return run(w, c);
}

static enum err set_role(struct world *w, const char *name, enum role role)
{
    struct command *c = ask_for(COMMAND_PATCH_ACCOUNT, name);
    c->fields = FIELD_ROLE;
    c->account.role = role;
    return run(w, c);
}

static enum err remove_one(struct world *w, const char *name)
{
    return run(w, ask_for(COMMAND_DELETE_ACCOUNT, name));
}

static enum err who_is(const struct world *w, uint8_t secret, wall_ms now, struct principal *who)
{
    uint8_t hash[TOKEN_HASH_BYTES];
    memset(hash, secret, sizeof hash);
    return account_authenticate(&w->table, hash, now, who);
}

static void names_that_mean_somebody_else_are_refused(void **state)
{
    static const char *const good[] = {"Ana", "ana.b", "Zo\xc3\xab M\xc3\xbcller",       "a", "-1",
                                       "x-1", "19ab",  "1234567890123456789012345678901"};
    static const char *const bad[] = {"",    " ana",  "ana ", "a\tb",
                                      ".",   "local", "Link", "19af0c-1",
                                      "a-7", "\xff",  "..",   "12345678901234567890123456789012"};
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(good); i++) {
        assert_true(account_name_valid(bytes_of_text(good[i])));
    }
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        assert_false(account_name_valid(bytes_of_text(bad[i])));
    }
}

static void short_passwords_and_ones_own_name_are_refused(void **state)
{
    (void)state;
    assert_null(account_password_problem(BYTES("ten bytes!"), BYTES("Ana")));
    assert_non_null(account_password_problem(BYTES("nine byte"), BYTES("Ana")));
    assert_non_null(account_password_problem(BYTES("ANASTASIA-MARIA"), BYTES("anastasia-maria")));
    assert_non_null(account_password_problem(BYTES("bell\a in a password"), BYTES("Ana")));
}

static void a_name_is_taken_in_every_case(void **state)
{
    struct world *w = *state;
    expect_ok(make(w, "Ana", ROLE_ADMIN));
    expect_err(ERR_EXISTS, make(w, "aNA", ROLE_VIEWER));
    expect_ok(log_in(w, "ANA", 1));
    struct principal who;
    expect_ok(who_is(w, 1, NOW, &who));
    assert_string_equal(who.token.text, "Ana");
    assert_int_equal(who.role, ROLE_ADMIN);
}

static void a_login_ends_when_its_time_is_over(void **state)
{
    struct world *w = *state;
    struct principal who;
    expect_ok(make(w, "Ana", ROLE_VIEWER));
    expect_ok(log_in(w, "Ana", 1));
    expect_ok(who_is(w, 1, NOW + LIMIT_LOGIN_MS - 1, &who));
    expect_err(ERR_DENIED, who_is(w, 1, NOW + LIMIT_LOGIN_MS, &who));
    expect_err(ERR_DENIED, who_is(w, 2, NOW, &who));
    assert_false(account_sweep_due(&w->table, NOW + LIMIT_LOGIN_MS - 1));
    assert_true(account_sweep_due(&w->table, NOW + LIMIT_LOGIN_MS));
    w->batch->now = NOW + LIMIT_LOGIN_MS;
    account_sweep(&w->table, w->batch);
    assert_int_equal(w->table.login_count, 0);
    assert_true(w->batch->logins[w->batch->login_count - 1].ended);
}

static void the_browser_that_logged_in_first_makes_room(void **state)
{
    struct world *w = *state;
    struct principal who;
    expect_ok(make(w, "Ana", ROLE_VIEWER));
    expect_ok(make(w, "Ben", ROLE_VIEWER));
    expect_ok(log_in(w, "Ben", 200));
    for (int i = 0; i <= LIMIT_ACCOUNT_LOGINS; i++) {
        w->batch->now = NOW + i;
        expect_ok(log_in(w, "Ana", (uint8_t)(i + 1)));
    }
    expect_err(ERR_DENIED, who_is(w, 1, NOW, &who));
    expect_ok(who_is(w, 2, NOW, &who));
    expect_ok(who_is(w, 200, NOW, &who));
    const struct account *a = account_find(&w->table, BYTES("Ana"));
    assert_int_equal(account_logins(&w->table, a, NOW), LIMIT_ACCOUNT_LOGINS);
}

static void a_new_password_ends_every_login_but_the_one_that_changed_it(void **state)
{
    struct world *w = *state;
    struct principal who, other;
    expect_ok(make(w, "Ana", ROLE_VIEWER));
    expect_ok(log_in(w, "Ana", 1));
    expect_ok(log_in(w, "Ana", 2));
    expect_ok(who_is(w, 1, NOW, &who));
    expect_ok(who_is(w, 2, NOW, &other));
    assert_false(principal_is(&who, &other));
    struct command *c = ask_for(COMMAND_PATCH_ACCOUNT, "Ana");
    c->fields = FIELD_PASSWORD;
    c->account.login = who.login;
    (void)snprintf(c->account.hash, sizeof c->account.hash, "new");
    expect_ok(run(w, c));
    expect_ok(who_is(w, 1, NOW, &who));
    expect_err(ERR_DENIED, who_is(w, 2, NOW, &other));
}

static void what_was_right_for_an_older_password_is_refused(void **state)
{
    struct world *w = *state;
    expect_ok(make(w, "Ana", ROLE_VIEWER));
    struct command *c = ask_for(COMMAND_LOG_IN, "Ana");
    (void)snprintf(c->account.checked, sizeof c->account.checked, "hash before");
    expect_err(ERR_DENIED, run(w, c));
    c = ask_for(COMMAND_LOG_IN, "Ana");
    (void)snprintf(c->account.checked, sizeof c->account.checked, "hash of Ana");
    expect_ok(run(w, c));
}

static void the_last_admin_stays_while_no_admin_token_stands(void **state)
{
    struct world *w = *state;
    expect_ok(make(w, "Ana", ROLE_ADMIN));
    expect_ok(make(w, "Ben", ROLE_OPERATOR));
    expect_err(ERR_UNSUPPORTED, remove_one(w, "Ana"));
    expect_err(ERR_UNSUPPORTED, set_role(w, "Ana", ROLE_OPERATOR));
    expect_ok(set_role(w, "Ana", ROLE_ADMIN));
    expect_ok(set_role(w, "Ben", ROLE_ADMIN));
    expect_ok(set_role(w, "Ana", ROLE_VIEWER));
    expect_err(ERR_UNSUPPORTED, remove_one(w, "Ben"));
    struct token t = {.id = {"t-1"}, .role = ROLE_ADMIN};
    token_table_apply(&w->tokens, &t);
    expect_ok(remove_one(w, "Ben"));
    expect_err(ERR_NOT_FOUND, remove_one(w, "Ben"));
}

static void who_is_removed_is_logged_out(void **state)
{
    struct world *w = *state;
    struct principal who;
    expect_ok(make(w, "Ana", ROLE_ADMIN));
    expect_ok(make(w, "Ben", ROLE_VIEWER));
    expect_ok(log_in(w, "Ana", 1));
    expect_ok(log_in(w, "Ben", 2));
    expect_ok(remove_one(w, "ben"));
    expect_err(ERR_DENIED, who_is(w, 2, NOW, &who));
    expect_ok(who_is(w, 1, NOW, &who));
    struct command *c = command_new(COMMAND_LOG_OUT);
    c->account.login = who.login;
    expect_ok(run(w, c));
    expect_err(ERR_DENIED, who_is(w, 1, NOW, &who));
}

static void there_are_only_so_many(void **state)
{
    struct world *w = *state;
    char name[24];
    for (int i = 0; i < LIMIT_ACCOUNTS; i++) {
        (void)snprintf(name, sizeof name, "user %d", i);
        expect_ok(make(w, name, ROLE_VIEWER));
    }
    expect_err(ERR_FULL, make(w, "one more", ROLE_VIEWER));
}

static void a_follower_holds_the_same(void **state)
{
    struct world *w = *state;
    struct account_table follower = {0};
    expect_ok(make(w, "Ana", ROLE_ADMIN));
    expect_ok(make(w, "Ben", ROLE_VIEWER));
    expect_ok(log_in(w, "Ana", 1));
    expect_ok(log_in(w, "Ben", 2));
    expect_ok(remove_one(w, "Ben"));
    account_table_apply(&follower, w->batch);
    assert_int_equal(follower.account_count, 1);
    assert_int_equal(follower.login_count, 1);
    struct batch *all = batch_new(BATCH_SNAPSHOT);
    account_table_put(&w->table, all);
    account_table_apply(&follower, all);
    assert_int_equal(follower.account_count, 1);
    assert_string_equal(follower.accounts[0].hash, "hash of Ana");
    assert_int_equal(follower.login_count, 1);
    batch_release(all);
    account_table_fini(&follower);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_that_mean_somebody_else_are_refused),
        cmocka_unit_test(short_passwords_and_ones_own_name_are_refused),
#define WORLD_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        WORLD_TEST(a_name_is_taken_in_every_case),
        WORLD_TEST(a_login_ends_when_its_time_is_over),
        WORLD_TEST(the_browser_that_logged_in_first_makes_room),
        WORLD_TEST(a_new_password_ends_every_login_but_the_one_that_changed_it),
        WORLD_TEST(what_was_right_for_an_older_password_is_refused),
        WORLD_TEST(the_last_admin_stays_while_no_admin_token_stands),
        WORLD_TEST(who_is_removed_is_logged_out),
        WORLD_TEST(there_are_only_so_many),
        WORLD_TEST(a_follower_holds_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
