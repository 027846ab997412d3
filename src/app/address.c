/* SPDX-License-Identifier: Apache-2.0 */
#include "app/address.h"

/* Longest numeric address that is one: an IPv4 address mapped into IPv6. */
#define HOST_MAX INET6_ADDRSTRLEN

/* The part before the last colon, without brackets, NUL-terminated in `host`; `*v6` when it had
 * brackets. Errors: ERR_INVALID no colon, too long, brackets that don't pair. */
MUST_CHECK static enum err split_host(struct bytes text, char host[HOST_MAX], bool *v6,
                                      struct bytes *port)
{
    size_t colon = text.len;
    while (colon > 0 && text.ptr[colon - 1] != ':') {
        colon--;
    }
    if (colon == 0) {
        return ERR_INVALID;
    }
    struct bytes name = bytes_of(text.ptr, colon - 1);
    *port = bytes_skip(text, colon);
    *v6 = name.len >= 2 && name.ptr[0] == '[' && name.ptr[name.len - 1] == ']';
    if (*v6) {
        name = bytes_of(name.ptr + 1, name.len - 2);
    }
    if (name.len == 0 || name.len >= HOST_MAX) {
        return ERR_INVALID;
    }
    memcpy(host, name.ptr, name.len);
    host[name.len] = '\0';
    return OK;
}

static enum err add(struct addresses *out, const char *host, uint16_t port)
{
    enum err e = net_address_parse(host, port, &out->at[out->count]);
    if (e == OK) {
        out->count++;
    }
    return e;
}

enum err addresses_parse(const char *text, struct addresses *out)
{
    char host[HOST_MAX];
    bool v6;
    struct bytes port_text;
    uint64_t port;
    struct addresses found = {.count = 0};
    if (split_host(bytes_of_text(text), host, &v6, &port_text) != OK || port_text.len > 5 ||
        bytes_to_u64(port_text, UINT16_MAX, &port) != OK) {
        return ERR_INVALID;
    }
    enum err e;
    if (!v6 && strcmp(host, "localhost") == 0) {
        found.second_optional = true;
        e = add(&found, "127.0.0.1", (uint16_t)port);
        if (e == OK) {
            e = add(&found, "::1", (uint16_t)port);
        }
    } else {
        /* Brackets belong to IPv6 addresses, and only to them. */
        e = v6 == (strchr(host, ':') != NULL) ? add(&found, host, (uint16_t)port) : ERR_INVALID;
    }
    if (e == OK) {
        *out = found;
    }
    return e;
}
