/* SPDX-License-Identifier: Apache-2.0 */
/* Base64 as RFC 4648 has it: the usual alphabet with padding, and that of URLs without. */
#ifndef TELLTALE_BASE_BASE64_H
#define TELLTALE_BASE_BASE64_H

#include "base/buf.h"

/* Appends `in` in the usual alphabet, padded. */
void base64_append(struct buf *out, struct bytes in);

/* Appends `in` in the alphabet of URLs, without padding. */
void base64url_append(struct buf *out, struct bytes in);

/* Appends what `text` in the alphabet of URLs stands for; padding at its end is passed over, since
 * browsers' libraries disagree on it. Errors: ERR_INVALID another character, a length that no
 * bytes have, or bits that stand for nothing; `out` is as it was. */
MUST_CHECK enum err base64url_decode(struct bytes text, struct buf *out);

#endif
