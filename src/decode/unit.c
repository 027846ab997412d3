/* SPDX-License-Identifier: Apache-2.0 */
/* Units: one spelling where there are several. */
#include "decode/parts.h"

#define SPELLING(told, shown)                                                                      \
    {                                                                                              \
        told, sizeof(told) - 1, shown                                                              \
    }

static const struct {
    const char *told;
    size_t len;
    const char *shown;
} spellings[] = {
    SPELLING("C", "°C"),          SPELLING("Cel", "°C"), SPELLING("celsius", "°C"),
    SPELLING("Celsius", "°C"),    SPELLING("F", "°F"),   SPELLING("fahrenheit", "°F"),
    SPELLING("Fahrenheit", "°F"), SPELLING("%RH", "%"),  SPELLING("%EL", "%"),
    SPELLING("percent", "%"),     SPELLING("lux", "lx"),
};

struct bytes decode_unit(struct bytes unit)
{
    if (unit.len == 0 || unit.len > LIMIT_UNIT_BYTES) {
        return (struct bytes){NULL, 0};
    }
    for (size_t i = 0; i < unit.len; i++) {
        if (unit.ptr[i] < 0x20 || unit.ptr[i] == 0x7f) {
            return (struct bytes){NULL, 0};
        }
    }
    for (size_t i = 0; i < ARRAY_LEN(spellings); i++) {
        if (unit.len == spellings[i].len && memcmp(unit.ptr, spellings[i].told, unit.len) == 0) {
            return bytes_of_text(spellings[i].shown);
        }
    }
    return unit;
}
