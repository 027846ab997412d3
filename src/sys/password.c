/* SPDX-License-Identifier: Apache-2.0 */
#include "sys/password.h"

#include <errno.h>
#include <sodium.h>

/* Two passes over 19 MiB: enough against guessing by graphics cards, and little enough for a board
 * with 128 MB. A hash says its own parameters, so that later ones may differ. */
#define PASSES       2
#define MEMORY_BYTES (19u << 20)

_Static_assert(PASSWORD_HASH_BYTES == crypto_pwhash_STRBYTES, "what libsodium writes fits");

enum err password_hash(struct bytes password, char out[PASSWORD_HASH_BYTES])
{
    int failed =
        crypto_pwhash_str(out, (const char *)password.ptr, password.len, PASSES, MEMORY_BYTES);
    return failed ? ERR_NO_MEMORY : OK;
}

enum err password_check(const char *hash, struct bytes password)
{
    char nobodys[PASSWORD_HASH_BYTES];
    if (!*hash) {
        enum err e = password_hash(password, nobodys);
        return e == OK ? ERR_DENIED : e;
    }
    errno = 0;
    if (crypto_pwhash_str_verify(hash, (const char *)password.ptr, password.len) == 0) {
        return OK;
    }
    return errno == EINVAL ? ERR_DENIED : ERR_NO_MEMORY;
}
