/* SPDX-License-Identifier: Apache-2.0 */
/* UTF-8 as RFC 3629 has it: shortest forms only, no surrogates, nothing above U+10FFFF. */
#ifndef TELLTALE_BASE_UTF8_H
#define TELLTALE_BASE_UTF8_H

#include "base/bytes.h"

/* Whether all of `b` is well formed. */
bool utf8_valid(struct bytes b);

/* A check that can stop anywhere: feed the parts in order, then ask whether it ended cleanly. */
struct utf8_check {
    uint8_t pending; /* continuation bytes still to come */
    uint8_t low;     /* range that the next of them must lie in */
    uint8_t high;
};

/* Starts zeroed. False at the first byte that can't follow. */
bool utf8_feed(struct utf8_check *c, struct bytes part);

/* Whether what was fed so far ends between two characters. */
static inline bool utf8_complete(const struct utf8_check *c)
{
    return c->pending == 0;
}

/* Longest prefix of `b`, at most `max` bytes, that does not cut a character. `b` is valid. */
struct bytes utf8_clip(struct bytes b, size_t max);

#endif
