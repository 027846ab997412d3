/* SPDX-License-Identifier: Apache-2.0 */
/* Credentials of devices through their life: made, used, revoked, made again, forgotten. */
#include "expect.h"
#include "model/credential.h"
#include "model/limits.h"

#include "base/mem.h"

struct world {
    struct credential_table table;
    struct batch *batch;
};

static int set_up(void **state)
{
    struct world *w = mem_zalloc(1, sizeof *w);
    credential_table_init(&w->table, (struct hash_key){1, 2});
    w->batch = batch_new(BATCH_CHANGES);
    *state = w;
    return 0;
}

static int tear_down(void **state)
{
    struct world *w = *state;
    credential_table_fini(&w->table);
    batch_release(w->batch);
    free(w);
    return 0;
}

static struct command *ask_for(const char *id, uint8_t secret)
{
    struct command *c = command_new(COMMAND_CREATE_CREDENTIAL);
    c->device = mem_text(id, strlen(id));
    memset(c->token.hash, secret, sizeof c->token.hash);
    return c;
}

static enum err run(struct world *w, struct command *c, wall_ms now)
{
    credential_command(&w->table, c, now, w->batch);
    enum err e = c->result;
    command_free(c);
    return e;
}

static enum err make(struct world *w, const char *id, uint8_t secret, wall_ms now)
{
    return run(w, ask_for(id, secret), now);
}

static enum err revoke(struct world *w, const char *id, wall_ms now)
{
    struct command *c = command_new(COMMAND_REVOKE_CREDENTIAL);
    c->device = mem_text(id, strlen(id));
    return run(w, c, now);
}

static enum err log_in(struct world *w, const char *user, uint8_t secret, struct principal *p)
{
    uint8_t hash[TOKEN_HASH_BYTES];
    memset(hash, secret, sizeof hash);
    return credential_authenticate(&w->table, bytes_of_text(user), hash, p);
}

static void a_device_speaks_for_itself_and_uses_its_own_topics(void **state)
{
    struct world *w = *state;
    struct principal p;
    expect_ok(make(w, "pump", 7, 1000));
    expect_ok(log_in(w, "pump", 7, &p));
    assert_true(authorize(&p, ACTION_PUBLISH, BYTES("")));
    assert_true(authorize(&p, ACTION_PUBLISH, BYTES("pump")));
    assert_false(authorize(&p, ACTION_PUBLISH, BYTES("pump2")));
    assert_false(authorize(&p, ACTION_READ, BYTES("pump")));
    assert_false(authorize(&p, ACTION_MANAGE_TOKENS, BYTES("")));
    assert_true(principal_may_publish(&p, BYTES("c"), BYTES("sensors/pump/t")));
    assert_true(principal_may_publish(&p, BYTES("c"), BYTES("pump/t")));
    assert_false(principal_may_publish(&p, BYTES("c"), BYTES("sensors/pump2/t")));
    assert_false(principal_may_subscribe(&p, BYTES("c"), BYTES("#")));
    assert_true(principal_may_subscribe(&p, BYTES("c"), BYTES("cmnd/pump/+")));
}

static void a_wrong_secret_or_user_is_denied(void **state)
{
    struct world *w = *state;
    struct principal p;
    expect_ok(make(w, "pump", 7, 1000));
    expect_err(ERR_DENIED, log_in(w, "pump", 8, &p));
    expect_err(ERR_DENIED, log_in(w, "pump2", 7, &p));
    expect_err(ERR_DENIED, log_in(w, "", 7, &p));
}

static void a_revoked_credential_is_nobody_at_once(void **state)
{
    struct world *w = *state;
    struct principal p, again;
    expect_ok(make(w, "pump", 7, 1000));
    expect_ok(log_in(w, "pump", 7, &p));
    expect_ok(revoke(w, "pump", 2000));
    assert_false(authorize(&p, ACTION_PUBLISH, BYTES("pump")));
    assert_false(principal_may_publish(&p, BYTES("c"), BYTES("pump/t")));
    assert_false(principal_may_subscribe(&p, BYTES("c"), BYTES("pump/t")));
    expect_err(ERR_DENIED, log_in(w, "pump", 7, &again));
    expect_err(ERR_NOT_FOUND, revoke(w, "pump", 2001));
    assert_int_equal(credential_find(&w->table, BYTES("pump"))->revoked, 2000);

    expect_ok(make(w, "pump", 9, 2000));
    assert_false(authorize(&p, ACTION_PUBLISH, BYTES("pump")));
    expect_err(ERR_DENIED, log_in(w, "pump", 7, &again));
    expect_ok(log_in(w, "pump", 9, &again));
    assert_true(authorize(&again, ACTION_PUBLISH, BYTES("pump")));
}

static void an_id_is_given_once(void **state)
{
    struct world *w = *state;
    expect_ok(make(w, "pump", 7, 1000));
    expect_err(ERR_EXISTS, make(w, "pump", 8, 1000));
}

static void ids_that_mean_more_than_themselves_are_refused(void **state)
{
    static const char *const bad[] = {"", "+", "a/b", "#", "a*", "%u", ".", "..", "a\n", "\xff"};
    struct world *w = *state;
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        expect_err(ERR_INVALID, make(w, bad[i], 1, 1));
    }
    char *huge = mem_zalloc(LIMIT_ID_BYTES + 2, 1);
    memset(huge, 'a', LIMIT_ID_BYTES + 1);
    expect_err(ERR_INVALID, make(w, huge, 1, 1));
    free(huge);
    assert_int_equal(w->table.used, 0);
}

static void rules_that_are_no_patterns_are_refused_by_name(void **state)
{
    struct world *w = *state;
    struct command *c = ask_for("a", 1);
    buf_put(&c->credential.publish, "a/#/b", 6);
    c->fields = FIELD_PUBLISH;
    credential_command(&w->table, c, 1, w->batch);
    expect_err(ERR_INVALID, c->result);
    assert_string_equal(c->field, "publish");
    command_free(c);
}

static void an_empty_list_takes_everything_away(void **state)
{
    struct world *w = *state;
    struct principal p;
    struct command *c = ask_for("a", 1);
    c->fields = FIELD_PUBLISH | FIELD_SPEAKS_FOR;
    expect_ok(run(w, c, 1));
    expect_ok(log_in(w, "a", 1, &p));
    assert_false(principal_may_publish(&p, BYTES("c"), BYTES("a/x")));
    assert_false(authorize(&p, ACTION_PUBLISH, BYTES("a")));
    assert_true(principal_may_subscribe(&p, BYTES("c"), BYTES("a/x")));
}

static void a_certificate_logs_in_by_fingerprint_or_common_name(void **state)
{
    struct world *w = *state;
    struct principal p;
    uint8_t print[TOKEN_HASH_BYTES] = {1, 2, 3};
    uint8_t other[TOKEN_HASH_BYTES] = {9};
    struct command *c = ask_for("a", 0);
    memcpy(c->credential.fingerprint, print, sizeof print);
    c->fields = FIELD_FINGERPRINT;
    expect_ok(run(w, c, 1));
    c = ask_for("b", 0);
    c->credential.common_name = mem_text("dev-b", 5);
    c->fields = FIELD_COMMON_NAME;
    expect_ok(run(w, c, 1));

    expect_ok(credential_authenticate_certificate(&w->table, print, BYTES("dev-b"), &p));
    expect_bytes(p.credential->id, "a");
    expect_ok(credential_authenticate_certificate(&w->table, other, BYTES("dev-b"), &p));
    expect_bytes(p.credential->id, "b");
    expect_err(ERR_DENIED, credential_authenticate_certificate(&w->table, other, BYTES(""), &p));
    expect_err(ERR_DENIED, log_in(w, "a", 0, &p));

    c = ask_for("c", 0);
    memcpy(c->credential.fingerprint, print, sizeof print);
    c->fields = FIELD_FINGERPRINT;
    expect_err(ERR_EXISTS, run(w, c, 2));
    expect_ok(revoke(w, "a", 2));
    expect_err(ERR_DENIED, credential_authenticate_certificate(&w->table, print, BYTES(""), &p));
    c = ask_for("c", 0);
    memcpy(c->credential.fingerprint, print, sizeof print);
    c->fields = FIELD_FINGERPRINT;
    expect_ok(run(w, c, 3));
}

static void a_use_is_written_once_an_hour(void **state)
{
    struct world *w = *state;
    struct principal p;
    expect_ok(make(w, "a", 1, 1000));
    expect_ok(log_in(w, "a", 1, &p));
    size_t before = w->batch->credential_count;
    credential_used(&w->table, &p, 5000, w->batch);
    credential_used(&w->table, &p, 5000 + LIMIT_CREDENTIAL_USED_MS - 1, w->batch);
    assert_int_equal(w->batch->credential_count, before + 1);
    assert_int_equal(w->batch->credentials[before].last_used, 5000);
    credential_used(&w->table, &p, 5000 + LIMIT_CREDENTIAL_USED_MS, w->batch);
    assert_int_equal(w->batch->credential_count, before + 2);
    assert_true(authorize(&p, ACTION_PUBLISH, BYTES("a")));
}

static void a_follower_holds_the_same(void **state)
{
    struct world *w = *state;
    struct credential_table follower;
    struct principal p;
    uint8_t hash[TOKEN_HASH_BYTES];
    memset(hash, 2, sizeof hash);
    expect_ok(make(w, "a", 1, 1));
    expect_ok(revoke(w, "a", 2));
    expect_ok(make(w, "b", 2, 3));
    credential_table_init(&follower, (struct hash_key){3, 4});
    credential_table_apply(&follower, w->batch);
    assert_int_equal(follower.used, 2);
    expect_ok(credential_authenticate(&follower, BYTES("b"), hash, &p));

    struct batch *all = batch_new(BATCH_SNAPSHOT);
    expect_ok(make(w, "c", 3, 4));
    credential_table_put(&w->table, all);
    credential_table_apply(&follower, all);
    assert_int_equal(follower.used, 3);
    assert_int_equal(credential_find(&follower, BYTES("a"))->revoked, 2);
    expect_ok(credential_authenticate(&follower, BYTES("b"), hash, &p));
    credential_table_fini(&follower);
    batch_release(all);
}

static void a_full_table_forgets_what_was_revoked_first(void **state)
{
    struct world *w = *state;
    char id[16];
    for (int i = 0; i < LIMIT_CREDENTIALS; i++) {
        (void)snprintf(id, sizeof id, "d%d", i);
        struct batch *b = w->batch;
        w->batch = batch_new(BATCH_CHANGES);
        expect_ok(make(w, id, 1, i));
        batch_release(w->batch);
        w->batch = b;
    }
    expect_err(ERR_FULL, make(w, "more", 1, 1));
    expect_ok(revoke(w, "d7", LIMIT_CREDENTIALS));
    expect_ok(revoke(w, "d3", LIMIT_CREDENTIALS + 1));
    expect_ok(make(w, "more", 1, 1));
    assert_null(credential_find(&w->table, BYTES("d7")));
    assert_non_null(credential_find(&w->table, BYTES("d3")));
    assert_int_equal(w->table.used, LIMIT_CREDENTIALS);
}

static void fingerprints_are_read_as_tools_print_them(void **state)
{
    uint8_t print[TOKEN_HASH_BYTES];
    char text[FINGERPRINT_TEXT_BYTES];
    (void)state;
    expect_ok(fingerprint_parse(BYTES("AB:cd:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:"
                                      "00:00:00:00:00:00:00:00:00:00:00:0f"),
                                print));
    fingerprint_text(print, text);
    assert_string_equal(text, "abcd00000000000000000000000000000000000000000000000000000000000f");
    expect_err(ERR_INVALID, fingerprint_parse(bytes_of(text, 63), print));
    expect_err(ERR_INVALID,
               fingerprint_parse(BYTES("abcd0000000000000000000000000000000000000000000"
                                       "00000000000000000f0"),
                                 print));
    expect_err(ERR_INVALID, fingerprint_parse(BYTES("xyz"), print));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_device_speaks_for_itself_and_uses_its_own_topics),
        TEST(a_wrong_secret_or_user_is_denied),
        TEST(a_revoked_credential_is_nobody_at_once),
        TEST(an_id_is_given_once),
        TEST(ids_that_mean_more_than_themselves_are_refused),
        TEST(rules_that_are_no_patterns_are_refused_by_name),
        TEST(an_empty_list_takes_everything_away),
        TEST(a_certificate_logs_in_by_fingerprint_or_common_name),
        TEST(a_use_is_written_once_an_hour),
        TEST(a_follower_holds_the_same),
        TEST(a_full_table_forgets_what_was_revoked_first),
        TEST(fingerprints_are_read_as_tools_print_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
