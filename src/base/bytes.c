/* SPDX-License-Identifier: Apache-2.0 */
#include "base/bytes.h"

static uint8_t lower(uint8_t c)
{
    return c >= 'A' && c <= 'Z' ? (uint8_t)(c + 32) : c;
}

static bool is_space(uint8_t c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

bool bytes_equal_nocase(struct bytes a, struct bytes b)
{
    if (a.len != b.len) {
        return false;
    }
    for (size_t i = 0; i < a.len; i++) {
        if (lower(a.ptr[i]) != lower(b.ptr[i])) {
            return false;
        }
    }
    return true;
}

struct bytes bytes_trim(struct bytes b)
{
    while (b.len && is_space(b.ptr[0])) {
        b = bytes_skip(b, 1);
    }
    while (b.len && is_space(b.ptr[b.len - 1])) {
        b.len--;
    }
    return b;
}

enum err bytes_to_u64(struct bytes b, uint64_t max, uint64_t *value)
{
    uint64_t sum = 0;
    if (b.len == 0) {
        return ERR_INVALID;
    }
    for (size_t i = 0; i < b.len; i++) {
        uint64_t digit = (uint64_t)b.ptr[i] - '0';
        if (digit > 9 || digit > max || sum > (max - digit) / 10) {
            return ERR_INVALID;
        }
        sum = sum * 10 + digit;
    }
    *value = sum;
    return OK;
}
