/* SPDX-License-Identifier: Apache-2.0 */
/* Strings, topics and filters. A topic is checked once for each message, so plain ASCII, which is
 * nearly all of them, is judged eight bytes at a time; only what that finds suspicious is read byte
 * by byte. */
#include "proto/mqtt/mqtt.h"

#include "base/utf8.h"

#define EACH_BYTE(c) (0x0101010101010101u * (uint64_t)(c))

/* Not zero when a byte of `word` is zero. */
static inline uint64_t zero_byte(uint64_t word)
{
    return (word - EACH_BYTE(1)) & ~word & EACH_BYTE(0x80);
}

/* Whether eight bytes are ASCII without NUL and without wildcards. */
static inline bool plain_word(uint64_t word)
{
    uint64_t bad = (word & EACH_BYTE(0x80)) | zero_byte(word) | zero_byte(word ^ EACH_BYTE('+')) |
                   zero_byte(word ^ EACH_BYTE('#'));
    return bad == 0;
}

static inline bool plain_byte(uint8_t c)
{
    return c != 0 && c < 0x80 && c != '+' && c != '#';
}

static bool is_plain(struct bytes s)
{
    if (s.len >= 8) {
        size_t i = 0;
        for (; i + 8 <= s.len; i += 8) {
            if (!plain_word(le64_load(s.ptr + i))) {
                return false;
            }
        }
        /* The last eight bytes overlap what was seen, which costs less than a loop over the rest.
         */
        return plain_word(le64_load(s.ptr + s.len - 8));
    }
    for (size_t i = 0; i < s.len; i++) {
        if (!plain_byte(s.ptr[i])) {
            return false;
        }
    }
    return true;
}

static bool holds(struct bytes s, uint8_t c)
{
    return bytes_index(s, c) < s.len;
}

bool mqtt_string_valid(struct bytes s)
{
    return s.len <= MQTT_STRING_MAX && (is_plain(s) || (!holds(s, 0) && utf8_valid(s)));
}

bool mqtt_topic_valid(struct bytes topic)
{
    if (topic.len == 0 || topic.len > MQTT_STRING_MAX) {
        return false;
    }
    return is_plain(topic) ||
           (mqtt_string_valid(topic) && !holds(topic, '+') && !holds(topic, '#'));
}

/* Whether the character at `i` is a level of its own. */
static bool is_whole_level(struct bytes filter, size_t i)
{
    bool begins = i == 0 || filter.ptr[i - 1] == '/';
    bool ends = i + 1 == filter.len || filter.ptr[i + 1] == '/';
    return begins && ends;
}

bool mqtt_filter_valid(struct bytes filter)
{
    if (filter.len == 0 || !mqtt_string_valid(filter)) {
        return false;
    }
    for (size_t i = 0; i < filter.len; i++) {
        uint8_t c = filter.ptr[i];
        if ((c == '+' || c == '#') && !is_whole_level(filter, i)) {
            return false;
        }
        if (c == '#' && i + 1 != filter.len) {
            return false;
        }
    }
    return true;
}

bool mqtt_filter_is_wild(struct bytes filter)
{
    return holds(filter, '+') || holds(filter, '#');
}

/* A valid filter has its wildcards as whole levels only, so walking characters is walking levels.
 */
static bool match_levels(struct bytes filter, struct bytes topic)
{
    size_t f = 0;
    size_t t = 0;
    while (f < filter.len) {
        uint8_t c = filter.ptr[f];
        if (c == '#') {
            return true;
        }
        if (c == '+') {
            t += bytes_index(bytes_skip(topic, t), '/');
            f++;
        } else if (t < topic.len && c == topic.ptr[t]) {
            f++;
            t++;
        } else {
            /* "a/#" also means "a" itself. */
            return t == topic.len && bytes_equal(bytes_skip(filter, f), BYTES("/#"));
        }
    }
    return t == topic.len;
}

bool mqtt_match(struct bytes filter, struct bytes topic)
{
    if (filter.len == 0 || topic.len == 0) {
        return false;
    }
    bool wild_first = filter.ptr[0] == '+' || filter.ptr[0] == '#';
    if (topic.ptr[0] == '$' && wild_first) {
        return false;
    }
    return match_levels(filter, topic);
}

enum err mqtt_share_split(struct bytes filter, struct bytes *group, struct bytes *rest)
{
    const struct bytes prefix = BYTES("$share/");
    if (!bytes_start_with(filter, prefix)) {
        *group = bytes_of(filter.ptr, 0);
        *rest = filter;
        return OK;
    }
    struct bytes in = bytes_skip(filter, prefix.len);
    size_t len = bytes_index(in, '/');
    if (len == 0 || len + 1 >= in.len || mqtt_filter_is_wild(bytes_of(in.ptr, len))) {
        return ERR_PROTOCOL;
    }
    *group = bytes_of(in.ptr, len);
    *rest = bytes_skip(in, len + 1);
    return OK;
}
