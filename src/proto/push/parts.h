/* SPDX-License-Identifier: Apache-2.0 */
/* What encryption and the VAPID header share. */
#ifndef TELLTALE_PROTO_PUSH_PARTS_H
#define TELLTALE_PROTO_PUSH_PARTS_H

#include "proto/push/push.h"

#include <openssl/evp.h>

/* A key of P-256: with its private half when `private_key` is not NULL. NULL: it is none.
 * Ownership: the caller's, EVP_PKEY_free. */
EVP_PKEY *push_key(const uint8_t *private_key, const uint8_t point[PUSH_POINT_BYTES]);

#endif
