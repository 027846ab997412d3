/* SPDX-License-Identifier: Apache-2.0 */
/* SHA-1 as FIPS 180-4 has it, for the WebSocket handshake alone, where it is a check of
 * understanding and not a protection. Nothing else may use it. */
#ifndef TELLTALE_PROTO_WS_SHA1_H
#define TELLTALE_PROTO_WS_SHA1_H

#include "base/bytes.h"

#define WS_SHA1_LEN 20
#define WS_SHA1_MAX 119 /* longest message: two blocks with padding and length */

/* The digest of `message`, at most WS_SHA1_MAX bytes. */
void ws_sha1(struct bytes message, uint8_t out[WS_SHA1_LEN]);

#endif
