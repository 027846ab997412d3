/* SPDX-License-Identifier: Apache-2.0 */
/* The example of RFC 8291 byte for byte, the claims of RFC 8292 verified with a key of our own, and
 * what a browser may not give. */
#include "proto/push/push.h"

#include "base/base64.h"
#include "expect.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#define UA_PUBLIC                                                                                  \
    "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
#define AS_PUBLIC                                                                                  \
    "BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8"
#define HEADER                                                                                     \
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS" \
    "6TlzAC8wEqKK6PBru3jl7A8"
#define CIPHERTEXT "8pfeW0KbunFT06SuDKoJH9Ql87S1QUrdirN6GcG7sFz1y1sqLgVi1VhjVkHsUoEsbI_0LpXMuGvnzQ"

static void get(const char *text, uint8_t *out, size_t len)
{
    struct buf b = {0};
    expect_ok(base64url_decode(bytes_of_text(text), &b));
    assert_int_equal(b.len, len);
    memcpy(out, b.ptr, len);
    buf_fini(&b);
}

static void message_of_rfc_8291_is_made_byte_for_byte(void **state)
{
    (void)state;
    struct push_keys to;
    uint8_t sender[PUSH_PRIVATE_BYTES], salt[PUSH_SALT_BYTES], point[PUSH_POINT_BYTES];
    struct buf body = {0}, want = {0}, text = {0};
    expect_ok(push_keys_read(BYTES(UA_PUBLIC), BYTES("BTBZMqHH6r4Tts7J_aSIgg"), &to));
    get("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw", sender, sizeof sender);
    get("DGv6ra1nlYgDCS1FRnbzlw", salt, sizeof salt);
    expect_ok(push_public(sender, point));
    base64url_append(&text, bytes_of(point, sizeof point));
    expect_bytes(buf_bytes(&text), AS_PUBLIC);
    expect_ok(
        push_encrypt(&to, sender, salt, BYTES("When I grow up, I want to be a watermelon"), &body));
    expect_ok(base64url_decode(BYTES(HEADER), &want));
    expect_ok(base64url_decode(BYTES(CIPHERTEXT), &want));
    assert_int_equal(body.len, 144);
    expect_slices(buf_bytes(&body), buf_bytes(&want));
    buf_fini(&body);
    buf_fini(&want);
    buf_fini(&text);
}

static void largest_message_fills_4096_bytes_and_one_more_is_refused(void **state)
{
    (void)state;
    static const uint8_t plain[PUSH_PLAIN_MAX + 1];
    struct push_keys to;
    uint8_t sender[PUSH_PRIVATE_BYTES] = {1}, salt[PUSH_SALT_BYTES] = {0};
    struct buf body = {0};
    expect_ok(push_keys_read(BYTES(UA_PUBLIC), BYTES("BTBZMqHH6r4Tts7J_aSIgg"), &to));
    expect_ok(push_encrypt(&to, sender, salt, bytes_of(plain, PUSH_PLAIN_MAX), &body));
    assert_int_equal(body.len, 4096);
    expect_err(ERR_TOO_LARGE,
               push_encrypt(&to, sender, salt, bytes_of(plain, sizeof plain), &body));
    assert_int_equal(body.len, 4096);
    buf_fini(&body);
}

static void keys_of_a_browser_are_checked(void **state)
{
    (void)state;
    static const struct {
        const char *p256dh, *auth;
    } cases[] = {
        {"", "BTBZMqHH6r4Tts7J_aSIgg"},
        {UA_PUBLIC, ""},
        {UA_PUBLIC, "BTBZMqHH6r4Tts7J_aSIggA"},
        {UA_PUBLIC "A", "BTBZMqHH6r4Tts7J_aSIgg"},
        {"not base64url!", "BTBZMqHH6r4Tts7J_aSIgg"},
        /* Of the right length, and not on the curve. */
        {"BAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAE",
         "BTBZMqHH6r4Tts7J_aSIgg"},
        /* Compressed form. */
        {"AiVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcx", "BTBZMqHH6r4Tts7J_aSIgg"},
    };
    struct push_keys keys;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        expect_err(ERR_INVALID, push_keys_read(bytes_of_text(cases[i].p256dh),
                                               bytes_of_text(cases[i].auth), &keys));
    }
}

static void private_keys_beyond_the_order_are_none(void **state)
{
    (void)state;
    uint8_t key[PUSH_PRIVATE_BYTES] = {0}, point[PUSH_POINT_BYTES];
    expect_err(ERR_INVALID, push_public(key, point));
    memset(key, 255, sizeof key);
    expect_err(ERR_INVALID, push_public(key, point));
}

static EVP_PKEY *public_key(const uint8_t *point)
{
    OSSL_PARAM_BLD *b = OSSL_PARAM_BLD_new();
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
    EVP_PKEY *key = NULL;
    assert_true(OSSL_PARAM_BLD_push_utf8_string(b, OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0));
    assert_true(
        OSSL_PARAM_BLD_push_octet_string(b, OSSL_PKEY_PARAM_PUB_KEY, point, PUSH_POINT_BYTES));
    OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(b);
    assert_int_equal(EVP_PKEY_fromdata_init(ctx), 1);
    assert_int_equal(EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_PUBLIC_KEY, params), 1);
    OSSL_PARAM_free(params);
    OSSL_PARAM_BLD_free(b);
    EVP_PKEY_CTX_free(ctx);
    return key;
}

/* Whether the token `jwt` bears a signature of r and s, by the key at `point`. */
static bool verifies(struct bytes jwt, const uint8_t *point)
{
    size_t dot = jwt.len - 1;
    while (jwt.ptr[dot] != '.') {
        dot--;
    }
    struct buf raw = {0};
    expect_ok(base64url_decode(bytes_skip(jwt, dot + 1), &raw));
    assert_int_equal(raw.len, 64);
    ECDSA_SIG *s = ECDSA_SIG_new();
    ECDSA_SIG_set0(s, BN_bin2bn(raw.ptr, 32, NULL), BN_bin2bn(raw.ptr + 32, 32, NULL));
    uint8_t *der = NULL;
    int len = i2d_ECDSA_SIG(s, &der);
    EVP_PKEY *key = public_key(point);
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    assert_int_equal(EVP_DigestVerifyInit(ctx, NULL, EVP_sha256(), NULL, key), 1);
    bool good = EVP_DigestVerify(ctx, der, (size_t)len, jwt.ptr, dot) == 1;
    EVP_MD_CTX_free(ctx);
    EVP_PKEY_free(key);
    OPENSSL_free(der);
    ECDSA_SIG_free(s);
    buf_fini(&raw);
    return good;
}

static void example_of_rfc_8292_verifies(void **state)
{
    (void)state;
    static const char jwt[] =
        "eyJ0eXAiOiJKV1QiLCJhbGciOiJFUzI1NiJ9.eyJhdWQiOiJodHRwczovL3B1c2guZXhhbXBsZS5uZXQiLCJleHAi"
        "OjE0NTM1MjM3NjgsInN1YiI6Im1haWx0bzpwdXNoQGV4YW1wbGUuY29tIn0.i3CYb7t4xfxCDquptFOepC9GAu_"
        "HLGkMlMuCGSK2rpiUfnK9ojFwDXb1JrErtmysazNjjvW2L9OkSSHzvoD1oA";
    uint8_t point[PUSH_POINT_BYTES];
    get("BA1Hxzyi1RUM1b5wjxsn7nGxAszw2u61m164i3MrAIxHF6YK5h4SDYic-dRuU_RCPCfA5aq9ojSwk5Y2EmClBPs",
        point, sizeof point);
    assert_true(verifies(BYTES(jwt), point));
}

static void our_header_has_the_same_claims_and_verifies(void **state)
{
    (void)state;
    static const char head_and_claims[] =
        "vapid t=eyJ0eXAiOiJKV1QiLCJhbGciOiJFUzI1NiJ9."
        "eyJhdWQiOiJodHRwczovL3B1c2guZXhhbXBsZS5uZXQiLCJleHAiOjE0NTM1MjM3NjgsInN1YiI6Im1haWx0bzpw"
        "dXNoQGV4YW1wbGUuY29tIn0.";
    uint8_t key[PUSH_PRIVATE_BYTES] = {7}, point[PUSH_POINT_BYTES];
    struct buf out = {0};
    expect_ok(push_public(key, point));
    expect_ok(push_authorization(key, BYTES("https://push.example.net"),
                                 BYTES("mailto:push@example.com"), 1453523768, &out));
    assert_true(bytes_start_with(buf_bytes(&out), BYTES(head_and_claims)));
    struct bytes jwt = bytes_skip(buf_bytes(&out), strlen("vapid t="));
    jwt.len = bytes_index(jwt, ',');
    assert_true(verifies(jwt, point));
    out.ptr[strlen("vapid t=") + 50] ^= 1;
    assert_false(verifies(jwt, point));
    buf_fini(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(message_of_rfc_8291_is_made_byte_for_byte),
        cmocka_unit_test(largest_message_fills_4096_bytes_and_one_more_is_refused),
        cmocka_unit_test(keys_of_a_browser_are_checked),
        cmocka_unit_test(private_keys_beyond_the_order_are_none),
        cmocka_unit_test(example_of_rfc_8292_verifies),
        cmocka_unit_test(our_header_has_the_same_claims_and_verifies),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
