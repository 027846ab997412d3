/* SPDX-License-Identifier: Apache-2.0 */
/* Units: one spelling where there are several. */
#include "decode/parts.h"

static const struct {
    const char *told;
    const char *shown;
} spellings[] = {
    {"C", "°C"},  {"Cel", "°C"},        {"celsius", "°C"},    {"Celsius", "°C"},
    {"F", "°F"},  {"fahrenheit", "°F"}, {"Fahrenheit", "°F"}, {"%RH", "%"},
    {"%EL", "%"}, {"percent", "%"},     {"lux", "lx"},
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
        if (bytes_equal(unit, bytes_of_text(spellings[i].told))) {
            return bytes_of_text(spellings[i].shown);
        }
    }
    return unit;
}
