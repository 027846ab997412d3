/* SPDX-License-Identifier: Apache-2.0 */
/* How long readings of a device are kept: what a rule says about the device itself, else the
 * shortest of what rules say about its tags, else what holds for all. A rule is written
 * "device:ID 7d" or "tag:NAME 30d"; 0 keeps for ever. */
#include "store/state.h"

#include "base/config.h"

struct rule {
    bool device; /* else tag */
    struct bytes name;
    wall_ms kept_ms;
};

static bool parse_age(struct bytes text, wall_ms *age)
{
    static const struct config_field field = {
        .name = "age", .type = CONFIG_DURATION, .size = sizeof(wall_ms), .max = INT64_MAX / 4};
    char why[CONFIG_WHY_MAX];
    return config_set(&field, age, text, why) == OK;
}

static bool parse(const char *text, struct rule *rule)
{
    struct bytes all = bytes_of_text(text);
    size_t space = all.len;
    while (space > 0 && all.ptr[space - 1] != ' ') {
        space--;
    }
    size_t colon = bytes_index(all, ':');
    if (space < 2 || colon + 1 >= space - 1) {
        return false;
    }
    struct bytes kind = bytes_of(all.ptr, colon);
    rule->device = bytes_equal(kind, BYTES("device"));
    rule->name = bytes_of(all.ptr + colon + 1, space - 1 - (colon + 1));
    bool known = rule->device || bytes_equal(kind, BYTES("tag"));
    return known && parse_age(bytes_skip(all, space), &rule->kept_ms);
}

bool store_retention_valid(const char *text)
{
    struct rule rule;
    return parse(text, &rule);
}

/* 0, for ever, is longer than all. */
static bool is_shorter(wall_ms a, wall_ms b)
{
    return a != 0 && (b == 0 || a < b);
}

wall_ms store_retention_longest(const struct store_config *config)
{
    wall_ms longest = config->retention_ms;
    for (size_t i = 0; i < config->retention_of.count; i++) {
        struct rule rule;
        if (parse(config->retention_of.items[i], &rule) && is_shorter(longest, rule.kept_ms)) {
            longest = rule.kept_ms;
        }
    }
    return longest;
}

static bool has_tag(struct bytes tags, struct bytes tag)
{
    while (tags.len > 0) {
        size_t n = bytes_index(tags, '\0');
        if (bytes_equal(bytes_of(tags.ptr, n), tag)) {
            return true;
        }
        tags = bytes_skip(tags, n < tags.len ? n + 1 : n);
    }
    return false;
}

wall_ms lifetime_of(const struct store_config *config, struct bytes id, struct bytes tags)
{
    wall_ms by_tag = config->retention_ms;
    bool tagged = false;
    for (size_t i = 0; i < config->retention_of.count; i++) {
        struct rule rule;
        if (!parse(config->retention_of.items[i], &rule)) {
            continue;
        }
        if (rule.device && bytes_equal(rule.name, id)) {
            return rule.kept_ms;
        }
        if (!rule.device && has_tag(tags, rule.name) &&
            (!tagged || is_shorter(rule.kept_ms, by_tag))) {
            by_tag = rule.kept_ms;
            tagged = true;
        }
    }
    return by_tag;
}

wall_ms lifetime_of_group(const struct store *s, uint32_t group)
{
    uint32_t device = s->groups[group].device;
    return device < s->device_count && s->devices[device].known ? s->devices[device].kept_ms
                                                                : s->config.retention_ms;
}
