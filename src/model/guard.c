/* SPDX-License-Identifier: Apache-2.0 */
#include "model/guard.h"

#include <arpa/inet.h>

/* People mistype, and a device is started with yesterday's password. */
#define FREE_FAILURES    3u
#define DOUBLINGS_MAX    4u
#define FORGIVEN_EACH_NS MONO_MS(10000)
/* Beyond this nothing changes but how long it takes to be forgiven: ten minutes. */
#define FAILURES_MAX 60u

static uint64_t hash_of(const struct guard *g, const char *name)
{
    struct in6_addr v6;
    struct bytes text = bytes_of_text(name);
    if (inet_pton(AF_INET6, name, &v6) == 1) {
        text = bytes_of(&v6, 8);
    }
    uint64_t hash = hash_bytes(g->key, text);
    return hash ? hash : 1;
}

/* The entry of the hash, or NULL. */
static const struct guard_entry *look_up(const struct guard *g, uint64_t hash)
{
    const struct guard_entry *set = g->entries[hash % GUARD_SETS];
    for (size_t i = 0; i < GUARD_WAYS; i++) {
        if (set[i].address == hash) {
            return &set[i];
        }
    }
    return NULL;
}

/* The entry of the hash, or the one that it takes. */
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

/* What is left of the failures by now. */
static uint32_t unforgiven(const struct guard_entry *e, mono_ns now)
{
    uint64_t forgiven = (now - e->last) / FORGIVEN_EACH_NS;
    return forgiven < e->failures ? e->failures - (uint32_t)forgiven : 0;
}

static mono_ns wait_of(uint32_t failures)
{
    if (failures <= FREE_FAILURES) {
        return 0;
    }
    uint32_t doublings = failures - FREE_FAILURES - 1;
    return MONO_MS(1000) << (doublings < DOUBLINGS_MAX ? doublings : DOUBLINGS_MAX);
}

mono_ns guard_failed(struct guard *g, const char *name, mono_ns now)
{
    struct guard_entry *e = entry_of(g, hash_of(g, name));
    e->failures = unforgiven(e, now);
    e->last = now;
    if (e->failures < FAILURES_MAX) {
        e->failures++;
    }
    return wait_of(e->failures);
}

mono_ns guard_held(const struct guard *g, const char *name, mono_ns now)
{
    const struct guard_entry *e = look_up(g, hash_of(g, name));
    mono_ns wait = e ? wait_of(unforgiven(e, now)) : 0;
    return e && e->last + wait > now ? e->last + wait - now : 0;
}

void guard_forgive(struct guard *g, const char *name)
{
    struct guard_entry *e = entry_of(g, hash_of(g, name));
    e->failures -= e->failures > 0;
}
