/* SPDX-License-Identifier: Apache-2.0 */
/* Requests to devices travel over the same broker as their data and must not be recorded as such.
 */
#include "decode/parts.h"

static bool is_level(const struct decode_topic *t, size_t i, const char *word)
{
    return bytes_equal(t->level[i], bytes_of_text(word));
}

/* Topics by which something is asked of a device: .../set, .../get, .../command, .../$target,
 * cmnd/..., W/..., R/..., .../NCMD/..., .../DCMD/..., .../down/..., .../command/... In our own
 * sensors/<device>/... the levels are names, so only the last one is looked at. */
static bool owns_commands(const struct decode_topic *t)
{
    static const char *const last[] = {"set", "get", "command", "$target"};
    static const char *const first[] = {"cmnd", "W", "R"};
    static const char *const within[] = {"NCMD", "DCMD", "down", "command"};
    if (t->count < 2) {
        return false;
    }
    for (size_t i = 0; i < ARRAY_LEN(last); i++) {
        if (is_level(t, t->count - 1, last[i])) {
            return true;
        }
    }
    if (is_level(t, 0, "sensors") || is_level(t, 0, "devices")) {
        return false;
    }
    for (size_t i = 0; i < ARRAY_LEN(first); i++) {
        if (is_level(t, 0, first[i])) {
            return true;
        }
    }
    for (size_t level = 1; level + 1 < t->count; level++) {
        for (size_t i = 0; i < ARRAY_LEN(within); i++) {
            if (is_level(t, level, within[i])) {
                return true;
            }
        }
    }
    return false;
}

static enum drop ignore(struct decoder *d, const struct decode_topic *t,
                        const struct decode_input *in)
{
    (void)d;
    (void)t;
    (void)in;
    return DROP_NONE;
}

const struct decode_family decode_commands = {"commands", owns_commands, ignore};
