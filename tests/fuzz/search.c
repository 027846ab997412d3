/* SPDX-License-Identifier: Apache-2.0 */
/* A search over devices, and a column to sort by, parted by a NUL byte: whatever it asks, it ends,
 * with each device at most once and none beyond the fleet, and the same when it is done in other
 * steps. */
#include "live/live.h"

#include <stdlib.h>

#define DEVICES 40

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct registry *fleet(void)
{
    static const char *const models[] = {"", "TH-100", "th 100"};
    const struct hash_key key = {1, 2};
    struct registry *r = registry_new(&registry_defaults, key, NULL);
    struct batch *b = batch_new(BATCH_SNAPSHOT);
    for (uint32_t i = 0; i < DEVICES; i++) {
        char text[32];
        struct device_change *d = batch_add_device(b);
        (void)snprintf(text, sizeof text, "Pump-%u", (unsigned)i * 7 % DEVICES);
        d->device = (struct device_id){i};
        d->id = d->name = batch_put_text(b, bytes_of_text(text));
        d->model = batch_put_text(b, bytes_of_text(models[i % 3]));
        d->tags = batch_put_text(b, bytes_of("roof\0cold", i % 2 ? 10 : 5));
        d->status = (enum device_status)(i % STATUS_COUNT);
        d->since = 0;
        d->last_seen = i % 5 ? (wall_ms)1000 * i : WALL_NONE;
    }
    registry_apply(r, b);
    batch_release(b);
    return r;
}

static struct live_search *done_in(size_t steps, struct bytes filter, struct bytes sort,
                                   const struct registry *r, const struct alert_engine *e)
{
    struct live_search *s = live_search_new(filter, sort, 100000);
    size_t turns = 0;
    while (s && !live_search_step(s, r, e, steps)) {
        ASSERT(++turns < 100000);
    }
    return s;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct registry *r;
    static struct alert_engine *e;
    if (!r) {
        const struct hash_key key = {1, 2};
        r = fleet();
        e = alert_new(&alert_defaults, key, 0, NULL, NULL);
    }
    struct bytes all = bytes_of(data, size_min(size, LIMIT_SEARCH_BYTES));
    size_t at = bytes_index(all, 0);
    struct bytes sort = at < all.len ? bytes_skip(all, at + 1) : BYTES("");
    struct live_search *one = done_in(1, bytes_of(all.ptr, at), sort, r, e);
    struct live_search *many = done_in(100000, bytes_of(all.ptr, at), sort, r, e);
    ASSERT(!one == !many);
    bool seen[DEVICES] = {0};
    for (uint32_t i = 0; one && i < live_search_count(one); i++) {
        struct device_id id = live_search_at(one, i);
        ASSERT(live_search_at(many, i).n == id.n && id.n < DEVICES && !seen[id.n]);
        seen[id.n] = true;
    }
    live_search_free(one);
    live_search_free(many);
    return 0;
}
