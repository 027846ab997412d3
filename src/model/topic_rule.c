/* SPDX-License-Identifier: Apache-2.0 */
#include "model/topic_rule.h"

#include "model/ids.h"
#include "model/limits.h"

#include "base/utf8.h"

bool rule_list_next(struct bytes *list, struct bytes *pattern)
{
    if (list->len == 0) {
        return false;
    }
    size_t n = bytes_index(*list, 0);
    ASSERT(n < list->len);
    *pattern = bytes_of(list->ptr, n);
    *list = bytes_skip(*list, n + 1);
    return true;
}

/* ---- topics ---- */

/* The level that `rest` begins with; `rest` is moved behind it. False when there is none left. */
static bool next_level(struct bytes *rest, struct bytes *level)
{
    if (!rest->ptr) {
        return false;
    }
    size_t n = bytes_index(*rest, '/');
    *level = bytes_of(rest->ptr, n);
    *rest = n < rest->len ? bytes_skip(*rest, n + 1) : (struct bytes){0};
    return true;
}

/* A name that can stand for one level, or a part of one, and nothing else. */
static bool is_inert(struct bytes name)
{
    for (size_t i = 0; i < name.len; i++) {
        uint8_t c = name.ptr[i];
        if (c == '+' || c == '#' || c == '/' || c == 0) {
            return false;
        }
    }
    return name.len > 0 && name.ptr[0] != '$';
}

/* The name that a placeholder stands for; NULL when `pattern` does not begin with one. */
static const struct bytes *name_of(struct bytes pattern, const struct topic_names *names)
{
    if (pattern.len < 2 || pattern.ptr[0] != '%') {
        return NULL;
    }
    return pattern.ptr[1] == 'u' ? &names->user : pattern.ptr[1] == 'c' ? &names->client : NULL;
}

/* Whether a level of a pattern without wildcards says exactly `level`. Most have no placeholder, or
 * are one. */
static bool level_equals(struct bytes pattern, const struct topic_names *names, struct bytes level)
{
    const struct bytes *whole = pattern.len == 2 ? name_of(pattern, names) : NULL;
    if (whole) {
        return bytes_equal(*whole, level) && is_inert(*whole);
    }
    if (bytes_index(pattern, '%') == pattern.len) {
        return bytes_equal(pattern, level);
    }
    while (pattern.len) {
        const struct bytes *name = name_of(pattern, names);
        struct bytes part = name ? *name : bytes_of(pattern.ptr, 1);
        if ((name && !is_inert(part)) || !bytes_start_with(level, part)) {
            return false;
        }
        level = bytes_skip(level, part.len);
        pattern = bytes_skip(pattern, name ? 2 : 1);
    }
    return level.len == 0;
}

static bool level_permits(struct bytes pattern, const struct topic_names *names, struct bytes level)
{
    if (bytes_equal(level, BYTES("#"))) {
        return false;
    }
    if (bytes_equal(pattern, BYTES("+"))) {
        return true;
    }
    return level_equals(pattern, names, level);
}

/* `a/#` matches `a` too, so a pattern whose next level is `#` permits an end here. */
static bool rule_permits(struct bytes pattern, const struct topic_names *names, struct bytes filter)
{
    struct bytes mine, asked;
    bool first = true;
    while (next_level(&pattern, &mine)) {
        bool wild = bytes_equal(mine, BYTES("#")) || bytes_equal(mine, BYTES("+"));
        if (first && wild && bytes_start_with(filter, BYTES("$"))) {
            return false;
        }
        if (bytes_equal(mine, BYTES("#"))) {
            return true;
        }
        if (!next_level(&filter, &asked) || !level_permits(mine, names, asked)) {
            return false;
        }
        first = false;
    }
    return !filter.ptr;
}

bool topic_rules_permit(struct bytes list, const struct topic_names *names, struct bytes filter)
{
    struct bytes pattern;
    while (rule_list_next(&list, &pattern)) {
        if (rule_permits(pattern, names, filter)) {
            return true;
        }
    }
    return false;
}

bool topic_rule_valid(struct bytes pattern)
{
    struct bytes rest = pattern, level;
    size_t levels = 0;
    if (pattern.len == 0 || pattern.len > LIMIT_TOPIC_BYTES || !text_is_printable(pattern)) {
        return false;
    }
    while (next_level(&rest, &level)) {
        bool wild = bytes_index(level, '+') < level.len || bytes_index(level, '#') < level.len;
        bool last_only = bytes_index(level, '#') < level.len && rest.ptr;
        if ((wild && level.len > 1) || last_only || ++levels > LIMIT_TOPIC_LEVELS) {
            return false;
        }
    }
    return true;
}

bool topic_rule_placeholders_known(struct bytes pattern)
{
    for (size_t i = 0; i < pattern.len; i++) {
        if (pattern.ptr[i] != '%') {
            continue;
        }
        if (i + 1 == pattern.len || (pattern.ptr[i + 1] != 'u' && pattern.ptr[i + 1] != 'c')) {
            return false;
        }
    }
    return true;
}

/* ---- devices ---- */

/* On a mismatch the last star takes one byte more, which is enough: an earlier one never has to. */
static bool device_matches(struct bytes pattern, struct bytes device)
{
    size_t p = 0, d = 0, star = SIZE_MAX, resume = 0;
    while (d < device.len) {
        if (p < pattern.len && pattern.ptr[p] == '*') {
            star = p++;
            resume = d;
        } else if (p < pattern.len && pattern.ptr[p] == device.ptr[d]) {
            p++;
            d++;
        } else if (star != SIZE_MAX) {
            p = star + 1;
            d = ++resume;
        } else {
            return false;
        }
    }
    while (p < pattern.len && pattern.ptr[p] == '*') {
        p++;
    }
    return p == pattern.len;
}

bool device_rules_permit(struct bytes list, struct bytes device)
{
    struct bytes pattern;
    while (rule_list_next(&list, &pattern)) {
        if (device_matches(pattern, device)) {
            return true;
        }
    }
    return false;
}

bool device_rule_valid(struct bytes pattern)
{
    return name_id_valid(pattern);
}
