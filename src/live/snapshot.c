/* SPDX-License-Identifier: Apache-2.0 */
/* `dashboard:data`: how everything is, for a client that begins. Made at most once a second and
 * shared by all who connect in it. Of a fleet that does not fit it holds the devices that matter
 * most: those with open alerts, then those seen last. */
#include "live/state.h"

#include "base/mem.h"

/* Devices that are ranked: more than could fit, since the smallest takes 200 bytes. */
#define RANKED_MAX 2048u
/* Rows that did not fit before we stop trying smaller ones. */
#define MISFITS_MAX 8u

struct ranked {
    bool alerting;
    wall_ms last_seen;
    uint32_t device;
};

/* The RANKED_MAX best so far; the least of them on top of a heap. */
struct ranking {
    struct ranked *heap;
    size_t count;
};

static bool less(const struct ranked *a, const struct ranked *b)
{
    if (a->alerting != b->alerting) {
        return b->alerting;
    }
    if (a->last_seen != b->last_seen) {
        return a->last_seen < b->last_seen;
    }
    return a->device > b->device;
}

static void swap(struct ranked *a, struct ranked *b)
{
    struct ranked t = *a;
    *a = *b;
    *b = t;
}

static void sink_down(struct ranked *heap, size_t count)
{
    for (size_t i = 0;;) {
        size_t child = 2 * i + 1;
        if (child >= count) {
            return;
        }
        if (child + 1 < count && less(&heap[child + 1], &heap[child])) {
            child++;
        }
        if (!less(&heap[child], &heap[i])) {
            return;
        }
        swap(&heap[i], &heap[child]);
        i = child;
    }
}

static void rise(struct ranked *heap, size_t i)
{
    while (i > 0 && less(&heap[i], &heap[(i - 1) / 2])) {
        swap(&heap[i], &heap[(i - 1) / 2]);
        i = (i - 1) / 2;
    }
}

static void rank(struct ranking *k, struct ranked r)
{
    if (k->count < RANKED_MAX) {
        k->heap[k->count] = r;
        rise(k->heap, k->count++);
    } else if (less(&k->heap[0], &r)) {
        k->heap[0] = r;
        sink_down(k->heap, k->count);
    }
}

static int best_first(const void *a, const void *b)
{
    return less(a, b) ? 1 : less(b, a) ? -1 : 0;
}

/* ---- what goes in ---- */

/* Newest first, since they are the ones to look at; leaves room for devices. */
static void put_alerts(struct live *l)
{
    l->alert_mark++;
    for (uint32_t i = alert_open_count(l->config.alerts); i-- > 0;) {
        const struct alert *a = alert_open_at(l->config.alerts, i);
        const struct registry_device *d =
            registry_find_device(l->config.registry, bytes_of_text(a->device));
        struct live_device *known = d ? live_device(l, d->id.n) : NULL;
        if (known) {
            known->alert_mark = l->alert_mark;
        }
        if (l->sheet.alerts.text.len > LIMIT_SNAPSHOT_BYTES / 4 || !live_sheet_alert(l, a)) {
            l->sheet.truncated = true;
        }
    }
}

static void rank_devices(const struct live *l, struct ranking *k)
{
    uint32_t rows = registry_device_rows(l->config.registry);
    for (uint32_t id = 0; id < rows; id++) {
        const struct registry_device *d =
            registry_device(l->config.registry, (struct device_id){id});
        const struct live_device *known = live_device(l, id);
        if (d) {
            bool alerting = known && known->alert_mark == l->alert_mark;
            rank(k, (struct ranked){alerting, d->last_seen, id});
        }
    }
    qsort(k->heap, k->count, sizeof *k->heap, best_first);
}

static void put_devices(struct live *l)
{
    struct ranking k = {.heap = mem_alloc(RANKED_MAX * sizeof *k.heap)};
    rank_devices(l, &k);
    uint32_t misfits = 0;
    for (size_t i = 0; i < k.count && misfits < MISFITS_MAX; i++) {
        const struct registry_device *d =
            registry_device(l->config.registry, (struct device_id){k.heap[i].device});
        misfits += !live_sheet_device_with_latest(l, d);
    }
    if (registry_device_count(l->config.registry) > k.count) {
        l->sheet.truncated = true;
    }
    free(k.heap);
}

/* ---- sharing ---- */

void live_snapshot_forget(struct live *l)
{
    frame_release(l->data);
    l->data = NULL;
}

/* It serves while the next dashboard:update covers all since it was made, which is true within one
 * second of ours. */
struct frame *live_snapshot(struct live *l)
{
    if (l->data && l->data_tick == l->tick && live_alerts_kept(l, l->data_alerts)) {
        return l->data;
    }
    live_snapshot_forget(l);
    live_sheet_begin(&l->sheet);
    put_alerts(l);
    put_devices(l);
    l->data = live_sheet_frame(l, "dashboard:data");
    l->data_tick = l->tick;
    l->data_alerts = l->alert_end;
    return l->data;
}
