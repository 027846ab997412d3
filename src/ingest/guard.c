/* SPDX-License-Identifier: Apache-2.0 */
#include "ingest/guard.h"

#include <arpa/inet.h>

/* People mistype, and a device is started with yesterday's password. */
#define FREE_FAILURES    3u
#define DOUBLINGS_MAX    4u
#define FORGIVEN_EACH_NS MONO_MS(10000)
/* Beyond this nothing changes but how long it takes to be forgiven: ten minutes. */
#define FAILURES_MAX 60u

static uint64_t hash_of(const struct guard *g, const char *address)
{
    struct in6_addr v6;
    struct bytes name = bytes_of_text(address);
    if (inet_pton(AF_INET6, address, &v6) == 1) {
        name = bytes_of(&v6, 8);
    }
    uint64_t hash = hash_bytes(g->key, name);
    return hash ? hash : 1;
}

/* The entry of the address, or the one that it takes. */
static struct guard_entry *entry_of(struct guard *g, uint64_t hash)
{
    struct guard_entry *set = g->entries[hash % GUARD_SETS];
    struct guard_entry *oldest = &set[0];
    for (size_t i = 0; i < GUARD_WAYS; i++) {
        if (set[i].address == hash) {
            return &set[i];
        }
        if (set[i].address == 0 || set[i].last < oldest->last) {
            oldest = &set[i];
        }
    }
    *oldest = (struct guard_entry){.address = hash};
    return oldest;
}

mono_ns guard_failed(struct guard *g, const char *address, mono_ns now)
{
    struct guard_entry *e = entry_of(g, hash_of(g, address));
    uint64_t forgiven = (now - e->last) / FORGIVEN_EACH_NS;
    e->failures = forgiven < e->failures ? e->failures - (uint32_t)forgiven : 0;
    e->last = now;
    if (e->failures < FAILURES_MAX) {
        e->failures++;
    }
    if (e->failures <= FREE_FAILURES) {
        return 0;
    }
    uint32_t doublings = e->failures - FREE_FAILURES - 1;
    return MONO_MS(1000) << (doublings < DOUBLINGS_MAX ? doublings : DOUBLINGS_MAX);
}
