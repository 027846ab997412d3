/* SPDX-License-Identifier: Apache-2.0 */
/* Requests to devices travel over the same broker as their data and must not be recorded as such.
 */
#include "decode/parts.h"

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
        if (decode_level_is(t, t->count - 1, last[i])) {
            return true;
        }
    }
    if (decode_level_is(t, 0, "sensors") || decode_level_is(t, 0, "devices")) {
        return false;
    }
    for (size_t i = 0; i < ARRAY_LEN(first); i++) {
        if (decode_level_is(t, 0, first[i])) {
            return true;
        }
    }
    for (size_t level = 1; level + 1 < t->count; level++) {
        for (size_t i = 0; i < ARRAY_LEN(within); i++) {
            if (decode_level_is(t, level, within[i])) {
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

const struct decode_family decode_commands = {
    .id = DECODER_COMMANDS, .owns = owns_commands, .decode = ignore};
