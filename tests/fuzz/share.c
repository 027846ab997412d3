/* SPDX-License-Identifier: Apache-2.0 */
/* A dashboard and a list of devices, parted by a NUL byte: what a link to it lets see is bounded,
 * each thing once, and found. The body of a share reads as it was written. */
#include "share/share.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_scope(const struct share_scope *s)
{
    ASSERT(s->count <= LIMIT_SHARE_SERIES);
    for (size_t i = 0; i < s->count; i++) {
        struct bytes device = bytes_of_text(s->series[i].device);
        struct bytes sensor = bytes_of_text(s->series[i].sensor);
        ASSERT(share_scope_has(s, device, sensor) && share_scope_has_device(s, device));
    }
    for (size_t i = 1; i < s->device_count; i++) {
        ASSERT(strcmp(s->devices[i - 1], s->devices[i]) < 0);
    }
    for (size_t i = 0; i < s->plan_count; i++) {
        ASSERT(share_scope_has_plan(s, bytes_of_text(s->plans[i])));
    }
}

static void check_body(struct bytes body)
{
    struct share first, second;
    struct buf out = {0};
    if (share_read(body, &first) == OK) {
        share_put(&out, &first);
        enum err e = share_read(buf_bytes(&out), &second);
        ASSERT(e == OK && first.expires == second.expires && first.made == second.made);
        ASSERT(hash_difference(first.hash, second.hash) == 0);
        ASSERT(strcmp(first.dashboard, second.dashboard) == 0);
    }
    buf_fini(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t nothing;
    struct bytes all = bytes_of(size ? data : &nothing, size);
    size_t len = bytes_index(all, 0);
    struct share_scope scope;
    share_scope_init(&scope, bytes_of(all.ptr, len), bytes_skip(all, size_min(len + 1, all.len)));
    check_scope(&scope);
    share_scope_fini(&scope);
    check_body(all);
    return 0;
}
