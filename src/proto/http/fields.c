/* SPDX-License-Identifier: Apache-2.0 */
/* The few header values that somebody here reads: lists with weights, cookies, bearer tokens,
 * authorities and origins. */
#include "proto/http/parts.h"

bool http_list_next(struct bytes *list, struct bytes *member)
{
    while (list->len) {
        size_t n = bytes_index(*list, ',');
        *member = bytes_trim(bytes_of(list->ptr, n));
        *list = bytes_skip(*list, n < list->len ? n + 1 : n);
        if (member->len) {
            return true;
        }
    }
    return false;
}

bool http_list_has(struct bytes list, const char *member)
{
    struct bytes wanted = bytes_of_text(member);
    struct bytes m;
    while (http_list_next(&list, &m)) {
        if (bytes_equal_nocase(m, wanted)) {
            return true;
        }
    }
    return false;
}

/* The part of a list member before its first ';', and what follows it. */
static struct bytes split_parameters(struct bytes member, struct bytes *parameters)
{
    size_t n = bytes_index(member, ';');
    *parameters = n < member.len ? bytes_skip(member, n + 1) : (struct bytes){0};
    return bytes_trim(bytes_of(member.ptr, n));
}

/* Whether a weight among the parameters is 0, 0.0, 0.00 or 0.000. */
static bool weight_is_zero(struct bytes parameters)
{
    while (parameters.len) {
        size_t n = bytes_index(parameters, ';');
        struct bytes p = bytes_trim(bytes_of(parameters.ptr, n));
        parameters = bytes_skip(parameters, n < parameters.len ? n + 1 : n);
        if (p.len < 3 || (p.ptr[0] | 0x20) != 'q' || p.ptr[1] != '=') {
            continue;
        }
        for (size_t i = 2; i < p.len; i++) {
            if (p.ptr[i] != '0' && p.ptr[i] != '.') {
                return false;
            }
        }
        return true;
    }
    return false;
}

static bool weighted_list_has(struct bytes list, const char *wanted)
{
    struct bytes m;
    while (http_list_next(&list, &m)) {
        struct bytes parameters;
        struct bytes name = split_parameters(m, &parameters);
        if (bytes_equal_nocase(name, bytes_of_text(wanted))) {
            return !weight_is_zero(parameters);
        }
    }
    return false;
}

bool http_accepts_type(struct bytes accept, const char *type)
{
    return weighted_list_has(accept, type);
}

bool http_accepts_encoding(struct bytes accept_encoding, const char *coding)
{
    return weighted_list_has(accept_encoding, coding);
}

bool http_content_type_is(struct bytes content_type, const char *type)
{
    struct bytes parameters;
    return bytes_equal_nocase(split_parameters(content_type, &parameters), bytes_of_text(type));
}

enum err http_cookie_find(struct bytes cookie, const char *name, struct bytes *value)
{
    struct bytes wanted = bytes_of_text(name);
    while (cookie.len) {
        size_t n = bytes_index(cookie, ';');
        struct bytes pair = bytes_trim(bytes_of(cookie.ptr, n));
        cookie = bytes_skip(cookie, n < cookie.len ? n + 1 : n);
        size_t equals = bytes_index(pair, '=');
        if (equals < pair.len && bytes_equal(bytes_of(pair.ptr, equals), wanted)) {
            *value = bytes_skip(pair, equals + 1);
            return OK;
        }
    }
    return ERR_NOT_FOUND;
}

enum err http_bearer(struct bytes authorization, struct bytes *token)
{
    size_t scheme = bytes_index(authorization, ' ');
    if (scheme == authorization.len ||
        (!bytes_equal_nocase(bytes_of(authorization.ptr, scheme), BYTES("bearer")) &&
         !bytes_equal_nocase(bytes_of(authorization.ptr, scheme), BYTES("token")))) {
        return ERR_NOT_FOUND;
    }
    struct bytes rest = bytes_trim(bytes_skip(authorization, scheme));
    if (rest.len == 0) {
        return ERR_NOT_FOUND;
    }
    *token = rest;
    return OK;
}

/* Characters of a registered name or an IPv4 address. */
static bool is_name(struct bytes b)
{
    for (size_t i = 0; i < b.len; i++) {
        uint8_t c = b.ptr[i];
        bool fine = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                    c == '-' || c == '.' || c == '_';
        if (!fine) {
            return false;
        }
    }
    return b.len > 0;
}

/* Characters of an IPv6 address; whether it is one is for who compares it. */
static bool is_v6(struct bytes b)
{
    for (size_t i = 0; i < b.len; i++) {
        uint8_t c = b.ptr[i];
        bool fine = (c >= '0' && c <= ':') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f') || c == '.';
        if (!fine) {
            return false;
        }
    }
    return b.len > 0;
}

enum err http_authority_parse(struct bytes text, struct http_authority *a)
{
    struct bytes host;
    struct bytes rest;
    bool fine;
    if (text.len && text.ptr[0] == '[') {
        size_t close = bytes_index(text, ']');
        if (close == text.len) {
            return ERR_INVALID;
        }
        host = bytes_of(text.ptr + 1, close - 1);
        rest = bytes_skip(text, close + 1);
        fine = is_v6(host);
    } else {
        size_t colon = bytes_index(text, ':');
        host = bytes_of(text.ptr, colon);
        rest = bytes_skip(text, colon);
        fine = is_name(host);
    }
    uint64_t port = 0;
    if (fine && rest.len) {
        fine = rest.ptr[0] == ':' && bytes_to_u64(bytes_skip(rest, 1), UINT16_MAX, &port) == OK;
    }
    if (!fine) {
        return ERR_INVALID;
    }
    *a = (struct http_authority){host, (uint16_t)port};
    return OK;
}

enum err http_origin_parse(struct bytes origin, struct http_authority *a, bool *https)
{
    bool secure = bytes_start_with(origin, BYTES("https://"));
    if (!secure && !bytes_start_with(origin, BYTES("http://"))) {
        return ERR_INVALID;
    }
    struct http_authority parsed;
    enum err e = http_authority_parse(bytes_skip(origin, secure ? 8 : 7), &parsed);
    if (e != OK) {
        return e;
    }
    if (parsed.port == 0) {
        parsed.port = secure ? 443 : 80;
    }
    *a = parsed;
    *https = secure;
    return OK;
}
