/* SPDX-License-Identifier: Apache-2.0 */
/* One record of RFC 8188 under the keys of RFC 8291:
 *
 *     salt(16) record size(4, big endian) length of the key id(1) key id = our point(65)
 *     AES-128-GCM of: plain, 0x02; then its tag(16)
 */
#include "proto/push/parts.h"

#include <openssl/hmac.h>

#define HASH_BYTES  32
#define KEY_BYTES   16
#define NONCE_BYTES 12
#define TAG_BYTES   16
#define RECORD_SIZE 4096

static const char key_intro[] = "WebPush: info"; /* with its NUL */
static const char cek_info[] = "Content-Encoding: aes128gcm";
static const char nonce_info[] = "Content-Encoding: nonce";

static void hmac(const uint8_t *key, size_t key_len, struct bytes text, uint8_t out[HASH_BYTES])
{
    unsigned len = HASH_BYTES;
    const uint8_t *made = HMAC(EVP_sha256(), key, (int)key_len, text.ptr, text.len, out, &len);
    ASSERT(made && len == HASH_BYTES);
}

/* HKDF-Expand to one block at most: HMAC(prk, info 0x01). `info` comes with its NUL. */
static void expand(const uint8_t prk[HASH_BYTES], const void *info, size_t info_len,
                   uint8_t out[HASH_BYTES])
{
    uint8_t text[sizeof key_intro + 2 * PUSH_POINT_BYTES + 1];
    ASSERT(info_len < sizeof text);
    memcpy(text, info, info_len);
    text[info_len] = 1;
    hmac(prk, HASH_BYTES, bytes_of(text, info_len + 1), out);
}

static enum err agree(const uint8_t *sender, const uint8_t *sender_point, const uint8_t *to,
                      uint8_t secret[HASH_BYTES])
{
    EVP_PKEY *ours = push_key(sender, sender_point);
    EVP_PKEY *theirs = push_key(NULL, to);
    EVP_PKEY_CTX *ctx = ours ? EVP_PKEY_CTX_new(ours, NULL) : NULL;
    size_t len = HASH_BYTES;
    bool good = ctx && theirs && EVP_PKEY_derive_init(ctx) == 1 &&
                EVP_PKEY_derive_set_peer(ctx, theirs) == 1 &&
                EVP_PKEY_derive(ctx, secret, &len) == 1 && len == HASH_BYTES;
    EVP_PKEY_CTX_free(ctx);
    EVP_PKEY_free(theirs);
    EVP_PKEY_free(ours);
    return good ? OK : ERR_INVALID;
}

/* The input keying material of the record: binds both points and the browser's secret. */
static enum err make_ikm(const struct push_keys *to, const uint8_t *sender,
                         const uint8_t *sender_point, uint8_t ikm[HASH_BYTES])
{
    uint8_t secret[HASH_BYTES], prk[HASH_BYTES];
    uint8_t info[sizeof key_intro + 2 * PUSH_POINT_BYTES];
    enum err e = agree(sender, sender_point, to->point, secret);
    if (e != OK) {
        return e;
    }
    memcpy(info, key_intro, sizeof key_intro);
    memcpy(info + sizeof key_intro, to->point, PUSH_POINT_BYTES);
    memcpy(info + sizeof key_intro + PUSH_POINT_BYTES, sender_point, PUSH_POINT_BYTES);
    hmac(to->auth, PUSH_AUTH_BYTES, bytes_of(secret, sizeof secret), prk);
    expand(prk, info, sizeof info, ikm);
    return OK;
}

static void seal(const uint8_t *key, const uint8_t *nonce, struct bytes plain, struct buf *out)
{
    static const uint8_t last = 2; /* the mark of the last record, without padding */
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    uint8_t *to = buf_reserve(out, plain.len + 1 + TAG_BYTES);
    int n = 0, m = 0, rest = 0;
    bool good = ctx && EVP_EncryptInit_ex(ctx, EVP_aes_128_gcm(), NULL, key, nonce) == 1 &&
                EVP_EncryptUpdate(ctx, to, &n, plain.ptr, (int)plain.len) == 1 &&
                EVP_EncryptUpdate(ctx, to + n, &m, &last, 1) == 1 &&
                EVP_EncryptFinal_ex(ctx, to + n + m, &rest) == 1 &&
                EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_GCM_GET_TAG, TAG_BYTES, to + n + m) == 1;
    ASSERT(good && (size_t)(n + m) == plain.len + 1 && rest == 0);
    out->len += plain.len + 1 + TAG_BYTES;
    EVP_CIPHER_CTX_free(ctx);
}

static void put_header(const uint8_t *salt, const uint8_t *point, struct buf *body)
{
    static const uint8_t size_and_length[] = {0, 0, RECORD_SIZE >> 8, RECORD_SIZE & 255,
                                              PUSH_POINT_BYTES};
    buf_put(body, salt, PUSH_SALT_BYTES);
    buf_put(body, size_and_length, sizeof size_and_length);
    buf_put(body, point, PUSH_POINT_BYTES);
}

enum err push_encrypt(const struct push_keys *to, const uint8_t sender[PUSH_PRIVATE_BYTES],
                      const uint8_t salt[PUSH_SALT_BYTES], struct bytes plain, struct buf *body)
{
    uint8_t point[PUSH_POINT_BYTES];
    uint8_t ikm[HASH_BYTES], prk[HASH_BYTES], key[HASH_BYTES], nonce[HASH_BYTES];
    if (plain.len > PUSH_PLAIN_MAX) {
        return ERR_TOO_LARGE;
    }
    enum err e = push_public(sender, point);
    e = e == OK ? make_ikm(to, sender, point, ikm) : e;
    if (e != OK) {
        return e;
    }
    hmac(salt, PUSH_SALT_BYTES, bytes_of(ikm, sizeof ikm), prk);
    expand(prk, cek_info, sizeof cek_info, key);
    expand(prk, nonce_info, sizeof nonce_info, nonce);
    put_header(salt, point, body);
    seal(key, nonce, plain, body);
    return OK;
}
