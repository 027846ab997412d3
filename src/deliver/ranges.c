/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses that nobody outside may have us connect to (RFC 6890 and its successors in IANA's
 * registries of special-purpose addresses). */
#include "deliver/deliver.h"

#include <arpa/inet.h>

/* IPv4 is looked at as the IPv6 address that it is mapped to. */
struct range {
    uint8_t address[16];
    unsigned bits;
};

static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

static const char *const blocked[] = {
    "0.0.0.0/8",     "10.0.0.0/8",      "100.64.0.0/10",  "127.0.0.0/8",    "169.254.0.0/16",
    "172.16.0.0/12", "192.0.0.0/24",    "192.0.2.0/24",   "192.88.99.0/24", "192.168.0.0/16",
    "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4",    "240.0.0.0/4",
    "::/127",        "64:ff9b:1::/48",  "100::/64",       "2001::/23",      "2001:db8::/32",
    "fc00::/7",      "fe80::/10",       "fec0::/10",      "ff00::/8",
};

static enum err parse(const char *text, struct range *out)
{
    char host[INET6_ADDRSTRLEN];
    const char *slash = strchr(text, '/');
    size_t len = slash ? (size_t)(slash - text) : strlen(text);
    struct range r = {.bits = 128};
    uint64_t bits = 0;
    if (len >= sizeof host) {
        return ERR_INVALID;
    }
    memcpy(host, text, len);
    host[len] = 0;
    unsigned added = 0;
    if (inet_pton(AF_INET6, host, r.address) != 1) {
        if (inet_pton(AF_INET, host, r.address + 12) != 1) {
            return ERR_INVALID;
        }
        memcpy(r.address, mapped, sizeof mapped);
        added = 96;
    }
    if (slash) {
        if (bytes_to_u64(bytes_of_text(slash + 1), 128 - added, &bits) != OK) {
            return ERR_INVALID;
        }
        r.bits = (unsigned)bits + added;
    }
    *out = r;
    return OK;
}

bool deliver_range_valid(const char *text)
{
    struct range r;
    return parse(text, &r) == OK;
}

static bool within(const uint8_t address[16], const char *text)
{
    struct range r;
    if (parse(text, &r) != OK) {
        return false;
    }
    size_t whole = r.bits / 8;
    unsigned rest = r.bits % 8;
    return memcmp(address, r.address, whole) == 0 &&
           (rest == 0 || (address[whole] ^ r.address[whole]) >> (8 - rest) == 0);
}

static bool is_inside(const uint8_t address[16])
{
    for (size_t i = 0; i < ARRAY_LEN(blocked); i++) {
        if (within(address, blocked[i])) {
            return true;
        }
    }
    return false;
}

static bool is_allowed(const uint8_t address[16], const struct config_list *allow)
{
    for (size_t i = 0; allow && i < allow->count; i++) {
        if (within(address, allow->items[i])) {
            return true;
        }
    }
    return false;
}

/* The IPv4 address that an IPv6 one leads to: by NAT64, 6to4, or compatible. */
static bool embedded(const uint8_t address[16], uint8_t v4[16])
{
    static const uint8_t nat64[12] = {0, 0x64, 0xff, 0x9b};
    static const uint8_t none[12] = {0};
    memcpy(v4, mapped, sizeof mapped);
    if (memcmp(address, nat64, 12) == 0 || memcmp(address, none, 12) == 0) {
        memcpy(v4 + 12, address + 12, 4);
        return true;
    }
    if (address[0] == 0x20 && address[1] == 0x02) {
        memcpy(v4 + 12, address + 2, 4);
        return true;
    }
    return false;
}

bool deliver_blocked(const struct sockaddr *a, const struct config_list *allow)
{
    uint8_t address[16], v4[16];
    if (a->sa_family == AF_INET) {
        memcpy(address, mapped, sizeof mapped);
        memcpy(address + 12, &((const struct sockaddr_in *)(const void *)a)->sin_addr, 4);
    } else if (a->sa_family == AF_INET6) {
        memcpy(address, &((const struct sockaddr_in6 *)(const void *)a)->sin6_addr, 16);
    } else {
        return true;
    }
    if (is_allowed(address, allow)) {
        return false;
    }
    return is_inside(address) || (embedded(address, v4) && is_inside(v4));
}
