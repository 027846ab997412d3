/* SPDX-License-Identifier: Apache-2.0 */
#include "expect.h"
#include "sys/password.h"
#include "sys/secret.h"

static void a_hash_is_of_its_password_alone(void **state)
{
    char first[PASSWORD_HASH_BYTES], second[PASSWORD_HASH_BYTES];
    (void)state;
    secret_start();
    expect_ok(password_hash(BYTES("correct horse"), first));
    expect_ok(password_hash(BYTES("correct horse"), second));
    assert_non_null(strstr(first, "$argon2id$v=19$m=19456,t=2,p=1$"));
    assert_string_not_equal(first, second);
    expect_ok(password_check(first, BYTES("correct horse")));
    expect_err(ERR_DENIED, password_check(first, BYTES("correct horsf")));
    expect_err(ERR_DENIED, password_check(first, BYTES("")));
}

static void nobodys_hash_is_of_no_password(void **state)
{
    (void)state;
    secret_start();
    expect_err(ERR_DENIED, password_check("", BYTES("correct horse")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_hash_is_of_its_password_alone),
        cmocka_unit_test(nobodys_hash_is_of_no_password),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
