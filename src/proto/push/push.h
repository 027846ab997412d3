/* SPDX-License-Identifier: Apache-2.0 */
/* Web Push without sockets: the body that only one browser can read (RFC 8291 over the one record
 * of RFC 8188), and the header by which a push service knows who sends (RFC 8292). The P-256 and
 * the AES are OpenSSL's; what is put together from them is here.
 *
 * Randomness is the caller's to give: `salt` and `sender` must be fresh for each message. */
#ifndef TELLTALE_PROTO_PUSH_PUSH_H
#define TELLTALE_PROTO_PUSH_PUSH_H

#include "base/buf.h"

#define PUSH_PRIVATE_BYTES 32
#define PUSH_POINT_BYTES   65 /* uncompressed point of P-256 */
#define PUSH_AUTH_BYTES    16
#define PUSH_SALT_BYTES    16

/* A push service takes bodies of 4,096 bytes; less the header, the tag and the mark of the end. */
#define PUSH_PLAIN_MAX 3993

/* What a browser gives with its subscription. */
struct push_keys {
    uint8_t point[PUSH_POINT_BYTES]; /* p256dh */
    uint8_t auth[PUSH_AUTH_BYTES];
};

/* Reads both from base64url. Errors: ERR_INVALID of another length, or no point of the curve. */
MUST_CHECK enum err push_keys_read(struct bytes p256dh, struct bytes auth, struct push_keys *keys);

/* The public point of a private key. Errors: ERR_INVALID it is none: 0 or beyond the order. */
MUST_CHECK enum err push_public(const uint8_t private_key[PUSH_PRIVATE_BYTES],
                                uint8_t point[PUSH_POINT_BYTES]);

/* Appends the body of a message, content coding aes128gcm.
 * Errors: ERR_TOO_LARGE above PUSH_PLAIN_MAX;  ERR_INVALID a key is none. */
MUST_CHECK enum err push_encrypt(const struct push_keys *to,
                                 const uint8_t sender[PUSH_PRIVATE_BYTES],
                                 const uint8_t salt[PUSH_SALT_BYTES], struct bytes plain,
                                 struct buf *body);

/* Appends the value of Authorization: `vapid t=..., k=...`. `audience` is the origin of the
 * endpoint, `subject` a mailto: or https: address, `expires_s` at most a day ahead.
 * Errors: ERR_INVALID the key is none. */
MUST_CHECK enum err push_authorization(const uint8_t private_key[PUSH_PRIVATE_BYTES],
                                       struct bytes audience, struct bytes subject,
                                       int64_t expires_s, struct buf *out);

#endif
