/* SPDX-License-Identifier: Apache-2.0 */
#include "serve/inflate.h"

#include <limits.h>
#include <zlib.h>

/* Windows of gzip, with its header (zlib's manual, inflateInit2). */
#define GZIP_WINDOW_BITS (16 + MAX_WBITS)
#define STEP_BYTES       (64u << 10)

static enum err run(z_stream *z, size_t max, struct buf *out)
{
    int rc = Z_OK;
    while (rc == Z_OK) {
        /* One byte more than may come tells that more would. */
        size_t room = size_min(STEP_BYTES, max + 1 - out->len);
        z->next_out = buf_reserve(out, room);
        z->avail_out = (uInt)room;
        rc = inflate(z, Z_NO_FLUSH);
        out->len += room - z->avail_out;
        if (out->len > max) {
            return ERR_TOO_LARGE;
        }
    }
    return rc == Z_STREAM_END && z->avail_in == 0 ? OK : ERR_INVALID;
}

enum err inflate_gzip(struct bytes in, size_t max, struct buf *out)
{
    z_stream z = {0};
    ASSERT(in.len <= UINT_MAX && out->len == 0);
    if (inflateInit2(&z, GZIP_WINDOW_BITS) != Z_OK) {
        return ERR_NO_MEMORY;
    }
    z.next_in = (Bytef *)(uintptr_t)in.ptr;
    z.avail_in = (uInt)in.len;
    enum err e = run(&z, max, out);
    (void)inflateEnd(&z);
    return e;
}
