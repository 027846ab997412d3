/* SPDX-License-Identifier: Apache-2.0 */
/* The strict grammar of addresses. */
#include "proto/mail/mail.h"

#define LOCAL_MAX 64
#define LABEL_MAX 63

static bool is_alnum(uint8_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* An atom's characters, RFC 5322, 3.2.3. */
static bool is_atom(uint8_t c)
{
    return is_alnum(c) || (c && strchr("!#$%&'*+-/=?^_`{|}~", c));
}

static bool local_valid(struct bytes t)
{
    if (t.len == 0 || t.len > LOCAL_MAX || t.ptr[0] == '.' || t.ptr[t.len - 1] == '.') {
        return false;
    }
    for (size_t i = 0; i < t.len; i++) {
        bool dot = t.ptr[i] == '.';
        if ((!dot && !is_atom(t.ptr[i])) || (dot && t.ptr[i + 1] == '.')) {
            return false;
        }
    }
    return true;
}

static bool label_valid(struct bytes t)
{
    if (t.len == 0 || t.len > LABEL_MAX || t.ptr[0] == '-' || t.ptr[t.len - 1] == '-') {
        return false;
    }
    for (size_t i = 0; i < t.len; i++) {
        if (!is_alnum(t.ptr[i]) && t.ptr[i] != '-') {
            return false;
        }
    }
    return true;
}

bool mail_address_valid(struct bytes text)
{
    size_t at = bytes_index(text, '@');
    if (text.len > MAIL_ADDRESS_MAX || at == text.len || !local_valid(bytes_of(text.ptr, at))) {
        return false;
    }
    struct bytes domain = bytes_skip(text, at + 1);
    while (domain.len) {
        size_t dot = bytes_index(domain, '.');
        if (!label_valid(bytes_of(domain.ptr, dot))) {
            return false;
        }
        if (dot == domain.len) {
            return true;
        }
        domain = bytes_skip(domain, dot + 1);
    }
    return false;
}
