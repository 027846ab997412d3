/* SPDX-License-Identifier: Apache-2.0 */
#include "sys/secret.h"

#include <sodium.h>

void secret_start(void)
{
    ASSERT(sodium_init() >= 0);
}

void secret_random(void *out, size_t len)
{
    randombytes_buf(out, len);
}

void secret_token(char out[SECRET_TOKEN_BYTES])
{
    uint8_t secret[32];
    randombytes_buf(secret, sizeof secret);
    (void)sodium_bin2base64(out, SECRET_TOKEN_BYTES, secret, sizeof secret,
                            sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    sodium_memzero(secret, sizeof secret);
}

void secret_hash(struct bytes text, uint8_t out[32])
{
    (void)crypto_generichash(out, 32, text.ptr, text.len, NULL, 0);
}
