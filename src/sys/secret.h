/* SPDX-License-Identifier: Apache-2.0 */
/* Randomness and token hashes, by libsodium. Thread: any, after secret_start. */
#ifndef TELLTALE_SYS_SECRET_H
#define TELLTALE_SYS_SECRET_H

#include "base/bytes.h"

/* Call once before anything else here. Aborts when the system gives no randomness. */
void secret_start(void);

void secret_random(void *out, size_t len);

/* A new token: 256 random bits as 43 characters of base64url; `out` is NUL-terminated. */
#define SECRET_TOKEN_BYTES 44
void secret_token(char out[SECRET_TOKEN_BYTES]);

/* BLAKE2b-256 of a token's text. */
void secret_hash(struct bytes text, uint8_t out[32]);

#endif
