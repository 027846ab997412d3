/* SPDX-License-Identifier: Apache-2.0 */
/* The token of RFC 8292: a JWT signed by ES256, whose signature is r and s of 32 bytes each. */
#include "proto/push/parts.h"

#include "base/base64.h"

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/evp.h>

#include <inttypes.h>

#define DER_MAX  80
#define SCALAR   32
#define JWT_HEAD "{\"typ\":\"JWT\",\"alg\":\"ES256\"}"

static enum err sign_der(EVP_PKEY *key, struct bytes text, uint8_t der[DER_MAX], size_t *len)
{
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    *len = DER_MAX;
    bool good = ctx && EVP_DigestSignInit(ctx, NULL, EVP_sha256(), NULL, key) == 1 &&
                EVP_DigestSign(ctx, der, len, text.ptr, text.len) == 1;
    EVP_MD_CTX_free(ctx);
    return good ? OK : ERR_INVALID;
}

static enum err sign(EVP_PKEY *key, struct bytes text, uint8_t raw[2 * SCALAR])
{
    uint8_t der[DER_MAX];
    const uint8_t *at = der;
    size_t len;
    enum err e = sign_der(key, text, der, &len);
    if (e != OK) {
        return e;
    }
    ECDSA_SIG *s = d2i_ECDSA_SIG(NULL, &at, (long)len);
    bool good = s && BN_bn2binpad(ECDSA_SIG_get0_r(s), raw, SCALAR) == SCALAR &&
                BN_bn2binpad(ECDSA_SIG_get0_s(s), raw + SCALAR, SCALAR) == SCALAR;
    ECDSA_SIG_free(s);
    return good ? OK : ERR_INVALID;
}

/* Audience and subject are our own words: origins and addresses that were checked, without quotes,
 * backslashes or control characters. */
static void put_claims(struct bytes audience, struct bytes subject, int64_t expires_s,
                       struct buf *jwt)
{
    struct buf claims = {0};
    buf_put_text(&claims, "{\"aud\":\"");
    buf_put_bytes(&claims, audience);
    buf_printf(&claims, "\",\"exp\":%" PRId64 ",\"sub\":\"", expires_s);
    buf_put_bytes(&claims, subject);
    buf_put_text(&claims, "\"}");
    base64url_append(jwt, BYTES(JWT_HEAD));
    buf_put_byte(jwt, '.');
    base64url_append(jwt, buf_bytes(&claims));
    buf_fini(&claims);
}

enum err push_authorization(const uint8_t private_key[PUSH_PRIVATE_BYTES], struct bytes audience,
                            struct bytes subject, int64_t expires_s, struct buf *out)
{
    uint8_t point[PUSH_POINT_BYTES], raw[2 * SCALAR];
    struct buf jwt = {0};
    enum err e = push_public(private_key, point);
    EVP_PKEY *key = e == OK ? push_key(private_key, point) : NULL;
    put_claims(audience, subject, expires_s, &jwt);
    e = key ? sign(key, buf_bytes(&jwt), raw) : ERR_INVALID;
    if (e == OK) {
        buf_put_text(out, "vapid t=");
        buf_put_bytes(out, buf_bytes(&jwt));
        buf_put_byte(out, '.');
        base64url_append(out, bytes_of(raw, sizeof raw));
        buf_put_text(out, ", k=");
        base64url_append(out, bytes_of(point, sizeof point));
    }
    EVP_PKEY_free(key);
    buf_fini(&jwt);
    return e;
}
