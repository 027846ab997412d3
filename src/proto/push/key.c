/* SPDX-License-Identifier: Apache-2.0 */
/* Keys of P-256 from their bytes. */
#include "proto/push/parts.h"

#include "base/base64.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/obj_mac.h>
#include <openssl/param_build.h>

enum err push_public(const uint8_t private_key[PUSH_PRIVATE_BYTES], uint8_t point[PUSH_POINT_BYTES])
{
    EC_GROUP *group = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1);
    EC_POINT *at = group ? EC_POINT_new(group) : NULL;
    BIGNUM *d = BN_bin2bn(private_key, PUSH_PRIVATE_BYTES, NULL);
    bool good = at && d && !BN_is_zero(d) && BN_cmp(d, EC_GROUP_get0_order(group)) < 0 &&
                EC_POINT_mul(group, at, d, NULL, NULL, NULL) == 1 &&
                EC_POINT_point2oct(group, at, POINT_CONVERSION_UNCOMPRESSED, point,
                                   PUSH_POINT_BYTES, NULL) == PUSH_POINT_BYTES;
    BN_clear_free(d);
    EC_POINT_free(at);
    EC_GROUP_free(group);
    return good ? OK : ERR_INVALID;
}

/* OpenSSL's description of a key; NULL when memory ends. */
static OSSL_PARAM *describe(const BIGNUM *d, const uint8_t *point)
{
    OSSL_PARAM_BLD *b = OSSL_PARAM_BLD_new();
    bool good =
        b && OSSL_PARAM_BLD_push_utf8_string(b, OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0) &&
        OSSL_PARAM_BLD_push_octet_string(b, OSSL_PKEY_PARAM_PUB_KEY, point, PUSH_POINT_BYTES) &&
        (!d || OSSL_PARAM_BLD_push_BN(b, OSSL_PKEY_PARAM_PRIV_KEY, d));
    OSSL_PARAM *params = good ? OSSL_PARAM_BLD_to_param(b) : NULL;
    OSSL_PARAM_BLD_free(b);
    return params;
}

EVP_PKEY *push_key(const uint8_t *private_key, const uint8_t point[PUSH_POINT_BYTES])
{
    BIGNUM *d = private_key ? BN_bin2bn(private_key, PUSH_PRIVATE_BYTES, NULL) : NULL;
    OSSL_PARAM *params = describe(d, point);
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
    EVP_PKEY *key = NULL;
    int selection = private_key ? EVP_PKEY_KEYPAIR : EVP_PKEY_PUBLIC_KEY;
    if (!params || !ctx || EVP_PKEY_fromdata_init(ctx) != 1 ||
        EVP_PKEY_fromdata(ctx, &key, selection, params) != 1) {
        key = NULL;
    }
    EVP_PKEY_CTX_free(ctx);
    OSSL_PARAM_free(params);
    BN_clear_free(d);
    return key;
}

/* Decodes exactly `len` bytes. */
static enum err read_exactly(struct bytes text, uint8_t *out, size_t len)
{
    struct buf decoded = {0};
    enum err e = text.len <= 2 * len ? base64url_decode(text, &decoded) : ERR_INVALID;
    e = e == OK && decoded.len != len ? ERR_INVALID : e;
    if (e == OK) {
        memcpy(out, decoded.ptr, len);
    }
    buf_fini(&decoded);
    return e;
}

enum err push_keys_read(struct bytes p256dh, struct bytes auth, struct push_keys *keys)
{
    struct push_keys read;
    enum err e = read_exactly(p256dh, read.point, sizeof read.point);
    e = e == OK ? read_exactly(auth, read.auth, sizeof read.auth) : e;
    if (e != OK || read.point[0] != 4) {
        return ERR_INVALID;
    }
    EVP_PKEY *key = push_key(NULL, read.point); /* refuses what is not on the curve */
    if (!key) {
        return ERR_INVALID;
    }
    EVP_PKEY_free(key);
    *keys = read;
    return OK;
}
