/* SPDX-License-Identifier: Apache-2.0 */
/* Topics cut into levels. */
#include "decode/parts.h"

bool decode_topic_split(struct bytes text, struct decode_topic *t)
{
    t->text = text;
    t->count = 0;
    for (;;) {
        if (t->count == ARRAY_LEN(t->level)) {
            return false;
        }
        size_t len = bytes_index(text, '/');
        t->level[t->count++] = bytes_of(text.ptr, len);
        if (len == text.len) {
            return true;
        }
        text = bytes_skip(text, len + 1);
    }
}

bool decode_level_is(const struct decode_topic *t, size_t i, const char *word)
{
    return i < t->count && bytes_equal(t->level[i], bytes_of_text(word));
}

struct bytes decode_levels(const struct decode_topic *t, size_t from, size_t to)
{
    ASSERT(from < to && to <= t->count);
    const uint8_t *begin = t->level[from].ptr;
    const uint8_t *end = t->level[to - 1].ptr + t->level[to - 1].len;
    return bytes_of(begin, (size_t)(end - begin));
}

bool decode_levels_dotted(struct decoder *d, const struct decode_topic *t, size_t from, size_t to,
                          struct bytes *dotted)
{
    return decode_join(d, t->level + from, to - from, BYTES("."), LIMIT_ID_BYTES, dotted);
}
