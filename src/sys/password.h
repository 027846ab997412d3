/* SPDX-License-Identifier: Apache-2.0 */
/* Hashes of people's passwords: argon2id by libsodium. Each takes some 30 ms of a processor and 19
 * MiB, which is what makes guessing slow, so this is called one at a time and never on a loop.
 *
 * Thread: any, after secret_start. */
#ifndef TELLTALE_SYS_PASSWORD_H
#define TELLTALE_SYS_PASSWORD_H

#include "base/bytes.h"
#include "base/err.h"

#define PASSWORD_HASH_BYTES 128

/* The hash with its parameters and a fresh salt, as NUL-terminated text; what follows it is zeros.
 * Errors: ERR_NO_MEMORY. */
MUST_CHECK enum err password_hash(struct bytes password, char out[PASSWORD_HASH_BYTES]);

/* Whether `hash` is of this password. An empty hash is of none, found out in the same time.
 * Errors: ERR_DENIED it is not;  ERR_NO_MEMORY. */
MUST_CHECK enum err password_check(const char *hash, struct bytes password);

#endif
