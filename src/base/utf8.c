/* SPDX-License-Identifier: Apache-2.0 */
#include "base/utf8.h"

/* Starts a character with lead byte `c`. The ranges of its second byte are the table of RFC 3629,
 * section 4. */
static bool begin(struct utf8_check *s, uint8_t c)
{
    s->low = 0x80;
    s->high = 0xbf;
    if (c >= 0xc2 && c <= 0xdf) {
        s->pending = 1;
    } else if (c >= 0xe0 && c <= 0xef) {
        s->pending = 2;
        s->low = c == 0xe0 ? 0xa0 : 0x80;
        s->high = c == 0xed ? 0x9f : 0xbf;
    } else if (c >= 0xf0 && c <= 0xf4) {
        s->pending = 3;
        s->low = c == 0xf0 ? 0x90 : 0x80;
        s->high = c == 0xf4 ? 0x8f : 0xbf;
    } else {
        return false;
    }
    return true;
}

bool utf8_feed(struct utf8_check *s, struct bytes part)
{
    for (size_t i = 0; i < part.len; i++) {
        uint8_t c = part.ptr[i];
        if (s->pending) {
            if (c < s->low || c > s->high) {
                return false;
            }
            s->low = 0x80;
            s->high = 0xbf;
            s->pending--;
        } else if (c >= 0x80 && !begin(s, c)) {
            return false;
        }
    }
    return true;
}

/* Offset of the first byte that is not ASCII, eight at a time. */
static size_t ascii_prefix(struct bytes b)
{
    size_t i = 0;
    while (i + 8 <= b.len && !(le64_load(b.ptr + i) & 0x8080808080808080u)) {
        i += 8;
    }
    while (i < b.len && b.ptr[i] < 0x80) {
        i++;
    }
    return i;
}

bool utf8_valid(struct bytes b)
{
    struct utf8_check s = {0};
    size_t ascii = ascii_prefix(b);
    return ascii == b.len || (utf8_feed(&s, bytes_skip(b, ascii)) && utf8_complete(&s));
}

struct bytes utf8_clip(struct bytes b, size_t max)
{
    if (b.len <= max) {
        return b;
    }
    while (max > 0 && (b.ptr[max] & 0xc0) == 0x80) {
        max--;
    }
    return bytes_of(b.ptr, max);
}
