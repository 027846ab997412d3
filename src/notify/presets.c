/* SPDX-License-Identifier: Apache-2.0 */
/* The templates of presets/, built in as they stand: the assembler reads the files, and the
 * Makefile knows that this file depends on them. */
#include "notify/parts.h"

#define PRESET(name)                                                                               \
    __asm__(".section .rodata\n"                                                                   \
            "preset_" #name ":\n"                                                                  \
            ".incbin \"src/notify/presets/" #name ".json\"\n"                                      \
            "preset_" #name "_end:\n"                                                              \
            ".byte 0\n"                                                                            \
            ".previous\n");                                                                        \
    extern const uint8_t preset_##name[];                                                          \
    extern const uint8_t preset_##name##_end[];

PRESET(generic)
PRESET(slack)
PRESET(mattermost)
PRESET(discord)
PRESET(telegram)
PRESET(ntfy)
PRESET(gotify)
PRESET(pagerduty)
PRESET(alertmanager)

static const struct {
    const char *name;
    const uint8_t *begin, *end;
} presets[] = {
#define ROW(name)                                                                                  \
    {                                                                                              \
#name, preset_##name, preset_##name##_end                                                  \
    }
    ROW(generic), ROW(slack),  ROW(mattermost), ROW(discord),      ROW(telegram),
    ROW(ntfy),    ROW(gotify), ROW(pagerduty),  ROW(alertmanager),
};

struct bytes notify_preset(const char *name)
{
    for (size_t i = 0; i < ARRAY_LEN(presets); i++) {
        if (strcmp(presets[i].name, name) == 0) {
            return bytes_of(presets[i].begin, (size_t)(presets[i].end - presets[i].begin));
        }
    }
    return (struct bytes){0};
}
