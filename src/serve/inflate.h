/* SPDX-License-Identifier: Apache-2.0 */
/* A compressed request body, bounded by what comes out of it: what its header claims counts for
 * nothing, and a bomb stops at the limit. */
#ifndef TELLTALE_SERVE_INFLATE_H
#define TELLTALE_SERVE_INFLATE_H

#include "base/buf.h"

/* Unpacks one gzip member into the empty `out`.
 * Errors: ERR_TOO_LARGE more than `max` bytes come out;  ERR_INVALID not gzip, cut short, or with
 *         something behind it;  ERR_NO_MEMORY. `out` may hold a part then. */
MUST_CHECK enum err inflate_gzip(struct bytes in, size_t max, struct buf *out);

#endif
