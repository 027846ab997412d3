/* SPDX-License-Identifier: Apache-2.0 */
/* What a picture is, by its first bytes and its own words, without decoding it: whether a browser
 * may be handed it, and how large it will be there. Pure.
 *
 * PNG: W3C PNG, section 5 (signature, then IHDR). JPEG: ITU-T T.81, annex B (markers up to the
 * frame's header). WebP: RFC 9649 (RIFF, then VP8, VP8L or VP8X). SVG is none of these: it may
 * hold programs. */
#ifndef TELLTALE_MODEL_PICTURE_H
#define TELLTALE_MODEL_PICTURE_H

#include "base/bytes.h"
#include "base/err.h"

enum picture_type {
    PICTURE_PNG,
    PICTURE_JPEG,
    PICTURE_WEBP,
};

struct picture {
    enum picture_type type;
    uint32_t width, height; /* pixels, 1 .. LIMIT_PICTURE_SIDE */
};

/* Errors: ERR_INVALID none of these kinds, or cut before it says its size;  ERR_TOO_LARGE a side
 * above LIMIT_PICTURE_SIDE. */
MUST_CHECK enum err picture_read(struct bytes b, struct picture *out);

/* "image/png". Static storage. */
const char *picture_type_text(enum picture_type type);

#endif
